"""The pages of several tenants, whose names stand in addresses: side by side, each for its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.web.conftest import SETS, Serve, Served, bearer, tokens_file
from tests.web.test_access_requests import SENDER, STEP, denial_of, question
from tests.web.test_pages import secret, send, text_of

ONE, OTHER = f"/t/{quote('柳河')}", f"/t/{quote('环翠')}"
BROWSER = {"accept": "text/html"}


def row(name: str, tenant: str) -> dict[str, Any]:
    return {
        "token": f"zr_{name}", "id": name, "tenant": tenant, "actor": f"{SENDER} 李",
        "scopes": ["decide", "cases:read", "cases:write"],
    }  # fmt: skip


@pytest.fixture
def served(serve: Serve, tmp_path: Path) -> Served:
    return serve(
        sets={"柳河": ["weihai"], "环翠": [str(SETS / "cert")]},
        pages=True,
        tokens=tokens_file(tmp_path, row("one", "柳河"), row("other", "环翠")),
        store=str(tmp_path / "{tenant}.db"),
    )


def test_whoever_works_for_two_tenants_is_signed_in_to_both(served: Served) -> None:
    send(served, f"{ONE}/sign-in", {"token": "zr_one"})
    form = {"csrf": secret(served.get(f"{ONE}/intake")), "f:事项": "楼道堆物"}
    send(served, f"{OTHER}/sign-in", {"token": "zr_other"})
    assert served.get(f"{OTHER}/intake", follow_redirects=False).status_code == 200
    answer = served.post(f"{ONE}/intake", data=form)
    assert answer.status_code == 200 and "楼道堆物" in answer.text
    # Who leaves the one stays in the other.
    served.get(f"{ONE}/sign-out")
    assert served.get(f"{ONE}/intake", follow_redirects=False).status_code == 303
    assert served.get(f"{OTHER}/intake", follow_redirects=False).status_code == 200


def test_the_token_of_another_tenant_is_told_to_be_wrong(served: Served) -> None:
    answer = send(served, f"{OTHER}/sign-in", {"token": "zr_one"})
    assert answer.status_code == 401 and "ZR912" in answer.text
    assert "已经过期，请再登录" not in answer.text
    assert served.get(f"{ONE}/intake", follow_redirects=False).status_code == 303


def test_what_was_filled_in_is_kept_behind_a_chinese_prefix(served: Served) -> None:
    send(served, f"{ONE}/sign-in", {"token": "zr_one"})
    form = {"csrf": secret(served.get(f"{ONE}/intake")), "f:事项": "楼道堆物"}
    served.clock.forward(hours=10)
    asked = served.post(f"{ONE}/intake", data=form)
    assert "刚才填的内容还在" in text_of(asked)
    again = served.post(
        f"{ONE}/sign-in", data={"csrf": secret(asked), "token": "zr_one", "over": "held"}
    )
    assert "接着提交" in text_of(again) and f'action="{ONE}/intake"' in again.text


def test_one_comes_back_to_where_one_wanted_to_go(served: Served) -> None:
    asked = served.get(f"{ONE}/flows?set=x")
    led = re.search(r'name="next" value="([^"]*)"', asked.text)
    assert led and led[1] == f"{ONE}/flows?set=x"
    sent = {"csrf": secret(asked), "token": "zr_one", "next": led[1]}
    answer = served.post(f"{ONE}/sign-in", data=sent, follow_redirects=False)
    assert answer.headers["location"] == led[1]


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "%2F%2Fevil.example", "/t/other/intake", f"{OTHER}/intake", "t"]
)
def test_nobody_is_led_out_of_the_tenant(served: Served, wanted: str) -> None:
    sent = {"token": "zr_one", "next": wanted}
    sent["csrf"] = secret(served.get(f"{ONE}/sign-in"))
    answer = served.post(f"{ONE}/sign-in", data=sent, follow_redirects=False)
    assert answer.headers["location"] == f"{ONE}/intake"


def test_a_problem_leads_back_behind_a_chinese_prefix(served: Served) -> None:
    send(served, f"{ONE}/sign-in", {"token": "zr_one"})
    for came in (f"{ONE}/cases?tab=late", f"{ONE.lower()}/lists"):
        page = served.get(f"{ONE}/cases/none", headers={"referer": f"http://testserver{came}"})
        found = re.search(r'<p><a href="([^"]+)">返回', page.text)
        assert found and found[1] == came


def test_a_lost_reader_finds_the_first_page_of_the_own_tenant(served: Served) -> None:
    lost = served.get(f"{ONE}/nowhere", headers=BROWSER)
    assert lost.status_code == 404 and f'<a href="{ONE}/">回到首页' in lost.text
    for path in ("/", "/nowhere", "/t/nobody/intake"):
        # There is no page without a tenant here: a link to it would lead nowhere again.
        nowhere = served.get(path, headers=BROWSER)
        assert nowhere.status_code == 404 and "<a " not in nowhere.text
        assert "问管理员" in text_of(nowhere)


def test_addresses_that_the_api_gives_hold_ascii_only(served: Served) -> None:
    head = {**bearer("zr_one"), "idempotency-key": "k"}
    context = served.ask(f"{ONE}/access/v1/evaluation", question(), headers=head)["context"]
    sent = {**question(), "denial": denial_of(context), "requested_access": {"zhunru": STEP}}
    answer = served.post(f"{ONE}/access/v1/requests", json=sent, headers=head)
    assert answer.status_code == 202, answer.text
    place = answer.json()["task"]["status_endpoint"]
    assert f"{ONE}/access/v1/requests/" in place and place == answer.headers["location"]
    assert served.get(place.partition("testserver")[2], headers=head).json()["task"]["status"]


def test_a_prefix_without_a_slash_leads_to_the_pages_of_the_tenant(served: Served) -> None:
    assert served.get(ONE, follow_redirects=False).headers["location"] == f"{ONE}/"
    answer = served.get(f"{ONE}/intake/", follow_redirects=False)
    assert answer.headers["location"] == f"{ONE}/intake"
    assert served.get("/t/none", follow_redirects=False).status_code == 404
