"""What is asked, what is answered: requests, decisions, and the pure function between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from zhunru.diagnostics import Language, Span
from zhunru.vocabulary import Outcome

FactValue = str | int | Decimal | bool | date | Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a quota is used in the window of the day; `counted`: this request's own tuple
    (计次 按) is among it already, so that it adds nothing."""

    used: int
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A piece of work that somebody wants to send to a community.

    `facts`: field name to value; a field left out, or 未知, is unknown; None is 无. Units are
    names (or `系统外:name` for a body outside the chart), dates `date` or ISO texts, numbers
    exact (int or Decimal, or texts of them; never float). `received` is the day of receipt
    (Asia/Shanghai), which picks the law where the field marked 适用日 is not given; `made_at` the
    day from which duties run (default: `received`).
    `asserted_by` names the role that vouches for the facts (`--as`): a field 由 R 确认 counts only
    if R is that role; None: every fact is taken as confirmed, and the decision says so.
    `assertions` overrides this fact by fact (field name to role).
    `quotas`: quota key (`规则名.每年`; the bare clause code where it has one quota) to its use.
    `registers`: register name to its rows (field name to value), or True (in force for whatever is
    asked) or False (closed and empty). A register not named here is unknown, unless the set
    brings its rows itself.
    """

    facts: Mapping[str, FactValue]
    received: date
    made_at: date | None = None
    asserted_by: str | None = None
    assertions: Mapping[str, str] = field(default_factory=dict)
    quotas: Mapping[str, QuotaUse] = field(default_factory=dict)
    registers: Mapping[str, Sequence[Mapping[str, FactValue]] | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation as an answer shows it."""

    text: str
    basis: str
    unverified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: the clause, its sentence, its bases, its place.

    `certain`: true however the unknown facts turn out; else `condition_*` says when.
    `also`: a further reason beside the deciding ones.
    """

    code: str
    outcome: Outcome
    clause: str
    zh: str
    en: str
    citations: tuple[Cited, ...] = ()
    span: Span
    set_code: str = ""
    certain: bool = True
    also: bool = False
    condition_zh: str = ""
    condition_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """A fact that could change the outcome, and who may assert it ("" is the sender).

    `decisive`: it can settle the case alone. `claimed`: the sender gave this value, which does
    not count until the right role confirms it.
    """

    name: str
    asserted_by: str = ""
    decisive: bool = False
    claimed: FactValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A duty that the decision carries; `due` is None where it has no limit or no calendar.

    `provisional`: the due date lies past the published holiday calendar (日历未发布).
    """

    name: str
    by: str
    workflow: str
    limit_zh: str
    limit_en: str
    due: date | None
    provisional: bool
    consequence: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who should do it instead (`to`), which workflow follows, what may be applied for."""

    to: tuple[str, ...] = ()
    workflow: str = ""
    apply: str = ""
    documents: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a 可改 field that the nearest admission needs."""

    field: str
    value: FactValue
    asserted_by: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An entry whose title is near the one asked; never a decision."""

    clause: str
    title: str
    score: int


class Decision:
    """An answer, complete: everything here is derived from the policy and the request alone.

    Attributes (computed when first read where they cost anything):
    `outcome`, `code` (the first deciding reason's), `clause` (first deciding clause code or ""),
    `reasons`, `missing`, `possible` (outcomes over the unknown facts), `never_admits`,
    `obligations`, `route`, `nearest` (changes, or None), `suggestions`, `citations`, `digest`,
    `set_code`, `decision_name`, `as_of` (day whose law was applied), `valid_until`, `facts_used`
    (facts, parameters, quotas and registers read), `claims` (facts given by one who may not assert
    them), `taken_as_confirmed`, `exhaustive` (False: 未穷尽), `conflict`, `wording` (display word).
    Methods: `sentence(lang)` one sentence; `to_dict()` JSON-ready, exact numbers as texts.
    """

    __slots__ = ()

    def sentence(self, lang: Language = "zh") -> str:
        """Return the decision in one sentence."""
        raise NotImplementedError
