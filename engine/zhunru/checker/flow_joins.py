"""Lines of 会办 that no answers ever take, because another line always goes first.

Answers come one by one, and after each the first line that they make is taken: 任一 goes before
全部 wherever two are asked, whichever is written first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from zhunru.checker import resolved_flows as f
from zhunru.checker.flow_shape import own_flows
from zhunru.checker.flow_words import line_names, line_text

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_MOST_RESULTS = 5
_MOST_PARTIES = 8

Given = tuple[int, ...]
"""How many parties gave each result so far."""


def check_shadowed(model: Model) -> None:
    """Every line of a 会办 is taken after some answers."""
    for flow in own_flows(model):
        for state in flow.states:
            joins = [line for line in state.actions if line.join]
            if not isinstance(state.owner, f.Joint) or len({line.name for line in joins}) > (
                _MOST_RESULTS
            ):
                continue
            for line, first in shadowed(state.owner, joins):
                names = line_names(line)
                model.report.add(
                    "ZR536", line.span, **names, state=state.name,
                    first_zh=line_text(first, "zh"), first_en=line_text(first, "en"),
                    related=((first.span, "先走的一条", "the line that goes first"),),
                )  # fmt: skip


def shadowed(owner: f.Joint, joins: list[f.Line]) -> list[tuple[f.Line, f.Line]]:
    """Return the lines that are never taken, each with one that goes first where it could be."""
    first: dict[str, f.Line] = {}
    taken: set[str] = set()
    for parties in _numbers(owner):
        _play(joins, parties, taken, first)
    return [
        (line, first[line.id])
        for line in joins
        # One that an equal line stands before is a finding of its own.
        if line.id not in taken and line.id in first and not _alike(line, first[line.id])
    ]


def _alike(line: f.Line, other: f.Line) -> bool:
    return (line.join, line.name) == (other.join, other.name)


def _numbers(owner: f.Joint) -> Iterable[int]:
    """Return how many may be asked: never one alone, where all ways of joining are the same."""
    least = max(2, len(owner.parties))
    if owner.parties and all(party.kind == "unit" for party in owner.parties):
        return (min(least, _MOST_PARTIES),)
    return range(least, _MOST_PARTIES + 1)


def _play(joins: list[f.Line], parties: int, taken: set[str], first: dict[str, f.Line]) -> None:
    """Note the lines that are taken after some answers, and what goes before the others."""
    results = list(dict.fromkeys(line.name for line in joins))
    seen: set[Given] = {(0,) * len(results)}
    waiting = list(seen)
    for given in waiting:
        for at in range(len(results)):
            after = (*given[:at], given[at] + 1, *given[at + 1 :])
            if after in seen:
                continue
            seen.add(after)
            gone = _taken(joins, dict(zip(results, after, strict=True)), parties, taken, first)
            if gone is None and sum(after) < parties:
                waiting.append(after)
            elif gone is not None:
                _note_missed(joins, results, after, parties, gone, first)


def _taken(
    joins: list[f.Line],
    given: dict[str, int],
    parties: int,
    taken: set[str],
    first: dict[str, f.Line],
) -> f.Line | None:
    """Return the line that is certainly taken now, noting those that may be before it."""
    certain: f.Line | None = None
    for line in joins:
        if not makes(line, given[line.name], parties):
            continue
        if certain is not None:
            first.setdefault(line.id, certain)
            continue
        taken.add(line.id)
        if line.free:
            certain = line
    return certain


def _note_missed(
    joins: list[f.Line],
    results: list[str],
    given: Given,
    parties: int,
    gone: f.Line,
    first: dict[str, f.Line],
) -> None:
    """Note for every line that further answers could make that `gone` went before it."""
    left = parties - sum(given)
    for line in joins:
        if line.id != gone.id and makes(line, given[results.index(line.name)] + left, parties):
            first.setdefault(line.id, gone)


def makes(line: f.Line, given: int, parties: int) -> bool:
    """Tell whether so many answers of its name, of so many parties, take a line."""
    if line.join == "all":
        return given == parties
    return given > 0 if line.join == "any" else 2 * given > parties


CHECKS = (check_shadowed,)
