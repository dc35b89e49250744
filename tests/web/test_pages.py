"""The pages for staff: what they ask, answer and refuse, and whose data they show."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import openpyxl
import pytest
from tests.web.conftest import Clock, Serve, Served, tokens_file

from zhunru.analysis import sources
from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused
from zhunru.web import pages
from zhunru.web.pages.marking import marked
from zhunru.web.pages.titles import title_of
from zhunru.web.pages.uploads import put
from zhunru.web.pages.words import WORDS

BUREAU = {"f:来文单位": "区市场监管局", "f:事项": "反诈应用推广"}


def text_of(answer: Any) -> str:
    """Return the words of a page, blanks folded."""
    text = re.sub(r'<span lang="zh-CN">([^<]*)</span>', r"\1", answer.text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def secret(page: Any) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found, page.text[:500]
    return found[1]


def send(served: Served, path: str, data: dict[str, Any], **more: Any) -> Any:
    """Send a form as the page at `more["page"]` has it (else the path itself)."""
    page = served.get(more.pop("page", path))
    return served.post(path, data={"csrf": secret(page), **data}, follow_redirects=True, **more)


@pytest.fixture
def console(serve: Serve, tmp_path: Path) -> Served:
    return serve(
        "weihai",
        pages=True,
        store=str(tmp_path / "store.db"),
        drafts=tmp_path / "drafts",
        log=tmp_path,
    )


# --- intake --------------------------------------------------------------------------------------


def test_the_form_asks_for_what_still_matters_only(console: Served) -> None:
    page = console.get("/intake")
    assert page.status_code == 200 and 'name="f:来文单位"' in page.text
    found = send(console, "/intake", {"f:类别": "行政任务", "f:事项": "老年人优待证代办"})
    asked = found.text.partition("<details>")[0]
    assert "还要知道" in asked and "请补正" in found.text
    assert 'name="f:用途"' not in asked  # the purpose of a certificate is no matter here


def test_a_refusal_says_why_on_which_basis_and_who_should_do_it(console: Served) -> None:
    found = text_of(send(console, "/intake", {**BUREAU, "f:类别": "系统应用"}))
    for words in (
        "不予准入",
        "严禁向社区摊派安装使用政务应用程序",
        "若干规定2024",
        "应当由谁办 区市场监管局",
    ):
        assert words in found


def test_the_letter_names_sender_reason_and_digest(console: Served) -> None:
    sent = {**BUREAU, "f:类别": "系统应用"}
    found = text_of(send(console, "/intake/letter", sent, page="/intake"))
    for words in ("不予承接告知书", "区市场监管局：", "反诈应用推广", "规则摘要", "盖章"):
        assert words in found


def test_units_and_matters_are_offered_with_what_they_are(console: Served) -> None:
    page = console.get("/intake").text
    assert '<option value="示例区民政局" label="部门">' in page
    assert '<option value="协助抚恤优待对象走访帮扶" label="法定协助 A31">' in page


def test_reasons_that_hang_on_what_is_not_known_are_said_to(console: Served) -> None:
    found = text_of(
        send(
            console,
            "/intake",
            {"f:来文单位": "区市场监管局", "f:事项": "食品安全协管", "f:类别": "行政任务"},
        )
    )
    assert "结论已定；是下列哪一条，取决于还没填的内容" in found and "如果承担方式为主责" in found


def test_what_cannot_be_read_is_said_and_nothing_is_lost(console: Served) -> None:
    found = send(console, "/intake", {**BUREAU, "f:拟进入日期": "昨天"})
    assert found.status_code == 422
    assert "昨天" in found.text and "反诈应用推广" in found.text


def test_a_matter_on_record_opens_the_way_to_apply(console: Served) -> None:
    sent = {
        "f:来文单位": "区市场监管局", "f:事项": "食品安全宣传入户", "f:目标社区": "幸福社区",
        "f:类别": "行政任务", "apply": "1", "key": "a1",
    }  # fmt: skip
    case = send(console, "/intake/record", sent, page="/intake")
    assert case.status_code == 200 and "不予准入" in text_of(case)
    child = re.search(r'href="(/cases/[^"?]+\.1)"', case.text)
    assert child
    assert "草拟" in text_of(console.get(unescape(child[1])))
    inbox = text_of(console.get("/cases?who=" + quote("区市场监管局")))
    assert "社区工作准入 草拟 区市场监管局" in inbox


# --- cases ---------------------------------------------------------------------------------------


@pytest.fixture
def draft(console: Served) -> str:
    """Return the path of an application that was opened."""
    sent = {
        "f:来文单位": "区市场监管局", "f:事项": "食品安全宣传入户", "f:目标社区": "幸福社区",
        "f:类别": "行政任务", "apply": "1", "key": "a1",
    }  # fmt: skip
    case = send(console, "/intake/record", sent, page="/intake")
    found = re.search(r'href="(/cases/[^"?]+\.1)"', case.text)
    assert found
    return unescape(found[1])


def test_an_action_is_refused_in_words_and_what_was_filled_in_stays(
    console: Served, draft: str
) -> None:
    sent = {"action": "提交", "key": "b", "as": "区市场监管局", "f:审批表": "附件1"}
    found = send(console, draft, sent)
    assert found.status_code == 409
    assert 'role="alert"' in found.text and "附件1" in found.text


def test_an_action_in_nobody_s_name_is_refused_beside_the_form(console: Served, draft: str) -> None:
    found = send(console, draft, {"action": "提交", "key": "b", "as": "", "f:审批表": "附件1"})
    assert found.status_code == 409
    assert "ZR881" in found.text and "附件1" in found.text


@pytest.mark.parametrize(
    ("action", "name", "value"),
    [
        ("提交", "拟进入日期", "明天"),
        ("申请临时准入", "月数", "三个月"),
        ("申请临时准入", "月数", "999"),
    ],
)
def test_a_value_that_cannot_be_read_is_marked_and_stays(
    console: Served, draft: str, action: str, name: str, value: str
) -> None:
    good = {"f:审批表": "附件1", "f:范围": "幸福社区", "f:拟进入日期": "2026-09-01"}
    sent = {**good, "action": action, "key": "b", "as": "区市场监管局", f"f:{name}": value}
    found = send(console, draft, sent)
    assert found.status_code == 409
    (field,) = re.findall(rf'<input[^>]*name="f:{name}"[^>]*aria-invalid="true"[^>]*>', found.text)
    assert f'value="{value}"' in field
    assert "登记" not in console.get(draft).url.path and "草拟" in text_of(console.get(draft))


def test_what_an_action_cannot_do_without_is_marked(console: Served, draft: str) -> None:
    page = console.get(draft).text
    assert "审批表 须填" in re.sub(r"<[^>]+>", "", page)
    assert re.search(r'name="f:审批表"[^>]*aria-required="true"', page)


def test_a_meeting_is_asked_what_either_of_its_results_needs(console: Served) -> None:
    who = {"flow": "三会协商", "as": "幸福社区 王芳"}
    case = console.ask("/v1/cases", {**who, "key": "m", "facts": {}})["case"]
    what = {"f:来源": "微心愿", "f:大小": "小", "f:难易": "易", "f:权限": "社区"}
    send(console, f"/cases/{case}", {"action": "提交", "key": "n", "as": "幸福社区", **what})
    page = text_of(console.get(f"/cases/{case}"))
    assert "到会 须填" in page and "应到 名单或者人数" in page
    assert "意见 结果为通过时填写" in page
    assert "分歧 结果为未通过时填写" in page


def test_an_action_moves_a_case_and_stands_in_its_time_line(console: Served, draft: str) -> None:
    sent = {
        "action": "提交", "key": "b", "as": "区市场监管局 王芳", "f:审批表": "附件1",
        "f:范围": "幸福社区", "f:拟进入日期": "2026-06-01",
    }  # fmt: skip
    found = text_of(send(console, draft, sent))
    assert "已经办理" in found and "提交 → 初审" in found and "区市场监管局 王芳" in found


def test_a_page_that_is_out_of_date_changes_nothing(console: Served, draft: str) -> None:
    sent = {"action": "提交", "key": "b", "as": "区市场监管局", "version": "7"}
    assert "ZR730" in send(console, draft, sent).text


# --- the list of cases ---------------------------------------------------------------------------


def opened(console: Served, number: int, **facts: str) -> list[str]:
    """Open cases straight away; return their ids."""
    data = {"flow": "走访反映", "as": "幸福社区 王芳"}
    return [
        console.ask(
            "/v1/cases", {**data, "key": f"k{n}", "facts": facts or {"反映问题": f"第{n}处"}}
        )["case"]
        for n in range(number)
    ]


def listed(console: Served, **query: str) -> list[str]:
    """Return the ids on a page of the list."""
    page = console.get("/cases", params=query)
    assert page.status_code == 200, text_of(page)
    return ids_on(page)


def ids_on(page: Any) -> list[str]:
    return [unquote(unescape(each)) for each in re.findall(r'<a href="/cases/([^"?]+)', page.text)]


def test_a_list_says_what_cases_are_about(console: Served, draft: str) -> None:
    found = console.get("/cases")
    assert "食品安全宣传入户" in text_of(found) and "草拟（1）" in text_of(found)
    (case,) = listed(console)
    assert unquote(draft) == f"/cases/{case}"


def test_cases_are_found_by_matter_and_by_number(console: Served, draft: str) -> None:
    opened(console, 3)
    assert len(listed(console)) == 4
    assert listed(console, q="食品 宣传") == [unquote(draft).rpartition("/")[2]]
    (second,) = listed(console, q="第1处")
    assert listed(console, q=second) == listed(console, q=second.partition(".")[2]) == [second]
    assert listed(console, q="20260302") and listed(console, q="zzz") == []
    assert listed(console, q="19990101") == []


def test_cases_are_told_apart_by_workflow_state_and_whether_they_are_over(
    console: Served, draft: str
) -> None:
    opened(console, 2)
    assert len(listed(console, **{"in": "走访反映"})) == 2
    assert len(listed(console, **{"in": "社区工作准入›草拟"})) == 1
    assert listed(console, **{"in": "社区工作准入›初审"}) == []
    assert listed(console, tab="closed") == []
    assert len(listed(console, tab="records")) == 1  # the refusal that the application follows
    assert "定期任务" in text_of(console.get("/cases?tab=duties"))


def test_a_long_list_is_paged_newest_first_and_loses_nothing(console: Served) -> None:
    made = []
    for day in range(3):
        made += [
            console.ask("/v1/cases", {"flow": "走访反映", "as": "幸福社区", "key": f"{day}.{n}"})[
                "case"
            ]
            for n in range(25)
        ]
        console.clock.forward(days=1)
    first = console.get("/cases")
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following
    ids = listed(console)
    assert len(ids) == 50 and not set(ids) & set(made[:25])
    rest = console.get(unescape(following[1]))
    ids += ids_on(rest)
    assert sorted(ids) == sorted(made) and 'rel="next"' not in rest.text


def test_what_is_overdue_is_counted_and_listed(serve: Serve, tmp_path: Path) -> None:
    served = serve("weihai", pages=True, store=str(tmp_path / "store.db"))
    case = opened(served, 1)[0]
    assert listed(served, tab="late") == []
    step = {"action": "登记反映", "as": "幸福社区 王芳", "key": "s"}
    inputs = {"走访对象": "张家", "反映问题": "路灯不亮"}
    served.ask(f"/v1/cases/{case}/actions", {**step, "inputs": inputs})
    served.clock.forward(days=60)
    assert listed(served, tab="late") == listed(served, tab="late", q="路灯") == [case]
    assert listed(served, tab="late", q="下水") == []
    assert "超期 1" in text_of(served.get("/cases"))


@pytest.mark.parametrize("place", ["热线工单", "走访反映›督办"])
@pytest.mark.parametrize("who", ["", "幸福社区"])
def test_a_list_of_nothing_still_says_what_was_asked_for(
    console: Served, who: str, place: str
) -> None:
    opened(console, 1)
    page = console.get("/cases", params={"in": place, "who": who})
    assert "没有待办" in text_of(page)
    assert f'<option value="{place}" selected>' in page.text


def test_what_waits_for_a_calendar_is_neither_counted_nor_listed_as_late(
    serve: Serve, tmp_path: Path
) -> None:
    far = Clock("2099-03-02 09:00")
    served = serve("weihai", pages=True, store=str(tmp_path / "store.db"), clock=far)
    told = {
        "flow": "三会协商",
        "facts": {"目标社区": "幸福社区"},
        "as": "幸福社区 王芳",
        "key": "c",
    }
    case = served.ask("/v1/cases", told)["case"]
    inputs = {"来源": "微心愿", "大小": "小", "难易": "易", "权限": "社区"}
    step = {"action": "提交", "as": "幸福社区 王芳", "key": "s", "inputs": inputs}
    assert served.ask(f"/v1/cases/{case}/actions", step)["due"]
    far.forward(days=60)
    assert listed(served, tab="late") == []
    assert "超期 0" in text_of(served.get("/cases"))
    path = "/flows/" + quote("威海减负/三会协商")
    assert 'class="alert"' not in served.get(path + "/picture.svg").text


def test_no_title_tells_a_secret(console: Served) -> None:
    opened(console, 1, 反映问题="赵六举报占道经营", 举报人="赵六")
    found = text_of(console.get("/cases"))
    assert "赵六" not in found and "占道" in found
    assert listed(console, q="赵六") == []


def test_a_set_that_cannot_be_read_any_more_is_tried_once_for_a_list() -> None:
    tried = []

    def of(digest: str) -> None:
        tried.append(digest)
        raise CaseRefused(diagnose("ZR762", NOWHERE, digest=digest))

    office: Any = SimpleNamespace(service=SimpleNamespace(policies=SimpleNamespace(of=of)))
    case: Any = SimpleNamespace(digest="0" * 63 + "x")
    assert [title_of(office, case) for _ in range(50)] == [""] * 50
    assert len(tried) == 1


def test_a_condition_is_filled_in_by_the_type_of_its_field(console: Served, draft: str) -> None:
    page = console.get(draft)
    assert 'name="f:拟进入日期" type="date"' in page.text
    assert "今日到拟进入日期不少于30个工作日" in text_of(page)
    assert "填材料的名称或者文号" in text_of(page)
    assert "受理记录 社区准入 · 拒绝" in text_of(page)


# --- lists, workflows, board ---------------------------------------------------------------------


def test_lists_are_searched_by_words(console: Served) -> None:
    found = text_of(console.get("/lists?q=" + quote("老年人优待证")))
    assert "共找到 1 条" in found and "老年人优待证代办" in found
    assert "共找到 0 条" in text_of(console.get("/lists?q=zzz"))
    assert "法定协助" in console.get("/lists").text


def entries_on(page: Any) -> list[str]:
    return [unescape(each) for each in re.findall(r'href="(/lists/entry[^"]+)"', page.text)]


def test_lists_are_narrowed_by_kind_lead_and_day(console: Served) -> None:
    def count(**query: str) -> int:
        found = re.search(r"共找到 (\d+) 条", text_of(console.get("/lists", params=query)))
        assert found
        return int(found[1])

    every = count()
    kinds = ["responsibility", "assistance", "admission", "prohibition", "certificate", "catalogue"]
    assert sum(count(kind=kind) for kind in kinds) == every
    assert sum(count(force=each) for each in ("standing", "coming", "gone")) == every
    assert 0 < count(lead="退役军人事务部门") < count(kind="assistance") < every
    console.clock.forward(days=-40 * 365)
    assert count(force="coming") > 0


def test_an_entry_says_its_clauses_in_words(console: Served) -> None:
    (link,) = entries_on(console.get("/lists?q=" + quote("抚恤优待对象走访帮扶")))
    found = text_of(console.get(link))
    for words in (
        "承担方式为协助，否则拒绝 协助事项不得转由社区主责",
        "军人抚恤优待条例第三十八条",
        "牵头 退役军人事务部门",
    ):
        assert words in found
    assert console.get("/lists/entry?list=x&code=y").status_code == 404


def test_entries_that_stand_for_each_other_lead_to_each_other(serve: Serve) -> None:
    served = serve("jiangyuan", pages=True)
    (link,) = entries_on(served.get("/lists?q=" + quote("XZ-08")))
    page = served.get(link)
    assert "对应条目" in text_of(page)
    others = entries_on(page)
    assert others and all(link in entries_on(served.get(other)) for other in others)


def test_an_entry_leads_back_to_where_in_the_list_it_was_found(serve: Serve) -> None:
    served = serve("jiangyuan", pages=True)
    asked = "/lists?" + urlencode({"kind": "assistance", "q": "XZ-08", "lang": "zh"})
    (link,) = entries_on(served.get(asked))
    entry = served.get(link)
    for page in (entry, served.get(entries_on(entry)[0])):
        back = unescape(re.findall(r'href="([^"]+)">返回<', page.text)[0])
        assert parse_qs(urlsplit(back).query) == {"kind": ["assistance"], "q": ["XZ-08"]}
        assert text_of(served.get(back)) == text_of(served.get(asked))


def test_findings_of_a_set_are_shown(serve: Serve) -> None:
    found = text_of(serve("national", pages=True).get("/lists/findings"))
    assert "ZR337" in found and "失效依据.policy" in found


def test_a_workflow_is_drawn_with_its_longest_way(console: Served, draft: str) -> None:
    path = "/flows/" + quote("威海减负/社区工作准入")
    page = text_of(console.get(path))
    assert "最长要多久" in page and "初审" in page
    drawing = console.get(path + "/picture.svg")
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert "在办 1" in drawing.text
    assert console.get("/flows/" + quote("威海减负/没有")).status_code == 404


def test_a_drawing_says_in_red_what_is_late(console: Served) -> None:
    case = opened(console, 1)[0]
    step = {"action": "登记反映", "as": "幸福社区 王芳", "key": "s"}
    inputs = {"走访对象": "张家", "反映问题": "路灯不亮"}
    console.ask(f"/v1/cases/{case}/actions", {**step, "inputs": inputs})
    path = "/flows/" + quote("威海减负/走访反映")
    assert 'class="alert"' not in console.get(path + "/picture.svg").text
    console.clock.forward(days=60)
    drawing = console.get(path + "/picture.svg").text
    assert re.search(r'class="alert"[^>]*>已超期 1<', drawing)
    (late,) = re.findall(r'class="wrong" href="([^"]+)"', console.get(path).text)
    assert ids_on(console.get(unescape(late))) == [case]


def test_a_workflow_without_a_bound_says_where_it_has_none(console: Served) -> None:
    found = text_of(console.get("/flows/" + quote("威海减负/吹哨报到")))
    assert "没有上限的是：评哨（逾期，不限次）" in found


def test_the_board_counts_what_is_on_record(console: Served, draft: str) -> None:
    found = console.get("/board")
    assert "区市场监管局 1 0 1" in text_of(found)
    assert "data-chart=" in found.text
    assert console.get("/echarts/echarts.common.min.js").status_code == 200


def test_the_board_says_its_period_and_what_it_has_no_data_on(console: Served, draft: str) -> None:
    found = text_of(console.get("/board"))
    assert "2026-01-01 至 2026-03-02" in found
    assert "以下评上 没有数据" in found and "超期 没有数据" in found
    # Two months cannot be held against the number of kinds in a year.
    assert "行政事务（项） 160 — 0 —" in found
    last = re.search(r'href="([^"]+)">去年', console.get("/board").text)
    assert last and "2025-01-01 至 2025-12-31" in text_of(console.get(unescape(last[1])))


def test_a_set_is_read_once_however_many_of_its_entries_are_looked_at(
    console: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    source_of = sources.source_of
    monkeypatch.setattr(
        sources, "source_of", lambda policy: read.append(policy) or source_of(policy)
    )
    sources.written_lists.cache_clear()
    entries = re.findall(r'href="(/lists/entry[^"]*)"', console.get("/lists").text)
    assert len(entries) > 2
    for path in entries[:3]:
        assert console.get(unescape(path)).status_code == 200
    assert console.get("/v1/sets/威海减负/lists").status_code == 200
    assert len(read) == 1


def test_ratings_are_ranked_and_not_kept(console: Served, draft: str) -> None:
    lines = ["对象,指标,评分人,得分,日期,份"]
    for unit, score in (("示例区民政局", 95), ("示例区公安局", 70)):
        for indicator in ("按时报到率", "问题解决率", "社区评分"):
            paper = f"{unit},{indicator},社区居委会,{score},2026-02-01"
            lines += [f"{paper},{number}" for number in range(12)]
    files = [("ratings", ("以下评上.csv", "\n".join(lines).encode(), "text/csv"))]
    few = [("ratings", ("以下评上.csv", "\n".join(lines[:9]).encode(), "text/csv"))]
    assert "算不出名次" in text_of(send(console, "/board", {}, files=few))
    page = send(console, "/board", {}, files=files)
    assert page.status_code == 200, text_of(page)
    found = text_of(page)
    assert "1 示例区民政局 95.0" in found and "2 示例区公安局 70.0" in found
    assert "以下评上 没有数据" in text_of(console.get("/board"))


def _ratings(name: str, *lines: str) -> Any:
    text = "\n".join(["对象,指标,评分人,得分,日期,份", *lines])
    return [("ratings", (name, text.encode(), "text/csv"))]


def test_of_two_files_of_ratings_with_one_name_none_is_lost(console: Served) -> None:
    one = _ratings("一月/以下评上.csv", "示例区民政局,按时报到率,幸福社区,95,2026-01-31,1")
    other = _ratings("二月/以下评上.csv", "示例区民政局,按时报到率,幸福社区,70,2026-02-28,1")
    answer = send(console, "/board", {}, files=one + other)
    assert answer.status_code == 400 and "ZR915" in answer.text and "以下评上.csv" in answer.text
    assert send(console, "/board", {}, files=one + one).status_code == 200


def test_why_ratings_did_not_count_is_said(console: Served) -> None:
    files = _ratings(
        "以下评上.csv",
        "示例区民政局,按时报到率,社区居委会,95,2026-02-01,1",
        "示例区民政局,按时报到率,幸福社区,95,2026-02-01,2",
        "没有的局,按时报到率,社区居委会,95,2026-02-01,1",
    )
    found = text_of(send(console, "/board", {}, files=files))
    assert "“以下评上”不计 1 份评分：不是评分人" in found
    assert "“以下评上”不计 1 份评分：没有这个对象" in found
    assert "“以下评上”评不出示例区民政局：缺 按时报到率评分（有 1 份，应有" in found
    english = text_of(send(console, "/board?lang=en", {}, files=files))
    assert "以下评上: 1 rating(s) left out: not from one of the raters" in english
    console.get("/board?lang=zh")
    wide = _ratings("以下评上.csv", "示例区 民政局,按时报到率,幸福社区,95,2026-02-01,1")
    assert "评不出示例区民政局" in text_of(send(console, "/board", {}, files=wide))
    renamed = text_of(send(console, "/board", {}, files=_ratings("评分表.csv", "a,b,c,1,,")))
    assert "ZR778" not in renamed and "评分表" in renamed.partition("算不出名次")[2]


def test_a_cell_of_ratings_that_is_wrong_is_said_where_it_stands(console: Served) -> None:
    line = "示例区民政局,按时报到率,社区居委会,很好,2026-02-01,1"
    answer = send(console, "/board", {}, files=_ratings("以下评上.csv", line))
    assert answer.status_code == 422
    assert "ZR330 以下评上.csv 第 2 行第 4 列：" in text_of(answer)


@pytest.mark.parametrize("name", ["评" * 200 + ".csv", "\x01.csv", ".csv", "..\\..\\a", "评/.."])
def test_ratings_may_be_called_anything(console: Served, name: str) -> None:
    page = send(console, "/board", {}, files=_ratings(name, "a,b,c,1,,"))
    assert page.status_code < 500, text_of(page)


# A full-width blank, and an ideograph of Unicode 15.1, which not every Python knows.
@pytest.mark.parametrize("name", ["以下\u3000评上.csv", "\U0002ebf0家.csv"])
def test_a_file_that_is_handed_in_keeps_its_name(tmp_path: Path, name: str) -> None:
    assert put(tmp_path, name, b"").name == name


# --- drafts --------------------------------------------------------------------------------------


def folder_of(name: str, change: tuple[str, str] = ("", "")) -> list[tuple[str, Any]]:
    """Return the files of a shipped set as a browser sends a folder."""
    root = Path(__file__).parents[2] / "policies" / name
    found: list[tuple[str, Any]] = []
    for path in sorted(root.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            text = text.replace(*change) if change[0] else text
            inside = f"{name}/{path.relative_to(root)}"
            found.append(("files", (inside, text.encode(), "text/plain")))
    return found


def test_a_draft_is_checked_tested_compared_and_not_approved_by_its_author(
    console: Served,
) -> None:
    send(console, "/intake", {**BUREAU, "f:类别": "系统应用"})
    change = ("严禁向社区摊派安装使用政务APP", "政务APP不得要求社区安装")
    page = send(
        console, "/drafts", {"note": "试改"}, files=folder_of("weihai", change), page="/drafts"
    )
    assert page.status_code == 200, text_of(page)
    found = text_of(page)
    assert "试改" in found and "测试" in found and "WH-01严禁摊派安装应用" in found
    path = page.url.path
    assert "default-src 'none'" in console.get(path + "/meaning").headers["content-security-policy"]
    refused = send(console, path + "/approve", {}, page=path)
    assert refused.status_code == 403 and "ZR795" in refused.text


def test_a_draft_with_mistakes_is_told_so(console: Served) -> None:
    files = [("files", ("x/a.policy", "政策 甲 “甲”\n规则 乙\n  当 无此栏 为 1\n".encode(), ""))]
    page = send(console, "/drafts", {"note": ""}, files=files, page="/drafts")
    assert "检查没有通过" in text_of(page)


def in_order(console: Served, *changes: tuple[str, str]) -> str:
    """Hand in a draft with changes in every file; return its path."""
    files = []
    for field, (name, data, kind) in folder_of("weihai"):
        text = data.decode()
        for change in changes:
            text = text.replace(*change)
        files.append((field, (name, text.encode(), kind)))
    page = send(console, "/drafts", {"note": "试改"}, files=files)
    assert "检查通过" in text_of(page), text_of(page)[:2_000]
    return str(page.url.path)


CODE = ("WH-10擅自安排工作叫停", "WH-10叫停擅自安排")
TASK = {
    "f:来文单位": "示例区文旅局",
    "f:目标社区": "幸福社区",
    "f:类别": "行政任务",
    "f:承担方式": "协助",
}


def test_the_impact_on_the_log_and_on_a_file_is_drawn_and_listed_by_page(console: Served) -> None:
    facts = {name.partition(":")[2]: value for name, value in TASK.items()}
    for number in range(60):
        console.ask("/v1/decide", {"facts": {**facts, "事项": f"调查问卷{number}"}})
    path = in_order(console, CODE)
    page = console.get(path + "/impact")
    found = text_of(page)
    assert "日志里的 60 件按草案重判，60 件结论或者理由不同" in found
    for words in (
        "按来文单位",
        "按目标社区",
        "按类别",
        "按月份",
        "示例区文旅局 60 60",
        "2026-03 60 60",
    ):
        assert words in found
    assert found.count("结论同，理由不同 WH-10擅自安排工作叫停 WH-10叫停擅自安排") == 50
    following = re.search(r'href="([^"]+)" rel="next"', page.text)
    assert following
    rest = text_of(console.get(unescape(following[1])))
    assert rest.count("结论同，理由不同 WH-10") == 10
    measured_by_file(console, path)


def measured_by_file(console: Served, path: str) -> None:
    """Measure the same draft, which takes its time to be read, by a file of past requests."""
    lines = ["来文单位,目标社区,类别,承担方式,事项,收文日期"]
    lines += [f"示例区文旅局,幸福社区,行政任务,协助,问卷{n},2025-0{1 + n % 3}-05" for n in range(9)]
    lines += ["示例区民政局,幸福社区,系统应用,协助,应用,2025-01-05"]
    files = [("history", ("来件.csv", "\n".join(lines).encode(), "text/csv"))]
    page = send(console, path + "/impact", {}, files=files)
    found = text_of(page)
    assert "文件里的 10 件按现行规则和草案各判一遍，9 件" in found
    assert "2025-01 3 3" in found and "2025-03 3 3" in found
    # What was measured is found again by its address, and a page that is gone leads to the log.
    assert "文件里的 10 件" in text_of(console.get(str(page.url)))
    assert "日志里的" in text_of(console.get(path + "/impact?file=nothing"))
    blind = [("history", ("来件.csv", "甲,乙\n1,2\n".encode(), "text/csv"))]
    assert "文件里没有一栏是表单的栏目" in text_of(send(console, path + "/impact", {}, files=blind))
    book, rows = openpyxl.Workbook(), io.BytesIO()
    for row in (
        ["往年来件一览"],
        ["来文单位", "类别", "事项", "备注栏"],
        ["区市场监管局", "没有的类别", "反诈应用推广", "x"],
        ["=A3", "系统应用", "反诈应用推广", ""],
    ):
        book.active.append(row)
    book.active["C3"].font = openpyxl.styles.Font(strike=True)
    book.create_sheet("填表说明").append(["一件一行"])
    book.save(rows)
    page = send(
        console, path + "/impact", {}, files=[("history", ("来件.xlsx", rows.getvalue(), ""))]
    )
    assert "没有用于判定：备注栏" in text_of(page)
    assert "第 3 行：ZR" in text_of(page) and "没有的类别" in text_of(page)
    assert "第 4 行：ZR893" in text_of(page) and "照样读取：C3" in text_of(page)
    assert "ZR892 工作表“填表说明”没有读取" in text_of(page)
    wrong = send(console, path + "/impact", {}, files=[("history", ("a.exe", b"", ""))])
    assert wrong.status_code == 400


# --- who may -------------------------------------------------------------------------------------


def test_a_form_of_another_site_is_refused(console: Served) -> None:
    console.get("/intake")
    answer = console.post("/intake", data={**BUREAU, "csrf": "0" * 48})
    assert answer.status_code == 403 and "ZR911" in answer.text


def test_without_a_token_there_is_only_the_way_to_sign_in(serve: Serve, tmp_path: Path) -> None:
    row = {"token": "zr_one", "id": "li", "scopes": ["decide"]}
    served = serve("weihai", pages=True, tokens=tokens_file(tmp_path, row))
    assert served.get("/intake", follow_redirects=False).headers["location"].startswith("/sign-in")
    wrong = send(served, "/sign-in", {"token": "zr_two"})
    assert wrong.status_code == 401 and "ZR912" in wrong.text
    before = served.cookies["zhunru"]
    assert "来文单位" in send(served, "/sign-in", {"token": "zr_one"}).text
    assert served.cookies["zhunru"] != before
    assert served.get("/cases").status_code == 403
    served.get("/sign-out")
    assert served.get("/intake", follow_redirects=False).status_code == 303


def test_a_session_ends_with_the_working_day(serve: Serve, tmp_path: Path) -> None:
    row = {"token": "zr_one", "id": "li", "scopes": ["decide"]}
    served = serve("weihai", pages=True, tokens=tokens_file(tmp_path, row))
    send(served, "/sign-in", {"token": "zr_one"})
    assert served.get("/intake", follow_redirects=False).status_code == 200
    served.clock.forward(hours=10)
    assert served.get("/intake", follow_redirects=False).status_code == 303


def test_a_tenant_sees_no_page_of_another(serve: Serve, tmp_path: Path) -> None:
    row = {"token": "zr_a", "id": "a", "tenant": "a", "scopes": ["decide", "cases:read"]}
    served = serve(
        sets={"a": ["weihai"], "b": ["jiangyuan"]}, pages=True, tokens=tokens_file(tmp_path, row)
    )
    send(served, "/t/a/sign-in", {"token": "zr_a"})
    assert served.get("/t/a/intake").status_code == 200
    for path in ("intake", "lists", "flows", "cases", "drafts", "board"):
        answer = served.get(f"/t/b/{path}", follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/t/b/sign-in")
    assert served.get("/t/c/intake").status_code == 404


PAGES = ("intake", "lists", "lists/findings", "flows", "cases", "drafts", "board", "sign-in")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_nothing_that_stands_in_it(console: Served, path: str) -> None:
    answer = console.get(f"/{path}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=", answer.text)
    assert not re.search(r'(?:src|href|action)="https?:', answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_in_english(console: Served, path: str) -> None:
    answer = console.get(f"/{path}?lang=en")
    assert '<html lang="en">' in answer.text and "Intake" in answer.text


def test_chinese_words_on_an_english_page_say_so(console: Served) -> None:
    page = send(console, "/intake", {**BUREAU, "f:类别": "系统应用"}, page="/intake?lang=en").text
    assert '<dd><span lang="zh-CN">区市场监管局</span></dd>' in page
    assert '<option lang="zh-CN" selected>系统应用</option>' in page
    bare = re.sub(r'<(\w+)[^>]* lang="zh-CN"[^>]*>[^<]*</\1>|<title>.*?</title>|<[^>]*>', "", page)
    assert not re.search("[\u4e00-\u9fff]", bare), bare
    assert 'lang="zh-CN">' not in console.get("/intake?lang=zh").text.partition("<main")[2]


def test_a_long_row_of_opening_signs_keeps_nobody_waiting() -> None:
    """Whoever types it would stop the whole service, were each sign looked behind to the end."""
    began = perf_counter()
    page = marked(f"<p>{'《“' * 30_000}</p><p>{'《“' * 3}甲”》</p>")
    assert perf_counter() - began < 5, "half a minute"
    assert page.endswith('<span lang="zh-CN">“《“甲”》</span></p>')


def test_the_style_asks_for_nothing_that_an_old_browser_lacks() -> None:
    style = (Path(pages.__file__).parent / "static" / "console.css").read_text(encoding="utf-8")
    for newer in (":has(", ":is(", ":where(", "@container", "@layer", "subgrid", "aspect-ratio",
                  "clamp(", "inset:", "&"):  # fmt: skip
        assert newer not in style, newer
    for rule in re.findall(r"\{([^{}]*display: (?:inline-)?flex[^{}]*)\}", style):
        assert "gap" not in rule  # Chromium before 84 knows gaps of grids only
    script = (Path(pages.__file__).parent / "static" / "console.js").read_text(encoding="utf-8")
    assert not re.search(r"=>|\b(?:let|const|async|class)\b|`", script)


def test_every_text_of_the_pages_is_there_in_english() -> None:
    named = {"other_language", "hint_units", "hint_span", "ratings_help"}  # words of the policy
    for key, (zh, en) in WORDS.items():
        assert zh and en and (key in named or not re.search(r"[\u4e00-\u9fff]", en)), key


HOSTILE = ("<script>alert(1)</script>", "\u202e'\"", "政" * 5_000, "{{7*7}}", "%00", "a\x00b")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_text(console: Served, text: str) -> None:
    answer = send(console, "/intake", {**BUREAU, "f:事项": text, "f:没有这一栏": text})
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.text and ">49<" not in answer.text
    for path in (
        f"/lists?q={quote(text)}",
        f"/cases?who={quote(text)}",
        f"/board?from={quote(text)}",
    ):
        found = console.get(path)
        assert found.status_code < 500 and "<script>alert" not in found.text


def test_a_body_past_the_bound_is_refused(console: Served) -> None:
    answer = send(console, "/intake", {"f:事项": "政" * 3_000_000})
    assert answer.status_code in (400, 413)
