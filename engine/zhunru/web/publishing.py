"""Publishing over HTTP: draft, look, approve by a second person, publish, go back; and shadows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NoReturn

from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import NOWHERE
from zhunru.web.answers import Answer, as_json
from zhunru.web.bundles import Bundles
from zhunru.web.calls import Call, endpoint
from zhunru.web.comparing import changes
from zhunru.web.drafts import Drafts
from zhunru.web.problems import both, reject
from zhunru.web.reading import flag, member, not_there, only, text, whole_number, wrong_kind
from zhunru.web.tenants import Current, Shadow

# Why a draft that stands so cannot be taken a step further.
STANDS = {
    "rejected": ("检查没有通过", "it was rejected"),
    "checked": ("还没有经第二人批准", "a second person has not approved it"),
    "approved": ("已经批准", "it is approved already"),
    "published": ("已经发布", "it is published already"),
    "withdrawn": ("已经撤回", "it was withdrawn"),
    "returned": ("已经退回修改", "it was sent back"),
}
NOT_COMPARED = ("rejected", "withdrawn")  # never compared, run as a shadow, or published


def _drafts(call: Call) -> Drafts:
    drafts = call.tenant.drafts
    if drafts is None:
        reject(
            501, "ZR794", what_zh="草案文件夹（--drafts）", what_en="a folder of drafts (--drafts)"
        )
    return drafts


def _bundles(call: Call) -> Bundles:
    bundles = call.tenant.bundles(call.service.signer)
    if bundles is None:
        what = {"what_zh": "草案文件夹和签名密钥（--drafts、--key）",
                "what_en": "a folder of drafts and a signing key (--drafts, --key)"}  # fmt: skip
        reject(501, "ZR794", **what)
    return bundles


@contextmanager
def _turn(call: Call) -> Iterator[Drafts]:
    """Change drafts and versions while nobody else does, and what was broken off is settled."""
    store = _drafts(call)
    with store.lock:
        call.tenant.settle(call.service.signer)
        yield store


def _who(call: Call) -> str:
    """Return who a caller is: the person, where the token stands for one."""
    actor = call.principal.actor
    return f"{actor.unit} {actor.person}".strip() if actor is not None else call.principal.id


# --- drafts ----------------------------------------------------------------------------------


def add(call: Call) -> Answer:
    """Keep a draft, and say what check and tests find."""
    data = call.json()
    only(data, ("files", "note"))
    files = member(data, "files")
    if not isinstance(files, dict):
        wrong_kind("files", "文件名到文字的对象", "an object from names to texts")
    draft = call.service.settings.entropy(8).hex()
    state = _drafts(call).add(draft, files, _who(call), text(data, "note", "", ""), call.at)
    state["author_id"] = call.principal.id
    _check_set(call, state)
    _drafts(call).put(state)
    return as_json(state, 201)


def _check_set(call: Call, state: dict[str, Any]) -> None:
    """Find fault with a draft that is in order, but would replace none of our sets."""
    code, known = state.get("set"), call.tenant.sets
    if code is not None and code not in known:
        finding = diagnose("ZR758", NOWHERE, policy=code or "?", names=tuple(known))
        state["findings"] = [both(finding), *state["findings"]]
        state["status"] = "rejected"


def drafts(call: Call) -> Answer:
    """Return all drafts, newest first, without their findings."""
    names = ("draft", "author", "note", "at", "status", "set", "digest", "approvers")
    found = [{n: s[n] for n in names if n in s} for s in _drafts(call).states()]
    return as_json({"drafts": found})


def show(call: Call) -> Answer:
    """Return a draft, with what it did as a shadow."""
    state = _drafts(call).state(call.params["draft"])
    shadow = call.tenant.shadows.get(state.get("set", ""))
    if shadow is not None and shadow.draft == state["draft"]:
        state["shadow"] = {
            "tried": shadow.tried,
            "failed": shadow.failed,
            "flipped": shadow.flipped,
            "flips": shadow.flips,
        }
    return as_json(state)


def diff(call: Call) -> Answer:
    """Return what a draft decides otherwise than the current set: in principle, and in the past."""
    store = _drafts(call)
    state, current = _in_order(call, store)
    told = call.tenant.apart(changes, current.policy, store.place(state), call.tenant.log.path)
    return as_json({"draft": state["draft"], **told})


def _in_order(call: Call, store: Drafts) -> tuple[dict[str, Any], Current]:
    """Return a draft that was found in order, with the set that it would replace."""
    state = store.state(call.params["draft"])
    if state["status"] in NOT_COMPARED:
        why = STANDS[state["status"]]
        _not_ready(state, "比对或者发布", "compared or published", *why)
    return state, call.tenant.current(state["set"])


def shadow(call: Call) -> Answer:
    """Let a draft decide beside the current set, or stop it."""
    data = call.json()
    only(data, ("on",))
    tenant = call.tenant
    store = _drafts(call)
    state, current = _in_order(call, store)
    member(data, "on")  # left out, it does not mean that what runs is to be stopped
    on = flag(data, "on")
    # The draft that runs beside the set may be another one: it goes on until it is stopped itself.
    shadows = {c: each for c, each in tenant.shadows.items() if each.draft != state["draft"]}
    if on and state["status"] not in ("checked", "approved"):
        _not_ready(state, "影子运行", "run as a shadow", *STANDS[state["status"]])
    if on:
        shadows[current.policy.code] = Shadow(state["draft"], store.open(state))
    tenant.shadows = shadows
    return as_json({"draft": state["draft"], "on": on})


def withdraw(call: Call) -> Answer:
    """Take back a draft that is not published: only who wrote it; it stays to be read."""
    with _turn(call) as store:
        state = store.state(call.params["draft"])
        if state["status"] in ("published", "withdrawn"):
            _not_ready(state, "撤回", "withdrawn", *STANDS[state["status"]])
        if call.principal.id != state["author_id"] and _who(call) != state["author"]:
            _not_ready(state, "撤回", "withdrawn", "只由起草人撤回", "only its author may")
        state["status"] = "withdrawn"
        store.put(state)
    return _stopped(call, state)


def _stopped(call: Call, state: Mapping[str, Any]) -> Answer:
    """Answer with a draft that goes no further, and runs as a shadow no more."""
    shadows = call.tenant.shadows
    call.tenant.shadows = {c: s for c, s in shadows.items() if s.draft != state["draft"]}
    return as_json(state)


# --- approving and publishing ----------------------------------------------------------------


def approve(call: Call) -> Answer:
    """Approve a draft: somebody else than who wrote it."""
    with _turn(call) as store:
        state = store.state(call.params["draft"])
        if state["status"] != "checked":
            _not_ready(state, "批准", "approved", *STANDS[state["status"]])
        _second(call, state, "批准", "approve")
        approver = {"who": _who(call), "at": call.at.isoformat()}
        state["approvers"] = [{**approver, "against": _current_digest(call, state)}]
        state["status"] = "approved"
        store.put(state)
    return as_json(state)


def send_back(call: Call) -> Answer:
    """Send a draft back to who wrote it, with a reason: what the second person does who does not
    approve."""
    data = call.json()
    only(data, ("reason",))
    reason = text(data, "reason").strip()
    if not reason:
        wrong_kind("reason", "退回的理由", "a reason")
    with _turn(call) as store:
        state = store.state(call.params["draft"])
        if state["status"] not in ("checked", "approved"):
            _not_ready(state, "退回", "sent back", *STANDS[state["status"]])
        _second(call, state, "退回", "send back")
        told = {"who": _who(call), "at": call.at.isoformat(), "reason": reason}
        state |= {"status": "returned", "approvers": [], "returned": told}
        store.put(state)
    return _stopped(call, state)


def _second(call: Call, state: Mapping[str, Any], zh: str, en: str) -> None:
    if call.principal.id == state["author_id"] or _who(call) == state["author"]:
        reject(403, "ZR795", who=_who(call), what_zh=zh, what_en=en)


def _current_digest(call: Call, state: Mapping[str, Any]) -> str:
    """Return the digest of the set that a draft would replace, as it is published by now.

    A Problem where no set of its code is served any more.
    """
    call.tenant.restore(call.service.signer)  # another service may have published meanwhile
    return call.tenant.current(state["set"]).policy.digest


def _refuse_overtaken(call: Call, state: dict[str, Any]) -> None:
    """Refuse a draft that was approved beside another set than it would replace now.

    Two drafts may have been written from one version: the second would undo what the first
    changed, and nobody who approved it has seen that. It is to be approved again.
    """
    seen = state["approvers"][0].get("against")
    if _current_digest(call, state) in (seen, state["digest"]):
        return
    _drafts(call).put({**state, "status": "checked", "approvers": []})
    zh = "批准以后现行规则换过，要看过新的比对重新批准"
    en = "another version became current after it was approved: it has to be approved again"
    _not_ready(state, "发布", "published", zh, en)


def publish(call: Call) -> Answer:
    """Sign an approved draft and make it the current set, between two requests."""
    bundles = _bundles(call)
    with _turn(call) as store:
        state = store.state(call.params["draft"])
        if state["status"] != "approved":
            _not_ready(state, "发布", "published", *STANDS[state["status"]])
        _refuse_overtaken(call, state)
        policy = store.open(state)
        # What was approved is a meaning, not a folder: somebody may have written into it since.
        if policy.digest != state["digest"]:
            zh, en = "批准以后被改过", "it was changed after it was approved"
            _not_ready(state, "发布", "published", zh, en)
        _refuse_misfit(call, policy)
        told = {
            "draft": state["draft"],
            "author": state["author"],
            "approver": state["approvers"][0]["who"],
            "publisher": _who(call),
            "at": call.at.isoformat(),
        }
        try:
            manifest = bundles.publish(policy, told)
            _make_current(call, bundles, policy, manifest)
        except Exception:
            with suppress(OSError):
                call.tenant.settle(call.service.signer)
            raise
        # It is published by now: where there is no room to say so, whoever is next settles it.
        with suppress(OSError):
            store.put({**state, "status": "published"})
    return as_json(manifest)


def _refuse_misfit(call: Call, policy: CompiledPolicy) -> None:
    """Refuse a version that the mapping of AuthZEN fits no more: it would be asked in vain, and the
    next start would be refused."""
    now = call.tenant.sets.get(policy.code)
    misfit = now and now.with_policy(policy).misfit()
    if now and misfit and not now.misfit():
        raise misfit


def _make_current(
    call: Call, bundles: Bundles, policy: CompiledPolicy, manifest: Mapping[str, Any]
) -> None:
    """Let all requests from now on be decided by a version; those under way end as they began."""
    # Where the note cannot be written, or the store does not take the version, all is as it was,
    # now and after a restart.
    tenant, number = call.tenant, manifest["number"]
    before, former = tenant.sets.get(policy.code), tenant.numbers.get(policy.code, 0)
    try:
        bundles.note(
            {**bundles.active(), policy.code: number},
            lambda: tenant.replace(policy, call.at, number),
        )
    except OSError:
        # Seldom: the note is written, and cannot be moved into its place.
        if before is not None and tenant.sets[policy.code] is not before:
            tenant.replace(before.policy, call.at, former)
        raise
    call.service.journal.say(
        "published",
        tenant=call.tenant.name,
        set=policy.code,
        digest=policy.digest,
        number=number,
    )


def bundles(call: Call) -> Answer:
    """Return the published versions, and which are current."""
    kept = _bundles(call)
    return as_json({"bundles": kept.manifests(), "active": kept.active()})


def activate(call: Call) -> Answer:
    """Make a published version the current one: how to go back."""
    kept = _bundles(call)
    number, code = whole_number(call.params["number"], digits=6), call.params["set"]
    if number is None:
        wrong_kind("number", "版次", "the number of a version")
    with _turn(call):
        if number not in (each["number"] for each in kept.manifests(code)):
            known = [f"{each['code']} {each['number']}" for each in kept.manifests()]
            not_there("已发布的版本", "published version", f"{code} {number}", known)
        policy, manifest = kept.open(code, number)
        _refuse_misfit(call, policy)
        _make_current(call, kept, policy, manifest)
    return as_json(manifest)


def _not_ready(
    state: Mapping[str, Any], what_zh: str, what_en: str, problem_zh: str, problem_en: str
) -> NoReturn:
    words = {"what_zh": what_zh, "what_en": what_en}
    reject(409, "ZR797", name=state["draft"], problem_zh=problem_zh, problem_en=problem_en, **words)


# --- the table -------------------------------------------------------------------------------

_OBJECT = {"type": "object"}
_NEW = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": _OBJECT, "note": {"type": "string"}},
}
_REASON = {
    "type": "object",
    "required": ["reason"],
    "properties": {"reason": {"type": "string"}},
}
_SWITCH = {"type": "object", "required": ["on"], "properties": {"on": {"type": "boolean"}}}
_of = partial(
    endpoint, tag="publishing", threaded=True, patient=True, statuses=(200, 404, 409, 422, 501)
)
_drafting, _approving, _publishing = (
    partial(_of, scope=s) for s in ("draft", "approve", "publish")
)
_DRAFT = "/v1/drafts/{draft}"

ENDPOINTS = [
    _drafting(
        "POST",
        "/v1/drafts",
        add,
        "Hand in a draft: check and tests",
        "Draft",
        heavy=True,
        request=_NEW,
        statuses=(201, 400, 501),
    ),
    _drafting("GET", "/v1/drafts", drafts, "All drafts", "Drafts"),
    _drafting("GET", _DRAFT, show, "A draft", "Draft"),
    _drafting(
        "GET",
        f"{_DRAFT}/diff",
        diff,
        "What a draft decides otherwise",
        "DraftDifference",
        heavy=True,
    ),
    _drafting(
        "POST",
        f"{_DRAFT}/shadow",
        shadow,
        "Let a draft decide beside the current set",
        "Shadowing",
        heavy=True,
        request=_SWITCH,
    ),
    _drafting("POST", f"{_DRAFT}/withdraw", withdraw, "Take back a draft that one wrote", "Draft"),
    _approving("POST", f"{_DRAFT}/approve", approve, "Approve somebody else's draft", "Draft"),
    _approving(
        "POST",
        f"{_DRAFT}/return",
        send_back,
        "Send a draft back with a reason",
        "Draft",
        request=_REASON,
    ),
    _publishing(
        "POST",
        f"{_DRAFT}/publish",
        publish,
        "Sign an approved draft and make it current",
        "Version",
        heavy=True,
    ),
    _drafting("GET", "/v1/bundles", bundles, "Published versions", "Versions"),
    _publishing(
        "POST",
        "/v1/bundles/{set}/{number}/activate",
        activate,
        "Make a published version current again",
        "Version",
        heavy=True,
    ),
]
