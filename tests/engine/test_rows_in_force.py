"""Rows that a set brings in a file are in force on the days that they name, no longer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhunru import PolicyRejected, Request, decide, open_policy

SET = """政策 QZ-1 "准入（示例，非官方）"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级   |
  | 柳河区   | 区   | -      |
  | 区民政局 | 部门 | 柳河区 |
  | 向阳社区 | 社区 | 柳河区 |
依据 办法 "准入办法"
  施行 2020-01-01
表单 来件
  来文单位 单位
  目标社区 单位 必填 主体
  事项 事项 必填
台账 已准入 取自 "已准入.csv"
  事项 事项
  范围 单位组
  起止 时段
判定 准入 对象 来件
  用语 准入、拒绝、暂缓、补正
  依次
    已准入
  默认 拒绝 "没有列入" 代码 未准入
"""


@pytest.mark.parametrize(
    ("day", "word"),
    [
        ("2025-12-31", "拒绝"),
        ("2026-01-01", "准入"),
        ("2026-06-30", "准入"),
        ("2026-07-01", "拒绝"),
    ],
)
def test_a_row_of_a_file_holds_from_its_first_day_to_its_last(
    tmp_path: Path, day: str, word: str
) -> None:
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    rows = "事项,范围,起止\n人口普查,向阳社区,2026-01-01 至 2026-06-30\n"
    (tmp_path / "已准入.csv").write_text(rows, encoding="utf-8")
    facts = {"来文单位": "区民政局", "目标社区": "向阳社区", "事项": "人口普查"}
    request = Request(facts=facts, received=date.fromisoformat(day))
    answer = decide(open_policy(tmp_path / "集.policy"), request)
    assert str(answer.outcome) == {"准入": "admit", "拒绝": "refuse"}[word]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-01-01 至 2026-06-30", ""),
        ("2026年1月1日～2026年6月30日", ""),
        ("2026.1.1 to 2026.6.30", ""),
        ("至 2026-06-30", ""),
        ("2026年6月30日 至 2026.1.1", "起止日期先后颠倒：2026-06-30 至 2026-01-01，止在起之前"),
        ("2026-06-30 至 2026-02-30", "台账的“起止”一栏要填时段，读不出“2026-06-30 至 2026-02-30”"),
        ("长期", "台账的“起止”一栏要填时段，读不出“长期”"),
    ],
)
def test_a_period_that_holds_on_no_day_is_told(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    rows = f"事项,范围,起止\n人口普查,向阳社区,{written}\n"
    (tmp_path / "已准入.csv").write_text(rows, encoding="utf-8")
    if told:
        with pytest.raises(PolicyRejected) as refused:
            open_policy(tmp_path / "集.policy")
        assert [each.zh for each in refused.value.diagnostics] == [told]
        assert [each.span.line for each in refused.value.diagnostics] == [2]
        return
    request = {"来文单位": "区民政局", "目标社区": "向阳社区", "事项": "人口普查"}
    policy = open_policy(tmp_path / "集.policy")
    for day, word in ((date(2026, 6, 30), "admit"), (date(2026, 7, 1), "refuse")):
        assert str(decide(policy, Request(facts=request, received=day)).outcome) == word
