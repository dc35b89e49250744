"""Whole sets made to hurt give findings, never an exception, in bounded time and memory."""

from __future__ import annotations

import random
import resource
import shutil
import time
from pathlib import Path

import pytest
from tests.readers.hostile import write_hostile

from zhunru.checker.check import check
from zhunru.diagnostics import has_errors
from zhunru.errors import PolicyRejected
from zhunru.rewriting import format_policy
from zhunru.syntax.loader import load

SECONDS = 5.0
MOST_FINDINGS = 4 * 201 + 50
KIBIBYTES = 400 * 1024


def survive(rng: random.Random, folder: Path) -> None:
    """Load one hostile set; check it and rewrite its files now and then."""
    write_hostile(rng, folder)
    started = time.process_time()
    policy_set, found = load(folder / "集")
    assert time.process_time() - started < SECONDS
    assert len(found) <= MOST_FINDINGS
    for finding in found:
        span = finding.span
        assert finding.zh and finding.en
        assert 0 <= span.start <= span.end and span.line >= 0
        assert len(finding.zh) < 3_000
    if policy_set is not None and rng.random() < 0.2:
        _, problems = check(policy_set)
        assert time.process_time() - started < 2 * SECONDS
        assert all(problem.zh and problem.en for problem in problems)
    if not has_errors(found) and rng.random() < 0.2:
        _rewrite(rng, folder / "集")
    shutil.rmtree(folder)


def _rewrite(rng: random.Random, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.suffix != ".csv" and path.name != "数据.yaml":
            try:
                format_policy(path, notation=rng.choice(("policy", "yaml")))
            except PolicyRejected as refused:
                assert refused.diagnostics


def run(seed: int, times: int, folder: Path) -> None:
    rng = random.Random(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(times):
        try:
            survive(rng, folder / "case")
        except Exception as error:
            kept = folder / "case"
            raise AssertionError(f"{seed=} {number=}: {error!r}, files in {kept}") from error
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < KIBIBYTES


@pytest.mark.parametrize("seed", range(10))
def test_hostile_sets_give_findings_and_no_exception(seed: int, tmp_path: Path) -> None:
    run(seed, 50, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_a_hundred_thousand_hostile_sets(seed: int, tmp_path: Path) -> None:
    run(seed, 1_000, tmp_path)
