"""A token that was taken out of the file lets nobody in any more, also who signed in by it."""

from __future__ import annotations

import json
import os
import re
import time
from secrets import token_bytes

import pytest
from tests.web.conftest import bearer, tokens_file

from zhunru.errors import RequestRejected
from zhunru.web import add_token, revoke_token, tokens
from zhunru_cli.main import main

ROWS = (
    {"id": "甲", "token": "of-a", "scopes": ["decide"], "actor": "区民政局 张三"},
    {"id": "乙", "token": "of-b", "scopes": ["decide"]},
)


@pytest.fixture
def path(tmp_path):
    return tokens_file(tmp_path, *map(dict, ROWS))


def status(api, token):
    return api.get("/v1/sets", headers=bearer(token)).status_code


def test_a_revoked_token_is_refused_without_a_restart(serve, path):
    api = serve("cert", tokens=path)
    assert (status(api, "of-a"), status(api, "of-b")) == (200, 200)
    assert revoke_token(path, "甲") == 1
    assert (status(api, "of-a"), status(api, "of-b")) == (401, 200)
    assert path.stat().st_mode & 0o077 == 0
    assert [line for line in api.lines if line["event"] == "tokens-read"][-1]["tokens"] == 1


def test_a_new_token_lets_in_without_a_restart(serve, path):
    api = serve("cert", tokens=path)
    made = add_token(path, "丙", ["decide"], os.urandom)
    assert status(api, made) == 200


def test_only_the_tokens_of_one_tenant_are_revoked_where_one_is_named(path):
    add_token(path, "甲", ["decide"], os.urandom, tenant="b")
    assert revoke_token(path, "甲", tenant="b") == 1
    assert revoke_token(path, "甲", tenant="b") == 0
    left = json.loads(path.read_text(encoding="utf-8"))["tokens"]
    assert [row["id"] for row in left] == ["甲", "乙"]


@pytest.mark.parametrize("text", ["", "{", '{"tokens": [{"id": "a"}]}', None])
def test_as_long_as_the_file_cannot_be_read_nobody_is_let_in(serve, path, text):
    api = serve("cert", tokens=path)
    good = path.read_bytes()
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    assert status(api, "of-a") == 401
    (said,) = [line for line in api.lines if line["event"] == "tokens-unread"]
    assert str(path) in said["error"]
    path.write_bytes(good)
    assert status(api, "of-a") == 200


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_a_file_that_the_service_may_read_again_lets_in_without_a_restart(serve, path, monkeypatch):
    api = serve("cert", tokens=path)
    with monkeypatch.context() as others:
        others.setattr(tokens, "_read", lambda path: tokens.unusable(path, "读不到", "unreadable"))
        time.sleep(0.02)  # longer than the steps in which a file system counts time
        path.chmod(0o200)
        assert status(api, "of-a") == 401
    time.sleep(0.02)
    path.chmod(0o600)
    assert status(api, "of-a") == 200


@pytest.mark.parametrize("odd", [{"id": 7}, {"tenant": None}, {"actor": None}])
def test_nobody_is_let_in_by_a_name_under_which_no_token_could_be_revoked(serve, tmp_path, odd):
    path = tokens_file(tmp_path, {**ROWS[0], **odd})
    with pytest.raises(RequestRejected) as refused:
        serve("cert", tokens=path)
    assert [each.code for each in refused.value.diagnostics] == ["ZR875"]


def test_a_file_that_is_none_of_tokens_stays_as_it_is(path):
    for text in ("", '{"tokens": [{"id": "甲"}]}', '{"hooks": []}'):
        path.write_text(text, encoding="utf-8")
        for change in (
            lambda: add_token(path, "丙", ["decide"], os.urandom),
            lambda: revoke_token(path, "甲"),
        ):
            with pytest.raises(RequestRejected):
                change()
        assert path.read_text(encoding="utf-8") == text


def test_who_signed_in_is_signed_out_when_the_token_is_revoked_or_ends(serve, tmp_path):
    ends = "2026-03-02T11:00:00+08:00"
    path = tokens_file(tmp_path, dict(ROWS[0]), {**ROWS[1], "expires": ends})
    api = serve("weihai", tokens=path, pages=True)
    for token, end in (("of-a", lambda: revoke_token(path, "甲")),
                       ("of-b", lambda: api.clock.forward(hours=2))):  # fmt: skip
        api.cookies.clear()
        form = api.get("/sign-in").text
        secret = re.search(r'name="csrf" value="(\w+)"', form)[1]
        api.post("/sign-in", data={"token": token, "csrf": secret})
        assert api.get("/intake", follow_redirects=False).status_code == 200
        end()
        gone = api.get("/intake", follow_redirects=False)
        assert gone.status_code in (302, 303) and "/sign-in" in gone.headers["location"]


def test_the_command_makes_revokes_and_says_how_many(tmp_path, capsys):
    path = tmp_path / "tokens.json"

    def run(*words):
        return main(["token", *words, "--file", str(path)]), capsys.readouterr().out

    for words in (("区平台", "--scope", "decide"), ("new", "区平台")):
        code, output = run(*words)
        assert code == 0 and "zr_" in output
    assert len(json.loads(path.read_text(encoding="utf-8"))["tokens"]) == 2
    code, output = run("revoke", "区平台")
    assert code == 0 and "2" in output
    assert json.loads(path.read_text(encoding="utf-8"))["tokens"] == []
    assert run("revoke", "区平台")[0] == 1


@pytest.mark.parametrize(
    ("scopes", "tenant", "said"),
    [(["decid"], "", "“decid”"), (["decide,vouch"], "", "cases:read"), (["decide"], "*", "“*”")],
)
def test_a_scope_that_is_none_is_told_with_those_there_are(tmp_path, scopes, tenant, said):
    with pytest.raises(RequestRejected) as refused:
        add_token(tmp_path / "tokens.json", "甲", scopes, token_bytes, tenant=tenant)
    (found,) = refused.value.diagnostics
    assert said in found.zh and not list(tmp_path.iterdir())
