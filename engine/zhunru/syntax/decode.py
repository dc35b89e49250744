"""From the bytes of a file to its text: encodings, line ends, bounds."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span

MAX_BYTES = 16 * 1024 * 1024
# Sheets are registries: a province has 60,000 communities and villages and ten times as many grids.
MAX_SHEET_BYTES = 128 * 1024 * 1024

_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Control characters that no text file has: all but tab, line ends, breaks and form feed.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SAMPLE = 8192
_BREAKS = str.maketrans("\x0b\u2028\u2029", "\n\n\n")
# ASCII, signs, and what Chinese is written with.
_WRITTEN = re.compile("[\t\n\r -~\xa0-\xff\u2000-\u303f\u3400-\u9fff\uff00-\uffef]")
# GB18030 text never begins with this many sound UTF-8 characters of several bytes.
_SURELY_UTF8 = 8


def decode(
    data: bytes, path: str, limit: int | None = None
) -> tuple[Source | None, list[Diagnostic]]:
    """Return the text of a file: UTF-8, UTF-16, else GB18030.

    Line ends become `\\n` and a byte-order mark at the start is dropped. The source is None,
    with a finding, for a file that is too large, binary or in none of these encodings. `limit` is
    by default that of policy text.
    """
    most = MAX_BYTES if limit is None else limit
    if len(data) > most:
        return None, [diagnose("ZR802", start_of(path), limit=most // (1024 * 1024))]
    try:
        text = _text(data)
    except UnicodeDecodeError as error:
        return None, [_undecodable(error, data, path)]
    if _is_binary(text):
        return None, [diagnose("ZR803", start_of(path))]
    return Source(path, ended(text, policy=path.lower().endswith(".policy"))), []


def ended(text: str, *, policy: bool) -> str:
    """Return a text with `\\n` at the end of each line.

    In policy text the line breaks inside a paragraph end a line, too, that word processors paste as
    signs of their own; in a sheet they stand within a cell.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_BREAKS) if policy else text


def start_of(path: str) -> Span:
    """Return the place of a finding about a whole file."""
    return Span(path, 0, 0, 1, 1)


def _text(data: bytes) -> str:
    for mark, encoding in _UTF16:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    unmarked = unmarked_utf16(data[:_SAMPLE])
    if unmarked:
        with suppress(UnicodeDecodeError):  # what is binary may begin so
            return data.decode(unmarked)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Binary: GB18030 might find characters in it, so it is not asked.
        if b"\x00" in data:
            return "\x00"
        return _gb18030(data, error)


def unmarked_utf16(start: bytes) -> str:
    """Return the encoding of UTF-16 text without a mark by how it begins; else an empty text.

    Of each letter, figure and line end of ASCII one byte is zero, which no other text has.
    """
    last, first = start[1::2].count(0), start[::2].count(0)
    # A stray one in ASCII makes it no UTF-16, though pairs of its bytes would be Chinese.
    if last == first or (start.isascii() and (last + first) * 8 < len(start)):
        return ""
    encoding = "utf-16-le" if last > first else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return ""
    return encoding if text and len(_WRITTEN.findall(text)) * 10 >= len(text) * 9 else ""


def _gb18030(data: bytes, as_utf8: UnicodeDecodeError) -> str:
    """Read as GB18030, unless this is UTF-8 with a damaged place, which would become nonsense."""
    sound = data[: as_utf8.start].decode("utf-8")
    if sum(character > "\x7f" for character in sound) >= _SURELY_UTF8:
        raise as_utf8
    # Its own byte-order mark is four bytes that are a character anywhere else.
    return data.decode("gb18030").removeprefix("\ufeff")


def _undecodable(error: UnicodeDecodeError, data: bytes, path: str) -> Diagnostic:
    # The error counts from behind the byte-order mark.
    skipped = len(data) - len(error.object)
    place = skipped + error.start
    line = data.count(b"\n", 0, place) + 1
    span = Span(path, 0, 0, line, 1)
    return diagnose("ZR804", span, byte=place + 1, value=f"0x{data[place]:02X}")


def _is_binary(text: str) -> bool:
    if "\x00" in text:
        return True
    sample = text[:_SAMPLE]
    # A stray control character comes with pasted text; one in ten does not.
    return len(_CONTROL.findall(sample)) * 10 > len(sample)
