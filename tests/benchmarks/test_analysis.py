"""The benchmark of the analysis runs at small sizes, and its answers are those of z3."""

from __future__ import annotations

import pytest
from tests.benchmarks import analysis, drafts, solver
from tests.benchmarks.analysis import Plan

from zhunru.checker.belonging import Belonging
from zhunru.checker.table_regions import TableRegions
from zhunru.syntax.nodes import Period

SMALL = Plan(
    tables=((60, 4, 9.0),), amounts=40, rules=40, changes=(1, 3), rounds=1, most=60.0, shipped=()
)


def test_every_answer_is_that_of_z3() -> None:
    pytest.importorskip("z3")
    found = list(analysis.lines(SMALL))
    asked = [line for line in found if line.peer is not None]
    assert all(line.same for line in asked)
    assert len(asked) == 11
    text = "\n".join(analysis.report(SMALL, found, None))
    assert "60 行 × 4 栏" in text
    assert "未达到" not in text


def test_rows_of_the_benchmark_have_all_three_mistakes() -> None:
    found = TableRegions(drafts.table(drafts.rows(400, 5)), Period(), {}, Belonging({}, {}))
    assert list(found.overlaps())
    assert found.gaps
    assert found.hidden()


def test_answers_that_differ_stop_the_benchmark() -> None:
    with pytest.raises(AssertionError, match="z3 says"):
        analysis.held("甲", True, solver.Asked(False, 0.0))
    assert analysis.held("甲", True, solver.Asked(None, 0.0)) is None


def test_zen_reads_the_same_rows() -> None:
    pytest.importorskip("zen")
    zen = solver.zen_says(drafts.rows(30, 4))
    assert zen.wrong_cells == 0
    assert set(analysis.WORDS) <= zen.said.keys()


def test_draft_changes_what_it_says() -> None:
    old, new = drafts.rule_bounds(500), drafts.rule_bounds(500, 50)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 50
    rows = drafts.grid(1_000), drafts.grid(1_000, 1)
    assert sum(a != b for a, b in zip(*rows, strict=True)) == 1
