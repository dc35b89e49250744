"""What a draft changes of past requests: counted, grouped, and kept as far as anybody looks at it.

Past requests are those of the decision log, or of a file that is handed in and not kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Diagnostic
from zhunru.vocabulary import Outcome
from zhunru.web.log_lines import entries, newest
from zhunru.web.replay import decided_again

if TYPE_CHECKING:
    from zhunru.batch.frames import Place
    from zhunru.batch.impact import Flip

MONTH = "月份"
_MOST_LINES = 50_000  # the newest of a log: more would keep the reader waiting
_MOST_LISTED = 5_000
_MONTHS = re.compile(r"(\d{4})[-/年.]?(\d{1,2})")

Turn = tuple[str, str]
"""The outcomes before and after; the same one twice: another reason."""


@dataclass
class Found:
    """What a draft does to past requests; `listed` are the flips that can be looked at."""

    rows: int = 0
    unread: int = 0
    flipped: int = 0
    shortened: bool = False
    columns: tuple[str, ...] = ()
    turns: Counter[Turn] = field(default_factory=Counter)
    groups: dict[str, Counter[tuple[str, Turn]]] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=list)
    blind: bool = False  # no column of the file means anything: nothing was compared
    unused: tuple[str, ...] = ()
    unread_rows: tuple[tuple[Place, Diagnostic], ...] = ()
    remarks: tuple[Diagnostic, ...] = ()

    def add(
        self, line: object, facts: Mapping[str, Any], month: str, turn: Turn, codes: Turn
    ) -> None:
        """Count a request that the draft answers otherwise."""
        self.flipped += 1
        self.turns[turn] += 1
        values = {name: str(facts.get(name) or "—")[:80] for name in self.columns}
        values[MONTH] = month or "—"
        for name, value in values.items():
            self.groups.setdefault(name, Counter())[value, turn] += 1
        if len(self.listed) < _MOST_LISTED:
            self.listed.append({"line": line, "values": values, "turn": turn, "codes": codes})


def of_log(
    current: CompiledPolicy, draft: CompiledPolicy, path: Path | None, most: int = _MOST_LINES
) -> Found:
    """Decide the newest requests on record again, by the draft."""
    lines, shortened = newest(path, most)
    found = Found(columns=_columns(current), shortened=shortened)
    for line, body in entries(lines):
        found.rows += 1
        after = None if body is None else decided_again(draft, body)
        if body is None or after is None:
            found.unread += 1
            continue
        before = body["result"]
        turn, codes = (before["outcome"], after.outcome.value), (before["code"], after.code)
        if turn[0] != turn[1] or codes[0] != codes[1]:
            facts = body["given"]["facts"]
            found.add(line, facts, str(body["at"])[:7], turn, (codes[0] or "", codes[1] or ""))
    return found


def of_file(current: CompiledPolicy, draft: CompiledPolicy, path: Path, received: date) -> Found:
    """Decide the requests of a file by both sets."""
    # Data frames take their time to load: only who measures by a file pays for it.
    from zhunru.batch.impact import measure_impact

    found = Found(columns=_columns(current))
    day = current.plan("").governing_field

    def flipped(flip: Flip) -> None:
        turn = (_named(flip.before.outcome), _named(flip.after.outcome))
        codes = (flip.before.code, flip.after.code)
        found.add(flip.place, flip.given, _month(flip.given, day), turn, codes)

    measured = measure_impact(current, draft, path, received=received, by=(), on_flip=flipped)
    found.rows, found.unread = measured.rows, measured.unread
    found.blind = bool(measured.rows) and not measured.used
    found.unused = tuple(measured.unused)
    found.unread_rows, found.remarks = tuple(measured.unread_rows), measured.remarks
    return found


def _columns(policy: CompiledPolicy) -> tuple[str, ...]:
    """Return what is counted beside the month: who sent it, to whom, of what kind."""
    from zhunru.batch.impact import usual_columns

    return tuple(name for name in usual_columns(policy) if name != MONTH)


def _named(outcome: Outcome | None) -> str:
    return "unread" if outcome is None else outcome.value


def _month(given: Mapping[str, Any], governing: str) -> str:
    names = [governing, *(name for name in given if name.endswith(("日期", "日", "date")))]
    matches = (_MONTHS.match(str(given.get(name) or "")) for name in names)
    return next((f"{found[1]}-{int(found[2]):02d}" for found in matches if found), "")
