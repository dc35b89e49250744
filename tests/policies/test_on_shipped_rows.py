"""Scorecards and duties of the shipped sets, computed from the registers that ship with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest
from tests.cases.asking import at, by

from zhunru import Outcome, Request, decide, open_policy
from zhunru.analysis.drawing import draw_workflow
from zhunru.analysis.timing import longest
from zhunru.checker.resolved import NOTHING
from zhunru.compiler import CompiledPolicy
from zhunru.measures import Rows, assess, missed, review
from zhunru.measures.scoring import Scored
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore


@cache
def policy(name: str) -> CompiledPolicy:
    return open_policy(name)


def scored(name: str, card: str, day: date) -> dict[str, Scored]:
    """Return what a scorecard gives each of its subjects by the shipped rows alone."""
    found = assess(Rows(policy(name), day), card).scored
    return {one.subject: one for one in found}


@pytest.mark.rows("S0-21")
def test_units_that_stay_away_are_cool_by_the_meetings_they_came_to() -> None:
    found = scored("jiangyuan", "驻区单位共建参与", date(2020, 12, 31))
    totals = {name[-1]: (one.total, one.grade) for name, one in found.items()}
    assert totals == {
        "一": (100, "积极"), "四": (75, "积极"), "二": (25, "冷淡"), "三": (0, "冷淡"),
    }  # fmt: skip


@pytest.mark.rows("S0-24")
def test_burden_is_compared_with_the_numbers_before_year_by_year() -> None:
    """160 to 56 tasks is 65 %, 40 to 4 certificates 90 %, 100 to 12 inspections 88 %."""
    now = scored("jiangyuan", "社区减负", date(2023, 12, 31))["示例城市社区08"]
    assert [step.score for step in now.steps] == [65, 90, 88]
    assert (now.total, now.grade) == (77, "明显")
    before = scored("jiangyuan", "社区减负", date(2020, 12, 31))["示例城市社区08"]
    assert (before.total, before.grade) == (0, "不明显")


@pytest.mark.rows("S1-35")
def test_help_raises_and_breaches_lower_what_a_household_of_weihai_scores() -> None:
    found = scored("weihai", "居民商户信用", date(2022, 1, 4))
    assert {name: (one.total, one.grade) for name, one in found.items()} == {
        "示例居民户一": (90, "优"), "示例居民户二": (60, "一般"), "示例居民户三": (65, "一般"),
        "示例商户一": (80, "良"), "示例商户二": (50, "较差"),
    }  # fmt: skip


@pytest.mark.rows("S0-35")
def test_who_works_in_communities_is_scored_by_the_roster() -> None:
    """One of two is certified, one of two is 45 or younger, nobody left: 20 + 15 + 30."""
    one = scored("jiangyuan", "社区工作者队伍", date(2020, 12, 31))["森工社区"]
    assert [step.score for step in one.steps] == [50, 50, 100]
    assert (one.total, one.grade) == (65, "薄弱")


@pytest.mark.rows("S0-71")
def test_eighty_five_of_a_hundred_are_solved_at_two_levels_and_ninety_six_in_the_community() -> (
    None
):
    found = scored("jiangyuan", "矛盾化解", date(2020, 12, 31))
    known = [one for one in found.values() if one.total is not None]
    shares = {tuple(step.score for step in one.steps) for one in known}
    assert (Decimal(85), Decimal(96)) in shares


@pytest.mark.rows("S2-17")
def test_fees_paid_rose_by_seventy_five_points_in_each_of_the_joined_yards() -> None:
    found = scored("jin-an", "并院成效", date(2023, 12, 4))
    assert {name: (one.total, one.grade) for name, one in found.items()} == dict.fromkeys(
        ("环南七村", "环南八村", "红辉新村"), (75, "显著")
    )


@pytest.mark.rows("S3-28")
def test_talent_is_scored_by_the_roster() -> None:
    """A fifth of native worthies is full marks; of the first committee half the members are certified."""
    found = scored("putian", "社区人才", date(2021, 1, 8))
    totals = {name[4]: one.total for name, one in found.items() if name.startswith("荔城示例")}
    assert totals == {"一": 30, "二": 60, "三": 100}


# --- before and after ----------------------------------------------------------------------------


def marks(day: date, *scores: int) -> list[dict[str, Any]]:
    """Return the rating by the centre of each indicator of growth."""
    names = ("物业管理", "环境卫生", "居民参与")
    return [
        {
            "对象": "南湖西里社区",
            "指标": name,
            "得分": Decimal(score),
            "评分人": "社区成长创新中心",
            "日期": day,
        }
        for name, score in zip(names, scores, strict=True)
    ]


@pytest.mark.rows("S4-10")
def test_growth_is_what_the_second_rating_has_more_than_the_first() -> None:
    """40, 60, 60 at the baseline is 52; 50, 70, 70 two years later is 62: ten more."""
    ratings = [*marks(date(2019, 12, 20), 40, 60, 60), *marks(date(2021, 12, 20), 50, 70, 70)]
    rows = Rows(policy("chaoyang"), date(2021, 12, 31))
    by_name = {one.subject: one for one in assess(rows, "社区成长", ratings).scored}
    one = by_name["南湖西里社区"]
    assert (one.before, one.total, one.change) == (52, 62, 10)


# --- duties that leave a record ------------------------------------------------------------------


@pytest.mark.rows("S4-35", "S4-37")
def test_new_years_eve_with_one_at_the_desk_is_found_the_day_after() -> None:
    (found,) = missed(Rows(policy("hongqi"), date(2022, 2, 1)), ["接待值班"])
    (lacking,) = (one for one in found.findings if one.subjects == ("红旗一社区",))
    assert "2022-01-31" in lacking.zh
    assert "不少于 2 次，实有 1 次" in lacking.zh
    (after,) = missed(Rows(policy("hongqi"), date(2022, 2, 2)), ["接待值班"])
    assert all(one.subjects != ("红旗一社区",) for one in after.findings)


@pytest.mark.rows("S4-38")
def test_a_household_that_nobody_saw_in_the_quarter_is_found() -> None:
    (found,) = missed(Rows(policy("hongqi"), date(2022, 1, 4)), ["全覆盖走访"])
    assert (found.asked, [one.subjects for one in found.findings]) == (3, [("户丙",)])


@pytest.mark.rows("S4-23")
def test_of_the_thousand_households_those_nobody_visited_in_the_quarter_are_found() -> None:
    (found,) = missed(Rows(policy("siming"), date(2022, 1, 4)), ["千户访"])
    assert [one.subjects for one in found.findings] == [("户004",), ("户005",)]


@pytest.mark.rows("S4-27")
def test_a_day_of_the_holiday_without_a_member_on_duty_is_found() -> None:
    (found,) = missed(Rows(policy("siming"), date(2021, 10, 4)), ["党员值守"])
    ours = {one.subjects[0] for one in found.findings} & {"思明一社区", "思明二社区"}
    assert ours == {"思明二社区"}


@pytest.mark.rows("S4-09")
def test_whoever_of_the_street_and_the_sample_community_was_not_trained_is_named() -> None:
    """Both came in the first half of 2021, only the secretary of the community in the second."""
    for day, away in ((date(2021, 7, 2), []), (date(2022, 1, 3), ["望京街道分管负责同志"])):
        (found,) = missed(Rows(policy("chaoyang"), day), ["伙伴培训交流"])
        assert (found.asked, [who for one in found.findings for who in one.subjects]) == (2, away)


# --- papers of a programme -----------------------------------------------------------------------


@pytest.mark.rows("S4-20")
def test_the_map_of_the_tasks_says_who_does_what_and_by_when() -> None:
    drawn = draw_workflow(policy("hunchun"), "岗位设立", format="mermaid")
    for stage, owner, days in (
        ("审方案", "岗位联席会议", 15), ("摸底", "街道", 40), ("核岗", "民政部门", 20),
        ("转岗", "街道", 20),
    ):  # fmt: skip
        assert any(
            stage in line and owner in line and f"{days} 个工作日" in line
            for line in drawn.splitlines()
        ), stage
    found = longest(policy("hunchun"), "岗位设立", "审方案", ["已转岗"])
    assert found.amount == 95


# --- a contest that was approved -----------------------------------------------------------------


@pytest.mark.rows("S2-16")
def test_a_contest_comes_in_once_it_is_approved_and_only_until_that_ends() -> None:
    service = CaseService(MemoryStore(), policy("jin-an"))
    office = "茶园街道"
    facts = {"来文单位": office, "目标社区": "晋安社区01", "事项": "最美楼道评选"}
    case = service.open("评选报批", actor=by(office, "科员"), key="o", at=at("2026-03-02 09:00"),
                        facts=facts).case_id  # fmt: skip
    members = ["晋安区委组织部", "晋安区民政局", "晋安区财政局"]
    steps: list[tuple[str, str, str, dict[str, Any]]] = [
        ("2026-03-02 09:10", office, "申报评选", {"评选方案": "案", "范围": ["晋安社区01"]}),
        ("2026-03-03 09:00", "晋安区民政局", "初审通过", {}),
        ("2026-03-04 09:00", "晋安区民政局", "会议", {"到会": members, "赞成": members}),
    ]
    asked = {**facts, "类别": "创建评比", "承担方式": "协助"}

    def outcome(day: str) -> str:
        request = Request(facts={**asked, "拟进入日期": day}, received=date(2026, 3, 4))
        reply = service.submit(request, actor=by(office), key=day, at=at("2026-03-04 10:00"))
        return f"{reply.outcome} {reply.code}"

    early = Request(
        facts={**asked, "拟进入日期": date(2026, 3, 4)},
        received=date(2026, 3, 4),
        registers={"应急响应": False, "准入登记": False, "评选批准": False},
    )
    assert decide(policy("jin-an"), early).outcome is Outcome.REFUSE
    for instant, unit, verb, inputs in steps:
        service.act(case, verb, actor=by(unit, "科员"), key=verb, at=at(instant), inputs=inputs)
    assert outcome("2026-06-05") == "refuse 评选未批准"
    assert "评选未批准" not in outcome("2026-03-10")


SERVICES = (
    "劳动就业", "社会保险", "社会服务", "医疗卫生", "计划生育", "文体教育", "社区安全", "法制宣传",
    "法律服务", "法律援助", "人民调解", "科普宣传",
)  # fmt: skip
GROUPS = ("普通居民", "老年人", "残疾人", "流动人口", "未成年人")
NO_CHANNEL = {("劳动就业", "未成年人"), ("法律援助", "流动人口")}


@pytest.mark.rows("S0-75")
def test_each_of_twelve_services_is_asked_for_each_of_five_groups() -> None:
    """Sixty cells: one has no row, of one the row says that there is no channel."""
    rows = Rows(policy("services"), date(2026, 3, 2))
    assert {row["人群"] for row in rows.register("人群") or ()} == set(GROUPS)
    (found,) = review(rows, ["全口径全人群"])
    assert (found.asked, found.held) == (60, 58)
    assert {one.subjects for one in found.findings} == NO_CHANNEL


@pytest.mark.rows("S0-75")
@pytest.mark.parametrize("cell", list(product(SERVICES, GROUPS)))
def test_a_cell_without_a_row_or_with_a_blank_one_is_told(cell: tuple[str, str]) -> None:
    day = date(2026, 3, 2)
    rows = [dict(row) for row in Rows(policy("services"), day).register("服务渠道") or ()]
    others = [row for row in rows if (row["基本公共服务"], row["人群"]) != cell]
    blank = {"基本公共服务": cell[0], "人群": cell[1], "渠道": NOTHING}
    for given in (others, [*others, blank]):
        (found,) = review(Rows(policy("services"), day, {"服务渠道": given}), ["全口径全人群"])
        assert {one.subjects for one in found.findings} == NO_CHANNEL | {cell}
