"""Names that a list of cases may be asked for by: a wrong one is told, not answered with nothing.

A name is known if a set in the store uses it, or a case in the store, however old, carries it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.bodies import bodies_of, knows_body, not_known
from zhunru.runtime.actions import WITHDRAWN
from zhunru.runtime.handing_on import MERGED
from zhunru.runtime.recurring import DONE, MISSED, RUNNING
from zhunru.store.base import Store
from zhunru.vocabulary import OUTCOMES

_ANYWHERE = frozenset({MERGED, WITHDRAWN})  # how any case may be over


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


def check_state(name: str, flow: str, store: Store, policies: Sequence[CompiledPolicy]) -> None:
    """Refuse a name that no state or end has, of that workflow if named, nor any case."""
    known = list(dict.fromkeys(chain.from_iterable(_states(each, flow) for each in policies)))
    seen = {state for of, state, _ in store.count_cases() if flow in ("", of)}
    if name not in known and name not in seen and name not in _ANYWHERE:
        not_known("环节或者结果", "state or end", name, known, known if flow else ())


def _states(policy: CompiledPolicy, flow: str) -> Iterable[str]:
    for name, workflow in policy.core.workflows.items():
        if flow in ("", name):
            yield from (state.name for state in workflow.states)
            yield from workflow.ends
    if any(flow in ("", name) for name in policy.plans):
        yield from (zh for zh, _ in OUTCOMES.values())
    if any(flow in ("", name) for name in policy.core.duties):
        yield from (RUNNING, DONE, MISSED)


def _flows(policy: CompiledPolicy) -> Iterable[str]:
    return (*policy.core.workflows, *policy.plans, *policy.core.duties)
