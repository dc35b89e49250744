"""What one clause comes to, as source: its scope, its days, the lines of it that may fail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from zhunru.checker.resolved import Clause, Const, ParameterOf, Quota, RExpr
from zhunru.compiler.judge import failing_lines
from zhunru.compiler.plan import Plan
from zhunru.compiler.source import Keep, Writer, indent
from zhunru.compiler.values import compact
from zhunru.vocabulary import ListKind, Outcome

MOST_LINES = 5  # a clause with more lines that may fail keeps what it came to in a mapping
MOST_DAYS = 10_000  # on which it is remembered whether a clause has a basis

# What a clause comes to, beside the sets of lines that fail: another body's duty; the default,
# because the clause had not begun, or had ended.
ELSEWHERE, EARLY, PAST = -1, -2, -3


class ClauseSource:
    """Writes the sources of the clauses of one plan."""

    def __init__(self, plan: Plan, writer: Writer) -> None:
        self.plan = plan
        self.writer = writer

    def scope(self, number: int, clause: Clause, keep: Keep) -> str:
        """Return the source of "the clause concerns the request", its days left out."""
        write = self.writer.write
        parts = []
        if not always(clause):
            parts.append(f"{keep(BasedDays(clause))}[day]")
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

    def lines(self, number: int, clause: Clause, keep: Keep, results: str) -> list[str]:
        """Write what a general clause that applies gives as `more`, out of a mapping `results`."""
        tests, own = self._tests(clause, keep)
        if not tests and own is None:
            return [f"more = {results}[0]"]
        lines = ["fails = 0", *tests]
        if own is not None:
            lines = [f"if not {own}:", f"    fails = {ELSEWHERE}", "else:", *indent(lines)]
        return [*lines, f"more = {results}[fails]"]

    def entry_lines(self, number: int, clause: Clause, keep: Keep) -> list[str]:
        """Write what an entry that applies gives: its row holds what it came to before."""
        tests, own = self._tests(clause, keep)
        lines = []
        if own is not None:
            lines += [f"if not {own}: return row[4][{ELSEWHERE}] or first(row, {ELSEWHERE})"]
        if tests:
            lines += ["fails = 0", *tests]
        fails = "fails" if tests else "0"
        if len(failing_lines(clause)) > MOST_LINES:
            return [*lines, f"return row[4][{fails}]"]
        if clause.outcome is None:
            lines.append("if not fails: return None" if tests else "return None")
        return [*lines, f"return row[4][{fails}] or first(row, {fails})"]

    def plain_tests(self, clause: Clause) -> list[tuple[str, tuple[Any, ...]]] | None:
        """Return the tests of the lines that may fail, with `@0 @1 …` for their constants; None
        for an entry of which more is asked, or that may let the request pass."""
        if clause.outcome is None or clause.addressee_test is not None or clause.quotas:
            return None
        if clause.list_kind is ListKind.CATALOGUE or self.scope(-1, clause, _unnamed) != "True":
            return None
        if clause.outcome is not Outcome.ADMIT:
            return []
        return [self._plain_test(line.test, clause) for line in clause.requirements]

    def _plain_test(self, test: RExpr, clause: Clause) -> tuple[str, tuple[Any, ...]]:
        constants: list[Any] = []

        def keep(value: Any) -> str:
            constants.append(value)
            return f"@{len(constants) - 1}"

        return self.writer.write(test, clause.leads, keep), tuple(constants)

    def _tests(self, clause: Clause, keep: Keep) -> tuple[list[str], str | None]:
        """Write the tests of the lines, with a bit of `fails` for each, and of the addressee."""
        if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
            return [], None
        write = self.writer.write
        tests: list[str] = []
        for at, line in enumerate(failing_lines(clause)):
            if isinstance(line, Quota):
                tests += self._quota_lines(line, clause, keep)
            else:
                test = write(line.test, clause.leads, keep)
                first = not any(text.startswith("if not") for text in tests)
                tests.append(f"if not {test}: fails {'=' if first else '|='} {1 << at}")
        if clause.addressee_test is None:
            return tests, None
        return tests, write(clause.addressee_test, clause.leads, keep)

    def _quota_lines(self, quota: Quota, clause: Clause, keep: Keep) -> list[str]:
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


def limits(clause: Clause) -> tuple[date, date]:
    """Return the days on which a clause can be in force: its own, and its bases' if one run."""
    low = clause.period.start or date.min
    high = clause.period.end or date.max
    if always(clause) and clause.outcome is Outcome.ADMIT:
        run = _basis_run(clause)
        if run is not None:
            low, high = max(low, run[0]), min(high, run[1])
    return low, high


def always(clause: Clause) -> bool:
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


class BasedDays(dict[date, bool]):
    """On which days some basis of a clause is in force; found when a day is first asked for."""

    __slots__ = ("_periods",)

    def __init__(self, clause: Clause) -> None:
        super().__init__()
        self._periods = [period for cited in clause.citations for period in cited.periods]

    def __missing__(self, day: date) -> bool:
        # The days come from requests: what anybody can fill must have a bound.
        if len(self) >= MOST_DAYS:
            self.clear()
        found = self[day] = any(period.holds(day) for period in self._periods)
        return found


def _unnamed(_: Any) -> str:
    return "_"
