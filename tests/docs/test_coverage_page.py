"""Every row of the sources that is claimed has a declaration that runs and a test that passes."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"S0": 77, "S1": 36, "S2": 31, "S3": 58, "S4": 42}
# Lower it as rows become real; it never rises.
MOST_OPEN = 0


@cache
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage", ROOT / "docs" / "build_coverage.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_rows_are_those_of_the_five_sources():
    ids = [row.id for row in builder().rows()]
    assert Counter(each[:2] for each in ids) == COUNTS
    assert sorted(ids) == [f"{s}-{n:02}" for s in COUNTS for n in range(1, COUNTS[s] + 1)]


def test_each_row_says_what_it_is_about_and_how_far_it_is():
    for row in builder().rows():
        assert row.said, row.id
        assert row.form in builder().KINDS.values(), row.id
        assert row.state in (builder().REAL, builder().CONTEXT, builder().OPEN), row.id


def test_only_rows_that_exist_are_named():
    assert not set(builder().found()) - {row.id for row in builder().rows()}


def test_each_row_that_is_claimed_is_real():
    found = builder().found()
    verdicts = {row.id: (found[row.id].verdict(row), row.state) for row in builder().rows()}
    assert {each: v for each, v in verdicts.items() if v[0] != v[1]} == {}


def test_rows_that_only_tell_whence_are_bases_and_sets():
    context = [row for row in builder().rows() if row.state == builder().CONTEXT]
    assert context
    assert {row.form for row in context} <= set(builder().TELLING)


def test_no_more_rows_are_open_than_before():
    left = [row.id for row in builder().rows() if row.state == builder().OPEN]
    assert len(left) <= MOST_OPEN


def test_the_page_is_fresh():
    shown = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert shown == builder().page(), "run: python docs/build_coverage.py"


def test_every_link_of_the_page_leads_to_a_file():
    shown = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(([^)]+)\)", shown))
    assert links
    assert not [link for link in links if not (ROOT / "docs" / link).is_file()]


@pytest.mark.parametrize(
    ("state", "declared", "told", "passed", "failed", "verdict"),
    [
        ("落实", 1, 0, 1, 0, "落实"),
        ("落实", 0, 1, 1, 0, "缺声明"),
        ("落实", 1, 0, 0, 0, "缺测试"),
        ("落实", 1, 0, 1, 1, "测试未通过"),
        ("背景", 0, 1, 0, 0, "背景"),
        ("背景", 1, 0, 1, 0, "缺依据"),
        ("待办", 1, 0, 1, 0, "待办"),
    ],
)
def test_a_claim_needs_a_declaration_and_a_test_that_passes(
    state: str, declared: int, told: int, passed: int, failed: int, verdict: str
):
    module = builder()
    place = module.Place("规则", "甲", "policies/x.policy")
    one = module.Found([place] * declared, [place] * told, [place] * passed, [place] * failed)
    assert one.verdict(module.Row("S0-01", "规则", "甲", state)) == verdict


def test_the_header_of_a_set_is_what_runs_where_a_row_asks_for_it():
    module = builder()
    place = module.Place("政策", "甲", "policies/x.policy")
    for form, verdict in (("政策", "落实"), ("规则", "缺声明")):
        one = module.Found(told=[place], passed=[place])
        assert one.verdict(module.Row("S0-30", form, "甲", "落实")) == verdict
