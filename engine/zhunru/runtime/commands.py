"""From what is asked of the service to the work that a store carries out.

Whoever has commands carried out, alone or for many callers, begins here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import FactValue, Request
from zhunru.decision import Decision, decide
from zhunru.runtime import advance
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import Actor, Case, Command, Event
from zhunru.runtime.clockwork import Clockwork
from zhunru.runtime.encoding import encode_event
from zhunru.runtime.handing_on import REASON, reasoned
from zhunru.runtime.ids import RECORD, is_record_id, new_id, partition_of
from zhunru.runtime.inputs import check_takes
from zhunru.runtime.owners import forerunners
from zhunru.runtime.records import (
    TAKEN_BACK,
    booked_by,
    decided,
    facts_for,
    follows,
    record_of,
    senders,
)
from zhunru.runtime.recurring import is_duty_id
from zhunru.runtime.refusals import refuse, shown
from zhunru.runtime.replies import Asked, Reply, reply_about
from zhunru.runtime.submitting import Completed, Desk, bookings
from zhunru.runtime.writing import Writing
from zhunru.store.base import NO_CHANGE, Change, Store, View, Work
from zhunru.vocabulary import BUILT_IN, Outcome
from zhunru.worktime.instants import day_of


class TooEarly(Exception):
    """What a command is about is only now being written; made ready once more, it is found."""


class Submission(NamedTuple):
    """A request to be decided: what is known of it before the store is asked."""

    asked: Asked
    policy: CompiledPolicy
    desk: Desk
    request: Request
    decision: str
    case_id: str
    actor: Actor
    at: int
    apply: bool

    def look(self, view: View) -> Reply | Completed:
        """Return what the command was answered before, or the request with what a store knows."""
        before = self.asked.before(view)
        return before if before is not None else self.complete(view)

    def complete(self, view: View) -> Completed:
        """Return the request with what a store knows by now."""
        return self.desk.complete(self.request, view, self.decision, self.case_id)

    def decide(self, completed: Completed) -> Decision:
        """Return the decision on a completed request."""
        return decide(self.policy, completed.request, self.decision)


class Foreseen(NamedTuple):
    """A request as it was before its turn to be written, and how it was decided then."""

    request: Request
    decision: Decision


class Commands:
    """Makes commands ready; nothing here writes, and only what never changes is read ahead.

    Each names its actor, its key, and the instant, in whole microseconds, that it counts.
    """

    def __init__(
        self,
        store: Store,
        policies: Policies,
        clockwork: Clockwork,
        recorded: Callable[[int], int],
    ) -> None:
        self._store = store
        self._policies = policies
        self._clockwork = clockwork
        self._recorded = recorded

    # --- submissions ---------------------------------------------------------------------------

    def submission(
        self,
        request: Request,
        actor: Actor,
        key: str,
        at: int,
        decision: str,
        policy: str,
        apply: bool,
    ) -> Submission | Reply:
        """Return a request as it is to be decided, or what it was answered before."""
        given = (request.facts, request.received, request.assertions, request.asserted_by)
        asked = Asked.of(key, "submit", given, actor, decision, policy, apply)
        try:
            chosen = self._policies.current(policy)
            sender = self._sender(chosen, actor, at)
            case_id = new_id(chosen.code, key, at, RECORD)
            desk = self._policies.desk(chosen)
            vouched = desk.vouched(request, sender, chosen.plan(decision))
        except Exception:
            # Sent again it is answered as before, though by now it would be refused.
            before = self._store.read(asked.before)
            if before is None:
                raise
            return before
        return Submission(asked, chosen, desk, vouched, decision, case_id, sender, at, apply)

    def record(self, submitted: Submission, foreseen: Foreseen | None = None) -> Work:
        """Return the work that decides a request and puts it on record."""

        def run(view: View) -> tuple[Change, Reply]:
            found = submitted.look(view)
            if isinstance(found, Reply):
                return NO_CHANGE, found
            # Another command may have used the quota, or written the register, since then.
            if foreseen is not None and found.request == foreseen.request:
                decision = foreseen.decision
            else:
                decision = submitted.decide(found)
            writing = self._writing(view, submitted.at, submitted.asked.key)
            reply = self._record(writing, submitted, decision, found)
            return writing.change((submitted.asked.row(reply),)), reply

        return _work(submitted.case_id, submitted.asked.key, run)

    def submit(
        self,
        request: Request,
        actor: Actor,
        key: str,
        at: int,
        decision: str,
        policy: str,
        apply: bool,
    ) -> Work | Reply:
        """Have a request decided and put on record, all in its turn to be written."""
        found = self.submission(request, actor, key, at, decision, policy, apply)
        return found if isinstance(found, Reply) else self.record(found)

    def _record(
        self,
        writing: Writing,
        submitted: Submission,
        decision: Decision,
        completed: Completed,
    ) -> Reply:
        """Write the record of a decision, its bookings, and the cases that follow from it."""
        policy, case_id = submitted.policy, submitted.case_id
        actor, at, apply = submitted.actor, submitted.at, submitted.apply
        admitted = decision.outcome is Outcome.ADMIT
        booked = bookings(completed, case_id) if admitted else ()
        following = follows(decision, apply)
        if apply and not admitted and not following:
            refuse("ZR760")
        children = [f"{case_id}.{number}" for number in range(1, len(following) + 1)]
        request = completed.request
        case = record_of(
            policy,
            decision,
            request,
            case_id=case_id,
            partition=partition_of(case_id),
            actor=actor,
            at=at,
            children=children,
        )
        event = decided(case, decision, request, booked)
        writing.event(case, event, 1, encode_event(event))
        writing.put(case, ())
        writing.book(booked)
        for child, (flow, by) in zip(children, following, strict=True):
            opener = self._owing(policy, by, actor, at)
            self._begin(writing, policy, flow, child, opener, at, request.facts, case_id)
        return self._answered(
            writing,
            case,
            outcome=decision.outcome.value,
            code=decision.code,
            sentence_zh=decision.sentence("zh"),
            sentence_en=decision.sentence("en"),
        )

    def _owing(self, policy: CompiledPolicy, by: str, actor: Actor, at: int) -> Actor:
        unit = policy.model.chart.resolve(by, day_of(at)) if by else None
        return actor if unit is None or unit == actor.unit else Actor(unit=unit)

    def _begin(
        self,
        writing: Writing,
        policy: CompiledPolicy,
        flow: str,
        case_id: str,
        actor: Actor,
        at: int,
        facts: Mapping[str, FactValue],
        parent: str,
    ) -> None:
        setting = self._policies.setting(policy.digest, flow, writing.rows, day_of(at))
        step = advance.open_case(
            setting,
            case_id=case_id,
            partition=partition_of(case_id),
            actor=actor,
            at=at,
            facts=facts_for(setting.plan.flow, facts) if parent else facts,
            parent=parent,
        )
        writing.opened.append(case_id)
        writing.add(step, 0)

    # --- cases ---------------------------------------------------------------------------------

    def open(
        self,
        flow: str,
        actor: Actor,
        key: str,
        at: int,
        facts: Mapping[str, FactValue],
        policy: str,
    ) -> Work:
        """Open a case of a workflow in its first state."""
        asked = Asked.of(key, "open", flow, facts, actor, policy)
        chosen = self._policies.current(policy)
        # Known beforehand, so that its place is looked up together with the cases of others.
        case_id = new_id(chosen.code, key, at)

        def opened(writing: Writing) -> Reply:
            who = self._known(chosen.digest, actor, at)
            self._begin(writing, chosen, flow, case_id, who, at, facts, "")
            return self._answered(writing, writing.case(case_id))

        return self._once(asked, key, at, case_id, opened)

    def act(
        self,
        case_id: str,
        verb: str,
        actor: Actor,
        key: str,
        at: int,
        inputs: Mapping[str, FactValue],
        expected: int | None,
    ) -> Work:
        """Do something to a case, after what time had to do before."""
        if is_record_id(case_id):
            return self._act_on_record(case_id, verb, actor, key, at, inputs)
        asked = Asked.of(key, "act", case_id, verb, inputs, actor)

        def acted(writing: Writing) -> Reply:
            case = writing.case(case_id)
            who = self._known(case.digest, actor, at)
            if is_duty_id(case_id):
                after = self._clockwork.recurring.fulfil(writing, case, who, at, verb, inputs)
                return self._answered(writing, after)
            # The other case is none of the kernel's business: it steps one case at a time.
            if verb in BUILT_IN["merge"]:
                check_merge(writing, case, inputs)
            command = Command(verb, who, at, inputs, expected)
            setting = writing.setting(case, at)
            step = advance.act(setting, case, command, gap=self._clockwork.gap)
            writing.add(step, case.version)
            return self._answered(writing, writing.case(case_id))

        return self._once(asked, key, at, case_id, acted)

    def _act_on_record(
        self,
        case_id: str,
        verb: str,
        actor: Actor,
        key: str,
        at: int,
        inputs: Mapping[str, FactValue],
    ) -> Work:
        """Withdraw an admission before the day it is for, so that its quotas are free again.

        What it opened ends with it: work that goes on is counted.
        """
        asked = Asked.of(key, "act", case_id, verb, actor, *([inputs] if inputs else ()))
        # Outside of the write: what a record holds never changes, only that it was taken back.
        events = self._store.events(case_id)

        def taken_back(writing: Writing) -> Reply:
            case = writing.case(case_id)
            if not events:
                # The record was written since then, perhaps in this very write.
                raise TooEarly
            if at < case.at:
                refuse("ZR731", at=shown(at), last=shown(case.at))
            booked = booked_by(events, case_id)
            # A record stays of its version, but offices are renamed and taken over after it too.
            latest = self._policies.current(case.set_code)
            who = self._known(latest.digest, actor, at)
            sent_by = senders(self._policies.of(case.digest), latest.model.chart, case, at)
            offices = forerunners(latest.model.chart, who.unit, day_of(at))
            begun = any(use.day <= day_of(at).toordinal() for use in booked)
            if (
                verb not in BUILT_IN["withdraw"]
                or begun
                or case.marks
                or sent_by.isdisjoint((who.unit, *offices))
            ):
                refuse("ZR761", unit=actor.unit, case=case_id)
            check_takes(verb, inputs, REASON)
            withdrawal = Command(verb, who, at, inputs)
            for child in map(writing.case, case.children):
                if not child.closed:
                    setting, gap = writing.setting(child, at), self._clockwork.gap
                    step = advance.withdraw_along(setting, child, withdrawal, gap=gap)
                    writing.add(step, child.version)
            after = replace(case, version=case.version + 1, at=at, marks=(verb,))
            data = {"case": after, **reasoned(withdrawal)}
            event = Event(kind=TAKEN_BACK, at=at, data=data, actor=who)
            writing.event(after, event, after.version, encode_event(event))
            writing.put(after, ())
            writing.book(replace(use, cancelled=at) for use in booked)
            return self._answered(writing, after)

        return self._once(asked, key, at, case_id, taken_back)

    # --- what commands share -------------------------------------------------------------------

    def _once(
        self, asked: Asked, key: str, at: int, case_id: str, do: Callable[[Writing], Reply]
    ) -> Work:
        """Return the work that carries a command out once, however often it is sent."""

        def run(view: View) -> tuple[Change, Reply]:
            # First of all: what was done already might be refused by now.
            before = asked.before(view)
            if before is not None:
                return NO_CHANGE, before
            writing = self._writing(view, at, key)
            reply = do(writing)
            # The answer is kept in the same write as what was done: neither is there alone.
            return writing.change((asked.row(reply),)), reply

        return _work(case_id, key, run)

    def _writing(self, view: View, at: int, key: str) -> Writing:
        return Writing(view, self._policies, self._recorded(at), key)

    def _sender(self, policy: CompiledPolicy, actor: Actor, at: int) -> Actor:
        """Return who sends, by the name of the chart; nobody else has anything to send."""
        found = self._known(policy.digest, actor, at)
        if policy.model.chart.resolve(found.unit, day_of(at)) is None:
            refuse("ZR750", unit=actor.unit, day=day_of(at))
        return found

    def _known(self, digest: str, actor: Actor, at: int) -> Actor:
        """Return who acts, by the name of the chart; residents and others keep their own."""
        unit = self._policies.name_of(digest, actor.unit, at)
        return actor if unit == actor.unit else replace(actor, unit=unit)

    def _answered(self, writing: Writing, case: Case, **more: Any) -> Reply:
        if writing.opened or writing.papers:
            more["opened"], more["papers"] = tuple(writing.opened), tuple(writing.papers)
            more["lacking"] = tuple(writing.lacking)
        return reply_about(case, writing.due(case), **more)


def _work(case_id: str, key: str, run: Callable[[View], tuple[Change, object]]) -> Work:
    return Work(partition_of(case_id), run, (case_id,), (key,))


def check_merge(writing: Writing, case: Case, inputs: Mapping[str, FactValue]) -> None:
    """Refuse to merge a case into what cannot take it on."""
    into = str(inputs.get("并入") or inputs.get("into") or "")
    other = writing.case(into)
    reasons = (
        (into == case.case_id, "不能并入自己", "it is the same case"),
        (other.closed, "已经办结", "it has come to its end"),
        (other.flow != case.flow, "不是同一流程", "it is of another workflow"),
    )
    for found, zh, en in reasons:
        if found:
            refuse("ZR759", case=case.case_id, into=into, reason_zh=zh, reason_en=en)
