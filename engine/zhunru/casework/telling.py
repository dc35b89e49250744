"""What happened in a case, in words: each event as a line of the file that people keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from zhunru.casework.owner_words import unheld_words
from zhunru.checker.resolved_flows import name_in
from zhunru.explain.phrases import plain
from zhunru.runtime.encoding import decode
from zhunru.runtime.recurring import MISSED
from zhunru.store.base import EventRow

# What each kind of event is called; those that take a line are called by the line.
KINDS: Mapping[str, tuple[str, str]] = {
    "opened": ("开立", "opened"),
    "acted": ("办理", "acted"),
    "answered": ("答复", "answered"),
    "joined": ("会办完成", "joined"),
    "met": ("会议未决", "met, nothing decided"),
    "overdue": ("逾期", "overdue"),
    "expired": ("期满", "expiry"),
    "unpublished": ("日历未发布", "calendar not published"),
    "stalled": ("停住，待人工", "stalled, needs a person"),
    "reminded": ("提醒", "reminded"),
    "paused": ("停表", "clock stopped"),
    "resumed": ("恢复", "clock resumed"),
    "extension_asked": ("申请延期", "extension asked"),
    "extended": ("同意延期", "extension granted"),
    "extension_refused": ("不同意延期", "extension refused"),
    "supervised": ("督办", "supervised"),
    "urged": ("催办", "urged"),
    "reassigned": ("改派", "reassigned"),
    "added": ("加派", "party added"),
    "hidden": ("匿名保密", "made confidential"),
    "withdrawn": ("撤回", "withdrawn"),
    "merged": ("并件", "merged"),
    "reprojected": ("日历公布，重算到期", "due date reckoned anew"),
    "migrated": ("转入新版规则集", "moved to a new version"),
    "child_ended": ("所产生的办件已办结", "a case it opened came to an end"),
    "decided": ("判定", "decided"),
    "taken_back": ("撤回准入", "admission taken back"),
    "outage": ("停机", "outage"),
    "duty": ("完成一次", "done once more"),
}
_DUTY_BEGINS = {"zh": "本期开始", "en": "the period begins"}
_DUTY_MISSED = {"zh": "期满未完成", "en": "not done in its period"}
_BY_LINE = ("acted",)


def told(row: EventRow, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with what it says in words beside its record, ready for JSON."""
    raw: Mapping[str, Any] = orjson.loads(row.body).get("data", {})
    data = decode(row.body).get("data", {})
    return {
        **event,
        "word": _word(row.kind, raw),
        "from": raw.get("from", ""),
        "to": raw.get("to", "") or raw.get("end", ""),
        "facts": _facts(data),
        "marks": list(raw.get("marks", ())),
        "note": _note(row.kind, raw),
        "data": raw,
    }


def _word(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    name = str(data.get("result", "")) or name_in(str(data.get("line", "")))
    if kind in _BY_LINE and name:
        return {"zh": name, "en": name}
    # A recurring duty has events of one kind only; what happened shows in the case they leave.
    if kind == "duty" and data.get("case", {}).get("version") == 1:
        return _DUTY_BEGINS
    if kind == "duty" and data.get("case", {}).get("end") == MISSED:
        return _DUTY_MISSED
    zh, en = KINDS.get(kind, (kind, kind))
    result = str(data.get("result", ""))
    if result:
        return {"zh": f"{zh}：{result}", "en": f"{en}: {result}"}
    return {"zh": zh, "en": en}


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    found = data.get("fields") or {}
    return {name: plain(value) for name, value in dict(found).items()}


def _note(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Return what else there is to say: what happened, and that no unit has the role it is for."""
    found = _said(kind, data)
    if roles := data.get("unheld"):
        words = unheld_words(roles)
        both = {"zh": ("；", words.zh), "en": ("; ", words.en)}
        return {
            key: found[key] + (mark if found[key] else "") + w for key, (mark, w) in both.items()
        }
    return found


def _said(kind: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence of a decision, the figures of a meeting, to whom work went, and why."""
    sentence = data.get("decision", {}).get("sentence", {})
    if isinstance(sentence, Mapping) and "zh" in sentence:
        return {"zh": sentence["zh"], "en": sentence.get("en", "")}
    if "favour" in data:
        return _figures(data)
    text = str(data.get("reason", "") or data.get("unit", "") or data.get("body", ""))
    parts = [part for part in (_named(kind, data), text) if part]
    return {"zh": "；".join(parts), "en": "; ".join(parts)}


def _named(kind: str, data: Mapping[str, Any]) -> str:
    """Return who was added, to whom work was handed on, into what it went, or what was hidden."""
    match kind:
        case "added":
            return str(data.get("added", ""))
        case "merged":
            return str(data.get("into", ""))
        case "hidden":
            return "、".join(data.get("confidential", ()))
        case "reassigned":
            before, visit = data.get("before", ()), data.get("visit", {})
            owners = visit.get("owners", ())
            units = [unit for unit in owners if unit not in before] or owners
            return " ".join(filter(None, ("、".join(units), visit.get("person", ""))))
    return ""


def _figures(data: Mapping[str, Any]) -> dict[str, str]:
    """Return how many of a meeting there were, came and agreed; of which body, if that was asked
    for."""
    base, present, favour = (data.get(name) for name in ("base", "present", "favour"))
    body = str(data.get("body", ""))
    zh = f"应到 {base}，到会 {present}，赞成 {favour}"
    en = f"{base} entitled, {present} present, {favour} in favour"
    return {"zh": f"{body}：{zh}", "en": f"{body}: {en}"} if body else {"zh": zh, "en": en}
