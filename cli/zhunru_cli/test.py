"""`zhunru test`: the tests that policy sets carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhunru_cli import failures
from zhunru_cli.findings import place_of, render
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, form_option, shared_options
from zhunru_cli.texts import Texts

if TYPE_CHECKING:
    from zhunru import Diagnostic
    from zhunru.testing import TestResult


@dataclass(frozen=True)
class SetResult:
    """The results of one set, or the findings for which its tests were not run."""

    path: Path
    results: Sequence[TestResult] = ()
    rejected: Sequence[Diagnostic] = ()

    @property
    def failed(self) -> int:
        """Return how many tests failed."""
        return sum(not result.passed for result in self.results)


@click.command("test", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@form_option
@shared_options
def test(surface: Surface, paths: tuple[str, ...], form: str) -> int:
    """Run the tests of policy sets; exit 1 if one fails."""
    from zhunru.opening import policy_sets

    ran = [_run(found) for path in paths for found in policy_sets(path)]
    if form == "json":
        click.echo(json_text(_as_data(ran, surface)))
    else:
        for one in ran:
            _print(one, surface)
    return failures.FINDINGS if any(one.failed or one.rejected for one in ran) else 0


def _run(path: Path) -> SetResult:
    from zhunru import PolicyRejected, open_policy, run_tests

    try:
        policy = open_policy(path)
        return SetResult(path, run_tests(policy, policy.checked.source.path))
    except PolicyRejected as rejected:
        return SetResult(path, rejected=rejected.diagnostics)


def _print(one: SetResult, surface: Surface) -> None:
    texts = Texts()
    if one.rejected:
        surface.print(f"{one.path}{surface.say('colon')}{surface.say('test.rejected')}")
        for found in one.rejected:
            surface.print(render(found, surface, texts.line))
        return
    for result in one.results:
        if not result.passed:
            surface.print(_failure(result, surface))
    key = "test.failed" if one.failed else "test.passed" if one.results else "test.none"
    line = surface.say(key, n=len(one.results), bad=one.failed)
    surface.print(f"{one.path}{surface.say('colon')}{line}")


def _failure(result: TestResult, surface: Surface) -> str:
    chinese = surface.language == "zh"
    word = surface.style(surface.say("test.fail"), fg="red", bold=True)
    explained = result.zh if chinese else result.en
    title = surface.say("test.case", title=result.title, n=result.case)
    lines = [f"{place_of(result.span, surface)}{word} {title}"]
    lines += [f"      {line}" for line in explained.splitlines()]
    return "\n".join(lines) + "\n"


def _as_data(ran: Sequence[SetResult], surface: Surface) -> dict[str, Any]:
    return {
        "version": 1,
        "passed": sum(len(one.results) - one.failed for one in ran),
        "failed": sum(one.failed for one in ran),
        "sets": [
            {
                "path": one.path.as_posix(),
                "rejected": [f"{d.code} {d.message(surface.language)}" for d in one.rejected],
                "tests": [_result_data(result) for result in one.results],
            }
            for one in ran
        ],
    }


def _result_data(result: TestResult) -> dict[str, Any]:
    return {
        "title": result.title,
        "case": result.case,
        "passed": result.passed,
        "path": result.span.path,
        "line": result.span.line,
        "found": {"zh": result.zh, "en": result.en},
    }
