"""Who calls: API tokens, of which only the digests are kept, with scopes, ends and a tenant."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.runtime.case import Actor, actor_named
from zhunru.web.files import replace
from zhunru.worktime import BEIJING

SCOPES = (
    "decide",  # ask for decisions
    "vouch",  # facts count as confirmed, whoever would have to assert them
    "cases:read",
    "cases:write",
    "act-as",  # name in a command who acts
    "draft",  # hand in drafts, look at their findings
    "approve",  # approve somebody else's draft
    "publish",  # make an approved draft the current set, go back to an earlier one
    "operate",  # metrics, dead letters
)
_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A caller: who it is, whose data it may see, what it may do, and as whom it acts."""

    id: str
    tenant: str
    scopes: frozenset[str]
    actor: Actor | None = None

    def may(self, scope: str) -> bool:
        """Tell whether the caller carries a scope; an empty one is everybody's."""
        return not scope or scope in self.scopes

    @property
    def voucher(self) -> str | None:
        """Return in whose name the caller's facts are asserted; None: they count as confirmed."""
        if "vouch" in self.scopes:
            return None
        return self.actor.unit if self.actor is not None else self.id


@dataclass(frozen=True, slots=True)
class _Kept:
    digest: str
    principal: Principal
    expires: datetime | None


class Tokens:
    """The tokens of a file, found again by the digest of what a caller presents.

    The file is read anew as soon as it is another one, so that a token that was taken out of it
    lets nobody in from then on.
    """

    def __init__(self, path: Path, say: Callable[..., None] | None = None) -> None:
        self._path = path
        self._say = say
        self._mark: Mark | None = None
        self._kept: Mapping[str, _Kept] = {}

    @classmethod
    def read(cls, path: Path, say: Callable[..., None] | None = None) -> Tokens:
        """Return the tokens of a file; RequestRejected if any of it cannot be read.

        `say` is told when the file is read anew.
        """
        found = cls(path, say)
        found._mark, found._kept = _mark_of(path), _read(path)
        return found

    def find(self, presented: str, at: datetime) -> Principal | None:
        """Return whose token this is, unless it was revoked or has come to its end."""
        return self.of(digest_of(presented), at)

    def of(self, digest: str, at: datetime) -> Principal | None:
        """Return whose token it is that has a digest."""
        mark = _mark_of(self._path)
        if mark != self._mark:
            self._renew(mark)
        kept = self._kept.get(digest)
        if kept is None or (kept.expires is not None and at >= kept.expires):
            return None
        return kept.principal

    def _renew(self, mark: Mark | None) -> None:
        try:
            kept = _read(self._path)
            wrong = ""
        except RequestRejected as error:
            # Who was revoked cannot be told any more, so until it is mended nobody is let in.
            kept, wrong = {}, str(error)
        self._mark, self._kept = mark, kept
        if self._say is None:
            return
        if wrong:
            self._say("tokens-unread", error=wrong)
        else:
            self._say("tokens-read", tokens=len(kept))


Mark = tuple[int, int, int, int]


def _mark_of(path: Path) -> Mark | None:
    """Return what tells one text of a file from another, and whether others may read it now; None
    where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _read(path: Path) -> dict[str, _Kept]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["tokens"]
        return {each.digest: each for each in map(_kept, rows)}
    except OSError:
        unusable(path, "读不到", "it cannot be read")
    except (ValueError, KeyError, TypeError, AttributeError):
        unusable(path, "不是口令文件的格式", "it is not a file of tokens")


def _kept(row: Mapping[str, Any]) -> _Kept:
    scopes = frozenset(row["scopes"])
    if not scopes <= set(SCOPES) or not str(row["sha256"]).isalnum() or len(row["sha256"]) != 64:
        raise ValueError
    if row.get("tenant") == "*" and scopes != {"operate"}:
        raise ValueError  # who looks after the service has no business in anybody's data
    name, tenant, actor = row["id"], row.get("tenant", ""), row.get("actor", "")
    if not all(isinstance(each, str) for each in (name, tenant, actor)):
        raise ValueError  # revoked by its name, or acting as somebody, it would be another one
    expires = row.get("expires")
    return _Kept(
        str(row["sha256"]).lower(),
        Principal(id=name, tenant=tenant, scopes=scopes, actor=actor_named(actor)),
        None if expires is None else with_zone(datetime.fromisoformat(expires)),
    )


def with_zone(at: datetime) -> datetime:
    """Return an instant with its offset; one without is of Beijing time."""
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def digest_of(token: str) -> str:
    """Return what is kept of a token. It is random and long, so a plain digest is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def unusable(path: Path | str, zh: str, en: str) -> NoReturn:
    """Stop the start of a service by a file that cannot be used."""
    finding = diagnose("ZR875", NOWHERE, path=str(path), problem_zh=zh, problem_en=en)
    raise RequestRejected([finding]) from None


def only_known(path: Path, given: Mapping[str, Any], known: Collection[str], at: str) -> None:
    """Stop the start by a name that means nothing: what was meant by it would not be done."""
    for name in given:
        if name not in known:
            there = (
                "、".join(each or "“”" for each in known),
                ", ".join(each or '""' for each in known),
            )
            zh, en = f"{at} 不收“{name}”，可以写：{there[0]}", f"{at} takes no `{name}`; {there[1]}"
            unusable(path, zh.strip(), en.strip())


EVERYBODY = Principal(id="local", tenant="*", scopes=frozenset(SCOPES))
"""The caller of a service without a file of tokens, which listens on its own machine only."""


def add_token(
    path: Path,
    name: str,
    scopes: Sequence[str],
    entropy: Callable[[int], bytes],
    *,
    tenant: str = "",
    actor: str = "",
    expires: datetime | None = None,
) -> str:
    """Add a new token to a file, which is made if it is not there, and return the token: it is to
    be shown once, for the file keeps only its digest.

    Raises RequestRejected if the file cannot be read, or there is no such scope.
    """
    token = "zr_" + urlsafe_b64encode(entropy(_BYTES)).rstrip(b"=").decode()
    row: dict[str, Any] = {"id": name, "sha256": digest_of(token), "scopes": sorted(scopes)}
    ends = expires and expires.isoformat()
    more = {"tenant": tenant, "actor": actor, "expires": ends}
    row |= {key: value for key, value in more.items() if value}
    rows = _rows(path) if path.exists() else []
    try:
        _kept(row)
    except ValueError:
        unknown = [each for each in scopes if each not in SCOPES]
        if not unknown:
            zh = "租户“*”的口令只能带 operate"
            unusable(path, zh, "a token of the tenant `*` carries `operate` only")
        named, there = ", ".join(unknown), ", ".join(SCOPES)
        zh = f"没有“{named}”这项权限；有：{there}（几项就写几个 --scope）"
        unusable(path, zh, f"there is no scope `{named}`; there are: {there}, each with --scope")
    _replace(path, [*rows, row])
    return token


def revoke_token(path: Path, name: str, *, tenant: str | None = None) -> int:
    """Take the tokens of a name out of a file, and return how many there were.

    `tenant`: only those of one tenant. A service that uses the file lets nobody in by them from
    its next request on. Raises RequestRejected if the file cannot be read.
    """
    rows = _rows(path)
    left = [row for row in rows if row["id"] != name or tenant not in (None, row.get("tenant", ""))]
    if len(left) < len(rows):
        _replace(path, left)
    return len(rows) - len(left)


def _rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file that is in order."""
    Tokens.read(path)
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["tokens"]
    return rows


def _replace(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    text = json.dumps({"version": 1, "tokens": rows}, ensure_ascii=False, indent=1)
    replace(path, f"{text}\n".encode(), private=True)
