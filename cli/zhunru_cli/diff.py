"""`zhunru diff`: how two policy sets differ, for every request there can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhunru_cli.page import WIDEST, wrap
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, cells, fit, option, shared_options
from zhunru_cli.tables import table

if TYPE_CHECKING:
    from zhunru.analysis import Comparison

_STEP = 2  # columns that a line stands in
_LABEL = 10


@click.command("diff", cls=Command)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="check.format",
)
@option("--out", type=click.Path(dir_okay=False, path_type=Path), help="diff.out")
@shared_options
def diff(surface: Surface, old: str, new: str, form: str, out: Path | None) -> int:
    """Compare two sets; the exit code is 0 whatever differs."""
    found = _compared(old, new)
    text = _written(found, form, surface, to_file=out is not None)
    if out is None:
        surface.print(text)
        return 0
    out.write_text(text + "\n", encoding="utf-8", newline="\n")
    surface.print(surface.say("batch.written", path=out))
    return 0


def _compared(old: str, new: str) -> Comparison:
    from zhunru import open_policy
    from zhunru.analysis import compare

    return compare(open_policy(old), open_policy(new))


def _written(found: Comparison, form: str, surface: Surface, *, to_file: bool) -> str:
    if form == "json":
        return json_text(found.to_dict(), to_file=to_file)
    if form == "html":
        page: str = found.page(surface.language)
        return page.rstrip("\n")
    return "\n".join(_lines(found, surface))


# --- on a screen ---------------------------------------------------------------------------------


def _lines(found: Comparison, surface: Surface) -> Iterator[str]:
    at = 0 if surface.language == "zh" else 1
    for number, section in enumerate(found.sections()):
        if number:
            yield ""
        yield surface.style(section.title[at], bold=True)
        if section.table:
            heads = [head[at] for head in section.heads]
            rows = [[cell[at] for cell in row] for row in section.table]
            yield from (" " * _STEP + line for line in _table(heads, rows))
        for told in section.lines:
            if told.label is None and told.depth == 1 and section.table:
                yield ""
            yield from _told(told, at)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    return table(heads, rows, left=len(heads))


def _told(told: Any, at: int) -> Iterator[str]:
    """Yield the lines of a text: its label before it, what runs over below its beginning."""
    margin = " " * (_STEP * told.depth)
    label = "" if told.label is None else fit(told.label[at], _LABEL)
    width = max(WIDEST - len(margin) - cells(label), 30)
    for number, line in enumerate(wrap(told.text[at], width)):
        lead = label if number == 0 else " " * cells(label)
        hang = "" if number == 0 or told.label is not None else "  "
        yield f"{margin}{lead}{hang}{line}".rstrip()
