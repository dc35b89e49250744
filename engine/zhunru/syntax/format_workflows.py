"""Print workflows, calendars, documents and recurring duties: a template per node."""

from __future__ import annotations

from datetime import time

from zhunru.diagnostics import Source
from zhunru.syntax.expressions import Quantity
from zhunru.syntax.format_clauses import ClausePrinter
from zhunru.syntax.format_flow_parts import FlowParts
from zhunru.syntax.format_lines import Line, heading_line, table
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.headings import HEADINGS
from zhunru.syntax.lowering_time import END_OF_DAY, PERIODS
from zhunru.syntax.nodes import Clauses, Name
from zhunru.syntax.workflow_nodes import (
    CalendarDecl,
    Document,
    Hours,
    Occurrence,
    Recurring,
    State,
    Workflow,
)
from zhunru.vocabulary import DAY_KINDS

_PERIOD_WORDS = {period: terminal for terminal, period in PERIODS.items()}
# The columns of a table of states: those of every table, then those that it may have.
_ALWAYS = ("name", "owner", "term", "actions", "endings")
_HEADINGS = {
    "name": "STATE",
    "owner": "BY",
    "term": "WITHIN",
    "reminders": "REMIND",
    "suspensions": "STOPPED",
    "forbidden": "NEVER",
}


class WorkflowPrinter:
    """Print what cases go through, as lines; the texts are shared by the YAML form."""

    def __init__(self, words: Words, source: Source) -> None:
        self.words = words
        self.source = source
        self.clauses = ClausePrinter(words)
        self.parts = FlowParts(words)

    # --- workflows -------------------------------------------------------------------------------

    def workflow(self, flow: Workflow) -> list[Line]:
        """Return a workflow, its states as a table where they were one."""
        parts, line = self.parts, self.clauses.line
        head = join(
            parts.name("WORKFLOW", flow.name),
            self.clauses.title(flow.title),
            parts.names("ENDING", flow.ends),
        )
        cited = Clauses(citations=flow.citations)
        lines = [
            Line(head, flow.span.line),
            *self.clauses.period(flow.period, 1),
            *self.clauses.cited(cited, 1),
            *self._calendar_of(flow.calendar),
            *(line("ENSURE", parts.constraint(one), one.span, 1) for one in flow.constraints),
            *self._priorities(flow),
            *(line("ANYWHERE", parts.anywhere(one), one.span, 1) for one in flow.anywhere),
            *(self._table(flow.states) if flow.tabular and flow.states else ()),
        ]
        for state in () if flow.tabular else flow.states:
            lines += self._state(state)
        lines += (line("UPON", parts.arrival(one), one.span, 1) for one in flow.arrivals)
        return [*lines, *self.clauses.trace(flow.trace, 1)]

    def _calendar_of(self, calendar: Name | None) -> list[Line]:
        if calendar is None:
            return []
        return [Line(self.parts.calendar("CALENDAR", calendar), calendar.span.line, 1)]

    def _priorities(self, flow: Workflow) -> list[Line]:
        word = join(self.words.key("PRIORITY"), self.words.key("WHEN"))
        return [
            Line(join(word, self.clauses.show(one)), one.span.line, 1) for one in flow.priorities
        ]

    def _state(self, state: State) -> list[Line]:
        """Return a state as a block."""
        parts, cells = self.parts, self.cells(state)
        head = join(
            parts.name("STATE", state.name),
            parts.item("BY", cells["owner"]),
            parts.item("WITHIN", cells["term"]),
        )
        lines = [Line(head, state.span.line, 1)]
        lines += (Line(parts.action(one), one.span.line, 2) for one in state.actions)
        lines += (Line(parts.ending(one), one.span.line, 2) for one in state.endings)
        lines += (Line(parts.reminder(one), one.span.line, 2) for one in state.reminders)
        if state.extension:
            text = parts.item("EXTENDABLE", cells["extension"])
            lines.append(Line(text, state.extension.span.line, 2))
        for one in state.suspensions:
            text = parts.item("SUSPENDABLE", parts.suspension(one))
            lines.append(Line(text, one.span.line, 2))
        if state.forbidden:
            text = parts.item("NEVER", cells["forbidden"])
            lines.append(Line(text, state.forbidden[0].span.line, 2))
        return lines

    def cells(self, state: State) -> dict[str, str]:
        """Return the cells of a state by the slot of their heading."""
        parts = self.parts
        return {
            "name": self.words.name(state.name),
            "owner": parts.owner(state.owner),
            "term": parts.term(state),
            "actions": "; ".join(map(parts.action, state.actions)),
            "endings": "; ".join(map(parts.ending, state.endings)),
            "reminders": "; ".join(map(parts.reminder, state.reminders)),
            "extension": parts.extension(state.extension) if state.extension else "",
            "suspensions": "; ".join(map(parts.suspension, state.suspensions)),
            "forbidden": self.words.names(map(parts.meant, state.forbidden)),
        }

    def _table(self, states: tuple[State, ...]) -> list[Line]:
        rows = [(self.cells(state), state.span.line) for state in states]
        slots = [
            slot for slot in rows[0][0] if slot in _ALWAYS or any(cells[slot] for cells, _ in rows)
        ]
        shown = [([cells[slot] for slot in slots], at) for cells, at in rows]
        at = heading_line(self.source, rows[0][1]) if rows[0][1] else 0
        return table([self._heading(slot) for slot in slots], shown, 1, at)

    def _heading(self, slot: str) -> str:
        if slot in HEADINGS and slot != "name":
            return self.words.pick(HEADINGS[slot])
        return self.words.key(_HEADINGS[slot])

    # --- calendars -------------------------------------------------------------------------------

    def calendar(self, calendar: CalendarDecl) -> list[Line]:
        """Return a calendar with its hours and settings."""
        head = Line(self.parts.name("CALENDAR", calendar.name), calendar.span.line)
        hours = (Line(self.hours(one), one.span.line, 1) for one in calendar.hours)
        settings = (Line(self.setting(one), one[0].span.line, 1) for one in calendar.settings)
        return [head, *hours, *settings]

    def hours(self, hours: Hours) -> str:
        """Return `工作日 8:30 至 12:00、13:30 至 17:30 自 5月1日 至 9月30日 值班`."""
        to = self.words.key("TO")
        spells = (f"{_clock(start)} {to} {_clock(end)}" for start, end in hours.spells)
        season = ""
        if hours.season:
            first, last = (self._month_day(*day) for day in hours.season)
            season = join(self.words.key("FROM"), first, to, last)
        return join(
            self.words.comma.join(self.words.pick(DAY_KINDS[day]) for day in hours.days),
            self.words.comma.join(spells),
            season,
            self.words.key("STANDBY") if hours.standby else "",
        )

    def _month_day(self, month: int, day: int) -> str:
        return f"{month}月{day}日" if self.words.zh else f"{month}-{day}"

    def setting(self, setting: tuple[Name, Name]) -> str:
        """Return `下班后收件 次日`."""
        return join(*(self.words.name(self.parts.meant(name)) for name in setting))

    # --- documents -------------------------------------------------------------------------------

    def document(self, document: Document) -> list[Line]:
        """Return a document, a line for each paragraph."""
        parts, words = self.parts, self.words
        title = self.clauses.title(document.title) or words.text("")
        head = join(parts.name("DOCUMENT", document.name), title)
        signed = join(
            parts.name("SIGNED", document.signed), words.key("SEALED") if document.sealed else ""
        )
        paragraphs = document.body.split("\n") if document.body else []
        texts = [
            *(parts.item("BODY", words.text(paragraph)) for paragraph in paragraphs),
            signed,
            parts.item("NUMBERING", words.text(document.number) if document.number else ""),
        ]
        return [Line(head, document.span.line), *(Line(text, 0, 1) for text in texts if text)]

    # --- recurring duties ------------------------------------------------------------------------

    def recurring(self, duty: Recurring) -> list[Line]:
        """Return a recurring duty on one line, and whence it comes on the next."""
        head = join(self.parts.name("RECURRING", duty.name), self.rhythm(duty))
        return [Line(head, duty.span.line), *self.clauses.trace(duty.trace, 1)]

    def rhythm(self, duty: Recurring) -> str:
        """Return what comes back for whom, without the name of the duty."""
        parts = self.parts
        return join(
            parts.name("EVERY", duty.every),
            parts.item("WHERE", self.clauses.show(duty.where)) if duty.where else "",
            ", ".join(map(self._occurrence, duty.occurrences)),
            parts.expr("PER", duty.period_from),
            parts.item("FROM", self.words.day(duty.origin)) if duty.origin else "",
            parts.expr("BY", duty.by),
            self.words.key("ROTATING") if duty.rotating else "",
            parts.names("ATTENDING", duty.attending),
            parts.name("RECORDED", duty.record),
            parts.calendar("PER", duty.calendar),
            parts.item("OVERDUE", parts.effects(duty.missed)),
        )

    def _occurrence(self, occurrence: Occurrence) -> str:
        period, subject = occurrence.period, occurrence.subject
        # A period of nothing was not written; one of no days was.
        paced = period.measure is not None or bool(period.value)
        return join(
            period_words(self.words, period) if paced else "",
            self.words.compare(">="),
            self.words.quantity(occurrence.least),
            self.parts.after_number(subject) if subject else "",
        )


def period_words(words: Words, period: Quantity) -> str:
    """Return `每季度`, `每 5 年`."""
    whole = period.value == int(period.value) and period.measure is not None
    word = _PERIOD_WORDS.get((int(period.value), period.measure)) if whole else None  # type: ignore[arg-type]
    if word is not None:
        return words.key(word)
    # 每 5 年: 每个 is for things.
    every = "每" if words.zh else words.key("EVERY")
    return join(every, words.quantity(period))


def _clock(at: time) -> str:
    return "24:00" if at == END_OF_DAY else f"{at.hour}:{at.minute:02}"
