"""Numbers that are not known: one is tried on each side of every threshold, also of linked ones."""

from __future__ import annotations

import pytest
from tests.engine.conftest import HEAD, Asker, steps

from zhunru.decision import Decision
from zhunru.vocabulary import Outcome

NUMBERS = HEAD + "".join(f"  {name} 数值\n" for name in ("户数", "人数", "上限"))
# Three numbers of which each has to be so far above the next; the smallest that fit are 6, 11, 15.
APART = "户数 - 人数 > 3 且 人数 - 上限 > 4 且 上限 > 5 且 户数 < "


def asked(condition: str) -> Decision:
    rules = f'规则 少的\n  当 {condition}\n  拒绝 "少" 代码 少\n规则 其余\n  暂缓 "好" 代码 好\n'
    return Asker(rules + steps("少的", "其余"), NUMBERS)()


@pytest.mark.parametrize("condition", ["户数 < 5", "户数 不少于 5", "户数 < 人数", f"{APART}16"])
def test_what_may_turn_out_either_way_is_left_open(condition: str) -> None:
    found = asked(condition)
    assert found.possible == (Outcome.DEFER, Outcome.REFUSE)
    assert [fact.name for fact in found.missing] == [
        name for name in ("户数", "人数", "上限") if name in condition
    ]


def test_what_no_numbers_can_meet_is_not_waited_for() -> None:
    assert asked(f"{APART}15").possible == (Outcome.DEFER,)
