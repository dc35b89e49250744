"""Every case script, on every store: who did what, what came of it, and when time acts next."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases.scripts import SCRIPTS, play

from zhunru.store.base import Store
from zhunru.store.memory import MemoryStore
from zhunru.store.opening import open_store


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_case_goes_as_its_script_says(path: Path) -> None:
    service = play(path, MemoryStore())
    assert list(service.check_projections()) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_every_script_goes_the_same_way_in_a_database(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """One database for all of them: cases of many workflows and sets lie side by side."""
    server = request.getfixturevalue("server") if kind == "postgres" else None
    store: Store = open_store(server.new_database() if server else str(tmp_path / "cases.db"))
    try:
        for path in SCRIPTS:
            service = play(path, store)
        assert list(service.check_projections()) == []
    finally:
        store.close()
