"""Print declarations as YAML: the keys of `yaml_keys`, the texts of lines and cells as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from zhunru.syntax.format_clauses import own_clauses
from zhunru.syntax.format_declarations import DeclarationPrinter
from zhunru.syntax.format_lists import ListPrinter
from zhunru.syntax.format_measures import MeasurePrinter
from zhunru.syntax.format_workflows import WorkflowPrinter
from zhunru.syntax.format_yaml_measures import MeasureTrees
from zhunru.syntax.format_yaml_parts import TreeParts
from zhunru.syntax.format_yaml_text import Pair, Record, Said, Tree
from zhunru.syntax.format_yaml_workflows import WorkflowTrees
from zhunru.syntax.measure_nodes import Check, Matching, Promise, Scorecard
from zhunru.syntax.nodes import (
    Basis,
    Case,
    Decide,
    Declaration,
    Entry,
    Expected,
    Field,
    Form,
    Formula,
    Given,
    ListDecl,
    Name,
    Parameter,
    ParameterValue,
    Period,
    Policy,
    Register,
    Role,
    Rule,
    RuleGroup,
    Step,
    Table,
    Test,
    UnitBlock,
    Verdict,
)
from zhunru.syntax.workflow_nodes import CalendarDecl, Document, Recurring, Workflow
from zhunru.syntax.yaml_keys import CONSTRUCTS
from zhunru.vocabulary import HIT_POLICIES, LIST_KINDS, OUTCOMES, TYPES, Outcome, TypeName

_OUTCOME_SLOTS = {Outcome.ADMIT: "admit", Outcome.REFUSE: "refuse", Outcome.DEFER: "defer"}


class YamlPrinter(TreeParts):
    """Turn declarations into trees of texts, by the printers of lines and cells."""

    def __init__(
        self,
        declarations: DeclarationPrinter,
        lists: ListPrinter,
        flows: WorkflowPrinter,
        measures: MeasurePrinter,
    ) -> None:
        super().__init__(declarations.clauses)
        self.declarations = declarations
        self.lists = lists
        self.flows = WorkflowTrees(flows)
        self.measures = MeasureTrees(measures)

    def file(self, declarations: Iterable[Declaration]) -> Record:
        """Return a whole file: declarations of one kind stand together under their keyword."""
        kinds: dict[str, list[Tree]] = {}
        for declaration in declarations:
            slot, tree = self._declaration(declaration)
            kinds.setdefault(slot, []).append(tree)
        order = [key.slot for key in CONSTRUCTS["file"]]
        pairs = (self._kind(slot, kinds[slot]) for slot in order if slot in kinds)
        return Record(tuple(pairs))

    def _kind(self, slot: str, trees: list[Tree]) -> Pair:
        key = self._key("file", slot)
        if slot == "policy":
            return Pair(key, trees[0])
        if slot == "unit":
            return Pair(key, _units(trees))
        if slot == "test":
            return Pair(key, tuple(trees))
        pairs = (pair for tree in trees if isinstance(tree, Record) for pair in tree.pairs)
        return Pair(key, Record(tuple(pairs)))

    def _key(self, construct: str, slot: str) -> str:
        key = next(key for key in CONSTRUCTS[construct] if key.slot == slot)
        return key.spellings(self.words.language)[0]

    def _declaration(self, declaration: Declaration) -> tuple[str, Tree]:
        slot, method = self._methods[type(declaration)]
        tree: Tree = method(self, declaration)
        if slot in ("policy", "unit", "test"):
            return slot, tree
        if isinstance(declaration, Formula):
            key = self.declarations.formula_head(declaration)
        else:
            key = declaration.name.text  # type: ignore[union-attr]
        return slot, Record((Pair(key, tree, declaration.span.line),))

    # --- parts ---------------------------------------------------------------------------------

    def _name(self, name: Name | None) -> Tree:
        return Said(self.words.name(name), name.span.line) if name else ""

    def _day(self, day: date | None) -> str:
        return self.words.day(day) if day else ""

    # --- heads -----------------------------------------------------------------------------------

    def _policy(self, policy: Policy) -> Tree:
        return self._node(
            "policy",
            policy,
            code=policy.code,
            expectations=self._list_of(self.declarations.expectation, policy.expectations),
            delegations=self._list_of(self.declarations.delegation, policy.delegations),
        )

    def _basis(self, basis: Basis) -> Tree:
        return self._node(
            "basis",
            basis,
            level=self.words.name(basis.level) if basis.level else "",
            versions=tuple(self._node("version", one, one.span.line) for one in basis.versions),
        )

    def _unit_block(self, block: UnitBlock) -> Tree:
        if block.source:
            return self._node("units", block, block.span.line)
        return tuple(
            self._node("unit", unit, unit.span.line, name=unit.name.text) for unit in block.units
        )

    def _role(self, role: Role) -> Tree:
        number = self.words.quantity(role.number) if role.number else ""
        return self._node("role", role, number=number)

    # --- forms, registers, parameters, formulas --------------------------------------------------

    def _form(self, form: Form) -> Tree:
        return self._node("form", form, fields=tuple(map(self._field, form.fields)))

    def _register(self, register: Register) -> Tree:
        return self._node("register", register, fields=tuple(map(self._field, register.fields)))

    def _field(self, field: Field) -> Tree:
        name = self.words.name(field.name)
        if field == Field(name=field.name, type=TypeName.TEXT) and " " not in name:
            return Said(name, field.span.line)
        words = self.words
        low, high = field.low, field.high
        default = self.clauses.expressions.value(field.default) if field.default else ""
        return self._record(
            "field",
            field.span.line,
            name=name,
            kind=words.pick(TYPES[field.type]),
            value=words.band(low, high)
            if low and high
            else tuple(words.guarded(value) for value in field.values),
            decimals="" if field.decimals is None else str(field.decimals),
            required=self._flag(field.required),
            optional=self._flag(field.optional),
            default=default,
            curable=self._flag(field.curable),
            governing=self._flag(field.governing),
            owner=self._flag(field.addressee),
            secret=self._flag(field.secret),
            asserted=self._name(field.asserted_by),
            withheld=self._names(field.withheld_from),
        )

    def _parameter(self, parameter: Parameter) -> Tree:
        values: Tree = tuple(map(self._value, parameter.values))
        if len(parameter.values) == 1 and parameter.values[0].start is None:
            values = self._value(parameter.values[0])
        if not (parameter.end or parameter.citations or parameter.trace or parameter.note):
            return values
        return self._node("parameter", parameter, values=values)

    def _value(self, value: ParameterValue) -> Tree:
        text = self.declarations.parameter_value(value)
        if value.start is None:
            return text
        return self._record(
            "parameter_value", value.span.line, start=self._day(value.start), value=text
        )

    def _formula(self, formula: Formula) -> Tree:
        return self.clauses.show(formula.body)

    # --- lists, rules, tables --------------------------------------------------------------------

    def _list(self, decl: ListDecl) -> Tree:
        expected = "" if decl.expected is None else self.words.articles(decl.expected)
        return self._node(
            "list",
            decl,
            kind=self.words.pick(LIST_KINDS[decl.kind]),
            expected=expected,
            entries=tuple(map(self._entry, self.lists.own_entries(decl))),
        )

    def _entry(self, entry: Entry) -> Tree:
        if self.lists.is_bare(entry):
            return Said(entry.code, entry.span.line)
        return self._node(
            "entry",
            entry,
            entry.span.line,
            code=entry.code,
            frequency=self.clauses.frequency(entry.frequency) if entry.frequency else "",
            refines=entry.refines.text if entry.refines else "",
            extra=Record(tuple(Pair(*pair) for pair in entry.extra)) if entry.extra else "",
        )

    def _rule(self, rule: Rule) -> Tree:
        return self._node("rule", rule, **self._outcome(rule.verdict))

    def _outcome(self, verdict: Verdict | None) -> dict[str, Tree]:
        if verdict is None:
            return {}
        slot = _OUTCOME_SLOTS[verdict.outcome]
        return {slot: self._title(verdict.message), "reason": self._name(verdict.code)}

    def _group(self, group: RuleGroup) -> Tree:
        head = Rule(name=group.name, period=group.period, clauses=group.shared)
        return self._node(
            "rule", head, rows=tuple(self._rule_row(rule, group) for rule in group.rules)
        )

    def _rule_row(self, rule: Rule, group: RuleGroup) -> Tree:
        own = replace(
            rule,
            period=Period() if rule.period == group.period else rule.period,
            clauses=own_clauses(rule.clauses, group.shared),
        )
        verdict = rule.verdict
        return self._node(
            "rule_row",
            own,
            rule.span.line,
            name=rule.name.text,
            outcome=self.words.pick(OUTCOMES[verdict.outcome]) if verdict else "",
            message=self._title(verdict.message) if verdict else "",
            reason=self._name(verdict.code) if verdict else "",
        )

    def _table(self, table: Table) -> Tree:
        order = (
            Pair(column.name.text, self._names(column.order))
            for column in table.columns
            if column.order
        )
        return self._node(
            "table",
            table,
            hit=self.words.pick(HIT_POLICIES[table.hit]),
            columns=tuple(map(self.lists.column, table.columns)),
            rows=tuple(
                Said(tuple(self.lists.row(table, row)), row.span.line) for row in table.rows
            ),
            sorted=Record(tuple(order)) if any(c.order for c in table.columns) else "",
        )

    # --- decisions, tests ------------------------------------------------------------------------

    def _decide(self, decide: Decide) -> Tree:
        default = self.declarations.default(decide)
        return self._node(
            "decide",
            decide,
            steps=tuple(map(self._step, decide.steps)),
            default=Said(default, decide.default.span.line) if decide.default else "",
        )

    def _step(self, step: Step) -> Tree:
        if not (step.label or step.anchor):
            names: Tree = tuple(self.words.guarded(name) for name in step.names)
            return Said(names, step.span.line)
        anchor: dict[str, Tree] = {step.anchor: self._name(step.anchor_to)} if step.anchor else {}
        return self._node("step", step, step.span.line, **anchor)

    def _test(self, test: Test) -> Tree:
        cases = [self._case(case) for case in test.cases]
        return self._node(
            "test",
            test,
            test.span.line,
            **(cases[0] if len(cases) == 1 else {"rows": self._cases(test.cases)}),
        )

    def _cases(self, cases: Sequence[Case]) -> Tree:
        return tuple(self._record("case", case.span.line, **self._case(case)) for case in cases)

    def _case(self, case: Case) -> dict[str, Tree]:
        given = self.declarations.words.facts(case.given)
        return {"given": self._facts(given), "then": self._expected(case.expected)}

    def _expected(self, expected: Expected) -> Tree:
        if expected.outcome is None and not expected.ends:
            return self._facts(expected.values)
        return self.declarations.expected(expected)

    def _facts(self, givens: tuple[Given, ...]) -> Tree:
        """Return facts as a mapping, or as a line where one is given twice or happened."""
        pairs = tuple(
            Pair(
                self.declarations.subject(one.subject),
                self.declarations.value(one.value),
                one.subject.span.line,
            )
            for one in givens
        )
        twice = len({pair.key for pair in pairs}) < len(pairs)
        if twice or any(one.event for one in givens):
            return self.declarations.givens(givens)
        return Record(pairs) if pairs else ""

    _methods: ClassVar[dict[type, tuple[str, Callable[[YamlPrinter, Any], Tree]]]] = {
        Policy: ("policy", _policy),
        Basis: ("basis", _basis),
        UnitBlock: ("unit", _unit_block),
        Role: ("role", _role),
        Form: ("form", _form),
        Register: ("register", _register),
        Parameter: ("parameter", _parameter),
        ListDecl: ("list", _list),
        Rule: ("rule", _rule),
        RuleGroup: ("rule", _group),
        Table: ("table", _table),
        Formula: ("formula", _formula),
        Decide: ("decide", _decide),
        Test: ("test", _test),
        Workflow: ("workflow", lambda self, one: self.flows.workflow(one)),
        CalendarDecl: ("calendar", lambda self, one: self.flows.calendar(one)),
        Document: ("document", lambda self, one: self.flows.document(one)),
        Recurring: ("recurring", lambda self, one: self.flows.recurring(one)),
        Check: ("check", lambda self, one: self.measures.check(one)),
        Scorecard: ("scorecard", lambda self, one: self.measures.scorecard(one)),
        Matching: ("match", lambda self, one: self.measures.matching(one)),
        Promise: ("promise", lambda self, one: self.measures.promise(one)),
    }


def _units(trees: list[Tree]) -> Tree:
    """Return the units of all blocks and the files that others are taken from."""
    if len(trees) == 1:
        return trees[0]
    listed = (tree if isinstance(tree, tuple) else (tree,) for tree in trees)
    return tuple(unit for block in listed for unit in block)
