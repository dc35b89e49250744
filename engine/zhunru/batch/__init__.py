"""The same decision over columns: files of millions of requests, and what a draft would change.

`measure_impact(draft, current, frames, by=…)` decides every row of a history with both sets and
returns an `Impact`: counts by the columns named, and each `Flip`.
"""

from zhunru.batch.columns import Answer
from zhunru.batch.frames import Place
from zhunru.batch.impact import MONTH, Flip, Impact, measure_impact

__all__ = ["MONTH", "Answer", "Flip", "Impact", "Place", "measure_impact"]
