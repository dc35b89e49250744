"""The pages for policy staff, which stand beside the API in one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from zhunru.web.service import Service


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of the pages; `service` is what they ask, as the API does."""
    from zhunru.web.pages.site import site

    return site(service)
