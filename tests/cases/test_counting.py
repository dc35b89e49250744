"""Workflows whose conditions count the rows of registers, by a formula or in place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.cases.asking import at, by, key

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import Severity
from zhunru.errors import CaseRefused
from zhunru.runtime.case import Done, Event, Step
from zhunru.runtime.service import CaseService
from zhunru.runtime.writing import Writing
from zhunru.store.base import Store, View
from zhunru.syntax.loader import load_text
from zhunru.testing import run_tests

TEXT = """政策 CC-1 "查处(试验)"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级 |
  | 甲区     | 区   | -    |
  | 区民政局 | 部门 | 甲区 |
  | 区卫健局 | 部门 | 甲区 |
  | 区文旅局 | 部门 | 甲区 |
  | 甲社区   | 社区 | 甲区 |
表单 来件
  来文单位 单位
  目标社区 单位 主体
  收文日期 日期
台账 叫停登记
  来文单位 单位
  收文日期 日期
公式 叫停次数 = 计数(叫停登记 凡 来文单位 相同 近 12 个月)
流程 查处 止于 办结、问责
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |
  | 举报 | 社区 | 不限时 | 反映(来文单位, 收文日期) → 核查 | - |
  | 核查 | 区民政局 | 3 个工作日 | 属实 → 定责 并 登记 叫停登记 | 逾期 → 办结 |
  | 定责 | 区民政局 | 2 个工作日 | 提醒 当 {once} → 办结;通报 当 {twice} → 办结 | 逾期 → 问责 |
测试 "三个月前一次、今天一次,是两次" 对象 叫停次数
  假如 来文单位 为 区卫健局, 叫停登记 为 2 行 那么 叫停次数 为 2
"""
BY_FORMULA = {"once": "叫停次数 为 1", "twice": "叫停次数 超过 1"}
IN_PLACE = {
    "once": "计数(叫停登记 凡 来文单位 相同 近 12 个月) 为 1",
    "twice": "计数(叫停登记 凡 来文单位 相同 近 12 个月) 超过 1",
}


def compiled(**conditions: str) -> CompiledPolicy:
    loaded, unread = load_text(TEXT.format(**conditions), "set.policy")
    assert loaded is not None and unread == []
    checked, found = check(loaded)
    assert [each.zh for each in found if each.severity is Severity.ERROR] == []
    assert checked is not None
    return compile_policies(checked)


def stopped(service: CaseService, body: str, day: str) -> str:
    """Bring a case of a body to where it is settled what follows; return the case."""
    facts = {"目标社区": "甲社区"}
    when = at(f"{day} 09:00")
    case = service.open("查处", facts=facts, actor=by("甲社区"), key=key(), at=when).case_id
    told = {"来文单位": body, "收文日期": day}
    service.act(case, "反映", inputs=told, actor=by("甲社区"), key=key(), at=at(f"{day} 09:10"))
    service.act(case, "属实", actor=by("区民政局"), key=key(), at=at(f"{day} 09:20"))
    return case


def answer(service: CaseService, case: str, verb: str, day: str) -> str:
    return service.act(case, verb, actor=by("区民政局"), key=key(), at=at(f"{day} 10:00")).state


@pytest.mark.parametrize("conditions", [BY_FORMULA, IN_PLACE], ids=["formula", "in place"])
def test_the_second_time_within_a_year_is_answered_otherwise(
    store: Store, conditions: dict[str, str]
) -> None:
    service = CaseService(store, compiled(**conditions))
    first = stopped(service, "区卫健局", "2026-03-02")
    with pytest.raises(CaseRefused):
        answer(service, first, "通报", "2026-03-02")
    assert answer(service, first, "提醒", "2026-03-02") == "办结"
    other = stopped(service, "区文旅局", "2026-03-03")
    assert answer(service, other, "提醒", "2026-03-03") == "办结"
    second = stopped(service, "区卫健局", "2026-06-01")
    with pytest.raises(CaseRefused):
        answer(service, second, "提醒", "2026-06-01")
    assert answer(service, second, "通报", "2026-06-01") == "办结"
    # Twelve months later only that of June counts beside the new one, and then it alone.
    third = stopped(service, "区卫健局", "2027-06-01")
    assert answer(service, third, "提醒", "2027-06-01") == "办结"


def test_a_test_of_a_set_gives_a_formula_so_many_rows() -> None:
    assert [each.zh for each in run_tests(compiled(**BY_FORMULA)) if not each.passed] == []


def test_a_decision_does_not_count_but_says_how_to() -> None:
    text = TEXT.format(**BY_FORMULA) + (
        '规则 多次\n  当 叫停次数 超过 2\n  拒绝 "多次"\n'
        '判定 准入 对象 来件\n  依次\n    多次\n  默认 拒绝 "未列"\n'
    )
    loaded, _ = load_text(text, "set.policy")
    assert loaded is not None
    _, found = check(loaded)
    (told,) = [each for each in found if each.code == "ZR313"]
    assert "限额" in told.help_zh


def test_a_service_started_again_counts_what_was_written_before(store: Store) -> None:
    stopped(CaseService(store, compiled(**BY_FORMULA)), "区卫健局", "2026-03-02")
    again = CaseService(store)
    second = stopped(again, "区卫健局", "2026-06-01")
    assert answer(again, second, "通报", "2026-06-01") == "办结"


def test_a_row_counts_no_more_in_the_very_write_that_strikes_it_out(store: Store) -> None:
    """Whom the case opens, or had opened it, is stepped in that write too."""
    service = CaseService(store, compiled(**BY_FORMULA))
    case_id = stopped(service, "区卫健局", "2026-03-02")
    struck_out = Done(kind="cancel", object="叫停登记")

    def look(view: View) -> tuple[int, int]:
        writing = Writing(view, service.policies, 0)
        case = writing.case(case_id)
        before = len(writing.rows("叫停登记", None))
        event = Event(kind="moved", at=case.at, data={})
        case = replace(case, version=case.version + 1)
        writing.add(Step(case, ((event, (struck_out,)),), ()), case.version - 1)
        return before, len(writing.rows("叫停登记", None))

    assert store.read(look) == (1, 0)
