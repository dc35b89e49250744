"""A role of every unit of a level is met by these units, in the cells of tables too."""

from __future__ import annotations

import pytest
from tests.checker.sets import findings

TEXT = """政策 试验 "试验办法"
  施行 2024-01-01
单位
  | 名称     | 层级 | 上级     |
  | 某区     | 区   | -        |
  | 某街道   | 街道 | 某区     |
  | 甲社区   | 社区 | 某街道   |
角色 社区居委会 每个 社区
表单 来件
  来文单位 单位
对照表 承办 取 唯一一行
  | 来文单位   | → 办法 文本 |
  | 社区居委会 | 上报        |
  | {other}    | 转办        |
"""


@pytest.mark.parametrize(("other", "clash"), [("社区", True), ("某街道", False)])
def test_a_row_of_the_role_meets_the_units_of_its_level(other: str, clash: bool) -> None:
    codes = {each.code for each in findings(TEXT.format(other=other))}
    assert ("ZR450" in codes, "ZR452" in codes) == (clash, False)
