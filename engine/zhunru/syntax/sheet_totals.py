"""What a sheet says of itself (合计, 小计, 共75项) held against the rows that were read from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from zhunru.diagnostics import Span
from zhunru.syntax.amounts import DIGITS, Sum, amount, plain
from zhunru.syntax.cells import EMPTY
from zhunru.syntax.citations import chinese_number
from zhunru.syntax.number_formats import plain_text
from zhunru.syntax.sheet import Row
from zhunru.syntax.sheet_habits import COUNTED, NUMBERS
from zhunru.syntax.sheet_headings import Column
from zhunru.syntax.sheet_table import SheetTable
from zhunru.syntax.workbook import Worksheet

_CHINESE = "零一二三四五六七八九十百千"
_HOW_MANY = rf"({DIGITS}|[{_CHINESE}]+) ?个? ?(?:事项|任务|[项条件])"
# `共3类75项` counts 75; `共70余项` and `约75项` are no counts that could be wrong.
_TOGETHER = re.compile(
    rf"(?:(?<!公)共(?![同产建享治青])|合计|总计)"
    rf"(?:(?![,;。()约近]).){{0,12}}?(?<![{_CHINESE}\d约近]){_HOW_MANY}"
)
_BRACKETED = re.compile(rf"\( ?{_HOW_MANY} ?\)")
_LABEL = re.compile(rf"[^\d]*?({DIGITS}) ?(?:[项条件个]|$)")
_RANKS = (("小", 0), ("sub", 0), ("总", 2), ("t", 2), ("grand", 2))


@dataclass(frozen=True)
class Rows:
    """Rows that a number may speak of, and how they are called in a finding."""

    zh: str
    en: str
    rows: Sequence[Row]


@dataclass
class ReadTable:
    """A table with the rows that were read from it as entries, those left out with a finding too.

    A row that lacks its title is told itself: who counted the list counted it.
    """

    table: SheetTable
    rows: list[Row] = field(default_factory=list)


def check_totals(read: Sequence[ReadTable]) -> None:
    """Report the numbers that do not agree with the rows they speak of."""
    book = [row for one in read for row in one.rows]
    for one in read:
        if one.table.heading_row is not None:
            _Checked(one, book if len(read) > 1 else []).check()


@dataclass
class _Checked:
    """One table whose numbers about itself are checked."""

    read: ReadTable
    book: list[Row]
    # Many totals may speak of all rows: these are added up once for each column.
    sums: dict[tuple[int, ...], Sum] = field(default_factory=dict)

    def check(self) -> None:
        """Hold every total, and every number said above the rows, against what was read."""
        totals = [row for what, row in self.read.table.apart if what == "total"]
        first = self.read.rows[0].number if self.read.rows else 0
        # A table may have its totals above what they count.
        leading = bool(totals) and totals[0].number < first
        for row in self._above():
            self._check_text(row, self._whole())
        for what, row in self.read.table.apart:
            if what == "total":
                self._check_total(row, totals, leading)
            elif what == "caption":
                self._check_text(row, self._under(row))
            elif what == "note":
                self._check_text(row, self._whole())

    # --- which rows ------------------------------------------------------------------------------

    def _above(self) -> Iterator[Row]:
        """Yield the rows above the headings: titles."""
        assert self.read.table.heading_row is not None
        for row in self.read.table.sheet.rows():
            if row.number >= self.read.table.heading_row.number:
                return
            yield row

    def _whole(self) -> list[Rows]:
        whole = [Rows("本表", "this table", self.read.rows)]
        return whole + ([Rows("各表一共", "all tables", self.book)] if self.book else [])

    def _between(self, zh: str, en: str, after: int, before: float) -> Rows:
        return Rows(zh, en, [row for row in self.read.rows if after < row.number < before])

    def _under(self, caption: Row) -> list[Rows]:
        """Return the rows under a caption: to the next one, or the next of its kind."""
        below = [row for row in self._captions() if row.number > caption.number]
        alike = [row for row in below if _bracketed(row) == _bracketed(caption)]
        return [
            self._between("这个小标题下", "under this caption", caption.number, _next(rows))
            for rows in (alike, below)
        ]

    def _captions(self) -> list[Row]:
        return [row for what, row in self.read.table.apart if what == "caption"]

    def _covered(self, total: Row, totals: Sequence[Row], leading: bool) -> list[Rows]:
        """Return the rows that a total may speak of, the likeliest first."""
        rank = _rank(total)
        same = [row for row in totals if _rank(row) >= rank and row is not total]
        if leading:
            end = _next([row for row in same if row.number > total.number])
            rows = [self._between("下面", "below", total.number, end)]
        else:
            above = [row.number for row in same if row.number < total.number]
            captions = [row.number for row in self._captions() if row.number < total.number]
            starts = (max(above, default=0), max([*captions, *above], default=0))
            names = (("上面", "above"), ("这个小标题下面", "under its caption"))
            rows = [
                self._between(*name, start, total.number)
                for name, start in zip(names, starts, strict=True)
            ]
        return rows + (self._whole() if rank else [])

    # --- what is said ----------------------------------------------------------------------------

    def _check_text(self, row: Row, scopes: Sequence[Rows]) -> None:
        """Hold `共75项` in a title, caption or note against the rows."""
        for at, text in enumerate(row.texts):
            said = _said_count(text)
            if said is not None:
                self._hold_count(row, at, said, scopes)

    def _check_total(self, total: Row, totals: Sequence[Row], leading: bool) -> None:
        scopes = self._covered(total, totals, leading)
        label = self.read.table.label_of(total)
        columns = {column.at: column for column in self.read.table.columns}
        for at, text in enumerate(total.texts):
            if at < label or text in EMPTY:
                continue  # a running number before the label says nothing of how many there are
            found = _LABEL.match(plain(text)) if at == label else None
            if found is not None:
                self._hold_count(total, at, _whole_number(found[1]), scopes)
            elif at in columns:
                self._check_cell(total, columns[at], text, scopes)

    def _check_cell(self, total: Row, column: Column, text: str, scopes: Sequence[Rows]) -> None:
        """Hold one cell of a total against the number of entries, or the sum of its column."""
        found = amount(text)
        if found is None:
            return
        sums = [self._sum(column, scope.rows) for scope in scopes]
        numbers = column.text.lower() in NUMBERS or column.key in ("code", "title")
        counts = found[1] in COUNTED and not any(one.unit == found[1] for one in sums)
        if (numbers or counts) and found[0] == int(found[0]):
            self._hold_count(total, column.at, int(found[0]), scopes)
        elif not numbers and any(one.numbers for one in sums):
            self._hold_sum(total, column, found, list(zip(scopes, sums, strict=True)))

    def _hold_count(self, row: Row, at: int, said: int, scopes: Sequence[Rows]) -> None:
        if any(said == len(scope.rows) for scope in scopes):
            return
        # Scopes of the same rows are said once, by the likeliest.
        counts = {len(scope.rows): scope for scope in reversed(scopes)}
        known = sorted(counts.items(), key=lambda pair: scopes.index(pair[1]))
        self.read.table.report(
            "ZR848",
            self._place(row, at),
            said=said,
            read_zh="，".join(f"{scope.zh}读到 {n} 条" for n, scope in known),
            read_en=", ".join(f"{n} {scope.en}" for n, scope in known),
        )

    def _hold_sum(
        self,
        row: Row,
        column: Column,
        said: tuple[Decimal, str],
        sums: Sequence[tuple[Rows, Sum]],
    ) -> None:
        reckoned = [(scope, one) for scope, one in sums if one.fits(said[1])]
        if any(one.total == said[0] for _, one in reckoned):
            return
        scope, one = (reckoned or sums)[0]
        place, wrote = self._place(row, column.at), plain_text(said[0])
        if not reckoned:
            self.read.table.report(
                "ZR839", place, heading=column.text, said=wrote, cell=one.other or said[1]
            )
            return
        self.read.table.report(
            "ZR849",
            place,
            heading=column.text,
            said=wrote,
            first=scope.rows[0].number,
            last=scope.rows[-1].number,
            reckoned=plain_text(one.total),
        )

    def _place(self, row: Row, at: int) -> Span:
        return self.read.table.sheet.span(row, at)

    def _sum(self, column: Column, rows: Sequence[Row]) -> Sum:
        """Add up a column; a cell that was merged over several rows counts once."""
        # Rows are stretches of one table or of all: of equal ends and length they are the same.
        ends = (rows[0].number, rows[-1].number) if rows else ()
        key = (column.at, len(rows), *ends)
        made = self.sums.get(key)
        if made is not None:
            return made
        made = self.sums[key] = Sum()
        for row in _once(self.read.table, column, rows):
            text = row.text(column.at)
            if text not in EMPTY:
                made.add(text)
        return made


def _once(table: SheetTable, column: Column, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows whose cell in a column is their own."""
    sheet = table.sheet
    merged = sheet.merged if isinstance(sheet, Worksheet) else []
    filled = {
        number
        for (top, left), (bottom, right) in merged
        if left <= column.at <= right
        for number in range(top + 2, min(bottom + 1, top + 100_000) + 1)
    }
    return (row for row in rows if row.number not in filled)


# --- what texts say ------------------------------------------------------------------------------


def _said_count(text: str) -> int | None:
    """Return how many entries a text says there are (共75项, 共七十五条)."""
    said = plain(text)
    found = _TOGETHER.search(said) or _BRACKETED.search(said)
    return _whole_number(found[1]) if found else None


def _whole_number(text: str) -> int:
    return int(text.replace(",", "")) if text[0].isdecimal() else _chinese().get(text, 0)


@cache
def _chinese() -> dict[str, int]:
    return {chinese_number(number): number for number in range(1, 10_000)}


def _rank(total: Row) -> int:
    """Return how far a total reaches: 小计 less than 合计, 总计 farther."""
    text = next(text for text in total.texts if text).lower()
    return next((rank for sign, rank in _RANKS if text.startswith(sign)), 1)


def _bracketed(caption: Row) -> bool:
    return next(text for text in caption.texts if text)[0] in "（("


def _next(rows: Sequence[Row]) -> float:
    return min((row.number for row in rows), default=float("inf"))
