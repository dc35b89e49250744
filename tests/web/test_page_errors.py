"""What somebody before a browser sees where something is wrong, and what is not lost by it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import Serve, Served, tokens_file
from tests.web.test_pages import secret, send, text_of

from zhunru.web.pages import board
from zhunru.web.settings import Limits

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ROWS = (
    {"token": "zr_li", "id": "li", "scopes": ["decide", "cases:read"]},
    {"token": "zr_wang", "id": "wang", "scopes": ["decide", "cases:read"]},
)


@pytest.fixture
def office(serve: Serve, tmp_path: Path) -> Served:
    """Return a service that two people can sign in to."""
    tokens = tokens_file(tmp_path, *(dict(row) for row in ROWS))
    return serve("weihai", pages=True, tokens=tokens, store="memory:")


def sign_in(served: Served, token: str, **more: str) -> Any:
    return send(served, "/sign-in", {"token": token, **more})


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/nowhere", "/t/nobody/intake", "/static/none.css"])
def test_a_person_who_mistypes_an_address_sees_a_page(office: Served, path: str) -> None:
    answer = office.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    found = text_of(answer)
    assert "没有这一页" in found and "ZR884" in found and "回到首页" in found
    assert "There is no such page" in office.get(path + "?lang=en", headers=BROWSER).text
    assert office.get(path).json()["code"] == "ZR884"  # whoever is no browser


@pytest.mark.parametrize("path", ["/intake/letter", "/intake/record", "/drafts/d/publish"])
def test_an_address_that_forms_are_sent_to_leads_back_to_the_form(serve: Serve, path: str) -> None:
    answer = serve("weihai", pages=True).get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path.rpartition("/")[0])


def test_a_problem_leads_back_to_the_page_that_one_came_from(serve: Serve) -> None:
    served = serve("weihai", pages=True, store="memory:")

    def back(referer: str) -> str:
        page = served.get("/cases/none", headers={"referer": referer})
        assert page.status_code == 404 and "ZR752" in page.text
        found = re.search(r'href="([^"]+)">返回', page.text)
        assert found
        return unescape(found[1])

    assert back("http://testserver/cases?tab=late") == "/cases?tab=late"
    assert back("http://elsewhere.example/cases") == "/"
    assert back("http://testserver//elsewhere.example/cases") == "/"
    assert back("http://[testserver/cases") == "/"
    assert back("") == "/"


def test_a_form_that_was_refused_leads_back_to_the_form(serve: Serve) -> None:
    served = serve("weihai", pages=True, store="memory:")
    page = served.post(
        "/board",
        data={"csrf": "none"},
        headers={"referer": "http://testserver/board?to=2026-02-01"},
    )
    assert page.status_code == 403 and 'href="/board?to=2026-02-01">返回' in page.text


# --- signing in ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "base", "secure"),
    [
        ("http://testserver", "", False),
        ("https://testserver", "", True),
        ("http://testserver", "https://zhunru.example", True),
    ],
)
def test_cookies_are_secure_where_people_come_by_https(
    serve: Serve, asked: str, base: str, secure: bool
) -> None:
    served = serve("weihai", pages=True, base_url=base)
    kept = served.get(asked + "/intake?lang=zh").headers.get_list("set-cookie")
    assert len(kept) == 2
    assert [("Secure" in each, "SameSite=strict" in each) for each in kept] == [(secure, True)] * 2
    assert "HttpOnly" in kept[0]  # no script reads by what one is signed in


def test_signing_in_leads_to_the_page_that_was_wanted(office: Served) -> None:
    first = office.get("/lists?q=1", headers=BROWSER)
    assert 'name="next" value="/lists?q=1"' in first.text
    assert "过期" not in text_of(first)
    wrong = sign_in(office, "zr_x", next="/lists?q=1")
    assert wrong.status_code == 401 and 'value="/lists?q=1"' in wrong.text
    assert sign_in(office, "zr_li", next="/lists?q=1").url.path == "/lists"


@pytest.mark.parametrize("sought", ["来文\u3000登记", "\U0002ebf0"])
def test_signing_in_leads_to_a_page_whose_address_no_python_has_to_know(
    office: Served, sought: str
) -> None:
    assert sign_in(office, "zr_li", next=f"/lists?q={sought}").url.path == "/lists"


@pytest.mark.parametrize("place", ["//evil.example/", "https://evil.example/", "/\\evil", "/\x01"])
def test_signing_in_leads_nowhere_else(office: Served, place: str) -> None:
    assert str(sign_in(office, "zr_li", next=place).url) == "http://testserver/intake"


def expired(office: Served) -> Any:
    """Fill in a form, and send it the next day."""
    sign_in(office, "zr_li")
    form = {"csrf": secret(office.get("/intake")), "f:事项": "楼道堆物", "f:类别": "挂牌"}
    office.clock.forward(hours=10)
    return office.post("/intake", data=form, follow_redirects=True)


def test_what_was_filled_in_when_a_session_ended_can_still_be_sent(office: Served) -> None:
    assert "刚才填的内容还在" in text_of(expired(office))
    page = sign_in(office, "zr_li")
    assert "接着提交" in text_of(page) and "事项 楼道堆物" in text_of(page)
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', unescape(page.text)))
    assert re.search(r'action="/intake"', page.text)
    found = office.post("/intake", data=fields)
    assert found.status_code == 200 and "楼道堆物" in found.text
    assert "接着提交" not in text_of(sign_in(office, "zr_li"))  # once


def test_what_somebody_filled_in_is_shown_to_nobody_else(office: Served) -> None:
    expired(office)
    assert "楼道堆物" not in sign_in(office, "zr_wang").text
    assert "楼道堆物" not in sign_in(office, "zr_li").text


def test_a_form_of_another_site_is_not_kept_for_when_one_signs_in(office: Served) -> None:
    sign_in(office, "zr_li")
    office.clock.forward(hours=10)
    answer = office.post("/intake", data={"csrf": "0" * 48, "f:事项": "圈套"})
    assert "登录已经过期" in text_of(answer) and "刚才填的" not in text_of(answer)
    assert "圈套" not in sign_in(office, "zr_li").text


# --- what a service refuses ----------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(serve: Serve, tmp_path: Path) -> None:
    tokens = tokens_file(tmp_path, *(dict(row) for row in ROWS))
    limits = Limits(rate=0.5, burst=3)
    served = serve("weihai", pages=True, tokens=tokens, limits=limits)
    sign_in(served, "zr_li")
    answers = [served.get("/intake") for _ in range(4)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "ZR792" in answers[-1].text and "没有办成" in answers[-1].text


def test_a_mistake_of_ours_is_told_with_a_reference_and_what_to_do(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(board, "make_report", fails)
    served = serve("weihai", pages=True, store="memory:")
    answer = served.get("/board")
    found = text_of(answer)
    assert answer.status_code == 500 and re.search(r"参考号 [0-9a-f]{8}", found)
    assert "告诉管理员" in found and "--debug" not in found and "secret" not in found
