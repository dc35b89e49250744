"""Bearer tokens of an identity provider (OIDC): JSON web tokens, verified by its published keys."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from zhunru.web.signing import unpacked, verified
from zhunru.web.tokens import SCOPES, Principal, actor_named, unusable

_LEEWAY = 60  # seconds that the clocks of two machines may be apart
_MOST_BYTES = 1 << 16
_KEPT_SECONDS = 300.0
_WAIT = 5.0
Keys = Mapping[str, Any]


@dataclass
class Issuer:
    """Who issues tokens, for whom, and which of its scopes are which of ours."""

    issuer: str
    audience: str
    keys: Callable[[bool], Sequence[Keys]]
    tenant: str = ""
    tenant_claim: str = ""
    actor_claim: str = ""
    scopes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        """Return who the claims are about."""
        named = claims.get("scope", "")
        given = named.split() if isinstance(named, str) else [str(each) for each in named]
        ours = {scope for each in given for scope in self.scopes.get(each, (each,))}
        tenant = claims.get(self.tenant_claim, "") if self.tenant_claim else self.tenant
        actor = claims.get(self.actor_claim, "") if self.actor_claim else ""
        return Principal(
            id=f"{self.issuer}#{claims['sub']}",
            tenant=str(tenant),
            scopes=frozenset(ours & set(SCOPES)),
            actor=actor_named(str(actor)),
        )


class Issuers:
    """The issuers that a service trusts."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = {each.issuer: each for each in issuers}

    @classmethod
    def read(cls, path: Path) -> Issuers:
        """Return the issuers of a file."""
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["issuers"]
            return cls([_issuer(row, path.parent) for row in rows])
        except OSError:
            unusable(path, "读不到", "it cannot be read")
        except (ValueError, KeyError, TypeError, AttributeError):
            unusable(path, "不是签发方文件的格式", "it is not a file of issuers")

    def find(self, token: str, at: datetime) -> Principal | None:
        """Return whose token this is; None unless everything about it holds."""
        parts = token.split(".")
        if len(parts) != 3 or len(token) > _MOST_BYTES:
            return None
        try:
            head, claims = (json.loads(unpacked(part)) for part in parts[:2])
            signature = unpacked(parts[2])
            issuer = self._issuers.get(claims["iss"])
            if issuer is None or not _in_time(claims, issuer, at):
                return None
            signed = f"{parts[0]}.{parts[1]}".encode()
            return issuer.principal(claims) if _signed(issuer, head, signature, signed) else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


def ends_of(token: str) -> float:
    """Return when a token that was verified before comes to its end, as a time stamp."""
    claims = json.loads(unpacked(token.split(".")[1]))
    return float(claims["exp"]) + _LEEWAY


def _in_time(claims: Mapping[str, Any], issuer: Issuer, at: datetime) -> bool:
    audience = claims["aud"]
    named = audience if isinstance(audience, list) else [audience]
    instant = at.timestamp()
    return (
        issuer.audience in named
        and bool(claims["sub"])
        and instant < float(claims["exp"]) + _LEEWAY
        and instant >= float(claims.get("nbf", 0)) - _LEEWAY
    )


def _signed(issuer: Issuer, head: Mapping[str, Any], signature: bytes, data: bytes) -> bool:
    """Tell whether one of the issuer's keys made a signature; a new key is fetched once."""
    for anew in (False, True):
        for key in issuer.keys(anew):
            if head.get("kid") in (None, key.get("kid")) and _by(key, head["alg"], signature, data):
                return True
    return False


def _by(key: Keys, algorithm: str, signature: bytes, data: bytes) -> bool:
    """Tell whether a key made a signature. The key says which algorithms there are, not the token:
    `none` and shared secrets are never among them."""
    if key.get("alg", algorithm) != algorithm or key.get("use", "sig") != "sig":
        return False
    try:
        match algorithm, key["kty"]:
            case "RS256", "RSA":
                _rsa(key).verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
                return True
            case "ES256", "EC" if key.get("crv") == "P-256" and len(signature) == 64:
                half = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
                _ec(key).verify(encode_dss_signature(*half), data, ec.ECDSA(hashes.SHA256()))
                return True
            case "EdDSA", "OKP" if key.get("crv") == "Ed25519":
                public = Ed25519PublicKey.from_public_bytes(unpacked(key["x"]))
                return verified(public, signature, data)
    except InvalidSignature:
        return False
    return False


def _number(key: Keys, name: str) -> int:
    return int.from_bytes(unpacked(key[name]))


def _rsa(key: Keys) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(_number(key, "e"), _number(key, "n")).public_key()


def _ec(key: Keys) -> ec.EllipticCurvePublicKey:
    numbers = ec.EllipticCurvePublicNumbers(_number(key, "x"), _number(key, "y"), ec.SECP256R1())
    return numbers.public_key()


def _issuer(row: Mapping[str, Any], folder: Path) -> Issuer:
    place = str(row["jwks"])
    keys = _Fetched(place) if place.startswith("https://") else _read_once(folder / place)
    return Issuer(
        issuer=str(row["issuer"]),
        audience=str(row["audience"]),
        keys=keys,
        tenant=str(row.get("tenant", "")),
        tenant_claim=str(row.get("tenant_claim", "")),
        actor_claim=str(row.get("actor_claim", "")),
        scopes=dict(row.get("scopes", {})),
    )


def _read_once(path: Path) -> Callable[[bool], Sequence[Keys]]:
    keys: Sequence[Keys] = json.loads(path.read_text(encoding="utf-8"))["keys"]
    return lambda anew: () if anew else keys


class _Fetched:
    """The keys at an address, fetched when needed, and not more often than every five minutes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._keys: Sequence[Keys] = ()
        self._since = -_KEPT_SECONDS
        self._lock = Lock()

    def __call__(self, anew: bool) -> Sequence[Keys]:
        with self._lock:
            if time.monotonic() - self._since >= _KEPT_SECONDS:
                # Also a failure counts: an unreachable issuer must not be asked by every request.
                self._since = time.monotonic()
                self._keys = self._fetch() or self._keys
                return self._keys
        return () if anew else self._keys

    def _fetch(self) -> Sequence[Keys]:
        try:
            with urllib.request.urlopen(self._address, timeout=_WAIT) as response:
                found: Sequence[Keys] = json.loads(response.read(_MOST_BYTES))["keys"]
                return found
        except (OSError, ValueError, KeyError, TypeError):
            return ()
