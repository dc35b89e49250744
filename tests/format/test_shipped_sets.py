"""Every shipped file and set survives every notation: same model, same comments, same answers."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.shipped import POLICIES, compiled

from zhunru.checker.check import check
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Source
from zhunru.syntax import loader, parser, yaml_reader
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import File, Parameter, Policy
from zhunru.testing import TestResult, run_tests

FILES = sorted(path for path in POLICIES.rglob("*") if path.suffix in (".policy", ".yaml"))
# A notation with a language, and the ending of its files.
FORMS = [("policy", "zh"), ("policy", "en"), ("yaml", "zh"), ("yaml", "en")]


def read(text: str, yaml: bool) -> File:
    reader = yaml_reader.read if yaml else parser.parse
    file, found = reader(Source("x.yaml" if yaml else "x.policy", text))
    assert found == []
    return file


def notes(file: File) -> list[str]:
    return [one.note for one in file.declarations if isinstance(one, Policy | Parameter)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(POLICIES).as_posix())
def test_each_shipped_file_keeps_its_meaning_and_its_comments(path: Path) -> None:
    yaml = path.suffix == ".yaml"
    file = read(path.read_text(encoding="utf-8"), yaml)
    text = format_file(file)
    again = read(text, yaml)
    assert again.declarations == file.declarations
    assert format_file(again) == text
    assert sorted(c.text.strip() for c in again.comments) == sorted(
        c.text.strip() for c in file.comments
    )
    for notation, language in FORMS:
        other = format_file(file, notation=notation, language=language)  # type: ignore[arg-type]
        kept = Counter(c.text for c in read(other, notation == "yaml").comments)
        # A note of the YAML form becomes a comment of policy text.
        assert kept - Counter(notes(file)) == Counter(c.text for c in file.comments)
    english = read(format_file(file, language="en"), yaml)
    assert format_file(english, language="zh") == text


def results(root: Path, name: str) -> list[TestResult]:
    policy_set, found = loader.load(root / name)
    assert policy_set is not None and found == []
    checked, _ = check(policy_set)
    assert checked is not None
    return list(run_tests(compile_policies(checked)))


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[TestResult]]:
    return {name: list(run_tests(compiled(name))) for name in ("national", "weihai")}


@pytest.mark.parametrize(("notation", "language"), FORMS)
def test_sets_written_otherwise_pass_the_same_tests(
    notation: str, language: str, tmp_path: Path, shipped: dict[str, list[TestResult]]
) -> None:
    root = tmp_path / "sets"
    shutil.copytree(POLICIES, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    for path in [path for path in root.rglob("*") if path.suffix in (".policy", ".yaml")]:
        file = read(path.read_text(encoding="utf-8"), path.suffix == ".yaml")
        path.unlink()
        text = format_file(file, notation=notation, language=language)  # type: ignore[arg-type]
        path.with_suffix(f".{notation}").write_text(text, encoding="utf-8")
    for name, expected in shipped.items():
        found = results(root, name)
        assert [result for result in found if not result.passed] == []
        assert sorted(r.title for r in found) == sorted(r.title for r in expected)
