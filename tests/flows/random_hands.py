"""Workflows at random that say who works, who is told and what is filled in, and all their cases.

Nothing that a constraint forbids is held back here: a case is gone on with whoever may act, and
what was done is looked at afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, product
from typing import Any

from tests.runtime.sets import CHART, flow

from zhunru.checker.flow_owners import working
from zhunru.checker.resolved_flows import Joint, Line, Meeting, Owners
from zhunru.compiler import CompiledPolicy
from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act, open_case, tick
from zhunru.runtime.case import Actor, Case, Command, Step
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting
from zhunru.worktime import BEIJING
from zhunru.worktime.instants import stamp

NAME = "事项办理"
START = stamp(datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING))
STATES = ("甲", "乙", "丙")
ENDS = ("办结", "挂账")
OUTSIDE = "外单位"
LEAD, ASKING, SECRET, OTHERS = "主办", "来文单位", "举报人", "协办"
MORE = """单位
  | 名称 | 层级 | 上级 | 角色 |
  | 外单位 | - | 甲区 | - |
角色 接待岗 由 一街道
"""
# Units, roles held by units, by a level, by nobody; levels; fields.
KNOWN = ("区民政局", "区财政局", "一街道", "民政部门", "督查机构", "接待岗", "部门", "街道", "社区")
FIELDS = (LEAD, ASKING)
UNITS = {
    "区民政局": ("区民政局",), "区财政局": ("区财政局",), "一街道": ("一街道",),
    "民政部门": ("区民政局",), "督查机构": ("甲区",), "接待岗": ("一街道",),
    "部门": ("区民政局", "区财政局"), "街道": ("一街道",), "社区": ("一社区",),
}  # fmt: skip
HELD = ({"应到": 3, "到会": 3, "赞成": 3}, {"应到": 3, "到会": 3, "赞成": 0})


@dataclass(frozen=True)
class Made:
    """A workflow as text, to be put together with a constraint."""

    rows: str
    before: str
    under: str

    def text(self, constraint: str = "") -> str:
        under = (f"  约束 {constraint}\n" if constraint else "") + self.under
        ends = "、".join(end for end in ENDS if f"→ {end}" in self.rows + under)
        return CHART + MORE + flow(self.rows, before=self.before, ends=ends, under=under)


class Maker:
    """Makes one workflow."""

    def __init__(self, rng: random.Random, *, inputs: float = 0.4, papers: float = 0.3) -> None:
        self.rng = rng
        self.inputs = inputs
        self.papers = papers
        self.names = STATES[: rng.randint(2, 3)]

    def made(self) -> Made:
        rows = "\n".join(self._row(at) for at in range(len(self.names)))
        said = self.rng.choice(("", "", "", "必填", "可无", "由 区民政局 确认"))
        before = (
            f"表单 来件\n  {ASKING} 单位\n  {LEAD} 单位 {said}\n  {OTHERS} 单位组\n"
            f"  {SECRET} 文本\n"
            f'文书 告知书 "告知"\n  正文 "【{SECRET}】反映"\n文书 通报 "通报"\n  正文 "【{LEAD}】办理"\n'
        )
        under = ""
        if self._often(0.2):
            under = f"  各环节 叫停{self._given()} → {self.rng.choice(ENDS)}\n"
        if self._often(0.2):
            under += f"  到达 {self.rng.choice((*self.names, *ENDS))} 时 {self._paper()}\n"
        return Made(rows, before, under)

    def _often(self, share: float) -> bool:
        return self.rng.random() < share

    def body(self) -> str:
        return self.rng.choice(FIELDS if self._often(0.35) else KNOWN)

    def _paper(self) -> str:
        return f"签发 {self.rng.choice(('告知书', '告知书', '通报'))} 给 {self.body()}"

    def _given(self) -> str:
        names = [name for name in (LEAD, SECRET) if self._often(self.inputs)]
        return f"({'、'.join(names)})" if names else ""

    def _row(self, at: int) -> str:
        joint, meeting = self._often(0.2), self._often(0.15)
        owner = self.body()
        substitute = ""
        if joint:
            one, other = self.rng.sample(KNOWN[:3], 2)
            owner = f"会办 {one}、{self.rng.choice((other, self.body()))}"
        elif meeting:
            recused = f" 回避 {self.rng.choice(FIELDS)}" if self._often(0.6) else ""
            owner = f"会议 {self.rng.choice(KNOWN[:3])}{recused} 赞成 过半数"
        elif self._often(0.35) and (at or owner not in FIELDS):
            substitute = f" 回避时 {self.body()}"
        lines = self._joins(at) if joint else self._results(at) if meeting else self._actions(at)
        return f"| {self.names[at]} | {owner}{substitute} | 2 个工作日 | {lines} | 逾期 → {self._on(at)} |"

    def _on(self, at: int) -> str:
        return self.names[at + 1] if at + 1 < len(self.names) else ENDS[0]

    def _line(self, at: int, verb: str) -> str:
        target = self.rng.choice((*self.names, *ENDS, self._on(at), self._on(at)))
        bound = ""
        if target in self.names[: at + 1]:
            bound = f" 不超过 1 次，满后 → {self.rng.choice((*self.names[at + 1 :], *ENDS))}"
        paper = f" 并 {self._paper()}" if self._often(self.papers) else ""
        return f"{verb}{self._given()} → {target}{bound}{paper}"

    def _actions(self, at: int) -> str:
        verbs = ("收下", "转走")[: self.rng.randint(1, 2)]
        return "；".join(self._line(at, verb) for verb in verbs)

    def _joins(self, at: int) -> str:
        return f"{self._line(at, '全部 同意')}；{self._line(at, '任一 反对')}"

    def _results(self, at: int) -> str:
        return f"{self._line(at, '通过')}；{self._line(at, '未通过')}"


@dataclass
class Seen:
    """What was done in all the cases of a workflow."""

    both: set[tuple[str, str, str]] = field(default_factory=set)
    """Two states and the unit that worked on both, the first one first."""
    told: set[tuple[str, str]] = field(default_factory=set)
    """Fields with the units that they came to, by a paper or in filling them in."""
    came: set[str] = field(default_factory=set)
    """States to which a case came, or would have come, where no lead was known to work."""
    cases: int = 0


class Cases:
    """All the cases of a workflow, each step taken by everybody who may."""

    def __init__(self, policy: CompiledPolicy, *, asking: str = "", barred: str = "") -> None:
        self.setting = Setting(policy, NAME)
        self.asking = asking
        lead = self.setting.fields[LEAD]
        # Whoever stands in for the applicant is not the applicant: the proofs take that for granted.
        self.substitutes = self._substitutes()
        out = {unit for name in self.substitutes for unit in UNITS.get(name, ())}
        units, others = (
            [unit for unit in some if unit not in out and barred not in self.names_of(unit)]
            for some in (self._units(), ("一街道", "甲区", "区司法局"))
        )
        units = units or others or [OUTSIDE]
        self.openers = [*dict.fromkeys((*units, *others))]
        self.leads: tuple[Any, ...] = (*units, *((None,) if lead.type.optional else ()))
        self.seen = Seen()
        self.known: set[Any] = set()

    def all(self) -> Seen:
        for opener, lead in product(self.openers, self.leads):
            # The field that may be missing is given only where a case cannot begin without.
            facts = {ASKING: self.asking or opener, SECRET: "张三"}
            for given in ({}, {LEAD: lead}):
                try:
                    step = open_case(
                        self.setting, case_id="甲-1", partition="甲", actor=Actor(unit=opener),
                        at=START, facts=facts | given,
                    )  # fmt: skip
                except CaseRefused as refused:
                    if refused.code == "ZR725" and not self.setting.fields[LEAD].required:
                        self.seen.came.add(self.setting.plan.initial)
                    assert refused.code in ("ZR725", "ZR726", "ZR745"), refused
                    continue
                self.seen.cases += 1
                self._note(step)
                self._go(step.case)
        return self.seen

    def _units(self) -> list[str]:
        """Return units that the workflow speaks of: few, for each is tried everywhere."""
        names = [body.name for state in self.setting.flow.states for body in working(state.owner)]
        found = dict.fromkeys(unit for name in names for unit in UNITS.get(name, ()))
        return [*found][:3] or ["区民政局", "甲区"]

    def _substitutes(self) -> list[str]:
        owners = (state.owner for state in self.setting.flow.states)
        return [o.substitute.name for o in owners if isinstance(o, Owners) and o.substitute]

    def _go(self, case: Case) -> None:
        waiting = [case]
        while waiting:
            case = waiting.pop()
            key = (
                case.visit.state, case.end, case.opener.unit, tuple(sorted(case.counts.items())),
                tuple(sorted((k, str(v)) for k, v in case.fields.items())),
                frozenset((took.state, took.unit) for took in case.taken),
                tuple((p.unit, p.result) for p in case.parties), case.visit.owners,
            )  # fmt: skip
            if key in self.known or case.closed:
                continue
            self.known.add(key)
            waiting += (self._note(step).case for step in self._steps(case))

    def _steps(self, case: Case) -> Iterator[Step]:
        assert case.visit.due is not None
        after = tick(self.setting, case, case.visit.due + 1)
        assert after is not None
        yield after
        desk = self.setting.states[case.visit.state]
        lines = list(desk.plan.actions)
        for verb in dict.fromkeys(line.name for line in lines):
            taken = [line for line in lines if line.name == verb]
            for unit in self._hands(case):
                for inputs in self._inputs(taken):
                    step = self._acted(case, verb, unit, inputs, taken)
                    if step is not None:
                        for name in inputs:
                            self.seen.told.add((name, unit))
                        yield step

    def _acted(
        self, case: Case, verb: str, unit: str, inputs: dict[str, Any], lines: list[Line]
    ) -> Step | None:
        owner = self.setting.states[case.visit.state].owner
        if isinstance(owner, Meeting) and lines[0].kind == "result":
            inputs, verb = {**inputs, **HELD[verb == "未通过"]}, "会议"
        command = Command(verb=verb, actor=Actor(unit=unit), at=case.at, inputs=inputs)
        try:
            return act(self.setting, case, command)
        except CaseRefused as refused:
            if refused.code == "ZR725":  # whose turn it would be is not known
                self.seen.came |= {line.target for line in lines}
            # ZR737: whoever is recused does not record the meeting.
            assert refused.code in ("ZR725", "ZR734", "ZR729", "ZR745", "ZR726", "ZR737"), refused
            return None

    def _hands(self, case: Case) -> tuple[str, ...]:
        owner = self.setting.states[case.visit.state].owner
        hands = case.visit.owners
        if isinstance(owner, Joint):
            return tuple(party.unit for party in case.asked if not party.result)
        if isinstance(owner, Meeting) and owner.recused:
            scene = Scene(self.setting, case.fields, case.opener, case.at)
            out = scene.bearer(owner.recused).units
            return tuple(unit for unit in hands if not self.setting.chart.is_within(unit, out))
        return hands

    def _inputs(self, lines: list[Line]) -> Iterator[dict[str, Any]]:
        names = lines[0].inputs
        for values in product(*(self.leads if name == LEAD else ("张三",) for name in names)):
            yield dict(zip(names, values, strict=True))

    def _note(self, step: Step) -> Step:
        case = step.case
        for one, other in combinations(case.taken, 2):
            if one.unit == other.unit and one.state != other.state:
                self.seen.both.add((one.state, other.state, one.unit))
        for event, done in step.events:
            for each in done:
                if each.kind == "issue":
                    self.seen.told |= {(name, unit) for name in each.fields for unit in each.to}
            if LEAD in event.data.get("unknown", ()):
                self.seen.came.add(event.data["to"])
        return step

    def names_of(self, unit: str) -> set[str]:
        """Return what a unit is called by: itself and those above it, its level, its roles."""
        chart = self.setting.chart
        found = set()
        for each in (unit, *chart.above(unit)):
            found.add(each)
            if each in chart.units:
                roles = (role for role in chart.roles if chart.holds_role(each, role))
                found |= {chart.units[each].level, *roles}
        return found | ({ASKING} if unit == self.asking else set())

    def is_lead_of(self, state: str) -> bool:
        """Tell whether the lead works in a state."""
        desk = self.setting.states.get(state)
        owner = desk.owner if desk else None
        return not isinstance(owner, Meeting) and LEAD in {body.name for body in working(owner)}
