"""The sets that ship, each read and checked once in a run (in each of its processes).

Reading and checking a set with those above it takes a second; very many tests look at one.
Whoever changes a set must work on a copy of its folder.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from zhunru.checker.check import check
from zhunru.checker.resolved import CheckedPolicySet
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.folders import list_files, read_source
from zhunru.syntax.loader import load
from zhunru.syntax.nodes import Declaration, File, PolicySet

POLICIES = Path(__file__).parents[1] / "policies"
SETS = sorted(each.name for each in POLICIES.iterdir() if any(each.glob("*.policy")))


@cache
def written(name: str) -> tuple[Declaration, ...]:
    """Return what stands in the files of a set itself, tables from other files left out.

    For saying which tests there are: every process does that, and reading sets takes long.
    """
    files = list_files(POLICIES / name)[0]
    sources = [source for file in files if (source := read_source(file)[0]) is not None]
    return tuple(declaration for source in sources for declaration in _file(source).declarations)


def _file(source: Source) -> File:
    is_yaml = source.path.endswith((".yaml", ".yml"))
    return (yaml_reader.read(source) if is_yaml else parser.parse(source))[0]


@cache
def read(name: str) -> tuple[PolicySet, tuple[Diagnostic, ...]]:
    """Return a set as it is written, and what was found in reading it."""
    found, diagnostics = load(POLICIES / name)
    assert found is not None, [d.zh for d in diagnostics]
    return found, tuple(diagnostics)


def source(name: str) -> PolicySet:
    """Return a set as it is written."""
    return read(name)[0]


@cache
def checked_with_findings(name: str) -> tuple[CheckedPolicySet, tuple[Diagnostic, ...]]:
    """Return a set as it is checked, and everything that was found."""
    policy_set, diagnostics = read(name)
    result, found = check(policy_set)
    assert result is not None, [d.zh for d in found]
    return result, (*diagnostics, *found)


def checked(name: str) -> CheckedPolicySet:
    """Return a set as it is checked."""
    return checked_with_findings(name)[0]


@cache
def compiled(name: str) -> CompiledPolicy:
    """Return a set that decides; whoever counts its work compiles one of his own."""
    return compile_policies(checked(name))


def changed(tmp_path: Path, name: str, file: str, old: str, new: str) -> Path:
    """Return a copy of the policies in which one text of one set is another."""
    root = tmp_path / "policies"
    shutil.copytree(POLICIES, root, ignore=shutil.ignore_patterns("__pycache__"))
    path = root / name / file
    text = path.read_text(encoding="utf-8-sig")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return root
