"""Runs case scripts: what people do to one case, and what must come of it at each step."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.cases.asking import at

from zhunru.codes import CODES
from zhunru.errors import CaseRefused
from zhunru.opening import open_policy
from zhunru.runtime.kit import acting
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store
from zhunru.store.memory import MemoryStore

SCRIPTS = sorted((Path(__file__).parents[1] / "fixtures" / "cases").glob("*.yaml"))
OBJECTS = {"登记": "enter", "注销": "cancel", "签发": "issue", "产生": "open"}
RECEIVERS = {"通知": "notify", "抄送": "copy", "告知": "inform", "催办": "urge"}
RECEIVERS |= {"督办": "supervise", "提醒": "remind"}
SAID = {"于", "由", "办理", "填", "拒"}
policy_of = cache(open_policy)


def play(path: Path, store: Store) -> CaseService:
    """Run a script; what differs at a step fails with its number."""
    script = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    service, begin = CaseService(store, policy_of(script["规则集"])), script["开立"]
    who, facts, begun = acting(begin["由"]), begin.get("填", {}), at(begin["于"])
    case = service.open(script["流程"], actor=who, key=path.stem, at=begun, facts=facts).case_id
    for number, step in enumerate(script.get("步骤", ()), 1):
        before, refused = service.show(case)["version"], ""
        try:
            _do(service, case, step, f"{path.stem}/{number}")
        except CaseRefused as error:
            refused = CODES[error.code].slug
        assert step.get("拒", "") in ("是" if refused else "", refused), (
            f"第 {number} 步：{refused}"
        )
        found = _found(service, case, before)
        assert step.keys() <= SAID | found.keys(), f"第 {number} 步写了不认得的栏"
        wrong = {k: found[k] for k, v in step.items() if k in found and _set(v) != _set(found[k])}
        assert not wrong, f"第 {number} 步 {step['于']}：{wrong}"
    end = _found(service, case, 0)
    assert (end["到"], end["办结"]) == (script["期望"]["状态"], script["期望"]["办结"])
    return service


@cache
def played() -> tuple[tuple[dict[str, Any], CaseService, MemoryStore], ...]:
    """Return every script with the service and the store after it."""
    found = []
    for path in SCRIPTS:
        store = MemoryStore()
        service = play(path, store)
        found.append((yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader), service, store))
    return tuple(found)


def _do(service: CaseService, case: str, step: dict[str, Any], key: str) -> None:
    if "办理" not in step:
        service.wait(case, at(step["于"]))
        return
    who, inputs = acting(step["由"]), step.get("填", {})
    service.act(case, step["办理"], actor=who, key=key, at=at(step["于"]), inputs=inputs)


def _found(service: CaseService, case_id: str, before: int) -> dict[str, Any]:
    """Return what can be said of a case, and of what was done since a version of it."""
    case = service.show(case_id)
    events = service.history(case_id)[before:]
    done = [each for event in events for each in event["effects"]]
    objects = {w: [_object(d) for d in done if d["kind"] == kind] for w, kind in OBJECTS.items()}
    told = {
        word: [unit for each in done if each["kind"] == kind for unit in each.get("to", ())]
        for word, kind in RECEIVERS.items()
    }
    flags = {"暂定": case["provisional"], "办结": case["closed"]}
    shown = {word: "是" if flag else "否" for word, flag in flags.items()}
    due = (case["due"] or "")[:16]
    met = [event["data"]["body"] for event in events if event.get("data", {}).get("body")]
    state = {
        "开会": met,
        "到": case["state"],
        "时限": due,
        "轮到": case["owners"],
        "标记": case["marks"],
    }
    return {**objects, **told, **shown, **state}


def _object(done: dict[str, Any]) -> str:
    to = "、".join(done.get("to", ()))
    return f"{done['object']} 给 {to}" if done["kind"] == "issue" and to else done["object"]


def _set(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
