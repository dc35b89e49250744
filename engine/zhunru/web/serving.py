"""The service as a process: it listens, and stops without losing what is under way."""

from __future__ import annotations

import gc
import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.system import allow_files, hung_up_is_stopped
from zhunru.web.connections import MOST, Connections
from zhunru.web.problems import Problem
from zhunru.web.settings import LOCAL, Limits, Settings, machine

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

_FILES = 4 * MOST  # open at once: a connection is one, and so is each reader of a store
_MOST_NEW = 10_000  # objects made and not yet dropped, until they are looked at for garbage
_NEEDED = (
    "starlette",
    "uvicorn",
    "jinja2",
    "cryptography",
    "prometheus_client",
    "python_multipart",
)


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Run the service until it is told to stop (SIGTERM, SIGINT).

    Raises RequestRejected and PolicyRejected before it listens; without tokens it listens on this
    machine only.
    """
    for name in _NEEDED:
        if find_spec(name) is None:
            raise RequestRejected([diagnose("ZR879", NOWHERE, name=name, extra="serve")])
    if settings.tokens is None and settings.issuers is None and host not in LOCAL:
        raise RequestRejected([diagnose("ZR878", NOWHERE, host=host)])
    import uvicorn

    from zhunru.web.app import create_app

    app = create_app(settings)
    for tenant in app.state.service.tenants.values():
        _ = tenant.office  # a store that cannot be opened is told before anybody is served
        tenant.log.hold()
        if tenant.drafts is not None:
            tenant.drafts.check()
    everybody = settings.tokens is None and settings.issuers is None
    config = configured(OnlyHere(app) if everybody else app, settings.limits, host, port)
    settle()
    allow_files(_FILES)
    hung_up_is_stopped()
    _check_free(host, port)
    app.state.service.journal.say("serving", host=host, port=port, sets=_named(settings))
    uvicorn.Server(config).run()


def configured(app: ASGIApp, limits: Limits, host: str, port: int) -> uvicorn.Config:
    """Return how the server is set up: with bounds for connections, and silent about itself."""
    import uvicorn
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # the service writes lines of its own, which hold no address and no body
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=round(limits.drain),
        # Of requests whose callers went away: `connections` bounds those that are waited for.
        limit_concurrency=2 * MOST,
        http=Connections(limits.seconds).protocol(AutoHTTPProtocol),
        h11_max_incomplete_event_size=64 << 10,
    )


def _check_free(host: str, port: int) -> None:
    """Refuse to start where nobody can be listened to, before anything says that it serves."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            return
    except OSError:
        zh = "没有这个地址，或者端口有别的程序占着、不许用；换一个 --port"
        en = "there is no such address, or the port is taken or not allowed; try another --port"
        place = f"{host}:{port}"
        found = diagnose("ZR875", NOWHERE, path=place, problem_zh=zh, problem_en=en)
        raise RequestRejected([found]) from None


def settle() -> None:
    """Let the collector of garbage leave alone what stays, and look seldom at what does not.

    Requests leave next to nothing behind that holds itself; a batch makes more objects at once
    than the collector waits for by itself, so that it would go through each batch.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MOST_NEW, 10, 10)


class OnlyHere:
    """Answers those who call this machine by its own name only.

    Without tokens whoever reaches the service may do everything. A page of another site must not
    get there through the browser of somebody who works here, by a name that it lets resolve to
    this machine (DNS rebinding).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or _host_of(scope) in LOCAL:
            await self._app(scope, receive, send)
            return
        from starlette.responses import Response

        problem = Problem(421, [diagnose("ZR878", NOWHERE, host=_host_of(scope)[:200])])
        answer = problem.answer("zh", "")
        response = Response(answer.body, answer.status, media_type=answer.media)
        await response(scope, receive, send)


def _host_of(scope: Scope) -> str:
    """Return by which name a request calls the machine, without the port."""
    return machine(dict(scope["headers"]).get(b"host", b"").decode("latin-1"))


def _named(settings: Settings) -> dict[str, list[str]]:
    return {name or "default": [str(each) for each in sets] for name, sets in settings.sets.items()}
