"""Behind a proxy that has others beside us: everything we say leads to our part of its paths."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from tests.web.conftest import Serve, Served, bearer, tokens_file
from tests.web.test_access_requests import SENDER
from tests.web.test_pages import secret

HOST = "https://qu.example.cn"
ROOT = f"/{quote('社区')}/zhunru"
LEADS = re.compile(r'(?:href|src|action|formaction)="([^"]*)"')
ROW = {
    "token": "zr_one", "id": "one", "actor": f"{SENDER} 李",
    "scopes": ["decide", "cases:read", "cases:write", "draft"],
}  # fmt: skip


class Proxied(Served):
    """A browser before a proxy."""

    host = "qu.example.cn"

    def request(self, method: str, url: Any, **more: Any) -> Any:
        asked = urljoin(f"{HOST}{ROOT}/", str(url))
        assert f"{urlsplit(asked).path}/".startswith(f"{ROOT}/"), f"another is asked: {asked}"
        headers = {"host": self.host, **(more.pop("headers", None) or {})}
        follow = more.pop("follow_redirects", True)
        answer = super().request(method, asked, headers=headers, follow_redirects=False, **more)
        if follow and answer.is_redirect:
            return self.request("GET", answer.headers["location"])
        return answer


def stripping(app: Any) -> Any:
    """Return what a proxy asks that takes off its part of paths."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            path = scope["path"].removeprefix(unquote(ROOT)) or "/"
            scope = {**scope, "path": path, "raw_path": quote(path).encode()}
        await app(scope, receive, send)

    return answer


@pytest.fixture(params=["taken off", "left in"])
def served(request: Any, serve: Serve, tmp_path: Path) -> Proxied:
    made: Any = serve(
        "weihai",
        pages=True,
        tokens=tokens_file(tmp_path, dict(ROW)),
        store=str(tmp_path / "cases.db"),
        drafts=tmp_path / "drafts",
        base_url=HOST + ROOT,
    )
    made.__class__ = Proxied
    if request.param == "taken off":
        made._transport.app = stripping(made.app)
    return made


def sign_in(served: Proxied) -> Any:
    page = served.get(f"{ROOT}/sign-in")
    return served.post(f"{ROOT}/sign-in", data={"csrf": secret(page), "token": "zr_one"})


def test_every_page_leads_to_pages_of_ours(served: Proxied) -> None:
    sign_in(served)
    waiting, seen = [f"{ROOT}/", ROOT], set()
    while waiting and len(seen) < 60:
        path = waiting.pop(0)
        if path in seen or "sign-out" in path:
            continue
        seen.add(path)
        answer = served.get(path)
        assert answer.status_code == 200, path
        if "html" not in answer.headers["content-type"]:
            continue
        for lead in LEADS.findall(answer.text):
            where = urlsplit(urljoin(f"{HOST}{path}", lead.replace("&amp;", "&")))
            inside = f"{where.path}/".startswith(f"{ROOT}/")
            assert inside and where.netloc == "qu.example.cn", lead
            # One of each kind is enough of what stands in long lists.
            if not where.query or "lang=" in where.query:
                waiting.append(where.path + (f"?{where.query}" if where.query else ""))
    kinds = {urlsplit(path).path.removeprefix(f"{ROOT}/").partition("/")[0] for path in seen}
    assert {"intake", "lists", "flows", "cases", "drafts", "board", "static"} <= kinds


def test_cookies_go_to_no_other_service_of_the_host(served: Proxied) -> None:
    answer = served.get(f"{ROOT}/sign-in?lang=en")
    paths = {each.name: each.path for each in served.cookies.jar}
    assert set(paths.values()) == {ROOT} and len(paths) == 2, answer.headers
    assert "secure" in answer.headers["set-cookie"].lower()


def test_one_comes_back_to_where_one_wanted_to_go(served: Proxied) -> None:
    asked = served.get(f"{ROOT}/cases?tab=late", follow_redirects=False)
    page = served.get(asked.headers["location"])
    wanted = re.search(r'name="next" value="([^"]*)"', page.text)
    assert wanted is not None and wanted[1] == f"{ROOT}/cases?tab=late"
    sent = {"csrf": secret(page), "token": "zr_one", "next": wanted[1]}
    answer = served.post(f"{ROOT}/sign-in", data=sent, follow_redirects=False)
    assert answer.headers["location"] == f"{ROOT}/cases?tab=late"
    for other in ("/cases", "//evil.example/", f"{ROOT}x/cases", "https://evil.example/"):
        sent = {"csrf": secret(served.get(f"{ROOT}/sign-in")), "token": "zr_one", "next": other}
        answer = served.post(f"{ROOT}/sign-in", data=sent, follow_redirects=False)
        assert answer.headers["location"] == f"{ROOT}/intake", other


def test_a_form_is_sent_again_and_a_problem_leads_back(served: Proxied) -> None:
    # As most proxies are set up: they ask by a name of their own.
    served.host = "127.0.0.1:8080"
    sign_in(served)
    form = {"csrf": secret(served.get(f"{ROOT}/intake")), "f:事项": "楼道堆物"}
    sign_in(served)  # in another tab
    page = served.post(f"{ROOT}/intake", data=form, headers={"origin": HOST})
    assert page.status_code == 200 and f'action="{ROOT}/intake"' in page.text
    wrong = served.get(f"{ROOT}/cases/none", headers={"referer": f"{HOST}{ROOT}/lists?kind=x"})
    assert wrong.status_code == 404 and f'href="{ROOT}/lists?kind=x"' in wrong.text
    lost = served.get(f"{ROOT}/nowhere", headers={"accept": "text/html"})
    assert f'href="{ROOT}/"' in lost.text and f'href="{ROOT}/static/console.css"' in lost.text


def test_a_last_slash_leads_to_the_page_before_it(served: Proxied) -> None:
    for path in ("/intake", "/sign-in", "/lists/findings", "/cases/none"):
        for tenant in ("", "/t/none"):
            answer = served.get(f"{ROOT}{tenant}{path}/", follow_redirects=False)
            if tenant:
                assert answer.status_code == 404
            else:
                assert answer.headers["location"] == f"{ROOT}{path}"
    assert served.get(f"{ROOT}/nowhere/", follow_redirects=False).status_code == 404


def test_what_the_api_says_of_addresses_is_true(served: Proxied) -> None:
    told = served.get(f"{ROOT}/.well-known/authzen-configuration").json()
    assert told["access_evaluation_endpoint"] == f"{HOST}{ROOT}/access/v1/evaluation"
    assert served.get(told["jwks_uri"]).status_code == 200
    document = served.get(f"{ROOT}/openapi.json").json()
    assert document["servers"] == [{"url": HOST + ROOT}]
    problem = served.get(f"{ROOT}/v1/cases/none", headers=bearer("zr_one")).json()
    assert served.get(problem["type"]).json()["code"] == problem["code"] == "ZR752"
    assert served.get(f"{ROOT}/v1/none").json()["type"] == f"{ROOT}/problems/ZR884"
