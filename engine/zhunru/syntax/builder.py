"""What every declaration is built with: its first line, the lines and rows under it, its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from zhunru.diagnostics import Span
from zhunru.syntax.cells import Grid, Heading
from zhunru.syntax.expressions import Nothing
from zhunru.syntax.items import Parts
from zhunru.syntax.nodes import Declaration, Name, Title
from zhunru.syntax.outline import Line, Row
from zhunru.syntax.pieces import Pieces
from zhunru.syntax.reading import Reading
from zhunru.syntax.shadow import normalise


@dataclass
class Builder:
    """Builds one declaration at a time from its line and what stands under it."""

    pieces: Pieces
    damaged: bool = False

    @property
    def reading(self) -> Reading:
        """Return what is known of the file."""
        return self.pieces.reading

    def head(self, rule: str, line: Line) -> list[Any]:
        """Return what the first line says; of a damaged one, what stands before the damage."""
        head: list[Any] | None = self.pieces.line(rule, line)
        self.damaged = head is None
        if head is None:
            head = self.pieces.quiet(rule, line.start, self.pieces.stopped)
        return head if head is not None else self._stand_in(rule, line)

    def _stand_in(self, rule: str, line: Line) -> list[Any]:
        """Return the least that a head can say, so that the lines under it can be read."""
        words = self.pieces.outline.text(line).split()
        span = self.reading.source.span(line.start, line.end)
        name = Name(normalise(words[1]) if len(words) > 1 else "", span)
        if rule == "h_test":
            return [Title("", span=span)]
        return [name, Nothing(span)] if rule == "h_formula" else [name]

    def under(self, rule: str, line: Line) -> Iterator[list[Any]]:
        """Yield what each line under `line` says; deeper lines have no meaning there."""
        for child in line.children:
            said = self.pieces.line(rule, child)
            if said is not None:
                yield said
            self.nothing_under(child)

    def nothing_under(self, line: Line) -> None:
        """Report lines or rows under a line that takes none."""
        lower: list[Line | Row] = [*line.children, *line.rows]
        if lower:
            first = min(lower, key=lambda one: one.start)
            span = self.reading.source.span(first.start, first.end)
            self.reading.report("ZR127", span)

    def no_rows(self, line: Line) -> None:
        """Report rows under a declaration that is no table."""
        if line.rows:
            span = self.reading.source.span(line.rows[0].start, line.rows[0].end)
            self.reading.report("ZR127", span)

    def parts(self, rule: str, line: Line, head: list[Any]) -> Parts:
        """Return the items of the first line and of those under it."""
        parts = Parts(self.reading)
        parts.add(head)
        for said in self.under(rule, line):
            parts.add(said)
        return parts

    def grid(
        self, line: Line, known: dict[str, Heading], *, keep: bool = False, named: bool = True
    ) -> Grid | None:
        """Return the table under a line; `named`: its rows are nothing without a name."""
        if not line.rows:
            return None
        grid = Grid(self.pieces, line.rows)
        owner = self.pieces.outline.first_word(line.start)
        grid.known(known, owner, keep=keep, named=named)
        return grid

    def rows(self, grid: Grid) -> Iterator[tuple[Parts, Span]]:
        """Yield the items of each row of a table, and its place."""
        for row, cells in grid.cut():
            parts = Parts(self.reading)
            parts.add(grid.items(cells))
            yield parts, self.reading.source.span(row.start, row.end)

    def named_rows(self, grid: Grid, owner: str) -> Iterator[tuple[Name, Parts, Span]]:
        """Yield the rows of a table that have a name; report the others."""
        for parts, span in self.rows(grid):
            name = parts.one("name")
            if name is None:
                self.reading.report("ZR125", span, owner=owner, what_zh="名称", what_en="a name")
            else:
                yield name, parts, span

    def span(self, line: Line) -> Span:
        """Return the place of a declaration: from its first to its last line."""
        return self.reading.source.span(line.start, last_end(line))

    def lacks(self, line: Line, owner: str, what: tuple[str, str]) -> None:
        """Report that a declaration lacks a part that it must have."""
        span = self.reading.source.span(line.start, line.end)
        if not self.damaged:
            what_zh, what_en = what
            self.reading.report("ZR125", span, owner=owner, what_zh=what_zh, what_en=what_en)


def last_end(line: Line) -> int:
    """Return where a line ends with all that stands under it."""
    ends = [line.end]
    while line.children or line.rows:
        ends += [row.end for row in line.rows[-1:]]
        if not line.children:
            break
        line = line.children[-1]
        ends.append(line.end)
    return max(ends)


def pick(values: list[Any], kind: type[Any], default: Any = None) -> Any:
    """Return the first value of a class."""
    return next((value for value in values if isinstance(value, kind)), default)


Build = Callable[[Builder, Line], Iterator[Declaration]]
