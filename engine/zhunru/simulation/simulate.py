"""The way in: a compiled set, a workflow, a number of cases and a seed give figures."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from zhunru.analysis.drawing import flow_named
from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.simulation.scenario import Scenario

if TYPE_CHECKING:
    from zhunru.compiler import CompiledPolicy
    from zhunru.simulation.results import Simulation

MOST_CASES = 1_000_000


def simulate(
    policy: CompiledPolicy,
    flow: str = "",
    *,
    cases: int,
    seed: int,
    scenario: Scenario | str | Path | None = None,
) -> Simulation:
    """Return what happens to so many cases of a workflow; the same seed gives the same figures.

    `scenario` is one, or the path of a file; what it leaves open is assumed, and said in the
    result. Raises PolicyRejected for a scenario, RequestRejected for a workflow or number that
    cannot be simulated.
    """
    if not 1 <= cases <= MOST_CASES:
        raise RequestRejected([diagnose("ZR874", NOWHERE, number=str(cases), most=MOST_CASES)])
    # Graphs and YAML take their time to load, so only who simulates pays for them.
    from zhunru.simulation.assumptions import set_up
    from zhunru.simulation.play import Play
    from zhunru.simulation.reading import read_scenario

    if scenario is None:
        scenario = Scenario()
    elif not isinstance(scenario, Scenario):
        scenario = read_scenario(scenario)
    name = flow_named(policy, flow or scenario.flow)
    setup = set_up(policy, name, scenario)
    return Play(policy, setup, cases, Random(seed)).run(seed)
