"""Tests that a set carries of its checks and scorecards: they pass, they fail, they say why."""

from __future__ import annotations

import pytest
from tests.measures.sets import policy

from zhunru.testing import TestResult, run_tests

SET = """
台账 概况
  社区 单位
  户数 数值 0 至 9999 户
台账 包联
  社区 单位
参数 规模 100 至 700 户
对照表 调整 取 唯一一行
  | 户数 | → 处理 |
  | 不满 100 户 | 并 |
  | 100 至 700 户 | 留 |
  | 超过 700 户 | 分 |
核查 规模适度 每个 社区 应当 户数 在 规模 之内 否则 提示 调整
核查 大社区规模 每个 社区 凡 户数 不少于 300 户 应当 户数 在 规模 之内 否则 提示 调整
核查 包联适度 每个 社区 应当 有 1 至 2 行 包联
评价 考评 对象 社区 每年
  评分人 居民
  指标 服务 权重 40%
  类 环境 权重 60%
    指标 绿化
    指标 卫生
  等次 优秀 不低于 90, 其余 一般
  名次 前 1 推荐 和谐社区
测试 "试" 对象 {target}
  {line}
"""


def ran(target: str, line: str) -> TestResult:
    (result,) = run_tests(policy(SET.format(target=target, line=line)))
    return result


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("规模适度", "假如 户数 为 900 那么 结论 为 不符合, 处理 为 分"),
        ("规模适度", "假如 户数 为 700 那么 结论 为 符合"),
        ("规模适度", "假如 户数 为 未知 那么 结论 为 查不清"),
        ("大社区规模", "假如 户数 为 299 那么 结论 为 符合"),
        ("大社区规模", "假如 户数 为 9 那么 结论 为 符合"),
        ("大社区规模", "假如 户数 为 900 那么 结论 为 不符合"),
        ("大社区规模", "假如 户数 为 未知 那么 结论 为 查不清"),
        ("包联适度", "假如 包联 为 0 行 那么 结论 为 不符合"),
        ("包联适度", "假如 包联 为 2 行 那么 结论 为 符合"),
        ("包联适度", "假如 包联 为 3 行 那么 结论 为 不符合"),
        ("包联适度", "那么 结论 为 查不清, 件数 为 3"),
        (
            "考评",
            "假如 服务 为 100, 绿化 为 80, 卫生 为 90 那么 总分 为 91, 环境 为 85, 等次 为 优秀",
        ),
        ("考评", "假如 服务 为 100 那么 总分 为 未知"),
        (
            "考评",
            "假如 甲 的 服务 为 9, 甲 的 环境 为 9, 乙 的 服务 为 9, 乙 的 环境 为 9 那么 甲 的 名次 为 1, 乙 的 名次 为 1",
        ),
    ],
)
def test_what_is_demanded_rightly_passes(target: str, line: str) -> None:
    result = ran(target, line)
    assert (result.passed, result.zh) == (True, "")


@pytest.mark.parametrize(
    ("target", "line", "zh", "en"),
    [
        ("规模适度", "假如 户数 为 900 那么 结论 为 符合",
         "“结论”应为“符合”，实为“不符合”", "expected `结论` = 符合, found not_met"),
        ("考评", "假如 服务 为 90, 环境 为 90 那么 总分 为 91",
         "“总分”应为“91”，实为“90”", "expected `总分` = 91, found 90"),
    ],
)  # fmt: skip
def test_what_is_demanded_wrongly_fails_and_says_what_was_found(
    target: str, line: str, zh: str, en: str
) -> None:
    result = ran(target, line)
    assert (result.passed, result.zh, result.en) == (False, zh, en)


def test_a_result_that_there_is_not_is_no_pass() -> None:
    result = ran("考评", "假如 服务 为 90, 环境 为 90 那么 总成绩 为 90")
    assert not result.passed
    assert "总成绩" in result.zh
