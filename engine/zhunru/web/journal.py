"""What the service says of itself: a line of JSON for each request, and figures for a monitor.

No body, no fact and no token is ever part of a line: only route, status, time and sizes.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import accumulate
from operator import add
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from prometheus_client import Metric


class Journal:
    """Writes lines; given nothing to write to, to standard error."""

    def __init__(self, write: Callable[[bytes], object] | None) -> None:
        self._write = write or _to_standard_error

    def say(self, event: str, **more: Any) -> None:
        """Write a line about something that happened."""
        self.write({"event": event, **more})

    def write(self, line: dict[str, Any]) -> None:
        """Write a line. Where that fails (the disk is full, whoever reads is gone) nobody can be
        told of it, and what the line is about goes on."""
        with suppress(OSError):
            self._write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _to_standard_error(line: bytes) -> None:
    """Write a line at once: what waits in a buffer is lost with who is ended by a signal."""
    stream = sys.stderr.buffer
    stream.write(line)
    stream.flush()


_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)  # seconds


class Figures:
    """What is counted, in the text form of Prometheus.

    What is counted with every request is added up here, and becomes figures of that form when a
    monitor asks. Requests are counted by the loop that answers them, decisions also by threads.
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter

        self.registry = CollectorRegistry()
        self.flips = Counter(
            "zhunru_shadow_flips", "Decisions that a draft would change", ["set"],
            registry=self.registry,
        )  # fmt: skip
        self.letters = Counter(
            "zhunru_hook_deliveries", "Deliveries of webhooks", ["result"], registry=self.registry
        )
        self.under_way = 0
        # By route and status: how many took so long, by bucket, and the seconds of all.
        self._requests: dict[tuple[str, int], tuple[list[int], list[float]]] = {}
        self._decisions: dict[tuple[str, str], int] = {}
        self._lock = Lock()
        self.registry.register(self)

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        counted = self._requests.get((route, status))
        if counted is None:
            counted = self._requests[route, status] = ([0] * (len(_BUCKETS) + 1), [0.0])
        counted[0][bisect_left(_BUCKETS, seconds)] += 1
        counted[1][0] += seconds

    def answered(self) -> int:
        """Return how many requests were counted so far."""
        return sum(sum(counts) for counts, _ in list(self._requests.values()))

    def decided(self, code: str, outcome: str, count: int = 1) -> None:
        """Count decisions."""
        key = (code, outcome)
        with self._lock:
            self._decisions[key] = self._decisions.get(key, 0) + count

    def describe(self) -> Iterable[Metric]:
        """Name no figure before there is one."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield what was added up so far."""
        from prometheus_client.metrics_core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        requests = CounterMetricFamily("zhunru_requests", "Requests", labels=["route", "status"])
        seconds = HistogramMetricFamily(
            "zhunru_request_seconds", "Seconds a request took", labels=["route"]
        )
        routes: dict[str, tuple[list[int], float]] = {}
        for (route, status), (counts, (took,)) in list(self._requests.items()):
            requests.add_metric([route, str(status)], sum(counts))
            others, before = routes.get(route, ([0] * len(counts), 0.0))
            routes[route] = list(map(add, counts, others)), before + took
        bounds = [*map(str, _BUCKETS), "+Inf"]
        for route, (counts, took) in routes.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            seconds.add_metric([route], buckets, took)
        decisions = CounterMetricFamily(
            "zhunru_decisions", "Decisions by set and outcome", labels=["set", "outcome"]
        )
        with self._lock:
            for labels, count in self._decisions.items():
                decisions.add_metric(labels, count)
        way = GaugeMetricFamily("zhunru_under_way", "Requests under way", value=self.under_way)
        yield from (requests, seconds, decisions, way)

    def text(self) -> bytes:
        """Return the figures as a monitor reads them."""
        from prometheus_client import generate_latest

        return bytes(generate_latest(self.registry))
