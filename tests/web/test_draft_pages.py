"""草案对比 as policy staff go through it: two people, a shadow, two versions, and back again."""

from __future__ import annotations

import threading
from threading import Event
from typing import Any

import pytest
from tests.web.conftest import bearer
from tests.web.test_pages import send, text_of
from tests.web.test_publishing import OTHER, TEXT, WRITE, outcome, start

from zhunru.web.pages import draftpages, impact, waiting

__all__ = ["start"]  # a fixture

UPLOAD = ("认证.policy", OTHER.encode("gb18030"), "text/plain")


def sign_in(api: Any, name: str) -> None:
    """Sign in as somebody else; nothing of whoever sat here before is kept."""
    api.cookies.clear()
    assert send(api, "/sign-in", {"token": name}).status_code == 200


def hand_in(api: Any, *files: tuple[str, bytes, str], note: str = "试改") -> Any:
    return send(api, "/drafts", {"note": note}, files=[("files", each) for each in files])


@pytest.fixture
def api(start: Any) -> Any:
    """Return a service with somebody who drafts before it."""
    made = start(pages=True)
    sign_in(made, "author")
    return made


def press(api: Any, who: str, path: str, verb: str, **fields: str) -> Any:
    sign_in(api, who)
    return send(api, f"{path}/{verb}", fields, page=path)


def published(api: Any, text: bytes) -> Any:
    """Lead a draft through the hands of three people to where it is current."""
    sign_in(api, "author")
    path = str(hand_in(api, ("认证.policy", text, "text/plain")).url.path)
    assert "已批准，待发布" in text_of(press(api, "second", path, "approve"))
    page = press(api, "publisher", path, "publish")
    assert "已发布" in text_of(page) and "草案与现行规则相同" in text_of(page)
    return page


def test_a_version_is_published_by_others_and_gone_back_from(api: Any) -> None:
    assert outcome(api) == "refuse"
    published(api, OTHER.encode("gb18030"))
    assert outcome(api) == "admit"
    published(api, TEXT.encode() + b"\n# again\n")
    assert outcome(api) == "refuse"
    page = text_of(api.get("/drafts"))
    assert "第 2 版" in page and "区民政局 张三 区民政局 李四 区民政局 王五" in page
    assert page.count("现行") == 1 and page.count("退回这一版") == 1
    code = api.get("/v1/bundles", headers=bearer("author")).json()["bundles"][0]["code"]
    back = send(api, "/drafts/version", {"set": code, "number": "1"}, page="/drafts")
    assert f"已经退回：{code} 1" in text_of(back)
    assert outcome(api) == "admit"


def test_only_who_may_publish_goes_back(api: Any) -> None:
    published(api, OTHER.encode())
    published(api, TEXT.encode() + b"\n# again\n")
    sign_in(api, "second")
    assert "退回这一版" not in api.get("/drafts").text
    sent = {"set": "x", "number": "1"}
    refused = send(api, "/drafts/version", sent, page="/drafts")
    assert refused.status_code == 403 and "ZR791" in refused.text


def test_what_a_shadow_decides_otherwise_is_counted_by_reason(api: Any) -> None:
    path = str(hand_in(api, UPLOAD).url.path)
    assert "停止影子运行" in text_of(send(api, path + "/shadow", {"on": "1"}, page=path))
    for _ in range(3):
        assert outcome(api) == "refuse"
    assert outcome(api, {**WRITE, "动作": "read"}) == "admit"
    page = text_of(api.get(path))
    assert "同时判定 4 件，结论不同 3 件" in page
    assert "拒绝 → 准入" in page and page.count(" 3 ") >= 1
    stopped = text_of(send(api, path + "/shadow", {"on": "0"}, page=path))
    assert "影子运行的结果" not in stopped


def test_findings_name_the_file_that_they_are_in(api: Any) -> None:
    bad = TEXT.replace("为 alice", "为为 alice").encode()
    page = text_of(hand_in(api, ("规则/认证.policy", bad, "text/plain")))
    assert "检查没有通过" in page and "认证.policy 第 " in page


WORKBOOK = ("名册/清单.xlsx", b"PK\x03\x04", "application/octet-stream")


def test_files_that_are_no_part_of_a_set_are_not_left_out_silently(api: Any) -> None:
    page = text_of(hand_in(api, UPLOAD, WORKBOOK))
    assert "检查通过" in page and "没有取用：名册/清单.xlsx" in page and "zhunru import" in page


def test_two_files_of_one_name_are_told_and_not_laid_over_each_other(api: Any) -> None:
    inside = ("名册/认证.policy", OTHER.encode(), "text/plain")
    beside = ("认证.policy", TEXT.encode(), "text/plain")
    page = hand_in(api, inside, beside, note="二季度修订")
    assert page.status_code == 400 and "ZR915" in page.text and "认证.policy" in page.text
    assert 'value="二季度修订"' in page.text
    assert "检查通过" in text_of(hand_in(api, inside, inside))


def test_names_of_files_left_out_are_joined_as_the_language_does(api: Any) -> None:
    other = ("名册/说明.docx", b"PK", "application/octet-stream")
    assert "名册/清单.xlsx、名册/说明.docx" in text_of(hand_in(api, UPLOAD, WORKBOOK, other))
    api.get("/drafts?lang=en")
    assert "名册/清单.xlsx, 名册/说明.docx" in text_of(hand_in(api, UPLOAD, WORKBOOK, other))


def test_a_draft_that_takes_long_to_compare_says_so_and_comes_back(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()
    weigh = impact.weigh
    waits = lambda *given, **more: (go_on.wait(60), weigh(*given, **more))[1]  # noqa: E731
    monkeypatch.setattr(impact, "weigh", waits)
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    first = hand_in(api, UPLOAD)
    assert "检查通过" in text_of(first) and "正在与现行规则逐项比对" in text_of(first)
    assert 'http-equiv="refresh"' in first.text and "拒绝 → 准入" not in text_of(first)
    go_on.set()
    monkeypatch.setattr(waiting, "PATIENCE", 120.0)
    again = api.get(str(first.url))
    assert "正在与现行规则逐项比对" not in again.text and 'http-equiv="refresh"' not in again.text
    assert 'class="card meaning"' in again.text


def test_what_one_service_compared_is_not_taken_for_done_by_another(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where its objects lie in memory where those of the one before lay."""
    for module in (draftpages, impact):
        monkeypatch.setattr(module, "id", lambda _: 1, raising=False)
    before = start(pages=True)
    sign_in(before, "author")
    first = hand_in(before, UPLOAD)
    assert "正在与现行规则逐项比对" not in before.get(str(first.url)).text
    after = start(pages=True)
    sign_in(after, "author")
    go_on = Event()
    weigh = impact.weigh
    waits = lambda *given, **more: (go_on.wait(9), weigh(*given, **more))[1]  # noqa: E731
    monkeypatch.setattr(impact, "weigh", waits)
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    assert "正在与现行规则逐项比对" in text_of(after.get(first.url.path))
    go_on.set()


def test_what_a_draft_means_is_not_weighed_again_for_each_new_decision(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(hand_in(api, UPLOAD).url.path)
    outcome(api)
    monkeypatch.setattr(impact, "weigh", lambda *_, **__: pytest.fail("it is known"))
    assert "放宽" in text_of(api.get(f"{path}/meaning"))


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (WORKBOOK, "ZR913"),
        (("", b"", "application/octet-stream"), "ZR914"),
        (("坏.policy", b"\x00\x01\x02" * 99, "text/plain"), "ZR803"),
        (("../../坏.policy", b"# x", "text/plain"), "ZR"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_the_form_and_the_note_stays(
    api: Any, upload: tuple[str, bytes, str], code: str
) -> None:
    page = hand_in(api, upload, note="二季度修订")
    assert page.status_code in (400, 422)
    assert code in page.text and 'value="二季度修订"' in page.text
    assert 'role="alert"' in page.text and 'type="file"' in page.text


def test_an_archive_is_to_be_unpacked(api: Any) -> None:
    page = hand_in(api, ("规则集.zip", b"PK", "application/zip"))
    assert "ZR913" in page.text and "压缩包先解压" in text_of(page)


def test_whoever_signs_in_is_led_to_a_page_that_they_may_see(api: Any) -> None:
    sign_in(api, "second")
    page = send(api, "/sign-in", {"token": "second"})
    assert page.url.path == "/drafts"
    assert 'href="/drafts"' in page.text and 'href="/intake"' not in page.text


def test_a_mistake_of_ours_in_a_comparison_is_told_by_a_reference_and_leaves_no_trace(
    api: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*given: object, **more: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(impact, "weigh", fails)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    page = hand_in(api, UPLOAD)
    assert page.status_code == 500 and "参考号" in page.text
    assert "Traceback" not in capfd.readouterr().err
