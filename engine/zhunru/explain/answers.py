"""The parts of an answer: reasons, missing facts, duties, routes, changes, suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhunru.compiler.request import FactValue
from zhunru.diagnostics import Span
from zhunru.vocabulary import Outcome


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
    not count until the right role confirms it. `why_*`: why nobody can give it yet (the holidays of
    that year are not announced).
    """

    name: str
    asserted_by: str = ""
    decisive: bool = False
    claimed: FactValue = None
    why_zh: str = ""
    why_en: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A unit that was given and that the chart of the day does not know; `units` may be meant."""

    field: str
    given: str
    units: tuple[str, ...]
    zh: str
    en: str
