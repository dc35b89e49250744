"""A decision as one sentence, and as a record ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from zhunru.explain.answers import (
    Change,
    Cited,
    MissingFact,
    Obligation,
    Reason,
    Route,
    Suggestion,
    Unresolved,
)
from zhunru.explain.phrases import plain

if TYPE_CHECKING:
    from zhunru.diagnostics import Language, Span

_MAX_SENTENCE_REASONS = 4


# --- the record --------------------------------------------------------------------------------


def to_dict(decision: Any, *, advice: bool = True) -> dict[str, Any]:
    """Return everything a decision says, ready for JSON; exact numbers are texts."""
    return {
        "outcome": decision.outcome.value,
        "wording": decision.wording,
        "code": decision.code,
        "clause": decision.clause,
        "sentence": {"zh": decision.sentence("zh"), "en": decision.sentence("en")},
        "reasons": [_reason(reason) for reason in decision.reasons],
        "missing": [_missing(fact) for fact in decision.missing],
        "possible": [outcome.value for outcome in decision.possible],
        "never_admits": decision.never_admits,
        "obligations": [_obligation(duty) for duty in decision.obligations],
        "route": decision.route and _members(decision.route),
        **(_advice(decision) if advice else {}),
        "citations": [_cited(citation) for citation in decision.citations],
        "as_of": plain(decision.as_of),
        "policy": decision.set_code,
        "decision": decision.decision_name,
        "digest": decision.digest,
        "facts_used": _plain_tree(decision.facts_used),
        "claims": _plain_tree(decision.claims),
        "unresolved": [_members(unit) for unit in decision.unresolved],
        "taken_as_confirmed": list(decision.taken_as_confirmed),
        "exhaustive": decision.exhaustive,
        "conflict": decision.conflict,
    }


def _advice(decision: Any) -> dict[str, Any]:
    """Return what is searched for: what would admit it, what is alike, how long it holds."""
    nearest = decision.nearest
    return {
        "nearest": None if nearest is None else [_members(change) for change in nearest],
        "suggestions": [_suggestion(near) for near in decision.suggestions],
        "valid_until": plain(decision.valid_until),
    }


def _plain_tree(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _plain_tree(value) if isinstance(value, Mapping) else plain(value)
        for name, value in values.items()
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "outcome": reason.outcome.value,
        "clause": reason.clause,
        "zh": reason.zh,
        "en": reason.en,
        "citations": [_cited(citation) for citation in reason.citations],
        "place": _place(reason.span),
        "set": reason.set_code,
        "certain": reason.certain,
        "also": reason.also,
        "condition": {"zh": reason.condition_zh, "en": reason.condition_en},
    }


def _place(span: Span) -> dict[str, Any]:
    return {"path": span.path, "line": span.line, "column": span.column}


def _cited(citation: Cited) -> dict[str, Any]:
    return {
        "text": citation.text,
        "basis": citation.basis,
        "unverified": citation.unverified,
    }


def _missing(fact: MissingFact) -> dict[str, Any]:
    return {
        "name": fact.name,
        "asserted_by": fact.asserted_by,
        "decisive": fact.decisive,
        "claimed": plain(fact.claimed),
    }


def _obligation(duty: Obligation) -> dict[str, Any]:
    return {
        "name": duty.name,
        "by": duty.by,
        "workflow": duty.workflow,
        "limit": {"zh": duty.limit_zh, "en": duty.limit_en},
        "due": plain(duty.due),
        "provisional": duty.provisional,
        "consequence": duty.consequence,
        "clause": duty.clause,
    }


def _members(part: Route | Unresolved | Change) -> dict[str, Any]:
    """Return a part of an answer all of whose fields are told as they are."""
    return {field.name: plain(getattr(part, field.name)) for field in fields(part)}


def _suggestion(near: Suggestion) -> dict[str, Any]:
    return {"clause": near.clause, "title": near.title, "score": near.score}


# --- the sentence ------------------------------------------------------------------------------


def sentence(decision: Any, lang: Language) -> str:
    """Return a decision in one sentence."""
    return _zh(decision) if lang == "zh" else _en(decision)


def _zh(decision: Any) -> str:
    parts = [_reason_zh(reason) for reason in _shown(decision)]
    if decision.missing:
        parts = ["还缺" + "、".join(_asked_zh(fact) for fact in decision.missing)]
    if not decision.exhaustive:
        late = next((fact.why_zh for fact in decision.missing if fact.why_zh), "")
        parts.append(late or "情况太多，没有逐一算尽，所缺可能偏多（未穷尽）")
    cited = "、".join(dict.fromkeys(c.text for c in decision.citations))
    if cited and not decision.missing:
        parts.append(f"依据：{cited}")
    route = decision.route
    if route is not None and route.to:
        parts.append("改由" + "、".join(route.to) + "办理")
    if route is not None and route.apply:
        parts.append(f"可申请{route.apply}")
    parts.extend(unit.zh for unit in decision.unresolved)
    parts.extend(_duty_zh(duty) for duty in decision.obligations)
    return f"{decision.wording}：" + "；".join(parts) + "。"


def _shown(decision: Any) -> list[Reason]:
    return list(decision.reasons[:_MAX_SENTENCE_REASONS])


def _reason_zh(reason: Reason) -> str:
    return reason.zh if reason.certain else f"若{reason.condition_zh}，{reason.zh}"


def _asked_zh(fact: MissingFact) -> str:
    notes = [f"由{fact.asserted_by}确认"] if fact.asserted_by else []
    if fact.claimed is not None:
        notes.append("来文单位自称不作数")
    return f"{fact.name}（{'，'.join(notes)}）" if notes else fact.name


def _duty_zh(duty: Obligation) -> str:
    due = f"于{duty.due}前" if duty.due else ""
    late = "（日历未发布，暂定）" if duty.provisional else ""
    return f"{duty.by}须{due}{duty.name}{late}" if duty.by else f"须{due}{duty.name}{late}"


_EN_WORDS = {"admit": "admitted", "refuse": "refused", "defer": "deferred"}


def _en(decision: Any) -> str:
    head = _EN_WORDS.get(decision.outcome.value, "incomplete")
    parts = [_reason_en(reason) for reason in _shown(decision)]
    if decision.missing:
        parts = ["missing " + ", ".join(_asked_en(fact) for fact in decision.missing)]
    if not decision.exhaustive:
        late = next((fact.why_en for fact in decision.missing if fact.why_en), "")
        many = "not every case was gone through, so more may be asked for than is needed"
        parts.append(late or many)
    cited = ", ".join(dict.fromkeys(c.text for c in decision.citations))
    if cited and not decision.missing:
        parts.append(f"basis: {cited}")
    route = decision.route
    if route is not None and route.to:
        parts.append("it belongs to " + ", ".join(route.to))
    if route is not None and route.apply:
        parts.append(f"{route.apply} may be applied for")
    parts.extend(unit.en for unit in decision.unresolved)
    parts.extend(_duty_en(duty) for duty in decision.obligations)
    return f"{head}: " + "; ".join(parts)


def _reason_en(reason: Reason) -> str:
    return reason.en if reason.certain else f"if {reason.condition_en}, {reason.en}"


def _asked_en(fact: MissingFact) -> str:
    notes = [f"to be confirmed by {fact.asserted_by}"] if fact.asserted_by else []
    if fact.claimed is not None:
        notes.append("the sender's own word does not count")
    return f"{fact.name} ({', '.join(notes)})" if notes else fact.name


def _duty_en(duty: Obligation) -> str:
    due = f" by {duty.due}" if duty.due else ""
    late = " (provisional: the holiday calendar is not published)" if duty.provisional else ""
    return f"{duty.by or 'the sender'} must do {duty.name}{due}{late}"
