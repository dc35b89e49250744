"""Registers from a store: what workflows wrote, and the cases of a workflow as rows."""

from __future__ import annotations

from datetime import date

from tests.cases.asking import at, by, key

from zhunru.casework.registers import tables_of
from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.measures import Rows, assess, review
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore
from zhunru.syntax.loader import load_text

SET = """政策 T-1 "试验"
单位
  | 名称   | 层级 | 上级   | 角色       |
  | 示例区 | 区   | -      | -          |
  | 街道办 | 街道 | 示例区 | -          |
  | 甲社区 | 社区 | 街道办 | 社区居委会 |
  | 乙社区 | 社区 | 街道办 | 社区居委会 |
表单 来件
  诉求 文本
台账 网格事项
  社区 单位
  日期 日期
  按期 是否
  结果 文本
台账 挂账台账
  诉求 文本
流程 网格事项 止于 办结、挂账
  | 环节 | 由         | 限   | 办理 → 去向                                     | 到期 → 去向 |
  | 采集 | 社区居委会 | 不限时 | 采集(诉求) → 处置                               | -           |
  | 处置 | 社区居委会 | 2 日 按 自然日 | 处置完毕 → 办结；挂账 → 挂账 并 登记 挂账台账 | 逾期 → 挂账 并 登记 挂账台账 |
核查 不挂账 应当 有 不超过 0 件 挂账台账
核查 都有事项 每个 社区 应当 有 不少于 1 件 网格事项 本年
评价 考评 对象 社区 每年
  指标 按时率 = 占比(网格事项 其中 按期) × 100
""".replace(" 件 ", " 个 ")


def compiled() -> CompiledPolicy:
    loaded, _ = load_text(SET, "a.policy")
    assert loaded is not None
    checked, found = check(loaded)
    assert checked is not None, found
    return compile_policies(checked)


def opened(service: CaseService, unit: str, when: str) -> str:
    case = service.open("网格事项", actor=by(unit), key=key(), at=at(when)).case_id
    service.act(case, "采集", actor=by(unit), key=key(), at=at(when), inputs={"诉求": "修灯"})
    return case


def test_cases_and_what_they_wrote_are_rows_that_checks_and_scorecards_count() -> None:
    store, policy = MemoryStore(), compiled()
    service = CaseService(store, policy)
    done = opened(service, "甲社区", "2026-03-02 09:00")
    service.act(done, "处置完毕", actor=by("甲社区"), key=key(), at=at("2026-03-03 09:00"))
    opened(service, "甲社区", "2026-03-02 10:00")
    service.tick(at("2026-03-10 09:00"))
    tables = tables_of(store, policy)
    assert sorted(tables["网格事项"], key=lambda row: str(row["结果"])) == [
        {"社区": "甲社区", "日期": date(2026, 3, 2), "按期": True, "结果": "办结"},
        {"社区": "甲社区", "日期": date(2026, 3, 2), "按期": False, "结果": "挂账"},
    ]
    assert [row["诉求"] for row in tables["挂账台账"]] == ["修灯"]
    rows = Rows(policy, date(2026, 3, 10), tables)
    found = {one.check: one for one in review(rows)}
    assert [each.zh for each in found["不挂账"].findings] == [
        "应当 有 不超过 0 个 挂账台账，实有 1"
    ]
    assert [each.subjects for each in found["都有事项"].findings] == [("乙社区",)]
    assert [(one.subject, one.total) for one in assess(rows, "考评").scored] == [
        ("甲社区", 50),
        ("乙社区", None),
    ]


def test_what_was_due_while_nobody_could_act_was_in_time() -> None:
    store, policy = MemoryStore(), compiled()
    service = CaseService(store, policy)
    opened(service, "甲社区", "2026-03-02 09:00")
    service.beat(at("2026-03-02 10:00"))
    again = CaseService(store, policy)
    again.start(at("2026-03-20 09:00"))
    again.tick(at("2026-03-20 09:00"))
    ((row, *_),) = (tables_of(store, policy)["网格事项"],)
    assert (row["结果"], row["按期"]) == ("挂账", True)
