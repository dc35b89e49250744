"""Requests from outside: files (CSV, workbooks, JSON, YAML) and plain mappings, row by row.

Everything is bounded and read exactly. A row that cannot be read carries its findings and no
request; the rows after it are read all the same.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span, has_errors
from zhunru.errors import RequestRejected
from zhunru.exact_json import NameTwice, exact_number, once_each
from zhunru.opening import read_source
from zhunru.request_facts import Names, RequestFacts, sort_facts
from zhunru.syntax.decode import unmarked_utf16
from zhunru.syntax.folders import is_file, opened, shown, unreadable
from zhunru.syntax.sheet import MAX_COLUMNS, SEPARATORS
from zhunru.syntax.sheet_habits import COLUMNS_BESIDE, NOTE, NUMBERS, told_apart

if TYPE_CHECKING:
    from zhunru.compiler import CompiledPolicy
    from zhunru.decision import Request
    from zhunru.syntax import yaml_text
    from zhunru.syntax.columns_file import Columns

MAX_DOCUMENT = 4 * 1024 * 1024  # bytes of a JSON or YAML file
MAX_LINE = 100_000  # characters of a row
MAX_QUOTED_LINES = 50  # lines that one CSV row may span
SURELY_UTF8 = 8  # GB18030 text never begins with so many sound UTF-8 characters
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CHUNK = 64 * 1024
_PLAIN = {str, bool, type(None)}
# How far down the headings of a sheet are looked for.
_TITLE_ROWS = 50
_TOTAL = re.compile(r"(?:合|总|小|共)\s*计")
_APART = frozenset("合总小共注备说填审制负")
# Where no heading tells, the one of these that a line has most of; ， stands in titles too.
_USUAL = ",\t;"
_Record = tuple[int, list[str] | None]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as it was given, or why it cannot be read."""

    span: Span
    given: Mapping[str, Any] = field(default_factory=dict)
    request: Request | None = None
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenRow:
    """What one row of a file says, not yet read by any policy; `given` None: it says nothing."""

    span: Span
    given: Any = None
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class GivenRows:
    """The rows of a file, to be read once; `columns` are the headings of a sheet, `remarks` what is
    told of it as a whole. `several`: rows are named by their worksheets too."""

    rows: Iterator[GivenRow]
    columns: tuple[str, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    several: bool = False

    def __iter__(self) -> Iterator[GivenRow]:
        return self.rows


@dataclass(frozen=True)
class RequestRows:
    """The requests of a file, to be read once.

    `columns` are the headings of a sheet; `unused` those that mean nothing to the policy: they
    stay with the rows and are not facts. `remarks` are findings about what is read all the same.
    `several`: rows are named by their worksheets too.
    """

    rows: Iterator[RequestRow]
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    several: bool = False

    def __iter__(self) -> Iterator[RequestRow]:
        return self.rows


def read_requests(
    source: str | Path | Sequence[Mapping[str, Any]],
    policy: CompiledPolicy,
    *,
    received: date,
    asserted_by: str | None = None,
    decision: str = "",
) -> RequestRows:
    """Return the requests of a file, or of mappings from field names to values.

    A row may also give uses of quotas (`检查总量控制.每年`), registers (有效, 无, or rows) and its
    own day of receipt (日期); `received` is that of the others. Raises RequestRejected for a file
    that cannot be read at all.
    """
    names = Names.of(policy, decision)
    facts = RequestFacts(names=names, received=received, asserted_by=asserted_by)
    if not isinstance(source, (str, Path)):
        return RequestRows(_from_mappings(source, facts))
    given = read_given(Path(source), names.knows)
    unused = tuple(name for name in given.columns if name and not names.knows(name))
    rows = (_request_row(row, facts, unused) for row in given)
    return RequestRows(rows, given.columns, unused, given.remarks, given.several)


def read_given(path: Path, knows: Callable[[str], bool] = lambda name: False) -> GivenRows:
    """Return the rows of a file as they are; raises RequestRejected if none can be read.

    `knows` tells names that mean something, by which the headings of a workbook are found.
    """
    match path.suffix.lower():
        case ".csv":
            return _read_csv(path, knows)
        case ".xlsx":
            return _read_book(path, knows)
        case ".jsonl" | ".ndjson":
            return GivenRows(_read_json_lines(path))
        case ".json":
            return GivenRows(_read_json(path))
        case ".yaml" | ".yml":
            return GivenRows(_read_yaml(path))
    raise RequestRejected([diagnose("ZR780", _start(path), suffix=path.suffix or path.name)])


def _start(path: Path, line: int = 1) -> Span:
    return Span(shown(path), 0, 0, line, 1)


def _from_mappings(given: Iterable[Mapping[str, Any]], facts: RequestFacts) -> Iterator[RequestRow]:
    for number, mapping in enumerate(given, 1):
        yield _row(mapping, Span("", 0, 0, number, 1), facts)


def _row(given: Any, span: Span, facts: RequestFacts) -> RequestRow:
    if not isinstance(given, Mapping):
        return RequestRow(span, findings=(diagnose("ZR782", span),))
    request, found = sort_facts(given, span, facts)
    return RequestRow(span, given, request, tuple(found))


def _request_row(row: GivenRow, facts: RequestFacts, unused: Sequence[str]) -> RequestRow:
    """Return the request of a row; headings that mean nothing stay with it, they are no facts."""
    if row.findings:
        return RequestRow(row.span, row.given or {}, None, row.findings)
    if not unused:
        return _row(row.given, row.span, facts)
    used = {name: value for name, value in row.given.items() if name not in unused}
    request, found = sort_facts(used, row.span, facts)
    return RequestRow(row.span, row.given, request, tuple(found))


# --- CSV ---------------------------------------------------------------------------------------


def _read_csv(path: Path, knows: Callable[[str], bool]) -> GivenRows:
    said = _said_beside(path)

    def known(name: str) -> bool:
        return knows(_meant(name, said))

    first, records = _headings(_records(path, known), known, said.heading_row if said else 0)
    if first is None:
        raise RequestRejected([_too_long(_start(path))])
    columns = tuple(told_apart((_meant(name, said) for name in first), knows))
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise RequestRejected([diagnose("ZR783", _start(path), name=twice[0])])
    rows = (_csv_row(path, line, record, columns) for line, record in records)
    return GivenRows((row for row in rows if row is not None), columns)


def _said_beside(path: Path) -> Columns | None:
    """Return what the file of columns beside a sheet says; None: there is none."""
    if not any(is_file(path.with_name(path.stem + suffix)) for suffix in COLUMNS_BESIDE):
        return None
    from zhunru.syntax.columns_file import columns_beside  # here: it takes the YAML parser

    said, found = columns_beside(path)
    if has_errors(found):
        raise RequestRejected(found)
    return said


def _meant(heading: str, said: Columns | None) -> str:
    """Return the name that a heading stands for, empty for a column that is not to be read."""
    word = heading.strip()
    if said is None:
        return word
    from zhunru.syntax.columns_file import bare

    return said.names.get(bare(word), word) or ""


def _headings(
    records: Iterator[_Record], knows: Callable[[str], bool], row: int = 0
) -> tuple[list[str] | None, Iterator[_Record]]:
    """Return the headings and the rows below them, titles and dates above them passed over.

    The heading row is the first that shows two names that mean something, as in a workbook; where
    there is none, the first row that says anything. `row`: the file of columns tells its number.
    """
    held = list(islice(records, _TITLE_ROWS))
    said = [at for at, (_, record) in enumerate(held) if any(map(str.strip, record or ["?"]))]
    at = next((at for at in said if _shown(held[at][1], knows) > 1), said[0] if said else None)
    if row:
        at = next((at for at in said if held[at][0] == row), at)
    if at is None:
        return [], iter(())
    return held[at][1], chain(held[at + 1 :], records)


def _shown(record: list[str] | None, knows: Callable[[str], bool]) -> int:
    return sum(knows(cell.strip()) for cell in record or ())


def _is_apart(cells: Sequence[str]) -> bool:
    """Tell whether a row is a total or a note below the table: no request, as in a workbook."""
    first = next(filter(None, cells))
    if first[0] not in _APART:
        return False
    return _TOTAL.fullmatch(first) is not None or all(NOTE.match(cell) for cell in cells if cell)


def _is_numbered_only(given: Mapping[str, str]) -> bool:
    """Tell whether a row has nothing but its running number: nobody has filled it in yet."""
    return all(not text or name.lower() in NUMBERS for name, text in given.items())


def _csv_row(
    path: Path, line: int, record: list[str] | None, columns: tuple[str, ...]
) -> GivenRow | None:
    """Return what a line says; None for one that is empty but for its number, a total or a note.

    A column without heading says nothing.
    """
    span = _start(path, line)
    if record is None:
        return GivenRow(span, findings=(_too_long(span),))
    cells = [cell.strip() for cell in record]
    if not any(cells) or _is_apart(cells):
        return None
    given = dict(zip(columns, cells, strict=False))
    given.pop("", None)
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        more = len(cells) - len(columns)
        return GivenRow(span, given, (diagnose("ZR785", span, more=more),))
    # Nearly every row has more than one cell that says something: only others are looked at.
    if cells.count("") >= len(cells) - 1 and _is_numbered_only(given):
        return None
    return GivenRow(span, given)


def _records(path: Path, knows: Callable[[str], bool]) -> Iterator[_Record]:
    """Return the rows of a CSV file with their line numbers; None for one that is too long.

    A quote that is never closed costs its own line only, not those behind it.
    """
    lines = _lines(path)
    first = list(islice(lines, _TITLE_ROWS))
    separator = _separator([line for _, line in first if line], knows)
    waiting: list[tuple[int, str]] = []
    for number, line in chain(first, lines):
        if line is None:
            yield number, None
            continue
        if not waiting and '"' not in line:
            text = line.rstrip("\r\n")
            yield number, text.split(separator) if text else []
            continue
        waiting.append((number, line))
        if sum(text.count('"') for _, text in waiting) % 2 == 0:
            yield from _parse(waiting, separator)
            waiting = []
        elif len(waiting) > MAX_QUOTED_LINES:
            yield from _parse(waiting[:1], separator)
            waiting = waiting[1:]
    for left in waiting:
        yield from _parse([left], separator)


def _separator(lines: Sequence[str], knows: Callable[[str], bool]) -> str:
    """Return what stands between cells: what shows most names that mean something in one line, two
    at least, else what the first line with a usual one has most of."""
    shown = {
        sign: max((_shown(_bare_cells(line, sign), knows) for line in lines), default=0)
        for sign in SEPARATORS
    }
    best = max(shown, key=lambda sign: shown[sign])
    if shown[best] > 1:
        return best
    # A title above the headings shows none.
    first = next((line for line in lines if not {*_USUAL}.isdisjoint(line)), "")
    return max(_USUAL, key=first.count)


def _bare_cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator, MAX_COLUMNS)]


def _parse(lines: list[tuple[int, str]], separator: str) -> Iterator[_Record]:
    reader = csv.reader((text for _, text in lines), delimiter=separator)
    first = lines[0][0]
    line = first
    try:
        for record in reader:
            yield line, record
            line = first + reader.line_num
    except csv.Error:  # a cell is larger than the reader takes
        yield line, None


def _lines(path: Path) -> Iterator[tuple[int, str | None]]:
    """Return the lines of a file with their numbers; None for one that is too long."""
    with path.open(encoding=_encoding(path), newline="") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            if len(line) <= MAX_LINE:
                yield number, line
                continue
            while line and not line.endswith("\n"):
                line = file.readline(MAX_LINE)
            yield number, None


def _too_long(span: Span) -> Diagnostic:
    return diagnose(
        "ZR784",
        span,
        what_zh=f"一行或者一格超过 {MAX_LINE} 字",
        what_en=f"a row or cell is over {MAX_LINE} characters",
    )


def _encoding(path: Path) -> str:
    """Return the encoding of a file after reading it once, a piece at a time."""
    try:
        with opened(path) as file:
            start = file.read(_CHUNK)
            utf16 = _UTF16.get(start[:2]) or unmarked_utf16(start)
            fault = _fault(file, utf16 or "utf-8")
            if fault is None:
                return "utf-16" if start[:2] in _UTF16 else utf16 or "utf-8-sig"
            if not utf16 and fault.sound < SURELY_UTF8 and _fault(file, "gb18030") is None:
                return "gb18030"
    except OSError as error:
        raise RequestRejected([unreadable(path, error)]) from None
    place: dict[str, Any] = {"byte": fault.byte + 1, "value": f"0x{fault.value:02X}"}
    raise RequestRejected([diagnose("ZR804", _start(path, fault.line), **place)])


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where a file is not in an encoding, and how many characters of several bytes go before."""

    byte: int
    value: int
    line: int
    sound: int


def _fault(file: IO[bytes], encoding: str) -> _Fault | None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    read = lines = sound = 0
    more = True
    while more:
        chunk = file.read(_CHUNK)
        more = bool(chunk)
        try:
            text = decoder.decode(chunk, final=not more)
        except UnicodeDecodeError as error:
            held = len(error.object) - len(chunk)
            before = error.object[: error.start].decode(encoding, "ignore")
            sound += sum(c > "\x7f" for c in before)
            byte = read - held + error.start
            return _Fault(byte, error.object[error.start], lines + before.count("\n") + 1, sound)
        read += len(chunk)
        lines += text.count("\n")
        sound += len(text) - len(text.encode("ascii", "ignore"))
    return None


def _read_book(path: Path, knows: Callable[[str], bool]) -> GivenRows:
    from zhunru import request_books  # here, so that CSV and JSON do without workbooks

    columns, rows, remarks, several = request_books.open_book(path, knows)
    given = (GivenRow(*row) for row in rows if row[2] or not _is_numbered_only(row[1]))
    return GivenRows(given, columns, remarks, several)


# --- JSON and YAML -----------------------------------------------------------------------------


def _read_json_lines(path: Path) -> Iterator[GivenRow]:
    for number, line in _lines(path):
        span = _start(path, number)
        if line is None:
            yield GivenRow(span, findings=(_too_long(span),))
        elif line.strip():
            value, found = _json_value(line, span)
            yield GivenRow(span, value, tuple(found))


def _read_json(path: Path) -> Iterator[GivenRow]:
    value, found = _json_value(_document(path).text, _start(path))
    if found:
        raise RequestRejected(found)
    for number, given in enumerate(value if isinstance(value, list) else [value], 1):
        yield GivenRow(Span(shown(path), 0, 0, 0, number), given)


def _json_value(text: str, span: Span) -> tuple[Any, list[Diagnostic]]:
    """Return the value of a JSON text, numbers exact."""
    plain = _plain_object(text)
    if plain is not None:
        return plain, []
    try:
        return _JSON.decode(text.strip()), []
    except NameTwice as twice:
        return None, [diagnose("ZR783", span, name=str(twice))]
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        problem_zh = f"第 {line} 行第 {column} 个字附近"
        return None, [_bad_json(span, problem_zh, f"near line {line} column {column}")]
    except (ValueError, ArithmeticError):
        return None, [_bad_json(span, "数字过大，或者不是数字", "a number is too large or none")]
    except RecursionError:
        return None, [_bad_json(span, "层数过多", "nested too deeply")]


def _plain_object(text: str) -> dict[str, Any] | None:
    """Return an object that holds but texts and truth values, read fast; None of anything else."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if type(found) is not dict or not _PLAIN.issuperset(map(type, found.values())):
        return None
    # As many names as colons: none stands twice. Written as an escape, a colon could hide one.
    if text.count(":") != len(found):
        held = sum(each.count(":") for each in (*found, *found.values()) if type(each) is str)
        if text.count(":") != len(found) + held or "\\u003" in text:
            return None
    return found


def _bad_json(span: Span, problem_zh: str, problem_en: str) -> Diagnostic:
    return diagnose("ZR781", span, problem_zh=problem_zh, problem_en=problem_en)


_JSON = json.JSONDecoder(
    parse_float=exact_number,
    parse_int=exact_number,
    parse_constant=exact_number,
    object_pairs_hook=once_each,
)


def _read_yaml(path: Path) -> Iterator[GivenRow]:
    from zhunru.syntax import yaml_text  # here, so that CSV and JSON do without the YAML parser

    root, found = yaml_text.compose(_document(path))
    if has_errors(found):
        raise RequestRejected(found)
    items = root.items if isinstance(root, yaml_text.Sequence) else [root] if root else []
    for item in items:
        yield GivenRow(item.span, _plain(item))


def _plain(node: yaml_text.Node) -> Any:
    from zhunru.syntax import yaml_text

    match node:
        case yaml_text.Scalar(text=text):
            return text
        case yaml_text.Sequence(items=items):
            return [_plain(item) for item in items]
        case yaml_text.Mapping(pairs=pairs):
            return {key.text: _plain(value) for key, value in pairs}


def _document(path: Path) -> Source:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise RequestRejected([unreadable(path, error)]) from None
    if size > MAX_DOCUMENT:
        limit = MAX_DOCUMENT // (1024 * 1024)
        what: dict[str, Any] = {
            "what_zh": f"文件超过 {limit} MiB",
            "what_en": f"the file is over {limit} MiB",
        }
        raise RequestRejected([diagnose("ZR784", _start(path), **what)])
    return read_source(path)
