"""Checks and duties of Jiangyuan that count whole registers: given other rows, they say otherwise."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.cases.scripts import played
from tests.shipped import compiled

from zhunru.casework.registers import tables_of
from zhunru.measures import Rows, assess, missed, review

JIANGYUAN = "jiangyuan"


def rows_of(register: str, day: date) -> list[dict[str, Any]]:
    return [dict(row) for row in Rows(compiled(JIANGYUAN), day).register(register) or ()]


@pytest.mark.rows("S0-16")
@pytest.mark.parametrize(("having", "found"), [(31, 0), (22, 0), (21, 1), (0, 1)])
def test_seven_of_ten_communities_have_a_centre_or_a_station(having: int, found: int) -> None:
    """Of 31 communities 22 are more than 70 %, 21 are less."""
    day = date(2020, 5, 21)
    rows = rows_of("社区一览", day)
    for row in rows[having:]:
        row["社工机构"] = None
    (told,) = review(Rows(compiled(JIANGYUAN), day, {"社区一览": rows}), ["社工站覆盖"])
    assert len(told.findings) == found


@pytest.mark.rows("S0-16")
def test_the_source_says_nine_centres_and_ten_thirty_one_cities_and_fifteen() -> None:
    """Ten centres and 21 stations ship; with nine, or with 31 of the city, nothing is told."""
    day = date(2020, 5, 21)
    rows = rows_of("社区一览", day)
    kinds = Counter(row["社工机构"] for row in rows)
    assert kinds == {"中心": 10, "服务站": 21}

    def found(check: str, given: list[dict[str, Any]]) -> int:
        (told,) = review(Rows(compiled(JIANGYUAN), day, {"社区一览": given}), [check])
        return len(told.findings)

    first = next(at for at, row in enumerate(rows) if row["社工机构"] == "中心")
    nine = [{**row, "社工机构": "服务站"} if at == first else row for at, row in enumerate(rows)]
    cities = [{**row, "类型": "城市社区"} for row in rows]
    assert (found("社工中心数前后一致", rows), found("社工中心数前后一致", nine)) == (1, 0)
    assert (found("城市社区数前后一致", rows), found("城市社区数前后一致", cities)) == (1, 0)
    assert len(cities) == 31


@pytest.mark.rows("S0-76")
def test_a_project_signed_for_stands_for_twelve_months() -> None:
    """Signed on 6 March 2026: the same day of 2027 is a Saturday, and so it is the Monday."""
    (store,) = (s for script, _, s in played() if script["说明"].startswith("八方到齐、过半数赞成"))
    (row,) = (
        row for row in tables_of(store, compiled(JIANGYUAN))["共建共享责任书"]
        if row["起止"] and row["起止"][0] == date(2026, 3, 6)
    )  # fmt: skip
    assert row["起止"][1] == date(2027, 3, 8)
    assert row["负责人"] == "负责人甲"


@pytest.mark.rows("S0-15")
def test_an_allowance_is_paid_each_month_or_missed() -> None:
    """All three were paid in April 2020 and none in May."""

    def unpaid(day: date) -> int:
        (told,) = missed(Rows(compiled(JIANGYUAN), day), ["持证补贴按月发"])
        assert told.asked == 3
        return len(told.findings)

    assert (unpaid(date(2020, 5, 1)), unpaid(date(2020, 6, 1))) == (0, 3)


@pytest.mark.rows("S0-34")
@pytest.mark.parametrize(("day", "found"), [(date(2025, 12, 31), 27), (date(2026, 3, 2), 12)])
def test_communities_are_split_or_joined_by_the_size_of_the_law_in_force(
    day: date, found: int
) -> None:
    """100 to 700 households until 2025, 1,000 to 3,000 from 2026."""
    (told,) = review(Rows(compiled(JIANGYUAN), day), ["社区规模适度"])
    assert sum(len(one.subjects) for one in told.findings) == found


@pytest.mark.rows("S0-35")
@pytest.mark.parametrize(("ages", "young"), [((45, 45), 100), ((45, 46), 50), ((46, 46), 0)])
def test_forty_five_counts_as_not_yet_old(ages: tuple[int, int], young: int) -> None:
    day = date(2020, 12, 31)
    roster = [row for row in rows_of("社区工作者", day) if row["社区"] == "富强社区"]
    given = [{**row, "年龄": Decimal(age)} for row, age in zip(roster, ages, strict=True)]
    found = assess(Rows(compiled(JIANGYUAN), day, {"社区工作者": given}), "社区工作者队伍")
    (one,) = (each for each in found.scored if each.subject == "富强社区")
    assert next(step.score for step in one.steps if step.name == "四十五岁以下") == young


@pytest.mark.rows("S0-24", "S0-25", "S0-26", "S0-34")
@pytest.mark.parametrize(("register", "number"), [("负担底数", 1), ("社区一览", 2)])
def test_no_community_that_the_source_names_is_given_what_it_says_of_one_unnamed(
    register: str, number: int
) -> None:
    """The report names no community as the largest, the smallest or the one with most to do."""
    rows = rows_of(register, date(2020, 5, 21))
    unnamed = [row for row in rows if "社区名未载" in row["来源"]]
    assert len(unnamed) == number
    assert all(str(row["社区"]).startswith("示例") for row in unnamed)
    assert {row["年度"] for row in unnamed if "年度" in row} <= {2020}
