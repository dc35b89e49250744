"""What all requests share: tenants, callers, keys, figures; and what runs beside requests."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Language
from zhunru.errors import RequestRejected, ZhunruError
from zhunru.web.bearer import Issuers, ends_of
from zhunru.web.journal import Figures, Journal
from zhunru.web.outbox import Outbox
from zhunru.web.problems import reference, reject
from zhunru.web.settings import DEFAULT, Settings
from zhunru.web.signing import Signer
from zhunru.web.tenants import Tenant, open_tenants
from zhunru.web.throttle import Throttle
from zhunru.web.tokens import EVERYBODY, Principal, Tokens, digest_of, unusable
from zhunru.web.tracing import Tracing
from zhunru.web.warming import Warming

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from zhunru.web.calls import Call, Result

_PREFIX = "/t/"
_HEAVY = 2  # requests at once that keep a processor busy
_LOOK = 5.0  # seconds between two looks whether the logs are still where they were
_LOOKS_TO_TIDY = 720  # once when a service begins, and every hour
_REMARKS = {
    "zhunru.packing": "set-read-anew",
    "zhunru.hall": "write-failed",
    # What the server below says of connections; it would be text among lines of JSON.
    "uvicorn.error": "server",
    "asyncio": "server",
}


def _check_addresses(settings: Settings) -> None:
    """Refuse an address that leads nowhere, and what needs cases where none are kept."""
    for name, address in (("--base-url", settings.base_url), ("--otel", settings.otel)):
        if address and not _is_whole(address):
            zh, en = "要写全，如 https://qu.example.cn", "write all of it, as https://a.example.com"
            unusable(f"{name} {address}", zh, en)
    for name, given in (("--open311", settings.open311), ("--hooks", settings.hooks)):
        if given and not settings.store:
            unusable(name, "要有办件库（--store）", "it needs a store (--store)")


def _is_whole(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    said = parts.scheme in ("http", "https") and bool(parts.hostname)
    return said and not parts.query and not parts.fragment


class _ToJournal(logging.Handler):
    """What is remarked below the service is a line like the others."""

    def __init__(self, journal: Journal, event: str) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal
        self._event = event

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self._journal.say(self._event, remark=record.getMessage())


class Service:
    """A service as it runs; made once for its settings."""

    def __init__(self, settings: Settings) -> None:
        _check_addresses(settings)
        self.settings = settings
        self.figures = Figures()
        self.journal = Journal(settings.journal)
        for name, event in _REMARKS.items():
            logging.getLogger(name).handlers = [_ToJournal(self.journal, event)]
        self.tokens = None if settings.tokens is None else self._tokens(settings.tokens)
        self.issuers = None if settings.issuers is None else Issuers.read(settings.issuers)
        # Without tokens and issuers everybody is who may do everything.
        self.asks_who = self.tokens is not None or self.issuers is not None
        self.signer = Signer.read(settings.key, settings.entropy)
        self.throttle = Throttle(settings.limits.rate, settings.limits.burst)
        self.tenants = open_tenants(settings, self.figures)
        self.default = self.tenants.get(DEFAULT)
        for tenant in self.tenants.values():
            tenant.restore(self.signer)
        self._check_mappings()
        self._check_open311()
        self.tracing = Tracing(settings.otel, self.journal) if settings.otel else None
        self.outbox = None if settings.hooks is None else Outbox.read(settings.hooks, self)
        self.language: Language = "en" if settings.language == "en" else "zh"
        # Ids have to be different, not to be secret: a text by chance for this run, and a number.
        self._run = settings.entropy(8).hex().encode()
        self._ids = count()
        self.stopping = False
        self.ready = False
        self.waiting_for = tuple(self.tenants.values())  # in which order stores are asked
        self._beside: list[asyncio.Task[None]] = []
        # Threads of their own: six who compare drafts took all that there are, and whoever asked of
        # a case, or whether we are ready, waited behind them.
        self._heavy = ThreadPoolExecutor(_HEAVY, "heavy")
        self._behind: set[str] = set()  # tenants for which another service published in vain

    def _check_mappings(self) -> None:
        """Refuse a mapping that cannot be used, before anybody asks: one that lies beside a set,
        and one for all sets (--mapping) that is for none of them."""
        found = [each.misfit() for t in self.tenants.values() for each in t.sets.values()]
        misfits = list(filter(None, found))
        if misfits and (self.settings.mapping is None or len(misfits) == len(found)):
            raise misfits[0]

    def _check_open311(self) -> None:
        """Refuse to open to residents what no set has: they would be told of no service at all."""
        policies = [each.policy for t in self.tenants.values() for each in t.sets.values()]
        flows = list(dict.fromkeys(name for each in policies for name in each.core.workflows))
        for name in self.settings.open311:
            if name not in flows:
                codes, names = "、".join(each.code for each in policies), flows or "-"
                found = diagnose("ZR770", NOWHERE, policy=codes, name=name, names=names)
                raise RequestRejected([found])

    def new_id(self) -> bytes:
        """Return an id for a request that brought none."""
        return b"%b-%x" % (self._run, next(self._ids))

    # --- who asks ------------------------------------------------------------------------------

    def tenant_of(self, path: str) -> tuple[Tenant | None, str]:
        """Return whose data a path is about, and what is left of the path."""
        if path[:3] == _PREFIX:
            name, slash, rest = path[len(_PREFIX) :].partition("/")
            return (self.tenants.get(name) if name else None), slash + rest
        return self.default, path

    def principal(self, authorization: str, at: datetime) -> Principal:
        """Return who presents this; a Problem if nobody that is known does."""
        if not self.asks_who:
            return EVERYBODY
        kind, _, presented = authorization.partition(" ")
        if kind.lower() != "bearer" or not presented:
            reject(401, "ZR790")
        found = self.tokens.find(presented.strip(), at) if self.tokens is not None else None
        if found is None and self.issuers is not None:
            found = self.issuers.find(presented.strip(), at)
        if found is None:
            reject(401, "ZR790")
        return found

    def _tokens(self, path: Path) -> Tokens:
        return Tokens.read(path, self.journal.say)

    def lasting(self, presented: str, principal: Principal) -> Callable[[datetime], bool]:
        """Return what tells whether a token that let somebody in still does: not when revoked."""
        tokens, digest = self.tokens, digest_of(presented)
        if tokens is not None and tokens.of(digest, self.settings.clock()) is not None:
            return lambda at: tokens.of(digest, at) == principal
        ends = ends_of(presented)
        return lambda at: at.timestamp() < ends

    def at_leisure(self, work: Callable[[Call], Result], call: Call) -> Future[Result]:
        """Have work done that keeps a processor busy for seconds: a few at once, others wait."""
        run = copy_context().run
        return asyncio.get_running_loop().run_in_executor(self._heavy, run, work, call)

    # --- beside requests -----------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to serve: let time work on cases, and letters go out."""
        for tenant in self.tenants.values():
            if tenant.office is not None:
                await asyncio.to_thread(tenant.service.start, self.settings.clock())
                self._beside.append(asyncio.create_task(self._tick(tenant)))
        if self.outbox is not None:
            self._beside.append(asyncio.create_task(self.outbox.run()))
        self._beside.append(asyncio.create_task(Warming(self).run()))
        if self.settings.log is not None or self.settings.drafts is not None:
            self._beside.append(asyncio.create_task(self._follow()))
        self.ready = True

    async def stop(self) -> None:
        """Stop what runs beside requests, and close what is open."""
        self.ready = False
        self.stopping = True
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        if self.outbox is not None:
            await asyncio.to_thread(self.outbox.finish)
        for tenant in self.tenants.values():
            try:
                await asyncio.to_thread(tenant.close)
            except Exception as error:
                # A full disk under one tenant must not keep the others from being closed.
                self.journal.say("close-failed", tenant=tenant.name, error=_said(error))
        self._heavy.shutdown(wait=False, cancel_futures=True)
        if self.tracing is not None:
            await asyncio.to_thread(self.tracing.close)
        self.journal.say("stopped")

    async def _follow(self) -> None:
        for look in count():
            if look % _LOOKS_TO_TIDY == 0:
                await asyncio.to_thread(self.tidy)
            await asyncio.sleep(_LOOK)
            await asyncio.to_thread(self.follow)
            await asyncio.to_thread(self.catch_up)

    def tidy(self) -> None:
        """Take away what somebody left who was killed while drafts were written or published."""
        for tenant in self.tenants.values():
            # It is tried again; whoever publishes where it does not go is told why.
            with suppress(OSError, ZhunruError):
                tenant.tidy(self.signer)

    def follow(self) -> None:
        """Begin a new log of each tenant whose log was moved away, so that it may be put by."""
        for tenant in self.tenants.values():
            try:
                if tenant.log.follow(self.settings.clock()):
                    self.journal.say("log-begun", tenant=tenant.name)
            except (OSError, ZhunruError) as error:
                self.journal.say("log-failed", tenant=tenant.name, error=str(error))

    def catch_up(self) -> None:
        """Let versions be current that another service published, which shares our drafts."""
        for tenant in self.tenants.values():
            try:
                for code in tenant.catch_up(self.signer):
                    self.journal.say("caught-up", tenant=tenant.name, set=code,
                                     digest=tenant.sets[code].policy.digest,
                                     number=tenant.numbers[code])  # fmt: skip
                self._behind.discard(tenant.name)
            except Exception as error:
                # Once for each time that it begins to fail: it is tried again every few seconds.
                if tenant.name not in self._behind:
                    self._behind.add(tenant.name)
                    self.journal.say("not-caught-up", tenant=tenant.name, error=_said(error))

    async def _tick(self, tenant: Tenant) -> None:
        while True:
            try:
                await asyncio.to_thread(self.tick, tenant)
            except Exception as error:
                # The store may come back, and a case that cannot be worked on may be mended; time
                # waits for nobody, so whatever it was it is tried again.
                self.journal.say("tick-failed", tenant=tenant.name, error=_said(error))
            await asyncio.sleep(self.settings.tick_seconds)

    def tick(self, tenant: Tenant) -> None:
        """Do what time has to do to the cases of a tenant."""
        at = self.settings.clock()
        tenant.service.beat(at)
        tenant.desk.tick(at)


def _said(error: Exception) -> str:
    """Return what is written of an error: of a mistake of ours not what it says, which may be of a
    person, but a reference that names the place."""
    if isinstance(error, ZhunruError | OSError):
        return str(error)
    return f"{type(error).__name__} {reference(error)}"
