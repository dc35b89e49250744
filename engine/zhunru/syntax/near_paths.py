"""The path that was probably meant by one that leads nowhere."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from zhunru.syntax.misspelling import nearest_whole

# Of a folder with more names than these the others are not looked through.
_MOST = 2_000
_ALIKE = 60


def near_path(path: Path) -> str:
    """Return a path one name of which is spelt another way, or a shipped set; "" where none is."""
    if len(path.parts) == 1:
        return nearest_whole(path.name, [*_names(Path()), *_names(_shipped())], _ALIKE)
    for at in range(len(path.parts)):
        above = Path(*path.parts[:at])
        if os.path.lexists(above / path.parts[at]):
            continue
        near = nearest_whole(path.parts[at], _names(above), _ALIKE)
        meant = above.joinpath(near, *path.parts[at + 1 :])
        return meant.as_posix() if near and os.path.lexists(meant) else ""
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
    # Of two that are as near the same one is told everywhere.
    return sorted(name for name in names if not name.startswith((".", "_")))
