"""逢 工作日、休息日、法定休假日: by the published calendar, and nothing guessed past it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chinese_calendar import get_holiday_detail, is_workday
from tests.engine.conftest import FULL, HEAD, Asker, compiled, steps

from zhunru.analysis import find_residual
from zhunru.analysis.promises import Proof
from zhunru.batch.columns import ColumnsEngine
from zhunru.batch.frames import frame_of
from zhunru.checker.check import check
from zhunru.checker.resolved import Apply, FieldValue, Test
from zhunru.decision import Request, decide
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.explain.phrases import describe
from zhunru.request_files import GivenRow
from zhunru.syntax import parser
from zhunru.syntax.formatter import format_file
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import DAY_KINDS, Function, Outcome

KINDS = [zh for zh, _ in DAY_KINDS.values()]


def rules(*conditions: str) -> str:
    """Rules that refuse by their own codes, and a list that admits what they let pass."""
    made = "".join(
        f'规则 规则{n}\n  当 {one}\n  拒绝 "不派" 代码 甲{n}\n' for n, one in enumerate(conditions)
    )
    listed = "清单 协助 类型 协助 主体 社区居委会\n  | 编号 | 事项 |\n  | XZ-01 | 低保核查 |\n"
    return made + listed + steps(*(f"规则{n}" for n in range(len(conditions))), "协助")


def kind_of(day: date) -> str:
    if is_workday(day):
        return "工作日"
    return "休息日" if get_holiday_detail(day)[1] is None else "法定休假日"


YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
BY_KIND = rules(*(f"拟进入日期 逢 {kind}" for kind in KINDS))


def test_each_day_of_a_year_is_what_the_notice_makes_it() -> None:
    ask = Asker(BY_KIND)
    said = {day: ask(拟进入日期=day).reasons[0].code for day in YEAR}
    assert said == {day: f"甲{KINDS.index(kind_of(day))}" for day in YEAR}
    # A Saturday that is worked, a Monday of a break, a plain Sunday.
    assert [said[date(2026, m, d)] for m, d in ((2, 14), (2, 16), (3, 1))] == ["甲0", "甲2", "甲1"]


def test_a_frame_of_requests_is_decided_as_each_of_them() -> None:
    policy = compiled(BY_KIND)
    rows = [{**FULL, "拟进入日期": day} for day in (*YEAR, date(2098, 1, 1))]
    given = [
        GivenRow(Span("", 0, 0, at, 1), {name: _plain(value) for name, value in row.items()})
        for at, row in enumerate(rows, 1)
    ]
    found = ColumnsEngine(policy, received=date(2026, 2, 1)).decide(frame_of(given))
    wanted = [decide(policy, Request(facts=row, received=date(2026, 2, 1))) for row in rows]
    assert [answer.outcome for answer in found] == [answer.outcome for answer in wanted]
    assert wanted[-1].outcome is Outcome.INCOMPLETE


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("condition", ["拟进入日期 逢 法定休假日", "非 拟进入日期 逢 工作日"])
def test_a_year_whose_holidays_are_not_published_is_not_guessed(condition: str) -> None:
    answer = Asker(rules(condition))(拟进入日期=date(2098, 10, 1))
    assert answer.outcome is Outcome.INCOMPLETE
    assert [one.name for one in answer.missing] == ["日历"]
    assert "2098 年的放假安排没有公布" in answer.missing[0].why_zh
    assert "2098 年的放假安排没有公布" in answer.sentence()
    assert "holidays of 2098 are not published" in answer.sentence("en")
    assert "没有逐一算尽" not in answer.sentence()


def test_what_is_left_open_past_the_calendar_says_so() -> None:
    facts = {**FULL, "拟进入日期": date(2098, 10, 1)}
    request = Request(facts=facts, received=date(2026, 2, 1))
    found = find_residual(compiled(rules("拟进入日期 逢 法定休假日")), request)
    assert "2098 年的放假安排没有公布" in found.sentence().zh
    assert not found.exact


def test_counting_past_the_last_published_day_names_the_year_after_it() -> None:
    ask = Asker(rules("工作日数(拟进入日期, 2031-01-01) 超过 3"))
    answer = ask(拟进入日期=date(2026, 12, 30))
    assert [one.name for one in answer.missing] == ["日历"]
    assert answer.missing[0].why_zh.startswith("2027 年")


# 2026-02-15 to 23 is one break; 02-14 and 02-28 are Saturdays on which people work.
BREAK = "拟进入日期 不早于 2026-02-{} 且 拟进入日期 不晚于 2026-02-{}"


@pytest.mark.parametrize(
    ("first", "last", "kind", "matters"),
    [
        (15, 23, "工作日", False),
        (15, 24, "工作日", True),
        (14, 23, "工作日", True),
        (15, 23, "休息日", False),
        (10, 13, "法定休假日", False),
        (10, 15, "法定休假日", True),
        (10, 28, "休息日", False),  # its only Saturday and Sunday are worked, or in the break
    ],
)
def test_a_day_that_is_not_known_is_asked_for_only_where_some_day_would_change_the_answer(
    first: int, last: int, kind: str, matters: bool
) -> None:
    days = [day for day in YEAR if date(2026, 2, first) <= day <= date(2026, 2, last)]
    assert matters is any(kind_of(day) == kind for day in days)
    ask = Asker(rules(f"{BREAK.format(first, last)} 且 拟进入日期 逢 {kind}"))
    answer = ask(拟进入日期=...)
    assert answer.exhaustive
    named = [one.name for one in answer.missing]
    assert (answer.outcome, named) == (
        (Outcome.INCOMPLETE, ["拟进入日期"]) if matters else (Outcome.ADMIT, [])
    )


@pytest.mark.parametrize(("asked", "holds"), [("法定休假日", False), ("休息日、法定休假日", True)])
def test_a_promise_over_all_days_is_proved_or_broken_by_a_day(asked: str, holds: bool) -> None:
    promise = (
        "保证 休息时不派 于 社区准入 凡 "
        "拟进入日期 逢 休息日 且 拟进入日期 不早于 2026-01-01 且 拟进入日期 不晚于 2026-06-30 必 拒绝\n"
    )
    policy = compiled(rules(f"拟进入日期 逢 {asked}") + promise)
    (made,) = policy.checked.promises.values()
    found = list(Proof(policy, made).findings())
    assert [d.code for d in found] == ([] if holds else ["ZR497"])
    if not holds:
        told = [day for day in YEAR if day.isoformat() in found[0].zh or _zh(day) in found[0].zh]
        assert [kind_of(day) for day in told] == ["休息日"]


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def findings(condition: str) -> list[Diagnostic]:
    loaded, found = load_text(HEAD + rules(condition))
    assert loaded is not None
    return [*found, *check(loaded)[1]]


def test_what_is_no_day_has_no_kind_and_节假日_is_asked_which_it_means() -> None:
    (mixed,) = [d for d in findings("用途 逢 工作日") if d.severity == "error"]
    assert (mixed.code, "日期" in mixed.zh) == ("ZR301", True)
    (unknown,) = [d for d in findings("拟进入日期 逢 节假日") if d.severity == "error"]
    assert unknown.code == "ZR123"
    assert "工作日、休息日、法定休假日" in unknown.help_zh


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("拟进入日期 逢 工作日", "拟进入日期 on workday"),
        ("拟进入日期 逢 休息日、法定休假日", "拟进入日期 on {restday, holiday}"),
        ("非 拟进入日期 + 1 日 逢 法定休假日", "not 拟进入日期 + 1 day on holiday"),
    ],
)
def test_the_notations_say_the_same(zh: str, en: str) -> None:
    loaded, found = load_text(f'规则 甲\n  当 {zh}\n  拒绝 "x"\n')
    assert (loaded is not None, found) == (True, [])
    assert loaded is not None
    (file,) = loaded.files
    english = format_file(file, language="en")
    assert en in english
    for text, name in (
        (format_file(file, language="zh"), "a.policy"),
        (english, "a.policy"),
        (format_file(file, notation="yaml"), "a.yaml"),
    ):
        again, found = load_text(text, name)
        assert found == []
        assert again is not None
        assert again.files[0].declarations == file.declarations
        shown = format_file(again.files[0], language="zh", notation="policy")
        assert shown == format_file(file, language="zh")


def test_a_column_of_days_may_ask_their_kind() -> None:
    table = (
        "对照表 派单 取 唯一一行\n  | 拟进入日期 | → 办法 |\n  | 逢 工作日 | 当日派 |\n"
        "  | 逢 休息日 | 次日派 |\n  | 逢 法定休假日 | 不派 |\n"
    )
    ask = Asker(table + rules("派单(拟进入日期) 的 办法 为 不派"))
    assert ask(拟进入日期=date(2026, 10, 1)).outcome is Outcome.REFUSE
    assert ask(拟进入日期=date(2026, 9, 30)).outcome is Outcome.ADMIT
    parsed, found = parser.parse_part(
        "tests", "逢 {休息日、法定休假日}", Source("一格", ""), 0, "zh"
    )
    assert (parsed is not None, found) == (True, [])


def test_explanations_say_it_as_people_do() -> None:
    clause = compiled(BY_KIND).checked.decisions["社区准入"].steps[0].clauses[0]
    test = clause.when.operands[0] if hasattr(clause.when, "operands") else clause.when
    assert isinstance(test, Test)
    assert isinstance(test.left, Apply)
    assert test.left.function is Function.DAYKIND
    assert isinstance(test.left.args[0], FieldValue)
    assert describe(test) == ("拟进入日期是工作日", "拟进入日期 is a working day")
