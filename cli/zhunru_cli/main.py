"""The entry point of `zhunru`: options of every command, and what ends a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from zhunru_cli import VERSION, failures
from zhunru_cli.commands import Commands
from zhunru_cli.streams import let_go, make_safe, reader_has_gone
from zhunru_cli.surface import Surface, colour_wanted, group, language_of, option


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"zhunru {VERSION}")
        context.exit()


@group("zhunru", help="zhunru", context_settings={"help_option_names": ["-h", "--help"]})
@option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="version",
)
def cli() -> None:
    """Hold the commands."""


# A command is a function in the module of its name, unless another module is named before it.
cli.commands = Commands(
    "check fmt decide test review explain graph diff impact coverage case case:inbox "
    "audit backup simulate imports:import imports:export report service:serve service:token "
    "service:replay new schema demo"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: 0, 1 findings, 2 usage, 130 interrupted."""
    make_safe()
    words = list(sys.argv[1:] if arguments is None else arguments)
    surface = Surface(
        language=language_of(words, os.environ),
        colour=colour_wanted(sys.stdout.isatty(), os.environ),
        debug="--debug" in words,
    )
    try:
        code = _run(words, surface)
        # Here, where a pipe that is closed can still be answered for, not at the end of the
        # process.
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return failures.INTERRUPTED
    except click.ClickException as error:
        return failures.show_usage_error(error, surface)
    except Exception as error:  # the last line of defence: never a traceback for the user
        if reader_has_gone(error):
            let_go()
            return failures.PIPE_CLOSED
        return failures.show_failure(error, surface)
    return code


def _run(words: list[str], surface: Surface) -> int:
    if "_ZHUNRU_COMPLETE" in os.environ:
        cli.main(words, prog_name="zhunru", obj=surface)
    try:
        with cli.make_context("zhunru", words, obj=surface) as context:
            return _exit_code(cli.invoke(context))
    except click.exceptions.NoArgsIsHelpError as error:
        surface.print(error.format_message())
        return failures.USAGE
    except click.exceptions.Exit as ended:
        return ended.exit_code


def _exit_code(result: Any) -> int:
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
