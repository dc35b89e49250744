"""The resolved model: what a checked set means, with every name bound and every value typed.

This is what the compiler compiles and what a plain interpreter can walk. Text is normalised
(NFKC, blanks and case folded) by `normal_title` wherever titles are compared. Every value is one
of: Decimal (numbers, money, ratios, quantities; the measure is part of the type), str (texts,
choices, unit names, matters), bool, date, datetime, frozenset[str] (多选, 单位组), or NOTHING (无).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from zhunru.diagnostics import NOWHERE, Span
from zhunru.syntax.expressions import ArithOp, CompareOp
from zhunru.syntax.nodes import Basis, Period, PolicySet, Title
from zhunru.vocabulary import (
    WINDOWS,
    Function,
    HitPolicy,
    ListKind,
    Measure,
    Outcome,
    TypeName,
    Window,
)

if TYPE_CHECKING:
    from zhunru.checker import resolved_flows, resolved_measures
    from zhunru.syntax import nodes


class _Nothing:
    """The value 无; only `==` and `!=` with itself say anything of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()

Value = Decimal | str | bool | date | datetime | frozenset[str] | _Nothing

OUTSIDE = "系统外:"  # prefix of a unit value that stands outside the org chart

_QUOTES = frozenset("\"'“”‘’「」『』《》〈〉")
_NO_QUOTES = str.maketrans("", "", "".join(_QUOTES))


def normal_title(text: str) -> str:
    """Return what two titles that are the same matter share: width, blanks, case, quotes folded."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if not _QUOTES.isdisjoint(text):
        text = text.translate(_NO_QUOTES)
    return "".join(text.casefold().split())


# --- types -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an expression.

    `measure` is that of numbers; `values` the choices of 枚举/多选; `low`, `high` and `decimals`
    the domain of a number field (None: not bounded). `optional`: 无 is a value too.
    """

    name: TypeName
    measure: Measure | None = None
    values: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    decimals: int = 0
    optional: bool = False


# --- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    """A value."""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The value of a field of the request (inside a table or formula: of its input)."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class ParameterOf:
    """The value of a parameter on the day of application; `end` picks one end of a band."""

    name: str
    type: Type
    end: Literal["value", "low", "high"] = "value"


@dataclass(frozen=True, slots=True)
class Test:
    """`left op right`, both of one type; with NOTHING on a side every test but `== 无` is false
    (`!= 无` is the negation of `== 无`)."""

    __test__ = False

    op: CompareOp
    left: RExpr
    right: RExpr


@dataclass(frozen=True, slots=True)
class OneOf:
    """`left` is one of `values` (choices, texts, matters).

    Constants of a matter are normal titles, here and in `Test`; a fact is compared by its
    `normal_title`. `事项 为 X` is always a OneOf of every text that means the matter X.
    """

    left: RExpr
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnitTarget:
    """What a unit may belong to: itself and what stands below it, a level, or a role.

    `unit`: the unit or any unit below it. `level`: units of that 层级. `role`: units that hold the
    role, or stand below one that does.
    """

    kind: Literal["unit", "level", "role"]
    name: str


@dataclass(frozen=True, slots=True)
class BelongsTo:
    """`left` (a unit) belongs to any of `targets`; a unit outside the chart (系统外) to none."""

    left: RExpr
    targets: tuple[UnitTarget, ...]


@dataclass(frozen=True, slots=True)
class IsUnit:
    """`left` (a unit) is `target` itself (为), or holds the role, or is of the level."""

    left: RExpr
    target: UnitTarget


@dataclass(frozen=True, slots=True)
class BelongsToLeads:
    """`left 属于 牵头及下级`: belongs to one of the clause's own `leads`."""

    left: RExpr


@dataclass(frozen=True, slots=True)
class Within:
    """`low <= left <= high`."""

    left: RExpr
    low: RExpr
    high: RExpr


@dataclass(frozen=True, slots=True)
class Has:
    """`left 包含 item`: a set has a member, a text a part."""

    left: RExpr
    item: RExpr


@dataclass(frozen=True, slots=True)
class InForce:
    """`有效(register, scope)`: some row of the register is in force on the day and covers `scope`.

    `scope` is a unit field of the request (None: any row). A row covers a unit that is in its
    units field, or below one that is. Cells of a 时段 read from a file are texts
    `2026-01-01 至 2026-03-31`, either day may be left out.
    """

    register: str
    scope: str | None


@dataclass(frozen=True, slots=True)
class Every:
    """Conjunction; empty is true."""

    operands: tuple[RExpr, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Disjunction; empty is false."""

    operands: tuple[RExpr, ...]


@dataclass(frozen=True, slots=True)
class Inverse:
    """Negation."""

    operand: RExpr


@dataclass(frozen=True, slots=True)
class Choose:
    """`若 test 则 then 否则 otherwise`."""

    test: RExpr
    then: RExpr
    otherwise: RExpr


@dataclass(frozen=True, slots=True)
class Compute:
    """Exact arithmetic; with NOTHING on a side, or a division by zero, NOTHING.

    Days: day - day is a number of days; day + number and day - number are days.
    """

    op: ArithOp
    left: RExpr
    right: RExpr


@dataclass(frozen=True, slots=True)
class Apply:
    """An exact function: MAX, MIN, ROUNDDOWN, ROUNDUP, ROUND, DAYCOUNT, WORKDAYCOUNT, DAYKIND.

    ROUND is half up; with a second argument, to so many decimals. DAYCOUNT(a, b) = b - a;
    of one 时段 the days from its first to its last.
    WORKDAYCOUNT(a, b): working days after a up to and including b; unknown past the calendar.
    DAYKIND(a): the number of the kind of day that a is (`KIND_NUMBERS`); unknown past the calendar.
    """

    function: Function
    args: tuple[RExpr, ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    """`table(args) 的 column`; no row matched: NOTHING. Args stand in the order of its inputs."""

    table: str
    args: tuple[RExpr, ...]
    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class Formula:
    """`formula(args)`."""

    name: str
    args: tuple[RExpr, ...]
    type: Type


RExpr = (
    Const
    | FieldValue
    | ParameterOf
    | Test
    | OneOf
    | BelongsTo
    | IsUnit
    | BelongsToLeads
    | Within
    | Has
    | InForce
    | Every
    | Some
    | Inverse
    | Choose
    | Compute
    | Apply
    | LookUp
    | Formula
)

# --- what a decision is made of ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCitation:
    """A citation with the versions of its basis; `text` is what an answer shows.

    `periods` are the days on which the cited instrument is in force (of the cited version, if one
    is named); empty when the basis is not in the registry, which counts as never in force only if
    `known`.
    """

    text: str
    basis: str
    periods: tuple[Period, ...] = ()
    known: bool = True
    unverified: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A test that carries its own outcome (拒绝 or 暂缓) when it fails. `code` names the reason."""

    test: RExpr
    outcome: Outcome
    message: Title
    code: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A quota: fails when `used + 1 > limit` and the request's own tuple is not counted already.

    `key` names the fact of the store: `<clause code>` and the window's word, see `quota_key`.
    `limit` None is 不限 (never fails). `days` is the length of a rolling window.
    """

    key: str
    window: Window
    days: int
    limit: RExpr | None
    per: tuple[str, ...]
    counted_by: tuple[str, ...]
    outcome: Outcome
    message: Title
    code: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty that an admission carries. `amount` of `measure` from the day the decision is made.

    `length` is the limit where it is not a constant (a parameter, a field, a table): a number of
    `measure`, or a date; `amount` is then None.
    """

    name: str
    by: str = ""
    per: str = ""
    amount: Decimal | None = None
    measure: Measure | None = None
    length: RExpr | None = None
    consequence: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A rule, an entry of a list, or a register, as a step decides by it.

    `outcome` is what it gives when it applies and every requirement and quota holds: None for a
    gate (then nothing unless one fails). A 职责 entry carries `addressee_test`: where it holds the
    addressee is the entry's own body and the outcome is ADMIT, else REFUSE with `return_to`; its
    `outcome` is then ADMIT. `matter` are the normal titles, aliases and the code
    that an entry answers to; None: any request. `leads` are what BelongsToLeads means.
    `when` and `unless` are already joined with those of the list. `unless_clauses` are codes of
    clauses; this one does not apply where one of them applies. `instead` (改由) and `return_to`
    (退回) come to the names of bodies: a constant, a field's value, or what a table gives.
    `period` are the days in force: own ∩ list ∩ set (a reversed one: never).
    `shared` (registers only): the fields that a row and the request must agree on, those of one
    name and type in register and form, text and 起止 excepted.
    """

    code: str
    origin: Literal["rule", "entry", "register"]
    set_code: str
    list_name: str = ""
    list_kind: ListKind | None = None
    title: Title = Title("")
    outcome: Outcome | None = None
    message: Title = Title("")
    reason_code: str = ""
    matter: frozenset[str] | None = None
    when: RExpr = Every(())
    unless: RExpr = Some(())
    unless_clauses: tuple[str, ...] = ()
    addressee_test: RExpr | None = None
    requirements: tuple[Requirement, ...] = ()
    quotas: tuple[Quota, ...] = ()
    duties: tuple[Duty, ...] = ()
    citations: tuple[BoundCitation, ...] = ()
    leads: tuple[UnitTarget, ...] = ()
    lead_names: tuple[str, ...] = ()
    owner: str = ""
    instead: RExpr | None = None
    return_to: RExpr | None = None
    workflow: str = ""
    documents: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    period: Period = Period()
    relaxable: bool = False
    binding: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedStep:
    """One line of 依次: indices into `Decision.clauses`-order are not kept, the clauses are."""

    label: str
    clauses: tuple[Clause, ...]
    names: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedField:
    """A field of a form or register."""

    name: str
    type: Type
    required: bool = False
    default: Value | None = None
    curable: bool = False
    governing: bool = False
    addressee: bool = False
    secret: bool = False
    asserted_by: str = ""
    withheld_from: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRegister:
    """A register.

    `shared` are the fields that a register in 依次 matches on (same name and type in the form,
    text excepted); `span_field` is its 起止, `scope_field` its units field. `rows` None: not
    supplied by a file, so a request must bring it.
    """

    name: str
    fields: tuple[ResolvedField, ...]
    span_field: str = ""
    scope_field: str = ""
    asserted_by: str = ""
    rows: Sequence[tuple[tuple[str, Value], ...]] | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDecision:
    """A 判定 with the steps of its upper sets merged in."""

    name: str
    form: str
    fields: tuple[ResolvedField, ...]
    wording: tuple[str, str, str, str]
    steps: tuple[ResolvedStep, ...]
    default_message: Title
    default_code: str
    default_return: RExpr | None
    default_apply: str
    set_code: str
    default_binding: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedParameter:
    """Values by day: (from, low, high); high None for a single value. Later entries win."""

    name: str
    type: Type
    values: tuple[tuple[date, Decimal, Decimal | None], ...]
    end: date | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRow:
    """A row of a table: one condition per input (over FieldValue of the input's name)."""

    tests: tuple[RExpr, ...]
    results: tuple[RExpr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTable:
    """A table: hit policy, inputs and results with their types."""

    name: str
    hit: HitPolicy
    inputs: tuple[tuple[str, Type], ...]
    outputs: tuple[tuple[str, Type], ...]
    orders: tuple[tuple[str, ...], ...]
    rows: tuple[ResolvedRow, ...]
    every: str = ""
    span: Span = field(default=NOWHERE, compare=False)

    def rank(self, results: Iterable[Any]) -> tuple[int, ...]:
        """Return the place of each result in the order of its column (先后); unlisted ones last."""
        texts = ("" if result is NOTHING else str(result) for result in results)
        pairs = zip(self.orders, texts, strict=False)
        return tuple(order.index(text) if text in order else len(order) for order, text in pairs)

    def rank_of(self, row: ResolvedRow) -> tuple[int, ...]:
        """Return the rank of a row by what it gives, as far as that is written."""
        return self.rank(each.value if isinstance(each, Const) else NOTHING for each in row.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedFormula:
    """A formula: its inputs and its body over FieldValue of the inputs' names.

    `counted`: it counts rows of registers, so decisions, which are proved, do not use it.
    """

    name: str
    parameters: tuple[tuple[str, Type], ...]
    body: RExpr
    type: Type
    counted: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedUnit:
    """A unit of the chart. `names` are its name and aliases."""

    name: str
    names: tuple[str, ...]
    level: str = ""
    superior: str = ""
    roles: tuple[str, ...] = ()
    period: Period = Period()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPolicySet:
    """A set without errors: the only thing that the compiler takes.

    `digest` is of the model (places left out) with its upper sets. `tests` stay as written, they
    are run through the decision; `test_values` are resolved when they run. `posts`: roles that
    every unit of a level has, with that level. `delegations` are the 授权 of the set, then those of
    the sets above it.
    """

    source: PolicySet = field(compare=False)
    code: str
    title: Title
    digest: str
    period: Period
    decisions: dict[str, ResolvedDecision]
    tables: dict[str, ResolvedTable]
    formulas: dict[str, ResolvedFormula]
    parameters: dict[str, ResolvedParameter]
    registers: dict[str, ResolvedRegister]
    units: Mapping[str, ResolvedUnit]
    roles: dict[str, tuple[UnitTarget, ...]]
    tests: tuple[nodes.Test, ...]
    workflows: dict[str, resolved_flows.ResolvedWorkflow] = field(default_factory=dict)
    calendars: dict[str, resolved_flows.ResolvedCalendar] = field(default_factory=dict)
    documents: dict[str, resolved_flows.ResolvedDocument] = field(default_factory=dict)
    duties: dict[str, resolved_flows.ResolvedDuty] = field(default_factory=dict)
    bases: dict[str, Basis] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    promises: dict[str, resolved_measures.ResolvedPromise] = field(default_factory=dict)
    checks: dict[str, resolved_measures.ResolvedCheck] = field(default_factory=dict)
    scorecards: dict[str, resolved_measures.ResolvedScorecard] = field(default_factory=dict)
    matchings: dict[str, resolved_measures.ResolvedMatching] = field(default_factory=dict)
    rounds: dict[str, resolved_measures.ResolvedRound] = field(default_factory=dict)
    delegations: tuple[nodes.Delegation, ...] = ()


def quota_key(clause_code: str, window: Window, days: int, language: str = "zh") -> str:
    """Return the name of a quota's fact: `检查总量控制.每年`, `检查总量控制.任意连续7日`."""
    zh, en = WINDOWS[window]
    word = zh if language == "zh" else en
    if window is Window.ROLLING:
        word = f"{word}{days}日" if language == "zh" else f"{word}{days}"
    return f"{clause_code}.{word}"
