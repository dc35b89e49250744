"""会议: who belongs, who was there, who agreed, and what that makes (W14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from zhunru.checker.resolved_flows import Line, Meeting, Quorum
from zhunru.runtime.authority import check_turn, unit_of
from zhunru.runtime.case import Command
from zhunru.runtime.inputs import given as given_as
from zhunru.runtime.people import Given, act, choose
from zhunru.runtime.refusals import listed, refuse
from zhunru.runtime.scene import Scene
from zhunru.runtime.stepping import Stepper
from zhunru.syntax.numerals import number_in_digits
from zhunru.vocabulary import NOT_PASSED, PASSED, TOO_FEW

if TYPE_CHECKING:
    from zhunru.runtime.setting import StateDesk

MEET = ("会议", "meeting")
RESULTS = (PASSED, NOT_PASSED, TOO_FEW)
_BELONGING, _PRESENT, _FAVOUR, _RECUSED = (
    ("应到", "belonging"),
    ("到会", "present"),
    ("赞成", "favour"),
    ("回避", "recused"),
)
_HEADS = re.compile(r"(?:([-+]?\d{1,9}(?:\.\d+)?)|(\w+?))\s*(?:[人名位户票]|persons?|households?)?")
_MARKS = re.compile(r"[、,，;；\r\n]")
_KEYS = frozenset((*_BELONGING, *_PRESENT, *_FAVOUR, *_RECUSED))


@dataclass(frozen=True, slots=True)
class Figures:
    """How many belong without the recused, how many of them were present, how many agreed."""

    base: int
    present: int
    favour: int
    recused: tuple[str, ...] = ()


def meet(stepper: Stepper, desk: StateDesk, command: Command) -> None:
    """Record a meeting: it decides something, or it is held again within the limit."""
    owner = desk.owner
    assert isinstance(owner, Meeting)
    check_turn(stepper, desk, command.actor, command.at)
    raw = {name: value for name, value in command.inputs.items() if name not in _KEYS}
    given = Given(stepper, command, raw)
    _check_recorder(given.scene, owner, command)
    figures = figures_of(given.scene, owner, command)
    words = result_of(owner, figures)
    lines = _lines(desk, words)
    said = {
        "result": words[0],
        "base": figures.base,
        "present": figures.present,
        "favour": figures.favour,
        **given.data(),
    }
    if figures.recused:
        said["recused"] = figures.recused
    if owner.body.kind == "table":
        # The workflow names no body here, so the record has to say which of them met.
        said["body"] = stepper.scene(command.at).called(owner.body)
    if not lines:
        _again(stepper, desk, command, given, said)
        return
    act(stepper, choose(stepper, lines, given, words[0]), command, given, said)


def _check_recorder(scene: Scene, owner: Meeting, command: Command) -> None:
    """Refuse a recused body that would write down itself how the meeting on its matter ended.

    Where only numbers are given, nothing else would show that it took part.
    """
    unit = unit_of(scene.setting, command.actor, command.at)
    if owner.recused and scene.setting.chart.is_within(unit, scene.bearer(owner.recused).units):
        _wrong(f"{unit}应当回避", "a recused body recorded the meeting")


def _again(
    stepper: Stepper, desk: StateDesk, command: Command, given: Given, said: dict[str, Any]
) -> None:
    """Nothing follows from this meeting: the state stays, and its clock runs on."""
    data = {"from": desk.name, **said}
    if given.facts:
        data["fields"] = given.facts
    stepper.record("met", command.at, data, command.actor)


def _lines(desk: StateDesk, words: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(line for word in words for line in desk.by_verb.get(word, ()))


# --- figures -----------------------------------------------------------------------------------


def figures_of(scene: Scene, owner: Meeting, command: Command) -> Figures:
    """Return the figures of a meeting, from names or counts; refused if they do not add up."""
    inputs, verb = command.inputs, command.verb
    recused = scene.bearer(owner.recused).units if owner.recused else ()
    roster = roster_of(scene, owner, command)
    present, favour = given_as(inputs, *_PRESENT), given_as(inputs, *_FAVOUR)
    missing = [name[0] for name, value in ((_PRESENT, present), (_FAVOUR, favour)) if value is None]
    if missing:
        refuse("ZR726", verb=verb, **listed("missing", missing))
    # A body is the same under its short name: recused as 民政局 it must not count as 区民政局.
    named = _bodies(scene, given_as(inputs, *_RECUSED))
    chart = scene.setting.chart
    out = {unit for unit in roster if chart.is_within(unit, recused)} | (named & set(roster))
    base = len(roster) - len(out) if roster else _base(inputs, verb)
    members = set(roster) - out if roster else None
    agreed = _bodies(scene, favour)
    if agreed & (out | named):
        _wrong(f"{'、'.join(sorted(agreed & (out | named)))}应当回避", "a recused body voted")
    # Numbers that add up do not show it: of five present three others may be said to have agreed.
    absent = agreed - _bodies(scene, present) if not _is_number(present) else set()
    if absent:
        _wrong(f"{'、'.join(sorted(absent))}没有到会", "a body agreed that was not present")
    # Whoever only sits in is not counted; but a vote that is nobody's would be lost without a word.
    strangers = agreed - set(roster) if roster else set()
    if strangers:
        _wrong(f"{'、'.join(sorted(strangers))}不在应到之列", "a body agreed that does not belong")
    here = _counted(scene, present, members)
    yes = _counted(scene, favour, members)
    _add_up(base, here, yes)
    return Figures(base, here, yes, tuple(sorted(out | named)))


def roster_of(scene: Scene, owner: Meeting, command: Command) -> tuple[str, ...]:
    """Return who belongs, as the chart of the day or the list given has it; (): only a number.

    A body that one unit convenes (居民代表会议) has its members outside of the chart.
    """
    found = scene.assembly(owner.body).units
    if len(found) > 1:
        return found
    listed_here = given_as(command.inputs, *_BELONGING)
    return tuple(_bodies(scene, listed_here)) if not _is_number(listed_here) else ()


def _base(inputs: Any, verb: str) -> int:
    belonging = given_as(inputs, *_BELONGING)
    if belonging is None:
        refuse("ZR726", verb=verb, **listed("missing", _BELONGING[:1]))
    recused = given_as(inputs, *_RECUSED)
    fewer = _number(recused) if _is_number(recused) else len(_names(recused))
    return _number(belonging) - fewer


def _counted(scene: Scene, value: Any, members: set[str] | None) -> int:
    """Return how many members were named; whoever only sits in is not counted."""
    if _is_number(value):
        return _number(value)
    names = _bodies(scene, value)
    return len(names if members is None else names & members)


def _bodies(scene: Scene, value: Any) -> set[str]:
    """Return who is named, each unit by its own name on the day of the scene."""
    chart = scene.setting.chart
    return {chart.resolve(name, scene.day) or name for name in _names(value)}


def _add_up(base: int, present: int, favour: int) -> None:
    if base < 0 or present < 0 or favour < 0:
        _wrong("人数不能是负数", "a number is negative")
    if present > base:
        _wrong(f"到会 {present} 人，多于应到 {base} 人", f"{present} present of {base}")
    if favour > present:
        _wrong(f"赞成 {favour} 人，多于到会 {present} 人", f"{favour} in favour of {present}")


def _wrong(zh: str, en: str) -> NoReturn:
    refuse("ZR737", reason_zh=zh, reason_en=en)


def _is_number(value: Any) -> bool:
    return _figure(value) is not None


def _number(value: Any) -> int:
    number = _figure(value)
    if number is None or number != int(number):
        _wrong(f"人数不会是 {value}", f"{value} is no number of people")
    return int(number)


def _figure(value: Any) -> Decimal | int | None:
    """Return the number that is given: 20, or as people write it (20人, 二十名); None: names."""
    if isinstance(value, str):
        said = _HEADS.fullmatch(value.strip())
        if said is None:
            return None
        return Decimal(said[1]) if said[1] else number_in_digits(said[2])
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _names(value: Any) -> set[str]:
    """Return the names of a list, or of a text that lists them."""
    if value is None or _is_number(value):
        return set()
    if not isinstance(value, (str, list, tuple, set, frozenset)):
        _wrong("请写人数，或者写名单", "give a number, or names")
    parts = _MARKS.split(value) if isinstance(value, str) else value
    return {str(part).strip() for part in parts if str(part).strip()}


# --- what they make ----------------------------------------------------------------------------


def result_of(owner: Meeting, figures: Figures) -> tuple[str, ...]:
    """Return the words of the result: 通过, 未通过 or 人数不足."""
    if owner.present and not enough(owner.present, figures.present, figures.base):
        return TOO_FEW
    favour = owner.favour or Quorum(share="majority", over="present")
    of = figures.present if favour.over == "present" else figures.base
    return PASSED if enough(favour, figures.favour, of) else NOT_PASSED


def enough(quorum: Quorum, number: int, of: int) -> bool:
    """Tell whether so many of so many reach a quorum; nobody of nobody reaches none."""
    if of <= 0:
        return False
    # In whole numbers: two thirds as a decimal would round, and 6 of 9 fall just short of it.
    if quorum.share == "majority":
        return 2 * number > of
    if quorum.share == "twothirds":
        return 3 * number >= 2 * of
    if quorum.share == "everyone":
        return number == of
    return number * 100 >= (quorum.percent or Decimal(100)) * of
