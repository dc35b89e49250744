"""The pages for policy staff, which stand beside the API in one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from zhunru.web.problems import Problem
    from zhunru.web.service import Service


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of the pages; `service` is what they ask, as the API does."""
    from zhunru.web.pages.site import site

    return site(service)


def absent(request: Request, service: Service, problem: Problem) -> Response:
    """Return the page for an address that is none."""
    from zhunru.web.pages import visit

    return visit.absent(request, service, problem)
