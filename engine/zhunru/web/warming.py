"""Looking into the sets before anybody asks: what the first form of a day hangs on, of each set.

Which facts an empty form still needs is found by looking through a whole set, once for each day:
about a second of work, which nobody at a counter should wait for. It takes the interpreter away
from everybody else meanwhile, so a service that is being asked a lot waits for a quiet second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.errors import ZhunruError

if TYPE_CHECKING:
    from zhunru.web.service import Service

# After a restart those go first who have waited for it.
_FIRST = 10.0
_PAUSE = 60.0
# Requests in a second: with more of them an answer in a hundred would wait for some milliseconds.
_MANY = 100
Cold = tuple[CompiledPolicy, str, date]


class Warming:
    """What was looked into already, of the sets that are current."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: set[tuple[str, str, date]] = set()

    async def run(self) -> None:
        """Look into what is current, again after midnight and when a set is published."""
        await asyncio.sleep(_FIRST)
        while True:
            for each in self.cold():
                await self.quiet()
                await asyncio.to_thread(self.look, each)
            await asyncio.sleep(_PAUSE)

    async def quiet(self) -> None:
        """Come back after a second in which little was asked; where there is none, who opens the
        first form of a day waits, and nobody else."""
        answered = self._service.figures.answered
        before = answered() - _MANY
        while answered() - before >= _MANY:
            before = answered()
            await asyncio.sleep(1)

    def cold(self) -> list[Cold]:
        """Return the decisions that nobody looked into yet on this day."""
        every = {(each[0].digest, *each[1:]): each for each in self._all()}
        self._known &= every.keys()
        return [cold for key, cold in every.items() if key not in self._known]

    def _all(self) -> Iterator[Cold]:
        day = self._service.settings.clock().date()
        for tenant in self._service.tenants.values():
            for current in tenant.sets.values():
                for name in current.policy.decisions:
                    yield current.policy, name, day

    def look(self, cold: Cold) -> None:
        """Find what an empty form hangs on; it is kept with the set."""
        from zhunru.analysis import find_residual

        policy, name, day = cold
        self._known.add((policy.digest, name, day))
        try:
            find_residual(policy, Request(facts={}, received=day), name)
        except ZhunruError as error:
            # Whoever asks is told the same, in better words.
            self._service.journal.say("warming-failed", set=policy.code, error=str(error))
