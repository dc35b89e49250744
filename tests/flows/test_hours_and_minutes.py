"""8 小时 and 480 分钟 are one length on every calendar; 工作小时 leave 值班 out."""

from __future__ import annotations

from functools import cache

import pytest

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import Diagnostic
from zhunru.syntax.loader import load_text
from zhunru.testing import run_tests

CALENDARS = {
    "值班": "  工作日 8:00 至 20:00\n  休息日、法定休假日 9:00 至 17:00 值班\n",
    "晚间值班": "  工作日 8:30 至 12:00、13:30 至 17:30\n  工作日 18:00 至 21:00 值班\n",
    "窗口": "  工作日 8:30 至 12:00、13:30 至 17:30\n",
}
TEXT = """政策 T-1 "试验"
  施行 2020-01-01
单位
  | 名称 | 层级 | 上级 |
  | 甲区 | 区 | - |
  | 甲社区 | 社区 | 甲区 |
表单 来件
  目标社区 单位 主体
日历 值守
{hours}流程 问答 止于 办结
  日历 值守
  约束 自 回应 至 办结 不超过 {bound}
  环节 提问 由 社区 限 不限时
    提问(内容) → 回应
  环节 回应 由 社区 限 {limit}
    答(内容) → 办结
    逾期 → 办结
    可延期 1 次 {more} 经 甲区
测试 "到期"
  假如 流程 为 问答, 目标社区 为 甲社区, 提问 于 {start} 那么 回应 止于 {end}
"""


@cache
def checked(**said: str) -> tuple[CompiledPolicy | None, tuple[Diagnostic, ...]]:
    loaded, unread = load_text(TEXT.format(**said), "set.policy")
    assert loaded is not None and unread == []
    done, found = check(loaded)
    return (compile_policies(done) if done else None), tuple(found)


ENDS = [
    ("值班", "2026-03-06 19:58", "2026-03-07 16:58", "2026-03-09 15:58"),
    ("晚间值班", "2026-03-05 10:00", "2026-03-05 20:00", "2026-03-06 10:30"),
    ("窗口", "2026-03-06 16:00", "2026-03-07 00:00", "2026-03-09 16:30"),
]


@pytest.mark.parametrize("hours,start,end,worked", ENDS)
@pytest.mark.parametrize("limit", ["8 小时", "480 分钟", "8 个工作小时"])
def test_hours_end_where_as_many_minutes_do(
    hours: str, start: str, end: str, worked: str, limit: str
) -> None:
    policy, _ = checked(
        hours=CALENDARS[hours], bound="40 个工作日", limit=limit, start=start,
        more="1 " + limit.split(" ", 1)[1].removeprefix("个"),
        end=worked if "工作" in limit else end,
    )  # fmt: skip
    assert policy is not None
    assert [each.zh for each in run_tests(policy) if not each.passed] == []


@pytest.mark.parametrize("hours", CALENDARS)
@pytest.mark.parametrize("limit", ["8 小时", "480 分钟"])
@pytest.mark.parametrize("more", ["1 小时", "60 分钟"])
@pytest.mark.parametrize(
    "bound,codes",
    [
        ("9 小时", set()),
        ("540 分钟", set()),
        ("539 分钟", {"ZR522"}),
        ("8 小时", {"ZR522"}),
    ],
)
def test_a_bound_in_minutes_is_proved_of_hours_exactly(
    hours: str, limit: str, more: str, bound: str, codes: set[str]
) -> None:
    _, found = checked(
        hours=CALENDARS[hours], bound=bound, limit=limit, more=more,
        start="2026-03-06 16:00", end="2026-03-07 00:00",
    )  # fmt: skip
    assert {each.code for each in found} & {"ZR522", "ZR523", "ZR524"} == codes
