"""`zhunru simulate`: many cases of a workflow by chance, as tables, JSON or a plot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zhunru_cli.surface import Command, Surface, form_option, option, shared_options
from zhunru_cli.tables import table

if TYPE_CHECKING:
    from zhunru.simulation.results import CrewFigures, Simulation, StateFigures

_STATE_HEADS = (
    "simulate.state",
    "simulate.visits",
    "simulate.acted",
    "simulate.expired",
    "simulate.overdue",
    "simulate.share",
    "simulate.stay",
    "simulate.p90",
)
_CREW_HEADS = (
    "simulate.crew",
    "simulate.staff",
    "simulate.tasks",
    "simulate.load",
    "simulate.queue",
    "simulate.most",
    "simulate.wait",
    "simulate.p90",
)


@click.command("simulate", cls=Command)
@click.argument("path", metavar="SET")
@option("--flow", default="", help="simulate.flow")
@option("--cases", type=int, default=1000, show_default=True, help="simulate.cases")
@option("--seed", type=int, default=1, show_default=True, help="simulate.seed")
@option("--scenario", type=click.Path(dir_okay=False, path_type=Path), help="simulate.scenario")
@option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="simulate.plot")
@form_option
@shared_options
def simulate(
    surface: Surface,
    path: str,
    flow: str,
    cases: int,
    seed: int,
    scenario: Path | None,
    plot: Path | None,
    form: str,
) -> int:
    """Play many cases of a workflow through and show queues, lateness and load."""
    from zhunru import open_policy
    from zhunru import simulate as play

    found = play(open_policy(path), flow, cases=cases, seed=seed, scenario=scenario)
    surface.answer(form, found.to_dict(), _page(found, surface))
    if plot is not None:
        plot.write_text(found.to_svg(surface.language), encoding="utf-8", newline="\n")
        surface.print(surface.say("new.made", path=plot), error=form == "json")
    return 0


def _page(found: Simulation, surface: Surface) -> Iterator[str]:
    title = surface.say("simulate.title", flow=found.flow, n=found.arrived, seed=found.seed)
    yield surface.style(title, bold=True)
    yield from _totals(found, surface)
    yield ""
    yield from _states(found, surface)
    yield ""
    yield from _crews(found, surface)
    yield surface.say("simulate.hours")
    yield ""
    yield surface.say("simulate.assumed")
    for each in found.assumptions:
        text = each.zh if surface.language == "zh" else each.en
        yield "  " + (text if each.given else text + surface.say("simulate.default"))


def _totals(found: Simulation, surface: Surface) -> Iterator[str]:
    yield surface.say(
        "simulate.counts",
        start=found.start,
        end=found.end,
        closed=found.closed,
        open=found.open,
        late=found.late,
        share=f"{found.late_share:.1%}",
    )
    ends = [f"{name} {n} ({n / found.closed:.1%})" for name, n in found.ends.items()]
    if ends:
        yield surface.say("simulate.ends") + surface.join(ends)
    if found.duration.count:
        day, took = found.day_hours, found.duration
        yield surface.say(
            "simulate.took",
            mean=f"{took.mean / day:.1f}",
            median=f"{took.median / day:.1f}",
            p90=f"{took.p90 / day:.1f}",
            most=f"{took.most / day:.1f}",
            hours=f"{day:g}",
        )
    yield from _notes(found, surface)


def _notes(found: Simulation, surface: Surface) -> Iterator[str]:
    """Yield what the figures do not show by themselves."""
    if found.beyond:
        yield surface.say("simulate.beyond", n=found.beyond)
    if found.unopened:
        yield surface.say("simulate.unopened", n=found.unopened)
    if found.refused:
        yield surface.say("simulate.refused")
    for each in found.refused:
        first = each.zh if surface.language == "zh" else each.en
        yield surface.say("simulate.refusal", n=each.number, code=each.code, first=first)
    if found.opened_besides:
        yield surface.say("simulate.opened", n=found.opened_besides)
    if found.curtailed:
        yield surface.say("simulate.curtailed")


def _states(found: Simulation, surface: Surface) -> Iterator[str]:
    heads = [surface.say(key) for key in _STATE_HEADS]
    return table(heads, [_state_row(each) for each in found.states])


def _state_row(state: StateFigures) -> list[str]:
    counts = (state.visits, state.acted, state.expired, state.overdue)
    late = f"{state.overdue_share:.1%}" if state.overdue else "-"
    return [state.name, *map(str, counts), late, f"{state.stay.mean:.1f}", f"{state.stay.p90:.1f}"]


def _crews(found: Simulation, surface: Surface) -> Iterator[str]:
    heads = [surface.say(key) for key in _CREW_HEADS]
    return table(heads, [_crew_row(each, surface) for each in found.crews])


def _crew_row(crew: CrewFigures, surface: Surface) -> list[str]:
    staff = surface.say("simulate.unbounded") if crew.staff is None else str(crew.staff)
    return [
        crew.name,
        staff,
        str(crew.tasks),
        f"{crew.load:.0%}" if crew.staff else surface.say("simulate.people", n=f"{crew.load:.1f}"),
        f"{crew.queue_mean:.1f}",
        str(crew.queue_most),
        f"{crew.wait.mean:.1f}",
        f"{crew.wait.p90:.1f}",
    ]
