"""Reports of a period: what came in, what was decided, what was worked off and how well."""

from __future__ import annotations

from zhunru.reports.figures import make_report
from zhunru.reports.page import as_html
from zhunru.reports.ratings import with_ratings
from zhunru.reports.sections import Report, Section
from zhunru.reports.sources import from_history, from_store
from zhunru.reports.workbook import as_xlsx
from zhunru.syntax.nodes import Period

__all__ = [
    "Period",
    "Report",
    "Section",
    "as_html",
    "as_xlsx",
    "from_history",
    "from_store",
    "make_report",
    "with_ratings",
]
