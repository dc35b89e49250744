"""Cases as a service: every command is decided and written as one piece of work, or not at all.

Nothing here keeps the time: every command says when it counts. Whoever calls from a queue, a
page or a clerk's desk gives each command a key, and may send it again until it is answered.
"""

from __future__ import annotations

import gc
from base64 import b32hexencode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from zhunru.compiler import CompiledPolicy
from zhunru.compiler.request import FactValue, Request
from zhunru.decision import Decision, decide
from zhunru.runtime import advance
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import NONE, Actor, Case, Command, Event
from zhunru.runtime.clockwork import Clockwork, Ticked
from zhunru.runtime.encoding import encode_event
from zhunru.runtime.kit import acting, moment
from zhunru.runtime.looking import Looking
from zhunru.runtime.moving import Moved, Moving
from zhunru.runtime.records import (
    TAKEN_BACK,
    booked_by,
    decided,
    facts_for,
    follows,
    record_of,
)
from zhunru.runtime.recurring import is_duty_id
from zhunru.runtime.refusals import refuse
from zhunru.runtime.replies import Asked, Reply, reply_about
from zhunru.runtime.submitting import Completed, bookings
from zhunru.runtime.writing import Writing
from zhunru.store.base import NO_CHANGE, CaseRow, Change, Store, View, Work
from zhunru.store.opening import open_store
from zhunru.vocabulary import BUILT_IN, Outcome
from zhunru.worktime import Calendar
from zhunru.worktime.instants import DAY, day_of

Instant = datetime | int | str
"""A moment: with its offset from UTC, as whole microseconds, or `2026-03-02 09:00` of Beijing."""

Who = Actor | str
"""Who acts: a text is a unit of the chart and, after a blank, the person."""


class CaseService:
    """Submissions and cases over a store, which may be given by its address (`cases.db`).

    `policies` are the sets that new cases run under; older cases go on under the versions that
    they were opened with, which the store keeps. `clock` says when something is written down
    (default: when it counts). Any number of threads may call.

    Every command takes the `actor`, its own `key` (the same command sent again under it is
    answered as before, and carried out once), and the instant `at` which it counts. CaseRefused:
    nothing was done. StoreError with `uncertain`: send it again.
    """

    def __init__(
        self,
        store: Store | str,
        policies: CompiledPolicy | Iterable[CompiledPolicy] = (),
        *,
        clock: Callable[[], int] | None = None,
        registered: Instant = 0,
    ) -> None:
        sets = [policies] if isinstance(policies, CompiledPolicy) else list(policies)
        self.store: Store = open_store(store) if isinstance(store, str) else store
        self.policies = Policies(self.store, sets, micros(registered))
        self._clock = clock
        self._clockwork = Clockwork(self.store, self.policies, self._recorded)
        self._moving = Moving(self.store, self.policies, self._recorded)
        self._looking = Looking(self.store, self.policies)

    def _recorded(self, at: int) -> int:
        return at if self._clock is None else self._clock()

    # --- submissions ---------------------------------------------------------------------------

    def submit(
        self,
        request: Request,
        *,
        actor: Who,
        key: str,
        at: Instant,
        decision: str = "",
        policy: str = "",
        apply: bool = False,
    ) -> Reply:
        """Decide a request with what the store knows, and record the decision in any case.

        An admission books its quotas and opens the workflow that goes with it; with `apply`,
        what may be applied for instead is. All of it is one transaction. Raises RequestRejected
        where the request cannot be read.
        """
        now = micros(at)
        given = (request.facts, request.received, request.assertions, request.asserted_by)
        asked = Asked.of(key, "submit", given, acting(actor), decision, policy, apply)
        # A repeated submission is answered without deciding anything again.
        before = self.store.read(asked.before)
        if before is not None:
            return before
        chosen = self.policies.current(policy)
        sender = self._sender(chosen, acting(actor), now)
        case_id = new_id(chosen.code, key, now, _RECORD)
        desk = self.policies.desk(chosen)
        vouched = desk.vouched(request, sender, chosen.plan(decision))

        def complete(view: View) -> Completed:
            return desk.complete(vouched, view, decision, case_id)

        # Decided before it is this command's turn to write: others need not wait for that.
        foreseen = self.store.read(complete)
        answer = decide(chosen, foreseen.request, decision)

        def run(view: View) -> tuple[Change, Reply]:
            before = asked.before(view)
            if before is not None:
                return NO_CHANGE, before
            completed = complete(view)
            # Another command may have used the quota, or written the register, since then.
            found = answer
            if completed.request != foreseen.request:
                found = decide(chosen, completed.request, decision)
            writing = Writing(view, self.policies, self._recorded(now), key)
            reply = self._record(writing, chosen, found, completed, case_id, sender, now, apply)
            return writing.change((asked.row(reply),)), reply

        return self._write(case_id, key, run)

    def _record(
        self,
        writing: Writing,
        policy: CompiledPolicy,
        decision: Decision,
        completed: Completed,
        case_id: str,
        actor: Actor,
        at: int,
        apply: bool,
    ) -> Reply:
        """Write the record of a decision, its bookings, and the cases that follow from it."""
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
        setting = self.policies.setting(policy.digest, flow, writing.rows, day_of(at))
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
        *,
        actor: Who,
        key: str,
        at: Instant,
        facts: Mapping[str, FactValue] = NONE,
        policy: str = "",
    ) -> Reply:
        """Open a case of a workflow in its first state."""
        now = micros(at)
        asked = Asked.of(key, "open", flow, facts, acting(actor), policy)
        chosen = self.policies.current(policy)
        # Known beforehand, so that its place is looked up together with the cases of others.
        case_id = new_id(chosen.code, key, now)

        def run(view: View) -> tuple[Change, Reply]:
            before = asked.before(view)
            if before is not None:
                return NO_CHANGE, before
            who = self._known(chosen.digest, acting(actor), now)
            writing = Writing(view, self.policies, self._recorded(now), key)
            self._begin(writing, chosen, flow, case_id, who, now, facts, "")
            reply = self._answered(writing, writing.case(case_id))
            return writing.change((asked.row(reply),)), reply

        return self._write(case_id, key, run)

    def act(
        self,
        case_id: str,
        verb: str,
        *,
        actor: Who,
        key: str,
        at: Instant,
        inputs: Mapping[str, FactValue] = NONE,
        expected: int | None = None,
    ) -> Reply:
        """Do something to a case: an action or a result of its state, or a built-in verb.

        What time had to do before is done first. `expected` is the version that the actor saw.
        """
        now = micros(at)
        if is_record_id(case_id):
            return self._act_on_record(case_id, verb, acting(actor), key, now)
        given = acting(actor)
        asked = Asked.of(key, "act", case_id, verb, inputs, given)

        def run(view: View) -> tuple[Change, Reply]:
            before = asked.before(view)
            if before is not None:
                return NO_CHANGE, before
            writing = Writing(view, self.policies, self._recorded(now), key)
            case = writing.case(case_id)
            who = self._known(case.digest, given, now)
            if is_duty_id(case_id):
                after = self._clockwork.recurring.fulfil(writing, case, who, now, inputs)
                reply = self._answered(writing, after)
                return writing.change((asked.row(reply),)), reply
            # The other case is none of the kernel's business: it steps one case at a time.
            if verb in BUILT_IN["merge"]:
                check_merge(writing, case, inputs)
            command = Command(verb, who, now, inputs, expected)
            setting = writing.setting(case, now)
            step = advance.act(setting, case, command, gap=self._clockwork.gap)
            writing.add(step, case.version)
            reply = self._answered(writing, writing.case(case_id))
            return writing.change((asked.row(reply),)), reply

        return self._write(case_id, key, run)

    def _act_on_record(self, case_id: str, verb: str, actor: Actor, key: str, at: int) -> Reply:
        """Withdraw an admission before the day it is for, so that its quotas are free again."""
        asked = Asked.of(key, "act", case_id, verb, actor)
        # Outside of the write: what a record holds never changes, only that it was taken back.
        events = self.store.events(case_id)

        def run(view: View) -> tuple[Change, Reply]:
            before = asked.before(view)
            if before is not None:
                return NO_CHANGE, before
            writing = Writing(view, self.policies, self._recorded(at), key)
            case = writing.case(case_id)
            booked = booked_by(events, case_id)
            begun = any(use.day <= day_of(at).toordinal() for use in booked)
            if (
                verb not in BUILT_IN["withdraw"]
                or begun
                or case.marks
                or not is_sender(case, actor)
            ):
                refuse("ZR761", unit=actor.unit, case=case_id)
            after = replace(case, version=case.version + 1, at=at, marks=(verb,))
            event = Event(kind=TAKEN_BACK, at=at, data={"case": after}, actor=actor)
            writing.event(after, event, after.version, encode_event(event))
            writing.put(after, ())
            writing.book(replace(use, cancelled=at) for use in booked)
            reply = self._answered(writing, after)
            return writing.change((asked.row(reply),)), reply

        return self._write(case_id, key, run)

    # --- built-in verbs, by name ---------------------------------------------------------------

    def suspend(self, case_id: str, reason: str, **command: Any) -> Reply:
        """Stop the clock of a case for one of the reasons of its state (停表)."""
        return self.act(case_id, "停表", inputs={"理由": reason}, **command)

    def resume(self, case_id: str, **command: Any) -> Reply:
        """Let the clock of a case run on (恢复)."""
        return self.act(case_id, "恢复", **command)

    def extend(self, case_id: str, reason: str, **command: Any) -> Reply:
        """Ask for an extension (延期); who may grant it answers by `answer_extension`."""
        return self.act(case_id, "延期", inputs={"理由": reason}, **command)

    def answer_extension(self, case_id: str, granted: bool, **command: Any) -> Reply:
        """Grant an extension, or not (同意延期, 不同意延期)."""
        return self.act(case_id, "同意延期" if granted else "不同意延期", **command)

    def reassign(self, case_id: str, to: str, **command: Any) -> Reply:
        """Give a state to another owner (改派); its time runs on."""
        return self.act(case_id, "改派", inputs={"单位": to}, **command)

    def supervise(self, case_id: str, **command: Any) -> Reply:
        """Watch over a case (督办)."""
        return self.act(case_id, "督办", **command)

    def urge(self, case_id: str, **command: Any) -> Reply:
        """Urge the owners of a case (催办)."""
        return self.act(case_id, "催办", **command)

    def withdraw(self, case_id: str, **command: Any) -> Reply:
        """Take back a case, or an admission whose day has not come (撤回)."""
        return self.act(case_id, "撤回", **command)

    def merge(self, case_id: str, into: str, **command: Any) -> Reply:
        """End a case by merging it into another of the same workflow (并件)."""
        return self.act(case_id, "并件", inputs={"并入": into}, **command)

    # --- time ----------------------------------------------------------------------------------

    def start(self, now: Instant) -> int | None:
        """Begin to serve: where nobody could act for long, that stretch is recorded (停机).

        Opens the records of recurring duties (定期) for the periods that run. Returns the instant
        since when the service stood still, or None.
        """
        since = self._clockwork.start(micros(now))
        self._clockwork.recurring.begin(micros(now))
        # The sets stay for good: looking through them for garbage would stop everybody for long.
        gc.freeze()
        return since

    def beat(self, now: Instant) -> None:
        """Note that the service is alive; call it every few minutes."""
        self._clockwork.beat(micros(now))

    def tick(self, now: Instant, limit: int = 1000) -> Ticked:
        """Do what time has to do up to, not including, `now`, for at most `limit` timers."""
        return self._clockwork.tick(micros(now), limit)

    def wait(self, case_id: str, now: Instant) -> None:
        """Do what time has to do to one case up to, not including, `now`."""
        self._clockwork.wait(case_id, micros(now))

    def publish(self, days: Calendar, *, at: Instant, notice: str) -> Sequence[str]:
        """Reckon by a holiday calendar just published; returns the cases whose due date moved."""
        return self._clockwork.publish(days, micros(at), notice)

    # --- versions of policy sets ---------------------------------------------------------------

    def register(self, policy: CompiledPolicy, at: Instant) -> None:
        """Let new cases run under a version of a set; running cases keep theirs."""
        self.policies.add(policy, micros(at))

    def migrate(
        self,
        policy: str = "",
        *,
        actor: Who,
        key: str,
        at: Instant,
        states: Mapping[str, Mapping[str, str]] = NONE,
        dry_run: bool = True,
    ) -> Sequence[Moved]:
        """Move running cases to the current version of a set, or say what that would do.

        `states`: workflow to its old states and what they are called now. Cases that need a
        person stay as they are.
        """
        chosen = self.policies.current(policy)
        return self._moving.run(chosen, acting(actor), key, micros(at), states, dry_run)

    # --- looking -------------------------------------------------------------------------------

    def show(self, case_id: str, viewer: Who | None = None) -> dict[str, Any]:
        """Return a case, ready for JSON; for a viewer only what may be seen."""
        return self._looking.show(case_id, None if viewer is None else acting(viewer))

    def history(self, case_id: str) -> list[dict[str, Any]]:
        """Return the events of a case, ready for JSON."""
        return self._looking.history(case_id)

    def inbox(self, name: str, limit: int = 100) -> list[dict[str, Any]]:
        """Return what waits for a unit, or for those who hold a role: most urgent first."""
        return self._looking.inbox(name, limit)

    def waiting(self, name: str) -> list[CaseRow]:
        """Return the rows of what waits for a unit or a role: most urgent first."""
        return self._looking.waiting(name)

    def stats(self) -> dict[str, Any]:
        """Return how many cases there are by workflow and state, and when time acts next."""
        return self._looking.stats()

    def check_projections(self) -> list[str]:
        """Return the cases whose row is not what their events add up to."""
        return self._looking.check_projections()

    def close(self) -> None:
        """Finish what is being written and let go of the store."""
        self.store.close()

    # --- what commands share -------------------------------------------------------------------

    def _sender(self, policy: CompiledPolicy, actor: Actor, at: int) -> Actor:
        """Return who sends, by the name of the chart; nobody else has anything to send."""
        found = self._known(policy.digest, actor, at)
        if policy.model.chart.resolve(found.unit, day_of(at)) is None:
            refuse("ZR750", unit=actor.unit, day=day_of(at))
        return found

    def _known(self, digest: str, actor: Actor, at: int) -> Actor:
        """Return who acts, by the name of the chart; residents and others keep their own."""
        unit = self.policies.name_of(digest, actor.unit, at)
        return actor if unit == actor.unit else replace(actor, unit=unit)

    def _answered(self, writing: Writing, case: Case, **more: Any) -> Reply:
        if writing.opened or writing.papers:
            more["opened"], more["papers"] = tuple(writing.opened), tuple(writing.papers)
            more["lacking"] = tuple(writing.lacking)
        return reply_about(case, writing.due(case), **more)

    def _write(self, case_id: str, key: str, run: Callable[[View], tuple[Change, object]]) -> Reply:
        work = Work(partition_of(case_id), run, (case_id,), (key,))
        reply = self.store.write(work)
        assert isinstance(reply, Reply)
        return reply


def micros(at: Instant) -> int:
    """Return an instant as whole microseconds of Beijing time."""
    return at if isinstance(at, int) else moment(at)


# --- the ids of cases --------------------------------------------------------------------------

# An id begins with its partition, the code of the set, so that one chain holds a set's cases.
_RECORD, _CASE = "d", "c"
_TENTH = 100_000  # microseconds


def new_id(code: str, key: str, at: int, kind: str = _CASE) -> str:
    """Return the id of what a command opens: the same for the same command.

    Ids are in the order of opening, as near as a tenth of a second: cases opened together are
    mostly dealt with together, and then stand side by side in every index of a store, which writes
    whole pages. 20 bits of time and 40 of chance, five to a character.
    """
    time = at % DAY // _TENTH
    chance = blake2b(f"{code}\0{key}".encode(), digest_size=5).digest()
    text = b32hexencode((time << 4).to_bytes(3) + chance)[:4] + b32hexencode(chance)
    return f"{partition_name(code)}.{kind}{day_of(at):%Y%m%d}-{text.decode().lower()}"


def partition_name(code: str) -> str:
    """Return the partition of the cases of a set."""
    return code.replace(".", "_")


def partition_of(case_id: str) -> str:
    """Return the partition of a case."""
    return case_id.partition(".")[0]


def is_record_id(case_id: str) -> bool:
    """Tell whether an id is that of the record of a submission."""
    _, _, rest = case_id.partition(".")
    return rest.startswith(_RECORD) and "." not in rest


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


def is_sender(case: Case, actor: Actor) -> bool:
    """Tell whether somebody is who sent a submission, or wrote it down."""
    return actor.unit == case.opener.unit or actor.unit in case.fields.values()
