"""Days at which a case may begin: of the published years, one of each run of days.

How long something takes hangs on the days from its start to its end: which are worked, and when
each calendar opens and closes. Two starts before the same run of days take the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from zhunru.checker.flow_clocks import Clock

YEARS = 12
_DAY = timedelta(1)


class Starts:
    """The days of the last published years, as some clocks see them."""

    def __init__(self, clocks: Iterable[Clock], horizon: datetime) -> None:
        last = horizon.date()
        self.first = date(last.year - YEARS + 1, 1, 1)
        self._known: dict[tuple[object, ...], str] = {}
        used = list(dict.fromkeys(clocks))
        days = [self.first + _DAY * at for at in range((last - self.first).days + 1)]
        self._run = "".join(self._sign(used, day) for day in days)

    def _sign(self, clocks: list[Clock], day: date) -> str:
        calendars = [clock.calendar for clock in clocks]
        seen = (*(c.days.kind(day) for c in calendars[:1]), *(c.hours_on(day) for c in calendars))
        return self._known.setdefault(seen, chr(len(self._known)))

    def every(self) -> Iterator[date]:
        """Yield every day of them."""
        return (self.first + _DAY * at for at in range(len(self._run)))

    def days(self, reach: Callable[[date], date], *, dated: bool) -> Iterator[date]:
        """Yield starts such that every run of days, as far as `reach` says it matters, is met.

        A start that reaches beyond what is published is left out. `dated`: months or years run, so
        it matters which day it is. Nothing is yielded where no whole year of starts is known.
        """
        seen: dict[int, set[str]] = {}
        run = self._run
        if reach(self.first + 365 * _DAY) > self._last:
            return
        for at in range(len(run)):
            if not dated and any(run[at : at + n] in runs for n, runs in seen.items()):
                continue
            day = self.first + _DAY * at
            end = reach(day)
            if end > self._last:
                continue
            length = (end - day).days + 1
            seen.setdefault(length, set()).add(run[at : at + length])
            yield day

    @property
    def _last(self) -> date:
        return self.first + _DAY * (len(self._run) - 1)
