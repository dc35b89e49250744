"""What took how long, told to a collector of OpenTelemetry; nothing is where none is named.

A span holds the route, the status, the set, the outcome: never a fact, a name, an address or a
token. The libraries are an extra (`zhunru[otel]`) and are loaded only where there is a collector.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from threading import Thread
from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.web.journal import Journal

Note = Callable[..., None]
ACTIVE: ContextVar[Tracing | None] = ContextVar("tracing", default=None)
_LAST = 5.0  # seconds for what is left when the service stops


class Tracing:
    """Makes spans and sends them to one collector, beside the requests."""

    def __init__(self, endpoint: str, journal: Journal) -> None:
        try:
            present = find_spec("opentelemetry.exporter.otlp.proto.http") is not None
        except ModuleNotFoundError:
            present = False
        if not present:
            raise RequestRejected([diagnose("ZR879", NOWHERE, name="opentelemetry", extra="otel")])
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        _tell(journal)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")
        about = Resource({"service.name": "zhunru", "service.version": _version()})
        self._provider = TracerProvider(resource=about, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("zhunru")

    def begin(self, headers: Mapping[bytes, bytes]) -> Any:
        """Begin the span of a request, below that of the caller if it names one."""
        from opentelemetry import context, trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        named = {"traceparent": headers.get(b"traceparent", b"").decode("latin-1")}
        above = TraceContextTextMapPropagator().extract(named)
        span = self._tracer.start_span("request", context=above, kind=trace.SpanKind.SERVER)
        attached = context.attach(trace.set_span_in_context(span, above))
        return span, attached, ACTIVE.set(self)

    def end(self, begun: Any, method: str, route: str, tenant: str, status: int) -> None:
        """End the span of a request."""
        from opentelemetry import context, trace

        span, attached, active = begun
        span.update_name(f"{method} {route}")
        _set(span, {"http.request.method": method, "http.route": route, "zhunru.tenant": tenant,
                    "http.response.status_code": status})  # fmt: skip
        if status >= 500:
            span.set_status(trace.StatusCode.ERROR)
        span.end()
        ACTIVE.reset(active)
        context.detach(attached)

    @contextmanager
    def span(self, name: str) -> Iterator[Note]:
        """Make a span of a part of a request."""
        # What an error says may name somebody, so only that there was one is told.
        with self._tracer.start_as_current_span(name, record_exception=False,
                                                set_status_on_exception=False) as span:  # fmt: skip
            yield lambda **told: _set(span, {f"zhunru.{key}": told[key] for key in told})

    def close(self) -> None:
        """Send what is left, as far as the collector takes it in time."""
        # The library keeps no time limit of its own where the collector is slow or gone, and tries
        # again for half a minute; nobody who stops the service waits for that.
        ending = Thread(target=self._provider.shutdown, name="tracing", daemon=True)
        ending.start()
        ending.join(_LAST)


def _set(span: Any, told: Mapping[str, Any]) -> None:
    span.set_attributes({key: value for key, value in told.items() if value is not None})


def _version() -> str:
    try:
        return version("zhunru")
    except PackageNotFoundError:
        return "0"


def _nobody(**_: Any) -> None:
    """Tell nobody."""


_NOTHING = nullcontext(_nobody)


def span(name: str) -> AbstractContextManager[Note]:
    """Make a span of a part of the request under way, where there is a collector."""
    active = ACTIVE.get()
    return _NOTHING if active is None else active.span(name)


class _ToJournal(logging.Handler):
    """What the libraries have to say is a line like the others: that it failed, and no more."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self._journal.say("tracing-failed", by=record.name)


def _tell(journal: Journal) -> None:
    logger = logging.getLogger("opentelemetry")
    logger.handlers = [_ToJournal(journal)]
    logger.propagate = False
