"""Who stands before the pages, of which set they are shown, and what a stranger cannot do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from urllib.parse import quote, unquote
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient
from tests.web.conftest import SETS, Clock, Entropy, Serve, tokens_file
from tests.web.test_pages import send, text_of

from zhunru.runtime import looking
from zhunru.web import Settings, create_app
from zhunru.web.pages import sessions
from zhunru.web.pages.caselist import Wanted, page_of
from zhunru.web.pages.sessions import Sessions
from zhunru.web.serving import OnlyHere
from zhunru.web.tokens import EVERYBODY

TWO = """政策 TWO-1 "两个判定的规则集"
  印发 区民政局
  适用 江源区
  施行 2021-01-01
依据 条例 "社会救助暂行办法"
  层级 行政法规
  公布 2014-02-21
  施行 2014-05-01
单位
  | 名称     | 层级 | 上级   | 角色       |
  | 江源区   | 区级 | -      | -          |
  | 区民政局 | 部门 | 江源区 | 审批部门   |
  | 森工     | 社区 | 江源区 | 社区居委会 |
角色 社区居委会 每个 社区 1 个
角色 审批部门
表单 来件
  目标社区 单位 主体 必填
  事项 事项
表单 救助
  申请社区 单位 主体 必填
  人均收入 金额 0 至 100000 小数 2 必填
规则 收入过线 依据 条例 第四条
  当 人均收入 大于 800
  拒绝 "人均收入超过标准" 代码 收入过线
清单 可进 "可以进入" 类型 准入 主体 社区居委会
  | 编号  | 事项 | 牵头     | 依据        |
  | JC-01 | 走访 | 区民政局 | 条例 第四条 |
判定 社区准入 对象 来件
  依次
    可进
  默认 拒绝 "未列入清单"
判定 救助受理 对象 救助
  依次
    收入过线
  默认 拒绝 "不在受理范围"
"""


def test_a_set_with_several_decisions_begins_with_the_first(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "two.policy").write_text(TWO, encoding="utf-8")
    served = serve(sets={"": [str(tmp_path / "two.policy")]}, pages=True)
    assert 'name="f:事项"' in served.get("/intake").text
    other = served.get("/intake?decision=" + quote("救助受理"))
    assert 'name="f:人均收入"' in other.text and 'name="f:事项"' not in other.text
    asked = {"f:申请社区": "森工", "f:人均收入": "900", "decision": "救助受理"}
    assert "人均收入超过标准" in text_of(send(served, "/intake", asked))


def test_drawings_count_the_cases_of_their_own_set_only(serve: Serve, tmp_path: Path) -> None:
    served = serve("weihai", "jiangyuan", pages=True, store=str(tmp_path / "store.db"))
    opening = {"set": "威海减负", "flow": "社区工作准入", "as": "区市场监管局", "key": "1"}
    served.ask("/v1/cases", {**opening, "facts": {"目标社区": "幸福社区"}})
    assert "社区工作准入 申请—审批—准入—监督—退出 15 1 0 0" in flows_of(served, "威海减负")
    assert "社区工作准入 申请—审批—准入—监督—退出 15 0 0 0" in flows_of(served, "JY-2021")


def test_a_number_on_a_workflow_leads_to_as_many_cases_and_back_from_each(
    serve: Serve, tmp_path: Path
) -> None:
    scopes = ["decide", "cases:read", "cases:write"]
    row = {"id": "a", "token": "a", "tenant": "", "scopes": scopes, "actor": "鲸园街道 王五"}
    store, kept = str(tmp_path / "store.db"), tokens_file(tmp_path, row)
    served = serve("weihai", "jiangyuan", pages=True, store=store, tokens=kept)
    for code, key in (("威海减负", "1"), ("威海减负", "2"), ("JY-2021", "3")):
        opening = {"set": code, "flow": "社区工作准入", "facts": {}, "key": key}
        served.ask("/v1/cases", opening, headers={"authorization": "Bearer a"})
    send(served, "/sign-in", {"token": "a"})
    flow = served.get("/flows/" + quote("威海减负/社区工作准入"))
    (link,) = re.findall(r'href="([^"]+)">2<', flow.text)
    listed = served.get(unescape(link))
    assert "共 2 件" in text_of(listed) and "JY-2021.c" not in text_of(listed)
    case = unescape(re.findall(r'href="(/cases/[^"]+)"', listed.text)[0])
    (back,) = re.findall(r'<p><a href="([^"]+)">返回', served.get(case).text)
    assert text_of(served.get(unescape(back))) == text_of(listed)


def test_what_is_late_is_counted_and_listed_of_one_set(serve: Serve, tmp_path: Path) -> None:
    served = serve("weihai", "jiangyuan", pages=True, store=str(tmp_path / "store.db"))
    told = {"as": "幸福社区 王芳"}
    opening = {"set": "威海减负", "flow": "走访反映", "key": "c", "facts": {"目标社区": "幸福社区"}}
    case = served.ask("/v1/cases", {**opening, **told})["case"]
    step = {
        "action": "登记反映",
        "key": "s",
        "inputs": {"走访对象": "张家", "反映问题": "路灯不亮"},
    }
    served.ask(f"/v1/cases/{case}/actions", {**step, **told})
    served.clock.forward(days=60)
    for who in ("", "幸福社区"):
        for code, late in (("", 1), ("威海减负", 1), ("JY-2021", 0)):
            asked = {"tab": "late", "set": code, "who": who, "in": "走访反映"}
            found = text_of(served.get("/cases", params=asked))
            assert (f"共 {late} 件" if late else "没有待办") in found, (code, who)


def test_what_waits_for_nobody_is_in_no_inbox_and_a_number_is_looked_for_in_all(
    serve: Serve, tmp_path: Path
) -> None:
    served = serve("weihai", pages=True, store=str(tmp_path / "store.db"))
    told = {"as": "幸福社区 王芳"}
    opening = {"flow": "走访反映", "facts": {"目标社区": "幸福社区"}}
    done, case = (served.ask("/v1/cases", {**opening, **told, "key": key})["case"] for key in "ab")
    for action, inputs in (
        ("登记反映", {"走访对象": "张家", "反映问题": "路灯不亮"}),
        ("当场答复", {"答复内容": "修好了"}),
    ):
        step = {"action": action, "key": action, "inputs": inputs}
        served.ask(f"/v1/cases/{done}/actions", {**step, **told})
    for who, waiting in (("幸福社区", 1), ("和谐社区", 0), ("", 1)):
        page = served.get("/cases", params={"who": who})
        assert f"在办 {waiting} 超期 0 已办结 1 " in text_of(page), who
        closed = served.get("/cases", params={"who": who, "tab": "closed"})
        assert done in unquote(closed.text) and "谁的待办" not in closed.text
        # The inbox is not forgotten on the way.
        back = re.findall(r'href="(/cases[?]tab=open[^"]*)"', closed.text)[0]
        assert text_of(served.get(unescape(back))) == text_of(page)
        assert "共 1 件" in text_of(closed)
        assert case in unquote(served.get("/cases", params={"who": who, "q": case}).text)


def test_a_number_is_looked_for_in_every_set(serve: Serve, tmp_path: Path) -> None:
    served = serve("weihai", "jiangyuan", pages=True, store=str(tmp_path / "store.db"))
    opening = {"set": "威海减负", "flow": "社区工作准入", "facts": {}, "as": "鲸园街道 王五"}
    case = served.ask("/v1/cases", {**opening, "key": "1"})["case"]
    for number in (case, case.partition(".")[2]):
        for code in ("", "威海减负", "JY-2021"):
            found = served.get("/cases", params={"set": code, "q": number, "who": "桥头街道"})
            assert f'href="/cases/{quote(case)}' in found.text, (number, code)
    # Words are looked for in the set that was chosen.
    found = served.get("/cases", params={"set": "JY-2021", "q": "社区工作准入"})
    assert quote(case) not in found.text


def test_cases_of_sets_that_are_not_served_are_neither_counted_nor_listed(
    serve: Serve, tmp_path: Path
) -> None:
    store = str(tmp_path / "store.db")
    both = serve("weihai", "jiangyuan", pages=True, store=store)
    for code, number in (("威海减负", 2), ("JY-2021", 3)):
        for key in range(number):
            opening = {"set": code, "flow": "社区工作准入", "facts": {}, "as": "鲸园街道 王五"}
            both.ask("/v1/cases", {**opening, "key": f"{code}{key}"})
    assert "在办 5 超期 0" in text_of(both.get("/cases"))
    one = serve("weihai", pages=True, store=store)
    page = one.get("/cases")
    assert "在办 2 超期 0" in text_of(page) and "共 2 件" in text_of(page)
    assert page.text.count('<th scope="row">') == 2


def flows_of(served: object, code: str) -> str:
    return text_of(served.get("/flows?set=" + quote(code)))  # type: ignore[attr-defined]


def test_an_inbox_is_paged_to_its_end_and_says_where_it_is_bounded(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve("weihai", store=str(tmp_path / "store.db"))
    for number in range(60):
        opening = {"flow": "吹哨报到", "as": "幸福社区", "facts": {"目标社区": "幸福社区"}}
        served.ask("/v1/cases", {**opening, "key": str(number)})
    monkeypatch.setattr(looking, "_AT_ONCE", 7)  # read in many small pieces
    visit = SimpleNamespace(
        tenant=served.app.state.service.tenants[""], at=served.clock(), language="zh"
    )
    seen, after = [], ""
    while True:
        page = page_of(visit, Wanted("open", "", "", "幸福社区", "", after))  # type: ignore[arg-type]
        seen += [row["case"] for row in page.rows]
        assert (page.count, page.bounded) == (60, False)
        if not page.after:
            break
        after = page.after
    assert len(seen) == len(set(seen)) == 60
    monkeypatch.setattr(looking, "MOST_WAITING", 50)
    monkeypatch.setattr("zhunru.web.pages.caselist.MOST_WAITING", 50)
    page = page_of(visit, Wanted("open", "", "", "幸福社区", "", ""))  # type: ignore[arg-type]
    assert (page.count, page.bounded) == (50, True)


# --- sessions ------------------------------------------------------------------------------------


def sessions_of(entropy: Entropy) -> Sessions:
    return Sessions(entropy, lambda digest, at: None, None, lambda event, **values: None)


def test_strangers_however_many_end_nobodys_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_MOST", 5)
    kept, at = sessions_of(Entropy()), Clock()()
    mine = kept.open(EVERYBODY, at)
    strangers = [kept.open(None, at) for _ in range(20)]
    assert kept.find(mine.key, at) is mine
    assert sum(kept.find(each.key, at) is not None for each in strangers) == 5


def test_who_looks_after_all_tenants_sees_the_pages_of_none(serve: Serve, tmp_path: Path) -> None:
    row = {"token": "zr_op", "id": "op", "tenant": "*", "scopes": ["operate"]}
    served = serve(
        sets={"a": [str(SETS / "cert")], "b": [str(SETS / "cert")]},
        pages=True,
        tokens=tokens_file(tmp_path, row),
    )
    for tenant in "ab":
        send(served, f"/t/{tenant}/sign-in", {"token": "zr_op"})
        answer = served.get(f"/t/{tenant}/letters", follow_redirects=False)
        assert answer.status_code == 303, answer.text
    assert served.get("/metrics", headers={"authorization": "Bearer zr_op"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8080", 200), ("localhost", 200), ("[::1]:8080", 200), ("LOCALHOST:1", 200),
     ("evil.example", 421), ("127.0.0.1.evil.example:8080", 421), ("", 421), ("localhost:x", 421)],
)  # fmt: skip
def test_without_tokens_only_who_calls_this_machine_by_its_name_is_answered(
    host: str, status: int
) -> None:
    app = OnlyHere(create_app(Settings(sets={"": [str(SETS / "cert")]}, journal=lambda line: None)))
    answer = TestClient(app).get("/v1/sets", headers={"host": host})
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "ZR878"


def test_a_session_of_the_past_is_none() -> None:
    kept = sessions_of(Entropy())
    mine = kept.open(EVERYBODY, datetime.fromisoformat("2026-03-02T09:00:00+08:00"))
    assert kept.find(mine.key, datetime.fromisoformat("2026-03-02T18:00:00+08:00")) is None


def test_a_session_that_was_closed_is_over_whatever_key_a_browser_brings() -> None:
    kept, at = sessions_of(Entropy()), Clock()()
    for who in (EVERYBODY, None):
        session = kept.open(who, at)
        kept.close(session)
        assert kept.find(session.key, at) is None and kept.over(session.key) is None


# --- what is handed in ---------------------------------------------------------------------------


def bomb() -> bytes:
    """A workbook of a few kilobytes that wants to be two hundred megabytes."""
    whole, packed = BytesIO(), BytesIO()
    book = Workbook()
    book.active.append(["对象", "指标"])
    book.save(whole)
    with ZipFile(whole) as source, ZipFile(packed, "w", ZIP_DEFLATED) as made:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"<sheetData>", b"<sheetData>" + b" " * (200 << 20))
            made.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("content", [bomb, lambda: b"PK\3\4 no workbook"])
def test_a_workbook_that_is_none_is_refused_without_telling_where_it_was_put(
    serve: Serve, tmp_path: Path, content: Callable[[], bytes]
) -> None:
    served = serve("weihai", pages=True, store=str(tmp_path / "store.db"))
    files = [("ratings", ("以下评上.xlsx", content(), "application/octet-stream"))]
    answer = send(served, "/board", {}, files=files)
    assert answer.status_code == 422 and "ZR89" in answer.text
    assert gettempdir() not in answer.text
