"""A small workflow to simulate."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.compiler import compile_policies
from zhunru.syntax.loader import load_text

TEXT = """政策 MN-1 "模拟（示例，非官方）"
  施行 2020-01-01
角色 窗口
角色 复核员
流程 复核 "办理—复核" 止于 办结
  | 环节 | 由     | 限         | 办理 → 去向 | 到期 → 去向 |
  | 办理 | 窗口   | 2 个工作日 | 报批 → 复核 | 逾期 → 复核 |
  | 复核 | 复核员 | 1 个工作日 | 同意 → 办结 | 逾期 → 办结 |
"""


@pytest.fixture(scope="session")
def policy():
    policy_set, _ = load_text(TEXT)
    checked, found = check(policy_set)
    assert checked is not None, [d.zh for d in found]
    return compile_policies(checked)
