"""Print workflows, calendars, documents and recurring duties as YAML trees."""

from __future__ import annotations

from zhunru.syntax.format_workflows import WorkflowPrinter
from zhunru.syntax.format_yaml_parts import TreeParts
from zhunru.syntax.format_yaml_text import Said, Tree
from zhunru.syntax.nodes import Name
from zhunru.syntax.workflow_nodes import CalendarDecl, Document, Recurring, State, Workflow


class WorkflowTrees(TreeParts):
    """Turn declarations of workflows into trees of texts, by the printer of their lines."""

    def __init__(self, printer: WorkflowPrinter) -> None:
        super().__init__(printer.clauses)
        self.printer = printer
        self.parts = parts = printer.parts
        self.shown |= {
            "constraint": parts.constraint,
            "anywhere": parts.anywhere,
            "arrival": parts.arrival,
            "actions": parts.action,
            "endings": parts.ending,
            "reminders": parts.reminder,
            "suspensions": parts.suspension,
        }

    def _meant(self, name: Name) -> str:
        return self.words.name(self.parts.meant(name))

    def workflow(self, flow: Workflow) -> Tree:
        """Return a workflow as a mapping."""
        return self._node(
            "workflow",
            flow,
            calendar=self._meant(flow.calendar) if flow.calendar else "",
            states=tuple(map(self._state, flow.states)),
        )

    def _state(self, state: State) -> Tree:
        cells = self.printer.cells(state)
        return self._node(
            "state",
            state,
            state.span.line,
            **{slot: cells[slot] for slot in ("name", "owner", "term", "extension")},
            forbidden=self._each(self._meant, state.forbidden),
        )

    def calendar(self, calendar: CalendarDecl) -> Tree:
        """Return a calendar as a list of its lines."""
        hours = (Said(self.printer.hours(one), one.span.line) for one in calendar.hours)
        settings = (Said(self.printer.setting(one), one[0].span.line) for one in calendar.settings)
        return (*hours, *settings)

    def document(self, document: Document) -> Tree:
        """Return a document as a mapping."""
        return self._node("document", document, body=document.body)

    def recurring(self, duty: Recurring) -> Tree:
        """Return a recurring duty as one text; as a mapping where it says whence it comes."""
        rhythm = self.printer.rhythm(duty)
        if not duty.trace:
            return rhythm
        return self._node("recurring", duty, said=rhythm)
