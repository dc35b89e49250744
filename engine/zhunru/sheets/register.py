"""A sheet as a register: fields named and typed by what stands under their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax.columns_file import Columns
from zhunru.syntax.shadow import WORD
from zhunru.syntax.sheet_asides import asides
from zhunru.syntax.sheet_habits import MADE_DAY, MADE_DAY_TOLD
from zhunru.syntax.sheet_table import AnySource, SheetTable
from zhunru.syntax.slips import read_slips
from zhunru.syntax.written_days import written_day
from zhunru.vocabulary import TYPES

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?\Z")
# 001 and a telephone number are written in digits and counted with by nobody.
_CODE = re.compile(r"0\d+|\d{11,}")
_CODE_HEADING = re.compile(r"(?:号|号码|编码|代码|邮编|电话|手机|联系方式)\Z")
_RATIO = re.compile(r"[+-]?\d+(?:\.\d+)?[%％]\Z")
_BRACKETS = re.compile(r"[（(［\[].*?[）)］\]]")
_MAGNITUDE = re.compile(r"[百千万亿][元户人次件名亩㎡m]|[（(]单?位?[:：]?[百千万亿]+[)）]")
_WORD = re.compile(rf"(?![\d_])[{WORD}]+")
_IDLE = frozenset({"序号"})
_ENGLISH = dict(TYPES.values())


@dataclass
class _Column:
    """What the cells of a column are: how many of each type, and the first one of each."""

    count: dict[str, int] = field(default_factory=dict)
    first: dict[str, tuple[str, Span]] = field(default_factory=dict)
    codes: bool = False

    def take(self, text: str, span: Span) -> None:
        """Note the text of one more cell."""
        plain = read_slips(text)[0]
        kind = "日期" if self.codes and MADE_DAY.fullmatch(plain) else _kind(plain)
        self.codes = self.codes or _CODE.fullmatch(plain) is not None
        self.count[kind] = self.count.get(kind, 0) + 1
        self.first.setdefault(kind, (text, span))

    def type(self) -> str:
        """Return the narrowest type that every text of the column fits."""
        return "文本" if self.codes or len(self.count) != 1 else next(iter(self.count))

    def odd(self) -> tuple[str, str, Span] | None:
        """Return the type of nearly all cells, and the first cell that keeps the column from it."""
        kind = max(self.count, key=lambda each: self.count[each], default="文本")
        most, total = self.count.get(kind, 0), sum(self.count.values())
        if self.codes or kind == "文本" or len(self.count) == 1 or most < 3 or most * 2 <= total:
            return None
        text, span = next(one for other, one in self.first.items() if other != kind)
        return kind, text, span


@dataclass
class RegisterText:
    """The declaration of a register that takes its rows from a sheet, and what was found."""

    lines: list[str] = field(default_factory=list)
    rows: int = 0
    columns: str = ""
    found: list[Diagnostic] = field(default_factory=list)


def register_text(source: AnySource, path: Path, name: str, said: Columns) -> RegisterText:
    """Return the declaration of a register that takes its rows from the sheet."""
    made = RegisterText()
    seen: dict[str, _Column] = {}
    renamed: dict[str, str] = {}
    for table in SheetTable.all(source, {}, said):
        fields = _fields(table, renamed)
        for row in table.rows():
            made.rows += 1
            for at, named in fields.items():
                text = row.texts[at] if at < len(row.texts) else ""
                column = seen.setdefault(named, _Column(codes=_names_codes(named)))
                if text:
                    span = table.sheet.span(row, at)
                    column.take(table.mended(text, span), span)
        made.found += [*table.found, *asides(table)]
    made.found += [one for named, column in seen.items() for one in _odd(named, column)]
    book = f"#{said.sheet}" if said.sheet and not isinstance(source, Source) else ""
    made.lines = [f'台账 {name} 取自 "{path.name}{book}"']
    made.lines += [f"  {named} {column.type()}" for named, column in seen.items()]
    if renamed:
        lines = [f"  {_quoted(heading)}: {named}" for heading, named in renamed.items()]
        made.columns = "\n".join(["栏目:", *lines, ""])
    return made


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _fields(table: SheetTable, renamed: dict[str, str]) -> dict[int, str]:
    """Return the name of the field of each column; one that had to be made is told."""
    fields: dict[int, str] = {}
    for column in table.columns:
        if column.text in _IDLE or table.heading_row is None:
            continue
        named = "".join(_WORD.findall(_BRACKETS.sub(_magnitude, column.text)))
        if named and named != column.text:
            span = table.sheet.span(table.heading_row, column.at)
            table.report("ZR888", span, heading=column.text, known=named)
            renamed[column.text] = named
        if named:
            fields[column.at] = named
    return fields


def _magnitude(bracket: re.Match[str]) -> str:
    """Return what stays of a bracket in a name: 万元 does, for 1.2 below it is 12000."""
    return bracket[0][1:-1] if _MAGNITUDE.search(bracket[0]) else ""


def _names_codes(heading: str) -> bool:
    return _CODE_HEADING.search(heading) is not None


def _kind(text: str) -> str:
    """Return the narrowest type that a text fits."""
    if _NUMBER.match(text):
        return "数值"
    if _RATIO.match(text):
        return "比例"
    if written_day(text) is not None:
        return "日期"
    return "是否" if text in ("是", "否") else "文本"


def _odd(named: str, column: _Column) -> list[Diagnostic]:
    """Tell why a column of numbers or days is none: one cell in it makes it text.

    Also of a code that was made a day.
    """
    if _names_codes(named) and "日期" in column.first:
        text, span = column.first["日期"]
        zh, en = MADE_DAY_TOLD
        return [diagnose("ZR896", span, text=text, what_zh=zh, what_en=en)]
    found = column.odd()
    if found is None:
        return []
    kind, text, span = found
    zh = f"“{named}”一栏多数格子是{kind}，这一格不是，整栏只好写成文本"
    en = f"nearly all of the column `{named}` is of type {_ENGLISH[kind]}, this cell is not"
    return [diagnose("ZR896", span, text=text, what_zh=zh, what_en=en)]
