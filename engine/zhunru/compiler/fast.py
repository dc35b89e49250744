"""The fast path: one generated function per decision, and one per shape of a clause.

It decides complete, well-typed requests exactly as the careful path does, and gives None for
anything else: a missing fact that is asked for, a claim, a unit by another name, a wrong type, a
spent quota (whose sentence has to be written), rows of registers in the request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from zhunru.checker.resolved import (
    NOTHING,
    Clause,
)
from zhunru.compiler.fast_calls import MEMO, SHORT, FactCalls
from zhunru.compiler.fast_clauses import (
    EARLY,
    ELSEWHERE,
    MOST_LINES,
    PAST,
    ClauseSource,
    based,
    limits,
)
from zhunru.compiler.fast_reading import FactReading
from zhunru.compiler.fast_used import FactsUsed, Reader
from zhunru.compiler.judge import Answer, failing_lines
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.request import NONE, Request, snapshot
from zhunru.compiler.source import BLANK, Keep, NotKnown, UnitSets, Writer, indent
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import ListKind, Outcome

Make = Callable[[tuple[Answer, ...], bool], Any]
Row = list[Any]
Asked = tuple[Any, ...]  # the values of the fields

_HEAD = 4  # places of a row before its constants
_TAIL = 3  # places of a row for what is no set of lines that fail

_STRICTNESS = {Outcome.ADMIT: 1, Outcome.DEFER: 2, Outcome.REFUSE: 3}
_MISSES = 10_000  # texts that name no matter and are remembered

# What stands at the end of the generated functions: an answer with what is ready. The values as
# read are kept: the caller may change its facts later.
_DECISION = (
    "answer = {answers}()",
    "answer._ready = found",
    "answer._asked = asked",
    "answer._request = request",
    "answer.outcome = found.outcome",
    "answer.code = found.code",
    "answer.clause = found.clause",
    "answer.basis = found.basis",
    "return answer",
)


class FastPath:
    """The generated functions of one plan, and what they share.

    `make` turns what decided (answers of clauses, whether they conflict) into the ready part of a
    decision, `make_default` entries that were out of force into that of the default; each such
    part is made once. `make_classes` gives the classes of decisions: on complete requests, those
    whose ready part is fixed and the others; and on requests with gaps. `unexplained` is the
    default whose reasons are found when they are read.
    """

    def __init__(
        self,
        plan: Plan,
        model: Model,
        supplied: Mapping[str, Any],
        make: Make,
        make_default: Callable[[Sequence[Clause] | None, date], Any],
        make_classes: Callable[[FastPath], Sequence[type]],
    ) -> None:
        self.plan = plan
        self.taken_as_confirmed = tuple(f.name for f in plan.head.fields if f.asserted_by)
        self.fixed_class, self.open_class, self.gap_class = make_classes(self)
        self.make = make
        self.calls = FactCalls(plan, model, supplied)
        self.writer = Writer(plan, model, UnitSets(model))
        self.clauses = ClauseSource(plan, self.writer)
        self.index: dict[str, Row] = {}  # rows of the matters asked about so far
        self._shapes: dict[str, Any] = {}
        self._missed = 0
        self._used = FactsUsed(plan)
        self._merged: dict[tuple[int, ...], Any] = {}
        self._made: dict[tuple[Any, ...], Any] = {}
        self.several = self._each  # one object, so that rows can be told by it
        self._entry_steps = sorted(plan.entry_steps)
        self.make_default = make_default
        self.default = make_default((), date.min)
        self.unexplained = make_default(None, date.min)
        dated = any(unit.period != Period() for unit in model.chart.units.values())
        self.reading = FactReading(plan, self.calls.units_on(date.max), dated=dated)
        self.run: Callable[[Request], Any] = self._compile()

    # --- the function of the plan --------------------------------------------------------------

    def _compile(self) -> Callable[[Request], Any]:
        names: dict[str, Any] = dict(self._names())
        constants: list[Any] = []

        def keep(value: Any) -> str:
            constants.append(value)
            return f"k{len(constants) - 1}"

        complete, gaps = (
            [line.format(answers=answers) for line in _DECISION]
            for answers in ("(Fixed if found.fixed else Open)", "WithGaps")
        )
        strict = [*self.reading.strict_lines(keep), *self._body(keep, complete)]
        # An admission needs every 必填 fact; only the lenient function can lack one.
        stand = ["if missing and found.outcome is ADMIT: return None", *gaps]
        lenient = [*self.reading.lenient_lines(keep), *self._body(keep, stand)]
        source = ["def run(request):", *indent(strict), "def fill(request):", *indent(lenient)]
        names.update({f"k{at}": value for at, value in enumerate(constants)})
        exec(compile("\n".join(source), "<decision>", "exec"), names)
        run: Callable[[Request], Any] = names["run"]
        return run

    def _names(self) -> Mapping[str, Any]:
        return {
            **self.calls.names(),
            "ADMIT": Outcome.ADMIT,
            "BLANK": BLANK,
            "Fixed": self.fixed_class,
            "Open": self.open_class,
            "WithGaps": self.gap_class,
            "NONE": NONE,
            "snapshot": snapshot,
            "NOTHING": NOTHING,
            "NotKnown": NotKnown,
            "date": date,
            "default": self.default,
            "find": self.find,
            "index": self.index,
            "first": self.first,
            "late": self.late,
            "later": self.later,
            "merge": self.merge,
            "unexplained": self.unexplained,
            "based": based,
            **{f"d{at}": f.default for at, f in enumerate(self.plan.head.fields)},
        }

    # --- the steps -----------------------------------------------------------------------------

    def _body(self, keep: Keep, stand: Sequence[str]) -> list[str]:
        """Write the steps: general clauses in line, entries through their rows."""
        lines: list[str] = []
        general = self.plan.steps(self.plan.general)
        has_matter = bool(self.plan.matter_field) and bool(self._entry_steps)
        for at, numbers in enumerate(general):
            entries = has_matter and at in self._entry_steps
            if numbers or entries:
                lines += self._step_lines(at, numbers, entries, keep, stand)
        lines += self._default_lines() if has_matter else ["found = default"]
        lines += stand
        return ["try:", *indent(lines), "except NotKnown:", "    return None"]

    def _default_lines(self) -> list[str]:
        later = "if found is unexplained: return later(request, asked)"
        if len(self._entry_steps) > 1:
            return ["found = late(hits, day) if hits else default", later]
        return [
            "if hits:",
            "    if hits[1] <= day <= hits[2]: return later(request, asked)",
            f"    when = {EARLY} if day < hits[1] else {PAST}",
            "    found = hits[when] or first(hits, when)",
            f"    {later}",
            "else: found = default",
        ]

    def _step_lines(
        self,
        at: int,
        numbers: Sequence[int],
        entries: bool,
        keep: Keep,
        stand: Sequence[str],
    ) -> list[str]:
        alone = entries and not numbers
        lines = [] if alone else ["found = None"]
        for number in numbers:
            lines += self._general_lines(number, keep)
        if entries:
            matter = f"v{self.writer.places[self.plan.matter_field]}"
            only = len(self._entry_steps) == 1
            row = "hits" if only else f"hits[{self._entry_steps.index(at)}]"
            call = "row[0](row, day, request, asked)"
            if stand[0].startswith("if missing"):
                lines.append(f"if {matter} is BLANK: return None")
            got = "found" if alone else "more"
            lines += ["row = hits" if only else f"row = {row} if hits else ()"]
            lines += ["if row:", f"    {got} = {call}"]
            lines.append(f"    if {got} is not None:")
            if alone:
                return [*lines, *indent(stand, 2)]
            lines.append("        found = more if found is None else merge(found, more)")
        return [*lines, "if found is not None:", *indent(stand)]

    def _general_lines(self, number: int, keep: Keep) -> list[str]:
        clause = self.plan.clauses[number]
        if clause.list_kind is ListKind.CATALOGUE:
            return []
        lines = self.clauses.lines(number, clause, keep, keep(_Results(self, number)))
        low, high = limits(clause)
        scope = self.clauses.scope(number, clause, keep)
        period = [] if low == date.min and high == date.max else [
            f"{keep(low)} <= day <= {keep(high)}"
        ]  # fmt: skip
        test = " and ".join([*period, scope])
        return [
            f"if {test}:",
            *indent(lines),
            "    if more is not None:",
            "        found = more if found is None else merge(found, more)",
        ]

    # --- rows of entries -----------------------------------------------------------------------

    def find(self, text: Any) -> Row:
        """Return the row of a matter; for the next time it is remembered by its text."""
        if text.__class__ is not str:
            raise TypeError
        row = self.index.get(text)
        if row is not None:
            return row
        stripped = text.strip()
        if stripped in ("未知", "unknown") or len(text) > 4000:
            raise TypeError
        numbers = self.plan.index.find(self.calls.normal(stripped))
        row = self._row(numbers) if numbers else []
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
            rows = tuple(self._step_row(steps[at]) for at in self._entry_steps)
            made = rows[0] if len(rows) == 1 else list(rows)
            self._made[numbers] = made
        return made

    def _step_row(self, numbers: Sequence[int]) -> Row:
        rows = [self._entry_row(number) for number in numbers]
        if len(rows) == 1:
            return rows[0]
        return [self.several, date.min, date.max, -1, rows] if rows else []

    def _each(self, row: Row, day: date, request: Request, asked: Asked) -> Any:
        found = None
        for one in row[_HEAD]:
            more = one[0](one, day, request, asked)
            if more is not None:
                found = more if found is None else self.merge(found, more)
        return found

    def _entry_row(self, number: int) -> Row:
        """Return the row of an entry: its function, days, number, constants, and what it comes to.

        What it comes to stands at the place of the lines that fail, once it has happened; at the
        end, from behind, stand ELSEWHERE, EARLY and PAST.
        """
        clause = self.plan.clauses[number]
        constants: list[Any] = []

        def keep(value: Any) -> str:
            constants.append(value)
            return f"row[{_HEAD + len(constants) - 1}]"

        if clause.list_kind is ListKind.CATALOGUE:
            scope, lines = "False", ["return None"]
        else:
            scope = self.clauses.scope(number, clause, keep)
            lines = self.clauses.entry_lines(number, clause, keep)
        source = [] if scope == "True" else [f"if not ({scope}): return None"]
        source = [*source, *lines]
        low, high = limits(clause)
        many = len(failing_lines(clause))
        results = [None] * (1 << many) if many <= MOST_LINES else [_Results(self, number)]
        body = "\n".join(indent([*self._unpacked("\n".join(source)), *source]))
        body = body.replace("RESULTS", str(_HEAD + len(constants)))
        shape = self._shape(f"def shape(row, day, request, asked):\n{body}")
        return [shape, low, high, number, *constants, *results, None, None, None]

    def _unpacked(self, source: str) -> list[str]:
        """Write the values of fields that a source uses."""
        used = sorted({int(at) for at in re.findall(r"\bv(\d+)\b", source)})
        taken = [f"v{at} = asked[{at}]" for at in used]
        return [*taken, "if day < row[1] or day > row[2]: return None"]

    def first(self, row: Row, fails: int) -> Any:
        """Return what an entry comes to for the first time; None: it lets the request pass."""
        number = row[3]
        found = self.result(number, fails)
        many = len(failing_lines(self.plan.clauses[number]))
        if fails < 0:
            row[fails] = found
        elif many <= MOST_LINES:
            row[len(row) - _TAIL - (1 << many) + fails] = found
        return found

    def result(self, number: int, fails: int) -> Any:
        """Return what clause `number` comes to, by the lines of it that fail."""
        if fails in (EARLY, PAST):
            return self.out_of_force(number, fails)
        answer = answer_of(number, self.plan.clauses[number], fails)
        return None if answer is None else self.make((answer,), False)

    def _shape(self, source: str) -> Any:
        found = self._shapes.get(source)
        if found is None:
            names = dict(self._names())
            exec(compile(source, "<clause>", "exec"), names)
            found = self._shapes[source] = names["shape"]
        return found

    def facts_of(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return the facts that values of fields were read from."""
        names = (field.name for field in self.plan.head.fields)
        return {
            name: None if value is NOTHING else value
            for name, value in zip(names, values, strict=True)
            if value is not BLANK
        }

    def reader_of(self, answers: Sequence[Answer], unexplained: bool) -> Reader | Literal[False]:
        """Return what tells the facts used from the values of the fields, if the facts used are
        always the same for these answers."""
        found = None if unexplained else self._used.reader_of(answers)
        return False if found is None else found

    # --- what the generated functions call -----------------------------------------------------

    def merge(self, one: Any, other: Any) -> Any:
        """Return what two clauses that decide side by side come to (D9)."""
        key = (id(one), id(other))
        found = self._merged.get(key)
        if found is None:
            answers = sorted((*one.answers, *other.answers), key=lambda a: a.number)
            found = self._merged[key] = _side_by_side(self.make, answers)
        return found

    def late(self, hits: Row, day: date) -> Any:
        """Return the default where entries of the matter did not apply.

        If the only one of them was not in force, that is the whole reason, and it is made once;
        else the reasons are found when they are read.
        """
        rows = [row for row in hits if row]
        if len(rows) != 1:
            return self.unexplained
        (row,) = rows
        if row[1] <= day <= row[2]:
            return self.unexplained
        when = EARLY if day < row[1] else PAST
        return row[when] or self.first(row, when)

    def later(self, request: Request, asked: Asked) -> Any:
        """Return the default for entries that did not apply; its reasons are found when read."""
        answer = self.gap_class()
        found = self.unexplained
        answer._ready = found
        answer._asked = asked
        answer._request = request
        answer.outcome = found.outcome
        answer.code = found.code
        answer.clause = found.clause
        answer.basis = found.basis
        return answer

    def out_of_force(self, number: int, when: int) -> Any:
        """Return the default where an entry had not begun, or had ended."""
        clause = self.plan.clauses[number]
        low, high = limits(clause)
        if when == PAST and high == clause.period.end:
            return self.make_default([clause], high + timedelta(1))
        if when == EARLY and low == clause.period.start:
            return self.make_default([clause], low - timedelta(1))
        return self.unexplained  # it is the basis that was not in force on this very day


class _Results(dict[int, Any]):
    """What a clause comes to, by the lines of it that fail; made when it first happens."""

    __slots__ = ("number", "path")

    def __init__(self, path: FastPath, number: int) -> None:
        self.path = path
        self.number = number

    def __missing__(self, fails: int) -> Any:
        found = self[fails] = self.path.result(self.number, fails)
        return found


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


def _side_by_side(make: Make, answers: Sequence[Answer]) -> Any:
    return make(tuple(answers), len({answer.outcome for answer in answers}) > 1)
