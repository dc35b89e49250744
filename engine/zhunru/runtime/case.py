"""A case at rest: everything that its events add up to, and nothing else.

Plain immutable values, so that a case is stored, compared and stepped without a policy at hand.
Instants are whole microseconds of Beijing time (`worktime.instants`). Field values are the facts
as a request holds them (texts, exact numbers, days, truth values, lists, None for 无).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from zhunru.compiler.request import FactValue
from zhunru.store.records import quick

NONE: Mapping[str, Any] = MappingProxyType({})


def nothing() -> Mapping[str, Any]:
    """Return the one empty mapping: a proxy has no hash, so it cannot stand as a default itself."""
    return NONE


class Written:
    """A record that keeps the JSON that it was once written as; it is no part of its value."""

    __slots__ = ("json",)

    json: Any


class Named(Written):
    """A record that also keeps the text of that JSON."""

    __slots__ = ("text",)

    text: str


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Named):
    """Who acts: a person of a unit of the chart; `person` "" where only the unit is known.

    `roles` are roles that the caller vouches for beyond those that the chart gives the unit.
    """

    unit: str
    person: str = ""
    roles: tuple[str, ...] = ()


def actor_named(text: str) -> Actor | None:
    """Return who `单位 人` is, or None for an empty text."""
    unit, _, person = text.strip().partition(" ")
    return Actor(unit=unit, person=person.strip()) if unit else None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The clock stood still from `since` to `until`, at the latest to `bound`, for `reason`."""

    since: int
    bound: int
    reason: str
    until: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Extending:
    """An extension asked for at `at`; if the approver does not answer by `answer_by`, refused."""

    at: int
    answer_by: int
    reason: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Visit(Written):
    """A stay in a state, from `entered`; the budget of time is fixed when it begins.

    `due` None: no limit. `amount` and `measure` are the limit as entered (amount as text, exact),
    `spent` what earlier visits used of it (累计), `extended` how often it was extended, `fired` the
    reminders that went out, `provisional`: the due date lies past the published calendar.
    `floor`: it is never due before that instant, whatever is reckoned (W16, W19). `reassigned`:
    `owners` (and `person`) were named by somebody, so they are not looked up on the day; `added`
    are owners that were named beside those (加派). `taken_from`: the states (joined by 、) that
    time took the case from since somebody last acted.
    """

    number: int
    state: str
    entered: int
    due: int | None = None
    amount: str = ""
    measure: str = ""
    spent: int = 0
    extended: int = 0
    pauses: tuple[Pause, ...] = ()
    extending: Extending | None = None
    fired: tuple[str, ...] = ()
    provisional: bool = False
    floor: int = 0
    owners: tuple[str, ...] = ()
    person: str = ""
    reassigned: bool = False
    taken_from: str = ""
    added: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One of those asked in a 会办: a sub-case of its own with one `result`.

    `silent`: the result was recorded because nobody answered. `withdrawn`: no longer asked.
    """

    unit: str
    lead: bool = False
    result: str = ""
    answered: int | None = None
    by: str = ""
    silent: bool = False
    withdrawn: bool = False
    pauses: tuple[Pause, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Took(Written):
    """Who left a state by which line: what separation of duties and 约束 are checked against."""

    state: str
    line: str
    at: int
    unit: str = ""
    person: str = ""


class Timed:
    """A case that keeps its timers, and the states by which they were found."""

    __slots__ = ("timed",)

    timed: tuple[object, tuple[Timer, ...]]

    def keep_timers(self, states: object, timers: tuple[Timer, ...]) -> None:
        """Keep the timers that were found by these states."""
        self.timed = states, timers


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Timed):
    """A case. `version` is the number of its last event, `at` the instant of that event.

    `fields` are the facts, `counts` how often each bounded line was taken, `spent` the time that
    finished visits used by state and unit of time, `marks` what was recorded (记), `supervised` who
    watches it, `parent` the case that opened it. `confidential`: fields that are not shown to all.
    """

    case_id: str
    partition: str
    set_code: str
    digest: str
    flow: str
    opened: int
    opener: Actor
    version: int
    at: int
    visit: Visit
    fields: Mapping[str, FactValue] = field(default_factory=nothing)
    parties: tuple[Party, ...] = ()
    counts: Mapping[str, int] = field(default_factory=nothing)
    spent: Mapping[str, int] = field(default_factory=nothing)
    taken: tuple[Took, ...] = ()
    marks: tuple[str, ...] = ()
    supervised: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    confidential: tuple[str, ...] = ()
    parent: str = ""
    end: str = ""

    @property
    def state(self) -> str:
        """Return the state, or the end, that the case is in."""
        return self.end or self.visit.state

    @property
    def asked(self) -> tuple[Party, ...]:
        """Return the parties of a 会办 that are asked, whether or not they have answered."""
        return tuple(party for party in self.parties if not party.withdrawn)

    @property
    def closed(self) -> bool:
        """Tell whether the case has come to an end."""
        return bool(self.end)


@quick
@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, with everything that it changed.

    `at` is when it counts. `kind` is one of the kinds of `events.py`; `data` is JSON-ready, and
    `apply(case, event)` needs nothing else to find the next case.
    """

    kind: str
    at: int
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something that time will do; timers of one instant fire by `rank` (deeper first)."""

    name: str
    due: int
    rank: int


EffectName = Literal[
    "enter", "cancel", "issue", "notify", "copy", "inform", "record", "open", "supervise", "urge",
    "remind",
]  # fmt: skip


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Written):
    """An effect with everything in it known: what the store and the outbox are told.

    `object` is a register, document, workflow or mark; `to` are units or persons; `since` and
    `until` the days of a register row; `fields` what it is made of (a row, a document's slots, the
    facts of the case to open); `child` is the id of the case to open.
    """

    kind: EffectName
    object: str = ""
    to: tuple[str, ...] = ()
    row_kind: str = ""
    since: int | None = None
    until: int | None = None
    child: str = ""
    fields: Mapping[str, FactValue] = field(default_factory=nothing)


@quick
@dataclass(frozen=True, slots=True)
class Step:
    """What one command, or time, did to a case.

    `events` in order, each with the effects that belong to it; `case` is after the last one;
    `timers` are all timers that the case has now.
    """

    case: Case
    events: tuple[tuple[Event, tuple[Done, ...]], ...]
    timers: tuple[Timer, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants to do to a case at `at`.

    `verb` is an action or result of the state, or a built-in verb (督办, 停表 …: `actions.py`);
    `inputs` are typed by the fields of the workflow; `expected` is the version that the caller
    saw (None: any).
    """

    verb: str
    actor: Actor
    at: int
    inputs: Mapping[str, FactValue] = field(default_factory=nothing)
    expected: int | None = None
