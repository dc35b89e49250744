"""What time does to cases: due timers in bounded batches, outages, calendars just published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from zhunru.errors import StoreError
from zhunru.runtime import advance
from zhunru.runtime.advance import Gap
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import Actor, Case, Event, Visit
from zhunru.runtime.encoding import encode_event
from zhunru.runtime.ids import partition_of
from zhunru.runtime.notes import PARTITION, known_notices, last_beat, note_beat, note_notices
from zhunru.runtime.records import OUTAGE, is_record
from zhunru.runtime.recurring import Recurring, is_duty_id
from zhunru.runtime.writing import Writing
from zhunru.store.base import NO_CHANGE, CaseRow, Change, Store, View, Work, is_provisional
from zhunru.worktime import (
    Calendar,
    Unit,
    elapsed,
    holiday_notices,
    regions,
    working_time,
)
from zhunru.worktime.instants import HOUR, instant

# So many cases are moved by time in one write: few enough that a person who acts meanwhile waits
# a few milliseconds for it at the most.
BATCH = 32
# 停机宽限: a silence of more working time than this is an outage (W17).
GRACE = 4 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a tick did: how many cases moved, whether more is due, and which cases it failed on."""

    moved: int
    more: bool
    failed: tuple[tuple[str, str], ...] = ()


class Clockwork:
    """Time, as far as cases feel it."""

    def __init__(self, store: Store, policies: Policies, recorded: Callable[[int], int]) -> None:
        self._store = store
        self._policies = policies
        self._recorded = recorded
        self.gap: Gap | None = None
        self._has_caught_up = False
        self.recurring = Recurring(store, policies, recorded)

    # --- timers --------------------------------------------------------------------------------

    def tick(self, now: int, limit: int) -> Ticked:
        """Move the cases that have timers due before `now`, earliest first, in small batches.

        A recurring duty whose period is over opens the next one, which may be over too: they are
        all come due one after the other, up to the limit.
        """
        moved, left = 0, limit
        failed: dict[str, str] = {}
        while True:
            timers = self._store.due_timers(now, left)
            waiting = [t.case_id for t in timers if t.case_id not in failed]
            waiting = list(dict.fromkeys(waiting))
            moved += self._move_all(waiting, now, failed)
            if len(timers) == left or not any(map(is_duty_id, waiting)):
                break
            left -= len(timers)
        self.recurring.follow(now)
        return Ticked(moved=moved, more=len(timers) == left, failed=tuple(failed.items()))

    def _move_all(self, waiting: Sequence[str], now: int, failed: dict[str, str]) -> int:
        """Move cases and return how many moved; `failed` takes those that did not, and why."""
        moved = 0
        for batch in batches(waiting):
            for case_id, outcome in self._move(batch, now):
                moved += outcome is None
                if outcome is not None:
                    failed[case_id] = outcome
            # Between two batches whoever waits to act comes first.
            time.sleep(0)
        return moved

    def wait(self, case_id: str, now: int) -> None:
        """Move one case, whatever else is due."""
        self._write((case_id,), now)

    def _move(self, batch: Sequence[str], now: int) -> Iterator[tuple[str, str | None]]:
        """Move a batch in one write; where that fails, case by case, so that one fails alone."""
        try:
            self._write(batch, now)
        except StoreError:
            raise
        except Exception as error:
            if len(batch) == 1:
                yield batch[0], f"{type(error).__name__}: {error}"
                return
            for case_id in batch:
                yield from self._move((case_id,), now)
            return
        for case_id in batch:
            yield case_id, None

    def _write(self, batch: Sequence[str], now: int) -> None:
        def run(view: View) -> tuple[Change, None]:
            writing = Writing(view, self._policies, self._recorded(now), keeps=False)
            for case_id in batch:
                self._pass(writing, case_id, now)
            return writing.change(), None

        self._store.write(Work(partition_of(batch[0]), run, tuple(batch), behind=True))

    def _pass(self, writing: Writing, case_id: str, now: int) -> None:
        case = writing.case(case_id)
        if is_duty_id(case_id):
            self.recurring.end_period(writing, case, now)
            return
        setting = writing.setting(case, now)
        step = advance.tick(setting, case, now, gap=self.gap)
        if step is not None:
            writing.add(step, case.version)
        else:
            # Somebody was faster, or the timer is of an older library: what is due is said anew.
            writing.put(case, advance.timers_of(setting, case))

    # --- outages -------------------------------------------------------------------------------

    def start(self, now: int) -> int | None:
        """Record it if the service was silent for long; return since when."""
        since = last_beat(self._store)
        if since is not None and now > since and _silent(since, now) > GRACE:
            self.gap = since, now
            self._store.write(self._outage(since, now))
        self.beat(now)
        return None if self.gap is None else self.gap[0]

    def beat(self, now: int) -> None:
        """Write down that the service is alive."""
        note_beat(self._store, now)

    def _outage(self, since: int, until: int) -> Work:
        """Return the work that puts an outage on record, as a case that is over."""
        case = Case(
            case_id=f"{PARTITION}.{since}",
            partition=PARTITION,
            set_code="",
            digest="",
            flow="停机",
            opened=since,
            opener=Actor(unit=PARTITION),
            version=1,
            at=until,
            visit=Visit(number=0, state="停机", entered=since),
            end="恢复",
        )
        event = Event(kind=OUTAGE, at=until, data={"case": case, "since": since, "until": until})

        def run(view: View) -> tuple[Change, None]:
            if view.case(case.case_id) is not None:
                return NO_CHANGE, None
            writing = Writing(view, self._policies, self._recorded(until))
            writing.event(case, event, 1, encode_event(event))
            writing.put(case, ())
            return writing.change(), None

        return Work(partition=PARTITION, run=run, cases=(case.case_id,))

    # --- calendars -----------------------------------------------------------------------------

    def publish(self, days: Calendar, at: int, notice: str) -> list[str]:
        """Reckon the due dates of all open cases by a calendar; return those that moved."""
        self._policies.publish(days)
        return self._republish_all(lambda row: True, at, notice)

    def catch_up(self, now: int) -> list[str]:
        """Reckon provisional due dates anew if the program knows of more notices of holidays than
        the one that did so last; return the cases whose date moved.

        With a newer program the days of a year are known all at once, and a date that was
        provisional may come earlier than it was said to: a weekend may be worked.
        """
        if self._has_caught_up:
            return []
        known = _notices()
        told = known_notices(self._store) or []
        new = [name for name in known if name not in told]
        moved: list[str] = []
        if new:
            notice = "、".join(new if told else new[-1:])
            moved = self._republish_all(is_provisional, now, notice)
            note_notices(self._store, known, now)
        self._has_caught_up = True
        return moved

    def _republish_all(
        self, concerned: Callable[[CaseRow], bool], at: int, notice: str
    ) -> list[str]:
        moved: list[str] = []
        for rows in open_cases(self._store):
            for batch in batches([row.case_id for row in rows if concerned(row)]):
                moved += self._republish(batch, at, notice)
        return moved

    def _republish(self, batch: Sequence[str], at: int, notice: str) -> list[str]:
        def run(view: View) -> tuple[Change, list[str]]:
            writing = Writing(view, self._policies, self._recorded(at))
            moved = []
            for case_id in batch:
                case = writing.case(case_id)
                if is_record(case):
                    continue
                setting = writing.setting(case, at)
                step = None if case.closed else advance.publish(setting, case, at, notice)
                if step is not None:
                    writing.add(step, case.version)
                    moved.append(case_id)
            return writing.change(), moved

        found: Any = self._store.write(Work(partition_of(batch[0]), run, tuple(batch)))
        return list(found)


def _notices() -> list[str]:
    """Return the notices of holidays that this program knows, those of the whole country last."""
    local = [f"{place} {each.paper}" for place in regions() for each in holiday_notices(place)]
    return [*local, *(each.paper for each in holiday_notices())]


def _silent(since: int, now: int) -> int:
    """Return how much working time lies between two instants."""
    return elapsed(instant(since), instant(now), Unit.WORKHOUR, working_time()).used


def batches(case_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield ids in order, a few at a time, those of one batch of one partition."""
    for _, group in groupby(case_ids, key=partition_of):
        ids = list(group)
        for at in range(0, len(ids), BATCH):
            yield ids[at : at + BATCH]


def open_cases(store: Store, page: int = 500) -> Iterator[Sequence[CaseRow]]:
    """Yield the open cases, page by page, in the order of their ids."""
    after = ""
    while rows := store.find_cases(closed=False, after=after, limit=page):
        yield rows
        after = rows[-1].case_id
