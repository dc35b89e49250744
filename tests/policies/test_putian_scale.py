"""A list as long as the service centre of Putian's police: 7,161 matters, each found by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhunru import Outcome, Request, decide, open_policy

MATTERS = 7161
SET = """政策 GA-1 "试验"
  适用 某市
  施行 2021-01-08
依据 办法 "某办法"
  公布 2020-01-01
单位
  | 名称   | 层级 | 上级 |
  | 某市   | 市级 | -    |
  | 某窗口 | 窗口 | 某市 |
表单 办事
  业务 事项 必填
  窗口 单位 必填 主体
清单 一站式业务 "一站式业务" 类型 准入 取自 "业务.csv" 应有 7161 条
  依据 办法
判定 窗口受理 对象 办事
  用语 受理、不予受理、暂缓、请补正
  依次
    一站式业务
  默认 拒绝 "不在一站式业务之内" 代码 不在其内
"""


@pytest.mark.rows("S3-55")
def test_each_of_7161_matters_is_found_and_no_other_is(tmp_path: Path) -> None:
    rows = ["编号,事项", *(f"YW-{n:04},示例业务第{n}项" for n in range(1, MATTERS + 1))]
    (tmp_path / "业务.csv").write_text("\n".join(rows), encoding="utf-8-sig")
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    policy = open_policy(tmp_path)

    def outcome(matter: str) -> Outcome:
        facts = {"业务": matter, "窗口": "某窗口"}
        return decide(policy, Request(facts=facts, received=date(2021, 3, 1))).outcome

    assert outcome("YW-0001") is outcome("示例业务第7161项") is Outcome.ADMIT
    assert outcome("示例业务第7162项") is Outcome.REFUSE
