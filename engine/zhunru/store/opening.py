"""Opening a store by its address."""

from __future__ import annotations

import re
from pathlib import Path

from zhunru.store.base import Store
from zhunru.store.failures import failure
from zhunru.store.memory import MemoryStore
from zhunru.store.sqlite import open_sqlite

_DRIVE = re.compile(r"/[A-Za-z]:[/\\]")


def open_store(
    url: str, *, algorithm: str | None = None, create: bool = True, untouched: bool = False
) -> Store:
    """Open the store at `memory:`, a path (or `sqlite:PATH`), or `postgresql://…`.

    `algorithm` is the digest of the audit chain, chosen when a store is made: sha256 or sm3.
    `create` False: a file that is not there is an error, not a new store. `untouched`: it is only
    looked at, and stays as it is, also one of an earlier program. Raises StoreError.
    """
    scheme = url.partition(":")[0]
    if url in ("memory:", "memory://"):
        return MemoryStore(algorithm or "sha256")
    if scheme in ("postgresql", "postgres"):
        # Here, because its driver is an extra that the other stores do without.
        try:
            from zhunru.store.postgres import open_postgres
        except ImportError as error:
            # Not there, or there without the library of PostgreSQL that it calls.
            missing = failure("ZR879", name=error.name or "psycopg", extra="postgres")
            raise missing from None

        return open_postgres(url, algorithm, untouched=untouched)
    if scheme == "sqlite":
        return _file(path_in(url), url, algorithm, create, untouched)
    # Any other text is a path, but what looks like a server must not become a file.
    if not url or "://" in url:
        raise failure("ZR850", address=url)
    return _file(url, url, algorithm, create, untouched)


def path_in(url: str) -> str:
    """Return the path of a store in a file: with a scheme before it, or as it is."""
    scheme, _, rest = url.partition(":")
    if scheme != "sqlite":
        return url  # two slashes at its beginning are its own: a folder that is shared
    path = rest.removeprefix("//")
    # A drive of Windows stands behind a slash in an address: sqlite:///C:/办件.db
    return path[1:] if _DRIVE.match(path) else path


def _file(path: str, url: str, algorithm: str | None, create: bool, untouched: bool) -> Store:
    if not path:
        raise failure("ZR850", address=url)
    if not create and not Path(path).is_file():
        raise failure("ZR851", address=url, reason="没有这个文件 / no such file")
    return open_sqlite(path, algorithm, untouched=untouched)
