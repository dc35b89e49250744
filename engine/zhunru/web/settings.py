"""How a service is set up: which sets for whom, where things are kept, and every bound."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from zhunru.worktime import BEIJING

DEFAULT = ""
"""The tenant whose addresses have no prefix."""

LOCAL = ("127.0.0.1", "::1", "localhost")
"""How this machine calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may cost, and how many one caller may send."""

    body: int = 1 << 20  # bytes of a request
    stream: int = 1 << 28  # bytes of a batch, which is read piece by piece
    line: int = 1 << 17  # bytes of a line of a batch
    depth: int = 24  # levels of a JSON text
    evaluations: int = 1_000  # questions in one AuthZEN request
    candidates: int = 20_000  # things that one search may try
    page: int = 500  # results on one page
    seconds: float = 20.0  # until a request is given up
    patience: float = 300.0  # the same, for what goes through a whole set or store
    rate: float = 0.0  # requests a second of one caller; 0: not bounded
    burst: int = 100  # requests that a caller may send at once
    drain: float = 20.0  # seconds for what is under way when the service stops


def machine(host: str) -> str:
    """Return the machine that a Host header names, without the port."""
    name, colon, port = host.lower().rpartition(":")
    return (name if colon and port.isdigit() else host.lower()).strip("[]")


def now() -> datetime:
    """Return the instant it is, in Beijing time."""
    return datetime.now(BEIJING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a service is started with.

    `sets`: for each tenant ("" is the one without a prefix) the policy sets, each a path or the
    name of a shipped set. `store`: the address of the cases; `{tenant}` in it is replaced, and has
    to be there as soon as there are two tenants. `tokens`: the file of hashed tokens; without one
    everybody may do everything, so `serve` then listens on this machine only. `log`: the folder of
    the decision logs. `drafts`: the folder of drafts and published bundles. `key`: the file with
    the seed of the signing key. `issuers`: the file of OIDC issuers. `hooks`: the file of webhooks.
    `otel`: the address of a collector of OpenTelemetry; without one nothing is sent.
    `open311`: the workflows that residents may report by. `base_url`: how callers reach the
    service, also which part of the paths of a host is its own. `pages`: whether the pages for staff
    stand beside the API. `apart`: whether drafts are checked and compared in a process of their
    own. `clock` and `entropy` give time and randomness, `journal` takes the lines that the service
    writes of itself.
    """

    sets: Mapping[str, Sequence[str]]
    store: str = ""
    tokens: Path | None = None
    issuers: Path | None = None
    hooks: Path | None = None
    log: Path | None = None
    drafts: Path | None = None
    key: Path | None = None
    mapping: Path | None = None
    open311: Sequence[str] = ()
    base_url: str = ""
    otel: str = ""
    pages: bool = True
    apart: bool = True
    language: str = "zh"
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], datetime] = now
    entropy: Callable[[int], bytes] = secrets.token_bytes
    tick_seconds: float = 30.0
    journal: Callable[[bytes], object] | None = None

    @property
    def root(self) -> str:
        """Return what stands before all paths for callers, as it stands in addresses; a proxy takes
        it off, or leaves it to us."""
        return quote(unquote(urlsplit(self.base_url).path).rstrip("/"))
