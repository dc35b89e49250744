"""Each number that a source states is held: one more or one less in the register is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.shipped import compiled

from zhunru.measures import Rows, review

DAYS = {
    "hunchun": date(2023, 6, 1), "jiangyuan": date(2020, 5, 21), "jin-an": date(2023, 12, 4),
    "weihai": date(2022, 3, 2),
}  # fmt: skip

# The set, the check and the register in which it counts rows.
COUNTED = [
    ("hunchun", "社区三十一个", "社区底数"),
    ("jiangyuan", "社区总数相符", "社区一览"),
    ("jiangyuan", "示范社区六个", "示范社区"),
    ("jiangyuan", "幸福社区全部达标", "社区一览"),
    ("jin-an", "并院三个小区", "拆墙并院"),
    ("jin-an", "暖心驿站十五个", "暖心驿站"),
    ("jin-an", "规章二十三项", "规章制度"),
    ("jin-an", "恳谈十七场", "恳谈会"),
    ("jin-an", "包联单位六十八家", "包联单位"),
    ("jin-an", "包联社区九十四个", "包联"),
    ("jin-an", "自治组织四十五个", "网格自治组织"),
    ("weihai", "镇街七十二个", "镇街"),
    ("weihai", "公益创投七十七个", "公益创投"),
    ("weihai", "配套文件六个", "配套文件"),
]

# The set, the check, the register and the column that it adds up.
ADDED = [
    ("jiangyuan", "持证八十三人", "持证人数", "人数"),
    ("jin-an", "无物业小区二百八十个", "无物业小区", "小区个数"),
    ("jin-an", "并院前收缴率一成", "拆墙并院", "并院前收缴率"),
    ("jin-an", "并院后收缴率八成五", "拆墙并院", "并院后收缴率"),
    ("jin-an", "打通六百四十二米", "拆墙并院", "打通米数"),
    ("jin-an", "增设三处设施", "拆墙并院", "增设设施"),
    ("jin-an", "释放车位九十六个", "拆墙并院", "释放车位"),
    ("jin-an", "连心驿站一百三十七个", "连心驿站", "驿站个数"),
    ("jin-an", "议事平台七十八个", "议事平台", "平台个数"),
    ("jin-an", "呼叫群九百八十三个", "呼叫群", "呼叫群个数"),
    ("jin-an", "下沉一万七千人", "下沉党员", "下沉人数"),
    ("jin-an", "形成一千二百四十二件", "治理事项统计", "形成件数"),
    ("jin-an", "解决九百七十五件", "治理事项统计", "解决件数"),
    ("jin-an", "未解决二百六十七件", "治理事项统计", "解决件数"),
    ("jin-an", "未解决二百六十七件", "治理事项统计", "形成件数"),
    ("weihai", "两委成员2081人", "威海社区", "两委成员"),
    ("weihai", "专职人员1393人", "威海社区", "专职人员"),
    ("weihai", "区市人数合计相符", "区市队伍", "社区工作者"),
    ("weihai", "社会组织3369个", "威海社区", "社会组织"),
    ("weihai", "报到单位2926个", "威海社区", "报到单位"),
    ("weihai", "报到党员五万五千", "威海社区", "报到党员"),
    ("weihai", "业委会869个", "威海社区", "业委会"),
    ("weihai", "推选委员4249人", "威海社区", "推选委员"),
    ("weihai", "便民平台一百三十万人次", "便民平台", "年服务人次"),
    ("weihai", "公益创投二百八十万", "公益创投", "投入"),
    ("weihai", "公益创投三点一万人次", "公益创投", "服务人次"),
]

# The set, the check, the register, the column that it takes a share or a mean of, and what is off.
ROUNDED = [
    ("jin-an", "办结率七十八点五", "治理事项统计", "解决件数", 2),
    ("weihai", "平均每社区人数相符", "威海社区", "专职人员", 20),
    ("weihai", "大学以上占比相符", "区市队伍", "大学以上", 4),
    ("weihai", "平均十个社会组织", "威海社区", "社会组织", 300),
    ("weihai", "平均每个项目三点六四万", "公益创投", "投入", 1),
    ("jiangyuan", "三类占比与材料相符", "社会组织台账", "数量", 20),
]

# The set, the check, the register, the column of which so many rows say so, and what else it says.
SAYING = [
    ("jiangyuan", "城市社区十五个", "社区一览", "类型", "城市社区", "乡镇社区"),
    ("jiangyuan", "乡镇社区十六个", "社区一览", "类型", "乡镇社区", "城市社区"),
    ("jiangyuan", "示范社区六个", "示范社区", "年度", Decimal(2018), Decimal(2019)),
    ("jiangyuan", "盛丰社区场所一千四百", "社区一览", "活动场所", Decimal(1400), Decimal(1401)),
    ("jiangyuan", "最大最小社区在册", "社区一览", "户数", Decimal(5500), Decimal(5501)),
    ("jiangyuan", "最大最小社区在册", "社区一览", "人口", Decimal(400), Decimal(401)),
    ("jiangyuan", "最大最小社区在册", "社区一览", "户数", Decimal(200), Decimal(199)),
    ("jiangyuan", "富强社区有居民自治服务站", "小区台账", "自管组织", "居民自治服务站", "业主小组"),
    ("jiangyuan", "一对一走访有人", "帮教走访", "走访人数", Decimal(1), Decimal(0)),
    ("weihai", "满意度照录", "满意度调查", "满意度", Decimal("96.6"), Decimal("96.5")),
    ("weihai", "智慧试点二十二个", "威海社区", "智慧试点", True, False),
]

# The set, the check and the register of which no row may be missing.
NEEDED = [
    ("jiangyuan", "五部门信息齐备", "信息系统"),
    ("jiangyuan", "示范社区名单", "示范社区"),
    ("jiangyuan", "网格数与台账相符", "网格台账"),
]


def shipped(name: str, register: str) -> list[dict[str, Any]]:
    return [dict(row) for row in Rows(compiled(name), DAYS[name]).register(register) or ()]


def told(name: str, check: str, register: str, rows: Sequence[dict[str, Any]]) -> bool:
    (done,) = review(Rows(compiled(name), DAYS[name], {register: rows}), [check])
    assert not any(one.unsure for one in done.findings)
    return bool(done.findings)


@pytest.mark.rows(
    "S0-02", "S0-04", "S0-05", "S1-01", "S1-10", "S1-34", "S2-02", "S2-17", "S2-18", "S2-22",
    "S2-23", "S2-26", "S4-17",
)  # fmt: skip
@pytest.mark.parametrize(("name", "check", "register"), COUNTED)
def test_a_row_more_or_less_is_told(name: str, check: str, register: str) -> None:
    rows = shipped(name, register)
    assert not told(name, check, register, rows)
    for wrong in (rows[1:], [*rows, rows[0]]):
        assert told(name, check, register, wrong)


@pytest.mark.rows(
    "S0-15", "S1-05", "S1-06", "S1-10", "S1-11", "S1-12", "S1-33", "S1-34", "S2-11", "S2-12",
    "S2-17", "S2-18", "S2-22", "S2-29", "S2-30",
)  # fmt: skip
@pytest.mark.parametrize(("name", "check", "register", "column"), ADDED)
def test_one_more_or_less_in_what_is_added_up_is_told(
    name: str, check: str, register: str, column: str
) -> None:
    rows = shipped(name, register)
    at = next(number for number, row in enumerate(rows) if row[column] > 0)
    assert not told(name, check, register, rows)
    for by in (-1, 1):
        wrong = [
            {**row, column: row[column] + by} if n == at else row for n, row in enumerate(rows)
        ]
        assert told(name, check, register, wrong), by


@pytest.mark.rows(
    "S0-22", "S1-05", "S1-07", "S1-10", "S1-34", "S2-11",
)  # fmt: skip
@pytest.mark.parametrize(("name", "check", "register", "column", "off"), ROUNDED)
def test_a_share_or_a_mean_that_is_off_is_told(
    name: str, check: str, register: str, column: str, off: int
) -> None:
    rows = shipped(name, register)
    assert not told(name, check, register, rows)
    for by in (-off, off):
        wrong = [{**rows[0], column: rows[0][column] + by}, *rows[1:]]
        assert told(name, check, register, wrong), by


@pytest.mark.rows(
    "S0-02", "S0-05", "S0-13", "S0-14", "S0-34", "S0-67", "S1-30", "S1-32",
)  # fmt: skip
@pytest.mark.parametrize(("name", "check", "register", "column", "said", "other"), SAYING)
def test_a_row_that_says_otherwise_is_told(
    name: str, check: str, register: str, column: str, said: Any, other: Any
) -> None:
    rows = shipped(name, register)
    assert not told(name, check, register, rows)
    at = [number for number, row in enumerate(rows) if row[column] == said]
    assert at
    wrong = [
        [{**row, column: other} if n == one else row for n, row in enumerate(rows)] for one in at
    ]
    assert any(told(name, check, register, each) for each in wrong)


@pytest.mark.rows("S0-05", "S0-19", "S0-59")
@pytest.mark.parametrize(("name", "check", "register"), NEEDED)
def test_whichever_row_is_missing_is_told(name: str, check: str, register: str) -> None:
    rows = shipped(name, register)
    assert not told(name, check, register, rows)
    for at in range(len(rows)):
        assert told(name, check, register, [*rows[:at], *rows[at + 1 :]]), at
