"""The recurring duties of the shipped sets come due for each unit, and are missed on record."""

from __future__ import annotations

from datetime import date
from functools import cache

import orjson
import pytest
from tests.cases.asking import at

from zhunru import open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.measures import Rows, missed
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

# Of a week, a month, a quarter, half a year and a year, that of this day ends on five other days.
BEGIN = "2026-02-02 09:00"
UPPER = {"示例区", "示例街道", "示例镇", "示例一社区", "示例二社区"}


@cache
def policy(name: str) -> CompiledPolicy:
    return open_policy(name)


@cache
def duties(name: str, day: str) -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """Return when each duty of a set was due, and what became of it, as nobody did anything."""
    store = MemoryStore()
    service = CaseService(store, policy(name))
    service.start(at(BEGIN))
    due = {
        row.case_id: service.show(row.case_id)["due"][:10] for row in store.find_cases(limit=5000)
    }
    service.tick(at(f"{day} 09:00"))
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for case_id, last in due.items():
        case = service.show(case_id)
        # The national set brings units of its own, for its own tests.
        if case["opener"] in UPPER:
            continue
        end = (last, case["state"], tuple(case["marks"]))
        found.setdefault(case["flow"], []).append(end)
    return found


JIANGYUAN = [
    ("党委政府研究社区建设", 1, "2026-06-30", "未研究"),
    ("幸福杯社区风采秀", 1, "2026-12-31", "未举办"),
    ("奇石文化节", 1, "2026-12-31", "未举办"),
    ("社区乒乓球推广", 31, "2026-12-31", "未开展"),
    ("网格员培训", 4, "2026-06-30", "未培训"),
    ("乡镇网格员培训", 6, "2026-06-30", "未培训"),
    ("社区办事公开", 31, "2026-03-31", "未公开"),
    ("清单和证明公开", 31, "2026-12-31", "未公开清单"),
    ("社区协商例会", 31, "2026-03-31", "未协商"),
    ("三方联席会议例会", 31, "2026-02-28", "未开会"),
    ("物业账目公开", 31, "2026-03-31", "未公开账目"),
    ("物业满意度测评", 31, "2026-06-30", "未测评"),
    ("区域化党建协商会", 31, "2026-03-31", "未开协商会"),
    ("治安突出问题专项治理", 4, "2026-06-30", "未治理"),
    ("乡镇治安专项治理", 6, "2026-06-30", "未治理"),
    ("法治宣传", 31, "2026-03-31", "未宣传"),
    ("应急处置演练", 31, "2026-12-31", "未演练"),
    ("心理健康讲座", 31, "2026-03-31", "未开讲座"),
]


@pytest.mark.rows(
    "S0-10", "S0-18", "S0-28", "S0-31", "S0-49", "S0-50", "S0-63", "S0-64", "S0-65", "S0-72", "S0-74",
    "S0-77",
)  # fmt: skip
@pytest.mark.parametrize(("duty", "units", "due", "mark"), JIANGYUAN)
def test_a_duty_of_jiangyuan_comes_due_for_each_unit_and_is_missed_on_record(
    duty: str, units: int, due: str, mark: str
) -> None:
    marks = (mark,) if mark else ()
    assert duties("jiangyuan", "2027-01-04")[duty] == [(due, "未完成", marks)] * units


WEIHAI = [
    ("社区工作者全员培训", 4, "2026-12-31", "未培训"),
    ("全日值班", 2, "2026-02-02", "断岗"),
    ("挂牌整治抽查", 2, "2026-06-30", "未抽查"),
]


@pytest.mark.rows("S1-07", "S1-21", "S1-25")
@pytest.mark.parametrize(("duty", "units", "due", "mark"), WEIHAI)
def test_a_duty_of_weihai_comes_due_for_each_unit_and_is_missed_on_record(
    duty: str, units: int, due: str, mark: str
) -> None:
    marks = (mark,) if mark else ()
    assert duties("weihai", "2027-01-04")[duty] == [(due, "未完成", marks)] * units


@pytest.mark.rows("S1-21")
def test_who_takes_part_in_a_look_at_the_signs_stands_in_each_record() -> None:
    store = MemoryStore()
    CaseService(store, policy("weihai")).start(at(BEGIN))
    records = [orjson.loads(row.body) for row in store.find_cases(flow="挂牌整治抽查")]
    assert {record["fields"]["参加"] for record in records} == {"市作风改进专班"}


@pytest.mark.rows("S1-21")
@pytest.mark.parametrize(
    ("day", "lacking"), [(date(2022, 1, 4), []), (date(2022, 7, 1), ["和谐社区", "幸福社区"])]
)
def test_signs_that_nobody_looked_at_for_half_a_year_are_found(
    day: date, lacking: list[str]
) -> None:
    (found,) = missed(Rows(policy("weihai"), day), ["挂牌整治抽查"])
    names = {name for each in found.findings for name in each.subjects}
    assert sorted(names - UPPER) == lacking


@pytest.mark.rows("S1-25")
def test_a_sunday_without_anybody_on_duty_is_found_the_day_after() -> None:
    for day, empty in ((date(2026, 3, 8), []), (date(2026, 3, 9), ["和谐社区"])):
        (found,) = missed(Rows(policy("weihai"), day), ["全日值班"])
        names = [name for each in found.findings for name in each.subjects]
        assert [name for name in names if name in ("幸福社区", "和谐社区")] == empty


@pytest.mark.rows("S1-22")
def test_whom_nobody_visited_in_the_month_that_is_over_is_found() -> None:
    (found,) = missed(Rows(policy("weihai"), date(2026, 3, 1)), ["上门走访"])
    assert (found.asked, [each.subjects for each in found.findings]) == (
        12,
        [("居民户06",), ("商户03",)],
    )
    (january,) = missed(Rows(policy("weihai"), date(2026, 2, 28)), ["上门走访"])
    assert january.held == 1  # in January only 商户03 had been visited


@pytest.mark.rows("S0-67")
def test_who_is_watched_more_closely_is_visited_each_week() -> None:
    (found,) = missed(Rows(policy("jiangyuan"), date(2026, 3, 2)), ["帮教走访"])
    assert (found.asked, found.held) == (2, 1)
    (lacking,) = found.findings
    assert lacking.subjects == ("对象乙",)
    assert "2026-02-23 至 2026-03-01" in lacking.zh


@pytest.mark.rows("S0-65")
def test_how_often_somebody_in_need_is_visited_hangs_on_what_they_need() -> None:
    (found,) = missed(Rows(policy("jiangyuan"), date(2026, 3, 2)), ["关爱走访"])
    assert (found.asked, found.held) == (3, 2)
    (lacking,) = found.findings
    assert lacking.subjects == ("对象甲",)
    assert "2025-10-01 至 2025-12-31" in lacking.zh  # 残疾: 就业帮扶 each quarter
