"""Print workflows, calendars, documents and recurring duties as YAML trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zhunru.syntax.format_workflows import WorkflowPrinter
from zhunru.syntax.format_yaml_text import Record, Said, Tree, record_of
from zhunru.syntax.nodes import Citation, Name, Period, Title
from zhunru.syntax.workflow_nodes import CalendarDecl, Document, Recurring, State, Workflow


def _each(show: Callable[[Any], str], parts: Iterable[Any]) -> Tree:
    """Return what is shown of one part, or of each of several, with its line."""
    listed = tuple(Said(show(part), part.span.line) for part in parts)
    return listed[0] if len(listed) == 1 else listed


def _rows(trace: tuple[str, ...]) -> Tree:
    """Return source rows: one as a text, several as a list."""
    return trace if len(trace) > 1 else "".join(trace)


class WorkflowTrees:
    """Turn declarations of workflows into trees of texts, by the printer of their lines."""

    def __init__(self, printer: WorkflowPrinter) -> None:
        self.printer = printer
        self.words = printer.words
        self.parts = printer.parts

    def _record(self, construct: str, at: int = 0, /, **slots: Tree) -> Record:
        return record_of(construct, self.words.language, at, **slots)

    def _name(self, name: Name | None) -> str:
        return self.words.name(name) if name else ""

    def _meant(self, name: Name) -> str:
        return self.words.name(self.parts.meant(name))

    def _title(self, title: Title) -> Tree:
        return (title.zh, title.en) if title.en else title.zh

    def _citation(self, citation: Citation) -> str:
        return self.printer.clauses.citation(citation)

    def workflow(self, flow: Workflow) -> Tree:
        """Return a workflow as a mapping."""
        parts = self.parts
        return self._record(
            "workflow",
            title=self._title(flow.title),
            ending=_each(self._name, flow.ends),
            **self._period(flow.period),
            basis=_each(self._citation, flow.citations),
            calendar=self._meant(flow.calendar) if flow.calendar else "",
            ensure=_each(parts.constraint, flow.constraints),
            priority=_each(self.printer.clauses.show, flow.priorities),
            anywhere=_each(parts.anywhere, flow.anywhere),
            state=tuple(map(self._state, flow.states)),
            upon=_each(parts.arrival, flow.arrivals),
            trace=_rows(flow.trace),
        )

    def _period(self, period: Period) -> dict[str, Tree]:
        return {**self.words.ends(period)}

    def _state(self, state: State) -> Tree:
        parts, cells = self.parts, self.printer.cells(state)
        return self._record(
            "state",
            state.span.line,
            name=cells["name"],
            owner=cells["owner"],
            term=cells["term"],
            actions=_each(parts.action, state.actions),
            endings=_each(parts.ending, state.endings),
            reminders=_each(parts.reminder, state.reminders),
            extension=cells["extension"],
            suspensions=_each(parts.suspension, state.suspensions),
            forbidden=_each(self._meant, state.forbidden),
        )

    def calendar(self, calendar: CalendarDecl) -> Tree:
        """Return a calendar as a list of its lines."""
        hours = (Said(self.printer.hours(one), one.span.line) for one in calendar.hours)
        settings = (Said(self.printer.setting(one), one[0].span.line) for one in calendar.settings)
        return (*hours, *settings)

    def document(self, document: Document) -> Tree:
        """Return a document as a mapping."""
        return self._record(
            "document",
            title=self._title(document.title),
            body=document.body,
            signed=self._name(document.signed),
            sealed=self.words.key("YES") if document.sealed else "",
            numbering=document.number,
        )

    def recurring(self, duty: Recurring) -> Tree:
        """Return a recurring duty as one text; as a mapping where it says whence it comes."""
        rhythm = self.printer.rhythm(duty)
        if not duty.trace:
            return rhythm
        return self._record("recurring", rhythm=rhythm, trace=_rows(duty.trace))
