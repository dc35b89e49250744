"""Facts as people write them: numbers with their unit, days and hours in one form, in the order of
their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from zhunru.checker.resolved import ResolvedField
from zhunru.checker.values import is_percent
from zhunru.checker.words import amount
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Language
from zhunru.vocabulary import WINDOWS, Measure, TypeName
from zhunru.web.pages.words import WORDS

Fields = Mapping[str, ResolvedField]


def fields_of(policy: CompiledPolicy, name: str) -> Fields:
    """Return the fields of the cases of a workflow, or of what is decided, in written order."""
    flow = policy.core.workflows.get(name)
    if flow is not None:
        return {field.name: field for field in flow.fields}
    plan = policy.plans.get(name)
    return {field.name: field for field in plan.head.fields} if plan is not None else {}


def called(name: str, fields: Fields, language: Language) -> str:
    """Return what a fact is called: what a quota was used for is no field, and has a key only."""
    clause, dot, window = name.rpartition(".")
    known = next((words for words in WINDOWS.values() if window.startswith(words[0])), None)
    if name in fields or not dot or known is None:
        return name
    if language == "en":
        return WORDS["times_used"][1].format(clause, known[1] + window[len(known[0]) :])
    return WORDS["times_used"][0].format(clause, window)


def told(facts: Mapping[str, Any], fields: Fields, language: Language) -> list[tuple[str, str]]:
    """Return facts with what each says, those of the form first and in its order."""
    names = [name for name in fields if name in facts]
    names += [name for name in facts if name not in fields]
    return [(name, said(facts[name], fields.get(name), language)) for name in names]


def said(value: Any, field: ResolvedField | None, language: Language) -> str:
    """Return a fact as people read it."""
    at = language == "en"
    if value is None:
        return WORDS["none"][at]
    if isinstance(value, bool):
        return WORDS["yes" if value else "no"][at]
    measure = field.type.measure if field is not None else None
    if measure is not None and isinstance(value, str | int | Decimal):
        return _counted(str(value), measure, language)
    if isinstance(value, list | tuple):
        if _is_span(field):
            return span(value, language)
        return WORDS["comma"][at].join(said(each, None, language) for each in value)
    return moment(str(value)) if _is_moment(field) else str(value)


def written(value: Any, field: ResolvedField | None) -> str:
    """Return a fact as it is filled in: what is read from it again is the same."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return span(value, "zh") if _is_span(field) else "、".join(str(each) for each in value)
    if value is None:
        return ""
    text = str(value)
    if field is not None and is_percent(field.type) and text[-1:].isdigit():
        return f"{text}%"
    return moment(text) if _is_moment(field) else text


def span(ends: Sequence[Any], language: Language) -> str:
    """Return a stretch of days; one of its ends may be open."""
    first, last = ("" if end is None else str(end) for end in (*ends, None, None)[:2])
    return f"{first} {'to' if language == 'en' else '至'} {last}".strip()


def moment(text: str) -> str:
    """Return a moment as everything else on the pages shows one; only of whole minutes."""
    return text.replace("T", " ").removesuffix(":00") if text.count(":") == 2 else text


def _counted(text: str, measure: Measure, language: Language) -> str:
    number = text.strip()
    try:
        phrase = amount(Decimal(number.removesuffix("%")), measure)
    except InvalidOperation:
        return text  # not read yet: it stands as it was filled in
    if measure is Measure.PERCENT or language != "en":
        return phrase.zh
    return phrase.en


def _is_span(field: ResolvedField | None) -> bool:
    return field is not None and field.type.name is TypeName.SPAN


def _is_moment(field: ResolvedField | None) -> bool:
    return field is not None and field.type.name is TypeName.MOMENT
