"""A limit that a table gives is the one that its hit policy picks."""

from __future__ import annotations

from datetime import date

import pytest
from tests.flows.sets import HEAD, findings
from tests.runtime.sets import CHART, compiled, due, flow, kit

from zhunru.analysis.timing import longest
from zhunru.checker.check import check
from zhunru.compiler.program import compile_policies
from zhunru.runtime.kit import CaseKit
from zhunru.syntax.loader import load_text

TABLE = """表单 来件
  加急 是否 必填
  涉众 是否 必填
对照表 分级 取 {}
  | 加急 | 涉众 | → 限 |
  | 是 | - | {} |
  | - | 是 | {} |
  | - | - | {} |
"""
ROWS = """| 受理 | 一街道 | 不限时 | 收 → 办理 | - |
| 办理 | 一街道 | 分级(加急, 涉众) 的 限 | 办 → 办结 | 逾期 → 办结 |"""
DAYS = ("1 个工作日", "3 个工作日", "2 个工作日")


@pytest.mark.parametrize(
    ("hit", "both", "none", "most"),
    [("首行", 3, 4, 3), ("最大", 5, 4, 3), ("最小", 3, 4, 3), ("合计", 10, 4, 6)],
)
def test_the_table_says_which_of_its_rows_is_the_limit(hit: str, both: int, none: int, most: int):
    before = TABLE.format(hit, *DAYS)
    for flag, day in ((True, both), (False, none)):
        case = kit(ROWS, before=before)
        case.open("一街道", "2026-03-02 09:00", {"加急": flag, "涉众": flag})
        case.act("收", "一街道")
        assert due(case) == f"2026-03-{day:02d} 18:00"
    found = longest(compiled(flow(ROWS, before=before)), "事项办理", "办理", ["办结"])
    assert found.amount == most


def test_a_table_of_priorities_gives_the_length_of_the_row_that_goes_first():
    before = """表单 来件
  加急 是否 必填
  涉众 是否 必填
对照表 分级 取 优先
  先后 档：特、急、平
  | 加急 | 涉众 | → 档 | → 限 |
  | - | - | 平 | 2 个工作日 |
  | 是 | - | 急 | 1 个工作日 |
  | - | 是 | 特 | 3 个工作日 |
"""
    found = []
    for urgent, many in ((False, False), (True, False), (True, True)):
        case = kit(ROWS, before=before)
        case.open("一街道", "2026-03-02 09:00", {"加急": urgent, "涉众": many})
        case.act("收", "一街道")
        found.append(due(case)[:10])
    assert found == ["2026-03-04", "2026-03-03", "2026-03-05"]


@pytest.mark.parametrize(
    ("hit", "lengths", "code"),
    [
        ("各行", DAYS, "ZR314"),
        ("汇集", DAYS, "ZR314"),
        ("计数", DAYS, "ZR503"),
        ("最大", ("1 个工作日", "30 日", "2 个工作日"), "ZR503"),
    ],
)
def test_a_table_that_gives_no_single_length_is_no_limit(
    hit: str, lengths: tuple[str, ...], code: str
):
    text = flow(ROWS, before=TABLE.format(hit, *lengths))
    assert code in [each.code for each in findings(CHART + text)]


def test_a_row_that_holds_for_weeks_holds_as_long_as_a_state_of_so_many_weeks():
    rows = """| 受理 | 一街道 | 不限时 | 收 → 生效 并 登记 名册 有效 2 周 | - |
| 生效 | 一街道 | 2 周 | 退出 → 办结 | 期满 → 办结 |"""
    case = kit(rows, before="台账 名册(事项)\n")
    case.open("一街道", "2026-03-02 09:00")
    case.act("收", "一街道")
    (entered,) = case.effects
    assert due(case)[:10] == "2026-03-16"
    assert entered.until == date(2026, 3, 16).toordinal()


# --- what no row says -------------------------------------------------------------------------

LOOKED_UP = """| 甲 | 一街道 | 不限时 | 收({0}) → 乙 | - |
| 乙 | 一街道 | 限({1}) | 办 → 办结 | 逾期 → 办结 |"""
PROMISED = "  约束 自 乙 至 办结 不超过 3 个工作日\n"
KINDS = """对照表 限 取 唯一一行
  | 情形 | → 限 |
  | 应急 | 1 个工作日 |
  | 诉求 | 3 个工作日 |
"""
SIZES = """对照表 限 取 {}
  | 户数 | → 限 |
  | 不满 100 | 1 个工作日 |
  | 超过 100 | 2 个工作日 |
"""
BOTH = """对照表 限 取 首行
  | 情形 | 户数 | → 限 |
  | 应急 | - | 1 个工作日 |
  | - | 不少于 100 | 3 个工作日 |
"""
EVERY = "甲区、区民政局、区财政局、区司法局、二街道、一社区、二社区、三社区、一网格"
UNITS = """对照表 限 取 首行
  | 承办 | → 限 |
  | 一街道 | 1 个工作日 |
  | {} | 3 个工作日 |
"""


@pytest.mark.parametrize(
    ("form", "table", "asked", "cases", "given"),
    [
        ("情形 文本", KINDS, "情形", "情形不为应急、诉求", {"情形": "其他"}),
        ("情形 枚举 应急、诉求、其他", KINDS, "情形", "情形为其他", {"情形": "其他"}),
        ("情形 枚举 应急、诉求 可无", KINDS, "情形", "情形为无", {"情形": "无"}),
        ("户数 数值 0 至 999", SIZES.format("唯一一行"), "户数", "户数为100", {"户数": 100}),
        ("户数 数值 0 至 999", SIZES.format("合计"), "户数", "户数为100", {"户数": 100}),
        (
            "情形 枚举 应急、诉求\n  户数 数值 0 至 999", BOTH, "情形、户数",
            "情形为诉求、户数不满100", {"情形": "诉求", "户数": 99},
        ),
        ("承办 单位", UNITS.format("甲区"), "承办", "承办不为甲区、一街道", {"承办": "区民政局"}),
        # Nothing else can be asked of these.
        ("情形 枚举 应急、诉求", KINDS, "情形", "", {}),
        ("情形 枚举 应急", KINDS, "情形", "", {}),
        ("承办 单位", UNITS.format(EVERY), "承办", "", {"承办": "区民政局"}),
        ("户数 数值 0 至 99", SIZES.format("唯一一行"), "户数", "", {}),
        ("户数 数值 0 至 999", KINDS, "\"应急\"", "", {}),
        ("情形 文本", KINDS.replace("诉求", "-"), "情形", "", {}),
    ],
)  # fmt: skip
def test_where_no_row_of_the_table_says_how_long_nothing_is_promised(
    form: str, table: str, asked: str, cases: str, given: dict[str, object]
) -> None:
    names = "户数" if asked.startswith('"') else asked
    rows = LOOKED_UP.format(names, asked.replace("、", ", "))
    text = flow(rows, before=f"表单 来件\n  {form}\n{table}", under=PROMISED)
    found = [each for each in findings(CHART + text) if each.code.startswith("ZR52")]
    assert [each.code for each in found] == (["ZR523"] if cases else [])
    if cases:
        assert f"{cases}的没有一行" in found[0].zh
        assert run(text, given).due is None
    elif given:
        assert run(text, given).due is not None


def run(text: str, given: dict[str, object]) -> CaseKit:
    """The case with these facts, in the state whose limit the table gives."""
    policy_set, _ = load_text(HEAD + CHART + text.replace(PROMISED, ""))
    assert policy_set is not None
    done, _ = check(policy_set)
    assert done is not None
    case = CaseKit(compile_policies(done), "事项办理")
    case.open("一街道", "2026-03-02 09:00")
    case.act("收", "一街道", given)
    return case


def test_whether_rows_leave_a_gap_that_cells_do_not_tell_is_said_to_be_open() -> None:
    form = "表单 来件\n  户数 数值 0 至 999\n  人数 数值 0 至 999\n"
    table = """对照表 限 取 首行
  | 户数 | 人数 | → 限 |
  | 不满 人数 | - | 1 个工作日 |
  | 不少于 人数 | - | 2 个工作日 |
"""
    text = flow(LOOKED_UP.format("户数、人数", "户数, 人数"), before=form + table, under=PROMISED)
    assert "ZR524" in [each.code for each in findings(CHART + text)]


def test_a_duration_says_that_a_case_may_wait_where_no_row_is() -> None:
    rows = LOOKED_UP.format("情形", "情形")
    text = flow(rows, before="表单 来件\n  情形 文本\n" + KINDS)
    found = longest(compiled(text), "事项办理", "乙", ["办结"])
    assert (found.amount, found.endless) == (None, True)
