"""A slow simulator of cases: time goes by in steps of five minutes, and every step is looked at.

It knows no due dates. A clock counts what it used while it runs; it is over when that is enough.
Written from the rules of the notes alone, for workflows of `random_flows`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from zhunru.checker.resolved_flows import ALWAYS, Joint, Line, ResolvedWorkflow, State
from zhunru.vocabulary import Measure

STEP = timedelta(minutes=5)
OPENS, CLOSES = time(8), time(18)
Seen = tuple[str, datetime, str, str]
"""What happened, when, from which state, and where to."""


_MOST_ROUNDS = 50


class Beyond(Exception):
    """The walker does not go here: budgets used up lead round for ever, or end off its grid."""


@dataclass
class Order:
    """A command of the test."""

    at: datetime
    verb: str
    unit: str
    reason: str = ""


@dataclass
class Stay:
    """A visit as it is lived: what was used, not when it will be over."""

    state: State
    entered: datetime
    used: int = 0
    extra: int = 0
    extended: int = 0
    over: bool = False
    stopped: datetime | None = None
    missed_close: bool = False
    pause_used: int = 0
    asked: datetime | None = None
    fired: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)


def is_open(at: datetime) -> bool:
    """Office hours of a month without holidays."""
    hours = time(8) <= at.time() < time(12) or time(14) <= at.time() < CLOSES
    return at.weekday() < 5 and hours


class Walker:
    """Walks one case of a workflow through a list of commands."""

    def __init__(self, flow: ResolvedWorkflow, start: datetime, flag: bool | None) -> None:
        self.flow = flow
        self.states = {state.name: state for state in flow.states}
        self.flag = flag
        self.now = start
        self.seen: list[Seen] = []
        self.refused: list[int] = []
        self.counts: dict[str, int] = {}
        self.spent: dict[str, int] = {}
        self.end = ""
        self.stay = self._enter(flow.initial)

    def run(self, orders: list[Order], until: datetime) -> None:
        """Go through all commands, then on to `until`; what is due then has happened before."""
        waiting = list(enumerate(orders))
        while self.now < until:
            while waiting and waiting[0][1].at == self.now:
                number, order = waiting.pop(0)
                if self.end or not self._obey(order):
                    self.refused.append(number)
            if not self.end:
                self._at_this_instant()
            if self.end:
                self.now += STEP
            else:
                self._go_on()

    # --- time ----------------------------------------------------------------------------------

    def _at_this_instant(self) -> None:
        """What happens at an instant after people acted: resume, remind, refuse, end."""
        if self.now.time() == CLOSES and self.now.weekday() < 5:
            self._close_of_day()
        self._remind()
        stay = self.stay
        if stay.asked and (self._answer_is_late(stay.asked) or self._is_asked_in_vain()):
            stay.asked = None
            self._see("extension_refused", stay.state.name, "")
        rounds = 0
        while not self.end and self.stay.over and not self.stay.asked:
            self._time_is_over()
            rounds += 1
            if rounds > _MOST_ROUNDS:
                raise Beyond

    def _close_of_day(self) -> None:
        stay = self.stay
        if stay.stopped and stay.stopped.date() < self.now.date():
            stay.pause_used += 1
            clause = stay.state.suspensions[0]
            if stay.pause_used >= clause.length.amount:
                self._start_again()
        counted = self._measure() is Measure.WORKDAY and stay.entered.date() < self.now.date()
        if stay.stopped:
            stay.missed_close = counted and stay.stopped.date() == self.now.date()
        elif counted:
            stay.used += 1
            self._look_at_the_clock()

    def _go_on(self) -> None:
        """Let one step of time go by."""
        stay, measure = self.stay, self._measure()
        runs = measure is Measure.MINUTE or (measure is Measure.WORKHOUR and is_open(self.now))
        self.now += STEP
        if runs and not stay.stopped:
            stay.used += 5
            self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        self.stay.over = self.stay.used >= self._amount()

    def _answer_is_late(self, asked: datetime) -> bool:
        """The close of the working day after the request."""
        later = self.now.date() > asked.date() and self.now.weekday() < 5
        return later and self.now.time() == CLOSES

    def _is_asked_in_vain(self) -> bool:
        """Even with what is asked for the time would be over."""
        clause = self.stay.state.extension
        assert clause is not None
        more = self._units(clause.length.amount)
        return not self.stay.stopped and self.stay.used >= self._amount() + more

    def _start_again(self) -> None:
        stay = self.stay
        began, stay.stopped = stay.stopped, None
        self._see("resumed", stay.state.name, "")
        self._remind(just_resumed=True)
        # A stop within one day takes no day; but nothing is over while it lasts.
        if stay.missed_close and began and began.date() == self.now.date():
            stay.used += 1
            self._look_at_the_clock()
        stay.missed_close = False

    def _remind(self, *, just_resumed: bool = False) -> None:
        stay, self.just_resumed = self.stay, just_resumed
        for each in stay.state.reminders:
            length = each.ahead
            name = each.when + (f"{length.amount}{length.measure.value}" if length else "")
            name += "".join(f" {body.name}" for body in each.to)
            if name in stay.fired or stay.stopped:
                continue
            if self._is_half() if each.when == "halfway" else self._is_last_day():
                stay.fired.add(name)
                self._see("reminded", stay.state.name, name)

    def _is_half(self) -> bool:
        if self._measure() is Measure.WORKDAY:
            return self._in_day_after(self._whole() // 2)
        if self._whole() % 10:
            raise Beyond
        begun = self.stay.used - self.spent_before
        return begun * 2 >= self._whole() and self.now > self.stay.entered

    def _is_last_day(self) -> bool:
        return self._in_day_after(self._whole() - 1)

    def _in_day_after(self, used: int) -> bool:
        """In business of the day in which the next unit of a term of days is counted."""
        stay = self.stay
        begun = stay.used - self.spent_before
        today = self.now.weekday() < 5 and self.now.time() >= OPENS
        return today and begun == used and self.now.date() > stay.entered.date() and (
            self.now.time() < CLOSES
            or (self.just_resumed and (self.now.time() == CLOSES or stay.missed_close))
        )  # fmt: skip

    # --- limits --------------------------------------------------------------------------------

    def _measure(self) -> Measure:
        limit = self.stay.state.limit
        assert limit is not None
        return limit.lengths[0].measure

    def _amount(self) -> int:
        limit = self.stay.state.limit
        assert limit is not None
        return self._units(limit.lengths[0].amount) + self.stay.extra

    def _units(self, amount: object) -> int:
        per = {Measure.WORKHOUR: 60, Measure.MINUTE: 1, Measure.WORKDAY: 1}[self._measure()]
        return int(amount * per)  # type: ignore[operator]

    def _whole(self) -> int:
        """What this visit has, without what earlier visits used."""
        return max(self._amount() - self.spent_before, 0)

    # --- lines ---------------------------------------------------------------------------------

    def _enter(self, name: str) -> Stay:
        state = self.states[name]
        self.spent_before = self.spent.get(name, 0) if state.cumulative else 0
        return Stay(state=state, entered=self.now, used=self.spent_before)

    def _see(self, kind: str, source: str, target: str) -> None:
        self.seen.append((kind, self.now, source, target))

    def _truth(self, line: Line) -> bool | None:
        """A guard is the flag, or its contrary."""
        if line.guard == ALWAYS:
            return True
        if self.flag is None:
            return None
        return self.flag is (line.name.endswith("+") or line.id.endswith("+"))

    def _is_stuck(self, line: Line) -> bool:
        bound = line.bound
        used_up = bound and bound.times is not None and self.counts.get(line.id, 0) >= bound.times
        return bool(used_up and bound and not bound.then)

    def _take(self, kind: str, line: Line) -> None:
        state, bound = self.stay.state, line.bound
        target = line.target
        if bound and bound.times is not None:
            if self.counts.get(line.id, 0) >= bound.times:
                target = bound.then
            else:
                self.counts[line.id] = self.counts.get(line.id, 0) + 1
        if state.cumulative:
            # Who leaves at the very close of a day has used that day.
            self.spent[state.name] = self.stay.used + (
                kind in ("acted", "joined") and self._is_counted_now()
            )
        self._see(kind, state.name, target)
        if target in self.states:
            self.stay = self._enter(target)
            self._look_at_the_clock()
            if self.stay.over and self._measure() is Measure.WORKDAY:
                raise Beyond
        else:
            self.end = target

    def _time_is_over(self) -> None:
        for line in self.stay.state.endings:
            if self._truth(line) and not self._is_stuck(line):
                self._take("overdue" if line.kind == "overdue" else "expired", line)
                return

    # --- people --------------------------------------------------------------------------------

    def _obey(self, order: Order) -> bool:
        """Do what a command says; False: it is refused."""
        stay = self.stay
        if stay.stopped and order.verb != "恢复":
            return False
        rule = {"停表": self._stop, "恢复": self._resume, "延期": self._ask}.get(order.verb)
        if rule:
            return rule(order)
        if order.verb in ("同意延期", "不同意延期"):
            return self._reply(order)
        if isinstance(stay.state.owner, Joint):
            return self._answer(order)
        return self._act(order)

    def _stop(self, order: Order) -> bool:
        clauses = self.stay.state.suspensions
        if not clauses or order.reason not in clauses[0].reasons:
            return False
        if self.stay.pause_used >= clauses[0].length.amount:
            return False
        self.stay.stopped = self.now
        self._see("paused", self.stay.state.name, "")
        return True

    def _is_counted_now(self) -> bool:
        closes = self.now.time() == CLOSES and self.now.weekday() < 5
        later = self.stay.entered.date() < self.now.date()
        return closes and later and self._measure() is Measure.WORKDAY

    def _resume(self, _: Order) -> bool:
        began = self.stay.stopped
        if not began:
            return False
        if self.now.time() == CLOSES and began.date() < self.now.date() and self.now.weekday() < 5:
            self.stay.pause_used += 1
        self._start_again()
        return True

    def _ask(self, order: Order) -> bool:
        clause, owner = self.stay.state.extension, self.stay.state.owner
        if isinstance(owner, Joint) and order.unit not in [body.name for body in owner.parties]:
            return False
        if clause is None or self.stay.asked or self.stay.extended >= clause.times:
            return False
        self.stay.asked = self.now
        self._see("extension_asked", self.stay.state.name, "")
        return True

    def _reply(self, order: Order) -> bool:
        stay, clause = self.stay, self.stay.state.extension
        if clause is None or not stay.asked or order.unit != "一街道":
            return False
        stay.asked = None
        if order.verb == "不同意延期":
            self._see("extension_refused", stay.state.name, "")
            return True
        stay.extended += 1
        stay.extra += self._units(clause.length.amount)
        stay.fired = {name for name in stay.fired if name.startswith("halfway")}
        self._see("extended", stay.state.name, "")
        self._look_at_the_clock()
        return True

    def _act(self, order: Order) -> bool:
        for line in self.stay.state.actions:
            if line.name != order.verb or self._is_stuck(line):
                continue
            truth = self._truth(line)
            if truth is None:
                return False
            if truth:
                self._take("acted", line)
                return True
        return False

    def _answer(self, order: Order) -> bool:
        owner = self.stay.state.owner
        assert isinstance(owner, Joint)
        names = [body.name for body in owner.parties]
        words = {line.name for line in self.stay.state.actions}
        answers = self.stay.answers
        if order.unit not in names or order.verb not in words or order.unit in answers:
            return False
        answers[order.unit] = order.verb
        self._see("answered", self.stay.state.name, order.verb)
        for line in self.stay.state.actions:
            given = sum(word == line.name for word in answers.values())
            wanted = {"all": len(names), "any": 1, "majority": len(names) // 2 + 1}[line.join]
            if given >= wanted and not self._is_stuck(line):
                self._take("joined", line)
                break
        return True
