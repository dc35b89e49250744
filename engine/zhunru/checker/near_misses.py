"""Names that may be anything, but are one character off one that the set has.

An issuer need not be in the org chart, nor a level among the usual ones: such names are no
mistakes. One that differs from a known name in a single character most likely is, and it would take
effect nowhere without a word: a community of level 社去 is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from zhunru.checker.chart import COMMON_LEVELS
from zhunru.diagnostics import Edit, Fix
from zhunru.syntax import nodes as n
from zhunru.syntax.misspelling import agreeing

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Levels are called by the place; these are the bodies that stand at them.
_BODIES = {
    "街道": ("街道办", "街道办事处", "街办", "办事处"),
    "乡镇": ("乡镇政府", "乡镇人民政府"),
    "镇": ("镇政府", "镇人民政府"),
    "乡": ("乡政府", "乡人民政府"),
    "社区": (
        "社区居委会", "居委会", "社区居民委员会", "居民委员会", "居委", "社居委",
    ),
    "村": ("村委会", "村民委员会", "村居委会", "村委"),
}  # fmt: skip
_LEVEL_OF = {body: level for level, bodies in _BODIES.items() for body in bodies}
_SHORTEST = 3  # of names of bodies: 甲局 and 乙局 differ in one character, too
_MOST = 2_000  # names compared with; a larger chart is no list of names to be misspelt


def check_near_misses(model: Model) -> None:
    """No name of a body is one character off a known one."""
    header = model.scope.header
    bodies = [name for name in model.chart.names() if len(name) >= _SHORTEST]
    said = [header.issuer, header.territory] if header else []
    said += [each.signed for each in model.scope.nodes("document")]
    for name in said:
        if name is not None and len(name.text) >= _SHORTEST:
            _tell(model, name, bodies)
    for name, known in (*_roles(model), *_levels(model)):
        _tell(model, name, known)


def _tell(model: Model, name: n.Name, known: Iterable[str]) -> None:
    names = list(known)
    near = next((each for each in names if _one_off(each, name.text)), "")
    if near and name.text not in names and len(names) <= _MOST:
        fix = Fix.writing(name.span, near)
        model.report.add("ZR226", name.span, fix=fix, name=name.text, near=near)


def _roles(model: Model) -> Iterator[tuple[n.Name, list[str]]]:
    """Yield the roles of units that nothing else says, with those that are declared."""
    declared = [role.name.text for role in model.scope.roles]
    declared += [name for upper in model.scope.uppers for name in upper.chart.roles]
    used = Counter(role.text for unit in model.scope.units.others.values() for role in unit.roles)
    for unit in model.scope.units.others.values():
        for role in unit.roles:
            if used[role.text] == 1 and len(role.text) >= _SHORTEST:
                yield role, declared


def _levels(model: Model) -> Iterator[tuple[n.Name, list[str]]]:
    """Yield the levels of a single unit that are not among the usual ones, with those that are."""
    used = Counter(model.scope.units.levels)
    # Levels of a set's own may well be alike: 楼栋 and 楼道.
    known = [level for level in COMMON_LEVELS if len(level) > 1]
    for level, times in used.items():
        if times == 1 and len(level) > 1 and level not in known:
            unit = model.scope.units[model.scope.units.levels.index(level)]
            if unit.level is not None:
                yield unit.level, known


def check_bodies_for_levels(model: Model) -> None:
    """No level is called by the body that stands at it: what is for the level would miss it."""
    units = model.scope.units
    for level in dict.fromkeys(units.levels):
        place = _LEVEL_OF.get(level, "")
        if not place:
            continue
        nodes = [units[at] for at, each in enumerate(units.levels) if each == level]
        spans = [unit.level.span for unit in nodes if unit.level is not None]
        if not spans:
            continue
        fix = Fix(
            tuple(Edit(span, place) for span in spans),
            f"{len(spans)} 处层级改为“{place}”",
            f"write `{place}` as the level in {len(spans)} place(s)",
            safe=False,
        )
        model.report.add("ZR228", spans[0], fix=fix, level=level, place=place, n=len(spans))


def _one_off(one: str, other: str) -> bool:
    """Tell whether two names of one length differ in one character."""
    return len(one) == len(other) and agreeing(one, other) == len(one) - 1


CHECKS = (check_near_misses, check_bodies_for_levels)
