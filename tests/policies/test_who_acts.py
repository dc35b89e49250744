"""Who does what on which step for how long, who owes which duty, who mends what a check finds,
and what ratings are used for.

The file beside this one writes them out for every set, in the policies' own words: a body or a
term that is changed or lost has to be changed there as well, by somebody who looked at the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.shipped import SETS, written

from zhunru.syntax.expressions import Quantity
from zhunru.syntax.format_flow_parts import FlowParts
from zhunru.syntax.format_words import Words
from zhunru.syntax.measure_nodes import Check, Scorecard
from zhunru.syntax.nodes import Declaration, Name, Role
from zhunru.syntax.workflow_nodes import Recurring, State, Workflow

ACTS = Path(__file__).with_name("who_acts.txt").read_text(encoding="utf-8")
PARTS = FlowParts(Words("zh"))


def listed(name: str) -> list[str]:
    """Return what the file has of a set, each declaration with its lines."""
    return [part for part in ACTS.strip().split("\n\n") if part.startswith(f"{name} ")]


def stands(one: Declaration, name: str) -> Iterator[str]:
    """Yield a declaration as the file writes it; nothing for one in which nobody acts."""
    if isinstance(one, Workflow):
        yield "\n  ".join([f"{name} 流程 {one.name.text}", *map(step, one.states)])
    elif isinstance(one, Recurring):
        rhythm = "、".join(f"{spoken(e.period)} {spoken(e.least)}" for e in one.occurrences)
        bodies = f"{PARTS.expr('BY', one.by)} {PARTS.names('ATTENDING', one.attending)}"
        yield line(name, "定期", one, f"每个 {one.every.text} 每 {rhythm} {bodies}")
        if one.missed:
            yield line(name, "逾期", one, PARTS.effects(one.missed))
    elif isinstance(one, Scorecard):
        for use in one.uses:
            yield line(name, "评价", one, f"对象 {names(one.subjects)} 用于 {use.name.text}")
    elif isinstance(one, Role) and one.held_by:
        yield line(name, "角色", one, f"由 {names(one.held_by)}")
    elif isinstance(one, Check) and one.consequence is not None:
        word = {"rectify": "整改", "hint": "提示", "enlist": "列入"}[one.consequence.kind]
        to = one.consequence.to
        yield line(name, "核查", one, f"{word} {PARTS.party(to) if to else ''}")


def step(state: State) -> str:
    """Return who does what with which facts on a step, and how long it may take."""
    done = "；".join(f"{each.name.text}({names(each.inputs)})" for each in state.actions)
    return f"{state.name.text}：由 {PARTS.owner(state.owner)} 限 {PARTS.term(state)}：{done}"


def line(name: str, kind: str, one: Recurring | Scorecard | Role | Check, said: str) -> str:
    return f"{name} {kind} {one.name.text}\n  {said.rstrip()}"


def names(listed: Iterable[Name]) -> str:
    return "、".join(each.text for each in listed)


def spoken(quantity: Quantity) -> str:
    return PARTS.words.quantity(quantity)


@pytest.mark.parametrize("name", SETS)
def test_who_acts_and_for_how_long_stands_as_it_was_read_from_the_sources(name: str) -> None:
    found = [text for one in written(name) for text in stands(one, name)]
    assert sorted(listed(name)) == sorted(found)
