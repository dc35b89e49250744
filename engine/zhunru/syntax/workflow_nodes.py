"""The source tree of workflows, calendars, documents and recurring duties, as written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from zhunru.diagnostics import Span
from zhunru.syntax.expressions import DayKind, Expr, Quantity, place
from zhunru.syntax.nodes import Citation, Limit, Name, Period, Title

# --- who works on a state ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """`由 A、B 会同 C 回避时 D`: units, roles, fields, or a table's column, any of whom may act.

    `jointly` binds nobody: those are named for readers, and a case neither goes nor waits for them.
    """

    owners: tuple[Expr, ...]
    jointly: tuple[Name, ...] = ()
    substitute: Expr | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """`会办 A、B 牵头 A`: parties that work side by side, each giving one result."""

    parties: tuple[Expr, ...]
    lead: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """`过半数`, `三分之二以上`, `各方齐全`, `各方一致`, or a percentage.

    `over` says of whom: of those who belong to the body, or of those present (到会…).
    """

    share: Literal["majority", "twothirds", "everyone", "percent"]
    over: Literal["body", "present"] = "body"
    percent: Quantity | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """`会议 X 回避 Y 到会 … 赞成 …`; its results are 通过, 未通过, 人数不足."""

    body: Expr
    recused: Expr | None = None
    present: Quorum | None = None
    favour: Quorum | None = None
    span: Span = place()


Owner = Owners | Joint | Meeting

# --- what a transition does --------------------------------------------------------------------

EffectKind = Literal[
    "enter",  # 登记 register [kind] [有效 length]
    "cancel",  # 注销 register
    "issue",  # 签发 document [给 addressee]
    "notify",  # 通知 bodies
    "copy",  # 抄送 bodies
    "inform",  # 告知 persons
    "record",  # 记 mark
    "open",  # 产生 workflow
    "supervise",  # 督办 body
    "urge",  # 催办 body
    "remind",  # 提醒 bodies
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect: its object (register, document, mark, workflow, or bodies) and its terms.

    `to` are the bodies addressed; `kind` the sort of a register row (长期, 临时); `valid` how long
    the row holds.
    """

    kind: EffectKind
    object: Name | None = None
    to: tuple[Expr, ...] = ()
    row_kind: Name | None = None
    valid: Expr | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """`不超过 N 次,满后 → X 并 …`, or 不限次 when `times` is None."""

    times: int | None
    then: Name | None = None
    effects: tuple[Effect, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`[label:] [全部|任一|过半] name(inputs) 当 guard → target bound 并 effects`.

    `label` renames a meeting's or a joint's result for the constraints; `join` says which mix of
    the parties' results takes this line ("" for an ordinary action).
    """

    name: Name
    target: Name
    label: Name | None = None
    join: Literal["", "all", "any", "majority"] = ""
    inputs: tuple[Name, ...] = ()
    guard: Expr | None = None
    bound: Bound | None = None
    effects: tuple[Effect, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """`逾期|期满 [未复视同 R] [当 guard] → target bound 并 effects`."""

    kind: Literal["overdue", "expiry"]
    target: Name
    silence: Name | None = None
    guard: Expr | None = None
    bound: Bound | None = None
    effects: tuple[Effect, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """`过半时 提醒 A` or `提前 1 个工作日 提醒 A`."""

    when: Literal["halfway", "ahead"]
    ahead: Quantity | None = None
    to: tuple[Expr, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`可延期 1 次 5 个工作日 经 街道`."""

    times: int
    length: Quantity
    via: Expr | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """`可停表 补正、等待居民 不超过 10 个工作日`."""

    reasons: tuple[Name, ...]
    length: Quantity
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """环节: where a case rests. `limit` None or untimed: no end of time.

    `until` is the field of `限 至 字段`; `cumulative` 累计: re-entry keeps what earlier visits
    left. `forbidden` are built-in actions that the law forbids here (不得 督办、改派).
    """

    name: Name
    owner: Owner | None = None
    limit: Limit | None = None
    until: Name | None = None
    cumulative: bool = False
    actions: tuple[Action, ...] = ()
    endings: tuple[Ending, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    extension: Extension | None = None
    suspensions: tuple[Suspension, ...] = ()
    forbidden: tuple[Name, ...] = ()
    span: Span = place()


# --- constraints -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """`未经 A、B 不得 X` (every one of them) or `未经 A 或 B 不得 X` (one of them)."""

    steps: tuple[Name, ...]
    any_of: bool
    target: Name
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """`自 A 至 X 或 Y 不超过 T`."""

    start: Name
    ends: tuple[Name, ...]
    length: Quantity
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """`A、B 与 C、D 不得由同一单位承担` (or 同一人)."""

    left: tuple[Name, ...]
    right: tuple[Name, ...]
    by: Literal["unit", "person"]
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entails:
    """`凡 A 必有 X`."""

    start: Name
    target: Name
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """`举报人 不得送达 来文单位`."""

    secret: Name
    from_: Name
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly:
    """`每件 恰有 1 个 主办`."""

    number: int
    role: Name
    span: Span = place()


Constraint = Without | Longest | Apart | Entails | Withheld | Exactly

# --- declarations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Anywhere:
    """`各环节 除 A、B action → X`: an action open in every state but those."""

    action: Action
    excluding: tuple[Name, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`到达 X 时 effects`."""

    state: Name
    effects: tuple[Effect, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """流程: a state graph; it ends in one of `ends`."""

    name: Name
    title: Title = Title("")
    ends: tuple[Name, ...] = ()
    calendar: Name | None = None
    constraints: tuple[Constraint, ...] = ()
    priorities: tuple[Expr, ...] = ()
    anywhere: tuple[Anywhere, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    states: tuple[State, ...] = ()
    citations: tuple[Citation, ...] = ()
    period: Period = Period()
    trace: tuple[str, ...] = ()
    tabular: bool = field(default=False, compare=False)
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """`工作日 8:30 至 12:00、13:30 至 17:30 [自 5-1 至 9-30] [值班]`.

    `days` are the kinds of day; `spells` the open times, `time.max` for 24:00; `season` first and
    last (month, day).
    """

    days: tuple[DayKind, ...]
    spells: tuple[tuple[time, time], ...]
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    standby: bool = False
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDecl:
    """日历: the hours in which time counts, with settings such as 下班后收件 次日."""

    name: Name
    hours: tuple[Hours, ...] = ()
    settings: tuple[tuple[Name, Name], ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """文书: a text with 【字段】 slots."""

    name: Name
    title: Title
    body: str = ""
    signed: Name | None = None
    sealed: bool = False
    number: str = ""
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """`每月 不少于 1 次`, `每 5 年 1 次`, `每日 不少于 2 人`: what must be there in each period."""

    period: Quantity
    least: Quantity
    subject: Name | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """定期: a duty that comes back for each row, unit or community.

    `period_from` is a table's column (`按 关爱帮扶 的 走访`) instead of `occurrences`. Periods are
    those of the calendar, or lie one after the other from the day `origin` on.
    """

    name: Name
    every: Name
    where: Expr | None = None
    occurrences: tuple[Occurrence, ...] = ()
    period_from: Expr | None = None
    origin: date | None = None
    by: Expr | None = None
    rotating: bool = False
    attending: tuple[Name, ...] = ()
    record: Name | None = None
    calendar: Name | None = None
    missed: tuple[Effect, ...] = ()
    trace: tuple[str, ...] = ()
    span: Span = place()
