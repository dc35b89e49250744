"""The path that was probably meant by one that leads nowhere."""

from __future__ import annotations

import os
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

# Of a folder with more names than these the others are not looked through.
_MOST = 2_000
_ALIKE = 0.6


def near_path(path: Path) -> str:
    """Return a path one name of which is spelt another way, or a shipped set; "" where none is."""
    if len(path.parts) == 1:
        return _nearest(path.name, [*_names(Path()), *_names(_shipped())])
    for at in range(len(path.parts)):
        above = Path(*path.parts[:at])
        if os.path.lexists(above / path.parts[at]):
            continue
        near = _nearest(path.parts[at], _names(above))
        meant = above.joinpath(near, *path.parts[at + 1 :])
        return str(meant) if near and os.path.lexists(meant) else ""
    return ""


def _shipped() -> Path:
    from importlib.resources import files

    return Path(str(files("zhunru.policies")))


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as found:
            names = [each.name for each in islice(found, _MOST)]
    except (OSError, ValueError):
        return []
    return [name for name in names if not name.startswith((".", "_"))]


def _nearest(name: str, names: list[str]) -> str:
    return next(iter(get_close_matches(name, names, n=1, cutoff=_ALIKE)), "")
