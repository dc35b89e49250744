"""Documents (文书) as text: slots filled in from the facts of the case, and a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from zhunru.checker.resolved_flows import ResolvedDocument

_SLOT = re.compile("【([^【】]*)】")
_BLANK = "＿＿＿"  # what a clerk fills in by hand where the case does not say it


class Paper(NamedTuple):
    """A document as it goes out."""

    name: str
    number: str
    text: str


def render(document: ResolvedDocument, number: str, day: date, facts: Mapping[str, Any]) -> Paper:
    """Return a document with title, number, text, who signs it, and its date."""
    body = _SLOT.sub(lambda slot: shown(facts.get(slot[1])), document.body)
    signed = [document.signed] if document.signed else []
    seal = ["（印章）"] if document.sealed else []
    lines = [document.title.zh or document.name, number, body, *signed, *seal, shown(day)]
    return Paper(document.name, number, "\n".join(lines))


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
    if isinstance(value, tuple | list | frozenset):
        parts = sorted(value) if isinstance(value, frozenset) else value
        return "、".join(shown(part) for part in parts)
    return str(value)
