"""`zhunru audit`: the audit chain of a store checked, and written out for others to check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zhunru_cli import failures
from zhunru_cli.desk import Desk, desk, store_option
from zhunru_cli.streams import escaped, json_text
from zhunru_cli.surface import Command, Surface, form_option, group, option, shared_options

if TYPE_CHECKING:
    from zhunru.casework.audit import Audit


@group("audit", help="audit")
def audit() -> None:
    """Hold the commands about the audit chain."""


@audit.command("verify", cls=Command, help="audit.verify")
@option(
    "--noted", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="audit.noted"
)
@option("--cases", is_flag=True, help="audit.cases")
@store_option
@form_option
@shared_options
def verify(surface: Surface, noted: Path | None, cases: bool, store: str, form: str) -> int:
    """Go through every link of the chain; exit 1 if it is broken, or a case is not as it says."""
    with desk(surface, store, None, untouched=True) as counter:
        found = counter.office.verify(noted, cases=cases)
        if form == "json":
            data = {"store": counter.store, **found.to_dict()}
            click.echo(json_text(data))
        else:
            _print(found, cases, counter)
        return 0 if found.holds else failures.FINDINGS


def _print(found: Audit, cases: bool, counter: Desk) -> None:
    surface = counter.surface
    surface.print(surface.say("case.store_only", store=counter.store))
    for each in found.chains:
        key = "audit.holds" if each.finding is None else "audit.broken"
        surface.print(surface.say(key, partition=each.partition, n=each.links, head=each.head[:16]))
        if each.finding is not None:
            failures.show_findings([each.finding], surface)
    if not found.chains:
        surface.print(surface.say("audit.empty"))
    if found.cases:
        failures.show_findings(found.cases, surface)
    elif cases and found.holds:
        surface.print(surface.say("audit.as_told"))


@audit.command("export", cls=Command, help="audit.export")
@option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="graph.output")
@store_option
@shared_options
def export(surface: Surface, output: Path | None, store: str) -> int:
    """Write the chain as JSON lines."""
    with desk(surface, store, None, untouched=True) as counter:
        if output is None:
            for line in counter.office.export():
                click.echo(escaped(line), nl=False)
            return 0
        # The same bytes on every system, for others check them.
        with output.open("w", encoding="utf-8", newline="\n") as file:
            # Counted as they are written: a chain may be longer than memory is large.
            number = sum(1 for line in counter.office.export() if file.write(line))
        surface.print(surface.say("audit.exported", n=number, path=output))
        return 0
