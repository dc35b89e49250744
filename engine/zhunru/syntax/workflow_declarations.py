"""Builds workflows, calendars, documents and recurring duties from their lines and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from zhunru.diagnostics import Fix, Span
from zhunru.syntax import canonical, headings
from zhunru.syntax.builder import Build, Builder, pick
from zhunru.syntax.cells import Grid
from zhunru.syntax.items import Parts
from zhunru.syntax.keywords import WORDS, ZH
from zhunru.syntax.nodes import Declaration, Name, Title
from zhunru.syntax.outline import Line
from zhunru.syntax.reading import Item, Reading
from zhunru.syntax.workflow_nodes import (
    Action,
    CalendarDecl,
    Document,
    Ending,
    Hours,
    Joint,
    Recurring,
    Reminder,
    State,
    Workflow,
)

# Words that open the other lines of a workflow.
_LINES = frozenset(
    ["ENDING", "CALENDAR", "EFFECTIVE", "TO", "BASIS", "TRACE", "ENSURE", "PRIORITY", "ANYWHERE"]
) | {"UPON"}
_KEYS: dict[type, str] = {Action: "actions", Ending: "endings", Reminder: "reminders"}


# --- workflows -----------------------------------------------------------------------------------


def workflow(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 流程; states are blocks or rows, in the order in which they stand."""
    head = build.head("h_workflow", line)
    parts, states = Parts(build.reading), list[State]()
    parts.add(head)
    for child in line.children:
        if _is_state(build, child):
            states.append(_state_block(build, child))
            continue
        parts.add(build.pieces.line("c_workflow", child) or ())
        build.nothing_under(child)
    grid = build.grid(line, headings.STATE)
    states.extend(_state_rows(build, grid) if grid else ())
    yield parts.of(
        Workflow,
        name=head[0],
        title=pick(head, Title, Title("")),
        calendar=calendar_named(parts.one("calendar")),
        states=tuple(sorted(states, key=lambda state: state.span.start)),
        tabular=grid is not None,
        span=build.span(line),
    )


def _is_state(build: Builder, line: Line) -> bool:
    """Tell whether a line opens a state: by its word, or as nothing else has lines under it."""
    word = build.pieces.outline.first_word(line.start)
    terminal = WORDS[build.pieces.outline.language].get(word)
    return terminal == "STATE" or (bool(line.children) and terminal not in _LINES)


def _state_block(build: Builder, line: Line) -> State:
    head = build.head("h_state", line)
    build.no_rows(line)
    parts = Parts(build.reading)
    parts.add(head)
    for said in build.under("c_state", line):
        parts.add(map(_keyed, said))
    return state_of(build.reading, head[0], parts, build.span(line))


def _keyed(said: Any) -> Any:
    """Return a transition or a reminder as the item that it is."""
    key = _KEYS.get(type(said))
    return Item(key, said, said.span) if key else said


def _state_rows(build: Builder, grid: Grid) -> Iterator[State]:
    for name, parts, span in build.named_rows(grid, "环节"):
        yield state_of(build.reading, name, parts, span)


def state_of(reading: Reading, name: Name, parts: Parts, span: Span) -> State:
    """Build a state from its name and the items that it is said to have."""
    state = parts.of(
        State,
        name=name,
        **parts.one("term", {}),
        forbidden=canonical.flow_words(parts.joined("forbidden")),
        span=span,
    )
    if isinstance(state.owner, Joint):
        report_glued_results(reading, state.actions)
    return state


def report_glued_results(reading: Any, actions: Iterable[Action]) -> None:
    """Report actions of a 会办 that are called 全部合格 where 全部 合格 is meant."""
    words = [word for terminal in ("ALL", "ANY", "MAJORITY") for word in ZH[terminal]]
    for action in actions:
        text, span = action.name.text, action.name.span
        word = next((w for w in words if text.startswith(w) and text != w), "")
        if not word or action.join:
            continue
        mended = f"{word} {text[len(word) :]}"
        fix = Fix.writing(span, mended)
        reading.report("ZR134", span, fix=fix, found=text, mended=mended)


# --- calendars, documents, recurring duties ------------------------------------------------------


def calendar(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 日历."""
    head = build.head("h_calendar", line)
    build.no_rows(line)
    if not line.children:
        build.lacks(line, head[0].text, ("时间", "its hours"))
    said = [part for values in build.under("c_calendar", line) for part in values]
    yield calendar_of(head[0], said, build.span(line))


def calendar_of(name: Name, said: Iterable[Any], span: Span) -> CalendarDecl:
    """Build a calendar from its hours and settings."""
    parts = list(said)
    return CalendarDecl(
        name=name,
        hours=tuple(part for part in parts if isinstance(part, Hours)),
        settings=tuple(_setting(part) for part in parts if isinstance(part, Item)),
        span=span,
    )


def _setting(said: Item) -> tuple[Name, Name]:
    key, value = canonical.flow_words(said.value)
    return key, value


def calendar_named(name: Name | None) -> Name | None:
    """Return the calendar that time counts on, as the model names it."""
    return canonical.flow_word(name) if name else None


def document(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 文书; each line of 正文 is a paragraph."""
    head = build.head("h_document", line)
    build.no_rows(line)
    parts = build.parts("c_document", line, head)
    title = pick(head, Title)
    if title is None:
        build.lacks(line, head[0].text, ("题名", "a title"))
    yield parts.of(
        Document,
        name=head[0],
        title=title or Title(""),
        body="\n".join(parts.every("body")),
        number=parts.one("numbering", ""),
        span=build.span(line),
    )


def recurring(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 定期; what does not fit its line stands under it."""
    head = build.head("h_recurring", line)
    build.no_rows(line)
    parts = build.parts("c_recurring", line, head[1] if len(head) > 1 else [])
    yield recurring_of(head[0], parts, build.span(line))


def recurring_of(name: Name, parts: Parts, span: Span) -> Recurring:
    """Build a recurring duty from its name and items."""
    return parts.of(
        Recurring,
        name=name,
        every=parts.one("every", Name("", span)),
        occurrences=parts.one("occurrences", ()),
        calendar=calendar_named(parts.one("per")),
        span=span,
    )


BUILDS: dict[str, Build] = {
    "WORKFLOW": workflow,
    "CALENDAR": calendar,
    "DOCUMENT": document,
    "RECURRING": recurring,
}
