"""Findings as a person reads them: place, message, the line with the place underlined, the help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from zhunru_cli.surface import Surface, cells

if TYPE_CHECKING:
    from zhunru import Diagnostic

SEVERITIES = ("error", "warning", "hint")
COLOURS = {"error": "red", "warning": "yellow", "hint": "cyan"}
WIDEST = 100  # columns of a source line that are shown

Lines = Callable[[str, int], str]


def render(found: Diagnostic, surface: Surface, lines: Lines) -> str:
    """Return one finding as text; `lines` gives a line of a file by path and number."""
    parts = [_head(found, surface)]
    excerpt = _excerpt(found, surface, lines)
    if excerpt:
        parts.append(excerpt)
    return "\n".join([*parts, *_notes(found, surface)])


def _head(found: Diagnostic, surface: Surface) -> str:
    word = surface.style(surface.say(found.severity), fg=COLOURS[found.severity], bold=True)
    place = place_of(found.span, surface)
    return f"{place}{word} {found.code} {found.message(surface.language)}"


def place_of(span: Any, surface: Surface | None = None) -> str:
    """Return `path:line:column: `, or nothing where a finding has no place.

    For a cell of a workbook the worksheet and the name of the cell: 工作表“清单”C7. For one of a
    document the table, row and cell; lines above a table have no row.
    """
    book = getattr(span, "workbook", None)
    if book is not None and (span.line or span.in_document):
        key = "finding.place"
        if span.in_document:
            key = "finding.in_table" if span.line > 0 else "finding.above_table"
        told = {"path": book[0], "sheet": book[1], "cell": span.cell}
        told |= {"row": span.line, "column": span.column}
        return (surface or Surface()).say(key, **told)
    path, line, column = (getattr(span, name) for name in ("path", "line", "column"))
    if not path:
        return ""
    return f"{path}:{line}:{column}: " if line else f"{path}: "


def _excerpt(found: Diagnostic, surface: Surface, lines: Lines) -> str:
    span = found.span
    text = lines(span.path, span.line) if span.line else ""
    if not text.strip():
        return ""
    before, marked = text[: span.column - 1], text[span.column - 1 :][: span.end - span.start]
    before, shown = _window(before, marked, text)
    number = f"{span.line:>5}"
    mark = surface.style("^" * max(1, cells(_flat(marked))), fg=COLOURS[found.severity], bold=True)
    pad = " " * cells(before)
    return f"{number} | {shown}\n{'':>5} | {pad}{mark}"


def _window(before: str, marked: str, text: str) -> tuple[str, str]:
    before, marked, text = _flat(before), _flat(marked), _flat(text)
    if cells(text) <= WIDEST:
        return before, text
    after = text[len(before) + len(marked) :]
    if cells(before) + cells(marked) > WIDEST:
        before = "…" + before[-20:] if len(before) > 20 else before
    if cells(after) > 40:
        after = after[:20] + "…"
    return before, before + marked + after


def _flat(text: str) -> str:
    # As wide as they count where indentation is read; a terminal would show a tab as it likes.
    return text.replace("\t", "  ").replace("\N{IDEOGRAPHIC SPACE}", "  ")


def _notes(found: Diagnostic, surface: Surface) -> Iterable[str]:
    chinese = surface.language == "zh"
    margin = f"{'':>5} = "
    advice = found.help(surface.language)
    if advice:
        yield margin + surface.say("finding.help") + advice
    if found.fix:
        key = "finding.fix" if found.fix.safe else "finding.unsafe"
        yield margin + surface.say(key) + (found.fix.zh if chinese else found.fix.en)
    for span, zh, en in found.related:
        place = place_of(span, surface).rstrip(":： ")
        yield margin + surface.say("finding.related", place=place) + (zh if chinese else en)


def count(found: Sequence[Diagnostic]) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    return {name: sum(d.severity == name for d in found) for name in SEVERITIES}


def summary(found: Sequence[Diagnostic], sets: int, surface: Surface) -> str:
    """Return the last line of a check."""
    if not found:
        return surface.say("check.clean", sets=sets)
    tally = count(found)
    counts = [surface.say(f"count.{name}", n=n) for name, n in tally.items() if n]
    line = surface.say("check.found", counts=surface.join(counts), sets=sets)
    gap = "" if surface.language == "zh" else " "
    for key, safe in (("check.fixable", True), ("check.askable", False)):
        number = sum(d.fix is not None and d.fix.safe is safe for d in found)
        if number:
            line += gap + surface.say(key, n=number)
    return line
