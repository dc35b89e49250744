"""The key of a service: signatures that others can verify, and handles that say nothing."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhunru.web.tokens import unusable

_SEED = 32
_NONCE = 12
_MOST_KEYS = 10


class Signer:
    """An Ed25519 key; what else is secret is derived from its seed.

    What `former` keys have signed or sealed still holds: a key can be changed without a day on
    which nothing does.
    """

    def __init__(self, seed: bytes, former: Sequence[bytes] = ()) -> None:
        self._former = [Signer(each) for each in former]
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key()
        self._mac = sha256(b"zhunru mac" + seed).digest()
        self._sealing = AESGCM(sha256(b"zhunru seal" + seed).digest())
        self.key_id = sha256(self.public).hexdigest()[:16]

    @classmethod
    def read(cls, path: Path | None, entropy: Callable[[int], bytes]) -> Signer:
        """Return the key of a file (64 hexadecimal digits); without one, a key of this run.

        The first line signs; those below it are former keys.
        """
        if path is None:
            return cls(entropy(_SEED))
        try:
            seeds = [bytes.fromhex(line) for line in path.read_text(encoding="ascii").split()]
        except OSError:
            unusable(path, "读不到", "it cannot be read")
        except ValueError:
            seeds = []
        if not 0 < len(seeds) <= _MOST_KEYS or any(len(each) != _SEED for each in seeds):
            unusable(path, "不是 64 位十六进制的密钥", "it is not a key of 64 hexadecimal digits")
        return cls(seeds[0], seeds[1:])

    @property
    def public(self) -> bytes:
        """Return the public key."""
        return self._public.public_bytes_raw()

    def jwks(self) -> dict[str, Any]:
        """Return the public keys, former ones behind, as a set of JSON web keys."""
        key = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
        every = (self, *self._former)
        return {"keys": [{**key, "kid": o.key_id, "x": packed(o.public)} for o in every]}

    def has(self, key_id: object) -> bool:
        """Tell whether a key is ours, now or formerly."""
        return any(key_id == each.key_id for each in (self, *self._former))

    # --- signatures ----------------------------------------------------------------------------

    def sign(self, data: bytes) -> bytes:
        """Return the signature of data."""
        return self._key.sign(data)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether a signature is ours."""
        ours = verified(self._public, signature, data)
        return ours or any(each.verify(signature, data) for each in self._former)

    def jws(self, claims: Mapping[str, Any], kind: str) -> str:
        """Return claims as a signed text; `kind` keeps what it is for apart."""
        head = {"alg": "EdDSA", "kid": self.key_id, "typ": kind}
        signed = f"{packed(orjson.dumps(head))}.{packed(orjson.dumps(claims))}"
        return f"{signed}.{packed(self.sign(signed.encode()))}"

    def claims(self, text: str, kind: str) -> dict[str, Any] | None:
        """Return what a signed text of ours says; None if it is not ours, or for something else."""
        signed, _, signature = text.rpartition(".")
        head, _, body = signed.partition(".")
        try:
            if not self.verify(unpacked(signature), signed.encode()):
                return None
            if orjson.loads(unpacked(head)).get("typ") != kind:
                return None
            found = orjson.loads(unpacked(body))
        except (ValueError, AttributeError):
            return None
        return found if isinstance(found, dict) else None

    # --- handles -------------------------------------------------------------------------------

    def seal(self, data: Mapping[str, Any], kind: str) -> str:
        """Return a text that only we can open; the same for the same data."""
        plain = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
        # The nonce is a digest of the data: equal nonces are of equal data only.
        nonce = hmac.digest(self._mac, kind.encode() + plain, "sha256")[:_NONCE]
        return packed(nonce + self._sealing.encrypt(nonce, plain, kind.encode()))

    def unseal(self, text: str, kind: str) -> dict[str, Any] | None:
        """Return what we sealed; None if it was not us, or for something else."""
        try:
            raw = unpacked(text)
            plain = self._sealing.decrypt(raw[:_NONCE], raw[_NONCE:], kind.encode())
            found = orjson.loads(plain)
        except InvalidTag:
            opened = (each.unseal(text, kind) for each in self._former)
            return next((each for each in opened if each is not None), None)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def mac(self, data: bytes) -> str:
        """Return a digest that only we can make."""
        return hmac.digest(self._mac, data, "sha256").hex()


def verified(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Tell whether a signature is by a key."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def packed(data: bytes) -> str:
    """Return bytes as base64 for addresses, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Return the bytes of such a text; ValueError if it is none."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
