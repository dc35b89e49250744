"""The play itself: cases arrive, wait for people, are acted on or overtaken by time.

Cases are stepped by the same kernel as real ones, on the same calendars. What is made up is only
when they come, how long a piece of work takes, and what is chosen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush
from random import Random

from zhunru.checker.resolved_flows import Joint
from zhunru.compiler.program import CompiledPolicy
from zhunru.errors import CaseRefused
from zhunru.runtime.advance import act, open_case, tick
from zhunru.runtime.case import Actor, Case, Command, Step
from zhunru.runtime.setting import Setting
from zhunru.simulation.assumptions import Setup
from zhunru.simulation.crews import Crew, Task
from zhunru.simulation.facts import Facts
from zhunru.simulation.meetings import votes
from zhunru.simulation.openers import opener_of
from zhunru.simulation.results import Simulation, share, summary
from zhunru.simulation.scenario import EXPIRY, chosen
from zhunru.simulation.tallies import ENDINGS, DailyQueues, Refusals, StateTally, crew_figures
from zhunru.vocabulary import Measure
from zhunru.worktime.instants import DAY, HOUR, day_of

# At one instant people act before time does (W1), and what happens comes before what arrives.
_FINISH, _TIMER, _ARRIVAL = range(3)
MOST_VISITS = 500  # of one case: past that it goes round for ever


@dataclass(slots=True, eq=False)
class Playing:
    """A case that is still open, with what people are asked to do in it.

    Its chance is its own: what happens to other cases does not change what it draws, so that two
    runs that differ in one number differ by what that number does.
    """

    number: int
    case: Case
    entered: int
    rng: Random
    late: bool = False
    visits: int = 1
    wake: int | None = None
    tasks: list[tuple[Crew, Task]] = field(default_factory=list)


class Play:
    """One run. All chance comes from `rng`: when cases arrive, and the chance of each of them."""

    def __init__(self, policy: CompiledPolicy, setup: Setup, cases: int, rng: Random) -> None:
        self.policy, self.setup, self.cases, self.rng = policy, setup, cases, rng
        self.setting = Setting(policy, setup.plan.name)
        chart = policy.model.chart
        self.facts = Facts(setup.plan.flow, chart, setup.scenario.fields)
        self.crews = {
            name: Crew(name, staff, setup.discipline) for name, staff in setup.staff.items()
        }
        self.states = {name: StateTally() for name in setup.plan.states}
        self.open: dict[int, Playing] = {}
        self.ends: Counter[str] = Counter()
        self.refused = Refusals()
        self.durations: list[int] = []
        self.late = self.opened_besides = self.arrived = 0
        self.curtailed = False
        self.last_arrival = self.now = setup.start
        self.queues = DailyQueues(self.crews)
        self._heap: list[tuple[int, int, int, Playing | None, Task | None]] = []
        self._number = 0
        self._open_at = (setup.start, 0)

    def run(self, seed: int) -> Simulation:
        """Play until nothing more happens, and return the figures."""
        self._at(self._next_arrival(), _ARRIVAL)
        while self._heap:
            self.now, kind, _, playing, task = heappop(self._heap)
            if kind == _ARRIVAL:
                self._arrive()
            elif playing is not None and playing.number in self.open:
                if kind == _TIMER:
                    self._pass_time(playing)
                elif task is not None and not task.void:
                    self._finish(playing, task)
            self.queues.see(self.now // DAY)
        self.queues.close_day()
        return self._figures(seed)

    # --- time ----------------------------------------------------------------------------------

    def open_time(self) -> int:
        """Return how much open time has passed until now."""
        at, known = self._open_at
        if at != self.now:
            known += self.setup.worked.between(at, self.now)
            self._open_at = (self.now, known)
        return known

    def _at(
        self, instant: int, kind: int, playing: Playing | None = None, task: Task | None = None
    ) -> None:
        self._number += 1
        # Ties go by the order of asking: the same seed always gives the same run.
        heappush(self._heap, (instant, kind, self._number, playing, task))

    def _next_arrival(self) -> int:
        arrivals = self.setup.arrivals
        gap = 1.0 if arrivals.even else self.rng.expovariate(1.0)
        by_clock = {Measure.DAY: DAY, Measure.HOUR: HOUR}.get(arrivals.measure)
        if by_clock:
            return self.now + round(gap * by_clock / arrivals.number)
        size = self.setup.day if arrivals.measure is Measure.WORKDAY else HOUR
        return self.setup.worked.after(self.now, round(gap * size / arrivals.number))

    # --- cases ---------------------------------------------------------------------------------

    def _arrive(self) -> None:
        self.arrived += 1
        self.last_arrival = self.now
        day = day_of(self.now)
        rng = Random(self.rng.getrandbits(64))
        facts = self.facts.opening(day, rng)
        actor = opener_of(self.setup.plan, self.policy.model.chart, facts, day, rng)
        number = self.arrived
        try:
            step = open_case(
                self.setting,
                case_id=f"S{number}",
                partition="",
                actor=actor,
                at=self.now,
                facts=facts,
            )
        except CaseRefused as refused:
            self.refused.note(refused)
        else:
            playing = Playing(number, step.case, self.now, rng)
            self.open[number] = playing
            self.states[step.case.visit.state].visits += 1
            self._follow(playing, step, fresh=True)
        if self.arrived < self.cases:
            self._at(self._next_arrival(), _ARRIVAL)

    def _pass_time(self, playing: Playing) -> None:
        # Alarms cannot be taken out of the heap: this one was put off, or is of an earlier visit.
        if playing.wake is None or self.now < playing.wake:
            return
        playing.wake = None
        step = tick(self.setting, playing.case, self.now)
        if step is not None:
            self._follow(playing, step)

    def _follow(self, playing: Playing, step: Step, *, fresh: bool = False) -> None:
        """Note what a step did to a case, and ask people for what it needs now."""
        before = playing.case.visit.number
        playing.case = case = step.case
        self.opened_besides += sum(d.kind == "open" for _, done in step.events for d in done)
        self._note_ways(playing, step)
        if case.closed:
            self._close(playing)
            return
        moved = fresh or case.visit.number != before
        # A meeting that decided nothing is held again; a party that answered has done its part.
        if moved or any(event.kind == "met" for event, _ in step.events):
            self._drop(playing)
            self._ask(playing)
        if playing.visits > MOST_VISITS:
            self.curtailed = True
            self._drop(playing)
            return
        if step.timers:
            # An act at the very instant is in time, so time comes a microsecond after it.
            playing.wake = step.timers[0].due + 1
            self._at(playing.wake, _TIMER, playing)

    def _note_ways(self, playing: Playing, step: Step) -> None:
        """Count the visits that ended in a step, and those that began."""
        for event, _ in step.events:
            left, entered = event.data.get("from"), event.data.get("to")
            if left is None or entered is None:
                continue
            how = ENDINGS.get(event.kind, "acted")
            self.states[left].left(how, self.setup.worked.between(playing.entered, event.at))
            playing.late = playing.late or how == "overdue"
            playing.entered = event.at
            playing.visits += 1
            if entered in self.states:
                self.states[entered].visits += 1

    def _close(self, playing: Playing) -> None:
        case = playing.case
        self._drop(playing)
        del self.open[playing.number]
        self.ends[case.end] += 1
        self.late += playing.late
        self.durations.append(self.setup.worked.between(case.opened, case.at))

    # --- work ----------------------------------------------------------------------------------

    def _ask(self, playing: Playing) -> None:
        """Hand out the work of a visit: to each party of a 会办, else to one crew."""
        case = playing.case
        weights = self.setup.choices[case.visit.state]
        owner = self.setup.plan.states[case.visit.state].state.owner
        names = self.setup.crews[case.visit.state]
        if isinstance(owner, Joint):
            asked = [party for party in case.asked if not party.result]
            for at, party in enumerate(asked):
                self._hand(
                    playing, chosen(weights, playing.rng), names[at % len(names)], party.unit
                )
            return
        # Where one of several bodies may act, the one with the least to do takes it.
        name = min(names, key=lambda each: self.crews[each].load)
        self._hand(playing, chosen(weights, playing.rng), name)

    def _hand(self, playing: Playing, verb: str, name: str, party: str = "") -> None:
        if verb in ("", EXPIRY):
            return
        spread = self.setup.handling[playing.case.visit.state]
        task = Task(
            playing.number,
            playing.case.visit.number,
            verb,
            self.setup.work(spread, spread.draw(playing.rng)),
            self.open_time(),
            playing.case.visit.due,
            party,
        )
        crew = self.crews[name]
        playing.tasks.append((crew, task))
        crew.ask(task, self.open_time())
        self._begin(crew)

    def _begin(self, crew: Crew) -> None:
        crew.begin(self.open_time(), self._start)

    def _start(self, task: Task) -> None:
        self._at(self.setup.worked.after(self.now, task.work), _FINISH, self.open[task.case], task)

    def _drop(self, playing: Playing) -> None:
        tasks, playing.tasks = playing.tasks, []
        for crew, task in tasks:
            crew.drop(task, self.open_time())
        for name in dict.fromkeys(crew.name for crew, _ in tasks):
            self._begin(self.crews[name])

    def _finish(self, playing: Playing, task: Task) -> None:
        crew = next(crew for crew, each in playing.tasks if each is task)
        crew.finish(task, self.open_time())
        step = self._acted(playing, task, crew.name)
        if step is not None:
            self._follow(playing, step)
        self._begin(crew)

    def _acted(self, playing: Playing, task: Task, crew: str) -> Step | None:
        """Do what was chosen, or else something that the workflow lets people do."""
        weights = dict(self.setup.choices[playing.case.visit.state])
        verb = task.verb
        while verb not in ("", EXPIRY):
            try:
                return act(self.setting, playing.case, self._command(playing, task, verb, crew))
            except CaseRefused as refused:
                self.refused.note(refused)
            weights.pop(verb, None)
            weights.pop(EXPIRY, None)
            verb = chosen(weights, playing.rng)
        return None

    def _command(self, playing: Playing, task: Task, verb: str, crew: str) -> Command:
        case = playing.case
        state = self.setup.plan.states[case.visit.state]
        day = day_of(self.now)
        meeting = votes(state.state.owner, self.setting, case, verb, self.now)
        inputs = {} if meeting is None else dict(meeting.inputs)
        for line in state.actions:
            if line.name == verb:
                inputs = {**self.facts.inputs(line, day, playing.rng), **inputs}
        owners = case.visit.owners
        unit = task.party or (playing.rng.choice(owners) if owners else crew)
        return Command(
            verb=verb if meeting is None else meeting.verb,
            actor=Actor(unit=unit, person=f"{crew}{task.person}"),
            at=self.now,
            inputs=inputs,
        )

    # --- figures -------------------------------------------------------------------------------

    def _figures(self, seed: int) -> Simulation:
        passed = self.open_time()
        for crew in self.crews.values():
            crew.pass_time(passed)
        shown = self.queues.until(self.last_arrival // DAY)
        closed = sum(self.ends.values())
        late = self.late + sum(p.late for p in self.open.values())
        return Simulation(
            set_code=self.policy.code,
            digest=self.policy.digest,
            flow=self.setup.plan.name,
            seed=seed,
            assumptions=self.setup.assumptions,
            start=day_of(self.setup.start),
            end=day_of(self.now),
            arrived=self.arrived,
            unopened=self.arrived - closed - len(self.open),
            closed=closed,
            open=len(self.open),
            beyond=sum(p.case.visit.provisional for p in self.open.values()),
            ends=dict(sorted(self.ends.items(), key=lambda each: (-each[1], each[0]))),
            late=late,
            late_share=share(late, closed + len(self.open)),
            day_hours=round(self.setup.day / HOUR, 4),
            duration=summary(self.durations),
            states=tuple(tally.figures(name) for name, tally in self.states.items()),
            crews=tuple(crew_figures(crew, passed) for crew in self.crews.values()),
            refused=self.refused.figures(),
            opened_besides=self.opened_besides,
            curtailed=self.curtailed,
            days=tuple(date.fromordinal(day) for day in self.queues.days[:shown]),
            queues={name: tuple(all_[:shown]) for name, all_ in self.queues.lengths.items()},
        )
