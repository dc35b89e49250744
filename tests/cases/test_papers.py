"""The letters that shipped workflows issue: filled in from the case, what is missing told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
from tests.cases.asking import at, by, key
from tests.cases.scripts import played
from tests.cases.shipped import SHIPPED, effects_of, flows_of

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.runtime.replies import Reply
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store
from zhunru.syntax.loader import load_text


@cache
def papers() -> dict[str, list[dict[str, Any]]]:
    """Return every paper that the case scripts bring out, by its document."""
    found: dict[str, list[dict[str, Any]]] = {}
    for _, _, store in played():
        for name, paper in issued(store):
            found.setdefault(name, []).append(paper)
    return found


def issued(store: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    for _, row in store.messages(1_000):
        if row.topic == "issue":
            body = orjson.loads(row.body)
            yield body["object"], body


@cache
def wanted() -> list[str]:
    """Return the letters that shipped workflows issue."""
    found = {
        effect.object
        for code in SHIPPED
        for flow in flows_of(code).values()
        for effect in effects_of(flow)
        if effect.kind == "issue"
    }
    return sorted(found)


# One test for all of them: to name them, every process would have to check every set.
def test_each_letter_of_a_shipped_set_goes_out_whole_in_some_script() -> None:
    assert len(wanted()) >= 10
    assert [name for name in wanted() if not papers().get(name)] == [], "no script brings it out"
    for name in wanted():
        whole = [each for each in papers()[name] if not each.get("missing")]
        assert whole, (name, papers()[name][0]["missing"])
        assert all("【" not in each["text"] and "＿" not in each["text"] for each in whole), name


def test_a_blank_in_a_letter_is_told() -> None:
    for name in wanted():
        for each in papers().get(name, ()):
            assert ("＿＿＿" in each["text"]) is bool(each.get("missing")), name


TEXT = """政策 CC-2 "通知(试验)"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级 | 角色     |
  | 甲区     | 区   | -    | -        |
  | 甲民政局 | 部门 | 甲区 | 民政部门 |
  | 甲卫健局 | 部门 | 甲区 | -        |
  | 甲社区   | 社区 | 甲区 | -        |
角色 民政部门
表单 来件
  来文单位 单位
  目标社区 单位 主体
  事项 事项
  收文日期 日期
流程 查处 止于 办结
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |
  | 举报 | 社区 | 不限时 | 反映(来文单位) → 办结 并 签发 叫停通知书 给 来文单位 | - |
文书 叫停通知书 "关于停止安排“【事项】”的通知"
  正文 "【来文单位】：你单位于【收文日期】要求【目标社区】办理“【事项】”。请【民政部门】督促。"
  落款 民政部门 用印
  字号 "民停"
"""


def compiled() -> CompiledPolicy:
    loaded, unread = load_text(TEXT, "set.policy")
    assert loaded is not None and unread == []
    checked, found = check(loaded)
    assert checked is not None, [each.zh for each in found]
    return compile_policies(checked)


def stopped(store: Store, **facts: str) -> Reply:
    service = CaseService(store, compiled())
    opened = service.open("查处", facts={"目标社区": "甲社区", **facts}, actor=by("甲社区"),
                          key=key(), at=at("2026-03-02 09:00"))  # fmt: skip
    return service.act(opened.case_id, "反映", inputs={"来文单位": "甲卫健局"}, actor=by("甲社区"),
                       key=key(), at=at("2026-03-02 10:00"))  # fmt: skip


def test_a_letter_is_filled_in_from_the_case_and_signed_by_the_body_that_is_meant(
    store: Store,
) -> None:
    reply = stopped(store, 事项="健在证明", 收文日期="2026-02-27")
    (body,) = [body for _, body in issued(store)]
    assert (reply.papers, reply.lacking) == (("民停〔2026〕1号",), ())
    assert body["text"].splitlines() == [
        "关于停止安排“健在证明”的通知",
        "民停〔2026〕1号",
        "甲卫健局：你单位于2026年2月27日要求甲社区办理“健在证明”。请甲民政局督促。",
        "甲民政局",
        "（印章）",
        "2026年3月2日",
    ]


def test_what_the_case_does_not_say_is_left_blank_and_told(store: Store) -> None:
    reply = stopped(store, 事项="健在证明")
    (body,) = [body for _, body in issued(store)]
    assert "你单位于＿＿＿要求甲社区" in body["text"]
    assert body["missing"] == ["收文日期"]
    assert reply.lacking == ("民停〔2026〕1号：收文日期",)
