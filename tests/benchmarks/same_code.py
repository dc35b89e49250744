"""Refuse what was measured of two versions of the code: a first opening by one, a second by another.

What is kept between starts is kept for one version of the library. If a file of it changes while
a program measures, the second opening is a first one again, and nothing about the figures shows it.
"""

from __future__ import annotations

from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

# Where the library is that is really measured, whatever folder this program was started from.
_ROOT = Path(str(getattr(find_spec("zhunru"), "origin", __file__))).parents[2]
_FOLDERS = ("engine", "cli", "grammar", "tests/benchmarks")
_ENDINGS = frozenset({".py", ".lark"})


class CodeChanged(Exception):
    """A file of the library, or of what measures it, is no longer what it was at the start."""


class SameCode:
    """The code as it was when measuring began."""

    def __init__(self, root: Path = _ROOT) -> None:
        self.root = root
        self.before = _files(root)

    def check(self) -> None:
        """Raise CodeChanged, naming what changed, unless all is as it was."""
        now = _files(self.root)
        changed = [p for p in sorted({*self.before, *now}) if self.before.get(p) != now.get(p)]
        if changed:
            raise CodeChanged(f"the code changed while it was measured: {', '.join(changed[:5])}")


def _files(root: Path) -> dict[str, bytes]:
    """Return the digest of every file; a file written anew with the same text is the same."""
    return {
        path.relative_to(root).as_posix(): blake2b(path.read_bytes()).digest()
        for folder in _FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in _ENDINGS and path.is_file()
    }
