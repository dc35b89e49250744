"""What comes with a command, read by the fields of the workflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from zhunru.checker.resolved import NOTHING, ResolvedField
from zhunru.compiler.field_values import Unreadable, no_unit, read_value
from zhunru.compiler.values import UNKNOWN
from zhunru.errors import CaseRefused
from zhunru.runtime.case import Actor
from zhunru.runtime.refusals import listed, refuse
from zhunru.syntax.misspelling import nearest
from zhunru.vocabulary import SYSTEM, TypeName

if TYPE_CHECKING:
    from datetime import date

    from zhunru.runtime.setting import Setting

_MOST_BODIES = 500


def read_facts(setting: Setting, raw: Mapping[str, Any], day: date, verb: str) -> dict[str, Any]:
    """Return facts by the fields of the workflow; an unknown one is left out."""
    found: dict[str, Any] = {}
    for name, value in raw.items():
        field = setting.fields.get(name)
        if field is None:
            not_taken(setting, verb, name)
        read = _read(setting, field, value, day)
        if read is not UNKNOWN:
            found[name] = read
    return found


def refuse_change(
    setting: Setting,
    verb: str,
    taken: Iterable[str],
    facts: Mapping[str, Any],
    known: Mapping[str, Any],
) -> None:
    """Refuse a fact that is on record already, unless the action takes it.

    What is not known so far may come with any action: it may be just what a guard waits for.
    """
    for name, value in facts.items():
        if name not in taken and name in known and known[name] != value:
            not_taken(setting, verb, name)


def split_claims(
    setting: Setting, values: dict[str, Any], actor: Actor, at: int, places: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts that count, and those that somebody gave who may not assert them (D1)."""
    if not any(setting.fields[name].asserted_by for name in values):
        return values, {}
    facts: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    for name, value in values.items():
        role = setting.fields[name].asserted_by
        (facts if _may_assert(setting, role, actor, at, places) else claims)[name] = value
    return facts, claims


def _may_assert(
    setting: Setting, role: str, actor: Actor, at: int, places: tuple[str, ...]
) -> bool:
    if not role or role in SYSTEM or role in actor.roles:
        return True
    bearers = setting.finder.of_text(role, places, at)
    unit = setting.chart.resolve(actor.unit, setting.finder.day(at))
    return (unit or actor.unit) in bearers.units


def _read(setting: Setting, field: ResolvedField, value: Any, day: date) -> Any:
    try:
        read = read_value(setting.chart, day, field, value)
    except Unreadable as problem:
        raise CaseRefused(problem.finding) from None
    if read is NOTHING:
        _check_number(setting, field.name, 0)
        return None
    if field.type.name is TypeName.UNIT and read is UNKNOWN and not _is_unknown(value):
        raise CaseRefused(no_unit(setting.chart, day, field.name, str(value)))
    if read is not UNKNOWN:
        _check_number(setting, field.name, len(read) if isinstance(read, frozenset) else 1)
    if isinstance(read, frozenset) and field.type.name is TypeName.UNITS:
        _check_bodies(field.name, read)
    return read


def _check_bodies(name: str, values: frozenset[str]) -> None:
    if len(values) > _MOST_BODIES:
        refuse("ZR745", name=name, number=_MOST_BODIES, given=len(values))


def _check_number(setting: Setting, name: str, given: int) -> None:
    number = setting.exactly.get(name)
    if number is not None and number != given:
        refuse("ZR745", name=name, number=number, given=given)


def _is_unknown(value: Any) -> bool:
    return value in ("未知", "unknown")


def not_taken(setting: Setting, verb: str, name: str) -> NoReturn:
    """Refuse a field that a command gives and that is none, or not its own to change."""
    if name in setting.fields:
        zh = "这一栏已经登记，要由写明填写它的办理来改"
        en = "it is on record; an action that takes it may change it"
    else:
        near = nearest(name, setting.fields)
        zh = f"是不是“{near}”？" if near else "请写流程里有的栏目"
        en = f"did you mean `{near}`?" if near else "give a field of the workflow"
    refuse("ZR727", verb=verb, name=name, hint_zh=zh, hint_en=en)


# --- what built-in actions take ------------------------------------------------------------------


def check_takes(verb: str, inputs: Iterable[str], takes: Iterable[str]) -> None:
    """Refuse what a built-in action does not take: it would be on no record."""
    for name in inputs:
        if name not in takes:
            zh = f"可以写：{'、'.join(each for each in takes if not each.isascii())}"
            en = f"it takes: {', '.join(each for each in takes if each.isascii())}"
            refuse("ZR727", verb=verb, name=name, hint_zh=zh, hint_en=en)


def given(raw: Mapping[str, Any], *names: str) -> Any:
    """Return what a built-in action is given under one of its names, or None."""
    for name in names:
        if name in raw:
            return raw[name]
    return None


def text_given(raw: Mapping[str, Any], verb: str, *names: str) -> str:
    """Return a text that a built-in action cannot do without."""
    found = given(raw, *names)
    if not isinstance(found, str) or not found.strip():
        refuse("ZR726", verb=verb, **listed("missing", names[:1]))
    return found.strip()
