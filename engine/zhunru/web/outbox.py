"""What must go out, sent as CloudEvents: signed, in order within a case, tried again, never lost.

A letter that a receiver does not take keeps the later ones of its case waiting, those of other
cases not. After the last attempt it is a dead letter, which an operator sees and may send again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from zhunru.casework.office import Office
from zhunru.errors import ZhunruError
from zhunru.runtime.encoding import decode_case
from zhunru.store.base import MessageRow
from zhunru.web.masking import hidden_from, masked
from zhunru.web.tokens import unusable
from zhunru.worktime.instants import instant

if TYPE_CHECKING:
    from zhunru.web.service import Service
    from zhunru.web.tenants import Tenant

MEDIA = "application/cloudevents+json"
_AT_ONCE = 1_000
_PAUSE = 2.0  # seconds between two looks at the outbox
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 3_600.0
ATTEMPTS = 12
_TIMEOUT = 10.0
_LOCAL = ("127.0.0.1", "localhost", "::1")
Post = Callable[[str, bytes, Mapping[str, str]], int]


@dataclass(frozen=True, slots=True)
class Hook:
    """Where letters of a tenant go; `unit` is who reads them: it is shown what it may see."""

    id: str
    url: str
    secret: bytes
    tenant: str = ""
    unit: str = ""
    topics: tuple[str, ...] = ()

    def wants(self, topic: str) -> bool:
        """Tell whether letters of a topic go here; without topics all do."""
        return not self.topics or topic in self.topics


@dataclass(slots=True)
class _Try:
    """How often a letter was tried, and when it is to be tried again."""

    attempts: int = 0
    due: float = 0.0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """A letter that its receiver did not take."""

    ticket: int
    hook: str
    case_id: str
    topic: str
    status: int
    event: Mapping[str, Any]


@dataclass
class Outbox:
    """Sends what is in the outboxes of all tenants; made once for a service."""

    service: Service
    hooks: Sequence[Hook]
    post: Post = field(default_factory=lambda: post)
    dead: list[Dead] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _tries: dict[tuple[str, int, str], _Try] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, service: Service) -> Outbox:
        """Return the outbox with the hooks of a file."""
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["hooks"]
            return cls(service, [_hook(row) for row in rows])
        except OSError:
            unusable(path, "读不到", "it cannot be read")
        except (ValueError, KeyError, TypeError, AttributeError):
            unusable(path, "不是通知文件的格式", "it is not a file of webhooks")

    async def run(self) -> None:
        """Send for as long as the service runs."""
        while True:
            try:
                await asyncio.to_thread(self.send)
            except ZhunruError as error:
                self.service.journal.say("outbox-failed", error=type(error).__name__)
            await asyncio.sleep(_PAUSE)

    # --- one round -----------------------------------------------------------------------------

    def send(self) -> None:
        """Send what can be sent now, for every tenant that has a store."""
        with self._lock:  # two rounds at once would send every letter twice
            for tenant in self.service.tenants.values():
                if tenant.office is not None:
                    self._send(tenant, tenant.office)

    def _send(self, tenant: Tenant, office: Office) -> None:
        hooks = [hook for hook in self.hooks if hook.tenant == tenant.name]
        sent = []
        blocked: set[tuple[str, str]] = set()
        for ticket, row in office.store.messages(_AT_ONCE):
            wanted = [hook for hook in hooks if hook.wants(row.topic)]
            done = [self._deliver(tenant, office, hook, ticket, row, blocked) for hook in wanted]
            if all(done):
                sent.append(ticket)
                for hook in wanted:
                    self._tries.pop((tenant.name, ticket, hook.id), None)
        if sent:
            office.store.sent(sent)

    def _deliver(
        self,
        tenant: Tenant,
        office: Office,
        hook: Hook,
        ticket: int,
        row: MessageRow,
        blocked: set[tuple[str, str]],
    ) -> bool:
        """Try a letter; tell whether it needs no further attempt."""
        tried = self._tries.setdefault((tenant.name, ticket, hook.id), _Try())
        if tried.done:
            return True
        now = self.service.settings.clock().timestamp()
        if (hook.id, row.case_id) in blocked or now < tried.due:
            # The letters of a case arrive in their order, so none goes past one that waits.
            blocked.add((hook.id, row.case_id))
            return False
        event = cloud_event(self.service, tenant, office, hook, row)
        status = self._post(hook, event, int(now))
        tried.attempts += 1
        tried.done = 200 <= status < 300
        result = "sent" if tried.done else "failed"
        if not tried.done and (tried.attempts >= ATTEMPTS or status == 410):
            result, tried.done = "dead", True
            self.dead.append(Dead(ticket, hook.id, row.case_id, row.topic, status, event))
        elif not tried.done:
            tried.due = now + self._wait(tried.attempts)
            blocked.add((hook.id, row.case_id))
        self.service.figures.letters.labels(result).inc()
        return tried.done

    def _wait(self, attempts: int) -> float:
        """Return how long to wait: twice as long each time, a little less for some."""
        longest: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempts - 1))
        part = self.service.settings.entropy(1)[0] / 255
        return longest * (0.75 + part / 4)

    def _post(self, hook: Hook, event: Mapping[str, Any], at: int) -> int:
        body = orjson.dumps(event)
        headers = {"content-type": MEDIA, **signature(hook.secret, str(event["id"]), at, body)}
        return self.post(hook.url, body, headers)

    # --- dead letters --------------------------------------------------------------------------

    def dead_of(self, tenant: str) -> Iterator[tuple[int, Dead]]:
        """Yield the dead letters of a tenant by number."""
        mine = {hook.id for hook in self.hooks if hook.tenant == tenant}
        yield from ((n, each) for n, each in enumerate(self.dead) if each.hook in mine)

    def again(self, tenant: str, number: int) -> bool | None:
        """Send a dead letter once more; None: there is none of that number."""
        found = dict(self.dead_of(tenant)).get(number)
        if found is None:
            return None
        hook = next(each for each in self.hooks if each.id == found.hook)
        at = int(self.service.settings.clock().timestamp())
        taken = 200 <= self._post(hook, found.event, at) < 300
        if taken:
            self.dead.remove(found)
        return taken


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
        "id": f"{row.case_id}/{row.number}/{row.position}",
        "source": f"{base}{tenant.prefix}/v1/cases",
        "type": f"cn.zhunru.case.{row.topic}",
        "subject": row.case_id,
        "datacontenttype": "application/json",
        "sequence": f"{row.number:09d}.{row.position:04d}",
        "data": data,
    }
    at = data.get("at")
    return {**event, "time": instant(at).isoformat()} if isinstance(at, int) else event


def signature(secret: bytes, event_id: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows that a letter is ours, and fresh."""
    plain = f"{event_id}.{at}.".encode() + body
    digest = b64encode(hmac.digest(secret, plain, "sha256")).decode()
    # A header holds no Chinese, so the id goes into it as its bytes are written in addresses.
    shown = event_id.encode("ascii", "backslashreplace").decode()
    return {
        "webhook-id": shown,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{digest}",
    }


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """A letter goes where it is addressed to: whoever redirects it has not taken it."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return


_OPENER = urllib.request.build_opener(_NoDetour)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post a letter and return the status, 0 where nobody answered."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0


def _hook(row: Mapping[str, Any]) -> Hook:
    url = str(row["url"])
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise ValueError(url)  # what is told of cases goes over no open line
    return Hook(
        id=str(row["id"]),
        url=url,
        secret=str(row["secret"]).encode(),
        tenant=str(row.get("tenant", "")),
        unit=str(row.get("unit", "")),
        topics=tuple(str(each) for each in row.get("topics", ())),
    )
