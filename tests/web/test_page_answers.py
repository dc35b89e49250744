"""An address of an answer shows the answer that was given, or none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import SETS, Serve, Served
from tests.web.test_pages import secret, send, text_of

from zhunru import open_policy

SENT = {
    "f:来文单位": "卫健局",
    "f:目标社区": "向阳社区",
    "f:事项": "走访慰问",
    "f:经费到位": "是",
}


@pytest.fixture
def console(serve: Serve, tmp_path: Path) -> Served:
    return serve("office", pages=True, store=str(tmp_path / "s.db"), log=tmp_path / "log")


def answered(console: Served, path: str, **more: str) -> str:
    """Send a form, and return where its answer stands."""
    empty = console.get("/intake")
    form = {"csrf": secret(empty), "key": key_of(empty), **SENT, **more}
    page = console.post(path, data=form, follow_redirects=True)
    assert page.status_code in (200, 422) and page.history, text_of(page)
    return str(page.request.url)


def with_other_words(tmp_path: Path) -> Any:
    """Return the set with an answer that is worded otherwise."""
    for each in (SETS / "office").iterdir():
        if each.is_file():
            (tmp_path / each.name).write_text(
                each.read_text(encoding="utf-8").replace("已超过频次", "一年一次"), encoding="utf-8"
            )
    return open_policy(tmp_path)


def shows_none(page: Any) -> bool:
    """Tell whether a page shows what was filled in, and no answer to it."""
    told = text_of(page)
    none = 'class="outcome' not in page.text and 'class="letter"' not in page.text
    return none and "走访慰问" in page.text and "2026-03-02" in told and "请再按一次“判定”" in told


@pytest.mark.parametrize("path", ["/intake", "/intake/letter"])
def test_after_a_publication_no_other_answer_stands_in_the_place_of_the_one_given(
    console: Served, tmp_path: Path, path: str
) -> None:
    place = answered(console, path)
    given = text_of(console.get(place))
    assert "请再按一次" not in given
    (tmp_path / "set").mkdir()
    tenant = console.app.state.service.tenants[""]  # type: ignore[attr-defined]
    tenant.replace(with_other_words(tmp_path / "set"), console.clock(), 1)
    assert shows_none(console.get(place))
    english = console.get(f"{place}&lang=en")
    assert "decided on 2026-03-02" in text_of(english) and "走访慰问" in english.text


@pytest.mark.parametrize("path", ["/intake", "/intake/letter"])
def test_on_another_day_the_answer_is_the_one_of_its_day(console: Served, path: str) -> None:
    place = answered(console, path)
    given = console.get(place).text
    assert "2026-03-02" in given or "2026年3月2日" in given
    console.clock.forward(days=1)
    assert text_of_body(console.get(place).text) == text_of_body(given)


def text_of_body(page: str) -> str:
    """Return the part of a page that is not of the session."""
    begin = '<article class="letter">' if "<article" in page else '<section class="card"'
    return page.partition(begin)[2]


@pytest.mark.parametrize("path", ["/intake", "/intake/letter"])
def test_after_a_quota_was_used_up_no_answer_stands_that_was_not_given(
    console: Served, path: str
) -> None:
    place = answered(console, path)
    given = text_of_body(console.get(place).text)
    street = {**SENT, "f:来文单位": "柳河街道", "apply": "1"}
    for key in "1234":
        assert text_of_body(console.get(place).text) == given, "as long as there is enough of it"
        send(console, "/intake/record", {**street, "key": key}, page="/intake")
    assert "已超过频次" in text_of(send(console, "/intake", SENT))
    assert shows_none(console.get(place))


def test_what_was_refused_is_not_decided_by_looking_at_it_again(console: Served) -> None:
    place = answered(console, "/intake", **{"f:经费到位": "也许"})
    again = console.get(place)
    assert again.status_code == 422 and 'class="outcome' not in again.text


def test_an_open_answer_goes_on_from_its_address(console: Served) -> None:
    place = answered(console, "/intake", **{"f:经费到位": ""})
    page = console.get(place)
    assert "经费到位" in text_of(page) and 'class="outcome incomplete"' in page.text
    form = {"csrf": secret(page), **SENT}
    done = console.post("/intake", data=form, follow_redirects=True)
    assert 'class="outcome admit"' in done.text


def test_an_answer_that_is_gone_back_to_is_put_on_record_once(console: Served) -> None:
    place = answered(console, "/intake")
    found, told = [], []
    for changed in ({}, {}, {"f:事项": "走访慰问老人"}):
        page = console.get(place)
        form = {"csrf": secret(page), **SENT, "key": key_of(page), "apply": "1", **changed}
        case = console.post("/intake/record", data=form, follow_redirects=True)
        found.append(case.url.path)
        told.append("没有重复登记" in text_of(case))
        console.clock.forward(days=1)
    assert found[0] == found[1] != found[2], "what was filled in otherwise is another request"
    assert told == [False, True, False]
    assert key_of(console.get("/intake")) != key_of(console.get("/intake"))


def key_of(page: Any) -> str:
    """Return what a form is known by when it is put on record."""
    found = re.search(r'name="key" value="([^"]+)"', page.text)
    assert found
    return found[1]
