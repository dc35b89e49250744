"""The questions of the analysis put to z3, and what zen-engine says of a table.

z3 is asked as one would by hand: a whole number for each column, a formula for each row, one solver
that is given the rows step by step. Each question stops at its time; then the answer is None.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from tests.benchmarks import drafts

Pair = tuple[int, int]


@dataclass
class Asked:
    """One question to a solver: its answer (None: not within the time) and processor seconds."""

    answer: Any
    seconds: float


@dataclass
class Deadline:
    """How long one question may take, in processor seconds."""

    most: float
    began: float = field(default_factory=time.process_time)

    @property
    def over(self) -> bool:
        """Tell whether the time is used up."""
        return time.process_time() - self.began > self.most

    @property
    def left(self) -> int:
        """Return the milliseconds that are left, at least one.

        z3 looks at the clock on the wall: where others use the processor too, it runs faster.
        """
        seconds = self.most - (time.process_time() - self.began)
        return max(1, int(seconds * 1000 * max(1.0, os.getloadavg()[0])))


def _z3() -> Any:
    return import_module("z3")  # without types; only where it is asked


def asked(question: Callable[[Deadline], Any], most: float) -> Asked:
    """Put a question; whatever it must build counts too."""
    deadline = Deadline(most)
    answer = question(deadline)
    return Asked(answer, time.process_time() - deadline.began)


def is_sat(solver: Any, deadline: Deadline) -> bool | None:
    """Ask once; None where the time is over."""
    z3 = _z3()

    solver.set("timeout", deadline.left)
    found = solver.check()
    return None if found == z3.unknown else bool(found == z3.sat)


# --- one table -----------------------------------------------------------------------------------


class Table:
    """A table in z3: whole numbers within the domain of each column, a conjunction for each row."""

    def __init__(self, rows: list[drafts.Row]) -> None:
        z3 = _z3()

        self.sizes = drafts.sizes(len(rows[0]))
        self.columns = [z3.Int(f"c{at}") for at in range(len(self.sizes))]
        self.domain = [z3.And(c >= 0, c < n) for c, n in zip(self.columns, self.sizes, strict=True)]
        self.rows = [self._row(row) for row in rows]

    def _row(self, row: drafts.Row) -> Any:
        z3 = _z3()

        parts = []
        for column, (low, high), size in zip(self.columns, row, self.sizes, strict=True):
            if low > 0:
                parts.append(column >= low)
            if high < size - 1:
                parts.append(column <= high)
        return z3.And(*parts)

    def solver(self) -> Any:
        """Return a solver that knows the domain."""
        z3 = _z3()

        solver = z3.Solver()
        solver.add(*self.domain)
        return solver


def has_gap(rows: list[drafts.Row], most: float) -> Asked:
    """Ask whether some case meets no row."""
    z3 = _z3()

    def ask(deadline: Deadline) -> bool | None:
        table = Table(rows)
        solver = table.solver()
        solver.add(z3.Not(z3.Or(*table.rows)))
        return is_sat(solver, deadline)

    return asked(ask, most)


def overlapping(rows: list[drafts.Row], most: float) -> Asked:
    """Ask for all pairs of rows that meet the same case.

    Row by row: is there a case that it shares with some later row? Each model tells all the rows
    that it meets; they are left out of the next question, until there is none.
    """
    z3 = _z3()

    def ask(deadline: Deadline) -> set[Pair] | None:
        table, found = Table(rows), set[Pair]()
        solver = table.solver()
        for at, row in enumerate(table.rows):
            solver.push()
            solver.add(row)
            left = dict(enumerate(table.rows[at + 1 :], at + 1))
            solver.push()
            solver.add(z3.Or(*left.values()))
            while (sat := is_sat(solver, deadline)) and not deadline.over:
                case = [solver.model().eval(c, model_completion=True).as_long()
                        for c in table.columns]  # fmt: skip
                for other in [each for each in left if _meets(rows[each], case)]:
                    found.add((at, other))
                    del left[other]
                solver.pop()
                solver.push()
                solver.add(z3.Or(*left.values()))
            solver.pop(2)
            if sat is not False:
                return None
        return found

    return asked(ask, most)


def _meets(row: drafts.Row, case: list[int]) -> bool:
    return all(low <= value <= high for (low, high), value in zip(row, case, strict=True))


def hidden(rows: list[drafts.Row], most: float) -> Asked:
    """Ask which rows no case reaches, each met by an earlier one already."""
    z3 = _z3()

    def ask(deadline: Deadline) -> set[int] | None:
        table, found = Table(rows), set[int]()
        solver = table.solver()
        for at, row in enumerate(table.rows):
            solver.push()
            solver.add(row)
            sat = is_sat(solver, deadline)
            solver.pop()
            if sat is None or deadline.over:
                return None
            if not sat:
                found.add(at)
            solver.add(z3.Not(row))
        return found

    return asked(ask, most)


# --- two tables, two sets ------------------------------------------------------------------------

Amounts = list[tuple[int, int, int, int]]
Case = dict[str, int]


def amounts_differ(old: Amounts, new: Amounts, most: float) -> Asked:
    """Ask for a case to which two tables give two amounts; False: there is none."""
    z3 = _z3()

    def ask(deadline: Deadline) -> Case | bool | None:
        kind, number = z3.Ints("kind number")

        def amount(rows: Amounts) -> Any:
            found: Any = z3.IntVal(0)
            for k, low, high, value in reversed(rows):
                found = z3.If(z3.And(kind == k, number >= low, number <= high), value, found)
            return found

        solver = z3.Solver()
        solver.add(kind >= 0, kind <= max(k for k, *_ in old), number >= 0, number <= 99_999)
        solver.add(amount(old) != amount(new))
        return _case(solver, deadline, {"kind": kind, "number": number})

    return asked(ask, most)


def rules_differ(old: list[int], new: list[int], most: float) -> Asked:
    """Ask for a request that two sets of rules refuse by two rules; False: there is none."""

    def ask(deadline: Deadline) -> Case | bool | None:
        rules = Rules()
        solver = rules.solver()
        solver.add(rules.deciding(old) != rules.deciding(new))
        return _case(solver, deadline, {"kind": rules.kind, "number": rules.number})

    return asked(ask, most)


class Rules:
    """A set of rules in z3; another number is asked about that no rule reads."""

    def __init__(self) -> None:
        z3 = _z3()

        self.kind, self.number, self.other = z3.Ints("kind number other")

    def solver(self) -> Any:
        """Return a solver that knows what requests there are."""
        z3 = _z3()

        solver = z3.Solver()
        solver.add(self.kind >= 0, self.kind < drafts.KINDS)
        for each in (self.number, self.other):
            solver.add(each >= 0, each <= 99_999)
        return solver

    def deciding(self, bounds: list[int]) -> Any:
        """Return the number of the first rule that applies, or how many there are."""
        z3 = _z3()

        found: Any = z3.IntVal(len(bounds))
        for at in reversed(range(len(bounds))):
            applies = z3.And(self.kind == at % drafts.KINDS, self.number > bounds[at])
            found = z3.If(applies, at, found)
        return found


def is_always_refused_by_rule(bounds: list[int], kind: int, least: int, most: float) -> Asked:
    """Ask whether every request of a kind above a number is refused by some rule."""

    def ask(deadline: Deadline) -> bool | None:
        rules = Rules()
        solver = rules.solver()
        solver.add(rules.kind == kind, rules.number > least)
        solver.add(rules.deciding(bounds) == len(bounds))
        broken = is_sat(solver, deadline)
        return None if broken is None else not broken

    return asked(ask, most)


def is_independent(bounds: list[int], most: float) -> Asked:
    """Ask whether requests that differ only in the other number are decided by the same rule."""
    z3 = _z3()

    def ask(deadline: Deadline) -> bool | None:
        one, other = Rules(), Rules()
        other.other = z3.Int("another")
        solver = one.solver()
        solver.add(other.other >= 0, other.other <= 99_999)
        solver.add(one.deciding(bounds) != other.deciding(bounds))
        broken = is_sat(solver, deadline)
        return None if broken is None else not broken

    return asked(ask, most)


def _case(solver: Any, deadline: Deadline, names: dict[str, Any]) -> Case | bool | None:
    sat = is_sat(solver, deadline)
    if not sat:
        return sat
    model = solver.model()
    return {name: model.eval(each, model_completion=True).as_long() for name, each in names.items()}


# --- zen-engine ----------------------------------------------------------------------------------


@dataclass
class Zen:
    """What zen-engine says of a table: seconds to take it in, to check each cell by itself; and
    whether it says anything of a table with a gap, an overlap, or a cell that cannot be read."""

    load: float
    cells: float
    wrong_cells: int
    said: dict[str, bool]


def zen_says(rows: list[drafts.Row]) -> Zen:
    """Take in a table, check its cells, and see which mistakes are noticed."""
    import zen

    start = time.process_time()
    decision = zen.ZenEngine().create_decision(zen_table(rows))
    load = time.process_time() - start
    start = time.process_time()
    wrong = sum(
        zen.validate_unary_expression(cell) is not None for row in rows for cell in cells(row)
    )
    seconds = time.process_time() - start
    return Zen(load, seconds, wrong, {"whole": _says(decision), **dict(_mistakes())})


def _mistakes() -> Iterator[tuple[str, bool]]:
    """Yield for each kind of mistake whether `validate` of a table with it says anything."""
    import zen

    whole: drafts.Row = ((0, 5), (0, 19))
    kinds: tuple[tuple[str, list[drafts.Row]], ...] = (
        ("gap", [whole]),
        ("overlap", [whole, ((0, 5), (10, 39))]),
        ("dead row", [((0, 5), (0, 39)), ((0, 2), (0, 39))]),
    )
    for name, rows in kinds:
        yield name, _says(zen.ZenEngine().create_decision(zen_table(rows)))
    broken = zen_table([whole]).replace("[0..19]", "[0..")
    yield "unreadable cell", _says(zen.ZenEngine().create_decision(broken))


def _says(decision: Any) -> bool:
    """Tell whether a table is objected to."""
    try:
        return decision.validate() is not None
    except Exception:  # whatever it raises is an objection
        return True


def cells(row: drafts.Row) -> list[str]:
    """Return the cells of a row as zen-engine reads them."""
    return [f"[{low}..{high}]" for low, high in row]


def zen_table(rows: list[drafts.Row]) -> str:
    """Return the decision table as the model that zen-engine takes."""
    names = [f"c{at}" for at in range(len(rows[0]))]
    inputs = [{"id": name, "name": name, "field": name} for name in names]
    listed = [
        {"_id": str(at), **dict(zip(names, cells(row), strict=True)), "o": f'"{at}"'}
        for at, row in enumerate(rows)
    ]
    place = {"x": 0, "y": 0}
    content = {
        "hitPolicy": "first", "inputs": inputs,
        "outputs": [{"id": "o", "name": "o", "field": "o"}], "rules": listed,
    }  # fmt: skip
    nodes = [
        {"id": "i", "name": "in", "type": "inputNode", "position": place},
        {"id": "t", "name": "t", "type": "decisionTableNode", "position": place,
         "content": content},
        {"id": "z", "name": "out", "type": "outputNode", "position": place},
    ]  # fmt: skip
    edges = [{"id": a + b, "sourceId": a, "targetId": b, "type": "edge"} for a, b in ("it", "tz")]
    return json.dumps({"nodes": nodes, "edges": edges})
