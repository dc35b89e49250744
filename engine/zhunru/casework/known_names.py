"""Names that a list of cases may be asked for by: a wrong one is told, not answered with nothing.

A name is known if a set in the store uses it, or a case in the store, however old, carries it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.bodies import bodies_of, knows_body, not_known
from zhunru.store.base import Store


def check_body(name: str, store: Store, policies: Sequence[CompiledPolicy]) -> None:
    """Refuse a name that is nobody's: no unit, role or level, and no case is with it."""
    if any(knows_body(policy, name) for policy in policies):
        return
    if store.find_cases(owner=name, limit=1):
        return
    # Only what the sets say is suggested: the names in cases may be those of people.
    known = dict.fromkeys(chain.from_iterable(map(bodies_of, policies)))
    not_known("单位或者角色", "unit or role", name, list(known), ())


def check_flow(name: str, store: Store, policies: Sequence[CompiledPolicy]) -> None:
    """Refuse a name that no workflow, decision or duty of a set has, nor any case."""
    known = list(dict.fromkeys(chain.from_iterable(map(_flows, policies))))
    if name not in known and name not in {flow for flow, _, _ in store.count_cases()}:
        not_known("流程", "workflow", name, known, known)


def _flows(policy: CompiledPolicy) -> Iterable[str]:
    return (*policy.core.workflows, *policy.plans, *policy.core.duties)
