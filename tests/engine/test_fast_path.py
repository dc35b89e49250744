"""The generated functions decide exactly as the careful path does, or leave it to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from tests.engine.conftest import ASSIST, FULL, HEAD, Asker, steps
from tests.strategies.resolved import a_request, a_set

from zhunru.compiler import compile_policies
from zhunru.compiler.fast_calls import FactCalls
from zhunru.decision import Decision, Request, answerer, decide, decide_many, decider, recorder
from zhunru.errors import RequestRejected
from zhunru.vocabulary import Outcome

SHOWN = (
    "outcome", "code", "clause", "reasons", "citations", "missing", "possible", "never_admits",
    "obligations", "route", "nearest", "valid_until", "as_of", "exhaustive", "conflict", "claims",
    "taken_as_confirmed", "wording",
)  # fmt: skip


TAKEN: list[int] = []


def careful(policy, request: Request):
    """Decide without the generated functions."""
    plain = compile_policies(policy.checked)
    plain.runs[""] = lambda _: None
    return decide(plain, request)


@pytest.mark.parametrize("seed", range(60))
def test_both_ways_give_the_same_decision(seed: int) -> None:
    rng = Random(seed)
    policy = compile_policies(a_set(rng))
    taken = 0
    for _ in range(12):
        request = a_request(rng, policy.checked, rng.choice((0, 0, 0.1)))
        fast, slow = decide(policy, request), careful(policy, request)
        for name in SHOWN:
            assert getattr(fast, name) == getattr(slow, name), (name, request)
        taken += policy.runs[""](request) is not None
    TAKEN.append(taken)


ODD = (1, 0, "", "是", ["主责"], {"主责"}, None, 0.5, "未知", "没有的值", date(2026, 1, 1))


def outcome_of(run):
    """Return what a decision says, or the codes of what cannot be read."""
    try:
        return [getattr(run(), name) for name in (*SHOWN, "facts_used", "code", "basis")]
    except RequestRejected as rejected:
        return [finding.code for finding in rejected.diagnostics]


@pytest.mark.parametrize("seed", range(60))
def test_a_decider_says_what_a_decision_on_the_request_says(seed: int) -> None:
    rng = Random(seed)
    policy = compile_policies(a_set(rng))
    ask = decider(policy)
    for _ in range(12):
        given = a_request(rng, policy.checked, rng.choice((0, 0, 0.1)))
        facts = dict(given.facts)
        if rng.random() < 0.3:
            facts[rng.choice([*facts, "没有的栏目"])] = rng.choice(ODD)
        request = Request(facts=facts, received=given.received)
        found = outcome_of(lambda: ask(facts, given.received))  # noqa: B023
        assert found == outcome_of(lambda: careful(policy, request)), facts  # noqa: B023


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", [*FULL, "没有的栏目"])
def test_an_odd_fact_is_odd_for_a_decider_too(name: str, odd: object) -> None:
    policy = Asker(ASSIST + steps("协助事项")).policy
    facts = {**FULL, "事项": "XZ-02", name: odd}
    request = Request(facts=facts, received=date(2026, 1, 1))
    expected = outcome_of(lambda: careful(policy, request))
    assert outcome_of(lambda: decider(policy)(facts, request.received)) == expected
    assert outcome_of(lambda: decide(policy, request)) == expected


TEXTS = (date(2025, 3, 3), "2025-03-03", "20250303", "2025-3-3", " 2025-03-03", "无", "", "未知")
TIMED = ("2025-03-03 00:00:00", "2025-03-03 24:00")


@pytest.mark.parametrize("day", [*TEXTS, *TIMED])
@pytest.mark.parametrize("unit", [FULL["来文单位"], "无", "未知", "没有的单位"])
def test_a_day_given_as_a_text_is_decided_as_that_day(day: object, unit: str) -> None:
    policy = Asker(ASSIST + steps("协助事项")).policy
    facts = {**FULL, "事项": "XZ-02", "来文单位": unit, "拟进入日期": day}
    request = Request(facts=facts, received=date(2026, 1, 1))
    expected = outcome_of(lambda: careful(policy, request))
    assert outcome_of(lambda: decider(policy)(facts, request.received)) == expected
    assert outcome_of(lambda: decide(policy, request)) == expected


def test_a_time_of_day_behind_a_day_does_not_count() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    (plain, timed) = (ask(事项="XZ-02", 拟进入日期=day) for day in ("2025-03-03", TIMED[0]))
    assert plain.to_dict() == timed.to_dict()
    with pytest.raises(RequestRejected, match="2025-03-03 24:00"):
        ask(事项="XZ-02", 拟进入日期=TIMED[1])


def test_the_grounds_of_a_decision_say_what_the_decision_says() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    same = [name for name in RECORD if name not in ("as_of", "facts_used")]
    for change in ({}, {"事项": "XZ-02"}, {"事项": "没有的事"}, {"经费到位": "未知"}):
        found = ask(**change)
        assert [getattr(found.grounds, name) for name in same] == [
            getattr(found, name) for name in same
        ]


def test_a_shared_answer_is_given_without_a_decision_and_any_other_with_one() -> None:
    policy = Asker(ASSIST + steps("协助事项")).policy
    day = date(2026, 1, 1)
    shared = {**FULL, "事项": "XZ-02", "承担方式": "主责", "拟进入日期": date(2025, 3, 3)}
    answer, record = answerer(policy), recorder(policy)
    answer(shared, day)  # the first who asks about a matter has its row made
    grounds = decider(policy)(shared, day).grounds
    assert answer(shared, day) is grounds
    assert not isinstance(grounds, Decision)
    for _ in range(2):  # at first what tells the facts used is made
        assert record(shared, day)[:2] == (grounds, date(2025, 3, 3))
    assert isinstance(answer({**shared, "承担方式": "未知"}, day), Decision)


def test_what_is_shared_cannot_be_changed_by_who_is_given_it() -> None:
    answer = answerer(Asker(ASSIST + steps("协助事项")).policy)
    facts = {**FULL, "事项": "XZ-02", "承担方式": "主责", "拟进入日期": date(2025, 3, 3)}
    answer(facts, date(2026, 1, 1))
    shared = answer(facts, date(2026, 1, 1))
    for name in ("outcome", "code", "reasons", "obligations", "wording"):
        with pytest.raises(AttributeError):
            setattr(shared, name, ())
    assert answer(facts, date(2026, 1, 1)).outcome is Outcome.REFUSE


def test_the_values_of_a_record_do_not_change_with_the_facts() -> None:
    record = recorder(Asker(ASSIST + steps("协助事项")).policy)
    facts = {**FULL, "事项": "XZ-02", "承担方式": "主责", "拟进入日期": date(2025, 3, 3)}
    kept = [record(facts, date(2026, 1, 1))[2] for _ in range(3)]
    facts["承担方式"] = "协助"
    assert [used["facts"]["承担方式"] for used in kept] == ["主责"] * 3


def test_whoever_is_answered_alike_has_the_same_grounds() -> None:
    ask = decider(Asker(ASSIST + steps("协助事项")).policy)
    facts = {**FULL, "事项": "XZ-02", "承担方式": "主责", "拟进入日期": date(2025, 3, 3)}
    one = ask(facts, date(2026, 1, 1))
    other = ask({**facts, "用途": "别的"}, date(2026, 1, 2))
    assert one.outcome is Outcome.REFUSE
    assert one.grounds is other.grounds is not one


def test_the_record_without_advice_lacks_nothing_else() -> None:
    found = Asker(ASSIST + steps("协助事项"))(事项="XZ-02")
    whole = found.to_dict()
    advice = {"nearest", "suggestions", "valid_until"}
    assert found.to_dict(advice=False) == {k: v for k, v in whole.items() if k not in advice}
    assert advice <= whole.keys()


def test_the_fast_path_took_some_of_those_requests() -> None:
    assert not TAKEN or sum(TAKEN) > len(TAKEN)


def test_complete_requests_do_take_the_fast_path() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    ask()
    run = ask.policy.runs[""]
    for change in ({}, {"经费到位": False}, {"事项": "没有的事"}, {"承担方式": "主责"}):
        request = Request(facts={**FULL, **change, "事项": "XZ-02"}, received=date(2026, 1, 1))
        assert run(request) is not None, change


def test_a_missing_fact_that_nobody_asks_for_keeps_the_fast_path() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    ask()
    facts = {name: value for name, value in FULL.items() if name != "用途"}
    assert ask.policy.runs[""](Request(facts=facts, received=date(2026, 1, 1))) is None
    facts["事项"] = "没有的事"
    assert ask.policy.runs[""](Request(facts=facts, received=date(2026, 1, 1))) is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"没有的栏目": 1}, "ZR701"),
        ({"类别": "别的类别"}, "ZR702"),
        ({"经费到位": 3}, "ZR703"),
        ({"用途": 0.5}, "ZR704"),
        ({"拟进入日期": "2026-02-30"}, "ZR705"),
        ({"类别": None}, "ZR709"),
        ({"目标社区": ["森工"]}, "ZR703"),
        ({"事项": 12}, "ZR703"),
    ],
)
def test_what_cannot_be_read_is_reported_however_complete_the_rest_is(change, code) -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    with pytest.raises(RequestRejected) as rejected:
        ask(**change)
    assert [finding.code for finding in rejected.value.diagnostics] == [code]
    for text in (rejected.value.diagnostics[0].zh, rejected.value.diagnostics[0].en):
        assert "class" not in text
        assert "None" not in text


def test_an_answer_does_not_change_when_the_callers_facts_do() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    facts = {**FULL, "事项": "XZ-02"}
    quotas: dict[str, object] = {}
    request = Request(facts=facts, received=date(2025, 1, 1), quotas=quotas)
    decision = decide(ask.policy, replace(request, facts=facts))
    facts.clear()
    assert decision.outcome is Outcome.REFUSE
    assert decision.as_of == date(2026, 3, 2)
    assert decision.facts_used["facts"]["事项"] == "XZ-02"


def test_iso_texts_are_days_on_both_ways() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    assert ask(拟进入日期="2026-03-02").outcome is Outcome.ADMIT
    assert ask(拟进入日期="2026-03-02").as_of == date(2026, 3, 2)


RECORD = (
    "outcome", "code", "basis", "clause", "wording", "reasons", "citations", "obligations",
    "route", "digest", "set_code", "decision_name", "as_of", "facts_used", "claims", "missing",
    "taken_as_confirmed", "unresolved", "conflict", "exhaustive", "possible", "never_admits",
)  # fmt: skip


@pytest.mark.parametrize(
    "change", [{}, {"经费到位": False}, {"承担方式": "主责"}, {"事项": "没有的事"}]
)
def test_the_complete_record_needs_no_second_pass(change, monkeypatch) -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    ask()
    facts = {**FULL, "事项": "XZ-02", "拟进入日期": date(2025, 3, 3), **change}
    request = Request(facts=facts, received=date(2026, 1, 1))
    slow = careful(ask.policy, request)
    monkeypatch.setattr(ask.policy, "rule", None)  # whatever asked for the careful path would fail
    fast = decide(ask.policy, request)
    for name in RECORD:
        assert getattr(fast, name) == getattr(slow, name), name


def test_the_basis_is_the_text_of_the_citations() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    found = ask(事项="XZ-02", 拟进入日期=date(2025, 3, 3))
    assert found.basis == "、".join(cited.text for cited in found.citations) != ""


def test_many_are_decided_as_one_by_one() -> None:
    ask = Asker(ASSIST + steps("协助事项"))
    ask()
    changes = ({}, {"事项": "没有的事"}, {"经费到位": "未知"}, {"承担方式": "主责"})
    requests = [Request(facts={**FULL, **c}, received=date(2026, 1, 1)) for c in changes]
    found = decide_many(ask.policy, requests)
    assert [d.to_dict() for d in found] == [decide(ask.policy, r).to_dict() for r in requests]


@pytest.mark.parametrize("used", ["核查", "无", "未知"])
def test_whether_a_field_has_a_value_is_asked_in_the_generated_function(used, monkeypatch) -> None:
    head = HEAD.replace("  用途 文本\n", "  用途 文本 可无\n")
    listed = """清单 协助事项 "协助清单" 类型 协助 主体 社区居委会
  依据 条例 第四条
  要求 用途 不为 无 否则 拒绝 "没有说用途" 代码 无用途
  | 编号  | 事项     | 牵头     |
  | XZ-01 | 低保核查 | 区民政局 |
"""
    monkeypatch.setattr(FactCalls, "ask", None)  # whatever asked the evaluator would fail
    policy = Asker(listed + steps("协助事项"), head).policy
    request = Request(facts={**FULL, "用途": used}, received=date(2026, 2, 1))
    found = decide(policy, request)
    assert (policy.runs[""](request) is None) == (used == "未知")
    assert found.to_dict() == careful(policy, request).to_dict()
