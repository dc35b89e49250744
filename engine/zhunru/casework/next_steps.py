"""What can be done next in a case, by whom, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhunru.checker.resolved import ResolvedField
from zhunru.checker.resolved_flows import ALWAYS, Joint, Line, Meeting
from zhunru.explain.phrases import describe
from zhunru.runtime.case import Case
from zhunru.runtime.meeting import MEET
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting
from zhunru.vocabulary import TYPES

_FIGURES = ("应到", "到会", "赞成", "回避")


def next_steps(setting: Setting, case: Case, now: int) -> list[dict[str, Any]]:
    """Return the actions of the state that a case is in, ready for JSON, in written order."""
    if case.closed:
        return []
    plan = setting.plan.states[case.visit.state]
    owner = plan.state.owner
    own = {line.id for line in plan.state.lines}
    scene = Scene(setting, case.fields, case.opener, now)
    if isinstance(owner, Meeting):
        results = [line for line in plan.actions if line.id in own]
        rest = [line for line in plan.actions if line.id not in own]
        return [_meeting(results, scene, case), *_each(scene, case, rest, own)]
    found = list(_each(scene, case, plan.actions, own))
    if isinstance(owner, Joint):
        # Parties answer with a word; which mix of the words leads where is not theirs to choose.
        names = dict.fromkeys(step["action"] for step in found if not step["anywhere"])
        found = [next(step for step in found if step["action"] == name) for name in names] + [
            step for step in found if step["anywhere"]
        ]
    return found


def _each(
    scene: Scene, case: Case, lines: Sequence[Line], own: set[str]
) -> Iterator[dict[str, Any]]:
    fields = scene.setting.fields
    for line in lines:
        yield {
            "action": line.name,
            "leads_to": line.target,
            "inputs": [_input(fields.get(name), name, case.fields) for name in line.inputs],
            **_needs(line, scene),
            "times_left": _times_left(line, case),
            "anywhere": line.id not in own,
        }


def _meeting(results: list[Line], scene: Scene, case: Case) -> dict[str, Any]:
    """Return what a meeting takes: its figures, and what each result of it asks for.

    What comes out is known only afterwards, so everything that any result needs may be given.
    """
    figures = [{"name": name, "type": {"zh": "名单或者人数", "en": "names or a number"},
                "values": [], "known": False} for name in _FIGURES]  # fmt: skip
    wanted: dict[str, list[str]] = {}
    for line in results:
        for name in (*line.inputs, *_needs(line, scene)["unknown"]):
            wanted.setdefault(name, []).append(line.name)
    fields = scene.setting.fields
    inputs = [
        {**_input(fields.get(name), name, case.fields), "for": list(dict.fromkeys(lines))}
        for name, lines in wanted.items()
        if name in fields
    ]
    return {
        "action": MEET[0],
        "leads_to": "、".join(dict.fromkeys(f"{line.name} → {line.target}" for line in results)),
        "inputs": [*figures, *inputs],
        "needs": None,
        "met": True,
        "unknown": [name for name in wanted if name not in fields],
        "times_left": None,
        "anywhere": False,
    }


def _input(field: ResolvedField | None, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    kind = ("文本", "text") if field is None else TYPES.get(field.type.name, ("文本", "text"))
    return {
        "name": name,
        "type": {"zh": kind[0], "en": kind[1]},
        "values": list(field.type.values) if field is not None else [],
        "known": name in known,
    }


def _needs(line: Line, scene: Scene) -> dict[str, Any]:
    """Return the condition of a line, whether it is met now, and what is not known for it."""
    if line.guard == ALWAYS:
        return {"needs": None, "met": True, "unknown": []}
    phrase = describe(line.guard)
    truth = scene.truth(line.guard)
    known = isinstance(truth, bool)
    return {
        "needs": {"zh": phrase.zh, "en": phrase.en},
        "met": truth if known else None,
        "unknown": [name for name in scene.missing if name not in line.inputs] if not known else [],
    }


def _times_left(line: Line, case: Case) -> int | None:
    """Return how often a bounded line may still be taken; None: there is no bound."""
    if line.bound is None or line.bound.times is None:
        return None
    return max(0, line.bound.times - case.counts.get(line.id, 0))
