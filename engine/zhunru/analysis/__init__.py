"""What follows from policies: drawings, times, and exact answers about all requests at once.

How an exact question is asked (see `docs/decisions/`, exact analysis):

    part = Part(policy, policy.plan())        # or two parts, to compare two sets
    space = Space([part])                     # the facts that count, each in finitely many classes
    verdicts = Verdicts(space, part)          # one for each part; diagrams of the same forest
    ends = verdicts.whole                     # the `End` of every request: step, clauses, failures
    hits = space.forest.mapped("refused", lambda end: end.outcome is Outcome.REFUSE, ends)
    Witnesses(space, part, verdicts.possible).least(hits)      # the least such request, or None

`forest` computes with diagrams (both, either, but, joined, mapped, within one matter), counts
(`share`), and lists boxes; equal numbers are equal sets of requests. `verdicts.possible` says which
requests can be: hold every answer against it. `space.inexact` are the facts whose
classes may not show everything: where it is not empty, "no request" is not decided. `TooLarge` is
raised where a diagram grows past its bound.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# The names by which these questions are asked from outside; each is loaded when first asked for.
_HOMES = {
    "check_deeply": "findings",
    "compare": "comparison",
    "differing": "may_differ",
    "find_residual": "residual",
    "find_smallest_change": "whatif",
    "measure_coverage": "coverage",
    "write_missing_tests": "supplement",
}

__all__ = [
    "check_deeply",
    "compare",
    "differing",
    "find_residual",
    "find_smallest_change",
    "measure_coverage",
    "write_missing_tests",
]


def __getattr__(name: str) -> Any:
    """Return a question, with the parts that it needs."""
    if name in _HOMES:
        return getattr(import_module(f"zhunru.analysis.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
