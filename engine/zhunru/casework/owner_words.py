"""Whose turn it is in a case, in words: in Chinese, and in English where there is any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhunru.checker.resolved_flows import Body, Joint, Meeting, Owner, Owners
from zhunru.checker.words import Phrase
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.chart import OrgChart
from zhunru.runtime.case import Case
from zhunru.runtime.scene import Scene
from zhunru.runtime.setting import Setting


def owner_words(setting: Setting, case: Case, now: int) -> Phrase:
    """Return who owns the state that a case is in; nothing once it has come to an end."""
    from zhunru.analysis.picture import owner_text

    plan = setting.plan.states.get(case.state)
    if plan is None or plan.state.owner is None:
        return Phrase("", "")
    owner = _called(plan.state.owner, setting, case, now)
    return Phrase(owner_text(owner), owner_text(_english(owner, setting.chart), "en"))


def unheld_roles(policy: CompiledPolicy, owners: Sequence[str]) -> list[str]:
    """Return which of those whose turn it is are roles that no unit has where the case is."""
    chart, posts = policy.model.chart, policy.core.posts
    roles = [name for name in owners if name in chart.roles or name in posts]
    return [name for name in roles if name not in chart.units]


def unheld_words(roles: Sequence[str]) -> Phrase:
    """Return what to do about roles that no unit has: nobody finds such work in an inbox."""
    zh, en = "、".join(roles), ", ".join(roles)
    return Phrase(
        f"这一片没有单位担任“{zh}”，没有派给任何单位：由能代表这个角色的人办理；应当由单位办理的，"
        "在规则集的“单位”里写明由谁担任，或者改派给一个单位",
        f"no unit here has the role {en}, so it was given to none: whoever may act for the role "
        "works on it; where it is for a unit, name the one that has the role among the units of "
        "the set, or reassign the case to a unit",
    )


def _called(owner: Owner, setting: Setting, case: Case, now: int) -> Owner:
    if isinstance(owner, Meeting) and owner.body.kind == "table":
        # The name of a table tells nobody which body is to meet on this case.
        called = Scene(setting, case.fields, case.opener, now).called(owner.body)
        return replace(owner, body=replace(owner.body, name=called or owner.body.name))
    return owner


def _english(owner: Owner, chart: OrgChart) -> Owner:
    """Return an owner with its units by their English names, where the chart gives them one."""

    def spoken(bodies: tuple[Body, ...]) -> tuple[Body, ...]:
        return tuple(replace(body, name=_english_name(body, chart)) for body in bodies)

    match owner:
        case Owners():
            return replace(owner, bodies=spoken(owner.bodies), jointly=spoken(owner.jointly))
        case Joint():
            return replace(owner, parties=spoken(owner.parties))
        case Meeting():
            return replace(owner, body=spoken((owner.body,))[0])


def _english_name(body: Body, chart: OrgChart) -> str:
    # A set has one name for what it calls a body; an alias of a unit may be in another script.
    unit = chart.units.get(body.name)
    names = unit.names if unit is not None else ()
    return next((name for name in names if name.isascii()), body.name)
