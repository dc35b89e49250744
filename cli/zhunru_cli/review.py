"""`zhunru review`: the checks and scorecards of a set, run over what registers hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from zhunru_cli import failures
from zhunru_cli.clock import now
from zhunru_cli.desk import desk
from zhunru_cli.findings import render
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, form_option, option, shared_options
from zhunru_cli.texts import Texts

if TYPE_CHECKING:
    from zhunru.compiler.program import CompiledPolicy
    from zhunru.measures import Assessed, Finding, Matched, Reviewed, Scored, Step

_KINDS = {
    "rectify": "review.rectify",
    "hint": "review.hint",
    "enlist": "review.enlist",
    "unsure": "review.unsure",
    "pending": "review.pending",
}
# So many findings of one check stand on the screen.
_MOST = 50


class _Results(NamedTuple):
    """What was run, by what it is: checks, scorecards, matchings, recorded duties."""

    reviewed: Sequence[Reviewed]
    assessed: Sequence[Assessed]
    matched: Sequence[Matched]
    rounds: Sequence[Reviewed]


@click.command("review", cls=Command)
@click.argument("path", metavar="SET")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@option("--data", type=click.Path(), default=None, help="review.data")
@option("--store", default="", metavar="URL", help="review.store")
@option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="review.on")
@form_option
@shared_options
def review(
    surface: Surface,
    path: str,
    names: tuple[str, ...],
    data: str | None,
    store: str,
    day: datetime | None,
    form: str,
) -> int:
    """Run checks and scorecards; exit 1 if a check is not met."""
    from zhunru import open_policy
    from zhunru.measures import read_data

    policy = open_policy(Path(path))
    core = policy.core
    known = [*core.checks, *core.scorecards, *core.matchings, *core.rounds]
    unknown = [name for name in names if name not in known]
    if unknown:
        words = {"name": unknown[0], "known": "、".join(known)}
        raise click.UsageError(surface.say("review.unknown", **words))
    tables, found = read_data(policy, Path(data)) if data else ({}, [])
    tables = {**_stored(policy, store, surface), **tables}
    for finding in found:
        click.echo(render(finding, surface, Texts().line), err=True)
    asked = day.date() if day else now().date()
    wanted = [name for name in known if not names or name in names]
    results = _run(policy, wanted, asked, tables)
    if form == "json":
        said = _as_data(results, asked)
        click.echo(json_text(said, default=str))
    else:
        _print(results, surface)
        if not wanted:
            surface.print(surface.say("review.none"))
    failed = any(not one.holds for one in (*results.reviewed, *results.rounds))
    return failures.FINDINGS if failed or any(d.severity == "error" for d in found) else 0


def _run(
    policy: CompiledPolicy, wanted: Sequence[str], asked: date, tables: Mapping[str, Any]
) -> _Results:
    """Run everything that is asked for, each as what it is."""
    from zhunru.measures import Rows, assess, match, missed
    from zhunru.measures import review as run_checks

    core, rows = policy.core, Rows(policy, asked, tables)
    checks = [name for name in wanted if name in core.checks]
    owed = [name for name in wanted if name in core.rounds]
    return _Results(
        run_checks(rows, checks) if checks else (),
        [assess(rows, name, tables.get(name, ())) for name in wanted if name in core.scorecards],
        [match(rows, name) for name in wanted if name in core.matchings],
        missed(rows, owed) if owed else (),
    )


def _stored(policy: Any, store: str, surface: Surface) -> dict[str, Any]:
    """Return the registers that a store holds; those of files go before them."""
    if not store:
        return {}
    with desk(surface, store, None, untouched=True) as counter:
        found: dict[str, Any] = counter.office.registers(policy)
        return found


def _print(results: _Results, surface: Surface) -> None:
    _print_found(results.reviewed, "review.check", surface)
    for card in results.assessed:
        _print_card(card, surface)
    _print_found(results.rounds, "review.duty", surface)
    for one in results.matched:
        _print_matched(one, surface)


def _print_found(reviewed: Sequence[Reviewed], key: str, surface: Surface) -> None:
    for one in reviewed:
        surface.print(_headline(one, key, surface))
        for finding in one.findings[:_MOST]:
            surface.print(_shown(finding, surface))
        left = len(one.findings) - _MOST
        if left > 0:
            surface.print(f"  {surface.say('review.more', n=left)}")


def _print_card(card: Assessed, surface: Surface) -> None:
    surface.print(surface.say("review.card", name=card.card, n=len(card.scored)))
    for one in card.scored:
        surface.print(f"  {_total(one, surface)}")
        for line in [*_steps(one.steps, surface), *_outcome(one, surface)]:
            surface.print(f"      {line}")
    for zh, en, count in card.left_out:
        why = zh if surface.language == "zh" else en
        surface.print(f"  {surface.say('review.left_out', n=count, why=why)}")


def _total(one: Scored, surface: Surface) -> str:
    if one.total is None:
        return surface.say("review.open", name=one.subject)
    grade = f"，{one.grade}" if one.grade and surface.language == "zh" else f" {one.grade}".rstrip()
    total = f"{one.total:.2f}"
    return surface.say("review.total", rank=one.rank, name=one.subject, total=total, grade=grade)


def _steps(steps: Sequence[Step], surface: Surface) -> list[str]:
    """Return the steps of a score, those inside a class indented."""
    lines = []
    for step in steps:
        lines.append(step.zh if surface.language == "zh" else step.en)
        lines += [f"  {line}" for line in _steps(step.steps, surface)]
    return lines


def _print_matched(one: Matched, surface: Surface) -> None:
    met, unmet = len(one.pairs), len(one.unmet)
    surface.print(surface.say("review.matching", name=one.matching, met=met, unmet=unmet))
    for pair in one.pairs:
        places = {"n": pair.need_row, "m": pair.resource_row}
        words = surface.say("review.pair", need=pair.need, resource=pair.resource, **places)
        surface.print(f"  {words}")
    to = surface.say("review.goes_to", name=one.unmatched) if one.unmatched else ""
    for need in one.unmet:
        might = surface.say("review.might") if need.unsure else ""
        surface.print(f"  {surface.say('review.unmet', need=need.need, n=need.row)}{might}{to}")
    if one.lacking:
        surface.print(f"  {surface.say('review.lacking', name=one.lacking)}")


def _outcome(one: Scored, surface: Surface) -> list[str]:
    lines = [
        surface.say("review.credit", name=name, points=f"{points:.2f}")
        for name, points in one.credits
    ]
    if one.change is not None:
        before, change = f"{one.before:.2f}", f"{one.change:+.2f}"
        lines.append(surface.say("review.before", before=before, change=change))
    if one.recommended:
        lines.append(surface.say("review.recommended", name=one.recommended))
    return lines


def _headline(one: Reviewed, key: str, surface: Surface) -> str:
    unsure = sum(finding.unsure for finding in one.findings)
    bad = len(one.findings) - unsure
    line = surface.say(key, name=one.check, asked=one.asked, held=one.held, bad=bad, unsure=unsure)
    return line + (surface.say("review.skipped", n=one.skipped) if one.skipped else "")


def _shown(finding: Finding, surface: Surface) -> str:
    kind = "unsure" if finding.unsure else "pending" if finding.pending else finding.kind
    colour = "red" if kind == "rectify" else "yellow"
    word = surface.style(surface.say(_KINDS[kind]), fg=colour, bold=True)
    text = finding.zh if surface.language == "zh" else finding.en
    lines = [f"  {word} {text}", *(f"      {note}" for note in _notes(finding, surface))]
    return "\n".join(lines)


def _notes(finding: Finding, surface: Surface) -> list[str]:
    """Return who must act, what a table advises, the rows to look at, and the basis."""
    colon = surface.say("colon")
    notes = []
    if finding.hint:
        notes.append("、".join(f"{column} {value}" for column, value in finding.hint))
    elif finding.to:
        key = "review.on_list" if finding.kind == "enlist" else "review.by"
        notes.append(surface.say(key, name=finding.to))
    rows = [
        surface.say("review.row", of=row.of, n=row.number) for row in finding.rows if row.values
    ]
    if rows:
        notes.append(surface.say("review.see") + colon + "、".join(rows))
    if finding.citations:
        notes.append(surface.say("review.basis") + colon + "、".join(finding.citations))
    return notes


def _as_data(results: _Results, day: date) -> dict[str, Any]:
    return {
        "version": 1,
        "day": day.isoformat(),
        "checks": [
            {**asdict(one), "holds": one.holds, "findings": list(map(asdict, one.findings))}
            for one in results.reviewed
        ],
        "scorecards": [asdict(one) for one in results.assessed],
        "matchings": [asdict(one) for one in results.matched],
        "duties": [{**asdict(one), "holds": one.holds} for one in results.rounds],
    }
