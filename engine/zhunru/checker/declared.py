"""Checks on declarations: a header, each name once, each upper name left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zhunru.checker.calls import FUNCTION_OF
from zhunru.checker.numbers import check_fraction
from zhunru.checker.symbols import KIND_WORDS, VALUE_KINDS
from zhunru.checker.values import field_type, is_percent
from zhunru.diagnostics import NOWHERE, Span
from zhunru.syntax import canonical
from zhunru.syntax import nodes as n
from zhunru.vocabulary import DAY, DAYS, LEADS_AND_BELOW, NUMERIC

if TYPE_CHECKING:
    from zhunru.checker.model import Model


def check_header(model: Model) -> None:
    """A set has a header (that it has only one is seen when it is read)."""
    if model.scope.header is None:
        model.report.add("ZR209", _first_place(model))


def _first_place(model: Model) -> Span:
    for file in model.scope.policy_set.files:
        return file.source.span(0, len(file.source.line(1)))
    return NOWHERE


def check_repeats(model: Model) -> None:
    """A name is declared once."""
    for earlier, later in model.scope.repeats:
        zh, en = KIND_WORDS[earlier.kind]
        model.report.add(
            "ZR210", later.name.span, name=later.name.text,
            related=((earlier.name.span, f"先写的{zh}", f"the first {en}"),),
        )  # fmt: skip


def check_upper_names(model: Model) -> None:
    """A lower set declares no upper name again, unless a parameter is handed down to it."""
    for above, own in model.scope.redeclared:
        if own.kind == "parameter" and model.scope.delegation("parameter", own.name.text):
            continue
        model.report.add("ZR211", own.name.span, name=own.name.text, upper=above.scope.code)


def check_vocabulary(model: Model) -> None:
    """A name is not a word that means something else at the same place (L10)."""
    for kind in VALUE_KINDS:
        for symbol in model.scope.own[kind].values():
            if symbol.name.text in FUNCTION_OF:
                _vocabulary(model, symbol.name, kind)
    for name, kind in _names_of_bodies(model):
        if name.text in LEADS_AND_BELOW:
            _vocabulary(model, name, kind)
    for form in model.scope.nodes("form"):
        for field in form.fields:
            for name in _captured(field):
                _vocabulary(model, name, "field")


def _names_of_bodies(model: Model) -> Iterator[tuple[n.Name, str]]:
    """Yield every name of a unit or role, with its kind; of very many plain units the like ones."""
    units = model.scope.units
    for at, text, says_more in units.named():
        # Units that are no more than a name are not made only to be asked for it.
        if says_more or text in LEADS_AND_BELOW:
            yield from ((name, "unit") for name in (units[at].name, *units[at].aliases))
    yield from ((role.name, "role") for role in model.scope.roles)


def _captured(field: n.Field) -> list[n.Name]:
    """Return the names of a field that a test would take for the day or for 有效."""
    found = [field.name] if field.name.text == DAY[1] else []
    return found + [value for value in field.values if value.text == canonical.IN_FORCE[1]]


def _vocabulary(model: Model, name: n.Name, kind: str) -> None:
    zh, en = KIND_WORDS[kind]
    model.report.add("ZR219", name.span, name=name.text, kind_zh=zh, kind_en=en)


def check_fields(model: Model) -> None:
    """Fields and choices are there once; bounds and defaults fit."""
    for kind in ("form", "register"):
        for node in model.scope.nodes(kind):
            seen: set[str] = set()
            for field in node.fields:
                if field.name.text in seen:
                    model.report.add(
                        "ZR220", field.name.span, owner=node.name.text, name=field.name.text
                    )
                seen.add(field.name.text)
                _check_choices(model, field)
                _check_bounds(model, field)


def _check_choices(model: Model, field: n.Field) -> None:
    seen: set[str] = set()
    for value in field.values:
        if value.text in seen:
            model.report.add("ZR221", value.span, name=field.name.text, value=value.text)
        seen.add(value.text)


def _check_bounds(model: Model, field: n.Field) -> None:
    low, high = field.low, field.high
    for number in (low, high, field.default):
        check_fraction(model.report, field_type(field), number)
    # From 0 to 1: whoever counts so gives shares of one.
    if high and high.value == 1 and high.measure is None and is_percent(field_type(field)):
        model.report.add("ZR346", high.span, number="1", percent="100")
    if not low or not high or field.type not in NUMERIC:
        return
    mixed = low.measure and high.measure and low.measure is not high.measure
    if mixed or high.value < low.value:
        model.report.add("ZR325", field.name.span, name=field.name.text)


def check_governing(model: Model) -> None:
    """A form has at most one 适用日, and it is a date."""
    for form in model.scope.nodes("form"):
        marked = [field for field in form.fields if field.governing]
        for extra in marked[1:]:
            model.report.add("ZR428", extra.name.span, name=form.name.text)
        for field in marked:
            if field.type not in DAYS:
                model.report.add("ZR429", field.name.span, name=field.name.text)


def check_defaults(model: Model) -> None:
    """A default lies in the domain of its field."""
    for decision in model.decisions.values():
        for field in decision.fields:
            type_, value = field.type, field.default
            if value is None or isinstance(value, (str, bool)) or type_.name not in NUMERIC:
                continue
            low, high = type_.low, type_.high
            if (low is not None and value < low) or (high is not None and value > high):  # type: ignore[operator]
                model.report.add("ZR342", field.span, name=field.name)


CHECKS = (
    check_header, check_repeats, check_upper_names, check_vocabulary, check_fields,
    check_governing, check_defaults,
)  # fmt: skip
