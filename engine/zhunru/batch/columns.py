"""Deciding over columns: requests whose facts are of the same classes are decided once.

Every column is turned into numbers of classes, each distinct cell once; a row is then a tuple of
small numbers. The first row of a kind is decided by the row engine, the others have its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhunru.batch.classes import FactClasses
from zhunru.batch.frames import Frame
from zhunru.compiler import CompiledPolicy
from zhunru.decision import Decision, decide
from zhunru.diagnostics import Diagnostic, Span
from zhunru.errors import RequestRejected
from zhunru.request_facts import Names, RequestFacts, sort_facts
from zhunru.vocabulary import Outcome

MOST_KEPT = 500_000
_ABSENT = -1

Kind = tuple[Any, ...]


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


class ColumnsEngine:
    """Decides frames by one policy; keeps the answers of at most `MOST_KEPT` kinds of request.

    `received` is the day of receipt of rows that give none, `asserted_by` as in a request.
    """

    def __init__(
        self,
        policy: CompiledPolicy,
        *,
        received: date,
        asserted_by: str | None = None,
        decision: str = "",
    ) -> None:
        self.policy = policy
        self.plan = policy.plan(decision)
        self._facts = RequestFacts(Names.of(policy, decision), received, asserted_by)
        self._classes = FactClasses(policy, self.plan)
        self._numbers: dict[str, dict[Any, int]] = {}
        self._cells: dict[str, dict[str | None, int]] = {}
        self._kept: dict[Kind, Answer] = {}

    def columns(self, names: Sequence[str]) -> list[str]:
        """Return the columns that mean something to the policy, in their order."""
        return [name for name in names if self._facts.names.knows(name)]

    def decide(self, frame: Frame) -> list[Answer]:
        """Return the answer to every row of a frame."""
        names = self.columns(frame.cells.columns)
        columns = [frame.cells[name].to_list() for name in names]
        numbered = [
            self._numbered(name, column, frame) for name, column in zip(names, columns, strict=True)
        ]
        kinds = zip(*numbered, strict=True) if numbered else iter([()] * frame.cells.height)
        if len(self._kept) > MOST_KEPT:
            self._forget()
        kept, heading = self._kept, tuple(names)
        answers: list[Answer] = []
        for at, kind in enumerate(kinds):
            found = kept.get((heading, kind))
            if at in frame.unread:
                found = Answer(None, findings=frame.unread[at])
            elif found is None:
                cells = [column[at] for column in columns]
                found = self._ask(names, cells, frame, frame.lines[at])
                # Why a row cannot be read names what stands in it: nothing of it is shared.
                if found.outcome is not None:
                    kept[(heading, kind)] = found
            answers.append(found)
        return answers

    def _forget(self) -> None:
        self._kept.clear()
        self._numbers.clear()
        self._cells.clear()
        self._classes = FactClasses(self.policy, self.plan)

    def _numbered(self, name: str, column: Sequence[str | None], frame: Frame) -> list[int]:
        """Return a column as numbers of classes."""
        cells = self._cells.setdefault(name, {None: _ABSENT})
        for cell in set(column) - cells.keys():
            cells[cell] = self._number(name, frame.values.get(cell or "", cell))
        return [cells[cell] for cell in column]

    def _number(self, name: str, value: Any) -> int:
        if isinstance(value, str) and not value.strip():
            return _ABSENT
        numbers = self._numbers.setdefault(name, {})
        return numbers.setdefault(self._classes.of(name, value), len(numbers))

    def _ask(
        self, names: Sequence[str], cells: Sequence[str | None], frame: Frame, line: int
    ) -> Answer:
        given = {
            name: frame.values.get(cell, cell)
            for name, cell in zip(names, cells, strict=True)
            if cell is not None
        }
        request, findings = sort_facts(given, Span("", 0, 0, line, 1), self._facts)
        if request is None:
            return Answer(None, findings=tuple(findings))
        try:
            return answer_of(decide(self.policy, request, self.plan.head.name))
        except RequestRejected as rejected:
            return Answer(None, findings=rejected.diagnostics)


def answer_of(decision: Decision) -> Answer:
    """Return what columns hold of a decision."""
    return Answer(
        outcome=decision.outcome,
        wording=decision.wording,
        code=decision.code,
        reason="；".join(dict.fromkeys(each.zh for each in decision.reasons if not each.also)),
        clause=decision.clause,
        basis=decision.basis,
        missing=tuple(fact.name for fact in decision.missing),
    )
