"""Whom a check of Weihai, of Jin'an and of Putian tells to mend what it found."""

from __future__ import annotations

import pytest
from tests.shipped import written

from zhunru.syntax.expressions import Ref
from zhunru.syntax.measure_nodes import Check

# What is not here is only a hint, or a list that somebody is put on.
MENDS = {
    # S1-15, S1-21, S1-24, S1-25, S1-29, S1-30, S1-31, S1-35
    "weihai": {
        "街道": "社区都排查过 活动面积占比 都建社区会客厅 轮流坐班",
        "环翠区": "三部门下沉",
        "市民政局": "抽查会同专班 委托专业机构电话调查 十五分钟服务圈",
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
    # S3-02 to S3-52
    "putian": {
        "党委政法委": "一体调度 都由网格中心调度 街道一支执法队 乡镇一支执法队 红包照等次发"
        " 精神为主物质为辅 公安为专班主力"
        " 入格部门都有数据研判 四级网格中心齐备 市有网格中心 县区有网格中心 街道有网格中心 乡镇有网格中心"
        " 社区有网格中心 网格中心实体运作 不另划网格",
        "街道": "社区都有邻里中心 民情场所齐备 安防三方联动 议事载体齐备 议事用对载体 到会过半数"
        " 到会三分之二 赞成过半数 重大事项都走四议两公开 公约不与法律抵触",
        "社区居委会": "支部建在网格 网格力量到位",
        "民政部门": "盖章都有依据 项目照表对接 备案比登记简 备案照表办 五社齐备 在线或者代办 联席会议成员"
        " 社区都有议事厅 议事厅线上线下",
        "司法行政部门": "执法队伍有资格 调解机构进邻里中心",
        "人力资源社会保障部门": "网格员同级同薪 定级不低于起始级",
        "文明办": "邻里中心都有服务站 志愿服务站七有 年年有计划 月月有主题 周周有活动",
        "数据主管部门": "数据中心满足十年 截止日期读得准 供数系统都接入 惠民宝平台都对接 十五分钟服务圈 线上平台按标准接入"
        " 乡镇网格平台开通 乡镇都有网格平台 街道都有网格平台",
        "雪亮工程专班": "探头覆盖率逐年提高",
        "组织部门": "提名必先联审 五年必换届",
        "公安机关": "一址一码 一址只有一码 编码合编制规范 警力下沉",
    },
}  # fmt: skip


@pytest.mark.rows(
    "S1-15", "S1-21", "S1-24", "S1-25", "S1-29", "S1-30", "S1-31", "S1-35",
    "S2-01", "S2-02", "S2-03", "S2-04",
    "S2-06", "S2-08", "S2-09", "S2-13", "S2-14", "S2-17", "S2-18", "S2-22", "S2-24", "S2-25",
    "S2-27", "S2-30", "S3-02", "S3-03", "S3-04", "S3-07", "S3-08", "S3-09", "S3-10", "S3-11",
    "S3-12", "S3-13", "S3-14", "S3-15", "S3-16", "S3-17", "S3-18", "S3-19", "S3-21", "S3-22",
    "S3-25", "S3-26", "S3-27", "S3-30", "S3-31", "S3-32", "S3-34", "S3-35", "S3-36", "S3-37", "S3-40",
    "S3-41", "S3-44", "S3-47", "S3-50", "S3-52",
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
