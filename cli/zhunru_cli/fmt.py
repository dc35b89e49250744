"""`zhunru fmt`: the canonical form of policy files, in either language and notation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from zhunru_cli import failures
from zhunru_cli.messages import Language
from zhunru_cli.surface import LANGUAGES, Command, Surface, debug_option, option

if TYPE_CHECKING:
    from zhunru.rewriting import Rewrite

Notation = Literal["policy", "yaml"]


@click.command("fmt", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@option("--lang", "language", type=click.Choice(LANGUAGES), help="fmt.lang")
@option("--to", "notation", type=click.Choice(["policy", "yaml"]), help="fmt.to")
@option("--check", "only_check", is_flag=True, help="fmt.check")
@option("--stdout", "to_screen", is_flag=True, help="fmt.stdout")
@debug_option
@click.pass_obj
def fmt(
    surface: Surface,
    paths: tuple[str, ...],
    language: Language | None,
    notation: Notation | None,
    only_check: bool,
    to_screen: bool,
) -> int:
    """Format policy files; exit 1 if one cannot be read, or with --check is not formatted."""
    files, ended = _files(paths, surface)
    done = [_format(file, language, notation, surface) for file in files]
    rewrites = [rewrite for rewrite in done if rewrite is not None]
    if to_screen:
        for rewrite in rewrites:
            click.echo(rewrite.text, nl=False)
        # The text is what was asked for: whether it differs is not told.
        codes = [0]
    elif only_check:
        codes = [_tell(rewrite, surface) for rewrite in rewrites]
    else:
        codes = [_write(rewrite, notation, surface) for rewrite in rewrites]
    if not to_screen and rewrites and not any(r.changed for r in rewrites):
        surface.print(surface.say("fmt.same", n=len(rewrites)))
    return max([*codes, ended, failures.FINDINGS if None in done else 0])


def _files(paths: tuple[str, ...], surface: Surface) -> tuple[list[Path], int]:
    """Return the files to be formatted, and 1 where something else is told in their place."""
    from zhunru.opening import policy_files

    every, ended = [], 0
    for path in paths:
        files, found = policy_files(path)
        every += files
        if found:
            ended = failures.show_findings(found, surface)
    return every, ended


def _format(
    file: Path, language: Language | None, notation: Notation | None, surface: Surface
) -> Rewrite | None:
    from zhunru import PolicyRejected, format_policy

    try:
        return format_policy(file, language=language, notation=notation)
    except PolicyRejected as rejected:
        failures.show_findings(rejected.diagnostics, surface)
        return None


def _tell(rewrite: Rewrite, surface: Surface) -> int:
    if not rewrite.changed:
        return 0
    surface.print(surface.say("fmt.would", path=rewrite.source.path))
    return failures.FINDINGS


def _write(rewrite: Rewrite, notation: Notation | None, surface: Surface) -> int:
    old = Path(rewrite.source.path)
    kept = {"policy": {".policy"}, "yaml": {".yaml", ".yml"}, None: {old.suffix}}[notation]
    if old.suffix in kept:
        if rewrite.changed:
            rewrite.write()
            surface.print(surface.say("fmt.written", path=old))
        return 0
    new = old.with_suffix(f".{notation}")
    # A conversion makes a file; it never writes over one that somebody else made.
    if new.exists():
        surface.print(surface.say("fmt.exists", path=new), error=True)
        return failures.USAGE
    rewrite.write(new)
    surface.print(surface.say("fmt.converted", path=new, old=old))
    return 0
