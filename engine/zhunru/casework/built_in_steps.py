"""What people may do to a case in every workflow, as far as its state lets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhunru.checker.resolved_flows import Joint
from zhunru.runtime.actions import AGREE, DECLINE, EXTEND, RESUME, STOP
from zhunru.runtime.case import Case
from zhunru.runtime.records import is_record
from zhunru.runtime.setting import Setting
from zhunru.vocabulary import BUILT_IN

_WHILE_IT_STANDS = ("supervise", "withdraw")
_REASON, _UNIT, _PERSON = ("理由", "reason"), ("单位", "unit"), ("人员", "person")
_CAUSE, _INTO, _FROM = ("事由", "reason"), ("并入", "into"), ("原单位", "from")
_FIELDS = ("栏目", "fields")
_TEXTS = {
    _REASON: ("可以不填", "may be left out"),
    _UNIT: ("组织架构里的单位", "a unit of the chart"),
    _PERSON: ("姓名，可以不填", "a name; may be left out"),
    _INTO: ("并到哪一件：办件编号", "the number of the case that it becomes a part of"),
    _FROM: (
        "替换哪一家；不填就是自己，别家的由牵头单位或者会办以外的上级改派",
        "whom it replaces; else oneself; another's part is for the lead, or for a body above",
    ),
    _FIELDS: (
        "保密的栏目，几个之间用、隔开；不填就是流程里写明保密的",
        "what to keep secret, parted by 、; else what the workflow keeps secret",
    ),
}
_TAKES = {
    "supervise": (_REASON,),
    "urge": (_REASON,),
    "add": (_UNIT, _REASON),
    "reassign": (_UNIT, _PERSON, _REASON),
    "merge": (_INTO, _REASON),
    "withdraw": (_REASON,),
    "anonymous": (_FIELDS, _REASON),
}
_MUST = {"add": (_UNIT,), "merge": (_INTO,)}

Step = dict[str, Any]


def built_in_steps(setting: Setting, case: Case) -> list[Step]:
    """Return what can be done beside the actions of the state, in the form of those.

    Who may do it is asked when it is done; what the state forbids, or what the clock does not let,
    is left out.
    """
    if case.closed or is_record(case):
        return []
    plan = setting.plan.states[case.visit.state]
    found = [*_of_the_clock(setting, case), *_of_people(setting, case)]
    # A state may have an action of its own that is called the same: then that is meant.
    left_out = {*plan.state.forbidden, *(line.name for line in plan.actions)}
    return [step for step in found if left_out.isdisjoint((step["key"], step["action"]))]


def _stands(case: Case) -> bool:
    pauses = case.visit.pauses
    return bool(pauses) and pauses[-1].until is None


def _of_the_clock(setting: Setting, case: Case) -> Iterator[Step]:
    state, visit = setting.plan.states[case.visit.state].state, case.visit
    reasons = [reason for clause in state.suspensions for reason in clause.reasons]
    parties = any(p.pauses and p.pauses[-1].until is None for p in case.asked)
    if _stands(case) or parties:
        yield _step("resume", RESUME, _input(_REASON))
    if _stands(case):
        return
    if reasons:
        yield _step("stop", STOP, _input(_CAUSE, values=reasons))
    clause = state.extension
    if visit.extending is not None:
        yield _step("agree", AGREE, _input(_REASON))
        yield _step("decline", DECLINE, _input(_REASON))
    elif clause is not None and visit.due is not None and visit.extended < clause.times:
        yield _step("extend", EXTEND, _input(_REASON))


def _of_people(setting: Setting, case: Case) -> Iterator[Step]:
    joint = isinstance(setting.plan.states[case.visit.state].state.owner, Joint)
    for key, words in BUILT_IN.items():
        if _stands(case) and key not in _WHILE_IT_STANDS:
            continue
        names = _TAKES[key]
        if key == "reassign" and joint:
            names = (_FROM, *names)
        must = _MUST.get(key, ())
        yield _step(key, words, *(_input(name, name in must) for name in names))


def _step(key: str, words: tuple[str, str], *inputs: Step) -> Step:
    return {
        "key": key,
        "action": words[0],
        "word": {"zh": words[0], "en": words[1]},
        "inputs": list(inputs),
    }


def _input(name: tuple[str, str], must: bool = False, values: list[str] | None = None) -> Step:
    zh, en = _TEXTS.get(name, ("", ""))
    return {
        "name": name[0],
        "word": {"zh": name[0], "en": name[1]},
        "type": {"zh": zh, "en": en},
        "values": values or [],
        "must": must or bool(values),
        "is_unit": name in (_UNIT, _FROM),
    }
