"""The ledger of suspensions (停表): when the clock of a limit stood still, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from zhunru.worktime.hours import WorkCalendar
from zhunru.worktime.instants import DAY, day_of, midnight, stamp

Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Suspension:
    """A clock stopped from `since` up to, not including, `until`, for a reason.

    A suspension has a bound of its own, so its end is always known: until work is resumed, the
    bound stands for it.
    """

    since: datetime
    until: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a suspension that ends before it begins."""
        if stamp(self.until) < stamp(self.since):
            raise ValueError("a suspension cannot end before it begins")


@dataclass(frozen=True)
class Ledger:
    """The suspensions of one clock, in order; a party's clock also stops with its case's."""

    entries: tuple[Suspension, ...] = ()

    def joined(self, other: Ledger) -> Ledger:
        """Return the ledger of a clock that stops with either of two."""
        return Ledger(tuple(sorted(self.entries + other.entries, key=lambda e: stamp(e.since))))

    @cached_property
    def stops(self) -> tuple[Run, ...]:
        """Return the stretches without time, in order: suspensions that touch are one."""
        runs = sorted((stamp(entry.since), stamp(entry.until)) for entry in self.entries)
        return tuple(_joined((run for run in runs if run[0] < run[1]), gap=0))

    def lost_days(self, calendar: WorkCalendar) -> list[Run]:
        """Return the runs of days (first, last ordinal) that no term of days can use.

        A day is used if the clock runs at its close; a stop that begins and ends within one day
        takes none.
        """
        found = (_days_taken(calendar, since, until) for since, until in self.stops)
        # Neighbouring days are one run: what rolls off its end must not land in the next.
        return list(_joined((run for run in found if run[0] <= run[1]), gap=1))

    def held(self, moment: int) -> int:
        """Return when something that is due at `moment` can happen: not while the clock stands."""
        for since, until in self.stops:
            if since <= moment < until:
                return until
        return moment


NO_SUSPENSIONS = Ledger()


def _days_taken(calendar: WorkCalendar, since: int, until: int) -> Run:
    first, last = day_of(since), day_of(until)
    if until <= midnight(first) + DAY:
        # An empty run: within one day, and so at no day's close.
        return 1, 0
    # Stopped after the close the first day has been used, and running again before it, the last is.
    late = calendar.close(first) < since
    early = calendar.close(last) >= until
    return first.toordinal() + late, last.toordinal() - early


def _joined(runs: Iterable[Run], *, gap: int) -> Iterator[Run]:
    """Join runs in order of their beginning that overlap or lie at most `gap` apart."""
    current: Run | None = None
    for start, end in runs:
        if current is None:
            current = (start, end)
        elif start <= current[1] + gap:
            current = (current[0], max(current[1], end))
        else:
            yield current
            current = (start, end)
    if current is not None:
        yield current
