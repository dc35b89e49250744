"""The built parser kept between runs, in the user's cache folder, by digest of the grammar."""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lark import Lark

from zhunru.system import cache_folder, replace

# A damaged or foreign file is as good as none: the parser is then built anew.
_UNREADABLE = (
    OSError,
    EOFError,
    ImportError,
    pickle.UnpicklingError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
)


class _Tables(pickle.Unpickler):
    """Reads plain data and the named classes only, so that a planted file can run nothing."""

    def __init__(self, data: bytes, classes: tuple[type[Any], ...]) -> None:
        super().__init__(io.BytesIO(data))
        self._classes = {(one.__module__, one.__qualname__): one for one in classes}

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the known classes."""
        known = self._classes.get((module, name))
        if known is None:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return known


def place(grammar: str) -> Path:
    """Return where the parser of a grammar is kept."""
    # Another release of lark may lay out its tables otherwise, another Python pickle them so, and
    # how wide a pattern may be is reckoned by its `re`.
    maker = f"{version('lark')} {sys.implementation.cache_tag}"
    digest = hashlib.sha256(f"{maker}\n{grammar}".encode()).hexdigest()
    return cache_folder() / f"parser-{digest[:32]}.tables"


def kept(grammar: str, classes: tuple[type[Any], ...], build: Callable[[], Lark]) -> Lark:
    """Return the parser of a grammar: the kept one, else a new one, which is then kept."""
    try:
        path = place(grammar)
        tables = _Tables(path.read_bytes(), classes).load()
        loaded: Lark = Lark._load_from_dict(tables["data"], tables["memo"])  # type: ignore[no-untyped-call]
    # `Path.home` raises RuntimeError where no home is known.
    except (*_UNREADABLE, RuntimeError):
        built = build()
    else:
        return loaded
    with contextlib.suppress(OSError, RuntimeError):
        _keep(built, place(grammar))
    return built


def _keep(built: Lark, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    tables = io.BytesIO()
    built.save(tables)
    replace(path, tables.getvalue(), private=True, lasting=False)
