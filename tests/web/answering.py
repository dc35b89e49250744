"""Holds answers against the document: each has to be what it says is answered there."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from zhunru.web.app import endpoints
from zhunru.web.calls import Endpoint, Table
from zhunru.web.openapi import components, document

_TABLE = Table(endpoints())
_DOCUMENT = document(endpoints())
_JSON = ("application/json", "application/problem+json")


@cache
def _validator(text: str) -> Draft202012Validator:
    found: dict[str, Any] = json.loads(text)
    return Draft202012Validator({**found, "components": {"schemas": dict(components())}})


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """Return what is asked at a path, of whatever tenant."""
    parts = path.split("/")
    inner = "/" + "/".join(parts[3:]) if parts[1:2] == ["t"] else path
    return _TABLE.find(inner)[0].get(method)


def schema_of(endpoint: Endpoint, status: int, media: str) -> Any:
    """Return what the document says of an answer; None where it does not know it."""
    told = _DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]["responses"]
    if str(status) not in told and status < 300:
        return None
    content = told.get(str(status), told["default"])["content"]
    return content.get(media, {}).get("schema")


def wrong_with(schema: Any, data: Any) -> list[str]:
    """Return what is not as a schema says, in a few words each."""
    found = _validator(json.dumps(schema, sort_keys=True)).iter_errors(data)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


def wrong_with_answer(method: str, path: str, answer: Any) -> list[str]:
    """Return in what an answer is not as the document has it; what is no JSON is not looked at."""
    media = answer.headers.get("content-type", "").partition(";")[0]
    endpoint = endpoint_of(method, path)
    if endpoint is None:
        return []
    if media == endpoint.media == "application/x-ndjson":
        line = endpoint.response["x-line"]
        return [e for each in answer.text.splitlines() for e in wrong_with(line, json.loads(each))]
    if media not in _JSON:
        return []
    schema = schema_of(endpoint, answer.status_code, media)
    if schema is None:
        return [f"{endpoint.method} {endpoint.path}: {answer.status_code} is not in the document"]
    return wrong_with(schema, answer.json())
