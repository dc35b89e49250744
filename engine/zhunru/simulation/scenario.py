"""What a simulation assumes: how cases arrive, how long work takes, who is there to do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from random import Random
from typing import Literal

from zhunru.diagnostics import Span
from zhunru.vocabulary import Measure

Shape = Literal["fixed", "uniform", "exponential", "lognormal"]
Discipline = Literal["arrival", "due"]

# What choosing to let the time of a state run out is called beside its actions.
EXPIRY = "期满"
EXPIRY_WORDS = (EXPIRY, "expiry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A random length or number.

    `first` is the fixed value, the least (uniform), the mean (exponential) or the median
    (lognormal); `second` the most (uniform) or the spread of the logarithm (lognormal).
    """

    shape: Shape
    first: float
    second: float = 0.0
    measure: Measure | None = None

    def draw(self, rng: Random) -> float:
        """Return one value, in the measure of the spread."""
        match self.shape:
            case "uniform":
                return rng.uniform(self.first, self.second)
            case "exponential":
                return rng.expovariate(1 / self.first) if self.first else 0.0
            case "lognormal":
                return self.first * rng.lognormvariate(0.0, self.second)
        return self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """`number` cases on the average in every `measure`; `even`: at equal distances of open time."""

    number: float
    measure: Measure = Measure.WORKDAY
    even: bool = False


Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is given; what is not is assumed by `assumptions.py`, and said with the result.

    `handling`, `choices` are by state; `staff` by body, None: without bound; `fields` hold values
    with their weights, or a number drawn from a spread. `places` says where a name of one of
    these stands in its file.
    """

    note: str = ""
    flow: str = ""
    start: date | None = None
    arrivals: Arrivals | None = None
    handling: Mapping[str, Spread] = field(default_factory=dict)
    choices: Mapping[str, Weights] = field(default_factory=dict)
    staff: Mapping[str, int | None] = field(default_factory=dict)
    fields: Mapping[str, Weights | Spread] = field(default_factory=dict)
    discipline: Discipline = "arrival"
    places: Mapping[tuple[str, str], Span] = field(default_factory=dict, compare=False)


def chosen(weights: Weights, rng: Random) -> str:
    """Return one of the names, each as often as its weight says; "" if all weigh nothing."""
    # `sum` rounds floats otherwise from Python 3.12 on.
    rest, last = rng.random() * fsum(weights.values()), ""
    for name, weight in weights.items():
        if weight <= 0:
            continue
        rest, last = rest - weight, name
        if rest < 0:
            break
    return last
