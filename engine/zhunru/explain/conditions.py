"""When a reason holds that hangs on unknown facts: the classes of values that lead to it.

A class is described by what tells it apart: a test of the set that all of its values pass and no
other does, a range, the few values it has; else by one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from zhunru.checker.resolved import (
    NOTHING,
    OUTSIDE,
    BelongsTo,
    FieldValue,
    IsUnit,
    ResolvedField,
    UnitTarget,
    normal_title,
)
from zhunru.checker.words import Phrase, amount, at_least, at_most, joined
from zhunru.compiler.completions import Place, nodes_below
from zhunru.compiler.diagram import Leaf, Node
from zhunru.compiler.evaluate import Fact
from zhunru.explain import unpublished
from zhunru.explain.case import Case
from zhunru.explain.phrases import filled_in, lists_of, on_lists, one_of, show
from zhunru.vocabulary import ORDERED, TypeName

UnitTest = tuple[bool, UnitTarget]  # belongs to it (True), or is it (False)

_VERBS = {
    (True, True): Phrase("属于", "belongs to"),
    (True, False): Phrase("不属于", "does not belong to"),
    (False, True): Phrase("为", "is"),
    (False, False): Phrase("不为", "is not"),
}
_MOST = 2  # conditions that are told
_FEW = 3  # values that are listed


class Conditions:
    """Finds under which conditions the ends of a graph are reached."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.ways = ways = case.ways
        self._above: dict[int, list[Node]] = {}
        for node in nodes_below(ways.root) if ways.root is not None else ():
            for child in {id(child) for child in node.children if child is not None}:
                self._above.setdefault(child, []).append(node)

    def of(self, ends: Sequence[Leaf]) -> Phrase:
        """Return when one of these ends is reached, in at most two conditions; 等: and others."""
        if self.ways.root is None:
            told = [(fact, [value]) for fact, value in ends[0].filled.items()]
        else:
            # Where every value may still lead there, those that lead there on the shortest way.
            told = list(self._told(ends)) or list(self._told(ends, chosen=True))
        shown = [self._described(fact, values) for fact, values in told[-_MOST:]]
        zh, en = joined(shown, "、", " and ")
        if len(told) > _MOST:
            zh, en = f"{zh.removesuffix('等')}等", f"{en}, among others"
        return Phrase(zh, en)

    def _told(
        self, ends: Sequence[Leaf], *, chosen: bool = False
    ) -> Iterator[tuple[Fact, list[Any]]]:
        """Yield, down the shortest way, each fact some values of which lead to none of the ends
        (`chosen`: do not keep to that way), with its other values."""
        following = self._leading(ends)
        place = self.ways.root
        while isinstance(place, Node):
            onward = following[id(place)]
            pairs = zip(self._values(place), place.children, strict=True)
            kept = [v for v, c in pairs if (c is onward if chosen else id(c) in following)]
            if len(kept) < sum(child is not None for child in place.children):
                yield place.fact, kept
            place = onward

    def _values(self, node: Node) -> Sequence[Any]:
        """Return what leads to each child; of the calendar, that is to come, only which it is."""
        if node.fact.kind == "calendar":
            return range(len(node.children))
        return self.ways.regions.of(node.fact)

    def _leading(self, ends: Sequence[Leaf]) -> dict[int, Place | None]:
        """Return every place that leads to one of these ends, with the next on the shortest way."""
        following: dict[int, Place | None] = {id(end): None for end in ends}
        waiting: list[Place] = list(ends)
        for place in waiting:
            for node in self._above.get(id(place), ()):
                if id(node) not in following:
                    following[id(node)] = place
                    waiting.append(node)
        return following

    # --- one class -----------------------------------------------------------------------------

    def _described(self, fact: Fact, values: list[Any]) -> Phrase:
        """Return in words that `fact` is one of these representatives and no other."""
        if fact.kind == "calendar":
            return unpublished.once_published(self.case)
        field = self.ways.plan.fields.get(fact.name) if fact.kind == "field" else None
        if field is None:
            return filled_in(fact.kind, fact.name, values[0])
        every = self.ways.regions.of(fact)
        kind = field.type.name
        if kind is TypeName.UNIT:
            found = self._units(field.name, values, every)
        elif kind in ORDERED:
            found = _range(field, values, every)
        elif kind is TypeName.MATTER:
            found = self._matters(field.name, values, every)
        else:
            found = _listed(values, every)
        if found is None:
            return filled_in(fact.kind, fact.name, values[0])
        return Phrase(f"{fact.name}{found.zh}", f"{fact.name} {found.en}")

    def _units(self, name: str, values: list[Any], every: Sequence[Any]) -> Phrase | None:
        """Units by a test that tells them apart, or as bodies outside the chart."""
        those = set(values)
        if all(isinstance(value, str) and value.startswith(OUTSIDE) for value in values):
            return Phrase("不在组织架构内", "is outside the chart")
        for wanted, yes in ((those, True), (set(every) - those, False)):
            tests = self._cover(name, wanted, every)
            if tests:
                return _tested(tests, yes)
        shown = show(values[0])
        if len(values) > 1 or self._stands_for_others(name, values[0]):
            return Phrase(f"为{shown.zh}等", f"is {shown.en} or the like")
        return Phrase(f"为{shown.zh}", f"is {shown.en}")

    def _cover(self, name: str, wanted: set[Any], every: Sequence[Any]) -> list[UnitTest]:
        """Return tests that together exactly these units pass; none where there are no such."""
        for together in self._unit_tests(name):
            if {u for u in every if any(self._passes(u, test) for test in together)} == wanted:
                return list(together)
        tests = {
            test: passing
            for test in chain.from_iterable(self._unit_tests(name))
            if (passing := {unit for unit in every if self._passes(unit, test)}) <= wanted
        }
        chosen: list[UnitTest] = []
        left = set(wanted)
        while left and tests:
            # Greedy: a few tests will do, they need not be the fewest.
            best = max(tests, key=lambda test: len(tests[test] & left))
            if not tests[best] & left:
                return []
            chosen.append(best)
            left -= tests.pop(best)
        return [] if left else chosen

    def _unit_tests(self, name: str) -> Iterator[tuple[UnitTest, ...]]:
        """Yield what the clauses ask of a unit field: whether it belongs to, or is, something."""
        for atom in self.ways.regions.atoms():
            if not isinstance(atom, BelongsTo | IsUnit) or not isinstance(atom.left, FieldValue):
                continue
            if atom.left.name == name:
                below = isinstance(atom, BelongsTo)
                targets = atom.targets if isinstance(atom, BelongsTo) else (atom.target,)
                yield tuple((below, target) for target in targets)

    def _passes(self, unit: Any, test: UnitTest) -> bool:
        chart, (below, target) = self.ways.model.chart, test
        if not isinstance(unit, str):
            return False
        return chart.belongs(unit, target) if below else chart.is_target(unit, target)

    def _stands_for_others(self, name: str, unit: Any) -> bool:
        """Tell whether another unit has the same answers to every test."""
        tests = list(chain.from_iterable(self._unit_tests(name)))
        answers = [self._passes(unit, test) for test in tests]
        others = (other for other in self.ways.model.chart.known(self.ways.day) if other != unit)
        return any([self._passes(other, test) for test in tests] == answers for other in others)

    def _matters(self, name: str, values: list[Any], every: Sequence[Any]) -> Phrase | None:
        """Matters by the lists that they are on, or that they are not on; else one of them."""
        texts = [value for value in values if isinstance(value, str)]
        plan = self.ways.plan
        if name != plan.matter_field or not texts:
            return None
        if len(values) == 1:
            return self._matter(texts[0])
        on = lists_of(plan, values)
        others = lists_of(plan, (value for value in every if value not in values))
        if on and not on & others and len(on) <= _FEW and "" not in on:
            return on_lists(on, yes=True)
        if others and not on & others and len(others) <= _FEW and "" not in others:
            return on_lists(others, yes=False)
        # One that is on no list stands for many; the others for themselves.
        first = self._matter(next((t for t in texts if not lists_of(plan, [t]) - {""}), texts[0]))
        return Phrase(f"{first.zh}等", f"{first.en} or the like")

    def _matter(self, text: str) -> Phrase:
        numbers = self.ways.plan.index.find(normal_title(text))
        if not numbers:
            named = text in self.ways.regions.constants(self.ways.plan.matter_field)
            return (
                Phrase(f"为{text}", f"is {text}") if named else Phrase("未列入清单", "is unlisted")
            )
        clause = self.ways.plan.clauses[numbers[0]]
        title = clause.title.zh or clause.code
        return Phrase(f"为{title}", f"is {clause.title.en or title}")


def _tested(tests: Sequence[UnitTest], yes: bool) -> Phrase:
    """Return in words that a unit passes one of these tests, or none of them."""
    parts = []
    for below in (True, False):
        names = [target.name for is_below, target in tests[:_FEW] if is_below is below]
        if names:
            verb = _VERBS[below, yes]
            parts.append(Phrase(f"{verb.zh}{'、'.join(names)}", f"{verb.en} {', '.join(names)}"))
    told = joined(parts, "或者", " or ") if yes else joined(parts, "且", " and ")
    return Phrase(f"{told.zh}等", f"{told.en} or the like") if len(tests) > _FEW else told


def _listed(values: list[Any], every: Sequence[Any]) -> Phrase | None:
    """A few values, or all but one."""
    rest = [value for value in every if value not in values]
    if len(rest) == 1 and len(values) > 1 and not _unnamed(rest):
        shown = show(rest[0])
        return Phrase(f"不为{shown.zh}", f"is not {shown.en}")
    if _unnamed(values) or any(isinstance(value, frozenset) for value in values):
        return None
    return one_of(values, _FEW)


def _unnamed(values: Iterable[Any]) -> bool:
    """Tell whether some of the values stand for texts that no clause names."""
    return any(isinstance(value, str) and value.startswith(("\x01", "\x02")) for value in values)


def _range(field: ResolvedField, values: list[Any], every: Sequence[Any]) -> Phrase | None:
    """A stretch of neighbouring numbers or days, by its ends."""
    points = sorted(value for value in every if value is not NOTHING)
    here = sorted(value for value in values if value is not NOTHING)
    if not here or len(here) < len(values):
        return None
    first, last = points.index(here[0]), points.index(here[-1])
    if last - first + 1 != len(here):
        return None
    low = _low(field, points[first - 1], here[0]) if first else None
    high = _high(field, here[-1]) if last + 1 < len(points) else None
    if low is None and high is None:
        return None
    if first == last and low is not None and high is not None:
        return None
    ends = [end for end in (low, high) if end is not None]
    return joined(ends, "且", " and ")


def _low(field: ResolvedField, before: Any, first: Any) -> Phrase:
    """The lower end: more than the value before it where no other lies between them."""
    day = isinstance(first, date)
    if _next(field, before) == first and not day:
        shown = _amount(field, before)
        return Phrase(f"超过{shown.zh}", f"is more than {shown.en}")
    return at_least(_amount(field, first), day=day)


def _high(field: ResolvedField, last: Any) -> Phrase:
    return at_most(_amount(field, last), day=isinstance(last, date))


def _amount(field: ResolvedField, value: Any) -> Phrase:
    return amount(value, field.type.measure) if isinstance(value, Decimal) else show(value)


def _next(field: ResolvedField, value: Any) -> Any:
    """Return the value that follows on the grid of the field."""
    if isinstance(value, datetime):
        return value + timedelta(minutes=1)
    if isinstance(value, date):
        return value + timedelta(1)
    return value + Decimal(1).scaleb(-field.type.decimals)
