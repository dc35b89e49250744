"""The application: everything that can be asked, and the pages beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.web import (
    access_requests,
    authzen,
    authzen_search,
    casefiles,
    catalogue,
    deciding,
    letters,
    open311,
    openapi,
    publishing,
    reporting,
    standing,
)
from zhunru.web.calls import Endpoint, Table
from zhunru.web.front import Front
from zhunru.web.paths import named
from zhunru.web.problems import Problem
from zhunru.web.service import Service
from zhunru.web.settings import Settings

_PARTS = (
    standing,
    authzen,
    authzen_search,
    access_requests,
    deciding,
    casefiles,
    catalogue,
    reporting,
    publishing,
    open311,
    letters,
    openapi,
)


def endpoints() -> list[Endpoint]:
    """Return everything that can be asked over the API."""
    return [endpoint for part in _PARTS for endpoint in part.ENDPOINTS]


async def absent(request: Request, error: Exception) -> Response:
    """Answer where there is neither something of the API nor a page."""
    problem = Problem(404, [diagnose("ZR884", NOWHERE, path=named(request.url.path)[:200])])
    service: Service = request.app.state.service
    if service.settings.pages and "text/html" in request.headers.get("accept", ""):
        from zhunru.web import pages  # a browser, that is a person, asks

        return pages.absent(request, service, problem)
    exchange = request.scope["exchange"]
    answer = problem.answer(exchange.language, exchange.request_id, service.settings.root)
    return Response(answer.body, answer.status, answer.headers, answer.media)


def _pages(service: Service) -> list[BaseRoute]:
    from zhunru.web.pages import routes  # here: who serves the API only does without templates

    return routes(service)


def create_app(settings: Settings) -> Starlette:
    """Return the application of a service; sets are opened now, so a bad one stops the start.

    The service is `app.state.service`. Raises PolicyRejected and RequestRejected.
    """
    service = Service(settings)
    table = Table(endpoints())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    app = _Application(
        routes=_pages(service) if settings.pages else [],
        lifespan=lifespan,
        exception_handlers={404: absent},
    )
    app.router.redirect_slashes = False  # `pages` leads where a last slash is too much
    app.front = Front(super(_Application, app).__call__, service, table)
    app.state.service = service
    return app


class _Application(Starlette):
    """The pages, behind what answers the API: that needs nothing of what pages need."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.front(scope, receive, send)
