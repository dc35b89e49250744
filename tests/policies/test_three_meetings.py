"""Which of the three meetings of Weihai an issue goes to: what the case says, and who may hold it."""

from __future__ import annotations

import pytest
from tests.cases.asking import at
from tests.shipped import compiled

from zhunru.casework.office import Office
from zhunru.errors import CaseRefused
from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

MEETINGS = {
    "小微事务恳谈会": ("小", "易", "社区"),
    "社区党群议事会": ("小", "难", "社区"),
    "重大事项论证会": ("大", "难", "街道"),
}
MET_AT = at("2026-03-10 19:00")
PASSED = {"应到": 8, "到会": 8, "赞成": 5, "意见": "办"}


@pytest.mark.rows("S1-26", "S1-27")
@pytest.mark.parametrize("meeting", MEETINGS)
def test_an_issue_goes_to_the_meeting_for_its_size_difficulty_and_reach(meeting: str) -> None:
    store = MemoryStore()
    service, office = CaseService(store, compiled("weihai")), Office(store, "")
    who, facts = Actor(unit="幸福社区", person="书记一"), {"目标社区": "幸福社区"}
    begun = at("2026-03-02 09:00")
    case = service.open("三会协商", actor=who, key="o", at=begun, facts=facts).case_id
    asked = dict(zip(("大小", "难易", "权限"), MEETINGS[meeting], strict=True))
    asked |= {"来源": "小提案"}
    service.act(case, "提交", actor=who, key="s", at=at("2026-03-02 09:30"), inputs=asked)
    shown = office.show(case, MET_AT)
    assert (shown["owner_text"], shown["owner_text_en"]) == (
        f"会议 {meeting}",
        f"meeting {meeting}",
    )

    def hold(body: str) -> None:
        chair = Actor(unit="居民代表", person=body, roles=(body,))
        service.act(case, "会议", actor=chair, key=body, at=MET_AT, inputs=PASSED)

    for other in MEETINGS.keys() - {meeting}:
        with pytest.raises(CaseRefused):
            hold(other)
    hold(meeting)
    last = office.history(case)[-1]
    assert last["word"]["zh"] == "通过"
    assert last["note"]["zh"] == f"{meeting}：应到 8，到会 8，赞成 5"
    assert service.show(case)["state"] == "结果公开"
