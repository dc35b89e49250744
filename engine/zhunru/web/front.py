"""The way in: every request gets an id, a time limit, an answer in words, a line and a figure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, MutableMapping
from datetime import datetime
from types import coroutine
from typing import Any
from urllib.parse import unquote

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Language
from zhunru.errors import StoreError, ZhunruError
from zhunru.web.answers import Answer, Stream
from zhunru.web.bodies import Chunks, Gone, Receive, read_ahead, too_large
from zhunru.web.calls import Call, Endpoint, Result, Table
from zhunru.web.decision_log import NotRecorded
from zhunru.web.paths import named, path_of
from zhunru.web.problems import MEDIA, Problem, problem_of, reject
from zhunru.web.reading import only
from zhunru.web.service import Service
from zhunru.web.tokens import EVERYBODY, Principal

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LONGEST_ID = 128
_NONE: Mapping[str, str] = {}
_KEY, _LONGEST_FORM = b"api_key=", 1 << 16
# Nothing that an API answers is a page: no browser may run or keep any of it.
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


@coroutine
def _next_turn() -> Generator[None, None, None]:
    """Let others go first, as `asyncio.sleep(0)` does, which makes another coroutine for it."""
    yield


class Front:
    """Answers what is in the table; everything else goes to the pages behind."""

    def __init__(self, app: App, service: Service, table: Table) -> None:
        self._app = app
        self._service = service
        self._table = table
        self._seconds = service.settings.limits.seconds
        self._most = service.settings.limits.body
        self._root = unquote(service.settings.root)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service, path, params = self._service, path_of(scope), _NONE
        if self._root and f"{path}/".startswith(f"{self._root}/"):
            path = path[len(self._root) :] or "/"
        if path != scope["path"]:
            scope = {**scope, "path": path}
        tenant, fixed = service.default, self._table.fixed.get(path)
        found: Mapping[str, Endpoint] = fixed or {}
        if fixed is None:
            tenant, path = service.tenant_of(path)
            found, params = self._table.find(path)
        if not found and not _is_api(path):
            await self._page(scope, receive, send, "" if tenant is None else tenant.name)
            return
        began = time.perf_counter()
        service.figures.under_way += 1
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        exchange = _Exchange(service, headers, began, send)
        tracing = service.tracing
        begun = tracing.begin(headers) if tracing is not None else None
        endpoint = found.get(scope["method"])
        if scope["method"] == "HEAD" and "GET" in found:
            # Whoever looks whether we are there, or how much would come, asks without the body.
            endpoint, exchange.send = found["GET"], _head_only(send)
        try:
            if endpoint is None:
                self._absent(scope, found)
            else:
                exchange.route = endpoint.path
                await self._answer(exchange, endpoint, tenant, params, scope, receive)
                return
        except Gone:
            exchange.status = 499
        except asyncio.CancelledError:
            if exchange.status:
                raise  # the head is gone: only an end before its time tells that this is not all
            # The service stops and waits no longer. Left to the server it would be a 500, which
            # says that something is wrong with it; it may simply be asked again.
            await exchange.fail(_given_up(time.perf_counter() - began), endpoint)
        except KeyboardInterrupt:
            exchange.status = 499
            raise
        except BaseException as error:
            # Asked in a wrong way, an address is answered as it is when asked in the right one.
            await exchange.fail(error, endpoint or next(iter(found.values()), None))
        finally:
            exchange.close(scope["method"])
            if tracing is not None:
                method = scope["method"] if endpoint is not None else "-"
                tracing.end(begun, method, exchange.route, exchange.tenant, exchange.status)

    async def _page(self, scope: Scope, receive: Receive, send: Send, tenant: str) -> None:
        """Have the pages answer: with an id, a time limit, a line and a figure as well."""
        exchange = _Exchange(self._service, dict(scope["headers"]), time.perf_counter(), send)
        exchange.tenant = tenant
        scope["exchange"] = exchange
        self._service.figures.under_way += 1
        try:
            # A page may compare whole sets, so it has the time that such an answer of the API has.
            async with asyncio.timeout(self._service.settings.limits.patience):
                await self._app(scope, receive, exchange.send_of_page)
        except (TimeoutError, asyncio.CancelledError):
            if exchange.status:
                raise  # the head is gone: only an end before its time tells that this is not all
            await exchange.fail(_given_up(time.perf_counter() - exchange.began), None)
        finally:
            # Not the path: it may name somebody, and there is no end of paths.
            exchange.route = getattr(scope.get("route"), "path", "-")
            exchange.close(scope["method"])

    def _absent(self, scope: Scope, found: Mapping[str, Endpoint]) -> None:
        if not found:
            reject(404, "ZR884", path=named(scope["path"])[:200])
        allowed = ", ".join([*found, *(["HEAD"] if "GET" in found else [])])
        finding = diagnose("ZR885", NOWHERE, method=scope["method"][:20], allowed=allowed)
        raise Problem(405, [finding], headers={"allow": allowed})

    async def _answer(
        self,
        exchange: _Exchange,
        endpoint: Endpoint,
        tenant: Any,
        params: Mapping[str, str],
        scope: Scope,
        receive: Receive,
    ) -> None:
        service = self._service
        at, body, principal = service.settings.clock(), b"", EVERYBODY
        if endpoint.keyed:
            body = await self._keyed(exchange, scope, receive)
        if not endpoint.open:
            if service.asks_who:
                principal = await self._caller(exchange, at)
            if service.throttle.is_on:
                service.throttle.check(principal, at)
        call = self._call(exchange, endpoint, tenant, principal, at, params, scope, body)
        if not endpoint.at_once and (answer := await self._in_turn(endpoint, call, scope, receive)):
            await exchange.send_answer(answer)
            return
        if endpoint.method == "POST" and not endpoint.keyed:
            call.body = await self._body(exchange.headers, receive)
        call.later = []
        try:
            found: Answer = endpoint.handler(call)
        finally:
            if call.later:
                # Others who are about to be answered decide now: one write for all.
                await _next_turn()
                for turn in call.later:
                    call.tenant.log.end(turn)
        await exchange.send(exchange.started(found))
        await exchange.send({"type": "http.response.body", "body": found.body})

    def _call(
        self,
        exchange: _Exchange,
        endpoint: Endpoint,
        tenant: Any,
        principal: Principal,
        at: datetime,
        params: Mapping[str, str],
        scope: Scope,
        body: bytes,
    ) -> Call:
        """Return a request as a handler sees it; a Problem where it is not for the caller to ask,
        or asked in a wrong way."""
        if not endpoint.shared:
            # Whether a tenant exists is nobody's business who is not of it.
            # Who looks after the service is of no tenant.
            if tenant is None or (principal is not EVERYBODY and principal.tenant != tenant.name):
                reject(404, "ZR884", path=named(scope["path"])[:200])
            exchange.tenant = tenant.name
        call = Call(
            self._service,
            tenant,
            principal,
            at,
            exchange.headers,
            scope["query_string"],
            named(scope["path"]),
            params,
            exchange.language if b"accept-language" in exchange.headers else self._service.language,
            body,
        )
        if endpoint.scope not in principal.scopes:
            call.need(endpoint.scope)
        if call.query_text and endpoint.strict:
            only(call.query, endpoint.query)
        if b"content-encoding" in exchange.headers:
            _refuse_encoded(exchange.headers[b"content-encoding"])
        return call

    async def _caller(self, exchange: _Exchange, at: datetime) -> Principal:
        """Return who presents a token; a Problem if nobody that is known does."""
        presented = exchange.headers.get(b"authorization", b"").decode("latin-1")
        service = self._service
        if service.issuers is None:
            return service.principal(presented, at)
        # The keys of an issuer may have to be fetched: others need not wait for that.
        return await asyncio.to_thread(service.principal, presented, at)

    async def _in_turn(
        self, endpoint: Endpoint, call: Call, scope: Scope, receive: Receive
    ) -> Result | None:
        """Have a handler answer that waits for something; None: this one does not, here."""
        if endpoint.streaming:
            chunks = Chunks(receive, self._service.settings.limits.stream)
            call.chunk = await read_ahead(chunks, call.headers)
            streamed: Result = await endpoint.handler(call)
            return streamed
        threaded = endpoint.threaded or (endpoint.stored and call.tenant.office is not None)
        if not (threaded or endpoint.gathered):
            return None
        if scope["method"] == "POST" and not endpoint.keyed:
            call.body = await self._body(call.headers, receive)
        if endpoint.gathered:
            return await self._in_time(endpoint, endpoint.handler(call))
        if endpoint.heavy:
            return await self._in_time(endpoint, self._service.at_leisure(endpoint.handler, call))
        return await self._in_time(endpoint, asyncio.to_thread(endpoint.handler, call))

    async def _keyed(self, exchange: _Exchange, scope: Scope, receive: Receive) -> bytes:
        """Take a token that came as `api_key`, as Open311 has it; return the body."""
        body, given = b"", scope["query_string"]
        if scope["method"] == "POST":
            given = body = await self._body(exchange.headers, receive)
        if b"authorization" not in exchange.headers:
            pairs = given[:_LONGEST_FORM].split(b"&")
            found = [pair[len(_KEY) :] for pair in pairs if pair.startswith(_KEY)]
            if found:
                exchange.headers = {**exchange.headers, b"authorization": b"Bearer " + found[0]}
        return body

    async def _in_time(self, endpoint: Endpoint, answer: Awaitable[Result]) -> Result:
        limits = self._service.settings.limits
        seconds = limits.patience if endpoint.patient else limits.seconds
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            reject(503, "ZR793", seconds=round(seconds))

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        limit, length = self._most, headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 15 or int(length) > limit:
            too_large(limit)
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            body: bytes = message.get("body", b"")
            if len(body) > limit:
                too_large(limit)
            return body
        try:
            async with asyncio.timeout(self._seconds):
                parts = [part async for part in _rest(message, receive, limit)]
        except TimeoutError:
            reject(408, "ZR793", seconds=round(self._seconds))
        return b"".join(parts)


def _head_only(send: Send) -> Send:
    """Return what sends an answer without its body."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent


def _refuse_encoded(coding: bytes) -> None:
    """Refuse a body that is packed: read as it came it would be taken for a broken one."""
    named = coding.decode("latin-1").strip()
    if named and named.lower() != "identity":
        finding = diagnose("ZR773", NOWHERE, coding=named[:40])
        raise Problem(415, [finding], headers={"accept-encoding": "identity"})


def _given_up(seconds: float) -> Problem:
    finding = diagnose("ZR793", NOWHERE, seconds=round(seconds))
    return Problem(503, [finding], headers={"retry-after": "1"})


def _is_api(path: str) -> bool:
    return path.startswith(("/v1/", "/access/", "/open311/", "/.well-known/"))


async def _rest(
    message: MutableMapping[str, Any], receive: Receive, limit: int
) -> AsyncIterator[bytes]:
    read = 0
    while True:
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        read += len(part)
        if read > limit:
            too_large(limit)
        yield part
        if not message.get("more_body"):
            return
        message = await receive()


class _Exchange:
    """What one request and its answer have in common."""

    # As it is until more is known: set where it is.
    route = "-"
    tenant = ""
    status = 0
    size = 0

    def __init__(
        self, service: Service, headers: Mapping[bytes, bytes], began: float, send: Send
    ) -> None:
        self.service = service
        self.headers = headers
        self.began = began
        self.send = send
        given = headers.get(b"x-request-id")
        self.given_id = given if given and _is_plain(given) else b""

    @property
    def request_id(self) -> str:
        """Return the id that the caller gave, or one of ours."""
        if not self.given_id:
            self.given_id = self.service.new_id()
        return self.given_id.decode("latin-1")

    @property
    def language(self) -> Language:
        """Return the language that the caller wants most of the two there are."""
        wanted = self.headers.get(b"accept-language")
        default = self.service.language
        return default if wanted is None else preferred(wanted.decode("latin-1"), default)

    async def send_answer(self, answer: Result) -> None:
        """Send an answer, whole or piece by piece."""
        if isinstance(answer, Stream):
            await self._send_stream(answer)
            return
        await self.send(self.started(answer))
        await self.send({"type": "http.response.body", "body": answer.body})

    async def send_of_page(self, message: MutableMapping[str, Any]) -> None:
        """Send a message of the pages, and note what its line has to say."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            name = (b"x-request-id", self.request_id.encode())
            message["headers"] = [*message.get("headers", ()), name]
        self.size += len(message.get("body", b""))
        await self.send(message)

    def started(self, answer: Result) -> dict[str, Any]:
        """Return the message with the status and the head of an answer."""
        self.status = answer.status
        if not self.given_id:
            self.given_id = self.service.new_id()
        head = [
            (b"content-type", answer.media.encode()), (b"x-request-id", self.given_id), *_SAFE,
        ]  # fmt: skip
        if isinstance(answer, Answer):
            self.size = len(answer.body)
            head.append((b"content-length", b"%d" % self.size))
        for name, value in answer.headers.items():
            head.append((name.encode(), value.encode("latin-1", "replace")))
        return {"type": "http.response.start", "status": self.status, "headers": head}

    async def _send_stream(self, answer: Stream) -> None:
        # The head waits for the first piece: until then a problem can still be told as one.
        pieces = aiter(answer.pieces)
        first = await anext(pieces, b"")
        await self.send(self.started(answer))
        await self._piece(first)
        try:
            async for piece in pieces:
                await self._piece(piece)
        except (Problem, ZhunruError, ValueError) as error:
            told = self._told(error).answer(
                self.language, self.request_id, self.service.settings.root
            )
            await self._piece(told.body + b"\n")
        await self.send({"type": "http.response.body", "body": b""})

    async def _piece(self, piece: bytes) -> None:
        self.size += len(piece)
        if piece:
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})

    async def fail(self, error: BaseException, endpoint: Endpoint | None) -> None:
        """Answer with what is wrong; a mistake of ours is a reference and nothing else."""
        problem = self._told(error)
        if self.status:
            return  # the head is gone already: what is left is to end
        answer = problem.answer(self.language, self.request_id, self.service.settings.root)
        if endpoint is not None and not self._wants_problem():
            if endpoint.plain_errors:
                said = problem.message(self.language).encode()
                answer = answer._replace(body=said, media="text/plain; charset=utf-8")
            elif endpoint.wrong is not None:
                told = endpoint.wrong(problem, self.language)
                answer = answer._replace(body=told.body, media=told.media)
        headers = dict(answer.headers)
        if problem.status == 401:
            headers["www-authenticate"] = "Bearer"
        await self.send_answer(answer._replace(headers=headers))

    def _told(self, error: BaseException) -> Problem:
        """Return what is wrong; who looks after the service reads of it if it is ours."""
        problem = problem_of(error)
        if problem.status == 500:
            self.service.journal.say(
                "internal-error",
                request_id=self.request_id,
                route=self.route,
                reference=problem.findings[0].zh[:60],
            )
        elif isinstance(error, NotRecorded):
            self.service.journal.say("log-failed", error=str(error))
        elif isinstance(error, StoreError):
            self.service.journal.say("store-failed", request_id=self.request_id, error=str(error))
        return problem

    def _wants_problem(self) -> bool:
        return MEDIA.encode() in self.headers.get(b"accept", b"")

    def close(self, method: str) -> None:
        """Count the request and write its line."""
        seconds = time.perf_counter() - self.began
        figures = self.service.figures
        figures.under_way -= 1
        figures.request(self.route, self.status, seconds)
        line = {
            "event": "request",
            "method": method[:10],
            "route": self.route,
            "tenant": self.tenant,
            "status": self.status,
            "ms": int(seconds * 100_000) / 100,
            "bytes": self.size,
            "request_id": self.request_id,
        }
        self.service.journal.write(line)


def _is_plain(given: bytes) -> bool:
    return 0 < len(given) <= _LONGEST_ID and all(0x21 <= byte <= 0x7E for byte in given)


def preferred(wanted: str, default: Language) -> Language:
    """Return the language of Accept-Language that is wanted most of zh and en."""
    best, weight = default, 0.0
    for part in wanted.split(",")[:20]:
        name, _, quality = part.strip().partition(";q=")
        code = name.strip().lower()[:2]
        try:
            value = float(quality or 1)
        except ValueError:
            continue
        if code in ("zh", "en") and value > weight:
            best, weight = ("zh" if code == "zh" else "en"), value
    return best
