"""Documents (文书) as text: slots filled in from the facts of the case, and a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from zhunru.checker.resolved_flows import ResolvedDocument

_SLOT = re.compile("【([^【】]*)】")
_BLANK = "＿＿＿"  # what a clerk fills in by hand where the case does not say it


class Paper(NamedTuple):
    """A document as it goes out; `missing` are the slots that are left to be written in by hand."""

    name: str
    number: str
    text: str
    missing: tuple[str, ...] = ()


def render(
    document: ResolvedDocument,
    number: str,
    day: date,
    facts: Mapping[str, Any],
    body_of: Callable[[str], str] = lambda _: "",
) -> Paper:
    """Return a document with title, number, text, who signs it, and its date.

    `body_of` says which body is meant by a role or a level; an empty text: that is not known.
    """

    def said(slot: str) -> str:
        value = facts.get(slot)
        return body_of(slot) or _BLANK if value is None or value == "" else shown(value)

    def filled(text: str) -> str:
        return _SLOT.sub(lambda slot: said(slot[1]), text)

    signed = [body_of(document.signed) or document.signed] if document.signed else []
    seal = ["（印章）"] if document.sealed else []
    title = filled(document.title.zh or document.name)
    lines = [title, number, filled(document.body), *signed, *seal, shown(day)]
    missing = tuple(slot for slot in document.slots if said(slot) == _BLANK)
    return Paper(document.name, number, "\n".join(lines), missing)


def numbered(document: ResolvedDocument, year: int, at: int) -> str:
    """Return the number of the document that is the `at`-th of its kind in a year."""
    return f"{document.number or document.title.zh or document.name}〔{year}〕{at}号"


def shown(value: Any) -> str:
    """Return a fact as a paper shows it."""
    if value is None or value == "":
        return _BLANK
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{shown(value.date())}{value.hour}时{value.minute:02d}分"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple) and len(value) == 2:
        return _stretch(*value)
    if isinstance(value, tuple | list | frozenset):
        parts = sorted(value) if isinstance(value, frozenset) else value
        return "、".join(shown(part) for part in parts)
    return str(value)


def _stretch(first: Any, last: Any) -> str:
    """Return a stretch of days, which may be open at an end."""
    if last is None:
        return f"{shown(first)}起"
    return f"{'' if first is None else shown(first)}至{shown(last)}"
