"""Work that makes much and drops little, with the garbage collector kept off."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector off: it would walk all that is kept again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            _settle()
            gc.enable()


_frozen_by_others = False


def _settle() -> None:
    """Count all that was made as old, so that the first small collection does not walk it."""
    global _frozen_by_others
    # Asked until it is so, and no more: frozen objects are counted one by one, which with the sets
    # of a service takes longer than what is saved here.
    _frozen_by_others = _frozen_by_others or gc.get_freeze_count() > 0
    # What others have frozen must stay so, and there is no other way to make objects old.
    if not _frozen_by_others:
        gc.freeze()
        gc.unfreeze()
