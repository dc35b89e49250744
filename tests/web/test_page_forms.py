"""What stands in forms before they are filled in, in titles afterwards, and on paper."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.web.conftest import Serve, Served
from tests.web.test_pages import send

from zhunru.reports.sections import Section
from zhunru.web.pages.visit import templates


@pytest.fixture
def console(serve: Serve, tmp_path: Path) -> Served:
    return serve("weihai", pages=True, store=str(tmp_path / "store.db"))


def act(console: Served, case: str, action: str, **inputs: Any) -> None:
    (who, *_) = console.get(f"/v1/cases/{case}").json()["owners"]
    step = {"action": action, "inputs": inputs, "as": f"{who} 王芳", "key": f"{action}{who}"}
    console.ask(f"/v1/cases/{case}/actions", step)


def fields_of(console: Served, case: str, action: str) -> dict[str, tuple[str, bool]]:
    """Return what stands in the fields of an action, and whether they are marked as required."""
    page = unescape(console.get(f"/cases/{case}").text)
    form = page.partition(f'name="action" value="{action}"')[2].partition("</form>")[0]
    found = re.findall(r'<input id="f\S+" name="f:([^"]+)"([^>]*)>', form)
    return {
        name: (re.findall(r'value="([^"]*)"', more)[0], "aria-required" in more)
        for name, more in found
    }


def test_no_party_finds_what_another_party_answered_in_its_own_form(console: Served) -> None:
    opening = {
        "flow": "吹哨报到",
        "as": "幸福社区 王芳",
        "key": "c",
        "facts": {"目标社区": "幸福社区"},
    }
    case = console.ask("/v1/cases", opening)["case"]
    act(console, case, "吹哨", 情形="应急处置", 本社区职责="否", 已采取措施="围挡")
    act(console, case, "派哨", 主办="示例区公安局", 协办="示例区财政局")
    act(console, case, "签到", 到场时间="2026-03-02 09:10", 现场照片="照片1")
    assert console.get(f"/v1/cases/{case}").json()["facts"]["现场照片"] == "照片1"
    assert fields_of(console, case, "签到") == {"到场时间": ("", True), "现场照片": ("", True)}


def test_what_is_known_and_has_to_be_given_anew_is_marked_as_required(console: Served) -> None:
    opening = {
        "flow": "走访反映",
        "as": "幸福社区 王芳",
        "key": "c",
        "facts": {"反映问题": "路灯不亮"},
    }
    case = console.ask("/v1/cases", opening)["case"]
    known = fields_of(console, case, "登记反映")["反映问题"]
    assert known == ("路灯不亮", True)
    step = {"action": "登记反映", "inputs": {"走访对象": "张家"}, "as": "幸福社区 王芳", "key": "s"}
    refused = console.post(f"/v1/cases/{case}/actions", json=step).json()
    assert refused["code"] == "ZR726" and "反映问题" in refused["detail"]


def test_what_came_of_a_form_is_in_the_title_which_is_read_out_first(console: Served) -> None:
    sent = {"f:来文单位": "区市场监管局", "f:类别": "系统应用", "f:事项": "反诈应用推广"}
    answered = send(console, "/intake", sent)
    assert "<title>不予准入 · 受理 · " in answered.text
    assert "<title>受理 · " in console.get("/intake").text
    opening = {
        "flow": "走访反映",
        "as": "幸福社区 王芳",
        "key": "c",
        "facts": {"反映问题": "路灯不亮"},
    }
    path = "/cases/" + console.ask("/v1/cases", opening)["case"]
    step = {
        "action": "登记反映",
        "f:走访对象": "张家",
        "f:反映问题": "路灯不亮",
        "as": "幸福社区 王芳",
    }
    assert "<title>路灯不亮" in console.get(path).text
    assert "<title>已经办理 · 路灯不亮" in send(console, path, {**step, "key": "s"}).text


def test_a_printed_list_says_what_was_asked_for(console: Served) -> None:
    opening = {
        "flow": "走访反映",
        "as": "幸福社区 王芳",
        "key": "c",
        "facts": {"反映问题": "路灯不亮"},
    }
    console.ask("/v1/cases", {**opening, "facts": {"目标社区": "幸福社区", "反映问题": "路灯不亮"}})
    asked = {"who": "幸福社区", "set": "威海减负", "in": "走访反映", "q": "路灯"}
    page = console.get("/cases", params=asked).text
    assert 'asked">在办 · 威海减负 · 幸福社区 · 走访反映 · 路灯</caption>' in page
    page = console.get("/lists?force=standing&q=" + quote("老年人")).text
    assert 'asked">威海减负 · 施行中 · 老年人</caption>' in page
    assert console.get("/lists?force=nothing").status_code == 200
    style = console.get("/static/console.css").text.partition("@media print")[2]
    assert ".unseen.asked { position: static;" in style


def test_a_table_of_the_board_has_as_many_rows_as_it_says() -> None:
    rows = tuple((f"第{n}局", n) for n in range(150))
    columns = (("单位", "unit"), ("件数", "number"))
    section = Section("departments", ("各部门", "By department"), columns, rows)
    table = templates().get_template("tables.html").module.figure  # type: ignore[attr-defined]
    found = table(section, {"departments": "{}"}, {"figures": "", "aside": "（{0}）"}.get, 0)
    assert "（150）" in found and found.count('<th scope="row">') == 150
