"""清单: every entry of a set and of those above it; what the checker finds about the set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from zhunru.analysis.sources import written_lists
from zhunru.checker.resolved import Clause, normal_title
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Diagnostic
from zhunru.opening import check_policies
from zhunru.vocabulary import LIST_KINDS
from zhunru.web.pages.visit import Visit

_ON_A_PAGE = 100
_STANDINGS = ("standing", "coming", "gone")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a table shows it."""

    set_code: str
    list_name: str
    kind: str
    kind_zh: str
    kind_en: str
    code: str
    title: str
    leads: tuple[str, ...]
    start: date | None
    end: date | None
    bases: tuple[str, ...]
    found_by: str
    extra: tuple[tuple[str, str], ...]
    place: str

    def standing(self, day: date) -> str:
        """Return how the entry stands on a day: not yet in force, in force, or no more."""
        if self.start is not None and day < self.start:
            return "coming"
        return "gone" if self.end is not None and self.end < day else "standing"


class Sought(NamedTuple):
    """What is searched for; an empty text is anything."""

    q: str
    list: str
    kind: str
    lead: str
    force: str


def show(visit: Visit) -> Response:
    """Show a page of the entries that are searched for."""
    policy = visit.tenant.current(visit.query.get("set", "")).policy
    rows = rows_of(policy)
    wanted = Sought(*(visit.query.get(name, "").strip() for name in Sought._fields))
    today = visit.at.date()
    found = [row for row in rows if _matches(row, wanted, today)]
    part, place = visit.part(found, _ON_A_PAGE)
    kinds = {row.kind: (row.kind_zh, row.kind_en) for row in rows}
    return visit.page(
        "lists.html",
        here="lists",
        policy=policy,
        rows=[(row, row.standing(today)) for row in part],
        count=len(found),
        **place,
        names=sorted({row.list_name for row in rows}),
        kinds=sorted(kinds.items()),
        sort=kinds.get(wanted.kind, ("", ""))[visit.language == "en"],
        leads=sorted({lead for row in rows for lead in row.leads}),
        standings=_STANDINGS,
        wanted=wanted,
        asked={**wanted._asdict(), "set": policy.code},
        here_asked=_again(visit.query),
    )


def _again(query: Mapping[str, str]) -> str:
    """Return what a page was asked, to be asked once more, in whatever language by then."""
    return urlencode({name: text for name, text in query.items() if text and name != "lang"})


def findings(visit: Visit) -> Response:
    """Show what the checker finds about a set."""
    current = visit.tenant.current(visit.query.get("set", ""))
    found = _checked(current.place, current.policy.digest)
    severity = visit.query.get("severity", "")
    counts = Counter(each.severity.value for each in found)
    shown = [each for each in found if severity in ("", each.severity.value)]
    part, place = visit.part(shown, _ON_A_PAGE)
    files = [(file, list(group)) for file, group in groupby(part, lambda f: f.span.path)]
    return visit.page(
        "findings.html",
        here="lists",
        policy=current.policy,
        files=[(path.rpartition("/")[2], group) for path, group in files],
        counts=counts,
        severity=severity,
        **place,
    )


@lru_cache(maxsize=8)
def _checked(place: Any, digest: str) -> tuple[Diagnostic, ...]:
    """Return the findings of a version of a set: they are gone through page by page."""
    return tuple(check_policies(place)[1])


def _matches(row: Row, wanted: Sought, day: date) -> bool:
    if wanted.list not in ("", row.list_name) or wanted.kind not in ("", row.kind):
        return False
    if wanted.force and row.standing(day) != wanted.force:
        return False
    if wanted.lead and wanted.lead not in row.leads:
        return False
    return all(normal_title(word) in row.found_by for word in wanted.q.split())


@lru_cache(maxsize=8)
def rows_of(policy: CompiledPolicy) -> tuple[Row, ...]:
    """Return every entry that is written in a set or above it."""
    return tuple(_rows(policy, clauses_of(policy)))


def _rows(policy: CompiledPolicy, clauses: Mapping[str, Clause]) -> Iterator[Row]:
    for set_code, each in written_lists(policy):
        zh, en = LIST_KINDS[each.kind]
        for entry in each.entries:
            clause = clauses.get(f"{each.name.text}/{entry.code}")
            leads = tuple(name.text for name in entry.leads)
            bases = tuple(c.text for c in clause.citations) if clause is not None else ()
            period = entry.period
            aliases = "".join(name.text for name in entry.aliases)
            yield Row(
                set_code=set_code,
                list_name=each.name.text,
                kind=each.kind.value,
                kind_zh=zh,
                kind_en=en,
                code=entry.code,
                title=entry.title.zh,
                leads=leads,
                start=period.start,
                end=period.end,
                bases=bases,
                found_by=normal_title(
                    f"{entry.code}{entry.title.zh}{aliases}{''.join(leads)}{each.name.text}"
                ),
                extra=entry.extra,
                place=f"{entry.span.path.rpartition('/')[2]}:{entry.span.line}",
            )


@lru_cache(maxsize=8)
def clauses_of(policy: CompiledPolicy) -> Mapping[str, Clause]:
    """Return the clauses of all decisions by their codes."""
    # By plans: a set that was opened from the cache has left its decisions behind.
    return {clause.code: clause for plan in policy.plans.values() for clause in plan.clauses}
