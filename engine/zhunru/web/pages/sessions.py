"""Who sits before a browser: sessions in memory, each with a secret of its own for forms."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from zhunru.web.tokens import Principal

COOKIE = "zhunru"
_BYTES = 24
_MOST = 10_000
_LASTS = timedelta(hours=9)  # a working day
_MOST_HELD = 200
_LONGEST_HELD = 1 << 16  # characters of one form


@dataclass(frozen=True, slots=True)
class Session:
    """A browser: for whom it asks (None: nobody yet), and what its forms must bring back.

    `lasts` tells whether what it signed in by still lets anybody in.
    """

    key: str
    principal: Principal | None
    secret: str
    until: datetime
    lasts: Callable[[datetime], bool]

    def sent(self, given: str) -> bool:
        """Tell whether a form came from one of our own pages."""
        return hmac.compare_digest(self.secret.encode(), given.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Held:
    """A form that came when its session was over: where to, by whom, and what was filled in."""

    path: str
    principal: Principal
    fields: tuple[tuple[str, str], ...]


class Sessions:
    """The sessions of a service; they end with it. The oldest go when there are too many.

    Those of strangers are kept apart: whoever only knocks, however often, ends nobody's session.
    """

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._known: dict[str, Session] = {}
        self._strangers: dict[str, Session] = {}
        self._held: dict[str, Held] = {}
        self._lock = Lock()

    def find(self, key: str, at: datetime) -> Session | None:
        """Return the session of a key, unless it is over."""
        found = self._known.get(key) or self._strangers.get(key)
        return found if found is not None and at < found.until and found.lasts(at) else None

    def over(self, key: str) -> Session | None:
        """Return the session of a key that somebody had signed in for, though it is over."""
        return self._known.get(key)

    def hold(self, session: Session, held: Held) -> bool:
        """Keep a form for whoever signs in next in the same browser; not one that is too long."""
        if sum(len(name) + len(value) for name, value in held.fields) > _LONGEST_HELD:
            return False
        with self._lock:
            while len(self._held) >= _MOST_HELD:
                self._held.pop(next(iter(self._held)))
            self._held[session.key] = held
        return True

    def take(self, session: Session, principal: Principal) -> Held | None:
        """Return, once, the form that is kept for a session: nobody else's than one's own."""
        with self._lock:
            held = self._held.pop(session.key, None)
        return held if held is not None and held.principal == principal else None

    def open(
        self,
        principal: Principal | None,
        at: datetime,
        lasts: Callable[[datetime], bool] = lambda at: True,
    ) -> Session:
        """Begin a session."""
        key, secret = self._entropy(_BYTES).hex(), self._entropy(_BYTES).hex()
        made = Session(key, principal, secret, at + _LASTS, lasts)
        kept = self._strangers if principal is None else self._known
        with self._lock:
            while len(kept) >= _MOST:
                kept.pop(next(iter(kept)))
            kept[key] = made
        return made

    def close(self, session: Session) -> None:
        """End a session."""
        with self._lock:
            self._known.pop(session.key, None)
            self._strangers.pop(session.key, None)
