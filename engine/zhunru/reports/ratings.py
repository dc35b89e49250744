"""What those below say of those above: the scorecards of a set, run over the ratings given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from zhunru.checker.resolved import normal_title
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import has_errors
from zhunru.errors import RequestRejected
from zhunru.measures import Assessed, Rows, assess, read_data
from zhunru.measures.data import Table
from zhunru.reports.dealings import Dealings

_MOST_NAMED = 10  # of those who were rated, and could not be scored


def with_ratings(dealings: Dealings, policy: CompiledPolicy, path: Path, on: date) -> Dealings:
    """Return dealings with the scores of every 评价 that has ratings in a folder or file.

    Raises RequestRejected if they cannot be read.
    """
    tables, found = read_data(policy, path)
    if has_errors(found):
        raise RequestRejected(found)
    rows = Rows(policy, on, tables)
    cards = [name for name in policy.core.scorecards if tables.get(name)]
    assessed = [(card, assess(rows, card, tables[card])) for card in cards]
    ratings = {
        card: {one.subject: one.total for one in result.scored if one.total is not None}
        for card, result in assessed
    }
    uncounted = [(each.zh, each.en) for each in found]
    for card, result in assessed:
        uncounted += _uncounted(result, tables[card])
    return replace(dealings, ratings=ratings, uncounted=tuple(uncounted))


def _uncounted(result: Assessed, table: Table) -> Iterator[tuple[str, str]]:
    """Yield what did not count for one scorecard, and who was rated without coming to a score."""
    card = result.card
    for zh, en, number in result.left_out:
        yield f"“{card}”不计 {number} 份评分：{zh}", f"{card}: {number} rating(s) left out: {en}"
    rated = {normal_title(str(row.get("对象"))) for row in table}
    unknown = [
        one for one in result.scored if one.total is None and normal_title(one.subject) in rated
    ]
    for one in unknown[:_MOST_NAMED]:
        open_ = [step for step in one.steps if step.score is None]
        zh = "、".join(step.lacking for step in open_)
        en = ", ".join(step.name for step in open_)
        yield (
            f"“{card}”评不出{one.subject}：缺 {zh}",
            f"{card}: {one.subject} has no score; too little is known of {en}",
        )
    if more := len(unknown[_MOST_NAMED:]):
        yield f"“{card}”另有 {more} 个评不出", f"{card}: {more} more have no score"
