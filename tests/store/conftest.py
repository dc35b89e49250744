"""The three stores that every test of the contract runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.store.servers import Server, server_or_reason

from zhunru.store.base import Store
from zhunru.store.opening import open_store

KINDS = ("memory", "sqlite", "postgres")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of this run's own."""
    with server_or_reason() as found:
        if isinstance(found, str):
            pytest.skip(found)
        yield found


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return request.getfixturevalue("server").new_database()


@pytest.fixture(params=KINDS[1:])
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store that outlives its process."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return request.getfixturevalue("server").new_database()


@pytest.fixture
def opened() -> Iterator[Callable[..., Store]]:
    """Open stores that are closed behind the test."""
    stores: list[Store] = []

    def opener(address: str, **others: object) -> Store:
        stores.append(open_store(address, **others))  # type: ignore[arg-type]
        return stores[-1]

    yield opener
    for store in stores:
        store.close()


@pytest.fixture
def store(address: str, opened: Callable[..., Store]) -> Store:
    """An empty store of each kind."""
    return opened(address)
