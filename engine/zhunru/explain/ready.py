"""The part of an answer that is the same whenever the same clauses decide alike: made once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from zhunru.checker.resolved import Clause, Const, FieldValue
from zhunru.compiler.judge import Answer
from zhunru.compiler.model import Model
from zhunru.compiler.plan import Plan
from zhunru.compiler.program import CompiledPolicy
from zhunru.compiler.request import Request
from zhunru.explain import duties, reasons
from zhunru.explain.answers import Cited, MissingFact, Obligation, Reason, Route, Unresolved
from zhunru.explain.case import Case
from zhunru.vocabulary import Outcome

_WORDED = (Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER, Outcome.INCOMPLETE)
_NO_CLAIMS: Mapping[str, Any] = MappingProxyType({})
_MOST_DAYS = 1_000  # days of decision whose due days are remembered, for one ready part


class Varies(Exception):
    """What was asked for hangs on the request."""


class Answered:
    """What every decision takes over: by itself, so that it lies together in memory."""

    __slots__ = ("basis", "clause", "code", "fixed", "outcome")


class Ready(Answered):
    """What a decision says because of the clauses that decided, whoever asks.

    Where nothing of that hangs on the request it is complete: the `grounds` of a decision.

    `reasons` is None where they hang on the request (`unexplained`). `fixed`: so do neither
    `route` nor `obligations`; else both are found when they are read. `reader` tells the
    facts used from what was read: None before anybody asked, False where the facts decide which.
    What it says of claims, of missing and confirmed facts holds for complete requests.
    """

    __slots__ = (
        "answers",
        "citations",
        "claims",
        "conflict",
        "decision_name",
        "digest",
        "due",
        "exhaustive",
        "missing",
        "never_admits",
        "obligations",
        "possible",
        "reader",
        "reasons",
        "route",
        "set_code",
        "taken_as_confirmed",
        "unresolved",
        "wording",
    )

    def __init__(
        self,
        policy: CompiledPolicy,
        plan: Plan,
        outcome: Outcome,
        found: tuple[Reason, ...],
        answers: tuple[Answer, ...] = (),
        conflict: bool = False,
    ) -> None:
        self.claims: Mapping[str, Any] = _NO_CLAIMS
        self.decision_name = plan.head.name
        self.digest = policy.digest
        self.exhaustive = True
        self.missing: tuple[MissingFact, ...] = ()
        self.set_code = policy.code
        self.taken_as_confirmed = plan.confirmed_fields
        self.unresolved: tuple[Unresolved, ...] = ()
        self.outcome = outcome
        self.code = found[0].code
        self.clause = found[0].clause
        self.reasons: tuple[Reason, ...] | None = found
        self.citations = cited(found)
        self.basis = basis_of(self.citations)
        self.wording = worded(plan, outcome)
        self.answers = answers
        self.conflict = conflict
        self.possible = (outcome,)
        self.never_admits = outcome is not Outcome.ADMIT
        self.reader: Any = None
        self.due: dict[date, tuple[Obligation, ...]] = {}
        self.obligations: tuple[Obligation, ...] = ()
        self.route: Route | None = None
        case = FixedCase(plan, policy.model, self, date.min)
        try:
            self.route = duties.route(case)
            self.fixed = outcome is not Outcome.ADMIT or not any(
                answer.clause.duties for answer in case.deciders
            )
        except Varies:
            self.fixed = False

    def obligations_from(
        self, plan: Plan, model: Model, made_at: date, facts: Callable[[], Mapping[str, Any]]
    ) -> tuple[Obligation, ...] | None:
        """Return the duties of a decision made on a day; None where facts do not tell them."""
        found = self.due.get(made_at)
        if found is not None:
            return found
        with suppress(Varies):
            # Without the facts first: what they do not touch is the same for everybody on that day.
            found = duties.obligations(FixedCase(plan, model, self, made_at))
            if len(self.due) < _MOST_DAYS:
                self.due[made_at] = found
            return found
        with suppress(Varies):
            return duties.obligations(FixedCase(plan, model, self, made_at, facts()))
        return None


class Shared(Ready):
    """What is ready, once it is made: given to whoever is answered so, it stays as it is."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} is shared by all who are answered alike")

    def keep_reader(self, reader: Any) -> Any:
        """Keep what tells the facts used: it is found when somebody asks."""
        object.__setattr__(self, "reader", reader)
        return reader


class FixedCase(Case):
    """A case of which only the clauses that decided are known, and perhaps the values of fields;
    anything else that is asked for raises Varies."""

    def __init__(
        self,
        plan: Plan,
        model: Model,
        ready: Ready,
        made_at: date,
        facts: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.plan = plan
        self._model = model
        self._ready = ready
        self._facts = facts
        self.request = Request(facts={}, received=made_at)

    @property
    def model(self) -> Model:
        """Return what expressions are evaluated against."""
        return self._model

    @property
    def outcome(self) -> Outcome:
        """Return the outcome."""
        return self._ready.outcome

    @cached_property
    def deciders(self) -> list[Answer]:
        """Return the clauses that give the outcome."""
        return [answer for answer in self._ready.answers if answer.outcome is self.outcome]

    @property
    def ends(self) -> tuple[tuple[Answer, ...], ...]:
        """Return nothing: what is decided alone leaves no doubt which clauses it was."""
        return ()

    def value(self, expr: Any, clause: Clause | None = None) -> Any:
        """Return the value of a constant, or of a field that is known; else raises `Varies`."""
        if isinstance(expr, Const):
            return expr.value
        if isinstance(expr, FieldValue) and expr.name in self._facts:
            return self._facts[expr.name]
        raise Varies


def make_ready(
    policy: CompiledPolicy, plan: Plan, answers: tuple[Answer, ...], conflict: bool
) -> Shared:
    """Of clauses side by side the strictest outcome stands (D9)."""
    for outcome in (Outcome.REFUSE, Outcome.DEFER, Outcome.ADMIT):
        deciding = [answer for answer in answers if answer.outcome is outcome]
        if deciding:
            break
    each = (reasons.reasons_of(a.clause, outcome, a.failed) for a in deciding)
    found = tuple(reason for some in each for reason in some)
    return _shared(Ready(policy, plan, outcome, found, answers, conflict))


def _shared(ready: Ready) -> Shared:
    # Only a change of class makes it fast to read, and yet closed.
    ready.__class__ = Shared
    assert isinstance(ready, Shared)
    return ready


def make_default(
    policy: CompiledPolicy, plan: Plan, clauses: Sequence[Clause] | None, day: date
) -> Shared:
    """Return the default, with the entries that were out of force on the day as further reasons.

    Without `clauses` the reasons hang on the request.
    """
    found = reasons.out_of_force_reasons(plan.head, clauses or (), day)
    ready = Ready(policy, plan, Outcome.REFUSE, found)
    if clauses is None:
        ready.reasons = None
    return _shared(ready)


def cited(found: Iterable[Reason]) -> tuple[Cited, ...]:
    """Return the citations of the deciding reasons, each once."""
    each = (c for reason in found if not reason.also for c in reason.citations)
    return tuple(dict.fromkeys(each))


def basis_of(citations: Iterable[Cited]) -> str:
    """Return the texts of citations as one."""
    return "、".join(dict.fromkeys(citation.text for citation in citations))


def worded(plan: Plan, outcome: Outcome) -> str:
    """Return the display word of an outcome."""
    return plan.head.wording[_WORDED.index(outcome)]
