"""Whose a list or an entry is must be somebody whom the set knows, in lists of every kind."""

from __future__ import annotations

import pytest
from tests.checker.sets import findings

TEXT = """政策 试验 "试验办法"
  施行 2024-01-01
依据 某法 "某某法"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级 |
  | 某区     | 区   |      |
  | 区民政局 | 部门 | 某区 |
表单 来件
  来文单位 单位
  事项 事项
清单 甲 "甲单" 类型 {kind} 主体 {owner}
  依据 某法
  条目 A1 "核查"
    牵头 区民政局
    主体 {own}
"""


@pytest.mark.parametrize("kind", ["协助", "准入", "证明", "禁止", "职责"])
@pytest.mark.parametrize(("owner", "own"), [("某区民政局", "部门"), ("区民政局", "区民正局")])
def test_an_unknown_owner_is_told_with_the_nearest_name(kind: str, owner: str, own: str) -> None:
    found = findings(TEXT.format(kind=kind, owner=owner, own=own))
    (told,) = [each for each in found if each.code == "ZR203"]
    unknown = owner if owner == "某区民政局" else own
    assert (unknown in told.zh, "“区民政局”" in told.help_zh) == (True, True)


def test_a_catalogue_decides_nothing_and_may_name_bodies_of_elsewhere() -> None:
    found = findings(TEXT.format(kind="目录", owner="某区民政局", own="区民正局"))
    assert "ZR203" not in [each.code for each in found]


def test_a_known_owner_is_not_told() -> None:
    found = findings(TEXT.format(kind="协助", owner="区民政局", own="部门"))
    assert "ZR203" not in [each.code for each in found]
