"""What a report counts: requests that were decided, and cases that were worked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import PurePath

from zhunru.diagnostics import Diagnostic, Span
from zhunru.vocabulary import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One request with its answer; `booked` are uses of quotas: quota and what it counts for.

    `taken_back`: it was admitted, and withdrawn before its day; nobody had to bear it.
    """

    day: date
    department: str
    community: str
    category: str
    matter: str
    outcome: Outcome
    code: str
    booked: tuple[tuple[str, str], ...] = ()
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """One case. What nobody said is None: it counts in no rate.

    `level` is that of the highest unit that dealt with it, `depth` how far it lies below the top.
    """

    day: date
    flow: str
    unit: str
    closed: bool
    state: str
    overdue: bool = False
    answered: bool | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    level: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRow:
    """A row of a file that could not be counted, and the finding that kept it out."""

    file: str
    sheet: str
    row: int
    code: str
    why: tuple[str, str]

    @classmethod
    def of(cls, span: Span, finding: Diagnostic) -> UnreadRow:
        """Return the row at `span`; a file is named without its folder: reports are passed on."""
        path, sheet = span.workbook or (span.path, "")
        # An item of a JSON list stands on no line: its number is where columns are.
        row = span.line or span.column
        why = (finding.zh, finding.en)
        return cls(file=PurePath(path).name, sheet=sheet, row=row, code=finding.code, why=why)


@dataclass(frozen=True)
class Dealings:
    """Everything of a period. `unread` are rows or records that could not be counted.

    `unread_rows` say which, the first of them: who mends those sees the others next time.
    `ratings` are the scores of each 评价 by whom it rates: communities those above them;
    `uncounted` says which ratings came to nothing, and who could not be scored. `remarks` are what
    is told of a file as a whole.
    """

    decided: tuple[Decided, ...] = ()
    worked: tuple[Worked, ...] = ()
    unread: int = 0
    unread_rows: tuple[UnreadRow, ...] = ()
    ratings: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    uncounted: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
