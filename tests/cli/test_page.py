"""The page of one decision: what a clerk reads."""

from __future__ import annotations

from datetime import date

import pytest

from zhunru import decide, open_policy
from zhunru.decision import Change, MissingFact, Obligation, Request, Route, Suggestion
from zhunru.vocabulary import Outcome
from zhunru_cli.page import render_page
from zhunru_cli.surface import Surface, cells

ZH, EN = Surface("zh"), Surface("en")


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


def test_a_refusal_says_outcome_reason_basis_route_and_law(answer):
    assert render_page(answer(), ZH).splitlines() == [
        "结论          不予准入",
        "理由          部门考核不得延伸到社区〔考核不得延伸〕",
        "依据          《若干规定》（条文待核实）",
        "应当由谁办    区考核办",
        "按哪天的规则  2026-03-06",
        "规则集        JY-2021，摘要 3fa9c2d14b77",
    ]


def test_the_same_refusal_in_english(answer):
    shown = render_page(answer(), EN)
    assert "departments may not assess communities [考核不得延伸]" in shown
    assert "《若干规定》 (clause to be verified)" in shown
    assert "Who should do it  区考核办" in shown


def test_missing_facts_say_who_has_to_give_them(answer):
    missing = (
        MissingFact(name="经费到位", asserted_by="街道", claimed=True, decisive=True),
        MissingFact(name="承担方式"),
    )
    shown = render_page(
        answer(
            outcome=Outcome.INCOMPLETE,
            wording="请补正",
            reasons=(),
            missing=missing,
            possible=(Outcome.REFUSE, Outcome.DEFER),
            route=None,
        ),
        ZH,
    )
    assert "还需补正      经费到位：须由街道确认；来件写的“是”不算数；仅此一项即可定结论" in shown
    assert "              承担方式：由来件单位补填" in shown
    assert "可能的结论    拒绝、暂缓；无论怎样补，都不会准入" in shown


def test_duties_show_who_when_and_what_if_late(answer):
    duty = Obligation(
        name="补办准入申请",
        by="来文单位",
        workflow="社区工作准入",
        limit_zh="5 个工作日",
        limit_en="5 workdays",
        due=date(2026, 3, 13),
        provisional=True,
        consequence="撤销准入",
        clause="应急先行",
    )
    shown = render_page(answer(obligations=(duty,)), ZH)
    shown = "".join(shown.split())
    assert "补办准入申请：由来文单位办理；最迟2026-03-13（5个工作日）；日期暂定" in shown
    assert "按“社区工作准入”流程；逾期：撤销准入" in shown


def test_the_way_to_an_admission_and_near_entries_are_offered(answer):
    change = Change(
        field="承担方式", value="协助", asserted_by="街道", zh="承担方式改为协助", en="assist"
    )
    near = Suggestion(clause="XZ-01", title="协助开展低保核查", score=91)
    shown = render_page(answer(nearest=(change,), suggestions=(near,)), ZH)
    assert "怎样可以准入  承担方式改为协助（须由街道确认）" in shown
    assert "相近的条目    XZ-01 协助开展低保核查（只供核对，不是结论）" in shown


def test_uncertain_and_further_reasons_are_told_apart(answer, reason):
    unsure = reason(certain=False, condition_zh="用途是公证", condition_en="x", zh="未列入")
    also = reason(also=True, zh="经费没有到位", code="经费未到")
    shown = render_page(answer(reasons=(unsure, also)), ZH)
    assert "理由          如果用途是公证：未列入" in shown
    assert "另有理由      经费没有到位〔经费未到〕" in shown


def test_notes_say_what_the_reader_must_not_overlook(answer):
    shown = answer(
        taken_as_confirmed=("经费到位",),
        claims={"来文单位": "区民政局"},
        conflict=True,
        exhaustive=False,
    )
    shown = "".join(render_page(shown, ZH).split())
    for words in ("经费到位按已经确认处理", "来文单位不归填报人确认", "结论不一", "没有逐一算尽"):
        assert words in shown
    assert "说明" not in render_page(answer(), ZH)


def test_a_calendar_that_is_not_published_is_nobodys_to_give(answer):
    why = "2031 年的放假安排没有公布"
    missing = (MissingFact(name="日历", why_zh=why, why_en="not published"),)
    shown = answer(outcome=Outcome.INCOMPLETE, missing=missing, exhaustive=False)
    page = render_page(shown, ZH)
    assert "日历：待放假安排公布，不用补填" in page
    assert why in page
    assert "没有逐一算尽" not in page
    assert "由来件单位补填" not in page


def test_a_day_taken_from_the_clock_is_said_to_be_today(answer):
    today = render_page(answer(), ZH, received=date(2026, 3, 6))
    assert "2026-03-06（收到日按今天）" in today
    other = render_page(answer(), ZH, received=date(2026, 3, 2))
    assert "2026-03-06（收到日 2026-03-02）" in other


def test_explaining_adds_facts_and_places(answer):
    used = {"facts": {"类别": "检查考核", "经费到位": False}, "parameters": {"检查年限额": 12}}
    shown = render_page(answer(facts_used=used), ZH, explain=True)
    assert "规则所在      考核不得延伸：集/规则.policy:7:3" in shown
    assert "经费到位 = 否" in shown
    assert "检查年限额 = 12" in shown


def test_an_empty_route_leaves_no_empty_line(answer):
    lines = render_page(answer(route=Route(apply="社区工作准入")), ZH).splitlines()
    assert "可以申请      社区工作准入" in lines
    assert not any(line.startswith("应当由谁办") for line in lines)


def test_long_reasons_wrap_below_themselves(answer, reason, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    long = reason(zh="部门考核、检查、评比不得延伸到社区，由区委、区政府统一组织，一年不超过一次。")
    lines = render_page(answer(reasons=(long,)), ZH).splitlines()
    assert lines[2].startswith(" " * 14)
    assert max(map(cells, lines)) <= 52


def test_a_handful_of_the_reasons_that_may_hold_is_shown_and_the_others_are_counted():
    request = Request(facts={"类别": "系统应用"}, received=date(2026, 3, 2))
    answer = decide(open_policy("weihai"), request)
    possible = [reason for reason in answer.reasons if not reason.certain]
    assert len(possible) > 8
    page = render_page(answer, ZH)
    assert page.count("如果") == 8
    assert f"另有{len(possible) - 8}种情况" in page
