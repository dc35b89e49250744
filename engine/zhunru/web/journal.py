"""What the service says of itself: a line of JSON for each request, and figures for a monitor.

No body, no fact and no token is ever part of a line: only route, status, time and sizes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import orjson


class Journal:
    """Writes lines; given nothing to write to, to standard error."""

    def __init__(self, write: Callable[[bytes], object] | None) -> None:
        self._write = write or sys.stderr.buffer.write

    def say(self, event: str, **more: Any) -> None:
        """Write a line about something that happened."""
        self._write(orjson.dumps({"event": event, **more}, option=orjson.OPT_APPEND_NEWLINE))


class Figures:
    """What is counted, in the text form of Prometheus."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        self._requests = Counter(
            "zhunru_requests", "Requests", ["route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "zhunru_request_seconds",
            "Seconds a request took",
            ["route"],
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
            registry=self.registry,
        )
        self.decisions = Counter(
            "zhunru_decisions", "Decisions by set and outcome", ["set", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.flips = Counter(
            "zhunru_shadow_flips", "Decisions that a draft would change", ["set"],
            registry=self.registry,
        )  # fmt: skip
        self.under_way = Gauge("zhunru_under_way", "Requests under way", registry=self.registry)
        self.letters = Counter(
            "zhunru_hook_deliveries", "Deliveries of webhooks", ["result"], registry=self.registry
        )
        self._known: dict[tuple[str, str], Any] = {}

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        key = (route, str(status))
        counters = self._known.get(key)
        if counters is None:
            counters = self._known[key] = (
                self._requests.labels(route, str(status)),
                self._seconds.labels(route),
            )
        counters[0].inc()
        counters[1].observe(seconds)

    def decided(self, code: str, outcome: str, count: int = 1) -> None:
        """Count decisions."""
        key = ("", code + outcome)
        counter = self._known.get(key)
        if counter is None:
            counter = self._known[key] = self.decisions.labels(code, outcome)
        counter.inc(count)

    def text(self) -> bytes:
        """Return the figures as a monitor reads them."""
        from prometheus_client import generate_latest

        return bytes(generate_latest(self.registry))
