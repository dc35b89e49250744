"""The lines under a list, an entry or a rule, resolved: 当 除外 要求 限额 义务 and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.typed import NEVER
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.vocabulary import NUMERIC, Measure, Outcome, TypeName, Window

if TYPE_CHECKING:
    from zhunru.checker.clauses import Clauses
    from zhunru.checker.resolve import Resolver
    from zhunru.diagnostics import Span

routed = dict[str, Any]

# What a quota may count; anything else is a slip of the pen.
_COUNTED = frozenset(
    {None, Measure.TIME, Measure.ITEM, Measure.UNIT, Measure.COPY, Measure.ROW, Measure.ARTICLE}
)
_MONEY_WORDS = ("经费", "费用", "资金", "fund", "money", "budget")
# Words that sets use for only assisting, and for what a community must not be made to do.
_ASSIST = ("协助", "配合", "辅助", "assist", "help", "support")
_OWN = ("主责", "负责", "主办", "牵头", "own", "lead")


_ALWAYS = r.Every(())
_COUNT = v.number(Measure.TIME)


def conjunction(tests: tuple[r.RExpr, ...]) -> r.RExpr:
    """Return the test that all of these hold."""
    return r.Every(tests) if len(tests) > 1 else tests[0] if tests else _ALWAYS


def disjunction(tests: tuple[r.RExpr, ...]) -> r.RExpr:
    """Return the test that any of these holds."""
    return r.Some(tests) if len(tests) > 1 else tests[0] if tests else NEVER


def joined_tests(test: r.RExpr) -> Iterator[r.RExpr]:
    """Yield the tests that 且 and 或 join."""
    stack = [test]
    while stack:
        each = stack.pop()
        if isinstance(each, (r.Every, r.Some)):
            stack.extend(each.operands)
        else:
            yield each


# Every line of a head but 依据 and 出处.
_decides = attrgetter(
    *("when", "unless", "requirements", "quotas", "counted_by", "duties", "instead", "return_to"),
    *("workflow", "documents", "materials", "relaxable", "binding"),
)


def _only_cites(source: n.Clauses) -> bool:
    """Tell whether a head has no lines but those: most rows of long lists."""
    return not any(_decides(source))


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A quota before it is bound to a clause; `source` says which window."""

    source: n.Quota
    limit: r.RExpr | None
    code: str
    message: n.Title


@dataclass(frozen=True, slots=True)
class Parts:
    """Resolved lines. Those of a list are shared by all its entries."""

    when: tuple[r.RExpr, ...] = ()
    unless: tuple[r.RExpr, ...] = ()
    unless_clauses: tuple[str, ...] = ()
    requirements: tuple[r.Requirement, ...] = ()
    quotas: tuple[QuotaLine, ...] = ()
    counted_by: tuple[str, ...] = ()
    duties: tuple[r.Duty, ...] = ()
    citations: tuple[r.BoundCitation, ...] = ()
    documents: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    instead: r.RExpr | None = None
    return_to: r.RExpr | None = None
    workflow: str = ""
    relaxable: bool = False
    binding: bool = False
    reader: Reader | None = None

    @staticmethod
    def read(
        clauses: Clauses, source: n.Clauses, resolver: Resolver, *, reason: str, where: Span,
        line: bool = False,
    ) -> Parts:  # fmt: skip
        """Resolve the lines of one head; `reason` names a failed line without 代码."""
        return Reader(clauses, resolver, reason, where, line).parts(source)

    def joined(self, own: Parts) -> Parts:
        """Return these lines of a list with those of one of its entries."""
        return Parts(
            when=self.when + own.when,
            unless=self.unless + own.unless,
            unless_clauses=self.unless_clauses + own.unless_clauses,
            requirements=self.requirements + own.requirements,
            quotas=self.quotas + own.quotas,
            counted_by=self.counted_by + own.counted_by,
            duties=self.duties + own.duties,
            # An entry's own basis stands first: it says more about it than that of the whole list.
            citations=own.citations + self.citations,
            documents=self.documents + own.documents,
            materials=self.materials + own.materials,
            instead=own.instead or self.instead,
            return_to=own.return_to or self.return_to,
            workflow=own.workflow or self.workflow,
            relaxable=own.relaxable or self.relaxable,
            binding=own.binding or self.binding,
            reader=self.reader or own.reader,
        )

    def fields(self) -> routed:
        """Return what a clause takes over unchanged."""
        return {
            "when": conjunction(self.when),
            "unless": disjunction(self.unless),
            "unless_clauses": self.unless_clauses,
            "requirements": self.requirements,
            "duties": self.duties,
            "citations": self.citations,
            "documents": self.documents,
            "materials": self.materials,
            "instead": self.instead,
            "return_to": self.return_to,
            "workflow": self.workflow,
            "relaxable": self.relaxable,
            "binding": self.binding,
        }

    def quotas_of(self, code: str, entry: n.Entry | None, where: Span) -> tuple[r.Quota, ...]:
        """Return the quotas of one clause; 按 频次 takes the entry's own frequency."""
        if not self.quotas or self.reader is None:
            return ()
        found = (self.reader.quota(q, self, code, entry, where) for q in self.quotas)
        return tuple(quota for quota in found if quota)


class Reader:
    """Reads the lines of one head."""

    def __init__(
        self, clauses: Clauses, resolver: Resolver, reason: str, where: Span, line: bool
    ) -> None:
        self.clauses = clauses
        self.model = clauses.model
        self.resolver = resolver
        self.reason = reason
        self.where = where
        self.line = line
        self._limits: dict[int, tuple[x.Expr, r.RExpr | None]] = {}

    def parts(self, source: n.Clauses) -> Parts:
        """Return the resolved lines."""
        citations = tuple([self.model.bases.bind(each).resolved for each in source.citations])
        if _only_cites(source):
            return Parts(citations=citations, reader=self)
        unless, names = self._unless(source)
        return Parts(
            when=tuple(self.resolver.condition(each) for each in source.when),
            unless=unless,
            unless_clauses=names,
            requirements=tuple(filter(None, map(self._requirement, source.requirements))),
            quotas=tuple(filter(None, map(self._quota_line, source.quotas))),
            counted_by=self._fields(source.counted_by),
            duties=tuple(self._duty(each) for each in source.duties),
            citations=citations,
            documents=tuple(name.text for name in source.documents),
            materials=tuple(name.text for name in source.materials),
            instead=self.route(source.instead),
            return_to=self.route(source.return_to),
            workflow=source.workflow.text if source.workflow else "",
            relaxable=source.relaxable,
            binding=source.binding,
            reader=self,
        )

    # --- 除外 ------------------------------------------------------------------------------

    def _unless(self, source: n.Clauses) -> tuple[tuple[r.RExpr, ...], tuple[str, ...]]:
        conditions: list[r.RExpr] = []
        names: list[str] = []
        for each in source.unless:
            codes = self._clause_codes(each)
            if codes is None:
                conditions.append(self.resolver.condition(each))
            else:
                names.extend(codes)
        return tuple(conditions), tuple(names)

    def _clause_codes(self, expr: x.Expr) -> tuple[str, ...] | None:
        if not isinstance(expr, x.Ref) or expr.name in self.resolver.fields:
            return None
        scope = self.model.scope
        found = scope.find(expr.name, "rule", "group", "list", "register")
        if found is None:
            return self._entry_code(expr)
        if found.kind == "group":
            return tuple(rule.name.text for rule in found.node.rules)
        if found.kind == "list":
            return tuple(f"{expr.name}/{entry.code}" for entry in found.node.entries)
        return (expr.name,)

    def _entry_code(self, expr: x.Ref) -> tuple[str, ...] | None:
        scope = self.model.scope
        name, _, code = expr.name.rpartition("/")
        symbol = scope.find(name, "list") if name else None
        if symbol and any(entry.code == code for entry in symbol.node.entries):
            return (expr.name,)
        if scope.find(expr.name, "formula", "parameter"):
            return None
        known = (*scope.names("rule", "group", "list", "register"), *self.resolver.fields)
        self.model.report.unknown(
            "ZR204", expr.span, expr.name, known,
            kind_zh="规则或者条件", kind_en="rule or condition",
        )  # fmt: skip
        return ()

    # --- 要求 ------------------------------------------------------------------------------

    def _requirement(self, source: n.Requirement) -> r.Requirement | None:
        test = self.resolver.condition(source.test)
        failing = self._failing(source, "ZR408")
        if failing is None:
            return None
        return r.Requirement(
            test=test,
            outcome=failing.outcome,
            message=n.Title(failing.message.zh, failing.message.en),
            code=failing.code.text if failing.code else reason_of(test) or self.reason,
            span=source.span,
        )

    def _failing(self, source: n.Requirement | n.Quota, absent: str) -> n.Failing | None:
        """Return what follows where a clause fails; None with a finding where nothing can."""
        failing = source.otherwise
        if failing is None:
            self.model.report.add(absent, source.span)
            return None
        if failing.outcome not in (Outcome.REFUSE, Outcome.DEFER):
            self.model.report.add("ZR409", failing.span)
            return None
        return failing

    # --- 限额 ------------------------------------------------------------------------------

    def _quota_line(self, source: n.Quota) -> QuotaLine | None:
        failing = self._failing(source, "ZR410")
        if failing is None:
            return None
        self._fields(source.keys)
        if source.own_frequency and not self.resolver.leads:
            self.model.report.add("ZR439", source.span)
            return None
        limit = source.frequency.limit if source.frequency else None
        # Entries of one list share its quota: the reason is the same for all of them.
        fallback = self.reason if not self.resolver.leads else "超频"
        code = failing.code.text if failing.code else fallback
        message = n.Title(failing.message.zh, failing.message.en)
        return QuotaLine(source, self.limit(limit) if limit else None, code, message)

    def limit(self, expr: x.Expr) -> r.RExpr | None:
        """Return how often something may happen."""
        known = self._limits.get(id(expr))
        if known:
            return known[1]
        found = self.resolver.bounded_value(expr, _COUNT)
        node: r.RExpr | None = None
        if found.type and found.type.name not in NUMERIC:
            self.resolver.mismatch(expr.span, _COUNT, found.type)
        elif found.type and found.type.measure not in _COUNTED:
            self.resolver.mixed(expr.span, _COUNT, found.type)
        elif found.type:
            node = found.node
        self._limits[id(expr)] = (expr, node)
        return node

    def quota(
        self, line: QuotaLine, parts: Parts, code: str, entry: n.Entry | None, where: Span
    ) -> r.Quota | None:
        """Return a quota of one clause; none if the entry says nothing of how often."""
        source = line.source
        frequency, limit = source.frequency, line.limit
        if source.own_frequency:
            frequency = entry.frequency if entry else None
            if frequency is None:
                self.model.report.add("ZR440", where, clause=code)
                return None
            limit = self.limit(frequency.limit) if frequency.limit else None
        window = (frequency.window if frequency else None) or Window.EVER
        failing = source.otherwise
        assert failing is not None  # a quota without 否则 was never made a line
        days = frequency.days if frequency else 0
        return r.Quota(
            key=r.quota_key(code, window, days),
            window=window,
            days=days,
            limit=limit,
            per=tuple(name.text for name in source.keys),
            counted_by=parts.counted_by,
            outcome=failing.outcome,
            message=line.message,
            code=line.code,
            span=source.span,
        )

    def _fields(self, names: tuple[n.Name, ...]) -> tuple[str, ...]:
        for name in names:
            if name.text not in self.resolver.fields:
                self.model.report.unknown("ZR201", name.span, name.text, self.resolver.fields)
        return tuple(name.text for name in names)

    # --- 义务, routes ----------------------------------------------------------------------

    def _duty(self, source: n.Duty) -> r.Duty:
        amount: Decimal | None = None
        measure: Measure | None = None
        length: r.RExpr | None = None
        limit = source.limit
        if limit and limit.length and not limit.untimed:
            found = self.resolver.bounded_value(limit.length)
            self._check_time(limit.length, found.type)
            if isinstance(found.node, r.Const) and isinstance(found.node.value, Decimal):
                amount, measure = found.node.value, found.type.measure if found.type else None
            elif found.type:
                length, measure = found.node, found.type.measure
        return r.Duty(
            name=source.what.text,
            by=self._body(source.by),
            per=source.per.text if source.per else "",
            amount=amount,
            measure=measure,
            length=length,
            consequence=source.consequence.text if source.consequence else "",
            span=source.span,
        )

    def _check_time(self, expr: x.Expr, type_: r.Type | None) -> None:
        if type_ and type_.name is TypeName.DATE:
            return
        if type_ and type_.measure not in _TIMES:
            self.model.report.add("ZR329", expr.span, measure_zh=v.unit_of(type_, 0),
                                  measure_en=v.unit_of(type_, 1))  # fmt: skip

    def _body(self, expr: x.Expr | None) -> str:
        if expr is None:
            return ""
        if not isinstance(expr, (x.Ref, x.Text)):
            self.resolver.add("ZR203", expr.span, name="…", hint_zh="", hint_en="")
            return ""
        name = expr.name if isinstance(expr, x.Ref) else expr.value
        if name not in self.resolver.fields and not self.model.chart.target(name):
            known = [*self.model.chart.names(), *self.resolver.fields]
            self.model.report.unknown("ZR203", expr.span, name, known)
        return name

    def route(self, expr: x.Expr | None) -> r.RExpr | None:
        """Return where a request should go: a body, a field's value, or what a table says."""
        if expr is None:
            return None
        if isinstance(expr, (x.Ref, x.Text)):
            name = expr.name if isinstance(expr, x.Ref) else expr.value
            target = self.model.chart.target(name)
            if target:
                return r.Const(target.name, v.UNIT)
            if name not in self.resolver.fields:
                if isinstance(expr, x.Ref):
                    known = self.model.chart.names()
                    self.model.report.unknown("ZR207", expr.span, name, known)
                return r.Const(name, v.TEXT)
        names = _slashed(expr)
        if names and not any(name in self.resolver.fields for name in names):
            # 承诺书/部门查询 in a column of where to go instead is no division.
            self.model.report.unknown("ZR207", expr.span, "/".join(names), ())
            return r.Const("/".join(names), v.TEXT)
        found = self.resolver.bounded_value(expr, v.TEXT)
        return found.node if found.type else None


def _slashed(expr: x.Expr) -> list[str]:
    """Return the names that strokes stand between; none for anything else."""
    if isinstance(expr, x.Ref):
        return [expr.name]
    if not (isinstance(expr, x.Arith) and expr.op == "/"):
        return []
    left, right = _slashed(expr.left), _slashed(expr.right)
    return [*left, *right] if left and right else []


_TIMES = frozenset(
    {
        Measure.WORKDAY, Measure.WORKHOUR, Measure.NATURALDAY, Measure.DAY, Measure.HOUR,
        Measure.MINUTE, Measure.MONTH, Measure.YEAR, Measure.WEEK,
    }
)  # fmt: skip


def reason_of(test: r.RExpr) -> str:
    """Return the usual code for a failed line of an assistance list, by what it asks."""
    for each in joined_tests(test):
        if isinstance(each, r.BelongsToLeads):
            return "主体不符"
        if asks_manner(each):
            return "主责错位"
        if asks_money(each):
            return "经费未到"
    return ""


def asks_manner(test: r.RExpr) -> bool:
    """Tell whether a test asks that the community only assists."""
    if isinstance(test, r.OneOf):
        return all(map(says_assist, test.values)) and bool(test.values)
    if not isinstance(test, r.Test) or not isinstance(test.right, r.Const):
        return False
    value = test.right.value
    if test.op == "!=":
        return isinstance(value, str) and _says(value, _OWN)
    return test.op == "==" and says_assist(value)


def says_assist(value: object) -> bool:
    """Tell whether a choice says that somebody only assists: 协助, 配合办理, assist_it."""
    return isinstance(value, str) and _says(value, _ASSIST) and not _says(value, _OWN)


def _says(value: str, words: tuple[str, ...]) -> bool:
    # Whole words in English, where own stands inside of down; in Chinese words are not set apart.
    latin = re.split("[^a-z]+", value.lower())
    return any(word in (latin if word.isascii() else value) for word in words)


def asks_money(test: r.RExpr) -> bool:
    """Tell whether a test asks for money that has arrived."""
    if not isinstance(test, r.Test) or not isinstance(test.left, r.FieldValue):
        return False
    name = test.left.name.casefold()
    return any(word in name for word in _MONEY_WORDS)
