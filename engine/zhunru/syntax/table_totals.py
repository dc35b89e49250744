"""合计, 小计, 总计 in a table of a policy text: told, held against the rows, no entry of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from zhunru.diagnostics import Edit, Fix
from zhunru.syntax.amounts import EMPTY, Sum, amount
from zhunru.syntax.number_formats import plain_text
from zhunru.syntax.outline import Row
from zhunru.syntax.sheet_habits import COUNTED, NUMBERS, TOTAL_SIGNS, TOTAL_WORDS

if TYPE_CHECKING:
    from zhunru.syntax.cells import Cell, Grid

# The whole cell: an entry may be called 小计量器具检查 or 合计拨付.
_TOTAL = re.compile(
    rf"(?:{TOTAL_WORDS})[数额项]*\s*[:：]?\s*"
    r"(?:共?\s*(\d+)\s*[项条件个家]?)?|共\s*(\d+)\s*[项条件个家]",
    re.I,
)
# In tables where 合计 may be what a cell says, only this by itself is a total.
_BARE = re.compile(TOTAL_WORDS, re.I)


class Totals:
    """Takes the totals out of the rows of one table; each is a finding with a mend.

    `entries`: its rows are matters or bodies, so that what is called a total is one. Elsewhere the
    first cell has to say nothing else, and the others nothing or a number.
    """

    def __init__(self, grid: Grid, *, entries: bool = False, expected: bool = False) -> None:
        self.grid = grid
        self.text = grid.pieces.outline.source.text
        self.rows: list[list[Cell]] = []
        self._since = 0  # the first row after the total above
        self._whole: dict[int, tuple[int, Sum]] = {}  # columns: rows added up so far, their sum
        keys = [column.heading.key if column.heading else "" for column in grid.columns]
        self._title = keys.index("title") if "title" in keys else 0
        self._entries, self._expected = entries, expected

    def takes(self, row: Row, cells: Sequence[Cell]) -> bool:
        """Tell whether a row is a total: then it was reported; else it is remembered."""
        # Nearly no row begins like one: only such are looked at.
        near = any(
            self.text[c.start : c.start + 1] in TOTAL_SIGNS for c in cells if c.end > c.start
        )
        label = self._label(cells) if near else None
        if label is None:
            self.rows.append(list(cells))
            return False
        self._report(row, cells, label)
        self._since = len(self.rows)
        return True

    def _label(self, cells: Sequence[Cell]) -> int | None:
        """Return the cell that says that a row is a total: its first, or that of titles."""
        if not self._entries:
            return 0 if self._is_bare(cells) else None
        filled = [at for at, cell in enumerate(cells) if self._said(cell) not in EMPTY]
        places = dict.fromkeys((*filled[:1], self._title))
        said = (at for at in places if at < len(cells) and _TOTAL.fullmatch(self._said(cells[at])))
        return next(said, None)

    def _is_bare(self, cells: Sequence[Cell]) -> bool:
        first, *others = (self._said(cell) for cell in cells)
        return bool(_BARE.fullmatch(first)) and all(
            said in EMPTY or amount(said) is not None for said in others
        )

    def _said(self, cell: Cell) -> str:
        return self.text[cell.start : cell.end]

    def _report(self, row: Row, cells: Sequence[Cell], label: int) -> None:
        wrong = list(self._wrong(cells, label))
        source = self.grid.pieces.outline.source
        start = self.text.rfind("\n", 0, row.start) + 1
        end = self.text.find("\n", row.end) + 1 or len(self.text)
        # Where a number does not agree, an entry may be missing: nobody takes that away unseen.
        safe = not wrong and not self._may_be_value()
        edit = Edit(source.span(start, end), "")
        fix = Fix((edit,), "删去这一行", "take the row away", safe=safe)
        hint_zh, hint_en = self._hint(cells[label])
        self.grid.pieces.reading.report(
            "ZR141",
            source.span(cells[label].start, cells[label].end),
            fix=fix,
            text=self._said(cells[label]),
            wrong_zh="".join(f"；{zh}" for zh, _ in wrong),
            wrong_en="".join(f"; {en}" for _, en in wrong),
            hint_zh=hint_zh,
            hint_en=hint_en,
        )

    def _may_be_value(self) -> bool:
        """Tell whether the first cells of a table are what a value is compared with (对照表)."""
        heading = self.grid.columns[0].heading
        return heading is not None and heading.key == "test"

    def _hint(self, cell: Cell) -> tuple[str, str]:
        """Return what else may be done: count the rows, or say that it is a value after all."""
        if self._expected:
            count = len(self.rows)
            zh = f"；要核对条数，在清单名后写“应有 {count} 条”"
            return zh, f"; write `expect {count}` behind the list's name"
        if not self._may_be_value():
            return "", ""
        said = f'"{self._said(cell)}"'
        return f"；确是要比的值，加引号写成 {said}", f"; if it is a value, put it in quotes: {said}"

    # --- what it says, against the rows ----------------------------------------------------------

    def _wrong(self, cells: Sequence[Cell], label: int) -> Iterator[tuple[str, str]]:
        found = _TOTAL.fullmatch(self._said(cells[label]))
        number = next(filter(None, found.groups()), None) if found else None
        if number is not None:
            yield from self._count(int(number))
        if len(cells) != len(self.grid.columns):
            return  # which cell stands under which heading is not known
        for at, column in enumerate(self.grid.columns):
            said = amount(self._said(cells[at])) if at > label else None
            if said is None:
                continue
            sums = [self._add(at, self._since, Sum()), self._sum_of_all(at)]
            counts = said[1] in COUNTED and not any(one.unit == said[1] for one in sums)
            if counts or column.text.lower() in NUMBERS or at == self._title:
                yield from self._count(int(said[0]))
            else:
                yield from _sum_differs(column.text, said, sums)

    def _count(self, said: int) -> Iterator[tuple[str, str]]:
        # A total may speak of the rows since the one above, or of all.
        counts = list(dict.fromkeys((len(self.rows) - self._since, len(self.rows))))
        if said not in counts:
            listed = "、".join(map(str, counts))
            yield (
                f"写的是 {said} 条，上面有 {listed} 条",
                f"it says {said} entries, above it are {' or '.join(map(str, counts))}",
            )

    def _sum_of_all(self, at: int) -> Sum:
        # Each row is added once, however many totals speak of all.
        upto, made = self._whole.get(at, (0, Sum()))
        self._whole[at] = (len(self.rows), self._add(at, upto, made))
        return made

    def _add(self, at: int, since: int, made: Sum) -> Sum:
        for cells in self.rows[since:]:
            text = self._said(cells[at]) if at < len(cells) else ""
            if text not in EMPTY:
                made.add(text)
        return made


def _sum_differs(
    heading: str, said: tuple[Decimal, str], sums: Sequence[Sum]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong about the total of a column; what cannot be added is not held to it."""
    reckoned = [one for one in sums if one.fits(said[1])]
    if not reckoned or any(one.total == said[0] for one in reckoned):
        return
    wrote, added = plain_text(said[0]), plain_text(reckoned[-1].total)
    yield (
        f"“{heading}”写的是 {wrote}，上面相加是 {added}",
        f"`{heading}` says {wrote}, the rows above add up to {added}",
    )
