"""The resolved model of workflows: states, who owns them, how they are left, and by when.

Names are bound: bodies to the chart, fields or tables; targets to states and ends; effects to what
they write, send or open. Guards read the fields of the case: those of the set's forms, and the
inputs of the workflow's own actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Literal

from zhunru.checker.resolved import BoundCitation, Every, ResolvedField, RExpr
from zhunru.diagnostics import NOWHERE, Span
from zhunru.syntax.expressions import DayKind
from zhunru.syntax.nodes import Period, Title
from zhunru.syntax.workflow_nodes import EffectKind
from zhunru.vocabulary import Measure

ALWAYS = Every(())

# --- bodies ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Who acts or is told: a unit, role or level of the chart, a field of the case, a table's row.

    `superior`: the body above the one that field or unit `name` is. `above`: the unit of level
    `level` at or above it. `table`: `value` looks the body up; a table of several rows gives
    several.
    """

    kind: Literal["unit", "role", "level", "field", "table", "superior", "above"]
    name: str
    level: str = ""
    value: RExpr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Any of `bodies` may act; `substitute` does where the owner is the applicant or below it."""

    bodies: tuple[Body, ...]
    jointly: tuple[Body, ...] = ()
    substitute: Body | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """会办: every one of `parties` gives one result; `lead` answers for the whole."""

    parties: tuple[Body, ...]
    lead: Body | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many: `percent` goes with the share of that name; `over` says of whom."""

    share: Literal["majority", "twothirds", "everyone", "percent"]
    over: Literal["body", "present"] = "body"
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """会议: `body` meets without those `recused`; `present` and `favour` are its quorums."""

    body: Body
    recused: Body | None = None
    present: Quorum | None = None
    favour: Quorum | None = None


Owner = Owners | Joint | Meeting


def acting(owner: Owner | None) -> tuple[Body, ...]:
    """Return the bodies that act in a state; neither who stands in for them nor who is written
    beside them (会同)."""
    match owner:
        case Joint():
            return owner.parties
        case Meeting():
            return (owner.body,)
        case Owners():
            return owner.bodies
    return ()


# --- time --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A length of time that is taken when `when` holds; of several the first that holds counts."""

    amount: Decimal
    measure: Measure
    when: RExpr = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Cases for which a table has no row, in words; not `sure`: whether there are any is open."""

    table: str
    sure: bool = True
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """When the time of a state ends. Exactly one of these is given:

    `lengths` (one, or one for each row of a table); `value`, a number of `measure` known on entry,
    `most` at the most (None: not bounded); `until`, the field whose day ends it; or `untimed`.
    `calendar` is where the time runs; `stopped`: it stops the clocks around it. In the cases of
    `gap` a table gives nothing, and there is no end.
    """

    lengths: tuple[Length, ...] = ()
    value: RExpr | None = None
    measure: Measure | None = None
    most: Decimal | None = None
    until: str = ""
    untimed: bool = False
    calendar: str = ""
    stopped: bool = False
    gap: Gap | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Halfway, or `ahead` of the end."""

    when: Literal["halfway", "ahead"]
    ahead: Length | None = None
    to: tuple[Body, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """So many times so much longer, if `via` agrees."""

    times: int
    length: Length
    via: Body | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """The clock may stop for one of `reasons`, for no longer than `length`."""

    reasons: tuple[str, ...]
    length: Length


# --- lines: the ways out of a state ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a line does besides moving the case; `object` is the register, document or workflow.

    `valid` is how long a register row holds (a number of `valid_measure`).
    """

    kind: EffectKind
    object: str = ""
    to: tuple[Body, ...] = ()
    row_kind: str = ""
    valid: RExpr | None = None
    valid_measure: Measure | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How often a line is taken, counted per case; afterwards it leads to `then`.

    `times` None: without a bound. `then` "": afterwards it cannot be taken.
    """

    times: int | None
    then: str = ""
    effects: tuple[Effect, ...] = ()


LineKind = Literal["action", "result", "overdue", "expiry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One way out of a state: an owner's action, a result (of 会办, 会议), or the end of time.

    `id` is its own in the workflow (`name_in` it: `状态.动作`, `状态.动作.2`; `.动作` of 各环节).
    `join` is which mix of the parties' results `name` takes it. `silence` is the result recorded
    for those who did not answer in time.
    """

    id: str
    kind: LineKind
    name: str
    target: str
    label: str = ""
    join: Literal["", "all", "any", "majority"] = ""
    inputs: tuple[str, ...] = ()
    guard: RExpr = ALWAYS
    bound: Bound | None = None
    silence: str = ""
    effects: tuple[Effect, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def ends_time(self) -> bool:
        """Tell whether time takes this line, not a person."""
        return self.kind in ("overdue", "expiry")

    @property
    def free(self) -> bool:
        """Tell whether the line can always be taken: no guard, no bound without a way on."""
        runs_out = bool(self.bound and self.bound.times is not None and not self.bound.then)
        return self.guard == ALWAYS and not runs_out


def name_in(line_id: str) -> str:
    """Return the name of the action or the result of which an id tells."""
    return line_id.partition(".")[2].partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """环节: actions and results first, then endings, each in written order."""

    name: str
    owner: Owner | None
    limit: Limit | None
    lines: tuple[Line, ...] = ()
    cumulative: bool = False
    reminders: tuple[Reminder, ...] = ()
    extension: Extension | None = None
    suspensions: tuple[Suspension, ...] = ()
    forbidden: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def actions(self) -> tuple[Line, ...]:
        """Return the lines that people take."""
        return tuple(line for line in self.lines if not line.ends_time)

    @property
    def endings(self) -> tuple[Line, ...]:
        """Return the lines that time takes."""
        return tuple(line for line in self.lines if line.ends_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anywhere:
    """A line open in every state but `excluding`."""

    line: Line
    excluding: tuple[str, ...] = ()


# --- constraints -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """`未经 steps 不得 target`."""

    steps: tuple[str, ...]
    any_of: bool
    target: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """`自 start 至 ends 不超过 length`."""

    start: str
    ends: tuple[str, ...]
    length: Length
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """No state of `left` and state of `right` are worked on by one unit, or one person."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    by: Literal["unit", "person"]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entails:
    """`凡 start 必有 target`."""

    start: str
    target: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """`secret 不得送达 from_`."""

    secret: str
    from_: Body
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly:
    """`每件 恰有 number 个 role`."""

    number: int
    role: str
    span: Span = field(default=NOWHERE, compare=False)


Constraint = Without | Longest | Apart | Entails | Withheld | Exactly

# --- declarations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedWorkflow:
    """A workflow. `initial` is the state that a case is opened in; `fields` what a case carries."""

    name: str
    title: Title
    set_code: str
    initial: str
    ends: tuple[str, ...]
    states: tuple[State, ...]
    calendar: str = ""
    fields: tuple[ResolvedField, ...] = ()
    anywhere: tuple[Anywhere, ...] = ()
    arrivals: tuple[tuple[str, tuple[Effect, ...]], ...] = ()
    constraints: tuple[Constraint, ...] = ()
    priorities: tuple[RExpr, ...] = ()
    citations: tuple[BoundCitation, ...] = ()
    period: Period = Period()
    span: Span = field(default=NOWHERE, compare=False)

    def state(self, name: str) -> State | None:
        """Return the state of that name."""
        return next((state for state in self.states if state.name == name), None)

    def effects(self) -> Iterator[Effect]:
        """Yield every effect that is written anywhere in the workflow."""
        lines = [line for state in self.states for line in state.lines]
        for line in (*lines, *(each.line for each in self.anywhere)):
            yield from line.effects
            if line.bound is not None:
                yield from line.bound.effects
        for _, effects in self.arrivals:
            yield from effects


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedHours:
    """Open times on some kinds of day, from `season[0]` to `season[1]` (month, day) if given."""

    days: tuple[DayKind, ...]
    spells: tuple[tuple[time, time], ...]
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    standby: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedCalendar:
    """日历: the hours in which time counts, and its settings."""

    name: str
    hours: tuple[ResolvedHours, ...]
    settings: tuple[tuple[str, str], ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDocument:
    """文书: a text with slots; `slots` are the fields that it shows."""

    name: str
    title: Title
    body: str = ""
    slots: tuple[str, ...] = ()
    signed: str = ""
    sealed: bool = False
    number: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What follows when a recurring duty was not done; `to` are names of bodies."""

    kind: EffectKind
    object: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDuty:
    """定期: `by` owes it for each unit, role or register row `every`, `least` in each period.

    A period is `length` of days, weeks, months or years of the calendar, or counted from `origin`.
    Of a register, rows that meet `where` are owed it, and `by` may be the column that says by whom.
    `attending` take part: bodies, or columns of that register.
    """

    name: str
    every: str
    length: int
    measure: Measure
    least: int
    origin: date | None = None
    by: str = ""
    attending: tuple[str, ...] = ()
    record: str = ""
    missed: tuple[Missed, ...] = ()
    where: RExpr | None = None
    span: Span = field(default=NOWHERE, compare=False)
