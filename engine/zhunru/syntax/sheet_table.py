"""The table inside a sheet, CSV or worksheet: its headings, its rows, and what only looks so.

Rows above the headings (titles, dates) are passed over; captions, repeated headings and totals
between the rows are told and are no rows; slips of the pen are read where they are certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import headings
from zhunru.syntax.cells import EMPTY, Heading
from zhunru.syntax.columns_file import Columns, bare
from zhunru.syntax.decode import start_of
from zhunru.syntax.misspelling import did_you_mean, nearest
from zhunru.syntax.nodes import Name, Title
from zhunru.syntax.part_reader import PartReader
from zhunru.syntax.placed import Move
from zhunru.syntax.shadow import INVISIBLE_RUN, normalise, shadow
from zhunru.syntax.sheet import SEPARATORS, Line, Row, Sheet
from zhunru.syntax.sheet_habits import (
    MADE_DAY,
    MADE_DAY_TOLD,
    NOTE,
    NOTHING,
    NUMBERS,
    OPEN_END,
    TOTAL_SIGNS,
    TOTAL_WORDS,
    UNSAID,
    told_apart,
)
from zhunru.syntax.sheet_headings import (
    IDLE,
    AnySheet,
    Column,
    beside_at,
    columns_of,
    heading_row,
)
from zhunru.syntax.slips import read_slips
from zhunru.syntax.workbook import Workbook, Worksheet
from zhunru.syntax.written_days import written_day

_MAX_FINDINGS = 200
# A row that ends a table, or stands between its parts.
_TOTAL = re.compile(rf"{TOTAL_WORDS}|共\s*\d+\s*[项条件]", re.I)
# In the column of titles: an entry may be called 小计量器具检查.
_TOTAL_TITLE = re.compile(
    rf"(?:{TOTAL_WORDS}|共(?=\s*\d+\s*[项条件]$))(?:[数额项])*(?:$|[\W\d]|约|共|为)",
    re.I,
)
_CAPTION = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]")
_APART = TOTAL_SIGNS | frozenset("注备说填审制负（(一二三四五六七八九十")
_APART_WORDS = {
    "headings": ("重复的表头", "the headings once more"),
    "total": ("合计", "a total"),
    "note": ("表尾的说明", "a note"),
    "caption": ("小标题", "a caption"),
}
_CATEGORY = "类别"
_ANOTHER = {
    "below": ("这一行起", "from this row on"),
    "beside": ("这一栏往右", "from here on to the right"),
}

# What stands for a line end inside a cell: nothing in a title or code, a comma between names.
_SEPARATING = "、，,；; "
_BREAKS = {"title": "", "code": "", "names": "、", "codes": "、", "citations": "；"}
_OFFICE = re.compile(r"([^\s（()）、，,]+)[（(][^\s（()）、，,]{1,12}[科股室处办组岗][）)]")
# 区民政局牵头，各街道配合: what each does stands in a column of its own.
_SHARES = re.compile(r"(?<=\w)(?:牵头|主办|负责|配合|协办|协助|参与)(?=\Z|[，,、;；。\s）)])")
_BRACKET = re.compile(r"\A[^\s\[【（(]+[（(][^\s（()）]+[）)]\Z")
_LATIN_BREAK = re.compile(r"([A-Za-z0-9,.;:])\n([A-Za-z0-9])")

_NAMING = frozenset({"name", "names", "codes", "citations", "day", "frequency"})
# （1）居务公开；（2）通知告示: items of their own in one cell.
_ITEMS = re.compile(
    r"(?:\A|[;；。，,、\s])[ \t]*"
    r"(?:[(（][\d一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、)）](?!\d)|[①-⑳])"
)
_SAYS_NOTHING = NOTHING | UNSAID
_NO_DAY = "ZR111"

Cells = dict[str, Any]
AnySource = Source | Workbook
NO_COLUMNS = Columns()


@dataclass
class SheetTable:
    """The table in a sheet: the columns of its heading row, the rows below it."""

    sheet: AnySheet
    columns: list[Column]
    heading_row: Row | None
    parts: PartReader
    said: Columns
    findings: list[Diagnostic] = field(default_factory=list)
    caption: str = ""
    captions: Collection[int] = ()
    # The rows that stand apart, with what they are: up to the bound of findings.
    apart: list[tuple[str, Row]] = field(default_factory=list)
    # Words that are headings of such tables: a row of them begins another table.
    words: Collection[str] = frozenset()
    # The headings as they stand where those of another table follow in the same row.
    beside: Row | None = None

    def __post_init__(self) -> None:
        """Note which rows are to be looked at more closely, whatever they say."""
        if isinstance(self.sheet, Worksheet):
            self.captions = self.sheet.captions
        named = [column for column in self.columns if column.key is None]
        names = told_apart((column.text for column in named), lambda name: False)
        self.remarks = {column.at: name for column, name in zip(named, names, strict=True)}

    # --- opening ---------------------------------------------------------------------------------

    @classmethod
    def all(
        cls, source: AnySource, known: Mapping[str, str], said: Columns = NO_COLUMNS
    ) -> list[SheetTable]:
        """Return the table of a CSV file, or those of the worksheets that have one."""
        if isinstance(source, Source):
            return [cls._of_text(source, known, said)]
        return _of_workbook(source, known, said)

    @classmethod
    def _of_text(cls, source: Source, known: Mapping[str, str], said: Columns) -> SheetTable:
        """Find the headings, by the separator that shows most of them."""
        tried = [cls.cut(Sheet(source, separator), known, said) for separator in SEPARATORS]
        best = max(tried, key=lambda table: len(table.columns))
        best.check_headings(known)
        return best

    @classmethod
    def cut(cls, sheet: AnySheet, known: Mapping[str, str], said: Columns) -> SheetTable:
        """Return the table of a sheet, without columns where no headings are found."""
        row = heading_row(sheet, known, said)
        columns = columns_of(row, known, said) if row else []
        at, beside = beside_at(row, columns) if row else None, None
        if row and at:
            row, beside = Row(row.number, row.texts[:at], row.places[:at]), row
            columns = [column for column in columns if column.at < at]
        # The first rows were read for this; what is wrong with them is found again with the rest.
        sheet.found.clear()
        table = cls(sheet, columns, row, PartReader(sheet.source.path, "any"), said)
        table.beside = beside
        table.words = frozenset() if said.exact else frozenset({*known, *said.also, "序号"})
        return table

    @property
    def found(self) -> list[Diagnostic]:
        """Return the findings about the sheet and about its cells."""
        return self.sheet.found + self.findings

    def report(self, code: str, span: Span, **values: Any) -> None:
        """Note a finding, up to the bound of a file."""
        self.note([diagnose(code, span, **values)])

    def note(self, found: list[Diagnostic]) -> None:
        """Note findings, up to the bound of a file."""
        self.findings += found[: max(0, _MAX_FINDINGS - len(self.findings))]

    def check_headings(self, known: Mapping[str, str], told: set[str] | None = None) -> None:
        """Report that headings are missing or stand twice; tell which were read as another.

        `told` are those that were told of for another worksheet.
        """
        told = set() if told is None else told
        if self.heading_row is None:
            # The columns that every list has first; nobody begins a sheet with 除外 and 计次.
            words = list(dict.fromkeys([*self.said.also.values(), *known]))[:12]
            self.report("ZR840", start_of(self.sheet.source.path), known=words)
            return
        if self.beside is not None:
            self._tell_another(self.beside, len(self.heading_row.texts), "beside")
        seen: set[str] = set()
        for column in self.columns:
            span = self.sheet.span(self.heading_row, column.at)
            # A mere remark may stand twice: nothing is read by its name.
            if (column.key or column.text) in seen and (column.key or not known):
                self.report("ZR842", span, heading=column.text)
            seen.add(column.key or column.text)
            written = bare(self.heading_row.texts[column.at])
            other = written not in self.said.names and written not in told
            if other and column.key and written != column.text and self.said.also:
                told.add(written)
                self.report("ZR888", span, heading=written, known=column.text)

    def report_unknown(self, known: Collection[str]) -> None:
        """Warn of the columns that are not read."""
        for column in self.columns:
            if column.key is None and column.text.lower() not in IDLE and self.heading_row:
                self.report(
                    "ZR841",
                    self.sheet.span(self.heading_row, column.at),
                    heading=column.text,
                    **did_you_mean(nearest(column.text, known)),
                    known=tuple(known),
                )

    # --- rows ------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the headings that say anything."""
        return map(self.row_of, self.lines())

    def row_of(self, line: Line) -> Row:
        """Return a row, up to where another table stands beside this one."""
        row = self.sheet.row_of(line)
        if self.beside is None:
            return row
        return Row(row.number, line[2], row.places[: len(line[2])])

    def lines(self) -> Iterator[Line]:
        """Yield the rows below the headings that say anything, their places left for later."""
        if self.heading_row is None:
            return
        above, width = self.heading_row.number, len(self.heading_row.texts)
        nameless, captions = self._nameless(), self.captions
        at = self.columns[0].at if self.columns else 0
        heading = self.heading_row.texts[at : at + 1]
        title = self._title_at()
        for line in self.sheet.lines():
            number, place, texts = line
            if self.beside is not None:
                texts = texts[:width]
                line = (number, place, texts)
            if number <= above or not any(texts):
                continue
            first = texts[0] or next(filter(None, texts))
            # Nearly no row begins like one that stands apart: only such are looked at.
            near = first[0] in _APART or texts[at : at + 1] == heading or number in captions
            near = near or "：" in first or ":" in first or first[-1] == "。"
            # A total may have a running number of its own.
            near = near or (0 <= title < len(texts) and texts[title][:1] in TOTAL_SIGNS)
            if first in self.words and self._begins_another(texts):
                at = next(at for at, text in enumerate(texts) if text)
                self._tell_another(self.row_of(line), at, "below")
                return
            if near and self._is_apart(self.row_of(line)):
                continue
            if len(texts) > width:
                self._check_rest(self.row_of(line), range(width, len(texts)))
            if nameless and self._check_rest(self.row_of(line), nameless):
                nameless = []
            yield line

    def _begins_another(self, texts: Sequence[str]) -> bool:
        """Tell whether a row is the headings of another table below this one."""
        assert self.heading_row is not None
        headings = [text for text in texts if bare(text) in self.words]
        same = [bare(text) for text in self.heading_row.texts if text]
        others = [bare(text) for text in texts if text]
        return len(headings) > 1 and len(headings) * 2 > len(others) and others != same

    def _tell_another(self, row: Row, at: int, where: str) -> None:
        shown = [text for text in row.texts[at:] if text][:8]
        zh, en = _ANOTHER[where]
        self.report("ZR836", self.sheet.span(row, at), shown=shown, where_zh=zh, where_en=en)

    def _nameless(self) -> list[int]:
        """Return the columns of a worksheet that have no heading."""
        if not isinstance(self.sheet, Worksheet) or self.heading_row is None:
            return []
        named = {column.at for column in self.columns}
        return [
            at
            for at, text in enumerate(self.heading_row.texts)
            if at not in named and bare(text) not in self.said.names
        ]

    def _check_rest(self, row: Row, places: Collection[int]) -> bool:
        for at in places:
            if at < len(row.texts) and row.texts[at]:
                self.report("ZR843", self.sheet.span(row, at), text=row.texts[at][:40])
                return True
        return False

    def _is_apart(self, row: Row) -> bool:
        """Tell whether a row is none of the table's: told once, with what it is taken for."""
        at = next(at for at, text in enumerate(row.texts) if text)
        what = self._apart(row, at)
        if what is None:
            return False
        zh, en = _APART_WORDS[what]
        if len(self.apart) < _MAX_FINDINGS:
            self.apart.append((what, row))
        span = self.sheet.span(row, at)
        self.report("ZR897", span, text=row.texts[at][:40], what_zh=zh, what_en=en)
        return True

    def _apart(self, row: Row, at: int) -> str | None:
        text = row.texts[at]
        if self._repeats(row):
            return "headings"
        if self._is_total(row, at):
            return "total"
        alone = not any(row.texts[at + 1 :])
        if all(NOTE.match(each) for each in row.texts[at:] if each):
            return "note"
        # Of a list whose matters stand elsewhere: a sentence alone is none of them.
        if alone and at < self._title_at() and text.endswith("。"):
            return "note"
        merged = row.number in self.captions
        if alone and (merged or (len(self.columns) > 1 and _CAPTION.match(text))):
            self.caption = text
            return "caption"
        return None

    def _is_total(self, row: Row, at: int) -> bool:
        title = self._title_at()
        if at == title:
            return _TOTAL_TITLE.match(row.texts[at]) is not None
        return _TOTAL.match(row.texts[at]) is not None or self.label_of(row) != at

    def label_of(self, row: Row) -> int:
        """Return the column in which a total says what it is: the first, or that of titles."""
        first = next(at for at, text in enumerate(row.texts) if text)
        title = self._title_at()
        own = row.texts[title] if first < title < len(row.texts) else ""
        plain = _TOTAL.match(row.texts[first]) is not None
        return title if not plain and _TOTAL_TITLE.fullmatch(own) else first

    def _title_at(self) -> int:
        """Return the column of titles, -1 where there is none."""
        return next((column.at for column in self.columns if column.key == "title"), -1)

    def _repeats(self, row: Row) -> bool:
        head = self.heading_row
        if head is None or len(self.columns) < 2:
            return False
        # Nearly always the first cell tells already.
        first = self.columns[0].at
        if first < len(row.texts) and row.texts[first] != head.texts[first]:
            return False
        return [bare(text) for text in row.texts] == [bare(text) for text in head.texts]

    def texts(
        self, row: Row, *, only: Collection[str], typed: Collection[str] = ()
    ) -> Iterator[tuple[str, str, Span]]:
        """Yield heading, text and place of the cells that say anything."""
        for column in self.columns:
            text = row.text(column.at)
            if text not in EMPTY and (column.key or not only):
                span = self.sheet.span(row, column.at)
                if (column.key or column.text) in typed:
                    text = self.mended(text, span, number=True)
                yield column.key or column.text, text, span

    def cells(self, row: Row, known: Mapping[str, Heading]) -> Cells:
        """Return what the cells of a row say, by the key of their heading."""
        said: Cells = {}
        for column in self.columns:
            text = row.text(column.at)
            if not text.isascii() and INVISIBLE_RUN.search(text):
                text = self._seen(text, self.sheet.span(row, column.at))
            if text in EMPTY:
                continue
            if column.key is None:
                # A row of policy text is one line.
                text = " ".join(text.split("\n"))
                if isinstance(self.sheet, Worksheet):
                    text = self.mended(text, self.sheet.span(row, column.at))
                said.setdefault("extra", []).append((self.remarks[column.at], text))
                continue
            value = self._value(known[column.text], text, self.sheet.span(row, column.at))
            if value is not None and value != ():
                said[column.key] = value
        if self.caption and all(column.text != _CATEGORY for column in self.columns):
            said.setdefault("extra", []).append((_CATEGORY, self.caption))
        return said

    def _seen(self, text: str, span: Span) -> str:
        """Return the text of a cell as it is seen, and tell what is not."""
        unseen = INVISIBLE_RUN.findall(text)
        self.report("ZR109", span, found=f"U+{ord(unseen[0][0]):04X}")
        return INVISIBLE_RUN.sub("", text).strip()

    def _value(self, heading: Heading, text: str, span: Span) -> Any:
        rule = heading.rule.removeprefix("k_")
        if not self.said.exact and (text in _SAYS_NOTHING or rule == "day"):
            text = self._said(text, heading, rule, span)
            if not text:
                return None
        if heading.key == "title" and not self.said.exact and len(_ITEMS.findall(text)) > 1:
            zh, en = "一格里写了几条，读成了一条", "a cell of several entries is read as one"
            self.report("ZR896", span, text=text.replace("\n", "⏎"), what_zh=zh, what_en=en)
        if "\n" in text:
            text = self._unbroken(text, rule, span)
        if rule == "names" and not self.said.exact:
            if _SHARES.search(text):
                zh, en = (
                    "单位名称和它的分工写在一起",
                    "the name of a body and its part run together",
                )
                self.report("ZR896", span, text=text, what_zh=zh, what_en=en)
            text = self._without_office(text, span)
        if rule == "name" and _BRACKET.search(text) and not self.said.exact:
            # As a whole it is the name; in policy text such a name stands in brackets of its own.
            text = f"[{text}]"
        if rule == "code" and MADE_DAY.fullmatch(text) and not self.said.exact:
            zh, en = MADE_DAY_TOLD
            self.report("ZR896", span, text=text, what_zh=zh, what_en=en)
        plain = _PLAIN.get(heading.rule)
        if plain is not None:
            return plain(text, span)
        names = self.parts.names_at(rule, text, span)
        if names is not None:
            return names
        # Nobody puts blanks between the words of a cell.
        value, found = self.parts.read(
            rule, self.mended(text, span), _always(span), exact=False, blanks=False
        )
        if found:
            self.note(found)
        # The grammar goes on with the end of the month: nobody wrote that day.
        return None if any(one.code == _NO_DAY for one in found) else value

    def _said(self, text: str, heading: Heading, rule: str, span: Span) -> str:
        """Return what a cell says; nothing for a sign that it says nothing, told where it may."""
        if text in UNSAID and rule in _NAMING:
            zh, en = "没有写明是什么，没有照抄上面的", "it does not say what is meant"
            self.report("ZR896", span, text=text, what_zh=zh, what_en=en)
            return ""
        if text in NOTHING and rule in _NAMING:
            return ""
        if rule == "day" and heading.key == "end" and text in OPEN_END:
            self.report("ZR895", span, before=text, after="-")
            return ""
        day = written_day(text) if rule == "day" else None
        return day.isoformat() if day is not None else text

    def _without_office(self, text: str, span: Span) -> str:
        """Return names of bodies without the office of theirs in brackets: 区教育局（基教科）."""
        bare_names = _OFFICE.sub(r"\1", text)
        if bare_names != text:
            self.report("ZR895", span, before=text, after=bare_names)
        return bare_names

    def _unbroken(self, text: str, rule: str, span: Span) -> str:
        """Return a text without the line ends that a narrow column gave it."""
        if rule not in _BREAKS or self.said.exact:
            return text
        beside = None if rule == "title" else _SEPARATING
        parts = [part for each in text.split("\n") if (part := each.strip().strip(beside))]
        joined = _BREAKS[rule].join(parts)
        if rule == "title":
            joined = _LATIN_BREAK.sub(r"\1 \2", "\n".join(parts)).replace("\n", "")
        self.report("ZR895", span, before=text.replace("\n", "⏎"), after=joined)
        return joined

    def mended(self, text: str, span: Span, *, number: bool = False) -> str:
        """Return a text as it is read, its slips told."""
        if self.said.exact:
            return text
        mended, slips = read_slips(text, number=number)
        for slip in slips:
            if slip.kind == "mended":
                self.report("ZR895", span, before=slip.text, after=slip.after)
            else:
                self.report(
                    "ZR896", span, text=slip.text, what_zh=slip.what_zh, what_en=slip.what_en
                )
        return mended

    def missing(self, row: Row, key: str) -> None:
        """Report the empty cell of a row that must not be empty."""
        column = next((column for column in self.columns if column.key == key), None)
        if column is None:
            self._missing_column(key)
            return
        at = column.at if column.at < len(row.texts) else 0
        span = self.sheet.span(row, at)
        # A cell that cannot be read has been told, and is not empty.
        told = any(one.span == span for one in self.findings[-10:])
        if not (at == column.at and row.texts[at] and told):
            self.report("ZR845", span, heading=column.text)

    def _missing_column(self, key: str) -> None:
        """Report once that no row can say something: its column is not there."""
        if self.heading_row is None or any(one.code == "ZR847" for one in self.findings):
            return
        zh, en = headings.HEADINGS[_WORDS[key]]
        also = [word for word, meant in self.said.also.items() if meant == zh]
        shown = [column.text for column in self.columns]
        span = self.sheet.span(self.heading_row, self.columns[0].at)
        self.report("ZR847", span, heading_zh=zh, heading_en=en, known=[zh, *also], shown=shown)

    def running_number(self, row: Row) -> int | None:
        """Return the running number (序号) of a row, None where there is none."""
        for column in self.columns:
            if column.text.lower() in NUMBERS and column.at < len(row.texts):
                text = shadow(row.texts[column.at])
                return int(text) if text.isdecimal() and len(text) < 9 else None
        return None

    def restarts(self, row: Row, before: int, after: int) -> None:
        """Tell that the running numbers start again."""
        at = next(column.at for column in self.columns if column.text.lower() in NUMBERS)
        self.report("ZR889", self.sheet.span(row, at), before=before, after=after)


_WORDS = {"title": "matter", "name": "name", "code": "code"}


# --- worksheets ----------------------------------------------------------------------------------


def _of_workbook(book: Workbook, known: Mapping[str, str], said: Columns) -> list[SheetTable]:
    """Return the tables of the visible worksheets; the others are told."""
    asked = [sheet for sheet in book.sheets if said.sheet in ("", sheet.name)]
    tables = [SheetTable.cut(sheet, known, said) for sheet in asked]
    with_table = [t for t in tables if t.columns and (t.sheet.visible or said.sheet)]  # type: ignore[union-attr]
    if not with_table:
        (table, *_) = tables or [SheetTable.cut(Sheet(Source(book.path, ""), ","), known, said)]
        table.check_headings(known)
        return [table]
    told: set[str] = set()
    for table in tables:
        if table in with_table:
            table.check_headings(known, told)
        else:
            _not_read(table, book)
    return tables


def _not_read(table: SheetTable, book: Workbook) -> None:
    """Tell of a worksheet that is left out, unless nothing stands on it."""
    sheet = table.sheet
    assert isinstance(sheet, Worksheet)
    hidden = not sheet.visible
    table.columns, table.heading_row = [], None
    if hidden or any(any(row.texts) for row in sheet.rows()):
        zh = "它是隐藏的" if hidden else "没有标题行"
        en = "it is hidden" if hidden else "it has no headings"
        name = book.path.rpartition("/")[2]
        table.report(
            "ZR892",
            start_of(book.path),
            sheet=sheet.name,
            reason_zh=zh,
            reason_en=en,
            example=f"{name}#{sheet.name}",
        )
    sheet.found.clear()


def _always(span: Span) -> Move:
    def move(inner: Span) -> Span:
        return span if inner.path else inner

    return move


def _code(text: str, span: Span) -> Name:
    return Name(normalise(shadow(text)), span)


_PLAIN: dict[str, Callable[[str, Span], Any]] = {
    "raw": lambda text, span: text,
    "title": lambda text, span: Title(text, span=span),
    "code": _code,
}
