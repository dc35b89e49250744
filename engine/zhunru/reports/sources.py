"""Where a report takes its dealings from: a store of cases, or a file of past requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from zhunru.checker.resolved_flows import name_in
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.plan import Plan
from zhunru.compiler.reading import read_request
from zhunru.decision import Request, decide
from zhunru.diagnostics import Diagnostic, Span
from zhunru.errors import RequestRejected
from zhunru.reports.dealings import Dealings, Decided, UnreadRow, Worked
from zhunru.request_facts import NO, YES, Names, RequestFacts, sort_facts
from zhunru.request_files import GivenRow, read_given
from zhunru.runtime.actions import WITHDRAWN
from zhunru.runtime.case import Case
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.handing_on import MERGED
from zhunru.runtime.ids import partition_name
from zhunru.runtime.records import is_record
from zhunru.runtime.submitting import Desk, Use, counted
from zhunru.runtime.timing import tells_of_delay
from zhunru.store.base import BookingRow, CaseRow, EventRow, Store
from zhunru.syntax.nodes import Period
from zhunru.syntax.written_days import day_of_moment
from zhunru.vocabulary import DAY_COLUMNS, OUTCOMES, Outcome
from zhunru.worktime.instants import day_of

_PAGE = 1000
_MOST_UNREAD = 200  # rows that are named; the others are counted
_SENDERS = ("来文单位", "来件单位", "申请单位", "发起单位", "sender", "department")
_CATEGORIES = ("类别", "事项类别", "category")
# What the shipped workflows record (记) of how a case went.
_SOLVED = "已解决"
_RATING = "满意"
_LATE, _UNANSWERED = "超期", "未按时响应"
# Columns of a file of past work, beside the fields of the form.
_CLOSED = ("办结", "是否办结", "已办结", "销号", "closed")
_COLUMNS = {
    "answered": ("按时响应", "响应", "是否响应", "answered"),
    "solved": ("解决", "是否解决", "已解决", "solved"),
    "satisfied": ("满意", "是否满意", "满意度", "satisfied"),
    "overdue": ("超期", "是否超期", "逾期", "overdue"),
}
_UNITS = ("承办单位", "责任主体", "办理单位", "unit")
_LEVELS = ("办结层级", "化解层级", "办理层级", "level")
_FLOWS = ("流程", "来源", "事项来源", "flow")
_KINDS = "cdr"  # cases, decisions on record, recurring duties: the first letters of ids
_OURS = frozenset(
    name
    for names in (_CLOSED, _UNITS, _LEVELS, _FLOWS, _SENDERS, ("登记日期",), *_COLUMNS.values())
    for name in names
)
_WORDS = {"满意": True, "基本满意": True, "不满意": False}
_OUTCOME_OF = {word: outcome for outcome, words in OUTCOMES.items() for word in words}


# --- a store -------------------------------------------------------------------------------------


def from_store(store: Store, policy: CompiledPolicy, period: Period) -> Dealings:
    """Return what the store holds of a set: requests decided and cases opened in the period."""
    reading = _StoreReading(store, policy, period)
    decided: list[Decided] = []
    worked: list[Worked] = []
    for row in _cases(store, policy.code, period.end):
        if not period.holds(day_of(row.opened)):
            continue
        case = decode_case(row.body)
        if case.set_code != policy.code:
            continue
        if not is_record(case):
            worked.append(reading.worked(case))
        elif case.end in _OUTCOME_OF:
            decided.append(reading.decided(case))
    return Dealings(tuple(decided), tuple(worked))


def _cases(store: Store, code: str, end: date | None) -> Iterator[CaseRow]:
    """Yield the cases of a set in the order of their ids, up to those of days after the end.

    Those of days before the period are read too: a part that was split off later keeps the id,
    and so the day, of the case that it is of.
    """
    for kind in _KINDS:
        first = f"{partition_name(code)}.{kind}"
        # A recurring duty is named by its period, which may begin after the day it was opened.
        last = f"{first}{end:%Y%m%d}~" if end and kind != "r" else f"{first}~"
        after = first
        while rows := store.find_cases(after=after, limit=_PAGE):
            yield from (row for row in rows if row.case_id < last)
            after = rows[-1].case_id
            if after >= last:
                break


@dataclass(frozen=True)
class _StoreReading:
    """What reading the cases of one set needs."""

    store: Store
    policy: CompiledPolicy
    period: Period

    def decided(self, case: Case) -> Decided:
        """Return the request of a record: why is in its first event."""
        (first, *_) = self.store.events(case.case_id)
        data = orjson.loads(first.body)["data"]
        # What a record is marked with is that it was withdrawn, and its quotas are free again.
        taken_back = bool(case.marks)
        uses = () if taken_back else data.get("bookings", ())
        return _decided(
            self.policy,
            case.flow,
            case.fields,
            day=day_of(case.opened),
            department=case.opener.unit,
            outcome=_OUTCOME_OF[case.end],
            code=data["decision"].get("code") or "",
            booked=tuple((quota, subject) for quota, subject, *_ in uses),
            taken_back=taken_back,
        )

    def worked(self, case: Case) -> Worked:
        """Return what became of a case."""
        events = self.store.events(case.case_id)
        marks = set(case.marks)
        hands = dict.fromkeys([*(took.unit for took in case.taken), *case.visit.owners])
        level, depth = highest(self.policy, [name for name in hands if name])
        solved = case.fields.get("是否解决")
        unit = _in_charge(case)
        return Worked(
            day=day_of(case.opened),
            flow=case.flow,
            unit=unit,
            closed=case.closed,
            state=case.state,
            overdue=any(map(tells_of_delay, events)) or any(_LATE in mark for mark in marks),
            answered=_answered(case, unit, marks),
            solved=True if _SOLVED in marks else solved if isinstance(solved, bool) else None,
            satisfied=_rated(events),
            level=level if case.closed else "",
            depth=depth,
        )


def _rated(events: Sequence[EventRow]) -> bool | None:
    """Return how content somebody was when last asked, as a line or what it records says."""
    found: bool | None = None
    for event in events:
        if _RATING not in event.body:
            continue
        data = orjson.loads(event.body)["data"]
        name = name_in(data.get("took", {}).get("line", ""))
        said = [name, *data.get("marks", ())]
        for word in (each for each in said if each.endswith(_RATING)):
            found = "不" not in word and "未" not in word
    return found


def _answered(case: Case, unit: str, marks: set[str]) -> bool | None:
    """Return whether the unit in charge answered in time; None while it may still do so."""
    if _UNANSWERED in marks:
        return False
    # Whoever passed the case on to it, or took it back, has not answered in its stead.
    ended = bool(case.taken) and case.closed and case.end not in (WITHDRAWN, MERGED)
    done = ended or any(took.unit == unit for took in case.taken)
    return True if done else None


def _in_charge(case: Case) -> str:
    """Return who is answerable for a case: as its form says, else whoever has it, else had it."""
    for name in _UNITS:
        value = case.fields.get(name)
        if isinstance(value, str) and value:
            return value
    hands = [*case.visit.owners, *(took.unit for took in reversed(case.taken))]
    return next((unit for unit in hands if unit), "")


def highest(policy: CompiledPolicy, units: list[str]) -> tuple[str, int]:
    """Return the level of the unit nearest the top, and how far it lies below it."""
    chart = policy.model.chart
    found = [
        (len(chart.above(name)) - 1, chart.units[name].level)
        for name in units
        if name in chart.units
    ]
    depth, level = min(found, default=(0, ""))
    return level, depth


# --- a file --------------------------------------------------------------------------------------


def from_history(path: str | Path, policy: CompiledPolicy, period: Period, today: date) -> Dealings:
    """Return what a file of past requests and work (.xlsx, .csv, .jsonl …) holds.

    A row with columns about its end (是否办结, 是否解决, 满意 …) is a case; a row that says
    something of the form is a request, and is decided: where it names no day, by the law of
    the last day of the period, or of `today` if that has no end. Raises RequestRejected.
    """
    first = next(iter(policy.plans))
    names = Names.of(policy, first)
    reading = _FileReading(policy, names, RequestFacts(names, period.end or today))
    rows = read_given(Path(path), lambda name: names.knows(name) or name in _OURS)
    for row in rows:
        reading.take(row, period)
    return Dealings(
        tuple(reading.decided),
        tuple(reading.worked),
        reading.unread,
        tuple(reading.unread_rows),
        remarks=rows.remarks,
    )


@dataclass
class _FileReading:
    """One file of past requests and work while it is read."""

    policy: CompiledPolicy
    names: Names
    facts: RequestFacts
    decided: list[Decided] = field(default_factory=list)
    worked: list[Worked] = field(default_factory=list)
    unread: int = 0
    unread_rows: list[UnreadRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._desk, self._booked = Desk(self.policy), _Booked()

    def take(self, row: GivenRow, period: Period) -> None:
        """Count a row, as a case, as a request, as both, or as one that could not be read."""
        if row.findings or not isinstance(row.given, Mapping):
            self._leave(row.span, row.findings or [diagnose("ZR782", row.span)])
            return
        name, text = _written_day(row.given)
        try:
            day = _day(text) or self.facts.received
        except ValueError:
            # Counted on another day than its own, it would falsify two periods.
            self._leave(row.span, [diagnose("ZR705", row.span, name=name, value=text)])
            return
        if not period.holds(day):
            return
        case = _case_of(row.given, day)
        if case is not None:
            self.worked.append(case)
        if any(row.given.get(name) for name in (self._matter(), *_CATEGORIES)):
            self._decide(row.given, row.span, day)
        elif case is None:
            self._leave(row.span, [diagnose("ZR711", row.span, name=self._matter() or "事项")])

    def _leave(self, span: Span, found: Sequence[Diagnostic]) -> None:
        """Count a row that could not be read; the first are named, with what is first wrong."""
        self.unread += 1
        if len(self.unread_rows) < _MOST_UNREAD:
            self.unread_rows.append(UnreadRow.of(span, found[0]))

    def _matter(self) -> str:
        return _plan(self.policy, "").matter_field

    def _decide(self, given: Mapping[str, Any], span: Span, day: date) -> None:
        known = {name: value for name, value in given.items() if self.names.knows(name)}
        request, found = sort_facts(known, span, self.facts)
        if request is None:
            self._leave(span, found)
            return
        request, uses = self._counted(request)
        try:
            answer = decide(self.policy, request, next(iter(self.policy.plans)))
        except RequestRejected as rejected:
            self._leave(span, rejected.diagnostics)
            return
        self.decided.append(
            _decided(
                self.policy,
                "",
                request.facts,
                day=day,
                department=_text(given, _SENDERS),
                outcome=answer.outcome,
                code=answer.code or "",
                booked=self._book(uses, day) if answer.outcome is Outcome.ADMIT else (),
            )
        )

    def _counted(self, request: Request) -> tuple[Request, tuple[Use, ...]]:
        """Return a request with what the rows above it used up, and what it would use itself.

        What the file says of quotas itself counts before that.
        """
        plan = _plan(self.policy, "")
        try:
            reading = read_request(plan, self.policy.model, request, self.policy.supplied)
        except RequestRejected:
            return request, ()
        uses = self._desk.uses(plan, reading, f"{len(self.decided)}")
        used = {use.quota.key: counted(self._booked, use) for use in uses}
        return replace(request, quotas={**used, **request.quotas}), uses

    def _book(self, uses: tuple[Use, ...], day: date) -> tuple[tuple[str, str], ...]:
        """Put an admission on record for the rows below it."""
        for use in uses:
            self._booked.take(use, day)
        return tuple((use.quota.key, use.subject) for use in uses)


class _Booked:
    """What the admissions of a file have used of quotas so far."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[BookingRow]] = {}

    def take(self, use: Use, day: date) -> None:
        """Count one use."""
        row = BookingRow(
            quota=use.quota.key, subject=use.subject, day=day.toordinal(), item=use.item, case_id=""
        )
        self._rows.setdefault((row.quota, row.subject), []).append(row)

    def bookings(self, quota: str, subject: str, first: int, last: int) -> list[BookingRow]:
        """Return what was used in a window."""
        rows = self._rows.get((quota, subject), ())
        return [row for row in rows if first <= row.day <= last]


def _written_day(given: Mapping[str, Any]) -> tuple[str, str]:
    """Return the column of the day of a row and what stands there; empty where nothing does."""
    said = ((name, given.get(name)) for name in (*DAY_COLUMNS, "登记日期"))
    return next(((name, str(value).strip()) for name, value in said if value), ("", ""))


def _day(text: str) -> date | None:
    """Return the day that is written, None where nothing is; raises ValueError for none."""
    return day_of_moment(text) if text else None


def _plan(policy: CompiledPolicy, decision: str) -> Plan:
    """Return the plan of a decision; where none is named, of the first."""
    return policy.plans.get(decision) or next(iter(policy.plans.values()))


def _decided(
    policy: CompiledPolicy, decision: str, facts: Mapping[str, Any], **said: Any
) -> Decided:
    plan = _plan(policy, decision)
    return Decided(
        community=str(facts.get(plan.addressee_field) or ""),
        matter=str(facts.get(plan.matter_field) or ""),
        category=next((str(facts[name]) for name in _CATEGORIES if facts.get(name)), ""),
        **said,
    )


def _case_of(given: Mapping[str, Any], day: date) -> Worked | None:
    closed = _flag(given, _CLOSED)
    said = {name: _flag(given, columns) for name, columns in _COLUMNS.items()}
    if closed is None and all(value is None for value in said.values()):
        return None
    done = bool(said["solved"]) if closed is None else closed
    return Worked(
        day=day,
        flow=_text(given, _FLOWS),
        unit=_text(given, _UNITS),
        closed=done,
        state="",
        overdue=bool(said["overdue"]),
        answered=said["answered"],
        solved=said["solved"],
        satisfied=said["satisfied"],
        level=_text(given, _LEVELS) if done else "",
    )


def _text(given: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(given[name]).strip() for name in names if given.get(name)), "")


def _flag(given: Mapping[str, Any], names: tuple[str, ...]) -> bool | None:
    """Return what a column says, None where it says nothing that is known."""
    text = next((given[name] for name in names if given.get(name) not in (None, "")), None)
    if isinstance(text, bool) or text is None:
        return text
    word = str(text).strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    return True if word in YES else False if word in NO else None
