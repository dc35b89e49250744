"""Reads and runs case scripts: what people do to one case, and what must come of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.cases.asking import at

from zhunru.codes import explain_code
from zhunru.compiler import CompiledPolicy
from zhunru.errors import CaseRefused
from zhunru.opening import open_policy
from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store

FOLDER = Path(__file__).parents[1] / "fixtures" / "cases"
SCRIPTS = sorted(FOLDER.glob("*.yaml"))
# What a step may say of the effects since the step before, and what they are called inside.
OBJECTS = {"登记": "enter", "注销": "cancel", "签发": "issue", "产生": "open"}
RECEIVERS = {
    "通知": "notify",
    "抄送": "copy",
    "告知": "inform",
    "催办": "urge",
    "督办": "supervise",
}

policy_of = cache(open_policy)


def who(text: str) -> Actor:
    unit, _, person = text.partition(" ")
    return Actor(unit=unit, person=person)


def play(path: Path, store: Store) -> CaseService:
    """Run a script; every step that differs fails with its number."""
    script = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    policy: CompiledPolicy = policy_of(script["规则集"])
    service, begin = CaseService(store, policy), script["开立"]
    reply = service.open(
        script["流程"],
        actor=who(begin["由"]),
        key=path.stem,
        at=at(begin["于"]),
        facts=begin.get("填", {}),
    )
    for number, step in enumerate(script.get("步骤", ()), 1):
        before = service.show(reply.case_id)["version"]
        refused = _do(service, reply.case_id, step, f"{path.stem}/{number}")
        assert _refusal(step, refused), f"第 {number} 步：{refused and refused.diagnostic.zh}"
        found = _found(service, reply.case_id, before)
        wrong = {
            k: (v, found[k])
            for k, v in step.items()
            if k in found and _plain(v) != _plain(found[k])
        }
        assert not wrong, f"第 {number} 步 {step['于']}：{wrong}"
    end = _found(service, reply.case_id, 0)
    assert (end["到"], end["办结"]) == (script["期望"]["状态"], script["期望"]["办结"])
    return service


def _do(service: CaseService, case_id: str, step: dict[str, Any], key: str) -> CaseRefused | None:
    try:
        if "办理" in step:
            service.act(
                case_id,
                step["办理"],
                actor=who(step["由"]),
                key=key,
                at=at(step["于"]),
                inputs=step.get("填", {}),
            )
        else:
            service.wait(case_id, at(step["于"]))
    except CaseRefused as refused:
        return refused
    return None


def _refusal(step: dict[str, Any], refused: CaseRefused | None) -> bool:
    if refused is None or "拒" not in step:
        return refused is None and "拒" not in step
    code = explain_code(refused.code)
    return step["拒"] in ("是", code.slug if code else "")


def _found(service: CaseService, case_id: str, before: int) -> dict[str, Any]:
    case = service.show(case_id)
    events = service.history(case_id)[before:]
    done = [effect for event in events for effect in event.get("effects", ())]
    found = {
        "到": case["state"],
        "时限": (case["due"] or "")[:16],
        "轮到": case["owners"],
        "标记": case["marks"],
    }
    found |= {"暂定": _flag(case["provisional"]), "办结": _flag(case["closed"])}
    for word, kind in OBJECTS.items():
        found[word] = [_object(effect) for effect in done if effect["kind"] == kind]
    for word, kind in RECEIVERS.items():
        found[word] = [
            unit for effect in done if effect["kind"] == kind for unit in effect.get("to", ())
        ]
    return found


def _object(effect: dict[str, Any]) -> str:
    to = "、".join(effect.get("to", ()))
    return f"{effect['object']} 给 {to}" if effect["kind"] == "issue" and to else effect["object"]


def _flag(value: bool) -> str:
    return "是" if value else "否"


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
