"""The registry of diagnostic codes: what each means, in both languages, and how to mend it.

Ranges: 1xx syntax, 2xx names, 3xx values and dates, 4xx lists, tables and decisions,
5xx workflows, 6xx style, 7xx requests and refusals at run time, 8xx files and services,
9xx internal. A code is never reused; it travels unchanged to the terminal, JSON, SARIF and HTTP.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import Any

from zhunru.codes import (
    cases,
    casework,
    decisions,
    exact,
    files,
    internal,
    lists,
    measures,
    names,
    pages,
    request_files,
    requests,
    service,
    simulations,
    store,
    style,
    syntax,
    tables,
    values,
    web,
    workbooks,
    workflows,
)
from zhunru.codes.entry import Code
from zhunru.diagnostics import Diagnostic, Fix, Span

_AREAS = (
    *(syntax, names, values, lists, tables, decisions, measures, exact, workflows),
    *(style, requests, request_files, cases, service, files, store),
    *(simulations, casework, workbooks, web, pages, internal),
)
CODES: dict[str, Code] = {
    code.id: code
    for code in sorted((code for area in _AREAS for code in area.CODES), key=attrgetter("id"))
}

__all__ = ["ABSENCES", "CODES", "WHOLES", "Code", "diagnose", "explain_code"]


def diagnose(
    code: str,
    span: Span,
    *,
    fix: Fix | None = None,
    related: tuple[tuple[Span, str, str], ...] = (),
    **values: Any,
) -> Diagnostic:
    """Return the finding `code` at `span`; `values` fill the slots of its texts.

    Several names are given as a tuple or list: each language joins them with its own comma.
    What a file says is shown in bounds, and without signs that would turn a line of a screen round
    or write elsewhere on it.
    """
    entry = CODES[code]
    zh = {name: _shown(value, "、") for name, value in values.items()}
    en = {name: _shown(value, ", ") for name, value in values.items()}
    return Diagnostic(
        code=code,
        severity=entry.severity,
        span=span,
        zh=entry.zh.format(**zh),
        en=entry.en.format(**en),
        help_zh=entry.help_zh.format(**zh),
        help_en=entry.help_en.format(**en),
        fix=fix,
        related=related,
    )


_LONGEST = 400
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _shown(value: Any, comma: str) -> Any:
    if isinstance(value, tuple | list):
        value = comma.join(map(str, value))
    if not isinstance(value, str):
        return value
    text = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return _UNSEEN.sub("�", text)


# Findings about what is not there: not to be had of a set some of whose lines could not be read,
# because the line that is missed may be one of those.
ABSENCES = frozenset(
    {
        "ZR209",
        "ZR404",
        "ZR405",
        "ZR406",
        "ZR407",
        "ZR416",
        "ZR418",
        "ZR419",
        "ZR420",
        "ZR425",
        "ZR431",
        "ZR432",
        "ZR437",
        "ZR438",
        "ZR440",
        "ZR441",
        "ZR442",
        "ZR443",
        "ZR445",
        "ZR449",
        "ZR498",
    }
)

# Findings about a workflow or a table as a whole: not to be had of one some of whose lines could
# not be read, because the way or the row that is missed may be on those.
WHOLES = frozenset(
    {"ZR451", "ZR501", "ZR505", "ZR506", "ZR519"} | {"ZR521", "ZR522", "ZR523", "ZR524", "ZR526"}
)
# How long a workflow takes is not to be had while a limit in it is wrong.
OF_LIMITS = frozenset({"ZR522", "ZR523", "ZR524"})
NO_LIMIT = frozenset({"ZR201", "ZR301", "ZR302", "ZR503"})

# What the rows of a table meet is not to be had while a cell of it cannot be judged.
OF_ROWS = frozenset({"ZR422", "ZR423", "ZR451", "ZR452"})
NO_ROW = frozenset({"ZR201", "ZR202", "ZR203", "ZR301", "ZR302"})

# What is in force on a day is not to be had while a day is none: ZR111 goes on with another.
OF_DAYS = frozenset({"ZR321", "ZR337"})

# Names that may be written in an upper set, which could not be found or read (上位).
NO_UPPER = frozenset({"ZR809", "ZR810", "ZR811"})
OF_UPPER = frozenset(
    {"ZR201", "ZR203", "ZR204", "ZR205", "ZR206", "ZR207", "ZR212", "ZR216", "ZR223", "ZR224"}
    | {"ZR225"}
)


def explain_code(code: str) -> Code | None:
    """Return what the registry knows of a code (`ZR201`, `zr201` or `201`), or None."""
    number = code.strip().upper().removeprefix("ZR")
    return CODES.get(f"ZR{number}")
