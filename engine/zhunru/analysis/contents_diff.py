"""What two sets hold otherwise beside lists: rules, parameters over time, forms, registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Literal

from zhunru.analysis.changes import NONE, Change, change_of, differing, place_of, was_and_is
from zhunru.analysis.clause_changes import changed_parts, tell_days
from zhunru.analysis.delegations_diff import compare_delegations
from zhunru.analysis.sources import unit_places
from zhunru.checker.resolved import Clause, ResolvedParameter, ResolvedUnit
from zhunru.checker.words import Phrase, amount, joined
from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import NOWHERE, Span
from zhunru.explain.phrases import show
from zhunru.syntax.nodes import Basis, Title
from zhunru.vocabulary import TYPES

ItemKind = Literal[
    "entry", "rule", "parameter", "form", "register", "unit", "role", "calendar", "document",
    "duty", "formula", "basis", "promise", "check", "scorecard", "matching", "delegation",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """Something that only one set has, or that stands otherwise in the other; `lines` say how.

    `parts` are the places of its requirements, quotas and duties that only one set has: those of
    an entry may be written once for the whole list.
    """

    kind: ItemKind
    name: str
    change: Change
    lines: tuple[Phrase, ...] = ()
    old: Span = NOWHERE
    new: Span = NOWHERE
    parts: tuple[Span, ...] = ()


# --- rules ------------------------------------------------------------------------------


def compare_rules(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Item]:
    """Yield the rules that are not the same in both sets."""
    before, after = _rules(old), _rules(new)
    for code in dict.fromkeys((*before, *after)):
        one, other = before.get(code), after.get(code)
        if one is None or other is None:
            change: Change = "removed" if one else "added"
            yield clause_item("rule", change, (), one, other)
        elif one != other:
            lines = tuple(changed_parts(one, other))
            yield clause_item("rule", "changed", lines, one, other)


def clause_item(
    kind: ItemKind,
    change: Change,
    lines: tuple[Phrase, ...],
    one: Clause | None,
    other: Clause | None,
) -> Item:
    """Return a clause that one set has, or both have otherwise: the new one says its name."""
    clause = other or one
    assert clause is not None
    name = entry_name(clause.code.rpartition("/")[2], clause.title)
    parts = tuple(_parts(one, other)) if one is not None and other is not None else ()
    return Item(kind, name, change, lines, place_of(one), place_of(other), parts)


def entry_name(code: str, title: Title) -> str:
    """Return how an entry is called in a line: its code and its title."""
    text = title.zh or title.en
    return code if text == code else f"{code} {text}".strip()


def _parts(one: Clause, other: Clause) -> Iterator[Span]:
    """Yield the places of what only one of two clauses asks, counts or brings with it."""
    for here, there in ((one, other), (other, one)):
        for name in ("requirements", "quotas", "duties"):
            known = getattr(there, name)
            yield from (part.span for part in getattr(here, name) if part not in known)


def _rules(policy: CompiledPolicy) -> dict[str, Clause]:
    return {
        clause.code: clause
        for plan in policy.plans.values()
        for clause in plan.clauses
        if clause.origin == "rule"
    }


# --- parameters over time -------------------------------------------------------------------------


def compare_parameters(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Item]:
    """Yield the parameters that have another value on some day."""
    for name, one, other in differing(old.core.parameters, new.core.parameters):
        lines = tuple(_over_time(one, other))
        if lines:
            change = change_of(one, other)
            yield Item("parameter", name, change, lines, place_of(one), place_of(other))


def _over_time(old: ResolvedParameter | None, new: ResolvedParameter | None) -> Iterator[Phrase]:
    """Yield the spells of days on which the values differ, with both."""
    both = [each for each in (old, new) if each is not None]
    # Between two of these days nothing begins or ends in either set: one day tells of all.
    days = sorted({start for each in both for start, _, _ in each.values} | set(_ends(both)))
    for at, start in enumerate(days):
        end = days[at + 1] - timedelta(1) if at + 1 < len(days) else None
        one, other = (_value_on(each, start) for each in (old, new))
        if one != other:
            spell = tell_days(start if start > date.min else None, end)
            yield was_and_is(spell, one, other)


def _ends(both: Iterable[ResolvedParameter]) -> Iterator[date]:
    for each in both:
        if each.end is not None and each.end < date.max:
            yield each.end + timedelta(1)


def _value_on(parameter: ResolvedParameter | None, day: date) -> Phrase:
    """Return the value of a day in words."""
    found = None
    if parameter is not None and (parameter.end is None or day <= parameter.end):
        found = next((v for v in reversed(parameter.values) if v[0] <= day), None)
    if parameter is None or found is None:
        return NONE
    _, low, high = found
    one = amount(low, parameter.type.measure)
    if high is None:
        return one
    other = amount(high, parameter.type.measure)
    return Phrase(f"{low:f}至{other.zh}", f"{low:f} to {other.en}")


# --- what else a set holds ------------------------------------------------------------------------

_PLAIN: tuple[tuple[ItemKind, str], ...] = (
    ("register", "registers"),
    ("formula", "formulas"),
    ("role", "roles"),
    ("calendar", "calendars"),
    ("document", "documents"),
    ("duty", "duties"),
    ("basis", "bases"),
    ("promise", "promises"),
    ("check", "checks"),
    ("scorecard", "scorecards"),
    ("matching", "matchings"),
)
_MOST_ROWS = 5


def compare_rest(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Item]:
    """Yield what is handed down, and forms, units, registers, formulas, roles, calendars, documents
    and duties that are not the same."""
    for handed in compare_delegations(old.core, new.core):
        change = change_of(handed.old, handed.new)
        yield Item("delegation", handed.name.zh, change, handed.lines, *handed.places)
    yield from _fields(old, new)
    yield from _units(old, new)
    for kind, name in _PLAIN:
        yield from _plain(kind, getattr(old.core, name), getattr(new.core, name))


def _units(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Item]:
    """Yield the units that are not the same, each with where it is declared."""
    found = list(differing(old.core.units, new.core.units))
    # Places are looked up of those alone: a chart may have hundreds of thousands of units.
    names = [name for name, _, _ in found]
    places = [unit_places(policy, names) for policy in (old, new)] if names else []
    for name, one, other in found:
        lines = tuple(_unit_lines(one, other)) if one and other else ()
        old_place, new_place = (
            each.get(name, NOWHERE) if unit is not None else NOWHERE
            for each, unit in zip(places, (one, other), strict=True)
        )
        yield Item("unit", name, change_of(one, other), lines, old_place, new_place)


def _unit_lines(old: ResolvedUnit, new: ResolvedUnit) -> Iterator[Phrase]:
    """Yield in what a unit of two charts is not the same."""
    for name, read in _UNIT_PARTS:
        one, other = read(old), read(new)
        if one != other:
            yield was_and_is(name, one, other)


_UNIT_PARTS: tuple[tuple[Phrase, Callable[[ResolvedUnit], Phrase]], ...] = (
    (Phrase("层级", "level"), lambda unit: show(unit.level or None)),
    (Phrase("上级", "superior"), lambda unit: show(unit.superior or None)),
    (Phrase("别名", "aliases"), lambda unit: show(unit.names[1:])),
    (Phrase("角色", "roles"), lambda unit: show(unit.roles)),
    (Phrase("起止", "days"), lambda unit: tell_days(unit.period.start, unit.period.end)),
)


def _plain(kind: ItemKind, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Item]:
    for name, one, other in differing(old, new):
        change = change_of(one, other)
        lines: tuple[Phrase, ...] = ()
        if kind == "register":
            lines = tuple(_rows(one, other))
        elif kind == "basis":
            lines = tuple(_of_basis(one, other))
        yield Item(kind, name, change, lines, place_of(one), place_of(other), _versions(one, other))


def _of_basis(old: Basis | None, new: Basis | None) -> Iterator[Phrase]:
    """Yield what is said otherwise of an instrument; of one that came or went its full name."""
    if old is not None and new is not None:
        yield from _dates(old, new)
        return
    basis = old or new
    title = basis.title.zh or basis.title.en if basis else ""
    if basis is not None and title:
        number = f"（{basis.reference}）" if basis.reference else ""
        yield Phrase(
            f"《{title}》{number}", f"{basis.title.en or title} {basis.reference}".rstrip()
        )


def _dates(old: Basis, new: Basis) -> Iterator[Phrase]:
    """Yield what is said otherwise of a legal instrument and of its versions."""
    if old.issued != new.issued:
        yield Phrase(f"公布：{old.issued} → {new.issued}", f"issued: {old.issued} -> {new.issued}")
    if old.period != new.period:
        one, other = (tell_days(each.period.start, each.period.end) for each in (old, new))
        yield was_and_is(Phrase("施行", "in force"), one, other)
    before, after = ({v.label: v for v in each.versions} for each in (old, new))
    for label, _, _ in differing(before, after):
        yield Phrase(f"版本 {label} 不同", f"version {label} is not the same")


def _versions(old: Any, new: Any) -> tuple[Span, ...]:
    """Return the places of versions that only one of two instruments has."""
    before, after = (getattr(each, "versions", ()) for each in (old, new))
    return tuple(each.span for each in (*before, *after) if each not in before or each not in after)


def _rows(old: Any, new: Any) -> Iterator[Phrase]:
    """Yield which rows of a register came and went; of many, some and how many there are."""
    before, after = (dict.fromkeys(each.rows or ()) if each else {} for each in (old, new))
    for word, some in (
        (Phrase("增加", "added"), [row for row in after if row not in before]),
        (Phrase("减少", "removed"), [row for row in before if row not in after]),
    ):
        if some:
            shown = [_row(row) for row in some[:_MOST_ROWS]]
            more = "……" if len(some) > _MOST_ROWS else ""
            yield Phrase(
                f"{word.zh}{len(some)}行：{'；'.join(each.zh for each in shown)}{more}",
                f"{len(some)} rows {word.en}: {'; '.join(each.en for each in shown)}{more}",
            )


def _row(row: Iterable[tuple[str, Any]]) -> Phrase:
    return joined(show(value) for _, value in row)


def _fields(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Item]:
    """Yield the fields of forms that are not the same."""
    for name, one, other in differing(_forms(old), _forms(new)):
        change = change_of(one, other)
        lines = tuple(field_marks(one, other)) if one and other else ()
        yield Item("form", name, change, lines, place_of(one), place_of(other))


def _forms(policy: CompiledPolicy) -> dict[str, Any]:
    return {
        f"{plan.head.form}.{field.name}": field
        for plan in policy.plans.values()
        for field in plan.head.fields
    }


_MARKS = {
    "type": Phrase("填写", "type"),
    "required": Phrase("必填", "required"),
    "default": Phrase("默认", "default"),
    "curable": Phrase("可改", "curable"),
    "governing": Phrase("适用日", "governing"),
    "addressee": Phrase("主体", "addressee"),
    "secret": Phrase("保密", "secret"),
    "asserted_by": Phrase("由谁确认", "asserted by"),
    "withheld_from": Phrase("不得送达", "withheld from"),
}


def field_marks(old: Any, new: Any) -> Iterator[Phrase]:
    """Yield in what a field of two forms is not the same."""
    for each in fields(old):
        told = _MARKS.get(each.name)
        one, other = getattr(old, each.name), getattr(new, each.name)
        if told is not None and one != other:
            yield was_and_is(told, _mark(one), _mark(other))


def _mark(value: Any) -> Phrase:
    if isinstance(value, bool):
        return show(value)
    if hasattr(value, "values") and hasattr(value, "low"):
        return _type(value)
    return Phrase(str(value), str(value)) if value else NONE


def _type(found: Any) -> Phrase:
    zh, en = TYPES[found.name]
    if found.values:
        zh, en = f"{zh} {'、'.join(found.values)}", f"{en} {', '.join(found.values)}"
    if found.low is not None or found.high is not None:
        ends = [f"{end:f}" if end is not None else "…" for end in (found.low, found.high)]
        zh, en = f"{zh} {ends[0]}至{ends[1]}", f"{en} {ends[0]} to {ends[1]}"
    if found.decimals:
        zh, en = f"{zh} 小数{found.decimals}", f"{en} decimals {found.decimals}"
    return Phrase(f"{zh} 可无", f"{en} optional") if found.optional else Phrase(zh, en)
