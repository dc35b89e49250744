"""Checks that ask for one of each of several parts: which parts, and each that is missing is told.

The parts are written here as the sources name them, so that a check from which one is dropped, or
to which a word of ours is put, is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from tests.shipped import SETS, compiled, written

from zhunru.checker.resolved_measures import Demand
from zhunru.measures import Rows, review
from zhunru.measures.rows import Values
from zhunru.syntax.measure_nodes import Check, Counted

DAY = date(2026, 3, 2)
PARTS = {
    # S0-14, S0-32, S0-38, S0-48, S0-52, S0-54, S0-67, S0-72
    ("jiangyuan", "盛丰社区四处设施"): "社会组织孵化站 居民食堂 居民影院 革命老矿工展室",
    ("jiangyuan", "民主管理制度健全"): "居规民约 协商议事 两公开 四民主",
    ("jiangyuan", "法治机制健全"): "社区矫正 矛盾调处 流动人口管理",
    ("jiangyuan", "法治机构齐备"): "法律顾问 法律服务站 法律援助站 治保会 大调解",
    ("jiangyuan", "四位一体齐备"): "社区党委 社区居委会 社区工作站 社区社会组织联合会",
    ("jiangyuan", "物业机构齐备"): "环境和物业管理委员会 物业服务站",
    ("jiangyuan", "小区组织齐备"): "党支部 自治小组 业主委员会 物业公司",
    ("jiangyuan", "小区四项功能健全"): "社情传递 民意收集 纠纷调解 秩序维护",
    ("jiangyuan", "网格要素齐备"): "人 地 物 事 组织",
    ("jiangyuan", "帮教小组齐备"): "司法 社区 网格 单位 社会 家庭",
    ("jiangyuan", "四种帮教都用到"): "入户走访 宣传教育 面对面谈心 技术培训",
    ("jiangyuan", "群防队伍齐备"):
        "综治工作领导小组 治保委员会 社区巡逻队 流动人口协管员 物管保安",
    ("jiangyuan", "三防全覆盖"): "人防 技防 物防",
    # S1-15, S1-21, S1-29
    ("weihai", "社区都排查过"): "承担工作 出具证明",
    ("weihai", "抽查会同专班"): "市民政局 市作风改进专班",
    ("weihai", "三部门下沉"): "公安 市场监管 综合执法",
    # S2-09, S2-18, S2-24, S2-25
    ("jin-an", "五方到会"): "社区 包联单位 网格党组织 物业 业委会",
    ("jin-an", "暖心驿站功能齐备"): "便民服务 民情前哨 文明公益",
    ("jin-an", "恳谈三方参加"): "社工组织 人大代表 居民",
    ("jin-an", "两长一员齐备"): "街巷长 楼栋长 网格员",
    # S3-07, S3-12, S3-16, S3-32, S3-43, S3-44
    ("putian", "民情场所齐备"): "社区民情接待室 代表委员工作室",
    ("putian", "安防三方联动"): "邻里中心 小区物业 业主",
    ("putian", "五社齐备"): "社区 社会组织 社工 社会慈善资源 社区志愿者",
    ("putian", "议事载体齐备"): "居民会议 居民代表会议 居民议事会 居民理事会",
    ("putian", "活动三方都到"): "社区 党员志愿者 居民",
    ("putian", "志愿服务站七有"):
        "统一标识 办公场所 志愿者队伍 管理制度 工作台账 服务项目 落实活动",
    # S4-04, S4-07, S4-09, S4-24, S4-25, S4-26, S4-28
    ("chaoyang", "小组三类齐备"): "理论专家 实务人员 社会组织",
    ("chaoyang", "会诊四方参加"): "理论专家 实务人员 社会组织 社区协调员",
    ("chaoyang", "两类人员都参训"): "街乡分管负责同志 样本社区书记",
    ("siming", "吸纳能人居民"): "小区能人 热心居民",
    ("siming", "万家和四方齐备"): "小区调解骨干 社区网格员 司法所 律师",
    ("siming", "四类空间齐备"): "社交休闲类 老人康养类 儿童育教类 便民服务类",
    ("siming", "朋友圈齐备"): "社区调委会 调解志愿者 法律顾问",
    ("siming", "网格警力齐备"): "民警 协警",
}  # fmt: skip
BOTH = [(name, check, part) for (name, check), said in PARTS.items() for part in said.split()]


def test_every_check_of_this_form_in_every_set_has_exactly_the_parts_written_here() -> None:
    """What a set has from above is asked once, where it is written."""
    parts = {
        (name, one.name.text): " ".join(each.text for each in one.demand.each)
        for name in SETS
        for one in written(name)
        if isinstance(one, Check) and isinstance(one.demand, Counted) and one.demand.each
    }
    assert parts == PARTS


@pytest.mark.rows(
    "S0-14", "S0-32", "S0-38", "S0-48", "S0-52", "S0-54", "S0-67", "S0-72", "S1-15",
    "S1-21", "S1-29", "S2-09", "S2-18", "S2-24", "S2-25", "S3-07", "S3-12", "S3-16", "S3-32",
    "S3-43", "S3-44", "S4-04", "S4-07", "S4-09",
    "S4-24", "S4-25", "S4-26", "S4-28",
)  # fmt: skip
@pytest.mark.parametrize(("name", "check", "part"), BOTH)
def test_of_one_that_has_all_parts_each_that_is_taken_away_is_told(
    name: str, check: str, part: str
) -> None:
    """The rows of one part are taken from one subject that meets the check: it is found, alone."""
    wanted = compiled(name).core.checks[check].demand
    assert isinstance(wanted, Demand)
    (link,), register = wanted.rows.links, wanted.rows.things.name
    rows = list(Rows(compiled(name), DAY).register(register) or ())
    before = told(name, check)
    whole = next(str(row[link.column]) for row in rows if (str(row[link.column]),) not in before)
    left = [r for r in rows if (str(r[link.column]), r[wanted.column]) != (whole, part)]
    assert len(left) == len(rows) - 1
    after = told(name, check, {register: left})
    assert after.keys() - before.keys() == {(whole,)}
    assert f"“{part}”0" in after[whole,]


def told(
    name: str, check: str, given: Mapping[str, Sequence[Values]] | None = None
) -> dict[tuple[str, ...], str]:
    """Return of whom a check has a finding, and what it says."""
    (done,) = review(Rows(compiled(name), DAY, given), [check])
    assert not any(one.unsure for one in done.findings)
    return {one.subjects: one.zh for one in done.findings}
