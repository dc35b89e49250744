"""A number may have the unit of its field behind it, and no other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.conftest import FULL, HEAD, compiled, steps

from zhunru.batch.columns import ColumnsEngine
from zhunru.batch.frames import frame_of
from zhunru.compiler import compile_policies
from zhunru.compiler.field_values import Unreadable, read_value
from zhunru.decision import Request, decide, decider
from zhunru.diagnostics import NOWHERE, Span
from zhunru.errors import RequestRejected
from zhunru.request_facts import Names, RequestFacts, sort_facts
from zhunru.request_files import GivenRow

FORM = """  费用 金额
  户数 数值 0 至 30000 户
  占比 比例
  比重 数值 0 至 100 %
  期限 数值 0 至 30 个工作日
  天数 数值 0 至 90 日
  时长 数值 0 至 90 小时
  人次 数值 0 至 5000 人
  只数 数值 0 至 9000
  到账 是否
"""
RULES = """规则 费用高 依据 条例 第四条
  当 费用 超过 3000 元 或 期限 超过 5 个工作日 或 占比 超过 70%
  拒绝 "高" 代码 高
"""
POLICY = compiled(RULES + steps("费用高"), HEAD + FORM)
FIELDS = POLICY.plan().fields
DAY = date(2026, 2, 1)


def read(name: str, given: Any) -> Any:
    return read_value(POLICY.model.chart, DAY, FIELDS[name], given)


@pytest.mark.parametrize(
    ("name", "given", "number"),
    [
        ("费用", "3000元", 3000),
        ("费用", " 3000.50 元 ", Decimal("3000.5")),
        ("费用", "３０００ 元", 3000),
        ("费用", "３０００　元", 3000),
        ("费用", "3000 yuan", 3000),
        ("户数", "12户", 12),
        ("户数", "1 household", 1),
        ("占比", "70%", 70),
        ("占比", "70 ％", 70),
        ("比重", "30%", 30),
        ("期限", "5 个工作日", 5),
        ("期限", "5工作日", 5),
        ("期限", "5 workdays", 5),
        ("天数", "5天", 5),
        ("天数", "5 日", 5),
        ("时长", "5个小时", 5),
        ("人次", "12人", 12),
        ("费用", "3000", 3000),
        ("费用", 3000, 3000),
        ("只数", "12", 12),
        ("费用", "3000元整", 3000),
        ("费用", "￥3,000.50", Decimal("3000.5")),
        ("费用", "¥ 3000 元", 3000),
        ("费用", "13,000,000元", 13000000),
        ("户数", "1,200户", 1200),
        ("户数", "1，200", 1200),
        ("期限", "5个工作天", 5),
        ("占比", "0.3%", Decimal("0.3")),
        ("占比", Decimal("0.3"), Decimal("0.3")),
        ("占比", "0.0", 0),
        ("占比", "30.5", Decimal("30.5")),
    ],
)
def test_its_own_unit_is_read_with_a_number(name: str, given: Any, number: Any) -> None:
    assert read(name, given) == number


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("费用", "3000万元"),
        ("费用", "3万"),
        ("费用", "3000美元"),
        ("费用", "3000户"),
        ("费用", "3000元元"),
        ("费用", "元"),
        ("费用", "3000%"),
        ("户数", "12人"),
        ("占比", "0.7元"),
        ("期限", "5日"),
        ("期限", "5个自然日"),
        ("期限", "5个"),
        ("天数", "5个工作日"),
        ("天数", "5 workdays"),
        ("时长", "5个工作小时"),
        ("人次", "12人次"),
        ("只数", "12只"),
        ("只数", "12个"),
        ("只数", "12%"),
        ("费用", "30,00"),
        ("费用", "3,4"),
        ("户数", "￥12"),
    ],
)
def test_another_unit_is_refused_as_it_was(name: str, given: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(name, given)
    assert caught.value.finding.code == "ZR703"
    assert given in caught.value.finding.zh


@pytest.mark.parametrize(
    ("name", "given", "hint"),
    [
        ("户数", "12人", "请写数，以户计，例如 12"),
        ("期限", "5天", "请写数，以工作日计，例如 12"),
        ("费用", "伍仟元整", "是不是 5000？请写数，以元计，例如 12"),
        ("费用", "0.5万元", "是不是 5000？请写数，以元计，例如 12"),
        ("费用", "3万", "是不是 30000？请写数，以元计，例如 12"),
        ("期限", "五个工作日", "是不是 5？请写数，以工作日计，例如 12"),
        ("占比", "三成", "是不是 30%？请写比例，例如 70%"),
        ("占比", "百分之三十", "是不是 30%？请写比例，例如 70%"),
        ("只数", "十二", "是不是 12？请写数，例如 12"),
        ("只数", "12只", "请写数，例如 12 或者 0.5"),
        ("占比", "0.3", "请写明是 30% 还是 0.3%"),
        ("占比", "0.30 ", "请写明是 30% 还是 0.30%"),
        ("占比", ".085", "请写明是 8.5% 还是 .085%"),
    ],
)
def test_the_hint_names_the_unit_and_what_was_meant(name: str, given: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(name, given)
    assert caught.value.finding.help_zh == hint
    number = hint.partition("？")[0].removeprefix("是不是 ")
    if "？" in hint:
        read(name, number)


@pytest.mark.parametrize(("given", "meant"), [("√", "是"), ("×", "否"), ("有", "是"), ("N", "否")])
def test_a_tick_is_told_as_the_word_that_it_stands_for(given: str, meant: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("到账", given)
    assert caught.value.finding.help_zh == f"请写“{meant}”"


FACTS = {
    **FULL,
    "费用": 1, "户数": 1, "占比": 1, "比重": 1, "期限": 1, "天数": 1, "时长": 1, "人次": 1, "只数": 1,
    "到账": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "bare"),
    [
        ("费用", "3000元", 3000),
        ("费用", "3001 元", 3001),
        ("期限", "5 个工作日", 5),
        ("期限", "6 个工作日", "6"),
        ("占比", "71 %", 71),
        ("费用", "3000万元", "三千"),
        ("期限", "6日", "六"),
    ],
)
def test_every_way_reads_it_as_the_number(name: str, given: str, bare: Any) -> None:
    plain = compile_policies(POLICY.checked)
    plain.runs[""] = lambda _: None
    facts = RequestFacts(Names.of(POLICY, ""), DAY)
    found = []
    for value in (given, bare):
        asked = {**FACTS, name: value}
        request = Request(facts=asked, received=DAY)
        from_file, _ = sort_facts(asked, NOWHERE, facts)
        assert from_file is not None
        found += [
            _told(lambda: decide(POLICY, request)),  # noqa: B023
            _told(lambda: decide(plain, request)),  # noqa: B023
            _told(lambda: decide(POLICY, from_file)),  # noqa: B023
            _told(lambda: decider(POLICY)(asked, DAY)),  # noqa: B023
            _column(asked),
        ]
    assert len(set(found)) == 1, found


def _told(run: Any) -> str:
    try:
        return str(run().code)
    except RequestRejected as rejected:
        return rejected.diagnostics[0].code


def _column(asked: dict[str, Any]) -> str:
    row = GivenRow(Span("", 0, 0, 1, 1), asked)
    (answer,) = ColumnsEngine(POLICY, received=DAY).decide(frame_of([row]))
    return answer.code or answer.findings[0].code
