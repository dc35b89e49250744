"""Bringing a database to the tables that this program knows, or saying why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zhunru.store.chain import Chain
from zhunru.store.failures import failure
from zhunru.store.schema import META, STEPS, Dialect, statements

Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


def bring_up_to_date(
    execute: Execute,
    dialect: Dialect,
    tables: Sequence[str],
    algorithm: str | None,
    steps: tuple[tuple[str, ...], ...] = STEPS,
) -> str:
    """Create or migrate the tables inside the caller's transaction; return the chain's algorithm.

    `tables` are those that are there. `algorithm` None: that of the store, SHA-256 for a new one.
    Raises StoreError for a store of a newer version, or a database that holds something else.
    """
    if "zhunru_store" not in tables:
        if tables:
            raise failure("ZR856")
        algorithm = Chain(algorithm or "sha256").algorithm
        for text in statements((META,), dialect):
            execute(text, ())
        _note(execute, "version", "0")
        _note(execute, "algorithm", algorithm)
    found = int(_noted(execute, "version"))
    # Checked before anything is changed: a newer store must leave here as it came.
    if found > len(steps):
        raise failure("ZR855", found=found, known=len(steps))
    for step in steps[found:]:
        for text in statements(step, dialect):
            execute(text, ())
    if found < len(steps):
        execute("UPDATE zhunru_store SET value = ? WHERE name = 'version'", (str(len(steps)),))
    return _same(_noted(execute, "algorithm"), algorithm)


def _same(kept: str, asked: str | None) -> str:
    if asked is not None and asked != kept:
        raise failure("ZR868", kept=kept, asked=asked)
    return kept


def _note(execute: Execute, name: str, value: str) -> None:
    execute("INSERT INTO zhunru_store (name, value) VALUES (?, ?)", (name, value))


def _noted(execute: Execute, name: str) -> str:
    rows = execute("SELECT value FROM zhunru_store WHERE name = ?", (name,))
    if not rows:
        raise failure("ZR854", reason=f"zhunru_store: {name}")
    return str(rows[0][0])
