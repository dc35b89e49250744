"""What a field of a form looks like on a page, and the facts that were filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from zhunru.checker.resolved import ResolvedField
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.field_values import parts_of
from zhunru.diagnostics import Diagnostic
from zhunru.vocabulary import MEASURES, TypeName
from zhunru.web.pages.listing import rows_of
from zhunru.web.pages.visit import Visit

PREFIX = "f:"
"""Before the name of a field, so that no field is taken for a part of the page itself."""

_MOST_OFFERED = 500
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS = {
    TypeName.FLAG: "flag",
    TypeName.CHOICE: "choice",
    TypeName.CHOICES: "choices",
    TypeName.DATE: "date",
    TypeName.MOMENT: "moment",
    TypeName.NUMBER: "number",
    TypeName.MONEY: "number",
    TypeName.RATIO: "number",
    TypeName.UNIT: "offered",
    TypeName.UNITS: "offered",
    TypeName.MATTER: "offered",
}
_HINTS = {
    TypeName.ATTACHMENT: "hint_attachment",
    TypeName.UNITS: "hint_units",
    TypeName.SPAN: "hint_span",
    TypeName.MOMENT: "hint_moment",
    TypeName.PERSON: "hint_person",
}


@dataclass(frozen=True, slots=True)
class Control:
    """A field to fill in: `kind` of control, what it offers, what stands in it, a note below.

    `labels` say more of what is offered, as the codes of matters do. `required`: nothing comes of
    it without this field; `wrong`: what stands in it was just refused; `label`: what it is called
    where that is not its name.
    """

    name: str
    kind: str
    value: str = ""
    offered: tuple[str, ...] = ()
    note: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False
    wrong: bool = False
    label: str = ""

    @property
    def odd(self) -> bool:
        """Tell whether something stands in it that the control itself could not show."""
        if self.kind == "date":
            return bool(self.value) and not _DAY.fullmatch(self.value)
        known = ("是", "否") if self.kind == "flag" else self.offered
        return bool(self.value) and self.value not in known

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return what is offered, each with its label ("": none)."""
        return list(zip(self.offered, self.labels or ("",) * len(self.offered), strict=True))

    @property
    def sent_as(self) -> str:
        """Return the name that the form sends."""
        return PREFIX + self.name

    @property
    def chosen(self) -> list[str]:
        """Return what is chosen of several."""
        return parts_of(self.value, self.offered.__contains__)


def facts_of(visit: Visit) -> dict[str, str]:
    """Return what was filled in, by the names of fields; several choices are joined by 、."""
    found: dict[str, str] = {}
    for name in visit.form:
        if name.startswith(PREFIX):
            given = [each.strip() for each in visit.form.getlist(name) if isinstance(each, str)]
            text = "、".join(each for each in given if each)
            if text:
                found[name[len(PREFIX) :]] = text
    return found


def control(
    policy: CompiledPolicy, field: ResolvedField | None, name: str, value: str = "", note: str = ""
) -> Control:
    """Return how a field is filled in; what is no field of the form is a register or a quota."""
    if field is None:
        if name in policy.core.registers:
            return Control(name, "choice", value, ("有效", "无"), note)
        return Control(name, "number", value, (), note)
    kind = _KINDS.get(field.type.name, "text")
    offered = field.type.values
    labels: tuple[str, ...] = ()
    if kind == "offered":
        offered, labels = _offered(policy, field.type.name)
    return Control(name, kind, value, offered, note, labels)


def hint(field: ResolvedField, visit: Visit) -> str:
    """Return how a field is to be filled in, where its control does not show that by itself."""
    kind, zh = field.type, visit.language == "zh"
    notes = []
    if kind.measure is not None:
        notes.append(visit.say("measured_in").format(MEASURES[kind.measure][0 if zh else 1][0]))
    if kind.low is not None or kind.high is not None:
        word = "at_most" if kind.low is None else "at_least" if kind.high is None else "between"
        ends = (f"{end:f}" for end in (kind.low, kind.high) if end is not None)
        notes.append(visit.say(word).format(*ends))
    if kind.name in _HINTS:
        notes.append(visit.say(_HINTS[kind.name]))
    if field.governing:
        notes.append(visit.say("governs"))
    if field.asserted_by:
        notes.append(visit.say("confirmed_by").format(field.asserted_by))
    if field.secret:
        notes.append(visit.say("kept_secret"))
    return visit.say("semicolon").join(notes)


def marked(fields: Sequence[Control], findings: Iterable[Diagnostic]) -> list[Control]:
    """Return the controls, those marked that a refusal names."""
    said = "\n".join(each.zh for each in findings)
    return [replace(field, wrong=field.name in said) for field in fields]


@lru_cache(maxsize=64)
def _offered(policy: CompiledPolicy, kind: TypeName) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that may be filled in, and what is said of each."""
    if kind is TypeName.MATTER:
        matters = {row.title: f"{row.list_name} {row.code}" for row in reversed(rows_of(policy))}
        chosen = [(title, matters[title]) for title in _first(reversed(matters))]
    else:
        units = policy.model.chart.units
        chosen = [(name, units[name].level) for name in _first(units)]
    return tuple(name for name, _ in chosen), tuple(label for _, label in chosen)


def _first(names: Iterable[str]) -> list[str]:
    return list(islice(filter(None, names), _MOST_OFFERED))


def controls(
    policy: CompiledPolicy,
    fields: Mapping[str, ResolvedField],
    facts: Mapping[str, str],
    notes: Mapping[str, str],
) -> list[Control]:
    """Return controls with what was filled in, and how each is to be filled in."""
    return [
        control(policy, fields.get(name), name, value, notes.get(name, ""))
        for name, value in facts.items()
    ]
