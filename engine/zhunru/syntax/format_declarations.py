"""Print declarations other than lists, rules and tables: a template per node."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from zhunru.diagnostics import Source
from zhunru.syntax.expressions import Column, Expr, Ref
from zhunru.syntax.format_clauses import ClausePrinter
from zhunru.syntax.format_lines import Line, heading_line, width
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.nodes import (
    Basis,
    BasisVersion,
    Case,
    Decide,
    Delegation,
    Expectation,
    Expected,
    Field,
    Form,
    Formula,
    Given,
    Name,
    Parameter,
    ParameterValue,
    Period,
    Policy,
    Register,
    Role,
    Step,
    Test,
)
from zhunru.vocabulary import OUTCOMES, TYPES, TypeName

_WIDE = 100  # a test longer than this goes on two lines


class DeclarationPrinter:
    """Print declarations as lines."""

    def __init__(self, words: Words, source: Source) -> None:
        self.words = words
        self.source = source
        self.clauses = ClausePrinter(words)
        self._item, self._name, self._names = words.item, words.named, words.naming

    def _day(self, terminal: str, day: date | None) -> str:
        return self._item(terminal, self.words.day(day) if day else "")

    def _effective(self, period: Period) -> str:
        """Return the days in force as part of a line."""
        return join(self._day("EFFECTIVE", period.start), self._day("TO", period.end))

    def _mark(self, terminal: str, said: bool) -> str:
        return self.words.key(terminal) if said else ""

    def _note(self, note: str) -> list[Line]:
        """Return a note as a comment: there is no line for it in a policy file."""
        return [Line(f"# {line}") for line in note.splitlines() if line.strip()]

    def _source(self, path: str) -> str:
        return self._item("SOURCE", self.words.text(path) if path else "")

    # --- policy --------------------------------------------------------------------------------

    def policy(self, policy: Policy) -> list[Line]:
        """Return the header of a set."""
        name, names = self._name, self._names
        issuer = join(name("ISSUER", policy.issuer), names("JOINTLY", policy.jointly))
        head = join(self.words.key("POLICY"), policy.code, self.clauses.title(policy.title))
        lines = [*self._note(policy.note), Line(head, policy.span.line)]
        first = policy.issuer or (policy.jointly[0] if policy.jointly else None)
        lines += _named(issuer, first)
        lines += _named(name("TERRITORY", policy.territory), policy.territory)
        lines += self.clauses.period(policy.period, 1)
        lines += self._upper(policy)
        lines += self._expectations(policy.expectations)
        lines += (
            Line(self._item("DELEGATE", self.delegation(one)), one.span.line, 1)
            for one in policy.delegations
        )
        return lines + self.clauses.trace(policy.trace, 1)

    def _upper(self, policy: Policy) -> list[Line]:
        if not policy.upper:
            return []
        text = self.words.comma.join(name.text for name in policy.upper)
        return _named(self._item("UNDER", text), policy.upper[0])

    def _expectations(self, expectations: tuple[Expectation, ...]) -> list[Line]:
        if not expectations:
            return []
        text = "、".join(self.expectation(one) for one in expectations)
        return [Line(self._item("EXPECT", text), expectations[0].span.line, 1)]

    def expectation(self, expectation: Expectation) -> str:
        """Return `流程 社区工作准入`."""
        return self._name(expectation.keyword, expectation.name)

    def delegation(self, delegation: Delegation) -> str:
        """Return what a lower set may do, without the keyword."""
        terminal = {"list": "LIST", "parameter": "PARAMETER", "clause": "ENTRY"}[delegation.subject]
        target = delegation.target
        clause = delegation.subject == "clause"
        return join(
            self.words.name(delegation.level),
            self.words.key(terminal),
            target.text if clause else self.words.name(target),
            self._mark("ADDITIONS", delegation.additions),
            self._names("HAVING", delegation.having),
            self._name("VIA", delegation.via),
            self.bounds(delegation),
        )

    def bounds(self, delegation: Delegation) -> str:
        """Return what a parameter may be moved to: `17 至 25 人`, `不超过 15 个工作日`."""
        low, high = delegation.low, delegation.high
        if low and high:
            return self.words.band(low, high)
        if low:
            return join(self.words.key("ATLEAST"), self.words.quantity(low))
        return join(self.words.key("ATMOST"), self.words.quantity(high)) if high else ""

    # --- bases, roles -------------------------------------------------------------------

    def basis(self, basis: Basis) -> list[Line]:
        """Return a legal instrument as a block."""
        words = self.words
        head = join(words.key("BASIS"), words.guarded(basis.name), self.clauses.title(basis.title))
        texts = [
            self._item("REFERENCE", basis.reference),
            self._item("LEVEL", words.name(basis.level) if basis.level else ""),
            self._name("ISSUER", basis.issuer),
            join(self._day("ISSUED", basis.issued), self._effective(basis.period)),
            *(self._version(version) for version in basis.versions),
            self._source(basis.source),
            self._mark("UNVERIFIED", basis.unverified),
        ]
        ats = dict(zip(range(4, 4 + len(basis.versions)), basis.versions, strict=True))
        lines = [Line(text, ats[i].span.line if i in ats else 0, 1) for i, text in enumerate(texts)]
        kept = [line for line in lines if line.text]
        return [Line(head, basis.span.line), *kept, *self.clauses.trace(basis.trace, 1)]

    def _version(self, version: BasisVersion) -> str:
        # A year needs no brackets, though names do not begin with digits.
        label = version.label if version.label.isdigit() else self.words.name(version.label)
        return join(
            self._item("VERSION", label),
            self._day("ISSUED", version.issued),
            self._effective(version.period),
            self._item("REFERENCE", version.reference),
        )

    def role(self, role: Role) -> list[Line]:
        """Return a role."""
        text = join(
            self._name("ROLE", role.name),
            self._name("EVERY", role.every),
            self.words.quantity(role.number) if role.number else "",
            self._names("BY", role.held_by),
        )
        return [Line(text, role.span.line)]

    # --- forms, registers, parameters, formulas --------------------------------------------------

    def form(self, form: Form) -> list[Line]:
        """Return a form with a field a line."""
        head = Line(self._name("FORM", form.name), form.span.line)
        return [head, *self._fields(form.fields), *self.clauses.trace(form.trace, 1)]

    def register(self, register: Register) -> list[Line]:
        """Return a register; plain text fields go in brackets behind its name."""
        # In brackets there is room for names only.
        short = bool(register.fields) and all(_plain(field) for field in register.fields)
        names = ", ".join(self.words.name(field.name) for field in register.fields)
        head = join(
            self._name("REGISTER", register.name) + (f"({names})" if short else ""),
            self.clauses.title(register.title),
            self._source(register.source),
        )
        fields = () if short else register.fields
        lines = [Line(head, register.span.line), *self._fields(fields)]
        return [*lines, *self.clauses.trace(register.trace, 1)]

    def _fields(self, fields: Iterable[Field]) -> list[Line]:
        return [
            Line(join(self.words.name(f.name), self.type(f), self.marks(f)), f.span.line, 1)
            for f in fields
        ]

    def type(self, field: Field) -> str:
        """Return the type of a field with its parameters."""
        digits = "" if field.decimals is None else str(field.decimals)
        return join(
            self.words.pick(TYPES[field.type]),
            self.words.strict(field.values),
            self.words.band(field.low, field.high) if field.low and field.high else "",
            self._item("DECIMALS", digits),
        )

    def marks(self, field: Field) -> str:
        """Return what is demanded of a field."""
        by = field.asserted_by
        default = self.clauses.expressions.value(field.default) if field.default else ""
        return join(
            self._mark("REQUIRED", field.required),
            self._mark("OPTIONAL", field.optional),
            self._item("DEFAULT", default),
            self._mark("CURABLE", field.curable),
            self._mark("GOVERNING", field.governing),
            self._mark("OWNER", field.addressee),
            self._mark("SECRET", field.secret),
            join(self._name("BY", by), self.words.key("ASSERTED")) if by else "",
            self._names("WITHHELD", field.withheld_from),
        )

    def parameter(self, parameter: Parameter) -> list[Line]:
        """Return a parameter with its values by date."""
        head = join(self._name("PARAMETER", parameter.name), self.parameter_values(parameter))
        lines = [*self._note(parameter.note), Line(head, parameter.span.line)]
        if parameter.citations:
            cited = self._item("BASIS", self.clauses.citations(parameter.citations))
            lines.append(Line(cited, parameter.citations[0].span.line, 1))
        return [*lines, *self.clauses.trace(parameter.trace, 1)]

    def parameter_values(self, parameter: Parameter) -> str:
        """Return `2018-01-01 起 100 次, 2021-01-01 起 12 次`."""
        values = ", ".join(self._dated(value) for value in parameter.values)
        return join(values, self._day("TO", parameter.end))

    def _dated(self, value: ParameterValue) -> str:
        if value.start is None:
            return self.parameter_value(value)
        day = self.words.day(value.start)
        if self.words.zh:
            start = f"{day} {self.words.key('FROM_DATE')}"
        else:
            start = f"{self.words.key('FROM')} {day}"
        return join(start, self.parameter_value(value))

    def parameter_value(self, value: ParameterValue) -> str:
        """Return a value without its day."""
        if value.low is None:
            return self.words.key("TBD")
        if value.high is not None:
            return self.words.band(value.low, value.high)
        return self.words.quantity(value.low)

    def formula(self, formula: Formula) -> list[Line]:
        """Return a formula."""
        head = join(self.words.key("FORMULA"), self.formula_head(formula))
        return [Line(f"{head} = {self.clauses.show(formula.body)}", formula.span.line)]

    def formula_head(self, formula: Formula) -> str:
        """Return the name of a formula with its inputs."""
        inputs = ", ".join(self.words.name(name) for name in formula.parameters)
        return self.words.name(formula.name) + (f"({inputs})" if inputs else "")

    # --- decisions -------------------------------------------------------------------------------

    def decide(self, decide: Decide) -> list[Line]:
        """Return a decision with its steps."""
        head = join(self._name("DECIDE", decide.name), self._name("CONCERNING", decide.form))
        lines = [Line(head, decide.span.line)]
        if decide.wording:
            lines += _named(self._names("WORDING", decide.wording), decide.wording[0])
        if decide.steps:
            at = heading_line(self.source, decide.steps[0].span.line)
            lines.append(Line(self.words.key("ORDER"), at, 1))
            lines += (Line(self.step(step), step.span.line, 2) for step in decide.steps)
        if decide.default:
            default = self._item("DEFAULT", self.default(decide))
            lines.append(Line(default, decide.default.span.line, 1))
        return lines

    def step(self, step: Step) -> str:
        """Return one line of the order."""
        names = self.words.comma.join(self.words.guarded(name) for name in step.names)
        if step.label:
            names = f"{self.words.guarded(step.label)}: {names}"
        anchor = self._name(step.anchor.upper(), step.anchor_to) if step.anchor else ""
        return join(names, anchor)

    def default(self, decide: Decide) -> str:
        """Return the refusal by default, without its keyword."""
        if decide.default is None:
            return ""
        route = decide.default_return
        return join(
            self.clauses.verdict(decide.default),
            self._item("RETURN", self.clauses.expressions.route(route) if route else ""),
            self._name("APPLY", decide.default_apply),
            self._mark("BINDING", decide.default_binding),
        )

    # --- tests -----------------------------------------------------------------------------------

    def test(self, test: Test) -> list[Line]:
        """Return a test with a line for each case, two where one would be too long."""
        head = join(
            self.words.key("TEST"),
            self.clauses.title(test.title),
            self._name("CONCERNING", test.target),
        )
        lines = [Line(head, test.span.line), *self.clauses.trace(test.trace, 1)]
        for case in test.cases:
            lines += self._case(case)
        return lines

    def _case(self, case: Case) -> list[Line]:
        given = self._item("GIVEN", self.givens(self.words.facts(case.given)))
        then = join(self.words.then(), self.expected(case.expected))
        if width(given) + width(then) <= _WIDE:
            return [Line(join(given, then), case.span.line, 1)]
        return [Line(given, case.span.line, 1), Line(then, case.expected.span.line, 1)]

    def givens(self, givens: tuple[Given, ...]) -> str:
        """Return facts: `f 为 v, f 为 v`."""
        return ", ".join(self.given(given) for given in givens)

    def given(self, given: Given) -> str:
        """Return one fact, or what happened in a workflow and when."""
        equals = self.words.key("AT") if given.event else self.words.compare("==")
        return join(self.subject(given.subject), equals, self.value(given.value))

    def subject(self, subject: Ref | Column) -> str:
        """Return what a fact is about."""
        if isinstance(subject, Ref):
            return self.words.subject(subject.name)
        return self.clauses.show(subject)

    def value(self, value: Expr) -> str:
        """Return the value of a fact."""
        return self.clauses.expressions.value(value)

    def expected(self, expected: Expected) -> str:
        """Return what a test demands."""
        if expected.ends:
            return ", ".join(self._end(name, at) for name, at in expected.ends)
        if expected.outcome is None:
            return self.givens(expected.values)
        due = (join(self._name("DUTY", name), self._day("AT", day)) for name, day in expected.due)
        return join(
            self.words.pick(OUTCOMES[expected.outcome]),
            self.words.strict(expected.missing),
            self._name("CODE", expected.code),
            self._name("INSTEAD", expected.route),
            *due,
            self._item("BASIS", self.clauses.citations(expected.citations)),
        )

    def _end(self, name: Name, at: datetime) -> str:
        return join(self.words.guarded(name), self.words.key("ENDING"), self.words.moment(at))


def _named(text: str, name: Name | None) -> list[Line]:
    """Return the line of something whose place is that of its first name."""
    return [Line(text, name.span.line, 1)] if text and name else []


def _plain(field: Field) -> bool:
    """Tell whether a field is a text with nothing demanded of it."""
    return field == Field(name=field.name, type=TypeName.TEXT)
