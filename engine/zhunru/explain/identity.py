"""Units that a request names and the chart does not know: said in words, with who may be meant."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from zhunru.checker.resolved import OUTSIDE
from zhunru.checker.words import Phrase
from zhunru.compiler.chart import OrgChart
from zhunru.explain.answers import Unresolved
from zhunru.explain.case import Case

_MOST = 3
_NEAR = 60
_MAX_ASKED = 100


def unresolved(case: Case) -> tuple[Unresolved, ...]:
    """Return the units that were given and not found, in the order of the form."""
    doubts = case.ruling.reading.doubts
    return tuple(
        _unresolved(case, field, doubts[field]) for field in case.plan.fields if field in doubts
    )


def _unresolved(case: Case, field: str, given: str) -> Unresolved:
    units, hint = _meant(case, given)
    return Unresolved(
        field=field,
        given=given,
        units=tuple(units),
        zh=f"{field}：查不到单位“{given}”，{hint.zh}",
        en=f"{field}: no unit is called `{given}`; {hint.en}",
    )


def _meant(case: Case, given: str) -> tuple[list[str], Phrase]:
    """Return which units may be meant, and why they are thought of."""
    chart = case.model.chart
    known = chart.known(case.day)
    if given in chart.units:
        zh, en = f"它在{case.day}不在组织架构内", f"it is not on the chart of {case.day}"
        return [], Phrase(zh, en)
    holders = [unit for unit in known if chart.holds_role(unit, given)]
    if holders:
        return _role(holders)
    of_level = [unit for unit in known if chart.units[unit].level == given]
    if of_level:
        listed = _listed(of_level)
        zh = f"它是层级，请写具体单位，如{listed.zh}"
        return of_level[:_MOST], Phrase(zh, f"it is a level; name the unit, such as {listed.en}")
    return _near(chart, known, given)


def _role(holders: list[str]) -> tuple[list[str], Phrase]:
    listed = _listed(holders)
    zh = f"它是角色，由{listed.zh}担任，请写具体单位"
    return holders[:_MOST], Phrase(zh, f"it is a role held by {listed.en}; name the unit")


def _near(chart: OrgChart, known: list[str], given: str) -> tuple[list[str], Phrase]:
    """Return units of a similar name."""
    names = {name: unit for unit in known for name in (unit, *chart.units[unit].names)}
    found = process.extract(
        given[:_MAX_ASKED], list(names), scorer=fuzz.ratio, limit=2 * _MOST, score_cutoff=_NEAR
    )
    units = list(dict.fromkeys(names[name] for name, _, _ in found))[:_MOST]
    if units:
        listed = _listed(units)
        return units, Phrase(f"是不是{listed.zh}？", f"did you mean {listed.en}?")
    return [], Phrase(
        f"系统外的单位请写“{OUTSIDE}名称”", "write `outside:name` for a body outside the chart"
    )


def _listed(units: Iterable[str]) -> Phrase:
    some = list(units)
    zh, en = "、".join(some[:_MOST]), ", ".join(some[:_MOST])
    return Phrase(f"{zh}等", f"{en}, among others") if len(some) > _MOST else Phrase(zh, en)
