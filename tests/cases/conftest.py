"""Services over the three stores, and a clerk for each unit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from tests.cases.sets import small  # noqa: E402
from tests.store.conftest import address, opened, server, store  # noqa: E402, F401

from zhunru.runtime.service import CaseService  # noqa: E402
from zhunru.store.base import Store  # noqa: E402


@pytest.fixture
def service(store: Store) -> CaseService:  # noqa: F811
    """A service for the small set."""
    return CaseService(store, small())
