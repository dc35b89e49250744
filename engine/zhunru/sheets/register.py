"""A sheet as a register: fields named and typed by what stands under their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.columns_file import Columns
from zhunru.syntax.sheet_table import AnySource, SheetTable
from zhunru.syntax.slips import read_slips

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?\Z")
_RATIO = re.compile(r"[+-]?\d+(?:\.\d+)?[%％]\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z|\d{4}年\d{1,2}月\d{1,2}日\Z")
_BRACKETS = re.compile(r"[（(［\[].*?[）)］\]]")
_WORD = re.compile(r"[^\W\d_]\w*")
_IDLE = frozenset({"序号"})


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
    seen: dict[str, list[str]] = {}
    renamed: dict[str, str] = {}
    for table in SheetTable.all(source, {}, said):
        fields = _fields(table, renamed)
        for row in table.rows():
            made.rows += 1
            for at, named in fields.items():
                text = row.texts[at] if at < len(row.texts) else ""
                column = seen.setdefault(named, [])
                if text:
                    column.append(table.mended(text, table.sheet.span(row, at)))
        made.found += table.found
    book = f"#{said.sheet}" if said.sheet and not isinstance(source, Source) else ""
    made.lines = [f'台账 {name} 取自 "{path.name}{book}"']
    made.lines += [f"  {named} {_type(texts)}" for named, texts in seen.items()]
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
        named = "".join(_WORD.findall(_BRACKETS.sub("", column.text)))
        if named and named != column.text:
            span = table.sheet.span(table.heading_row, column.at)
            table.report("ZR888", span, heading=column.text, known=named)
            renamed[column.text] = named
        if named:
            fields[column.at] = named
    return fields


def _type(texts: list[str]) -> str:
    """Return the narrowest type that every text of a column fits."""
    plain = [read_slips(text)[0] for text in texts]
    for pattern, name in ((_NUMBER, "数值"), (_RATIO, "比例"), (_DAY, "日期")):
        if plain and all(pattern.match(text) for text in plain):
            return name
    return "是否" if plain and set(plain) <= {"是", "否"} else "文本"
