"""What a case expects of a workflow: when the time of its states ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zhunru.checker.resolve import meant_by
from zhunru.checker.resolved import NOTHING
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN
from zhunru.errors import CaseRefused
from zhunru.syntax import expressions as ex
from zhunru.syntax.nodes import Case
from zhunru.testing.facts import Unusable, Wrong, subject_of, value_of
from zhunru.worktime.instants import BEIJING, instant, stamp

WORKFLOW = ("流程", "workflow")


def compare_ends(policy: CompiledPolicy, case: Case) -> list[Wrong]:
    """Let happen in a workflow what the case says, and see when its states end."""
    from zhunru.runtime.trying import ends_of, is_at  # here: workflows take their time to load

    happened = [(subject_of(fact), _instant(fact.value)) for fact in case.given if fact.event]
    given = {subject_of(fact): fact.value for fact in case.given if not fact.event}
    flow = next((str(value_of(given.pop(word))) for word in WORKFLOW if word in given), "")
    if flow not in policy.flows or not happened:
        raise Unusable(_no_flow(flow, list(policy.flows)))
    types = {field.name: field.type for field in policy.core.workflows[flow].fields}
    facts = {name: value_of(meant_by(value, types.get(name))) for name, value in given.items()}
    known = {name: value for name, value in facts.items() if value is not UNKNOWN}
    wanted = {name.text: stamp(end.replace(tzinfo=BEIJING)) for name, end in case.expected.ends}
    try:
        found = ends_of(policy, flow, _given_facts(known), happened, wanted)
    except CaseRefused as refused:
        raise Unusable(Wrong(refused.diagnostic.zh, refused.diagnostic.en)) from None
    return [
        _wrong_end(name, end, name in found, found.get(name))
        for name, end in wanted.items()
        if not is_at(found.get(name), end)
    ]


def _given_facts(known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is NOTHING else value for name, value in known.items()}


def _instant(value: ex.Expr) -> int:
    found = value_of(value)
    if not isinstance(found, datetime):
        raise Unusable(Wrong(f"“{found}”不是时刻", f"`{found}` is no moment"))
    return stamp(found.replace(tzinfo=BEIJING))


def _no_flow(name: str, known: Sequence[str]) -> Wrong:
    if not name:
        return Wrong(
            "请写明流程和经过：假如 流程 为 X, 动作 于 时刻",
            "name the workflow and what happens: given workflow = X, action at moment",
        )
    return Wrong(
        f"没有流程“{name}”，或者没有写经过；可用的流程：{'、'.join(known)}",
        f"there is no workflow `{name}`, or nothing happens in it; there are {', '.join(known)}",
    )


def _wrong_end(name: str, want: int, entered: bool, due: int | None) -> Wrong:
    shown = "" if due is None else f"{instant(due):%Y-%m-%d %H:%M}"
    got_zh = shown or ("没有时限" if entered else "没有进入")
    got_en = shown or ("no limit" if entered else "never entered")
    return Wrong(
        f"“{name}”应止于 {instant(want):%Y-%m-%d %H:%M}，实为 {got_zh}",
        f"expected `{name}` to end at {instant(want):%Y-%m-%d %H:%M}, found {got_en}",
    )
