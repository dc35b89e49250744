"""The fast path: one generated function per decision, and one per shape of a clause.

It decides complete, well-typed requests exactly as the careful path does, and gives None for
anything else: a missing fact that is asked for, a claim, a unit by another name, a wrong type, a
spent quota (whose sentence has to be written), rows of registers in the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from zhunru.checker.resolved import (
    NOTHING,
    Clause,
    Const,
    ParameterOf,
    Quota,
    ResolvedField,
    normal_title,
)
from zhunru.compiler.evaluate import Facts, parameter_on
from zhunru.compiler.judge import Answer, Judge, failing_lines
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.reading import Unreadable, read_value
from zhunru.compiler.registers import covers, in_force
from zhunru.compiler.request import QuotaUse, Request
from zhunru.compiler.source import BLANK, NotKnown, UnitSets, Writer
from zhunru.compiler.values import UNKNOWN, compact
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import ListKind, Outcome, TypeName

Make = Callable[[tuple[Answer, ...], bool], Any]
Row = tuple[Any, ...]

_STRICTNESS = {Outcome.ADMIT: 1, Outcome.DEFER: 2, Outcome.REFUSE: 3}
_MEMO = 50_000  # texts whose normal form is remembered
# Keys of `_Results` beside the sets of lines that fail.
_ELSEWHERE, _EARLY, _PAST = -1, -2, -3

# What stands at the end of the generated functions: an answer with what is ready. The values as
# read are kept: the caller may change its facts later.
_DECISION = (
    "answer = Decision()",
    "answer._path = path",
    "answer._ready = found",
    "answer._request = request",
    "answer._facts = {values}",
    "answer.outcome = found.outcome",
    "answer.code = found.code",
    "answer.clause = found.clause",
    "if found.reasons is not None: answer.reasons = found.reasons",
    "return answer",
)
_SIMPLE_TEXT = {TypeName.TEXT, TypeName.PERSON, TypeName.ATTACHMENT}
_NUMBERS = {TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO}


class FastPath:
    """The generated functions of one plan, and what they share.

    `make` turns what decided (answers of clauses, whether they conflict) into the ready part of a
    decision, `make_default` entries that were out of force into that of the default; each such
    part is made once. `answer_class` is the class of decisions. `unexplained` is the default whose
    reasons are found when they are read.
    """

    def __init__(
        self,
        plan: Plan,
        model: Model,
        supplied: Mapping[str, Any],
        make: Make,
        make_default: Callable[[Sequence[Clause] | None, date], Any],
        answer_class: type,
    ) -> None:
        self.answer_class = answer_class
        self.plan = plan
        self.policy: Any = None
        self.model = model
        self.supplied = supplied
        self.make = make
        self.writer = Writer(plan, model, UnitSets(model))
        self.index = _Index(self)
        self._shapes: dict[str, Any] = {}
        self._normal: dict[str, str] = {}
        self._parameters: dict[tuple[Any, date], Any] = {}
        self._units: dict[date, dict[str, str]] = {}
        self._merged: dict[tuple[int, ...], Any] = {}
        self._days: dict[str, date] = {}
        self._made: dict[tuple[Any, ...], Any] = {}
        self.several = self._each  # one object, so that rows can be told by it
        self._entry_steps = sorted(plan.entry_steps)
        self.make_default = make_default
        self.default = make_default((), date.min)
        self.unexplained = make_default(None, date.min)
        self.run: Callable[[Request], Any] = self._compile()

    # --- the function of the plan --------------------------------------------------------------

    def _compile(self) -> Callable[[Request], Any]:
        names: dict[str, Any] = dict(self._names())
        constants: list[Any] = []

        def keep(value: Any) -> str:
            constants.append(value)
            return f"k{len(constants) - 1}"

        ending = [line.format(values=f"({self.writer.every_value()},)") for line in _DECISION]
        strict = [*self._read(keep, strict=True), *self._body(keep, ending)]
        # An admission needs every 必填 fact; only the lenient function can lack one.
        stand = ["if missing and found.outcome is ADMIT: return None", *ending]
        lenient = [*self._read(keep, strict=False), *self._body(keep, stand)]
        source = ["def run(request):", *_indent(strict), "def fill(request):", *_indent(lenient)]
        names.update({f"k{at}": value for at, value in enumerate(constants)})
        exec(compile("\n".join(source), "<decision>", "exec"), names)
        run: Callable[[Request], Any] = names["run"]
        return run

    def _names(self) -> Mapping[str, Any]:
        return {
            "ADMIT": Outcome.ADMIT,
            "BLANK": BLANK,
            "Decision": self.answer_class,
            "path": self,
            "snapshot": snapshot,
            "NOTHING": NOTHING,
            "NotKnown": NotKnown,
            "ask": self.ask,
            "applies": self.applies,
            "checked": self.checked,
            "date": date,
            "default": self.default,
            "in_force": self.in_force,
            "index": self.index,
            "late": self.late,
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

    # --- reading the facts ---------------------------------------------------------------------

    def _read(self, keep: Callable[[Any], str], *, strict: bool) -> list[str]:
        """Write how the facts are read: all there, or with what is missing left blank."""
        fields = self.plan.head.fields
        lines = ["facts = request.facts", "if facts.__class__ is not dict: return None"]
        if any(field.asserted_by for field in fields):
            lines.append("if request.asserted_by is not None or request.assertions: return None")
        lines += [
            "if request.quotas or request.registers:",
            "    request = snapshot(request)",
            "    if not checked(request): return None",
        ]
        if strict:
            lines += ["try:", *_indent(self._day_lines(strict=True))]
            for at, field in enumerate(fields):
                lines += _indent(self._field_lines(at, field, f"facts[{field.name!r}]", keep))
            lines += [
                "except KeyError:",
                "    return fill(request)",
                "except TypeError:",
                "    return None",
                f"if len(facts) != {len(fields)}: return None",
            ]
            return lines
        lines += ["count = 0", "missing = False", "try:", *_indent(self._day_lines(strict=False))]
        for at, field in enumerate(fields):
            lines += _indent(
                [
                    f"if {field.name!r} in facts:",
                    "    count += 1",
                    *_indent(self._field_lines(at, field, f"facts[{field.name!r}]", keep)),
                    "else:",
                    *_indent(self._absent_lines(at, field)),
                ]
            )
        lines += [
            "except (KeyError, TypeError):",
            "    return None",
            "if len(facts) != count: return None",
        ]
        return lines

    def _absent_lines(self, at: int, field: ResolvedField) -> list[str]:
        if field.default is not None:
            return [f"v{at} = d{at}"]
        blank = [f"v{at} = BLANK"]
        if field.name == self.plan.matter_field:
            blank.append("hits = ()")
        return [*blank, "missing = True"] if field.required else blank

    def _day_lines(self, *, strict: bool) -> list[str]:
        name = self.plan.governing_field
        if not name:
            return ["day = request.received", *self._unit_lines()]
        given = f"facts[{name!r}]"
        if not strict:
            given = f"{given} if {name!r} in facts else request.received"
        read = "if day.__class__ is not date: day = to_day(day)"
        return [f"day = {given}", read, *self._unit_lines()]

    def _unit_lines(self) -> list[str]:
        has_units = any(field.type.name is TypeName.UNIT for field in self.plan.head.fields)
        return ["units = units_on(day)"] if has_units and self._dated else []

    @property
    def _dated(self) -> bool:
        return any(unit.period != Period() for unit in self.model.chart.units.values())

    def _field_lines(
        self, at: int, field: ResolvedField, given: str, keep: Callable[[Any], str]
    ) -> list[str]:
        """Write how one fact is read by its type; anything unusual gives None or raises."""
        kind, name = field.type, f"v{at}"
        if field.name == self.plan.matter_field:
            return self._matter_lines(at, field, given, keep)
        if kind.optional:
            return [f"{name} = read({keep(field)}, day, {given})"]
        if kind.name is TypeName.UNIT:
            units = "units" if self._dated else keep(self.units_on(date.max))
            return [f"{name} = {units}[{given}]"]
        if kind.name is TypeName.CHOICE:
            values = keep(frozenset(kind.values))
            return [f"{name} = {given}", f"if {name} not in {values}: return None"]
        if kind.name is TypeName.FLAG:
            test = f"if {name} is not True and {name} is not False: return None"
            return [f"{name} = {given}", test]
        if kind.name in _NUMBERS:
            return self._number_lines(at, field, given, keep)
        if kind.name is TypeName.DATE:
            if field.name == self.plan.governing_field:
                return [f"{name} = day"]
            day = f"if {name}.__class__ is not date: {name} = to_day({name})"
            return [f"{name} = {given}", day]
        return [f"{name} = read({keep(field)}, day, {given})"]

    def _number_lines(
        self, at: int, field: ResolvedField, given: str, keep: Callable[[Any], str]
    ) -> list[str]:
        name, kind = f"v{at}", field.type
        tests = [f"{name}.__class__ is int"]
        if kind.low is not None or kind.high is not None:
            low = "" if kind.low is None else f"{keep(compact(kind.low))} <= "
            high = "" if kind.high is None else f" <= {keep(compact(kind.high))}"
            tests.append(f"{low}{name}{high}")
        else:
            tests.append(f"-10**30 < {name} < 10**30")
        return [
            f"{name} = {given}",
            f"if not ({' and '.join(tests)}): {name} = number({keep(field)}, {name})",
        ]

    def _matter_lines(
        self, at: int, field: ResolvedField, given: str, keep: Callable[[Any], str]
    ) -> list[str]:
        name = f"v{at}"
        if field.type.optional:
            read = f"{name} = read({keep(field)}, day, {given})"
            return [read, f"hits = () if {name} is NOTHING else index[{name}]"]
        return [
            f"{name} = {given}",
            f"hits = index[{name}]",
        ]

    # --- the steps -----------------------------------------------------------------------------

    def _body(self, keep: Callable[[Any], str], stand: Sequence[str]) -> list[str]:
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
        return ["try:", *_indent(lines), "except NotKnown:", "    return None"]

    def _default_lines(self) -> list[str]:
        if len(self._entry_steps) > 1:
            return ["found = late(hits, day) if hits else default"]
        return [
            "if not hits: found = default",
            "elif hits[1] <= day <= hits[2]: found = unexplained",
            f"else: found = hits[3][{_EARLY} if day < hits[1] else {_PAST}]",
        ]

    def _step_lines(
        self,
        at: int,
        numbers: Sequence[int],
        entries: bool,
        keep: Callable[[Any], str],
        stand: Sequence[str],
    ) -> list[str]:
        alone = entries and not numbers
        lines = [] if alone else ["found = None"]
        for number in numbers:
            lines += self._general_lines(number, keep)
        if entries:
            matter = f"v{self.writer.places[self.plan.matter_field]}"
            row = "hits" if len(self._entry_steps) == 1 else f"hits[{self._entry_steps.index(at)}]"
            call = f"row[0](row, day, request, {self.writer.every_value()})"
            if stand[0].startswith("if missing"):
                lines.append(f"if {matter} is BLANK: return None")
            got = "found" if alone else "more"
            lines += [f"row = {row} if hits else ()", "if row:", f"    {got} = {call}"]
            lines.append(f"    if {got} is not None:")
            if alone:
                return [*lines, *_indent(stand, 2)]
            lines.append("        found = more if found is None else merge(found, more)")
        return [*lines, "if found is not None:", *_indent(stand)]

    def _general_lines(self, number: int, keep: Callable[[Any], str]) -> list[str]:
        clause = self.plan.clauses[number]
        if clause.list_kind is ListKind.CATALOGUE:
            return []
        lines = self._clause_lines(number, clause, keep, keep(_Results(self, number)))
        low, high = _limits(clause)
        scope = self._scope_source(number, clause, keep)
        period = [] if low == date.min and high == date.max else [
            f"{keep(low)} <= day <= {keep(high)}"
        ]  # fmt: skip
        test = " and ".join([*period, scope])
        assign = [line.replace("return ", "more = ", 1) if line.lstrip().startswith("return ")
                  else line for line in lines]  # fmt: skip
        return [
            f"if {test}:",
            *_indent(assign),
            "    if more is not None:",
            "        found = more if found is None else merge(found, more)",
        ]

    def _scope_source(self, number: int, clause: Clause, keep: Callable[[Any], str]) -> str:
        """Return the source of "the clause concerns the request", its days left out."""
        write = self.writer.write
        parts = []
        if not _always(clause):
            parts.append(f"based({keep(clause)}, day)")
        if clause.origin == "register":
            values = self.writer.every_value()
            return f"applies({number}, day, request, ({values},))"
        parts.append(write(clause.when, clause.leads, keep))
        unless = write(clause.unless, clause.leads, keep)
        if unless != "False":
            parts.append(f"not {unless}")
        for code in clause.unless_clauses:
            for other in self.plan.by_code.get(code, ()):
                values = self.writer.every_value()
                parts.append(f"not applies({other}, day, request, ({values},))")
        parts = [part for part in parts if part != "True"]
        return " and ".join(parts) or "True"

    def _clause_lines(
        self, number: int, clause: Clause, keep: Callable[[Any], str], results: str
    ) -> list[str]:
        """Write what a clause that applies gives; `fails` has a bit for each line that fails."""
        if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
            return [f"return {results}[0]"]
        write = self.writer.write
        lines = []
        tests = []
        for at, line in enumerate(failing_lines(clause)):
            if isinstance(line, Quota):
                tests += self._quota_lines(line, clause, keep)
            else:
                test = write(line.test, clause.leads, keep)
                first = not any(text.startswith("if not") for text in tests)
                sign = "=" if first else "|="
                tests.append(f"if not {test}: fails {sign} {1 << at}")
        if tests:
            lines += ["fails = 0", *tests]
        given = f"{results}[fails]" if tests else f"{results}[0]"
        if clause.addressee_test is not None:
            own = write(clause.addressee_test, clause.leads, keep)
            return [
                f"if not {own}:",
                f"    fails = {_ELSEWHERE}",
                "else:",
                *_indent(lines or ["fails = 0"]),
                f"return {results}[fails]",
            ]
        return [*lines, f"return {given}"]

    def _quota_lines(self, quota: Quota, clause: Clause, keep: Callable[[Any], str]) -> list[str]:
        """A quota that holds lets the clause pass; one that may not is left to the careful path."""
        if quota.limit is None:
            return []
        use = f"use = request.quotas.get({keep(quota.key)})"
        limit = quota.limit
        if isinstance(limit, Const) and isinstance(limit.value, Decimal):
            bound = [f"bound = {keep(compact(limit.value))}"]
        elif isinstance(limit, ParameterOf):
            bound = [f"bound = parameter({keep((limit.name, limit.end))}, day)"]
        else:
            values = self.writer.every_value()
            asked = keep((quota.limit, clause))
            bound = [f"bound = limit_of({asked}, day, request, ({values},))"]
        spent = "use.used + 1 > bound and not use.counted"
        return [
            use,
            *bound,
            f"if bound is not None and (use is None or ({spent})): raise NotKnown",
        ]

    # --- rows of entries -----------------------------------------------------------------------

    def find(self, text: Any) -> Row:
        """Return the row of a matter that has not been asked for before."""
        if text.__class__ is not str:
            raise TypeError
        stripped = text.strip()
        if stripped in ("未知", "unknown") or len(text) > 4000:
            raise TypeError
        numbers = self.plan.index.find(self.normal(stripped))
        return self._remember(text, numbers) if numbers else ()

    def _remember(self, text: str, numbers: tuple[int, ...]) -> Row:
        row = self._row(numbers)
        if len(self.index) < _MEMO + 4 * len(self.plan.index.numbers):
            self.index[text] = row
        return row

    def _row(self, numbers: tuple[int, ...]) -> Row:
        made = self._made.get(numbers)
        if made is None:
            steps = self.plan.steps(numbers)
            rows = tuple(self._step_row(steps[at]) for at in self._entry_steps)
            made = rows[0] if len(rows) == 1 else rows
            self._made[numbers] = made
        return made

    def _step_row(self, numbers: Sequence[int]) -> Row:
        rows = [self._entry_row(number) for number in numbers]
        if len(rows) == 1:
            return rows[0]
        return (self.several, date.min, date.max, tuple(rows)) if rows else ()

    def _each(self, row: Row, *values: Any) -> Any:
        found = None
        for one in row[3]:
            more = one[0](one, *values)
            if more is not None:
                found = more if found is None else self.merge(found, more)
        return found

    def _entry_row(self, number: int) -> Row:
        """Return the row of an entry: its function, days, results and constants."""
        clause = self.plan.clauses[number]
        constants: list[Any] = []

        def keep(value: Any) -> str:
            constants.append(value)
            return f"c{len(constants) - 1}"

        if clause.list_kind is ListKind.CATALOGUE:
            scope, lines = "False", ["return None"]
        else:
            scope = self._scope_source(number, clause, keep)
            lines = self._clause_lines(number, clause, keep, "results")
        head = ["_", "low", "high", "results", *(f"c{at}" for at in range(len(constants)))]
        source = [
            f"def shape(row, day, request, {self.writer.every_value()}):",
            f"    {', '.join(head)} = row",
            "    if not low <= day <= high: return None",
            *([] if scope == "True" else [f"    if not ({scope}): return None"]),
            *_indent(lines),
        ]
        low, high = _limits(clause)
        return (self._shape("\n".join(source)), low, high, _Results(self, number), *constants)

    def _shape(self, source: str) -> Any:
        found = self._shapes.get(source)
        if found is None:
            names = dict(self._names())
            exec(compile(source, "<clause>", "exec"), names)
            found = self._shapes[source] = names["shape"]
        return found

    def facts_of(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Return the facts that values of fields were read from."""
        names = (field.name for field in self.plan.head.fields)
        return {
            name: None if value is NOTHING else value
            for name, value in zip(names, values, strict=True)
            if value is not BLANK
        }

    # --- what the generated functions call -----------------------------------------------------

    def normal(self, text: Any) -> str:
        """Return the normal title of a text, remembered."""
        found = self._normal.get(text)
        if found is None:
            found = normal_title(text)
            if len(self._normal) < _MEMO:
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
        return row[3][_EARLY if day < row[1] else _PAST]

    def out_of_force(self, number: int, when: int) -> Any:
        """Return the default where an entry had not begun, or had ended."""
        clause = self.plan.clauses[number]
        low, high = _limits(clause)
        if when == _PAST and high == clause.period.end:
            return self.make_default([clause], high + timedelta(1))
        if when == _EARLY and low == clause.period.start:
            return self.make_default([clause], low - timedelta(1))
        return self.unexplained  # it is the basis that was not in force on this very day


class _Index(dict[str, Any]):
    """Rows of the matters asked about so far, by the text that was given."""

    __slots__ = ("path",)

    def __init__(self, path: FastPath) -> None:
        self.path = path

    def __missing__(self, text: Any) -> Any:
        return self.path.find(text)


class _Results(dict[int, Any]):
    """What a clause comes to, by the lines of it that fail; made when it first happens."""

    __slots__ = ("number", "path")

    def __init__(self, path: FastPath, number: int) -> None:
        self.path = path
        self.number = number

    def __missing__(self, fails: int) -> Any:
        if fails in (_EARLY, _PAST):
            found = self[fails] = self.path.out_of_force(self.number, fails)
            return found
        clause = self.path.plan.clauses[self.number]
        answer = answer_of(self.number, clause, fails)
        found = None if answer is None else self.path.make((answer,), False)
        self[fails] = found
        return found


def answer_of(number: int, clause: Clause, fails: int) -> Answer | None:
    """Return what a clause that applies comes to; None: a gate that lets the request pass."""
    if fails == _ELSEWHERE:
        return Answer(number, clause, frozenset((Outcome.REFUSE,)), elsewhere=True)
    lines = failing_lines(clause) if fails else ()
    failed = tuple(line for at, line in enumerate(lines) if fails >> at & 1)
    outcome = max((line.outcome for line in failed), key=_STRICTNESS.__getitem__, default=None)
    if outcome is None:
        outcome = clause.outcome
    return None if outcome is None else Answer(number, clause, frozenset((outcome,)), failed)


def _side_by_side(make: Make, answers: Sequence[Answer]) -> Any:
    return make(tuple(answers), len({answer.outcome for answer in answers}) > 1)


def _limits(clause: Clause) -> tuple[date, date]:
    """Return the days on which a clause can be in force: its own, and its bases' if one run."""
    low = clause.period.start or date.min
    high = clause.period.end or date.max
    if _always(clause) and clause.outcome is Outcome.ADMIT:
        run = _basis_run(clause)
        if run is not None:
            low, high = max(low, run[0]), min(high, run[1])
    return low, high


def _always(clause: Clause) -> bool:
    """Tell whether the days of a clause and its bases are one run of days."""
    return clause.outcome is not Outcome.ADMIT or _basis_run(clause) is not None


def _basis_run(clause: Clause) -> tuple[date, date] | None:
    """Return the days on which some basis is in force, if they are one run."""
    if not clause.citations or any(not cited.known for cited in clause.citations):
        return date.min, date.max
    periods = [period for cited in clause.citations for period in cited.periods]
    if len(periods) != 1:
        return None
    return periods[0].start or date.min, periods[0].end or date.max


def based(clause: Clause, day: date) -> bool:
    """Tell whether some basis of a clause is in force."""
    return any(period.holds(day) for cited in clause.citations for period in cited.periods)


def snapshot(request: Request) -> Request:
    """Return a request that does not change when the caller's mappings do."""
    registers = {
        name: rows if isinstance(rows, bool) else tuple(dict(row) for row in rows)
        for name, rows in request.registers.items()
    }
    return Request(
        facts=dict(request.facts),
        received=request.received,
        made_at=request.made_at,
        asserted_by=request.asserted_by,
        assertions=dict(request.assertions),
        quotas=dict(request.quotas),
        registers=registers,
    )


def _indent(lines: Sequence[str], by: int = 1) -> list[str]:
    return ["    " * by + line for line in lines]
