"""评价 run: from ratings and registers to scores, grades and ranks, each step explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from zhunru.checker import resolved_measures as m
from zhunru.checker.resolved import NOTHING, normal_title
from zhunru.compiler.values import UNKNOWN
from zhunru.measures.counting import EXACT, HUNDRED, Measuring, mean, period_start, summed
from zhunru.measures.rows import Row, Rows, shown

# Scores are compared to ten decimals: beyond it stands only what a division left over.
FINE = Decimal("1E-10")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of a score: `score` out of 100 counts `weight` out of 100 of what it stands in.

    `points` is what it adds. A part whose score is not known says what is `lacking`.
    """

    name: str
    weight: Decimal
    score: Decimal | None
    points: Decimal | None
    zh: str
    en: str
    steps: tuple[Step, ...] = ()
    lacking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Somebody's score: `total` out of 100, None while a part of it is not known.

    `credits` are what goes into other assessments, `before` the total at the baseline.
    """

    subject: str
    total: Decimal | None
    grade: str
    steps: tuple[Step, ...]
    rank: int = 0
    recommended: str = ""
    credits: tuple[tuple[str, Decimal], ...] = ()
    before: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Return by how much the total is more than at the baseline."""
        if self.total is None or self.before is None:
            return None
        return self.total - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What a scorecard came to on a day: everybody scored, best first, the unknown last.

    `left_out` counts ratings that did not count, by why, in Chinese and in English.
    """

    card: str
    day: date
    scored: tuple[Scored, ...]
    left_out: tuple[tuple[str, str, int], ...] = ()


def assess(rows: Rows, name: str, ratings: Sequence[Values] = ()) -> Assessed:
    """Return what the scorecard `name` gives each of its subjects on the day of the rows.

    `ratings` are rows with 对象, 指标, 得分, and where known 评分人 and 日期.
    """
    card = rows.policy.core.scorecards[name]
    scored, sheet = _all_scored(rows, card, ratings)
    if card.baseline is not None:
        # A rating without a date is of now: it says nothing about the day of the baseline.
        earlier = [one for one in ratings if one.get("日期") is not None]
        then, _ = _all_scored(rows.on(card.baseline), card, earlier)
        before = {one.subject: one.total for one in then}
        scored = [replace(one, before=before.get(one.subject)) for one in scored]
    return Assessed(
        card=name, day=rows.day, scored=tuple(ranked(card, scored)), left_out=sheet.left_out()
    )


def _all_scored(
    rows: Rows, card: m.ResolvedScorecard, ratings: Sequence[Values]
) -> tuple[list[Scored], Ratings]:
    """Return everybody's score on the day of the rows, and the ratings that it rests on."""
    rated = [
        (row, parts)
        for things, parts in zip(card.subjects, card.parts, strict=True)
        for row in rows.of(things) or ()
    ]
    sheet = Ratings(card, rows.day, ratings, {normal_title(row.name) for row, _ in rated})
    return [_scored(card, row.name, _steps(rows, parts, row, sheet)) for row, parts in rated], sheet


def assess_values(
    card: m.ResolvedScorecard, given: Mapping[str, Mapping[str, Decimal]]
) -> Assessed:
    """Return what a scorecard gives subjects of whom the values of indicators are given."""
    scored = []
    for subject, values in given.items():
        steps = tuple(_given_step(part, values) for part in card.parts[0])
        scored.append(_scored(card, subject, steps))
    return Assessed(card=card.name, day=date.min, scored=tuple(ranked(card, scored)))


# --- one subject ---------------------------------------------------------------------------------


def _scored(card: m.ResolvedScorecard, subject: str, steps: tuple[Step, ...]) -> Scored:
    # One part that is not known leaves the total open: it is not counted as 0.
    total = _sum([step.points for step in steps])
    return Scored(
        subject=subject,
        total=total,
        grade=grade_of(card, total),
        steps=steps,
        credits=tuple((name, _part(total, share)) for name, share in card.credits)
        if total is not None
        else (),
    )


def _steps(
    rows: Rows,
    parts: Sequence[m.ResolvedIndicator | m.ResolvedClass],
    row: Row,
    sheet: Ratings,
) -> tuple[Step, ...]:
    found = []
    for part in parts:
        if isinstance(part, m.ResolvedClass):
            inner = _steps(rows, part.indicators, row, sheet)
            found.append(class_step(part, inner))
        elif part.value is not None:
            found.append(_computed(rows, part, row))
        else:
            found.append(sheet.step(part, row.name))
    return tuple(found)


def class_step(part: m.ResolvedClass, inner: tuple[Step, ...]) -> Step:
    """Return the step of a class from those of its indicators."""
    score = _sum([step.points for step in inner])
    lacking = "、".join(step.name for step in inner if step.score is None)
    return _step(part.name, part.weight, score, "", "", inner, lacking)


def _computed(rows: Rows, part: m.ResolvedIndicator, row: Row) -> Step:
    asking = Measuring(rows, (row,))
    value = asking.value(part.value)
    if value is UNKNOWN or value is NOTHING:
        lacking = "、".join(dict.fromkeys(fact.name for fact in asking.open)) or "可算的记录"
        return _step(part.name, part.weight, None, "", "", (), lacking)
    return _valued(part, value)


def _valued(part: m.ResolvedIndicator, value: Decimal) -> Step:
    """Return the step of an indicator whose value is known; a score lies between 0 and 100."""
    score = EXACT.divide(value * HUNDRED, part.full)
    held = min(max(score, Decimal(0)), HUNDRED)
    zh, en = f"得 {shown(fine(value))}", f"is {shown(fine(value))}"
    if part.full != HUNDRED:
        zh, en = f"{zh}（满分 {shown(part.full)}）", f"{en} of {shown(part.full)}"
    if held != score:
        zh, en = f"{zh}，按 {shown(held)} 计", f"{en}, counted as {shown(held)}"
    return _step(part.name, part.weight, held, zh, en)


def _given_step(part: m.ResolvedIndicator | m.ResolvedClass, values: Mapping[str, Decimal]) -> Step:
    if part.name in values:
        # A class may be given as a whole, out of 100, without its indicators.
        whole = m.ResolvedIndicator(name=part.name, weight=part.weight)
        return _valued(whole if isinstance(part, m.ResolvedClass) else part, values[part.name])
    if isinstance(part, m.ResolvedClass):
        return class_step(part, tuple(_given_step(each, values) for each in part.indicators))
    return _step(part.name, part.weight, None, "", "", (), part.name)


def _step(
    name: str,
    weight: Decimal,
    score: Decimal | None,
    zh: str,
    en: str,
    inner: tuple[Step, ...] = (),
    lacking: str = "",
) -> Step:
    points = _part(score, weight) if score is not None else None
    if points is None or score is None:
        told = f"{name}：缺 {lacking}", f"{name}: lacks {lacking}"
    else:
        sum_ = f"{shown(two(score))} × {shown(two(weight))}% = {shown(two(points))}"
        told = f"{name}：{zh}{'，' if zh else ''}{sum_}", f"{name}: {en}{', ' if en else ''}{sum_}"
    return Step(
        name=name, weight=weight, score=score, points=points, zh=told[0], en=told[1],
        steps=inner, lacking=lacking,
    )  # fmt: skip


# --- ratings -------------------------------------------------------------------------------------


class Ratings:
    """The ratings of one scorecard that count on a day, and those that do not."""

    def __init__(
        self,
        card: m.ResolvedScorecard,
        day: date,
        ratings: Sequence[Values],
        subjects: Collection[str],
    ) -> None:
        self.card = card
        self._subjects = subjects
        leaves = (leaf for parts in card.parts for leaf in _leaves(parts))
        self._leaves = {normal_title(leaf.name): leaf for leaf in leaves}
        self._by: dict[tuple[str, str], list[Decimal]] = {}
        self._left_out: dict[tuple[str, str], int] = {}
        start = period_start(day, card.months) if card.months else date.min
        for rating in ratings:
            self._take(rating, start, day)

    def _take(self, rating: Values, start: date, day: date) -> None:
        why = self._refused(rating, start, day)
        if why is not None:
            self._left_out[why] = self._left_out.get(why, 0) + 1
            return
        key = (normal_title(str(rating["对象"])), normal_title(str(rating["指标"])))
        self._by.setdefault(key, []).append(rating["得分"])

    def _refused(self, rating: Values, start: date, day: date) -> tuple[str, str] | None:
        """Return why a rating does not count."""
        leaf = self._leaves.get(normal_title(str(rating.get("指标", ""))))
        score = rating.get("得分")
        on = rating.get("日期")
        if leaf is None or leaf.value is not None or "对象" not in rating:
            return "不是要评的指标", "no indicator that is rated"
        if normal_title(str(rating["对象"])) not in self._subjects:
            return "没有这个对象", "of nobody who is rated"
        if not isinstance(score, Decimal) or not 0 <= score <= leaf.full:
            return "得分不在 0 至满分之间", "score not between 0 and full marks"
        # What an indicator says of its raters goes before what the scorecard says.
        raters = leaf.raters or self.card.raters
        if raters and rating.get("评分人") not in raters:
            return "不是评分人", "not from one of the raters"
        if isinstance(on, date) and not start <= on <= day:
            return "不在这一期", "not of this period"
        return None

    def step(self, part: m.ResolvedIndicator, subject: str) -> Step:
        """Return the step of a rated indicator: the mean of its ratings, if there are enough."""
        scores = self._by.get((normal_title(subject), normal_title(part.name)), [])
        enough = max(self.card.sample, 1)
        if len(scores) < enough:
            lacking = f"{part.name}评分（有 {len(scores)} 份，应有 {enough} 份）"
            return _step(part.name, part.weight, None, "", "", (), lacking)
        step = _valued(part, mean(scores))
        zh, en = f"（{len(scores)} 份平均）", f" (mean of {len(scores)})"
        return replace(step, zh=step.zh + zh, en=step.en + en)

    def left_out(self) -> tuple[tuple[str, str, int], ...]:
        """Return how many ratings did not count, by why."""
        return tuple((zh, en, count) for (zh, en), count in self._left_out.items())


def _leaves(
    parts: Sequence[m.ResolvedIndicator | m.ResolvedClass],
) -> list[m.ResolvedIndicator]:
    found: list[m.ResolvedIndicator] = []
    for part in parts:
        found += part.indicators if isinstance(part, m.ResolvedClass) else [part]
    return found


# --- grades and ranks ----------------------------------------------------------------------------


def grade_of(card: m.ResolvedScorecard, total: Decimal | None) -> str:
    """Return the first grade whose bound a total reaches, or nothing."""
    if total is None:
        return ""
    return next((name for name, least in card.grades if least is None or fine(total) >= least), "")


def ranked(card: m.ResolvedScorecard, scored: Sequence[Scored]) -> list[Scored]:
    """Return everybody by total, best first; equal totals share a rank, and the next is skipped."""
    known = sorted(
        (one for one in scored if one.total is not None),
        key=lambda one: fine(one.total or Decimal(0)),
        reverse=True,
    )
    # While somebody's score is not known, nobody is certainly among the first.
    settled = len(known) == len(scored)
    found: list[Scored] = []
    for at, one in enumerate(known):
        same = found and fine(found[-1].total or Decimal(0)) == fine(one.total or Decimal(0))
        rank = found[-1].rank if same else at + 1
        recommended = settled and rank <= card.top and _reached(card, one.total)
        found.append(replace(one, rank=rank, recommended=card.recommend if recommended else ""))
    return [*found, *(one for one in scored if one.total is None)]


def _reached(card: m.ResolvedScorecard, total: Decimal | None) -> bool:
    """Return whether a total is what a recommendation asks; nobody moves up for who has less."""
    return card.least is None or (total is not None and fine(total) >= card.least)


# --- numbers -------------------------------------------------------------------------------------


def _sum(points: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in points if each is not None]
    return summed(known) if len(known) == len(points) else None


def _part(score: Decimal, share: Decimal) -> Decimal:
    return EXACT.divide(EXACT.multiply(score, share), HUNDRED)


def fine(value: Decimal) -> Decimal:
    """Return a number to ten decimals, as scores are compared."""
    return value.quantize(FINE, rounding=ROUND_HALF_UP, context=EXACT)


def two(value: Decimal) -> Decimal:
    """Return a number to two decimals, as people are shown it."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=EXACT)
