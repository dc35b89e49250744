"""`zhunru coverage`: what the tests of a set exercise, and tests for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from zhunru_cli.surface import Command, Surface, form_option, option, shared_options

if TYPE_CHECKING:
    from zhunru.analysis.coverage import Coverage, DecisionCoverage, OneWay
    from zhunru.analysis.supplement import Written
    from zhunru.compiler import CompiledPolicy

MOST_LINES = 15  # of a list on the screen; JSON has them all
FILES = {"zh": "测试-补充.policy", "en": "tests-more.policy"}


@click.command("coverage", cls=Command)
@click.argument("path", metavar="SET")
@option("--write", is_flag=True, help="coverage.write")
@form_option
@shared_options
def coverage(surface: Surface, path: str, write: bool, form: str) -> int:
    """Measure what tests exercise; the exit code is 0 whatever that is."""
    from zhunru import open_policy, run_tests
    from zhunru.analysis import measure_coverage

    if write and not Path(path).is_dir():
        raise click.UsageError(surface.say("coverage.folder"))
    policy = open_policy(path)
    tests = run_tests(policy, policy.checked.source.path)
    found = measure_coverage(policy, tests)
    data = {"set": policy.code, "tests": len(tests), **found.to_dict()}
    title = surface.say("coverage.title", name=policy.code, tests=len(tests))
    lines = chain([surface.style(title, bold=True)], _page(found, surface))
    surface.answer(form, data, lines)
    if write:
        _write(policy, found, Path(path), surface, error=form == "json")
    return 0


# --- on the screen -------------------------------------------------------------------------------


def _page(found: Coverage, surface: Surface) -> Iterator[str]:
    for decision in found.decisions:
        yield ""
        yield surface.say("coverage.decision", name=decision.name)
        yield from _lines(_figures(decision, surface), surface)
    yield from _lines(
        [
            (surface.say("coverage.rows", name=name), f"{tally.tried}/{tally.total}")
            for name, tally in found.rows.items()
        ],
        surface,
    )
    for decision in found.decisions:
        yield from _missing(decision, surface)


def _lines(figures: Sequence[tuple[str, str]], surface: Surface) -> Iterator[str]:
    for label, figure in figures:
        yield f"  {label}{surface.say('colon')}{figure}"


def _figures(decision: DecisionCoverage, surface: Surface) -> list[tuple[str, str]]:
    both = decision.conditions - len(decision.one_way)
    share = f"{float(decision.share):.1%}" if decision.exact else surface.say("coverage.unknown")
    figures = [
        ("coverage.share", share),
        ("coverage.endings", f"{decision.endings - len(decision.regions)}/{decision.endings}"),
        ("coverage.clauses", f"{decision.clauses.tried}/{decision.clauses.total}"),
        ("coverage.steps", f"{decision.steps.tried}/{decision.steps.total}"),
        ("coverage.conditions", f"{both}/{decision.conditions}"),
    ]
    return [(surface.say(key), value) for key, value in figures]


def _missing(decision: DecisionCoverage, surface: Surface) -> Iterator[str]:
    yield ""
    if not decision.regions:
        yield surface.say("coverage.all")
    else:
        yield surface.say("coverage.missing", n=len(decision.regions))
    for region in decision.regions[:MOST_LINES]:
        yield f"  {_in(region.told, surface)}"
        if region.witness is not None:
            told = _in(region.witness.told, surface)
            yield f"    {surface.say('coverage.example', told=told)}"
    if len(decision.regions) > MOST_LINES:
        yield f"  {surface.say('coverage.more', n=len(decision.regions) - MOST_LINES)}"
    if decision.one_way:
        yield surface.say("coverage.one.way")
    colon = surface.say("colon")
    for one in decision.one_way[:MOST_LINES]:
        yield f"  {one.clause}{colon}{_in(one.told, surface)}{colon}{_way(one, surface)}"
    if len(decision.one_way) > MOST_LINES:
        yield f"  {surface.say('coverage.more', n=len(decision.one_way) - MOST_LINES)}"


def _way(one: OneWay, surface: Surface) -> str:
    if one.held:
        return surface.say("coverage.held")
    return surface.say("coverage.failed" if one.failed else "coverage.never")


def _in(told: Any, surface: Surface) -> str:
    return str(told.zh if surface.language == "zh" else told.en)


# --- the missing tests -------------------------------------------------------------------------


def _write(
    policy: CompiledPolicy, found: Coverage, folder: Path, surface: Surface, *, error: bool
) -> None:
    """Write the missing tests; only those stay that the set passes when it is opened again."""
    from zhunru.analysis import write_missing_tests

    language = _language(folder)
    made = write_missing_tests(policy, found, language)
    place = folder / FILES[language]
    kept = _kept(place, made, folder) if made else []
    if kept:
        line = surface.say("coverage.written", n=len(kept), path=place)
        surface.print(line, error=error)
    rows = sum(len(tally.missed) for tally in found.rows.values())
    left = rows + sum(len(each.regions) for each in found.decisions) - len(kept)
    if left:
        surface.print(surface.say("coverage.unwritten", n=left), error=error)


def _language(folder: Path) -> Literal["zh", "en"]:
    """Return the language in which a set is written: Chinese if a file of it is."""
    from zhunru import check_policies

    checked, _ = check_policies(folder)
    files = () if checked is None else checked.source.files
    return "en" if files and all(file.language == "en" for file in files) else "zh"


def _kept(place: Path, made: Sequence[Written], folder: Path) -> list[Written]:
    from zhunru import PolicyRejected, open_policy, run_tests

    before = place.read_text(encoding="utf-8") if place.exists() else None
    try:
        _put(place, before, made)
        results = run_tests(open_policy(folder), folder)
        failed = {result.title for result in results if not result.passed}
        kept = [each for each in made if each.title not in failed]
        if len(kept) < len(made):
            _put(place, before, kept)
    except PolicyRejected:
        # A set must not be left worse than it was.
        _put(place, before, ())
        raise
    return kept


def _put(place: Path, before: str | None, made: Sequence[Written]) -> None:
    """Put tests behind what stood in the file; without either there is no file."""
    parts = [*([before.rstrip("\n") + "\n"] if before else []), *(each.text for each in made)]
    if parts:
        place.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    else:
        place.unlink(missing_ok=True)
