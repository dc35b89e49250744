"""Callers and tenants: who is let in, what they may do, and that nobody sees another's data."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timedelta

import pytest
from tests.web.conftest import SETS, bearer, idle, place, tokens_file

from zhunru.errors import RequestRejected
from zhunru.web import Limits
from zhunru.web.app import endpoints
from zhunru.web.outbox import Outbox
from zhunru.web.tokens import SCOPES, Tokens, add_token
from zhunru.worktime import BEIJING

EVERYTHING = list(SCOPES)
SECRET = "王五实名举报"


@pytest.fixture
def tenants(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(Outbox, "run", idle)
    tokens = tokens_file(
        tmp_path,
        {"id": "a", "token": "of-a", "tenant": "a", "scopes": EVERYTHING},
        {"id": "b", "token": "of-b", "tenant": "b", "scopes": EVERYTHING},
        {"id": "ops", "token": "of-ops", "tenant": "*", "scopes": ["operate"]},
    )
    (tmp_path / "key").write_text("ab" * 32, encoding="ascii")
    row = {"id": "h", "url": "https://a.example.cn/in", "secret": "s", "tenant": "a"}
    (tmp_path / "hooks.json").write_text(json.dumps({"hooks": [row]}), encoding="utf-8")
    api = serve(
        sets={"a": ["weihai"], "b": [place("cert")]},
        tokens=tokens,
        key=tmp_path / "key",
        hooks=tmp_path / "hooks.json",
        store=f"{tmp_path}/{{tenant}}.db",
        log=tmp_path / "log",
        drafts=tmp_path / "drafts",
    )
    body = {"flow": "擅自安排工作查处", "as": "幸福社区", "key": "1", "facts": {"举报人": SECRET}}
    opened = api.post("/t/a/v1/cases", json=body, headers=bearer("of-a"))
    assert opened.status_code == 201, opened.text
    api.case = opened.json()["case"]
    inputs = {"来文单位": ACCUSED, "事项": "商铺登记", "举报人": SECRET, "证据": "照片"}
    step = {"as": "幸福社区", "action": "反映", "key": "2", "inputs": inputs}
    place_of = f"/t/a/v1/cases/{api.case}/actions"
    assert api.post(place_of, json=step, headers=bearer("of-a")).status_code == 200
    verdict = {"as": "区民政局", "action": "属实", "key": "3", "inputs": {"收文日期": "2026-03-02"}}
    assert api.post(place_of, json=verdict, headers=bearer("of-a")).status_code == 200
    outbox = api.app.state.service.outbox
    outbox.post = lambda *_: 410  # whoever is gone for good leaves dead letters
    outbox.send()
    letters = api.get("/t/a/v1/letters/dead", headers=bearer("of-a")).json()["letters"]
    assert letters[0]["number"] == 1
    return api


OURS = [each for each in endpoints() if not each.shared]


@pytest.mark.parametrize("endpoint", OURS, ids=lambda each: f"{each.method} {each.path}")
def test_nobody_is_let_into_another_tenant_by_any_way(tenants, endpoint):
    names = {"case": tenants.case, "set": "威海减负", "flow": "吹哨报到", "name": "幸福社区"}
    path = re.sub(r"{(\w+)}", lambda found: names.get(found[1], "1"), endpoint.path)
    body = None if endpoint.method == "GET" else {"facts": {}, "key": "k"}
    for token, prefix in (("of-b", "/t/a"), ("of-ops", "/t/a"), ("of-a", ""), ("of-a", "/t/none")):
        answer = tenants.request(endpoint.method, prefix + path, json=body, headers=bearer(token))
        assert answer.status_code == 404, (token, prefix)
        assert SECRET not in answer.text
    unknown = tenants.request(endpoint.method, "/t/a" + path, json=body, headers=bearer("guess"))
    assert unknown.status_code == 401
    assert unknown.headers["www-authenticate"] == "Bearer"
    assert tenants.request(endpoint.method, "/t/a" + path, json=body).status_code == 401


@pytest.mark.parametrize("endpoint", OURS, ids=lambda each: f"{each.method} {each.path}")
def test_in_its_own_tenant_nobody_finds_anything_of_another(tenants, endpoint):
    names = {"case": tenants.case, "set": "威海减负", "flow": "吹哨报到", "name": "幸福社区"}
    path = re.sub(r"{(\w+)}", lambda found: names.get(found[1], "1"), endpoint.path)
    body = None if endpoint.method == "GET" else {"facts": {}, "key": "k"}
    answer = tenants.request(
        endpoint.method, "/t/b" + path, json=body, params={"as": "区民政局"}, headers=bearer("of-b")
    )
    assert answer.status_code < 500 or answer.status_code == 501
    assert "威海" not in answer.text.replace("威海减负", "") and SECRET not in answer.text
    assert "吹哨" not in answer.text


def test_figures_of_all_are_for_who_looks_after_all(tenants):
    assert tenants.get("/metrics", headers=bearer("of-ops")).status_code == 200
    assert tenants.get("/metrics", headers=bearer("of-a")).status_code == 403


@pytest.mark.parametrize("endpoint", OURS, ids=lambda each: f"{each.method} {each.path}")
def test_a_token_does_what_it_carries_and_nothing_else(serve, tmp_path, endpoint):
    tokens = tokens_file(tmp_path, {"id": "a", "token": "none", "scopes": []})
    api = serve("cert", tokens=tokens)
    path = re.sub(r"{\w+}", "1", endpoint.path)
    body = None if endpoint.method == "GET" else {}
    answer = api.request(endpoint.method, path, json=body, headers=bearer("none"))
    assert endpoint.scope, "whoever adds a way in says who may take it"
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "end", ["2026-03-02T10:00:00+08:00", "2026-03-02T02:00:00+00:00", "2026-03-02T10:00:00"]
)
def test_a_token_comes_to_its_end(serve, tmp_path, end):
    row = {"id": "a", "token": "t", "scopes": ["decide"], "expires": end}
    api = serve("cert", tokens=tokens_file(tmp_path, row))
    api.clock.forward(minutes=59)
    assert api.get("/v1/sets", headers=bearer("t")).status_code == 200
    api.clock.forward(minutes=1)
    assert api.get("/v1/sets", headers=bearer("t")).status_code == 401


def test_a_digest_may_be_written_in_capitals(serve, tmp_path):
    path = tokens_file(tmp_path, {"id": "a", "token": "t", "scopes": ["decide"]})
    row = json.loads(path.read_text(encoding="utf-8"))["tokens"][0]
    text = json.dumps({"tokens": [{**row, "sha256": row["sha256"].upper()}]})
    path.write_text(text, encoding="utf-8")
    assert serve("cert", tokens=path).get("/v1/sets", headers=bearer("t")).status_code == 200


def test_who_asks_too_often_takes_nothing_from_others(serve, tmp_path):
    rows = ({"id": name, "token": f"of-{name}", "scopes": ["decide"]} for name in "ab")
    api = serve("cert", tokens=tokens_file(tmp_path, *rows), limits=Limits(rate=1, burst=2))

    def asked(name):
        return api.get("/v1/sets", headers=bearer(f"of-{name}")).status_code

    assert [asked("a") for _ in range(3)] == [200, 200, 429]
    assert [asked("b") for _ in range(3)] == [200, 200, 429]
    api.clock.forward(minutes=10)  # however long one waits, no more than so many at once
    assert [asked("a") for _ in range(3)] == [200, 200, 429]
    api.clock.forward(minutes=-5)  # a clock that was set back gives nothing, and takes nothing
    assert asked("a") == 429
    api.clock.forward(seconds=1)
    assert asked("a") == 200


def test_a_file_of_tokens_holds_no_token(tmp_path):
    path = tmp_path / "tokens.json"
    token = add_token(path, "甲", ["decide"], lambda size: b"x" * size, actor="区民政局 张三")
    assert token not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(RequestRejected):
        add_token(path, "乙", ["everything"], lambda size: b"y" * size)
    assert len(json.loads(path.read_text(encoding="utf-8"))["tokens"]) == 1


def test_a_new_token_is_whose_and_for_as_long_as_was_said(tmp_path):
    path, ends = tmp_path / "tokens.json", datetime(2026, 3, 2, 10, tzinfo=BEIJING)
    rest = {"tenant": "b", "actor": "区民政局 张三", "expires": ends}
    token = add_token(path, "甲", ["decide", "vouch"], lambda size: b"x" * size, **rest)
    path.chmod(0o644)
    plain = add_token(path, "乙", ["decide"], lambda size: b"y" * size)
    assert path.stat().st_mode & 0o077 == 0
    found = Tokens.read(path).find(token, ends - timedelta(seconds=1))
    assert (found.id, found.tenant, found.scopes) == ("甲", "b", {"decide", "vouch"})
    assert (found.actor.unit, found.actor.person) == ("区民政局", "张三")
    assert Tokens.read(path).find(token, ends) is None
    other = Tokens.read(path).find(plain, datetime(2099, 1, 1, tzinfo=BEIJING))
    assert (other.tenant, other.actor) == ("", None)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"tokens": 3}', '{"tokens": [{"id": "a"}]}',
     '{"tokens": [{"id": "a", "sha256": "00", "scopes": []}]}',
     json.dumps({"tokens": [{"id": "a", "sha256": "0" * 64, "scopes": ["root"]}]}),
     json.dumps({"tokens": [{"id": "a", "sha256": "0" * 64, "scopes": ["decide"], "tenant": "*"}]})],
)  # fmt: skip
def test_a_file_of_tokens_that_cannot_be_read_stops_the_start(tmp_path, text):
    path = tmp_path / "tokens.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RequestRejected) as refused:
        Tokens.read(path)
    assert refused.value.diagnostics[0].code == "ZR875"


# --- the whistle-blower (invariant 14) -----------------------------------------------------------

ACCUSED = "区市场监管局"


@pytest.fixture
def reported(serve, tmp_path):
    tokens = tokens_file(
        tmp_path,
        {"id": "all", "token": "all", "scopes": EVERYTHING},
        {"id": "accused", "token": "accused", "scopes": ["cases:read", "cases:write"],
         "actor": f"{ACCUSED} 李四"},
        {"id": "office", "token": "office", "scopes": ["cases:read"], "actor": "区民政局 赵六"},
    )  # fmt: skip
    api = serve("weihai", tokens=tokens, store="memory:")

    def act(case, who, action, **inputs):
        body = {"as": who, "action": action, "key": action, "inputs": inputs}
        answer = api.post(f"/v1/cases/{case}/actions", json=body, headers=bearer("all"))
        assert answer.status_code == 200, answer.text

    body = {"flow": "擅自安排工作查处", "as": "幸福社区", "key": "1",
            "facts": {"目标社区": "幸福社区"}}  # fmt: skip
    case = api.post("/v1/cases", json=body, headers=bearer("all")).json()["case"]
    act(
        case,
        "幸福社区",
        "反映",
        来文单位=ACCUSED,
        事项="商铺登记",
        举报人=SECRET,
        证据=f"{SECRET}所摄",
    )
    act(case, "区民政局", "属实", 收文日期="2026-03-02")
    api.case = case
    return api


def test_the_accused_never_learns_who_reported_it(reported):
    inbox = reported.get(f"/v1/inbox/{ACCUSED}", headers=bearer("accused")).json()["cases"]
    assert reported.case in [each["case"] for each in inbox], "the accused has to answer"
    for path in (f"/v1/cases/{reported.case}", f"/v1/cases/{reported.case}/history", "/v1/cases",
                 f"/v1/inbox/{ACCUSED}", "/v1/stats"):  # fmt: skip
        answer = reported.get(path, headers=bearer("accused"))
        assert answer.status_code == 200
        assert SECRET not in answer.text, path
        assert "举报人" not in answer.text or path.endswith("s")
        named = reported.get(path, params={"as": "幸福社区"}, headers=bearer("accused"))
        assert SECRET not in named.text


def test_who_looks_into_it_does(reported):
    history = reported.get(f"/v1/cases/{reported.case}/history", params={"as": "幸福社区"},
                           headers=bearer("all"))  # fmt: skip
    assert SECRET in history.text


def test_nobody_acts_for_another_unless_let(reported):
    body = {"as": "幸福社区", "action": "停止并说明", "key": "x", "inputs": {"说明": "已停"}}
    path = f"/v1/cases/{reported.case}/actions"
    assert reported.post(path, json=body, headers=bearer("accused")).json()["code"] == "ZR791"
    own = {**body, "as": ""}
    assert reported.post(path, json=own, headers=bearer("accused")).status_code == 200
    again = reported.post(path, json=own, headers=bearer("accused"))
    assert again.json()["repeated"] is True


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("", "default"), "default"),
        (("A", "a"), "“A”"),
        (("caf\u00e9", "cafe\u0301"), "caf"),
    ],
)
def test_tenants_whose_files_would_lie_in_one_place_are_not_served(serve, tmp_path, names, said):
    sets = {name: [str(SETS / "cert")] for name in names}
    with pytest.raises(RequestRejected) as refused:
        serve(sets=sets, store=str(tmp_path / "{tenant}.db"))
    (found,) = refused.value.diagnostics
    assert (found.code, said in found.zh) == ("ZR875", True)
    assert not list(tmp_path.iterdir()), "nothing was opened for either"


def test_two_sets_of_one_code_are_not_served_one_in_the_place_of_the_other(serve, tmp_path):
    shutil.copytree(SETS / "cert", tmp_path / "other")
    with pytest.raises(RequestRejected) as refused:
        serve("cert", str(tmp_path / "other"))
    (found,) = refused.value.diagnostics
    assert found.code == "ZR875" and "认证" in found.zh and "cert" in found.zh
    both = {"甲": [str(SETS / "cert")], "乙": [str(tmp_path / "other")]}
    api = serve(sets=both)
    question = {"facts": {"主体": "alice", "动作": "read", "资源": "record-1"}}
    for name in both:
        assert api.ask(f"/t/{name}/v1/decide", question)["outcome"] == "admit"


def test_callers_of_two_tenants_who_have_one_name_are_counted_apart(serve, tmp_path):
    rows = [{"id": "platform", "token": f"of-{t}", "tenant": t, "scopes": ["decide"]} for t in "ab"]
    api = serve(
        sets={"a": [place("cert")], "b": [place("cert")]},
        tokens=tokens_file(tmp_path, *rows),
        limits=Limits(rate=1, burst=2),
    )
    asked = [api.get("/t/a/v1/sets", headers=bearer("of-a")).status_code for _ in range(3)]
    assert asked == [200, 200, 429]
    assert api.get("/t/b/v1/sets", headers=bearer("of-b")).status_code == 200


def test_the_document_that_a_tenant_gets_leads_to_what_is_of_the_tenant(serve):
    api = serve(sets={"": [place("cert")], "柳河": [place("cert")]})
    assert "servers" not in api.get("/openapi.json").json()
    (server,) = api.get("/t/柳河/openapi.json").json()["servers"]
    assert api.get(f"{server['url']}/v1/sets").status_code == 200
    assert server["url"].startswith("/t/%")
