"""The same set in Chinese, in English and in YAML: the same findings, the same digest."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checker.sets import BASE, decide
from tests.shipped import SETS, checked_with_findings

from zhunru.checker.check import check
from zhunru.diagnostics import Severity
from zhunru.syntax.formatter import format_file
from zhunru.syntax.loader import load_text

TESTS = Path(__file__).parents[1]
PARITY = sorted((TESTS / "fixtures" / "parity").glob("*.zh.policy"))


def checked(text: str, name: str) -> tuple[str | None, list[str]]:
    policy_set, _ = load_text(text, name)
    assert policy_set is not None
    result, found = check(policy_set)
    return result and result.digest, sorted(d.code for d in found)


@pytest.mark.parametrize("path", PARITY, ids=lambda path: path.stem)
def test_three_notations_have_the_same_findings(path: Path) -> None:
    stem = path.name.removesuffix(".zh.policy")
    english, yaml = path.with_name(f"{stem}.en.policy"), path.with_name(f"{stem}.yaml")
    expected = checked(path.read_text(encoding="utf-8"), path.name)
    assert expected[1]
    assert checked(english.read_text(), english.name) == expected
    assert checked(yaml.read_text(), yaml.name) == expected


@pytest.mark.parametrize("notation", [("en", "policy"), ("zh", "yaml"), ("en", "yaml")])
def test_a_printed_set_has_the_same_digest(notation: tuple[str, str]) -> None:
    text = BASE + decide("协助事项", "准入登记")
    policy_set, _ = load_text(text)
    assert policy_set is not None
    (file,) = policy_set.files
    language, form = notation
    printed = format_file(file, language=language, notation=form)  # type: ignore[arg-type]
    name = "t.yaml" if form == "yaml" else "t.policy"
    expected = checked(text, "t.policy")
    assert expected[0] is not None
    assert checked(printed, name) == expected


@pytest.mark.parametrize("name", SETS)
def test_shipped_sets_have_no_errors(name: str) -> None:
    _, found = checked_with_findings(name)
    assert [(d.code, d.zh) for d in found if d.severity is Severity.ERROR] == []
