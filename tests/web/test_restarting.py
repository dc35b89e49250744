"""What a reader of the pages keeps over a restart of the service: the session, and the form."""

from __future__ import annotations

import asyncio
import json
import os
import re
import warnings
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tests.web.conftest import Clock, tokens_file
from tests.web.test_pages import secret, text_of

from zhunru.web import Limits, Settings, create_app
from zhunru.web.pages.held import Held, HeldForms
from zhunru.web.pages.sessions import cookie_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ROWS = (
    {"id": "李", "token": "zr_li", "scopes": ["decide"], "actor": "区民政局 李"},
    {"id": "王", "token": "zr_wang", "scopes": ["decide"], "actor": "区民政局 王"},
)
FORM = {"f:事项": "楼道堆物", "f:类别": "挂牌"}


class Browser:
    """A browser, before a service that is started again and again."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._cookies: Any = None
        self.client: Any = None
        self.lines: list[dict[str, Any]] = []
        self.clock = Clock()
        self.restart()

    def restart(self) -> None:
        before = self._cookies
        if self.client is not None:
            self.client.app.state.service.tenants[""].close()
        made = Settings(
            sets={"": ["weihai"]},
            clock=self.clock,
            entropy=os.urandom,
            journal=lambda line: self.lines.append(json.loads(line)),
            **self._settings,
        )
        self.client = TestClient(create_app(made), cookies=before)
        self._cookies = self.client.cookies

    def sign_in(self, token: str) -> Any:
        page = self.client.get("/sign-in")
        return self.client.post("/sign-in", data={"csrf": secret(page), "token": token})


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    return tokens_file(tmp_path, *(dict(row) for row in ROWS))


def test_who_signed_in_goes_on_after_a_restart(tmp_path: Path, tokens: Path) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    browser.sign_in("zr_li")
    form = {"csrf": secret(browser.client.get("/intake")), **FORM}
    browser.restart()
    answer = browser.client.post("/intake", data=form)
    assert answer.status_code == 200 and "楼道堆物" in answer.text
    assert answer.request.url.path == "/intake"


def test_without_tokens_a_form_from_before_a_restart_is_taken(tmp_path: Path) -> None:
    browser = Browser(log=tmp_path / "logs")
    form = {"csrf": secret(browser.client.get("/intake")), **FORM}
    browser.restart()
    answer = browser.client.post("/intake", data=form)
    assert answer.status_code == 200 and "接着提交" not in text_of(answer)


def test_without_a_folder_the_form_is_shown_to_be_sent_again() -> None:
    browser = Browser()
    form = {"csrf": secret(browser.client.get("/intake")), **FORM}
    browser.restart()
    page = browser.client.post("/intake", data=form, headers={"origin": "http://testserver"})
    assert "接着提交" in text_of(page) and "事项 楼道堆物" in text_of(page)
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', unescape(page.text))
    assert "楼道堆物" in browser.client.post("/intake", data=dict(fields)).text


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://testserver:81", "["])
def test_a_form_that_another_site_sends_is_not_shown(origin: str) -> None:
    browser = Browser()
    browser.client.get("/intake")
    form = {"csrf": "0" * 48, **FORM}
    page = browser.client.post("/intake", data=form, headers={"origin": origin})
    assert page.status_code == 403 and "ZR911" in page.text and "楼道堆物" not in page.text


def test_who_signed_out_stays_so_after_a_restart(tmp_path: Path, tokens: Path) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    browser.sign_in("zr_li")
    key = browser.client.cookies[cookie_of("")]
    browser.client.get("/sign-out")
    browser.restart()
    browser.client.cookies.set(cookie_of(""), key)
    assert browser.client.get("/intake").request.url.path == "/sign-in"


@pytest.mark.parametrize("change", ["revoked", "other rights", "later"])
def test_a_session_that_would_have_ended_is_none_after_a_restart(
    tmp_path: Path, tokens: Path, change: str
) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    browser.sign_in("zr_li")
    rows = [dict(row) for row in ROWS]
    if change == "revoked":
        tokens_file(tmp_path, rows[1])
    elif change == "other rights":
        tokens_file(tmp_path, {**rows[0], "scopes": ["decide", "draft"]}, rows[1])
    else:
        browser.clock.forward(hours=10)
    browser.restart()
    assert browser.client.get("/intake").request.url.path == "/sign-in"


def test_a_form_that_comes_after_restart_and_end_of_session_is_kept(
    tmp_path: Path, tokens: Path
) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    browser.sign_in("zr_li")
    form = {"csrf": secret(browser.client.get("/intake")), **FORM}
    browser.clock.forward(hours=10)
    browser.restart()
    assert "刚才填的内容还在" in text_of(browser.client.post("/intake", data=form))
    assert "事项 楼道堆物" in text_of(browser.sign_in("zr_li"))


def over(browser: Browser) -> None:
    """Send a form of a session that is over."""
    browser.sign_in("zr_li")
    form = {"csrf": secret(browser.client.get("/intake")), **FORM}
    browser.clock.forward(hours=10)
    assert "刚才填的内容还在" in text_of(browser.client.post("/intake", data=form))


@pytest.mark.parametrize("folder", ["drafts", "log"])
def test_a_form_that_is_kept_outlives_a_restart(tmp_path: Path, tokens: Path, folder: str) -> None:
    browser = Browser(tokens=tokens, **{folder: tmp_path / folder})
    over(browser)
    browser.restart()
    assert "事项 楼道堆物" in text_of(browser.sign_in("zr_li"))
    browser.client.get("/sign-out")
    assert "楼道堆物" not in browser.sign_in("zr_li").text, "once"
    assert not list((tmp_path / folder).rglob("*.form"))


def test_a_form_that_is_kept_is_nobody_elses(tmp_path: Path, tokens: Path) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    over(browser)
    (file,) = (tmp_path / "drafts").rglob("*.form")
    assert "楼道".encode() not in file.read_bytes() and file.stat().st_mode & 0o077 == 0
    browser.restart()
    assert "楼道堆物" not in browser.sign_in("zr_wang").text
    assert "楼道堆物" not in browser.sign_in("zr_li").text


def test_a_form_that_somebody_wrote_into_is_not_shown(tmp_path: Path, tokens: Path) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    over(browser)
    (file,) = (tmp_path / "drafts").rglob("*.form")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    browser.restart()
    assert browser.sign_in("zr_li").request.url.path == "/intake"


def test_where_forms_cannot_be_written_they_are_kept_for_this_run(
    tmp_path: Path, tokens: Path
) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "sessions-forms").touch()
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    over(browser)
    assert "事项 楼道堆物" in text_of(browser.sign_in("zr_li"))
    assert [line for line in browser.lines if line["event"] == "forms-unwritten"]


def test_no_more_forms_are_kept_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhunru.web.pages.held._MOST", 3)
    said: list[Any] = []
    for _ in range(2):
        forms = HeldForms(tmp_path, os.urandom, lambda *_, **__: said.append(1))
        for name in "abcdef":
            assert forms.hold(name, Held("/intake", "李", (("f:事项", name),)))
    assert len(list(tmp_path.glob("*.form"))) == 3
    assert forms.take("a", "李") is None
    kept = forms.take("f", "李")
    assert kept is not None and kept.fields == (("f:事项", "f"),)
    assert not forms.hold("g", Held("/intake", "李", (("f:事项", "字" * (1 << 16)),)))
    assert not said


def test_the_file_lets_nobody_in_who_reads_it(tmp_path: Path, tokens: Path) -> None:
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    browser.sign_in("zr_li")
    file = tmp_path / "drafts" / "sessions.json"
    text = file.read_text(encoding="utf-8")
    assert browser.client.cookies[cookie_of("")] not in text and "zr_li" not in text
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"secret": "x", "sessions": {}}'])
def test_a_file_that_cannot_be_read_keeps_nobody_out(
    tmp_path: Path, tokens: Path, text: str
) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "sessions.json").write_text(text, encoding="utf-8")
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    assert browser.sign_in("zr_li").request.url.path == "/intake"
    assert [line for line in browser.lines if line["event"] == "sessions-unread"]


def test_where_the_file_cannot_be_written_one_is_signed_in_all_the_same(
    tmp_path: Path, tokens: Path
) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "sessions.json").mkdir()
    browser = Browser(tokens=tokens, drafts=tmp_path / "drafts")
    assert browser.sign_in("zr_li").request.url.path == "/intake"
    assert [line for line in browser.lines if line["event"] == "sessions-unwritten"]


def test_of_a_stranger_no_long_form_is_taken(tokens: Path) -> None:
    browser = Browser(tokens=tokens)
    form = {"csrf": secret(browser.client.get("/sign-in")), "token": "x" * 70_000}
    page = browser.client.post("/sign-in", data=form)
    assert page.status_code == 413 and "64 KiB" in page.text


def test_of_a_stranger_no_form_is_waited_for(tokens: Path) -> None:
    browser = Browser(tokens=tokens, limits=Limits(seconds=0.05))

    async def go() -> int:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.02)
            return {"type": "http.request", "body": b"a", "more_body": True}

        async def send(message: Any) -> None:
            said.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in",
            "query_string": b"", "root_path": "", "scheme": "http", "headers": [],
            "server": ("testserver", 80), "client": ("a", 1), "http_version": "1.1",
        }  # fmt: skip
        await asyncio.wait_for(browser.client.app(scope, receive, send), 30)
        return int(said[0]["status"])

    assert asyncio.run(go()) == 408


def test_an_answer_is_gone_back_to_where_it_stands_and_is_put_on_record_once(
    tmp_path: Path,
) -> None:
    made = {"tokens": tokens_file(tmp_path, *ROWS), "drafts": tmp_path / "drafts"}
    browser = Browser(**made, log=tmp_path / "log")
    browser.sign_in("zr_li")
    form = {"csrf": secret(browser.client.get("/intake")), **FORM, "f:来文单位": "区市场监管局"}
    for path in ("/intake", "/intake/letter"):
        page = browser.client.post(path, data=form)
        assert page.history[0].status_code == 303 and page.request.url.path == path
        place = str(page.request.url)
        assert "楼道堆物" in page.text and "楼道堆物" not in unquote(place)
        browser.restart()
        assert "楼道堆物" in browser.client.get(place).text
        english = browser.client.get(f"{place}&lang=en").text
        assert '<html lang="en">' in english and "楼道堆物" in english
        browser.client.get("/intake?lang=zh")
    kept = "".join(each.read_text() for each in (tmp_path / "log").glob("*.jsonl"))
    assert kept.count("楼道堆物") == 2, "looking once more is no decision"
    browser.sign_in("zr_wang")
    assert "楼道堆物" not in browser.client.get(place).text, "it is another person's"
    browser.client.get("/sign-out")
    browser.sign_in("zr_li")
    assert "楼道堆物" in browser.client.get(place).text, "who signs in anew finds it again"
    assert browser.client.get("/intake?of=eA").status_code == 200
    long = {**form, "csrf": secret(browser.client.get("/intake"))}
    long["f:事项"] = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(3000))
    page = browser.client.post("/intake", data=long)
    assert page.status_code in (200, 422) and long["f:事项"] in page.text and not page.history
