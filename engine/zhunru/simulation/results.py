"""What a simulation found: counts, shares and waiting times, ready for tables, JSON and a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import ceil
from typing import Any

from zhunru.diagnostics import Language
from zhunru.worktime.instants import HOUR

_DIGITS = 4  # enough to compare runs; the rest of a random figure means nothing


@dataclass(frozen=True, slots=True)
class Summary:
    """Lengths in working hours: how many, their mean, median, ninth decile and the longest."""

    count: int = 0
    mean: float = 0.0
    median: float = 0.0
    p90: float = 0.0
    most: float = 0.0


def summary(lengths: Sequence[int]) -> Summary:
    """Return the summary of lengths in microseconds."""
    if not lengths:
        return Summary()
    ordered = sorted(lengths)

    def at(share: float) -> float:
        return hours(ordered[max(0, ceil(share * len(ordered)) - 1)])

    mean = hours(sum(ordered) / len(ordered))
    return Summary(len(ordered), mean, at(0.5), at(0.9), hours(ordered[-1]))


def hours(micros: float) -> float:
    """Return microseconds as hours."""
    return round(micros / HOUR, _DIGITS)


def share(part: float, whole: float) -> float:
    """Return a share, 0 of nothing."""
    return round(part / whole, _DIGITS) if whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFigures:
    """What happened in a state: visits, and how they ended.

    `acted` by somebody in time, `overdue` and `expired` by time, `open` not yet. `stay`: working
    hours from entering to leaving.
    """

    name: str
    visits: int
    acted: int
    overdue: int
    expired: int
    open: int
    overdue_share: float
    stay: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewFigures:
    """What the people of one body did. `load`: the share of their time that they worked (of one
    person's time where their number has no bound)."""

    name: str
    staff: int | None
    tasks: int
    load: float
    queue_mean: float
    queue_most: int
    wait: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """Something that the simulation took for granted; `given`: the scenario says so."""

    key: str
    zh: str
    en: str
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What the workflow did not let people do: how often, and what it said the first time."""

    code: str
    number: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The figures of one run; the same set, scenario, number and seed give the same figures.

    `unopened` are those of the `arrived` that the workflow did not let in. `queues` are, for each
    crew, the longest queue of each day in `days`. `beyond`: open cases whose time runs past the
    published calendar, so that nothing ends it. `curtailed`: stopped before all was done.
    """

    set_code: str
    digest: str
    flow: str
    seed: int
    assumptions: tuple[Assumption, ...]
    start: date
    end: date
    arrived: int
    unopened: int
    closed: int
    open: int
    beyond: int
    ends: Mapping[str, int]
    late: int
    late_share: float
    day_hours: float
    duration: Summary
    states: tuple[StateFigures, ...]
    crews: tuple[CrewFigures, ...]
    refused: tuple[Refusal, ...]
    opened_besides: int
    curtailed: bool
    days: tuple[date, ...]
    queues: Mapping[str, tuple[int, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON-ready data."""
        plain = asdict(self)
        for key in ("start", "end"):
            plain[key] = plain[key].isoformat()
        plain["days"] = [day.isoformat() for day in self.days]
        return {"version": 1, **plain}

    def to_svg(self, language: Language = "zh") -> str:
        """Return the figures as a plot."""
        from zhunru.simulation.plot import draw

        return draw(self, language)
