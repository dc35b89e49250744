"""Crews: the people of one body, the work that waits for them, and how busy they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from zhunru.simulation.scenario import Discipline

_LAST = 1 << 62  # what has no due date is taken up last


@dataclass(slots=True, eq=False)
class Task:
    """One piece of work of a visit; `party` is the unit asked in a 会办, `verb` what it will do.

    `work` is the open time that it takes. `void`: time went by, or somebody else answered.
    """

    case: int
    visit: int
    verb: str
    work: int
    asked: int
    due: int | None
    party: str = ""
    begun: int | None = None
    person: int = 0
    void: bool = False


@dataclass(slots=True)
class Crew:
    """A queue before `staff` people (None: always one more); all times are open time.

    `area` sums waiting tasks over time, `busy_area` people at work: their means are those sums by
    the time that passed.
    """

    name: str
    staff: int | None
    discipline: Discipline
    waiting: int = 0
    most: int = 0
    tasks: int = 0
    area: int = 0
    busy_area: int = 0
    waits: list[int] = field(default_factory=list)
    _queue: list[tuple[int, int, Task]] = field(default_factory=list)
    _free: list[int] = field(default_factory=list)
    _hired: int = 0
    _busy: int = 0
    _seen: int = 0
    _number: int = 0

    @property
    def load(self) -> int:
        """Return how much work stands before somebody who comes now."""
        return self.waiting + self._busy - (self.staff or self._busy)

    def pass_time(self, now: int) -> None:
        """Count what waits and who works up to `now`."""
        self.area += self.waiting * (now - self._seen)
        self.busy_area += self._busy * (now - self._seen)
        self._seen = now

    def ask(self, task: Task, now: int) -> None:
        """Put a task into the queue."""
        self.pass_time(now)
        self._number += 1
        due = _LAST if task.due is None else task.due
        rank = due if self.discipline == "due" else 0
        # The number keeps the order of arrival, and keeps tasks from being compared.
        heappush(self._queue, (rank, self._number, task))
        self.waiting += 1

    def drop(self, task: Task, now: int) -> None:
        """Take back a task, whether it waits or is being worked on."""
        if task.void:
            return
        self.pass_time(now)
        task.void = True
        if task.begun is None:
            self.waiting -= 1
        else:
            self._release(task)

    def finish(self, task: Task, now: int) -> None:
        """Note that the work of a task is done."""
        self.pass_time(now)
        task.void = True
        self.tasks += 1
        self._release(task)

    def begin(self, now: int, start: Callable[[Task], None]) -> None:
        """Hand waiting tasks to people who are free; `start` is told of each."""
        while self._queue and self._has_free():
            task = heappop(self._queue)[2]
            # Taken back while it waited: a heap cannot be searched, so it is passed over when its
            # turn comes.
            if task.void:
                continue
            self.pass_time(now)
            self.waiting -= 1
            self._busy += 1
            task.begun, task.person = now, self._person()
            self.waits.append(now - task.asked)
            start(task)
        self.most = max(self.most, self.waiting)

    def _has_free(self) -> bool:
        return bool(self._free) or self.staff is None or self._hired < self.staff

    def _person(self) -> int:
        if self._free:
            return heappop(self._free)
        self._hired += 1
        return self._hired

    def _release(self, task: Task) -> None:
        self._busy -= 1
        heappush(self._free, task.person)
