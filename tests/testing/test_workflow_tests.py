"""Tests that say what happens in a workflow, and when its states end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from tests.cases.sets import TEXT, compiled  # noqa: E402

from zhunru.testing import TestResult, run_tests  # noqa: E402

ONLINE = """日历 线上服务时间
  工作日 8:00 至 20:00
  休息日、法定休假日 9:00 至 17:00 值班
流程 在线提问 "提问—回应" 止于 办结
  日历 线上服务时间
  | 环节 | 由     | 限     | 办理 → 去向            | 到期 → 去向                       |
  | 提问 | 森工   | 不限时 | 提问(理由) → 回应      | -                                 |
  | 回应 | 街道办 | 5 分钟 | 直接答复(意见) → 办结  | 逾期 → 回应 不限次 并 催办 区督查室 |
流程 表决 "会上定" 止于 办结、不办
  | 环节 | 由                                    | 限         | 办理 → 去向                 | 到期 → 去向   |
  | 提议 | 森工                                  | 不限时     | 提议(理由) → 商议           | -             |
  | 商议 | 会办 街道办、区民政局                 | 2 个工作日 | 全部 同意 → 审议;任一 反对 → 不办 | 逾期 → 不办   |
  | 审议 | 会议 社区居委会 到会 过半数 赞成 到会过半数 | 4 个工作日 | 通过 → 落实;未通过 → 不办   | 期满 → 不办   |
  | 落实 | 森工                                  | 10 个自然日 | 落实(意见) → 办结           | 逾期 → 办结   |
"""


def run(line: str) -> TestResult:
    text = f'{TEXT}{ONLINE}测试 "时限"\n  假如 {line}\n'
    (found,) = run_tests(compiled(text))
    return found


@pytest.mark.parametrize(
    "line",
    [
        "流程 为 在线提问, 提问 于 2026-03-06 19:58 那么 回应 止于 2026-03-07 9:03",
        "流程 为 准入申请, 提交 于 2026-03-02 9:30 那么 审批 止于 2026-03-05 18:00",
        "流程 为 准入申请, 月数 为 2, 提交 于 2026-03-02 9:30, 同意 于 2026-03-03 9:00 那么 生效 止于 2026-05-06 18:00",
        # What nobody does time does: the state is waited for.
        "流程 为 协助办理, 接件 于 2026-03-02 9:30 那么 接件 止于 2026-03-04 18:00, 办理 止于 2026-03-09 18:00",
        "流程 为 表决, 提议 于 2026-03-02 9:30, 同意 于 2026-03-03 9:00 那么 审议 止于 2026-03-09 18:00",
        "流程 为 表决, 提议 于 2026-03-02 9:30, 同意 于 2026-03-03 9:00, 通过 于 2026-03-04 9:00 那么 落实 止于 2026-03-16 18:00",
    ],
)
def test_a_state_ends_when_the_test_says(line: str) -> None:
    found = run(line)
    assert found.passed, found.zh


@pytest.mark.parametrize(
    ("line", "zh"),
    [
        (
            "流程 为 准入申请, 提交 于 2026-03-02 9:30 那么 审批 止于 2026-03-05 17:59",
            "“审批”应止于 2026-03-05 17:59，实为 2026-03-05 18:00",
        ),
        (
            "流程 为 准入申请, 提交 于 2026-03-02 9:30 那么 草拟 止于 2026-03-05 18:00",
            "“草拟”应止于 2026-03-05 18:00，实为 没有时限",
        ),
        (
            "流程 为 表决, 提议 于 2026-03-02 9:30, 反对 于 2026-03-03 9:00 那么 落实 止于 2026-03-05 18:00",
            "“落实”应止于 2026-03-05 18:00，实为 没有进入",
        ),
        (
            "流程 为 准入申请, 同意 于 2026-03-02 9:30 那么 审批 止于 2026-03-05 18:00",
            "没有“同意”这一办理",
        ),
        ("流程 为 准入, 提交 于 2026-03-02 9:30 那么 审批 止于 2026-03-05 18:00", "没有流程“准入”"),
        ("提交 于 2026-03-02 9:30 那么 审批 止于 2026-03-05 18:00", "请写明流程和经过"),
    ],
)
def test_a_test_that_does_not_hold_says_what_was_found(line: str, zh: str) -> None:
    found = run(line)
    assert not found.passed
    assert zh in found.zh
    assert found.en
