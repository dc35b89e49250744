"""Tests that policy sets carry: what passes, what fails, and what a failure says."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.errors import PolicyRejected
from zhunru.syntax import loader
from zhunru.testing import TestResult, run_tests

SET = """
政策 T-1 "测试用"
  施行 2021-01-01
单位
  | 名称   | 层级 | 上级 |
  | 区     | 区   | -    |
  | 甲街道 | 街道 | 区   |
  | 甲社区 | 社区 | 甲街道 |
  | 民政局 | 部门 | 区   |
  | 财政局 | 部门 | 区   |
依据 甲法 "甲法全称"
  施行 2000-01-01
依据 乙法 "乙法全称"
  施行 2000-01-01
表单 来件
  来文单位 单位
  目标社区 单位 必填 主体
  事项 事项 必填
  类别 枚举 任务、检查
  拟进入日期 日期 必填 适用日
  经费到位 是否 由 街道 确认 可改
台账 应急响应
  起止 时段
  范围 单位组 必填
参数 年限额 12 次
清单 协助事项 类型 协助 主体 社区
  要求 来文单位 属于 牵头及下级 否则 拒绝 "不是牵头单位" 代码 主体不符
  要求 经费到位 否则 暂缓 "经费未到" 代码 经费未到
  限额 每个 目标社区 按 频次 否则 拒绝 "次数已满" 代码 超频
  | 编号 | 事项     | 牵头   | 频次             | 依据        |
  | A-1  | 低保核查 | 民政局 | 每年 不超过 4 次 | 甲法 第一条 |
规则 总量
  当 类别 为 检查
  限额 每个 目标社区 每年 不超过 年限额 否则 拒绝 "总量已满"
  限额 每个 目标社区 任意连续 7 日 不超过 2 次 否则 暂缓 "七日已满"
规则 应急 依据 乙法 第二条
  当 有效(应急响应, 目标社区) 且 类别 为 任务
  准入 "应急先办"
  义务 补办 由 来文单位 限 5 个工作日
清单 禁止事项 类型 禁止
  | 编号 | 事项 | 改由   |
  | J-1  | 集资 | 财政局 |
对照表 处理 取 唯一一行
  | 户数           | → 办法 | → 说明 文本 |
  | 不满 100       | 并     | 合并,再议   |
  | 100 至 700     | 留     | 保持        |
  | 超过 700       | 分     | 分设        |
公式 岗位(户数) = 向下取整(户数 / 300)
判定 社区准入 对象 来件
  依次
    应急
    禁止事项
    总量
    协助事项
  默认 拒绝 "未列入" 退回 来文单位
"""
FACTS = "来文单位 为 民政局, 目标社区 为 甲社区, 类别 为 任务, 拟进入日期 为 2026-03-02"
QUIET = "应急响应 为 无"
ASKED = f"{FACTS}, 事项 为 A-1, {QUIET}, 经费到位 为 是, A-1 的 已用 为 0"


def policy_of(tests: str) -> CompiledPolicy:
    policy_set, found = loader.load_text(SET + tests)
    assert policy_set is not None and found == []
    checked, problems = check(policy_set)
    assert checked is not None, [d.zh for d in problems]
    return compile_policies(checked)


def run(*cases: str) -> tuple[TestResult, ...]:
    lines = "\n".join(f"  假如 {case}" for case in cases)
    return run_tests(policy_of(f'测试 "例"\n{lines}\n'))


def test_a_span_of_days_is_given_as_it_is_written() -> None:
    text = (
        "政策 A “甲”\n表单 来件\n  起止 时段 必填\n  拟进入日期 日期 必填 适用日\n"
        "规则 太长\n  当 日数(起止) 超过 90 日\n  拒绝 “太长” 代码 太长\n"
        "判定 准入 对象 来件\n  依次\n    太长\n  默认 拒绝 “未列入” 代码 未列入\n"
        "测试 “例”\n"
        "  假如 起止 为 2026-01-01 至 2026-03-31, 拟进入日期 为 2026-01-01 那么 拒绝 代码 未列入\n"
        "  假如 起止 为 2026-01-01 至 2026-04-30, 拟进入日期 为 2026-01-01 那么 拒绝 代码 太长\n"
    )
    policy_set, found = loader.load_text(text)
    assert policy_set is not None and found == []
    checked, problems = check(policy_set)
    assert checked is not None, [d.zh for d in problems]
    assert [result.passed for result in run_tests(compile_policies(checked))] == [True, True]


def failure(case: str) -> str:
    (result,) = run(case)
    assert not result.passed
    assert result.zh and result.en
    return result.zh


@pytest.mark.parametrize(
    "case",
    [
        f"{ASKED} 那么 准入",
        f"{ASKED} 那么 准入 依据 甲法",
        f"{ASKED} 那么 准入 代码 A-1",
        f"{FACTS}, 事项 为 低保核查, {QUIET}, 经费到位 为 否, A-1 的 每年已用 为 3 "
        "那么 暂缓 代码 经费未到",
        f"{FACTS}, 事项 为 A-1, {QUIET}, 经费到位 为 是, A-1 的 每年已用 为 4 那么 拒绝 代码 超频",
        f"{FACTS}, 事项 为 A-1, {QUIET}, A-1 的 已用 为 0 那么 补正 经费到位",
        f"{FACTS}, 事项 为 A-1, {QUIET}, 经费到位 为 未知, A-1 的 已用 为 0 那么 补正 经费到位",
        f"{FACTS}, 事项 为 集资, {QUIET} 那么 拒绝 改由 财政局",
        f"{FACTS}, 事项 为 跳舞, {QUIET} 那么 拒绝 退回 民政局",
        f"{FACTS}, 事项 为 跳舞, 应急响应 为 有效 那么 准入 依据 乙法",
        f"{FACTS}, 事项 为 跳舞, 应急响应 为 有效, 日期 为 2026-02-13 "
        "那么 准入 义务 补办 于 2026-02-27",
    ],
)
def test_what_the_decision_says_passes(case: str) -> None:
    (result,) = run(case)
    assert result.passed, result.zh


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (f"{ASKED} 那么 拒绝", "应为拒绝，实为准入"),
        (f"{ASKED} 那么 准入 代码 主体不符", "代码应为“主体不符”"),
        (f"{FACTS}, 事项 为 跳舞, {QUIET} 那么 拒绝 代码 甲", "代码应为“甲”，实为“未准入”"),
        (f"{ASKED} 那么 准入 依据 乙法", "应引依据“乙法”，实引“甲法”"),
        (f"{FACTS}, 事项 为 A-1, {QUIET} 那么 补正 来文单位", "应补正“来文单位”"),
        (f"{FACTS}, 事项 为 集资, {QUIET} 那么 拒绝 改由 民政局", "应由“民政局”办，实为“财政局”"),
        (f"{ASKED} 那么 准入 义务 补办 于 2026-03-09", "没有这项义务"),
        (
            f"{FACTS}, 事项 为 跳舞, 应急响应 为 有效, 日期 为 2026-02-13 "
            "那么 准入 义务 补办 于 2026-02-20",
            "义务“补办”应于 2026-02-20 到期，实为 2026-02-27",
        ),
    ],
)
def test_a_failure_says_what_was_expected_and_what_was_found(case: str, said: str) -> None:
    assert said in failure(case)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("来问单位 为 民政局", "是否指“来文单位”"),
        ("应急相应 为 有效", "是否指“应急响应”"),
        ("总粮 的 每年已用 为 3", "是否指“总量.每年”"),
        ("应急响应 为 是不是", "应写 有效 或者 无"),
        ("类别 为 跳舞", "跳舞"),
        ("日期 为 昨天", "不是日期"),
    ],
)
def test_a_fact_that_means_nothing_is_a_failure_not_an_error(
    given: str, said: str, tmp_path: Path
) -> None:
    """In a file of cases, which no check has read; in a set the checker finds them first."""
    (tmp_path / "x.cases.yaml").write_text(
        f"- {{名称: 例, 假如: '{given}', 那么: 拒绝}}", encoding="utf-8"
    )
    (result,) = run_tests(policy_of(""), tmp_path)
    assert not result.passed
    assert said in result.zh


@pytest.mark.parametrize(
    ("used", "outcome"), [("0", "拒绝"), ("12", "拒绝 代码 总量"), ("11", "拒绝 代码 未准入")]
)
def test_quotas_are_given_by_their_window(used: str, outcome: str) -> None:
    facts = FACTS.replace("任务", "检查")
    case = f"{facts}, 事项 为 跳舞, {QUIET}, 总量 的 每年已用 为 {used}"
    (result,) = run(f"{case}, 总量 的 任意连续7日已用 为 0 那么 {outcome}")
    assert result.passed, result.zh


@pytest.mark.parametrize(
    "case",
    [
        '户数 为 50 那么 办法 为 并, 说明 为 "合并,再议"',
        "户数 为 700 那么 办法 为 留",
        "户数 为 701 那么 办法 为 分",
        "户数 为 1000 那么 岗位 为 3",
    ],
)
def test_tables_and_formulas_are_evaluated(case: str) -> None:
    (result,) = run(case)
    assert result.passed, result.zh


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("户数 为 50 那么 办法 为 留", "“办法”应为“留”，实为“并”"),
        ("户数 为 1000 那么 岗位 为 4", "“岗位”应为“4”，实为“3”"),
        ("户数 为 50 那么 办发 为 并", "没有哪张对照表或者公式"),
        ("户数 为 50, 类别 为 任务 那么 办法 为 并", "没有哪张对照表或者公式"),
    ],
)
def test_wrong_values_and_unknown_columns_fail(case: str, said: str) -> None:
    assert said in failure(case)


OFFICES = """
对照表 分办 取 各行
  | 户数     | → 部门           |
  | 不满 100 | 甲局、乙局、丙局 |
  | 超过 50  | 丁局、甲局       |
  | 超过 900 | 戊局、己局       |
对照表 周期 取 各行
  | 户数     | → 走访 |
  | 不满 100 | [每月] |
  | 超过 50  | [每周] |
"""


@pytest.mark.parametrize(
    ("case", "passed"),
    [
        ("户数 为 10 那么 部门 为 丙局、甲局、乙局", True),
        ("户数 为 60 那么 部门 为 甲局、乙局、丙局、丁局", True),
        ("户数 为 60 那么 部门 为 甲局、乙局、丙局", False),
        ("户数 为 200 那么 部门 为 丁局", False),
        ("户数 为 60 那么 走访 为 [每月]、[每周]", True),
        ("户数 为 60 那么 走访 为 [每周]、[每月]", False),
        ("户数 为 10 那么 走访 为 [每月]", True),
    ],
)
def test_sets_have_no_order_but_the_rows_of_a_table_do(case: str, passed: bool) -> None:
    (result,) = run_tests(policy_of(f'{OFFICES}测试 "例"\n  假如 {case}\n'))
    assert result.passed is passed, result.zh


def test_each_case_has_its_own_result_with_its_place() -> None:
    results = run(f"{ASKED} 那么 准入", f"{ASKED} 那么 拒绝", "户数 为 50 那么 办法 为 并")
    assert [(r.case, r.passed) for r in results] == [(1, True), (2, False), (3, True)]
    assert len({r.span.line for r in results}) == 3
    assert {r.title for r in results} == {"例"}


CASES = """
- 名称: 社区自带的例子
  假如: {来文单位: 民政局, 目标社区: 甲社区, 事项: 集资, 拟进入日期: 2026-03-02, 应急响应: 无}
  那么: 拒绝 改由 财政局
- 名称: 户数
  假如: {户数: 50}
  那么: {办法: 留}
"""
ENGLISH = """
- name: in English
  given: {来文单位: 民政局, 目标社区: 甲社区, 事项: 集资, 拟进入日期: 2026-03-02, 应急响应: nothing}
  then: refuse
"""


def test_case_files_beside_a_set_run_too(tmp_path: Path) -> None:
    (tmp_path / "a.policy").write_text(SET, encoding="utf-8")
    (tmp_path / "我的.cases.yaml").write_text(CASES, encoding="utf-8")
    (tmp_path / "mine.cases.yaml").write_text(ENGLISH, encoding="utf-8")
    results = run_tests(policy_of(""), tmp_path)
    assert {r.title: r.passed for r in results} == {
        "in English": True,
        "社区自带的例子": True,
        "户数": False,
    }
    assert run_tests(policy_of("")) == ()


def test_a_case_file_that_cannot_be_read_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "x.cases.yaml").write_text("- 名称: [", encoding="utf-8")
    with pytest.raises(PolicyRejected):
        run_tests(policy_of(""), tmp_path)
