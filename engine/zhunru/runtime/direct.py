"""Actions that need no thought: nothing is due before, nothing guards them, all bodies are known.

Most of what people do with cases is of this kind, so it is worked out once for each line of a
workflow and done by looking up. What is here in any doubt is left to `advance.act_at_length`,
which says the same of every case, or refuses; the tests hold both against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zhunru.checker.resolved_flows import ALWAYS, Apart, Body, Effect, Line, Owner, Owners
from zhunru.compiler.values import UNKNOWN
from zhunru.runtime.case import Case, Command, Done, Event, Step, Took, Visit
from zhunru.runtime.events import copied, retaken
from zhunru.runtime.inputs import read_facts
from zhunru.runtime.owners import NOBODY
from zhunru.runtime.scene import Scene
from zhunru.runtime.timing import timers_of
from zhunru.worktime.instants import DAY

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting, StateDesk

_MOST_KEPT = 1 << 12
_NAMED = frozenset({"unit", "role", "level"})
_TOLD = frozenset({"notify", "copy", "inform"})


class Known(NamedTuple):
    """What a line comes to on a day, at a place: who may take it, who is told, whose turn is next.

    `hands` None: anybody. `more` is what the event says of roles that were not found in place.
    """

    hands: tuple[str, ...] | None
    done: tuple[Done, ...]
    owners: tuple[str, ...]
    more: dict[str, Any]


class Way:
    """A line that is taken directly, with what can be known of it beforehand."""

    __slots__ = (
        "_known",
        "_names",
        "counted",
        "desk",
        "effects",
        "input_names",
        "inputs",
        "line",
        "target",
    )

    def __init__(
        self,
        setting: Setting,
        desk: StateDesk,
        line: Line,
        target: StateDesk | None,
        effects: tuple[Effect, ...],
        names: tuple[str, ...],
    ) -> None:
        self.desk = desk
        self.line = line
        self.target = target
        self.effects = effects
        self.inputs = line.inputs
        self.input_names = frozenset(line.inputs)
        self.counted = line.bound is not None
        self._names = names
        self._known: dict[tuple[Any, ...], Known] = {}

    def known(self, setting: Setting, case: Case, at: int) -> Known:
        """Return what the line comes to for a case: of equal days and places always the same."""
        # What is not known and what is known to be nothing (None) are two different answers.
        get = case.fields.get
        key = (at // DAY, case.opener.unit, *[get(name, UNKNOWN) for name in self._names])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._known[key] = self._found(Scene(setting, case.fields, case.opener, at))
        return found

    def _found(self, scene: Scene) -> Known:
        from_, to = _plain(self.desk.owner), _plain(self.target.owner) if self.target else None
        hands = None if from_ is None else scene.owners(from_).units
        next_ = NOBODY if to is None else scene.owners(to)
        if next_.missing:
            hands = ()  # nobody may: at length they are told what is lacking
        told = tuple(Done(kind=each.kind, to=scene.bearers(each.to).units) for each in self.effects)
        more = {"raised": next_.raised, "unheld": next_.unheld}
        return Known(hands, told, next_.units, {name: who for name, who in more.items() if who})


def ways_of(setting: Setting, desk: StateDesk) -> dict[str, Way]:
    """Return the actions of a state that may be taken directly, by name."""
    # Hands that must be apart depend on who did what before: that is looked at each time.
    apart = any(
        desk.name in (*each.left, *each.right)
        for each in setting.flow.constraints
        if isinstance(each, Apart)
    )
    if apart or desk.state.cumulative or not _is_plain(desk.owner):
        return {}
    found = {
        verb: _way(setting, desk, lines[0]) for verb, lines in desk.by_verb.items() if _only(lines)
    }
    return {verb: way for verb, way in found.items() if way is not None}


def _only(lines: tuple[Line, ...]) -> bool:
    return len(lines) == 1 and lines[0].guard == ALWAYS and not lines[0].join


def _way(setting: Setting, desk: StateDesk, line: Line) -> Way | None:
    target = setting.states.get(line.target)
    if target is not None:
        # A limit that hangs on facts, or on earlier visits, is no constant of the line.
        known = target.clock.fixed and not target.state.cumulative
        if not known or not _is_plain(target.owner):
            return None
    plan = setting.plan
    arrival = plan.states[line.target].arrival if target else plan.ends[line.target]
    effects = (*line.effects, *arrival)
    owners = [each for each in (desk.owner, target.owner if target else None) if each is not None]
    bodies = [body for each in owners if isinstance(each, Owners) for body in each.bodies]
    bodies += [body for each in effects for body in each.to]
    told = all(each.kind in _TOLD for each in effects)
    if not told or not all(_is_known(setting, body) for body in bodies):
        return None
    names = (*setting.place_names, *(body.name for body in bodies if body.kind == "field"))
    given = (setting.fields[name] for name in line.inputs)
    # What is just being said must neither move the case nor be a mere claim.
    if not set(names).isdisjoint(line.inputs) or any(each.asserted_by for each in given):
        return None
    return Way(setting, desk, line, target, effects, tuple(dict.fromkeys(names)))


def _plain(owner: Owner | None) -> Owners | None:
    assert owner is None or isinstance(owner, Owners)
    return owner


def _is_plain(owner: Owner | None) -> bool:
    if owner is None:
        return True
    return isinstance(owner, Owners) and owner.substitute is None


def _is_known(setting: Setting, body: Body) -> bool:
    return body.kind in _NAMED or (body.kind == "field" and body.name in setting.fields)


# --- taking it ---------------------------------------------------------------------------------


def directly(setting: Setting, case: Case, command: Command) -> Step | None:
    """Return what a command does, or None: that takes more thought."""
    visit, at = case.visit, command.at
    desk = setting.states.get(visit.state)
    way = desk.ways.get(command.verb) if desk is not None else None
    if (
        way is None
        or case.end
        or case.parties
        or at < case.at
        or visit.pauses
        or visit.reassigned
        or visit.added
        or visit.person
        or (command.expected is not None and command.expected != case.version)
        or case.digest != setting.policy.digest
        or case.flow != setting.flow.name
    ):
        return None
    # What was due before comes first, at its own instants, and may change everything.
    timers = timers_of(setting, case)
    if timers and timers[0].due < at:
        return None
    known = way.known(setting, case, at)
    # Whoever is not plainly one of the hands may still be by a role, or is told whose turn it is.
    unit = command.actor.unit
    if unit not in setting.chart.units or (known.hands is not None and unit not in known.hands):
        return None
    return _taken(setting, way, known, case, command)


def _taken(setting: Setting, way: Way, known: Known, case: Case, command: Command) -> Step | None:
    """Return the step of a line that its owner takes; None: something is lacking, or too much."""
    line, at, before, actor = way.line, command.at, case.visit, command.actor
    took = Took(before.state, line.id, at, actor.unit, actor.person)
    data: dict[str, Any] = {
        "line": line.id, "from": before.state, "to": line.target, "took": took, **known.more
    }  # fmt: skip
    # Changed in place until it is handed out: what `apply` would make of the event, and tested so.
    after: Any = copied(case)
    if command.inputs or way.inputs:
        if command.inputs.keys() != way.input_names:
            return None  # something is lacking, or on record already: the rules say which
        facts = read_facts(setting, command.inputs, setting.finder.day(at), command.verb)
        if len(facts) != len(way.inputs):
            return None
        data["fields"] = facts
        after.fields = {**case.fields, **facts}
    if way.counted:
        count = _counted(line, case)
        if count is None:
            return None
        data["counts"] = {line.id: count}
        after.counts = {**case.counts, line.id: count}
    if way.target is None:
        data["end"] = after.end = line.target
    else:
        data["visit"] = after.visit = _visit(way.target, known, before.number + 1, at)
    after.taken = retaken(case.taken, took)
    after.version += 1
    after.at = at
    timers = timers_of(setting, after)
    if timers and timers[0].due < at:
        return None
    event = Event("acted", at, data, actor)
    return Step(after, ((event, known.done),), timers)


def _counted(line: Line, case: Case) -> int | None:
    """Return the number of this time; None: the bound of the line is used up."""
    assert line.bound is not None
    before = case.counts.get(line.id, 0)
    times = line.bound.times
    return None if times is not None and before >= times else before + 1


def _visit(target: StateDesk, known: Known, number: int, at: int) -> Visit:
    allowed = target.clock.fixed
    assert allowed is not None
    due, provisional = target.clock.first(at, allowed, 0)
    # In the order of its fields: spent, extended, pauses, extending and fired are none as yet.
    return Visit(
        number, target.name, at, due, allowed.amount, allowed.measure,
        0, 0, (), None, (), provisional, 0, known.owners,
    )  # fmt: skip
