"""A unit gets another name in a new version of the set, or is gone: what running cases become."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases.asking import at, by

from zhunru import open_policy
from zhunru.errors import CaseRefused
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store

SET = """政策 MZ-1 "试办（示例，非官方）"
  施行 2024-01-01
单位
  | 名称     | 层级 | 上级   | 别名 | 角色     |
  | 甲区     | 区级 | -      | -    | -        |
  | 区民政局 | 部门 | 甲区   | -    | 民政部门 |
  | 区卫计局 | 部门 | 甲区   | -    | -        |
  | 甲街道   | 街道 | 甲区   | -    | -        |
  | 甲社区   | 社区 | 甲街道 | -    | -        |
角色 民政部门
表单 来件
  目标社区 单位 主体
  承办单位 单位
  协办 单位组
流程 办理 "登记—承办—复核" 止于 办结、督办结
  | 环节 | 由                 | 限           | 办理 → 去向                                                          | 到期 → 去向   |
  | 登记 | 社区               | 不限时       | 派单(承办单位) → 承办; 会商(承办单位) → 会商; 送民政 → 民政办; 征求(协办) → 征求意见 | -             |
  | 民政办 | 民政部门         | 10 个工作日  | 办完 → 办结                                                          | 逾期 → 督办结 |
  | 承办 | 承办单位           | 10 个工作日  | 办完 → 复核                                                          | 逾期 → 督办结 |
  | 复核 | 民政部门、承办单位 | 10 个工作日  | 同意 → 办结                                                          | 逾期 → 督办结 |
  | 会商 | 会办 民政部门、承办单位 | 10 个工作日 | 全部 同意 → 办结                                                 | 逾期 → 督办结 |
  | 征求意见 | 会办 协办      | 10 个工作日  | 全部 已复 → 办结                                                     | 逾期 → 督办结 |
"""
RENAMED = SET.replace(
    "| 区卫计局 | 部门 | 甲区   | -    |", "| 区卫健局 | 部门 | 甲区   | 区卫计局 |"
)
GONE = SET.replace("  | 区卫计局 | 部门 | 甲区   | -    | -        |\n", "")
HOME = by("甲社区", "书记")


def service(store: Store, folder: Path, text: str) -> CaseService:
    folder.mkdir()
    (folder / "集.policy").write_text(text, encoding="utf-8")
    return CaseService(store, open_policy(folder))


def begun(service: CaseService, verb: str, **inputs: object) -> str:
    facts = {"目标社区": "甲社区"}
    when = at("2026-03-02 09:00")
    case = service.open("办理", actor=HOME, key=f"开{verb}", at=when, facts=facts).case_id
    service.act(case, verb, actor=HOME, key=verb, at=when, inputs=inputs)
    return case


def moved(service: CaseService) -> dict[str, str]:
    found = service.migrate(
        actor=by("甲区", "管理员"), key="迁", at=at("2026-03-03 09:00"), dry_run=False
    )
    return {each.case_id: each.reason if each.kind == "person" else each.kind for each in found}


def test_a_unit_goes_on_with_its_work_under_its_new_name(store: Store, tmp_path: Path) -> None:
    old = service(store, tmp_path / "旧", SET)
    sent = begun(old, "派单", 承办单位="区卫计局")
    joint = begun(old, "会商", 承办单位="区卫计局")
    asked = begun(old, "征求", 协办=["区卫计局", "区民政局"])
    new = service(store, tmp_path / "新", RENAMED)
    assert set(moved(new).values()) == {"moves"}
    assert [new.show(each)["owners"] for each in (sent, joint)] == [
        ["区卫健局"],
        ["区民政局", "区卫健局"],
    ]
    waiting = {each["case"] for each in new.inbox("区卫健局")}
    assert waiting == {sent, joint, asked}
    when, health = at("2026-03-04 09:00"), by("区卫健局", "李四")
    new.act(joint, "同意", actor=health, key="a", at=when)
    new.act(asked, "已复", actor=health, key="b", at=when)
    new.act(sent, "办完", actor=health, key="c", at=when)
    assert new.show(sent)["state"] == "复核"
    assert new.show(sent)["facts"]["承办单位"] == "区卫健局"
    assert list(new.check_projections()) == []


def test_what_a_unit_did_before_is_still_its_own_under_its_new_name(
    store: Store, tmp_path: Path
) -> None:
    """不得由同一单位承担 is held by who took which line."""
    old = service(store, tmp_path / "旧", SET)
    case = begun(old, "派单", 承办单位="区卫计局")
    when, health = at("2026-03-02 10:00"), by("区卫计局", "李四")
    old.act(case, "办完", actor=health, key="办", at=when)
    new = service(store, tmp_path / "新", RENAMED)
    assert moved(new) == {case: "moves"}
    row = store.read(lambda view: view.case(case))
    assert row is not None
    assert [took.unit for took in decode_case(row.body).taken] == ["甲社区", "区卫健局"]
    assert list(new.check_projections()) == []


def test_who_opened_a_case_withdraws_it_under_its_new_name(store: Store, tmp_path: Path) -> None:
    old = service(store, tmp_path / "旧", SET)
    case = begun(old, "送民政")
    renamed = SET.replace(
        "| 甲社区   | 社区 | 甲街道 | -    |", "| 乙社区   | 社区 | 甲街道 | 甲社区 |"
    )
    new = service(store, tmp_path / "新", renamed)
    assert moved(new) == {case: "moves"}
    new.act(case, "撤回", actor=by("乙社区", "书记"), key="撤", at=at("2026-03-04 09:00"))
    assert new.show(case)["state"] == "撤回"
    assert list(new.check_projections()) == []


def test_a_case_that_waits_for_a_unit_that_is_gone_needs_a_person(
    store: Store, tmp_path: Path
) -> None:
    """Under the new version nobody could act on it, and nobody stood above to hand it on."""
    old = service(store, tmp_path / "旧", SET)
    sent = begun(old, "派单", 承办单位="区卫计局")
    joint = begun(old, "会商", 承办单位="区卫计局")
    other = begun(old, "送民政")
    new = service(store, tmp_path / "新", GONE)
    told = moved(new)
    assert told[other] == "moves"
    assert "区卫计局" in told[sent] and "区卫计局" in told[joint]
    # It stays under the old version, where those above it hand it to one that goes on.
    to = {"单位": "甲区"}
    new.act(sent, "改派", actor=by("甲区", "周八"), key="改", at=at("2026-03-04 09:00"), inputs=to)
    found = new.migrate(
        actor=by("甲区", "管理员"), key="再迁", at=at("2026-03-04 10:00"), dry_run=False
    )
    assert {each.case_id: each.kind for each in found} == {sent: "moves", joint: "person"}
    new.act(sent, "办完", actor=by("甲区", "周八"), key="办", at=at("2026-03-04 11:00"))
    assert list(new.check_projections()) == []


SUCCEEDED = SET.replace(
    "  | 区民政局 | 部门 | 甲区   | -    | 民政部门 |\n", ""
).replace(
    "角色 民政部门\n",
    "单位\n"
    "  | 名称         | 层级 | 上级 | 角色     | 自         | 至         |\n"
    "  | 区民政局     | 部门 | 甲区 | 民政部门 | -          | 2026-03-09 |\n"
    "  | 区社会事务局 | 部门 | 甲区 | 民政部门 | 2026-03-10 | -          |\n"
    "角色 民政部门\n",
)  # fmt: skip


def test_who_takes_an_office_over_finds_in_its_inbox_what_it_may_do(
    store: Store, tmp_path: Path
) -> None:
    """The case came while the other was there; from the day on it is the new one's turn."""
    found = service(store, tmp_path / "集", SUCCEEDED)
    case = begun(found, "送民政")
    after = at("2026-03-10 09:00")
    assert [each["case"] for each in found.inbox("区社会事务局")] == [case]
    assert [each["case"] for each in found.inbox("区民政局")] == [case]
    assert found.inbox("区卫计局") == []
    found.act(case, "办完", actor=by("区社会事务局", "李四"), key="办", at=after)
    assert found.show(case)["state"] == "办结"
    assert found.inbox("区社会事务局") == []


TWO = SUCCEEDED.replace(
    "  | 甲街道   | 街道 |", "  | 乙区     | 区级 | -      | -    | -        |\n  | 甲街道   | 街道 |"
).replace(
    "| 民政部门 | 2026-03-10 | -          |\n",
    "| 民政部门 | 2026-03-10 | -          |\n"
    "  | 乙区民政局   | 部门 | 乙区 | 民政部门 | 2026-03-10 | -          |\n",
).replace(
    "| 承办 | 承办单位           | 10 个工作日  | 办完 → 复核                                                          | 逾期 → 督办结 |",
    "| 承办 | 承办单位 | 3 个工作日 | 办完 → 复核 | 逾期 → 承办 不限次 并 督办 民政部门 |",
)  # fmt: skip
NEW, OTHER = by("区社会事务局", "李四"), by("乙区民政局", "周八")


def test_who_takes_an_office_over_answers_for_it(store: Store, tmp_path: Path) -> None:
    found = service(store, tmp_path / "集", TWO)
    case = begun(found, "会商", 承办单位="区卫计局")
    for who, when in ((NEW, "2026-03-09 09:00"), (OTHER, "2026-03-10 09:00")):
        with pytest.raises(CaseRefused) as refused:
            found.act(case, "同意", actor=who, key=f"{who}", at=at(when))
        assert refused.value.code == "ZR735"
    found.act(case, "同意", actor=NEW, key="c", at=at("2026-03-10 09:00"))
    assert found.show(case)["parties"][0]["result"] == "同意"
    assert found.inbox("乙区民政局") == []


def test_who_takes_over_from_a_supervisor_gives_the_work_to_another(
    store: Store, tmp_path: Path
) -> None:
    found = service(store, tmp_path / "集", TWO)
    case = begun(found, "派单", 承办单位="区卫计局")
    found.tick(at("2026-03-06 09:00"))
    assert found.show(case)["supervised"] == ["区民政局"]
    to = {"单位": "区社会事务局"}
    for who, when in ((NEW, "2026-03-06 09:00"), (OTHER, "2026-03-10 09:00")):
        with pytest.raises(CaseRefused) as refused:
            found.act(case, "改派", actor=who, key=f"{who}", at=at(when), inputs=to)
        assert refused.value.code == "ZR743"
    found.act(case, "改派", actor=NEW, key="c", at=at("2026-03-10 09:00"), inputs=to)
    assert found.show(case)["owners"] == ["区社会事务局"]


def test_who_takes_over_from_an_applicant_does_not_decide_on_its_own_matter(
    store: Store, tmp_path: Path
) -> None:
    text = TWO.replace("| 民政办 | 民政部门         |", "| 民政办 | 民政部门 回避时 甲区 |")
    found = service(store, tmp_path / "集", text)
    first, facts = by("区民政局", "张三"), {"目标社区": "甲社区"}
    when = at("2026-03-02 09:00")
    cases = [
        found.open("办理", actor=first, key=key, at=when, facts=facts).case_id for key in "甲乙"
    ]
    found.act(cases[0], "送民政", actor=HOME, key="送", at=at("2026-03-11 09:00"))
    assert found.show(cases[0])["owners"] == ["甲区"]
    for verb, inputs in (("催办", {}), ("匿名保密", {"栏目": "目标社区"})):
        order = {"key": verb, "at": at("2026-03-11 10:00"), "inputs": inputs}
        found.act(cases[0], verb, actor=NEW, **order)
    found.act(cases[1], "撤回", actor=NEW, key="撤", at=at("2026-03-11 09:00"))
    assert found.show(cases[1])["state"] == "撤回"


APART = """流程 办理 "草拟—审核" 止于 办结
  约束 草拟 与 审核 不得由同一单位承担
  | 环节 | 由       | 限     | 办理 → 去向 | 到期 → 去向 |
  | 草拟 | 民政部门 | 不限时 | 送审 → 审核 | -           |
  | 审核 | 街道     | 不限时 | 同意 → 办结 | -           |
"""


def test_who_takes_an_office_over_is_kept_apart_from_what_the_one_before_did(
    store: Store, tmp_path: Path
) -> None:
    found = service(store, tmp_path / "集", TWO.split("流程 办理")[0] + APART)
    old, street = by("区民政局", "张三"), by("甲街道", "赵六")
    when, after = at("2026-03-02 09:00"), at("2026-03-11 09:00")
    facts = {"目标社区": "甲社区"}
    case = found.open("办理", actor=old, key="开", at=when, facts=facts).case_id
    found.act(case, "送审", actor=old, key="送", at=when)
    to = {"单位": "区社会事务局"}
    found.act(case, "改派", actor=street, key="改", at=after, inputs=to)
    with pytest.raises(CaseRefused) as refused:
        found.act(case, "同意", actor=NEW, key="同", at=after)
    assert refused.value.code == "ZR732"


LONGER = """流程 办理 "派单—承办" 止于 办结
  | 环节 | 由       | 限          | 办理 → 去向           | 到期 → 去向 | 延期                        |
  | 派单 | 社区     | 不限时      | 派单(承办单位) → 承办 | -           | -                           |
  | 承办 | 承办单位 | 8 个工作日  | 办完 → 办结           | 逾期 → 办结 | 1 次 5 个工作日 经 民政部门 |
"""


def test_who_takes_an_office_over_grants_itself_no_more_time(store: Store, tmp_path: Path) -> None:
    found = service(store, tmp_path / "集", TWO.split("流程 办理")[0] + LONGER)
    case = begun(found, "派单", 承办单位="区民政局")
    when = at("2026-03-11 09:00")
    found.act(case, "延期", actor=NEW, key="延", at=when)
    with pytest.raises(CaseRefused) as refused:
        found.act(case, "同意延期", actor=NEW, key="同", at=when)
    assert refused.value.code == "ZR741"


DUTY = "定期 例会 每个 区级 每季度 不少于 3 次 由 民政部门 逾期 记 未办\n流程 办理"
RENAMED_TOO = SET.replace(
    "| 区民政局 | 部门 | 甲区   | -    |", "| 区社会事务局 | 部门 | 甲区   | 区民政局 |"
)


@pytest.mark.parametrize(("before", "after"), [(TWO, TWO), (SET, RENAMED_TOO)])
def test_who_takes_an_office_over_does_its_duty_for_the_rest_of_the_period(
    store: Store, tmp_path: Path, before: str, after: str
) -> None:
    first = service(store, tmp_path / "旧", before.replace("流程 办理", DUTY))
    first.start(at("2026-03-02 09:00"))
    (duty,) = [each["case"] for each in first.inbox("区民政局")]
    first.act(duty, "已办", actor=by("区民政局"), key="a", at=at("2026-03-03 09:00"))
    for who in (NEW, OTHER):
        with pytest.raises(CaseRefused) as refused:
            first.act(duty, "已办", actor=who, key=f"{who}", at=at("2026-03-09 09:00"))
        assert refused.value.code == "ZR723"
    found = service(store, tmp_path / "新", after.replace("流程 办理", DUTY))
    for number in range(2):
        found.act(duty, "已办", actor=NEW, key=f"{number}", at=at("2026-03-10 09:00"))
    assert found.show(duty)["state"] == "已完成"


HOMES = """政策 MZ-1 "试办（示例，非官方）"
  施行 2024-01-01
单位
  | 名称   | 层级 | 上级   | 角色   | 别名 | 自 | 至 |
  | 甲区   | 区级 | -      | -      | -    | -  | -  |
  | 甲街道 | 街道 | 甲区   | -      | -    | -  | -  |
{}
角色 居委会
定期 例会 每个 社区 每月 不少于 1 次 由 社区 逾期 记 未开会
"""
BEFORE = HOMES.format("  | 甲社区 | 社区 | 甲街道 | 居委会 | - | - | - |")
CALLED = HOMES.format("  | 新社区 | 社区 | 甲街道 | 居委会 | 甲社区 | - | - |")
FOLLOWED = HOMES.format(
    "  | 甲社区 | 社区 | 甲街道 | 居委会 | - | - | 2026-03-09 |\n"
    "  | 新社区 | 社区 | 甲街道 | 居委会 | - | 2026-03-10 | - |"
)


@pytest.mark.parametrize("text", [CALLED, FOLLOWED], ids=["renamed", "followed"])
def test_a_duty_is_owed_once_in_the_period_in_which_a_unit_goes_by_another_name(
    store: Store, tmp_path: Path, text: str
) -> None:
    first = service(store, tmp_path / "旧", BEFORE)
    first.start(at("2026-03-02 09:00"))
    (duty,) = [each["case"] for each in first.inbox("甲社区")]
    found = service(store, tmp_path / "新", text)
    found.start(at("2026-03-11 09:00"))
    assert [each["case"] for each in found.inbox("新社区")] == [duty]
    new = by("新社区")
    assert found.act(duty, "开会", actor=new, key="三", at=at("2026-03-12 09:00")).closed
    # Two periods later each was owed once, by the new name.
    found.tick(at("2026-06-02 09:00"))
    records = store.find_cases(flow="例会")
    assert sorted((row.case_id.split(".")[1][:9], row.state) for row in records) == [
        ("r20260301", "已完成"), ("r20260401", "未完成"), ("r20260501", "未完成"),
        ("r20260601", "进行中"),
    ]  # fmt: skip
    assert list(found.check_projections()) == []


def test_a_duty_is_owed_once_where_a_unit_was_renamed_and_then_followed(
    store: Store, tmp_path: Path
) -> None:
    service(store, tmp_path / "旧", BEFORE).start(at("2026-03-02 09:00"))
    text = FOLLOWED.replace(
        "| 甲社区 | 社区 | 甲街道 | 居委会 | - |", "| 中社区 | 社区 | 甲街道 | 居委会 | 甲社区 |"
    )
    found = service(store, tmp_path / "新", text)
    found.start(at("2026-03-11 09:00"))
    (duty,) = [each["case"] for each in found.inbox("新社区")]
    act = {"actor": by("新社区"), "at": at("2026-03-12 09:00")}
    assert found.act(duty, "开会", key="三", **act).closed
    found.tick(at("2026-04-01 09:00"))
    records = [row.case_id.split(".")[1][:9] for row in store.find_cases(flow="例会")]
    assert sorted(records) == ["r20260301", "r20260401"]


def test_a_duty_is_owed_once_when_an_office_was_taken_over_while_the_service_stood_still(
    store: Store, tmp_path: Path
) -> None:
    service(store, tmp_path / "旧", BEFORE).start(at("2026-02-02 09:00"))
    found = service(store, tmp_path / "新", FOLLOWED)
    found.start(at("2026-03-11 09:00"))
    found.tick(at("2026-03-11 09:00"))
    records = store.find_cases(flow="例会")
    assert [row.case_id.split(".")[1][:9] for row in records] == ["r20260201", "r20260301"]
    assert [each["state"] for each in found.inbox("新社区")] == ["进行中"]


STATIONS = FOLLOWED.replace(
    "每个 社区 每月 不少于 1 次 由 社区", "每个 站点 每月 不少于 1 次 由 甲街道"
)
STATIONS += '台账 站点 取自 "站点.csv"\n  社区 单位\n  站名 文本\n'


def test_a_row_is_owed_for_beside_that_of_a_unit_whose_office_its_own_has(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "站点.csv").write_text("社区,站名\n甲社区,东站\n新社区,西站\n", encoding="utf-8")
    (tmp_path / "集.policy").write_text(STATIONS, encoding="utf-8")
    found = CaseService(store, open_policy(tmp_path))
    found.start(at("2026-03-11 09:00"))
    for when in ("2026-03-11 10:00", "2026-04-11 09:00"):
        found.tick(at(when))
        owed = [found.show(each["case"])["facts"]["对象"] for each in found.inbox("甲街道")]
        assert sorted(owed) == ["新社区", "甲社区"]
