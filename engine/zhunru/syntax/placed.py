"""Texts taken out of a file: scalars of YAML and cells of sheets, with the way back to places."""

from __future__ import annotations

from dataclasses import dataclass

from zhunru.diagnostics import Source, Span


@dataclass(frozen=True)
class Cell(Source):
    """A text whose every part stands at one place: a cell of a sheet, a folded scalar."""

    at: Span

    def span(self, start: int, end: int) -> Span:
        """Return the place of the whole."""
        return self.at


@dataclass(frozen=True)
class Unescaped(Source):
    """A text written with escapes: character `i` stands at `offsets[i]` of `base`."""

    base: Source
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the place in the file of the characters from `start` to `end`."""
        last = len(self.offsets) - 1
        first = self.offsets[min(start, last)]
        return self.base.span(first, max(first, self.offsets[min(end, last)]))
