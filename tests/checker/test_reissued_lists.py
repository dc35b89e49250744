"""A list issued again beside the one it follows: one matter in both is no matter of two owners."""

from __future__ import annotations

import pytest
from tests.checker.sets import findings

TEXT = """政策 试验 "试验办法"
  施行 2020-01-01
依据 某法 "某某法"
  施行 2020-01-01
单位
  | 名称   | 层级 | 上级 |
  | 某区   | 区   |      |
  | 东街   | 街道 | 某区 |
  | 东社区 | 社区 | 东街 |
表单 来件
  来文单位 单位
  目标社区 单位 必填
  事项 事项
清单 旧单 类型 {kind} 主体 社区 施行 2020-01-01 至 {end}
  依据 某法
  条目 JD-23 "{title}"
清单 新单 类型 职责 主体 社区 {since}
  依据 某法
  条目 LZ-03 "调解小区居民之间物业服务纠纷"
{own}
判定 社区准入 对象 来件
  依次
    旧单
    新单
  默认 拒绝 "未列入清单"
"""
WHOLE, OWN = "施行 2026-01-01", "    施行 2026-01-01"


def codes(kind: str, title: str, end: str, since: str = WHOLE, own: str = "") -> set[str]:
    found = findings(TEXT.format(kind=kind, title=title, end=end, since=since, own=own))
    return {each.code for each in found} & {"ZR402", "ZR403", "ZR446"}


@pytest.mark.parametrize(
    ("kind", "title", "code"),
    [
        ("职责", "调解小区居民之间物业服务纠纷", "ZR403"),
        ("协助", "调解小区居民之间物业服务纠纷", "ZR446"),
        ("准入", "调解小区居民之间物业服务的纠纷", "ZR402"),
    ],
)
def test_only_lists_in_force_on_one_day_are_compared(kind: str, title: str, code: str) -> None:
    assert codes(kind, title, "2025-12-31") == set()
    assert codes(kind, title, "2025-12-31", "", OWN) == set()
    assert codes(kind, title, "2026-01-01") == {code}
    assert codes(kind, title, "2026-01-01", "", OWN) == {code}
    assert codes(kind, title, "2025-12-31", "") == {code}
