"""One step of a case under way: events are added one by one, each making the next case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved_flows import Effect, Joint, Line, Meeting, Owners
from zhunru.runtime.case import Actor, Case, Done, Event, Party, Step, Timer, Took, Visit
from zhunru.runtime.deadlines import Allowed
from zhunru.runtime.effects import Effecting
from zhunru.runtime.events import Kind, apply
from zhunru.runtime.owners import NOBODY, Bearers
from zhunru.runtime.refusals import listed, refuse
from zhunru.runtime.scene import CALENDAR, Scene

if TYPE_CHECKING:
    from zhunru.runtime.setting import Setting, StateDesk

Gap = tuple[int, int]
BESIDE = "、"


class Stepper:
    """A case and the events of this step so far.

    `gap` is a stretch in which nobody could act (W17). `published`: before that instant nobody knew
    the days of the calendar that provisional dates wait for (W16).
    """

    published = 0

    def __init__(self, setting: Setting, case: Case, gap: Gap | None = None) -> None:
        self.setting = setting
        self.case = case
        self.gap = gap
        self.events: list[tuple[Event, tuple[Done, ...]]] = []
        self._scene: tuple[Case, Scene] | None = None

    @property
    def desk(self) -> StateDesk:
        """Return the state that the case is in."""
        return self.setting.states[self.case.visit.state]

    def scene(self, at: int, fields: dict[str, Any] | None = None) -> Scene:
        """Return the case as it is at an instant, with further facts."""
        # A case is never changed, only replaced: the same object is the same case.
        case = self.case
        kept = self._scene
        if fields:
            known = {**case.fields, **fields}
            if kept is None or kept[0] is not case or self.setting.moves(fields):
                return Scene(self.setting, known, case.opener, at)
            return Scene(self.setting, known, case.opener, at, kept[1].places)
        if kept is None or kept[0] is not case or kept[1].at != at:
            kept = self._scene = (case, Scene(self.setting, case.fields, case.opener, at))
        return kept[1]

    def record(
        self,
        kind: Kind,
        at: int,
        data: dict[str, Any],
        actor: Actor | None = None,
        done: Sequence[Done] = (),
    ) -> None:
        """Add an event; the case is what the fold makes of it."""
        event = Event(kind=kind, at=at, data=data, actor=actor)
        self.case = apply(self.case, event)
        self.events.append((event, tuple(done)))

    def step(self, timers: tuple[Timer, ...]) -> Step:
        """Return what was done."""
        return Step(case=self.case, events=tuple(self.events), timers=timers)

    def in_gap(self, at: int) -> bool:
        """Tell whether nobody could act at an instant."""
        return self.gap is not None and self.gap[0] <= at < self.gap[1]


# --- taking a line -----------------------------------------------------------------------------


def used_up(case: Case, line: Line) -> bool:
    """Tell whether the bound of a line is used up."""
    bound = line.bound
    times = bound.times if bound else None
    return times is not None and case.counts.get(line.id, 0) >= times


def cannot_be_taken(case: Case, line: Line) -> bool:
    """Tell whether the bound of a line leaves no way on."""
    return bool(line.bound and not line.bound.then and used_up(case, line))


def take(
    stepper: Stepper,
    line: Line,
    at: int,
    kind: Kind,
    *,
    verb: str = "",
    actor: Actor | None = None,
    facts: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    took: Took | None = None,
    scene: Scene | None = None,
) -> None:
    """Leave the state by a line; `verb` "" is time: it is never refused anything.

    `scene` is the case with `facts`, where it is at hand.
    """
    case, desk = stepper.case, stepper.desk
    spent = used_up(case, line)
    bound = line.bound
    target = bound.then if bound and spent else line.target
    effects = bound.effects if bound and spent else line.effects
    found: dict[str, Any] = {"line": line.id, "from": desk.name, "to": target}
    if bound and spent:
        found["spent_bound"] = True
    elif bound:
        found["counts"] = {line.id: case.counts.get(line.id, 0) + 1}
    if facts:
        found["fields"] = facts
    if took:
        found["took"] = took
    if desk.state.cumulative and case.visit.measure:
        found["spent"] = {spent_key(desk.name, case.visit.measure): desk.clock.used(case.visit, at)}
    if case.parties:
        _withdraw(case, found)
    if data:
        found.update(data)
    scene = scene or stepper.scene(at, facts)
    arrival = arrive(stepper, scene, target, found, verb)
    done = effects_of(stepper, scene, (*effects, *arrival), found, verb)
    stepper.record(kind, at, found, actor, done)


def spent_key(state: str, measure: str) -> str:
    """Return what the time used in a state is kept by: hours and days do not add up."""
    return f"{state}.{measure}"


def _withdraw(case: Case, found: dict[str, Any]) -> None:
    """The parties that have not answered are not asked any more."""
    silent = tuple(p.unit for p in case.asked if not p.result)
    found["parties"] = ()
    if silent:
        found["no_longer_asked"] = silent


def effects_of(
    stepper: Stepper, scene: Scene, effects: tuple[Effect, ...], found: dict[str, Any], verb: str
) -> Sequence[Done]:
    """Return what effects come to, and put into an event's data what they change."""
    if not effects:
        return ()
    case = stepper.case
    outage = not verb and stepper.in_gap(scene.at)
    owners = case.visit.owners
    effecting = Effecting(scene, case.case_id, len(case.children), owners, outage)
    effecting.run(effects)
    # A person can go back and fill it in; time cannot, and is never refused anything.
    if verb and effecting.outcome.missing:
        refuse("ZR725", verb=verb, **listed("missing", effecting.outcome.missing))
    found.update(effecting.outcome.changes())
    return effecting.outcome.done


def arrive(
    stepper: Stepper, scene: Scene, target: str, found: dict[str, Any], verb: str
) -> tuple[Effect, ...]:
    """Put into an event's data what arriving somewhere changes; return what it does."""
    plan = stepper.setting.plan
    visit = stepper.case.visit
    taken_from = "" if verb else _taken_from(visit)
    if target in plan.ends:
        found["end"] = target
        if taken_from:
            found["visit"] = replace(visit, taken_from=taken_from)
        return plan.ends[target]
    # Nobody could act while the service was down: time in the new state begins after that (W17).
    late = not verb and stepper.in_gap(scene.at) and stepper.gap
    entered = late[1] if late else scene.at
    entered_now = enter(stepper, scene, target, entered, visit.number + 1, found, verb, taken_from)
    found["visit"] = entered_now
    return plan.states[target].arrival


def _taken_from(visit: Visit) -> str:
    """Return the states that time has left since somebody acted, so that who is late is told."""
    before = [name for name in visit.taken_from.split(BESIDE) if name and name != visit.state]
    return BESIDE.join((*before, visit.state))


# --- entering a state --------------------------------------------------------------------------


def enter(
    stepper: Stepper,
    scene: Scene,
    state: str,
    entered: int,
    number: int,
    found: dict[str, Any],
    verb: str,
    taken_from: str = "",
) -> Visit:
    """Return a new visit (W3); whose turn it is and its limit are settled by the facts of now."""
    desk = stepper.setting.states[state]
    hands = hands_of(desk, scene)
    allowed = desk.clock.allowed(scene)
    _note(hands, allowed, found, verb)
    owners = hands.units
    if isinstance(desk.owner, Joint):
        parties = _parties(desk, scene, hands, verb)
        owners = tuple(dict.fromkeys(party.unit for party in parties))
        found["parties"] = parties
    used = 0
    if desk.state.cumulative:
        # Of a state whose time adds up over its visits only what is left is given.
        kept = {**stepper.case.spent, **found.get("spent", {})}
        # By the state alone it was kept once.
        used = kept.get(spent_key(state, allowed.measure), kept.get(state, 0))
    due, provisional = desk.clock.first(entered, allowed, used)
    return Visit(
        number=number,
        state=state,
        entered=entered,
        due=due,
        amount=allowed.amount,
        measure=allowed.measure,
        spent=used,
        provisional=provisional,
        owners=owners,
        taken_from=taken_from,
    )


def _note(hands: Bearers, allowed: Allowed, found: dict[str, Any], verb: str) -> None:
    """A person is refused what cannot be known; time goes on, and says so."""
    missing = (*hands.missing, *allowed.missing)
    if missing and verb:
        if CALENDAR in missing:
            refuse("ZR747", verb=verb)
        refuse("ZR725", verb=verb, **listed("missing", missing))
    if missing:
        found["unknown"] = missing
    if hands.raised:
        found["raised"] = hands.raised
    if hands.unheld:
        found["unheld"] = hands.unheld


def hands_of(desk: StateDesk, scene: Scene) -> Bearers:
    """Return whose turn it is in a state, on the day of the scene."""
    owner = desk.owner
    if owner is None:
        return NOBODY
    if isinstance(owner, Owners):
        return scene.owners(owner)
    if isinstance(owner, Meeting):
        return scene.assembly(owner.body)
    return scene.bearers(owner.parties)


def _parties(desk: StateDesk, scene: Scene, hands: Bearers, verb: str) -> tuple[Party, ...]:
    """Return those who are asked; fixed on entry (W13)."""
    owner = desk.owner
    assert isinstance(owner, Joint)
    lead = scene.bearer(owner.lead).units if owner.lead else ()
    if not hands.units and verb and not any(line.join == "all" for line in desk.joins):
        fields = [body.name for body in owner.parties if body.kind == "field"]
        refuse("ZR736", verb=verb, state=desk.name, **listed("fields", fields or ["会办单位"]))
    return tuple(Party(unit=unit, lead=unit in lead) for unit in hands.units)


def without_parties(stepper: Stepper, at: int, verb: str = "", actor: Actor | None = None) -> None:
    """Of no parties all have given any result: such a line is taken at once (W13)."""
    for _ in range(_MOST_ROUNDS):
        case = stepper.case
        if case.closed or not isinstance(stepper.desk.owner, Joint) or case.parties:
            return
        line = _first_all(stepper, at)
        if line is None:
            return
        take(stepper, line, at, "joined", verb=verb, actor=actor)


def _first_all(stepper: Stepper, at: int) -> Line | None:
    scene = stepper.scene(at)
    for line in stepper.desk.joins:
        free = not cannot_be_taken(stepper.case, line)
        if line.join == "all" and free and scene.truth(line.guard) is True:
            return line
    return None


# Such lines may lead round in a circle, from one 会办 of nobody to the next.
_MOST_ROUNDS = 50


def changed(visit: Visit, desk: StateDesk, **changes: Any) -> Visit:
    """Return a visit with changes, its due date reckoned anew."""
    return desk.clock.begin(replace(visit, **changes))
