"""Ratings that ship beside the sets, made up and marked so: what each scorecard gives by them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.shipped import POLICIES, SETS, compiled

from zhunru.measures import Rows, assess, read_data
from zhunru.measures.scoring import Assessed

CASES = date(2021, 12, 31)
END_OF = {
    **dict.fromkeys(("jiangyuan", "putian"), date(2020, 12, 31)),
    **dict.fromkeys(("weihai", "siming", "hunchun", "chaoyang"), CASES),
    "jin-an": date(2023, 12, 31),
}


def rated(name: str, card: str) -> Assessed:
    """Return what a scorecard gives by the ratings that ship for it."""
    tables, problems = read_data(compiled(name), POLICIES / name / "评分" / f"{card}.csv")
    assert problems == []
    assert all("示例（非官方）" in row["份"] for row in tables[card])
    return assess(Rows(compiled(name), END_OF[name]), card, tables[card])


def totals(found: Assessed) -> dict[str, tuple[object, str]]:
    """Return the total and the grade of everybody who was rated enough."""
    return {one.subject: (one.total, one.grade) for one in found.scored if one.total is not None}


def left_out(found: Assessed) -> dict[str, int]:
    return {zh: count for zh, _, count in found.left_out}


@pytest.mark.parametrize("name", SETS)
def test_every_scorecard_has_somebody_to_rate(name: str) -> None:
    rows = Rows(compiled(name), date(2021, 12, 31))
    cards = compiled(name).core.scorecards
    empty = [card.name for card in cards.values() if not any(rows.of(one) for one in card.subjects)]
    assert empty == []


@pytest.mark.rows("S0-07")
def test_six_communities_are_rated_on_six_abilities_and_nine_papers_are_too_few() -> None:
    found = rated("jiangyuan", "社区六大能力")
    assert totals(found) == {
        "金枫社区": (92, "优秀"), "盛丰社区": (Decimal("89.5"), "合格"), "森工社区": (82, "合格"),
        "新世社区": (60, "合格"), "江北社区": (59, "不合格"),
    }  # fmt: skip
    (short,) = (one for one in found.scored if one.subject == "富强社区")
    assert [step.lacking for step in short.steps if step.lacking] == [
        "信息化应用能力评分（有 9 份，应有 10 份）"
    ]
    assert left_out(found) == {"不是评分人": 1, "不在这一期": 1}


@pytest.mark.rows("S0-47")
def test_organisations_have_the_grades_by_which_they_are_let_take_over_work() -> None:
    """What the register says, and what 承接组织等次合格 goes by, is what the ratings come to."""
    found = rated("jiangyuan", "社会组织自律")
    assert totals(found) == {
        "示例慈善会": (88, "A级"), "示例养老服务中心": (85, "A级"), "示例孵化中心": (70, "B级"),
        "示例社工机构": (58, "C级"), "富强社区志愿服务队": (75, "B级"),
    }  # fmt: skip
    assert left_out(found) == {"不是评分人": 1}
    assert list(compiled("jiangyuan").core.scorecards["社会组织自律"].uses) == ["社会组织承接资格"]
    rows = Rows(compiled("jiangyuan"), END_OF["jiangyuan"]).register("承接组织等次") or ()
    said = {row["承接组织"]: row["自律等次"] for row in rows}
    assert said == {name: grade for name, (_, grade) in totals(found).items()}


@pytest.mark.rows("S0-50")
def test_property_firms_have_the_credit_by_which_they_are_kept_or_not() -> None:
    found = totals(rated("jiangyuan", "物业企业信用"))
    assert {name[-1]: each for name, each in found.items()} == {
        "一": (84, "守信"), "四": (68, "一般"), "三": (54, "失信"), "二": (52, "失信"),
    }  # fmt: skip
    rows = Rows(compiled("jiangyuan"), END_OF["jiangyuan"]).register("物业合同") or ()
    said = {row["物业企业"]: row["信用等次"] for row in rows}
    assert said == {name: grade for name, (_, grade) in found.items()}


@pytest.mark.rows("S3-13")
def test_the_reward_of_a_safe_community_is_that_of_the_grade_it_is_rated() -> None:
    """The scorecard says that its grade is used for the table, and the register goes by both."""
    found = {name: grade for name, (_, grade) in totals(rated("putian", "平安村居")).items()}
    card = compiled("putian").core.scorecards["平安村居"]
    assert list(card.uses) == ["平安红包"]
    given = Rows(compiled("putian"), END_OF["putian"]).register("红包发放") or ()
    assert {row["社区"]: row["平安等次"] for row in given} == found
    worth = {
        name: compiled("putian").evaluate_table("平安红包", {"等次": grade}, END_OF["putian"])
        for name, grade in found.items()
    }
    assert [worth[name]["物质奖励"] for name in sorted(worth)] == [3000, 0, 0]


@pytest.mark.rows("S0-56")
def test_a_grid_is_rated_by_thirty_residents_and_committees() -> None:
    found = totals(rated("jiangyuan", "网格责任考评"))
    assert found == {"富强社区第一网格": (90, "优秀")}
    assert list(compiled("jiangyuan").core.scorecards["网格责任考评"].uses) == ["网格员奖惩"]


@pytest.mark.rows("S0-76")
def test_streets_are_rated_on_the_four_ways_of_running_grids() -> None:
    found = totals(rated("jiangyuan", "网格管理四化"))
    assert {name[-1]: each for name, each in found.items()} == {
        "丁": (85, "良好"), "甲": (80, "良好"), "乙": (Decimal("79.8"), "合格"),
        "丙": (57, "不合格"),
    }  # fmt: skip


@pytest.mark.rows("S1-20")
def test_departments_are_rated_from_below_by_at_least_ten_and_never_by_themselves() -> None:
    found = rated("weihai", "以下评上")
    assert totals(found) == {"区公安分局": (90, "优秀"), "区市场监管局": (50, "不合格")}
    credits = {one.subject: dict(one.credits) for one in found.scored if one.credits}
    assert credits["区公安分局"] == {"部门年度综合考核": 27, "派出机构年度考核": 54}
    (short,) = (one for one in found.scored if one.subject == "区综合执法局")
    assert (short.total, left_out(found)) == (None, {"不是评分人": 1})


@pytest.mark.rows("S4-22")
def test_thirty_residents_say_how_near_a_community_is() -> None:
    assert totals(rated("siming", "三个零")) == {
        "思明一社区": (92, "近邻社区"),
        "思明二社区": (56, "未达标"),
    }


@pytest.mark.rows("S4-12")
def test_the_organisation_department_rates_how_posts_were_set_up() -> None:
    assert totals(rated("hunchun", "岗位设立考核")) == {
        "珲春示例街道": (91, "优秀"), "珲春示例镇": (71, "合格"), "珲春市民政局": (56, "不合格"),
    }  # fmt: skip


@pytest.mark.rows("S4-10")
def test_a_sample_community_and_no_other_is_rated_before_and_after_by_the_centre() -> None:
    found = rated("chaoyang", "社区成长")
    (one,) = found.scored
    assert one.subject == "南湖西里社区"
    assert [one.before, one.total, one.change] == [52, 62, 10]


@pytest.mark.rows("S1-02", "S1-30")
def test_districts_are_rated_on_five_parts_of_service_and_asked_by_telephone() -> None:
    """483 of 500 who were asked are content: the 96.6 % of the source."""
    assert totals(rated("weihai", "社区服务体系")) == {
        "环翠区": (Decimal("91.2"), "健全"), "文登区": (Decimal("79.6"), "待完善"),
    }  # fmt: skip
    found = totals(rated("weihai", "社区服务满意度"))
    assert found == {"环翠区": (Decimal("96.6"), "满意")}


@pytest.mark.rows("S1-03", "S1-04")
def test_those_are_recommended_who_are_rated_a_model_by_the_33_indicators() -> None:
    """What one is recommended by is what the ratings of the standard come to."""
    standard = totals(rated("weihai", "精致幸福社区"))
    scores = {name: round(Decimal(str(total)), 2) for name, (total, _) in standard.items()}
    found = rated("weihai", "示范创建推荐")
    assert {one.subject: one.total for one in found.scored} == scores
    assert {one.subject: (one.grade, one.recommended) for one in found.scored} == {
        "幸福社区": ("示范", "省级和谐社区"), "示例一社区": ("示范", "省级和谐社区"),
        "示例二社区": ("达标", ""), "和谐社区": ("待创建", ""),
    }  # fmt: skip


@pytest.mark.rows("S2-16")
def test_residents_rate_grids_and_the_first_three_are_recommended() -> None:
    found = rated("jin-an", "网格服务之星")
    assert {one.subject: (one.total, one.recommended) for one in found.scored} == {
        "晋安社区01第一网格": (90, "网格服务之星"), "示例一社区第一网格": (78, "网格服务之星"),
        "示例二社区第一网格": (68, "网格服务之星"),
    }  # fmt: skip


@pytest.mark.rows("S2-31")
def test_strangers_become_neighbours_and_family_by_what_thirty_residents_say() -> None:
    """Of the fourth community there are 29 answers of each: nothing is said of it."""
    assert totals(rated("jin-an", "家人社区")) == {
        "晋安社区01": (87, "家人社区"), "晋安社区02": (Decimal("65.5"), "熟人社区"),
        "晋安社区03": (52, "生人社区"),
    }  # fmt: skip


@pytest.mark.rows("S3-45", "S3-48")
def test_the_five_ones_of_volunteers_and_each_of_their_projects_are_rated() -> None:
    assert {name[4]: each for name, each in totals(rated("putian", "红色志愿五个一")).items()} == {
        "一": (91, "优秀"), "二": (62, "合格"), "三": (42, "不合格"),
    }  # fmt: skip
    assert totals(rated("putian", "志愿项目评估")) == {
        "老人陪护": (Decimal("94.1"), "五星"), "广场义诊": (81, "四星"), "河岸清理": (69, "三星"),
    }  # fmt: skip
