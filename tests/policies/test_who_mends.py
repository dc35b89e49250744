"""Whom a check of Weihai, of Jin'an and of the grids of Putian tells to mend what it found."""

from __future__ import annotations

import pytest
from tests.shipped import written

from zhunru.syntax.expressions import Ref
from zhunru.syntax.measure_nodes import Check

# What is not here is only a hint, or a list that somebody is put on.
MENDS = {
    # S1-24, S1-25, S1-29, S1-30, S1-31, S1-35
    "weihai": {
        "街道": "活动面积占比 都建社区会客厅 轮流坐班",
        "环翠区": "三部门下沉",
        "市民政局": "委托专业机构电话调查 十五分钟服务圈",
        "社区居委会": "记分先签公约 照公约记分",
    },
    # S2-01 to S2-04, S2-06, S2-08, S2-09, S2-13, S2-14, S2-17, S2-18, S2-22, S2-24, S2-25, S2-27, S2-30
    "jin-an": {
        "街道": "社区都建大党委 大党委一个核心 核心是社区党组织 大党委有兼职单位 季度开会 照条件定模式"
        " 改造对症 收缴率都要提高 暖心驿站功能齐备 规章备案不抵触",
        "组织部门": "社区包联全覆盖 单位包联适度 社区都有干部进小区 单位都派干部进小区 社区都有第一书记"
        " 薄弱网格第一书记五十三名 薄弱网格都派了 下沉的都编入网格",
        "社区居委会": "网格要细分 能人上对岗 五方到会 恳谈三方参加 两长一员齐备 派队对路",
    },
    # S3-02, S3-03
    "putian": {
        "党委政法委": "一体调度",
        "街道": "社区都有邻里中心",
        "社区居委会": "支部建在网格 网格力量到位",
    },
}  # fmt: skip


@pytest.mark.rows(
    "S1-24", "S1-25", "S1-29", "S1-30", "S1-31", "S1-35", "S2-01", "S2-02", "S2-03", "S2-04",
    "S2-06", "S2-08", "S2-09", "S2-13", "S2-14", "S2-17", "S2-18", "S2-22", "S2-24", "S2-25",
    "S2-27", "S2-30", "S3-02", "S3-03",
)  # fmt: skip
@pytest.mark.parametrize("name", MENDS)
def test_what_a_check_finds_is_somebody_s_to_mend(name: str) -> None:
    found = {
        one.name.text: one.consequence.to.name
        for one in written(name)
        if isinstance(one, Check)
        and one.consequence is not None
        and one.consequence.kind == "rectify"
        and isinstance(one.consequence.to, Ref)
    }
    for whom, checks in MENDS[name].items():
        assert {check: found.get(check) for check in checks.split()} == dict.fromkeys(
            checks.split(), whom
        )
    if name == "jin-an":
        assert len(found) == sum(len(checks.split()) for checks in MENDS[name].values())
