"""What it costs to ask what is missing, where each entry of a list has a quota of its own.

Work is counted in calls, of Python and of what is built in, so every machine counts the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from types import FrameType
from typing import Any

import pytest
from tests.engine.conftest import compiled, steps

from zhunru.analysis.residual import boxes_of, surroundings
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.completions import Completions, Ends, nodes_below
from zhunru.compiler.diagram import Leaf
from zhunru.compiler.reading import read_request
from zhunru.decision import Request, decide
from zhunru.vocabulary import Outcome

LIST = """清单 协助事项 "协助清单" 类型 协助 主体 社区居委会
  依据 条例 第四条
  当 类别 为 行政任务
  要求 来文单位 属于 牵头及下级 否则 拒绝 "不是牵头单位" 代码 主体不符
  要求 承担方式 为 协助 否则 拒绝 "不得转由社区主责" 代码 主责错位
  要求 经费到位 否则 暂缓 "经费到账后再办" 代码 经费未到
  限额 每个 目标社区 按 频次 否则 拒绝 "已超过频次" 代码 超频
  | 编号 | 事项 | 牵头 | 频次 |
"""
DAY = date(2026, 3, 2)
ORDER = (Outcome.ADMIT, Outcome.DEFER, Outcome.REFUSE)
OPEN: list[dict[str, Any]] = [
    {},
    {"类别": "行政任务"},
    {"类别": "行政任务", "承担方式": "协助", "来文单位": "区民政局"},
]


BOUND = """台账 应急响应
  起止 时段
  目标社区 单位
规则 应急之外
  当 有效(应急响应, 目标社区) 且 有效(应急响应, 来文单位)
  拒绝 "应急期间不受理" 代码 应急
"""


@cache
def listing(entries: int, rules: str = "") -> CompiledPolicy:
    """Return a set with a list of so many entries, each with a quota."""
    leads = ("区民政局", "区卫健局")
    rows = (
        f"  | XZ-{n} | 第{n}项走访 | {leads[n % 2]} | 每年 不超过 {n % 5 + 1} 次 |\n"
        for n in range(entries)
    )
    lines = ("应急之外", "协助事项") if rules else ("协助事项",)
    return compiled(rules + LIST + "".join(rows) + steps(*lines))


def calls(asked: Callable[[], object]) -> int:
    """Return how many functions are called until the answer is there."""
    counted = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        asked()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("facts", OPEN)
def test_what_is_missing_takes_no_more_for_an_entry_of_a_long_list(facts: dict[str, Any]) -> None:
    def asked(entries: int) -> int:
        policy = listing(entries)
        answer = decide(policy, Request(facts=facts, received=DAY))
        assert (answer.outcome, answer.exhaustive) == (Outcome.INCOMPLETE, True)
        assert "事项" in [fact.name for fact in answer.missing]
        return calls(lambda: decide(policy, Request(facts=facts, received=DAY)))

    # Ten times the entries: to look through all of them for each of them would be a hundred.
    assert asked(200) < 12 * asked(20)


def test_a_register_that_covers_two_units_is_looked_up_once_not_for_each_entry() -> None:
    def asked(entries: int) -> int:
        policy = listing(entries, BOUND)
        made = partial(decide, policy, Request(facts={"类别": "行政任务"}, received=DAY))
        answer = made()
        assert (answer.outcome, answer.exhaustive) == (Outcome.INCOMPLETE, True)
        assert {"目标社区", "来文单位"} <= {fact.name for fact in answer.missing}
        return calls(made)

    assert asked(80) < 10 * asked(10)


@pytest.mark.parametrize("facts", OPEN)
def test_what_is_left_takes_little_more_for_an_entry_of_a_long_list(facts: dict[str, Any]) -> None:
    def asked(entries: int) -> int:
        verdicts = surroundings(listing(entries), Request(facts=facts, received=DAY))[1]
        found: list[Any] = []
        counted = calls(lambda: found.extend(boxes_of(verdicts, each) for each in ORDER))
        assert len(found[0]) >= entries // 2  # a box for each entry that can be admitted
        return counted

    assert asked(200) < 20 * asked(20)


@pytest.mark.parametrize("facts", OPEN)
def test_what_settles_alone_is_what_leaves_one_end(facts: dict[str, Any]) -> None:
    """Every fact of the graph is filled in with each value, and every end below is gathered."""
    policy = listing(5)
    plan = policy.plan()
    reading = read_request(plan, policy.model, Request(facts=facts, received=DAY), policy.supplied)
    root = Completions(plan, policy.model, DAY, reading.facts).diagram().root
    assert root is not None
    ends = Ends(root)
    nodes = {node.fact: len(node.children) for node in nodes_below(root)}
    for fact, values in nodes.items():

        def reached(place: Any, at: int, fact: Any = fact) -> set[Any]:
            if isinstance(place, Leaf):
                return {place}
            kids = place.children if place.fact != fact else place.children[at : at + 1]
            return set().union(*(reached(kid, at) for kid in kids if kid is not None))

        plainly = any(len(reached(root, at)) == 1 for at in range(values))
        assert ends.settled_by(fact) == plainly, fact
