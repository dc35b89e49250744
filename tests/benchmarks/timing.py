"""Interleaved rounds and medians: ratios of one run, never seconds of two.

In one process the clock is that of the processor: what else runs on the machine takes none of it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median
from typing import Any

Clock = Callable[[], float]

ROUND = 0.05  # about how long, in seconds, one subject runs in a round


@dataclass(frozen=True)
class Measured:
    """Medians over the rounds: microseconds a request, and the ratio to the first subject."""

    micros: float
    ratio: float


def interleaved(
    subjects: Mapping[str, Callable[[Any], object]],
    inputs: Sequence[Any],
    rounds: int,
    clock: Clock = time.process_time,
) -> dict[str, Measured]:
    """Run every subject in turn, round after round; each round starts elsewhere in the inputs."""
    chunks = {name: chunk_size(run, inputs, clock) for name, run in subjects.items()}
    costs: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds):
        gc.collect()
        for name, run in subjects.items():
            size = chunks[name]
            start = number * size % len(inputs)
            part = list(islice(cycle(inputs), start, start + size))
            costs[name].append(time_of(run, part, clock) / size * 1e6)
    first = next(iter(costs.values()))
    return {
        name: Measured(median(own), median(a / b for a, b in zip(own, first, strict=True)))
        for name, own in costs.items()
    }


def chunk_size(run: Callable[[Any], object], inputs: Sequence[Any], clock: Clock) -> int:
    """How many requests fill a round, found by a short warm-up."""
    sample = inputs[:20]
    once = max(time_of(run, sample, clock), time_of(run, sample, clock)) / len(sample)
    return max(5, min(len(inputs), int(ROUND / max(once, 1e-7))))


def time_of(run: Callable[[Any], object], part: Sequence[Any], clock: Clock) -> float:
    start = clock()
    for one in part:
        run(one)
    return clock() - start
