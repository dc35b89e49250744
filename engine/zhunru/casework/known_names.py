"""Names that a list of cases may be asked for by: a wrong one is told, not answered with nothing.

A name is known if a set in the store uses it, or a case in the store, however old, carries it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any, NoReturn

from rapidfuzz import fuzz, process

from zhunru.checker.chart import COMMON_LEVELS
from zhunru.checker.resolved_flows import Body, Joint, Meeting, Owner, Owners
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.store.base import Store

_LISTED = 30


def check_body(name: str, store: Store, policies: Sequence[CompiledPolicy]) -> None:
    """Refuse a name that is nobody's: no unit, role or level, and no case was ever with it."""
    if any(_has(policy, name) for policy in policies):
        return
    if store.find_cases(owner=name, limit=1):
        return
    # Only what the sets say is suggested: the names in cases may be those of people.
    known = dict.fromkeys(chain.from_iterable(map(bodies_of, policies)))
    _unknown("单位或者角色", "unit or role", name, list(known), lists=False)


def check_flow(name: str, store: Store, policies: Sequence[CompiledPolicy]) -> None:
    """Refuse a name that no workflow, decision or duty of a set has, nor any case."""
    known = dict.fromkeys(chain.from_iterable(map(_flows, policies)))
    if name not in known and name not in {flow for flow, _, _ in store.count_cases()}:
        _unknown("流程", "workflow", name, list(known))


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


def _has(policy: CompiledPolicy, name: str) -> bool:
    chart = policy.model.chart
    # `resolve` takes what stands outside the chart by its mark; `ever` knows other names too.
    known = chart.ever(name) or chart.resolve(name, date.max) or name in COMMON_LEVELS
    return bool(known) or name in set(bodies_of(policy)) or name in _in_registers(policy)


def _in_registers(policy: CompiledPolicy) -> set[str]:
    """Return the texts in the rows of a set's registers: some name who is to do something."""
    rows = chain.from_iterable(register.rows or () for register in policy.core.registers.values())
    return {value for row in rows for _, value in row if isinstance(value, str)}


def _bodies(owner: Owner | None) -> Iterable[Body]:
    match owner:
        case Owners():
            return (*owner.bodies, *owner.jointly)
        case Joint():
            return owner.parties
        case Meeting():
            return (owner.body,)
    return ()


def _named(body: Body) -> Iterable[str]:
    if body.kind == "table" and body.value is not None:
        kind = getattr(body.value, "type", None)
        return () if kind is None else kind.values
    return (body.name,) if body.kind in ("unit", "role", "level") else ()


def _flows(policy: CompiledPolicy) -> Iterable[str]:
    return (*policy.core.workflows, *policy.plans, *policy.core.duties)


def _unknown(
    what_zh: str, what_en: str, name: str, known: Sequence[str], *, lists: bool = True
) -> NoReturn:
    # Whole names are compared: `街道` stands in the name of every one of them.
    found = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=50)
    near = found[0] if found else ""
    listed = known[:_LISTED] if lists else []
    if near:
        hint_zh, hint_en = f"是不是“{near}”？", f"did you mean `{near}`?"
    elif listed:
        hint_zh, hint_en = f"现有：{'、'.join(listed)}", f"there are: {', '.join(listed)}"
    else:
        hint_zh, hint_en = "请核对名称。", "check the name"
    words: dict[str, Any] = {
        "what_zh": what_zh,
        "what_en": what_en,
        "hint_zh": hint_zh,
        "hint_en": hint_en,
    }
    raise RequestRejected([diagnose("ZR776", NOWHERE, name=name[:200], **words)])
