"""What a set measures, run: checks over rows, scorecards over ratings, needs and resources."""

from __future__ import annotations

from zhunru.measures.data import read_data
from zhunru.measures.review import Finding, Reviewed, Witness, review
from zhunru.measures.rows import Rows

__all__ = ["Finding", "Reviewed", "Rows", "Witness", "read_data", "review"]
