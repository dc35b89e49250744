"""Forms that are kept for who filled them in: those that came when a session was over, over a
restart too, and those that were answered, in the address of the answer.

On file they are sealed by the key that the browser has: who reads the folder reads nothing of them.
In an address they are sealed by a secret of the service: who reads a history or a log of addresses
reads nothing of them.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhunru.web.files import replace

_MOST = 200
_LONGEST = 1 << 16  # characters of one form
_LONGEST_SEALED = 4000  # characters: servers in front of ours take addresses of 8 KiB
_NONCE = 12
Say = Callable[..., None]
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A form: where to, by whom (`mark_of`), and what was filled in."""

    path: str
    who: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Answered:
    """A form that was answered: when, a digest of the answer, and what was filled in."""

    at: datetime
    mark: str
    fields: Fields


class HeldForms:
    """The forms that are kept, by the keys of the sessions in which somebody is to sign in anew.

    The oldest go when there are too many. Without a folder they are kept for this run.
    """

    def __init__(self, folder: Path | None, entropy: Callable[[int], bytes], say: Say) -> None:
        self._folder = folder
        self._entropy = entropy
        self._say = say
        self._forms: dict[str, Held] = {}
        self._lock = Lock()

    def hold(self, key: str, held: Held) -> bool:
        """Keep a form, unless it is too long."""
        if sum(len(name) + len(value) for name, value in held.fields) > _LONGEST:
            return False
        with self._lock:
            while len(self._forms) >= _MOST:
                self._forms.pop(next(iter(self._forms)))
            self._forms[key] = held
            if self._folder is not None:
                try:
                    self._write(self._folder, key, held)
                except OSError as error:
                    # It is there for this run.
                    self._say("forms-unwritten", error=str(error))
        return True

    def take(self, key: str, who: str) -> Held | None:
        """Return, once, the form that is kept under a key: nobody else's than one's own."""
        with self._lock:
            held = self._forms.pop(key, None)
            if self._folder is not None:
                held = held or self._read(self._folder, key)
                with suppress(OSError):
                    _place(self._folder, key).unlink()
        return held if held is not None and held.who == who else None

    def _write(self, folder: Path, key: str, held: Held) -> None:
        nonce = self._entropy(_NONCE)
        replace(
            _place(folder, key),
            nonce + _sealing(key).encrypt(nonce, orjson.dumps(asdict(held)), None),
            private=True,
        )
        files = sorted(folder.glob("*.form"), key=lambda each: each.stat().st_mtime)
        for each in files[:-_MOST]:
            each.unlink(missing_ok=True)

    def _read(self, folder: Path, key: str) -> Held | None:
        try:
            sealed = _place(folder, key).read_bytes()
            plain = _sealing(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (OSError, InvalidTag, ValueError):
            return None  # there is none, or somebody has written into it
        found: dict[str, Any] = orjson.loads(plain)
        fields = tuple((name, value) for name, value in found["fields"])
        return Held(found["path"], found["who"], fields)


class Sealed:
    """Forms in addresses: an answer can be gone back to, and loaded anew, without sending again."""

    def __init__(self, secret: bytes, entropy: Callable[[int], bytes]) -> None:
        self._secret = secret
        self._entropy = entropy

    def sealed(self, who: str, answered: Answered) -> str:
        """Return a form as a part of an address, or "" if it is too long for one."""
        whole = answered.at.isoformat(), answered.mark, answered.fields
        nonce, plain = self._entropy(_NONCE), zlib.compress(orjson.dumps(whole))
        text = urlsafe_b64encode(nonce + self._sealing(who).encrypt(nonce, plain, None)).decode()
        return text if len(text) <= _LONGEST_SEALED else ""

    def opened(self, who: str, text: str) -> Answered | None:
        """Return the form that was sealed for somebody; nothing of anybody else's."""
        try:
            sealed = urlsafe_b64decode(text.encode())
            plain = self._sealing(who).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):
            return None
        at, mark, fields = orjson.loads(zlib.decompress(plain))
        pairs = tuple((name, value) for name, value in fields)
        return Answered(datetime.fromisoformat(at), mark, pairs)

    def _sealing(self, who: str) -> AESGCM:
        return _sealing(self._secret.hex() + who)


def _place(folder: Path, key: str) -> Path:
    return folder / f"{sha256(key.encode()).hexdigest()}.form"


def _sealing(key: str) -> AESGCM:
    return AESGCM(sha256(b"zhunru form" + key.encode()).digest())
