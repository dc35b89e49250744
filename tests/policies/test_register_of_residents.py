"""The register of who lives in Jiangyuan: what a source told fills its column, once verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cases.asking import at, by, key
from tests.policies.test_guards import errors
from tests.shipped import changed, checked, compiled

from zhunru.casework.registers import tables_of
from zhunru.checker.resolved import NOTHING
from zhunru.checker.resolved_flows import Withheld
from zhunru.errors import CaseRefused
from zhunru.measures import Rows, review
from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore
from zhunru.worktime.instants import day_of

FLOW, REGISTER, HOME = "流动人口登记", "实有人口", "富强社区"
COMMITTEE = by(HOME, "主任")
COLUMNS = ("就业", "居住地", "证件", "重点人员")
SOURCES = {
    "用工单位": ("就业", "区人社局"), "房屋出租人": ("居住地", HOME),
    "居住证": ("证件", "区公安分局"), "执法部门": ("重点人员", "区公安分局"),
}  # fmt: skip


class Office:
    """A store of its own, and the file of one resident in it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.service = CaseService(self.store, compiled("jiangyuan"))

    def report(
        self, source: str, day: str, number: str = "示例证件号丁", name: str = "居民丁"
    ) -> str:
        """Open the file of a resident and report him; return the case."""
        case = self.service.open(
            FLOW, actor=COMMITTEE, key=key(), at=at(day), facts={"目标社区": HOME}
        ).case_id
        facts = {"登记姓名": name, "登记证件号": number, "登记来源": source}
        self.act(case, "报送新增", COMMITTEE, day, facts)
        return case

    def act(self, case: str, name: str, who: Actor, day: str, facts: dict[str, str]) -> None:
        self.service.act(case, name, actor=who, key=key(), at=at(day), inputs=facts)

    def verify(self, case: str, source: str, day: str, said: str) -> None:
        """Enter what a source told, as the one who has to verify it."""
        column, unit = SOURCES[source]
        self.act(case, f"核实{column}", by(unit, "甲"), day, {column: said})

    def rows(self, name: str = "居民丁") -> list[dict[str, Any]]:
        """Return the rows that stand beside those that the set brings."""
        found = tables_of(self.store, compiled("jiangyuan")).get(REGISTER, ())
        return [row for row in found if row["登记姓名"] == name]


@pytest.mark.rows("S0-66")
@pytest.mark.parametrize("source", SOURCES)
def test_what_a_source_told_fills_its_own_column_and_no_other(source: str) -> None:
    office, (own, _) = Office(), SOURCES[source]
    case = office.report(source, "2026-03-02 09:00")
    assert office.rows() == []
    for column in set(COLUMNS) - {own}:
        who = by(office.service.show(case)["owners"][0], "甲")
        with pytest.raises(CaseRefused):
            office.act(case, f"核实{column}", who, "2026-03-03 09:00", {column: "别的"})
    office.verify(case, source, "2026-03-03 10:00", "示例")
    (row,) = office.rows()
    assert {name: row[name] for name in COLUMNS if isinstance(row[name], str)} == {own: "示例"}
    assert (row["登记来源"], row["目标社区"]) == (source, HOME)


@pytest.mark.rows("S0-66")
def test_a_change_takes_the_place_of_the_row_before_and_keeps_its_other_columns() -> None:
    office = Office()
    case = office.report("用工单位", "2026-03-02 09:00")
    office.verify(case, "用工单位", "2026-03-03 09:00", "示例物业公司")
    office.act(case, "报送变更", COMMITTEE, "2026-04-07 09:00", {"登记来源": "房屋出租人"})
    office.verify(case, "房屋出租人", "2026-04-08 09:00", "示例小区一")
    (row,) = office.rows()
    assert (row["就业"], row["居住地"]) == ("示例物业公司", "示例小区一")
    assert row["起止"][0] == day_of(at("2026-04-08 09:00"))
    office.act(case, "报送变更", COMMITTEE, "2026-05-06 09:00", {"登记来源": "用工单位"})
    office.verify(case, "用工单位", "2026-05-07 09:00", "示例学校")
    (row,) = office.rows()
    assert (row["就业"], row["居住地"]) == ("示例学校", "示例小区一")


@pytest.mark.rows("S0-66")
def test_who_is_on_record_is_not_entered_again_until_he_has_left() -> None:
    office = Office()
    case = office.report("用工单位", "2026-03-02 09:00")
    office.verify(case, "用工单位", "2026-03-03 09:00", "示例物业公司")
    with pytest.raises(CaseRefused):
        office.report("房屋出租人", "2026-04-07 09:00")
    office.report("房屋出租人", "2026-04-07 09:00", "另一个人的示例证件号")
    office.act(case, "已经离开", COMMITTEE, "2026-05-06 09:00", {"理由": "回乡"})
    assert office.rows() == []
    office.report("房屋出租人", "2026-05-07 09:00")


@pytest.mark.rows("S0-66")
def test_who_stands_in_the_table_of_the_set_is_taken_over_by_a_case_once() -> None:
    """Whom the set brings in its table has no case yet: his first change opens one."""
    office, his = Office(), ("示例证件号甲", "居民甲")
    case = office.report("房屋出租人", "2026-03-02 09:00", *his)
    office.verify(case, "房屋出租人", "2026-03-03 09:00", "示例小区二")
    old, new = office.rows("居民甲")
    assert (old["居住地"], new["居住地"]) == (NOTHING, "示例小区二")
    with pytest.raises(CaseRefused):
        office.report("用工单位", "2026-04-07 09:00", *his)
    tables = tables_of(office.store, compiled("jiangyuan"))
    for rows, found in ((tables[REGISTER], False), ((*tables[REGISTER], new), True)):
        day = day_of(at("2026-04-07 09:00"))
        (done,) = review(Rows(compiled("jiangyuan"), day, {REGISTER: rows}), ["实有人口不重"])
        assert bool(done.findings) == found
    office.act(case, "已经离开", COMMITTEE, "2026-05-06 09:00", {"理由": "回乡"})
    assert office.rows("居民甲") == []


@pytest.mark.rows("S0-66")
def test_one_person_with_two_rows_is_found() -> None:
    day = day_of(at("2026-03-02 09:00"))
    rows = [dict(row) for row in Rows(compiled("jiangyuan"), day).register(REGISTER) or ()]
    (done,) = review(
        Rows(compiled("jiangyuan"), day, {REGISTER: [*rows, rows[0]]}), ["实有人口不重"]
    )
    assert {name for one in done.findings for name in one.subjects} == {rows[0]["登记姓名"]}


@pytest.mark.rows("S0-66")
def test_who_is_on_record_is_secret_and_his_number_kept_from_employer_and_landlord() -> None:
    jiangyuan = checked("jiangyuan")
    flow, kept = jiangyuan.workflows[FLOW], {"用工单位", "房屋出租人"}
    for fields in (flow.fields, jiangyuan.registers[REGISTER].fields):
        personal = {f.name: f for f in fields if f.name in {"登记姓名", "登记证件号", *COLUMNS}}
        assert len(personal) == 6
        assert all(field.secret for field in personal.values())
        assert set(personal["登记证件号"].withheld_from) == kept
    held = {(c.secret, c.from_.name) for c in flow.constraints if isinstance(c, Withheld)}
    assert held == {("登记证件号", one) for one in kept}


@pytest.mark.rows("S0-66")
@pytest.mark.parametrize("one", ["用工单位", "房屋出租人"])
def test_a_workflow_that_hands_the_number_to_employer_or_landlord_is_refused(
    one: str, tmp_path: Path
) -> None:
    step = "  | 报送     | {} "
    old, new = step.format("社区居委会"), step.format(one)
    root = changed(tmp_path, "jiangyuan", "综治.policy", old, new)
    told = errors(root / "jiangyuan")
    assert any("登记证件号" in each and one in each for each in told), told
