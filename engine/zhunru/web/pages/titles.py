"""What a case is about, in a few words, without anything that is confidential."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhunru.casework.office import Office
from zhunru.checker.resolved import ResolvedField
from zhunru.checker.resolved_flows import ResolvedWorkflow, Withheld
from zhunru.compiler import CompiledPolicy
from zhunru.errors import CaseRefused
from zhunru.runtime.case import Case
from zhunru.vocabulary import TypeName
from zhunru.web.masking import masked

_LONGEST = 60
# How fields are called that say what something is about; a form says it in one of them.
_TELLING = ("事项", "问题", "诉求", "议题", "项目", "内容", "名称", "情况", "反映", "用途", "岗位")
_KINDS = ("情形", "类别", "类型")
_WHOM = "对象"
_MOST_UNREADABLE = 100
_unreadable: set[str] = set()


def title_of(office: Office, case: Case) -> str:
    """Return what a case is about; nothing where its facts do not say."""
    policy = policy_of(office, case.digest)
    if policy is None:
        return ""  # without its set nobody knows what is confidential
    fields, secret = _fields(policy, case)
    secret |= set(case.confidential)
    found = next(_told(case, fields, secret), "")
    # A secret may also stand inside a text that somebody wrote.
    hidden = {name: str(case.fields[name]) for name in secret if name in case.fields}
    title = str(masked(found, hidden))
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"


def policy_of(office: Office, digest: str) -> CompiledPolicy | None:
    """Return the set of a case; one that cannot be read any more is not tried for every row."""
    if digest in _unreadable:
        return None
    try:
        return office.service.policies.of(digest)
    except CaseRefused:
        if len(_unreadable) < _MOST_UNREADABLE:
            _unreadable.add(digest)
        return None


def _told(case: Case, fields: Iterable[ResolvedField], secret: set[str]) -> Iterator[str]:
    """Yield the facts that may serve as a title, the best first."""
    filled = [f for f in fields if case.fields.get(f.name) and f.name not in secret]
    texts = [f for f in filled if f.type.name is TypeName.TEXT]
    yield from (str(case.fields[f.name]) for f in filled if f.type.name is TypeName.MATTER)
    if not filled and isinstance(case.fields.get(_WHOM), str):
        yield str(case.fields[_WHOM])  # a duty that comes back: for whom
    for word in _TELLING:
        yield from (str(case.fields[f.name]) for f in texts if word in f.name)
    # What kind of thing it is says more than a text about something else, such as what was done.
    kinds = [f for f in filled if f.type.name is TypeName.CHOICE]
    yield from (str(case.fields[f.name]) for f in kinds if any(w in f.name for w in _KINDS))
    yield from (str(case.fields[f.name]) for f in texts)


def _fields(policy: CompiledPolicy, case: Case) -> tuple[tuple[ResolvedField, ...], set[str]]:
    """Return the fields that a case has, and the names of those that are not for everybody."""
    flow = policy.core.workflows.get(case.flow)
    plan = policy.plans.get(case.flow)
    fields = flow.fields if flow is not None else plan.head.fields if plan is not None else ()
    secret = {field.name for field in fields if field.secret or field.withheld_from}
    return fields, secret | (_kept_from(flow) if flow is not None else set())


def _kept_from(flow: ResolvedWorkflow) -> set[str]:
    return {each.secret for each in flow.constraints if isinstance(each, Withheld)}
