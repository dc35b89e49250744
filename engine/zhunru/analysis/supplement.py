"""Tests for what no test exercises yet: written from witnesses, with the decision found.

They say what the set does, not what it should do: each is marked 待确认 until somebody who knows
has looked at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from zhunru.analysis.coverage import Coverage, Ending, Region, endings_ruled
from zhunru.checker.resolved import NOTHING
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.decision import Decision, decide
from zhunru.diagnostics import Source
from zhunru.syntax import expressions as ex
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import Case, Expected, File, Given, Name, Test, Title
from zhunru.vocabulary import DAY, QUOTA_USED

UNCONFIRMED = ("（待确认）", " (to be confirmed)")
_HEAD = {
    "zh": "# 待确认：由 zhunru coverage --write 按现行规则写出，请核对结论后删去本行。",
    "en": "# To be confirmed: written by zhunru coverage --write from the rules as they are.",
}

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Written:
    """A test for one region: its text, and the decision that it holds the set to."""

    title: str
    text: str
    region: Region
    decision: Decision


def write_missing_tests(
    policy: CompiledPolicy, coverage: Coverage, language: Language = "zh"
) -> list[Written]:
    """Return a test for each region that no test stands for, where one can be written.

    A test names no more facts than its decision takes.
    """
    found: list[Written] = []
    for decision in coverage.decisions:
        plan = policy.plan(decision.name)
        for region in decision.regions:
            if region.witness is not None:
                found.extend(_Writer(policy, plan, language).tests(region))
    return found


class _Writer:
    """Writes tests of one 判定."""

    def __init__(self, policy: CompiledPolicy, plan: Plan, language: Language) -> None:
        self.policy = policy
        self.plan = plan
        self.language: Language = language

    def tests(self, region: Region) -> Iterator[Written]:
        """Yield a test for a region, if a test can say what its witness holds."""
        assert region.witness is not None
        request = self._sayable(region.witness.request)
        if not self._ends(request, region.ending):
            return
        request = self._smaller(request, region.ending)
        decision = decide(self.policy, request, self.plan.head.name)
        mark = UNCONFIRMED[self.language == "en"]
        title = f"{region.told.zh if self.language == 'zh' else region.told.en}{mark}"
        test = Test(
            title=Title(title), target=self._target(), cases=(self._case(request, decision),)
        )
        yield Written(title, f"{_HEAD[self.language]}\n{self._printed(test)}", region, decision)

    def _target(self) -> Name | None:
        return Name(self.plan.head.name) if len(self.policy.decisions) > 1 else None

    def _printed(self, test: Test) -> str:
        file = File(Source("", ""), self.language, "policy", (test,))
        return format_file(file, language=self.language).strip("\n") + "\n"

    # --- what a test can say -------------------------------------------------------------------

    def _sayable(self, request: Request) -> Request:
        """Return a request as a test can give it: of registers only whether they hold."""
        registers = {name: bool(rows) for name, rows in request.registers.items()}
        return _changed(request, registers=registers)

    def _ends(self, request: Request, ending: Ending) -> bool:
        return ending in endings_ruled(self.policy, self.plan, request)

    def _smaller(self, request: Request, ending: Ending) -> Request:
        """Drop the facts without which the request ends so all the same."""
        first = decide(self.policy, request, self.plan.head.name)
        for part in ("quotas", "registers", "facts"):
            for name in reversed(getattr(request, part)):
                kept = {n: v for n, v in getattr(request, part).items() if n != name}
                fewer = _changed(request, **{part: kept})
                if name != self.plan.governing_field and self._ends(fewer, ending):
                    again = decide(self.policy, fewer, self.plan.head.name)
                    if again.code == first.code:
                        request = fewer
        return request

    # --- as nodes of the language ----------------------------------------------------------------

    def _case(self, request: Request, decision: Decision) -> Case:
        given = (*self._facts(request), *self._held(request), *self._used(request))
        code = decision.code.rpartition("/")[2]
        expected = Expected(outcome=decision.outcome, code=Name(code) if code else None)
        return Case(given=(*given, *self._day(request)), expected=expected)

    def _facts(self, request: Request) -> Iterator[Given]:
        for name, value in request.facts.items():
            yield _given(ex.Ref(name), _expr(NOTHING if value is None else value))

    def _held(self, request: Request) -> Iterator[Given]:
        word = {"zh": "有效", "en": "inforce"}[self.language]
        for name, held in request.registers.items():
            yield _given(ex.Ref(name), ex.Ref(word) if held else ex.Nothing())

    def _used(self, request: Request) -> Iterator[Given]:
        suffix = QUOTA_USED[self.language == "en"]
        for key, use in request.quotas.items():
            base, _, window = key.rpartition(".")
            told = f"{window}{suffix}" if self.language == "zh" else f"{window}_{suffix}"
            subject = ex.Column(ex.Ref(base or key), told if base else suffix)
            yield _given(subject, ex.Quantity(Decimal(use.used)))

    def _day(self, request: Request) -> Iterator[Given]:
        if self.plan.governing_field not in request.facts:
            yield _given(ex.Ref(DAY[self.language == "en"]), ex.Day(request.received))


def _given(subject: ex.Ref | ex.Column, value: ex.Expr) -> Given:
    return Given(subject=subject, value=value)


def _changed(request: Request, **changes: Any) -> Request:
    """Return a request with some parts changed."""
    parts: Mapping[str, Any] = {
        "facts": request.facts,
        "received": request.received,
        "quotas": request.quotas,
        "registers": request.registers,
        **changes,
    }
    return Request(**parts)


def _expr(value: Any) -> ex.Expr:
    """Return a value as it is written."""
    if isinstance(value, bool):
        return ex.Flag(value)
    if isinstance(value, Decimal | int):
        return ex.Quantity(Decimal(value))
    if isinstance(value, datetime):
        return ex.Moment(value)
    if isinstance(value, date):
        return ex.Day(value)
    if isinstance(value, frozenset | tuple | list):
        items = sorted(value) if isinstance(value, frozenset) else value
        return ex.Several(tuple(_expr(item) for item in items))
    return ex.Nothing() if value is NOTHING else ex.Text(str(value))
