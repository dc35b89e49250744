"""How often a caller may ask: a bucket for each, filled as time goes by."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.web.problems import Problem
from zhunru.web.tokens import Principal

_MOST = 10_000


class Throttle:
    """Buckets by caller; `rate` tokens a second, `burst` of them at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self.is_on = rate > 0
        self._rate = rate
        self._burst = float(burst)
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, principal: Principal, at: datetime) -> None:
        """Refuse a caller that asks too often."""
        wait = self.wait(principal, at.timestamp())
        if wait:
            finding = diagnose("ZR792", NOWHERE, seconds=wait)
            raise Problem(429, [finding], headers={"retry-after": str(wait)})

    def wait(self, principal: Principal, at: float) -> int:
        """Return 0 if a caller may ask at an instant, else the seconds it has to wait."""
        if not self.is_on:
            return 0
        caller = principal.tenant, principal.id  # callers of two tenants may have one name
        if len(self._buckets) >= _MOST and caller not in self._buckets:
            self._buckets.clear()  # a full bucket each: forgetting is never to a caller's harm
        level, since = self._buckets.get(caller, (self._burst, at))
        level = min(self._burst, level + max(0.0, at - since) * self._rate)
        if level < 1:
            self._buckets[caller] = (level, at)
            return max(1, ceil((1 - level) / self._rate))
        self._buckets[caller] = (level - 1, at)
        return 0
