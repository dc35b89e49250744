"""What is left of a decision is found once for the same facts, and told apart for others."""

from __future__ import annotations

from datetime import date

from zhunru import Request, open_policy
from zhunru.analysis import find_residual

DAY = date(2026, 3, 2)
SIGN = {"来文单位": "区市场监管局", "类别": "挂牌", "目标社区": "幸福社区"}


def test_the_same_facts_on_the_same_day_are_looked_at_once() -> None:
    policy = open_policy("weihai")
    first = find_residual(policy, Request(facts=SIGN, received=DAY))
    assert find_residual(policy, Request(facts=dict(reversed(SIGN.items())), received=DAY)) is first
    later = find_residual(policy, Request(facts=SIGN, received=date(2019, 3, 2)))
    assert later.decision.as_of == date(2019, 3, 2)


def test_true_and_one_are_not_the_same_facts() -> None:
    policy = open_policy("weihai")
    yes = find_residual(policy, Request(facts={**SIGN, "经费到位": True}, received=DAY))
    said = find_residual(policy, Request(facts={**SIGN, "经费到位": "是"}, received=DAY))
    assert yes is not said
    assert yes.to_dict() == said.to_dict()


def test_registers_are_looked_at_each_time() -> None:
    policy = open_policy("weihai")
    register = next(iter(policy.model.registers))
    held = Request(facts=SIGN, received=DAY, registers={register: True})
    assert find_residual(policy, held) is not find_residual(policy, held)
