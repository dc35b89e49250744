"""Finding a policy set by its code: only headers are read, and only near by."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from zhunru.syntax.folders import is_file, is_policy_file, list_files, names_in, real
from zhunru.syntax.shadow import normalise, shadow

_HEAD_BYTES = 64 * 1024
# How many names are looked at in a folder that may be a set.
_NAMES = 2_000
_CODE = r"[^\s\"'“”|,;、#{}\[\]=]+"
_DSL_HEADER = re.compile(rf"^(?:政策|policy)[^\S\n]+({_CODE})", re.M)
_YAML_HEADER = re.compile(
    # Bounded: a file without a code is not searched to its end from every line.
    r"^['\"]?(?:政策|policy)['\"]?[^\S\n]*:(?=\s)[^}]{0,2000}?"
    rf"(?:编号|code)['\"]?[^\S\n]*:[^\S\n]+['\"]?({_CODE})",
    re.M,
)


@dataclass(frozen=True)
class Listed:
    """A policy set that was found: its code, and its folder or its only file."""

    code: str
    path: Path


@dataclass
class Catalog:
    """The policy sets near by: beside a set, in the search path, and those that are shipped."""

    search: Sequence[Path] = ()
    _known: dict[Path, list[Listed]] = field(default_factory=dict)

    def find(self, code: str, beside: Path | None) -> list[Listed]:
        """Return the sets of that code in the first place that has any."""
        # Near before far: what lies beside a set goes before a shipped set of the same code.
        for place in self._places(beside):
            listed = [one for one in self._sets_in(place) if one.code == code]
            if listed:
                return listed
        return []

    def codes(self, beside: Path | None) -> list[str]:
        """Return the codes of all sets near by."""
        listed = (one for place in self._places(beside) for one in self._sets_in(place))
        return sorted({one.code for one in listed})

    def _places(self, beside: Path | None) -> list[Path]:
        around = [real(beside).parent] if beside is not None else []
        return [*around, *self.search, *_shipped()]

    def _sets_in(self, place: Path) -> list[Listed]:
        if place not in self._known:
            self._known[place] = _sets_in(place)
        return self._known[place]


def _shipped() -> list[Path]:
    folder = resources.files("zhunru.policies")
    return [folder] if isinstance(folder, Path) else []


def _sets_in(place: Path) -> list[Listed]:
    """Return the sets that lie in a place.

    Every folder with a header is a set, and so is every file with a header; but the files of a
    folder with one header among several files are that one set.
    """
    if is_file(place):
        return _listed(place, [place])
    names = names_in(place)
    files = [path for path in names if path.is_file() and is_policy_file(path.name)]
    headed = [one for path in files for one in _listed(path, [path])]
    if len(headed) == 1 and len(files) > 1:
        headed = [Listed(headed[0].code, place)]
    for folder in (path for path in names if path.is_dir()):
        headed += _listed(folder, list_files(folder, names=_NAMES)[0])
    return headed


def _listed(path: Path, files: list[Path]) -> list[Listed]:
    codes = (header_code(file) for file in files)
    code = next((code for code in codes if code), "")
    return [Listed(code, path)] if code else []


def header_code(path: Path) -> str:
    """Return the code in the header of a file, or an empty text."""
    try:
        with path.open("rb") as stream:
            head = shadow(_head_text(stream.read(_HEAD_BYTES)))
    except OSError:
        return ""
    pattern = _DSL_HEADER if path.suffix.lower() == ".policy" else _YAML_HEADER
    found = pattern.search(head)
    return normalise(found[1]) if found else ""


def _head_text(data: bytes) -> str:
    """Return the beginning of a file as text; the last character may be cut."""
    encodings = ["utf-8-sig", "gb18030"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(data)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return ""
