"""Bearer tokens of an identity provider (OIDC): JSON web tokens, verified by its published keys."""

from __future__ import annotations

import http.client
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

from zhunru.runtime.case import actor_named
from zhunru.web.sending import NoDetour, is_closed
from zhunru.web.signing import unpacked, verified
from zhunru.web.tokens import SCOPES, Principal, only_known, unusable

_MEMBERS = ("issuer", "audience", "jwks", "tenant", "tenant_claim", "actor_claim", "scopes")
_LEEWAY = 60  # seconds that the clocks of two machines may be apart
_MOST_BYTES = 1 << 16
_KEPT_SECONDS = 300.0  # until keys are fetched anew
_PAUSE_SECONDS = 10.0  # between two attempts to fetch them
_LONGEST_SECONDS = 3_600.0  # that keys count while the issuer is away
_WAIT = 5.0
_now = time.monotonic
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
        """Return who the claims are about; raises ValueError or TypeError for unfit ones."""
        named = claims.get("scope", "")
        given = named.split() if isinstance(named, str) else [str(each) for each in named]
        ours = {scope for each in given for scope in self.scopes.get(each, (each,))}
        tenant = _claimed(claims, self.tenant_claim) if self.tenant_claim else self.tenant
        scopes = frozenset(ours & set(SCOPES))
        if tenant == "*" and scopes != {"operate"}:
            raise ValueError(tenant)  # as for tokens of our own: nobody has all tenants' data
        actor = _claimed(claims, self.actor_claim) if self.actor_claim else ""
        subject = f"{self.issuer}#{_claimed(claims, 'sub')}"
        return Principal(id=subject, tenant=tenant, scopes=scopes, actor=actor_named(actor))


def _claimed(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that is a text; what is none must not be taken for one that looks alike."""
    found = claims.get(name, "")
    if not isinstance(found, str):
        raise TypeError(name)
    return found


class Issuers:
    """The issuers that a service trusts."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = {each.issuer: each for each in issuers}

    @classmethod
    def read(cls, path: Path) -> Issuers:
        """Return the issuers of a file."""
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["issuers"]
            for row in rows:
                only_known(path, row, _MEMBERS, "issuers")
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
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
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
    """Tell whether one of the issuer's keys made a signature; one that is new is asked for."""
    if "crit" in head:
        return False  # something that has to be understood, and is not
    named = head.get("kid")
    keys = issuer.keys(False)
    if named is not None and all(key.get("kid") != named for key in keys):
        keys = issuer.keys(True)
    return any(
        named in (None, key.get("kid")) and _by(key, head["alg"], signature, data) for key in keys
    )


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
    keys: Callable[[bool], Sequence[Keys]]
    if "://" in place:
        if not is_closed(place):
            raise ValueError(place)  # keys that somebody on the way could change are none
        keys = _Fetched(place)
    else:
        keys = _read_once(folder / place)
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
    return lambda anew: keys


class _Fetched:
    """The keys at an address: fetched when needed, kept while it is away, but not for ever."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._keys: Sequence[Keys] = ()
        self._fetched = self._tried = float("-inf")
        self._lock = Lock()

    def __call__(self, anew: bool) -> Sequence[Keys]:
        now = _now()
        if anew or now - self._fetched >= _KEPT_SECONDS:
            self._renew(now)
        return self._keys if now - self._fetched < _LONGEST_SECONDS else ()

    def _renew(self, now: float) -> None:
        # Whoever comes meanwhile goes on with the keys there are; without any there is no choice.
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            # Also a failure counts: an issuer that is away must not be asked by every request, nor
            # one that is there by everybody who makes up a key, or who waited while it was asked.
            if now - self._tried < _PAUSE_SECONDS:
                return
            self._tried = now
            found = _fetch(self._address)
            if found is not None:
                self._keys, self._fetched = found, now
        finally:
            self._lock.release()


_OPENER = urllib.request.build_opener(NoDetour)


def _fetch(address: str) -> Sequence[Keys] | None:
    """Return the keys at an address; None if they cannot be had within bounds."""
    ends = _now() + _WAIT
    body = b""
    try:
        with _OPENER.open(address, timeout=_WAIT) as response:
            # Piece by piece, so that one who sends a byte a second does not keep it waiting.
            while piece := response.read1(_MOST_BYTES):
                body += piece
                if len(body) > _MOST_BYTES or _now() > ends:
                    return None
        found = json.loads(body)["keys"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError, http.client.HTTPException):
        return None
    return [key for key in found if isinstance(key, dict)] if isinstance(found, list) else None
