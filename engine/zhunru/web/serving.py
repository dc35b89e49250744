"""The service as a process: it listens, and stops without losing what is under way."""

from __future__ import annotations

from importlib.util import find_spec

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.web.settings import Settings

LOCAL = ("127.0.0.1", "::1", "localhost")
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
            raise RequestRejected([diagnose("ZR879", NOWHERE, name=name)])
    if settings.tokens is None and settings.issuers is None and host not in LOCAL:
        raise RequestRejected([diagnose("ZR878", NOWHERE, host=host)])
    import uvicorn

    from zhunru.web.app import create_app

    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # the service writes lines of its own, which hold no address and no body
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=round(settings.limits.drain),
        limit_concurrency=1_000,
        h11_max_incomplete_event_size=64 << 10,
    )
    app.state.service.journal.say("serving", host=host, port=port, sets=_named(settings))
    uvicorn.Server(config).run()


def _named(settings: Settings) -> dict[str, list[str]]:
    return {name or "default": [str(each) for each in sets] for name, sets in settings.sets.items()}
