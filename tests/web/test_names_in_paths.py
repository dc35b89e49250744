"""Names with a slash in them, as offices, sets and workflows may have: each is one part of a path."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.web.conftest import SETS, Serve, Served
from tests.web.test_page_tenants import BROWSER
from tests.web.test_pages import secret

from zhunru.web.app import endpoints

CODE, FLOW, UNIT = "民发/2021", "准入/申请", "党政办/综治办"
# What these are called by is of us, never of a policy: a draft, a letter, a task, a code.
OURS = {"draft", "task", "number", "tenant"}


def part(name: str) -> str:
    return quote(name, safe="")


@pytest.fixture
def served(serve: Serve, tmp_path: Path) -> Served:
    text = (SETS / "office" / "office.policy").read_text(encoding="utf-8")
    for old, new in (("BG-1", CODE), ("准入申请", FLOW), ("民政局", UNIT)):
        text = text.replace(old, new if new == CODE else f"[{new}]")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.policy").write_text(text, encoding="utf-8")
    return serve(
        str(tmp_path / "set"),
        store="memory:",
        pages=True,
        open311=(FLOW,),
        base_url="http://testserver/zhunru",
    )


def opened(served: Served) -> str:
    facts = {"来文单位": UNIT, "目标社区": "向阳社区", "事项": "走访慰问", "经费到位": True}
    asked = {"flow": FLOW, "facts": facts, "as": f"{UNIT} 王芳", "key": "1"}
    found: str = served.ask("/v1/cases", asked)["case"]
    act = {"action": "提交", "key": "2", "as": f"{UNIT} 王芳",
           "inputs": {"期间": "2026-03-02 至 2026-03-03", "时刻": "2026-03-02 09:00", "涉及户数": 3}}  # fmt: skip
    served.ask(f"/v1/cases/{part(found)}/actions", act)
    act = {
        "action": "退回",
        "key": "3",
        "as": f"{UNIT} 李",
        "inputs": {"期间": "2026-03-02 至 2026-03-03"},
    }
    served.ask(f"/v1/cases/{part(found)}/actions", act)
    assert found.startswith(CODE)
    return found


def test_every_address_of_the_api_with_a_name_in_it_takes_one_with_a_slash(served: Served) -> None:
    names = {"set": CODE, "flow": FLOW, "name": UNIT, "case": opened(served)}
    seen = set()
    for each in endpoints():
        if not each.names or each.method != "GET" or OURS & {*each.names}:
            continue
        known = {**names, "code": "ZR884" if "problems" in each.path else FLOW}
        path = each.path
        for name in each.names:
            path = path.replace(f"{{{name}}}", part(known[name]))
        for root in ("", "/zhunru"):
            answer = served.get(root + path)
            assert answer.status_code == 200, (path, answer.text)
            # A slash between two parts is another one.
            if "%2F" in path:
                assert served.get(root + path.replace("%2F", "/")).status_code == 404
                assert served.get(root + path.replace("%2F", "%2f")).status_code == 200
        seen.add(each.path)
    assert {"/v1/sets/{set}/workflows/{flow}", "/v1/inbox/{name}", "/v1/cases/{case}"} < seen
    assert len(seen) >= 12


def test_what_is_not_there_is_told_as_it_was_asked_for(served: Served) -> None:
    for path in ("/v1/nowhere/", "/nowhere/", "/static/"):
        answer = served.get(f"{path}{part('甲/乙')}", headers={"accept-language": "zh"})
        assert answer.status_code == 404, path
        assert "\ufdd0" not in answer.text and ("甲/乙" in answer.text or "static" in path), path
    assert served.get("/v1%2Fsets").status_code == 404
    slashed = served.get(f"/zhunru/flows/{part(CODE)}/x/", follow_redirects=False)
    assert slashed.headers["location"] == f"/zhunru/flows/{part(CODE)}/x"
    assert "甲/乙" in served.get(f"/v1/sets/{part('甲/乙')}").json()["detail"]


def test_every_page_leads_to_pages_that_are_there(served: Served) -> None:
    case = opened(served)
    waiting, seen = [f"/zhunru/cases/{part(case)}", "/zhunru/"], set[str]()
    while waiting and len(seen) < 80:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = served.get(path, headers=BROWSER)
        assert answer.status_code == 200, path
        if "html" in answer.headers["content-type"]:
            leads = re.findall(r'(?:href|src|action)="(/[^"#]+)', answer.text)
            waiting += [unescape(each) for each in leads if "sign-out" not in each]
    seen = {path.partition("?")[0] for path in seen}
    flow = f"/zhunru/flows/{part(CODE)}/{part(FLOW)}"
    assert {flow, f"{flow}/picture.svg", f"/zhunru/cases/{part(case)}"} <= seen
    assert any(f"/zhunru/cases/{part(case)}/papers/" in path for path in seen)


def test_one_acts_on_a_case_and_comes_back_to_it(served: Served) -> None:
    facts = {"来文单位": UNIT, "目标社区": "向阳社区", "事项": "走访慰问"}
    asked = {"flow": "快办", "facts": facts, "as": f"{UNIT} 王", "key": "1"}
    path = f"/zhunru/cases/{part(served.ask('/v1/cases', asked)['case'])}"
    sent = {
        "action": "收",
        "as": f"{UNIT} 王",
        "key": "9",
        "csrf": secret(served.get("/zhunru/intake")),
    }
    answer = served.post(path, data=sent, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{path}?")
    refused = served.post(path, data=sent | {"key": "10"})
    assert refused.status_code == 409
