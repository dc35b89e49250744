"""Moments that come with an offset are those of the clocks here, and held against all others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from zhunru import Request, decide, open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.errors import RequestRejected

TEXT = """政策 时 "时刻"
  印发 测试
  适用 测试
  施行 2020-01-01

单位
  | 名称 | 层级 |
  | 测试 | 部门 |

表单 来件
  动作 事项
  开始 时刻
  结束 时刻
  日子 日期

清单 可办 "可办" 类型 准入
  条目 看 "看"
    要求 开始 早于 结束 否则 拒绝 "倒了" 代码 倒了
  条目 改 "改"
    要求 日子 为 2026-03-03 否则 拒绝 "不是那天" 代码 不是那天

判定 办不办 对象 来件
  依次
    可办
  默认 拒绝 "没有" 代码 没有 刚性
"""
# Spellings of nine o'clock in Beijing.
NINE = [
    "2026-03-02T09:00",
    "2026年3月2日 09:00",
    "2026.3.2 9：00",
    "2026-03-02T01:00:00Z",
    "2026-03-01T20:00:00-05:00",
    datetime(2026, 3, 2, 1, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> CompiledPolicy:
    file: Path = tmp_path_factory.mktemp("set") / "时.policy"
    file.write_text(TEXT, encoding="utf-8")
    return open_policy(file.parent)


def outcome(policy: CompiledPolicy, **facts: Any) -> str:
    found: str = decide(policy, Request(facts=facts, received=date(2026, 3, 2))).outcome.value
    return found


@pytest.mark.parametrize(("one", "other"), list(product(NINE, NINE)))
def test_one_moment_is_one_moment_however_it_is_written(policy, one, other):
    assert outcome(policy, 动作="看", 开始=one, 结束=other) == "refuse", "it is not before itself"


@pytest.mark.parametrize("start", NINE)
def test_what_is_later_is_later(policy, start):
    for end in ("2026-03-02T09:01", "2026-03-02T01:01Z", "2026-03-02T10:01:00+09:00"):
        assert outcome(policy, 动作="看", 开始=start, 结束=end) == "admit"
        assert outcome(policy, 动作="看", 开始=end, 结束=start) == "refuse"


def test_the_day_of_a_moment_is_that_of_the_calendar_here(policy):
    evening = datetime(2026, 3, 2, 17, tzinfo=UTC)  # an hour past midnight in Beijing
    assert outcome(policy, 动作="改", 日子=evening) == "admit"


@pytest.mark.parametrize(
    "wrong",
    ["0001-01-01T00:00+14:00", "9999-12-31T23:00:00-12:00", "2016-12-31T23:59:60Z",
     "2026-03-02T24:00", "2026-03-02 24:00", "20260302T240000", "2026W10T24", "2026/3/2 24:00",
     "2026年3月2日 T24:00:00", "2026-02-30T09:00", "2026-03-02T09:00+25:00"],
)  # fmt: skip
def test_what_is_no_moment_is_told(policy, wrong):
    with pytest.raises(RequestRejected) as refused:
        outcome(policy, 动作="看", 开始=wrong, 结束="2026-03-02T09:00")
    assert refused.value.diagnostics[0].code == "ZR705"
