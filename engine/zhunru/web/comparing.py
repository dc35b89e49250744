"""A draft beside the set that it would replace: what takes seconds, and is done apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Language
from zhunru.opening import open_policy
from zhunru.packing import keep_ready, pack
from zhunru.web.measuring import Found, of_file, of_log

if TYPE_CHECKING:
    from zhunru.analysis.comparison_terms import Section

_MOST_LINES = 200_000  # the newest of a log: the older ones are of other times
_MOST_FLIPS = 200

Place = tuple[Path, tuple[Path, ...]]
"""Where a draft is, and where the sets above it are looked for."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a draft decides otherwise than the current set, in sentences and on one page."""

    sections: tuple[Section, ...]
    pages: Mapping[Language, str]


def _opened(draft: Place) -> CompiledPolicy:
    folder, search = draft
    return open_policy(folder, search=search)


def packed(draft: Place) -> tuple[bytes, str]:
    """Return a draft as `unpack` takes it: ready there, so that this takes no time again."""
    policy = _opened(draft)
    keep_ready(policy)
    return pack(policy), policy.digest


def weigh(
    current: CompiledPolicy, draft: Place, log: Path | None, *, known: bool
) -> tuple[Compared | None, Found]:
    """Return what a draft decides otherwise, unless it is known, and what it changes on record."""
    from zhunru.analysis import compare

    policy = _opened(draft)
    found = of_log(current, policy, log)
    if known:
        return None, found
    meaning = compare(current, policy)
    pages: dict[Language, str] = {"zh": meaning.page("zh"), "en": meaning.page("en")}
    return Compared(tuple(meaning.sections()), pages), found


def measure(current: CompiledPolicy, draft: Place, history: Path, received: date) -> Found:
    """Return what a draft changes of the requests in a file."""
    return of_file(current, _opened(draft), history, received)


def changes(current: CompiledPolicy, draft: Place, log: Path | None) -> dict[str, Any]:
    """Return what a draft means otherwise, and which decisions on record it changes, for JSON."""
    from zhunru.analysis import compare

    policy = _opened(draft)
    meaning = compare(current, policy).to_dict()
    return {"meaning": meaning, "impact": _impact(of_log(current, policy, log, _MOST_LINES))}


def _impact(found: Found) -> dict[str, Any]:
    """Return which of the newest decisions on record a draft would have made otherwise."""
    flips = []
    for each in found.listed[:_MOST_FLIPS]:
        pairs = zip(each["turn"], each["codes"], strict=True)
        before, after = ({"outcome": outcome, "code": code} for outcome, code in pairs)
        flips.append({"line": each["line"], "before": before, "after": after})
    return {
        "lines": found.rows,
        "unread": found.unread,
        "flipped": found.flipped,
        "flips": flips,
        "shortened": found.shortened,
    }
