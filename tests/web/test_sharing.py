"""Several services over one folder of drafts and one store: what one publishes, all decide by."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest
from tests.web.conftest import SETS, Served, bearer, tokens_file

from zhunru import open_cases
from zhunru.web.folder_lock import FolderLock

TEXT = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
# bob may write in the draft.
OTHER = TEXT.replace("主体 为 alice 且 非 (状态 为 archived)", "主体 为 bob 或 主体 为 alice")
WRITE = {"主体": "bob", "动作": "write", "资源": "record-1", "状态": "active", "角色": "无"}


@pytest.fixture
def start(serve, tmp_path):
    """Return what starts one more service beside those that run."""
    (tmp_path / "key").write_text("ab" * 32, encoding="ascii")
    scopes = ["draft", "approve", "publish", "decide"]
    rows = [{"id": name, "token": name, "scopes": scopes} for name in ("author", "second")]
    tokens = tokens_file(tmp_path, *rows)

    def started(name: str, **more: Any) -> Served:
        common = {"tokens": tokens, "drafts": tmp_path / "drafts", "key": tmp_path / "key"}
        store = str(tmp_path / "cases.db")
        return serve("cert", **{**common, "store": store, "log": tmp_path / name, **more})

    return started


def publish(api: Served, text: str) -> int:
    files = {"files": {"认证.policy": text}}
    draft = api.ask("/v1/drafts", files, headers=bearer("author"))["draft"]
    api.ask(f"/v1/drafts/{draft}/approve", None, headers=bearer("second"))
    number: int = api.ask(f"/v1/drafts/{draft}/publish", None, headers=bearer("second"))["number"]
    return number


def outcome(api: Served) -> str:
    body = {"facts": WRITE, "explain": "brief"}
    found: str = api.ask("/v1/decide", body, headers=bearer("author"))["outcome"]
    return found


def events(api: Served, name: str) -> list[dict[str, Any]]:
    return [line for line in api.lines if line["event"] == name]


def test_what_one_service_publishes_the_other_decides_by(start):
    one, other = start("one"), start("other")
    services = [one.app.state.service, other.app.state.service]

    def look() -> None:
        for each in services:
            each.catch_up()

    assert publish(one, OTHER) == 1
    assert (outcome(one), outcome(other)) == ("admit", "refuse"), "it has not looked yet"
    look()
    assert (outcome(one), outcome(other)) == ("admit", "admit")
    assert publish(other, TEXT) == 2, "numbers go on, whoever publishes"
    look()
    assert (outcome(one), outcome(other)) == ("refuse", "refuse")
    one.ask("/v1/bundles/认证/1/activate", None, headers=bearer("second"))
    look()
    look()
    assert (outcome(one), outcome(other)) == ("admit", "admit")
    assert [line["number"] for line in events(other, "caught-up")] == [1, 1]
    assert [line["number"] for line in events(one, "caught-up")] == [2]
    assert outcome(start("third")) == "admit"


def test_who_is_given_only_the_store_goes_by_the_version_that_is_current(start, tmp_path):
    def digest() -> str:
        with closing(open_cases(str(tmp_path / "cases.db"))) as office:
            return office.service.policies.current().digest

    def of(api: Served) -> str:
        return api.app.state.service.tenants[""].current().policy.digest

    one, other = start("one"), start("other")
    for text in (OTHER, TEXT):
        publish(one, text)
        assert digest() == of(one)
    one.ask("/v1/bundles/认证/1/activate", None, headers=bearer("second"))
    back = of(one)
    assert (digest(), of(other) == back) == (back, False)
    other.app.state.service.catch_up()
    assert (digest(), of(other)) == (back, back)
    third = start("third")
    assert (digest(), of(third)) == (back, back), "what it was given is not what is current"


def test_it_looks_by_itself(start, monkeypatch):
    monkeypatch.setattr("zhunru.web.service._LOOK", 0.01)
    one, other = start("one", log=None), start("other", log=None)
    publish(one, OTHER)
    for _ in range(3_000):
        if outcome(other) == "admit":
            return
    raise AssertionError("what was published is not decided by")


def test_a_version_that_cannot_be_used_is_said_once_and_the_old_one_stays(start, tmp_path):
    one = start("one")
    (tmp_path / "other-key").write_text("cd" * 32, encoding="ascii")
    other = start("other", key=tmp_path / "other-key")
    publish(one, OTHER)
    for _ in range(3):
        other.app.state.service.catch_up()
    assert outcome(other) == "refuse"
    (said,) = events(other, "not-caught-up")
    assert "签名不符" in said["error"]
    other.app.state.service.signer = one.app.state.service.signer
    other.app.state.service.catch_up()
    assert outcome(other) == "admit"


def test_drafts_that_are_not_shared_are_nobody_elses(start, tmp_path):
    one, other = start("one"), start("other", drafts=tmp_path / "own")
    publish(one, OTHER)
    other.app.state.service.catch_up()
    assert (outcome(one), outcome(other)) == ("admit", "refuse")


def test_those_who_share_a_folder_go_one_after_the_other(tmp_path: Path):
    found = tmp_path / "count"
    found.write_text(json.dumps(0))

    def count(lock: FolderLock) -> None:
        for _ in range(10):
            with lock:
                before = json.loads(found.read_text())
                sleep(0.001)
                found.write_text(json.dumps(before + 1))

    mine, yours = FolderLock(tmp_path), FolderLock(tmp_path)  # as of two services
    threads = [Thread(target=count, args=(each,)) for each in (mine, yours, mine, yours)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert json.loads(found.read_text()) == 40
