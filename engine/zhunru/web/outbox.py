"""What must go out, sent as CloudEvents: signed, in order within a case, tried again, never lost.

A letter that a receiver does not take keeps the later ones of its case waiting, those of other
cases not. After the last attempt it is a dead letter, which an operator sees and may send again.
How often a letter was tried, and which are dead, is in the store of the tenant. Of several services
that share a store one sends; when it stops, another goes on from what is in the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from time import thread_time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from zhunru.casework.office import Office
from zhunru.errors import ZhunruError
from zhunru.runtime.encoding import decode_case
from zhunru.store.base import LetterRow, MessageRow
from zhunru.web.access_requests import settled
from zhunru.web.callbacks import CALLBACK, Allowed, allowance
from zhunru.web.hooks import Hook, receivers
from zhunru.web.ledger import DEAD, SENT, WAITING, Ledger, later
from zhunru.web.masking import hidden_from, masked
from zhunru.web.problems import reference
from zhunru.web.sending import post, post_outside, signature
from zhunru.worktime.instants import instant

if TYPE_CHECKING:
    from zhunru.web.service import Service
    from zhunru.web.tenants import Tenant

MEDIA = "application/cloudevents+json"
_AT_ONCE = 1_000  # letters that are read at a time, and tried in one round
_TOGETHER = 50  # letters after which it is made durable that they were taken
_LOOK = 10.0  # seconds between two looks at what somebody is to be called back about
_PAUSE = 2.0  # seconds between two looks at the outbox
_REST = 5.0  # times as long as a look took, until the next: many letters that wait are no load
_LONGEST_REST = 60.0  # far less than after what we would be taken to hang
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 3_600.0
ATTEMPTS = 12
_DUTY = "letters"  # that one service alone has
_LAST = 12.0  # seconds for the letter that is under way when the service stops
Post = Callable[[str, bytes, Mapping[str, str]], int]


@dataclass
class Outbox:
    """Sends what is in the outboxes of all tenants; made once for a service."""

    service: Service
    hooks: Sequence[Hook]
    callbacks: Sequence[Allowed] = ()
    post: Post = field(default_factory=lambda: post)
    post_outside: Post = field(default_factory=lambda: post_outside)
    _lock: Lock = field(default_factory=Lock)
    _opening: Lock = field(default_factory=Lock)
    _ledgers: dict[str, Ledger] = field(default_factory=dict)
    _turns: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, service: Service) -> Outbox:
        """Return the outbox with the hooks of a file."""
        return cls(service, *receivers(path, service.tenants))

    async def run(self) -> None:
        """Send for as long as the service runs."""
        while True:
            took = 0.0
            try:
                took = await asyncio.to_thread(self._timed)
            except Exception as error:
                # Whatever it was: nobody would be told of anything any more, if this ended.
                told = {} if isinstance(error, ZhunruError | OSError) else {"at": reference(error)}
                self.service.journal.say("outbox-failed", error=type(error).__name__, **told)
            await asyncio.sleep(min(_LONGEST_REST, max(_PAUSE, _REST * took)))

    def ledger(self, tenant: Tenant) -> Ledger:
        """Return how the letters of a tenant stand."""
        with self._opening:
            if tenant.name not in self._ledgers:
                self._ledgers[tenant.name] = Ledger(tenant.desk.store)
            return self._ledgers[tenant.name]

    def _timed(self) -> float:
        """Send, and return for how long that kept a processor."""
        before = thread_time()
        self.send()
        return thread_time() - before

    # --- one round -----------------------------------------------------------------------------

    def send(self) -> None:
        """Send what can be sent now, for every tenant that has a store."""
        failed: list[Exception] = []
        with self._lock:  # two rounds at once would send every letter twice
            for tenant in self.service.tenants.values():
                try:
                    self._send_of(tenant)
                except Exception as error:
                    failed.append(error)  # the store of one tenant must not keep those of others
        if failed:
            raise failed[0]

    def _send_of(self, tenant: Tenant) -> None:
        if tenant.office is not None and self._begin(tenant, tenant.office):
            self._send(tenant, tenant.office)
            self._call_back(tenant)

    def finish(self) -> None:
        """Wait for the letter that is under way: who goes on from here must not overtake it."""
        if self._lock.acquire(timeout=_LAST):
            self._lock.release()

    def _begin(self, tenant: Tenant, office: Office) -> bool:
        """Tell whether it is for us to send the letters of a tenant in this round."""
        turn = office.store.claim(_DUTY)
        if turn and turn != self._turns.get(tenant.name):
            # Somebody else may have sent until now: how things stand is in the store.
            with self._opening:
                self._ledgers.pop(tenant.name, None)
            self.service.journal.say("sending-letters", tenant=tenant.name)
        self._turns[tenant.name] = turn
        if turn:
            self.ledger(tenant).refresh()
        return turn > 0

    def _may_go_on(self, tenant: Tenant, office: Office) -> bool:
        """Tell whether the round goes on: not when we stop, or when others may have begun."""
        if self.service.stopping:
            return False
        return office.store.claim(_DUTY) == self._turns[tenant.name]

    def _send(self, tenant: Tenant, office: Office) -> None:
        hooks = [hook for hook in self.hooks if hook.tenant == tenant.name]
        done: list[int] = []
        standing = _Standing()
        for ticket, row in _messages(office):
            if standing.over or standing.tried >= _AT_ONCE:
                break
            letter = _Letter(tenant, office, ticket, row)
            wanted = [hook for hook in hooks if hook.wants(row.topic)]
            if self._to_all(letter, wanted, standing):
                done.append(ticket)
            if len(done) >= _TOGETHER:
                self._taken(tenant, office, hooks, done)
        self._taken(tenant, office, hooks, done)

    def _to_all(self, letter: _Letter, hooks: list[Hook], standing: _Standing) -> bool:
        """Try a letter to each who wants it; tell whether it needs no further attempt."""
        ledger = self.ledger(letter.tenant)
        over = [self._to_one(letter, hook, standing) for hook in hooks]
        if not all(over):
            for hook in (hook for hook, taken in zip(hooks, over, strict=True) if taken):
                # Who has it already must not be sent it again with those who have not.
                if not ledger.is_over(hook.id, letter.name):
                    ledger.note(letter.row(hook, SENT))
        return all(over)

    def _to_one(self, letter: _Letter, hook: Hook, standing: _Standing) -> bool:
        ledger = self.ledger(letter.tenant)
        if ledger.is_over(hook.id, letter.name):
            return True
        known = ledger.of(hook.id, letter.name) or letter.row(hook, WAITING)
        now = self.service.settings.clock().timestamp()
        place = hook.id, letter.message.case_id
        waits = place in standing.blocked or _is_early(known, now)
        if waits or hook.id in standing.silent:
            # The letters of a case arrive in their order, so none goes past one that waits.
            standing.blocked.add(place)
            return False
        if not self._may_go_on(letter.tenant, letter.office):
            standing.over = True
            return False
        event = cloud_event(self.service, letter.tenant, letter.office, hook, letter.message)
        status = self._post(hook, event, int(now))
        standing.tried += 1
        if status == 0:
            standing.silent.add(hook.id)
        if self._settle(ledger, known, status, orjson.dumps(event).decode()):
            return True
        standing.blocked.add(place)
        return False

    def _settle(self, ledger: Ledger, row: LetterRow, status: int, said: str) -> bool:
        """Note what came of an attempt; tell whether there will be no other."""
        now = self.service.settings.clock().timestamp()
        tried = later(row, now + self._wait(row.attempts + 1), status)
        taken = 200 <= status < 300
        dead = not taken and (tried.attempts >= ATTEMPTS or status == 410)
        result = "sent" if taken else "dead" if dead else "failed"
        self.service.figures.letters.labels(result).inc()
        if dead:
            ledger.note(replace(tried, state=DEAD, body=said))
        elif not taken:
            ledger.note(tried)
        return taken or dead

    def _taken(self, tenant: Tenant, office: Office, hooks: list[Hook], done: list[int]) -> None:
        """Forget messages that need no further attempt, some at a time."""
        if done:
            office.store.sent(done)
            self.ledger(tenant).forget((hook.id, str(each)) for hook in hooks for each in done)
            done.clear()

    def _wait(self, attempts: int) -> float:
        """Return how long to wait: twice as long each time, a little less for some."""
        longest: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempts - 1))
        part = self.service.settings.entropy(1)[0] / 255
        return longest * (0.75 + part / 4)

    def _post(self, hook: Hook, event: Mapping[str, Any], at: int) -> int:
        body = orjson.dumps(event)
        # A dead letter of an older program may still have an id with Chinese in it.
        name = quote(str(event["id"]), safe="/%")
        headers = {"content-type": MEDIA, **signature(hook.secret, name, at, body)}
        return self.post(hook.url, body, headers)

    # --- callbacks -----------------------------------------------------------------------------

    def _call_back(self, tenant: Tenant) -> None:
        """Tell those who asked to be called back what came of their access requests."""
        ledger = self.ledger(tenant)
        now = self.service.settings.clock().timestamp()
        silent: set[str] = set()
        for row in ledger.of_hook(CALLBACK):
            if _is_early(row, now):
                continue
            if not self._may_go_on(tenant, tenant.desk):
                return
            wanted = orjson.loads(row.body)
            told = settled(self.service, tenant, wanted)
            if told is None:
                ledger.defer(row, now + _LOOK)
                continue
            if told["task"]["status"] not in wanted["events"]:
                ledger.forget([(row.hook, row.letter)])
            elif wanted["endpoint"] not in silent:
                status = self._notify(wanted, told, row)
                if status == 0:
                    silent.add(wanted["endpoint"])
                if self._settle(ledger, row, status, row.body):
                    ledger.forget([(row.hook, row.letter)])

    def _notify(self, wanted: Mapping[str, Any], told: Mapping[str, Any], row: LetterRow) -> int:
        """Post one callback, to an address that is still allowed."""
        found = allowance(self.callbacks, wanted["tenant"], wanted["by"], wanted["endpoint"])
        if found is None:
            return 410  # it was taken off the list, so nobody is to be told any more
        body, at = orjson.dumps(told), int(self.service.settings.clock().timestamp())
        headers = {"content-type": "application/json"}
        headers |= signature(found.secret, row.letter, at, body)
        send = self.post if found.internal else self.post_outside
        return send(found.endpoint, body, headers)

    # --- dead letters --------------------------------------------------------------------------

    def again(self, tenant: Tenant, number: int) -> bool | None:
        """Send a dead letter once more; None: there is none of that number."""
        with self._lock:
            ledger = self.ledger(tenant)
            found = ledger.find_dead(number)
            if found is None:
                return None
            taken = 200 <= self._post_dead(tenant, found) < 300
            self.service.figures.letters.labels("sent" if taken else "failed").inc()
            if taken:
                ledger.bury(found)
            return taken

    def _post_dead(self, tenant: Tenant, row: LetterRow) -> int:
        said = orjson.loads(row.body)
        if row.hook == CALLBACK:
            told = settled(self.service, tenant, said)
            return self._notify(said, told, row) if told is not None else 0
        hooks = [each for each in self.hooks if (each.id, each.tenant) == (row.hook, tenant.name)]
        at = int(self.service.settings.clock().timestamp())
        return self._post(hooks[0], said, at) if hooks else 0


@dataclass(slots=True)
class _Standing:
    """What was found out in one round: cases of which a letter waits, by receiver, and receivers
    that did not answer. Each of those costs seconds, in which others would get nothing."""

    tried: int = 0
    over: bool = False
    blocked: set[tuple[str, str]] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)


def _is_early(row: LetterRow, now: float) -> bool:
    """Tell whether it is too early for the next attempt of a letter.

    No letter waits for longer than the longest wait: one that seems to was put off by a clock that
    has been set back since, and with it all others of its case.
    """
    return now < row.due / 1_000_000 <= now + _LONGEST_WAIT


def _messages(office: Office) -> Iterator[tuple[int, MessageRow]]:
    """Yield all that waits: behind many letters of one receiver may be some of another."""
    after = 0
    while page := office.store.messages(_AT_ONCE, after):
        yield from page
        after = page[-1][0]


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message of a tenant that is under way."""

    tenant: Tenant
    office: Office
    ticket: int
    message: MessageRow

    @property
    def name(self) -> str:
        """Return what is its own with a receiver."""
        return str(self.ticket)

    def row(self, hook: Hook, state: str) -> LetterRow:
        """Return how the letter stands with one receiver."""
        message = self.message
        return LetterRow(
            hook=hook.id,
            letter=self.name,
            case_id=message.case_id,
            topic=message.topic,
            state=state,
        )


def cloud_event(
    service: Service, tenant: Tenant, office: Office, hook: Hook, row: MessageRow
) -> dict[str, Any]:
    """Return a letter as a CloudEvent, without what its reader may not learn."""
    found = office.store.read(lambda view: view.case(row.case_id))
    data: dict[str, Any] = orjson.loads(row.body)
    if found is not None:
        hidden = hidden_from(office, decode_case(found.body), [hook.unit] if hook.unit else [])
        data = masked(data, hidden)
    base = service.settings.base_url.rstrip("/")
    event = {
        "specversion": "1.0",
        # Also a header, which holds no Chinese; both are the same text, and that text is signed.
        "id": quote(f"{row.case_id}/{row.number}/{row.position}"),
        "source": f"{base}{tenant.prefix}/v1/cases",
        "type": f"cn.zhunru.case.{row.topic}",
        "subject": row.case_id,
        "datacontenttype": "application/json",
        "sequence": f"{row.number:09d}.{row.position:04d}",
        "data": data,
    }
    at = data.get("at")
    return {**event, "time": instant(at).isoformat()} if isinstance(at, int) else event
