"""What a set calls bodies: units, roles, levels; so that a name which is nobody's is noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

from zhunru.checker.chart import COMMON_LEVELS
from zhunru.checker.resolved_flows import Body, Owner, Owners, acting
from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.syntax.misspelling import nearest_whole
from zhunru.vocabulary import SYSTEM, TypeName

if TYPE_CHECKING:
    from zhunru.compiler.program import CompiledPolicy

_LISTED = 30


def bodies_of(policy: CompiledPolicy) -> Iterator[str]:
    """Yield every name that a set has for a body: units, roles, levels, and what tables name."""
    chart = policy.model.chart
    yield from chart.units
    yield from policy.core.posts
    yield from chart.roles
    yield from dict.fromkeys(unit.level for unit in chart.units.values() if unit.level)
    for flow in policy.core.workflows.values():
        for state in flow.states:
            for body in _bodies(state.owner):
                yield from _named(body)


def knows_body(policy: CompiledPolicy, name: str) -> bool:
    """Tell whether a set means a body by a name, on whatever day, or may come to do so."""
    chart = policy.model.chart
    if name in chart.units or name in chart.roles or name in COMMON_LEVELS:
        return True
    # `resolve` takes what stands outside the chart by its mark; `ever` knows other names too.
    if chart.ever(name) or chart.resolve(name, date.max):
        return True
    return name in set(bodies_of(policy)) or name in _in_registers(policy)


def check_asserter(policy: CompiledPolicy, name: str) -> None:
    """Refuse to have facts vouched for by a name that is nobody's: none of them would count."""
    confirming = dict.fromkeys(each for each in _confirming(policy) if each not in SYSTEM)
    if name in confirming or name in SYSTEM or knows_body(policy, name):
        return
    if name not in _senders(policy):
        known = dict.fromkeys((*confirming, *bodies_of(policy)))
        not_known("单位或者角色", "unit or role", name, list(known), list(confirming))


def not_known(
    what_zh: str, what_en: str, name: str, known: Sequence[str], listed: Sequence[str]
) -> NoReturn:
    """Raise RequestRejected for a name that is nobody's, with the nearest one there is."""
    near = nearest_whole(name, known)
    some = listed[:_LISTED]
    if near:
        hint_zh, hint_en = f"是不是“{near}”？", f"did you mean `{near}`?"
    elif some:
        hint_zh, hint_en = f"现有：{'、'.join(some)}", f"there are: {', '.join(some)}"
    else:
        hint_zh, hint_en = "请核对名称。", "check the name"
    words: dict[str, Any] = {"what_zh": what_zh, "what_en": what_en, "hint_zh": hint_zh}
    raise RequestRejected([diagnose("ZR776", NOWHERE, name=name[:200], hint_en=hint_en, **words)])


def _confirming(policy: CompiledPolicy) -> Iterator[str]:
    """Yield the roles by which fields and registers are confirmed (由 R 确认)."""
    fields = chain.from_iterable(plan.head.fields for plan in policy.plans.values())
    yield from (field.asserted_by for field in fields if field.asserted_by)
    registers = policy.core.registers.values()
    yield from (each.asserted_by for each in registers if each.asserted_by)


def _senders(policy: CompiledPolicy) -> set[str]:
    """Return the fields that are units: who sends may vouch under that word (来文单位)."""
    fields = chain.from_iterable(plan.head.fields for plan in policy.plans.values())
    return {field.name for field in fields if field.type.name is TypeName.UNIT}


def _in_registers(policy: CompiledPolicy) -> set[str]:
    """Return the texts in the rows of a set's registers: some name who is to do something."""
    rows = chain.from_iterable(register.rows or () for register in policy.core.registers.values())
    return {value for row in rows for _, value in row if isinstance(value, str)}


def _bodies(owner: Owner | None) -> Iterable[Body]:
    return acting(owner) + (owner.jointly if isinstance(owner, Owners) else ())


def _named(body: Body) -> Iterable[str]:
    if body.kind == "table" and body.value is not None:
        kind = getattr(body.value, "type", None)
        return () if kind is None else kind.values
    return (body.name,) if body.kind in ("unit", "role", "level") else ()
