"""A sheet as policy text: every doubtful cell marked where it stands, nothing of it dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from zhunru.checker.entries import repeated_codes
from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Diagnostic, Severity, Source, Span, has_errors
from zhunru.errors import PolicyRejected
from zhunru.sheets.marks import ENGLISH, FORCE, SHEET, Marks, marks_in
from zhunru.sheets.register import register_text
from zhunru.syntax import headings, parser, sheet_reader
from zhunru.syntax.columns_file import Columns, bare, columns_beside, read_columns
from zhunru.syntax.decode import start_of
from zhunru.syntax.document import SUFFIX, read_document
from zhunru.syntax.folders import read_source
from zhunru.syntax.format_lists import ListPrinter
from zhunru.syntax.format_words import Words
from zhunru.syntax.keywords import by_word
from zhunru.syntax.nodes import Entry, ListDecl, Name, Title, Unit, UnitBlock
from zhunru.syntax.official_words import LIST_WORDS
from zhunru.syntax.placed import moved
from zhunru.syntax.shadow import WORD
from zhunru.syntax.sheet import SEPARATORS, Sheet
from zhunru.syntax.sheet_table import AnySource
from zhunru.syntax.workbook import Workbook, Worksheet, read_workbook
from zhunru.vocabulary import LIST_KINDS, ListKind

Kind = Literal["list", "units", "register"]
# Readings that are certain are told and not marked in the text.
_CERTAIN = frozenset({"ZR888", "ZR889", "ZR897", "ZR841", "ZR892", "ZR837", "ZR838", "ZR109"})
_PLAIN_NAME = re.compile(rf"(?![\d_])[{WORD}][{WORD}·]*")
_LIMIT = re.compile(r"如果是上限，写(“[^“”]+”)")
# 附件1, 附件2： and 附表一 say where a sheet hangs, not what it is.
_PREFIX = re.compile(r"\A(?:sep=|附[件表]\s*[\d０-９一二三四五六七八九十]*\s*[:：.．、]?\s*)")
_TITLE_ROWS = 5
_HEADINGS = frozenset({*headings.ENTRY, *by_word(LIST_WORDS)})
_ARTICLE = re.compile(r"第[\d零一二三四五六七八九十百]+条")


@dataclass(frozen=True)
class Imported:
    """Policy text made from a sheet, with what was found; `doubtful` cells are marked in it.

    `columns` is a file of columns to be put beside the sheet where the text takes its rows from it
    under other headings; empty where none is needed.
    """

    text: str
    findings: tuple[Diagnostic, ...]
    rows: int
    doubtful: int
    columns: str = ""


@dataclass
class _Reading:
    """One sheet while it is read."""

    path: Path
    source: AnySource
    said: Columns
    found: list[Diagnostic] = field(default_factory=list)
    marks: Marks | None = None
    rows: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def note_rows(self, spans: Iterable[Span]) -> None:
        """Keep the rows of these places: a large sheet is gone through once, not for each."""
        wanted: dict[str, set[int]] = {}
        for span in spans:
            wanted.setdefault(span.workbook[1] if span.workbook else "", set()).add(span.line)
        for sheet in self.source.sheets if isinstance(self.source, Workbook) else ():
            lines = wanted.get(sheet.name, set())
            for row in sheet.rows() if lines else ():
                if row.number in lines:
                    self.rows[sheet.name, row.number] = row.texts

    def cell(self, span: Span) -> str:
        """Return the text of a cell as it stands in the sheet."""
        if isinstance(self.source, Source):
            return self.source.text[span.start : span.end].strip()
        texts = self._texts(span)
        return texts[span.column - 1] if span.column <= len(texts) else ""

    def row(self, span: Span) -> str:
        """Return the texts of the row of a place, one behind the other."""
        if isinstance(self.source, Source):
            return self.source.line(span.line).strip()
        return " | ".join(text for text in self._texts(span) if text)

    def _texts(self, span: Span) -> list[str]:
        book = span.workbook
        return self.rows.get((book[1], span.line), []) if book else []


def import_sheet(
    path: str | Path,
    *,
    kind: Kind,
    name: str = "",
    list_kind: str = "",
    sheet: str = "",
    columns: str | Path | None = None,
) -> Imported:
    """Return policy text for a sheet (.xlsx, .csv): a list, units of the chart, or a register.

    Lists and units may also stand in the tables of a document (.docx).

    `name` is that of the list or register, by default that of the file; `list_kind` what the list
    is for (协助, 职责 …). `columns` is a file of columns; without one that beside the sheet counts.
    Raises PolicyRejected for a file that cannot be read.
    """
    reading = _opened(Path(path), kind, sheet, columns)
    named = name or _name_of(Path(path))
    match kind:
        case "units":
            return _units(reading)
        case "register":
            made = register_text(reading.source, reading.path, named, reading.said)
            reading.found += made.found
            done = _imported(made.lines, reading, [], made.rows)
            return replace(done, columns=made.columns)
        case _:
            return _list(reading, named, bool(name), list_kind)


def _opened(path: Path, asked: Kind, sheet: str, columns: str | Path | None) -> _Reading:
    kind = path.suffix.lower()
    # A register takes its rows from the file again and again: a document is none that is kept so.
    tables = asked != "register" and kind == SUFFIX
    if not tables and kind not in (".xlsx", ".csv", ".tsv", ".txt"):
        raise PolicyRejected([_wrong_kind(path)])
    said, found = read_columns(Path(columns)) if columns else columns_beside(path)
    source: AnySource | None
    readers = {".xlsx": read_workbook, SUFFIX: read_document}
    source, more = readers.get(kind, read_source)(path)
    if source is None or has_errors([*found, *more]):
        raise PolicyRejected([*found, *more])
    said = replace(said, sheet=sheet or said.sheet)
    reading = _Reading(path, source, said, [*found, *more])
    if isinstance(source, Workbook):
        _open_sheets(reading, source)
    return reading


def _open_sheets(reading: _Reading, book: Workbook) -> None:
    """Choose the worksheet that is asked for; take what a list that we wrote says of itself."""
    asked = reading.said.sheet
    if asked and book.named(asked) is None:
        known = [sheet.name for sheet in book.sheets]
        place = start_of(book.path)
        raise PolicyRejected(
            [diagnose("ZR899", place, sheet=asked, known=known, hint_zh="", hint_en="")]
        )
    reading.marks = marks_in(book)
    if reading.marks is not None and not reading.said.names:
        reading.said = replace(reading.marks.said(), sheet=asked)
        book.sheets = [sheet for sheet in book.sheets if sheet.name != SHEET]


def _wrong_kind(path: Path) -> Diagnostic:
    """Say what a file that cannot be imported is to be saved as."""
    new = ".docx" if path.suffix.lower() in (".doc", ".wps") else ".xlsx"
    place, suffix = start_of(path.as_posix()), path.suffix or path.name
    return diagnose("ZR814", place, suffix=suffix, path=str(path), new=new, then_zh="", then_en="")


def _name_of(path: Path) -> str:
    """Return a name made of that of the file: what a name cannot hold is left out."""
    return "".join(_PLAIN_NAME.findall(path.stem)) or "清单"


# --- lists and units -----------------------------------------------------------------------------


def _list(reading: _Reading, name: str, renamed: bool, list_kind: str) -> Imported:
    if reading.marks is None:
        # Running numbers are nothing of an entry; its code is.
        names = {"序号": None, **reading.said.names}
        reading.said = replace(reading.said, names=names)
    entries, found = sheet_reader.read_entries(reading.source, reading.said)
    reading.found += found
    titles = _titles(reading.source)
    reading.found += _several(titles, reading)
    named = titles.get(reading.said.sheet) or next(iter(titles.values()), "")
    title = named or _PREFIX.sub("", reading.path.stem)
    head = _head(reading.marks, name, renamed, list_kind, title)
    spans = [entry.span for entry in entries]
    found += _doubtful_bases(reading, entries)
    reading.found += repeated_codes(name, entries, {})
    restored = [_restored(entry) if reading.marks else entry for entry in entries]
    plain = tuple(moved(entry, lambda span: NOWHERE) for entry in restored)
    declared = replace(head, entries=plain, tabular=True, span=NOWHERE)
    printer = ListPrinter(Words("zh", "zh"), Source("", ""))
    lines = [f"{'  ' * line.indent}{line.text}" for line in printer.catalogue(declared)]
    return _imported([*_needed(plain), *lines], reading, spans, len(entries))


def _head(marks: Marks | None, name: str, renamed: bool, list_kind: str, title: str) -> ListDecl:
    """Return the list without its entries: as it was written, or a new one of this name."""
    if marks is not None and marks.lines:
        file, found = parser.parse(Source("清单说明", "\n".join(marks.lines) + "\n"))
        lists = [one for one in file.declarations if isinstance(one, ListDecl)]
        if len(lists) == 1 and not has_errors(found):
            head: ListDecl = moved(lists[0], lambda span: NOWHERE)
            return replace(head, name=Name(name, NOWHERE)) if renamed else head
    kinds = {zh: kind for kind, (zh, _) in LIST_KINDS.items()}
    return ListDecl(
        name=Name(name, NOWHERE),
        title=Title(title) if title != name else Title(""),
        kind=kinds.get(list_kind, ListKind.CATALOGUE),
    )


def _several(titles: dict[str, str], reading: _Reading) -> list[Diagnostic]:
    """Tell that annexes of a document become one list, where none was asked for.

    The worksheets of a workbook are mostly parts of one list.
    """
    document = reading.path.suffix.lower() == SUFFIX
    if not document or reading.said.sheet or len(set(titles.values())) < 2:
        return []
    told = [f"{sheet}“{title}”" for sheet, title in titles.items()]
    return [diagnose("ZR819", start_of(str(reading.path)), titles=told, sheet=next(iter(titles)))]


def _titles(source: AnySource) -> dict[str, str]:
    """Return the titles of the sheets that have one, by the name of the sheet."""
    if isinstance(source, Source):
        title = _title(_cut(source))
        return {"": title} if title else {}
    titles = {sheet.name: _title(sheet) for sheet in source.sheets if sheet.visible}
    return {sheet: title for sheet, title in titles.items() if title}


def _title(sheet: Sheet | Worksheet) -> str:
    """Return the title of a sheet: the only text of its first row that says more than 附件1."""
    for row in islice(sheet.rows(), _TITLE_ROWS):
        texts = [text for text in row.texts if text]
        if len(texts) > 1:
            break
        title = _PREFIX.sub("", " ".join(texts[0].split())) if texts else ""
        if title:
            return "" if bare(title) in _HEADINGS else title
    return ""


def _cut(source: Source) -> Sheet:
    """Return a CSV file cut by the separator that its first rows show most of."""
    cut = [Sheet(source, separator) for separator in SEPARATORS]
    return max(cut, key=lambda s: max((len(r.texts) for r in islice(s.rows(), 50)), default=0))


def _restored(entry: Entry) -> Entry:
    """Take back from further columns what tables of policy text have no place for."""
    said = dict(entry.extra)
    force = said.get(FORCE, "").split("、")
    clauses = replace(entry.clauses, relaxable="可放宽" in force, binding="刚性" in force)
    return replace(
        entry,
        title=replace(entry.title, en=said.get(ENGLISH, "")),
        clauses=clauses,
        extra=tuple((key, text) for key, text in entry.extra if key not in (ENGLISH, FORCE)),
    )


def _needed(entries: Sequence[Entry]) -> list[str]:
    """Return comments with the bases and units that the set must know."""
    bases = dict.fromkeys(c.basis for entry in entries for c in entry.clauses.citations if c.basis)
    units = dict.fromkeys(name.text for entry in entries for name in (*entry.leads, *entry.jointly))
    return [
        f"# 用到的{what}，规则集里要先登记：{'、'.join(names)}"
        for what, names in (("依据", bases), ("单位或者角色", units))
        if names
    ]


def _doubtful_bases(reading: _Reading, entries: Sequence[Entry]) -> list[Diagnostic]:
    """Find citations whose name and article run together: which is which is not certain."""
    found = []
    for entry in entries:
        for citation in entry.clauses.citations:
            if not citation.basis.startswith("《") and _ARTICLE.search(citation.basis):
                zh, en = "文件名称和条款没有分开", "name and article run together"
                found.append(
                    diagnose("ZR896", citation.span, text=citation.basis, what_zh=zh, what_en=en)
                )
    reading.found += found
    return found


def _units(reading: _Reading) -> Imported:
    units, found = sheet_reader.read_units(reading.source, reading.said)
    reading.found += found
    spans = [unit.span for unit in units]
    plain: tuple[Unit, ...] = tuple(moved(unit, lambda span: NOWHERE) for unit in units)
    block = UnitBlock(units=plain, tabular=True, span=NOWHERE)
    printer = ListPrinter(Words("zh", "zh"), Source("", ""))
    lines = [f"{'  ' * line.indent}{line.text}" for line in printer.units(block)]
    return _imported(lines, reading, spans, len(units))


# --- marks in the text ---------------------------------------------------------------------------


def _imported(lines: list[str], reading: _Reading, spans: Sequence[Span], rows: int) -> Imported:
    """Return the text with a comment above each row that has a doubtful cell."""
    # What is told of a document as a whole is told with each of its tables.
    doubts = [one for one in dict.fromkeys(reading.found) if _is_doubt(one)]
    reading.note_rows(one.span for one in doubts)
    heads = _row_lines(lines, len(spans))
    before: dict[int, list[str]] = {}
    for doubt in doubts:
        at = _line_of(doubt.span, spans, heads, len(lines))
        before.setdefault(at, []).append(_comment(doubt, reading))
    marked: list[str] = []
    for at, line in enumerate([*lines, ""]):
        indent = line[: len(line) - len(line.lstrip())] or "  "
        marked += [f"{indent}# {text}" for text in dict.fromkeys(before.get(at, ()))]
        marked.append(line)
    text = "\n".join(marked).rstrip("\n") + "\n"
    return Imported(text, tuple(dict.fromkeys(reading.found)), rows, len(doubts))


def _is_doubt(finding: Diagnostic) -> bool:
    return finding.code not in _CERTAIN and not (
        finding.severity is Severity.HINT and finding.code != "ZR895"
    )


def _row_lines(lines: Sequence[str], rows: int) -> list[int]:
    """Return the line of each entry or unit: a row of the table, or the head of a block."""
    starts = [at for at, line in enumerate(lines) if line.lstrip().startswith("| ")][1:] or [
        at for at, line in enumerate(lines) if line.startswith(("  条目 ", "单位 "))
    ]
    return starts if len(starts) == rows else []


def _line_of(span: Span, spans: Sequence[Span], heads: Sequence[int], end: int) -> int:
    """Return the line above which a doubt is written: that of its row, or of the next one."""
    if not heads:
        return end
    after = end
    for number, (each, at) in enumerate(zip(spans, heads, strict=True), 1):
        if each.path == span.path:
            if each.line >= span.line:
                return at
            # Below the last row of its worksheet, which need not be the last sheet.
            after = heads[number] if number < len(heads) else end
    return after


def _comment(doubt: Diagnostic, reading: _Reading) -> str:
    said = reading.row(doubt.span) if doubt.code == "ZR845" else reading.cell(doubt.span)
    quoted = f"“{_one_line(said)}”" if said else ""
    others = "".join(f"；{zh}在{_where(span)}" for span, zh, _ in doubt.related)
    return f"待核对 {_where(doubt.span)}{quoted}：{_one_line(doubt.zh)}{others}{_advice(doubt)}"


def _where(span: Span) -> str:
    if span.workbook and span.in_document:
        return f"{span.workbook[1]}第 {span.line} 行第 {span.column} 格"
    if span.workbook:
        return f"工作表“{span.workbook[1]}”{span.cell}"
    return f"第 {span.line} 行第 {span.column} 栏"


def _advice(doubt: Diagnostic) -> str:
    """Say how to write what cannot be read: 每年4次 may be a limit, or what is to be done."""
    if doubt.code != "ZR101":
        return ""
    limit = _LIMIT.fullmatch(doubt.help_zh)
    # The text above the row has it already as the limit that it may be.
    said = f"暂按上限写成{limit[1]}，不是上限的请改" if limit else _one_line(doubt.help_zh)
    return f"；{said}"


def _one_line(text: str) -> str:
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)
