"""Small policy sets for the tests of the checker."""

from __future__ import annotations

from dataclasses import replace

from zhunru.checker.check import check
from zhunru.checker.resolved import CheckedPolicySet, Clause, RExpr
from zhunru.diagnostics import Diagnostic, Severity
from zhunru.syntax.loader import load_text
from zhunru.syntax.nodes import PolicySet

BASE = """政策 试验 "试验办法"
  施行 2024-01-01
依据 某法 "某某法"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级     | 别名   | 角色 |
  | 某区     | 区   |          |        |      |
  | 区民政局 | 部门 | 某区     | 民政局 | 民政部门 |
  | 区救助站 | 部门 | 区民政局 |        |      |
  | 东街     | 街道 | 某区     |        |      |
  | 东社区   | 社区 | 东街     |        |      |
角色 社区居委会 每个 社区
表单 来件
  来文单位 单位
  目标社区 单位 必填
  事项 事项 必填
  类别 枚举 行政任务、检查考核、出具证明
  承担方式 枚举 主责、协助
  户数 数值 0 至 5000 户
  拟进入日期 日期 适用日
  经费到位 是否
  备注 文本 可无
台账 应急响应
  起止 时段 由 某区 确认
  范围 单位组
台账 准入登记
  事项 事项
  来文单位 单位
  起止 时段
  范围 单位组
参数 社区规模 100 至 700 户
参数 年限额 2018-01-01 起 100 次, 2024-06-01 起 12 次
清单 协助事项 类型 协助 主体 社区居委会
  依据 某法
  要求 承担方式 为 协助 否则 拒绝 "只能协助"
  要求 来文单位 属于 牵头及下级 否则 拒绝 "不是牵头单位"
  要求 经费到位 否则 暂缓 "经费未到"
  限额 每个 目标社区 按 频次 否则 拒绝 "次数已满"
  | 编号  | 事项         | 牵头     | 频次             | 别名     |
  | XZ-01 | 协助低保核查 | 区民政局 | 每年 不超过 4 次 | 低保核查 |
  | XZ-02 | 协助社区矫正 | 区民政局 | 不限             |          |
"""

DECIDE = """判定 社区准入 对象 来件
  依次
    {steps}
  默认 拒绝 "未列入清单"
"""


def decide(*steps: str) -> str:
    """Return a 判定 with these lines."""
    return DECIDE.replace("{steps}", "\n    ".join(steps))


def load(text: str, *uppers: PolicySet) -> PolicySet:
    """Return the set that a text writes, standing under `uppers`."""
    policy_set, found = load_text(text)
    assert policy_set is not None
    assert not [d for d in found if d.severity is Severity.ERROR], found
    return replace(policy_set, uppers=uppers)


def checked(text: str, *uppers: PolicySet) -> CheckedPolicySet:
    """Return the checked set; it has no errors."""
    result, found = check(load(text, *uppers))
    assert result is not None, [(d.code, d.zh) for d in found]
    return result


def findings(text: str, *uppers: PolicySet) -> list[Diagnostic]:
    """Return what checking a text finds."""
    return check(load(text, *uppers))[1]


def condition(written: str) -> RExpr:
    """Return what a 当 means over the fields of the base set."""
    rule = f'规则 某规则 依据 某法\n  当 {written}\n  拒绝 "不行"\n'
    result = checked(BASE + rule + decide("某规则"))
    return result.decisions["社区准入"].steps[0].clauses[0].when


def clauses(result: CheckedPolicySet) -> dict[str, Clause]:
    """Return every clause of the decision by its code."""
    steps = result.decisions["社区准入"].steps
    return {clause.code: clause for step in steps for clause in step.clauses}


def steps(result: CheckedPolicySet) -> list[tuple[str, ...]]:
    """Return the codes of the clauses on each line of the decision."""
    return [tuple(c.code for c in s.clauses) for s in result.decisions["社区准入"].steps]
