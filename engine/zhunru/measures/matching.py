"""配对 run: needs in their order, each met by the first resource that will do; one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhunru.checker import resolved_measures as m
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.counting import Measuring
from zhunru.measures.rows import Row, Rows
from zhunru.vocabulary import TypeName


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A need and the resource that meets it, with the rows where they stand."""

    need: str
    need_row: int
    resource: str
    resource_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A need that no resource meets; `unsure`: one might, if its columns were filled in."""

    need: str
    row: int
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What a matching came to; each pair makes one `makes`, the unmet go to `unmatched`."""

    matching: str
    pairs: tuple[Pair, ...]
    unmet: tuple[Unmet, ...]
    makes: str
    unmatched: str
    lacking: str = ""


def match(rows: Rows, name: str) -> Matched:
    """Return who gets what. The same rows always give the same pairs.

    A resource serves one need; where the condition asks for a number of it (资源余量 不少于 1),
    each need takes that number, until too little is left.
    """
    matching = rows.policy.core.matchings[name]
    needs, resources = rows.of(matching.needs), rows.of(matching.resources)
    if needs is None or resources is None:
        lacking = matching.needs.name if needs is None else matching.resources.name
        return _matched(matching, (), (), lacking)
    left: list[Row | None] = list(resources)
    pairs: list[Pair] = []
    unmet: list[Unmet] = []
    for need in in_order(rows, matching, needs):
        at, unsure = _first(rows, matching, need, left)
        resource = left[at] if at is not None else None
        if at is None or resource is None:
            unmet.append(Unmet(need=need.name, row=need.number, unsure=unsure))
            continue
        pairs.append(_pair(need, resource))
        left[at] = _used(matching, resource)
    return _matched(matching, tuple(pairs), tuple(unmet))


def _matched(
    matching: m.ResolvedMatching,
    pairs: tuple[Pair, ...],
    unmet: tuple[Unmet, ...],
    lacking: str = "",
) -> Matched:
    return Matched(
        matching=matching.name,
        pairs=pairs,
        unmet=unmet,
        makes=matching.makes,
        unmatched=matching.unmatched,
        lacking=lacking,
    )


def _pair(need: Row, resource: Row) -> Pair:
    return Pair(
        need=need.name,
        need_row=need.number,
        resource=resource.name,
        resource_row=resource.number,
    )


def _first(
    rows: Rows, matching: m.ResolvedMatching, need: Row, left: Sequence[Row | None]
) -> tuple[int | None, bool]:
    """Return the first resource that certainly meets a need, and whether another might."""
    outer = Measuring(rows, (need,))
    unsure = False
    for at, resource in enumerate(left):
        if resource is None:
            continue
        # The resource stands first: a column that both have is its own, and 相同 compares it with
        # the need's.
        truth = Measuring(rows, (resource, need), outer=outer).truth(matching.when)
        if truth is True:
            return at, unsure
        unsure = unsure or truth is UNKNOWN
    return None, unsure


def _used(matching: m.ResolvedMatching, resource: Row) -> Row | None:
    """Return what is left of a resource after one more need."""
    if not matching.stock:
        return None
    taken = dict(resource.values)
    for column, least in matching.stock:
        taken[column] = taken[column] - least
    return replace(resource, values=taken)


# --- order ---------------------------------------------------------------------------------------


def in_order(rows: Rows, matching: m.ResolvedMatching, needs: Sequence[Row]) -> list[Row]:
    """Return needs by the columns of 先后, then as they stand; blanks come last.

    A choice goes by the order in which its values are declared, 是 before 否, less before more.
    """
    register = rows.policy.core.registers[matching.needs.name]
    choices = {
        field.name: field.type.values
        for field in register.fields
        if field.type.name is TypeName.CHOICE
    }

    def key(row: Row) -> tuple[Any, ...]:
        found = (_place(row.values.get(c), choices.get(c, ())) for c in matching.sorted_by)
        return (*found, row.number)

    return sorted(needs, key=key)


def _place(value: Any, choices: Sequence[str]) -> tuple[int, Any]:
    # Before the numbers: in Python 是 and 否 would be 1 and 0, and 否 come first.
    if isinstance(value, bool):
        return 0, not value
    if value in choices:
        return 0, choices.index(value)
    if isinstance(value, (Decimal, int)):
        return 0, value
    if isinstance(value, datetime):
        return 0, value
    if isinstance(value, date):
        return 0, datetime(value.year, value.month, value.day)
    return (1, 0) if value is None or not isinstance(value, str) else (0, value)
