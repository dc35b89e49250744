"""Sets and rows for the tests of what is measured."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import Severity
from zhunru.measures import Reviewed, Rows, review
from zhunru.syntax.loader import load_text

DAY = date(2026, 3, 31)
UNITS = """
政策 T-1 "试验"
单位
  | 名称 | 层级 | 上级 |
  | 示例区 | 区 | - |
  | 区民政局 | 部门 | 示例区 |
  | 甲街道 | 街道 | 示例区 |
  | 甲社区 | 社区 | 甲街道 |
  | 乙社区 | 社区 | 甲街道 |
  | 丙社区 | 社区 | 示例区 |
  | 一网格 | 网格 | 甲社区 |
  | 二网格 | 网格 | 甲社区 |
"""


@cache
def policy(text: str) -> CompiledPolicy:
    """Return a set whose declarations stand behind the units."""
    loaded, unread = load_text(UNITS + text, "set.policy")
    assert loaded is not None
    assert unread == []
    checked, found = check(loaded)
    assert [d for d in found if d.severity is Severity.ERROR] == []
    assert checked is not None
    return compile_policies(checked)


def reviewed(text: str, day: date = DAY, **registers: list[dict[str, Any]]) -> Reviewed:
    """Return what the only check of a set finds."""
    (found,) = review(Rows(policy(text), day, registers))
    return found


def found(done: Reviewed) -> list[tuple[str, ...]]:
    """Return of whom a check certainly found something."""
    return [each.subjects for each in done.findings if not each.unsure]


def unsure(done: Reviewed) -> list[tuple[str, ...]]:
    """Return of whom it cannot be told."""
    return [each.subjects for each in done.findings if each.unsure]


def number(value: int | str) -> Decimal:
    """Return a number."""
    return Decimal(value)
