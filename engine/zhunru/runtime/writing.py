"""From the steps of cases to what a store writes: events, rows, timers, messages, papers.

One `Writing` is one command, or one round of time: everything it holds is written together. What
it has written itself it reads back, so that a parent and its children may change in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from zhunru.errors import CaseRefused
from zhunru.runtime.advance import child_ended, open_case
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import Case, Done, Event, Step, Timer, Visit
from zhunru.runtime.documents import numbered, render
from zhunru.runtime.encoding import (
    decode,
    encode,
    encode_actor,
    encode_case,
    encode_event,
)
from zhunru.runtime.refusals import refuse
from zhunru.runtime.setting import Setting
from zhunru.runtime.submitting import in_force
from zhunru.store.base import (
    BookingRow,
    CaseRow,
    Change,
    EventRow,
    MessageRow,
    RegisterRow,
    ReplyRow,
    TimerRow,
    View,
)
from zhunru.store.draft import RegisterKey, register_key, with_written
from zhunru.worktime.instants import DAY, day_of

# After these a visit that goes on may end on another day; parties of a 会办 move only their own.
_MOVE_THE_END = frozenset({"paused", "resumed", "extended", "reprojected", "migrated"})
# A register that no policy can declare: its rows say how many papers of a kind went out.
_COUNTERS = "#字号"
UNOPENED = "unopened"
"""The topic of a message that no effect sends: what a case should open could not be opened."""


class Writing:
    """What one piece of work changes, gathered step by step.

    `keeps`: somebody will act on these cases again soon, so they are kept at hand.
    """

    def __init__(
        self,
        view: View,
        policies: Policies,
        recorded: int,
        command: str = "",
        *,
        keeps: bool = True,
    ) -> None:
        self.view = view
        self._policies = policies
        self._recorded = recorded
        self._command = command
        self._keeps = keeps
        self._events: list[EventRow] = []
        self._cases: dict[str, tuple[CaseRow, Case]] = {}
        self._timers: dict[str, tuple[TimerRow, ...]] = {}
        self._messages: list[MessageRow] = []
        self._rows: dict[RegisterKey, RegisterRow] = {}
        self._bookings: list[BookingRow] = []
        self.papers: list[str] = []
        self.lacking: list[str] = []
        self.opened: list[str] = []

    def change(self, replies: tuple[ReplyRow, ...] = ()) -> Change:
        """Return everything gathered, to be written at once."""
        return Change(
            tuple(self._events),
            tuple([row for row, _ in self._cases.values()]),
            self._timers,
            tuple(self._messages),
            tuple(self._rows.values()),
            tuple(self._bookings),
            replies,
        )

    # --- reading, what was written here included -----------------------------------------------

    def case(self, case_id: str) -> Case:
        """Return a case as it is by now; refuse if there is none."""
        # One command may change a parent and several children, each more than once.
        found = self._cases.get(case_id)
        if found is not None:
            return found[1]
        row = self.view.case(case_id)
        if row is None:
            refuse("ZR752", case=case_id)
        return self._policies.read(row, keeps=self._keeps)

    def due(self, case: Case) -> int | None:
        """Return when the time of the state of a case written here ends."""
        return self._cases[case.case_id][0].due

    def setting(self, case: Case, at: int) -> Setting:
        """Return what a case is stepped against, with what registers hold at an instant."""
        found = self._policies.closed_setting(case.digest, case.flow)
        if found is not None:
            return found
        return self._policies.setting(case.digest, case.flow, self.rows, day_of(at))

    def rows(self, register: str, day: date | None) -> list[RegisterRow]:
        """Return the rows of a register that are in force on a day; without one, all that are not
        struck out."""
        return in_force(self._standing(register), day)

    def _standing(self, register: str, beginning: str = "") -> list[RegisterRow]:
        below = self.view.register_rows(register, beginning)
        return with_written(below, self._rows, register, beginning)

    def _rows_of(self, case: Case, register: str) -> list[RegisterRow]:
        """Return the rows that a case wrote, without reading those of all others."""
        rows = self._standing(register, rows_of(case.case_id))
        return [row for row in rows if row.case_id == case.case_id]

    # --- writing -------------------------------------------------------------------------------

    def add(self, step: Step, before: int) -> None:
        """Add what a step did to a case of version `before`, and all that follows from it."""
        visit: Visit | None = None
        for at, (event, effects) in enumerate(step.events, before + 1):
            if event.kind in _MOVE_THE_END:
                held = visit or self.case(step.case.case_id).visit
                rows = self._rows_anew(step.case, held, event.data.get("visit", held))
                effects = (*effects, *rows)
            visit = event.data.get("visit", visit)
            papers = self._papers(step.case, event, effects) if effects else []
            self.event(step.case, event, at, encode_event(event, effects, papers))
            for position, done in enumerate(effects):
                self._effect(step.case, event, at, position, done, papers)
        self.put(step.case, step.timers)
        # Only now, with this case in its new state, for children may answer it at once.
        for _, effects in step.events:
            for done in effects:
                if done.kind == "open":
                    self._open(step.case, done, step.case.at)
        if step.case.closed and step.case.parent:
            self._tell_parent(step.case)

    def _papers(self, case: Case, event: Event, effects: tuple[Done, ...]) -> list[dict[str, Any]]:
        return [self._paper(case, event, done) for done in effects if done.kind == "issue"]

    def event(self, case: Case, event: Event, number: int, body: str) -> None:
        """Add an event row."""
        self._events.append(
            EventRow(
                case.case_id,
                number,
                event.at,
                self._recorded,
                event.kind,
                encode_actor(event.actor),
                self._command,
                body,
            )
        )

    def put(self, case: Case, timers: Sequence[Timer]) -> None:
        """Put a case in place of what it was, with all its timers."""
        row = row_of(case)
        self._cases[case.case_id] = row, case
        if self._keeps:
            self._policies.keep(row, case)
        case_id = case.case_id
        self._timers[case_id] = tuple(
            [TimerRow(case_id, each.name, each.due, each.rank) for each in timers]
        )

    def book(self, bookings: Iterable[BookingRow]) -> None:
        """Add uses of quotas."""
        self._bookings += bookings

    def tell(self, case: Case, event: Event, number: int, position: int, done: Done) -> None:
        """Add a message that must go out because of an effect that nothing else follows from."""
        self._messages.append(message_of(case, event.at, number, position, done, {}))

    # --- effects -------------------------------------------------------------------------------

    def _effect(
        self,
        case: Case,
        event: Event,
        number: int,
        position: int,
        done: Done,
        papers: list[dict[str, Any]],
    ) -> None:
        if done.kind == "enter":
            row = entered(case.case_id, event.at, number, position, done)
            self._rows[register_key(row)] = row
        elif done.kind == "cancel":
            self._cancel(case, event, done)
        if done.kind not in SILENT:
            paper = papers.pop(0) if done.kind == "issue" else {}
            self._messages.append(message_of(case, event.at, number, position, done, paper))

    def _cancel(self, case: Case, event: Event, done: Done) -> None:
        """Strike out the rows that this case wrote; those of others are not its own."""
        for row in self._rows_of(case, done.object):
            self._rows[register_key(row)] = replace(row, cancelled=event.at)

    def _rows_anew(self, case: Case, before: Visit, visit: Visit) -> list[Done]:
        """Let the rows of registers that begin and end with a visit end with it on its new day."""
        found: list[Done] = []
        if visit.number != before.number or visit.due is None or before.due is None:
            return found
        since, was, will_be = visit.entered // DAY, before.due // DAY, visit.due // DAY

        def entered_with(row: RegisterRow) -> bool:
            return (row.since, row.until) == (since, was)

        for name in self._policies.of(case.digest).core.registers if was != will_be else ():
            rows = self._rows_of(case, name)
            if not any(map(entered_with, rows)):
                continue
            # All rows of the case are struck out at once, and entered again.
            found.append(Done(kind="cancel", object=name))
            for row in rows:
                until = will_be if entered_with(row) else row.until
                fields = decode(row.body)
                found.append(
                    Done(kind="enter", object=name, since=row.since, until=until, fields=fields)
                )
        return found

    def _paper(self, case: Case, event: Event, done: Done) -> dict[str, Any]:
        """Return the paper that an effect issues, under the next number of its kind and year."""
        day = day_of(event.at)
        document = self._policies.of(case.digest).core.documents[done.object]
        row_id = f"{done.object}〔{day.year}〕"
        counters = self._standing(_COUNTERS, row_id)
        row = next((each for each in counters if each.row_id == row_id), None)
        at = int(row.body) + 1 if row else 1
        self._rows[_COUNTERS, row_id] = RegisterRow(
            register=_COUNTERS,
            row_id=row_id,
            case_id=case.case_id,
            since=day.toordinal(),
            until=None,
            cancelled=None,
            body=str(at),
        )
        facts = {**case.fields, **done.fields}
        number = numbered(document, day.year, at)
        paper = render(document, number, day, facts, self._body_near(case, event.at))
        self.papers.append(paper.number)
        self.lacking += [f"{paper.number}：{slot}" for slot in paper.missing]
        found: dict[str, Any] = {"number": paper.number, "text": paper.text}
        return found | {"missing": paper.missing} if paper.missing else found

    def _body_near(self, case: Case, at: int) -> Callable[[str], str]:
        """Return what says which one body near a case has a role or is of a level."""
        setting = self._policies.setting(case.digest, case.flow, self.rows, day_of(at))

        def named(text: str) -> str:
            found = setting.finder.of_text(text, setting.places(case.fields, case.opener), at)
            units = [unit for unit in found.units if unit in setting.chart.units]
            return units[0] if len(units) == 1 else ""

        return named

    # --- cases that a case opens, and those that opened it -------------------------------------

    def _open(self, case: Case, done: Done, at: int) -> None:
        setting = self._policies.setting(case.digest, done.object, self.rows, day_of(at))
        try:
            step = open_case(
                setting,
                case_id=done.child,
                partition=case.partition,
                actor=case.opener,
                at=at,
                facts=done.fields,
                parent=case.case_id,
            )
        except CaseRefused as refused:
            # The case that opens it must not stand still for it: a person is told instead.
            position, said = len(self._messages), _told(done, refused)
            self._messages.append(_message(case, case.version, position, UNOPENED, said))
            return
        self.opened.append(step.case.case_id)
        self.add(step, 0)

    def _tell_parent(self, child: Case) -> None:
        parent = self.case(child.parent)
        if parent.closed:
            return  # it did not wait for this child; there is nobody left to tell
        setting = self.setting(parent, child.at)
        at = max(child.at, parent.at)
        step = child_ended(setting, parent, child.case_id, child.end, at)
        if step is not None:
            self.add(step, parent.version)


def _told(done: Done, refused: CaseRefused) -> dict[str, Any]:
    finding = refused.diagnostic
    return {"object": done.object, "code": refused.code, "zh": finding.zh, "en": finding.en}


# Effects of which nobody outside is told: they are read where they were written.
SILENT = frozenset({"enter", "cancel", "record"})


def rows_of(case_id: str) -> str:
    """Return what the ids of all rows that a case writes begin with."""
    return f"{case_id}#"


def entered(case_id: str, at: int, number: int, position: int, done: Done) -> RegisterRow:
    """Return the row of a register that an effect of an event enters."""
    return RegisterRow(
        register=done.object,
        row_id=f"{rows_of(case_id)}{number}.{position}",
        case_id=case_id,
        since=day_of(at).toordinal() if done.since is None else done.since,
        until=done.until,
        cancelled=None,
        body=encode({**done.fields, **({"类型": done.row_kind} if done.row_kind else {})}),
    )


def message_of(
    case: Case, at: int, number: int, position: int, done: Done, paper: Mapping[str, Any]
) -> MessageRow:
    """Return what goes out because of an effect of an event, with the paper that it issues."""
    body: dict[str, Any] = {"at": at, "to": done.to, "object": done.object}
    if done.fields:
        body["fields"] = done.fields
    return _message(case, number, position, done.kind, {**body, **paper})


def _message(
    case: Case, number: int, position: int, topic: str, body: Mapping[str, Any]
) -> MessageRow:
    text = encode({"case": case.case_id, "flow": case.flow, **body})
    return MessageRow(case.case_id, number, position, topic, text)


# --- the row of a case -------------------------------------------------------------------------


def row_of(case: Case) -> CaseRow:
    """Return the row by which a case is listed."""
    visit, end = case.visit, case.end
    return CaseRow(
        case.case_id,
        case.version,
        case.flow,
        end or visit.state,
        bool(end),
        case.digest,
        case.opened,
        None if end or _stopped(visit) else visit.due,
        () if end else _owners(case),
        encode_case(case),
    )


def _stopped(visit: Visit) -> bool:
    return bool(visit.pauses) and any(pause.until is None for pause in visit.pauses)


def _owners(case: Case) -> tuple[str, ...]:
    """Return whose turn it is: the owners of the state, of parties those who have not answered."""
    if case.parties:
        waiting = (p.unit for p in case.asked if not p.result)
        return tuple(dict.fromkeys(waiting))
    return case.visit.owners
