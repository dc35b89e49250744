"""Chinese numerals in digits, and the hint that they make of an unknown name."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.syntax.citations import chinese_number
from zhunru.syntax.loader import load_text
from zhunru.syntax.numerals import number_in_digits, quantity_in_digits


def test_every_number_comes_back_from_its_numerals() -> None:
    assert [number_in_digits(chinese_number(n)) for n in range(10_000)] == [*range(10_000)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("五个工作日", "5 个工作日"),
        ("十五日", "15 日"),
        ("两次", "2 次"),
        ("二百零三户", "203 户"),
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
