"""The source tree: what policy files say, the same from every notation.

Nodes are immutable and equal when they say the same: places (`span`) do not count. Names stand
as written (after width and compatibility normalisation); nothing is resolved here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from zhunru.diagnostics import Language, Source, Span
from zhunru.syntax.expressions import Column, Expr, Quantity, Ref, place
from zhunru.vocabulary import HitPolicy, ListKind, Outcome, TypeName, Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from zhunru.syntax.folders import Stamp
    from zhunru.syntax.measure_nodes import Check, Matching, Promise, Scorecard
    from zhunru.syntax.workflow_nodes import CalendarDecl, Document, Recurring, Workflow


# --- parts of declarations ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its place."""

    text: str
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Title:
    """A text in one language, or in two: `"…" "…"`."""

    zh: str
    en: str = ""
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Period:
    """Days in force, both included; None is open."""

    start: date | None = None
    end: date | None = None
    span: Span = place()

    def holds(self, day: date) -> bool:
        """Tell whether `day` lies within the period."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Citation:
    """One place of a legal instrument.

    `basis` is the short name, the title in 《》 or the document number as written; `version` the
    label in `(2018)`; `pinpoint` the rest in Chinese form (`第四条第二款`), `rest` what could not
    be read. `unverified` is 待核实.
    """

    basis: str
    version: str = ""
    pinpoint: str = ""
    unverified: bool = False
    rest: str = ""
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: a quantity of time, `不限时`, or a value found at run time.

    `calendar` is the name after 按.
    """

    length: Expr | None
    untimed: bool = False
    calendar: Name | None = None
    stopped: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Duty:
    """`义务 what 由 by 按 per 限 limit 逾期 consequence`."""

    what: Name
    by: Expr | None = None
    per: Name | None = None
    limit: Limit | None = None
    consequence: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Failing:
    """What follows a failed requirement or a spent quota: `否则 拒绝 "…"`."""

    outcome: Outcome
    message: Title
    code: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Requirement:
    """`要求 test 否则 拒绝 "…"`."""

    test: Expr
    otherwise: Failing | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Frequency:
    """`每年 不超过 4 次`, or 不限 when `limit` is None."""

    window: Window | None = None
    limit: Expr | None = None
    days: int = 0
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Quota:
    """`限额 每个 key 每年 不超过 limit 否则 …`.

    `own_frequency` stands for `按 频次`: window and limit are then the entry's own. `days` is the
    length of a rolling window.
    """

    keys: tuple[Name, ...]
    frequency: Frequency | None
    own_frequency: bool
    otherwise: Failing | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome that a rule gives: `拒绝 "…" 代码 X`."""

    outcome: Outcome
    message: Title
    code: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """What may stand under a list, an entry or a rule.

    `unless` holds conditions or names of clauses (a bare `Ref`). `trace` names source rows.
    """

    when: tuple[Expr, ...] = ()
    unless: tuple[Expr, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    quotas: tuple[Quota, ...] = ()
    counted_by: tuple[Name, ...] = ()
    duties: tuple[Duty, ...] = ()
    citations: tuple[Citation, ...] = ()
    instead: Expr | None = None
    return_to: Expr | None = None
    workflow: Name | None = None
    documents: tuple[Name, ...] = ()
    materials: tuple[Name, ...] = ()
    relaxable: bool = False
    binding: bool = False
    trace: tuple[str, ...] = ()


# --- declarations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing that a set must have (应有): a declaration of a kind, by keyword terminal name."""

    keyword: str
    name: Name
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """授权: what a lower set of `level` may add or move.

    `subject` is "list", "parameter" or "clause"; `additions` stands for 增列, with what each added
    entry must have and the body it must have passed; `low`/`high` bound a parameter.
    """

    level: Name
    subject: Literal["list", "parameter", "clause"]
    target: Name
    additions: bool = False
    having: tuple[Name, ...] = ()
    via: Name | None = None
    low: Quantity | None = None
    high: Quantity | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """政策: the header of a set."""

    code: str
    title: Title
    issuer: Name | None = None
    jointly: tuple[Name, ...] = ()
    territory: Name | None = None
    period: Period = Period()
    upper: tuple[Name, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    trace: tuple[str, ...] = ()
    note: str = ""
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisVersion:
    """One version of a legal instrument: its label, the day it was issued, its days in force."""

    label: str
    issued: date | None = None
    period: Period = Period()
    reference: str = ""
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """依据: a legal instrument; without versions, its own dates are those of its only one."""

    name: Name
    title: Title
    reference: str = ""
    level: str = ""
    issuer: Name | None = None
    issued: date | None = None
    period: Period = Period()
    versions: tuple[BasisVersion, ...] = ()
    unverified: bool = False
    source: str = ""
    trace: tuple[str, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """单位: a body of the org chart."""

    name: Name
    level: Name | None = None
    superior: Name | None = None
    aliases: tuple[Name, ...] = ()
    roles: tuple[Name, ...] = ()
    period: Period = Period()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """角色: `角色 网格员 每个 网格 1 人 由 X 兼任`. `held_by` are units or roles that hold it."""

    name: Name
    every: Name | None = None
    number: Quantity | None = None
    held_by: tuple[Name, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form or a register.

    `values` are the choices; `low`/`high`/`decimals` bound a number; `asserted_by` is 由 R 确认;
    `governing` marks 适用日; `addressee` (主体) the unit that is asked to do the work.
    """

    name: Name
    type: TypeName
    values: tuple[Name, ...] = ()
    low: Quantity | None = None
    high: Quantity | None = None
    decimals: int | None = None
    required: bool = False
    optional: bool = False
    default: Expr | None = None
    curable: bool = False
    governing: bool = False
    addressee: bool = False
    secret: bool = False
    asserted_by: Name | None = None
    withheld_from: tuple[Name, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """表单: the typed facts that a request carries."""

    name: Name
    fields: tuple[Field, ...] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """台账: standing records; `rows` come from the file named by `source`, by heading."""

    name: Name
    title: Title = Title("")
    fields: tuple[Field, ...] = ()
    source: str = ""
    rows: Sequence[tuple[tuple[str, str, Span], ...]] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """A value of a parameter from a day on; a band has `low` and `high`, 待定 neither."""

    start: date | None = None
    low: Quantity | None = None
    high: Quantity | None = None
    tbd: bool = False
    span: Span = place()

    @property
    def band(self) -> bool:
        """Tell whether this is a band; a single value has `high` None."""
        return self.high is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """参数: values by date. `end` closes the last one."""

    name: Name
    values: tuple[ParameterValue, ...] = ()
    end: date | None = None
    citations: tuple[Citation, ...] = ()
    trace: tuple[str, ...] = ()
    note: str = ""
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """条目: one matter of a list. `extra` keeps further columns (heading, text)."""

    code: str
    title: Title
    aliases: tuple[Name, ...] = ()
    owner: Name | None = None
    leads: tuple[Name, ...] = ()
    jointly: tuple[Name, ...] = ()
    frequency: Frequency | None = None
    mirrors: tuple[Name, ...] = ()
    refines: Name | None = None
    period: Period = Period()
    clauses: Clauses = Clauses()
    extra: tuple[tuple[str, str], ...] = ()
    span: Span = place()

    @property
    def named_at(self) -> Span:
        """The place of its title; of all of it where it has none."""
        return self.title.span if self.title.span.line else self.span


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDecl:
    """清单: a list. Its clauses hold for each entry."""

    name: Name
    title: Title
    kind: ListKind
    owner: Name | None = None
    period: Period = Period()
    expected: int | None = None
    clauses: Clauses = Clauses()
    entries: tuple[Entry, ...] = ()
    source: str = ""
    tabular: bool = field(default=False, compare=False)
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """规则: `group` names the step that several rules written under one head belong to."""

    name: Name
    group: Name | None = None
    verdict: Verdict | None = None
    period: Period = Period()
    clauses: Clauses = Clauses()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """Rules written under one head; the head's clauses are already in each rule.

    In the text of a file the head stands once; `shared` is what it says (citations, dates),
    kept so that the formatter can print it once.
    """

    name: Name
    rules: tuple[Rule, ...]
    shared: Clauses = Clauses()
    period: Period = Period()
    tabular: bool = field(default=False, compare=False)
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnaryTest:
    """A cell of an input column: any of `tests` holds; empty means any value (`-`).

    Each test is an expression with the column as its left side left out: a bare value is
    equality, `Compare` and `Inside` have `Ref("")` as left operand.
    """

    tests: tuple[Expr, ...] = ()
    negated: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column of a 对照表; `text` types a result as 文本, `order` ranks its values (优先)."""

    name: Name
    result: bool = False
    text: bool = False
    order: tuple[Name, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row of a 对照表: a test per input column, a value per result column."""

    tests: tuple[UnaryTest, ...]
    results: tuple[Expr, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """对照表: inputs to results. `every` is 每个 X (then the inputs are fields of X)."""

    name: Name
    every: Name | None = None
    hit: HitPolicy = HitPolicy.UNIQUE
    columns: tuple[TableColumn, ...] = ()
    rows: tuple[TableRow, ...] = ()
    citations: tuple[Citation, ...] = ()
    period: Period = Period()
    trace: tuple[str, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """公式: `name(parameters) = body`."""

    name: Name
    parameters: tuple[Name, ...]
    body: Expr
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of 依次: clauses decided side by side.

    In a lower set, `anchor` says where its line stands among the upper steps; a step may carry a
    `label`.
    """

    names: tuple[Name, ...]
    label: Name | None = None
    anchor: Literal["", "alongside", "after", "before"] = ""
    anchor_to: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """判定: ordered steps over a form, with a refusal by default."""

    name: Name
    form: Name | None = None
    wording: tuple[Name, ...] = ()
    steps: tuple[Step, ...] = ()
    default: Verdict | None = None
    default_return: Expr | None = None
    default_apply: Name | None = None
    default_binding: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One fact of a test: `subject 为 value`; the subject is a name or `clause 的 已用`.

    An `event` is `subject 于 value`: what happened in a workflow, and when.
    """

    subject: Ref | Column
    value: Expr
    event: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a test demands.

    Either an outcome (with `code`, `citations`, `missing` facts, `route`, `due` by duty name) of a
    判定, or values of columns of a table or of formulas (`values`), or when the states of a
    workflow end at the latest (`ends`).
    """

    outcome: Outcome | None = None
    code: Name | None = None
    citations: tuple[Citation, ...] = ()
    missing: tuple[Name, ...] = ()
    route: Name | None = None
    due: tuple[tuple[Name, date], ...] = ()
    values: tuple[Given, ...] = ()
    ends: tuple[tuple[Name, datetime], ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a test: 假如 … 那么 …"""

    given: tuple[Given, ...]
    expected: Expected
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """测试. `target` names the 判定, table or formula, where more than one could be meant."""

    __test__ = False  # not a test of ours: pytest looks at names

    title: Title
    target: Name | None = None
    cases: tuple[Case, ...] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitBlock:
    """单位 written as one run, or taken from a file."""

    units: Sequence[Unit]
    source: str = ""
    tabular: bool = field(default=False, compare=False)
    span: Span = place()


# A text: the nodes of workflows are built on those of this module.
Declaration: TypeAlias = (
    "Policy | Basis | UnitBlock | Role | Form | Register | Parameter | ListDecl | Rule | RuleGroup"
    " | Table | Formula | Decide | Test | Workflow | CalendarDecl | Document | Recurring"
    " | Check | Scorecard | Matching | Promise"
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a DSL file, without `#`; a trailing one stands behind something on its line."""

    line: int
    text: str
    trailing: bool


@dataclass(frozen=True)
class File:
    """One policy file as read."""

    source: Source = field(compare=False, repr=False)
    language: Language = field(compare=False)
    notation: Literal["policy", "yaml"] = field(compare=False)
    declarations: tuple[Declaration, ...] = ()
    comments: tuple[Comment, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class PolicySet:
    """All files of one set, and the sets it stands under (上位), each of them once.

    `stamps`, of a set from disk: how each file of it and of those above was just before it was
    read; None: it was not there.
    """

    path: str = field(compare=False)
    files: tuple[File, ...] = ()
    uppers: tuple[PolicySet, ...] = ()
    stamps: Mapping[Path, Stamp | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def declarations(self) -> tuple[Declaration, ...]:
        """Return the declarations of every file, in the order of the files' names."""
        return tuple(d for file in self.files for d in file.declarations)

    @property
    def header(self) -> Policy | None:
        """Return the header of the set, if it has one."""
        return next((d for d in self.declarations if isinstance(d, Policy)), None)
