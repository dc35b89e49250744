"""清单: every entry of a set and of those above it; what the checker finds about the set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from starlette.responses import Response

from zhunru.checker.resolved import Clause, normal_title
from zhunru.compiler import CompiledPolicy
from zhunru.opening import check_policies
from zhunru.vocabulary import LIST_KINDS
from zhunru.web.catalogue import written_lists
from zhunru.web.pages.visit import Visit

_ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a table shows it."""

    set_code: str
    list_name: str
    kind_zh: str
    kind_en: str
    code: str
    title: str
    leads: str
    start: str
    end: str
    bases: tuple[str, ...]
    found_by: str
    extra: tuple[tuple[str, str], ...]
    place: str


def show(visit: Visit) -> Response:
    """Show a page of the entries that are searched for."""
    policy = visit.tenant.current(visit.query.get("set", "")).policy
    rows = rows_of(policy)
    wanted, name = visit.query.get("q", "").strip(), visit.query.get("list", "")
    found = [row for row in rows if _matches(row, wanted, name)]
    start = _start(visit.query.get("from", ""))
    return visit.page(
        "lists.html",
        here="lists",
        policy=policy,
        rows=found[start : start + _ON_A_PAGE],
        count=len(found),
        start=start,
        following=start + _ON_A_PAGE if start + _ON_A_PAGE < len(found) else 0,
        names=sorted({row.list_name for row in rows}),
        q=wanted,
        chosen=name,
    )


def findings(visit: Visit) -> Response:
    """Show what the checker finds about a set."""
    current = visit.tenant.current(visit.query.get("set", ""))
    found = check_policies(current.place)[1]
    return visit.page("findings.html", here="lists", policy=current.policy, found=found)


def _start(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def _matches(row: Row, wanted: str, name: str) -> bool:
    if name and row.list_name != name:
        return False
    return all(normal_title(word) in row.found_by for word in wanted.split())


@lru_cache(maxsize=8)
def rows_of(policy: CompiledPolicy) -> tuple[Row, ...]:
    """Return every entry that is written in a set or above it."""
    return tuple(_rows(policy, _clauses(policy)))


def _rows(policy: CompiledPolicy, clauses: Mapping[str, Clause]) -> Iterator[Row]:
    for set_code, each in written_lists(policy):
        zh, en = LIST_KINDS[each.kind]
        for entry in each.entries:
            clause = clauses.get(f"{each.name.text}/{entry.code}")
            leads = "、".join(name.text for name in entry.leads)
            bases = tuple(c.text for c in clause.citations) if clause is not None else ()
            period = entry.period
            aliases = "".join(name.text for name in entry.aliases)
            yield Row(
                set_code=set_code,
                list_name=each.name.text,
                kind_zh=zh,
                kind_en=en,
                code=entry.code,
                title=entry.title.zh,
                leads=leads,
                start=str(period.start or ""),
                end=str(period.end or ""),
                bases=bases,
                found_by=normal_title(
                    f"{entry.code}{entry.title.zh}{aliases}{leads}{each.name.text}"
                ),
                extra=entry.extra,
                place=f"{entry.span.path.rpartition('/')[2]}:{entry.span.line}",
            )


def _clauses(policy: CompiledPolicy) -> dict[str, Clause]:
    return {
        clause.code: clause
        for decision in policy.core.decisions.values()
        for step in decision.steps
        for clause in step.clauses
    }
