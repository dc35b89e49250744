"""One request for a page: who asks, in which language, what was filled in, how it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from inspect import iscoroutinefunction
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Diagnostic, Language
from zhunru.errors import RequestRejected, StoreError
from zhunru.runtime.case import Actor, actor_named
from zhunru.web.pages.held import Answered, Fields, Held, HeldForms, Sealed
from zhunru.web.pages.marking import marked
from zhunru.web.pages.sessions import Session, Sessions, cookie_of
from zhunru.web.pages.signed_in import mark_of
from zhunru.web.pages.waiting import Memory
from zhunru.web.pages.words import WORDS
from zhunru.web.paths import address, named
from zhunru.web.problems import Problem, problem_of, reject
from zhunru.web.reading import whole_number
from zhunru.web.tokens import EVERYBODY, Principal

if TYPE_CHECKING:
    from jinja2 import Environment

    from zhunru.web.service import Service
    from zhunru.web.tenants import Tenant

T = TypeVar("T")
_FOLDER = Path(__file__).parent
LANGUAGE = "zhunru-lang"
UPLOAD = 16 << 20  # bytes of a form with files
_LONGEST_OF_STRANGERS = 64 << 10
_MOST_FIELDS = 400
_LONGEST_NOTE = 300
PAGES = (
    ("intake", "/intake", "decide"),
    ("lists", "/lists", "decide"),
    ("flows", "/flows", "decide"),
    ("cases", "/cases", "cases:read"),
    ("drafts", "/drafts", "draft"),
    ("board", "/board", "cases:read"),
)
# Everything that a page needs comes from its own host, and nothing of it is written into it.
_SAFE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(slots=True)
class Visit:
    """A request for a page of one tenant."""

    request: Request
    service: Service
    tenant: Tenant
    session: Session
    principal: Principal
    language: Language
    at: datetime
    memory: Memory
    forms: Sealed
    form: FormData = field(default_factory=FormData)

    @property
    def query(self) -> Mapping[str, str]:
        """Return the parameters behind the question mark."""
        return self.request.query_params

    @property
    def params(self) -> Mapping[str, str]:
        """Return the parts of the path by name."""
        return {name: named(part) for name, part in self.request.path_params.items()}

    def text(self, name: str) -> str:
        """Return what was filled in, or an empty text."""
        found = self.form.get(name, "")
        return found.strip() if isinstance(found, str) else ""

    def url(self, path: str, *names: object, **query: str) -> str:
        """Return the address of a page of the same tenant; names are the last parts of its path."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return self._prefix + address(path, *names) + (f"?{asked}" if asked else "")

    @property
    def _prefix(self) -> str:
        """Return what stands before the path of each page of the tenant, for browsers."""
        return self.service.settings.root + self.tenant.prefix

    def is_of(self, principal: Principal) -> bool:
        """Tell whether somebody may come in here at all."""
        # As over the API: the token of who looks after all tenants shows the pages of none.
        return principal is EVERYBODY or principal.tenant == self.tenant.name

    @property
    def path(self) -> str:
        """Return the path of this page behind the prefix of its tenant, as `url` takes it."""
        path: str = self.request.scope["path"]
        return path.removeprefix(unquote(self.tenant.prefix))

    def is_inside(self, path: str) -> bool:
        """Tell whether a path, as browsers write it, is one of this tenant."""
        # Of two slashes the second would begin the name of another host.
        plain = path[:1] == "/" and path[:2] != "//"
        return plain and unquote(path).startswith(unquote(self._prefix) + "/")

    @property
    def in_other_language(self) -> str:
        """Return the address of the same page and what it was asked, in the other language."""
        return "?" + urlencode({**self.query, "lang": "zh" if self.language == "en" else "en"})

    def part(self, found: Sequence[T], most: int) -> tuple[Sequence[T], dict[str, int]]:
        """Return the part of a list that is asked for, and where it and the next one begin."""
        start = whole_number(self.query.get("from", "")) or 0
        following = start + most if start + most < len(found) else 0
        return found[start : start + most], {"start": start, "following": following}

    def say(self, key: str) -> str:
        """Return a text of the pages in the language of the visit."""
        return WORDS[key][self.language == "en"]

    def place(self, finding: Diagnostic) -> str:
        """Return where in a file that was handed in something is wrong."""
        span = finding.span
        if not span.path or not span.line:
            return ""
        # Where we put it is nobody's business; in which folder it was handed in is said.
        path = PurePath(span.path)
        name = path.name if path.is_absolute() else span.path
        if span.workbook is not None and not span.in_document:
            return f"{name} {span.cell}"
        return f"{name} " + self.say("line_column").format(span.line, span.column)

    @property
    def pages(self) -> list[tuple[str, str, str]]:
        """Return the pages that the visitor may look at: name, address, scope."""
        return [page for page in PAGES if self.principal.may(page[2])]

    @property
    def came_from(self) -> str:
        """Return the page of this tenant that led here, else the first one."""
        try:
            origin = urlsplit(self.request.headers.get("referer", ""))
        except ValueError:  # [ without ]
            return self.url("/")
        own = bool(origin.netloc) and origin.netloc in self._hosts
        # What a form was refused leads back to the page with the form.
        got = self.request.method != "POST"
        here = got and unquote(origin.path) == unquote(self.url(self.path))
        if not own or here or not self.is_inside(origin.path):
            return self.url("/")
        return origin.path + (f"?{origin.query}" if origin.query else "")

    def need(self, scope: str) -> None:
        """Refuse a caller that does not carry a scope."""
        if not self.principal.may(scope):
            # What it is called in words, and how the administrator writes it.
            word = f"{self.say('scope_' + scope)}（{scope}）" if self.language == "zh" else scope
            reject(403, "ZR791", scope=word)

    def actor(self, otherwise: str = "") -> Actor:
        """Return in whose name something is done: as filled in, as the token says, or `otherwise`.

        Refuses who may not act in the name of others, and where nobody is named.
        """
        own = self.principal.actor
        named = actor_named(self.text("as")) or own or actor_named(otherwise)
        if named is None:
            raise RequestRejected([diagnose("ZR881", NOWHERE)])
        if named != own:
            self.need("act-as")
        return named

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        text = templates().get_template(template).render(visit=self, say=self.say, **values)
        if self.language == "en":
            text = marked(text)
        return HTMLResponse(text, status, headers={**_SAFE, "content-language": self.language})

    def resume(self, held: Held) -> Response:
        """Show what was filled in before, to be sent once more."""
        from zhunru.web.pages.controls import PREFIX  # here: it is made of visits

        shown = [(n[len(PREFIX) :], v) for n, v in held.fields if n.startswith(PREFIX)]
        action = dict(held.fields).get("action", "")
        return self.page("resume.html", here="", held=held, shown=shown, action=action)

    @property
    def _hosts(self) -> tuple[str, str]:
        """Return what the host of these pages is called: a proxy may have asked by another name."""
        told = urlsplit(self.service.settings.base_url).netloc
        return self.request.headers.get("host", ""), told

    @property
    def is_from_here(self) -> bool:
        """Tell whether the browser says that a page of this host sent the form."""
        try:
            origin = urlsplit(self.request.headers.get("origin", ""))
        except ValueError:  # [ without ]
            return False
        return bool(origin.netloc) and origin.netloc in self._hosts

    def move(self, path: str, *names: object, **query: str) -> Response:
        """Send the browser to another page."""
        return RedirectResponse(self.url(path, *names, **query), 303, headers=_SAFE)

    def answered(self, mark: str) -> Response | None:
        """Send the browser from a form to where its answer stands; None if that is too long."""
        answered = Answered(self.at, mark, _texts(self.form))
        of = self.forms.sealed(mark_of(self.principal), answered)
        return self.move(self.path, of=of) if of else None

    def recall(self) -> str | None:
        """Take up the form whose answer the address is of, at the moment of that answer, and return
        the mark of the answer; None if the address is of none."""
        found = self.forms.opened(mark_of(self.principal), self.query.get("of", ""))
        if found is None:
            return None
        self.form, self.at = FormData([*found.fields]), found.at
        return found.mark

    def lead(self, address: str) -> Response:
        """Send the browser to an address that is known to be one of ours, as it is."""
        return RedirectResponse(address, 303, headers=_SAFE)


Handler = Callable[[Visit], Response] | Callable[[Visit], Coroutine[Any, Any, Response]]


@cache
def templates() -> Environment:
    """Return the templates; what they are given is written as text, never as markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _OfAnotherSession(Exception):
    """A form that does not bring back what the session of the browser gave it."""


class Pages:
    """What all pages share: the service, the sessions of browsers, what is kept between pages."""

    def __init__(self, service: Service) -> None:
        self.service = service
        settings, tokens = service.settings, service.tokens
        # In a folder that is the service's own: that of tokens is not for it to write in.
        folder = settings.drafts or settings.log
        self.sessions = Sessions(
            settings.entropy,
            (lambda digest, at: None) if tokens is None else tokens.of,
            folder and folder / "sessions.json",
            service.journal.say,
        )
        place = folder and folder / "sessions-forms"
        self.forms = HeldForms(place, settings.entropy, service.journal.say)
        self.memory = Memory()
        self.sealed = Sealed(self.sessions.secret, settings.entropy)
        self._secure = service.settings.base_url.startswith("https:")
        # Of a host that others have pages of too, they need not be sent our cookies.
        self._path = service.settings.root or "/"

    def endpoint(
        self, handler: Handler, *, scope: str = "decide", open_: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers requests with a handler; a plain one gets a thread of its own."""

        async def answer(request: Request) -> Response:
            visit = self._visit(request)
            try:
                if not open_ and not self._may_see(visit):
                    return self._with_cookie(await self._turned_away(visit), visit)
                if visit.principal.id:  # strangers have no name that could be counted
                    self.service.throttle.check(visit.principal, visit.at)
                visit.need("" if open_ else scope)
                if request.method == "POST":
                    await self._read(visit)
                found = await _carried_out(handler, visit)
            except _OfAnotherSession:
                found = self._asked_again(visit)
            except Exception as error:
                found = self._failed(visit, error)
            return self._with_cookie(found, visit)

        return answer

    async def _turned_away(self, visit: Visit) -> Response:
        """Lead to the page to sign in; what was filled in by whom this was keeps for them."""
        request = visit.request
        before = self.sessions.over(request.cookies.get(cookie_of(visit.tenant.name), ""))
        path = visit.url(visit.path)
        if request.method == "POST":
            if before is not None and before.principal is not None:
                await self._parse(visit)
                texts = _texts(visit.form)
                held = Held(path, mark_of(before.principal), texts)
                ours = bool(texts) and before.sent(visit.text("csrf"))
                if ours and self.forms.hold(visit.session.key, held):
                    return visit.move("/sign-in", over="held")
                if not texts and before.sent(visit.text("csrf")):
                    # Files are not kept for anybody: they are chosen once more.
                    note = visit.text("note")[:_LONGEST_NOTE]
                    again = f"{path}?{urlencode({'note': note})}" if note else path
                    return visit.move("/sign-in", next=again, over="files")
        elif request.url.query:
            path += f"?{request.url.query}"
        return visit.move("/sign-in", next=path, over="1" if before is not None else "")

    def _visit(self, request: Request) -> Visit:
        service = self.service
        name = request.path_params.get("tenant", "")
        tenant = service.tenants.get(name)
        if tenant is None:
            raise HTTPException(404)
        at = service.settings.clock()
        before = request.cookies.get(cookie_of(tenant.name), "")
        session = self.sessions.find(before, at)
        if session is None:
            free = service.tokens is None and service.issuers is None
            session = self.sessions.open(EVERYBODY if free else None, at, before=before)
        principal = session.principal or Principal(id="", tenant="", scopes=frozenset())
        language = _language(request, service)
        memory, forms = self.memory, self.sealed
        return Visit(request, service, tenant, session, principal, language, at, memory, forms)

    def _may_see(self, visit: Visit) -> bool:
        own = visit.session.principal
        return own is not None and visit.is_of(own)

    async def _read(self, visit: Visit) -> None:
        """Read a form; one that is not of our own pages is refused."""
        if visit.session.principal is None:
            # Of a stranger nobody waits for more than a token takes, nor as long.
            seconds = self.service.settings.limits.seconds
            try:
                async with asyncio.timeout(seconds):
                    await self._parse(visit, _LONGEST_OF_STRANGERS)
            except TimeoutError:
                reject(408, "ZR793", seconds=round(seconds))
        else:
            await self._parse(visit)
        if not visit.session.sent(visit.text("csrf")):
            raise _OfAnotherSession

    async def _parse(self, visit: Visit, most: int = UPLOAD) -> None:
        """Read a form within its bounds."""
        body = bytearray()
        async for chunk in visit.request.stream():
            body += chunk
            if len(body) > most:
                size = f"{most >> 20} MiB" if most >> 20 else f"{most >> 10} KiB"
                reject(413, "ZR886", what_zh=f"超过 {size}", what_en=f"more than {size}")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        again = Request(visit.request.scope, receive)
        visit.form = await again.form(max_files=200, max_fields=_MOST_FIELDS)

    def _asked_again(self, visit: Visit) -> Response:
        """Let a form that a page of ours sent, of a session that is no more, be looked at and sent
        again; any other is refused."""
        texts = _texts(visit.form)
        if texts and visit.principal.id and visit.is_from_here:
            return visit.resume(Held(visit.url(visit.path), mark_of(visit.principal), texts))
        return self._failed(visit, Problem(403, [diagnose("ZR911", NOWHERE)]))

    def _failed(self, visit: Visit, error: Exception) -> Response:
        problem = _problem(error)
        if problem.status == 500:
            reference = problem.findings[0].zh[:60]
            self.service.journal.say("internal-error", route="page", reference=reference)
        elif isinstance(error, StoreError):
            self.service.journal.say("store-failed", error=str(error))
        page = visit.page("problem.html", problem.status, here="", findings=problem.findings)
        page.headers.update(problem.headers)
        return page

    def _with_cookie(self, response: Response, visit: Visit) -> Response:
        session = self.sessions.find(visit.session.key, visit.at)
        # Over plain http a browser would not keep a secure cookie, and nobody could sign in.
        secure = self._secure or visit.request.url.scheme == "https"
        name = cookie_of(visit.tenant.name)
        if session is not None and visit.request.cookies.get(name) != session.key:
            response.set_cookie(
                name, session.key, httponly=True, samesite="strict", secure=secure, path=self._path
            )
        if visit.query.get("lang") in ("zh", "en"):
            response.set_cookie(
                LANGUAGE, visit.query["lang"], samesite="strict", secure=secure, path=self._path
            )
        return response


async def _carried_out(handler: Handler, visit: Visit) -> Response:
    if iscoroutinefunction(handler):
        found: Response = await handler(visit)
        return found
    return await run_in_threadpool(handler, visit)  # type: ignore[arg-type]


def _texts(form: FormData) -> Fields:
    """Return what was filled in, without the secret of the old session; nothing beside files."""
    pairs = form.multi_items()
    if not all(isinstance(value, str) for _, value in pairs):
        return ()
    return tuple((n, v) for n, v in pairs if isinstance(v, str) and n != "csrf" and v)


def _problem(error: Exception) -> Problem:
    if isinstance(error, HTTPException):
        finding = diagnose("ZR887", NOWHERE, wanted="multipart/form-data")
        return Problem(error.status_code, [finding])
    return problem_of(error)


def absent(request: Request, service: Service, problem: Problem) -> Response:
    """Return a page that says that there is nothing here; it asks for no tenant and no session."""
    language = _language(request, service)
    said = {key: both[language == "en"] for key, both in WORDS.items()}
    name = request.scope["path"].removeprefix("/t/").partition("/")[0]
    tenant = service.tenants.get(name) or service.tenants.get("")
    root = service.settings.root
    home = None if tenant is None else f"{root}{tenant.prefix}/"
    text = (
        templates()
        .get_template("absent.html")
        .render(language=language, words=said, finding=problem.findings[0], home=home, root=root)
    )
    return HTMLResponse(text, problem.status, headers={**_SAFE, "content-language": language})


def _language(request: Request, service: Service) -> Language:
    for given in (request.query_params.get("lang"), request.cookies.get(LANGUAGE)):
        if given in ("zh", "en"):
            return "en" if given == "en" else "zh"
    return "en" if service.settings.language == "en" else "zh"
