"""What the commands share: the language and colours of a run, and click classes that know them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from zhunru_cli.messages import HELP, Language, help_text, say
from zhunru_cli.streams import json_text, xml_text

LANGUAGES: tuple[Language, ...] = ("zh", "en")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Surface:
    """The way to the user of one run: language, colours, details of internal errors."""

    language: Language = "zh"
    colour: bool = False
    debug: bool = False

    def say(self, key: str, /, **values: object) -> str:
        """Return the message `key` in the language of the run."""
        return say(key, self.language, **values)

    def style(self, text: str, **style: Any) -> str:
        """Return `text` coloured, where the run shows colours."""
        return click.style(text, **style) if self.colour else text

    def print(self, text: str = "", *, error: bool = False) -> None:
        """Print one text and a line end, with the control characters of user text made harmless."""
        click.echo(harmless(text, keep_colour=self.colour), err=error, color=self.colour)

    def hand_over(self, text: str, output: Path | None) -> None:
        """Print a text that was asked for as it is, or write it to a file and say so."""
        if output is None:
            click.echo(xml_text(text) if text.startswith("<") else text, nl=False)
        else:
            output.write_text(text, encoding="utf-8", newline="\n")
            self.print(self.say("new.made", path=output))

    def answer(self, form: str, data: Any, lines: Iterable[str]) -> None:
        """Print an answer in the form that was asked for: its data, or its lines for people."""
        if form == "json":
            click.echo(json_text(data))
            return
        for line in lines:
            self.print(line)

    def join(self, items: Sequence[str]) -> str:
        """Return the items as a list in the language of the run."""
        return self.say("list.comma").join(items)


# The colours that `style` writes. Text of users may at most colour itself, not hide or move.
_COLOURS = re.compile(r"(\x1b\[(?:0|1|2|31|32|33|36)m)")


def harmless(text: str, *, keep_colour: bool = False) -> str:
    """Return `text` without what could steer a terminal: control and direction characters."""
    if text.isprintable():
        return text
    if keep_colour:
        parts = _COLOURS.split(text)
        return "".join(p if _COLOURS.fullmatch(p) else harmless(p) for p in parts)
    return "".join(c if c in "\n\t" or _is_plain(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_plain(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def cells(text: str) -> int:
    """Return how many columns a terminal gives to `text`."""
    return sum(_cell(c) for c in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, width: int) -> str:
    """Return `text` cut or filled to exactly `width` columns."""
    if cells(text) <= width:
        return text + " " * (width - cells(text))
    kept, used = [], 0
    for character in text:
        used += _cell(character)
        if used > width - 1:
            break
        kept.append(character)
    cut = "".join(kept)
    return cut + "…" + " " * (width - cells(cut) - 1)


def filled(text: str, width: int) -> str:
    """Return `text` filled to `width` columns, a longer one as it is."""
    return text + " " * (width - cells(text))


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language asked for: `--lang` (after `fmt` it is that of the file), else
    ZHUNRU_LANG, else Chinese."""
    asked = environment.get("ZHUNRU_LANG", "zh")
    words = iter(arguments)
    for word in words:
        if word in {"fmt", "--"}:
            break
        if word == "--lang":
            asked = next(words, asked)
        elif word.startswith("--lang="):
            asked = word.partition("=")[2]
    return "en" if asked.lower().startswith("en") else "zh"


def colour_wanted(stream_is_terminal: bool, environment: Mapping[str, str]) -> bool:
    """Tell whether to colour: only on a terminal, and never where NO_COLOR is set."""
    dumb = environment.get("TERM") == "dumb"
    return stream_is_terminal and not environment.get("NO_COLOR") and not dumb


# --- click in two languages --------------------------------------------------------------------


def _language(context: click.Context) -> Language:
    surface = context.find_root().obj
    return surface.language if isinstance(surface, Surface) else "zh"


class Formatter(click.HelpFormatter):
    """Headings of help pages in the language of the run."""

    language: Language = "zh"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or say("usage", self.language))

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        known = {"Options": "options", "Commands": "commands"}.get(heading)
        title = say(known, self.language) if known else heading
        self.write(f"{'':>{self.current_indent}}{title}{say('colon', self.language).rstrip()}\n")


class Context(click.Context):
    """A context whose help pages speak the language of the run."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return the formatter of a help page."""
        formatter = Formatter(width=self.terminal_width, max_width=self.max_content_width)
        formatter.language = _language(self)
        return formatter


class Option(click.Option):
    """An option whose help is a key of the help table."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help."""
        record = super().get_help_record(ctx)
        return record and (record[0], help_text(self.help or "", _language(ctx)))


class EmptyWord(click.BadParameter):
    """A word on the command line that has nothing in it."""


class _Spoken(click.Command):
    context_class = Context
    help_key: str

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.help_key = self.help if self.help in HELP else name or ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of the command; none that means a file or a name may be empty."""
        words = [*args]
        rest = super().parse_args(ctx, args)
        # Read again as written: by now a path of no letters has become the current folder, which
        # is what a script gets whose variable is not set.
        if "" in words:
            given, _, _ = self.make_parser(ctx).parse_args(words)
            for param in self.params:
                said = given.get(param.name)
                said = said if isinstance(said, list | tuple) else (said,)
                if _must_say_something(param) and "" in said:
                    raise EmptyWord("", ctx, param)
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands on the usage line."""
        words = {
            self.options_metavar: say("usage.options", _language(ctx)),
            getattr(self, "subcommand_metavar", None): say("usage.command", _language(ctx)),
        }
        return [words.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(help_text(self.help_key, _language(ctx)))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option, its help in the language of the run."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = help_text("help", _language(ctx))
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return one line for the list of commands."""
        context = click.get_current_context(silent=True)
        return help_text(self.help_key, _language(context) if context else "zh")


def _must_say_something(param: click.Parameter) -> bool:
    # Options of words may be empty: that is how a script says that it has no wish.
    return isinstance(param, click.Argument) or isinstance(param.type, click.Path)


class Command(_Spoken):
    """A command whose help is a key of the help table."""


class Group(_Spoken, click.Group):
    """A group of such commands."""

    command_class = Command


Group.group_class = Group


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Declare an option; its help is a key of the help table."""
    return click.option(*names, cls=Option, **settings)


def debug_option(function: F) -> F:
    """Accept `--debug` after the command too; `main` has read it already."""
    return option("--debug", is_flag=True, expose_value=False, help="debug")(function)


def run_options(function: F) -> F:
    """Accept `--lang` and `--debug` after the command too; `main` has read them already."""
    language = option("--lang", type=click.Choice(LANGUAGES), expose_value=False, help="lang")
    return language(debug_option(function))


def group(name: str, *, cls: type[Group] = Group, **settings: Any) -> Callable[[F], Group]:
    """Declare a group of commands."""
    return lambda function: click.group(name, cls=cls, **settings)(run_options(function))


def shared_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the surface, and accept what is accepted after every command."""
    return run_options(click.pass_obj(function))


def form_option(function: F) -> F:
    """Accept `--format`."""
    return option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", help="check.format"
    )(function)
