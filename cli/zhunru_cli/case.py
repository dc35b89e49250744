"""`zhunru case`: cases opened, looked at, acted on and moved by time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import click

from zhunru_cli import case_pages as pages
from zhunru_cli import failures
from zhunru_cli.decide import read_pairs
from zhunru_cli.desk import (
    Desk,
    acting_options,
    desk,
    desk_options,
    key_or_new,
    store_option,
)
from zhunru_cli.surface import Command, Surface, form_option, group, option, shared_options


@group("case", help="case")
def case() -> None:
    """Hold the commands about cases."""


def _show(counter: Desk, form: str, data: dict[str, Any], lines: Iterator[str]) -> int:
    """Print an answer: for machines with its frame, for people below the store and the instant."""
    if form != "json":
        # Whoever looks at the wrong store, or at another day, should see it before the answer.
        counter.head()
    counter.surface.answer(form, counter.frame(**data), lines)
    return 0


@case.command("open", cls=Command, help="case.open")
@click.argument("policy_set", metavar="SET")
@click.argument("facts", nargs=-1, metavar="[FIELD=VALUE]...")
@option("--flow", default="", help="case.open.flow")
@option("--decision", default="", help="decide.name", metavar="NAME")
@option("--apply", "applying", is_flag=True, help="case.apply")
@acting_options
@desk_options
def open_(
    surface: Surface,
    policy_set: str,
    facts: tuple[str, ...],
    flow: str,
    decision: str,
    applying: bool,
    who: str,
    key: str,
    instant: str | None,
    store: str,
    form: str,
) -> int:
    """Decide a request and open what follows from it, or open a workflow straight away."""
    given = read_pairs(facts, surface)
    if flow and (decision or applying):
        raise click.UsageError(surface.say("case.flow_only"))
    with desk(surface, store, instant, create=True) as counter:
        common: dict[str, Any] = {"who": who, "key": key_or_new(key), "at": counter.now}
        if flow:
            found = counter.office.open(policy_set, flow, given, **common)
        else:
            found = counter.office.submit(
                policy_set, given, decision=decision, apply=applying, **common
            )
        return _show(counter, form, {"answer": found}, pages.answer(found, surface))


@case.command("list", cls=Command, help="case.list")
@option("--flow", default="", help="case.list.flow")
@option("--state", default="", help="case.list.state")
@option("--owner", default="", help="case.list.owner")
@option("--closed", is_flag=True, help="case.list.closed")
@option("--all", "every", is_flag=True, help="case.list.all")
@option("--after", default="", help="case.list.after")
@option("--limit", type=click.IntRange(1, 10_000), default=100, help="case.list.limit")
@desk_options
def list_(
    surface: Surface,
    flow: str,
    state: str,
    owner: str,
    closed: bool,
    every: bool,
    after: str,
    limit: int,
    instant: str | None,
    store: str,
    form: str,
) -> int:
    """List cases, the open ones unless told otherwise."""
    with desk(surface, store, instant, untouched=True) as counter:
        found = counter.office.find(
            counter.now,
            flow=flow,
            state=state,
            owner=owner,
            closed=None if every else closed,
            after=after,
            limit=limit,
        )
        # A full page may be the last: the next one is then empty, which is better than a case
        # unseen.
        more = found[-1]["case"] if len(found) == limit else ""
        return _show(counter, form, {"cases": found, "after": more}, _list(counter, found, more))


def _list(counter: Desk, found: list[dict[str, Any]], more: str = "") -> Iterator[str]:
    surface = counter.surface
    if not found:
        yield surface.say("case.none")
    else:
        yield from pages.case_list(found, surface)
    if more:
        yield surface.say("case.more", case=more)
    waiting = counter.office.overdue_timers(counter.now)
    if waiting:
        yield surface.say("case.tick_due", n=waiting)


@click.command("inbox", cls=Command, help="inbox")
@click.argument("name", metavar="ROLE|UNIT")
@option("--limit", type=click.IntRange(1, 10_000), default=100, help="case.list.limit")
@desk_options
def inbox(
    surface: Surface, name: str, limit: int, instant: str | None, store: str, form: str
) -> int:
    """List what waits for a unit or a role, most urgent first."""
    with desk(surface, store, instant, untouched=True) as counter:
        found = counter.office.inbox(name, counter.now, limit)
        return _show(counter, form, {"cases": found}, _list(counter, found))


@case.command("show", cls=Command, help="case.show")
@click.argument("case_id", metavar="CASE")
@option("--as", "who", default="", metavar="WHO", help="case.show.as")
@desk_options
def show(
    surface: Surface, case_id: str, who: str, instant: str | None, store: str, form: str
) -> int:
    """Show one case and what can be done next."""
    with desk(surface, store, instant, untouched=True) as counter:
        found = counter.office.show(case_id, counter.now, who)
        return _show(counter, form, {"case": found}, pages.case_page(found, surface))


@case.command("act", cls=Command, help="case.act")
@click.argument("case_id", metavar="CASE")
@click.argument("verb", metavar="ACTION")
@click.argument("inputs", nargs=-1, metavar="[FIELD=VALUE]...")
@option("--expected", type=int, metavar="VERSION", help="case.expected")
@acting_options
@desk_options
def act(
    surface: Surface,
    case_id: str,
    verb: str,
    inputs: tuple[str, ...],
    expected: int | None,
    who: str,
    key: str,
    instant: str | None,
    store: str,
    form: str,
) -> int:
    """Do something to a case."""
    given = read_pairs(inputs, surface)
    with desk(surface, store, instant) as counter:
        found = counter.office.act(
            case_id,
            verb,
            given,
            who=who,
            key=key_or_new(key),
            at=counter.now,
            expected=expected,
        )
        return _show(counter, form, {"answer": found}, pages.answer(found, surface))


@case.command("history", cls=Command, help="case.history")
@click.argument("case_id", metavar="CASE")
@store_option
@form_option
@shared_options
def history(surface: Surface, case_id: str, store: str, form: str) -> int:
    """Show everything that happened in a case."""
    with desk(surface, store, None, untouched=True) as counter:
        found = counter.office.history(case_id)
        data = {"version": 1, "store": counter.store, "case": case_id, "events": found}
        head = surface.say("case.store_only", store=counter.store)
        surface.answer(form, data, chain([head], pages.history(found, surface)))
        return 0


@case.command("tick", cls=Command, help="case.tick")
@desk_options
def tick(surface: Surface, instant: str | None, store: str, form: str) -> int:
    """Do what time has to do; exit 1 if it failed on a case."""
    with desk(surface, store, instant) as counter:
        found = counter.office.tick(counter.now)
        _show(counter, form, found, _ticked(found, surface))
        return failures.FINDINGS if found["failed"] else 0


def _ticked(found: dict[str, Any], surface: Surface) -> Iterator[str]:
    yield surface.say("case.ticked", n=found["moved"])
    for each in found["failed"]:
        yield surface.say("case.tick_failed", case=each["case"], reason=each["reason"])
    if found["next_due"]:
        yield surface.say("case.next_due", at=found["next_due"][:16])


@case.command("migrate", cls=Command, help="case.migrate")
@click.argument("policy_set", metavar="SET")
@option("--map", "renamed", multiple=True, metavar="FLOW.OLD=NEW", help="case.map")
@option("--dry-run", is_flag=True, help="case.dry_run")
@acting_options
@desk_options
def migrate(
    surface: Surface,
    policy_set: str,
    renamed: tuple[str, ...],
    dry_run: bool,
    who: str,
    key: str,
    instant: str | None,
    store: str,
    form: str,
) -> int:
    """Move running cases to the version of a set at hand, or say what that would do."""
    states = _renamed(renamed, surface)
    with desk(surface, store, instant) as counter:
        found = counter.office.migrate(
            policy_set,
            who=who,
            key=key_or_new(key),
            at=counter.now,
            states=states,
            dry_run=dry_run,
        )
        data = {"dry_run": dry_run, "cases": found}
        return _show(counter, form, data, _migration(found, dry_run, surface))


def _migration(found: list[dict[str, Any]], dry_run: bool, surface: Surface) -> Iterator[str]:
    if not found:
        yield surface.say("case.none_older")
        return
    yield from pages.moves(found, surface)
    if dry_run:
        yield surface.say("case.dry")


def _renamed(pairs: tuple[str, ...], surface: Surface) -> dict[str, dict[str, str]]:
    """Return old states to new ones, by workflow."""
    found: dict[str, dict[str, str]] = {}
    for old, new in read_pairs(pairs, surface).items():
        flow, dot, state = old.partition(".")
        if not dot or not state:
            raise click.UsageError(surface.say("case.map_form", text=old))
        found.setdefault(flow, {})[state] = new
    return found


@case.command("stats", cls=Command, help="case.stats")
@desk_options
def stats(surface: Surface, instant: str | None, store: str, form: str) -> int:
    """Count cases by workflow and state."""
    with desk(surface, store, instant, untouched=True) as counter:
        found = counter.office.stats(counter.now)
        return _show(counter, form, found, pages.stats(found, surface))
