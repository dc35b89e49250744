"""Choices whose values are called 无, 是 or 否, wherever a condition or a test names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru import open_policy
from zhunru.rewriting import format_policy
from zhunru.testing import run_tests

SET = """
政策 T-1 "试"
  施行 2024-01-01
依据 某法 "某法"
  施行 2020-01-01
表单 件
  执照 枚举 有、无
  独居 枚举 是、否、不详 默认 否
  情形 多选 有、无 可无
规则 无照 依据 某法 第三条
  当 执照 为 无 且 独居 为 是
  拒绝 "无照"
对照表 表 取 首行
  | 执照 | 独居 | → 果 |
  | 无   | 是   | 甲   |
  | 有   | 非 否 | 乙  |
  | -    | -    | 丙   |
规则 看表 依据 某法 第三条
  当 表(执照, 独居) 的 果 为 乙
  暂缓 "看表"
判定 收 对象 件
  依次
    无照
    看表
  默认 拒绝 "没有"
测试 "无"
  假如 执照 为 无, 独居 为 是, 情形 为 无 那么 拒绝 代码 无照
  假如 执照 为 有, 独居 为 不详 那么 暂缓 代码 看表
  假如 执照 为 无 那么 拒绝
  假如 执照 为 无, 独居 为 是 那么 果 为 甲
  假如 执照 为 有, 独居 为 否 那么 果 为 丙
单位
  | 名称 | 层级 |
  | 甲局 | 部门 |
流程 办证 止于 办结
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |
  | 收 | 甲局 | 3 个工作日 | 收下(独居) 当 独居 为 是 → 办; 退(独居) 当 执照 为 无 → 办结 | 逾期 → 办 |
  | 办 | 甲局 | 2 个工作日 | 办 → 办结 | 逾期 → 办结 |
测试 "流程"
  假如 流程 为 办证, 执照 为 无, 独居 为 是, 收下 于 2026-03-02 09:00 那么 办 止于 2026-03-04 18:00
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_value_called_as_a_word_of_the_language_is_meant_by_it(
    tmp_path: Path, language: str
) -> None:
    path = tmp_path / "试.policy"
    path.write_text(SET, encoding="utf-8")
    text = format_policy(path, language="en" if language == "en" else "zh").text
    path.write_text(text, encoding="utf-8")
    results = run_tests(open_policy(path))
    assert len(results) == 6
    assert all(result.passed for result in results), results
