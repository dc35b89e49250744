"""The fast path: one generated function per decision, and one per shape of a clause.

It decides complete, well-typed requests exactly as the careful path does, and gives None for
anything else: a missing fact that is asked for, a claim, a unit by another name, a wrong type, a
spent quota (whose sentence has to be written), rows of registers in the request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from zhunru.checker.resolved import (
    NOTHING,
    Clause,
    ResolvedField,
    normal_title,
)
from zhunru.compiler.evaluate import Facts, parameter_on
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
from zhunru.compiler.judge import Answer, Judge, failing_lines
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.reading import Unreadable, read_value
from zhunru.compiler.registers import covers, in_force
from zhunru.compiler.request import NONE, QuotaUse, Request, snapshot
from zhunru.compiler.source import BLANK, Keep, NotKnown, UnitSets, Writer, indent
from zhunru.compiler.values import UNKNOWN, compact
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import ListKind, Outcome

Make = Callable[[tuple[Answer, ...], bool], Any]
Row = list[Any]
Asked = tuple[Any, ...]  # the values of the fields

_HEAD = 4  # places of a row before its constants
_TAIL = 3  # places of a row for what is no set of lines that fail

_STRICTNESS = {Outcome.ADMIT: 1, Outcome.DEFER: 2, Outcome.REFUSE: 3}
_MEMO = 50_000  # texts whose normal form is remembered
_MISSES = 10_000  # texts that name no matter and are remembered
_SHORT = 200  # longer texts are not remembered

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
    part is made once. `make_classes` gives the classes of decisions: on complete requests, and on
    those with gaps. `unexplained` is the default whose reasons are found when they are read.
    """

    def __init__(
        self,
        plan: Plan,
        model: Model,
        supplied: Mapping[str, Any],
        make: Make,
        make_default: Callable[[Sequence[Clause] | None, date], Any],
        make_classes: Callable[[FastPath], tuple[type, type]],
    ) -> None:
        self.plan = plan
        self.taken_as_confirmed = tuple(f.name for f in plan.head.fields if f.asserted_by)
        self.complete_class, self.gap_class = make_classes(self)
        self.model = model
        self.supplied = supplied
        self.make = make
        self.writer = Writer(plan, model, UnitSets(model))
        self.clauses = ClauseSource(plan, self.writer)
        self.index: dict[str, Row] = {}  # rows of the matters asked about so far
        self._shapes: dict[str, Any] = {}
        self._normal: dict[str, str] = {}
        self._parameters: dict[tuple[Any, date], Any] = {}
        self._units: dict[date, dict[str, str]] = {}
        self._missed = 0
        self._used = FactsUsed(plan)
        self._merged: dict[tuple[int, ...], Any] = {}
        self._days: dict[str, date] = {}
        self._made: dict[tuple[Any, ...], Any] = {}
        self.several = self._each  # one object, so that rows can be told by it
        self._entry_steps = sorted(plan.entry_steps)
        self.make_default = make_default
        self.default = make_default((), date.min)
        self.unexplained = make_default(None, date.min)
        dated = any(unit.period != Period() for unit in model.chart.units.values())
        self.reading = FactReading(plan, self.units_on(date.max), dated=dated)
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
            for answers in ("(Complete if found.fixed else WithGaps)", "WithGaps")
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
            "ADMIT": Outcome.ADMIT,
            "BLANK": BLANK,
            "Complete": self.complete_class,
            "WithGaps": self.gap_class,
            "NONE": NONE,
            "snapshot": snapshot,
            "NOTHING": NOTHING,
            "NotKnown": NotKnown,
            "ask": self.ask,
            "applies": self.applies,
            "checked": self.checked,
            "date": date,
            "default": self.default,
            "in_force": self.in_force,
            "find": self.find,
            "index": self.index,
            "first": self.first,
            "late": self.late,
            "later": self.later,
            "merge": self.merge,
            "unexplained": self.unexplained,
            "normal": self.normal,
            "number": self.number,
            "parameter": self.parameter,
            "read": self.read,
            "based": based,
            "limit_of": self.limit_of,
            "to_day": self.to_day,
            "units_on": self.units_on,
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
        numbers = self.plan.index.find(self.normal(stripped))
        row = self._row(numbers) if numbers else []
        if stripped == text:
            self._remember(text, row)
        return row

    def _remember(self, text: str, row: Row) -> None:
        if row:
            if len(self.index) < _MEMO + 4 * len(self.plan.index.numbers):
                self.index[text] = row
        elif self._missed < _MISSES and len(text) <= _SHORT:
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

    def normal(self, text: Any) -> str:
        """Return the normal title of a text, remembered."""
        found = self._normal.get(text)
        if found is None:
            found = normal_title(text)
            if len(self._normal) < _MEMO and len(text) <= _SHORT:
                self._normal[text] = found
        return found

    def to_day(self, given: Any) -> date:
        """Return a day given as ISO text."""
        found = self._days.get(given)
        if found is None:
            try:
                found = date.fromisoformat(given)
            except ValueError:
                raise TypeError from None
            if len(self._days) < _MEMO:
                self._days[given] = found
        return found

    def number(self, field: ResolvedField, given: Any) -> Any:
        """Return an exact number that is no small whole one."""
        return self.read(field, date.max, given)

    def read(self, field: ResolvedField, day: date, given: Any) -> Any:
        """Return a value of a type that is read the careful way."""
        try:
            value = read_value(self.model.chart, day, field, given)
        except Unreadable:
            raise TypeError from None
        if value is UNKNOWN:
            raise TypeError
        return compact(value)

    def units_on(self, day: date) -> dict[str, str]:
        """Return what each name on the chart of a day means."""
        found = self._units.get(day)
        if found is None:
            chart = self.model.chart
            names = {name for unit in chart.units.values() for name in (unit.name, *unit.names)}
            found = {name: unit for name in names if (unit := chart.resolve(name, day))}
            if len(self._units) < 1000:
                self._units[day] = found
        return found

    def parameter(self, which: tuple[str, str], day: date) -> Any:
        """Return the value of a parameter on a day, None where it has none."""
        key = (which, day)
        if key not in self._parameters:
            value = parameter_on(self.model.parameters[which[0]], day)
            end = None
            if value is not None:
                low, high = value
                end = compact(high if which[1] == "high" and high is not None else low)
            if len(self._parameters) > _MEMO:
                return end
            self._parameters[key] = end
        return self._parameters[key]

    def in_force(self, register: str, unit: Any, day: date, request: Request) -> bool:
        """Tell whether a register has a row in force, where that needs no rows of the request."""
        rows: Any = request.registers.get(register)
        if rows is None:
            rows = self.supplied.get(register)
            if rows is None:
                raise NotKnown
        if isinstance(rows, bool):
            return rows
        if register in request.registers:
            raise NotKnown
        if unit is BLANK:
            raise NotKnown
        valid = [row for row in rows if in_force(row, day)]
        if unit is None or not valid:
            return bool(valid)
        return any(covers(self.model.chart, row, unit) for row in valid)

    def checked(self, request: Request) -> bool:
        """Tell whether quotas and registers are of the simple kind: known names, no rows."""
        if any(not isinstance(rows, bool) for rows in request.registers.values()):
            return False
        if any(name not in self.model.registers for name in request.registers):
            return False
        return all(
            isinstance(use, QuotaUse)
            and use.used.__class__ is int
            and use.used >= 0
            and self.plan.knows_quota(name)
            for name, use in request.quotas.items()
        )

    def _judge(self, day: date, request: Request, values: tuple[Any, ...]) -> Judge:
        fields = self.plan.head.fields
        known = {
            field.name: Decimal(value) if value.__class__ is int else value
            for field, value in zip(fields, values, strict=True)
            if value is not BLANK
        }
        registers = {**self.supplied, **request.registers}
        return Judge(self.plan, self.model, day, Facts(known, registers, dict(request.quotas)))

    def ask(self, asked: Any, day: date, request: Request, values: tuple[Any, ...]) -> bool:
        """Evaluate a condition that has no source of its own."""
        expr, leads = asked
        evaluator = self._judge(day, request, values).evaluator
        evaluator.leads = leads
        truth = evaluator.truth(expr)
        if truth is UNKNOWN or evaluator.conflicts:
            raise NotKnown
        return bool(truth)

    def applies(self, number: int, day: date, request: Request, values: tuple[Any, ...]) -> bool:
        """Tell whether a clause that is named after 除外, or a register, applies."""
        clause = self.plan.clauses[number]
        if clause.origin == "register":
            rows = request.registers.get(clause.code, self.supplied.get(clause.code))
            if rows is None:
                raise NotKnown
            if isinstance(rows, bool) or not rows:
                return bool(rows)
        applies = self._judge(day, request, values).applies(number)
        if applies is UNKNOWN:
            raise NotKnown
        return bool(applies)

    def limit_of(self, asked: Any, day: date, request: Request, values: tuple[Any, ...]) -> Any:
        """Return the limit of a quota, None where it has none."""
        expr, clause = asked
        limit = self._judge(day, request, values).tracked(expr, clause)
        if limit is UNKNOWN:
            raise NotKnown
        return None if limit is NOTHING else limit

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
