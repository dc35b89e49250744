"""草案影响: which past requests a draft answers otherwise, counted, drawn, and listed by page.

Past requests are those of the decision log, or of a file that is handed in and not kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import Response

from zhunru.compiler import CompiledPolicy
from zhunru.decision import decide
from zhunru.diagnostics import Diagnostic
from zhunru.errors import RequestRejected
from zhunru.reports import Period
from zhunru.reports.page import charts_of
from zhunru.reports.sections import Chart, Report, Section, Text
from zhunru.request_facts import Names
from zhunru.request_files import read_given
from zhunru.vocabulary import OUTCOMES, Outcome
from zhunru.web import publishing
from zhunru.web.decision_log import entries, newest
from zhunru.web.pages.uploads import passing_folder, put
from zhunru.web.pages.visit import Visit
from zhunru.web.problems import reject
from zhunru.web.replay import past_request

if TYPE_CHECKING:
    from zhunru.batch.impact import Flip

MONTH = "月份"
_MOST_LINES = 50_000  # the newest of a log: more would keep the reader waiting
_MOST_LISTED = 5_000
_ON_A_PAGE = 50
_MOST_VALUES = 30
_SUFFIXES = (".csv", ".xlsx", ".jsonl", ".ndjson", ".json")
_MONTH: Text = ("月份", "month")
_SAME: Text = ("结论同，理由不同", "same outcome, another reason")
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
    unread_rows: tuple[tuple[int, Diagnostic], ...] = ()

    def add(self, line: int, facts: Mapping[str, Any], month: str, turn: Turn, codes: Turn) -> None:
        """Count a request that the draft answers otherwise."""
        self.flipped += 1
        self.turns[turn] += 1
        values = {name: str(facts.get(name) or "—")[:80] for name in self.columns}
        values[MONTH] = month or "—"
        for name, value in values.items():
            self.groups.setdefault(name, Counter())[value, turn] += 1
        if len(self.listed) < _MOST_LISTED:
            self.listed.append({"line": line, "values": values, "turn": turn, "codes": codes})


def show(visit: Visit) -> Response:
    """Show what a draft does to the requests on record, or to those of a file handed in before."""
    state, current, draft = opened(visit)
    file = visit.query.get("file", "")
    found = visit.memory.measured.get((*_key(visit, current, draft), file)) if file else None
    if file and found is None:
        return visit.move(visit.path)
    return _page(visit, state, current, found or on_record(visit, current, draft), file)


def on_record(visit: Visit, current: CompiledPolicy, draft: CompiledPolicy) -> Found:
    """Return what a draft does to the requests on record."""
    path = visit.tenant.log.path
    size = path.stat().st_size if path is not None and path.is_file() else 0
    key = (*_key(visit, current, draft), size)
    measured = visit.memory.measured
    return measured.get(key) or measured.keep(key, _of_log(current, draft, path))


def _key(visit: Visit, current: CompiledPolicy, draft: CompiledPolicy) -> tuple[Any, ...]:
    return visit.tenant.name, current.digest, draft.digest


def measure(visit: Visit) -> Response:
    """Measure a draft by a file of past requests; only the counts are kept, and not for long."""
    _, current, draft = opened(visit)
    upload = visit.form.get("history")
    name = upload.filename or "" if isinstance(upload, UploadFile) else ""
    if not isinstance(upload, UploadFile) or not name:
        reject(400, "ZR788", name="history")
    if not name.lower().endswith(_SUFFIXES):
        reject(400, "ZR780", suffix=Path(name).suffix[:20] or name[:80])
    content = upload.file.read()
    mark = blake2b(content, digest_size=8).hexdigest()
    with passing_folder() as folder:
        found = _of_file(current, draft, put(folder, name, content), visit)
    visit.memory.measured.keep((*_key(visit, current, draft), mark), found)
    return visit.move(visit.path, file=mark)


def opened(visit: Visit) -> tuple[dict[str, Any], CompiledPolicy, CompiledPolicy]:
    """Return a draft that passed the checks, with the set that it would replace."""
    drafts = visit.tenant.drafts
    if drafts is None:
        reject(501, "ZR794", what_zh="草案文件夹（--drafts）", what_en="a folder of drafts")
    state = drafts.state(visit.request.path_params["draft"])
    if state["status"] in publishing.NOT_COMPARED:
        zh, en = publishing.STANDS[state["status"]]
        what = {"what_zh": "比对", "what_en": "compared", "problem_zh": zh, "problem_en": en}
        reject(409, "ZR797", name=state["draft"], **what)
    key = (visit.tenant.name, state["draft"], state["digest"])
    # Reading a set takes seconds; its pages are gone through one after the other.
    read = visit.memory.drafts
    draft = read.get(key) or read.keep(key, drafts.open(state))
    return state, visit.tenant.current(state["set"]).policy, draft


# --- past requests -------------------------------------------------------------------------------


def _of_log(current: CompiledPolicy, draft: CompiledPolicy, path: Path | None) -> Found:
    """Decide the newest requests on record again, by the draft."""
    found = Found(columns=_columns(current))
    for line, body in _lines(path, found):
        found.rows += 1
        try:
            after = decide(draft, past_request(draft, body), body["decision"])
        except (RequestRejected, KeyError):
            found.unread += 1
            continue
        before = body["result"]
        turn, codes = (before["outcome"], after.outcome.value), (before["code"], after.code)
        if turn[0] != turn[1] or codes[0] != codes[1]:
            facts = body["given"]["facts"]
            found.add(line, facts, str(body["at"])[:7], turn, (codes[0] or "", codes[1] or ""))
    return found


def _lines(path: Path | None, found: Found) -> Iterator[tuple[int, dict[str, Any]]]:
    lines, found.shortened = newest(path, _MOST_LINES)
    for number, body in entries(lines):
        if body is None:
            found.rows, found.unread = found.rows + 1, found.unread + 1
        else:
            yield number, body


def _of_file(current: CompiledPolicy, draft: CompiledPolicy, path: Path, visit: Visit) -> Found:
    """Decide the requests of a file by both sets."""
    # Data frames take their time to load: only who measures by a file pays for it.
    from zhunru.batch.impact import measure_impact

    found = Found(columns=_columns(current))
    day = current.plan("").governing_field

    def flipped(flip: Flip) -> None:
        turn = (_named(flip.before.outcome), _named(flip.after.outcome))
        codes = (flip.before.code, flip.after.code)
        found.add(row_of(flip.line), flip.given, _month(flip.given, day), turn, codes)

    def row_of(line: int) -> int:
        """Return where a row stands in the file that was handed in."""
        return numbers[line - 1] if numbers else line

    numbers: list[int] = []
    if path.suffix == ".xlsx":
        path = _as_lines(path, current, numbers)
    measured = measure_impact(
        current, draft, path, received=visit.at.date(), by=(), on_flip=flipped
    )
    found.rows, found.unread = measured.rows, measured.unread
    found.blind = bool(measured.rows) and not measured.used
    found.unused = tuple(measured.unused)
    found.unread_rows = tuple((row_of(line), each) for line, each in measured.unread_rows)
    return found


def _as_lines(path: Path, policy: CompiledPolicy, numbers: list[int]) -> Path:
    """Write the rows of a workbook as lines of JSON: its headings are found by names of fields.

    `numbers` takes where each row stands in the workbook.
    """
    names = Names.of(policy, next(iter(policy.plans)))
    lines = path.with_suffix(".jsonl")
    with lines.open("wb") as file:
        for row in read_given(path, names.knows):
            given = row.given if isinstance(row.given, Mapping) else {}
            numbers.append(row.span.line)
            file.write(orjson.dumps(dict(given), default=str) + b"\n")
    return lines


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


# --- shown ---------------------------------------------------------------------------------------


def _page(
    visit: Visit, state: dict[str, Any], current: CompiledPolicy, found: Found, file: str
) -> Response:
    sections = tuple(_sections(found))
    report = Report(current.code, current.digest, Period(), sections)
    drawn = charts_of(report, visit.language)
    start = visit.query.get("from", "")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0
    return visit.page(
        "impact.html",
        here="drafts",
        state=state,
        found=found,
        sections=sections,
        charts={key: orjson.dumps(value).decode() for key, value in drawn.items()},
        flips=[(flip, _turned(flip["turn"])) for flip in found.listed[first : first + _ON_A_PAGE]],
        start=first,
        following=first + _ON_A_PAGE if first + _ON_A_PAGE < len(found.listed) else 0,
        file=file,
        month=MONTH,
        months=_MONTH,
        # Counts are for whoever drafts; what single requests said is for whoever sees cases.
        told=visit.principal.may("cases:read") or bool(file),
    )


def _sections(found: Found) -> Iterator[Section]:
    """Yield a table and a chart for each way to group: by sender, community, kind and month."""
    turns = [turn for turn, _ in found.turns.most_common()]
    for number, (name, counts) in enumerate(found.groups.items()):
        totals: Counter[str] = Counter()
        for (value, _), n in counts.items():
            totals[value] += n
        ordered = sorted(totals, key=lambda value: (-totals[value], value))
        if name == MONTH:
            ordered = sorted(totals)
        title: Text = _MONTH if name == MONTH else (name, name)
        yield Section(
            f"by{number}",
            (f"按{title[0]}", f"By {title[1]}"),
            (title, ("合计", "total"), *(_turned(turn) for turn in turns)),
            tuple(
                (value, totals[value], *(counts[value, turn] for turn in turns))
                for value in ordered[:_MOST_VALUES]
            ),
            Chart("stacked", 0, tuple(range(2, 2 + len(turns)))),
        )


def _turned(turn: Turn) -> Text:
    """Return what became of an outcome, in words."""
    before, after = turn
    if before == after:
        return _SAME
    zh, en = (_word(each) for each in turn)
    return f"{zh[0]} → {en[0]}", f"{zh[1]} → {en[1]}"


def _word(value: str) -> Text:
    if value == "unread":
        return "读不了", "unreadable"
    zh, en = OUTCOMES[Outcome(value)][:2]
    return zh, en
