"""Print what may stand under a list, an entry or a rule, as lines and as cells of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from zhunru.diagnostics import Span
from zhunru.syntax.expressions import Expr
from zhunru.syntax.format_expressions import Expressions
from zhunru.syntax.format_lines import Line
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.nodes import (
    Citation,
    Clauses,
    Duty,
    Failing,
    Frequency,
    Limit,
    Period,
    Quota,
    Requirement,
    Title,
    Verdict,
)
from zhunru.vocabulary import OUTCOMES, WINDOWS, Window


class ClausePrinter:
    """Print clauses; every method that returns a text is shared by lines, cells and YAML."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.key = words.key
        self.expressions = Expressions(words)
        self.show = self.expressions.show

    # --- parts ---------------------------------------------------------------------------------

    def title(self, title: Title) -> str:
        """Return a text in one language or in two."""
        second = self.words.text(title.en) if title.en else ""
        return join(self.words.text(title.zh) if title.zh or second else "", second)

    def failing(self, failing: Failing | None) -> str:
        """Return `否则 拒绝 "…"`."""
        return join(self.key("OTHERWISE"), self.verdict(failing)) if failing else ""

    def verdict(self, verdict: Verdict | Failing) -> str:
        """Return `拒绝 "…" 代码 X`."""
        outcome = self.words.pick(OUTCOMES[verdict.outcome])
        code = self.words.named("CODE", verdict.code)
        return join(outcome, self.title(verdict.message), code)

    def requirement(self, requirement: Requirement) -> str:
        """Return a requirement without its keyword."""
        return join(self.show(requirement.test), self.failing(requirement.otherwise))

    def frequency(self, frequency: Frequency) -> str:
        """Return `每年 不超过 4 次`."""
        if frequency.limit is None:
            return self.key("UNLIMITED")
        limit = self.expressions.operand(frequency.limit)
        return join(self._window(frequency), self.words.compare("<="), limit)

    def _window(self, frequency: Frequency) -> str:
        if frequency.window is None:
            return ""
        word = self.words.pick(WINDOWS[frequency.window])
        if frequency.window is not Window.ROLLING:
            return word
        return f"{word} {self.words.days(frequency.days)}"

    def quota(self, quota: Quota) -> str:
        """Return a quota without its keyword."""
        keys = self.words.naming("EVERY", quota.keys)
        if quota.own_frequency:
            counting = join(self.key("PER"), self.key("FREQUENCY"))
        else:
            counting = self.frequency(quota.frequency or Frequency())
        return join(keys, counting, self.failing(quota.otherwise))

    def limit(self, limit: Limit) -> str:
        """Return a time limit without its keyword."""
        length = self.key("UNTIMED")
        if limit.length is not None:
            length = self.expressions.operand(limit.length)
        stopped = self.key("STOPPED") if limit.stopped else ""
        return join(length, stopped, self.words.named("PER", limit.calendar))

    def duty(self, duty: Duty) -> str:
        """Return a duty without its keyword."""
        words = self.words
        return join(
            words.name(duty.what),
            words.item("BY", self.expressions.route(duty.by) if duty.by else ""),
            words.named("PER", duty.per),
            words.item("WITHIN", self.limit(duty.limit) if duty.limit else ""),
            words.named("OVERDUE", duty.consequence),
        )

    def citation(self, citation: Citation) -> str:
        """Return one place of an instrument."""
        return join(
            f"{citation.basis}({citation.version})" if citation.version else citation.basis,
            citation.pinpoint,
            self.key("UNVERIFIED") if citation.unverified else "",
            citation.rest,
        )

    def citations(self, citations: Iterable[Citation]) -> str:
        """Return several places of instruments; one named before is not named again."""
        shown: list[str] = []
        before = Citation("")
        for one in citations:
            again = one.pinpoint and (one.basis, one.version) == (before.basis, before.version)
            shown.append(self.citation(replace(one, basis="", version="") if again else one))
            before = one
        return "、".join(shown)

    # --- lines ---------------------------------------------------------------------------------

    def line(self, terminal: str, text: str, span: Span, indent: int) -> Line:
        """Return a line that begins with a keyword."""
        return Line(join(self.key(terminal), text), span.line, indent)

    def period(self, period: Period, indent: int) -> list[Line]:
        """Return the line of the days in force, if they are bounded."""
        if not (period.start or period.end):
            return []
        word = self.key("EFFECTIVE") if period.start else ""
        return [Line(join(word, self.words.period(period)), period.span.line, indent)]

    def cited(self, clauses: Clauses, indent: int) -> list[Line]:
        """Return the line of the citations."""
        if not clauses.citations:
            return []
        span = clauses.citations[0].span
        return [self.line("BASIS", self.citations(clauses.citations), span, indent)]

    def before_outcome(self, clauses: Clauses, indent: int) -> list[Line]:
        """Return the lines that say when a clause applies and what it demands."""
        return [
            *self._conditions("WHEN", clauses.when, indent),
            *self._conditions("EXCEPT", clauses.unless, indent),
            *(
                self.line("REQUIRE", self.requirement(one), one.span, indent)
                for one in clauses.requirements
            ),
            *(self.line("QUOTA", self.quota(one), one.span, indent) for one in clauses.quotas),
            *self._counted(clauses, indent),
        ]

    def after_outcome(self, clauses: Clauses, indent: int) -> list[Line]:
        """Return the lines that say what follows."""
        lines = [
            *self._routes("INSTEAD", clauses.instead, indent),
            *self._routes("RETURN", clauses.return_to, indent),
        ]
        if clauses.workflow:
            name = self.words.name(clauses.workflow)
            lines.append(self.line("WORKFLOW", name, clauses.workflow.span, indent))
        for terminal, names in (("DOCUMENT", clauses.documents), ("MATERIALS", clauses.materials)):
            if names:
                lines.append(self.line(terminal, self.words.names(names), names[0].span, indent))
        lines += (self.line("DUTY", self.duty(one), one.span, indent) for one in clauses.duties)
        return [*lines, *self._marks(clauses, indent), *self.trace(clauses.trace, indent)]

    def _marks(self, clauses: Clauses, indent: int) -> list[Line]:
        marks = (("RELAXABLE", clauses.relaxable), ("BINDING", clauses.binding))
        return [Line(self.key(terminal), 0, indent) for terminal, said in marks if said]

    def trace(self, rows: Sequence[str], indent: int) -> list[Line]:
        """Return the line of the source rows."""
        return [Line(join(self.key("TRACE"), "、".join(rows)), 0, indent)] if rows else []

    def _conditions(self, terminal: str, exprs: Iterable[Expr], indent: int) -> list[Line]:
        return [self.line(terminal, self.show(one), one.span, indent) for one in exprs]

    def _counted(self, clauses: Clauses, indent: int) -> list[Line]:
        if not clauses.counted_by:
            return []
        text = join(self.key("PER"), self.words.names(clauses.counted_by))
        return [self.line("COUNTED", text, clauses.counted_by[0].span, indent)]

    def _routes(self, terminal: str, expr: Expr | None, indent: int) -> list[Line]:
        if expr is None:
            return []
        return [self.line(terminal, self.expressions.route(expr), expr.span, indent)]


def own_clauses(clauses: Clauses, shared: Clauses) -> Clauses:
    """Return the clauses of a rule without those that the head of its group says already."""
    own: dict[str, Any] = {
        field.name: _without(getattr(clauses, field.name), getattr(shared, field.name))
        for field in fields(Clauses)
    }
    return Clauses(**own)


def _without(own: Any, shared: Any) -> Any:
    if not isinstance(own, tuple):
        return (False if isinstance(own, bool) else None) if own == shared else own
    if shared and own[: len(shared)] == shared:
        return own[len(shared) :]
    if shared and own[-len(shared) :] == shared:
        return own[: -len(shared)]
    return own
