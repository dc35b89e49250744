"""The words that mean something wherever they stand are kept in Chinese, however written.

So a set is one model in either language; the formatter prints the word of the file's language.
"""

from __future__ import annotations

import re
from dataclasses import replace

from zhunru.syntax.expressions import Ref
from zhunru.syntax.nodes import Given, Name
from zhunru.vocabulary import (
    BUILT_IN,
    DAY,
    FUNCTIONS,
    LEADS_AND_BELOW,
    NATURAL_DAYS,
    OFFICE_HOURS,
    QUOTA_COUNTED,
    QUOTA_USED,
    RECEIPT,
    ROUND_THE_CLOCK,
    SERVICE,
    WINDOWS,
    YES,
    Function,
    Window,
)

IN_FORCE = FUNCTIONS[Function.INFORCE]

_FUNCTIONS = {en: zh for zh, en in FUNCTIONS.values()}
_FACTS = {en: zh for zh, en in (QUOTA_USED, QUOTA_COUNTED)}
# A rolling window has its days in its name, so no table can list it: it has patterns of its own.
_QUOTA_FACTS = _FACTS | {
    f"{window_en}_{en}": window_zh + zh
    for window, (window_zh, window_en) in WINDOWS.items()
    if window is not Window.ROLLING
    for en, zh in _FACTS.items()
}
_QUOTA_FACTS_EN = {zh: en for en, zh in _QUOTA_FACTS.items()}
_FACTS_EN = {zh: en for en, zh in _FACTS.items()}
_ROLLING_ZH, _ROLLING_EN = WINDOWS[Window.ROLLING]
_ROLLING_FACT = re.compile(rf"{_ROLLING_EN}(\d+)_({'|'.join(_FACTS)})")
_ROLLING_FACT_ZH = re.compile(rf"{_ROLLING_ZH}(\d+)日({'|'.join(_FACTS.values())})")


# What people may do in every workflow, calendars without a declaration, settings of calendars.
_FLOW_WORDS = (
    *BUILT_IN.values(),
    *(OFFICE_HOURS, NATURAL_DAYS, ROUND_THE_CLOCK, SERVICE, YES, *RECEIPT),
)
_FLOWS = {en: zh for zh, en in _FLOW_WORDS}
_FLOWS_EN = dict(_FLOW_WORDS)


def flow_word(name: Name) -> Name:
    """Return a name at a place of workflows that takes words of the vocabulary."""
    word = _FLOWS.get(name.text)
    return replace(name, text=word) if word else name


def flow_words(names: tuple[Name, ...]) -> tuple[Name, ...]:
    """Return such names, each as the model keeps it."""
    return tuple(map(flow_word, names))


def english_flow_word(name: Name) -> Name:
    """Return the English word of such a name."""
    word = _FLOWS_EN.get(name.text)
    return replace(name, text=word) if word else name


def function(word: str) -> str:
    """Return the name of a call as the model keeps it."""
    return _FUNCTIONS.get(word, word)


def reference(word: str) -> str:
    """Return a name of an expression as the model keeps it."""
    return LEADS_AND_BELOW[0] if word == LEADS_AND_BELOW[1] else word


def quota_fact(word: str) -> str:
    """Return the fact of a quota as the model keeps it: `每年已用`, `任意连续7日已用`."""
    rolling = _ROLLING_FACT.fullmatch(word)
    if rolling:
        return f"{_ROLLING_ZH}{rolling[1]}日{_FACTS[rolling[2]]}"
    return _QUOTA_FACTS.get(word, word)


def english_quota_fact(word: str) -> str:
    """Return the English word of a fact of a quota."""
    rolling = _ROLLING_FACT_ZH.fullmatch(word)
    if rolling:
        return f"{_ROLLING_EN}{rolling[1]}_{_FACTS_EN[rolling[2]]}"
    return _QUOTA_FACTS_EN.get(word, word)


def facts(given: tuple[Given, ...]) -> tuple[Given, ...]:
    """Return what a test gives, the day and 有效 named as the model keeps them."""
    return tuple(_named(one, DAY[1], DAY[0], IN_FORCE[1], IN_FORCE[0]) for one in given)


def english_facts(given: tuple[Given, ...]) -> tuple[Given, ...]:
    """Return what a test gives, the day and 有效 named in English."""
    return tuple(_named(one, *DAY, *IN_FORCE) for one in given)


def _named(given: Given, day: str, day_as: str, valid: str, valid_as: str) -> Given:
    subject, value = given.subject, given.value
    if isinstance(subject, Ref) and subject.name == day:
        given = replace(given, subject=replace(subject, name=day_as))
    if isinstance(value, Ref) and value.name == valid:
        given = replace(given, value=replace(value, name=valid_as))
    return given
