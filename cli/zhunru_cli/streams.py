"""Standard output as it is: of another encoding than UTF-8, into a file, or both."""

from __future__ import annotations

import codecs
import errno
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

# Encodings of Chinese systems that have no character for much of what people write (rare names,
# ticks), and the one that has all of them and agrees with those on the characters they have.
_CHINESE = ("gb2312", "gbk")
_ALL_CHINESE = "gb18030"
_WINDOWS = os.name == "nt"
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


def make_safe() -> None:
    """Let no character that a stream has no place for stop a decision.

    What goes to a file is the same on every system: no ends of lines of two characters, which
    would come out as three in sheets, and no character lost where there is a Chinese encoding.
    A stream that whoever started us has closed swallows what is written to it.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if not hasattr(stream, "reconfigure"):
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
            continue
        encoding = _name(stream)
        encoding = _ALL_CHINESE if encoding in _CHINESE else encoding
        stream.reconfigure(encoding=encoding, errors="replace", newline="\n")


def _nowhere() -> IO[str]:
    return Path(os.devnull).open("w", encoding="utf-8", newline="\n")


def let_go() -> None:
    """Give up standard output: nothing is flushed to it when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reader_has_gone(error: Exception) -> bool:
    """Tell whether nobody reads our output any more: Windows calls that an invalid argument."""
    if isinstance(error, BrokenPipeError):
        return True
    unnamed = isinstance(error, OSError) and error.filename is None
    return _WINDOWS and unnamed and getattr(error, "errno", 0) == errno.EINVAL


def json_text(
    data: Any,
    *,
    out: IO[str] | None = None,
    to_file: bool = False,
    indent: int | None = 2,
    default: Callable[[Any], Any] | None = None,
) -> str:
    """Return data as JSON for a stream (standard output), or for a file of our own.

    Whoever reads JSON takes it for UTF-8: where the stream writes anything else, what is not
    ASCII is written in escapes, which come out alike in all encodings.
    """
    import json  # here: most commands start without it

    plain = not to_file and not _is_unicode(out or sys.stdout)
    return json.dumps(data, ensure_ascii=plain, indent=indent, default=default)


def escaped(text: str) -> str:
    """Return what is JSON already for standard output: what is not ASCII can only be in texts."""
    if text.isascii() or _is_unicode(sys.stdout):
        return text
    import json

    return _BEYOND.sub(lambda found: json.dumps(found[0])[1:-1], text)


def xml_text(text: str) -> str:
    """Return XML for standard output: its first line says UTF-8, whatever the stream writes."""
    if _is_unicode(sys.stdout):
        return text
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _is_unicode(stream: IO[str]) -> bool:
    return _name(stream) in _UNICODE


def _name(stream: IO[str]) -> str:
    # A stream that a test or another program put there may have no encoding: it takes text.
    try:
        return codecs.lookup(getattr(stream, "encoding", "") or "utf-8").name
    except LookupError:
        return "utf-8"
