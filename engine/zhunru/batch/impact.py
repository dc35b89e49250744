"""What a draft would have changed: past requests through the set in force and through the draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from zhunru.batch.columns import Answer, ColumnsEngine
from zhunru.batch.frames import Frame, Place, read_frames
from zhunru.batch.places import Differing
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.bodies import not_known
from zhunru.compiler.plan import Plan
from zhunru.diagnostics import Diagnostic
from zhunru.errors import RequestRejected
from zhunru.vocabulary import DAY_COLUMNS, Outcome, TypeName

MOST_GROUPS = 2_000
_MOST_UNREAD = 200  # rows that are named; the others are counted
MONTH = "月份"
OTHER = "…"

Turn = tuple[Outcome | None, Outcome | None]


@dataclass(frozen=True, slots=True)
class Flip:
    """A past request that the draft answers in another way; `given` is the row as it stands.

    `turned`: another outcome; else the outcome is the same for another reason.
    """

    place: Place
    given: Mapping[str, Any]
    before: Answer
    after: Answer

    @property
    def turned(self) -> bool:
        """Tell whether the outcome is another one."""
        return self.before.outcome is not self.after.outcome


@dataclass
class Impact:
    """Counts over all past requests. `turns` by outcome before and after, also the same ones.

    `otherwise`: the same outcome, but with another reason, clause, basis or missing fact.
    `unread`: rows that cannot be read, by neither set. `again`: rows that were decided by the draft
    too; the others lie where both sets are proved to answer alike. `groups` counts the requests
    whose outcome turns, by the value of each column asked for; `sizes` all requests with it.
    `unused` are columns that mean nothing to either set (where `used` is false, all of them: then
    nothing was compared), `unread_rows` the first rows that cannot be read, and why. `remarks` are
    what is told of the file as a whole.
    """

    rows: int = 0
    otherwise: int = 0
    unread: int = 0
    again: int = 0
    turns: Counter[Turn] = field(default_factory=Counter)
    groups: dict[str, Counter[tuple[str, Turn]]] = field(default_factory=dict)
    sizes: dict[str, Counter[str]] = field(default_factory=dict)
    used: bool = False
    unused: dict[str, None] = field(default_factory=dict)
    unread_rows: list[tuple[Place, Diagnostic]] = field(default_factory=list)
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def turned(self) -> int:
        """Return how many requests have another outcome."""
        return sum(n for (before, after), n in self.turns.items() if before is not after)


def usual_columns(policy: CompiledPolicy, decision: str = "") -> tuple[str, ...]:
    """Return what impacts are counted by: the sender, the body asked, the kind, the month."""
    plan = policy.plan(decision)
    asked = plan.addressee_field
    senders = [f.name for f in plan.head.fields if f.type.name is TypeName.UNIT and f.name != asked]
    kinds = [f.name for f in plan.head.fields if f.type.name is TypeName.CHOICE]
    return (*senders[:1], *([asked] if asked else []), *kinds[:1], MONTH)


def measure_impact(
    current: CompiledPolicy,
    draft: CompiledPolicy,
    history: str | Path,
    *,
    received: date,
    asserted_by: str | None = None,
    decision: str = "",
    by: Sequence[str] | None = None,
    on_flip: Callable[[Flip], None] | None = None,
) -> Impact:
    """Decide past requests by both sets and count what differs; `on_flip` is told of each flip.

    `history` is a CSV, workbook, JSON lines, JSON, YAML or Parquet file, `by` the columns to count
    by (the usual ones if None). Memory does not grow with the file, but for a workbook. Raises
    RequestRejected for a file that cannot be read, a decision that a set does not have, or a name
    to vouch for the facts by that neither set knows.
    """
    if asserted_by:
        _check_asserter(asserted_by, current, draft)
    engines = [
        ColumnsEngine(policy, received=received, asserted_by=asserted_by, decision=decision)
        for policy in (current, draft)
    ]
    named = usual_columns(current, decision) if by is None else by
    found = Impact(groups={name: Counter() for name in named})
    found.sizes = {name: Counter() for name in named}
    months = _day_column(engines[0].plan)
    differs = Differing(current, draft, decision, received)

    def knows(name: str) -> bool:
        return any(each.columns([name]) for each in engines)

    for frame in read_frames(Path(history), knows=knows):
        found.remarks += frame.remarks
        if by is not None and not found.rows:
            _check_columns(by, frame, engines)
        _note_columns(found, frame, engines)
        before, after, again = decide_both(engines, frame, differs)
        found.again += again
        _note_unread(found, frame, before, after)
        _count(found, frame, before, after, months)
        if on_flip is not None:
            for at in _flips(before, after):
                row = _given(frame, at)
                on_flip(Flip(frame.place(at), row, before[at], after[at]))
    return found


def _note_columns(found: Impact, frame: Frame, engines: Sequence[ColumnsEngine]) -> None:
    """Note which columns mean something to one of the sets, and which to neither."""
    names = frame.cells.columns
    known = {name for each in engines for name in each.columns(names)}
    found.used = found.used or bool(known)
    found.unused |= dict.fromkeys(n for n in names if n not in known and n not in DAY_COLUMNS)


def _note_unread(
    found: Impact, frame: Frame, before: Sequence[Answer], after: Sequence[Answer]
) -> None:
    for at, (old, new) in enumerate(zip(before, after, strict=True)):
        if len(found.unread_rows) >= _MOST_UNREAD:
            return
        if old.outcome is None and new.outcome is None and old.findings:
            found.unread_rows.append((frame.place(at), old.findings[0]))


def _check_columns(names: Sequence[str], frame: Frame, engines: Sequence[ColumnsEngine]) -> None:
    """Refuse to count by a column that neither the file nor a form has: all would be blank."""
    known = dict.fromkeys((MONTH, *frame.cells.columns))
    known |= dict.fromkeys(field.name for each in engines for field in each.plan.head.fields)
    for name in names:
        if name not in known:
            not_known("栏目", "column", name, list(known), list(known))


def _check_asserter(name: str, current: CompiledPolicy, draft: CompiledPolicy) -> None:
    """Refuse a name that is nobody's in either set; who vouches may be new in the draft."""
    try:
        current.check_asserter(name)
    except RequestRejected as unknown:
        try:
            draft.check_asserter(name)
        except RequestRejected:
            raise unknown from None


def decide_both(
    engines: Sequence[ColumnsEngine], frame: Frame, differs: Differing
) -> tuple[list[Answer], list[Answer], int]:
    """Return the answers of both sets, and how many rows the second one had to decide.

    The others lie where both sets are proved to answer alike.
    """
    current, draft = engines
    before = current.decide(frame)
    names = frame.cells.columns
    if differs.everywhere or current.columns(names) != draft.columns(names):
        return before, draft.decide(frame), len(before)
    # What is proved to be answered alike need not be decided again.
    may = differs.rows(frame, current.read_columns(frame))
    if not any(may):
        return before, before, 0
    known = [None if other else old for old, other in zip(before, may, strict=True)]
    return before, draft.decide(frame, known), sum(may)


def _flips(before: Sequence[Answer], after: Sequence[Answer]) -> Iterator[int]:
    for at, (old, new) in enumerate(zip(before, after, strict=True)):
        # What neither set can read is not answered otherwise; it is counted as unread.
        if old != new and not (old.outcome is None and new.outcome is None):
            yield at


def _count(
    found: Impact,
    frame: Frame,
    before: Sequence[Answer],
    after: Sequence[Answer],
    months: Sequence[str],
) -> None:
    turns = [(old.outcome, new.outcome) for old, new in zip(before, after, strict=True)]
    found.rows += len(turns)
    found.turns.update(turn for turn in turns if turn != (None, None))
    found.unread += turns.count((None, None))
    found.otherwise += sum(turns[at][0] is turns[at][1] for at in _flips(before, after))
    for name, counter in found.groups.items():
        values = _values(frame, name, months)
        _add(found.sizes[name], values)
        pairs = zip(values, turns, strict=True)
        _add(counter, [(value, turn) for value, turn in pairs if turn[0] is not turn[1]])


def _add(counter: Counter[Any], keys: Sequence[Any]) -> None:
    """Count keys; past a bound new ones are counted together, so that no file fills the memory."""
    for key, n in Counter(keys).items():
        known = key in counter or len(counter) < MOST_GROUPS
        other = (OTHER, key[1]) if isinstance(key, tuple) else OTHER
        counter[key if known else other] += n


def _values(frame: Frame, name: str, months: Sequence[str]) -> list[str]:
    if name == MONTH:
        found = next((column for column in months if column in frame.cells.columns), None)
        return [""] * frame.cells.height if found is None else _texts(frame, found, 7)
    if name not in frame.cells.columns:
        return [""] * frame.cells.height
    return _texts(frame, name, 80)


def _texts(frame: Frame, name: str, width: int) -> list[str]:
    values = frame.values
    return [
        "" if cell is None else str(values.get(cell, cell)).strip()[:width]
        for cell in frame.cells[name].to_list()
    ]


def _day_column(plan: Plan) -> tuple[str, ...]:
    """Return the columns that may say when: the day whose law applies, else the day of receipt."""
    return (*([plan.governing_field] if plan.governing_field else []), *DAY_COLUMNS)


def _given(frame: Frame, at: int) -> dict[str, Any]:
    names, cells = frame.cells.columns, frame.cells.row(at)
    return {
        name: frame.values.get(cell, cell)
        for name, cell in zip(names, cells, strict=True)
        if cell is not None
    }
