"""Walks and lengths of time in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from zhunru.checker.flow_map import Arc, Walk
from zhunru.checker.resolved import FieldValue, ParameterOf
from zhunru.checker.resolved_flows import Length, Limit, Line, State
from zhunru.diagnostics import Language
from zhunru.vocabulary import MEASURES, Measure

LANGUAGES: tuple[Language, ...] = ("zh", "en")

ENDINGS = {"overdue": ("逾期", "overdue"), "expiry": ("期满", "expiry")}
JOINS = {"": ("", ""), "all": ("全部", "all"), "any": ("任一", "any"),
         "majority": ("过半", "majority")}  # fmt: skip
_SPENT = ("满后", "thereafter")
_MOST_STEPS = 24


def index(lang: Language) -> int:
    """Return the place of a language's word in a pair."""
    return 0 if lang == "zh" else 1


def line_text(line: Line, lang: Language) -> str:
    """Return how a line is called: `上报`, `全部 办结`, `逾期`."""
    at = index(lang)
    if line.ends_time:
        return ENDINGS[line.kind][at]
    joined = " ".join(part for part in (JOINS[line.join][at], line.name) if part)
    return f"{line.label}:{joined}" if line.label else joined


def arc_text(arc: Arc, lang: Language) -> str:
    """Return how one way is called; a line whose bound is used up says so."""
    text = line_text(arc.line, lang)
    return f"{text},{_SPENT[index(lang)]}" if arc.spent else text


def walk_text(walk: Walk, lang: Language, times: dict[str, str] | None = None) -> str:
    """Return a walk as `研判(4 个工作小时) —上报→ 交办 …`; a long one is cut in the middle."""

    def state(name: str) -> str:
        allowed = (times or {}).get(name)
        return f"{name}({allowed})" if allowed else name

    parts = [f" —{arc_text(arc, lang)}→ {state(arc.target)}" for arc in walk.arcs]
    if len(parts) > _MOST_STEPS:
        parts = [*parts[: _MOST_STEPS // 2], " → …", *parts[-_MOST_STEPS // 2 :]]
    return state(walk.first) + "".join(parts)


def paths(walk: Walk, before: str = "", shared: Iterable[str] = ()) -> dict[str, Any]:
    """Return a walk in both languages, as the texts of findings want it.

    Visits of each of the states `shared` share one limit (累计).
    """
    over = _over(walk, frozenset(shared))
    note = {
        "zh": f"（“{over}”的时限累计，这时已经走完：当日还没有下班、当即有人办理的，才走得到）",
        "en": f" (the limit of `{over}` is used up by then: only if somebody acts at once, on a "
        "day that has not closed)",
    }
    return {
        f"path_{lang}": before + walk_text(walk, lang) + (note[lang] if over else "")
        for lang in LANGUAGES
    }


def _over(walk: Walk, shared: frozenset[str]) -> str:
    """Return a state that is left by hand after its time for all visits was over; "": none is."""
    gone: set[str] = set()
    for arc in walk.arcs:
        if arc.source in gone and not arc.line.ends_time:
            return arc.source
        if arc.source in shared and arc.line.ends_time:
            gone.add(arc.source)
    return ""


def line_names(line: Line) -> dict[str, Any]:
    """Return the name of a line in both languages, as the texts of findings want it."""
    return {f"name_{lang}": line_text(line, lang) for lang in LANGUAGES}


def length_text(amount: Decimal, measure: Measure, lang: Language) -> str:
    """Return a length as `5 个工作日` or `5 workdays`."""
    words = MEASURES[measure][index(lang)]
    word = words[1] if lang == "en" and amount == 1 and len(words) > 1 else words[0]
    plain = f"{amount.normalize():f}"
    return f"{plain} {word}"


def limit_text(limit: Limit | None, lang: Language) -> str:
    """Return a limit as it is drawn beside a state."""
    if limit is None:
        return ""
    if limit.untimed:
        return ("不限时", "untimed")[index(lang)]
    if limit.until:
        return f"{('至', 'to')[index(lang)]} {limit.until}"
    if limit.lengths:
        return lengths_text(limit.lengths, lang)
    if limit.most is not None and limit.measure and not isinstance(limit.value, ParameterOf):
        most = length_text(limit.most, limit.measure, lang)
        return f"{('不超过', '<=')[index(lang)]} {most}"
    if isinstance(limit.value, (FieldValue, ParameterOf)):
        return limit.value.name
    return ("另定", "set on entry")[index(lang)]


def lengths_text(lengths: Iterable[Length], lang: Language) -> str:
    """Return several lengths side by side, each once."""
    texts = (length_text(each.amount, each.measure, lang) for each in lengths)
    return ("、", " / ")[index(lang)].join(dict.fromkeys(texts))


def state_times(states: Iterable[State], lang: Language) -> dict[str, str]:
    """Return the limits of states, as walks show them."""
    return {state.name: limit_text(state.limit, lang) for state in states}
