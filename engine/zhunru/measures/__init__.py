"""What a set measures, run: checks over rows, scorecards over ratings, needs and resources."""

from __future__ import annotations

from zhunru.measures.data import read_data
from zhunru.measures.matching import Matched, match
from zhunru.measures.review import Finding, Reviewed, Witness, review
from zhunru.measures.rounds import missed
from zhunru.measures.rows import Rows
from zhunru.measures.scoring import Assessed, Scored, Step, assess

__all__ = [
    "Assessed",
    "Finding",
    "Matched",
    "Reviewed",
    "Rows",
    "Scored",
    "Step",
    "Witness",
    "assess",
    "match",
    "missed",
    "read_data",
    "review",
]
