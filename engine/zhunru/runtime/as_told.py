"""What is kept of a case, held against what its events tell: without any policy, years later too.

Events are the truth; all else is made from them, and only found faster. Not told by events alone:
reminders and the answer to an extension, which policies reckon, and which messages went out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from zhunru.runtime.case import Case, Done, Timer
from zhunru.runtime.encoding import decode, decode_case, encode_case
from zhunru.runtime.records import DUTY, TAKEN_BACK, booked_by, case_from, is_record
from zhunru.runtime.recurring import timers_of_duty
from zhunru.runtime.timing import ANSWER, REMIND, timers_told
from zhunru.runtime.writing import UNOPENED, entered, message_of, row_of
from zhunru.store.base import (
    BookingRow,
    CaseRow,
    Change,
    EventRow,
    MessageRow,
    RegisterRow,
)


def fits(kept: Change) -> bool:
    """Tell whether what is kept of a case is what its events say."""
    try:
        case = case_from(kept.events)
        return (
            _is_row(kept.cases[0], case)
            and _are_timers(kept, case)
            and set(kept.register_rows) == _entered(kept.events)
            and set(kept.bookings) == _booked(kept.events)
            and _are_waiting(kept, case)
            and _are_answered(kept)
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False  # it is none that a program of ours has written


def _is_row(row: CaseRow, case: Case) -> bool:
    """Tell whether a row is that of a case, whichever version of the program wrote it."""
    folded = row_of(case)
    return row == folded or replace(row, body=encode_case(decode_case(row.body))) == folded


def _are_timers(kept: Change, case: Case) -> bool:
    timers = [Timer(name=t.name, due=t.due, rank=t.rank) for t in kept.timers[case.case_id]]
    if case.closed and not timers:
        return True
    if is_record(case):
        return tuple(timers) == timers_of_duty(case)
    needed, asked = timers_told(case), case.visit.extending
    others = [each for each in timers if each not in needed and each.rank != REMIND]
    # An extension is answered by a day at the latest: how much sooner, the policy says.
    answered = len(others) == 1 and others[0].name == "answer" and others[0].rank == ANSWER
    return (
        not case.closed
        and all(each in timers for each in needed)
        and (answered and others[0].due <= asked.answer_by if asked else not others)
    )


def _entered(events: Sequence[EventRow]) -> set[RegisterRow]:
    """Return the rows of registers that events entered and struck out; records enter none."""
    rows: list[RegisterRow] = []
    for event in events:
        if event.kind == DUTY:
            continue
        for position, done in enumerate(_effects(event)):
            if done.kind == "enter":
                rows.append(entered(event.case_id, event.at, event.number, position, done))
            elif done.kind == "cancel":
                rows = [_struck_out(row, done.object, event.at) for row in rows]
    return set(rows)


def _struck_out(row: RegisterRow, register: str, at: int) -> RegisterRow:
    same = row.register == register and row.cancelled is None
    return replace(row, cancelled=at) if same else row


def _booked(events: Sequence[EventRow]) -> set[BookingRow]:
    """Return the uses of quotas that the record of a submission holds."""
    first, last = events[0], events[-1]
    at = last.at if last.kind == TAKEN_BACK else None
    return {replace(use, cancelled=at) for use in booked_by(events, first.case_id)}


def _are_waiting(kept: Change, case: Case) -> bool:
    """Tell whether the messages that did not go out yet are such as effects of events sent."""
    waiting = {each for each in kept.messages if each.topic != UNOPENED}
    return not waiting or waiting <= set(_sent(kept.events, case))


def _sent(events: Sequence[EventRow], case: Case) -> Iterator[MessageRow]:
    """Yield all messages that the effects of events sent."""
    for event in events:
        papers: Iterator[dict[str, Any]] = iter(decode(event.body).get("papers", ()))
        for position, done in enumerate(_effects(event)):
            paper = next(papers, {}) if done.kind == "issue" else {}
            yield message_of(case, event.at, event.number, position, done, paper)


def _effects(event: EventRow) -> list[Done]:
    if '"effects":' not in event.body:
        return []  # most events have none, and there are many
    return [Done(**each) for each in decode(event.body).get("effects", ())]


def _are_answered(kept: Change) -> bool:
    """Tell whether each command that events name is answered, and by the last of its events."""
    last = {each.command: each for each in kept.events if each.command}
    found = {each.command: each for each in kept.replies}
    return last.keys() == found.keys() and all(
        reply.case_id != last[key].case_id or reply.version == last[key].number
        for key, reply in found.items()
    )
