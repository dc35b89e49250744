"""CSV as rows of cells, each with its place: quoted cells, several separators, bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax.decode import start_of

MAX_ROWS = 1_048_576  # as many as a worksheet has
MAX_COLUMNS = 256
MAX_CELL = 64 * 1024
# The last one comes of a Chinese keyboard.
SEPARATORS = (",", ";", "\t", "，")
_BLOCK = 1 << 18

# What `str.strip` takes away, line ends left out.
_BLANK = re.compile(r"[^\S\n]")
_QUOTED = re.compile(r'[ ]*"((?:[^"]|"")*)"')


class Row(NamedTuple):
    """A row of a sheet: its number from 1, the texts of its cells and where they stand."""

    number: int
    texts: list[str]
    places: list[tuple[int, int]]

    def text(self, at: int) -> str:
        """Return the text of a cell; nothing where the row has no such cell."""
        return self.texts[at] if at < len(self.texts) else ""


# A row before the places of its cells are known: its number from 1, its start and its texts.
Line = tuple[int, int, list[str]]


@dataclass
class Sheet:
    """A CSV file cut by one separator."""

    source: Source
    separator: str
    found: list[Diagnostic] = field(default_factory=list)

    def span(self, row: Row, column: int) -> Span:
        """Return the place of a cell, `column` counted from 0; line and column are the sheet's."""
        start, end = row.places[column]
        return Span(self.source.path, start, end, row.number, column + 1)

    @property
    def size(self) -> int:
        """Return about how many rows there are."""
        return self.source.text.count("\n")

    def rows(self) -> Iterator[Row]:
        """Yield the rows, blank ones too; a finding ends a sheet that is too large."""
        return map(self.row_of, self.lines())

    def lines(self) -> Iterator[Line]:
        """Yield the rows without the places of their cells, which are seldom asked for."""
        quoted = '"' in self.source.text
        for number, start, texts in self._quoted_lines() if quoted else self._plain_lines():
            if number > MAX_ROWS:
                self._too_large(f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows")
                return
            if len(texts) > MAX_COLUMNS:
                self._too_large(f"超过 {MAX_COLUMNS} 栏", f"more than {MAX_COLUMNS} columns")
                return
            yield number, start, texts

    def _plain_lines(self) -> Iterator[Line]:
        """Yield the rows of a text without quotes: each line is one."""
        separator, done = self.separator, 0
        for at, block in self._blocks():
            # Without a blank in the block no cell has to be looked at for some around it.
            bare = _BLANK.search(block) is None
            lines = block.split("\n")
            for number, line in enumerate(lines, done + 1):
                parts = line.split(separator, MAX_COLUMNS + 1)
                yield number, at, parts if bare else [part.strip() for part in parts]
                at += len(line) + 1
            done += len(lines)

    def _blocks(self) -> Iterator[tuple[int, str]]:
        """Yield start and text of blocks of full lines.

        The headings are looked for once for each separator: a large text must not be cut into all
        its lines for the first few, nor be held a second time as lines.
        """
        text, at = self.source.text, 0
        while at < len(text):
            end = text.find("\n", at + _BLOCK)
            end = len(text) if end < 0 else end
            yield at, text[at:end].removesuffix("\n") if end == len(text) else text[at:end]
            at = end + 1

    def _quoted_lines(self) -> Iterator[Line]:
        """Yield the rows of a text in which a cell may hold line ends."""
        text, separator, at, number = self.source.text, self.separator, 0, 0
        find, size = text.find, len(text)
        while at < size:
            number += 1
            end = find("\n", at)
            end = size if end < 0 else end
            if find('"', at, end) >= 0:
                row, end = self._quoted_row(number, at)
                yield number, at, row.texts
            else:
                parts = text[at:end].split(separator, MAX_COLUMNS + 1)
                yield number, at, [part.strip() for part in parts]
            at = end + 1

    def row_of(self, line: Line) -> Row:
        """Return a row with the places of its cells, cut once more."""
        text, (number, at, _) = self.source.text, line
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text.find('"', at, end) < 0:
            return Row(number, *_split(text[at:end], self.separator, at))
        # What is wrong with its quotes was told when it was cut first.
        return Sheet(self.source, self.separator)._quoted_row(number, at)[0]

    def _quoted_row(self, number: int, at: int) -> tuple[Row, int]:
        """Return a row that has quotes, and where it ends: a cell may hold line ends."""
        row, text = Row(number, [], []), self.source.text
        while True:
            cell, start, at = self._cell(row, at)
            row.texts.append(cell)
            row.places.append((start, max(start, at)))
            if at >= len(text) or text[at] == "\n" or len(row.texts) > MAX_COLUMNS:
                return row, at
            at += 1

    def _cell(self, row: Row, start: int) -> tuple[str, int, int]:
        """Return the text of the cell at `start`, its start and its end."""
        text = self.source.text
        quoted = _QUOTED.match(text, start, min(len(text), start + MAX_CELL))
        end = self._cell_end(quoted.end() if quoted else start)
        if quoted is not None and not text[quoted.end() : end].strip():
            return quoted[1].replace('""', '"').strip(), start, end
        bare = text[start:end].strip()
        if bare.startswith('"'):
            span = Span(self.source.path, start, end, row.number, len(row.texts) + 1)
            self.found.append(diagnose("ZR844", span))
        return bare, start, end

    def _cell_end(self, at: int) -> int:
        """Return where the cell ends whose text from `at` on has no line end or separator."""
        text = self.source.text
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        end = text.find(self.separator, at, line_end)
        return line_end if end < 0 else end

    def _too_large(self, zh: str, en: str) -> None:
        place = start_of(self.source.path)
        self.found.append(diagnose("ZR846", place, what_zh=zh, what_en=en))


def _split(line: str, separator: str, at: int) -> tuple[list[str], list[tuple[int, int]]]:
    texts: list[str] = []
    places: list[tuple[int, int]] = []
    for part in line.split(separator, MAX_COLUMNS + 1):
        end = at + len(part)
        texts.append(part.strip())
        places.append((at, end))
        at = end + 1
    return texts, places
