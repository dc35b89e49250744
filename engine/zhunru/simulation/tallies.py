"""Counting while a simulation runs: visits, how they ended, how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zhunru.diagnostics import Diagnostic
from zhunru.errors import CaseRefused
from zhunru.simulation.crews import Crew
from zhunru.simulation.results import CrewFigures, Refusal, StateFigures, share, summary

Ending = Literal["acted", "overdue", "expired"]
ENDINGS: Mapping[str, Ending] = {"overdue": "overdue", "expired": "expired"}


@dataclass(slots=True)
class StateTally:
    """What happened in one state so far."""

    visits: int = 0
    acted: int = 0
    overdue: int = 0
    expired: int = 0
    stays: list[int] = field(default_factory=list)

    def left(self, how: Ending, stay: int) -> None:
        """Note that a visit ended after an open time."""
        setattr(self, how, getattr(self, how) + 1)
        self.stays.append(stay)

    def figures(self, name: str) -> StateFigures:
        """Return the figures of the state; the share is of the visits that ended."""
        ended = self.acted + self.overdue + self.expired
        return StateFigures(
            name=name,
            visits=self.visits,
            acted=self.acted,
            overdue=self.overdue,
            expired=self.expired,
            open=self.visits - ended,
            overdue_share=share(self.overdue, ended),
            stay=summary(self.stays),
        )


class Refusals:
    """What was refused, by code, with the first finding of each."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Diagnostic, int]] = {}

    def note(self, refused: CaseRefused) -> None:
        """Count a refusal."""
        first, number = self._found.get(refused.code, (refused.diagnostic, 0))
        self._found[refused.code] = first, number + 1

    def figures(self) -> tuple[Refusal, ...]:
        """Return all of them, by code."""
        return tuple(
            Refusal(code=code, number=number, zh=first.zh, en=first.en)
            for code, (first, number) in sorted(self._found.items())
        )


def crew_figures(crew: Crew, passed: int) -> CrewFigures:
    """Return the figures of a crew over the open time that passed."""
    return CrewFigures(
        name=crew.name,
        staff=crew.staff,
        tasks=crew.tasks,
        load=share(crew.busy_area, passed * (crew.staff or 1)),
        queue_mean=share(crew.area, passed),
        queue_most=crew.most,
        wait=summary(crew.waits),
    )


class DailyQueues:
    """The longest queue of each crew on each day."""

    def __init__(self, crews: Mapping[str, Crew]) -> None:
        self._crews = crews
        self._today: dict[str, int] = dict.fromkeys(crews, 0)
        self._day: int | None = None
        self.days: list[int] = []
        self.lengths: dict[str, list[int]] = {name: [] for name in crews}

    def see(self, day: int) -> None:
        """Note the queues as they are; days in between kept what was waiting."""
        if self._day is None:
            self._day = day
        while self._day < day:
            self.close_day()
            self._day += 1
        for name, crew in self._crews.items():
            if crew.waiting > self._today[name]:
                self._today[name] = crew.waiting

    def close_day(self) -> None:
        """Write down the longest queues of the day; the next begins with what waits now."""
        if self._day is None:
            return
        self.days.append(self._day)
        for name, most in self._today.items():
            self.lengths[name].append(most)
            self._today[name] = self._crews[name].waiting

    def until(self, day: int) -> int:
        """Return how many days there are up to `day`, or to the last on which anybody waited."""
        waited = (
            number + 1
            for number in range(len(self.days) - 1, -1, -1)
            if any(lengths[number] for lengths in self.lengths.values())
        )
        last = next(waited, 0)
        known = sum(1 for each in self.days if each <= day)
        return max(last, known)
