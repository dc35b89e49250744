"""Which clauses can count where two sets differ: a draft of a large set changes a few of them.

Where no changed clause applies both sets are the same. A clause that can never apply together with
a changed one decides nothing of a difference, so both sets are compared without it; what is left
out is proved to be disjoint by plain conditions: another choice, another flag, another matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from zhunru.analysis.contents import differing_names, named_in
from zhunru.analysis.reads import Part
from zhunru.checker.resolved import Clause, Const, Every, FieldValue, OneOf, RExpr, Test
from zhunru.compiler.plan import MatterIndex, Numbers, Plan
from zhunru.vocabulary import TypeName

_TOLD = (TypeName.CHOICE, TypeName.FLAG)
_MOST_BOXES = 64  # of changed clauses: beyond, every clause is kept

Box = dict[str, frozenset[Any]]  # what fields a clause asks for; a field left out: any


def reduced(old: Part, new: Part) -> tuple[Part, Part]:
    """Return two decisions without the clauses that cannot count where they differ."""
    changed = _changed(old, new)
    if changed is None:
        return old, new
    boxes = _Boxes()
    for part, numbers in zip((old, new), changed, strict=True):
        titles = _titles(part.plan)
        for number in numbers:
            boxes.add(part.plan.clauses[number], titles.get(number, frozenset()))
    if boxes.many:
        return old, new
    return _without(old, boxes), _without(new, boxes)


def _changed(old: Part, new: Part) -> tuple[list[int], list[int]] | None:
    """Return the clauses that say something else in one of the sets; None: it may be any."""
    cores = [(p.policy.core.units, p.policy.core.roles) for p in (old, new)]
    heads = [
        (h.fields, h.default_message, h.default_code, h.default_return, h.default_apply)
        for h in (old.plan.head, new.plan.head)
    ]
    if cores[0] != cores[1] or heads[0] != heads[1]:
        return None
    numbers: dict[Any, int] = {}
    names = differing_names(old.model, new.model)
    contents = [
        [_content(part, c, names, numbers) for c in part.plan.clauses] for part in (old, new)
    ]
    common = set(contents[0]) & set(contents[1])
    if _order(old.plan, contents[0], common) != _order(new.plan, contents[1], common):
        return None
    one, other = ([n for n, c in enumerate(some) if c not in common] for some in contents)
    return one, other


def _content(part: Part, clause: Clause, names: set[Any], numbers: dict[Any, int]) -> int:
    """Return a number for what a clause says, the tables and parameters that it reads included."""
    otherwise = bool(names) and not names.isdisjoint(named_in(part.model, clause))
    key = (clause, part.policy.digest if otherwise else "")
    return numbers.setdefault(key, len(numbers))


def _order(plan: Plan, contents: Sequence[int], common: set[int]) -> list[list[int]]:
    every = plan.numbers_by_step
    steps = ([contents[n] for n in numbers if contents[n] in common] for numbers in every)
    return [step for step in steps if step]


# --- what clauses plainly ask for ------------------------------------------------------------


def box_of(clause: Clause) -> Box:
    """Return what fields must hold for a clause to apply, as far as that is plain to see."""
    found: Box = {}
    for name, values in _asked(clause.when):
        found[name] = found.get(name, values) & values
    return found


def _asked(expr: RExpr) -> Iterator[tuple[str, frozenset[Any]]]:
    if isinstance(expr, Every):
        for operand in expr.operands:
            yield from _asked(operand)
    elif isinstance(expr, FieldValue) and expr.type.name is TypeName.FLAG:
        yield expr.name, frozenset((True,))
    elif isinstance(expr, OneOf) and _is_told(expr.left, TypeName.CHOICE):
        yield expr.left.name, expr.values  # type: ignore[union-attr]
    elif isinstance(expr, Test) and expr.op == "==" and isinstance(expr.right, Const):
        left, value = expr.left, expr.right.value
        if (
            isinstance(left, FieldValue)
            and left.type.name in _TOLD
            and isinstance(value, str | bool)
        ):
            yield left.name, frozenset((value,))


def _is_told(expr: RExpr, kind: TypeName) -> bool:
    return isinstance(expr, FieldValue) and expr.type.name is kind


def _apart(one: Mapping[str, frozenset[Any]], other: Mapping[str, frozenset[Any]]) -> bool:
    """Tell whether no request is in both boxes."""
    return any(name in other and not values & other[name] for name, values in one.items())


class _Boxes:
    """What the changed clauses ask for: those of any matter, and those of each."""

    def __init__(self) -> None:
        self._plain: list[Box] = []
        self._by_title: dict[str, list[Box]] = {}
        self._all: list[Box] = []

    @property
    def many(self) -> bool:
        """Tell whether there are so many kinds that nothing is gained by looking."""
        return len(self._all) > _MOST_BOXES

    def add(self, clause: Clause, titles: Iterable[str]) -> None:
        """Note what a changed clause asks for; `titles` are the names of its matter."""
        box = box_of(clause)
        if box not in self._all:
            self._all.append(box)
        if clause.matter is None:
            self._plain.append(box)
        for title in titles:
            self._by_title.setdefault(title, []).append(box)

    def meet(self, clause: Clause, titles: Iterable[str]) -> bool:
        """Tell whether a clause may apply together with a changed one."""
        box = box_of(clause)
        if clause.matter is None:
            return not all(_apart(box, other) for other in self._all)
        near = [*self._plain, *(each for t in titles for each in self._by_title.get(t, ()))]
        return not all(_apart(box, other) for other in near)


def _titles(plan: Plan) -> dict[int, frozenset[str]]:
    """Return every name of the matter of each clause, those of entries it shares one with too."""
    found: dict[int, set[str]] = {}
    for title in plan.index.numbers:
        for number in plan.index.find(title):
            found.setdefault(number, set()).add(title)
    return {number: frozenset(titles) for number, titles in found.items()}


# --- without the others ------------------------------------------------------------------------


def _without(part: Part, boxes: _Boxes) -> Part:
    """Return a decision with only those of its clauses that may count."""
    plan = part.plan
    titles = _titles(plan)
    nothing: frozenset[str] = frozenset()
    kept = [n for n, c in enumerate(plan.clauses) if boxes.meet(c, titles.get(n, nothing))]
    return Part(part.policy, _chosen(plan, kept))


def _chosen(plan: Plan, kept: Sequence[int]) -> Plan:
    places = {number: at for at, number in enumerate(kept)}
    starts = [sum(number < start for number in kept) for start in plan.starts]
    general = [places[number] for number in plan.general if number in places]
    index = MatterIndex()
    for title in plan.index.numbers:
        numbers: Numbers = tuple(places[n] for n in plan.index.find(title) if n in places)
        if numbers:
            index.numbers[title] = numbers
    return Plan(plan.head, [plan.clauses[number] for number in kept], starts, general, index)
