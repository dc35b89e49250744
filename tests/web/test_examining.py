"""Drafts are checked in a process of their own, within bounds, and found to be what they are."""

from __future__ import annotations

import os
import time
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from tests.shipped import POLICIES
from tests.web.conftest import SETS, Served

from zhunru.web import examining
from zhunru.web.drafts import Drafts
from zhunru.web.examining import examined_apart

TEXT = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
TEXTS = {
    "whole": TEXT,
    "wrong": TEXT.replace("alice", "alice 且", 1),
    "no set": "字",
    "failing": TEXT + '\n测试 "不对"\n  | 主体 | 动作 | 资源 | 状态 | 角色 | 应 |\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "0123456789abcdef" / "set"
    made.mkdir(parents=True)
    return made


@pytest.mark.parametrize("name", TEXTS)
def test_another_process_finds_the_same(folder: Path, name: str) -> None:
    (folder / "认证.policy").write_text(TEXTS[name], encoding="utf-8")
    here = Drafts(folder.parent, [SETS]).examined(folder)
    assert examined_apart(folder, [SETS], 120) == here
    assert here["status"] == ("checked" if name == "whole" else "rejected")


def test_what_takes_too_long_is_given_up_and_told(folder: Path) -> None:
    (folder / "认证.policy").write_text(TEXT, encoding="utf-8")
    began = time.monotonic()
    found = examined_apart(folder, [], 0.05)
    assert found is not None and found["status"] == "rejected"
    assert [each["code"] for each in found["findings"]] == ["ZR765"]
    assert time.monotonic() - began < 30


@pytest.mark.skipif(os.name == "nt", reason="no bound for memory there")
def test_what_takes_too_much_memory_is_given_up_and_told(folder: Path) -> None:
    copytree(POLICIES / "weihai", folder, dirs_exist_ok=True)
    found = examined_apart(folder, [POLICIES], 120, most=100 << 20)
    assert found is not None and found["status"] == "rejected"
    assert [each["code"] for each in found["findings"]] == ["ZR765"]


def test_a_process_that_breaks_is_not_the_end_of_it(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining.sys, "executable", "/bin/false")
    api: Served = serve("cert", drafts=tmp_path / "drafts", apart=True)
    assert api.ask("/v1/drafts", {"files": {"认证.policy": TEXT}})["status"] == "checked"


@pytest.mark.skipif(os.name == "nt", reason="no signals there")
def test_a_draft_that_kills_the_process_is_not_tried_where_decisions_are_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(examining.sys, "executable", str(broken))
    found = examined_apart(folder, [], 120)
    assert found is not None and found["status"] == "rejected"
    assert [each["code"] for each in found["findings"]] == ["ZR765"]


def test_a_service_has_its_drafts_checked_apart(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api: Served = serve("cert", drafts=tmp_path / "drafts", apart=True)
    monkeypatch.setattr(Drafts, "examined", lambda *_: pytest.fail("it was checked here"))
    told = api.ask("/v1/drafts", {"files": {"认证.policy": TEXT}})
    assert (told["status"], told["tests"]["failed"]) == ("checked", [])
