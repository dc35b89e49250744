"""The page of the dead letters: what it shows, to whom, and sending one again."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from tests.web.conftest import bearer, tokens_file
from tests.web.test_outbox import SECRET, URL, Receiver, report
from tests.web.test_tenants import EVERYTHING

from zhunru.runtime.case import EffectName
from zhunru.web.pages import letterpages


def dead(api):
    return api.get("/v1/letters/dead", headers=bearer("boss")).json()["letters"]


@pytest.fixture
def api(serve, tmp_path):
    path = tmp_path / "hooks.json"
    path.write_text(
        json.dumps({"hooks": [{"id": "h", "url": URL, "secret": "s"}]}), encoding="utf-8"
    )
    rows = [{"id": "boss", "token": "boss", "scopes": EVERYTHING},
            {"id": "clerk", "token": "clerk", "scopes": ["decide", "cases:read"]},
            {"id": "keeper", "token": "keeper", "scopes": ["operate"]}]  # fmt: skip
    tokens = tokens_file(tmp_path, *rows)
    api = serve("weihai", store="memory:", hooks=path, tokens=tokens, pages=True)
    api.outbox = api.app.state.service.outbox
    api.receiver = api.outbox.post = Receiver()
    api.receiver.status = 410
    api.headers["authorization"] = "Bearer boss"
    report(api)
    del api.headers["authorization"]
    api.outbox.send()
    return api


def sign_in(api, token):
    api.cookies.clear()
    secret = csrf(api.get("/sign-in").text)
    api.post("/sign-in", data={"token": token, "csrf": secret})


def csrf(text):
    return re.search(r'name="csrf" value="(\w+)"', text)[1]


def test_who_looks_after_the_service_sees_them_and_sends_one_again(api):
    sign_in(api, "boss")
    page = api.get("/letters")
    letters = dead(api)
    assert page.status_code == 200 and letters
    assert all(f'/letters/{each["number"]}"' in page.text for each in letters)
    assert SECRET not in page.text
    assert "<caption" in page.text and ">inform<" not in page.text  # what it is about, in words
    assert 'href="/letters"' in api.get("/intake").text
    place, form = f"/letters/{letters[0]['number']}", {"csrf": csrf(page.text)}
    assert "还是没有收下" in api.post(place, data=form).text
    api.receiver.status = 200
    assert "已经送到" in api.post(place, data=form).text
    assert len(dead(api)) == len(letters) - 1
    assert api.post(place, data=form).status_code == 404
    assert api.post(place, data={"csrf": "guess"}).status_code == 403


def test_nobody_else_sees_them(api):
    sign_in(api, "clerk")
    refused = api.get("/letters")
    assert refused.status_code == 403 and "运行维护（operate）" in refused.text
    assert "“" not in re.sub(
        r"`operate`", "", api.get("/letters?lang=en").text.partition("<li>")[2]
    )
    api.get("/intake?lang=zh")
    assert 'href="/letters"' not in api.get("/intake").text
    assert api.post("/letters/1", data={"csrf": csrf(api.get("/intake").text)}).status_code == 403


def test_without_hooks_there_is_no_such_page(serve):
    api = serve("weihai", pages=True)
    assert api.get("/letters").status_code == 501
    assert 'href="/letters"' not in api.get("/intake").text


def test_who_only_looks_after_the_service_begins_with_the_letters(api):
    sign_in(api, "keeper")
    page = api.get("/", follow_redirects=True)
    assert page.status_code == 200 and page.url.path == "/letters"


def test_every_topic_is_told_in_words():
    topics = {*get_args(EffectName), "unopened", "task"}
    assert topics == letterpages._TOPICS.keys()
