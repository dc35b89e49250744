"""Who is signed in, in a file: a service that is started again asks nobody to sign in anew.

Of a session only a digest of its key is kept, and the digest of the token: whoever reads the file
gets into nothing. Whether the token still lets anybody in is asked of the tokens, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import orjson

from zhunru.web.files import replace
from zhunru.web.tokens import Principal

_BYTES = 32
_MOST = 10_000
# How long it is known whose session is over: a form that comes late is kept for them.
_REMEMBERED = timedelta(days=1)
Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Kept:
    """A session on file: by which token, as whom, until when."""

    token: str
    who: str
    until: str


class SignedIn:
    """The sessions on file, and the secret that forms are known by; without a file, of this run."""

    def __init__(self, path: Path | None, entropy: Callable[[int], bytes], say: Say) -> None:
        self._path = path
        self._say = say
        self._rows: dict[str, Kept] = {}
        self.secret = b""
        if path is not None and path.exists():
            self._read(path)
        if not self.secret:
            self.secret = entropy(_BYTES)
            self._write()

    def _read(self, path: Path) -> None:
        try:
            found = orjson.loads(path.read_bytes())
            rows = {str(key): Kept(**row) for key, row in found["sessions"].items()}
            for row in rows.values():
                datetime.fromisoformat(row.until)
            self.secret, self._rows = bytes.fromhex(found["secret"]), rows
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Nobody is kept out for that: they sign in again.
            self._say("sessions-unread", error=type(error).__name__)

    def find(self, key: str) -> Kept | None:
        """Return what is on file of a session."""
        return self._rows.get(_digest(key))

    def add(self, key: str, token: str, principal: Principal, until: datetime) -> None:
        """Put a session on file."""
        self._rows[_digest(key)] = Kept(token, mark_of(principal), until.isoformat())
        oldest = (until - _REMEMBERED).isoformat()
        rows = [(name, row) for name, row in self._rows.items() if row.until > oldest]
        self._rows = dict(rows[-_MOST:])
        self._write()

    def drop(self, key: str) -> None:
        """Take a session off."""
        if self._rows.pop(_digest(key), None) is not None:
            self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        rows = {name: asdict(row) for name, row in self._rows.items()}
        text = orjson.dumps({"version": 1, "secret": self.secret.hex(), "sessions": rows})
        try:
            replace(self._path, text, private=True)
        except OSError as error:
            # Who signed in stays so for this run.
            self._say("sessions-unwritten", error=str(error))


def mark_of(principal: Principal) -> str:
    """Return a digest of who somebody is and what they may do: other rights, another session."""
    actor = principal.actor
    said = (
        principal.id,
        principal.tenant,
        *sorted(principal.scopes),
        *(() if actor is None else (actor.unit, actor.person)),
    )
    return sha256("\0".join(said).encode()).hexdigest()


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
