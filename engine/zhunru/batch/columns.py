"""Deciding over columns: requests that nothing tells apart are decided once.

Every column is turned into numbers of classes, each distinct cell once; a row is then a tuple of
small numbers. Of rows with equal tuples, and of tuples of one kind, the first is decided by the row
engine; the others have its answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhunru.analysis.forest import MOST_NODES, TooLarge
from zhunru.batch.classes import Alone, Cell, FactClasses, Role
from zhunru.batch.frames import Frame
from zhunru.batch.kinds import Given, Kinds, fits_diagrams, window_days
from zhunru.batch.numbers import BY_ITSELF, Column, Numbered, Row, Sheet
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN
from zhunru.decision import Decision, QuotaUse, decide
from zhunru.diagnostics import NOWHERE, Diagnostic, Span
from zhunru.errors import RequestRejected
from zhunru.request_facts import Names, RequestFacts, sort_facts
from zhunru.vocabulary import DAY, Outcome, Window

MOST_KEPT = 100_000
_MOST_GROWN = 20_000  # nodes of diagrams made for what is known of rows
_SHEET = 100  # rows that what is known of one heading weighs as much as


@dataclass(frozen=True, slots=True)
class Answer:
    """What a decision says of a row; `outcome` None: the row cannot be read, see `findings`."""

    outcome: Outcome | None
    wording: str = ""
    code: str = ""
    reason: str = ""
    clause: str = ""
    basis: str = ""
    missing: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Dated:
    """Rows whose answer also hangs on when the next windows of quotas begin."""

    key: Hashable
    windows: tuple[Window, ...]


_Found = Answer | _Dated | Alone


class ColumnsEngine:
    """Decides frames by one policy; keeps at most about `most` rows, cells and answers.

    `received` is the day of receipt of rows that give none, `asserted_by` as in a request.
    """

    def __init__(
        self,
        policy: CompiledPolicy,
        *,
        received: date,
        asserted_by: str | None = None,
        decision: str = "",
        most: int = MOST_KEPT,
    ) -> None:
        self.policy = policy
        self._most = most
        self.plan = policy.plan(decision)
        # What is used of quotas that only the other of two versions has means nothing here.
        names = replace(Names.of(policy, decision), is_quota=self.plan.knows_quota)
        self._facts = RequestFacts(names, received, asserted_by)
        self._small = fits_diagrams(policy, self.plan)
        self.begun = 0  # how often: numbers of classes are others each time
        self._begin()

    def _begin(self) -> None:
        """Begin with nothing kept."""
        self.begun += 1
        self._kinds = Kinds(self.policy, self.plan) if self._small else None
        space = self._kinds.space if self._kinds else None
        self._classes = FactClasses(self.policy, self.plan, self._facts, space)
        self._columns: dict[str, Column] = {}
        self._sheets: dict[tuple[str, ...], Sheet] = {}
        self._answers: dict[Hashable, Answer] = {}
        self._law = self._classes.places(DAY[0], self._classes.of_day(self._facts.received)) or ()

    def columns(self, names: Sequence[str]) -> list[str]:
        """Return the columns that mean something to the policy, in their order."""
        return [name for name in names if self._facts.names.knows(name)]

    def decide(self, frame: Frame, others: Sequence[Answer | None] = ()) -> list[Answer]:
        """Return the answer to every row of a frame; where one of `others` is known, that one."""
        self._forget()
        batch = self._numbered(frame)
        answers: list[Answer] = []
        add, unread, kept = answers.append, frame.unread, batch.sheet.kept
        for at, row in enumerate(batch.rows()):
            found = kept.get(row)
            if others and (other := others[at]) is not None:
                found = other
            elif unread and at in unread:
                found = Answer(None, findings=unread[at])
            elif found is None:
                found = kept[row] = self._place(batch, row, at)
            add(found if type(found) is Answer else self._one(batch, at, found))
        return answers

    def plain(self, facts: Mapping[str, Any]) -> Answer | None:
        """Return the answer of all requests whose facts are of the classes of these: fields of the
        form, with texts, truth values, whole numbers. None where a request shares its answer with
        no other, or cannot be read: it is to be decided by itself."""
        self._forget()
        names = tuple(name for name in self.plan.fields if name in facts)
        row = tuple(self.number(name, facts[name]) for name in names)
        if BY_ITSELF in row:
            return None
        batch = Numbered(self._sheet(names), [[facts[name]] for name in names], (1,))
        found = self._place(batch, row, 0)
        return found if isinstance(found, Answer) and found.outcome is not None else None

    def number(self, name: str, value: Any) -> int:
        """Return the number of the class of a plain value of a field; BY_ITSELF of any other."""
        return self._column(name).plain(value)

    def takes_any_text(self, name: str) -> bool:
        """Tell whether all texts of a field have one number, but for the words that stand for no
        text."""
        return self._classes.takes_any_text(name)

    def law_day(self, given: Any) -> date:
        """Return the day whose law applies to a plain request that gives this day for it; None:
        it gives none."""
        governing = self.plan.governing_field
        found = self._column(governing).day(given, {}) if governing else None
        return found or self._facts.received

    def _forget(self) -> None:
        """Keep no more than a bound: rows are soon placed again, answers take longest to find."""
        cells = sum(map(len, self._columns.values()))
        if cells + len(self._answers) > self._most or self._overgrown():
            self._begin()
        rows = sum(len(sheet.kept) for sheet in self._sheets.values())
        if rows + len(self._sheets) * _SHEET > self._most:
            self._sheets.clear()

    def _overgrown(self) -> bool:
        """Tell whether diagrams have grown so much that it is as well to make them anew: rows that
        are new in some way go on coming, so without a bound diagrams would grow with the file."""
        kinds = self._kinds
        if kinds is None:
            return False
        return kinds.grown > _MOST_GROWN or len(kinds.space.forest) > MOST_NODES // 2

    def read_columns(self, frame: Frame) -> list[Column]:
        """Return the columns of a frame, which read their cells."""
        return self._numbered(frame).sheet.columns

    def _numbered(self, frame: Frame) -> Numbered:
        sheet = self._sheet(tuple(self.columns(frame.cells.columns)))
        texts = [frame.cells[column.name].to_list() for column in sheet.columns]
        return Numbered(sheet, texts, frame.lines, frame.values)

    def _sheet(self, names: tuple[str, ...]) -> Sheet:
        sheet = self._sheets.get(names)
        if sheet is None:
            sheet = self._sheets[names] = Sheet(self.plan, names, self._column)
        return sheet

    def _column(self, name: str) -> Column:
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = Column(self._classes, name)
        return found

    # --- one row of each kind ------------------------------------------------------------------

    def _place(self, batch: Numbered, row: Row, at: int) -> _Found:
        """Return the answer of rows with these numbers, or what else their answers hang on."""
        if self._kinds is not None:
            given = batch.sheet.given(row, self._law)
            if given is not None:
                return self._of_kind(batch, at, given)
        cells = batch.cells(row)
        alone = [cell.alone for cell in cells.values() if cell.alone is not None]
        if Alone.UNREADABLE in alone:
            return Alone.UNREADABLE
        given = None if alone else self._given(batch, cells, at)
        return Alone.EXACT if given is None else self._of_kind(batch, at, given)

    def _of_kind(self, batch: Numbered, at: int, given: Given) -> _Found:
        assert self._kinds is not None
        try:
            kind = self._kinds.of(given)
        except (TooLarge, RecursionError):
            self._kinds, self._small = None, False
            return Alone.EXACT
        if kind is None:
            return Alone.EXACT
        if not kind.windows:
            return self._shared(batch, kind.key, at)
        known = kind.key in self._answers
        first = self._shared(batch, kind.key, at)
        if first.outcome is Outcome.INCOMPLETE:
            return first  # no quota is said to be spent
        if not known:
            day = batch.law_day(at, self._facts.received)
            self._answers[(kind.key, window_days(kind.windows, day))] = first
        return _Dated(kind.key, kind.windows)

    def _given(self, batch: Numbered, cells: Mapping[str, Cell], at: int) -> Given | None:
        """Return what is known of a row of which classes do not tell everything."""
        if self._kinds is None:
            return None
        day = batch.law_day(at, self._facts.received)
        fields = {
            name: self._classes.on(name, cells.get(name) or self._column(name).absent, day)
            for name in self.plan.fields
        }
        if any(cell.alone for cell in fields.values()):
            return None
        values = {name: cell.value for name, cell in fields.items() if cell.value is not UNKNOWN}
        rows = self._kinds.held(values, day)
        if rows is None:
            return None
        known = dict(self._classes.places(DAY[0], self._classes.of_day(day)) or ())
        known.update(
            (level, cell.at)
            for name, cell in fields.items()
            if (level := self._kinds.level(name)) is not None and cell.at is not None
        )
        loose = {n: c for n, c in fields.items() if c.at is None and n in values}
        uses = self._uses(self._by_role(cells, Role.QUOTA))
        if uses is None:
            return None  # two columns say different things of one quota: why is told of each row
        return Given(
            known=known,
            unknown=tuple(name for name in fields if name not in values),
            loose=tuple((n, c.code) for n, c in loose.items() if self._kinds.level(n) is not None),
            held=self._by_role(cells, Role.REGISTER),
            rows=rows,
            uses=uses,
        )

    def _by_role(self, cells: Mapping[str, Cell], role: Role) -> dict[str, Any]:
        """Return what is known of registers, or of the use of quotas."""
        known = ((name, cell.value) for name, cell in cells.items() if cell.value is not UNKNOWN)
        return {name: value for name, value in known if self._column(name).role is role}

    def _uses(self, given: Mapping[str, Any]) -> Mapping[str, QuotaUse] | None:
        request, _ = sort_facts(given, NOWHERE, self._facts)
        return None if request is None else request.quotas

    def _one(self, batch: Numbered, at: int, found: _Found) -> Answer:
        """Return the answer to a row that shares its numbers with others, not yet its answer."""
        if isinstance(found, _Dated):
            day = batch.law_day(at, self._facts.received)
            return self._shared(batch, (found.key, window_days(found.windows, day)), at)
        if found is Alone.UNREADABLE:
            return self._ask(batch, at)
        names = tuple(column.name for column in batch.sheet.columns)
        return self._shared(batch, ("exactly", names, batch.exactly(at)), at)

    def _shared(self, batch: Numbered, key: Hashable, at: int) -> Answer:
        """Return the answer of a kind, found for this row if it is the first."""
        found = self._answers.get(key)
        if found is None:
            found = self._ask(batch, at)
            # Why a row cannot be read names what stands in it: nothing of it is shared.
            if found.outcome is not None:
                self._answers[key] = found
        return found

    def _ask(self, batch: Numbered, at: int) -> Answer:
        place = Span("", 0, 0, batch.lines[at], 1)
        request, findings = sort_facts(batch.facts(at), place, self._facts)
        if request is None:
            return Answer(None, findings=tuple(findings))
        try:
            return answer_of(decide(self.policy, request, self.plan.head.name))
        except RequestRejected as rejected:
            return Answer(None, findings=rejected.diagnostics)


def answer_of(decision: Decision) -> Answer:
    """Return what columns hold of a decision; nothing decided yet has reasons: it lacks facts."""
    missing = tuple(fact.name for fact in decision.missing)
    if decision.outcome is Outcome.INCOMPLETE:
        return Answer(decision.outcome, decision.wording, missing=missing)
    certain = (each.zh for each in decision.reasons if each.certain and not each.also)
    return Answer(
        outcome=decision.outcome,
        wording=decision.wording,
        code=decision.code,
        reason="；".join(dict.fromkeys(certain)),
        clause=decision.clause,
        basis=decision.basis,
        missing=missing,
    )
