"""What those below say of those above: the scorecards of a set, run over the ratings given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import has_errors
from zhunru.errors import RequestRejected
from zhunru.measures import Rows, assess, read_data
from zhunru.reports.dealings import Dealings


def with_ratings(dealings: Dealings, policy: CompiledPolicy, path: Path, on: date) -> Dealings:
    """Return dealings with the scores of every 评价 that has ratings in a folder or file.

    Raises RequestRejected if they cannot be read.
    """
    tables, found = read_data(policy, path)
    if has_errors(found):
        raise RequestRejected(found)
    rows = Rows(policy, on, tables)
    cards = [name for name in policy.core.scorecards if tables.get(name)]
    ratings = {
        card: {one.subject: one.total for one in assess(rows, card, tables[card]).scored
               if one.total is not None}
        for card in cards
    }  # fmt: skip
    return replace(dealings, ratings=ratings)
