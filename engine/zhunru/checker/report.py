"""Where the checks put their findings, and the nearest known name to an unknown one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Edit, Fix, Span
from zhunru.syntax.misspelling import nearest_whole
from zhunru.syntax.said_amounts import amount_meant

MOST_FINDINGS = 5_000
MOST_NAMES = 5_000
MOST_SEARCHES = 300


class Report:
    """Findings about one set; past a bound further ones are dropped, the first ones matter."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self._nearest: dict[tuple[str, int], str] = {}

    def add(
        self,
        code: str,
        span: Span,
        *,
        fix: Fix | None = None,
        related: tuple[tuple[Span, str, str], ...] = (),
        **values: Any,
    ) -> None:
        """Note the finding `code` at `span`; `values` fill the slots of its texts."""
        if len(self.found) < MOST_FINDINGS:
            self.found.append(diagnose(code, span, fix=fix, related=related, **values))

    def note(self, finding: Diagnostic) -> None:
        """Note a finding that is made already."""
        if len(self.found) < MOST_FINDINGS:
            self.found.append(finding)

    def twice(self, named: Iterable[tuple[Hashable, str, Span]]) -> None:
        """Note each name in one place that means what one before it does."""
        seen: set[Hashable] = set()
        for meant, name, span in named:
            if meant in seen:
                self.add("ZR229", span, name=name)
            seen.add(meant)

    def unknown(
        self,
        code: str,
        span: Span,
        name: str,
        known: Iterable[str],
        *,
        meant: str = "",
        behind: str = "",
        **values: Any,
    ) -> None:
        """Note that `name` means nothing, with the nearest of `known` as its likely spelling.

        `meant` is what was surely meant, where that is known; `behind` what stands at `span` after
        the name.
        """
        if len(self.found) >= MOST_FINDINGS:
            return
        # Statutes write 五个工作日; here a number has digits, and a word without is a name.
        near = meant or amount_meant(name) or self.nearest(name, known)
        fix = replace(Fix.writing(span, near), edits=(Edit(span, f"{near}{behind}"),))
        self.add(
            code,
            span,
            fix=fix if near else None,
            name=name,
            hint_zh=f"是否指“{near}”？" if near else "",
            hint_en=f"did you mean `{near}`? " if near else "",
            **values,
        )

    def nearest(self, name: str, known: Iterable[str]) -> str:
        """Return the known name most like `name`, or an empty text; bounded in work."""
        names = tuple(islice(known, MOST_NAMES))
        asked = name, hash(names)
        if asked not in self._nearest:
            # A missing unit is missing in every row of a list: it is one search.
            best = nearest_whole(name, names) if len(self._nearest) < MOST_SEARCHES else name
            self._nearest[asked] = best if best != name else ""
        return self._nearest[asked]
