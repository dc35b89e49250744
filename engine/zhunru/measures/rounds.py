"""定期 over registers: who was owed what in the last period that is over, and did not get it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from zhunru.checker import resolved_measures as m
from zhunru.checker.resolved import NOTHING
from zhunru.checker.rounds import rhythm_of
from zhunru.compiler.rounds import round_of
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.counting import Measuring
from zhunru.measures.review import Finding, Reviewed, witnesses
from zhunru.measures.rows import Row, Rows, day_of, shown


def missed(rows: Rows, names: Sequence[str] = ()) -> tuple[Reviewed, ...]:
    """Return what the recurring duties of a set lack, by the registers that they are recorded in.

    Asked is the last period that ended before the day of the rows: the one that runs now can still
    be met.
    """
    rounds = rows.policy.core.rounds
    return tuple(_missed(rows, rounds[name]) for name in (names or rounds))


def _missed(rows: Rows, duty: m.ResolvedRound) -> Reviewed:
    unknown = [t.name for t in (duty.subjects, duty.done.things) if rows.of(t) is None]
    if unknown:
        finding = _finding(duty, (), f"查不清，缺 {unknown[0]}", f"lacks {unknown[0]}", unsure=True)
        return Reviewed(check=duty.name, asked=0, held=0, skipped=0, findings=(finding,))
    asked = 0
    findings: list[Finding] = []
    for row in rows.of(duty.subjects) or ():
        asking = Measuring(rows, (row,))
        # Whose duty it may not even be is not reproached with it.
        if asking.truth(duty.where) is not True:
            continue
        asked += 1
        findings += _lacking(rows, duty, row, asking)
    bad = len({each.subjects for each in findings})
    return Reviewed(
        check=duty.name, asked=asked, held=asked - bad, skipped=0, findings=tuple(findings)
    )


def _lacking(rows: Rows, duty: m.ResolvedRound, row: Row, asking: Measuring) -> list[Finding]:
    rhythms = _rhythms(duty, asking)
    if rhythms is None:
        text = "查不清多久一次", "how often cannot be told"
        return [_finding(duty, (row,), *text, unsure=True)]
    found = []
    for rhythm in rhythms:
        first, last = _over(duty, rhythm, rows.day)
        # What begins on a day (自) was not owed before.
        if duty.origin is not None and last < duty.origin:
            continue
        done, blank = _done(duty, rhythm, asking, first, last)
        if len(done) >= rhythm.least:
            continue
        what = f"“{rhythm.of}”" if rhythm.of else ""
        zh = f"{first} 至 {last} {what}应不少于 {rhythm.least} 次，实有 {len(done)} 次"
        en = f"{first} to {last}: {what}{' ' if what else ''}owed {rhythm.least}, done {len(done)}"
        since = rows.policy.core.period.start
        if since is not None and last < since:
            # Rows from before may be kept to be looked at; who owed it then, only they know.
            zh += f"（规则集自 {since} 起施行，这一期在施行以前）"
            en += f" (the set is in force from {since}, behind this period)"
        # With the rows that lack a date it may have been enough.
        unsure = len(done) + len(blank) >= rhythm.least
        found.append(_finding(duty, (row, *done, *blank), zh, en, asking=asking, unsure=unsure))
    return found


def _rhythms(duty: m.ResolvedRound, asking: Measuring) -> Sequence[m.Rhythm] | None:
    """Return how often something is owed: as written, or by the rows of the table that match."""
    if not duty.table:
        return duty.rhythms
    table = asking.model.tables[duty.table]
    args = [asking.facts.values.get(column, UNKNOWN) for column, _ in table.inputs]
    results: Any = asking.table_results(table, args)
    if results is UNKNOWN:
        return None
    said = results[[column for column, _ in table.outputs].index(duty.column)]
    texts = said if isinstance(said, (tuple, list)) else (said,)
    read = (rhythm_of(text) for text in texts if isinstance(text, str))
    return tuple(dict.fromkeys(rhythm for rhythm in read if rhythm is not None))


def _over(duty: m.ResolvedRound, rhythm: m.Rhythm, day: date) -> tuple[date, date]:
    """Return the last period that was over before a day."""
    first, _ = round_of(rhythm.length, rhythm.measure, day, duty.origin)
    return round_of(rhythm.length, rhythm.measure, first - timedelta(1), duty.origin)


def _done(
    duty: m.ResolvedRound, rhythm: m.Rhythm, asking: Measuring, first: date, last: date
) -> tuple[list[Row], list[Row]]:
    """Return the rows of the period, and those that may be of it: they have no date."""
    found = asking.find(duty.done)
    sure: list[Row] = []
    blank: list[Row] = []
    for row in found.sure if found else ():
        if rhythm.of and duty.of_column and row.values.get(duty.of_column) != rhythm.of:
            continue
        of = day_of(row.values.get(duty.dated))
        if of is None:
            blank.append(row)
        elif first <= of <= last:
            sure.append(row)
    return sure, blank


def _finding(
    duty: m.ResolvedRound,
    rows: Sequence[Row],
    zh: str,
    en: str,
    *,
    asking: Measuring | None = None,
    unsure: bool = False,
) -> Finding:
    name = rows[0].name if rows else ""
    return Finding(
        check=duty.name,
        kind="rectify",
        subjects=(name,) if name else (),
        zh=f"{name}：{zh}" if name else zh,
        en=f"{name}: {en}" if name else en,
        to=_bearer(duty, asking),
        rows=witnesses(rows),
        unsure=unsure,
    )


def _bearer(duty: m.ResolvedRound, asking: Measuring | None) -> str:
    """Return who owes it: what the row's own column says, else the body that is named."""
    said = asking.facts.values.get(duty.by, UNKNOWN) if asking and duty.by else UNKNOWN
    if said is UNKNOWN or said is NOTHING or isinstance(said, Decimal):
        return duty.by
    return shown(said)
