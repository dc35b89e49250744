"""Which address is which page; every tenant has the same ones, behind its own prefix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from zhunru.analysis.xml_text import plain
from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Diagnostic
from zhunru.web import publishing
from zhunru.web.pages import (
    board,
    casepages,
    draftpages,
    entry,
    flows,
    impact,
    intake,
    letterpages,
    listing,
)
from zhunru.web.pages.signed_in import mark_of
from zhunru.web.pages.visit import Pages, Visit
from zhunru.web.problems import Problem
from zhunru.web.tokens import digest_of

if TYPE_CHECKING:
    from zhunru.web.pages.held import HeldForms
    from zhunru.web.pages.sessions import Sessions
    from zhunru.web.service import Service

_STATIC = Path(__file__).parent / "static"


def site(service: Service) -> list[BaseRoute]:
    """Return the routes of the pages, for the tenant without a prefix and for all others."""
    pages = Pages(service)
    inner = Router(_routes(pages), redirect_slashes=False)
    first = Route("/t/{tenant}", pages.endpoint(lambda visit: visit.move("/"), open_=True))
    return [first, Mount("/t/{tenant}", inner), *_routes(pages)]


class _Door:
    """Coming in and going out: what opens a session for somebody known, and ends it."""

    def __init__(self, sessions: Sessions, forms: HeldForms) -> None:
        self.sessions = sessions
        self.forms = forms

    def sign_in(self, visit: Visit) -> Response:
        """Ask for a token, or open a session for the one that was given."""
        if visit.request.method != "POST":
            return _asked(visit, visit.query.get("next", ""), visit.query.get("over", ""))
        presented = visit.text("token").strip()
        try:
            principal = visit.service.principal(f"Bearer {presented}", visit.at)
        except Problem:
            return _not_known(visit)
        if not visit.is_of(principal):
            # It would open the pages of no tenant but its own.
            return _not_known(visit)
        held = self.forms.take(visit.session.key, mark_of(principal))
        # A new session: the key of one that somebody else may have set up is not kept.
        self.sessions.close(visit.session)
        lasts = visit.service.lasting(presented, principal)
        token = digest_of(presented)
        visit.session = self.sessions.open(principal, visit.at, lasts, token=token)
        visit.principal = principal
        if held is not None and visit.is_inside(held.path):
            return visit.resume(held)
        wanted = visit.text("next")
        return visit.lead(wanted) if _is_ours(visit, wanted) else _home(visit)

    def sign_out(self, visit: Visit) -> Response:
        """End the session."""
        self.sessions.close(visit.session)
        return visit.move("/sign-in")


def _home(visit: Visit) -> Response:
    """Lead to the first page that somebody may look at."""
    letters = visit.service.outbox is not None and visit.principal.may("operate")
    last = "/letters" if letters else "/intake"
    return visit.move(next((path for _, path, _ in visit.pages), last))


def _asked(visit: Visit, wanted: str, over: str, findings: Sequence[Diagnostic] = ()) -> Response:
    status = 401 if findings else 200
    return visit.page("sign_in.html", status, here="", findings=findings, next=wanted, over=over)


def _not_known(visit: Visit) -> Response:
    """Ask again, after a token that lets nobody in here."""
    return _asked(visit, visit.text("next"), visit.text("over"), [diagnose("ZR912", NOWHERE)])


def _is_ours(visit: Visit, path: str) -> bool:
    """Tell whether an address that came from outside is one of the pages of this tenant."""
    return visit.is_inside(path) and plain(path) == path and "\\" not in path


def _up(visit: Visit) -> Response:
    """Lead from where forms are sent to back to the page with the form, and from behind a last
    slash to before it. (Of itself the library would name the host, and not our part of its paths.)
    """
    return visit.move(visit.path.rpartition("/")[0])


def _routes(pages: Pages) -> list[BaseRoute]:
    door = _Door(pages.sessions, pages.forms)

    def page(path: str, handler: object, scope: str = "decide", *, post: bool = False) -> Route:
        asked = pages.endpoint(handler, scope=scope)  # type: ignore[arg-type]
        return Route(path, asked, methods=["POST" if post else "GET"])

    def step(name: str, handler: Any, scope: str, *said: Any) -> Route:
        """Return where a form takes a draft a step further."""
        taken = draftpages.step(handler, *said)
        return page(f"/drafts/{{draft}}/{name}", taken, scope, post=True)

    made = [
        page("/", _home, ""),
        Route("/sign-in", pages.endpoint(door.sign_in, open_=True), methods=["GET", "POST"]),
        Route("/sign-out", pages.endpoint(door.sign_out, open_=True), methods=["GET"]),
        page("/intake", intake.show),
        page("/intake", intake.answer, post=True),
        page("/intake/letter", intake.letter),
        page("/intake/letter", intake.write, post=True),
        page("/intake/record", intake.register, "cases:write", post=True),
        page("/lists", listing.show),
        page("/lists/findings", listing.findings),
        page("/lists/entry", entry.show),
        page("/flows", flows.show),
        page("/flows/{code}/{flow}", flows.one),
        page("/flows/{code}/{flow}/picture.svg", flows.picture),
        page("/cases", casepages.show, "cases:read"),
        page("/cases/{case}", casepages.one, "cases:read"),
        page("/cases/{case}/papers/{paper}", casepages.paper, "cases:read"),
        page("/cases/{case}", casepages.act, "cases:write", post=True),
        page("/drafts", draftpages.show, "draft"),
        page("/drafts", draftpages.add, "draft", post=True),
        page("/drafts/version", draftpages.go_back, "publish", post=True),
        page("/drafts/{draft}", draftpages.one, "draft"),
        page("/drafts/{draft}/meaning", draftpages.meaning, "draft"),
        page("/drafts/{draft}/impact", impact.show, "draft"),
        page("/drafts/{draft}/impact", impact.measure, "draft", post=True),
        step("withdraw", publishing.withdraw, "draft"),
        step("approve", publishing.approve, "approve"),
        step("return", publishing.send_back, "approve", lambda v: {"reason": v.text("reason")}),
        step("publish", publishing.publish, "publish"),
        step("shadow", publishing.shadow, "draft", lambda v: {"on": v.text("on") == "1"}),
        page("/board", board.show, "cases:read"),
        page("/board", board.rate, "cases:read", post=True),
        page("/letters", letterpages.show, "operate"),
        page("/letters/{number}", letterpages.again, "operate", post=True),
        Mount("/echarts", StaticFiles(packages=[("zhunru.reports", "assets")])),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    read = {each.path for each in made if isinstance(each, Route) and "GET" in _methods(each)}
    sent = [each.path for each in made if isinstance(each, Route) and each.path not in read]
    slashed = [Route(f"{path}/", pages.endpoint(_up, open_=True)) for path in read - {"/"}]
    return [*made, *slashed, *(page(path, _up) for path in sent)]


def _methods(route: Route) -> Collection[str]:
    return route.methods or ()
