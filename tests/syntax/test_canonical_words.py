"""Words of the vocabulary inside expressions are kept in Chinese, whatever the file's language."""

from __future__ import annotations

from typing import Any

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax import parser
from zhunru.syntax.expressions import Call, Column, Ref
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import File, Test

ZH, EN = (
    '测试 "题名"\n  假如 {given} 那么 {then}\n',
    'test "题名"\n  given {given} then {then}\n',
)


def part(kind: str, text: str, language: Any) -> Any:
    node, found = parser.parse_part(kind, text, Source("", text), 0, language)
    assert not found
    return node


def read(text: str) -> File:
    file, found = parser.parse(Source("t.policy", text))
    assert not found
    return file


def case(text: str) -> Any:
    (test,) = read(text).declarations
    assert isinstance(test, Test)
    return test.cases[0]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("向下取整(户数 / 500) 超过 3", "rounddown(户数 / 500) > 3"),
        ("有效(应急响应, 目标社区)", "inforce(应急响应, 目标社区)"),
        ("取大(a, 取小(b, c)) = 日数(d, e)", "max(a, min(b, c)) = daycount(d, e)"),
        ("来文单位 属于 牵头及下级", "来文单位 in leads_and_below"),
        ("检查 的 每年已用 = 3", "检查 of yearly_used = 3"),
        ("检查 的 任意连续7日已计", "检查 of rolling7_counted_already"),
        ("检查 的 已用 = 3", "检查 of used = 3"),
    ],
)
def test_an_expression_is_one_tree_in_either_language(zh: str, en: str) -> None:
    assert part("cond", zh + ' 否则 拒绝 "x"', "zh") == part(
        "cond", en + ' otherwise refuse "x"', "en"
    )


def test_names_of_a_set_stay_as_they_are_written() -> None:
    node = part("expr", "lookup(lead, owner) of used > frequency", "en")
    assert node.left == Column(Call("lookup", (Ref("lead"), Ref("owner"))), "used")
    assert node.right == Ref("frequency")


def test_the_day_and_a_register_in_force_are_one_fact_in_either_language() -> None:
    zh = ZH.format(given="日期 为 2026-01-01, 应急响应 为 有效", then="准入")
    en = EN.format(given="date = 2026-01-01, 应急响应 = inforce", then="admit")
    assert case(zh) == case(en)
    assert format_file(read(en), language="zh") == format_file(read(zh))
    assert "date = 2026-01-01, 应急响应 = inforce" in format_file(read(zh), language="en")


def test_a_column_that_a_test_expects_is_a_name() -> None:
    found = case(EN.format(given="a = 1", then="date = inforce"))
    (expected,) = found.expected.values
    assert (expected.subject, expected.value) == (Ref("date"), Ref("inforce"))
