"""What a decision comes to, for every request at once: steps, clauses and failing lines.

Entries are asked matter by matter (`within`), so a list of thousands of entries costs thousands of
small diagrams and never one wide one; `whole` puts them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from typing import Any, NamedTuple

from zhunru.analysis.forest import END
from zhunru.analysis.meaning import Meaning
from zhunru.analysis.reads import MATCH, Asked, Given, Part
from zhunru.analysis.space import Space
from zhunru.checker.resolved import (
    NOTHING,
    OUTSIDE,
    Clause,
    Quota,
    Requirement,
    ResolvedField,
    normal_title,
)
from zhunru.compiler.judge import failing_lines, in_force_on, stricter
from zhunru.compiler.quotas import quota_names
from zhunru.compiler.request import QuotaUse
from zhunru.vocabulary import NUMERIC, Outcome, TypeName


class Answered(NamedTuple):
    """What a clause that decides comes to. `failed` are the places of the requirements and quotas
    that fail, in the order of `failing_lines`; `elsewhere`: a duty of another body."""

    number: int
    outcome: Outcome
    failed: tuple[int, ...] = ()
    elsewhere: bool = False


class End(NamedTuple):
    """How a decision ends: the step that decides (-1: the default) and what its clauses come to."""

    step: int
    answers: tuple[Answered, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the outcome: of several, the strictest."""
        found: Outcome | None = None
        for answer in self.answers:
            found = stricter(found, answer.outcome)
        return found or Outcome.REFUSE

    @property
    def deciding(self) -> tuple[Answered, ...]:
        """Return the answers that give the outcome."""
        return tuple(answer for answer in self.answers if answer.outcome is self.outcome)


class Verdicts:
    """The diagrams of one part of a space. `at` is a class of the matter axis; None: there is no
    matter, or it makes no difference."""

    def __init__(self, space: Space, part: Part) -> None:
        self.space = space
        self.part = part
        self.plan = part.plan
        self.forest = space.forest
        self.meaning = Meaning(space, part)
        self.level = space.levels.get(Asked("field", self.plan.matter_field), END)
        self._scopes: dict[int, int] = {}
        self._applies: dict[tuple[int, int | None], int] = {}
        self._answers: dict[tuple[int, int | None], int] = {}
        self._entries: dict[int, tuple[int, ...]] = {}
        self._within: dict[int, int] = {}

    # --- which requests there are ----------------------------------------------------------------

    @cached_property
    def valid(self) -> int:
        """Return which requests can be: units of the chart of the day, values of the form, rows
        that registers can hold, counts that quotas can have."""
        fields = [self._fits(field) for field in self.plan.head.fields]
        registers = [self._coherent(name) for name in self.part.model.registers]
        return self.forest.every((*fields, *registers))

    def _fits(self, field: ResolvedField) -> int:
        asked = Asked("field", field.name)
        if asked not in self.space.levels:
            return self.forest.yes
        value = self.space.value(asked)
        if field.type.name is TypeName.UNIT:
            named = ("on the chart", self.part.policy.digest, field.type.optional)
            units = self.part.model.chart.units

            def there(unit: Any, day: Any) -> bool:
                if unit is NOTHING:
                    return field.type.optional
                return unit.startswith(OUTSIDE) or (unit in units and units[unit].period.holds(day))

            return self.forest.joined(named, there, value, self.meaning.day)
        form = ("of the form", self.part.policy.digest, field.name)
        return self.forest.mapped(form, lambda value: _in_domain(field, value), value)

    def _coherent(self, register: str) -> int:
        """Return where some rows can hold what the register is asked: a row that covers a unit
        is a row, and covers what stands below the unit."""
        forest, space = self.forest, self.space
        if space.given is not None and register in space.given.registers:
            return forest.yes
        scopes = [a.scope for a in space.levels if a[:2] == ("register", register)]
        held = {scope: space.value(Asked("register", register, scope)) for scope in scopes}
        found = forest.yes
        if "" in held:
            others = forest.some(held[scope] for scope in scopes if scope)
            found = forest.both(found, forest.either(held[""], forest.negated(others)))
        units = {s: held[s] for s in scopes if s not in ("", MATCH)}
        for scope, holds in units.items():
            found = forest.both(found, self._implied(holds, self._given(scope)))
        return forest.both(found, self._chart_holds(register, units, held.get(MATCH)))

    def _chart_holds(self, register: str, units: dict[str, int], match: int | None) -> int:
        forest, covering = self.forest, dict(units)
        found = forest.yes
        if match is not None:
            found = self._matched(register, units, match)
            if self._covers_addressee(register):
                covering.setdefault(self.plan.addressee_field, match)
        for above, holds in covering.items():
            for below in units:
                if above != below:
                    under = forest.both(self._under(below, above), holds)
                    found = forest.both(found, self._implied(under, units[below]))
        return found

    def _matched(self, register: str, units: dict[str, int], match: int) -> int:
        """Return where a row may decide as a clause: it covers the addressee, and what it shares
        with the request is given; a row that covers the addressee and shares nothing does."""
        shared = self.part.shared(register)
        asked = [Asked("field", name) for name in shared]
        needs = [
            self.forest.mapped("not none", _is_there, self.space.value(each))
            for each in asked
            if each in self.space.levels
        ]
        covered: int | None = None
        if self._covers_addressee(register):
            addressee = self.plan.addressee_field
            needs.append(self._given(addressee))
            covered = units.get(addressee)
        elif Asked("register", register) in self.space.levels:
            covered = self.space.value(Asked("register", register))
        if covered is not None:
            needs.append(covered)
        found = self._implied(match, self.forest.every(needs))
        if covered is not None and not shared:
            found = self.forest.both(found, self._implied(covered, match))
        return found

    def _covers_addressee(self, register: str) -> bool:
        scope = self.part.model.registers[register].scope_field
        return bool(scope and self.plan.addressee_field and scope not in self.part.shared(register))

    def _given(self, name: str) -> int:
        return self.forest.mapped("given", _is_given, self.space.value(Asked("field", name)))

    def _implied(self, one: int, other: int) -> int:
        return self.forest.either(self.forest.negated(one), other)

    def _under(self, below: str, above: str) -> int:
        chart = self.part.model.chart

        def under(unit: Any, over: Any) -> bool:
            return _is_given(unit) and _is_given(over) and over in chart.above(unit)

        one, other = (self.space.value(Asked("field", name)) for name in (below, above))
        return self.forest.joined(("under", self.part.policy.digest), under, one, other)

    # --- clauses -------------------------------------------------------------------------------

    def entries(self, at: int | None) -> tuple[int, ...]:
        """Return the clauses of a matter."""
        if at is None:
            return ()
        found = self._entries.get(at)
        if found is None:
            value = self.space.axes[self.level].values[at]
            found = ()
            if isinstance(value, str):
                found = self.plan.index.find(normal_title(value))
            self._entries[at] = found
        return found

    def scope(self, number: int) -> int:
        """Return where the days, 当 and 除外 of a clause hold, whatever its matter; the clauses
        that it names after 除外 left aside."""
        found = self._scopes.get(number)
        if found is None:
            found = self._scopes[number] = self._scope(number)
        return found

    def _scope(self, number: int) -> int:
        clause, forest = self.plan.clauses[number], self.forest
        parts = [
            self.days(number),
            self.meaning.truth(clause.when, clause.leads),
            forest.negated(self.meaning.truth(clause.unless, clause.leads)),
        ]
        if clause.origin == "register":
            parts.append(self.space.held(self.part, clause.code, MATCH))
        return forest.every(parts)

    def days(self, number: int) -> int:
        """Return where a clause is in force."""
        clause = self.plan.clauses[number]
        named = ("in force", self.part.policy.digest, self.plan.head.name, number)
        return self.forest.mapped(named, lambda day: in_force_on(clause, day), self.meaning.day)

    def applies(self, number: int, at: int | None) -> int:
        """Return where a clause concerns requests of one matter (D6)."""
        key = (number, at)
        found = self._applies.get(key)
        if found is None:
            found = self._applies[key] = self._applying(number, at)
        return found

    def _applying(self, number: int, at: int | None) -> int:
        clause = self.plan.clauses[number]
        # An entry of another matter costs nothing: without this each would be a diagram of its own.
        if clause.matter is not None and number not in self.entries(at):
            return self.forest.no
        found = self.of_matter(self.scope(number), at)
        for code in clause.unless_clauses:
            for other in self.plan.by_code.get(code, ()):
                found = self.forest.but(found, self.applies(other, at))
        return found

    def of_matter(self, diagram: int, at: int | None) -> int:
        """Return a diagram for requests of one matter."""
        if at is None:
            return diagram
        return self.forest.within(diagram, self.level, at)

    def only_of_matter(self, diagram: int, at: int | None) -> int:
        """Return where requests of one matter, and of no other, meet a diagram."""
        if at is None:
            return diagram
        parts = [self.forest.no] * len(self.space.axes[self.level].values)
        parts[at] = diagram
        return self.forest.spread(self.level, parts)

    def answer(self, number: int, at: int | None) -> int:
        """Return the diagram of what a clause comes to: an `Answered`, or None."""
        key = (number, at)
        found = self._answers.get(key)
        if found is None:
            came = self.of_matter(self._coming(number), at)
            here = self.applies(number, at)
            found = self.forest.chosen(here, came, self.forest.end(None))
            self._answers[key] = found
        return found

    def _coming(self, number: int) -> int:
        """Return the diagram of what a clause comes to where it applies."""
        found = self._within.get(number)
        if found is None:
            found = self._within[number] = self._result(number, self.plan.clauses[number])
        return found

    def _result(self, number: int, clause: Clause) -> int:
        forest = self.forest
        if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
            return forest.end(Answered(number, clause.outcome))
        required = self._required(number, clause)
        if clause.addressee_test is None:
            return required
        own = self.meaning.truth(clause.addressee_test, clause.leads)
        other = forest.end(Answered(number, Outcome.REFUSE, (), True))
        return forest.chosen(own, required, other)

    def _required(self, number: int, clause: Clause) -> int:
        forest = self.forest
        lines = failing_lines(clause)
        failing = forest.end(())
        for place, line in enumerate(lines):
            fails = self.fails(line, clause)
            added = forest.mapped(("line", place), partial(_placed, place), fails)
            failing = forest.joined("lines", lambda one, other: one + other, failing, added)
        outcomes = tuple(line.outcome for line in lines)

        def weighed(failed: Any) -> Answered | None:
            found = {outcomes[place] for place in failed}
            if Outcome.REFUSE in found:
                return Answered(number, Outcome.REFUSE, failed)
            if Outcome.DEFER in found:
                return Answered(number, Outcome.DEFER, failed)
            return None if clause.outcome is None else Answered(number, clause.outcome)

        # The name of a step is what it is kept under in the forest, which two sets share: it has to
        # tell the set, the decision and the clause apart.
        named = ("weighed", self.part.policy.digest, self.plan.head.name, number)
        return forest.mapped(named, weighed, failing)

    def fails(self, line: Requirement | Quota, clause: Clause) -> int:
        """Return where a requirement or a quota fails."""
        if isinstance(line, Requirement):
            return self.forest.negated(self.meaning.truth(line.test, clause.leads))
        if line.limit is None:
            return self.forest.no
        limit = self.meaning.value(line.limit, clause.leads)

        def spent(limit: Any, room: Any) -> bool:
            if limit is NOTHING:
                return False
            if not isinstance(room, bool):  # how often it is used
                return bool(room + 1 > limit)
            return not room or (limit < 1 and not line.counted_by)

        room = self.space.value(self.space.count_of(line))
        unknown = self.forest.joined(("spent", bool(line.counted_by)), spent, limit, room)
        known = self.forest.negated(self._room(line, clause, limit))
        return self.forest.chosen(self._counted_today(line, clause), known, unknown)

    def _counted_today(self, quota: Quota, clause: Clause) -> int:
        """Return where the use of a quota is known: on the day for which it was counted."""
        given = self.space.given
        if given is None or _use(given, quota, clause) is None:
            return self.forest.no
        return self.forest.mapped("today", lambda day: day == given.day, self.meaning.day)

    def _room(self, quota: Quota, clause: Clause, limit: int) -> int:
        given = self.space.given
        use = None if given is None else _use(given, quota, clause)
        if use is None:
            return self.forest.no

        def left(limit: Any) -> bool:
            return use.counted or limit is NOTHING or bool(use.used + 1 <= limit)

        return self.forest.mapped(("left", use.used, use.counted), left, limit)

    def terms(self, number: int) -> int:
        """Return the diagram of what an admission by a clause carries that hangs on facts: where
        it goes instead, and the lengths of its duties."""
        clause = self.plan.clauses[number]
        exprs = [] if clause.instead is None else [clause.instead]
        exprs.extend(duty.length for duty in clause.duties if duty.length is not None)
        found = self.forest.end(())
        for expr in exprs:
            value = self.meaning.value(expr, clause.leads)
            found = self.forest.joined("list", lambda some, one: (*some, one), found, value)
        return found

    # --- decisions -----------------------------------------------------------------------------

    @cached_property
    def general(self) -> list[list[int]]:
        """Return the clauses of any matter, by step."""
        return self.plan.steps(self.plan.general)

    def steps(self, at: int | None) -> Iterator[list[int]]:
        """Yield the clauses that may concern requests of one matter, step by step."""
        entries = self.plan.steps(self.entries(at))
        for general, own in zip(self.general, entries, strict=True):
            yield sorted((*general, *own))

    def step(self, step: int, numbers: Iterable[int], at: int | None) -> int:
        """Return the diagram of how a step ends for requests of one matter: an `End`, or None."""
        found = self.forest.end(())
        for number in numbers:
            answer = self.answer(number, at)
            found = self.forest.joined("answers", _with_answer, found, answer)
        return self.forest.mapped(
            ("ends", step), lambda some: End(step, some) if some else None, found
        )

    def verdict(self, at: int | None) -> int:
        """Return the diagram of the `End`s for requests of one matter."""
        found = self.forest.end(None)
        for step, numbers in enumerate(self.steps(at)):
            if numbers:
                found = self.forest.first(found, self.step(step, numbers, at))
        return self.forest.first(found, self.forest.end(End(-1)))

    @property
    def matters(self) -> list[int | None]:
        """Return the classes of the matter axis; only None where there is no such axis."""
        if self.level == END:
            return [None]
        return list(range(len(self.space.axes[self.level].values)))

    @cached_property
    def whole(self) -> int:
        """Return the diagram of the `End`s for every request, those that cannot be included."""
        found = [self.verdict(at) for at in self.matters]
        return found[0] if self.level == END else self.forest.spread(self.level, found)

    @cached_property
    def possible(self) -> int:
        """Return which requests can be and have an answer: call it when all else was made."""
        return self.forest.but(self.valid, self.meaning.unsettled)


def _use(given: Given, quota: Quota, clause: Clause) -> QuotaUse | None:
    found = (given.quotas.get(name) for name in quota_names(quota, clause))
    return next((use for use in found if use is not None), None)


def _placed(place: int, fails: Any) -> tuple[int, ...]:
    return (place,) if fails else ()


def _with_answer(some: Any, answer: Any) -> Any:
    return some if answer is None else (*some, answer)


def _is_there(value: Any) -> bool:
    return value is not NOTHING


def _is_given(value: Any) -> bool:
    return isinstance(value, str)


def _in_domain(field: ResolvedField, value: Any) -> bool:
    """Tell whether a value may stand in a field of one form (two forms may differ)."""
    kind = field.type
    if value is NOTHING:
        return kind.optional
    if kind.name is TypeName.CHOICE:
        return value in kind.values
    if kind.name is TypeName.CHOICES:
        return bool(value <= set(kind.values))
    if kind.name in NUMERIC:
        return (kind.low is None or kind.low <= value) and (kind.high is None or value <= kind.high)
    return True
