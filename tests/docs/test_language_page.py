"""The blocks of the language page and the tutorial are policies that check and whose tests pass."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from zhunru.checker.check import check
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Severity
from zhunru.syntax.loader import load_text
from zhunru.testing import run_tests

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```policy([^\n]*)\n(.*?)^```", re.M | re.S)


def _blocks(page: str) -> list[tuple[str, str]]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(label.strip(), body) for label, body in BLOCK.findall(text)]


def _set(page: str, label: str = "") -> str:
    return "\n".join(body for found, body in _blocks(page) if found == label)


def _findings(text: str):
    loaded, found = load_text(text, "page.policy")
    if loaded is None:
        return None, found
    checked, more = check(loaded)
    return checked, [*found, *more]


@pytest.mark.parametrize(
    ("page", "label"), [("language.md", ""), ("language.md", "en"), ("tutorial.md", "")]
)
def test_the_blocks_of_a_page_make_a_set_that_checks_and_passes(page, label):
    checked, found = _findings(_set(page, label))
    assert [d.zh for d in found if d.severity is Severity.ERROR] == []
    assert checked is not None
    results = run_tests(compile_policies(checked))
    assert results
    assert [r.zh for r in results if not r.passed] == []


@pytest.mark.parametrize(
    ("label", "body"), [block for block in _blocks("language.md") if block[0].startswith("错误")]
)
def test_a_block_with_a_mistake_gives_its_code(label, body):
    code = label.split()[1]
    _, found = _findings(_set("language.md") + "\n" + body)
    assert code in {d.code for d in found}


def test_a_rule_of_an_upper_set_still_holds_for_what_a_lower_set_adds():
    text, lower = _set("language.md", "上级"), load_text(_set("language.md", "下级"))[0]
    for unless in ("除外 协助事项", "除外 事项 属于 协助事项"):
        upper = load_text(text.replace("除外 协助事项", unless))[0]
        checked, found = check(replace(lower, uppers=(upper,)))
        assert checked is not None, [d.zh for d in found]
        results = run_tests(compile_policies(checked))
        assert len(results) == 2
        assert [r.zh for r in results if not r.passed] == []
