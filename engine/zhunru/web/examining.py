"""Drafts are checked in a process of their own, which may use so much time and memory and no more.

Whoever hands in a draft may write what they like; decisions go on meanwhile, on another processor
and with memory of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import orjson

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.system import APART, bound
from zhunru.web.problems import both

MOST_BYTES = 2 << 30  # the largest sets that ship take a tenth of it
_AT_ONCE = BoundedSemaphore(2)
_NO_ROOM = 3  # how the process ends that has no more memory
_KILLED = -9
_MOST_CODE = 255  # above it Windows says that a process broke, elsewhere a number below 0 does


def examined_apart(
    folder: Path, search: Sequence[Path], seconds: float, most: int = MOST_BYTES
) -> dict[str, Any] | None:
    """Return what check and tests find of the draft in a folder.

    None: the process could not do it, and it has to be found out here.
    """
    words = [sys.executable, "-m", __name__, str(most), str(folder), *map(str, search)]
    places = os.pathsep.join(each for each in sys.path if each)
    try:
        with _AT_ONCE:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
                env={**os.environ, "PYTHONPATH": places},
                # Who stops the service by the keyboard stops this when its answer is there.
                **APART,
            )
    except subprocess.TimeoutExpired:
        limit = f"{seconds:.0f}"
        return _unfinished(f"{limit} 秒以内没有检查完", f"it took more than {limit} seconds")
    if done.returncode in (_NO_ROOM, _KILLED):
        size = f"{most / (1 << 30):.1f} GiB"
        return _unfinished(f"用的内存超过 {size}", f"it took more than {size} of memory")
    if not 0 <= done.returncode <= _MOST_CODE:
        # What ended that process would end this one, and the decisions with it.
        return _unfinished("检查中断了", "the check broke off")
    found: dict[str, Any] | None = orjson.loads(done.stdout) if done.returncode == 0 else None
    return found


def _unfinished(zh: str, en: str) -> dict[str, Any]:
    finding = both(diagnose("ZR765", NOWHERE, problem_zh=zh, problem_en=en))
    return {"findings": [{**finding, "file": ""}], "status": "rejected"}


def main(words: Sequence[str]) -> int:
    """Check the draft in a folder, and print what was found."""
    from zhunru.web.drafts import Drafts

    most, folder, *search = words
    bound(int(most))
    place = Path(folder)
    try:
        found = orjson.dumps(Drafts(place.parent, [Path(each) for each in search]).examined(place))
    except MemoryError:
        return _NO_ROOM
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
