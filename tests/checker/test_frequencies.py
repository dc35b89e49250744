"""Frequencies that bind nobody, told once of a list: one line in it mends all of them."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.syntax.loader import load_text

SET = """政策 SHI-1 "测试用准入办法"
  印发 区民政局
  施行 2021-01-01
表单 来件
  目标社区 单位
  事项 事项
清单 协助 类型 协助
  | 编号 | 事项 | 频次 |
{rows}
判定 准入 对象 来件
  依次
    协助
  默认 拒绝 "未列入清单" 代码 未准入
"""


@pytest.mark.parametrize(
    ("frequencies", "zh", "en"),
    [
        (["每年 不超过 4 次"], "“第0项”写了", "`第0项`: a frequency"),
        (
            ["不限", *["每年 不超过 4 次"] * 30, "-"],
            "“第1项”等 30 条写了",
            "`第1项` and 29 more: a frequency",
        ),
    ],
)
def test_a_frequency_without_a_quota_is_told_once_of_a_list(
    frequencies: list[str], zh: str, en: str
) -> None:
    rows = "\n".join(f"  | A-{n} | 第{n}项 | {each} |" for n, each in enumerate(frequencies))
    loaded, _ = load_text(SET.format(rows=rows))
    assert loaded is not None
    (told,) = [one for one in check(loaded)[1] if one.code == "ZR442"]
    assert zh in told.zh and en in told.en
