"""核查: who is asked, what is counted, what is said of it."""

from __future__ import annotations

from datetime import date
from time import process_time
from typing import Any

import pytest
from tests.measures.sets import DAY, UNITS, found, number, policy, reviewed, unsure

from zhunru.checker.check import check
from zhunru.checker.resolved import NOTHING
from zhunru.compiler.values import UNKNOWN
from zhunru.measures import Rows, review
from zhunru.measures.rows import shown
from zhunru.syntax.loader import load_text

LINKED = """
台账 包联
  部门 单位
  社区 单位
核查 包联 每个 社区 应当 有 不少于 1 行 包联 否则 整改 区民政局
"""


def test_everybody_without_a_row_is_found_and_who_must_act_is_named() -> None:
    done = reviewed(LINKED, 包联=[{"部门": "区民政局", "社区": "甲社区"}])
    assert (done.asked, done.held, done.holds) == (3, 1, False)
    assert found(done) == [("乙社区",), ("丙社区",)]
    assert {each.to for each in done.findings} == {"区民政局"}
    assert done.findings[0].zh == "乙社区：应当 有 不少于 1 行 包联，实有 0"
    assert done.findings[0].en == "乙社区: must have >= 1 row 包联, has 0"


def test_a_register_of_which_nothing_is_known_is_not_an_empty_one() -> None:
    assert unsure(reviewed(LINKED)) == [("甲社区",), ("乙社区",), ("丙社区",)]
    assert found(reviewed(LINKED, 包联=[])) == [("甲社区",), ("乙社区",), ("丙社区",)]


def test_a_share_that_cannot_be_told_says_which_column_is_blank() -> None:
    text = """
台账 老人
  姓名 文本
  年龄 数值 0 至 130 岁
核查 高龄 应当 占比(老人 其中 年龄 不少于 80) 不低于 10%
"""
    rows: list[dict[str, object]] = [{"姓名": "甲", "年龄": number(81)}, {"姓名": "乙"}]
    (done,) = review(Rows(policy(text), DAY, {"老人": rows}))
    (finding,) = done.findings
    assert finding.unsure and finding.zh == "查不清，缺 年龄"


def test_the_rows_that_show_it_come_with_a_finding() -> None:
    text = LINKED.replace("不少于 1 行 包联", "不超过 1 行 包联")
    rows = [{"部门": "区民政局", "社区": "甲社区"} for _ in range(3)]
    (finding,) = reviewed(text, 包联=rows).findings
    assert [(row.of, row.number) for row in finding.rows] == [
        ("社区", 1), ("包联", 1), ("包联", 2), ("包联", 3),
    ]  # fmt: skip
    assert finding.rows[1].values == (("部门", "区民政局"), ("社区", "甲社区"))


def test_a_unit_counts_what_stands_below_it() -> None:
    text = "核查 网格 每个 街道 应当 有 正好 网格".replace("正好", "2 个")
    assert reviewed(text).holds
    assert found(reviewed(text.replace("每个 街道", "每个 社区"))) == [("乙社区",), ("丙社区",)]


def test_a_unit_is_known_by_the_register_kept_by_it() -> None:
    text = """
台账 概况
  社区 单位
  户数 数值 0 至 9999 户
参数 规模 100 至 700 户
对照表 调整 取 唯一一行
  | 户数 | → 处理 |
  | 不满 100 户 | 并 |
  | 100 至 700 户 | 留 |
  | 超过 700 户 | 分 |
核查 规模适度 每个 社区 一般应当 户数 在 规模 之内 否则 提示 调整
"""
    rows = [{"社区": "甲社区", "户数": number(900)}, {"社区": "乙社区", "户数": number(300)}]
    done = reviewed(text, 概况=rows)
    assert found(done) == [("甲社区",)]
    assert (done.findings[0].kind, done.findings[0].hint) == ("hint", (("处理", "分"),))
    assert unsure(done) == [("丙社区",)]
    assert done.findings[1].zh == "丙社区：查不清，缺 户数"
    twice = [*rows, {"社区": "乙社区", "户数": number(800)}]
    assert ("乙社区",) in unsure(reviewed(text, 概况=twice))


YEARS = """
台账 购买
  年度 数值 2000 至 2100
  区 枚举 东、西
  承接 金额
  总额 金额
核查 逐年不降 每个 购买 应当 承接 / 总额 不低于 上年(承接 / 总额)
"""


def bought(year: int, part: str, taken: int) -> dict[str, object]:
    return {"年度": number(year), "区": part, "承接": number(taken), "总额": number(100)}


def test_a_year_is_compared_with_the_one_before_of_the_same() -> None:
    done = reviewed(
        YEARS, 购买=[bought(2024, "东", 10), bought(2025, "东", 9), bought(2025, "西", 1)]
    )
    assert (done.asked, done.held, done.skipped) == (3, 0, 2)
    assert [each.subjects for each in done.findings] == [("2025",)]
    assert "0.09 < 0.1" in done.findings[0].zh


@pytest.mark.parametrize(
    ("type_", "of"),
    [
        ("数值 2000 至 2100", number),
        ("文本", str),
        ("文本", "{}年".format),
        ("文本", "{}年度".format),
        ("文本", "{} 年".format),
        ("日期", lambda year: date(year, 12, 31)),
    ],
)
def test_what_is_kept_of_a_body_each_year_is_compared_however_the_year_is_written(
    type_: str, of: Any
) -> None:
    text = f"""
台账 概况
  社区 单位
  年度 {type_}
  户数 数值
核查 不减 每个 社区 应当 户数 不低于 上年(户数)
"""
    told = [("甲社区", 2025, 900), ("甲社区", 2026, 800), ("乙社区", 2025, 1), ("乙社区", 2026, 1)]
    told += [("丙社区", 2026, 7)]
    rows = [{"社区": name, "年度": of(year), "户数": number(n)} for name, year, n in told]
    done = reviewed(text, 概况=rows)
    # The third has no year before.
    assert (done.asked, done.held, done.skipped) == (3, 1, 1)
    assert found(done) == [("甲社区",)] and unsure(done) == []
    # What is said twice of this year is not known; of the year before it is as if never said.
    again = [*rows, {"社区": "甲社区", "年度": of(2026), "户数": number(990)}]
    assert unsure(reviewed(text, 概况=again)) == [("甲社区",)]
    before = [*rows, {"社区": "甲社区", "年度": of(2025), "户数": number(700)}]
    assert reviewed(text, 概况=before).skipped == 2


def test_a_quotient_stands_against_a_percentage_as_one() -> None:
    text = YEARS.replace("上年(承接 / 总额)", "30%")
    done = reviewed(text, 购买=[bought(2024, "东", 30), bought(2025, "东", 29)])
    assert [each.subjects for each in done.findings] == [("2025",)]
    # Told to four decimals, and a half goes up.
    row = {**bought(2025, "东", 1), "总额": number(3200)}
    (finding,) = reviewed(text, 购买=[row]).findings
    assert finding.zh.endswith("、0.0313 < 30）")


PAID = """
台账 工作者
  姓名 文本
  岗位 枚举 正职、副职
  等级 数值 1 至 18
公式 月薪(等级) = 4700 元 + (等级 - 10) × 150 元
参数 预算 120000 元
"""
PEOPLE = [
    {"姓名": "a", "岗位": "正职", "等级": number(10)},
    {"姓名": "b", "岗位": "正职", "等级": number(10)},
    {"姓名": "c", "岗位": "副职", "等级": number(11)},
]


def test_a_formula_by_its_name_takes_the_columns_of_the_row() -> None:
    text = PAID + "核查 预算 应当 合计(月薪 于 工作者) × 12 不超过 预算"
    done = reviewed(text, 工作者=PEOPLE)
    assert "171000 > 120000" in done.findings[0].zh  # (4700 + 4700 + 4850) × 12
    assert reviewed(text, 工作者=PEOPLE[:2]).holds


def test_posts_follow_from_households_by_a_formula() -> None:
    text = """
台账 概况
  社区 单位
  户数 数值 0 至 99999 户
  岗位数 数值 0 至 200 个
参数 岗位基数 9 个
公式 社区岗位数(户数) = 岗位基数 + 若 户数 超过 3000 则 向下取整((户数 - 3000) / 500) 否则 0
核查 岗位配齐 每个 社区 应当 岗位数 不少于 社区岗位数
"""
    rows = [
        {"社区": unit, "户数": number(4200), "岗位数": number(posts)}
        for unit, posts in (("甲社区", 11), ("乙社区", 10))
    ]
    done = reviewed(text, 概况=rows)
    assert found(done) == [("乙社区",)]
    assert done.findings[0].zh.endswith("10 < 11）")


def test_pairs_are_looked_at_once_and_only_those_that_share_what_is_asked() -> None:
    text = PAID + "核查 同酬 每个 工作者 与 工作者 凡 岗位 相同 应当 等级 相同"
    done = reviewed(text, 工作者=[*PEOPLE, {"姓名": "d", "岗位": "正职", "等级": number(9)}])
    assert done.asked == 3
    assert found(done) == [("a", "d"), ("b", "d")]
    assert done.findings[0].zh == "a、d：应当 等级 相同（岗位 正职、等级 10、9）"


def test_a_row_without_the_column_that_pairs_share_may_be_one_of_any_pair() -> None:
    text = PAID + "核查 同酬 每个 工作者 与 工作者 凡 岗位 相同 应当 等级 相同"
    done = reviewed(text, 工作者=[*PEOPLE, {"姓名": "d", "等级": number(9)}])
    assert found(done) == []
    assert unsure(done) == [("a", "d"), ("b", "d"), ("c", "d")]


def test_more_pairs_than_can_be_looked_at_are_not_looked_at() -> None:
    text = PAID + "核查 同酬 每个 工作者 与 工作者 应当 等级 相同"
    many = [{"姓名": str(at), "等级": number(1)} for at in range(2_100)]
    done = reviewed(text, 工作者=many)
    assert (done.asked, len(done.findings), done.findings[0].unsure) == (0, 1, True)


APART = """
台账 对象
  姓名 文本
台账 成员
  对象 文本
  来源 枚举 司法、社区、家庭
核查 齐备 每个 对象 应当 有 司法、家庭 各 1 名 成员
"""


def test_a_blank_is_not_filled_by_the_column_of_another_register() -> None:
    columns = "\n  编号 文本\n  人数 数值"
    text = f"台账 需求{columns}\n台账 场地{columns}\n"
    rows = {"需求": [{"编号": "甲"}], "场地": [{"编号": "乙", "人数": number(9)}]}
    for sides, demand in (("需求 与 场地", "不少于 9"), ("场地 与 需求", "不超过 5")):
        done = reviewed(f"{text}核查 够用 每个 {sides} 应当 人数 {demand}", **rows)
        told = (found(done), unsure(done))
        assert told == (([], [("甲", "乙")]) if "9" in demand else ([("乙", "甲")], []))


def test_each_value_is_counted_apart() -> None:
    rows = [{"对象": "张", "来源": source} for source in ("司法", "司法", "社区")]
    done = reviewed(APART, 对象=[{"姓名": "张"}], 成员=rows)
    assert done.findings[0].zh.endswith("实有 “家庭”0")
    assert reviewed(
        APART, 对象=[{"姓名": "张"}], 成员=[*rows, {"对象": "张", "来源": "家庭"}]
    ).holds


def test_a_row_without_the_value_counted_apart_may_be_of_either_and_says_what_it_lacks() -> None:
    for known in ("司法", "家庭"):
        rows = [{"对象": "张", "来源": known}, {"对象": "张"}]
        (finding,) = reviewed(APART, 对象=[{"姓名": "张"}], 成员=rows).findings
        assert (finding.unsure, finding.zh) == (True, "张：查不清，缺 来源")
        assert [(row.of, row.number) for row in finding.rows] == [("对象", 1), ("成员", 2)]


def test_entries_of_a_list_are_asked_with_every_value() -> None:
    text = """
清单 服务 类型 目录
  条目 就业、医疗
台账 渠道
  服务 文本
  人群 枚举 老人、儿童
核查 全口径 每个 服务 与 人群 应当 有 不少于 1 个 渠道
"""
    done = reviewed(
        text, 渠道=[{"服务": "就业", "人群": "老人"}, {"服务": "医 疗", "人群": "儿童"}]
    )
    assert done.asked == 4
    assert found(done) == [("就业", "儿童"), ("医疗", "老人")]


@pytest.mark.parametrize("called", ["走访", "FW-1", "入户", "入 户", "ｆｗ-1"])
def test_a_row_belongs_to_an_entry_by_whatever_the_entry_is_called(called: str) -> None:
    text = """
清单 服务 类型 目录
  条目 FW-1 "走访"
    别名 入户
  条目 FW-2 "代办"
台账 办理
  服务 事项
核查 件件有办理 每个 服务 应当 有 不少于 1 行 办理
"""
    assert found(reviewed(text, 办理=[{"服务": called}])) == [("代办",)]


VISITS = """
台账 户
  户号 文本
台账 走访
  户号 文本
  日期 日期
核查 入户 每个 户 应当 有 不少于 1 次 走访 近 3 个月 否则 列入 未走访户
"""


@pytest.mark.parametrize(
    ("on", "held"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (DAY, True),
        (date(2026, 4, 1), False),
    ],
)
def test_three_months_end_on_the_day_and_begin_after_its_like(on: date, held: bool) -> None:
    assert reviewed(VISITS, 户=[{"户号": "1"}], 走访=[{"户号": "1", "日期": on}]).holds is held


def test_what_is_not_due_yet_is_no_failure() -> None:
    text = LINKED.replace("每个 社区 应当", "每个 社区 于 2026-12-31 前 应当")
    assert reviewed(text, 包联=[]).holds
    assert all(each.pending for each in reviewed(text, 包联=[]).findings)
    assert not reviewed(text, date(2026, 12, 31), 包联=[]).holds


@pytest.mark.parametrize(
    "asked", ["每个 措施 应当 今日 不晚于 时限", "应当 计数(措施 凡 时限 不早于 今日) 为 1"]
)
@pytest.mark.parametrize(("on", "held"), [(date(2026, 6, 30), True), (date(2026, 7, 1), False)])
def test_today_is_the_day_of_asking(asked: str, on: date, held: bool) -> None:
    text = f"台账 措施\n  名称 文本\n  时限 日期\n核查 没有过时限 {asked} 否则 提示\n"
    done = reviewed(text, on, 措施=[{"名称": "摸底", "时限": date(2026, 6, 30)}])
    assert (done.asked, done.holds) == (1, held)


def test_no_seven_days_may_hold_more() -> None:
    text = """
台账 检查
  社区 单位
  日期 日期
核查 检查不密 每个 社区 应当 有 不超过 1 次 检查 任意连续 7 日
"""

    def on(*days: int) -> list[dict[str, object]]:
        return [{"社区": "甲社区", "日期": date(2026, 3, day)} for day in days]

    assert reviewed(text, 检查=on(1, 8)).holds
    assert found(reviewed(text, 检查=on(1, 7))) == [("甲社区",)]
    # One of an unknown day may be of the same seven.
    (finding,) = reviewed(text, 检查=[*on(1), {"社区": "甲社区"}]).findings
    assert (finding.unsure, finding.zh) == (True, "甲社区：查不清，缺 日期")


# --- rows in force -------------------------------------------------------------------------------

IN_FORCE = """
台账 包联
  部门 单位
  范围 单位组
  起止 时段
核查 包联 每个 社区 应当 有效(包联, 社区) 否则 整改 区民政局
"""


@pytest.mark.parametrize(
    ("span", "holds"),
    [
        ("2026-01-01 至 2026-12-31", True),
        ("2026-03-31 至 2026-03-31", True),
        ("2025-01-01 至 2026-03-30", False),
        ("2026-04-01 至 ", False),
        ("2026-03-01 至 ", True),
        (" 至 2026-03-30", False),
        ((date(2025, 1, 1), date(2026, 3, 30)), False),
        ((date(2025, 1, 1), None), True),
    ],
)
def test_a_row_is_in_force_within_its_days_only(span: object, holds: bool) -> None:
    """Read from a file, a 起止 is a text: such rows were in force for ever."""
    units = frozenset({"甲社区", "乙社区", "丙社区"})
    done = reviewed(IN_FORCE, 包联=[{"部门": "区民政局", "范围": units, "起止": span}])
    assert (done.held == 3, len(found(done)) == 3) == (holds, not holds)
    # Only facts are told, not that the register was read.
    for finding, (name,) in zip(done.findings, found(done), strict=True):
        told = finding.zh.removesuffix(f"（社区 {name}）")
        assert told == f"{name}：应当 有效(包联, 社区)"


# --- rows joined by columns of other names -------------------------------------------------------

JOINED = """
台账 分包对象
  户名 文本
  社区 单位
  类型 枚举 居民户、商户
台账 走访记录
  走访户 文本
  日期 日期
核查 走访 每个 分包对象 应当 有 不少于 1 次 走访记录 凡 走访户 为 户名
"""
HOMES = [
    {"户名": "张三", "社区": "甲社区", "类型": "居民户"},
    {"户名": "李四", "社区": "甲社区", "类型": "居民户"},
]


def test_rows_are_joined_by_a_column_of_another_name() -> None:
    done = reviewed(JOINED, 分包对象=HOMES, 走访记录=[{"走访户": "张三", "日期": DAY}])
    assert (done.asked, found(done)) == (2, [("李四",)])
    assert done.findings[0].zh == "李四：应当 有 不少于 1 次 走访记录 凡 走访户 为 户名，实有 0"


def test_what_is_not_known_on_either_side_of_a_join_may_be_of_anybody() -> None:
    visits: list[dict[str, Any]] = [{"走访户": "张三", "日期": DAY}, {"日期": DAY}]
    assert unsure(reviewed(JOINED, 分包对象=HOMES, 走访记录=visits)) == [("李四",)]
    nameless = [*HOMES, {"社区": "乙社区", "类型": "居民户"}]
    done = reviewed(JOINED, 分包对象=nameless, 走访记录=visits[:1])
    assert (found(done), unsure(done)) == ([("李四",)], [("第 3 行",)])
    assert done.findings[-1].zh == "第 3 行：查不清，缺 户名"


@pytest.mark.parametrize(
    ("where", "held"),
    [
        ("户名 为 走访户", 1),  # either way round
        ("走访户 为 户名 且 日期 不早于 2026-04-01", 0),
        ('走访户 为 "户名"', 0),  # in quotes it is a text
    ],
)
def test_a_join_stands_beside_other_conditions(where: str, held: int) -> None:
    text = JOINED.replace("走访户 为 户名", where)
    if '"' in where:
        # A text is no join: whose the rows are is not said.
        loaded, _ = load_text(UNITS + text, "set.policy")
        assert loaded is not None
        assert "ZR472" in {one.code for one in check(loaded)[1]}
        return
    done = reviewed(text, 分包对象=HOMES, 走访记录=[{"走访户": "张三", "日期": DAY}])
    assert done.held == held


@pytest.mark.parametrize(
    ("where", "code", "underlined", "said"),
    [
        ("走访户 为 户明", "ZR201", "户明", "是否指“户名”？"),  # a column of whom is asked
        ("走防户 为 户名", "ZR201", "走防户", "是否指“走访户”？"),  # a column of the rows
        ("走访户 为 王麻子", "ZR472", "王麻子", "“王麻子”不是“分包对象”的栏目，按文字读了"),
        ("日期 不早于 2026-04-01", "ZR472", "走访记录", "看不出哪些“走访记录”属于哪个“分包对象”"),
    ],
)
def test_a_word_that_links_nothing_is_told_where_it_stands(
    where: str, code: str, underlined: str, said: str
) -> None:
    text = UNITS + JOINED.replace("走访户 为 户名", where)
    loaded, _ = load_text(text, "set.policy")
    assert loaded is not None
    (one,) = check(loaded)[1]
    assert (one.code, text[one.span.start : one.span.end]) == (code, underlined)
    assert said in one.zh + one.help_zh


def test_a_sum_over_rows_joined_by_a_column_of_another_name() -> None:
    text = """
台账 项目
  名称 文本
  预算 金额
台账 支出
  用于 文本
  数额 金额
核查 不超支 每个 项目 应当 合计(数额 于 支出 凡 用于 为 名称) 不超过 预算
"""
    projects = [{"名称": "甲", "预算": number(10)}, {"名称": "乙", "预算": number(10)}]
    spent = [{"用于": "甲", "数额": number(6)}, {"用于": "甲", "数额": number(5)},
             {"用于": "乙", "数额": number(9)}]  # fmt: skip
    assert found(reviewed(text, 项目=projects, 支出=spent)) == [("甲",)]


def test_a_name_of_the_rows_themselves_is_theirs_and_a_choice_is_a_choice() -> None:
    text = JOINED.replace("  日期 日期\n", "  日期 日期\n  类型 枚举 居民户、商户\n")
    text = text.replace("走访户 为 户名", "走访户 为 户名 且 类型 为 居民户")
    visit = {"走访户": "张三", "日期": DAY, "类型": "商户"}
    assert len(found(reviewed(text, 分包对象=HOMES, 走访记录=[visit]))) == 2


def test_many_rows_are_joined_by_an_index() -> None:
    homes = [{"户名": f"户{n}", "社区": "甲社区", "类型": "居民户"} for n in range(2_000)]
    visits = [{"走访户": f"户{n}", "日期": DAY} for n in range(1, 2_000)]
    start = process_time()
    assert found(reviewed(JOINED, 分包对象=homes, 走访记录=visits)) == [("户0",)]
    assert process_time() - start < 5  # all with all would be four million


def test_values_are_told_as_people_write_them() -> None:
    told = [True, False, number("3.50"), frozenset({"乙", "甲"}), NOTHING, UNKNOWN, (DAY, DAY)]
    said = ["是", "否", "3.5", "乙、甲", "无", "未知", "2026-03-31 至 2026-03-31"]
    assert [shown(value) for value in told] == said
