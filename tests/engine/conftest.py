"""A small set that says what the semantics talk about, and what asks it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Decision, QuotaUse, Request, decide
from zhunru.diagnostics import Severity
from zhunru.syntax.loader import load_text

HEAD = """政策 SHI-1 "测试用准入办法"
  印发 区民政局
  施行 2021-01-01
依据 条例 "社会救助暂行办法"
  层级 行政法规
  公布 2014-02-21
  施行 2014-05-01
依据 旧法 "已经废止的办法"
  层级 规章
  公布 1999-01-01
  施行 1999-01-01 至 2025-12-31
依据 应对法 "突发事件应对法"
  层级 法律
  公布 2007-08-30
  施行 2007-11-01
单位
  | 名称     | 层级 | 上级   | 角色           |
  | 江源区   | 区级 | -      | -              |
  | 区民政局 | 部门 | 江源区 | -              |
  | 救助站   | 部门 | 区民政局 | -            |
  | 区卫健局 | 部门 | 江源区 | 应急指挥部成员 |
  | 街道办   | 街道 | 江源区 | -              |
  | 森工     | 社区 | 街道办 | 社区居委会     |
  | 富强     | 社区 | 街道办 | 社区居委会     |
角色 社区居委会 每个 社区 1 个
角色 应急指挥部成员
表单 来件
  来文单位 单位
  目标社区 单位 主体
  事项 事项
  类别 枚举 行政任务、检查考核、出具证明
  承担方式 枚举 主责、协助、知晓 可改
  用途 文本
  拟进入日期 日期 适用日
  经费到位 是否 由 街道 确认 可改
"""

ASSIST = """清单 协助事项 "协助清单" 类型 协助 主体 社区居委会
  依据 条例 第四条
  当 类别 为 行政任务
  要求 来文单位 属于 牵头及下级 否则 拒绝 "不是牵头单位" 代码 主体不符
  要求 承担方式 为 协助 否则 拒绝 "不得转由社区主责" 代码 主责错位
  要求 经费到位 否则 暂缓 "经费到账后再办" 代码 经费未到
  限额 每个 目标社区 按 频次 否则 拒绝 "已超过频次" 代码 超频
  | 编号  | 事项             | 牵头     | 别名         | 频次             | 至         |
  | XZ-01 | 低保对象核查     | 区民政局 | 低保入户核查 | 每年 不超过 4 次 | -          |
  | XZ-02 | 临时救助对象走访 | 区民政局 | -            | 不限             | 2025-12-31 |
"""


@cache
def compiled(body: str, head: str = HEAD) -> CompiledPolicy:
    """Check and compile a set; every error is shown."""
    loaded, found = load_text(head + body)
    assert loaded is not None, found
    checked, more = check(loaded)
    errors = [d for d in (*found, *more) if d.severity is Severity.ERROR]
    assert checked is not None, [f"{d.code} {d.zh} {d.span.line}" for d in errors]
    return compile_policies(checked)


def steps(*lines: str, default: str = '默认 拒绝 "未列入清单" 代码 未准入 退回 来文单位') -> str:
    """Return a decision over the form with these steps."""
    return (
        "判定 社区准入 对象 来件\n  依次\n"
        + "".join(f"    {x}\n" for x in lines)
        + f"  {default}\n"
    )


FULL: dict[str, Any] = {
    "来文单位": "区民政局",
    "目标社区": "森工",
    "事项": "XZ-01",
    "类别": "行政任务",
    "承担方式": "协助",
    "用途": "核查",
    "拟进入日期": date(2026, 3, 2),
    "经费到位": True,
}


_USED = "协助事项/XZ-01.每年"


class Asker:
    """Asks one set; a fact given as `...` is left out."""

    def __init__(self, body: str, head: str = HEAD) -> None:
        self.policy = compiled(body, head)
        known = self.policy.plan("").knows_quota(_USED)
        self._used = {_USED: 0} if known else {}

    def __call__(self, **given: Any) -> Decision:
        """Decide the full request with some facts changed; `used` is the use of quotas."""
        extra = {k: given.pop(k) for k in ("registers", "asserted_by", "received", "made_at")
                 if k in given}  # fmt: skip
        used = given.pop("used", self._used)
        counted = given.pop("counted", False)
        facts = {k: v for k, v in {**FULL, **given}.items() if v is not ...}
        extra.setdefault("received", date(2026, 2, 1))
        uses = {key: QuotaUse(used=value, counted=counted) for key, value in used.items()}
        return decide(self.policy, Request(facts=facts, quotas=uses, **extra))


@pytest.fixture(scope="session")
def ask_assist() -> Asker:
    """The assistance list by itself."""
    return Asker(ASSIST + steps("协助事项"))
