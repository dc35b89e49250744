"""Raw nodes of checks, scorecards, matchings and promises to nodes of the source tree."""

from __future__ import annotations

from typing import Any

from lark.lexer import Token

from zhunru.syntax.expressions import Quantity
from zhunru.syntax.lalr import Branch
from zhunru.syntax.lowering_expressions import with_measure
from zhunru.syntax.measure_nodes import (
    Consequence,
    Counted,
    Floor,
    Grade,
    Indicator,
    Ranking,
    Raters,
    ScoreClass,
    Spell,
    Use,
)
from zhunru.syntax.nodes import Name
from zhunru.syntax.reading import Item, Kids, Reading, lowers, only, token_type, values_of
from zhunru.vocabulary import MEASURES, Measure, Outcome

_MEASURE_WORDS = frozenset(
    word.removeprefix("个") or "个"
    for pair in MEASURES.values()
    for words in pair
    for word in words
)


def after(kids: Kids, terminal: str) -> Any:
    """Return what stands behind a word, or None."""
    for at, kid in enumerate(kids):
        if isinstance(kid, Token) and kid.type == terminal:
            return kids[at + 1] if at + 1 < len(kids) else None
    return None


def _items(kids: Kids) -> list[Item]:
    """Return the items among the children, those of a rule of several too."""
    found: list[Item] = []
    for kid in kids:
        if isinstance(kid, Item):
            found.append(kid)
        elif isinstance(kid, list):
            found += _items(kid)
    return found


# --- checks ------------------------------------------------------------------------------------


@lowers("check_scope", "k_check_scope")
def _scope(reading: Reading, branch: Branch, kids: Kids) -> list[Item]:
    span = reading.span(branch)
    found = [Item("every", only(kids, Name), span)]
    for key, terminal in (("beside", "WITH"), ("where", "WHERE")):
        value = after(kids, terminal)
        if value is not None:
            found.append(Item(key, value, span))
    return found


@lowers("check_deadline")
def _deadline(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("before", kids[1], reading.span(branch))


@lowers("check")
def _check(reading: Reading, branch: Branch, kids: Kids) -> list[Item]:
    span = reading.span(branch)
    found = _items(kids)
    if token_type(kids, "SHOULD"):
        found.append(Item("should", True, span))
    demand = after(kids, "SHOULD") or after(kids, "MUST")
    return [*found, Item("demand", demand, span)]


@lowers("amount")
def _amount(reading: Reading, branch: Branch, kids: Kids) -> tuple[Any, Any]:
    """Return the least and the greatest number."""
    ends = tuple(values_of(kids))
    if token_type(kids[:1], "ATLEAST", "GE"):
        return ends[0], None
    if token_type(kids[:1], "ATMOST", "LE"):
        return None, ends[0]
    return with_measure(ends[0], ends[-1]), ends[-1]


@lowers("counted_rows")
def _counted_rows(reading: Reading, branch: Branch, kids: Kids) -> dict[str, Any]:
    names = [kid for kid in kids if isinstance(kid, Name)]
    past, rolling = after(kids, "PAST"), after(kids, "ROLLING")
    span = reading.span(branch)
    spell = None
    if past is not None or rolling is not None:
        spell = Spell(kind="past" if past else "rolling", length=past or rolling, span=span)
    elif token_type(kids, "THISYEAR"):
        spell = Spell(kind="year", span=span)
    unit = names[0] if len(names) > 1 else None
    if unit is not None and unit.text not in _MEASURE_WORDS:
        reading.report("ZR137", unit.span, found=unit.text)
    return {
        "unit": unit,
        "subject": names[-1],
        "where": after(kids, "WHERE"),
        "spell": spell,
    }


@lowers("counted")
def _counted(reading: Reading, branch: Branch, kids: Kids) -> Counted:
    low, high = next(kid for kid in kids if type(kid) is tuple and not _are_names(kid))
    each = next((kid for kid in kids if type(kid) is tuple and _are_names(kid)), ())
    rows = next(kid for kid in kids if isinstance(kid, dict))
    return Counted(low=low, high=high, each=each, span=reading.span(branch), **rows)


def _are_names(kid: tuple[Any, ...]) -> bool:
    return bool(kid) and all(isinstance(one, Name) for one in kid)


_CONSEQUENCES: dict[str, Any] = {"RECTIFY": "rectify", "HINT": "hint", "ENLIST": "enlist"}


@lowers("consequence")
def _consequence(reading: Reading, branch: Branch, kids: Kids) -> Consequence:
    to = kids[1] if len(kids) > 1 else None
    return Consequence(kind=_CONSEQUENCES[kids[0].type], to=to, span=reading.span(branch))


# --- promises ----------------------------------------------------------------------------------


@lowers("promise")
def _promise(reading: Reading, branch: Branch, kids: Kids) -> list[Item]:
    span = reading.span(branch)
    outcome = after(kids, "ALWAYS")
    parts = {
        "decision": after(kids, "AT"),
        "where": after(kids, "WHERE"),
        "outcome": Outcome[outcome.type] if outcome is not None else None,
        "regardless": after(kids, "REGARDLESS"),
    }
    said = [Item(key, value, span) for key, value in parts.items() if value is not None]
    return [*said, *_items(kids)]


# --- scorecards --------------------------------------------------------------------------------


@lowers("raters", "k_raters")
def _raters(reading: Reading, branch: Branch, kids: Kids) -> Item:
    span = reading.span(branch)
    raters = Raters(
        names=only(kids, tuple),
        anonymous=token_type(kids, "ANONYMOUS") is not None,
        sample=only(kids, Quantity),
        span=span,
    )
    return Item("raters", raters, span)


@lowers("i_expected")
def _expected(reading: Reading, branch: Branch, kids: Kids) -> Item:
    """Return how many there must be: entries of a list, or classes and items of a scorecard."""
    numbers = tuple(values_of(kids))
    return Item("expected", numbers if len(numbers) > 1 else numbers[0], reading.span(branch))


@lowers("indicator", "k_indicator")
def _indicator(reading: Reading, branch: Branch, kids: Kids) -> Indicator:
    items = {item.key: item.value for item in _items(kids)}
    return Indicator(
        name=only(kids, Name),
        value=after(kids, "EQ"),
        weight=items.get("weight"),
        full=items.get("full"),
        raters=items.get("raters", ()),
        citations=items.get("citations", ()),
        span=reading.span(branch),
    )


@lowers("score_class")
def _score_class(reading: Reading, branch: Branch, kids: Kids) -> ScoreClass:
    """Return a class; of its numbers a percentage is the weight, the other what is expected."""
    numbers = [kid for kid in kids if isinstance(kid, Quantity)]
    weight = after(kids, "WEIGHT") or _share(numbers)
    counts = [one for one in numbers if one is not weight]
    return ScoreClass(
        name=only(kids, Name),
        weight=weight,
        expected=int(counts[0].value) if counts else None,
        span=reading.span(branch),
    )


def _share(numbers: list[Quantity]) -> Quantity | None:
    return next((one for one in numbers if one.measure is Measure.PERCENT), None)


@lowers("grade")
def _grade(reading: Reading, branch: Branch, kids: Kids) -> Grade:
    return Grade(name=only(kids, Name), least=only(kids, Quantity), span=reading.span(branch))


@lowers("grades", "uses", "floors")
def _listed(reading: Reading, branch: Branch, kids: Kids) -> tuple[Any, ...]:
    return tuple(values_of(kids))


@lowers("ranking")
def _ranking(reading: Reading, branch: Branch, kids: Kids) -> Ranking:
    reached = next((kid for kid in kids if isinstance(kid, tuple)), (None,))[0]
    return Ranking(
        top=kids[1],
        grade=reached if isinstance(reached, Name) else None,
        least=reached if isinstance(reached, Quantity) else None,
        recommend=after(kids, "RECOMMEND"),
        span=reading.span(branch),
    )


@lowers("standard")
def _standard(reading: Reading, branch: Branch, kids: Kids) -> tuple[Any, ...]:
    """Return the grade or the score to be reached, apart from what it leads to."""
    return (kids[-1],)


@lowers("use")
def _use(reading: Reading, branch: Branch, kids: Kids) -> Use:
    return Use(name=kids[1], share=only(kids, Quantity), span=reading.span(branch))


@lowers("floor")
def _floor(reading: Reading, branch: Branch, kids: Kids) -> Floor:
    cap = token_type(kids, "ATMOST", "LE") is not None
    return Floor(name=kids[0], share=kids[-1], cap=cap, span=reading.span(branch))


@lowers("i_classes")
def _classes(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("classes", tuple(values_of(kids)), reading.span(branch))
