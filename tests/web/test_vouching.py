"""Facts have owners over HTTP, too: whose word counts is said by the token, not by the sender."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.web.conftest import Serve, Served, bearer, tokens_file
from tests.web.test_pages import send, text_of

from zhunru import open_policy
from zhunru.web import replay_log

SET = """政策 QR-1 "谁确认（示例，非官方）"
  印发 区民政局
  适用 柳河区
  施行 2021-01-01
依据 条例 "社会救助暂行办法"
  层级 行政法规
  公布 2014-02-21
  施行 2014-05-01
单位
  | 名称     | 层级 | 上级   | 角色       | 别名   |
  | 柳河区   | 区级 | -      | -          | -      |
  | 区财政局 | 部门 | 柳河区 | 财政部门   | 财政局 |
  | 区民政局 | 部门 | 柳河区 | -          | -      |
  | 一街道   | 街道 | 柳河区 | -          | -      |
  | 二街道   | 街道 | 柳河区 | -          | -      |
  | 一社区   | 社区 | 一街道 | 社区居委会 | -      |
角色 财政部门
角色 社区居委会 每个 社区 1 个
表单 来件
  目标社区 单位 主体 必填
  事项 事项
  来文单位 单位 由 系统 确认
  经费到位 是否 由 财政部门 确认
清单 可进 "可以进入" 类型 准入 主体 社区居委会
  条目 a "走访"
    牵头 区民政局
    依据 条例 第四条
    要求 来文单位 为 区民政局 否则 拒绝 "不是牵头部门来文" 代码 不是牵头
    要求 经费到位 否则 拒绝 "经费没有到位" 代码 无经费
判定 准入 对象 来件
  依次
    可进
  默认 拒绝 "未列入清单"
"""
FACTS = {"目标社区": "一社区", "事项": "走访", "来文单位": "区民政局", "经费到位": True}
CALLERS = {
    "sender": ({"actor": "区民政局 王"}, ["经费到位"]),
    "other sender": ({"actor": "二街道 王"}, ["来文单位", "经费到位"]),
    "street of the receiver": ({"actor": "一街道 王"}, ["经费到位"]),
    "owner": ({"actor": "区财政局 李"}, ["来文单位"]),
    "owner under its other name": ({"actor": "财政局 李"}, ["来文单位"]),
    "above both": ({"actor": "柳河区 李"}, ["经费到位"]),
    "no unit": ({}, ["来文单位", "经费到位"]),
    "trusted": ({"scopes": ["decide", "vouch"]}, []),
}


@pytest.fixture
def api(serve: Serve, tmp_path: Path) -> Served:
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    rows = [
        {"id": name, "token": name.replace(" ", "-"), "scopes": ["decide"], **row}
        for name, (row, _) in CALLERS.items()
    ]
    return serve(
        sets={"": [str(tmp_path / "集.policy")]},
        tokens=tokens_file(tmp_path, *rows),
        log=tmp_path / "log",
        pages=True,
    )


def head(name: str, **more: str) -> dict[str, str]:
    return {**bearer(name.replace(" ", "-")), **more}


def missing(api: Served, name: str, **more: str) -> list[str]:
    told = api.ask("/v1/decide", {"facts": FACTS, **more}, headers=head(name))
    assert told["outcome"] == ("incomplete" if told["missing"] else "admit")
    return [each["name"] for each in told["missing"]]


@pytest.mark.parametrize("name", CALLERS)
def test_what_a_caller_says_counts_as_far_as_its_unit_may_confirm_it(
    api: Served, name: str
) -> None:
    lacking = CALLERS[name][1]
    assert missing(api, name) == lacking
    outcome = "incomplete" if lacking else "admit"
    question = {
        "subject": {"type": "unit", "id": FACTS["来文单位"]},
        "action": {"name": FACTS["事项"]},
        "resource": {"type": "community", "id": FACTS["目标社区"]},
        "context": {"经费到位": True, "来文单位": FACTS["来文单位"]},
    }
    told = api.ask("/access/v1/evaluation", question, headers=head(name))
    assert (told["decision"], told["context"]["outcome"]) == (not lacking, outcome)
    told = api.ask("/v1/partial", {"facts": FACTS}, headers=head(name))
    assert told["decision"]["outcome"] == outcome


def test_in_batches_callers_share_no_answer(api: Served, tmp_path: Path) -> None:
    text = "\n".join([json.dumps(FACTS, ensure_ascii=False)] * 3).encode()
    for name in [*CALLERS, *reversed(CALLERS)]:
        sent = head(name, **{"content-type": "application/x-ndjson"})
        answer = api.post("/v1/decide/batch", content=text, headers=sent)
        told = [json.loads(line)["missing"] for line in answer.text.splitlines()]
        assert told == [CALLERS[name][1]] * 3, name
        assert missing(api, name) == CALLERS[name][1]
    found = replay_log(
        tmp_path / "log" / "decisions-default.jsonl", [open_policy(tmp_path / "集.policy")]
    )
    assert found.lines == 8 * len(CALLERS) and found.holds, found.findings[:3]


def test_in_whose_name_facts_are_asserted_only_who_may_vouch_says(api: Served) -> None:
    for name in CALLERS:
        if name == "trusted":
            continue
        body = {"facts": FACTS, "asserted_by": "财政部门"}
        answer = api.post("/v1/decide", json=body, headers=head(name))
        assert (answer.status_code, answer.json()["code"]) == (403, "ZR791")
        sent = head(name, **{"content-type": "application/x-ndjson"})
        path = "/v1/decide/batch?asserted_by=财政部门"
        assert api.post(path, content=b"{}", headers=sent).status_code == 403
    assert missing(api, "trusted", asserted_by="财政部门") == ["来文单位"]
    assert missing(api, "trusted", asserted_by="区财政局") == ["来文单位"]
    assert missing(api, "trusted", asserted_by="区民政局") == ["经费到位"]


def test_on_the_page_what_the_unit_of_the_token_says_counts(api: Served) -> None:
    form = {f"f:{name}": "是" if value is True else str(value) for name, value in FACTS.items()}
    for name in ("sender", "owner", "trusted"):
        send(api, "/sign-in", {"token": name})
        found = text_of(send(api, "/intake", form))
        claimed = found.partition("自称而没有采信的")[2].partition("按哪天的规则")[0]
        assert claimed.split() == CALLERS[name][1]
        api.get("/sign-out")
