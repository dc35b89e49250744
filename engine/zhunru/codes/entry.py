"""What the registry knows of one diagnostic code."""

from __future__ import annotations

from dataclasses import dataclass

from zhunru.diagnostics import Severity


@dataclass(frozen=True)
class Code:
    """A diagnostic code.

    `zh`, `en` and the two helps are templates with named slots; user text stands in them inside
    “…” (zh) or `…` (en). `why_*` says on the page of the code what goes wrong if it is ignored.
    """

    id: str
    slug: str
    severity: Severity
    zh: str
    en: str
    help_zh: str
    help_en: str
    why_zh: str
    why_en: str
