"""What the clauses that may concern a request test, and what its facts are held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from zhunru.checker.resolved import (
    NOTHING,
    Clause,
    FieldValue,
    Has,
    InForce,
    OneOf,
    RExpr,
    Test,
    Within,
    normal_title,
)
from zhunru.compiler.atoms import Atom, atoms, clause_expressions, opened
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.judge import MATCH, in_force_on
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.registers import RegisterRow
from zhunru.compiler.values import UNKNOWN

_MAX_MATTERS = 600


class Asked:
    """The tests that clauses make of one request on one day, by the facts that they read.

    `exact` turns False where not every test is seen.
    """

    def __init__(self, plan: Plan, model: Model, day: date, facts: Facts) -> None:
        self.plan = plan
        self.model = model
        self.day = day
        self.facts = facts
        self.exact = True
        self.known = Evaluator(model, day, facts)
        self._atoms: list[Atom] | None = None
        self._registers: list[str] | None = None
        self._scopes: dict[str, list[str]] = {}

    # --- clauses ---------------------------------------------------------------------------------

    def clauses(self) -> Iterator[Clause]:
        """Yield the clauses that may concern the request on this day."""
        return (clause for clause in self.concerned() if in_force_on(clause, self.day))

    def concerned(self) -> Iterator[Clause]:
        """Yield the clauses that may concern the request on any day."""
        yield from (self.plan.clauses[number] for number in self.concerned_numbers())

    def concerned_numbers(self) -> list[int]:
        """Return the numbers of the clauses that may concern the request on any day."""
        name = self.plan.matter_field
        matter: Any = self.facts.values.get(name, UNKNOWN) if name else NOTHING
        numbers: list[int] = list(self.plan.general)
        if matter is UNKNOWN:
            for title in self.matter_titles():
                numbers.extend(self.plan.index.find(title))
        elif matter is not NOTHING:
            numbers.extend(self.plan.index.find(normal_title(matter)))
        return self._with_named(numbers)

    def _with_named(self, numbers: list[int]) -> list[int]:
        """Add the clauses that these name after 除外, and those that they name."""
        seen: dict[int, None] = {}
        waiting = list(dict.fromkeys(numbers))
        while waiting:
            number = waiting.pop(0)
            if number in seen:
                continue
            seen[number] = None
            for code in self.plan.clauses[number].unless_clauses:
                waiting.extend(self.plan.by_code.get(code, ()))
        return list(seen)

    def matter_titles(self) -> list[str]:
        """Return the titles of listed matters by class: what answers to them, and how."""
        index = self.plan.index.numbers
        if len(index) > _MAX_MATTERS * 10:
            self.exact = False
        seen: dict[tuple[int, ...], str] = {}
        for title in index:
            if len(seen) >= _MAX_MATTERS:
                self.exact = False
                break
            seen.setdefault(self.plan.index.find(title), title)
        return list(seen.values())

    # --- tests -----------------------------------------------------------------------------------

    def atoms(self) -> list[Atom]:
        """Return every test that those clauses make, each once."""
        if self._atoms is None:
            found: dict[Atom, None] = {}
            for clause in self.clauses():
                for expr in clause_expressions(clause):
                    found.update(dict.fromkeys(atoms(self.model, expr, clause.leads)))
            self._atoms = list(found)
        return self._atoms

    def holdings(self) -> Iterator[Has]:
        """Yield the tests that ask whether one thing holds another."""
        return (atom for atom in self.atoms() if isinstance(atom, Has))

    def mentions(self, expr: RExpr, name: str) -> bool:
        """Tell whether an expression reads a field anywhere."""
        return reads(expr, name) or any(
            self.mentions(part, name) for part in opened(self.model, expr)
        )

    def paired(self, name: str) -> bool:
        """Tell whether the field is compared with another unknown one, sought in a group, or is a
        register's scope."""
        for atom in self.atoms():
            if isinstance(atom, Has) and reads(atom.item, name):
                return True
            if isinstance(atom, InForce) and atom.scope == name:
                return True
            if isinstance(atom, Test) and name in _compared_fields(atom):
                return True
        return name == self.plan.addressee_field and bool(self.registers())

    def compared(self, name: str) -> list[str]:
        """Return the field and the unknown ones that tests compare with it, or with those."""
        pairs = [_compared_fields(atom) for atom in self.atoms() if isinstance(atom, Test)]
        found = [name]
        # The list grows while it is gone through: what is compared with what is compared.
        for here in found:
            for pair in pairs:
                known = any(self.facts.values.get(field, UNKNOWN) is not UNKNOWN for field in pair)
                if here in pair and not known:
                    found.extend(other for other in pair if other not in found)
        return found

    # --- registers -------------------------------------------------------------------------------

    def registers(self) -> list[str]:
        """Return the registers that stand among those clauses."""
        if self._registers is None:  # asked for each way to fill a register in
            clauses = self.clauses()
            self._registers = [clause.code for clause in clauses if clause.origin == "register"]
        return self._registers

    def scopes(self, name: str) -> list[str]:
        """Return what is asked of a register: fields, "" (any row), a match as a clause."""
        found = self._scopes.get(name)
        if found is None:
            calls = (atom for atom in self.atoms() if isinstance(atom, InForce))
            asked = {call.scope or "" for call in calls if call.register == name}
            if name in self.registers():
                asked.add(MATCH)
            found = self._scopes[name] = sorted(asked)
        return found

    def units_asked(self, name: str) -> list[str]:
        """Return the unit fields on which it hangs together what a register holds."""
        asked = [scope for scope in self.scopes(name) if scope not in ("", MATCH)]
        if MATCH in self.scopes(name) and self.model.registers[name].scope_field:
            asked.append(self.plan.addressee_field)
        return list(dict.fromkeys(unit for unit in asked if unit))

    def rows_matched(self) -> Iterator[RegisterRow]:
        """Yield the known rows of those registers."""
        for name in self.registers():
            rows = self.facts.registers.get(name)
            if isinstance(rows, Sequence):
                yield from rows

    # --- values ----------------------------------------------------------------------------------

    def constants(self, name: str) -> dict[Any, None]:
        """Return the values with which a field is tested for being equal, or one beside it."""
        values = chain.from_iterable(map(self._own_constants, self.compared(name)))
        return {value: None for value in values if value is not NOTHING}

    def _own_constants(self, name: str) -> Iterator[Any]:
        for atom in self.atoms():
            if isinstance(atom, OneOf) and reads(atom.left, name):
                yield from sorted(atom.values)
            elif isinstance(atom, Test):
                for side, other in ((atom.left, atom.right), (atom.right, atom.left)):
                    if reads(side, name):
                        yield from self.possible(other)
        yield from (row.values[name] for row in self.rows_matched() if name in row.values)

    def possible(self, expr: RExpr) -> Iterator[Any]:
        """Yield the values that the other side of a test may have."""
        value = self.known.value(expr)
        if value is not UNKNOWN:
            yield value
            return
        for part in opened(self.model, expr):
            yield from self.possible(part)


def reads(expr: RExpr, name: str) -> bool:
    """Tell whether an expression is a field itself."""
    return isinstance(expr, FieldValue) and expr.name == name


def _compared_fields(atom: Test) -> tuple[str, ...]:
    """Return the two fields of a test of one field against another."""
    sides = [side.name for side in (atom.left, atom.right) if isinstance(side, FieldValue)]
    return tuple(sides) if len(sides) == 2 else ()


def sides(atom: Test | Within) -> Sequence[RExpr]:
    """Return what a test compares."""
    if isinstance(atom, Test):
        return (atom.left, atom.right)
    return (atom.left, atom.low, atom.high)
