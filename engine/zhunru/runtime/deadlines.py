"""When the time of a visit ends: limits of states, reminders, pauses and extensions on a calendar.

A visit holds everything that its due date follows from; it is reckoned anew, never moved on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import NOTHING
from zhunru.checker.resolved_flows import ALWAYS, Length, Reminder, State, Suspension
from zhunru.compiler.values import UNKNOWN, civil
from zhunru.runtime.case import Pause, Timer, Visit
from zhunru.vocabulary import CLOCK, TODAY, Measure
from zhunru.worktime import (
    NO_SUSPENSIONS,
    Due,
    Ledger,
    Limit,
    Receipt,
    Unit,
    WorkCalendar,
    ahead,
    due,
    elapsed,
    halfway,
    until,
)
from zhunru.worktime import Suspension as Stop
from zhunru.worktime.clock import MICROS, micros_of
from zhunru.worktime.instants import DAY, day_of, instant, stamp

if TYPE_CHECKING:
    from zhunru.runtime.scene import Scene

UNTIL = "until"
_MOST_KEPT = 1 << 13

Ends = tuple[int, bool]
"""An instant, and whether it is provisional."""


class Allowed:
    """What a state allows on entry: an amount of a measure, or a day; `missing` what is unknown."""

    __slots__ = ("amount", "measure", "missing")

    def __init__(self, amount: str = "", measure: str = "", missing: tuple[str, ...] = ()) -> None:
        self.amount = amount
        self.measure = measure
        self.missing = missing


UNTIMED = Allowed()


class StateClock:
    """The clock of one state."""

    def __init__(self, state: State, calendar: WorkCalendar) -> None:
        self.state = state
        self.calendar = calendar
        self.fixed = self._of_lengths()
        self.reminding = _by_name(state.reminders)
        # Whether reminders depend on the day of the start alone: none of them counts hours.
        self._by_days = calendar.receipt is Receipt.SAME_DAY and all(
            each.ahead is None or each.ahead.measure.value in _CACHED for each in state.reminders
        )
        self._days: dict[tuple[int, str, str], Ends] = {}
        self._waiting: dict[tuple[int, str, str, int | None, bool], tuple[Timer, ...]] = {}

    def _of_lengths(self) -> Allowed | None:
        """Return what is allowed whatever the facts are; None: it depends on them."""
        limit = self.state.limit
        if limit is None or limit.untimed:
            return UNTIMED
        if len(limit.lengths) == 1 and limit.lengths[0].when == ALWAYS:
            return _allowed(limit.lengths[0].amount, limit.lengths[0].measure)
        return None

    # --- entering ------------------------------------------------------------------------------

    def allowed(self, scene: Scene) -> Allowed:
        """Return what the facts allow (W3: fixed on entry)."""
        if self.fixed is not None:
            return self.fixed
        limit = self.state.limit
        assert limit is not None
        if limit.until in TODAY:
            return Allowed(self.calendar.same_day(scene.at).isoformat(), UNTIL)
        if limit.until:
            return _until(scene.fields.get(limit.until, UNKNOWN), limit.until)
        if limit.value is not None and limit.measure is not None:
            return _of_value(scene.value(limit.value), limit.measure, scene)
        return _of_table(limit.lengths, scene)

    def first(self, entered: int, allowed: Allowed, spent: int) -> tuple[int | None, bool]:
        """Return when a visit that begins now will be over, and whether that is provisional."""
        measure = allowed.measure
        if not measure:
            return None, False
        if not spent and measure in _CACHED and self.calendar.receipt is Receipt.SAME_DAY:
            # Days are the same for every start on one day: nearly always that is known already.
            found = self._days.get((entered // DAY, allowed.amount, measure))
            if found is not None and found[0] > entered:
                return found
        elif not spent and measure in _CLOCKS:
            end = self._plain_hours(entered, allowed.amount, Unit(measure))
            if end is not None:
                return end, False
        visit = Visit(number=0, state="", entered=entered, amount=allowed.amount,
                      measure=measure, spent=spent)  # fmt: skip
        return self.ends(visit) or (None, False)

    def _plain_hours(self, start: int, amount: str, unit: Unit) -> int | None:
        """Return when hours that nothing stops have run out; None: not on published days alone."""
        calendar, micros = self.calendar, int(Decimal(amount) * MICROS[unit])
        if unit is Unit.WORKHOUR:
            end = calendar.worked.after(start, micros)
        else:
            end = calendar.served.after(start, micros) if calendar.service else start + micros
        return end if calendar.days.published(day_of(start), day_of(end)) else None

    def begin(self, visit: Visit) -> Visit:
        """Return a visit with its due date."""
        ends = self.ends(visit)
        if ends is None:
            return visit
        return replace(visit, due=max(ends[0], visit.floor), provisional=ends[1])

    # --- the end -------------------------------------------------------------------------------

    def ends(self, visit: Visit) -> Ends | None:
        """Return when the time of a visit is over; None: never."""
        if not visit.measure:
            return None
        plain = not (visit.pauses or visit.extended or visit.spent)
        if plain and visit.measure in _CACHED and self.calendar.receipt is Receipt.SAME_DAY:
            return self._plain_days(visit)
        return self._reckoned(visit)

    def _plain_days(self, visit: Visit) -> Ends:
        """Return the end of a term of days, which depends on the day of its start alone."""
        key = (visit.entered // DAY, visit.amount, visit.measure)
        found = self._days.get(key)
        if found is None:
            if len(self._days) >= _MOST_KEPT:
                self._days.clear()
            found = self._days[key] = self._reckoned(visit)
        # A start after the close of business can never lie behind the end of a whole day.
        return found if found[0] > visit.entered else self._reckoned(visit)

    def _reckoned(self, visit: Visit) -> Ends:
        ledger = ledger_of(visit.pauses)
        length = self.state.extension.length if self.state.extension else None
        if visit.measure == UNTIL:
            found = until(date.fromisoformat(visit.amount), self.calendar)
            end: Ends = (ledger.held(stamp(found.instant)), found.provisional)
        else:
            limit = limit_of(visit)
            if visit.extended and length and length.measure.value == visit.measure:
                limit = limit.extended(_limit(length, visit.extended))
                length = None
            end = _ends(
                due(instant(visit.entered), limit, self.calendar, ledger, spent=visit.spent)
            )
        if visit.extended and length:
            more = due(instant(end[0]), _limit(length, visit.extended), self.calendar, ledger)
            end = (stamp(more.instant), more.provisional or end[1])
        return end

    # --- timers kept for a day -----------------------------------------------------------------

    def waiting(self, visit: Visit) -> tuple[Timer, ...] | None:
        """Return the timers of a term of days, where those of any start on that day are known."""
        key = self._day_key(visit)
        found = self._waiting.get(key) if key is not None else None
        return found if found and found[0].due > visit.entered else None

    def keep_waiting(self, visit: Visit, timers: tuple[Timer, ...]) -> None:
        """Keep the timers of a visit for all that begin on its day.

        One that is due at the very start is due at another instant for another start.
        """
        key = self._day_key(visit)
        if key is None or not timers or timers[0].due <= visit.entered:
            return
        if len(self._waiting) >= _MOST_KEPT:
            self._waiting.clear()
        self._waiting[key] = timers

    def _day_key(self, visit: Visit) -> tuple[int, str, str, int | None, bool] | None:
        """Return what the timers of a visit hang on; None: on more than the day it began."""
        if (
            not self._by_days
            or visit.measure not in _CACHED
            or visit.pauses
            or visit.fired
            or visit.extended
            or visit.spent
            or visit.extending
        ):
            return None
        return (visit.entered // DAY, visit.amount, visit.measure, visit.due, visit.provisional)

    # --- reminders -----------------------------------------------------------------------------

    def reminders(self, visit: Visit) -> tuple[tuple[str, int], ...]:
        """Return the reminders that have not gone out, each with its name and instant (W10)."""
        if not self.state.reminders or visit.due is None:
            return ()
        # Once they went by their place in the list.
        earlier = {
            name
            for at, (name, each) in enumerate(self.reminding.items())
            if f"{each.when}{at}" in visit.fired
        }
        gone = {*visit.fired, *earlier}
        return tuple(each for each in self._reminding(visit) if each[0] not in gone)

    def _reminding(self, visit: Visit) -> list[tuple[str, int]]:
        limit = self._whole(visit)
        # Where earlier visits left nothing there is nothing to remind of.
        if limit is None or limit.amount * MICROS.get(limit.unit, 1) <= visit.spent:
            return []
        return [
            (
                name,
                ledger_of(visit.pauses).held(self._moment(visit, limit, each)),
            )
            for name, each in self.reminding.items()
        ]

    def _moment(self, visit: Visit, limit: Limit, reminder: Reminder) -> int:
        ledger, start = ledger_of(visit.pauses), instant(visit.entered)
        notice = _limit(reminder.ahead) if reminder.ahead else None
        if visit.spent and limit.unit in MICROS and (notice is None or notice.unit in MICROS):
            # What is left of hours has no exact amount, but what is used of them by then has.
            total = micros_of(limit)
            left = max(total - visit.spent, 0)
            keep = left - left // 2 if notice is None else micros_of(notice)
            used = min(visit.spent + max(left - keep, 0), total)
            found = due(start, limit, self.calendar, ledger, spent=visit.spent + total - used)
            return stamp(found.instant)
        if visit.spent:
            limit = Limit(max(limit.amount - visit.spent, 0), limit.unit)
        if notice is None:
            return stamp(halfway(start, limit, self.calendar, ledger).instant)
        return stamp(ahead(start, limit, notice, self.calendar, ledger).instant)

    def _whole(self, visit: Visit) -> Limit | None:
        """Return what a visit has as one limit, extended; that of a day as working days."""
        if visit.measure != UNTIL:
            limit = limit_of(visit)
            length = self.state.extension.length if self.state.extension else None
            if visit.extended and length and length.measure.value == visit.measure:
                limit = limit.extended(_limit(length, visit.extended))
            return limit
        assert visit.due is not None
        if visit.due <= visit.entered:
            return None
        # The day stays whatever stood meanwhile: of the days up to it that many are left.
        start, ledger = instant(visit.entered), ledger_of(visit.pauses)
        days = elapsed(start, instant(visit.due), Unit.WORKDAY, self.calendar, ledger)
        return Limit(days.whole, Unit.WORKDAY)

    # --- pauses --------------------------------------------------------------------------------

    def pause(self, clause: Suspension, pauses: tuple[Pause, ...], at: int) -> int:
        """Return when a pause that begins now ends by itself; `at` itself: there is none left.

        What earlier pauses for the same reasons took in this visit is gone.
        """
        limit = _limit(clause.length)
        used = sum(
            elapsed(instant(each.since), instant(each.until), limit.unit, self.calendar).used
            for each in pauses
            if each.reason in clause.reasons and each.until is not None
        )
        whole = limit.amount * MICROS.get(limit.unit, 1)
        if used >= whole:
            return at
        return stamp(due(instant(at), limit, self.calendar, spent=used).instant)

    def used(self, visit: Visit, at: int) -> int:
        """Return what a visit used of its limit up to now, with what earlier ones did (累计)."""
        if not visit.measure or visit.measure == UNTIL:
            return visit.spent
        ledger = ledger_of(visit.pauses)
        unit = Unit(visit.measure)
        ran = elapsed(instant(visit.entered), instant(at), unit, self.calendar, ledger)
        return visit.spent + ran.used

    def if_granted(self, visit: Visit) -> int:
        """Return when a visit would be over with the extension that is asked for.

        A request that is still open then holds the case no longer: granted or not, time is over.
        """
        found = self.ends(replace(visit, extended=visit.extended + 1))
        assert found is not None
        return max(found[0], visit.floor)

    def workday_after(self, at: int) -> int:
        """Return the end of the working day in which an extension must be answered."""
        return stamp(due(instant(at), Limit(1, Unit.WORKDAY), self.calendar).instant)


_CLOCKS = frozenset(unit.value for unit in MICROS)
_CACHED = frozenset(m.value for m in (Measure.WORKDAY, Measure.DAY, Measure.NATURALDAY))
_CACHED |= {Measure.MONTH.value, Measure.YEAR.value}


def ledger_of(pauses: tuple[Pause, ...]) -> Ledger:
    """Return the suspensions of a visit; one that is not over stands to its bound."""
    if not pauses:
        return NO_SUSPENSIONS
    return Ledger(
        tuple(
            Stop(instant(each.since), instant(each.bound if each.until is None else each.until))
            for each in pauses
        )
    )


def limit_of(visit: Visit) -> Limit:
    """Return the limit that a visit began with."""
    return Limit(Decimal(visit.amount), Unit(visit.measure))


def _by_name(reminders: tuple[Reminder, ...]) -> dict[str, Reminder]:
    """Return reminders by the names of their timers, which say what they are: a case knows by them
    in another version, where there are more or fewer, which of them went out."""
    found: dict[str, Reminder] = {}
    for each in reminders:
        length = each.ahead
        amount = f"{length.amount.normalize():f}{length.measure.value}" if length else ""
        bodies = "、".join(f"{body.level}{body.name}" for body in each.to)
        plain = name = f"{each.when}{amount} {bodies}".rstrip()
        again = 1
        while name in found:
            again += 1
            name = f"{plain}#{again}"
        found[name] = each
    return found


def _ends(found: Due) -> Ends:
    return stamp(found.instant), found.provisional


def _limit(length: Length, times: int = 1) -> Limit:
    return Limit(length.amount * times, Unit(length.measure.value))


def _allowed(amount: Decimal, measure: Measure) -> Allowed:
    return Allowed(f"{amount.normalize():f}", measure.value)


def _until(value: Any, name: str) -> Allowed:
    if value is UNKNOWN:
        return Allowed(missing=(name,))
    if value is None:
        return UNTIMED
    return Allowed(civil(value).isoformat(), UNTIL)


def _of_value(value: Any, measure: Measure, scene: Scene) -> Allowed:
    if value is UNKNOWN:
        return Allowed(missing=scene.missing)
    if value is NOTHING:
        return UNTIMED
    amount = max(Decimal(value), Decimal(0))
    if measure is Measure.WEEK:
        amount, measure = amount * 7, Measure.DAY
    # Days are counted whole; a part of one is one more day.
    whole = amount if measure in CLOCK else amount.to_integral_value(ROUND_CEILING)
    return _allowed(whole, measure)


def _of_table(lengths: tuple[Length, ...], scene: Scene) -> Allowed:
    for length in lengths:
        holds = scene.truth(length.when)
        if holds is UNKNOWN:
            return Allowed(missing=scene.missing)
        if holds:
            return _allowed(length.amount, length.measure)
    return UNTIMED
