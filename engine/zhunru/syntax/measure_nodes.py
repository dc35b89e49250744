"""The source tree of checks, scorecards, matchings and promises, as written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from zhunru.diagnostics import Span
from zhunru.syntax.expressions import Expr, Quantity, place
from zhunru.syntax.nodes import Citation, Name, Title
from zhunru.vocabulary import Outcome

# --- checks ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """In which time rows count: 近 3 个月, 本年 (no length), 任意连续 7 日."""

    kind: Literal["past", "year", "rolling"]
    length: Quantity | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """`有 a、b 各 1 至 3 名 X 凡 … 近 …`: how many X there must be.

    A bare number sets both ends; `unit` is the measure written between number and X.
    """

    subject: Name
    low: Expr | None = None
    high: Expr | None = None
    unit: Name | None = None
    each: tuple[Name, ...] = ()
    where: Expr | None = None
    spell: Spell | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """`否则 整改 区财政局`, `否则 提示 规模调整`, `否则 列入 未走访户`; `to` may be left out."""

    kind: Literal["rectify", "hint", "enlist"]
    to: Expr | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """核查: for each `every` (with each `beside`) that meets `where`, the demand must hold.

    `should` is 一般应当: what fails is only a hint. `before` is the day by which it must hold.
    """

    name: Name
    demand: Expr | Counted
    every: Name | None = None
    beside: Name | None = None
    where: Expr | None = None
    before: date | None = None
    should: bool = False
    consequence: Consequence | None = None
    citations: tuple[Citation, ...] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()


# --- promises ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """保证: of a decision, for every request that meets `where`.

    Either the outcome is always `outcome`, or the answer does not depend on `regardless`.
    """

    name: Name
    decision: Name
    where: Expr | None = None
    outcome: Outcome | None = None
    regardless: tuple[Name, ...] = ()
    citations: tuple[Citation, ...] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()


# --- matchings ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """配对: needs met by resources where `when` holds; needs go in the order of `sorted_by`."""

    name: Name
    needs: Name
    resources: Name
    makes: Name | None = None
    when: Expr | None = None
    sorted_by: tuple[Name, ...] = ()
    unmatched: Name | None = None
    citations: tuple[Citation, ...] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()


# --- scorecards --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Raters:
    """`评分人 居民、社区 匿名 样本 不少于 30 份`."""

    names: tuple[Name, ...]
    anonymous: bool = False
    sample: Quantity | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """`指标 X = value 权重 40%`; without a value it is rated, out of `full` (100 if not said).

    `raters` are those of this indicator alone.
    """

    name: Name
    value: Expr | None = None
    weight: Quantity | None = None
    full: Quantity | None = None
    raters: tuple[Name, ...] = ()
    citations: tuple[Citation, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreClass:
    """`类 X 6 项 15%`: indicators under one head; without any it is rated as a whole."""

    name: Name
    weight: Quantity | None = None
    expected: int | None = None
    indicators: tuple[Indicator, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """`优秀 不低于 90`; the last one may be 其余 (no bound)."""

    name: Name
    least: Quantity | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """`名次 前 3 推荐 X`; `且 等次 不低于 良好` or `且 不低于 80` is to be reached as well."""

    top: Quantity
    grade: Name | None = None
    least: Quantity | None = None
    recommend: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """`用于 X`, or `计入 X 占 30%` where `share` says how much."""

    name: Name
    share: Quantity | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """`底线 X 不低于 30%` or `不超过`: what law says of the share that goes into X."""

    name: Name
    share: Quantity
    cap: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """评价: indicators of `subjects`, each period; `classes` nest indicators.

    `expected` counts classes and indicators (应有 6 类 33 项); `baseline` is the day before which
    things were otherwise (基期).
    """

    name: Name
    title: Title = Title("")
    subjects: tuple[Name, ...] = ()
    every: Quantity | None = None
    expected: tuple[Quantity, ...] = ()
    source: str = ""
    raters: Raters | None = None
    indicators: tuple[Indicator, ...] = ()
    classes: tuple[ScoreClass, ...] = ()
    grades: tuple[Grade, ...] = ()
    ranking: Ranking | None = None
    uses: tuple[Use, ...] = ()
    floors: tuple[Floor, ...] = ()
    baseline: date | None = None
    citations: tuple[Citation, ...] = ()
    trace: tuple[str, ...] = ()
    tabular: bool = field(default=False, compare=False)
    span: Span = place()
