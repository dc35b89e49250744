"""定期 over registers: who was owed a visit in the period that is over."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.sets import UNITS, policy

from zhunru.checker.check import check
from zhunru.checker.resolved_measures import Rhythm
from zhunru.checker.rounds import rhythm_of
from zhunru.compiler import compile_policies
from zhunru.compiler.rounds import round_of
from zhunru.measures import Reviewed, Rows, missed, read_data
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import Measure

VISITS = """
台账 分包对象
  户名 文本
  分包人 文本
  在家 是否
台账 走访单
  分包对象 文本
  日期 日期
定期 上门走访 每个 分包对象 凡 在家 每月 不少于 1 次 由 分包人 记录 走访单 逾期 提醒 区民政局
"""
HOUSES = [
    {"户名": "张家", "分包人": "李", "在家": True},
    {"户名": "王家", "分包人": "赵", "在家": True},
    {"户名": "空房", "分包人": "赵", "在家": False},
]


def owed(text: str, day: date, **registers: list[dict[str, Any]]) -> Reviewed:
    (found,) = missed(Rows(policy(text), day, registers))
    return found


def test_who_was_not_visited_in_the_last_month_is_found_with_who_owed_it() -> None:
    visits = [{"分包对象": "张家", "日期": date(2026, 2, 28)}]
    done = owed(VISITS, date(2026, 3, 31), 分包对象=HOUSES, 走访单=visits)
    assert (done.asked, done.held) == (2, 1)
    (finding,) = done.findings
    assert (finding.subjects, finding.to) == (("王家",), "赵")
    assert finding.zh == "王家：2026-02-01 至 2026-02-28 应不少于 1 次，实有 0 次"


def test_the_month_that_runs_can_still_be_met() -> None:
    visits = [{"分包对象": name, "日期": date(2026, 1, 5)} for name in ("张家", "王家")]
    assert owed(VISITS, date(2026, 2, 28), 分包对象=HOUSES, 走访单=visits).holds
    assert len(owed(VISITS, date(2026, 3, 1), 分包对象=HOUSES, 走访单=visits).findings) == 2


def test_a_period_before_the_set_was_in_force_is_said_to_be_one() -> None:
    path = {"分包对象": HOUSES, "走访单": []}
    loaded, _ = load_text(UNITS.replace('"试验"', '"试验"\n  施行 2026-03-15') + VISITS)
    assert loaded is not None
    checked, _ = check(loaded)
    assert checked is not None
    later = compile_policies(checked)
    (before,) = missed(Rows(later, date(2026, 3, 31), path))
    assert {each.zh.partition("（")[2] for each in before.findings} == {
        "规则集自 2026-03-15 起施行，这一期在施行以前）"
    }
    (after,) = missed(Rows(later, date(2026, 4, 1), path))
    assert not any("施行" in each.zh for each in after.findings) and len(after.findings) == 2


def test_what_links_a_duty_and_its_record_is_asked_for_as_it_can_be_written() -> None:
    text = VISITS.replace("台账 走访单\n  分包对象 文本", "台账 走访单\n  谁家 文本")
    loaded, _ = load_text(UNITS + text)
    assert loaded is not None
    (told,) = [each for each in check(loaded)[1] if each.code == "ZR472"]
    # 凡 says of a duty whom it is for.
    assert "加一栏“分包对象”" in told.help_zh and "凡" not in told.help_zh
    named = UNITS + text.replace("谁家", "户名")
    loaded, _ = load_text(named)
    assert loaded is not None
    assert not [each for each in check(loaded)[1] if each.code == "ZR472"]


def test_a_visit_without_a_date_may_have_been_in_time() -> None:
    done = owed(VISITS, date(2026, 3, 1), 分包对象=HOUSES[:1], 走访单=[{"分包对象": "张家"}])
    assert [each.unsure for each in done.findings] == [True]


def test_a_visit_counts_on_the_day_of_its_time_of_day(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    houses, visits = book.active, book.create_sheet("走访单")
    houses.title = "分包对象"
    for line in (
        ["户名", "分包人", "在家"],
        ["张家", "李", "是"],
        ["王家", "赵", "是"],
        ["孙家", "赵", "是"],
    ):
        houses.append(line)
    visits.append(["分包对象", "日期"])
    visits.append(["张家", datetime(2026, 2, 28, 9, 30)])
    visits.append(["王家", "2026.2.3 9:05"])
    visits.append(["孙家", datetime(2026, 3, 1, 0, 5)])
    book.save(tmp_path / "账.xlsx")
    for type_, first in (("时刻", datetime(2026, 2, 28, 9, 30)), ("日期", date(2026, 2, 28))):
        text = VISITS.replace("日期 日期", f"日期 {type_}")
        tables, found = read_data(policy(text), tmp_path / "账.xlsx")
        assert not found and tables["走访单"][0]["日期"] == first
        done = owed(text, date(2026, 3, 31), **{name: [*rows] for name, rows in tables.items()})
        assert [each.subjects for each in done.findings] == [("孙家",)] and done.held == 2


def test_several_rhythms_are_each_owed_of_their_kind() -> None:
    text = """
台账 服务站
  名称 文本
台账 志愿服务
  服务站 文本
  日期 日期
  种类 枚举 计划、活动
定期 志愿服务 每个 服务站 每年 不少于 1 份 计划, 每周 不少于 1 次 活动
"""
    rows = [{"服务站": "甲", "日期": date(2026, 1, 8), "种类": "活动"}]
    done = owed(text, date(2026, 1, 14), 服务站=[{"名称": "甲"}], 志愿服务=rows)
    assert [each.zh for each in done.findings] == [
        "甲：2025-01-01 至 2025-12-31 “计划”应不少于 1 次，实有 0 次"
    ]


def test_how_often_may_come_from_every_row_of_a_table_that_matches() -> None:
    text = """
台账 居民
  姓名 文本
  身份 枚举 残疾、困难、一般
台账 关爱走访
  居民 文本
  日期 日期
对照表 帮扶 取 各行
  | 身份 | → 走访 |
  | 残疾、困难 | 每季度 1 次 |
  | 残疾 | 每月 1 次 |
定期 关爱走访 每个 居民 按 帮扶 的 走访 由 区民政局
"""
    people = [
        {"姓名": "a", "身份": "残疾"},
        {"姓名": "b", "身份": "困难"},
        {"姓名": "c", "身份": "一般"},
    ]
    visits = [{"居民": name, "日期": date(2026, 1, 20)} for name in "ab"]
    done = owed(text, date(2026, 4, 1), 居民=people, 关爱走访=visits)
    assert [each.zh for each in done.findings] == [
        "a：2026-03-01 至 2026-03-31 应不少于 1 次，实有 0 次"
    ]
    assert (done.asked, done.held) == (3, 2)


def test_a_rhythm_is_read_in_either_language() -> None:
    assert rhythm_of("每季度 1 次") == Rhythm(3, Measure.MONTH, 1)
    assert rhythm_of("每周不少于2次") == Rhythm(1, Measure.WEEK, 2)
    assert rhythm_of("monthly 3 times") == Rhythm(1, Measure.MONTH, 3)
    assert rhythm_of("经常") is None


@settings(max_examples=200)
@given(
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
    st.sampled_from([Measure.DAY, Measure.WEEK, Measure.MONTH, Measure.YEAR]),
    st.sampled_from([1, 2, 3, 5, 6]),
    st.none() | st.dates(date(1990, 1, 1), date(2090, 12, 31)),
)
def test_rounds_follow_each_other_without_gap_or_overlap(
    day: date, measure: Measure, length: int, origin: date | None
) -> None:
    first, last = round_of(length, measure, day, origin)
    assert first <= day <= last
    assert {round_of(length, measure, one, origin) for one in (first, last)} == {(first, last)}
    following, _ = round_of(length, measure, date.fromordinal(last.toordinal() + 1), origin)
    assert following.toordinal() == last.toordinal() + 1
    if origin is not None:
        assert round_of(length, measure, origin, origin)[0] == origin


ELECTIONS = """
台账 社区名册
  社区名 文本
台账 换届登记
  社区名 文本
  日期 日期
定期 换届 每个 社区名册 每 5 年 不少于 1 次 自 2022-01-01 记录 换届登记
"""


def test_five_years_are_counted_from_the_day_that_is_written() -> None:
    """By the calendar alone they would be 2020 to 2024, and 2021 would do."""
    held = [
        {"社区名": "甲", "日期": date(2021, 6, 1)},
        {"社区名": "乙", "日期": date(2026, 12, 31)},
    ]
    both = [{"社区名": "甲"}, {"社区名": "乙"}]
    assert owed(ELECTIONS, date(2026, 12, 31), 社区名册=both[:1], 换届登记=held).holds
    (finding,) = owed(ELECTIONS, date(2027, 1, 1), 社区名册=both, 换届登记=held).findings
    assert finding.zh == "甲：2022-01-01 至 2026-12-31 应不少于 1 次，实有 0 次"


def test_nothing_is_owed_before_the_day_from_which_a_duty_is_counted() -> None:
    both = [{"社区名": "甲"}, {"社区名": "乙"}]
    for day in (date(2021, 6, 1), date(2022, 1, 1), date(2026, 12, 31)):
        assert owed(ELECTIONS, day, 社区名册=both, 换届登记=[]).holds
