"""The fast path: one generated function per decision, and one per unusual shape of a clause.

It decides complete, well-typed requests exactly as the careful path does, and gives None for
anything else: a missing fact that is asked for, a claim, a unit by another name, a wrong type, a
spent quota (whose sentence has to be written), rows of registers in the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from zhunru.checker.resolved import NOTHING
from zhunru.compiler.fast_calls import FactCalls
from zhunru.compiler.fast_clauses import EARLY, PAST, ClauseSource, limits
from zhunru.compiler.fast_reading import FactReading
from zhunru.compiler.fast_rows import Asked, EntryRows, Make, MakeDefault, Outcomes, Results
from zhunru.compiler.fast_shared import SharedTests
from zhunru.compiler.fast_used import FactsUsed, Reader
from zhunru.compiler.judge import Answer
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.request import NONE, Request, snapshot
from zhunru.compiler.source import BLANK, Keep, NotKnown, UnitSets, Writer, indent
from zhunru.vocabulary import ListKind, Outcome

Run = Callable[[Request], Any]
Direct = Callable[[Mapping[str, Any], date], Any]

# An answer with what is ready. The values as read are kept: the caller may change its facts later.
# `given` is the request, or the day of receipt where there is nothing else to keep of it.
_MADE = (
    "answer = {answers}()",
    "answer.outcome = found.outcome",
    "answer.code = found.code",
    "answer.basis = found.basis",
    "answer.clause = found.clause",
    "answer.as_of = day",
    "answer._ready = found",
    "answer._asked = asked",
    "answer._given = {given}",
)
_DECISION = (*_MADE, "return answer")
# What is ready, if it is the whole answer. Nothing is made for it, nothing kept.
_GROUNDS = ("if found.fixed: return found", *_DECISION)
# The same with what it was decided by and from, if that is told by a reader made before.
_RECORD = (
    "reader = found.reader",
    "if reader and found.fixed: return found, day, reader(asked)",
    *_MADE,
    "return recorded(answer)",
)
_COMPLETE = "(Fixed if found.fixed else Open)"  # the class of decisions on complete requests


class FastPath:
    """The generated functions of one plan, and what they share.

    `make` turns what decided (answers of clauses, whether they conflict) into the ready part of a
    decision, `make_default` entries that were out of force into that of the default; each such
    part is made once. `make_classes` gives the classes of decisions: on complete requests, those
    whose ready part is fixed and the others; and on requests with gaps.

    `run` decides a request; `direct`, `grounds` and `record` make what decides by facts and day
    of receipt alone.
    """

    def __init__(
        self,
        plan: Plan,
        model: Model,
        supplied: Mapping[str, Any],
        make: Make,
        make_default: MakeDefault,
        make_classes: Callable[[FastPath], Sequence[type]],
    ) -> None:
        self.plan = plan
        self.fixed_class, self.open_class, self.gap_class = make_classes(self)
        self.outcomes = Outcomes(plan, make, make_default)
        self.calls = FactCalls(plan, model, supplied)
        self.writer = Writer(plan, model, UnitSets(model))
        self.clauses = ClauseSource(plan, self.writer)
        self._general = [self._asked_of_all(numbers) for numbers in plan.steps(plan.general)]
        dated = model.chart.are_dated()
        self.reading = FactReading(plan, self.calls.units_on(date.max), dated=dated)
        shared = SharedTests(plan, self.clauses, self.reading.domains)
        joined = not any(self._general) or len(plan.entry_steps) == 1
        self.rows = EntryRows(plan, self.clauses, self.calls, self.outcomes, shared, joined=joined)
        # Without clauses for all, the tests of an entry tell most of what is wrong with a value.
        self._put_off = () if any(self._general) else tuple(shared.guards)
        self._used = FactsUsed(plan)
        self._names = dict(self._called())
        self.rows.names = self._names
        self.run: Run = self._compile_run()

    def _asked_of_all(self, numbers: Sequence[int]) -> list[int]:
        """Return the clauses of a step that are asked whatever the matter is."""
        clauses = self.plan.clauses
        return [at for at in numbers if clauses[at].list_kind is not ListKind.CATALOGUE]

    # --- the functions of the plan -------------------------------------------------------------

    def _compile_run(self) -> Run:
        names = dict(self._names)
        keep = _keeper(names)
        complete, gaps = (
            [line.format(answers=answers, given="request") for line in _DECISION]
            for answers in (_COMPLETE, "WithGaps")
        )
        strict = self.reading.strict_lines(keep, self._put_off)
        strict += self._body(keep, complete, "request", self._put_off)
        # An admission needs every 必填 fact; only the lenient function can lack one.
        stand = ["if missing and found.outcome is ADMIT: return None", *gaps]
        lenient = [*self.reading.lenient_lines(keep), *self._body(keep, stand, "request")]
        source = ["def run(request):", *indent(strict), "def fill(request):", *indent(lenient)]
        run: Run = _defined(source, names)["run"]
        return run

    def direct(self, otherwise: Direct) -> Direct:
        """Return the function of facts and day alone that gives decisions; `otherwise` decides
        what is not complete and well-typed."""
        return self._by_facts(_DECISION, {"otherwise": otherwise})

    def grounds(self, otherwise: Direct) -> Direct:
        """Return the same, but it gives no decision where what is ready is the whole answer."""
        return self._by_facts(_GROUNDS, {"otherwise": otherwise})

    def record(self, otherwise: Direct, recorded: Callable[[Any], Any]) -> Direct:
        """Return the same with the day and the facts used; `recorded` takes them from a decision
        that had to be made."""

        def later(*asked: Any) -> Any:
            return recorded(self.later(*asked))

        return self._by_facts(
            _RECORD, {"later": later, "otherwise": otherwise, "recorded": recorded}
        )

    def _by_facts(self, give: Sequence[str], called: Mapping[str, Any]) -> Direct:
        """Compile a function of facts and day that ends with the lines `give`."""
        names = {**self._names, **called}
        keep = _keeper(names)
        complete = [line.format(answers=_COMPLETE, given="received") for line in give]
        lines = self.reading.direct_lines(keep, self._put_off)
        lines += self._body(keep, complete, "received", self._put_off)
        # Conditions ask a request for quotas and registers: here it has none.
        names["request"] = Request(facts={}, received=date.min)
        given_up = "return otherwise(facts, received)"
        lines = [
            line.replace("return None", given_up).replace("return fill(request)", given_up)
            for line in lines
        ]
        source = ["def direct(facts, received):", *indent(lines)]
        direct: Direct = _defined(source, names)["direct"]
        return direct

    def _called(self) -> Mapping[str, Any]:
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
            "default": self.outcomes.default,
            "find": self.rows.find,
            "index": self.rows.index,
            "first": self.rows.first,
            "late": self.rows.late,
            "later": self.later,
            "merge": self.outcomes.merge,
            "unexplained": self.outcomes.unexplained,
            **{f"d{at}": f.default for at, f in enumerate(self.plan.head.fields)},
        }

    # --- the steps -----------------------------------------------------------------------------

    def _body(
        self, keep: Keep, stand: Sequence[str], given: str, put_off: Sequence[int] = ()
    ) -> list[str]:
        """Write the steps: general clauses in line, entries through their rows.

        `stand` gives the answer that was found, `given` is what it keeps of the request; the
        fields `put_off` are still to be looked over.
        """
        has_matter = bool(self.plan.matter_field) and bool(self.rows.entry_steps)
        default = self._default_lines(given) if has_matter else ["found = default"]
        if has_matter and not any(self._general):
            checks = {at: self.reading.check_lines(at, keep) for at in put_off}
            lines = [*self._gap_line(stand), *self._only_entries(given, checks)]
        else:
            lines = []
            for at, numbers in enumerate(self._general):
                entries = has_matter and at in self.rows.entry_steps
                if numbers or entries:
                    lines += self._step_lines(at, numbers, entries, keep, stand)
            lines += default
        return [
            "try:",
            *indent([*lines, *stand]),
            f"except {'(NotKnown, TypeError)' if put_off else 'NotKnown'}:",
            "    return None",
        ]

    def _gap_line(self, stand: Sequence[str]) -> list[str]:
        """Write that entries cannot be asked without a matter, where it may be missing."""
        matter = f"v{self.writer.places[self.plan.matter_field]}"
        return [f"if {matter} is BLANK: return None"] if stand[0].startswith("if missing") else []

    def _only_entries(self, given: str, checks: Mapping[int, Sequence[str]]) -> list[str]:
        """Write how the one row of a matter is asked, or else the default, if that is all."""
        inline = self.rows.shared.lines("found", self._missed(given, "low", "results"), checks)
        own = [line for lines in checks.values() for line in lines]
        own += [
            "found = hits[0](hits, day, request, asked) if hits else default",
            "if found is None:",
            *indent(self._default_lines(given)),
        ]
        if not self.rows.shared.any:
            return own
        return ["if hits and hits[0] is None:", *indent(inline), "else:", *indent(own)]

    def _missed(self, given: str, low: str, results: str) -> list[str]:
        """Write the default for a day on which the one entry of a matter is not in force."""
        return [
            f"when = {EARLY} if day < {low} else {PAST}",
            f"found = {results}[when]",
            "if found is None: found = first(hits, when)",
            f"if found is unexplained: return later({given}, asked, day)",
        ]

    def _default_lines(self, given: str) -> list[str]:
        later = f"return later({given}, asked, day)"
        if not self.rows.joined:
            return [
                "found = late(hits, day) if hits else default",
                f"if found is unexplained: {later}",
            ]
        return [
            "if hits:",
            f"    if hits[1] <= day <= hits[2]: {later}",
            *indent(self._missed(given, "hits[1]", "hits[4]")),
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
        lines = ["found = None"]
        for number in numbers:
            lines += self._general_lines(number, keep)
        if entries:
            lines += self._gap_line(stand)
            lines += self._entry_lines(at)
        return [*lines, "if found is not None:", *indent(stand)]

    def _entry_lines(self, at: int) -> list[str]:
        """Write how the entries of a step are asked, beside its general clauses."""
        row = "hits"
        lines: list[str] = []
        if not self.rows.joined:
            row = "row"
            lines = [f"row = hits[{self.rows.entry_steps.index(at)}] if hits else ()"]
        call = [f"more = {row}[0]({row}, day, request, asked) if {row} else None"]
        if self.rows.joined and self.rows.shared.any:
            inline = self.rows.shared.lines("more", ["more = None"], {})
            call = ["if hits and hits[0] is None:", *indent(inline), "else:", *indent(call)]
        merged = "found = more if found is None else merge(found, more)"
        return [*lines, *call, f"if more is not None: {merged}"]

    def _general_lines(self, number: int, keep: Keep) -> list[str]:
        clause = self.plan.clauses[number]
        lines = self.clauses.lines(number, clause, keep, keep(Results(self.outcomes, number)))
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

    # --- what decisions ask --------------------------------------------------------------------

    def later(self, given: Request | date, asked: Asked, day: date) -> Any:
        """Return the default for entries that did not apply; its reasons are found when read."""
        answer = self.gap_class()
        found = self.outcomes.unexplained
        answer.outcome = found.outcome
        answer.code = found.code
        answer.basis = found.basis
        answer.clause = found.clause
        answer.as_of = day
        answer._ready = found
        answer._asked = asked
        answer._given = given
        return answer

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


def _keeper(names: dict[str, Any]) -> Keep:
    """Return what puts constants among the names of a generated function."""
    count = 0

    def keep(value: Any) -> str:
        nonlocal count
        name = f"k{count}"
        names[name] = value
        count += 1
        return name

    return keep


def _defined(source: Sequence[str], names: dict[str, Any]) -> dict[str, Any]:
    exec(compile("\n".join(source), "<decision>", "exec"), names)
    return names
