"""核查 over rows: what each check finds, with the rows that show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from zhunru.checker import resolved_measures as m
from zhunru.checker.resolved import NOTHING, Const, Every, FieldValue, ParameterOf, Test
from zhunru.checker.values import decimals_of
from zhunru.compiler.tables import HitConflict
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.counting import Found, Measuring, in_spell, most_in_a_run
from zhunru.measures.many import Named
from zhunru.measures.rows import Row, Rows, day_of, shown

# So many rows are kept as witnesses of one finding.
MOST_WITNESSES = 20
# So many are asked by one check; of more pairs, 凡 … 相同 must say which there are.
MOST_ASKED = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A row that shows a finding: of what, the how manieth, and its columns."""

    of: str
    number: int
    name: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One subject that does not meet a check, or of which it cannot be told (`unsure`).

    `to` is who must put it right, or the list it goes on; `hint` what a table advises; `pending`:
    the day by which it must hold has not come.
    """

    check: str
    kind: Literal["rectify", "hint", "enlist"]
    subjects: tuple[str, ...]
    zh: str
    en: str
    to: str = ""
    hint: tuple[tuple[str, str], ...] = ()
    rows: tuple[Witness, ...] = ()
    citations: tuple[str, ...] = ()
    unsure: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a check came to: so many asked, of whom so many meet it; the rest are findings.

    `skipped` were not asked: nothing is known of them a year before.
    """

    check: str
    asked: int
    held: int
    skipped: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Tell whether everybody certainly meets the check, or has time left."""
        return all(each.pending for each in self.findings)


def review(rows: Rows, names: Sequence[str] = ()) -> tuple[Reviewed, ...]:
    """Return what the checks of a set find; `names` picks some of them."""
    checks = rows.policy.core.checks
    return tuple(review_one(rows, checks[name]) for name in (names or checks))


def review_one(rows: Rows, check: m.ResolvedCheck) -> Reviewed:
    """Return what one check finds."""
    unknown = [t.name for t in check.subjects if rows.of(t) is None]
    if unknown:
        finding = _unknown(check, (), unknown)
        return Reviewed(check=check.name, asked=0, held=0, skipped=0, findings=(finding,))
    if how_many(rows, check) > MOST_ASKED:
        return Reviewed(check=check.name, asked=0, held=0, skipped=0, findings=(_too_many(check),))
    asked, left = _certainly_met(rows, check)
    held, skipped = asked, 0
    findings: list[Finding] = []
    for subjects in _subjects(rows, check) if left is None else left:
        asking = _asking(rows, check, subjects)
        concerned = asking.truth(check.where)
        if concerned is False:
            continue
        asked += 1
        found = _unsure(check, subjects, asking) if concerned is UNKNOWN else ask(check, asking)
        if asking.first_year:
            skipped += 1
        elif found is None:
            held += 1
        else:
            findings.append(found)
    return Reviewed(
        check=check.name, asked=asked, held=held, skipped=skipped, findings=tuple(findings)
    )


def _certainly_met(
    rows: Rows, check: m.ResolvedCheck
) -> tuple[int, Iterator[tuple[Row, ...]] | None]:
    """Return how many of very many units meet a check that is only a number, and the others.

    None: it has to be asked of each.
    """
    demand, every = check.demand, rows.of(check.subjects[0]) if check.subjects else None
    if not isinstance(demand, m.Demand) or not isinstance(every, Named) or not _counts(check):
        return 0, None
    asking = Measuring(rows, ())
    low, high = (
        asking.value(end) if end is not None else None for end in (demand.low, demand.high)
    )
    totals = rows.totals(demand.rows.things, demand.rows.links[0])
    if totals is None:
        return 0, None
    # Very many units have few different numbers: each number is judged once.
    fitting = {number: _fits(number, number, low, high) for number in {0, *totals.values()}}
    numbers = [totals.get(name, 0) for name in every.names]
    others = [at for at, number in enumerate(numbers) if fitting[number] is not True]
    return len(numbers) - len(others), ((every[at],) for at in others)


def _counts(check: m.ResolvedCheck) -> bool:
    """Tell whether a check asks every unit for a number of rows, and for nothing besides."""
    demand = check.demand
    if not isinstance(demand, m.Demand) or len(check.subjects) != 1 or check.pairs:
        return False
    wanted, (link, *more) = demand.rows, demand.rows.links or (None,)
    by_name = link is not None and not more and link.key == check.subjects[0].key
    bare = wanted.spell is None and not demand.each
    plain = check.where == wanted.where == _ALWAYS
    fixed = all(end is None or isinstance(end, Const) for end in (demand.low, demand.high))
    return by_name and bare and plain and fixed


_ALWAYS = Every(())


def _asking(rows: Rows, check: m.ResolvedCheck, subjects: tuple[Row, ...]) -> Measuring:
    if check.pairs:
        other = Measuring(rows, subjects[1:])
        return Measuring(rows, subjects[:1], outer=other)
    return Measuring(rows, subjects)


def _subjects(rows: Rows, check: m.ResolvedCheck) -> Iterator[tuple[Row, ...]]:
    """Yield everybody who is asked: nobody in particular, each, each pair, each with each."""
    if not check.subjects:
        yield ()
        return
    first, *rest = (rows.of(things) or () for things in check.subjects)
    if check.pairs:
        for group in _alike(rows, check, first):
            for at, one in enumerate(group):
                # Each pair once, not once from either side.
                for other in group[at + 1 :]:
                    yield one, other
        return
    for one in first:
        if rest:
            for other in rest[0]:
                yield one, other
        else:
            yield (one,)


def how_many(rows: Rows, check: m.ResolvedCheck) -> int:
    """Return how many a check asks, before any of them is asked."""
    if not check.subjects:
        return 1
    first, *rest = (len(rows.of(things) or ()) for things in check.subjects)
    if check.pairs:
        groups = map(len, _alike(rows, check, rows.of(check.subjects[0]) or ()))
        return sum(number * (number - 1) // 2 for number in groups)
    return first * (rest[0] if rest else 1)


def _too_many(check: m.ResolvedCheck) -> Finding:
    return Finding(
        check=check.name,
        kind="hint",
        subjects=(),
        zh=f"要比的超过 {MOST_ASKED} 对，没有查；请用“凡 … 相同”写明哪两行要比",
        en=f"more than {MOST_ASKED} pairs, not asked; say by `where … same` which to compare",
        unsure=True,
    )


def _alike(rows: Rows, check: m.ResolvedCheck, every: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield groups of rows that may pair: those that share what 凡 … 相同 asks for.

    Rows of which that is unknown stand in every group.
    """
    keys = _shared(check.where)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    unsure: list[Row] = []
    for row in every:
        alone = Measuring(rows, (row,))
        key = tuple(alone.value(each) for each in keys)
        (unsure if UNKNOWN in key else groups.setdefault(key, [])).append(row)
    if unsure:
        yield sorted([*unsure, *(r for g in groups.values() for r in g)], key=lambda r: r.number)
        return
    yield from groups.values()


def _shared(where: m.MExpr) -> list[m.MExpr]:
    """Return what both of a pair must share by a condition of several parts."""
    parts = where.operands if isinstance(where, Every) else (where,)
    return [part.inner for part in parts if isinstance(part, m.SameAs)]


# --- one subject ---------------------------------------------------------------------------------


def ask(check: m.ResolvedCheck, asking: Measuring) -> Finding | None:
    """Return what is wrong with those who are asked, or nothing."""
    if isinstance(check.demand, m.Demand):
        return _count(check, check.demand, asking)
    truth = asking.truth(check.demand)
    if truth is True:
        return None
    subjects = _all(asking)
    if truth is UNKNOWN:
        return _unsure(check, subjects, asking)
    because = _facts(asking, check.demand)
    zh, en = check.said
    return _finding(
        check,
        asking,
        f"应当 {zh}" + (f"（{because}）" if because else ""),
        f"must be {en}" + (f" ({because})" if because else ""),
        (*subjects, *asking.counted) if check.subjects else asking.counted,
    )


def _all(asking: Measuring) -> tuple[Row, ...]:
    return (*asking.subjects, *(asking.outer.subjects if asking.outer else ()))


def _facts(asking: Measuring, demand: m.MExpr) -> str:
    """Return the facts that were read, as `户数 2200、社区规模 100`, and both sides if computed."""
    used = [
        (name, value)
        for (kind, name), value in asking.used.items()
        if kind in ("field", "parameter")
    ]
    other = asking.outer.used if asking.outer else {}
    told = [f"{name} {_both(value, other.get(('field', name), value))}" for name, value in used]
    if isinstance(demand, Test) and not (_is_read(demand.left) and _is_read(demand.right)):
        left, right = (rounded(asking.value(side)) for side in (demand.left, demand.right))
        told.append(f"{left} {_SIGNS[demand.op]} {right}")
    return "、".join(told)


def _both(value: Any, other: Any) -> str:
    """Return a fact of a pair: once where both have it, else that of either."""
    return shown(value) if value == other else f"{shown(value)}、{shown(other)}"


def _is_read(side: Any) -> bool:
    """Tell whether a side is a fact as it stands, which is told by its name."""
    return isinstance(side, (FieldValue, ParameterOf, Const))


# What is not so, as a sign: the demand failed.
_SIGNS = {">=": "<", "<=": ">", ">": "≤", "<": "≥", "==": "≠", "!=": "="}


def rounded(value: Any) -> str:
    """Return a number with at most four decimals, for people; anything else as it is."""
    if isinstance(value, Decimal) and decimals_of(value) > 4:
        return shown(value.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))
    return shown(value)


def _count(check: m.ResolvedCheck, demand: m.Demand, asking: Measuring) -> Finding | None:
    found = asking.find(demand.rows)
    if found is None:
        return _unsure(check, asking.subjects, asking)
    low, high = (
        asking.value(end) if end is not None else None for end in (demand.low, demand.high)
    )
    groups = [(value, _of_value(found, demand.column, value)) for value in demand.each]
    told: list[str] = []
    unsure = False
    for value, group in groups or [("", found)]:
        least, most = _number(demand, group, asking.day)
        fits = _fits(least, most, low, high)
        unsure = unsure or fits is None
        if fits is False:
            told.append((f"“{value}”" if value else "") + str(least))
    if told:
        zh, en = check.said
        rows = (*asking.subjects, *found.sure)
        return _finding(check, asking, f"应当 {zh}，实有 {'、'.join(told)}",
                        f"must {en}, has {', '.join(told)}", rows)  # fmt: skip
    if not unsure:
        return None
    # Of a row without the value that is counted apart, nobody can tell to which it belongs.
    blank = _blank(found, demand.column) if demand.each else ()
    lacking = (demand.column,) if blank else ()
    return _unsure(check, asking.subjects, asking, (*found.maybe, *blank), lacking)


def _of_value(found: Found, column: str, value: str) -> Found:
    def having(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(row for row in rows if row.values.get(column) == value)

    return Found(having(found.sure), (*having(found.maybe), *_blank(found, column)))


def _blank(found: Found, column: str) -> tuple[Row, ...]:
    return tuple(row for row in (*found.sure, *found.maybe) if row.values.get(column) is None)


def _number(demand: m.Demand, found: Found, day: date) -> tuple[int, int]:
    """Return how many there are at least and at most; of a run of days, in the fullest one."""
    spell = demand.rows.spell
    if spell is None or spell.kind != "rolling":
        return len(found.sure), len(found.sure) + len(found.maybe)
    days = [
        of
        for row in found.sure
        if in_spell(spell, row, day) is True and (of := day_of(row.values.get(spell.column)))
    ]
    most = most_in_a_run(days, spell.length)
    return most, most + len(found.maybe)


def _fits(least: int, most: int, low: Any, high: Any) -> bool | None:
    """Tell whether a number between `least` and `most` lies between the bounds; None: it may."""
    if UNKNOWN in (low, high) or NOTHING in (low, high):
        return None
    if (low is not None and most < low) or (high is not None and least > high):
        return False
    certain = (low is None or least >= low) and (high is None or most <= high)
    return True if certain else None


# --- findings ------------------------------------------------------------------------------------


def _finding(
    check: m.ResolvedCheck, asking: Measuring, zh: str, en: str, rows: Sequence[Row]
) -> Finding:
    names = tuple(row.name for row in _all(asking))
    day = asking.day
    return Finding(
        check=check.name,
        kind=check.consequence.kind,
        subjects=names,
        zh="、".join(names) + ("：" if names else "") + zh,
        en=", ".join(names) + (": " if names else "") + en,
        to=_told(check.consequence, asking),
        hint=_hint(check.consequence, asking),
        rows=witnesses(rows),
        citations=tuple(each.text for each in check.citations),
        pending=check.before is not None and day < check.before,
    )


def _unsure(
    check: m.ResolvedCheck,
    subjects: Sequence[Row],
    asking: Measuring,
    rows: Sequence[Row] = (),
    blank: Sequence[str] = (),
) -> Finding:
    names = tuple(row.name for row in subjects)
    lacking = [*(fact.name for fact in asking.open), *blank]
    return _unknown(check, names, lacking, witnesses((*subjects, *rows)))


def _unknown(
    check: m.ResolvedCheck,
    names: tuple[str, ...],
    lacking: Sequence[str],
    rows: tuple[Witness, ...] = (),
) -> Finding:
    what = "、".join(dict.fromkeys(lacking)) or "日期"
    return Finding(
        check=check.name,
        kind="hint",
        subjects=names,
        zh="、".join(names) + ("：" if names else "") + f"查不清，缺 {what}",
        en=", ".join(names) + (": " if names else "") + f"cannot be told without {what}",
        rows=rows,
        citations=tuple(each.text for each in check.citations),
        unsure=True,
    )


def _told(consequence: m.Consequence, asking: Measuring) -> str:
    if consequence.to is None:
        return consequence.told
    value = asking.value(consequence.to)
    return consequence.told if value is UNKNOWN or value is NOTHING else shown(value)


def _hint(consequence: m.Consequence, asking: Measuring) -> tuple[tuple[str, str], ...]:
    """Return what a table advises of the subject."""
    if not consequence.table:
        return ()
    table = asking.model.tables[consequence.table]
    args = [asking.facts.values.get(column, UNKNOWN) for column, _ in table.inputs]
    results = asking.table_results(table, args)
    if results is UNKNOWN:
        return ()
    pairs = zip((column for column, _ in table.outputs), results, strict=True)
    return tuple((c, shown(v)) for c, v in pairs if not isinstance(v, HitConflict))


def witnesses(rows: Sequence[Row]) -> tuple[Witness, ...]:
    """Return rows as witnesses, each once, not more than fit."""
    found: dict[tuple[str, int], Witness] = {}
    for row in rows:
        if len(found) == MOST_WITNESSES:
            break
        key = (row.things.name, row.number)
        if key not in found:
            found[key] = _witness(row)
    return tuple(found.values())


def _witness(row: Row) -> Witness:
    values = row.values if isinstance(row.values, dict) else {}
    return Witness(
        of=row.things.name,
        number=row.number,
        name=row.name,
        values=tuple((column, shown(value)) for column, value in values.items()),
    )
