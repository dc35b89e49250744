"""Two small sets that differ in one thing, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.analysis.test_comparison import marks
from tests.analysis.test_differing import may

from zhunru.analysis import compare
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.differences import Difference
from zhunru.analysis.may_differ import differing
from zhunru.analysis.pairs import Pair
from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.decision import Request, decide
from zhunru.diagnostics import NOWHERE
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import Outcome

BASE = """政策 试验 "试验办法"
  施行 2024-01-01
依据 条例 "试验条例"
  层级 法律
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级   |
  | 某区     | 区级 |        |
  | 区民政局 | 部门 | 某区   |
  | 东街     | 街道 | 某区   |
  | 东社区   | 社区 | 东街   |
表单 来件
  来文单位 单位
  目标社区 单位 必填 主体
  事项 事项 必填
  类别 枚举 行政任务、检查考核、出具证明
  甲数 数值 0 至 5000 户
  乙数 数值 0 至 5000 户
  拟进入日期 日期 适用日
台账 应急响应
  起止 时段
  范围 单位组
参数 年限额 12 次
对照表 补助 取 首行
  | 类别     | 甲数        | → 金额 |
  | 行政任务 | 0 至 100    | 10     |
  | 行政任务 | 101 至 5000 | 20     |
  | -        | -           | 0      |
规则 应急先行 依据 条例
  当 有效(应急响应, 目标社区) 且 类别 为 行政任务
  准入 "应急期间先行办理"
  义务 补办申请 由 来文单位 限 5 个工作日
规则 超员不收 依据 条例
  当 类别 为 出具证明 且 甲数 超过 乙数
  拒绝 "甲数超过乙数的不收" 代码 超员
规则 检查有数 依据 条例
  当 类别 为 检查考核
  限额 每个 目标社区 每年 不超过 年限额 否则 拒绝 "本年检查已满"
清单 协助事项 类型 准入
  依据 条例
  条目 XZ-01 "低保核查"
    当 类别 为 行政任务
  条目 XZ-02 "养老认证"
    当 类别 为 行政任务
流程 审批 止于 准许、不准
  | 环节 | 由       | 限           | 办理 → 去向                          | 到期 → 去向   |
  | 初审 | 东街     | 3 个工作日   | 同意 → 复审; 退件 → 不准             | 逾期 → 复审   |
  | 复审 | 区民政局 | 5 个工作日   | 通过 → 准许; 不通过 → 不准           | 逾期 → 准许   |
判定 社区准入 对象 来件
  依次
    应急先行
    超员不收
    检查有数
    协助事项
  默认 拒绝 "未列入清单" 退回 来文单位
"""


def compiled(text: str) -> CompiledPolicy:
    loaded, unread = load_text(text, "试验.policy")
    assert loaded is not None
    assert not unread
    checked, found = check(loaded)
    assert checked is not None, [d.zh for d in found]
    return compile_policies(checked)


def compared(old: str, new: str, text: str = BASE) -> Comparison:
    """The base set beside itself with one thing replaced."""
    assert old in text
    return compare(compiled(text), compiled(text.replace(old, new)))


def only(found: Comparison) -> Difference:
    (decision,) = found.decisions
    (difference,) = decision.differences
    return difference


def line_of(text: str) -> int:
    return BASE[: BASE.index(text)].count("\n") + 1


def test_a_set_beside_itself_is_identical() -> None:
    found = compare(compiled(BASE), compiled(BASE))
    assert found.identical
    assert found.status == "equivalent"
    assert "完全等价" in found.sections()[0].lines[0].text.zh


def test_two_numbers_compared_with_a_difference_are_exact() -> None:
    """`甲数 > 乙数` against `甲数 > 乙数 - 2`: the prohibition reaches two more numbers."""
    found = compared("甲数 超过 乙数", "甲数 超过 乙数 - 2")
    difference = only(found)
    assert found.status == "stricter" or found.status == "different"
    assert difference.old is not None
    assert difference.new is not None
    facts = difference.new.request.facts
    assert facts["甲数"] in (facts["乙数"], facts["乙数"] - 1)  # type: ignore[operator]
    back = compare(compiled(BASE.replace("甲数 超过 乙数", "甲数 超过 乙数 - 2")), compiled(BASE))
    assert {cause.name for cause in only(back).causes} == {"超员不收"}


def test_a_loosened_prohibition_is_looser_with_a_witness() -> None:
    old = "当 类别 为 行政任务\n  条目 XZ-02"
    found = compared(old, "当 类别 为 行政任务 或 类别 为 出具证明\n  条目 XZ-02")
    difference = only(found)
    assert found.status == "looser"
    assert difference.outcomes == (Outcome.REFUSE, Outcome.ADMIT)
    assert difference.old is not None
    assert difference.new is not None
    assert difference.old.decision.outcome is Outcome.REFUSE
    assert difference.new.decision.outcome is Outcome.ADMIT
    (cause,) = difference.causes
    assert (cause.kind, cause.name, cause.change) == ("clause", "协助事项/XZ-01", "changed")
    assert cause.old.line == cause.new.line == line_of("条目 XZ-01")
    assert "出具证明" in difference.where[0].zh


def test_what_is_looser_in_one_period_alone_is_not_outweighed_by_others() -> None:
    task = "当 类别 为 行政任务"
    less = BASE.replace(f"{task}\n  条目 XZ-02", f"{task} 且 甲数 超过 9\n  条目 XZ-02")
    entry = '  条目 XZ-03 "临时救助"\n    施行 2026-01-01\n流程'
    found = compare(compiled(BASE), compiled(less.replace("流程", entry, 1)))
    (decision,) = found.decisions
    assert [era.status for era in decision.eras][-2:] == ["stricter", "different"]
    assert (found.status, decision.status, decision.of("outcome")) == ("different",) * 3
    assert "总的看：不同" in found.sections()[0].lines[0].text.zh


def test_a_smaller_quota_is_stricter_from_the_first_count_it_no_longer_allows() -> None:
    found = compared("参数 年限额 12 次", "参数 年限额 10 次")
    decision = found.decisions[0]
    assert decision.status == "different"  # the thirteenth was refused, now the eleventh is
    (item,) = found.parameters
    assert item.name == "年限额"
    assert "12次 → 10次" in item.lines[0].zh
    shown = decision.differences[0]
    assert shown.new is not None
    (use,) = shown.new.request.quotas.values()
    assert use.used == 10
    assert {cause.name for cause in shown.causes} == {"年限额"}


def test_a_parameter_that_changes_in_time_differs_only_from_that_day_on() -> None:
    new = "参数 年限额 2020-01-01 起 12 次, 2027-01-01 起 6 次"
    found = compared("参数 年限额 12 次", new)
    eras = [(era.start, era.end, era.status) for era in found.decisions[0].eras]
    assert eras[-1][0] == date(2027, 1, 1)
    assert eras[-1][2] != "equivalent"
    assert all(status == "equivalent" for start, _, status in eras if start != date(2027, 1, 1)
               and start is not None and start >= date(2024, 1, 1))  # fmt: skip
    assert any("2027-01-01起" in line.zh for line in found.parameters[0].lines)


def test_a_longer_deadline_of_a_duty_is_looser() -> None:
    difference = only(compared("限 5 个工作日\n规则 超员", "限 8 个工作日\n规则 超员"))
    assert difference.aspects == (("deadline", "looser"),)
    assert difference.status == "looser"


def test_another_receiver_is_another_route_and_nothing_else() -> None:
    found = compared("退回 来文单位", "退回 区民政局")
    assert {a for d in found.decisions[0].differences for a, _ in d.aspects} == {"route"}
    assert {c.kind for d in found.decisions[0].differences for c in d.causes} == {"default"}
    for difference in found.decisions[0].differences:
        assert difference.old is not None
        assert difference.old.request.facts["来文单位"] != "区民政局"


def test_another_order_of_steps_is_told_as_such() -> None:
    text = BASE.replace("当 类别 为 出具证明 且 甲数", "当 甲数")
    found = compared(
        "    超员不收\n    检查有数\n    协助事项", "    检查有数\n    协助事项\n    超员不收", text
    )
    assert {c.kind for d in found.decisions[0].differences for c in d.causes} == {"order"}
    assert found.status == "looser"


def test_entries_that_come_and_go_are_listed_with_their_lines() -> None:
    found = compared('条目 XZ-02 "养老认证"', '条目 XZ-03 "养老认证核实"')
    (listed,) = found.lists
    assert [(item.name, item.change) for item in listed.items] == [
        ("XZ-02 养老认证", "removed"),
        ("XZ-03 养老认证核实", "added"),
    ]
    assert listed.items[0].old.line == line_of("条目 XZ-02")
    assert listed.items[0].new == NOWHERE
    assert listed.same == 1


def test_a_changed_row_of_a_table_is_told_with_its_inputs() -> None:
    found = compared("| 行政任务 | 101 至 5000 | 20     |", "| 行政任务 | 101 至 5000 | 30     |")
    (table,) = found.tables
    assert not table.equivalent
    (result,) = table.results
    assert (result.old.zh, result.new.zh) == ("金额为20", "金额为30")
    assert "甲数不少于101" in result.where[0].zh
    assert found.status == "equivalent"  # no rule reads the table


def test_a_table_written_otherwise_that_gives_the_same_is_equivalent() -> None:
    found = compared(
        "| 行政任务 | 0 至 100    | 10     |\n  | 行政任务 | 101 至 5000 | 20     |",
        "| 行政任务 | 101 至 5000 | 20     |\n  | 行政任务 | -           | 10     |",
    )
    (table,) = found.tables
    assert table.equivalent
    assert table.rows


def test_a_longer_limit_of_a_state_lengthens_the_worst_case() -> None:
    found = compared("| 3 个工作日   | 同意", "| 6 个工作日   | 同意")
    (flow,) = found.workflows
    assert [state.name for state in flow.states] == ["初审"]
    assert "3 个工作日 → 6 个工作日" in flow.states[0].lines[0].zh
    times = {worst.end: worst for worst in flow.times}
    assert times["准许"].old is not None
    assert times["准许"].new is not None
    assert (times["准许"].old.amount, times["准许"].new.amount) == (8, 11)


def test_every_difference_can_be_read_in_both_languages_and_as_data() -> None:
    found = compared("甲数 超过 乙数", "甲数 超过 1000")
    data = found.to_dict()
    told = data["decisions"][0]["differences"][0]
    assert told["causes"][0]["new"]["line"] == line_of("规则 超员不收")
    assert told["old"]["facts"] == told["new"]["facts"]
    for section in found.sections():
        assert section.title.zh
        assert section.title.en
        assert all(line.text.zh and line.text.en for line in section.lines)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_loads_nothing_and_escapes_what_sets_say(language: str) -> None:
    found = compared('"甲数超过乙数的不收"', '"<b>甲数</b>"')
    page = found.page(language)  # type: ignore[arg-type]
    assert "<script" not in page
    assert "http" not in page
    assert "<b>甲数" not in page
    assert "@page" in page


def test_what_cannot_count_is_left_out() -> None:
    """A rule changed among hundreds: only those of its kind are asked, however many there are."""
    kinds = "、".join(f"类{i}" for i in range(20))
    rules = "".join(
        f'规则 规{i} 依据 条例\n  当 类别 为 类{i % 20} 且 甲数 超过 {(300 - i) * 7} 户\n  拒绝 "第{i}条"\n'
        for i in range(300)
    )
    head = BASE[: BASE.index("参数")].replace("行政任务、检查考核、出具证明", kinds)
    steps = "\n".join(f"    规{i}" for i in range(300))
    text = f'{head}{rules}判定 社区准入 对象 来件\n  依次\n{steps}\n  默认 拒绝 "未列入"\n'
    old, new = compiled(text), compiled(text.replace("超过 693 户", "超过 691 户"))
    pair = Pair(old, new)
    assert len(pair.old.plan.clauses) == 15  # of its kind
    found = compare(old, new)
    assert {cause.name for cause in only(found).causes} == {"规201"}


def test_of_a_large_table_only_the_rows_that_meet_changed_ones_are_asked() -> None:
    from zhunru.analysis.tables_diff import _Tables

    kinds = "、".join(f"类{i}" for i in range(50))
    rows = "".join(
        f"  | 类{i % 50} | {i // 50 * 10} 至 {i // 50 * 10 + 9} | {i} |\n" for i in range(1000)
    )
    head = BASE[: BASE.index("参数")].replace("行政任务、检查考核、出具证明", kinds)
    text = (
        f"{head}对照表 补助 取 首行\n  | 类别 | 甲数 | → 金额 |\n{rows}"
        '规则 不收 依据 条例\n  当 类别 为 类1\n  拒绝 "不收"\n'
        '判定 社区准入 对象 来件\n  依次\n    不收\n  默认 拒绝 "未列入"\n'
    )
    old, new = compiled(text), compiled(text.replace("| 677 |", "| 678 |"))
    tables = _Tables(old, new, old.core.tables["补助"], new.core.tables["补助"])
    assert [len(table.rows) for table in tables._trimmed()] == [
        1,
        1,
    ]  # no other row has its kind and its number
    (result,) = tables.diff().results
    assert (result.old.zh, result.new.zh) == ("金额为677", "金额为678")


def test_what_a_difference_says_is_what_both_sets_decide() -> None:
    found = compared("甲数 超过 乙数", "甲数 超过 1000")
    for difference in found.decisions[0].differences:
        assert difference.old is not None
        assert difference.new is not None
        made = {aspect for aspect, _ in marks(difference.old.decision, difference.new.decision)}
        assert made <= {aspect for aspect, _ in difference.aspects}


LATE = BASE.replace(
    "规则 检查有数 依据 条例\n",
    "规则 早办 依据 条例\n  施行 2027-01-01\n"
    '  当 拟进入日期 不超过 2025-12-31\n  拒绝 "日期已过"\n规则 检查有数 依据 条例\n',
).replace("    应急先行\n", "    早办\n    应急先行\n")


def test_law_of_the_day_of_receipt_is_asked_where_the_day_itself_is_open() -> None:
    """A rule of 2027 about days before 2026 never decides a request that says its day; of one
    received in 2027 that does not say it, the rule is open."""
    old, new = compiled(BASE), compiled(LATE)
    told = differing(old, new)
    facts = {"类别": "行政任务", "目标社区": "东社区", "事项": "低保核查", "来文单位": "区民政局"}
    asked = Request(facts=facts, received=date(2027, 3, 1), registers={"应急响应": False})
    assert decide(old, asked).outcome is Outcome.ADMIT
    assert decide(new, asked).outcome is Outcome.INCOMPLETE
    assert may(told, old, asked)
    assert not may(told, old, replace(asked, received=date(2026, 3, 1)))
    dated = replace(asked, facts={**facts, "拟进入日期": date(2027, 3, 1)})
    assert not may(told, old, dated)


def table_of(amounts: list[int], condition: str) -> CompiledPolicy:
    """A set whose one rule asks a table of many amounts."""
    rows = "".join(f"  | {10 * at} 至 {10 * at + 9} | {n} |\n" for at, n in enumerate(amounts))
    return compiled(
        f"{BASE[: BASE.index('参数')]}对照表 补助 取 首行\n  | 甲数 | → 金额 |\n{rows}  | - | 0 |\n"
        f'规则 不收 依据 条例\n  当 {condition}\n  拒绝 "不收"\n'
        '判定 社区准入 对象 来件\n  依次\n    不收\n  默认 拒绝 "未列入"\n'
    )


@pytest.mark.parametrize("condition", ["补助(甲数) 超过 250", "补助(甲数) 超过 乙数"])
def test_one_amount_of_a_large_table_is_found(condition: str) -> None:
    amounts = list(range(450))
    changed = [n + (n == 250) for n in amounts]
    found = compare(table_of(amounts, condition), table_of(changed, condition))
    assert found.decided
    difference = only(found)
    assert difference.new is not None
    assert difference.new.request.facts["甲数"] in range(2500, 2510)


def test_what_classes_leave_out_is_never_called_equivalent() -> None:
    """The square of a number leaves the exact fragment: only some of its values are tried."""
    old = BASE.replace("甲数 超过 乙数", "甲数 * 甲数 超过 1000000")
    found = compare(compiled(old), compiled(old.replace("1000000", "1002001")))
    assert not found.decided
    assert not found.identical
    assert "没有全部判定" in found.sections()[0].lines[-1].text.zh
    told = differing(compiled(old), compiled(old.replace("1000000", "1002001")))
    assert told.everywhere
