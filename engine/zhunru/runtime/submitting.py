"""What a store adds to a request: rows of registers, use of quotas, and who vouches for what.

A quota is never taken from the sender's word, nor a register that workflows write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any, NamedTuple, Protocol

from zhunru.checker.resolved import (
    NOTHING,
    Clause,
    Quota,
    ResolvedRegister,
    UnitTarget,
    normal_title,
)
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.evaluate import Facts
from zhunru.compiler.judge import Judge
from zhunru.compiler.plan import Plan
from zhunru.compiler.quotas import next_window
from zhunru.compiler.reading import Reading, read_request
from zhunru.compiler.request import FactValue, QuotaUse, Request
from zhunru.compiler.supports import support_of
from zhunru.compiler.values import UNKNOWN
from zhunru.runtime.case import Actor
from zhunru.runtime.encoding import decode, encode
from zhunru.runtime.refusals import refuse
from zhunru.store.base import BookingRow, RegisterRow, View
from zhunru.vocabulary import SYSTEM, TypeName, Window

_LAST_DAY = date.max.toordinal()


class Use(NamedTuple):
    """A quota that a request would use: what it is counted for, and as what."""

    quota: Quota
    subject: str
    item: str
    first: int
    last: int


Rows = Callable[[str, date | None], list[RegisterRow]]
"""The rows of a register that are in force on a day."""


class Completed(NamedTuple):
    """A request with what the store knows, and the quotas that an admission of it uses."""

    request: Request
    day: date
    uses: tuple[Use, ...]


class Desk:
    """Completes the requests to one policy; made once for each policy."""

    def __init__(self, policy: CompiledPolicy) -> None:
        self.policy = policy
        self._counted: dict[str, frozenset[int]] = {}
        self._reads: dict[str, frozenset[str]] = {}

    @cached_property
    def written(self) -> Mapping[str, ResolvedRegister]:
        """Return the registers that some workflow of the set writes."""
        names = {
            effect.object
            for flow in self.policy.core.workflows.values()
            for effect in flow.effects()
            if effect.kind == "enter"
        }
        registers = self.policy.core.registers
        return {name: registers[name] for name in sorted(names) if name in registers}

    # --- who vouches ---------------------------------------------------------------------------

    def vouched(self, request: Request, actor: Actor, plan: Plan) -> Request:
        """Return the request with each fact asserted by whom it is: the actor's own roles only.

        The sender is who acts, unless the receiver writes down what it was sent.
        """
        # Else a sender could say that none of a quota is used yet.
        if request.quotas:
            refuse("ZR755", name=tuple(request.quotas))
        owned = [name for name in self.written if name in request.registers]
        if owned:
            refuse("ZR755", name=owned)
        day, facts = request.received, dict(request.facts)
        self._check_claims(request, actor, day)
        assertions = {}
        for name, field in plan.fields.items():
            if field.asserted_by in SYSTEM and field.type.name is TypeName.UNIT:
                facts.setdefault(name, actor.unit)
                known = may_name(self.policy, plan, facts, facts[name], actor.unit, day)
            else:
                known = not field.asserted_by or self.holds(actor, field.asserted_by, day)
            if field.asserted_by:
                assertions[name] = field.asserted_by if known else actor.unit
        return replace(request, facts=facts, asserted_by=actor.unit, assertions=assertions)

    def _check_claims(self, request: Request, actor: Actor, day: date) -> None:
        claimed = {*request.assertions.values(), *filter(None, (request.asserted_by,))}
        for role in sorted(claimed):
            if role != actor.unit and not self.holds(actor, role, day):
                refuse("ZR756", unit=actor.unit, role=role)

    def holds(self, actor: Actor, role: str, day: date) -> bool:
        """Tell whether an actor is a unit, of a level, or the holder of a role."""
        return role in actor.roles or role in SYSTEM or is_body(self.policy, actor.unit, role, day)

    # --- what the store knows ------------------------------------------------------------------

    def complete(self, request: Request, view: View, decision: str, own: str) -> Completed:
        """Return the request with registers and quotas; `own` is what it is counted as itself."""
        policy, plan = self.policy, self.policy.plan(decision)
        # Read twice: only then it is known of which day the rows count; the second one has them.
        reading = read_request(plan, policy.model, request, policy.supplied)
        held = self.held(partial(rows_on, view), reading.day, self._read_by(plan))
        registers = {**request.registers, **held}
        request = replace(request, registers=registers)
        if registers:
            reading = read_request(plan, policy.model, request, policy.supplied)
        uses = tuple(self._uses(plan, reading, own))
        quotas = {use.quota.key: counted(view, use) for use in uses}
        return Completed(replace(request, quotas=quotas), reading.day, uses)

    def held(
        self, rows: Rows, day: date, names: Collection[str] | None = None
    ) -> Mapping[str, Any]:
        """Return what the registers that workflows write hold on a day, each read when asked."""
        return Held(self, rows, day, names)

    def _read_by(self, plan: Plan) -> frozenset[str]:
        """Return the registers that some clause reads.

        What no clause reads is left alone: a request, and the log of it, would otherwise grow
        with every row that workflows ever wrote.
        """
        found = self._reads.get(plan.head.name)
        if found is None:
            numbers = range(len(plan.clauses))
            supports = (support_of(plan, self.policy.model, number) for number in numbers)
            found = frozenset(name for each in supports for name in each.registers)
            self._reads[plan.head.name] = found
        return found

    def uses(self, plan: Plan, reading: Reading, own: str) -> tuple[Use, ...]:
        """Return the quotas that a request would use, counted as `own` where nothing else says."""
        return tuple(self._uses(plan, reading, own))

    def _uses(self, plan: Plan, reading: Reading, own: str) -> Iterator[Use]:
        # The use of quotas is only being looked up: a condition on it is unknown here, and a clause
        # that may apply counts as one that does.
        judge = Judge(plan, self.policy.model, reading.day, _without_quotas(reading.facts))
        matter = reading.facts.values.get(plan.matter_field)
        named = plan.index.find(normal_title(matter)) if isinstance(matter, str) else ()
        general = self._general(plan)
        for number in sorted({*general, *named}):
            clause = plan.clauses[number]
            if clause.quotas and judge.applies(number) is not False:
                yield from _uses_of(plan, clause, reading, own)

    def _general(self, plan: Plan) -> frozenset[int]:
        found = self._counted.get(plan.head.name)
        if found is None:
            found = frozenset(n for n in plan.general if plan.clauses[n].quotas)
            self._counted[plan.head.name] = found
        return found


class Held(Mapping[str, Any]):
    """What registers hold on a day: rows in force, or False for none.

    A register for which the set brings rows itself has those too; where nothing was written
    beside them it is left out, and so to the set.
    """

    def __init__(
        self, desk: Desk, rows: Rows, day: date, names: Collection[str] | None = None
    ) -> None:
        written = desk.written
        if names is not None:
            written = {name: each for name, each in written.items() if name in names}
        self._written = written
        self._rows = rows
        self._day = day

    def every(self, name: str) -> tuple[Mapping[str, FactValue], ...] | None:
        """Return all rows that were ever written to a register; None: no workflow writes it."""
        register = self._written.get(name)
        if register is None:
            return None
        rows = (row_values(register, row) for row in self._rows(name, None))
        return (*map(_file_row, register.rows or ()), *rows)

    def __getitem__(self, name: str) -> Any:
        register = self._written[name]
        rows = [row_values(register, row) for row in self._rows(name, self._day)]
        if register.rows is None:
            return tuple(rows) if rows else False
        if not rows:
            raise KeyError(name)
        return (*map(_file_row, register.rows), *rows)

    def __iter__(self) -> Iterator[str]:
        for name, register in self._written.items():
            if register.rows is None or self._rows(name, self._day):
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Counts(Protocol):
    """What knows the uses of quotas: a store, or a file that is read row by row."""

    def bookings(self, quota: str, subject: str, first: int, last: int) -> Sequence[BookingRow]:
        """Return the uses in a window."""


def bookings(completed: Completed, case_id: str) -> tuple[BookingRow, ...]:
    """Return what an admission books."""
    return tuple(
        BookingRow(
            quota=use.quota.key,
            subject=use.subject,
            day=completed.day.toordinal(),
            item=use.item,
            case_id=case_id,
        )
        for use in completed.uses
    )


def _without_quotas(facts: Facts) -> Facts:
    return Facts(dict(facts.values), dict(facts.registers), {})


# --- quotas ------------------------------------------------------------------------------------


def _uses_of(plan: Plan, clause: Clause, reading: Reading, own: str) -> Iterator[Use]:
    for quota in clause.quotas:
        subject = _key(plan, reading, quota.per)
        if quota.limit is None or subject is None:
            continue
        item = _key(plan, reading, quota.counted_by) if quota.counted_by else None
        first, last = window_of(quota.window, quota.days, reading.day)
        yield Use(quota, subject, own if item is None else item, first, last)


def _key(plan: Plan, reading: Reading, names: Sequence[str]) -> str | None:
    """Return the values of fields as one text; None where one of them is unknown."""
    values = [reading.facts.values.get(name, UNKNOWN) for name in names]
    if any(value is UNKNOWN for value in values):
        return None
    kinds = [plan.fields[name].type.name if name in plan.fields else None for name in names]
    return encode(
        [
            None if value is NOTHING else _matter(plan, value) if kind is TypeName.MATTER else value
            for value, kind in zip(values, kinds, strict=True)
        ]
    )


def _matter(plan: Plan, text: str) -> str:
    """Return one name for all that a matter is called: else an alias would have its own number.

    The title of its first entry, which is what requests mostly say: an alias that is added later
    leaves what was counted before where it is.
    """
    asked = normal_title(text)
    titles = (plan.clauses[number].title for number in plan.index.find(asked))
    known = (normal_title(title.zh or title.en) for title in titles)
    return next(filter(None, known), asked)


def counted(view: Counts, use: Use) -> QuotaUse:
    """Return how much of a quota is used, in the fullest window that its day may lie in (D17).

    A window that holds the request's own item already gets no fuller by it.
    """
    rows = view.bookings(use.quota.key, use.subject, use.first, use.last)
    most, alone = 0, True
    for first, last in _windows(use):
        # The same item counts once, however often it was admitted in the window.
        items = {row.item for row in rows if first <= row.day <= last}
        if use.item in items:
            continue
        most, alone = max(most, len(items)), False
    return QuotaUse(used=most, counted=alone)


def _windows(use: Use) -> Iterator[tuple[int, int]]:
    """Yield the windows that hold the day of a use: one, or each of a rolling length."""
    if use.quota.window is not Window.ROLLING:
        yield use.first, use.last
        return
    length = use.quota.days
    for first in range(use.first, use.first + length):
        yield first, first + length - 1


def may_name(
    policy: CompiledPolicy,
    plan: Plan,
    facts: Mapping[str, Any],
    sender: Any,
    actor: str,
    day: date,
) -> bool:
    """Tell whether an acting unit may say who sends: it does, or one below it; or it stands above
    the receiver, and writes down what that was sent."""
    chart = policy.model.chart
    named = chart.resolve(sender, day) if isinstance(sender, str) else None
    if named is None or named == actor or actor in chart.above(named):
        return True
    receiver = facts.get(plan.addressee_field)
    unit = chart.resolve(receiver, day) if isinstance(receiver, str) else None
    return unit is not None and actor in chart.above(unit)


def is_body(policy: CompiledPolicy, name: str, role: str, day: date) -> bool:
    """Tell whether a unit, by any of its names, is another, of a level, or the holder of a role."""
    chart = policy.model.chart
    unit = chart.resolve(name, day)
    kinds: Sequence[Any] = ("unit", "role", "level")
    return unit is not None and any(chart.is_target(unit, UnitTarget(kind, role)) for kind in kinds)


_STARTS = {Window.YEAR: 12, Window.HALFYEAR: 6, Window.QUARTER: 3, Window.MONTH: 1}


def window_of(window: Window, days: int, day: date) -> tuple[int, int]:
    """Return the first and the last day on which a use counts beside one on `day`."""
    at = day.toordinal()
    if window is Window.ROLLING:
        return at - days + 1, at + days - 1
    if window is Window.EVER:
        return 1, _LAST_DAY
    after = next_window(window, day)
    last = _LAST_DAY if after is None else (after - timedelta(1)).toordinal()
    if window is Window.DAY:
        return at, at
    if window is Window.WEEK:
        return at - day.weekday(), last
    months = _STARTS[window]
    return date(day.year, (day.month - 1) // months * months + 1, 1).toordinal(), last


# --- registers ---------------------------------------------------------------------------------


def rows_on(view: View, register: str, day: date | None) -> list[RegisterRow]:
    """Return the rows of a register that are in force on a day; without one, all that are not
    struck out: what is counted need not be in force any more."""
    return in_force(view.register_rows(register), day)


def in_force(rows: Sequence[RegisterRow], day: date | None) -> list[RegisterRow]:
    """Return those of some rows that are in force on a day, both ends included; without a day, all
    of them."""
    if day is None:
        return list(rows)
    at = day.toordinal()
    return [row for row in rows if row.since <= at and (row.until is None or at <= row.until)]


def row_values(register: ResolvedRegister, row: RegisterRow) -> Mapping[str, FactValue]:
    """Return a row as a request holds it."""
    # A row holds what was known when it was written; its other columns were left blank.
    values = {field.name: None for field in register.fields}
    values.update((name, value) for name, value in decode(row.body).items() if name in values)
    if register.span_field:
        until = None if row.until is None else date.fromordinal(row.until)
        values[register.span_field] = (date.fromordinal(row.since), until)  # type: ignore[assignment]
    return values


def _file_row(row: Sequence[tuple[str, Any]]) -> Mapping[str, FactValue]:
    return {name: None if value is NOTHING else value for name, value in row}
