"""Small sets with a chart, made for one rule of time each."""

from __future__ import annotations

from functools import cache

from tests.flows.sets import checked

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.program import compile_policies
from zhunru.runtime.kit import CaseKit

CHART = """单位
  | 名称 | 层级 | 上级 | 角色 |
  | 甲区 | 区级 | - | 督查机构 |
  | 区民政局 | 部门 | 甲区 | 民政部门 |
  | 区财政局 | 部门 | 甲区 | - |
  | 区司法局 | 部门 | 甲区 | - |
  | 一街道 | 街道 | 甲区 | - |
  | 二街道 | 街道 | 甲区 | - |
  | 一社区 | 社区 | 一街道 | - |
  | 二社区 | 社区 | 一街道 | - |
  | 三社区 | 社区 | 二街道 | - |
  | 一网格 | 网格 | 一社区 | 网格员 |
角色 网格员
角色 居民
"""


@cache
def compiled(text: str) -> CompiledPolicy:
    return compile_policies(checked(CHART + text))


def flow(
    rows: str, *, before: str = "", ends: str = "办结", under: str = "", more: str = ""
) -> str:
    """A workflow 事项办理 of these rows; `more` are further columns."""
    heads = "".join(f" {name} |" for name in more.split())
    lines = "\n".join(f"  {row.strip()}" for row in rows.strip().splitlines())
    return (
        f'{before}流程 事项办理 "试办" 止于 {ends}\n{under}'
        f"  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |{heads}\n{lines}\n"
    )


def kit(rows: str, **options: str) -> CaseKit:
    """A case of such a workflow, not opened yet."""
    return CaseKit(compiled(flow(rows, **options)), "事项办理")


def due(case: CaseKit) -> str:
    """When the time of the state ends, to the minute."""
    return f"{case.due:%Y-%m-%d %H:%M}" if case.due else ""
