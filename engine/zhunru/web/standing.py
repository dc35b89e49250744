"""How the service stands: alive, ready, figures; and what our codes mean."""

from __future__ import annotations

from functools import partial

from zhunru.codes import explain_code
from zhunru.errors import StoreError
from zhunru.web.answers import Answer, as_json
from zhunru.web.calls import Call, Endpoint, endpoint
from zhunru.web.problems import reject
from zhunru.web.tokens import EVERYBODY


def health(call: Call) -> Answer:
    """Tell that the process answers."""
    return as_json({"status": "ok"})


def ready(call: Call) -> Answer:
    """Tell whether requests are to be sent here: for a tenant, if its store answers; for all, if
    any does. Whoever takes us out of service for one store that is down takes it from everybody."""
    service = call.service
    if not service.ready or service.stopping:
        reject(503, "ZR794", what_zh="正在启动或者停止", what_en="starting or stopping")
    asked = service.waiting_for  # never written into: other looks go through it at the same time
    if call.path.startswith("/t/"):
        named, _ = service.tenant_of(call.path)
        if named is None:
            reject(404, "ZR884", path=call.path[:200])
        asked = (named,)
    failed = None
    for at in range(len(asked) if service.settings.store else 0):
        # Where it hangs, another is the first to be asked next time; who answers is asked again.
        if len(asked) > 1:
            service.waiting_for = (*asked[at + 1 :], *asked[: at + 1])
        try:
            asked[at].desk.store.next_due()
        except StoreError as error:
            failed = error
            continue
        if len(asked) > 1:
            service.waiting_for = (*asked[at:], *asked[:at])
        return as_json({"status": "ready"})
    if failed is not None:
        raise failed
    return as_json({"status": "ready"})


def metrics(call: Call) -> Answer:
    """Return the figures for a monitor: of one tenant only to the operator of all."""
    if len(call.service.tenants) > 1 and call.principal.tenant != EVERYBODY.tenant:
        reject(403, "ZR791", scope="operate (*)")
    return Answer(call.service.figures.text(), media="text/plain; version=0.0.4; charset=utf-8")


_AS_TOLD = {"zh": "请照答复里的 help 改。", "en": "do as `help` in the answer says"}


def problem(call: Call) -> Answer:
    """Return what a code means and what to do, in both languages."""
    code = explain_code(call.params["code"])
    if code is None:
        reject(404, "ZR884", path=call.path[:200])
    told = {
        language: {
            "message": code.plain(language),
            # Where all of it hangs on the case, the answer to the request has it.
            "help": code.plain(f"help_{language}").strip() or as_told,
            "why": code.plain(f"why_{language}"),
        }
        for language, as_told in _AS_TOLD.items()
    }
    return as_json({"code": code.id, "slug": code.slug, **told})


def keys(call: Call) -> Answer:
    """Return the public key by which signatures of this service are verified."""
    return as_json(call.service.signer.jwks())


_open = partial(endpoint, "GET", open=True, shared=True, tag="standing")

ENDPOINTS = [
    _open("/health", health, "Alive", "Alive"),
    _open("/ready", ready, "Ready for requests", "Ready", threaded=True, statuses=(200, 404, 503)),
    Endpoint(
        method="GET",
        path="/metrics",
        handler=metrics,
        summary="Figures in the text form of Prometheus",
        scope="operate",
        shared=True,
        tag="standing",
        media="text/plain",
        response={"type": "string"},
    ),
    _open("/problems/{code}", problem, "What a code means", "CodePage"),
    _open("/access/v1/jwks", keys, "Public keys", "PublicKeys"),
]
