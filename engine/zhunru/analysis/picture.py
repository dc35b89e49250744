"""What a drawing of a workflow shows: boxes with their texts, and arrows with theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from zhunru.checker.flow_map import Arc
from zhunru.checker.flow_words import arc_text, index, limit_text
from zhunru.checker.resolved_flows import (
    ALWAYS,
    Body,
    Bound,
    Joint,
    Meeting,
    Owner,
    ResolvedWorkflow,
)
from zhunru.compiler.graph import Graph, StateData, Transition, states_of, transitions_of
from zhunru.diagnostics import Language

ANYWHERE = ("各环节", "any state")
_EXCEPT = ("除", "except")
_JOINT = ("会办", "joint")
_MEETING = ("会议", "meeting")
_GUARDED = ("有条件", "if …")
_TIMES = ("次", "x")
_UNBOUNDED = ("不限次", "unbounded")
_ABOVE = ("上级", "superior of")

Style = Literal["action", "overdue", "expiry"]


@dataclass(frozen=True, slots=True)
class Box:
    """A state, an end, or what stands for every state; `alert` is its last line, in red."""

    name: str
    lines: tuple[str, ...]
    kind: Literal["initial", "state", "end", "anywhere"]
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more ways from a box to another, of one style; a label for each. `lit`: looked at."""

    source: str
    target: str
    labels: tuple[str, ...]
    style: Style
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """All of them, in written order."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture_of(graph: Graph, language: Language) -> Picture:
    """Return what a drawing of a state graph shows."""
    flow: ResolvedWorkflow = graph.graph["flow"]
    boxes = [_box(data, language) for data in states_of(graph)]
    if flow.anywhere:
        boxes.append(Box("", (ANYWHERE[index(language)],), "anywhere"))
    title = flow.title.en if language == "en" and flow.title.en else flow.title.zh
    name = f"{flow.name} {title}".strip()
    return Picture(name, tuple(boxes), tuple(_arrows(graph, language)))


def marked(
    picture: Picture,
    notes: Mapping[str, str],
    lit: Collection[tuple[str, str]],
    alerts: Mapping[str, str] = MappingProxyType({}),
) -> Picture:
    """Return a picture with notes and alerts in boxes, by their names, and with some ways lit."""
    boxes = (
        replace(
            box,
            lines=(*box.lines, *filter(None, [notes.get(box.name)])),
            alert=alerts.get(box.name, ""),
        )
        for box in picture.boxes
    )
    arrows = (replace(arrow, lit=(arrow.source, arrow.target) in lit) for arrow in picture.arrows)
    return Picture(picture.title, tuple(boxes), tuple(arrows))


def _box(data: StateData, language: Language) -> Box:
    if data.state is None:
        return Box(data.name, (data.name,), "end")
    texts = (data.name, owner_text(data.owner, language), limit_text(data.limit, language))
    lines = tuple(text for text in texts if text)
    return Box(data.name, lines, "initial" if data.initial else "state")


def _arrows(graph: Graph, language: Language) -> Iterable[Arrow]:
    found: dict[tuple[str, str, Style], list[str]] = {}
    for source, target, data in transitions_of(graph):
        style: Style = data.line.kind if data.line.ends_time else "action"  # type: ignore[assignment]
        place = ("" if data.anywhere else source, target, style)
        label = label_of(graph, source, target, data, language)
        if label not in found.setdefault(place, []):
            found[place].append(label)
    for (source, target, style), labels in found.items():
        yield Arrow(source, target, tuple(labels), style)


def label_of(graph: Graph, source: str, target: str, data: Transition, language: Language) -> str:
    """Return what stands on an arrow: the action, or the end of time and its limit; how often."""
    at = index(language)
    arc = Arc(source, target, data.line, data.spent)
    parts = [arc_text(arc, language)]
    if data.line.ends_time and not data.spent:
        parts.append(limit_text(graph.nodes[source]["data"].limit, language))
    if data.line.guard != ALWAYS:
        parts.append(f"〔{_GUARDED[at]}〕")
    if not data.spent:
        parts.append(_times(data.line.bound, at))
    if data.anywhere:
        parts.append(_excluded(graph.graph["flow"], data.line.id, at))
    return " ".join(part for part in parts if part)


def _times(bound: Bound | None, at: int) -> str:
    if bound is None:
        return ""
    return _UNBOUNDED[at] if bound.times is None else f"≤{bound.times}{_TIMES[at]}"


def _excluded(flow: ResolvedWorkflow, line: str, at: int) -> str:
    names = next(each.excluding for each in flow.anywhere if each.line.id == line)
    return f"({_EXCEPT[at]} {'、'.join(names)})" if names else ""


def owner_text(owner: Owner | None, language: Language = "zh") -> str:
    """Return who owns a state."""
    at = index(language)
    if owner is None:
        return ""
    if isinstance(owner, Joint):
        return f"{_JOINT[at]} {bodies_text(owner.parties, language)}"
    if isinstance(owner, Meeting):
        return f"{_MEETING[at]} {body_text(owner.body, language)}"
    return bodies_text((*owner.bodies, *owner.jointly), language)


def bodies_text(bodies: Iterable[Body], language: Language) -> str:
    """Return the names of bodies."""
    return ("、", ", ")[index(language)].join(body_text(body, language) for body in bodies)


def body_text(body: Body, language: Language = "zh") -> str:
    """Return the name of a body, or how it is found."""
    if body.kind == "superior":
        return f"{_ABOVE[index(language)]} {body.name}"
    return f"{body.level}({body.name})" if body.kind == "above" else body.name
