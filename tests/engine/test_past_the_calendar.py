"""What is refused past the published calendar is refused with reasons, basis and a way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from tests.engine.conftest import FULL, HEAD, Asker, steps

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Decision, QuotaUse, Request, decide
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import Outcome
from zhunru.worktime import Calendar

LATE = date(2098, 10, 1)
COUNT = "工作日数(拟进入日期, 2098-11-01)"  # all of its days are past the last published one


def rule(code: str, *lines: str) -> str:
    return f"规则 规则{code} 依据 条例 第四条\n" + "".join(f"  {line}\n" for line in lines)


def refusing(code: str, when: str) -> str:
    return rule(code, f"当 {when}", f'拒绝 "不派{code}" 代码 {code}')


def keys(found: Decision) -> list[tuple[str, bool]]:
    return [(reason.code, reason.certain) for reason in found.reasons]


@pytest.mark.parametrize("when", ["拟进入日期 逢 法定休假日", f"{COUNT} 超过 3"])
def test_a_refusal_that_hangs_on_the_calendar_says_why_on_what_basis_and_whose_it_is(
    when: str,
) -> None:
    found = Asker(refusing("甲", when) + steps("规则甲"))(拟进入日期=LATE, used={})
    assert found.outcome is Outcome.REFUSE
    assert keys(found) == [("甲", False), ("未准入", False)]
    assert found.basis == "条例第四条"
    assert found.route is not None
    assert found.route.to == ("区民政局",)
    for said in ("若按 2098 年的放假安排（尚未公布）属于这种情形，不派甲", "依据：条例第四条"):
        assert said in found.sentence()
    assert "holidays of 2098, which are not published yet" in found.sentence("en")
    record = found.to_dict()
    assert [reason["code"] for reason in record["reasons"]] == ["甲", "未准入"]
    assert record["citations"][0]["text"] == "条例第四条"


def test_what_is_refused_whatever_is_published_is_certain() -> None:
    listed = (
        "清单 协助 类型 协助 主体 社区居委会\n  依据 条例 第四条\n"
        '  要求 承担方式 为 协助 否则 拒绝 "不得主责" 代码 主责错位\n'
        f'  要求 {COUNT} 不超过 3 否则 拒绝 "太久" 代码 过久\n'
        "  | 编号 | 事项 | 牵头 |\n  | XZ-01 | 低保核查 | 救助站 |\n"
    )
    found = Asker(listed + steps("协助"))(拟进入日期=LATE, 承担方式="主责", used={})
    assert keys(found) == [("主责错位", True), ("过久", False)]
    assert found.route is not None
    assert found.route.to == ("救助站",)


def test_a_quota_whose_limit_hangs_on_the_calendar_is_told_as_one() -> None:
    listed = (
        "清单 协助 类型 协助 主体 社区居委会\n  依据 条例 第四条\n"
        "  限额 每个 目标社区 每年 不超过 限次(拟进入日期) 的 次数 "
        '否则 拒绝 "次数已满" 代码 超频\n'
        "  | 编号 | 事项 | 牵头 |\n  | XZ-01 | 低保核查 | 救助站 |\n"
    )
    table = (
        "对照表 限次 取 唯一一行\n  | 拟进入日期 | → 次数 |\n  | 逢 工作日 | 4 次 |\n"
        "  | 逢 {休息日、法定休假日} | 2 次 |\n"
    )
    ask = Asker(rule("甲", '拒绝 "都不派" 代码 甲') + table + listed + steps("协助", "规则甲"))
    found = ask(拟进入日期=LATE, used={"协助/XZ-01.每年": 2})
    assert (found.outcome, found.missing[0].name) == (Outcome.INCOMPLETE, "日历")
    assert ("超频", False) in keys(found)
    assert "已用2次，限？次" in next(r.zh for r in found.reasons if r.code == "超频")


def test_facts_that_nobody_gave_are_told_beside_the_calendar() -> None:
    ask = Asker(
        refusing("甲", "经费到位 且 拟进入日期 逢 工作日") + refusing("乙", "非 经费到位")
        + steps("规则甲", "规则乙")
    )  # fmt: skip
    found = ask(拟进入日期=LATE, 经费到位=..., used={})
    said = {reason.code: reason.condition_zh for reason in found.reasons}
    assert said == {
        "乙": "经费到位为否",
        "甲": "经费到位为是、按 2098 年的放假安排（尚未公布）属于这种情形",
        "未准入": "经费到位为是、按 2098 年的放假安排（尚未公布）属于这种情形",
    }


# --- beside every calendar that may be published ---------------------------------------------------

TESTS = (
    "拟进入日期 逢 工作日",
    "拟进入日期 逢 休息日、法定休假日",
    f"{COUNT} 超过 11",
    f"{COUNT} 不超过 20",
    "承担方式 为 协助",
    "经费到位",
)


def a_policy(rng: Random) -> str:
    """Rules side by side and one after the other, and a list, that ask about days to come."""

    def test() -> str:
        one, other = rng.choice(TESTS), rng.choice(TESTS)
        return rng.choice([one, f"非 {one}", f"{one} 且 {other}", f"{one} 或 {other}"])

    def line(code: str) -> str:
        return f'要求 {test()} 否则 {rng.choice(("拒绝", "暂缓"))} "不合{code}" 代码 {code}'

    def one_rule(code: str) -> str:
        own = rng.choice([f'拒绝 "不派{code}" 代码 {code}', f'暂缓 "缓派{code}" 代码 {code}', ""])
        return rule(code, f"当 {test()}", *([own] if own else [line(code), line(f"{code}二")]))

    listed = (
        f"清单 协助 类型 协助 主体 社区居委会\n  当 {test()}\n  {line('丙')}\n  {line('丁')}\n"
        "  | 编号 | 事项 | 牵头 |\n  | XZ-01 | 低保核查 | 救助站 |\n"
    )
    order = rng.choice(
        [("规则甲", "规则乙、协助"), ("规则甲、规则乙", "协助"), ("规则甲", "规则乙")]
    )
    return one_rule("甲") + one_rule("乙") + listed + steps(*order)


def published(policy: CompiledPolicy, rng: Random) -> CompiledPolicy:
    """The same policy when some calendar to the end of 2098 is known."""
    days = [LATE + timedelta(n) for n in range(40)]
    share = rng.choice([0, 0.2, 0.7, 1])
    kinds = {day: rng.choice(("holiday", "makeup")) for day in days if rng.random() < share}
    if rng.random() < 0.3:
        kinds = dict.fromkeys(days, rng.choice(("holiday", "makeup")))
    later = Calendar(
        date(2026, 1, 1),
        date(2098, 12, 31),
        [day for day, kind in kinds.items() if kind == "holiday"],
        [day for day, kind in kinds.items() if kind == "makeup"],
    )
    known = compile_policies(policy.checked)
    vars(known)["model"] = replace(policy.model, calendar=later)
    return known


def deciding(found: Decision, **wanted: Any) -> set[str]:
    return {
        reason.code
        for reason in found.reasons
        if not reason.also and all(getattr(reason, k) == v for k, v in wanted.items())
    }


SEEDS = range(16)


def a_pair(seed: int) -> tuple[Random, CompiledPolicy, Request]:
    """A random policy, and a request to it of a day that no notice covers."""
    rng = Random(seed)
    loaded, _ = load_text(HEAD + a_policy(rng))
    assert loaded is not None
    checked, told = check(loaded)
    assert checked is not None, told
    facts = {**FULL, "拟进入日期": LATE, "承担方式": rng.choice(("主责", "协助"))}
    facts["经费到位"] = rng.choice((True, False))
    return rng, compile_policies(checked), Request(facts=facts, received=date(2026, 2, 1))


def test_what_is_said_past_the_calendar_holds_whatever_is_published() -> None:
    """Nothing that a calendar to come may bring is left out, and what is certain stays so."""
    ends = set()
    for rng, policy, request in map(a_pair, SEEDS):
        found = decide(policy, request)
        assert found.reasons
        if any("尚未公布" in reason.condition_zh for reason in found.reasons):
            ends.add(found.outcome)
        for _ in range(4):
            known = decide(published(policy, rng), request)
            assert known.outcome in found.possible
            assert deciding(known) <= deciding(found)
            if found.outcome is not Outcome.INCOMPLETE:
                assert deciding(found, certain=True) <= deciding(known)
    # Else this would show little.
    assert {Outcome.REFUSE, Outcome.INCOMPLETE} <= ends


def test_quotas_are_searched_before_the_calendar() -> None:
    listed = (
        "清单 协助 类型 协助 主体 社区居委会\n  依据 条例 第四条\n"
        '  限额 每个 目标社区 每年 不超过 2 否则 拒绝 "次数已满" 代码 超频\n'
        f'  要求 {COUNT} 不超过 3 否则 拒绝 "太久" 代码 过久\n'
        "  | 编号 | 事项 | 牵头 |\n  | XZ-01 | 低保核查 | 救助站 |\n"
    )
    ask = Asker(listed + steps("协助"))
    request = Request(
        facts={**FULL, "拟进入日期": LATE},
        received=date(2026, 2, 1),
        quotas={"协助/XZ-01.每年": QuotaUse(used=2)},
    )
    assert keys(decide(ask.policy, request)) == [("超频", True), ("过久", False)]
    unknown = decide(ask.policy, replace(request, quotas={}))
    assert unknown.outcome is Outcome.INCOMPLETE
    assert {reason.code for reason in unknown.reasons} >= {"超频", "过久"}
