"""From a path through a diagram to a request that anybody can try, executed before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from zhunru.analysis.classes import OTHER_TEXT, OTHER_UNITS, UNLISTED
from zhunru.analysis.forest import Path
from zhunru.analysis.reads import MATCH, Asked, Part
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import End
from zhunru.checker.resolved import NOTHING, OUTSIDE, Clause, Quota, ResolvedField, ResolvedRegister
from zhunru.checker.words import Phrase, amount, joined
from zhunru.compiler.evaluate import Evaluator, Facts
from zhunru.compiler.request import FactValue, QuotaUse, Request
from zhunru.compiler.values import UNKNOWN
from zhunru.decision import Decision, decide
from zhunru.explain.phrases import plain, quota_named, register_held, show
from zhunru.vocabulary import NUMERIC, TypeName

_ELSEWHERE = OUTSIDE + "别处"  # where a row is in force that covers no unit of the request


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that shows something. `request` is complete; `needed` are the facts that it hangs
    on, whatever the others are; `decision` is what the set really decides."""

    request: Request
    needed: tuple[Asked, ...]
    decision: Decision
    told: Phrase

    def to_dict(self) -> dict[str, Any]:
        """Return the request and its decision for JSON; exact numbers and days as texts."""
        request = self.request
        return {
            "facts": {name: plain(value) for name, value in request.facts.items()},
            "received": request.received.isoformat(),
            "registers": {
                name: rows if isinstance(rows, bool) else [_row(row) for row in rows]
                for name, rows in request.registers.items()
            },
            "quotas": {name: {"used": use.used} for name, use in request.quotas.items()},
            "needed": [each.name for each in self.needed],
            "zh": self.told.zh,
            "en": self.told.en,
            "outcome": self.decision.outcome.value,
            "code": self.decision.code,
            "clause": self.decision.clause,
        }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.items()}


class Witnesses:
    """Makes requests of one part of a space from paths."""

    def __init__(self, space: Space, part: Part, valid: int) -> None:
        self.space = space
        self.part = part
        self.valid = valid

    def least(
        self, diagram: int, wanted: Callable[[Any], bool] = bool, *, recent: bool = False
    ) -> tuple[Path, tuple[Asked, ...]] | None:
        """Return the least request (fewest facts, then smallest values) with a wanted value, and
        the facts on which that hangs; None if no request that can be has one. `recent`: by the
        latest law that shows it, instead of the earliest."""
        forest = self.space.forest
        named = object()  # what is wanted is new each time, so nothing may be remembered of it
        hits = forest.mapped(named, lambda value: bool(wanted(value)), diagram)
        price = self._recent if recent else None
        path = forest.least(forest.both(hits, self.valid), price=price)
        if path is None:
            return None
        whole = dict.fromkeys(range(len(self.space.axes)), 0) | path
        needed = tuple(self.space.axes[level].asked for level in forest.asked(diagram, whole))
        return whole, needed

    def _recent(self, level: int, at: int) -> tuple[int, int]:
        """Return what an answer costs where late days of law are taken before early ones."""
        axis = self.space.axes[level]
        law = (Asked("received", ""), Asked("field", self.part.plan.governing_field))
        if axis.asked not in law or not axis.ends:
            return (1, at)
        last = len(axis.values) - 1
        return (1, last + 1 if axis.values[at] is NOTHING else last - at)

    def request(self, path: Path) -> Request:
        """Return the complete request whose classes are `path`."""
        facts = {field.name: self._fact(field, path) for field in self.part.plan.head.fields}
        received = self._class(Asked("received", ""), path, self.space.anchor)
        return Request(
            facts={name: None if v is NOTHING else v for name, v in facts.items()},
            received=received,
            registers=self._registers(path, facts),
            quotas=self._quotas(path, facts, received),
        )

    def executed(self, path: Path, needed: Sequence[Asked] = ()) -> Witness:
        """Return the request with what the set really decides of it."""
        request = self.request(path)
        decision = decide(self.part.policy, request, self.part.plan.head.name)
        return Witness(request, tuple(needed), decision, self.told(request, needed))

    def agrees(self, end: End, decision: Decision) -> bool:
        """Tell whether a decision is what a diagram said: outcome and deciding clauses."""
        clauses = self.part.plan.clauses
        expected = {clauses[answer.number].code for answer in end.deciding}
        made = {r.clause for r in decision.reasons if not r.also and r.certain and r.clause}
        return decision.outcome is end.outcome and expected == made

    # --- facts ---------------------------------------------------------------------------------

    def _class(self, asked: Asked, path: Path, otherwise: Any) -> Any:
        level = self.space.levels.get(asked)
        return otherwise if level is None else self.space.axes[level].values[path[level]]

    def _fact(self, field: ResolvedField, path: Path) -> Any:
        return self._class(Asked("field", field.name), path, self._any(field))

    def _any(self, field: ResolvedField) -> Any:
        """Return a value for a field that no clause reads."""
        kind = field.type
        if kind.name in (TypeName.CHOICE, TypeName.CHOICES):
            first = kind.values[0] if kind.values else ""
            return first if kind.name is TypeName.CHOICE else frozenset((first,))
        if kind.name in NUMERIC:
            return kind.low if kind.low is not None else min(Decimal(0), kind.high or Decimal(0))
        found: dict[TypeName, Any] = {
            TypeName.FLAG: False,
            TypeName.MATTER: UNLISTED,
            TypeName.UNIT: OTHER_UNITS[0],
            TypeName.UNITS: frozenset((OTHER_UNITS[0],)),
            TypeName.DATE: self.space.anchor,
            TypeName.MOMENT: self.space.anchor,
            TypeName.SPAN: f"{self.space.anchor} 至 {self.space.anchor}",
        }
        return found.get(kind.name, OTHER_TEXT)

    def _day(self, facts: Mapping[str, Any], received: date) -> date:
        value = facts.get(self.part.plan.governing_field, NOTHING)
        if value is NOTHING or not isinstance(value, date):
            return received
        return date(value.year, value.month, value.day)

    # --- registers -----------------------------------------------------------------------------

    def _registers(self, path: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for register in self.part.model.registers.values():
            scopes = [a.scope for a in self.space.levels if a[:2] == ("register", register.name)]
            if scopes:
                held = {
                    scope
                    for scope in scopes
                    if self._class(Asked("register", register.name, scope), path, False)
                }
                found[register.name] = list(self._rows(register, held, facts))
        return found

    def _rows(
        self, register: ResolvedRegister, held: set[str], facts: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        if MATCH in held:
            rows.append(self._matching(register, facts))
        rows.extend(
            self._row(register, (str(facts[scope]),))
            for scope in sorted(held - {"", MATCH})
            if scope in facts  # another set may ask of a field that its form alone has
        )
        if "" in held and not rows:
            rows.append(self._row(register, (_ELSEWHERE,)))
        return rows

    def _row(self, register: ResolvedRegister, units: Sequence[str]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        if register.span_field:
            row[register.span_field] = (None, None)
        if register.scope_field:
            row[register.scope_field] = self._units(register, units)
        return row

    def _units(self, register: ResolvedRegister, units: Sequence[str]) -> FactValue:
        kinds = {field.name: field.type.name for field in register.fields}
        return units[0] if kinds[register.scope_field] is TypeName.UNIT else list(units)

    def _matching(self, register: ResolvedRegister, facts: Mapping[str, Any]) -> dict[str, Any]:
        addressee = facts.get(self.part.plan.addressee_field)
        row = self._row(register, (str(addressee),))
        row.update({name: facts[name] for name in self.part.shared(register.name)})
        return {name: value for name, value in row.items() if value is not NOTHING}

    # --- quotas --------------------------------------------------------------------------------

    def _quotas(self, path: Path, facts: Mapping[str, Any], received: date) -> dict[str, QuotaUse]:
        found: dict[str, QuotaUse] = {}
        known = {name: value for name, value in facts.items() if value is not UNKNOWN}
        evaluator = Evaluator(self.part.model, self._day(facts, received), Facts(known, {}, {}))
        for clause, quota in self._asked_quotas():
            room = self._class(self.space.count_of(quota), path, True)
            if isinstance(room, bool):
                used = 0 if room else self._limit(evaluator, clause, quota)
                counted = (
                    room
                    and bool(quota.counted_by)
                    and used + 1 > self._limit(evaluator, clause, quota)
                )
                found[quota.key] = QuotaUse(used=used, counted=counted)
            else:
                found[quota.key] = QuotaUse(used=room)
        return found

    def _asked_quotas(self) -> list[tuple[Clause, Quota]]:
        return [
            (clause, quota)
            for clause in self.part.plan.clauses
            for quota in clause.quotas
            if self.space.count_of(quota) in self.space.levels
        ]

    def _limit(self, evaluator: Evaluator, clause: Clause, quota: Quota) -> int:
        evaluator.leads = clause.leads
        limit = evaluator.value(quota.limit) if quota.limit is not None else NOTHING
        return max(0, int(limit)) if isinstance(limit, Decimal) else 0

    # --- words ---------------------------------------------------------------------------------

    def told(self, request: Request, needed: Sequence[Asked]) -> Phrase:
        """Return the facts that count, in words."""
        parts = [self._told(request, each) for each in needed]
        if not parts:
            return Phrase("任何来件", "any request")
        return joined(parts)

    def _told(self, request: Request, asked: Asked) -> Phrase:
        if asked.kind == "received":
            return Phrase(f"收件日期为{request.received}", f"received on {request.received}")
        if asked.kind == "quota":
            use = request.quotas.get(asked.name)  # another set's quota is nothing to this one
            used = use.used if use else 0
            return Phrase(f"{quota_named(asked.name).zh}已用{used}次", f"{asked.name}: {used} used")
        if asked.kind == "register":
            return register_held(
                asked.name, asked.scope, held=bool(request.registers.get(asked.name))
            )
        field = self.part.plan.fields.get(asked.name)
        value = request.facts.get(asked.name)
        if field is not None and isinstance(value, Decimal):
            shown = amount(value, field.type.measure)
        else:
            shown = show(NOTHING if value is None else value)
        return Phrase(f"{asked.name}为{shown.zh}", f"{asked.name} is {shown.en}")
