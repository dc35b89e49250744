"""What checks, scorecards, matchings and promises mean, with every name bound.

The expressions are those of decisions and four more that only stand here: `Aggregate`,
`SameAs`, `OfSubject` and `LastYear`. The facts of an expression are the columns of the row that is
asked about; those of a unit are looked up in the one register that is kept by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from zhunru.checker.resolved import BoundCitation, Every, RExpr
from zhunru.diagnostics import NOWHERE, Span
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Function, Measure, Outcome

# --- whom a check asks, and what is counted ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Things:
    """Rows of a register, units of a level or with a role, entries of a list, or values.

    `key` is the column that a thing is known by; `entries` are the code, title and aliases of each
    of a list.
    `kept` says which register tells a column of a unit, an entry or a value: (column, register).
    `year` is the column by which a register has one row a year.
    """

    kind: Literal["register", "level", "role", "list", "values"]
    name: str
    key: str
    values: tuple[str, ...] = ()
    entries: tuple[tuple[str, ...], ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    year: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A row belongs to subject number `subject` if its `column` is that subject's `key`.

    `below`: a unit below it will do too. An empty column is the row itself: a unit.
    """

    column: str
    subject: int
    key: str
    below: bool = False


@dataclass(frozen=True, slots=True)
class Spell:
    """In which time rows count, by their date in `column`.

    `past` so much of `measure` up to the day, `year` since its 1 January, `period` since so many
    months of the calendar began, `rolling` any so many days on end.
    """

    kind: Literal["past", "year", "period", "rolling"]
    column: str
    length: int = 0
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Those of `things` that belong to the subjects, meet `where` and lie in `spell`.

    `joined`: without links, a column of them that `where` asks to be a value of the subjects.
    """

    things: Things
    links: tuple[Link, ...] = ()
    where: MExpr = Every(())
    spell: Spell | None = None
    joined: tuple[str, OfSubject] | None = None


# --- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aggregate:
    """计数 合计 平均 占比 最高 最低 of `value` over rows; a share counts those that meet `among`.

    Of no rows: 0 for a number or a sum, 无 for the rest. A share is out of 100.
    """

    function: Function
    rows: Rows
    value: MExpr | None = None
    among: MExpr | None = None


@dataclass(frozen=True, slots=True)
class SameAs:
    """`相同`: `inner` here is as `outer` of the other of a pair, or of the subject."""

    inner: MExpr
    outer: MExpr


@dataclass(frozen=True, slots=True)
class OfSubject:
    """What `value` comes to for whom rows are counted: a column that the rows have not."""

    value: MExpr


@dataclass(frozen=True, slots=True)
class LastYear:
    """`上年(value)`: of the row of the same register a year before.

    Rows are the same that share the columns `same`; of a unit, that its registers have for it.
    """

    value: MExpr
    things: Things
    same: tuple[str, ...] = ()


MExpr = RExpr | Aggregate | SameAs | OfSubject | LastYear


# --- declarations --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """`有 low 至 high 行 X`; with `each`, so many for every value of `column`."""

    rows: Rows
    low: MExpr | None = None
    high: MExpr | None = None
    column: str = ""
    each: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What a finding leads to; `table` names one whose results are shown as the hint.

    `told` are the bodies or words written; where `to` is an expression, it is what it comes to.
    """

    kind: Literal["rectify", "hint", "enlist"]
    told: str = ""
    to: MExpr | None = None
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedCheck:
    """核查. `subjects` are none (the place as a whole), one, or two side by side.

    `pairs`: the two are rows of one register, each pair asked once. `said` is the demand as
    written, in Chinese and in English.
    """

    name: str
    demand: MExpr | Demand
    subjects: tuple[Things, ...] = ()
    where: MExpr = Every(())
    before: date | None = None
    should: bool = False
    consequence: Consequence
    pairs: bool = False
    said: tuple[str, str] = field(default=("", ""), compare=False)
    citations: tuple[BoundCitation, ...] = ()
    set_code: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """So many in each period of `length` of `measure`; `of` is the value of `column` they have."""

    length: int
    measure: Measure
    least: int
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRound:
    """定期 that is put on record in a register: `done` are the rows, dated, of each subject.

    The rhythms are written, or are what `table` says of the subject in its `column`. Periods are
    those of the calendar, or counted from `origin`.
    """

    name: str
    subjects: Things
    done: Rows
    dated: str
    rhythms: tuple[Rhythm, ...] = ()
    origin: date | None = None
    of_column: str = ""
    table: str = ""
    column: str = ""
    where: MExpr = Every(())
    by: str = ""
    marks: tuple[str, ...] = ()
    set_code: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPromise:
    """保证 of a decision: for every request that meets `when` the outcome is `outcome`, or the
    answer is the same whatever the fields `regardless` hold. Those of upper
    sets are here too: they hold for every set below.
    """

    name: str
    decision: str
    when: RExpr = Every(())
    outcome: Outcome | None = None
    regardless: tuple[str, ...] = ()
    citations: tuple[BoundCitation, ...] = ()
    set_code: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedMatching:
    """配对. `when` reads the need as facts, the resource through SameAs and `stock`.

    `stock` are number columns of the resource with the least that must be there; a match takes it.
    """

    name: str
    needs: Things
    resources: Things
    when: MExpr = Every(())
    stock: tuple[tuple[str, Decimal], ...] = ()
    sorted_by: tuple[str, ...] = ()
    makes: str = ""
    unmatched: str = ""
    set_code: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedIndicator:
    """指标: computed where it has a `value`, else rated out of `full` by `raters`.

    `weight` is its share of what it stands in, out of 100.
    """

    name: str
    weight: Decimal
    value: MExpr | None = None
    full: Decimal = Decimal(100)
    raters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedClass:
    """类: indicators that add up to one score, which counts `weight` out of 100."""

    name: str
    weight: Decimal
    indicators: tuple[ResolvedIndicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedScorecard:
    """评价. `parts` in written order, once for each of `subjects`, of whom they are resolved.

    `grades` from the best down, the last may have no bound; `months` is the length of its period.
    Recommended is who is among the first `top` and has `least` points as well.
    """

    name: str
    title: Title
    subjects: tuple[Things, ...]
    parts: tuple[tuple[ResolvedIndicator | ResolvedClass, ...], ...]
    months: int = 0
    raters: tuple[str, ...] = ()
    anonymous: bool = False
    sample: int = 0
    grades: tuple[tuple[str, Decimal | None], ...] = ()
    top: int = 0
    least: Decimal | None = None
    recommend: str = ""
    uses: tuple[str, ...] = ()
    credits: tuple[tuple[str, Decimal], ...] = ()
    baseline: date | None = None
    citations: tuple[BoundCitation, ...] = ()
    set_code: str = ""
    span: Span = field(default=NOWHERE, compare=False)
