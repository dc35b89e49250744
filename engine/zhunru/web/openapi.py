"""The OpenAPI 3.1 document, made from the same table that requests are answered by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from zhunru.web.answers import Answer, as_json
from zhunru.web.calls import Call, Endpoint, endpoint
from zhunru.web.problems import MEDIA
from zhunru.web.schemas import COMMON, COUNT, TEXT, Schema, closed, listed, ref

_PATH = "/openapi.json"
_CODE: Schema = {"type": "string", "pattern": "^ZR[0-9]{3}$"}
_PROBLEM = closed(
    {
        "type": {"type": "string", "format": "uri-reference"},
        "title": TEXT,
        "status": COUNT,
        "detail": TEXT,
        "code": _CODE,
        "help": TEXT,
        "request_id": TEXT,
    },
    {"errors": listed(closed({"code": _CODE, "severity": TEXT, "detail": TEXT, "help": TEXT}))},
)
# What any request may come to, whatever it asks for.
_ALWAYS = (400, 401, 403, 404, 413, 429)


def document(endpoints: Iterable[Endpoint], base: str = "") -> dict[str, Any]:
    """Return the document of everything that can be asked, below an address where there is one."""
    paths: dict[str, dict[str, Any]] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "准入 Zhunru",
            "version": "1",
            "description": "社区工作准入：判定、办件、发布。错误都有 ZR 编号。",
        },
        **({"servers": [{"url": base}]} if base else {}),
        "paths": paths,
        "components": {
            "schemas": dict(components()),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


@cache
def components() -> Mapping[str, Schema]:
    """Return the schemas that answers are described by, each by its name."""
    # Here: who only asks for decisions need not load what compares sets.
    from zhunru.web import components_cases, components_decisions, components_sets

    found = dict(COMMON) | {"Problem": _PROBLEM}
    for part in (components_decisions, components_cases, components_sets):
        found |= part.COMPONENTS
    return found


def _operation(each: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": each.summary,
        "operationId": f"{each.method.lower()}-{each.path.strip('/').replace('/', '-')}",
        "tags": [each.tag],
        "x-scope": each.scope,
        "parameters": [
            *_path_parameters(each),
            *_named(each.query, "query"),
            *_named(each.headers, "header"),
        ],
        "responses": _responses(each),
    }
    if each.open:
        found["security"] = []
    if each.request is not None:
        found["requestBody"] = {
            "required": True,
            "content": {each.takes: {"schema": each.request}},
        }
    return found


def _path_parameters(each: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in each.names
    ]


def _named(schemas: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": place, "schema": schema} for name, schema in schemas.items()]


def _responses(each: Endpoint) -> dict[str, Any]:
    # First as it is told unasked: clients that are made of the document read it by the first.
    wrong: dict[str, Any] = {}
    if each.plain_errors:
        wrong = {"text/plain": {"schema": TEXT}}
    if each.wrong is not None:
        wrong = {each.media: {"schema": each.wrong_response}}
    wrong[MEDIA] = {"schema": ref("Problem")}
    said = {
        each.media: {"schema": each.response},
        **{m: {"schema": s} for m, s in each.others.items()},
    }
    found: dict[str, Any] = {}
    bodied = (415,) if each.request is not None else ()
    for status in sorted({*each.statuses, *_ALWAYS, *bodied}):
        good = status < 300
        content = said if good else wrong
        found[str(status)] = {"description": "OK" if good else "Problem", "content": content}
    # Besides: a wrong method, too long, a mistake of ours, a store that cannot be written.
    return {**found, "default": {"description": "Problem", "content": wrong}}


def openapi(call: Call) -> Answer:
    """Return the document."""
    from zhunru.web.app import endpoints

    # Of a tenant: clients that are made of the document ask below its prefix.
    prefix = quote(call.path.removesuffix(_PATH))
    return as_json(document(endpoints(), call.service.settings.base_url.rstrip("/") + prefix))


ENDPOINTS = [
    endpoint(
        "GET", _PATH, openapi, "This document", "Document", tag="standing", open=True, shared=True
    )
]
