"""A small set whose workflow goes to and fro, with reminders, messages and an end by time."""

from __future__ import annotations

from functools import cache

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.runtime.case import Actor
from zhunru.syntax.loader import load_text

TEXT = """政策 CS-1 "往返办理办法"
  印发 区民政局
  适用 江源区
  施行 2021-01-01
单位
  | 名称     | 层级 | 上级   | 角色     |
  | 江源区   | 区级 | -      | -        |
  | 区民政局 | 部门 | 江源区 | 承办部门 |
  | 街道办   | 街道 | 江源区 | -        |
角色 承办部门
表单 来件
  说明 文本
流程 往返 "往返办理" 止于 办结
  | 环节 | 由       | 限         | 办理 → 去向                                                            | 到期 → 去向 | 提醒                 |
  | 接件 | 街道办   | 2 个工作日 | 转办(说明) → 办理 不超过 99999 次, 满后 → 办结; 了结 → 办结 | 逾期 → 办结 | 过半时 提醒 街道办   |
  | 办理 | 承办部门 | 5 个工作日 | 退回(说明) → 接件 并 通知 街道办                                       | 逾期 → 办结 | 过半时 提醒 承办部门 |
  到达 办理 时 通知 承办部门
"""
FLOW = "往返"
OPENER = Actor(unit="街道办", person="张三")
# Who does what in which state.
MOVES = {"接件": (OPENER, "转办"), "办理": (Actor(unit="区民政局", person="李四"), "退回")}


@cache
def office() -> CompiledPolicy:
    """Return the set, compiled."""
    loaded, found = load_text(TEXT)
    assert loaded is not None, found
    checked, more = check(loaded)
    assert checked is not None, [d.zh for d in more]
    return compile_policies(checked)
