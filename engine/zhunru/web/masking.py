"""What a viewer may not learn of a case is taken out of every answer about it.

A whistle-blower's name must not reach the accused by any way: not as a fact, not in an event, not
inside a text that somebody wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhunru.casework.office import Office
from zhunru.runtime.case import Actor, Case
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.records import is_record
from zhunru.runtime.refusals import refuse
from zhunru.runtime.scene import Scene
from zhunru.runtime.secrecy import kept_from, visible, withheld
from zhunru.runtime.setting import Setting
from zhunru.store.base import View
from zhunru.worktime.instants import day_of

MASK = "（保密）"
Hidden = Mapping[str, str]
"""The names of the fields that are hidden, with the texts that must not show ("": none)."""

_SHORTEST = 2  # a text of one character stands in too many other words to be taken out of them


def unseen(office: Office, case_id: str, viewer: Actor | None) -> Hidden:
    """Return what a viewer may not learn of a case; None sees everything."""
    if viewer is None:
        return {}

    def look(view: View) -> Case:
        row = view.case(case_id)
        if row is None:
            refuse("ZR752", case=case_id)
        return decode_case(row.body)

    case = office.store.read(look)
    if is_record(case):
        return _of_record(office, case, viewer)
    shown = visible(_setting(office, case), case, viewer)
    return _texts(case, [name for name in case.fields if name not in shown])


def _setting(office: Office, case: Case) -> Setting:
    policies = office.service.policies
    return policies.setting(case.digest, case.flow, lambda register, day: [], day_of(case.at))


def _of_record(office: Office, case: Case, viewer: Actor) -> Hidden:
    """Return the confidential fields of a submission, for all but who sent it."""
    if viewer.unit == case.opener.unit:
        return {}
    return _texts(case, _kept_back(office, case, [viewer.unit]))


def _kept_back(office: Office, case: Case, units: Iterable[str]) -> set[str]:
    """Return the fields of a record that nobody is told, or not these; of a duty there are none."""
    policy = office.service.policies.of(case.digest)
    plan = policy.plans.get(case.flow)
    fields = plan.head.fields if plan is not None else ()
    kept = kept_from(policy.model.chart, fields, case.fields, tuple(units))
    return kept | {field.name for field in fields if field.secret}


def _texts(case: Case, names: Iterable[str]) -> Hidden:
    values = {name: case.fields.get(name) for name in names}
    return {name: value if isinstance(value, str) else "" for name, value in values.items()}


def hidden_from(office: Office, case: Case, units: Iterable[str]) -> Hidden:
    """Return what must not reach any of these units: for what is sent out."""
    # A duty that comes back, or a decision on record, tells people too, and has no workflow.
    if is_record(case):
        return _texts(case, _kept_back(office, case, units) | set(case.confidential))
    setting = _setting(office, case)
    names = withheld(Scene(setting, case.fields, case.opener, case.at), units)
    names |= {field.name for field in setting.flow.fields if field.secret}
    names |= set(case.confidential)
    return _texts(case, names)


def masked(data: Any, hidden: Hidden) -> Any:
    """Return data without hidden fields, and without their texts in other texts."""
    if not hidden:
        return data
    texts = sorted({t for t in hidden.values() if len(t) >= _SHORTEST}, key=len, reverse=True)
    return _masked(data, hidden, texts)


def _masked(data: Any, hidden: Hidden, texts: list[str]) -> Any:
    match data:
        case Mapping():
            return {
                _covered(str(name), texts): _masked(value, hidden, texts)
                for name, value in data.items()
                if name not in hidden
            }
        case str():
            return _covered(data, texts)
        case list() | tuple():
            return [_masked(each, hidden, texts) for each in data]
    return data


def _covered(text: str, texts: list[str]) -> str:
    for each in texts:
        text = text.replace(each, MASK)
    return text
