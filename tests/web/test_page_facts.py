"""How the pages ask for facts of every type, and how they show them again."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.web.conftest import SETS, Serve, Served, tokens_file
from tests.web.test_pages import secret, send, text_of

from zhunru import analysis
from zhunru.checker.resolved import ResolvedField, Type
from zhunru.vocabulary import Measure, TypeName
from zhunru.web.pages import casepages, facts, intake, waiting
from zhunru.web.pages.words import WORDS

SENT = {
    "f:来文单位": "卫健局",
    "f:目标社区": "向阳社区",
    "f:事项": "帮我填表",
    "f:涉及户数": "1200",
    "f:经费": "3000",
    "f:承担比例": "30%",
    "f:时刻": "2026-03-20 09:30",
    "f:期间": "2026-03-20 至 2026-04-20",
    "f:身份证号": "420101199001011234",
}


@pytest.fixture
def console(serve: Serve, tmp_path: Path) -> Served:
    return serve("office", pages=True, store=str(tmp_path / "store.db"))


@pytest.fixture
def case(console: Served) -> str:
    """Return the path of an application that waits to be handed in."""
    sent = {**SENT, "apply": "1", "key": "a"}
    page = send(console, "/intake/record", sent, page="/intake")
    found = re.search(r'href="(/cases/[^"?]+\.1)"', page.text)
    assert found, text_of(page)
    return unescape(found[1])


def act(console: Served, case: str, action: str, who: str, **filled: str) -> Any:
    fields = {f"f:{name}": value for name, value in filled.items()}
    sent = {"action": action, "as": who, "key": f"{action}{who}", **fields}
    return send(console, case, sent)


def test_what_was_typed_is_shown_in_the_other_language_and_nothing_is_done(
    console: Served, case: str
) -> None:
    action, *_ = re.findall(r'name="action" value="([^"]+)"', console.get(case).text)
    sent = {"action": action, "as": "卫健局 张三", "key": "1", "f:事项": "另外的", "unsent": "1"}
    page = send(console, case + "?lang=en", sent, page=case)
    assert '<html lang="en">' in page.text and "What happened" in text_of(page)
    form = re.search(r"<form[^>]* data-kept>.*?</form>", page.text, re.S)
    assert form and f'value="{action}"' in form[0] and 'value="卫健局 张三"' in form[0]
    history = console.get(f"/v1{case}/history").json()
    assert len(history["events"]) == 1


# --- asking --------------------------------------------------------------------------------------


def test_intake_says_in_which_unit_and_within_which_bounds_a_number_is_filled_in(
    console: Served,
) -> None:
    page = text_of(console.get("/intake"))
    for words in (
        "单位：户；范围：0 至 20000",
        "单位：元；范围：0 至 1000000",
        "起止两天，如",
        "日期和钟点，如 2026-03-01 09:30",
        "按这一天的规则办",
        "须由柳河街道确认",
        "保密，不写进告知书",
    ):
        assert words in page, words
    filled = text_of(send(console, "/intake", {"f:涉及户数": "12", "f:目标社区": "向阳社区"}))
    assert filled.count("单位：户") == 1


def test_of_several_choices_one_may_have_the_mark_between_them_inside(console: Served) -> None:
    both = ["老年人", "困难群众(含低保户、特困户)"]
    found = send(console, "/intake", {"f:目标社区": "向阳社区", "f:服务对象": both})
    assert found.status_code == 200, text_of(found)
    ticked = re.findall(r'name="f:服务对象" value="([^"]+)" checked', unescape(found.text))
    assert ticked == both


# --- showing -------------------------------------------------------------------------------------


def test_a_case_shows_facts_with_their_units_in_the_order_of_the_form(
    console: Served, case: str
) -> None:
    page = text_of(console.get(case)).partition("经过")
    for shown in (page[0], page[2]):
        for words in ("1200户", "3000元", "30%", "2026-03-20 09:30", "2026-03-20 至 2026-04-20"):
            assert words in shown, (words, shown)
        assert shown.index("来文单位") < shown.index("目标社区") < shown.index("涉及户数")
    english = text_of(console.get(f"{case}?lang=en"))
    for words in ("1200 households", "3000 yuan", "30%", "2026-03-20 to 2026-04-20"):
        assert words in english, words


def test_what_is_known_already_is_filled_in_as_it_is_read_again(console: Served, case: str) -> None:
    page = console.get(case)
    known = {}
    for name in ("期间", "时刻", "涉及户数"):
        found = re.search(rf'name="f:{name}"[^>]* value="([^"]*)"', page.text)
        assert found, name
        known[name] = found[1]
    assert known["期间"] == "2026-03-20 至 2026-04-20"
    assert known["时刻"] == "2026-03-20 09:30"
    assert "已经办理" in text_of(act(console, case, "提交", "卫健局", **known))


def test_a_letter_holds_no_confidential_fact_and_shows_numbers_with_their_units(
    console: Served,
) -> None:
    sent = {**SENT, "f:事项": "给420101199001011234上门填表"}
    letter = text_of(send(console, "/intake/letter", sent, page="/intake"))
    assert "1200户" in letter and "3000元" in letter and "30%" in letter
    assert "420101199001011234" not in letter and "身份证号" not in letter
    assert "给（保密）上门填表" in letter
    english = send(console, "/intake/letter", sent, page="/intake?lang=en").text
    assert 'derive it again. <span lang="zh-CN">办件页面用的规则集' in english


# --- what every workflow lets people do ------------------------------------------------------------


def test_a_row_of_a_letter_that_would_fill_a_sheet_may_be_parted(console: Served) -> None:
    for name, long in (("走访" * 1000, True), ("走访慰问", False)):
        sent = {**SENT, "f:事项": name}
        page = send(console, "/intake/letter", sent, page="/intake").text
        assert ('<tr class="long"><th scope="row">事项</th>' in page) is long
        assert page.count('class="long"') == long
    style = re.search(r'href="(/[^"]*console[^"]*\.css[^"]*)"', page)
    assert style and ".letter tr.long { page-break-inside: auto; }" in console.get(style[1]).text


def test_a_clock_is_stopped_and_started_again_on_the_page(console: Served, case: str) -> None:
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    act(console, case, "提交", "卫健局", **known)
    assert "停表、延期、督办、改派等" in text_of(console.get(case))
    refused = act(console, case, "停表", "民政局")
    assert refused.status_code == 409 and "事由" in text_of(refused)
    stopped = text_of(act(console, case, "停表", "民政局", 事由="等待鉴定"))
    assert "停表事由 等待鉴定" in stopped
    assert "同意 → 办结 （现在不能办）" in stopped
    assert "<button>延期</button>" not in console.get(case).text
    # Why it runs again is on record, so the page asks for it, as for why it stood.
    form = console.get(case).text.partition('value="恢复"')[2].partition("</form>")[0]
    assert 'name="f:理由"' in form
    again = text_of(act(console, case, "恢复", "民政局", 理由="鉴定好了"))
    assert "停表事由" not in again and "鉴定好了" in again


def test_a_role_that_no_unit_has_is_said_on_the_page_and_in_the_list(
    serve: Serve, tmp_path: Path
) -> None:
    text = (SETS / "office" / "office.policy").read_text(encoding="utf-8")
    text = text.replace(
        "| 民政局   | 部门 | 柳河区   | 民政部门 |", "| 民政局   | 部门 | 柳河区   | -        |"
    )
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "office.policy").write_text(text, encoding="utf-8")
    console = serve(str(tmp_path / "set"), pages=True, store=str(tmp_path / "store.db"))
    page = send(console, "/intake/record", {**SENT, "apply": "1", "key": "a"}, page="/intake")
    found = re.search(r'href="(/cases/[^"?]+\.1)"', page.text)
    assert found, text_of(page)
    assert "没有单位担任" not in text_of(console.get("/cases"))
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    shown = text_of(act(console, unescape(found[1]), "提交", "卫健局", **known))
    assert (
        shown.count("没有单位担任“民政部门”") == 2
    )  # beside whose turn it is, and in the time line
    for address in ("/cases", "/cases?who=民政部门"):
        assert "民政部门 没有单位担任" in text_of(console.get(address))


def test_an_extension_is_asked_for_and_granted_on_the_page(console: Served, case: str) -> None:
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    before = text_of(act(console, case, "提交", "卫健局", **known))
    assert "2026-03-04 18:00" in before
    asked = act(console, case, "延期", "民政局", 理由="等材料")
    assert "<button>同意延期</button>" in asked.text and "<button>延期</button>" not in asked.text
    granted = text_of(act(console, case, "同意延期", "督查组"))
    assert "2026-03-09 18:00" in granted


def test_what_a_state_forbids_is_not_offered_and_english_pages_name_the_rest(
    console: Served, case: str
) -> None:
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    act(console, case, "提交", "卫健局", **known)
    page = console.get(f"{case}?lang=en")
    assert "<button>supervise</button>" in page.text and "<button>merge</button>" not in page.text
    assert "<button>reassign</button>" in page.text


def test_a_closed_case_and_a_record_offer_nothing(console: Served, case: str) -> None:
    closed = text_of(act(console, case, "撤回", "卫健局"))
    assert "已办结" in closed and "停表、延期" not in closed
    record = case.removesuffix(".1")
    assert "停表、延期" not in text_of(console.get(record))


def test_somebody_who_may_not_is_told_why(serve: Serve, tmp_path: Path) -> None:
    scopes = ["decide", "cases:read", "cases:write"]
    rows = [
        {"id": n, "token": n, "scopes": scopes, "actor": a}
        for n, a in (("a", "卫健局 刘一"), ("b", "向阳社区 赵六"))
    ]
    made = serve(
        "office", pages=True, store=str(tmp_path / "s.db"), tokens=tokens_file(tmp_path, *rows)
    )
    send(made, "/sign-in", {"token": "a"})
    page = send(made, "/intake/record", {**SENT, "apply": "1", "key": "a"}, page="/intake")
    found = re.search(r'href="(/cases/[^"?]+\.1)', page.text)
    assert found
    made.cookies.clear()
    send(made, "/sign-in", {"token": "b"})
    refused = send(made, found[1], {"action": "撤回", "key": "1"})
    assert refused.status_code == 409 and "由 卫健局 撤回" in text_of(refused)


# --- in words --------------------------------------------------------------------------------------

KNOWN = {
    "f:来文单位": "卫健局",
    "f:目标社区": "向阳社区",
    "f:事项": "走访慰问",
    "f:经费到位": "是",
}


def test_a_quota_is_asked_for_in_words_on_pages_and_in_letters(serve: Serve) -> None:
    console = serve("office", pages=True)
    page = text_of(send(console, "/intake", KNOWN))
    assert page.count("协助事项/TX-1：每年已用次数") == 2 and "TX-1.每年" not in page
    letter = text_of(send(console, "/intake/letter", KNOWN, page="/intake"))
    assert "协助事项/TX-1：每年已用次数" in letter
    english = text_of(send(console, "/intake", KNOWN, page="/intake?lang=en"))
    assert "协助事项/TX-1: times used, yearly" in english


def test_english_pages_join_the_parts_of_a_duty_with_english_marks(serve: Serve) -> None:
    console = serve("office", pages=True)
    sent = {**KNOWN, "f:协助事项/TX-1.每年": "0"}
    page = text_of(send(console, "/intake", sent))
    assert "admit" not in page and "报送小结（卫健局）5个工作日" in page and "；逾期：通报" in page
    english = text_of(send(console, "/intake", sent, page="/intake?lang=en"))
    assert "overdue: 通报" in english
    listed = english.partition("报送小结")[2].partition("</li>")[0]
    assert not set("，；（）：") & set(listed), listed


def test_the_duties_of_an_entry_say_who_and_within_what_time(console: Served) -> None:
    page = console.get("/lists/entry?set=BG-1&of=BG-1&list=协助事项&code=TX-1")
    assert "报送小结，由来文单位，限5个工作日，通报" in text_of(page)


def test_no_way_is_called_the_longest_where_only_a_bound_is_known(console: Served) -> None:
    exact = text_of(console.get("/flows/BG-1/准入申请"))
    assert "红色粗线是最长的一路" in exact and "不超过" not in exact
    bound = text_of(console.get("/flows/BG-1/快办"))
    assert "不超过 3 个工作日 这是稳妥的上限" in bound and "红色粗线" not in bound
    drawn = console.get("/flows/BG-1/快办/picture.svg").text
    lit = console.get("/flows/BG-1/准入申请/picture.svg").text
    assert 'class="way lit"' in lit and ' lit"' not in drawn


# --- what came of an action ------------------------------------------------------------------------


def test_a_paper_that_a_case_issued_is_read_and_printed_from_its_page(
    console: Served, case: str
) -> None:
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    act(console, case, "提交", "卫健局", **known)
    page = act(console, case, "退回", "民政局", 期间="2026-03-20 至 2026-04-20")
    told = text_of(page)
    assert "签发 退回通知书（给卫健局）" in told and "要补写的：联系人" in told
    found = re.search(
        r'href="(/cases/[^"?]+/papers/\d+-1)[^"]*"[^>]*>关于退回的通知〔2026〕1号', page.text
    )
    assert found
    paper = console.get(unescape(found[1]))
    words = text_of(paper)
    for part in (
        "关于退回的通知 关于退回的通知〔2026〕1号",
        "卫健局：帮我填表",
        "（印章）",
        "打印",
    ):
        assert part in words, part
    assert "2026年3月20日至2026年4月20日" in words
    assert text_of(console.get(f"{case}?lang=en")).count("issued 退回通知书 (to 卫健局)") == 1
    assert console.get(unescape(found[1])[:-1] + "7").status_code == 404


def test_a_paper_shows_nobody_what_they_may_not_see(serve: Serve, tmp_path: Path) -> None:
    scopes = ["decide", "cases:read", "cases:write", "act-as"]
    rows = [
        {"id": "a", "token": "a", "scopes": scopes},
        {"id": "b", "token": "b", "scopes": scopes[:2], "actor": "督查组 钱七"},
    ]
    made = serve(
        "office", pages=True, store=str(tmp_path / "s.db"), tokens=tokens_file(tmp_path, *rows)
    )
    send(made, "/sign-in", {"token": "a"})
    page = send(
        made,
        "/intake/record",
        {**SENT, "f:联系人": "王芳", "apply": "1", "key": "a"},
        page="/intake",
    )
    found = re.search(r'href="(/cases/[^"?]+\.1)', page.text)
    assert found, text_of(page)
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    act(made, found[1], "提交", "卫健局", **known)
    page = act(made, found[1], "退回", "民政局", 期间="2026-03-20 至 2026-04-20")
    paper = re.search(r'href="(/cases/[^"?]+/papers/\d+-1)', page.text)
    assert paper and "要补写的" not in page.text
    assert "420101199001011234" in made.get(unescape(paper[1])).text
    made.cookies.clear()
    send(made, "/sign-in", {"token": "b"})
    assert "420101199001011234" not in made.get(unescape(paper[1])).text


def test_a_meeting_says_how_many_came_and_agreed(console: Served, case: str) -> None:
    known = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    act(console, case, "提交", "卫健局", **known)
    act(console, case, "上会", "民政局")
    held = act(console, case, "会议", "向阳社区", 应到="30", 到会="25", 赞成="20")
    assert "应到 30，到会 25，赞成 20" in text_of(held)
    assert "30 entitled, 25 present, 20 in favour" in text_of(console.get(f"{case}?lang=en"))


# --- what the store knows ----------------------------------------------------------------------------


def test_what_the_store_counts_is_not_asked_of_anybody(console: Served) -> None:
    page = text_of(send(console, "/intake", KNOWN))
    assert "已用次数" not in page and "按已经确认处理" in page
    street = {**KNOWN, "f:来文单位": "柳河街道", "apply": "1"}
    for key in "1234":
        record = send(console, "/intake/record", {**street, "key": key}, page="/intake")
        assert "准入" in text_of(record)
    assert "已超过频次" in text_of(send(console, "/intake", KNOWN))


def test_what_was_filled_in_of_a_quota_does_not_stand_in_the_way_of_the_record(
    console: Served,
) -> None:
    sent = {**KNOWN, "f:协助事项/TX-1.每年": "0", "key": "a", "apply": "1"}
    page = send(console, "/intake/record", sent, page="/intake")
    assert page.status_code == 200, text_of(page)


def test_what_has_no_workflow_to_apply_by_is_put_on_record_all_the_same(console: Served) -> None:
    sent = {**KNOWN, "f:经费到位": "否", "key": "a", "apply": "1"}
    page = send(console, "/intake/record", sent, page="/intake")
    assert page.status_code == 200 and "受理记录" not in text_of(page), text_of(page)
    assert "已办结" in text_of(page)


def test_who_acts_for_others_puts_their_requests_on_record(serve: Serve, tmp_path: Path) -> None:
    scopes = ["decide", "cases:read", "cases:write", "act-as"]
    tokens = tokens_file(tmp_path, {"id": "a", "token": "a", "scopes": scopes})
    made = serve("office", pages=True, store=str(tmp_path / "s.db"), tokens=tokens)
    send(made, "/sign-in", {"token": "a"})
    page = send(made, "/intake/record", {**SENT, "key": "a", "apply": "1"}, page="/intake")
    assert page.status_code == 200 and "准入申请 · 草拟" in text_of(page)


def test_what_is_sent_after_signing_in_again_says_what_it_does(
    serve: Serve, tmp_path: Path
) -> None:
    scopes = ["decide", "cases:read", "cases:write"]
    rows = {"id": "a", "token": "a", "scopes": scopes, "actor": "卫健局 刘一"}
    made = serve(
        "office", pages=True, store=str(tmp_path / "s.db"), tokens=tokens_file(tmp_path, rows)
    )
    send(made, "/sign-in", {"token": "a"})
    page = send(made, "/intake/record", {**SENT, "apply": "1", "key": "a"}, page="/intake")
    found = re.search(r'href="(/cases/[^"?]+\.1)', page.text)
    assert found
    filled = {"csrf": secret(made.get(found[1])), "action": "撤回", "f:理由": "不办了"}
    made.clock.forward(hours=10)
    made.post(found[1], data=filled, follow_redirects=True)
    again = text_of(send(made, "/sign-in", {"token": "a"}))
    assert "接着提交" in again and "办理 撤回" in again and "理由 不办了" in again


def test_who_only_looks_is_offered_nothing_to_press(serve: Serve, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "token": "a", "scopes": ["decide", "cases:read", "cases:write", "act-as"]},
        {"id": "b", "token": "b", "scopes": ["decide", "cases:read"], "actor": "卫健局 刘二"},
    ]
    made = serve(
        "office", pages=True, store=str(tmp_path / "s.db"), tokens=tokens_file(tmp_path, *rows)
    )
    send(made, "/sign-in", {"token": "a"})
    page = send(made, "/intake/record", {**SENT, "apply": "1", "key": "a"}, page="/intake")
    found = re.search(r'href="(/cases/[^"?]+\.1)', page.text)
    assert found and "<form" in made.get(found[1]).text
    assert "登记并转办" in text_of(send(made, "/intake", SENT))
    made.cookies.clear()
    send(made, "/sign-in", {"token": "b"})
    looked = made.get(found[1])
    assert "<form" not in looked.text and "提交 → 初审 撤" not in text_of(looked)
    assert "提交 → 初审" in text_of(looked) and "你的口令只能看，不能办" in text_of(looked)
    assert "登记并转办" not in text_of(send(made, "/intake", SENT))


def test_nobody_waits_for_what_an_open_decision_hangs_on(
    console: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"f:目标社区": "向阳社区", "f:事项": "走访慰问"}
    told = Event()
    found = analysis.find_residual

    def slowly(*args: Any) -> Any:
        told.wait(60)
        return found(*args)

    monkeypatch.setattr(analysis, "find_residual", slowly)
    monkeypatch.setattr(waiting, "PATIENCE", 0.1)
    page = text_of(send(console, "/intake", sent))
    assert "还在整理；再按一次“判定”就会列出" in page and "还需补正 经费到位" in page
    told.set()
    monkeypatch.setattr(waiting, "PATIENCE", 60.0)
    page = text_of(send(console, "/intake", sent))
    assert "还取决于什么 经费到位为否的，暂缓；其余情形准入。" in page, page


def test_what_is_missing_is_what_people_can_say_and_no_wall_of_it(
    console: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = text_of(send(console, "/intake", {"f:目标社区": "向阳社区"}))
    told = page.partition("还需补正")[2]
    assert "事项" in told and "经费到位" in told and "已用次数" not in page
    letter = text_of(send(console, "/intake/letter", {"f:目标社区": "向阳社区"}, page="/intake"))
    assert "补正告知书" in letter and "经费到位" in letter and "已用次数" not in letter
    monkeypatch.setattr(intake, "_MOST_MISSING", 1)
    assert "还有 1 项" in text_of(send(console, "/intake", {"f:目标社区": "向阳社区"}))


def test_english_pages_call_records_and_duties_in_english(console: Served, case: str) -> None:
    records = text_of(console.get("/cases?tab=records&who=&lang=en"))
    assert "社区准入 refuse 2026-03-02" in records
    record = text_of(console.get(case.removesuffix(".1") + "?lang=en"))
    assert "refuse closed" in record and "拒绝" not in record.partition("What happened")[0]
    assert "社区准入 · refuse" in text_of(console.get(f"{case}?lang=en"))
    service = console.app.state.service
    service.tick(service.tenants.get(""))
    duties = console.get("/cases?tab=duties&who=&lang=en")
    found = re.search(r'href="(/cases/[^"?]+)[^"]*"><span lang="zh-CN">向阳社区', duties.text)
    assert found and "under way" in text_of(duties), text_of(duties)
    duty = text_of(console.get(unescape(found[1])))
    for words in ("under way", "for whom 向阳社区", "done 0", "to be done 2"):
        assert words in duty, words


def test_what_is_due_soon_is_not_said_to_be_due_sooner() -> None:
    # Two days from Monday noon on is Wednesday noon: neither today nor tomorrow.
    assert timedelta(days=2) == casepages._SOON
    assert WORDS["soon"] == ("两天内到期", "due within two days")


def test_what_was_filled_in_is_there_to_copy_when_somebody_else_was_faster(
    console: Served, case: str
) -> None:
    page = console.get(case)
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert version
    given = {"期间": "2026-03-20 至 2026-04-20", "时刻": "2026-03-20 09:30", "涉及户数": "1200"}
    act(console, case, "提交", "卫健局", **given)
    late = {f"f:{name}": value for name, value in {**given, "涉及户数": "1300"}.items()}
    sent = {"action": "提交", "as": "卫健局", "key": "late", "version": version[1], **late}
    answer = console.post(case, data={**sent, "csrf": secret(page)})
    assert answer.status_code == 409, answer.text
    copied = text_of(answer).partition("“提交”没有办成，填的内容抄在这里：")[2]
    assert "涉及户数 1300" in copied.partition("可以办的")[0]


def test_a_share_is_filled_in_again_with_its_sign() -> None:
    field = ResolvedField(name="承担比例", type=Type(TypeName.RATIO, Measure.PERCENT))
    assert [facts.written(each, field) for each in (Decimal("0.3"), "30", None, "未知")] == [
        "0.3%",
        "30%",
        "",
        "未知",
    ]
