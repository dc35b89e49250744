"""A fact that names several units: each of them must be on the chart of the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.engine.conftest import HEAD, Asker, steps

from zhunru import open_policy
from zhunru.batch.columns import ColumnsEngine
from zhunru.batch.frames import frame_of
from zhunru.diagnostics import Span
from zhunru.errors import RequestRejected
from zhunru.request_files import GivenRow
from zhunru.vocabulary import Outcome

WITH_SEVERAL = HEAD.replace("  事项 事项\n", "  事项 事项\n  会同单位 单位组 可无\n").replace(
    "单位\n", "台账 疫情响应\n  起止 时段\n  范围 单位组\n单位\n", 1
)
RULE = '规则 不会同本单位 依据 条例\n  当 来文单位 属于 会同单位\n  拒绝 "不得会同自己" 代码 自会\n'
TELL = '规则 响应期间 依据 条例\n  当 有效(疫情响应, 目标社区)\n  拒绝 "响应期间不办" 代码 响应\n'


def test_a_unit_nobody_knows_among_several_is_told_with_the_nearest() -> None:
    ask = Asker(RULE + steps("不会同本单位"), WITH_SEVERAL)
    with pytest.raises(RequestRejected) as rejected:
        ask(来文单位="区民政局", 会同单位="区卫健局、区民正局", used={})
    (told,) = rejected.value.diagnostics
    assert (told.code, "区民正局" in told.zh, "“区民政局”" in told.help_zh) == ("ZR728", True, True)
    found = ask(来文单位="区民政局", 会同单位=["区卫健局", "区民政局"], used={})
    assert found.code == "自会"


def test_a_body_outside_the_chart_may_be_one_of_several() -> None:
    ask = Asker(RULE + steps("不会同本单位"), WITH_SEVERAL)
    found = ask(来文单位="区民政局", 会同单位="区卫健局、系统外:邻县民政局", used={})
    assert found.outcome is Outcome.REFUSE and found.code != "自会"


def test_a_register_may_cover_places_that_this_chart_does_not_have() -> None:
    ask = Asker(TELL + steps("响应期间"), WITH_SEVERAL)
    row = {"起止": "2020-01-01 至 2030-01-01", "范围": "邻区、森工"}
    found = ask(目标社区="森工", registers={"疫情响应": [row]}, used={})
    assert found.code == "响应"


DATED = """政策 示例 "示例（非官方）"
表单 来件
  来文单位 单位
  会同单位 单位组
单位
  | 名称 | 层级 | 至         |
  | 甲局 | 部门 |            |
  | 乙局 | 部门 | 2026-01-31 |
依据 试行办法 "试行办法"
规则 不会同 依据 试行办法
  当 来文单位 属于 会同单位
  拒绝 "不得会同自己"
判定 准入 对象 来件
  依次
    不会同
  默认 拒绝 "未列入"
"""


@pytest.mark.parametrize(("month", "told"), [(1, False), (2, True)])
def test_columns_tell_a_unit_that_is_gone_as_single_requests_do(
    tmp_path: Path, month: int, told: bool
) -> None:
    (tmp_path / "a.policy").write_text(DATED, encoding="utf-8")
    engine = ColumnsEngine(open_policy(tmp_path), received=date(2026, month, 20))
    row = GivenRow(Span("", 0, 0, 1, 1), {"来文单位": "甲局", "会同单位": "甲局、乙局"})
    (found,) = engine.decide(frame_of([row]))
    assert [each.code for each in found.findings] == (["ZR728"] if told else [])
