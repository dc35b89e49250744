"""Print workflows, calendars, documents and recurring duties as YAML trees."""

from __future__ import annotations

from zhunru.syntax.format_workflows import WorkflowPrinter
from zhunru.syntax.format_yaml_parts import TreeParts
from zhunru.syntax.format_yaml_text import Said, Tree
from zhunru.syntax.nodes import Citation, Name, Period
from zhunru.syntax.workflow_nodes import CalendarDecl, Document, Recurring, State, Workflow


class WorkflowTrees(TreeParts):
    """Turn declarations of workflows into trees of texts, by the printer of their lines."""

    def __init__(self, printer: WorkflowPrinter) -> None:
        super().__init__(printer.words)
        self.printer = printer
        self.parts = printer.parts

    def _meant(self, name: Name) -> str:
        return self.words.name(self.parts.meant(name))

    def _citation(self, citation: Citation) -> str:
        return self.printer.clauses.citation(citation)

    def workflow(self, flow: Workflow) -> Tree:
        """Return a workflow as a mapping."""
        parts = self.parts
        return self._record(
            "workflow",
            title=self._title(flow.title),
            ending=self._each(self.words.name, flow.ends),
            **self._period(flow.period),
            basis=self._each(self._citation, flow.citations),
            calendar=self._meant(flow.calendar) if flow.calendar else "",
            ensure=self._each(parts.constraint, flow.constraints),
            priority=self._each(self.printer.clauses.show, flow.priorities),
            anywhere=self._each(parts.anywhere, flow.anywhere),
            state=tuple(map(self._state, flow.states)),
            upon=self._each(parts.arrival, flow.arrivals),
            trace=self._texts(flow.trace),
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
            actions=self._each(parts.action, state.actions),
            endings=self._each(parts.ending, state.endings),
            reminders=self._each(parts.reminder, state.reminders),
            extension=cells["extension"],
            suspensions=self._each(parts.suspension, state.suspensions),
            forbidden=self._each(self._meant, state.forbidden),
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
            signed=self.words.name(document.signed) if document.signed else "",
            sealed=self._flag(document.sealed),
            numbering=document.number,
        )

    def recurring(self, duty: Recurring) -> Tree:
        """Return a recurring duty as one text; as a mapping where it says whence it comes."""
        rhythm = self.printer.rhythm(duty)
        if not duty.trace:
            return rhythm
        return self._record("recurring", said=rhythm, trace=self._texts(duty.trace))
