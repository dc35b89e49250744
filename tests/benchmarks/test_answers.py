"""The benchmark's engines agree before they are timed; no figure is asserted."""

from __future__ import annotations

import pytest
from tests.benchmarks import decide, floor, peers
from tests.benchmarks.workload import NOT_LISTED, items, requests


def test_the_floor_gives_every_kind_of_answer() -> None:
    listed = items(100)
    plain = floor.compiled(listed)
    found = [plain(facts) for facts in requests(listed, 500)]
    assert {outcome for outcome, *_ in found} == {"admit", "refuse", "defer"}
    reasons = {reason for _, reason, *_ in found}
    assert {*peers.WEIGHT, NOT_LISTED[1]} <= reasons


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_a_peer_that_is_installed_answers_as_the_floor_does(peer: peers.Peer) -> None:
    if not peer.installed:
        pytest.skip(f"{peer.package} is not installed")
    listed = items(60)
    plain, run = floor.compiled(listed), peer.build(listed)
    for facts in requests(listed, 200):
        assert run(facts) == plain(facts), facts


def test_the_quick_run_finds_equal_answers_and_writes_its_tables(tmp_path) -> None:
    page = tmp_path / "benchmarks.md"
    assert decide.main(["--quick", "--most", "100", "--write", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert decide.OURS in text
    assert "| N = 100 |" in text
