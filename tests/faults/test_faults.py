"""Slips of the pen in the shipped sets are pointed at, each at its clause."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.hunting import hunt, planted, report
from tests.faults.planting import KINDS, Fault, faults_of

LEAST = 0.95


def test_every_kind_of_slip_can_be_made_in_the_shipped_sets() -> None:
    kinds = {fault.kind for _, fault in planted(10_000, seed=1)}
    assert kinds == set(KINDS)


def test_a_slip_changes_one_line_and_nothing_else(tmp_path: Path) -> None:
    text = "政策 甲\n参数 限额 12 次\n测试 “t”\n  参数 限额 12 次\n# 12 次\n"
    (tmp_path / "a.policy").write_text(text, encoding="utf-8")
    found = faults_of(tmp_path)
    assert found == [Fault("a.policy", 2, "bound", "参数 限额 12 次", "参数 限额 13 次")]
    found[0].plant(tmp_path)
    assert (tmp_path / "a.policy").read_text(encoding="utf-8") == text.replace("12 次", "13 次", 1)


def test_a_few_slips_are_noticed() -> None:
    """A few of each kind, to see that the way works; the share is of the slow run."""
    seen = list(hunt(planted(len(KINDS), seed=3)))
    assert len([sight for sight in seen if sight.noticed]) >= len(KINDS) - 2


@pytest.mark.slow
def test_of_hundreds_of_slips_nearly_all_are_pointed_at() -> None:
    total = report(list(hunt(planted(310, seed=1))))["all"]
    assert total["pinpointed"] / total["planted"] >= LEAST
