"""不得由同一单位承担, 不得送达 and 恰有 are proved where no case breaks them, and only there."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.flows.random_hands import (
    ASKING,
    KNOWN,
    LEAD,
    OUTSIDE,
    SECRET,
    Cases,
    Made,
    Maker,
)
from tests.flows.sets import HEAD

from zhunru.checker.check import check
from zhunru.checker.resolved import CheckedPolicySet
from zhunru.compiler.program import compile_policies
from zhunru.syntax.loader import load_text

Answer = tuple[bool, object]
"""Whether a constraint was proved, and what in the cases breaks it."""


def _checked(text: str) -> tuple[CheckedPolicySet | None, set[str]]:
    policy_set, unread = load_text(HEAD + text)
    assert policy_set is not None and not unread, (unread, text)
    result, found = check(policy_set)
    return result, {each.code for each in found}


def _proved(made: Made, constraint: str, code: str) -> bool:
    codes = _checked(made.text(constraint))[1]
    assert codes <= {code}, (codes, made.text(constraint))
    return not codes


def _cases(text: str, **options: str) -> Cases:
    result, codes = _checked(text)
    assert result is not None and not codes, (codes, text)
    return Cases(compile_policies(result), **options)


def apart(rng: random.Random) -> Answer | None:
    """Two states and the units that worked on both."""
    maker = Maker(rng, inputs=0.25, papers=0.1)
    made = maker.made()
    if _checked(made.text())[1]:
        return None
    one, other = rng.sample(maker.names, 2)
    proved = _proved(made, f"{one} 与 {other} 不得由同一单位承担", "ZR525")
    cases = _cases(made.text())
    broken = {each for each in cases.all().both if {one, other} == {*each[:2]}}
    # A substitute that stands for several units may have to be the one that applied.
    return None if cases.substitutes and not proved else (proved, broken)


def withheld(rng: random.Random) -> Answer | None:
    """A field, and whom it came to by a paper or in filling it in."""
    made = Maker(rng, inputs=0.6, papers=0.4).made()
    if _checked(made.text())[1]:
        return None
    # Of 甲区 everything is a part: nobody would be left to go on with a case.
    barred = rng.choice([*(name for name in KNOWN if name != "督查机构"), ASKING, ASKING])
    proved = _proved(made, f"{SECRET} 不得送达 {barred}", "ZR527")
    cases = _cases(made.text(), asking=OUTSIDE, barred=barred)
    told = {unit for name, unit in cases.all().told if name == SECRET}
    return proved, {unit for unit in told if barred in cases.names_of(unit)}


def exactly(rng: random.Random) -> Answer | None:
    """States of the lead that a case came to without one."""
    made = Maker(rng, inputs=0.6, papers=0.1).made()
    if _checked(made.text())[1]:
        return None
    constraint = f"每件 恰有 1 个 {LEAD}"
    proved = _proved(made, constraint, "ZR528")
    cases = _cases(made.text(constraint if proved else ""))
    return proved, {state for state in cases.all().came if cases.is_lead_of(state)}


@pytest.mark.parametrize("kind", [apart, withheld, exactly])
def test_what_is_proved_no_case_breaks_and_what_is_not_some_case_does(
    kind: Callable[[random.Random], Answer | None],
) -> None:
    proved = refuted = 0
    for seed in range(36):
        answer = kind(random.Random(seed))
        if answer is not None:
            holds, broken = answer
            assert holds is not bool(broken), (seed, holds, broken)
            proved, refuted = proved + holds, refuted + (not holds)
    assert proved and refuted
