"""Chinese numerals in digits, and the hint that they make of an unknown name."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.diagnostics import Source
from zhunru.syntax.citations import chinese_number
from zhunru.syntax.loader import load_text
from zhunru.syntax.numerals import amounts_in_digits, number_in_digits, quantity_in_digits
from zhunru.syntax.parser import parse


def test_every_number_comes_back_from_its_numerals() -> None:
    assert [number_in_digits(chinese_number(n)) for n in range(10_000)] == [*range(10_000)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("五个工作日", "5 个工作日"),
        ("十五日", "15 日"),
        ("两次", "2 次"),
        ("二百零三户", "203 户"),
        ("一个月", "1 个月"),
        ("3天内", "3 天"),
        ("15个工作日以内", "15 个工作日"),
        ("自受理之日起三个工作日内", "3 个工作日"),
        ("半个月", "15 日"),
        ("半年内", "6 个月"),
        ("一个季度", "3 个月"),
        ("六十周岁", "60 岁"),
        ("三会", ""),
        ("五日通报", ""),
        ("二五日", ""),
        ("工作日", ""),
        ("", ""),
    ],
)
def test_numerals_with_a_measure_are_told_in_digits(written: str, said: str) -> None:
    assert quantity_in_digits(written) == said


def test_a_limit_in_numerals_is_found_with_its_fix() -> None:
    text = """政策 甲 "题"
单位 街道 层级 街道
流程 丁 "题"
  止于 办结
  环节 登记 由 街道 限 十五个工作日
    逾期 -> 办结
"""
    policies, found = load_text(text)
    assert policies is not None and not found
    (unknown,) = [each for each in check(policies)[1] if each.code == "ZR201"]
    assert "15 个工作日" in unknown.help("zh")
    assert unknown.fix is not None and unknown.fix.edits[0].text == "15 个工作日"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3万元", "30000 元"),
        ("1.5亿元", "150000000 元"),
        ("2 万亿元", "2000000000000 元"),
        ("三万五千元", "35000 元"),
        ("十万人", "100000 人"),
        ("3千户", "3000 户"),
        ("3.5万", "35000"),
        ("八成", "80%"),
        ("七成五", "75%"),
        ("10成", "100%"),
        ("百分之七十五", "75%"),
        ("百分之7.5", "7.5%"),
        ("千分之三", "0.3%"),
        ("三成员", ""),
        ("万家和", ""),
        ("八成新", ""),
        ("3万里路", ""),
    ],
)
def test_sums_in_wan_and_shares_in_tenths_are_told_in_digits(written: str, said: str) -> None:
    assert quantity_in_digits(written) == said


@pytest.mark.parametrize("number", [10_000, 10_001, 25_000, 120_000, 99_990_000])
def test_numerals_with_wan_are_the_number_they_say(number: int) -> None:
    wan, rest = divmod(number, 10_000)
    spoken = f"{chinese_number(wan)}万{chinese_number(rest) if rest else ''}"
    assert list(amounts_in_digits(spoken)) == [(0, len(spoken), str(number))]


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("参数 上限 3万元", "参数 上限 30000 元"),
        ("参数 上限 1.5 亿元", "参数 上限 150000000 元"),
        ("参数 下限 八成", "参数 下限 80%"),
        ("参数 下限 百分之七十", "参数 下限 70%"),
    ],
)
def test_a_sum_in_wan_is_mended_in_place(line: str, mended: str) -> None:
    text = f'政策 甲 "题"\n{line}\n'
    _, (finding,) = load_text(text)
    assert finding.code == "ZR101" and finding.fix is not None
    for edit in sorted(finding.fix.edits, key=lambda each: -each.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text.splitlines()[1] == mended
    assert load_text(text)[1] == []


def test_a_share_in_tenths_inside_a_condition_is_found_with_its_fix() -> None:
    text = '政策 甲 "题"\n表单 件\n  占比 比例\n规则 乙\n  当 占比 不少于 八成\n  拒绝 "少"\n'
    policies, found = load_text(text)
    assert policies is not None and not found
    (unknown,) = [each for each in check(policies)[1] if each.code == "ZR201"]
    assert unknown.fix is not None and unknown.fix.edits[0].text == "80%"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("十七个工作日", "17 个工作日"),
        ("十七 个工作日", "17"),
        ("两周", "2 周"),
        ("三个月", "3 个月"),
    ],
)
def test_a_promise_about_time_in_numerals_is_told_in_digits(written: str, said: str) -> None:
    text = f"流程 办理 止于 办结\n  约束 自 派单 至 办结 不超过 {written}\n"
    (found,) = parse(Source("甲.policy", text))[1]
    assert found.code == "ZR101" and found.help_zh == f"写“{said}”"
    assert found.fix is not None and not found.fix.safe
    (edit,) = found.fix.edits
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert parse(Source("甲.policy", mended))[1] == []
