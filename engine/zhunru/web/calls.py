"""One request as a handler sees it, and the table of everything that can be asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from zhunru.diagnostics import Language
from zhunru.web.answers import Answer, Stream
from zhunru.web.paths import named
from zhunru.web.problems import Problem, reject
from zhunru.web.reading import read_json, whole_number, wrong_kind
from zhunru.web.schemas import LIMIT, Schema, ref

if TYPE_CHECKING:
    from zhunru.web.decision_log import Turn
    from zhunru.web.service import Service
    from zhunru.web.tenants import Tenant
    from zhunru.web.tokens import Principal


_JSON = b"application/json"
_NOTHING: Mapping[str, str] = {}


@dataclass(slots=True)
class Call:
    """A request: who asks what of whose data, and when."""

    service: Service
    tenant: Tenant
    principal: Principal
    at: datetime
    headers: Mapping[bytes, bytes]
    query_text: bytes
    path: str
    params: Mapping[str, str]
    language: Language
    body: bytes = b""
    chunk: Callable[[], Awaitable[bytes | None]] | None = None  # the next of a body; None: no more
    # Decisions on record only when this turn of the loop is over; None: each is at once.
    later: list[Turn] | None = None
    _query: dict[str, str] | None = None

    def json(self, wrong: int = 415) -> dict[str, Any]:
        """Return the body as a JSON object; `wrong` is the status where it does not say it is."""
        if self.headers.get(b"content-type") != _JSON:
            check_json(self.headers, wrong)
        found = read_json(self.body, self.service.settings.limits.depth)
        if type(found) is not dict:
            wrong_kind("body", "对象", "an object")
        return found

    @property
    def query(self) -> Mapping[str, str]:
        """Return the parameters behind the question mark."""
        if not self.query_text:
            return _NOTHING
        if self._query is None:
            try:
                text = self.query_text.decode()
                pairs = parse_qsl(text, True, max_num_fields=100, errors="strict")
            except UnicodeError:
                wrong_kind("?", "UTF-8 编码的参数", "parameters in UTF-8")
            except ValueError:
                wrong_kind("?", "至多一百项参数", "at most a hundred parameters")
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    reject(400, "ZR783", name=name[:100])  # which is meant is not for us to say
                seen.add(name)
            self._query = dict(pairs)
        return self._query

    def number(self, name: str, default: int, most: int) -> int:
        """Return a whole number of the query, from 1 to `most`."""
        text = self.query.get(name, "")
        if not text:
            return default
        found = whole_number(text)
        if found is None or not 1 <= found <= most:
            wrong_kind(name, f"1 至 {most} 的整数", f"a whole number from 1 to {most}")
        return found

    def limit(self) -> int:
        """Return how many a page holds at the most."""
        return self.number("limit", LIMIT["default"], LIMIT["maximum"])

    def place(self) -> int:
        """Return behind which place of a list the next page begins; 0 for the first page."""
        found = whole_number(self.query.get("after", "") or "0")
        # The first page once more, for a mark that is none, would have a caller go in circles.
        if found is None:
            wrong_kind("after", "上一页给出的 after", "the `after` of the page before")
        return found

    def header(self, name: bytes) -> str:
        """Return a header, or an empty text."""
        return self.headers.get(name, b"").decode("latin-1")

    def need(self, scope: str) -> None:
        """Refuse a caller that does not carry a scope."""
        if not self.principal.may(scope):
            reject(403, "ZR791", scope=scope)


def check_json(headers: Mapping[bytes, bytes], wrong: int) -> None:
    """Refuse a body that does not say that it is JSON."""
    media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media != _JSON:
        reject(wrong, "ZR887", wanted="application/json")


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Something that can be asked: where, how, by whom, and what it is about.

    `threaded`: it waits for a store or reckons for long, so it gets a thread; `stored`: only where
    there is a store. `gathered`: it waits in the hall, so its handler is a coroutine. `patient`: it
    goes through a whole set or store, which takes its time. `heavy`: it also keeps a processor
    busy all that time, so that few of them are answered at once.
    `streaming`: it reads
    its body itself, and its handler is a coroutine. `plain_errors`: what is wrong is told in plain
    text, as AuthZEN has it, unless the caller accepts problem details. `wrong`: how else what is
    wrong is told, unless these are accepted; `wrong_response` is its schema. `open`: everybody may
    ask.
    `keyed`: the token may also come as `api_key`. `shared`: it is not about one tenant.
    """

    method: str
    path: str
    handler: Handler
    scope: str = ""
    summary: str = ""
    tag: str = ""
    threaded: bool = False
    gathered: bool = False
    patient: bool = False
    heavy: bool = False
    stored: bool = False
    streaming: bool = False
    plain_errors: bool = False
    wrong: Callable[[Problem, Language], Answer] | None = None
    wrong_response: Mapping[str, Any] = field(default_factory=dict)
    open: bool = False
    keyed: bool = False
    shared: bool = False
    request: Mapping[str, Any] | None = None
    takes: str = "application/json"  # what a request is written in
    response: Mapping[str, Any] = field(default_factory=lambda: {"type": "object"})
    media: str = "application/json"
    others: Mapping[str, Schema] = field(default_factory=dict)  # in what else, on demand
    query: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)
    statuses: tuple[int, ...] = (200,)
    at_once: bool = field(init=False)  # it waits for nothing, wherever it is asked
    strict: bool = field(init=False)  # nothing stands behind the question mark that means nothing

    def __post_init__(self) -> None:
        waits = self.threaded or self.stored or self.gathered or self.streaming
        object.__setattr__(self, "at_once", not waits)
        object.__setattr__(self, "strict", self.path.startswith("/v1/"))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parts of the path that differ from call to call."""
        return tuple(_name(part) for part in self.path.split("/") if part.startswith("{"))


def endpoint(
    method: str, path: str, handler: Handler, summary: str, answer: str, **more: Any
) -> Endpoint:
    """Return something that can be asked; `answer` names its schema among the components."""
    known: dict[str, Any] = {"method": method, "path": path, "handler": handler}
    return Endpoint(summary=summary, response=ref(answer), **known, **more)


Result = Answer | Stream


class Table:
    """Everything that can be asked, found by path and method."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.endpoints = endpoints
        self.fixed: dict[str, dict[str, Endpoint]] = {}
        self._open: list[tuple[tuple[str, ...], Endpoint]] = []
        for each in endpoints:
            if each.names:
                self._open.append((tuple(each.path.split("/")), each))
            else:
                self.fixed.setdefault(each.path, {})[each.method] = each

    def find(self, path: str) -> tuple[Mapping[str, Endpoint], Mapping[str, str]]:
        """Return what can be asked at a path, by method, and the parts of the path by name."""
        fixed = self.fixed.get(path)
        if fixed is not None:
            return fixed, {}
        parts = tuple(path.split("/"))
        found: dict[str, Endpoint] = {}
        params: dict[str, str] = {}
        for pattern, each in self._open:
            if each.method not in found and (taken := _taken(pattern, parts)) is not None:
                found[each.method] = each
                params |= taken
        return found, params


def _name(part: str) -> str:
    return part[1:].partition("}")[0]


def _taken(pattern: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    taken = {}
    for want, part in zip(pattern, parts, strict=True):
        if want.startswith("{"):
            end = want.partition("}")[2]  # `{case}.xml`: the end has to be there too
            if not part.endswith(end) or part == end:
                return None
            taken[_name(want)] = named(part.removesuffix(end))
        elif want != part:
            return None
    return taken
