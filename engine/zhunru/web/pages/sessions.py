"""Who sits before a browser: sessions, each with a secret of its own for forms.

That secret follows from the key of the session, so that a form from before a restart is known.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

from zhunru.web.pages.signed_in import SignedIn, mark_of
from zhunru.web.tokens import Principal

_COOKIE = "zhunru"
_BYTES = 24
_KEY = re.compile(r"[0-9a-f]{48}")
_MOST = 10_000
_LASTS = timedelta(hours=9)  # a working day


def cookie_of(tenant: str) -> str:
    """Return the name of the cookie of a session: whoever works for two tenants has one of each."""
    return f"{_COOKIE}-{sha256(tenant.encode()).hexdigest()[:8]}" if tenant else _COOKIE


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


class Sessions:
    """The sessions of a service. The oldest go when there are too many.

    Those of strangers are kept apart: whoever only knocks, however often, ends nobody's session.
    Those that a token opened outlive the service where it has a file for them; `of` tells whose a
    token is that has a digest.
    """

    def __init__(
        self,
        entropy: Callable[[int], bytes],
        of: Callable[[str, datetime], Principal | None],
        path: Path | None,
        say: Callable[..., None],
    ) -> None:
        self._entropy = entropy
        self._of = of
        self._on_file = SignedIn(path, entropy, say)
        self.secret = self._on_file.secret
        self._known: dict[str, Session] = {}
        self._strangers: dict[str, Session] = {}
        self._lock = Lock()

    def find(self, key: str, at: datetime) -> Session | None:
        """Return the session of a key, unless it is over."""
        found = self._known.get(key) or self._strangers.get(key) or self._recalled(key, at)
        return found if found is not None and at < found.until and found.lasts(at) else None

    def _recalled(self, key: str, at: datetime) -> Session | None:
        """Return a session from before the service was started again."""
        kept = self._on_file.find(key)
        principal = self._of(kept.token, at) if kept is not None else None
        if kept is None or principal is None or mark_of(principal) != kept.who:
            return None
        token = kept.token
        made = Session(
            key,
            principal,
            self._secret_of(key),
            datetime.fromisoformat(kept.until),
            lambda at: self._of(token, at) == principal,
        )
        with self._lock:
            self._known[key] = made
        return made

    def _secret_of(self, key: str) -> str:
        return hmac.digest(self.secret, key.encode(), "sha256").hex()[: 2 * _BYTES]

    def over(self, key: str) -> Session | None:
        """Return the session of a key that somebody had signed in for, though it is over."""
        return self._known.get(key)

    def open(
        self,
        principal: Principal | None,
        at: datetime,
        lasts: Callable[[datetime], bool] = lambda at: True,
        *,
        before: str = "",
        token: str = "",
    ) -> Session:
        """Begin a session: under the key that a browser brings from `before` the service was
        started, where that is free; to be put on file if a `token`, by its digest, opened it."""
        used = before in self._known or before in self._strangers
        if used or not _KEY.fullmatch(before) or self._on_file.find(before) is not None:
            before = ""
        key = before or self._entropy(_BYTES).hex()
        made = Session(key, principal, self._secret_of(key), at + _LASTS, lasts)
        kept = self._strangers if principal is None else self._known
        with self._lock:
            while len(kept) >= _MOST:
                kept.pop(next(iter(kept)))
            kept[key] = made
            if token and principal is not None:
                self._on_file.add(key, token, principal, made.until)
        return made

    def close(self, session: Session) -> None:
        """End a session."""
        with self._lock:
            self._known.pop(session.key, None)
            self._strangers.pop(session.key, None)
            self._on_file.drop(session.key)
