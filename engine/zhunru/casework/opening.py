"""The way in: the address of a store gives an office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import StoreError

if TYPE_CHECKING:
    from zhunru.casework.office import Office


def open_cases(store: str, *, create: bool = False, untouched: bool = False) -> Office:
    """Return the office over the store at an address (`open_store`): a file, or a database.

    Without `create` a file that is not there is refused: looking must not make an empty store.
    `untouched`: it is only looked at, and stays as it is. Raises StoreError.
    """
    # The runtime takes its time to load, so only who works with cases pays for it.
    from pathlib import Path

    from zhunru.casework.office import Office
    from zhunru.store.opening import open_store, path_in

    path = path_in(store)
    if not create and "://" not in path and path != "memory:" and not Path(path).is_file():
        raise StoreError(diagnose("ZR880", NOWHERE, store=store))
    return Office(open_store(store, create=create, untouched=untouched), store)
