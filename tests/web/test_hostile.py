"""What nobody sends by mistake: whatever comes in, the answer is a problem, never a mistake of ours.

The document that says what can be asked is taken at its word by schemathesis; beside it bytes that
were made to break readers.
"""

from __future__ import annotations

import json
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.conftest import Clock, Entropy, Served, place

from zhunru.web import Limits, Settings, create_app
from zhunru.web.app import endpoints
from zhunru.web.openapi import document
from zhunru.web.problems import Problem
from zhunru.web.reading import read_json

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

FLOW = "热线工单"


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "key").write_text("ab" * 32, encoding="ascii")
    (folder / "hooks.json").write_text('{"hooks": []}', encoding="utf-8")
    made = Settings(
        sets={"": [place("cert"), "weihai"]},
        store="memory:",
        log=folder / "log",
        drafts=folder / "drafts",
        key=folder / "key",
        hooks=folder / "hooks.json",
        open311=(FLOW,),
        pages=False,
        clock=Clock(),
        entropy=Entropy(),
        journal=lambda line: None,
        tick_seconds=3600,
        limits=Limits(body=100_000, candidates=200),
    )
    with Served(create_app(made), raise_server_exceptions=False) as served:
        yield served


# What comes line by line is no body that it knows how to write; other tests here send it.
SCHEMA = schemathesis.openapi.from_dict(document(e for e in endpoints() if not e.streaming))
NOT_HERE = (501,)  # a service that was not set up for it says so


@SCHEMA.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_what_the_document_allows_never_breaks_the_service(case, api):
    path, query = case.formatted_path, case.query or None
    answer = api.request(case.method, path, params=query, **_body(case))
    assert answer.status_code < 500 or answer.status_code in NOT_HERE, answer.text
    if answer.status_code >= 400:
        # Open311 has errors of its own, in what its address ends in.
        own = ("application/json", "text/xml") if path.startswith("/open311/") else ()
        media = ("application/problem", "text/plain", *own)
        assert answer.headers["content-type"].startswith(media)


def _body(case):
    if case.body is None or isinstance(case.body, schemathesis.core.NotSet):
        return {}
    if case.media_type == "application/json" and not isinstance(case.body, bytes):
        return {"json": case.body}
    text = case.body if isinstance(case.body, (str, bytes)) else json.dumps(case.body)
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return {"content": data, "headers": {"content-type": case.media_type or "text/plain"}}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["subject", "action", "resource", "context", "evaluations", "options", "page", "facts", "set",
     "decision", "as_of", "explain", "flow", "inputs", "key", "as", "apply", "expected", "files",
     "denial", "requested_access", "items", "callback", "endpoint", "events", "state", "zhunru", "type", "id", "name", "properties", "on", "note"]
)  # fmt: skip
BODIES = st.dictionaries(NAMES, st.dictionaries(NAMES, ANYTHING, max_size=4) | ANYTHING, max_size=8)
POSTS = [each for each in endpoints() if each.method == "POST"]


@pytest.mark.parametrize("endpoint", POSTS, ids=lambda each: each.path)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(body=BODIES)
def test_members_of_any_kind_never_break_the_service(api, endpoint, body):
    path = endpoint.path
    for name, value in (("case", "威海减负.c1"), ("set", "认证"), ("draft", "0" * 16)):
        path = path.replace(f"{{{name}}}", value)
    path = path.replace("{task}", "arq_x").replace("{number}", "1")
    media = "application/x-ndjson" if endpoint.streaming else "application/json"
    text = json.dumps(body).encode()
    answer = api.post(path, content=text, headers={"content-type": media})
    assert answer.status_code < 500 or answer.status_code in NOT_HERE, answer.text


RAW = [
    b"", b"null", b"[]", b'"a"', b"0", b"{", b"\x00", b"\xff\xfe", b'{"a":"\\ud800"}',
    b'{"facts":{"a":1e400}}', b'{"facts":{"a":' + b"9" * 5_000 + b"}}",
    b"[" * 50_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b'{"facts":{"' + b"x" * 50_000 + b'":1}}',
    b'{"facts":{"\xe6\x9d\xa5\xe6\x96\x87\xe5\x8d\x95\xe4\xbd\x8d":"\\u0000\\u202e"}}',
    b'{"facts":{"a":[[["b"]]]}}', b"\xef\xbb\xbf{}", b"\xef\xbb\xbf" * 20_000,
    b'{"subject":{"type":"","id":""}}',
]  # fmt: skip


@pytest.mark.parametrize("endpoint", POSTS, ids=lambda each: each.path)
@pytest.mark.parametrize("raw", RAW, ids=lambda raw: repr(raw[:20]))
def test_bytes_made_to_break_readers_do_not(api, endpoint, raw):
    path = endpoint.path.replace("{", "").replace("}", "")
    for media in ("application/json", "application/x-ndjson", "application/x-www-form-urlencoded"):
        answer = api.post(path, content=raw, headers={"content-type": media})
        assert answer.status_code < 500 or answer.status_code in NOT_HERE, answer.text


@pytest.mark.parametrize(
    "path",
    ["/v1/cases/%00", "/v1/cases/..%2f..%2fetc", "/v1/sets/%E5%A8%81/entries?after=9e9&limit=-1",
     "/v1/cases?limit=99999999999", "/v1/cases?closed=x&after=%F0%9F%98%80", "/v1/inbox/%ff",
     "/v1/sets/x/workflows/y?format=exe", "/v1/bundles/a/b/activate", "/v1/drafts/../../x",
     "/open311/v2/requests.json?service_request_id=" + "a," * 5_000, "/t//v1/sets", "/t/%00/v1/sets",
     "/access/v1/requests/arq_" + "A" * 5_000, "/problems/ZR999999", "/v1/letters/dead/99"],
)  # fmt: skip
def test_addresses_made_to_break_do_not(api, path):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "BREW"):
        answer = api.request(method, path)
        assert answer.status_code < 500 or answer.status_code in NOT_HERE, (method, answer.text)


HEADERS = [
    {"authorization": "Bearer " + "x" * 5_000}, {"authorization": "Basic \xff"},
    {"accept-language": "zh;q=" + "9" * 400 + ",en;q=nan;q=inf"}, {"content-length": "-1"},
    {"content-length": "9" * 30}, {"idempotency-key": "k" * 3_000}, {"host": "a b\t<script>"},
    {"accept": "application/problem+json;q=x"}, {"content-type": "application/json;charset=\xff"},
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS, ids=lambda each: next(iter(each)))
def test_headers_made_to_break_do_not(api, headers):
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    for path in ("/v1/decide", "/access/v1/evaluation", "/access/v1/requests", "/v1/cases"):
        request = api.build_request("POST", path, content=b"{}", headers=raw)
        assert api.send(request).status_code < 500


# --- the two readers of JSON ---------------------------------------------------------------------


@given(value=ANYTHING)
def test_what_is_read_is_what_was_written(value):
    from decimal import Decimal

    text = json.dumps({"a": value}).encode()
    wanted = json.loads(text, parse_float=Decimal)
    try:
        assert read_json(text, 50) == {"a": wanted["a"]}
    except Problem as problem:
        assert problem.findings[0].code in ("ZR781", "ZR886")  # too large a number, and such
