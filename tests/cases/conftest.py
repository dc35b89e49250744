"""Services over the three stores, and a clerk for each unit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from tests.cases.sets import small  # noqa: E402
from tests.store.conftest import KINDS, server  # noqa: E402, F401

from zhunru.runtime.service import CaseService  # noqa: E402
from zhunru.store.base import Store  # noqa: E402
from zhunru.store.opening import open_store  # noqa: E402


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return str(tmp_path / "cases.db")
    return request.getfixturevalue("server").new_database()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Open stores that are closed behind the test."""
    stores: list[Store] = []

    def opener(address: str) -> Store:
        stores.append(open_store(address))
        return stores[-1]

    yield opener
    for store in stores:
        store.close()


@pytest.fixture
def store(address: str, opened: Callable[[str], Store]) -> Store:
    """An empty store of each kind."""
    return opened(address)


@pytest.fixture
def service(store: Store) -> CaseService:
    """A service for the small set."""
    return CaseService(store, small())
