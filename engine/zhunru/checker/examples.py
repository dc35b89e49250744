"""Checks on 测试: every fact that a test gives exists, and every basis that it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker.numbers import check_fraction
from zhunru.syntax import expressions as x
from zhunru.syntax import nodes as n
from zhunru.vocabulary import DAY, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model


# What a test may be about.
_TRIED = ("decide", "table", "formula", "check", "scorecard")


def check_targets(model: Model) -> None:
    """What a test is about exists."""
    scope = model.scope
    for test in scope.tests:
        if test.target and not scope.find(test.target.text, *_TRIED):
            known = scope.names(*_TRIED)
            model.report.unknown(
                "ZR204", test.target.span, test.target.text, known,
                kind_zh="判定、对照表、公式、核查或者评价",
                kind_en="decision, table, formula, check or scorecard",
            )  # fmt: skip


def check_facts(model: Model) -> None:
    """Facts of tests name fields, registers, inputs or quotas."""
    known = _facts(model)
    for test in model.scope.tests:
        for case in test.cases:
            for given in () if any(fact.event for fact in case.given) else case.given:
                subject = given.subject
                if isinstance(subject, x.Ref) and subject.name not in known:
                    model.report.unknown("ZR224", subject.span, subject.name, known)
                elif isinstance(subject, x.Ref):
                    _check_value(model, subject.name, given)
            for citation in case.expected.citations:
                model.bases.bind(citation)


def _facts(model: Model) -> set[str]:
    scope = model.scope
    known = {field for fields in model.forms.values() for field in fields}
    known |= set(scope.names("register", "parameter")) | set(DAY)
    for table in model.tables.values():
        known |= {name for name, _ in table.inputs}
    for card in model.scorecards.values():
        for part in (part for parts in card.parts for part in parts):
            known |= {part.name, *(each.name for each in getattr(part, "indicators", ()))}
    for formula in model.formulas.values():
        known |= {name for name, _ in formula.parameters}
    return known


def _check_value(model: Model, name: str, given: n.Given) -> None:
    type_ = model.field_type(name)
    value = given.value
    if type_:
        check_fraction(model.report, type_, value)
    if not type_ or type_.name is not TypeName.CHOICE or not isinstance(value, (x.Ref, x.Text)):
        return
    word = value.name if isinstance(value, x.Ref) else value.value
    if word not in type_.values:
        model.report.unknown("ZR202", value.span, word, type_.values, all=type_.values)


CHECKS = (check_targets, check_facts)
