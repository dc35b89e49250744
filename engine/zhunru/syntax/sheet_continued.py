"""Rows that go on with the one above: the matter merged over them, a material in each.

居住证明 merged beside 身份证, 户口簿, 房产证 is one entry with three materials, not three entries.
"""

from __future__ import annotations

from zhunru.diagnostics import Span
from zhunru.syntax.cells import EMPTY
from zhunru.syntax.sheet import Row
from zhunru.syntax.sheet_headings import Column
from zhunru.syntax.sheet_table import Cells, SheetTable
from zhunru.syntax.workbook import Worksheet

# What an entry may have several of: those of all its rows are its own.
_SEVERAL = frozenset({"aliases", "citations", "documents", "jointly", "leads", "materials"})


class Continued:
    """The entry that is being read, until a row begins the next one."""

    def __init__(self, table: SheetTable) -> None:
        self.table = table
        self._below = _below_merged(table)
        self._held: tuple[str, Cells, Span] | None = None
        self._seen: dict[int, set[str]] = {}

    def hold(self, row: Row, code: str, said: Cells) -> None:
        """Keep what a row says until it is known that none goes on with it."""
        self._held = (code, said, self.table.sheet.span(row, 0))
        self._seen = {at: {text} for at, text in enumerate(row.texts)}

    def take(self) -> tuple[str, Cells, Span] | None:
        """Return what was held, once."""
        held, self._held = self._held, None
        return held

    def goes_on(self, row: Row) -> bool:
        """Tell whether a row has its matter, and its number if any, from the row above."""
        if self._held is None or row.number not in self._below:
            return False
        return all(
            row.text(column.at) in {"", *self._seen.get(column.at, ())}
            for column in self.table.columns
            if column.key in ("code", "title") or column.text == "序号"
        )

    def join(self, row: Row, said: Cells) -> None:
        """Add what a row has several of; tell what differs and has one place only."""
        assert self._held is not None
        _, whole, _ = self._held
        for column in self.table.columns:
            text, seen = row.text(column.at), self._seen.setdefault(column.at, set())
            if text in EMPTY or text in seen:
                continue
            seen.add(text)
            if column.key in _SEVERAL:
                whole[column.key] = (*whole.get(column.key, ()), *said.get(column.key, ()))
            elif column.text != "序号":
                self._tell(row, column, text)

    def _tell(self, row: Row, column: Column, text: str) -> None:
        zh = "事项是合并的格子，这一行并到了上一行，而这一格和上一行的不一样，没有读取"
        en = (
            "the matter is merged, so the row goes on with the one above, which says otherwise here"
        )
        span = self.table.sheet.span(row, column.at)
        self.table.report("ZR896", span, text=text, what_zh=zh, what_en=en)


def _below_merged(table: SheetTable) -> set[int]:
    """Return the rows whose matter is covered by a cell merged from a row above."""
    at = next((column.at for column in table.columns if column.key == "title"), -1)
    if not isinstance(table.sheet, Worksheet) or at < 0:
        return set()
    covered: set[int] = set()
    for (top, left), (bottom, right) in table.sheet.merged:
        if left <= at <= right and bottom > top:
            covered.update(range(top + 2, min(bottom, top + 1_000) + 2))
    return covered
