"""受理: a form that asks only what still matters, the decision, and the letter about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from zhunru.checker.resolved import ResolvedField
from zhunru.compiler.request import Request
from zhunru.decision import Decision, decide
from zhunru.diagnostics import Diagnostic
from zhunru.errors import CaseRefused, RequestRejected
from zhunru.explain.answers import Cited, MissingFact, Reason
from zhunru.request_files import read_requests
from zhunru.vocabulary import OUTCOMES, Outcome
from zhunru.web.masking import masked
from zhunru.web.pages.controls import Control, control, controls, facts_of, hint, marked
from zhunru.web.pages.facts import called, told
from zhunru.web.pages.visit import Visit
from zhunru.web.stored import left_to_store, with_store
from zhunru.web.tenants import Asked, Current
from zhunru.web.vouching import confirmed

_ASKED_AT_ONCE = 3
_MOST_POSSIBLE = 6
_MOST_MISSING = 8


@dataclass(frozen=True, slots=True)
class _Form:
    """Which decision is asked, with what."""

    current: Current
    asked: Asked
    day: date
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a form was answered; `mark` is the same for the same answer, "" where it was refused."""

    form: _Form
    request: Request | None = None
    found: Decision | None = None
    mark: str = ""
    findings: Sequence[Diagnostic] = ()


def show(visit: Visit) -> Response:
    """Show the form, and the answer to what was filled in, if that is what the address is of."""
    mark = visit.recall()
    if mark is None:
        return _asked(visit, _read(visit))
    given = _answer(visit)
    return _answered(visit, given) if given.mark == mark else _changed(visit, given.form)


def answer(visit: Visit) -> Response:
    """Put the decision on record, and lead to the page that it stands on."""
    given = _answer(visit)
    _record(visit, given)
    return visit.answered(given.mark) or _answered(visit, given)


def _answered(visit: Visit, answer: _Answer) -> Response:
    """Show the decision, or what still has to be known, or why nothing could be decided."""
    form, request, found = answer.form, answer.request, answer.found
    if found is None or request is None:
        return _asked(visit, form, findings=answer.findings)
    given, ask, rest = _controls(form, found, visit)
    left = _left(visit, form, request, found)
    return _page(visit, form, given, ask, rest, found=found, left=left)


def _asked(visit: Visit, form: _Form, **more: Any) -> Response:
    """Show a form without an answer."""
    return _page(visit, form, *_controls(form, None, visit), **more)


def _changed(visit: Visit, form: _Form) -> Response:
    """Show the form, and that it would now be answered otherwise: what is on record is not that."""
    said = visit.say("changed_since").format(visit.at.date())
    return _asked(visit, form, changed=said)


def write(visit: Visit) -> Response:
    """Put the decision on record, and lead to the letter about it."""
    given = _answer(visit)
    if given.found is None:
        raise RequestRejected(given.findings)
    _record(visit, given)
    return visit.answered(given.mark) or _written(visit, given.form, given.found)


def letter(visit: Visit) -> Response:
    """Show the letter that the address is of, else the form."""
    mark = visit.recall()
    if mark is None:
        return visit.move("/intake")
    given = _answer(visit)
    if given.found is None or given.mark != mark:
        return _changed(visit, given.form)
    return _written(visit, given.form, given.found)


def _written(visit: Visit, form: _Form, found: Decision) -> Response:
    """Return the letter about a decision, ready to be printed and sealed."""
    shown, (reasons, more) = _for_others(form), _reasons(found)
    return visit.page(
        "letter.html",
        here="intake",
        found=found,
        reasons=reasons,
        more=more,
        bases=_bases(found),
        told=told(shown, form.asked.plan.fields, visit.language),
        called=partial(_called, visit, form),
        missing=_missing(visit, form, found),
        matter=shown.get("事项", ""),
        to=form.facts.get(_sender(form), ""),
        heading=visit.say(f"letter_{found.outcome.value}"),
        title=form.current.policy.core.title,
        today=visit.at.date(),
        outcome=_word(found, visit),
    )


def _for_others(form: _Form) -> dict[str, str]:
    """Return what a paper may say of a request: it passes through many hands."""
    fields = form.asked.plan.fields
    hidden = {n: v for n, v in form.facts.items() if (f := fields.get(n)) and _is_kept_back(f)}
    shown: dict[str, str] = masked(form.facts, hidden)
    return shown


def _is_kept_back(field: ResolvedField) -> bool:
    return field.secret or bool(field.withheld_from)


async def register(visit: Visit) -> Response:
    """Put a request on record, which opens the workflows that follow from the decision."""
    visit.need("cases:write")
    form = _read(visit)
    actor = visit.actor(form.facts.get(_sender(form), ""))
    # Whoever acts for others confirms what those may confirm.
    by = None if visit.principal.voucher is None else actor.unit
    policy = form.current.policy
    request = left_to_store(visit.tenant, policy, _request(form, by))
    key = f"{visit.principal.id}:{_digest(visit.text('key'), form)}"
    # Whoever goes back and presses once more, be it on another day, is told that it was done.
    store = visit.tenant.desk.store
    before = await run_in_threadpool(store.read, lambda view: view.reply(key))
    if before is not None:
        return visit.move("/cases", before.case_id, done="before")
    put = partial(
        visit.tenant.hall.submit,
        request,
        actor=actor,
        key=key,
        at=visit.at,
        decision=form.asked.name,
        policy=policy.code,
    )
    try:
        reply = await put(apply=bool(visit.text("apply")))
    except CaseRefused as refused:
        # What cannot be applied for is put on record all the same: that is what was asked.
        if refused.diagnostic.code != "ZR760":
            raise
        reply = await put(apply=False)
    return visit.move("/cases", reply.case_id)


def _digest(key: str, form: _Form) -> str:
    """Return what a request is known by: filled in otherwise after all, it is another one."""
    told = key, form.current.policy.code, form.asked.name, sorted(form.facts.items())
    return sha256(orjson.dumps(told)).hexdigest()[:32]


def _sender(form: _Form) -> str:
    fields = form.asked.plan.fields
    return next((n for n, f in fields.items() if not f.addressee and _is_unit(f)), "")


def _is_unit(field: ResolvedField) -> bool:
    return field.type.name.value == "unit"


# --- asking --------------------------------------------------------------------------------------


def _read(visit: Visit) -> _Form:
    given = visit.query if not visit.form else {}
    current = visit.tenant.current(visit.text("set") or given.get("set", ""))
    # Of several decisions the first is asked until another one is chosen.
    first = next(iter(current.policy.decisions), "")
    asked = current.asked(visit.text("decision") or given.get("decision", "") or first)
    facts = facts_of(visit)
    if not facts and given:
        facts = {name: given[name] for name in asked.plan.fields if given.get(name)}
    return _Form(current, asked, visit.at.date(), facts)


def _request(form: _Form, asserted_by: str | None) -> Request:
    rows = read_requests(
        [form.facts],
        form.current.policy,
        received=form.day,
        asserted_by=asserted_by,
        decision=form.asked.name,
    )
    row = next(iter(rows))
    if row.request is None:
        raise RequestRejected(row.findings)
    return confirmed(form.current.policy, form.asked.plan, row.request)


def _known(visit: Visit, form: _Form) -> Request:
    """Return what was filled in, with what the store knows of it: that is what will count."""
    request = _request(form, visit.principal.voucher)
    return with_store(visit.tenant, form.current.policy, form.asked.name, request)


def _answer(visit: Visit) -> _Answer:
    """Decide what was filled in, at the moment of the visit."""
    form = _read(visit)
    try:
        request = _known(visit, form)
        found = decide(form.current.policy, request, form.asked.name)
        return _Answer(form, request, found, _mark(found))
    except RequestRejected as rejected:
        return _Answer(form, findings=rejected.diagnostics)


def _mark(found: Decision) -> str:
    """Return a digest of an answer: of all that is said, but not of how it was come by, such as how
    often a quota was used, nor of where the set lies."""
    reasons = [(r.code, r.certain, r.zh, r.condition_zh) for r in found.reasons]
    told = {**found.to_dict(), "facts_used": None, "reasons": reasons}
    return sha256(orjson.dumps(told)).hexdigest()[:32]


def _record(visit: Visit, answer: _Answer) -> None:
    form, request, found = answer.form, answer.request, answer.found
    # An open decision is a step on the way; only what is told to somebody goes on record.
    if found is not None and request is not None and found.outcome is not Outcome.INCOMPLETE:
        caller = visit.principal.id or "console"
        visit.tenant.record(form.current, request, found, form.asked, caller, visit.at)


def _left(visit: Visit, form: _Form, request: Request, found: Decision) -> str:
    """Return what an open decision still hangs on, in words; of long lists that takes a while."""
    if found.outcome is not Outcome.INCOMPLETE:
        return ""
    policy, name, memory = form.current.policy, form.asked.name, visit.memory
    facts = (*sorted(form.facts.items()), *sorted(map(str, request.quotas.items())))
    rows = (f"{n} {len(r) if isinstance(r, Sized) else r}" for n, r in request.registers.items())
    key = (
        visit.tenant.name, policy.digest, name, request.asserted_by, form.day, facts, *sorted(rows)
    )  # fmt: skip

    def search() -> None:
        from zhunru.analysis import find_residual

        memory.left.keep(key, find_residual(policy, request, name).sentence())

    if not memory.asked.is_ready(key, search):
        return visit.say("left_later")
    told = memory.left.get(key)
    return "" if told is None else told.en if visit.language == "en" else told.zh


# --- what is shown -------------------------------------------------------------------------------


def _controls(
    form: _Form, found: Decision | None, visit: Visit
) -> tuple[list[Control], list[Control], list[Control]]:
    """Return what is known, what is asked next, and every other field."""
    policy, fields = form.current.policy, form.asked.plan.fields
    notes = {name: hint(field, visit) for name, field in fields.items()}
    given = controls(policy, fields, form.facts, notes)
    missing = _missing(visit, form, found) if found is not None else ()
    # A calendar that is not published yet is nobody's to fill in: the answer itself says so.
    wanted = [
        fact
        for fact in missing
        if not fact.why_zh and (fact.name not in form.facts or fact.claimed is not None)
    ]
    if found is None:
        wanted = [MissingFact(name=name) for name in _first_asked(fields, form.facts)]
    elif not missing:
        wanted = [MissingFact(name=name) for name in _sharpening(found, fields, form.facts)]
    ask = [
        control(policy, fields.get(fact.name), fact.name, "", _note(fact, fields, visit))
        for fact in wanted[:_ASKED_AT_ONCE]
        if fact.name not in form.facts
    ]
    shown = {each.name for each in (*given, *ask)}
    later = [fact.name for fact in wanted if fact.name not in shown]
    names = [*later, *(name for name in fields if name not in shown and name not in later)]
    rest = [control(policy, fields.get(name), name, "", notes.get(name, "")) for name in names]
    return given, ask, rest


def _missing(visit: Visit, form: _Form, found: Decision) -> list[MissingFact]:
    """Return what is missing that people can say: a store counts for itself how much of a quota is
    used, as soon as it is known of which."""
    if visit.tenant.office is None:
        return list(found.missing)
    known = {*form.asked.plan.fields, *form.current.policy.core.registers}
    return [fact for fact in found.missing if fact.name in known]


def _first_asked(fields: Mapping[str, ResolvedField], facts: Mapping[str, str]) -> list[str]:
    return [name for name in fields if name not in facts]


def _sharpening(
    found: Decision, fields: Mapping[str, ResolvedField], facts: Mapping[str, str]
) -> list[str]:
    """Return the fields that tell which of the possible reasons it is: the answer stays."""
    conditions = [reason.condition_zh for reason in found.reasons if not reason.certain]
    counts = {
        name: sum(name in each for each in conditions) for name in fields if name not in facts
    }
    return sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])


def _reasons(found: Decision) -> tuple[list[Reason], int]:
    """Return the reasons to show, those that hold in any case first, and how many are left out."""
    certain = [reason for reason in found.reasons if reason.certain]
    possible = [reason for reason in found.reasons if not reason.certain]
    return certain + possible[:_MOST_POSSIBLE], max(0, len(possible) - _MOST_POSSIBLE)


def _bases(found: Decision) -> list[Cited]:
    """Return what is cited: of an open decision what holds however it turns out, not every law
    that might apply once the rest is known."""
    if found.outcome is not Outcome.INCOMPLETE:
        return [*found.citations]
    return [each for each in found.citations if all(each in r.citations for r in found.reasons)]


def _note(fact: MissingFact, fields: Mapping[str, ResolvedField], visit: Visit) -> str:
    field = fields.get(fact.name)
    notes = [hint(field, visit)] if field is not None else []
    if fact.asserted_by and (field is None or not field.asserted_by):
        notes.append(visit.say("confirmed_by").format(fact.asserted_by))
    if fact.decisive:
        notes.append(visit.say("settles"))
    if "." in fact.name:
        notes.append(visit.say("usage"))
    return visit.say("semicolon").join(note for note in notes if note)


def _word(found: Decision, visit: Visit) -> str:
    zh, en = OUTCOMES[found.outcome]
    return en if visit.language == "en" else found.wording or zh


def _page(
    visit: Visit,
    form: _Form,
    given: list[Control],
    ask: list[Control],
    rest: list[Control],
    *,
    found: Decision | None = None,
    findings: Any = (),
    left: str = "",
    changed: str = "",
) -> Response:
    reasons, more = _reasons(found) if found is not None else ([], 0)
    missing = _missing(visit, form, found) if found is not None else []
    given, ask, rest = (
        [replace(c, label=_called(visit, form, c.name)) for c in marked(each, findings)]
        for each in (given, ask, rest)
    )
    return visit.page(
        "intake.html",
        422 if findings else 200,
        here="intake",
        form=form,
        given=given,
        ask=ask,
        rest=rest,
        found=found,
        outcome=_word(found, visit) if found is not None else "",
        possible=_possible(found, visit),
        reasons=reasons,
        more=more,
        bases=_bases(found) if found is not None else [],
        findings=findings,
        left=left,
        changed=changed,
        missing=missing[:_MOST_MISSING],
        unsaid=len(missing[_MOST_MISSING:]),
        called=partial(_called, visit, form),
        # From the empty form on it is one request, whatever pages are gone back to.
        key=visit.text("key") or visit.service.settings.entropy(8).hex(),
    )


def _called(visit: Visit, form: _Form, name: str) -> str:
    return called(name, form.asked.plan.fields, visit.language)


def _possible(found: Decision | None, visit: Visit) -> list[str]:
    if found is None or found.outcome is not Outcome.INCOMPLETE:
        return []
    return [OUTCOMES[each][visit.language == "en"] for each in found.possible]
