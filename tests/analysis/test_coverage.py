"""What tests exercise, held against the decisions themselves; tests written for the rest pass."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from tests.analysis.test_sets_compared import BASE, compiled
from tests.strategies.resolved import a_request, a_set

from zhunru import check_policies, open_policy, run_tests
from zhunru.analysis import measure_coverage, write_missing_tests
from zhunru.analysis.coverage import Tried, endings_ruled
from zhunru.analysis.supplement import Written
from zhunru.compiler import compile_policies
from zhunru.vocabulary import Outcome

SET = """政策 示例 "示例（非官方）"
表单 来件
  来文单位 单位 必填
  事项 事项
  人数 数值 0 至 99
单位
  | 名称 | 层级 |
  | 甲局 | 部门 |
  | 乙局 | 部门 |
依据 试行办法 "试行办法"
对照表 档次 取 首行
  | 人数 | → 档 文本 |
  | 不超过 10 | 小 |
  | - | 大 |
规则 人多缓办 依据 试行办法
  当 人数 超过 49
  暂缓 "人数过多"
清单 可办 类型 准入
  依据 试行办法
  要求 来文单位 为 甲局 否则 拒绝 "主体不符" 代码 主体
  限额 每个 来文单位 每年 不超过 4 次 否则 拒绝 "次数已满" 代码 次数
  | 编号 | 事项 |
  | A1 | 入户走访 |
判定 准入 对象 来件
  依次
    人多缓办
    可办
  默认 拒绝 "未列入"
"""
ONE_TEST = """
测试 "人多"
  假如 人数 为 60 那么 暂缓
测试 "档次"
  假如 人数 为 5 那么 档 为 小
"""


def measured(folder: Path):
    policy = open_policy(folder)
    return policy, measure_coverage(policy, run_tests(policy, folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "准入.policy").write_text(SET + ONE_TEST, encoding="utf-8")
    return tmp_path


def test_one_test_exercises_one_clause_one_side_and_half_of_the_requests(folder: Path) -> None:
    _, found = measured(folder)
    [decision] = found.decisions
    assert (decision.clauses.tried, decision.clauses.missed) == (1, ["可办/A1"])
    assert (decision.steps.tried, decision.steps.total) == (1, 2)
    assert decision.share == pytest.approx(0.5)
    assert [(one.clause, one.held, one.failed) for one in decision.one_way] == [
        ("人多缓办", True, False), ("可办/A1", False, False), ("可办/A1", False, False),
    ]  # fmt: skip
    assert found.rows["档次"].missed == ["2"]
    told = [region.told.zh for region in decision.regions]
    assert told == [
        "各步都没有对上，默认拒绝",
        "“可办/A1 入户走访”：准入",
        "“可办/A1 入户走访”：不符合“来文单位为甲局”，拒绝",
        "“可办/A1 入户走访”：限额用完，拒绝",
    ]
    assert all(region.witness is not None for region in decision.regions)


def put(folder: Path, written: list[Written]) -> None:
    text = "\n".join(each.text for each in written)
    (folder / "测试-补充.policy").write_text(text, encoding="utf-8")


def test_the_tests_written_pass_and_leave_nothing_untested(folder: Path) -> None:
    policy, found = measured(folder)
    written = write_missing_tests(policy, found)
    decided = [each.decision for each in written if each.decision is not None]
    assert {each.outcome for each in decided} == {Outcome.ADMIT, Outcome.REFUSE}
    assert all("待确认" in each.text for each in written)
    put(folder, written)
    assert not [d for d in check_policies(folder)[1] if d.severity == "error"]
    policy, after = measured(folder)
    assert all(result.passed for result in run_tests(policy, folder))
    [decision] = after.decisions
    assert (decision.share, decision.regions, decision.clauses.missed) == (1, [], [])
    assert after.rows["档次"].missed == []


def test_an_input_of_which_no_row_asks_anything_is_given_a_value_of_its_kind(
    tmp_path: Path,
) -> None:
    table = (
        "对照表 分期 取 首行\n  | 到达 | 到场 | 人数 | → 期 文本 |\n"
        "  | - | - | 超过 5 | 早 |\n  | - | - | - | 晚 |\n"
    )
    form = SET.replace("  人数 数值", "  到达 日期\n  到场 时刻\n  人数 数值")
    (tmp_path / "示例.policy").write_text(form + table, encoding="utf-8")
    policy, found = measured(tmp_path)
    texts = [w.text for w in write_missing_tests(policy, found) if "分期" in w.title]
    assert len(texts) == 2
    assert all("到达 为 2026-01-05, 到场 为 2026-01-05 00:00" in text for text in texts)


def test_tests_name_no_fact_that_makes_no_difference(folder: Path) -> None:
    policy, found = measured(folder)
    [default] = [w for w in write_missing_tests(policy, found) if w.region and not w.region.clause]
    assert "来文单位" not in default.text


@pytest.mark.parametrize("name", ["national", "hubei"])
def test_the_tests_written_for_shipped_sets_pass(name: str, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "policies"
    for each in ("national", name):
        target = tmp_path / each
        if not target.exists():
            target.mkdir()
            for file in (shipped / each).iterdir():
                if file.is_file():
                    (target / file.name).write_bytes(file.read_bytes())
    policy, found = measured(tmp_path / name)
    written = write_missing_tests(policy, found)
    regions = [each.region for each in written if each.region is not None]
    assert len(regions) == sum(len(each.regions) for each in found.decisions)
    put(tmp_path / name, written)
    policy, after = measured(tmp_path / name)
    assert all(result.passed for result in run_tests(policy, tmp_path / name))
    assert all(each.share == 1 and not each.regions for each in after.decisions)
    assert all(not tally.missed for tally in after.rows.values())


@pytest.mark.parametrize("seed", range(25))
def test_every_ending_of_a_decision_is_known_and_counts_as_tried(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    plan = policy.plan()
    requests = [a_request(rng, checked, 0.1) for _ in range(12)]
    [found] = measure_coverage(policy, []).decisions
    possible = {region.ending for region in found.regions}
    for request in requests:
        ended = endings_ruled(policy, plan, request)
        own = {e for e in ended if e.number < 0 or plan.clauses[e.number].set_code == policy.code}
        assert not found.exact or own <= possible
    tried = [Tried(request, plan.head.name) for request in requests]
    [after] = measure_coverage(policy, tried).decisions
    assert after.share >= found.share
    assert not {r.ending for r in after.regions} & {
        ending for request in requests for ending in endings_ruled(policy, plan, request)
    }


def test_tests_are_written_of_communities_on_the_chart_and_of_days_in_force() -> None:
    """A unit outside the chart, or a day before the set is in force, would only puzzle a reader."""
    policy = compiled(BASE)
    written = write_missing_tests(policy, measure_coverage(policy, run_tests(policy)))
    texts = [each.text for each in written]
    assert {unit for text in texts for unit in re.findall(r"目标社区 为 (\S+),", text)} == {
        '"东社区"'
    }
    days = [day for text in texts for day in re.findall(r"拟进入日期 为 ([0-9-]+)", text)]
    # Before anything is in force nothing but the default can be shown by that day alone.
    assert set(days) == {"2019-12-31", "2026-01-05"}
    assert days.count("2019-12-31") == 1
