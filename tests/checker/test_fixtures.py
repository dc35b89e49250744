"""Every code of the checker on a set that has the mistake, and on the mended set.

A bad set says on the line itself what is found: `# error: ZR201 "the underlined text"`
(“ ” stand for straight quotes). `upper.policy` beside them is the set above.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from zhunru.analysis.findings import findings as deep
from zhunru.checker.check import check
from zhunru.codes import CODES
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Diagnostic, Severity
from zhunru.syntax.loader import load_text

FIXTURES = Path(__file__).parents[1] / "fixtures" / "check"
FOLDERS = sorted(f for f in FIXTURES.iterdir() if re.match(r"ZR[23456]", f.name))
EXPECTED = re.compile(r'# (error|warning|hint): (ZR\d+) "(.*)"$', re.M)


def findings(path: Path) -> list[Diagnostic]:
    policy_set, unread = load_text(path.read_text(encoding="utf-8"), path.name, folder=path.parent)
    assert policy_set is not None
    assert not unread
    upper = path.with_name("upper.policy")
    if upper.exists():
        above, unread = load_text(upper.read_text(), upper.name)
        assert above is not None
        assert not unread
        policy_set = replace(policy_set, uppers=(above,))
    checked, found = check(policy_set)
    assert (checked is None) == any(d.severity is Severity.ERROR for d in found)
    return found if checked is None else [*found, *deep(compile_policies(checked))]


def underlined(text: str, finding: Diagnostic) -> str:
    return text[finding.span.start : finding.span.end].replace('"', "“", 1).replace('"', "”", 1)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_mistake_is_found_where_it_is_underlined(folder: Path) -> None:
    text = (folder / "bad.policy").read_text()
    expected = {
        (text.count("\n", 0, each.start()) + 1, *each.groups()) for each in EXPECTED.finditer(text)
    }
    found = findings(folder / "bad.policy")
    code = folder.name
    made = {(d.span.line, d.severity, d.code, underlined(text, d)) for d in found if d.code == code}
    assert {(n, str(s), c, t.split("  #")[0]) for n, s, c, t in made} == expected
    assert {d.code for d in found if d.severity is Severity.ERROR} <= {code}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_mended_set_has_no_such_finding_and_no_error(folder: Path) -> None:
    found = findings(folder / "good.policy")
    assert not [d for d in found if d.code == folder.name or d.severity is Severity.ERROR]


def test_every_code_of_the_checker_has_a_pair_of_sets() -> None:
    codes = {code for code in CODES if re.match(r"ZR[23456]", code)}
    assert codes - {folder.name for folder in FOLDERS} <= BY_HAND


# Shown in test_bounds.py, test_registers.py and tests/flows: they need deep or large sets, or files.
BY_HAND = {"ZR326", "ZR328", "ZR330", "ZR343", "ZR344", "ZR534", "ZR603"}
