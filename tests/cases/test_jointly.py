"""会同 of a state is told to readers; who must answer before a case goes on is said by 会办."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases.asking import at

from zhunru.codes import CODES
from zhunru.errors import CaseRefused
from zhunru.opening import open_policy
from zhunru.runtime.kit import acting
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

SET = """政策 HT-1 "会同与会办（示例，非官方）"
  施行 2024-01-01
单位
  | 名称     | 层级 | 上级   |
  | 柳河区   | 区   | -      |
  | 区民政局 | 部门 | 柳河区 |
  | 区财政局 | 部门 | 柳河区 |
流程 论证 "论证" 止于 办结
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |
  | 论证 | {owners} | 3 个工作日 | {lines} | 期满 → 办结 |
"""
JOINTLY = SET.format(owners="区民政局 会同 区财政局", lines="同意 → 办结")
TOGETHER = SET.format(
    owners="会办 区民政局、区财政局 牵头 区民政局", lines="全部 同意 → 办结; 任一 不同意 → 办结"
)


def opened(folder: Path, text: str) -> tuple[CaseService, str]:
    (folder / "集.policy").write_text(text, encoding="utf-8")
    service = CaseService(MemoryStore(), open_policy(folder / "集.policy"))
    who = acting("区民政局 甲")
    case = service.open("论证", actor=who, key="a", at=at("2026-03-02 09:00"), facts={})
    return service, case.case_id


def agree(service: CaseService, case: str, unit: str) -> None:
    moment = at("2026-03-02 10:00")
    service.act(case, "同意", actor=acting(f"{unit} 甲"), key=unit, at=moment, inputs={})


def test_a_body_that_is_written_as_jointly_has_no_turn_and_is_not_waited_for(tmp_path) -> None:
    service, case = opened(tmp_path, JOINTLY)
    assert service.show(case)["owners"] == ["区民政局"]
    with pytest.raises(CaseRefused) as refused:
        agree(service, case, "区财政局")
    assert CODES[refused.value.code].slug == "not-your-turn"
    agree(service, case, "区民政局")
    assert service.show(case)["closed"]


def test_bodies_that_decide_together_all_have_their_turn(tmp_path) -> None:
    service, case = opened(tmp_path, TOGETHER)
    assert sorted(service.show(case)["owners"]) == ["区民政局", "区财政局"]
    agree(service, case, "区民政局")
    assert not service.show(case)["closed"]
    agree(service, case, "区财政局")
    assert service.show(case)["closed"]


def test_who_handed_a_part_on_is_not_shown_as_asked(tmp_path) -> None:
    service, case = opened(tmp_path, TOGETHER)
    moment, who = at("2026-03-02 10:00"), acting("区财政局 甲")
    inputs = {"单位": "柳河区"}
    service.act(case, "改派", actor=who, key="k", at=moment, inputs=inputs)
    shown = service.show(case)
    assert [party["unit"] for party in shown["parties"]] == ["区民政局", "柳河区"]
    assert sorted(shown["owners"]) == ["区民政局", "柳河区"]
