"""No part of a check is idle: with one part less, or one comparison moved, a test notices.

Every check of every set is weakened in each way that `weakened` knows. What must then come out
otherwise: a 测试 of the set that asks that check, or what the check finds in changed rows, as it
is written here and in the tests of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from tests.policies import test_numbers_of_the_cases as cases
from tests.policies import test_numbers_of_the_sources as sources
from tests.policies.weakened import weakened
from tests.shipped import SETS, compiled, written

from zhunru.checker.resolved import NOTHING, CheckedPolicySet
from zhunru.checker.resolved import Test as Comparison
from zhunru.checker.resolved_measures import Aggregate, ResolvedCheck, Things
from zhunru.checker.resolved_measures import Rows as Counted
from zhunru.compiler import CompiledPolicy
from zhunru.measures import Rows, review
from zhunru.measures.review import review_one
from zhunru.measures.rows import shown
from zhunru.syntax.measure_nodes import Check
from zhunru.syntax.nodes import Test
from zhunru.testing import run_tests

DAYS = {
    "chaoyang": date(2021, 12, 31), "hongqi-community": date(2021, 12, 31),
    "hunchun": date(2021, 12, 31), "jiangyuan": date(2020, 5, 21), "jin-an": date(2023, 12, 4),
    "putian": date(2020, 12, 31), "weihai": date(2022, 3, 2),
}  # fmt: skip

Row = Mapping[str, Any]
LESS, TWICE, NEW = "less", "twice", "new"
# Which row, by values that it has ("" is every row, NEW one more), and what is done to it: taken
# away, written twice, or what its columns say instead.
Change = tuple[str, "str | Mapping[str, Any]"]

# The set, the check and the register in which one row less and one row more are each told.
EXACT = [
    ("jiangyuan", "城市社区十五个", "社区一览", "森工社区"),
    ("jiangyuan", "乡镇社区十六个", "社区一览", "示例乡镇社区01"),
    ("jiangyuan", "最大最小社区在册", "社区一览", "5500 15000"),
    ("jiangyuan", "最大最小社区在册", "社区一览", "200 400"),
    ("jiangyuan", "盛丰社区场所一千四百", "社区一览", "盛丰社区"),
    *(("jiangyuan", "示范社区名单", "示范社区", name)
      for name in ["森工社区", "金枫社区", "江北社区", "富强社区", "新世社区", "盛丰社区"]),
    *(("jiangyuan", "五部门信息齐备", "信息系统", name)
      for name in ["公安人口信息", "人口计生信息", "卫生健康信息", "民政救助信息", "社保信息"]),
    ("weihai", "智慧试点二十二个", "威海社区", "示例社区001"),
    ("weihai", "满意度照录", "满意度调查", "2021"),
    ("jin-an", "薄弱网格第一书记五十三名", "薄弱网格", "薄弱网格01"),
    ("putian", "公安业务七千一百六十一项", "公安业务", "出入境"),
    ("putian", "迁移系统一百七十三个", "上云单位", "上云单位01"),
    ("putian", "惠民宝用户约七十一万", "平台规模", "惠民宝实名注册用户"),
    ("putian", "证照一千二百种", "平台规模", "电子证照种类"),
    ("putian", "汇聚数据照录", "数据指标", "汇聚数据"),
    ("putian", "交换共享照录", "数据指标", "交换共享"),
    ("putian", "接口调用照录", "数据指标", "接口查询比对"),
    ("putian", "证照单位二百六十八个", "电子证照", "市直部门01"),
    ("putian", "证照单位二百六十八个", "电子证照", "县区单位001"),
    ("putian", "证照八百八十六万张", "电子证照", "市直部门01"),
    ("putian", "自助终端一百一十台", "自助终端", "城厢区"),
    ("putian", "购买服务五十九场次", "购买场次", "2020年第1批"),
]  # fmt: skip

# The set, the check, the register, what is changed in it, and how many findings there are then.
CHANGED: list[Any] = [
    # S0-02, S0-04, S0-05, S0-13, S0-34: what is counted is this community's, of this year.
    *(("jiangyuan", "示范社区名单", "示范社区", [(name, {"年度": 2017})], 1)
      for name in ["森工社区", "金枫社区", "江北社区", "富强社区", "新世社区", "盛丰社区"]),
    ("jiangyuan", "最大最小社区在册", "社区一览", [("5500 15000", {"户数": 5499})], 1),
    ("jiangyuan", "最大最小社区在册", "社区一览", [("5500 15000", {"人口": 14999})], 1),
    ("jiangyuan", "最大最小社区在册", "社区一览", [("森工社区", {"人口": 400})], 0),
    ("jiangyuan", "最大最小社区在册", "社区一览", [("森工社区", {"户数": 199})], 1),
    ("jiangyuan", "最大最小社区在册", "社区一览", [("森工社区", {"户数": 5501})], 1),
    ("jiangyuan", "盛丰社区场所一千四百", "社区一览", [("盛丰社区", {"社区": "森工社区"})], 1),
    ("jiangyuan", "富强社区有居民自治服务站", "小区台账",
     [("富强社区 居民自治服务站", {"社区": "盛丰社区"})], 1),
    ("jiangyuan", "富强社区有居民自治服务站", "小区台账",
     [("富强社区 居民自治服务站", {"有物业企业": True})], 1),
    ("jiangyuan", "幸福社区全部达标", "社区一览",
     [("示例乡镇社区01", {"达标日期": date(2020, 12, 31)})], 0),
    ("jiangyuan", "幸福社区全部达标", "社区一览",
     [("示例乡镇社区01", {"达标日期": date(2021, 1, 1)})], 1),
    ("jiangyuan", "示范社区先行达标", "社区一览",
     [("森工社区", {"达标日期": date(2019, 1, 1)})], 1),
    # S0-16: of ten centres the source says nine, of fifteen communities in town thirty-one.
    ("jiangyuan", "社工站覆盖", "社区一览", [("", {"社工机构": None})], 1),
    ("jiangyuan", "社工中心数前后一致", "社区一览", [("中心", LESS)], 0),
    ("jiangyuan", "社工中心数前后一致", "社区一览", [("中心", LESS), ("中心", LESS)], 1),
    ("jiangyuan", "城市社区数前后一致", "社区一览", [("", {"类型": "城市社区"})], 0),
    ("jiangyuan", "城市社区数前后一致", "社区一览",
     [("", {"类型": "城市社区"}), ("森工社区", TWICE)], 1),
    # S0-22, S0-24, S0-29, S0-43: shares, and what is compared with the year before.
    ("jiangyuan", "网格不只采集", "网格台账", [("60", {"采集件数": 0, "处置件数": 0})], 1),
    ("jiangyuan", "社区服务类社会组织占比", "社会组织台账", [("45", {"数量": 211})], 0),
    ("jiangyuan", "社区服务类社会组织占比", "社会组织台账",
     [("行业协会商会类", {"组织类别": "社会慈善类"})], 0),
    ("jiangyuan", "负担逐年减少", "负担底数", [("160", {"行政事务": 120})], 2),
    ("jiangyuan", "负担逐年减少", "负担底数", [("160", {"出具证明": 25})], 2),
    ("jiangyuan", "负担逐年减少", "负担底数", [("160", {"检查次数": 60})], 2),
    ("jiangyuan", "解决在基层", "纠纷化解", [("楼院", {"化解层级": "社区"})] * 5, 0),
    ("jiangyuan", "解决在基层", "纠纷化解", [("楼院", {"化解层级": "社区"})] * 6, 1),
    ("jiangyuan", "转移照目录承接", "承接事项", [("购买", {"承接事项": "社区帮教"})], 1),
    ("jiangyuan", "购买照目录采购", "承接事项", [("转移", {"承接事项": "居家养老上门服务"})], 1),
    # S0-66, S0-67: two of one name are two people; two who call on somebody are enough.
    ("jiangyuan", "实有人口不重", "实有人口", [("居民甲", {"登记姓名": "居民乙"})], 0),
    # S0-66: twice in the table of the set or twice by cases is too often, once in each is not.
    *(("jiangyuan", "实有人口不重", "实有人口", changes, n) for changes, n in [
        ([("居民甲", TWICE)], 2),
        ([("居民甲", {"来源": NOTHING})], 0),
        ([("居民甲", TWICE), ("居民甲", {"来源": NOTHING})], 0),
        ([("居民甲", {"来源": NOTHING}), ("居民甲", TWICE)], 2),
        ([("居民甲", {"来源": NOTHING}), ("居民乙", {"来源": NOTHING, "登记姓名": "居民甲"})], 0),
    ]),
    ("jiangyuan", "同一证件号一个名", "实有人口", [("居民甲", TWICE)], 0),
    ("jiangyuan", "同一证件号一个名", "实有人口", [("居民乙", {"登记证件号": "示例证件号甲"})], 1),
    ("jiangyuan", "女性对象有女性成员", "矫正对象", [("对象乙", {"性别": "男"})], 0),
    ("jiangyuan", "多对一走访不少于两人", "帮教走访", [("对象乙 1", LESS)], 0),
    # S3
    *(("putian", "六加三列明", "六加三措施",
       [(NEW, {"措施组": "六项"})] * six + [(NEW, {"措施组": "三项"})] * three, told)
      for six, three, told in ((6, 3, 0), (5, 3, 1), (7, 3, 1), (6, 2, 1), (6, 4, 1))),
    ("putian", "门禁公示用途", "安防小区", [("是 否", {"人脸门禁": False})], 0),
    ("putian", "公益群团都参与", "社会力量项目", [("社会公益组织", LESS)], 1),
    ("putian", "公益群团都参与", "社会力量项目", [("群团组织", LESS)], 1),
    ("putian", "网格员融入社工队伍", "社工名册", [("网格员", {"人员类别": "社区工作者"})], 2),
    ("putian", "年年有计划", "志愿活动", [("示例一站 年计划", {"活动类型": "月主题"})], 1),
    ("putian", "周周有活动", "志愿活动", [("示例一站 周活动", {"活动类型": "月主题"})], 3),
    ("putian", "数据中心满足十年", "平台规模", [("数据中心满足年数", LESS)], 1),
    ("putian", "惠民宝用户约七十一万", "平台规模",
     [("惠民宝实名注册用户", {"规模指标": "电子证照种类"})], 1),
    ("putian", "交换不多于汇聚", "数据指标", [("汇聚数据", LESS)], 1),
    ("putian", "交换不多于汇聚", "数据指标", [("汇聚数据", {"数量": 310_000_000})], 0),
    ("putian", "惠民宝事项二百六十多项", "惠民宝", [("市直部门01", {"便民事项数": 17})], 0),
    ("putian", "惠民宝事项二百六十多项", "惠民宝", [("市直部门01", {"便民事项数": 18})], 1),
    ("putian", "惠民宝事项二百六十多项", "惠民宝", [("市直部门01", {"便民事项数": 8})], 1),
    ("putian", "志愿者不少于十万", "志愿规模", [("注册志愿者", LESS)], 1),
    ("putian", "服务时长超百万", "志愿规模", [("服务时长", {"志愿指标": "注册志愿者"})], 1),
    ("putian", "志愿活动上万场", "志愿规模", [("志愿活动", LESS)], 1),
    ("putian", "宣传资料数千份", "志愿规模", [("宣传资料", LESS)], 1),
    *(("putian", "购买服务四千五百多人次", "购买场次", [("2020年第1批", {"服务人次": n})], told)
      for n, told in ((759, 1), (858, 0), (859, 1))),
    ("putian", "社区有网格中心", "网格中心台账", [("村居", {"中心层级": "市"})], 1),
    ("putian", "公安为专班主力", "专班成员", [("民警甲", LESS)], 1),
    ("jin-an", "薄弱网格第一书记五十三名", "薄弱网格",
     [("薄弱网格01", {"支部第一书记": NOTHING})], 1),
    # S4
    ("chaoyang", "样本社区书记都列入培训", "参训对象",
     [("样本社区书记", {"参训人员": "街乡分管负责同志"})], 1),
    ("chaoyang", "潜力样本基线不高", "成长评估", [("样本小区01", {"基线分": 60})], 1),
    ("chaoyang", "提升样本基线不低", "成长评估", [("样本小区03", {"基线分": 60})], 0),
    ("hongqi-community", "议事会数目", "居民议事会", [("4", {"议事成员数": 3})], 1),
    ("hongqi-community", "议事会数目", "居民议事会", [("4", {"议事成员数": 5})], 1),
    ("hongqi-community", "议事会数目", "居民议事会",
     [("4", TWICE), ("4", {"议事成员数": 0})], 1),
    ("hongqi-community", "议事会数目", "居民议事会", [("4", LESS), ("4", {"议事成员数": 8})], 1),
    ("hongqi-community", "物业党员数目", "生活圈", [("40", {"接入物业数": 39})], 1),
    ("hongqi-community", "物业党员数目", "生活圈", [("40", {"接入物业数": 41})], 1),
    ("hongqi-community", "身份码近二十万", "身份码", [("100000", {"签发个数": 92_000})], 0),
    ("hongqi-community", "幸福餐厅三十七计划十二投用", "四大场景",
     [("幸福餐厅 是", {"已投用": False})], 1),
    ("hongqi-community", "幸福餐厅三十七计划十二投用", "四大场景",
     [("幸福餐厅 否", {"已投用": True})], 1),
    ("hongqi-community", "幸福餐厅要投用", "四大场景", [("幸福餐厅 否", {"场景": "温馨客厅"})], 24),
    ("hongqi-community", "温馨客厅三十七学习厅三十六", "四大场景",
     [("温馨客厅 是", {"已投用": False})], 1),
    ("hunchun", "社区都成立领导小组", "领导小组",
     [("珲春城市社区01", {"成立层级": "市"})], 2),
    ("hunchun", "分两批", "社区底数", [("", {"批次": 1})], 1),
    ("hunchun", "分两批", "社区底数", [("", {"批次": 2})], 1),
    ("hunchun", "分两批", "社区底数", [("", {"批次": 2}), ("珲春城市社区01", {"批次": 1})], 0),
    ("hunchun", "分两批", "社区底数", [("", {"批次": 1}), ("珲春城市社区01", {"批次": 2})], 0),
]  # fmt: skip

# The set, the check, how many entries its list has, and how many findings there are then.
LISTED = [
    ("hongqi-community", "工作法九项", 8, 1),
    ("hongqi-community", "工作法九项", 9, 0),
    ("hongqi-community", "工作法九项", 10, 1),
    ("jin-an-community", "十项加若干", 10, 1),
    ("jin-an-community", "十项加若干", 11, 0),
]

# What is left over: of which check, in how many ways, and why.
SPARED = {
    ("hunchun", "措施按时间表完成"): (1, "a day that is 无 is not before any other"),
    # These ask the org chart or a table of the set, which are no rows: held elsewhere.
    ("hunchun", "联席会议四家"): (15, "roles: test_division_of_work gives and takes them"),
    ("jiangyuan", "五支队伍齐备"): (1, "roles: test_parts_of_jiangyuan takes one away"),
    ("putian", "联席会议成员"): (2, "roles: test_putian_rows takes one away; there is one 区级"),
    ("putian", "备案比登记简"): (4, "a table: test_putian_rows writes another"),
}


@dataclass(frozen=True)
class Asking:
    """A day and the rows of one register on which a check is asked."""

    day: date
    register: str
    rows: Sequence[Row]


def altered(rows: Sequence[Row], changes: Sequence[Change]) -> list[Row]:
    """Return the rows with the changes made, one after the other."""
    now = [dict(row) for row in rows]
    for values, change in changes:
        if values == NEW:
            now.append({})
        meant = range(len(now) - 1, len(now)) if values == NEW else _having(now, values)
        assert meant, values
        for at in meant:
            if isinstance(change, str):
                now[at : at + 1] = [dict(now[at]) for _ in range(2 if change == TWICE else 0)]
            else:
                now[at] |= {column: _value(value) for column, value in change.items()}
    return list(now)


def _having(rows: Sequence[Row], values: str) -> Sequence[int]:
    """Return where the first row stands that has these values, or where all rows do."""
    wanted = set(values.split())
    found = [n for n, row in enumerate(rows) if wanted <= set(map(_said, row.values()))]
    return found[:1] if values else found


def _said(value: Any) -> str:
    return "" if value is None else shown(value)


def _value(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def shipped(name: str, register: str) -> list[Row]:
    return [dict(row) for row in Rows(compiled(name), DAYS[name]).register(register) or ()]


def findings(policy: CompiledPolicy, check: str, asking: Asking) -> tuple[tuple[str, ...], ...]:
    """Return of whom a check finds something."""
    (done,) = review(Rows(policy, asking.day, {asking.register: asking.rows}), [check])
    return tuple(one.subjects + ("?",) * one.unsure for one in done.findings)


def exact(name: str, register: str, values: str) -> Iterator[Asking]:
    for change in (LESS, TWICE):
        rows = altered(shipped(name, register), [(values, change)])
        yield Asking(DAYS[name], register, rows)


@pytest.mark.rows("S0-02", "S0-05", "S0-13", "S0-59", "S1-30", "S1-32", "S2-03", "S3-33", "S3-34",
                  "S3-36", "S3-37", "S3-38", "S3-40", "S3-55")  # fmt: skip
@pytest.mark.parametrize(("name", "check", "register", "values"), EXACT)
def test_a_row_less_and_a_row_more_are_told(
    name: str, check: str, register: str, values: str
) -> None:
    policy = compiled(name)
    assert not findings(policy, check, Asking(DAYS[name], register, shipped(name, register)))
    assert [len(findings(policy, check, one)) for one in exact(name, register, values)] == [1, 1]


@pytest.mark.rows("S0-02", "S0-04", "S0-05", "S0-13", "S0-16", "S0-22", "S0-24", "S0-34", "S0-66",
                  "S0-67", "S0-71", "S3-10", "S3-33", "S3-37", "S3-47", "S3-50", "S4-06", "S4-13", "S4-17", "S4-30", "S4-32", "S4-34", "S4-39",
                  "S4-40")  # fmt: skip
@pytest.mark.parametrize(("name", "check", "register", "changes", "number"), CHANGED)
def test_changed_rows_are_told_or_are_not(
    name: str, check: str, register: str, changes: list[Change], number: int
) -> None:
    rows = altered(shipped(name, register), changes)
    found = findings(compiled(name), check, Asking(DAYS[name], register, rows))
    assert len(found) == number
    assert not any("?" in one for one in found)


def found_of(policy: CompiledPolicy, check: ResolvedCheck, number: int) -> int:
    """Return how many findings a check has if the list that it counts has so many entries."""

    def of_length(node: Any) -> Any:
        if isinstance(node, Things):
            return replace(node, entries=tuple((str(n), str(n)) for n in range(number)))
        if isinstance(node, (ResolvedCheck, Counted, Aggregate, Comparison)):
            names = ("demand", "left", "rows", "things")
            held = {name: getattr(node, name) for name in names if hasattr(node, name)}
            return replace(node, **{name: of_length(each) for name, each in held.items()})
        return node

    return len(review_one(Rows(policy, cases.CASES), of_length(check)).findings)


@pytest.mark.rows("S2-30", "S4-29")
@pytest.mark.parametrize(("name", "check", "entries", "number"), LISTED)
def test_a_list_with_an_entry_less_or_more_is_told(
    name: str, check: str, entries: int, number: int
) -> None:
    policy = compiled(name)
    assert found_of(policy, policy.core.checks[check], entries) == number


@pytest.mark.parametrize("name", SETS)
def test_of_every_check_a_part_less_or_a_comparison_moved_is_noticed(name: str) -> None:
    own = [one.name.text for one in written(name) if isinstance(one, Check)]
    unnoticed = {(name, check): sorted(unnoticed_in(name, check)) for check in own}
    assert {key: words for key, words in unnoticed.items() if len(words) != spared(key)} == {}


def spared(check: tuple[str, str]) -> int:
    """Return in how many ways a check may be weakened unnoticed; none, as a rule."""
    return SPARED[check][0] if check in SPARED else 0


def unnoticed_in(name: str, check: str) -> Iterator[str]:
    """Yield the ways of weakening a check that no test notices."""
    whole = compiled(name)
    tests = tuple(t for t in whole.checked.tests if t.target and t.target.text == check)
    asked = [(one, findings(whole, check, one)) for one in askings(name, check)]
    listed = [(n, found) for *key, n, found in LISTED if key == [name, check]]
    other = CompiledPolicy(whole.checked, whole.plans)
    for words, less in weakened(whole.core.checks[check]):
        other.core = with_check(whole, less, tests)
        if (
            all(one.passed for one in run_tests(other))
            and all(findings(other, check, one) == found for one, found in asked)
            and all(found_of(other, less, number) == found for number, found in listed)
        ):
            yield words


def with_check(
    policy: CompiledPolicy, check: ResolvedCheck, tests: tuple[Test, ...]
) -> CheckedPolicySet:
    """Return a set that has another check in place of its own, and only these tests."""
    return replace(policy.checked, checks={**policy.checked.checks, check.name: check}, tests=tests)


@cache
def askings(name: str, check: str) -> tuple[Asking, ...]:
    """Return on which rows a check is asked, here and in the tests of numbers."""
    here = [
        one
        for a_set, a_check, register, values in EXACT
        if (a_set, a_check) == (name, check)
        for one in exact(name, register, values)
    ] + [
        Asking(DAYS[name], register, altered(shipped(name, register), changes))
        for a_set, a_check, register, changes, _ in CHANGED
        if (a_set, a_check) == (name, check)
    ]
    return (*here, *of_the_sources(name, check), *of_the_cases(name, check))


_TABLES: tuple[Sequence[Any], ...] = (
    sources.COUNTED, sources.ADDED, sources.ROUNDED, sources.SAYING, sources.NEEDED,
)  # fmt: skip


def of_the_sources(name: str, check: str) -> Iterator[Asking]:
    """Yield the rows on which the tests of the numbers of the sources ask a check."""
    for table in _TABLES:
        for a_set, a_check, register, *how in table:
            if (a_set, a_check) == (name, check):
                rows = sources.shipped(name, register)
                if how:
                    others = [*_changed_there(rows, how)]
                elif table is sources.COUNTED:
                    others = [rows[1:], [*rows, rows[0]]]
                else:
                    others = [rows[:at] + rows[at + 1 :] for at in range(len(rows))]
                yield from (Asking(sources.DAYS[name], register, other) for other in others)


def _changed_there(rows: list[dict[str, Any]], how: list[Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows with the column one more and one less, so much off, or saying otherwise."""
    column, *rest = how
    if len(rest) == 2:
        said, other = rest
        changes = [(at, other) for at, row in enumerate(rows) if row[column] == said]
    else:
        at = 0 if rest else next(n for n, row in enumerate(rows) if row[column] > 0)
        changes = [(at, rows[at][column] + by * (rest or [1])[0]) for by in (-1, 1)]
    for at, value in changes:
        yield [{**row, column: value} if n == at else row for n, row in enumerate(rows)]


def of_the_cases(name: str, check: str) -> Iterator[Asking]:
    """Yield the rows on which the tests of the numbers of the cases ask a check."""
    for a_set, a_check, register, same, column, held, broken in cases.SUMS:
        if (a_set, a_check) == (name, check):
            for number in (*held, *broken):
                row = {key: Decimal(value) for key, value in (same | {column: number}).items()}
                yield Asking(DAYS[name], register, [row])
    for a_set, a_check, register, column, kind in cases.COUNTS:
        if (a_set, a_check) == (name, check):
            rows = cases.shipped(name, register)
            at = next(n for n, row in enumerate(rows) if not column or row[column] == kind)
            for other in (rows[:at] + rows[at + 1 :], [*rows, rows[at]]):
                yield Asking(cases.CASES, register, other)
