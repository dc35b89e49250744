"""Checks on what a set must have (应有)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.checker.symbols import KIND_WORDS
from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Keyword terminals of declarations that this version knows; the others come later.
_KINDS = {
    "BASIS": "basis",
    "FORM": "form",
    "REGISTER": "register",
    "PARAMETER": "parameter",
    "LIST": "list",
    "RULE": "rule",
    "TABLE": "table",
    "FORMULA": "formula",
    "DECIDE": "decide",
    "WORKFLOW": "workflow",
    "CALENDAR": "calendar",
    "DOCUMENT": "document",
    "RECURRING": "recurring",
    "UNIT": "unit",
    "ROLE": "role",
    "CHECK": "check",
    "SCORECARD": "scorecard",
    "MATCH": "matching",
    "PROMISE": "promise",
}


def check_expectations(model: Model) -> None:
    """Everything that the header counts on is there."""
    header = model.scope.header
    for each in header.expectations if header else ():
        kind = _KINDS.get(each.keyword)
        if kind is None:
            model.report.add("ZR433", each.name.span, name=each.name.text)
        elif not _there(model, kind, each.name):
            zh, en = KIND_WORDS[kind]
            model.report.add("ZR432", each.name.span, name=each.name.text, kind_zh=zh, kind_en=en)


def check_upper_expectations(model: Model) -> None:
    """What a set above counts on is there in the sets below it as well."""
    header = model.scope.header
    for upper in model.scope.uppers if header else ():
        for each in upper.header.expectations if upper.header else ():
            kind = _KINDS.get(each.keyword)
            if header is None or kind is None or _there(model, kind, each.name):
                continue
            zh, en = KIND_WORDS[kind]
            named = next((name for name in header.upper if name.text == upper.code), None)
            model.report.add(
                "ZR465", named.span if named else header.title.span, upper=upper.code,
                name=each.name.text, kind_zh=zh, kind_en=en,
            )  # fmt: skip


def _there(model: Model, kind: str, name: n.Name) -> bool:
    if kind == "unit":
        return name.text in model.chart.called
    if kind == "role":
        return name.text in model.chart.roles
    kinds = ("rule", "group") if kind == "rule" else (kind,)
    return model.scope.find(name.text, *kinds) is not None


CHECKS = (check_expectations, check_upper_expectations)
