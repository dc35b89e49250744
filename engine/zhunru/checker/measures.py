"""What a set measures, bound: promises, checks, matchings, scorecards, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker.checks import read_checks
from zhunru.checker.matchings import read_matchings
from zhunru.checker.promises import read_promises
from zhunru.checker.rounds import read_rounds
from zhunru.checker.scorecards import read_scorecards
from zhunru.checker.things import World

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def read_measures(model: Model) -> None:
    """Put what the set promises, checks, matches and scores into the model."""
    world = World(model)
    read_promises(model)
    read_checks(model, world)
    read_scorecards(model, world)
    read_matchings(model, world)
    read_rounds(model, world)
