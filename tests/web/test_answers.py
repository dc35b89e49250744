"""Everything that can be asked answers what the OpenAPI document says it answers."""

from __future__ import annotations

import copy
import json

import pytest
from tests.web.answering import schema_of, wrong_with, wrong_with_answer
from tests.web.conftest import SETS, bearer, idle, place, serving, tokens_file
from tests.web.test_access_requests import Asking, question
from tests.web.test_open311 import REPORT
from tests.web.test_tenants import EVERYTHING

from zhunru.web.app import endpoints
from zhunru.web.openapi import components, document
from zhunru.web.outbox import Outbox

FLOW = "热线工单"
FACTS = {"来文单位": "区市场监管局", "类别": "系统应用", "事项": "反诈应用推广"}
EVALUATION = {
    "subject": {"type": "unit", "id": "区市场监管局"},
    "action": {"name": "反诈应用推广"},
    "resource": {"type": "community", "id": "幸福社区"},
}
TEXT = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
OTHER = TEXT.replace("主体 为 alice 且 非 (状态 为 archived)", "主体 为 bob 或 主体 为 alice")
TOLD = [each for each in endpoints() if each.media in ("application/json", "application/x-ndjson")]


class Caller:
    """Asks, and keeps what was answered to each operation."""

    def __init__(self, api):
        self.api = api
        self.answers = {}

    def __call__(self, method, path, body=None, who="all", *, at="", **more):
        given = {"json": body} if body is not None else {}
        answer = self.api.request(method, at or path, headers=bearer(who), **given, **more)
        assert answer.status_code < 300, (path, answer.text)
        self.answers.setdefault((method, path), []).append(answer)
        return answer.json() if answer.headers["content-type"][-4:] == "json" else answer.text


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return the answers to every operation, some asked in several ways."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "key").write_text("ab" * 32, encoding="ascii")
    hook = {"id": "h", "url": "https://a.example.cn/in", "secret": "s"}
    (folder / "hooks.json").write_text(json.dumps({"hooks": [hook]}), encoding="utf-8")
    tokens = tokens_file(
        folder,
        {"id": "all", "token": "all", "scopes": EVERYTHING, "actor": "幸福社区"},
        {"id": "second", "token": "second", "scopes": EVERYTHING, "actor": "区民政局 李四"},
    )
    with pytest.MonkeyPatch.context() as patch, serving() as start:
        patch.setattr(Outbox, "run", idle)
        api = start(
            sets={"": ["weihai", place("cert")]},
            tokens=tokens,
            store="memory:",
            log=folder / "log",
            drafts=folder / "drafts",
            key=folder / "key",
            hooks=folder / "hooks.json",
            open311=(FLOW,),
        )
        ask = Caller(api)
        for part in (_stands, _decisions, _authzen, _cases, _reports_of_residents, _sets, _drafts):
            part(ask)
        yield ask.answers


def _stands(ask):
    for path in ("/health", "/ready", "/access/v1/jwks", "/openapi.json"):
        ask("GET", path)
    ask("GET", "/problems/{code}", at="/problems/ZR701")
    named = "/.well-known/authzen-configuration"
    ask("GET", named)
    # One tenant has no name, which no address can say: what is told of one is the same.
    ask.answers["GET", f"{named}/t/{{tenant}}"] = ask.answers["GET", named]


def _decisions(ask):
    for explain in ("brief", "full", "advice"):
        for facts in (FACTS, {}, {**FACTS, "来文单位": "没有的单位", "类别": "挂牌"}):
            ask("POST", "/v1/decide", {"facts": facts, "explain": explain})
    for facts in ({}, FACTS):
        ask("POST", "/v1/partial", {"facts": facts})
    lines = "\n".join(map(json.dumps, (FACTS, {}, {"无此栏": 1})))
    for explain in ("brief", "full"):
        headers = {**bearer("all"), "content-type": "application/x-ndjson"}
        path = f"/v1/decide/batch?explain={explain}"
        answer = ask.api.post(path, content=lines.encode(), headers=headers)
        ask.answers.setdefault(("POST", "/v1/decide/batch"), []).append(answer)


def _authzen(ask):
    for detail in ("none", "brief", "full", "advice"):
        context = {"zhunru": {"detail": detail}}
        ask("POST", "/access/v1/evaluation", {**EVALUATION, "context": context})
    ask("POST", "/access/v1/evaluations", {"evaluations": [EVALUATION, {}, 1]})
    for part in ("subject", "resource", "action"):
        body = {name: value for name, value in EVALUATION.items() if name != part}
        body |= {part: {"type": EVALUATION[part]["type"]}} if part != "action" else {}
        ask("POST", f"/access/v1/search/{part}", {**body, "page": {"limit": 2}})
    asking = Asking(ask.api, headers=bearer("second"))
    body = {**question(), "denial": asking.denial}
    task = ask("POST", "/access/v1/requests", body)["task"]["id"]
    ask("GET", "/access/v1/requests/{task}", at=f"/access/v1/requests/{task}")
    ask("POST", "/access/v1/requests/{task}/cancel", at=f"/access/v1/requests/{task}/cancel")


def _cases(ask):
    body = {"facts": FACTS, "as": "区市场监管局", "key": "s"}
    submitted = ask("POST", "/v1/submissions", body)["case"]
    body = {"flow": "擅自安排工作查处", "key": "o", "facts": {"目标社区": "幸福社区"}}
    case = ask("POST", "/v1/cases", body)["case"]
    inputs = {"来文单位": "区市场监管局", "事项": "商铺登记", "举报人": "某人", "证据": "照片"}
    steps = [("幸福社区", "反映", inputs), ("区民政局", "属实", {"收文日期": "2026-03-02"})]
    for who, action, given in steps:
        body = {"as": who, "action": action, "key": action, "inputs": given}
        ask("POST", "/v1/cases/{case}/actions", body, at=f"/v1/cases/{case}/actions")
    ask("GET", "/v1/cases", params={"limit": 1})
    for each in (case, submitted):
        for who in ("区民政局", "区市场监管局"):
            for end in ("", "/history"):
                path = f"/v1/cases/{each}{end}"
                ask("GET", "/v1/cases/{case}" + end, at=path, params={"as": who})
    ask("GET", "/v1/inbox/{name}", at="/v1/inbox/区民政局")
    ask("GET", "/v1/stats")
    ask("GET", "/v1/reports")
    outbox = ask.api.app.state.service.outbox
    outbox.post = lambda *_: 410
    outbox.send()
    dead = ask("GET", "/v1/letters/dead")["letters"]
    path = f"/v1/letters/dead/{dead[0]['number']}"
    ask("POST", "/v1/letters/dead/{number}", at=path)


def _reports_of_residents(ask):
    base = "/open311/v2"
    made = ask("POST", f"{base}/requests.json", data=REPORT)
    for path in ("discovery", "services", "requests"):
        ask("GET", f"{base}/{path}.json")
    ask("GET", f"{base}/services/{{code}}.json", at=f"{base}/services/{FLOW}.json")
    place_of = f"{base}/requests/{made[0]['service_request_id']}.json"
    ask("GET", f"{base}/requests/{{case}}.json", at=place_of)


def _sets(ask):
    ask("GET", "/v1/sets")
    for end in ("", "/lists", "/entries", "/units"):
        ask("GET", "/v1/sets/{set}" + end, at=f"/v1/sets/威海减负{end}")


def _drafts(ask):
    base = "/v1/drafts"
    ask("POST", "/v1/decide", {"set": "认证", "facts": {"主体": "bob", "动作": "write"}})
    for text in (TEXT.replace("为 alice", "为为 alice"), OTHER):
        draft = ask("POST", base, {"files": {"认证.policy": text}})["draft"]
        ask("GET", f"{base}/{{draft}}", at=f"{base}/{draft}")
    spare = ask("POST", base, {"files": {"认证.policy": OTHER}})["draft"]
    ask("POST", f"{base}/{{draft}}/withdraw", at=f"{base}/{spare}/withdraw")
    spare = ask("POST", base, {"files": {"认证.policy": OTHER}})["draft"]
    back = f"{base}/{spare}/return"
    ask("POST", f"{base}/{{draft}}/return", {"reason": "依据没有写全"}, "second", at=back)
    ask("GET", f"{base}/{{draft}}", at=f"{base}/{spare}")
    ask("GET", base)
    ask("GET", f"{base}/{{draft}}/diff", at=f"{base}/{draft}/diff")
    ask("POST", f"{base}/{{draft}}/shadow", {"on": True}, at=f"{base}/{draft}/shadow")
    ask("GET", f"{base}/{{draft}}", at=f"{base}/{draft}")
    ask("POST", f"{base}/{{draft}}/approve", None, "second", at=f"{base}/{draft}/approve")
    ask("POST", f"{base}/{{draft}}/publish", at=f"{base}/{draft}/publish")
    ask("GET", "/v1/bundles")
    path = "/v1/bundles/{set}/{number}/activate"
    ask("POST", path, at="/v1/bundles/认证/1/activate")


@pytest.mark.parametrize("endpoint", TOLD, ids=lambda each: f"{each.method} {each.path}")
def test_what_is_answered_is_what_the_document_says(asked, endpoint):
    answers = asked[endpoint.method, endpoint.path]
    for answer in answers:
        path = answer.request.url.path
        assert wrong_with_answer(endpoint.method, path, answer) == []


@pytest.mark.parametrize("endpoint", TOLD, ids=lambda each: f"{each.method} {each.path}")
def test_what_is_not_so_is_noticed(asked, endpoint):
    """A member too many, or one too few, is not what the document says."""
    if endpoint.path == "/openapi.json":
        return  # what else it may say is for OpenAPI to tell
    answer = asked[endpoint.method, endpoint.path][0]
    if endpoint.media == "application/x-ndjson":
        schema, data = endpoint.response["x-line"], json.loads(answer.text.splitlines()[0])
    else:
        schema, data = schema_of(endpoint, answer.status_code, endpoint.media), answer.json()
    assert wrong_with(schema, data) == []
    more, less = copy.deepcopy(data), copy.deepcopy(data)
    for each in (more, less):
        assert each, "nothing was told, so nothing can be wrong with it"
    (more[0] if isinstance(more, list) else more)["没有的项"] = 1
    one = less[0] if isinstance(less, list) else less
    one.pop(next(iter(one)))
    assert wrong_with(schema, more) and wrong_with(schema, less)


def test_every_component_is_one_that_an_answer_is_described_by():
    used = json.dumps([[dict(e.response), dict(e.wrong_response)] for e in endpoints()])
    used += json.dumps({name: dict(each) for name, each in components().items()})
    for name in components():
        assert f'"#/components/schemas/{name}"' in used or name == "Problem"


def test_the_document_names_the_key_that_makes_sending_again_safe():
    keyed = {
        (method, path)
        for path, operations in document(endpoints(), "")["paths"].items()
        for method, told in operations.items()
        for each in told["parameters"]
        if (each["name"], each["in"]) == ("Idempotency-Key", "header")
    }
    assert keyed == {
        ("post", "/v1/submissions"),
        ("post", "/v1/cases"),
        ("post", "/v1/cases/{case}/actions"),
        ("post", "/access/v1/requests"),
        ("post", "/open311/v2/requests.json"),
        ("post", "/open311/v2/requests.xml"),
    }
