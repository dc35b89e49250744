"""What is found about a whole is not told while a part of it is wrong: mended, it may be gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru import check_policies

FLOW = """政策 JY-1 "示例（非官方）"
  施行 2026-01-01
单位 甲街道 层级 街道
单位 乙社区 层级 社区 上级 甲街道
表单 来件
  目标社区 单位 必填 主体
台账 名册
  起止 时段
流程 办理 "登记—发放" 止于 办结、退回
  约束 自 登记 至 办结 不超过 3 个工作日
  约束 未经 核对 不得 办结
  | 环节 | 由   | 限           | 办理 → 去向                              | 到期 → 去向 |
  | 登记 | 街道 | 1 个工作日   | 核对 → 发放                              | 逾期 → 退回 |
  | 发放 | 街道 | 2 个工作日   | 发放 → 办结 并 登记 名册 有效 12 个月    | 逾期 → 办结 |
"""
TABLE = """政策 JY-1 "示例（非官方）"
  施行 2026-01-01
表单 来件
  类别 枚举 甲、乙
对照表 档次 取 唯一一行
  | 类别 | → 金额 |
  | 甲   | 3      |
  | 乙   | 4      |
"""


def codes(text: str, folder: Path) -> list[str]:
    file = folder / "甲.policy"
    file.write_text(text, encoding="utf-8")
    return [found.code for found in check_policies(file)[1]]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("2 个工作日", "办结期", "ZR201"),
        ("2 个工作日", "即时", "ZR101"),
        ("2 个工作日", "2 次", "ZR503"),
        ("2 个工作日", "2 个工作日。", "ZR124"),
        ("并 登记 名册 有效", "并并 登记 名册 有效", "ZR101"),
    ],
)
def test_a_slip_in_a_workflow_is_told_alone(
    right: str, wrong: str, code: str, tmp_path: Path
) -> None:
    assert not codes(FLOW, tmp_path)
    assert codes(FLOW.replace(right, wrong), tmp_path) == [code]


def test_a_slip_in_one_workflow_hides_nothing_of_another(tmp_path: Path) -> None:
    flow = FLOW.replace("不超过 3", "不超过 2")
    assert codes(flow, tmp_path) == ["ZR522"]
    other = '\n流程 另办 "办" 止于 办结\n  环节 登记 由 街道 限 办结期\n    逾期 -> 办结\n'
    assert {"ZR522", "ZR201"} <= {*codes(flow + other, tmp_path)}


def test_a_slip_in_a_table_is_told_without_its_gaps(tmp_path: Path) -> None:
    assert not codes(TABLE, tmp_path)
    assert codes(TABLE.replace("| 乙  ", "| 乙。"), tmp_path) == ["ZR124"]


def test_a_day_that_is_none_is_told_without_what_is_in_force_on_another(tmp_path: Path) -> None:
    text = """政策 JY-1 "示例（非官方）"
  施行 2026-03-01
依据 通知 "某通知"
  层级 部门文件
  施行 2026-03-01
表单 来件
  次数 数值 0 至 90 次
参数 次数上限 2026-03-01 起 30 次
规则 过多 依据 通知
  当 次数 超过 次数上限
  拒绝 "多了"
判定 准入 对象 来件
  依次
    过多
  默认 拒绝 "未列入"
"""
    assert not codes(text, tmp_path)
    assert codes(text.replace("施行 2026-03-01", "施行 2026-02-30", 1), tmp_path) == ["ZR111"]
