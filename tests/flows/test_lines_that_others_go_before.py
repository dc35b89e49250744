"""Lines of 会办 that no answers take are told; those that some answers take are not."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import permutations, product

import pytest
from tests.flows.random_cases import NAME, OFFICE, policy_of
from tests.flows.sets import findings
from tests.runtime.sets import CHART, flow

from zhunru.checker.flow_joins import shadowed
from zhunru.checker.resolved_flows import (
    Body,
    Joint,
    Length,
    Limit,
    Line,
    ResolvedWorkflow,
    State,
)
from zhunru.runtime.advance import act, open_case
from zhunru.runtime.case import Actor, Command
from zhunru.runtime.setting import Setting
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Measure
from zhunru.worktime import BEIJING
from zhunru.worktime.instants import stamp

UNITS = ("区民政局", "区财政局", "区司法局")
ROW = "| 会商 | 会办 {} | 5 个工作日 | {} | 逾期 → 办结 |"
START = stamp(datetime(2026, 3, 2, 9, tzinfo=BEIJING))
NO = "任一 不同意 → 办结"


def told(parties: int, lines: str) -> list[str]:
    text = flow(ROW.format("、".join(UNITS[:parties]), lines), ends="办结、挂账、退回")
    return [d.zh for d in findings(CHART + text) if d.code == "ZR536"]


@pytest.mark.parametrize(
    ("parties", "lines", "never", "first"),
    [
        (2, "任一 同意 → 办结；全部 同意 → 挂账", "全部 同意", "任一 同意"),
        (2, "全部 同意 → 办结；任一 同意 → 挂账", "全部 同意", "任一 同意"),
        (3, "全部 同意 → 办结；过半 同意 → 挂账", "全部 同意", "过半 同意"),
        (2, "全部 同意 → 办结；过半 同意 → 挂账", "过半 同意", "全部 同意"),
        (3, "过半 同意 → 办结；任一 同意 → 挂账", "过半 同意", "任一 同意"),
        (2, "全部 同意 → 办结；过半 弃权 → 挂账", "", ""),
        (3, "过半 同意 → 办结", "", ""),
        # After its last time the first line is shut, and the other one takes over.
        (3, "任一 同意 → 会商 不超过 1 次；全部 同意 → 办结", "", ""),
    ],
)
def test_a_line_that_another_always_goes_before_is_told(
    parties: int, lines: str, never: str, first: str
) -> None:
    found = told(parties, f"{lines}；{NO}")
    assert len(found) == bool(never)
    if never:
        assert f"“{never}”永远轮不到：“{first}”总是先走" in found[0]


def test_the_runtime_takes_just_the_lines_that_are_not_told() -> None:
    kinds = [(join, name) for join in ("all", "any", "majority") for name in ("同意", "不同意")]
    mixes = [mix for number in (2, 3) for mix in permutations(kinds, number)]
    for parties, mix in product((2, 3), mixes[::5]):
        lines = [
            Line(id=f"{at}", kind="result", name=name, join=join, target=f"终{at}")  # type: ignore[arg-type]
            for at, (join, name) in enumerate(mix)
        ]
        owner = Joint(parties=tuple(Body(kind="unit", name=name) for name in UNITS[:parties]))
        never = {line.target for line, _ in shadowed(owner, lines)}
        assert {line.target for line in lines} - reached(owner, lines) == never, (parties, mix)


def reached(owner: Joint, lines: list[Line]) -> set[str]:
    """The ends that cases come to, the parties answering in every way."""
    over = Line(id="over", kind="overdue", name="overdue", target="超期")
    limit = Limit(lengths=(Length(amount=Decimal(5), measure=Measure.WORKDAY),), calendar=OFFICE)
    state = State(name="会商", owner=owner, limit=limit, lines=(*lines, over))
    made = ResolvedWorkflow(
        name=NAME, title=Title(NAME), set_code="试验", initial="会商", states=(state,),
        ends=(*(line.target for line in lines), "超期"), calendar=OFFICE,
    )  # fmt: skip
    setting = Setting(policy_of(made), NAME)
    opened = open_case(
        setting, case_id="甲-1", partition="甲", actor=Actor(unit="一网格"), at=START, facts={}
    ).case
    found = set()
    for answers in product(dict.fromkeys(line.name for line in lines), repeat=len(owner.parties)):
        case = opened
        for unit, answer in zip(UNITS, answers, strict=False):
            if not case.closed:
                command = Command(verb=answer, actor=Actor(unit=unit), at=case.at, inputs={})
                case = act(setting, case, command).case
        found |= {case.end} - {""}
    return found
