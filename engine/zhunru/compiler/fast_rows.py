"""The rows of entries: what each asks, and what it came to before, found by the matter asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from zhunru.checker.resolved import Clause
from zhunru.compiler.fast_calls import MEMO, SHORT, FactCalls
from zhunru.compiler.fast_clauses import (
    EARLY,
    ELSEWHERE,
    MOST_LINES,
    PAST,
    ClauseSource,
    limits,
)
from zhunru.compiler.fast_shared import TAIL, SharedTests
from zhunru.compiler.judge import Answer, failing_lines
from zhunru.compiler.plan import Plan
from zhunru.compiler.request import Request
from zhunru.compiler.source import indent
from zhunru.vocabulary import ListKind, Outcome

Make = Callable[[tuple[Answer, ...], bool], Any]
MakeDefault = Callable[[Sequence[Clause] | None, date], Any]
Asked = tuple[Any, ...]  # the values of the fields
# A row: its function (None: asked in line), first and last day, number of the clause, what it
# came to, constants. No row: ().
Row = tuple[Any, ...]

_HEAD = 5  # places of a row before its constants
_MISSES = 10_000  # texts that name no matter and are remembered
_STRICTNESS = {Outcome.ADMIT: 1, Outcome.DEFER: 2, Outcome.REFUSE: 3}


class Outcomes:
    """What clauses come to, each made once: `make` gives it for answers of clauses and whether
    they conflict, `make_default` for entries that were out of force."""

    def __init__(self, plan: Plan, make: Make, make_default: MakeDefault) -> None:
        self.plan = plan
        self.make = make
        self.make_default = make_default
        self.default = make_default((), date.min)
        self.unexplained = make_default(None, date.min)  # its reasons are found when they are read
        self._merged: dict[tuple[int, ...], Any] = {}

    def of(self, number: int, fails: int) -> Any:
        """Return what clause `number` comes to, by the lines of it that fail."""
        if fails in (EARLY, PAST):
            return self._out_of_force(number, fails)
        answer = answer_of(number, self.plan.clauses[number], fails)
        return None if answer is None else self.make((answer,), False)

    def merge(self, one: Any, other: Any) -> Any:
        """Return what two clauses that decide side by side come to (D9)."""
        key = (id(one), id(other))
        found = self._merged.get(key)
        if found is None:
            answers = sorted((*one.answers, *other.answers), key=lambda a: a.number)
            conflict = len({answer.outcome for answer in answers}) > 1
            found = self._merged[key] = self.make(tuple(answers), conflict)
        return found

    def _out_of_force(self, number: int, when: int) -> Any:
        """Return the default where an entry had not begun, or had ended."""
        clause = self.plan.clauses[number]
        low, high = limits(clause)
        if when == PAST and high == clause.period.end:
            return self.make_default([clause], high + timedelta(1))
        if when == EARLY and low == clause.period.start:
            return self.make_default([clause], low - timedelta(1))
        return self.unexplained  # it is the basis that was not in force on this very day


class Results(dict[int, Any]):
    """What a clause comes to, by the lines of it that fail; made when it first happens."""

    __slots__ = ("number", "outcomes")

    def __init__(self, outcomes: Outcomes, number: int) -> None:
        self.outcomes = outcomes
        self.number = number

    def __missing__(self, fails: int) -> Any:
        found = self[fails] = self.outcomes.of(self.number, fails)
        return found


class EntryRows:
    """Finds the rows of a matter, and makes them, with the function of their shape.

    `joined`: a matter has one row, whatever the steps of its entries; else a row for each step
    that has entries. `names` are what the functions may call.
    """

    def __init__(
        self,
        plan: Plan,
        clauses: ClauseSource,
        calls: FactCalls,
        outcomes: Outcomes,
        shared: SharedTests,
        *,
        joined: bool,
    ) -> None:
        self.plan = plan
        self.clauses = clauses
        self.calls = calls
        self.outcomes = outcomes
        self.joined = joined
        self.shared = shared
        self.names: dict[str, Any] = {}
        self.index: dict[str, Row] = {}  # rows of the matters asked about so far
        self.entry_steps = sorted(plan.entry_steps)
        self._shapes: dict[str, Any] = {}
        self._missed = 0
        self._made: dict[tuple[int, ...], Row] = {}

    def find(self, text: Any) -> Row:
        """Return the row of a matter; for the next time it is remembered by its text."""
        # As a key that cannot be one: whoever calls takes it for "not this way".
        if text.__class__ is not str:
            raise TypeError
        row = self.index.get(text)
        if row is not None:
            return row
        stripped = text.strip()
        if stripped in ("未知", "unknown") or len(text) > 4000:
            raise TypeError
        numbers = self.plan.index.find(self.calls.normal(stripped))
        row = self._row(numbers) if numbers else ()
        # Not with blanks around it: one matter could fill the memory in ever other forms.
        if stripped == text:
            self._remember(text, row)
        return row

    def _remember(self, text: str, row: Row) -> None:
        if row:
            if len(self.index) < MEMO + 4 * len(self.plan.index.numbers):
                self.index[text] = row
        elif self._missed < _MISSES and len(text) <= SHORT:
            self._missed += 1
            self.index[text] = row

    def _row(self, numbers: tuple[int, ...]) -> Row:
        made = self._made.get(numbers)
        if made is None:
            steps = self.plan.steps(numbers)
            made = self._made[numbers] = (
                self._joined_row(steps)
                if self.joined
                else tuple(self._step_row(steps[at]) for at in self.entry_steps)
            )
        return made

    def _joined_row(self, steps: Sequence[Sequence[int]]) -> Row:
        """Return one row for all steps: the first of them that decides is the answer."""
        asked = [numbers for numbers in steps if numbers]
        if len(asked) == 1 and len(asked[0]) == 1:
            (number,) = asked[0]
            row = self.shared.row(number, self.plan.clauses[number]) if self.shared.any else None
            return row or self._entry_row(number)
        rows = [self._step_row(numbers) for numbers in asked]
        return rows[0] if len(rows) == 1 else (_first, date.min, date.max, -1, rows)

    def _step_row(self, numbers: Sequence[int]) -> Row:
        rows = [self._entry_row(number) for number in numbers]
        if len(rows) == 1:
            return rows[0]
        return (self._each, date.min, date.max, -1, rows) if rows else ()

    def _each(self, row: Row, day: date, request: Request, asked: Asked) -> Any:
        """Ask the entries of one step: they decide side by side."""
        found = None
        for one in row[4]:
            more = one[0](one, day, request, asked)
            if more is not None:
                found = more if found is None else self.outcomes.merge(found, more)
        return found

    def _entry_row(self, number: int) -> Row:
        """Return the row of an entry with a function of its own shape.

        What it came to stands by the lines that failed; from behind stand ELSEWHERE, EARLY, PAST.
        """
        clause = self.plan.clauses[number]
        constants: list[Any] = []

        def keep(value: Any) -> str:
            constants.append(value)
            return f"row[{_HEAD + len(constants) - 1}]"

        if clause.list_kind is ListKind.CATALOGUE:
            source = ["return None"]
        else:
            scope = self.clauses.scope(number, clause, keep)
            source = [] if scope == "True" else [f"if not ({scope}): return None"]
            source += self.clauses.entry_lines(number, clause, keep)
        many = len(failing_lines(clause))
        results: Any = Results(self.outcomes, number)
        if many <= MOST_LINES:
            results = [None] * ((1 << many) + TAIL)
        body = "\n".join(indent([*_unpacked("\n".join(source)), *source]))
        shape = self._shape(f"def shape(row, day, request, asked):\n{body}")
        return (shape, *limits(clause), number, results, *constants)

    def _shape(self, source: str) -> Any:
        """Return the function of a shape, made once: entries differ in their constants."""
        found = self._shapes.get(source)
        if found is None:
            # The source is made of our own pieces only: what a policy says stands in the row, as
            # constants.
            names = dict(self.names)
            exec(compile(source, "<clause>", "exec"), names)
            found = self._shapes[source] = names["shape"]
        return found

    def first(self, row: Row, fails: int) -> Any:
        """Return what an entry comes to for the first time; None: it lets the request pass."""
        number, results = row[3], row[4]
        own = fails
        if row[0] is None and fails > 0:
            own = self.shared.own_lines(self.plan.clauses[number], fails)
        found = results[fails] = self.outcomes.of(number, own)
        return found

    def late(self, hits: Row, day: date) -> Any:
        """Return the default where entries of the matter did not apply.

        If the only one of them was not in force, that is the whole reason, and it is made once;
        else the reasons are found when they are read.
        """
        rows = [row for row in hits if row]
        if len(rows) != 1:
            return self.outcomes.unexplained
        (row,) = rows
        if row[1] <= day <= row[2]:
            return self.outcomes.unexplained
        when = EARLY if day < row[1] else PAST
        return row[4][when] or self.first(row, when)


def _first(row: Row, day: date, request: Request, asked: Asked) -> Any:
    """Ask the entries of several steps with nothing between them."""
    for one in row[4]:
        found = one[0](one, day, request, asked)
        if found is not None:
            return found
    return None


def _unpacked(source: str) -> list[str]:
    """Write the values of fields that a source uses."""
    used = sorted({int(at) for at in re.findall(r"\bv(\d+)\b", source)})
    taken = [f"v{at} = asked[{at}]" for at in used]
    return [*taken, "if day < row[1] or day > row[2]: return None"]


def answer_of(number: int, clause: Clause, fails: int) -> Answer | None:
    """Return what a clause that applies comes to; None: a gate that lets the request pass."""
    if fails == ELSEWHERE:
        return Answer(number, clause, frozenset((Outcome.REFUSE,)), elsewhere=True)
    lines = failing_lines(clause) if fails else ()
    failed = tuple(line for at, line in enumerate(lines) if fails >> at & 1)
    outcome = max((line.outcome for line in failed), key=_STRICTNESS.__getitem__, default=None)
    if outcome is None:
        outcome = clause.outcome
    return None if outcome is None else Answer(number, clause, frozenset((outcome,)), failed)
