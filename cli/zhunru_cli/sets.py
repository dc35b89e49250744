"""Which policy sets a path means, and the texts of their files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhunru.diagnostics import Source

SUFFIXES = {".policy", ".yaml", ".yml"}


def sets_in(path: str) -> list[Path]:
    """Return the sets that `path` means: itself, or the sets in a folder that holds only folders.

    A folder is a set if a policy file stands right in it.
    """
    folder = Path(path)
    if not folder.is_dir() or any(map(is_policy_file, folder.iterdir())):
        return [folder]
    # An empty folder is given on all the same, so that it is said to hold no set.
    return [child for child in _in_order(folder.iterdir()) if _is_set(child)] or [folder]


def policy_files(path: str) -> list[Path]:
    """Return the policy files that `path` means: itself, or all below a folder."""
    folder = Path(path)
    if not folder.is_dir():
        return [folder]
    return _in_order(file for file in folder.rglob("*") if is_policy_file(file))


def is_policy_file(path: Path) -> bool:
    """Tell whether a file is part of a policy set; cases and columns of sheets are not."""
    # Scripts of cases and meanings of headings lie beside a set in files of the same kind.
    beside = path.stem.endswith((".cases", ".栏目", ".columns"))
    return path.suffix in SUFFIXES and not beside and path.is_file()


def _in_order(paths: Iterable[Path]) -> list[Path]:
    # Alike on every system: by itself Windows puts `b` before `C`.
    return sorted(paths, key=Path.as_posix)


def _is_set(folder: Path) -> bool:
    return folder.is_dir() and bool(policy_files(str(folder)))


class Texts:
    """The texts of files, each read once, for showing lines of them."""

    def __init__(self) -> None:
        self._source = cache(_read)

    def line(self, path: str, number: int) -> str:
        """Return a line of a file, or an empty text if it cannot be shown."""
        source = self._source(path)
        return source.line(number) if source else ""

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, from 1; (0, 0) if it is not known."""
        source = self._source(path)
        if source is None or offset > len(source.text):
            return 0, 0
        span = source.span(offset, offset)
        return span.line, span.column


def _read(path: str) -> Source | None:
    from zhunru import ZhunruError, read_source

    try:
        return read_source(path)
    except ZhunruError:
        return None
