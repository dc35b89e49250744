"""Work on drafts is done in a process of its own, within bounds, and comes to what it comes to."""

from __future__ import annotations

import os
import time
from datetime import date
from importlib import import_module
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from tests.shipped import POLICIES
from tests.web.conftest import SETS, Served, bearer
from tests.web.test_draft_pages import UPLOAD, hand_in, sign_in
from tests.web.test_pages import text_of
from tests.web.test_publishing import OTHER, outcome, published, start, step
from tests.web.test_publishing import hand_in as handed_in

from zhunru import PolicyRejected, open_policy
from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.web import apart, comparing, drafts
from zhunru.web.apart import Apart, Unfinished
from zhunru.web.comparing import changes, measure, packed, weigh
from zhunru.web.drafts import examined
from zhunru.web.pages import impact
from zhunru.web.problems import Mistake, internal, reference

__all__ = ["start"]  # a fixture

TEXT = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
TEXTS = {
    "whole": TEXT,
    "wrong": TEXT.replace("alice", "alice 且", 1),
    "no set": "字",
    "failing": TEXT + '\n测试 "不对"\n  | 主体 | 动作 | 资源 | 状态 | 角色 | 应 |\n',
}
THERE, HERE = Apart(120), Apart()


TOO_LONG = [diagnose("ZR765", NOWHERE, problem_zh="太久", problem_en="too long")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "0123456789abcdef" / "set"
    made.mkdir(parents=True)
    return made


@pytest.mark.parametrize("name", TEXTS)
def test_another_process_finds_the_same(folder: Path, name: str) -> None:
    (folder / "认证.policy").write_text(TEXTS[name], encoding="utf-8")
    here = HERE(examined, folder, (SETS,))
    assert THERE(examined, folder, (SETS,)) == here
    assert here["status"] == ("checked" if name == "whole" else "rejected")


def test_what_takes_too_long_is_given_up_and_told(folder: Path) -> None:
    (folder / "认证.policy").write_text(TEXT, encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(Unfinished, match="秒"):
        Apart(0.05)(examined, folder, ())
    assert time.monotonic() - began < 30


@pytest.mark.skipif(os.name == "nt", reason="no bound for memory there")
def test_what_takes_too_much_memory_is_given_up_and_told(folder: Path) -> None:
    copytree(POLICIES / "weihai", folder, dirs_exist_ok=True)
    with pytest.raises(Unfinished, match="内存"):
        Apart(120, most=100 << 20)(examined, folder, (POLICIES,))


def test_a_draft_that_is_given_up_is_rejected_and_says_why(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api: Served = serve("cert", drafts=tmp_path / "drafts", apart=True)
    monkeypatch.setattr(api.app.state.service.default.drafts, "_apart", Apart(0.05))
    told = api.ask("/v1/drafts", {"files": {"认证.policy": TEXT}})
    assert (told["status"], [each["code"] for each in told["findings"]]) == ("rejected", ["ZR765"])


def test_a_process_that_breaks_is_not_the_end_of_it(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    api: Served = serve("cert", drafts=tmp_path / "drafts", apart=True)
    assert api.ask("/v1/drafts", {"files": {"认证.policy": TEXT}})["status"] == "checked"


@pytest.mark.skipif(os.name == "nt", reason="no signals there")
def test_a_draft_that_kills_the_process_is_not_tried_where_decisions_are_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(apart.sys, "executable", str(broken))
    with pytest.raises(Unfinished, match="中断"):
        THERE(examined, folder, ())


def test_a_mistake_that_is_met_apart_is_not_made_again_where_decisions_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = "def work(tried):\n    tried.open('a').write('x')\n    1 / 0\n"
    (tmp_path / "mistaken.py").write_text(work, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    tried = tmp_path / "tried"
    with pytest.raises(Mistake) as met:
        THERE(import_module("mistaken").work, tried)
    assert tried.read_text() == "x"
    (told,) = internal(met.value).findings
    assert (told.code, reference(met.value) in told.zh) == ("ZR901", True)


def test_a_service_has_its_drafts_checked_apart(
    serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api: Served = serve("cert", drafts=tmp_path / "drafts", apart=True)
    monkeypatch.setattr(drafts, "check_policies", lambda *_: pytest.fail("it was checked here"))
    told = api.ask("/v1/drafts", {"files": {"认证.policy": TEXT}})
    assert (told["status"], told["tests"]["failed"]) == ("checked", [])


# --- comparing -----------------------------------------------------------------------------------


@pytest.fixture
def draft(folder: Path) -> comparing.Place:
    (folder / "认证.policy").write_text(OTHER, encoding="utf-8")
    return folder, (SETS,)


def test_another_process_compares_alike(draft: comparing.Place, tmp_path: Path) -> None:
    current = open_policy(SETS / "cert")
    history = tmp_path / "往年.csv"
    history.write_text("主体,动作,资源,状态,角色\nbob,write,r,active,无\n", encoding="utf-8")
    day = date(2026, 3, 2)
    assert THERE(changes, current, draft, None) == HERE(changes, current, draft, None)
    assert THERE(weigh, current, draft, None, known=False) == weigh(
        current, draft, None, known=False
    )
    found = THERE(measure, current, draft, history, day)
    assert found == HERE(measure, current, draft, history, day) and found.flipped == 1
    assert THERE(packed, draft)[1] == open_policy(draft[0]).digest


def test_what_a_published_version_is_compared_with_is_its_text(
    start: Any, draft: comparing.Place
) -> None:
    api = start(apart=True)
    published(api)
    current = api.app.state.service.default.current().policy
    found = THERE(changes, current, draft, None)
    assert found["meaning"]["old"]["digest"] == found["meaning"]["new"]["digest"] == current.digest


def test_a_draft_that_is_refused_there_is_refused_here(folder: Path) -> None:
    (folder / "认证.policy").write_text(TEXTS["wrong"], encoding="utf-8")
    with pytest.raises(PolicyRejected) as there:
        THERE(packed, (folder, ()))
    with pytest.raises(PolicyRejected) as here:
        HERE(packed, (folder, ()))
    assert there.value.diagnostics == here.value.diagnostics


def test_a_set_that_somebody_wrote_into_since_is_compared_as_it_was_opened(
    draft: comparing.Place, tmp_path: Path
) -> None:
    place = tmp_path / "现行"
    copytree(SETS / "cert", place)
    current = open_policy(place)
    (file,) = place.glob("*.policy")
    file.write_text(OTHER, encoding="utf-8")
    assert THERE(changes, current, draft, None)["meaning"]["status"] == "looser"


def test_a_service_compares_opens_and_publishes_its_drafts_apart(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start(apart=True, pages=True)
    monkeypatch.setattr(comparing, "_opened", lambda *_: pytest.fail("it was done here"))
    outcome(api)
    number = handed_in(api)["draft"]
    told = api.get(f"/v1/drafts/{number}/diff", headers=bearer("author")).json()
    assert (told["meaning"]["status"], told["impact"]["flipped"]) == ("looser", 1)
    assert step(api, number, "shadow", "author", on=True).json()["on"] is True
    sign_in(api, "author")
    page = api.get(f"/drafts/{number}")
    assert "拒绝 → 准入" in text_of(page) and 'class="card meaning"' in page.text
    assert api.get(f"/drafts/{number}/meaning").status_code == 200
    published(api)
    assert outcome(api) == "admit"


def test_a_comparison_that_is_given_up_is_told_on_the_page_of_the_draft_and_not_begun_again(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start(pages=True)
    sign_in(api, "author")
    path = str(hand_in(api, UPLOAD).url.path)
    tried = []

    def gives_up(*given: object, **named: object) -> None:
        tried.append(given)
        raise Unfinished(TOO_LONG)

    monkeypatch.setattr(impact, "weigh", gives_up)
    # As on a new morning: what was compared is forgotten, the draft is not.
    other = start(pages=True)
    sign_in(other, "author")
    for _ in range(2):
        page = other.get(path)
        assert page.status_code == 200 and "太久" in text_of(page) and "撤回" in text_of(page)
        assert 'http-equiv="refresh"' not in page.text
    assert other.get(f"{path}/meaning").status_code == 422
    assert len(tried) == 1


def test_what_is_compared_stays_so_where_counting_what_is_on_record_is_given_up(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = start(pages=True)
    sign_in(api, "author")
    path = str(hand_in(api, UPLOAD).url.path)
    whole, tried = impact.weigh, []

    def gives_up(*given: Any, known: bool) -> Any:
        tried.append(known)
        if known:
            raise Unfinished(TOO_LONG)
        return whole(*given, known=known)

    monkeypatch.setattr(impact, "weigh", gives_up)
    other = start(pages=True)
    sign_in(other, "author")
    assert 'class="card meaning"' in other.get(path).text
    outcome(other)  # what is on record is another thing now
    for _ in range(2):
        page = other.get(path)
        assert "太久" in text_of(page) and 'class="card meaning"' in page.text
    assert other.get(f"{path}/meaning").status_code == 200
    assert tried == [False, True]
    monkeypatch.setattr(impact, "weigh", whole)
    outcome(other)
    assert "太久" not in text_of(other.get(path))
