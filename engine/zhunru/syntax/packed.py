"""The packed parts of a workbook file, unpacked a piece at a time within bounds.

Nothing of a file is handed to the reader of cells before every part has been unpacked here once:
the sizes that a packed file states about itself may be untrue.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from zhunru.syntax.number_formats import NumberFormat, StyledCells, column_number
from zhunru.syntax.struck_out import struck_cells, struck_texts

MAX_PACKED = 64 * 1024 * 1024
MAX_UNPACKED = 768 * 1024 * 1024
MAX_PARTS = 4_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 256
# Rows times columns of the smallest rectangle around all values: the reader allots all of it.
MAX_AREA = 16_000_000

_PIECE = 1 << 20
_TEXTS = "xl/sharedStrings.xml"
_MOST_TEXT = 16 * _PIECE
_HEADER = 30  # bytes before name and extra field of a part
_STORED, _DEFLATED = 0, 8
# A place right of column IV or below row 999,999: rare, and looked at more closely.
_FAR = re.compile(
    rb"""\br\s*=\s*["'](?:(?:[A-Z]{3,}|[J-Z][A-Z]|I[W-Z])\d+|[A-Z]*\d{7,})["']""", re.I
)
_TWO_LETTERS = re.compile(rb"""\br\s*=\s*["']([A-I][A-Z])\d""", re.I)
_ODD_PLACES = re.compile(rb"""\br\s*=\s*'|\br\s+=|\br=\s|\br="[a-z]""")
_ONE_LETTER = rb"""\br\s*=\s*["']%b\d"""
_LAST_ROW = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\br\s*=\s*["'](\d+)""", re.I)
_CELL_ROW = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["'][A-Z]+(\d{1,6})\b""", re.I)
# The place of a cell as every office program writes it; an empty text for any other cell.
_PLAIN_CELL = re.compile(rb'<c(?: r="([A-Z]{1,2}\d{1,6})"|[\s/>])')
_LETTERS, _DIGITS = bytes(range(65, 91)), bytes(range(48, 58))
_UNPLACED = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\b)[\w:]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*>")
_ERROR = re.compile(
    rb"""<c\b[^<>]*\br="([A-Z]+)(\d+)"[^<>]*\bt="e"[^<>]*>(?:<f[^<]*(?:</f>)?)?<v>([^<]*)"""
)
# What was reckoned as an empty text, which many formulas say of an empty row, has t="str".
_UNRECKONED = re.compile(
    rb"""<c\b(?![^<>]*\bt="str")[^<>]*\br="([A-Z]+)(\d+)"[^<>]*>"""
    rb"""<f\b[^<>]*(?:/>|>([^<]*)</f>)(?:<v\s*/>|<v></v>)?</c>"""
)


_HIDDEN = re.compile(rb"""<(?:row|col)\b[^<>]*\bhidden=["'](?:1|true)["'][^<>]*>""")
_NUMBERED = re.compile(rb"""\b(r|min|max)=["'](\d{1,7})["']""")
_MOST_HIDDEN = 500
_MOST_FAILED = 100_000
# How files of the office programs before 2007 begin; a protected workbook is packed in one.
_OLD_OFFICE = bytes.fromhex("D0CF11E0A1B11AE1")


class Damaged(Exception):
    """The file is no sound workbook; the texts say why."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class TooLarge(Damaged):
    """The file, or what is packed in it, is over a bound."""


@dataclass
class Extent:
    """How far the values of a worksheet reach, and its cells whose value is not there."""

    rows: int = 0
    columns: int = 0
    failed: list[tuple[int, int, str]] = field(default_factory=list)
    styled: StyledCells = field(default_factory=lambda: StyledCells({}))
    # Rows with cells, and columns, that are hidden; numbers from 1, the first few hundred.
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    # Row and letters of the cells in a style, or with a shared text, that is struck out.
    struck_styles: list[int] = field(default_factory=list)
    struck_texts: frozenset[bytes] = frozenset()
    struck: list[tuple[int, bytes]] = field(default_factory=list)


class Package:
    """A packed file whose parts are unpacked by their bytes, not by what it says of them."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_PACKED:
            limit = MAX_PACKED >> 20
            raise TooLarge(f"文件超过 {limit} MiB", f"the file is over {limit} MiB")
        try:
            self.parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError):
            raise Damaged(*_why_no_package(data)) from None
        if len(self.parts) > MAX_PARTS:
            raise TooLarge(f"内含文件超过 {MAX_PARTS} 个", f"more than {MAX_PARTS} files inside")
        self.data = data
        self.left = MAX_UNPACKED

    def pieces(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield the bytes of a part; all parts together have one bound.

        Raises `TooLarge` past it, `Damaged` for what cannot be unpacked.
        """
        for piece in self._unpacked(part):
            self.left -= len(piece)
            if self.left < 0:
                limit = MAX_UNPACKED >> 20
                raise TooLarge(f"展开后超过 {limit} MiB", f"over {limit} MiB when unpacked")
            yield piece

    def _unpacked(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed(part)
        if part.compress_type == _STORED:
            for at in range(0, len(packed), _PIECE):
                yield bytes(packed[at : at + _PIECE])
            return
        if part.compress_type != _DEFLATED:
            raise Damaged("压缩方法不认识", "its way of packing is unknown")
        unpacking = zlib.decompressobj(-15)
        try:
            piece = unpacking.decompress(packed, _PIECE)
            while piece:
                yield piece
                piece = unpacking.decompress(unpacking.unconsumed_tail, _PIECE)
        except zlib.error:
            raise Damaged("压缩的内容已经损坏", "what is packed in it is damaged") from None
        if not unpacking.eof:
            raise Damaged("压缩的内容不完整", "what is packed in it breaks off")

    def _packed(self, part: zipfile.ZipInfo) -> memoryview:
        header = self.data[part.header_offset : part.header_offset + _HEADER]
        if len(header) < _HEADER or part.flag_bits & 1:
            raise Damaged("设了密码，或者已经损坏", "it is protected or damaged")
        skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        start = part.header_offset + _HEADER + skipped
        return memoryview(self.data)[start : start + part.compress_size]

    def text(self, name: str) -> bytes:
        """Return a part whole, or nothing if it is not there; raises as `pieces` does."""
        part = next((each for each in self.parts if each.filename == name), None)
        text = b""
        for piece in self.pieces(part) if part is not None else ():
            _check_text(name, piece)
            text += piece
            if len(text) > _MOST_TEXT:
                raise TooLarge(f"内含的 {name} 过长", f"the part {name} is too long")
        return text

    def survey(self, styles: Mapping[int, NumberFormat], struck: list[int]) -> dict[str, Extent]:
        """Unpack everything once; return how far each worksheet reaches, by its part.

        Cells of one of the `styles`, and of those that are `struck` out, are noted with it.
        """
        found: dict[str, Extent] = {}
        texts: frozenset[bytes] = frozenset()
        # The texts that cells share first: in which of them something is struck out.
        for part in sorted(self.parts, key=lambda part: part.filename != _TEXTS):
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                styled = StyledCells(styles)
                extent = Extent(styled=styled, struck_styles=struck, struck_texts=texts)
                found[part.filename] = _extent(self.pieces(part), extent)
            elif part.filename == _TEXTS:
                texts = struck_texts(self._checked(part))
            else:
                for _ in self._checked(part):
                    pass
        return found

    def _checked(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        for piece in self.pieces(part):
            _check_text(part.filename, piece)
            yield piece


def _why_no_package(data: bytes) -> tuple[str, str]:
    """Say what a file is that is no workbook: a renamed one is saved anew, not repaired."""
    if not data.strip(b"\0"):
        return "文件是空的，没有内容", "the file is empty"
    if data.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16le") in data:
            return "设了打开密码", "it is protected by a password"
        zh = "其实是旧格式（.xls、.et、.doc），只改了文件名的后缀"
        return zh, "it is of the old format (.xls, .et, .doc), only renamed"
    if b"\0" not in data[:4096] and not data.startswith(b"PK"):
        zh = "其实是文本或者网页，只改了文件名的后缀"
        return zh, "it is a text or web page, only renamed"
    zh = "不是 Office 2007 起的格式（.xlsx、.docx），或者已经损坏、设了密码"
    return zh, "it is no .xlsx or .docx, damaged or protected"


def _check_text(name: str, piece: bytes) -> None:
    """Refuse documents that declare entities: they unpack a second time in whoever reads them.

    So are those in UTF-16, in which a declaration would look otherwise.
    """
    if name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in piece or b"\x00" in piece):
        raise Damaged("内含实体声明", "it declares entities")


# --- how far a worksheet reaches -----------------------------------------------------------------


def _extent(pieces: Iterator[bytes], extent: Extent) -> Extent:
    """Go through the text of a worksheet; it is cut between tags, so that each is seen whole."""
    kept = b""
    for piece in pieces:
        text = kept + piece
        # Rows are kept whole: a cell without a place stands behind its neighbour.
        cut = text.rfind(b"</row>") + len(b"</row>")
        if cut < len(b"</row>"):
            cut = 0
        if len(text) - cut > 32 * _PIECE:
            raise TooLarge("一行的内容过长", "a row is too long")
        kept = text[cut:]
        if cut:
            _look(text[:cut], extent)
    _look(kept, extent)
    extent.styled.settle()
    if extent.rows * extent.columns > MAX_AREA:
        zh = f"工作表有 {extent.rows} 行 × {extent.columns} 栏"
        raise TooLarge(zh, f"a worksheet has {extent.rows} rows × {extent.columns} columns")
    return extent


def _look(text: bytes, extent: Extent) -> None:
    if b"\x00" in text or b"<!DOCTYPE" in text:
        raise Damaged("工作表的编码不认识", "the encoding of a worksheet is unknown")
    placed = _look_at_plain(text, extent) or _look_at_any(text, extent)
    extent.styled.look(text, placed=placed)
    if extent.struck_styles or extent.struck_texts or b"strike" in text:
        extent.struck += struck_cells(text, extent.struck_styles, extent.struck_texts)
    if b"hidden=" in text:
        _look_for_hidden(text, extent)
    for mark, pattern in ((b't="e"', _ERROR), (b"<f", _UNRECKONED)):
        if mark not in text:
            continue
        for letters, row, what in pattern.findall(text):
            if len(extent.failed) == _MOST_FAILED:
                zh = f"没有算出结果的格子超过 {_MOST_FAILED} 个"
                raise TooLarge(zh, f"more than {_MOST_FAILED} cells have no value")
            shown = unescape(what.decode("utf-8", "replace")) or "="
            extent.failed.append((int(row), column_number(letters), shown))


def _look_for_hidden(text: bytes, extent: Extent) -> None:
    for tag in _HIDDEN.findall(text):
        said = dict(_NUMBERED.findall(tag))
        # Nothing stands in a row without cells, which is how the end of a sheet is hidden.
        if tag.startswith(b"<row") and not tag.endswith(b"/>") and b"r" in said:
            extent.hidden_rows.append(int(said[b"r"]))
        elif tag.startswith(b"<col") and b"min" in said and b"max" in said:
            first, last = int(said[b"min"]), min(int(said[b"max"]), MAX_COLUMNS)
            # A few bytes say thousands of columns, and may say so again and again.
            room = _MOST_HIDDEN - len(extent.hidden_columns)
            extent.hidden_columns += islice(range(first, last + 1), max(room, 0))
    del extent.hidden_rows[_MOST_HIDDEN:]


def _look_at_plain(text: bytes, extent: Extent) -> bool:
    """Widen an extent by cells that are written in the one usual way; False where any is not.

    Looking for every way that XML allows took four fifths of opening a book of 660,000 rows.
    """
    places = _PLAIN_CELL.findall(text)
    # A name with a prefix (<x:c) is not among these places; "12:cm" in a cell only costs time.
    if not places or b"" in places or b":c" in text:
        return False
    joined = b" ".join(places)
    letters = set(joined.translate(None, _DIGITS).split(b" "))
    columns = max(map(column_number, letters))
    if columns > MAX_COLUMNS:
        return False  # looked at closely: it may be the look of an empty cell
    extent.columns = max(extent.columns, columns)
    # The reader allots by the places of cells; what <row> says of itself does not bind it.
    rows = set(joined.translate(None, _LETTERS).split(b" "))
    extent.rows = max(extent.rows, *map(int, rows))
    return True


def _look_at_any(text: bytes, extent: Extent) -> bool:
    """Widen an extent by cells written in any way; tell whether all say where they stand."""
    for far in _FAR.finditer(text):
        _check_far(text, far)
    last = _LAST_ROW.findall(text)
    if last:
        extent.rows = max(extent.rows, *map(int, last), *map(int, _CELL_ROW.findall(text)))
    else:
        extent.rows += text.count(b"</row>") + text.count(b"</x:row>")
    _widen(text, extent)
    if _UNPLACED.search(text) is None:
        return True
    widest = max(row.count(b"<c") for row in text.split(b"</row>"))
    extent.columns = max(extent.columns, widest)
    if extent.columns > MAX_COLUMNS:
        raise _too_wide()
    return False


def _check_far(text: bytes, far: re.Match[bytes]) -> None:
    """Let a far place pass only where an empty cell or row carries nothing but its looks."""
    start, end = text.rfind(b"<", 0, far.start()), text.find(b">", far.end())
    tag = text[start : end + 1]
    whole = tag.count(b'"') % 2 == 0 and tag.count(b"'") % 2 == 0
    if tag.endswith(b"/>") and whole:
        return
    number = re.search(rb"\d{7,}", far[0])
    row = number is not None and tag.startswith(b"<row") and int(number[0]) <= MAX_ROWS
    if not row:
        raise _too_wide()


def _too_wide() -> TooLarge:
    zh = f"有内容写在第 {MAX_COLUMNS} 栏以外，或者最末几行以外"
    return TooLarge(zh, f"something stands right of column {MAX_COLUMNS} or far below")


def _widen(text: bytes, extent: Extent) -> None:
    """Find the last column that is used: first those of two letters, then Z, Y, X…"""
    for letters in set(_TWO_LETTERS.findall(text)):
        extent.columns = max(extent.columns, column_number(letters))
    # Every program writes places in one way; only where one does not is each sign looked at.
    odd = _ODD_PLACES.search(text) is not None
    for number in range(26, extent.columns, -1):
        letter = b'r="%c' % (64 + number)
        found = re.search(_ONE_LETTER % letter[-1:], text, re.I) if odd else letter in text
        if found:
            extent.columns = number
            return
