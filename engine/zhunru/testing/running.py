"""Run 测试 blocks and the users' own `*.cases.yaml` files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhunru.compiler import CompiledPolicy
from zhunru.decision import Request, decide
from zhunru.diagnostics import Span, has_errors
from zhunru.errors import PolicyRejected, RequestRejected
from zhunru.opening import read_source
from zhunru.syntax.folders import in_order
from zhunru.syntax.nodes import Case, Test
from zhunru.testing.decisions import CHECKS
from zhunru.testing.facts import Unusable, Wrong, inputs_of, request_of
from zhunru.testing.values import compare_measures, compare_values
from zhunru.testing.workflows import compare_ends

MOST_CASE_FILES = 500


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of one case of a test; `zh` and `en` say expected and found where it failed.

    `request` is what a case asked of the 判定 `decision`; of a table or formula (`target`, where
    the test names it) `inputs` are what it was given, by the law of `day`.
    """

    __test__ = False

    title: str
    case: int
    span: Span
    passed: bool
    zh: str = ""
    en: str = ""
    request: Request | None = None
    decision: str = ""
    target: str = ""
    inputs: Mapping[str, Any] | None = None
    day: date | None = None


def run_tests(policy: CompiledPolicy, path: str | Path | None = None) -> tuple[TestResult, ...]:
    """Run the tests of a set and return a result for each of their cases.

    With the `path` of the set, its `*.cases.yaml` files run too; raises PolicyRejected if one
    of them cannot be read.
    """
    tests = [*policy.checked.tests, *(_tests_beside(Path(path)) if path is not None else ())]
    return tuple(
        _run(policy, test, number, case)
        for test in tests
        for number, case in enumerate(test.cases, 1)
    )


def _tests_beside(path: Path) -> list[Test]:
    from zhunru.syntax.yaml_reader import read_test_file  # here: the grammar is heavy to load

    files = in_order(path.rglob("*.cases.yaml")) if path.is_dir() else []
    tests: list[Test] = []
    for file in files[:MOST_CASE_FILES]:
        read, found = read_test_file(read_source(file))
        if has_errors(found):
            raise PolicyRejected(found)
        tests += read
    return tests


def _run(policy: CompiledPolicy, test: Test, number: int, case: Case) -> TestResult:
    asked: dict[str, Any] = {}
    try:
        asked = _asked(policy, test, case)
        wrong = _compare(policy, test, case)
    except Unusable as unusable:
        wrong = [unusable.wrong]
    except RequestRejected as rejected:
        wrong = [Wrong(d.zh, d.en) for d in rejected.diagnostics]
    return TestResult(
        test.title.zh,
        number,
        case.span,
        not wrong,
        "\n".join(w.zh for w in wrong),
        "\n".join(w.en for w in wrong),
        **asked,
    )


def _asked(policy: CompiledPolicy, test: Test, case: Case) -> dict[str, Any]:
    """Return what a case asks, for who wants to know what the tests exercise."""
    name = test.target.text if test.target else ""
    if case.expected.ends:
        return {}
    if case.expected.outcome is not None:
        return {"request": request_of(policy, name, case), "decision": policy.plan(name).head.name}
    inputs, day = inputs_of(policy, case, name)
    return {"target": name, "inputs": inputs, "day": day}


def _compare(policy: CompiledPolicy, test: Test, case: Case) -> list[Wrong]:
    name = test.target.text if test.target else ""
    if case.expected.ends:
        return compare_ends(policy, case)
    if case.expected.outcome is not None:
        answer = decide(policy, request_of(policy, name, case), name)
        return [wrong for check in CHECKS for wrong in check(answer, case.expected)]
    if name in policy.core.checks or name in policy.core.scorecards:
        return compare_measures(policy, name, case)
    return compare_values(policy, name, case)
