"""What is handed in that cannot take the place of a set, and who is offered which step."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.web.test_draft_pages import UPLOAD, hand_in, sign_in
from tests.web.test_pages import secret, send, text_of
from tests.web.test_publishing import OTHER, start, step
from tests.web.test_publishing import hand_in as hand_in_by_api

from zhunru.web.pages import waiting

__all__ = ["start"]  # a fixture


@pytest.fixture
def api(start: Any) -> Any:
    made = start(pages=True)
    sign_in(made, "author")
    return made


@pytest.mark.parametrize("text", [OTHER.replace("政策 ", "政策 另-", 1), "", "# 只有批注\n"])
def test_a_draft_that_would_replace_none_of_the_sets_is_rejected(api: Any, text: str) -> None:
    page = hand_in(api, ("认证.policy", text.encode(), "text/plain"))
    told = text_of(page)
    assert "检查没有通过" in told and "ZR758" in told and "第 0 行" not in told
    offered = re.findall(r"<button[^>]*>([^<]*)<", page.text.partition('class="buttons"')[2])
    assert offered == ["撤回草案"]
    draft = str(page.url.path).rpartition("/")[2]
    assert step(api, draft, "approve", "second").status_code == 409


def test_a_draft_that_was_in_order_for_a_set_no_longer_served_is_not_published(
    start: Any, api: Any
) -> None:
    draft = hand_in_by_api(api)["draft"]
    drafts = api.app.state.service.tenants.get("").drafts
    drafts.put({**drafts.state(draft), "set": "另-1"})
    assert step(api, draft, "approve", "second").json()["code"] == "ZR758"


def test_files_that_are_no_part_of_a_set_are_named(api: Any) -> None:
    page = text_of(hand_in(api, ("说明.txt", b"x", "text/plain")))
    assert "ZR913" in page and "说明.txt" in page and "没有选文件" not in page


def test_steps_are_offered_to_whom_they_are_open(start: Any, api: Any) -> None:
    path = str(hand_in(api, UPLOAD).url.path)
    sign_in(api, "publisher")
    assert "<button>批准</button>" not in api.get(path).text
    sign_in(api, "second")
    assert "<button>批准</button>" in api.get(path).text
    assert step(api, path.rpartition("/")[2], "approve", "second").status_code == 200
    assert "<button>发布</button>" not in api.get(path).text
    sign_in(api, "publisher")
    assert "<button>发布</button>" in api.get(path).text


def test_without_a_key_nobody_is_offered_to_publish(start: Any) -> None:
    made = start(pages=True, key=None)
    sign_in(made, "author")
    path = str(hand_in(made, UPLOAD).url.path)
    step(made, path.rpartition("/")[2], "approve", "second")
    page = made.get(path)
    assert "<button>发布</button>" not in page.text and "没有配签名密钥" in text_of(page)


def test_a_draft_sent_after_the_sign_in_was_over_says_that_files_are_chosen_again(api: Any) -> None:
    page = api.get("/drafts")
    api.clock.forward(hours=10)
    turned = hand_in_of(api, page, note="试改一处")
    assert "选的文件没有留下" in text_of(turned)
    again = send(api, "/sign-in", {"token": "author", "next": next_of(turned)})
    assert 'value="试改一处"' in again.text and str(again.url.path) == "/drafts"


def hand_in_of(api: Any, page: Any, note: str) -> Any:
    sent = {"csrf": secret(page), "note": note}
    return api.post("/drafts", data=sent, files=[("files", UPLOAD)], follow_redirects=True)


def next_of(page: Any) -> str:
    found = re.search(r'name="next" value="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def test_a_draft_is_taken_back_by_who_wrote_it_and_goes_no_further(api: Any) -> None:
    path = str(hand_in(api, UPLOAD).url.path)
    draft = path.rpartition("/")[2]
    assert step(api, draft, "withdraw", "second").json()["code"] == "ZR797"
    sign_in(api, "second")
    assert "撤回草案" not in api.get(path).text
    assert step(api, draft, "shadow", "author", on=True).status_code == 200
    assert step(api, draft, "approve", "second").status_code == 200
    sign_in(api, "author")
    page = send(api, f"{path}/withdraw", {}, page=path)
    told = text_of(page)
    assert (
        "已撤回" in told
        and "撤回草案" not in page.text
        and "批准" not in told.partition("规则集")[0]
    )
    for verb, who in (("approve", "second"), ("publish", "publisher"), ("withdraw", "author")):
        refused = step(api, draft, verb, who)
        assert refused.status_code == 409 and "已经撤回" in refused.text
    assert api.app.state.service.tenants.get("").shadows == {}
    compared = api.get(f"{path}/impact")
    assert compared.status_code == 409 and "已经撤回" in compared.text
    assert "李四" not in told
    assert "已撤回" in text_of(api.get("/drafts"))


@pytest.mark.parametrize("name", ["来件.xls", "来件.doc"])
def test_a_file_of_past_requests_that_cannot_be_read_is_told_by_its_kind(
    api: Any, name: str
) -> None:
    path = str(hand_in(api, UPLOAD).url.path)
    sent = {"csrf": secret(api.get(f"{path}/impact"))}
    old = [("history", (name, b"\xd0\xcf\x11\xe0", "application/octet-stream"))]
    page = text_of(api.post(f"{path}/impact", data=sent, files=old))
    assert "ZR780" in page and name[2:] in page and "另存为 .xlsx" in page


def test_works_that_are_begun_are_done_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.01)
    begun, at_once, most = waiting.Begun(), 0, 0

    def work() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.02)
        at_once -= 1

    for key in range(5):
        begun.is_ready(key, work)
    monkeypatch.setattr(waiting, "PATIENCE", 30.0)
    assert all(begun.is_ready(key, work) for key in range(5)) and most == 1


def test_the_second_person_sends_a_draft_back_and_its_author_reads_why(api: Any) -> None:
    path = str(hand_in(api, UPLOAD).url.path)
    draft = path.rpartition("/")[2]
    assert "退回修改" not in api.get(path).text
    assert step(api, draft, "return", "author", reason="不行").json()["code"] == "ZR795"
    assert step(api, draft, "return", "second", reason=" ").status_code == 400
    assert step(api, draft, "shadow", "author", on=True).status_code == 200
    assert step(api, draft, "approve", "second").status_code == 200
    sign_in(api, "second")
    told = text_of(send(api, f"{path}/return", {"reason": "依据没有写全"}, page=path))
    assert "已退回修改" in told and "：依据没有写全" in told and "批准人" not in told
    assert "再提交一次" not in told, "that is for its author to do"
    assert api.app.state.service.tenants.get("").shadows == {}
    for verb, who in (("approve", "second"), ("publish", "publisher")):
        refused = step(api, draft, verb, who)
        assert refused.status_code == 409 and "已经退回修改" in refused.text
    assert step(api, draft, "return", "second", reason="再退").status_code == 409
    sign_in(api, "author")
    page = api.get(path)
    assert "依据没有写全" in text_of(page) and "再提交一次" in text_of(page)
    again = re.search(r'href="(/drafts\?note=[^"]+)"', page.text)
    assert again and 'value="试改"' in api.get(unescape(again[1])).text
    assert "已退回修改" in text_of(api.get("/drafts"))
    assert "已撤回" in text_of(send(api, f"{path}/withdraw", {}, page=path))


def test_who_wrote_what_did_not_pass_is_told_what_to_do_next(api: Any) -> None:
    page = hand_in(api, ("认证.policy", "政策".encode(), "text/plain"))
    assert "再提交一次" in text_of(page) and '<span class="aid"> ·' not in page.text


def test_of_many_findings_each_is_shown_that_is_kept(api: Any) -> None:
    wrong = "".join(f'规则 多{n}\n  当 没有{n} 为 甲\n  拒绝 "不行"\n' for n in range(150))
    page = hand_in(api, ("认证.policy", (OTHER + wrong).encode(), "text/plain"))
    draft = str(page.url.path).rpartition("/")[2]
    kept = api.app.state.service.tenants.get("").drafts.state(draft)["findings"]
    assert len(kept) > 100 and page.text.count("<tr class=") == len(kept)


def test_a_hint_is_shown_like_what_is_worse(api: Any, serve: Any, tmp_path: Path) -> None:
    idle = OTHER + '规则 多余\n  当 主体 为 alice\n  拒绝 "不行"\n'
    page = hand_in(api, ("认证.policy", idle.encode(), "text/plain"))
    assert page.status_code == 200 and '<tr class="hint"><td>提示</td>' in page.text
    (tmp_path / "认证.policy").write_text(idle, encoding="utf-8")
    looked = serve(str(tmp_path / "认证.policy"), pages=True).get("/lists/findings?severity=hint")
    assert looked.status_code == 200 and '<tr class="hint">' in looked.text
    assert '<a href="/lists/findings?set=' in looked.text and "提示 <span" in looked.text
