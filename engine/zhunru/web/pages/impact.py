"""草案影响: which past requests a draft answers otherwise, counted, drawn, and listed by page.

Past requests are those of the decision log, or of a file that is handed in and not kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.responses import Response

from zhunru.compiler import CompiledPolicy
from zhunru.reports import Period
from zhunru.reports.page import charts_of
from zhunru.reports.sections import Chart, Report, Section, Text
from zhunru.vocabulary import OUTCOMES, Outcome
from zhunru.web import comparing, publishing
from zhunru.web.apart import Unfinished
from zhunru.web.comparing import Compared, weigh
from zhunru.web.drafts import Drafts
from zhunru.web.measuring import MONTH, Found, Turn
from zhunru.web.pages.uploads import passing_folder, put
from zhunru.web.pages.visit import Visit
from zhunru.web.problems import reject

_ON_A_PAGE = 50
_MOST_VALUES = 30
_SUFFIXES = (".csv", ".xlsx", ".jsonl", ".ndjson", ".json")
_MONTH: Text = ("月份", "month")
_SAME: Text = ("结论同，理由不同", "same outcome, another reason")


def show(visit: Visit) -> Response:
    """Show what a draft does to the requests on record, or to those of a file handed in before."""
    state, current = chosen(visit)
    file = visit.query.get("file", "")
    found = visit.memory.measured.get((*_key(visit, state, current), file)) if file else None
    if file and found is None:
        return visit.move(visit.path)
    return _page(visit, state, current, found or weighed(visit)[1], file)


def weighed(visit: Visit) -> tuple[Compared, Found]:
    """Return what a draft decides otherwise, and what it does to the requests on record.

    Raises Unfinished, at once where it did before.
    """
    state, current = chosen(visit)
    path = visit.tenant.log.path
    size = path.stat().st_size if path is not None and path.is_file() else 0
    memory, key = visit.memory, _key(visit, state, current)
    told, found = memory.compared.get(key), memory.measured.get((*key, size))
    counted = memory.compared.get((*key, size))
    if isinstance(told, Unfinished):
        raise told
    if isinstance(counted, Unfinished):
        raise counted
    if told is not None and found is not None:
        return told, found
    place = _drafts(visit).place(state)
    try:
        fresh, found = visit.tenant.apart(weigh, current, place, path, known=told is not None)
    except Unfinished as unfinished:
        # What was compared stays known; what is on record is counted again when there is more.
        memory.compared.keep(key if told is None else (*key, size), unfinished)
        raise
    told = told or fresh
    assert told is not None
    memory.compared.keep(key, told)
    return told, memory.measured.keep((*key, size), found)


def known(visit: Visit) -> Compared | None:
    """Return what a draft decides otherwise, if it is known: it stays so, whatever else is put on
    record."""
    told = visit.memory.compared.get(_key(visit, *chosen(visit)))
    return told if isinstance(told, Compared) else None


def compared(visit: Visit) -> Compared:
    """Return what a draft decides otherwise. Raises Unfinished."""
    return known(visit) or weighed(visit)[0]


def _key(visit: Visit, state: dict[str, Any], current: CompiledPolicy) -> tuple[Any, ...]:
    return visit.tenant.name, current.digest, state["draft"], state["digest"]


def measure(visit: Visit) -> Response:
    """Measure a draft by a file of past requests; only the counts are kept, and not for long."""
    state, current = chosen(visit)
    upload = visit.form.get("history")
    name = upload.filename or "" if isinstance(upload, UploadFile) else ""
    if not isinstance(upload, UploadFile) or not name:
        reject(400, "ZR788", name="history")
    if not name.lower().endswith(_SUFFIXES):
        reject(400, "ZR780", suffix=Path(name).suffix[:20] or name[:80])
    content = upload.file.read()
    mark = blake2b(content, digest_size=8).hexdigest()
    place = _drafts(visit).place(state)
    with passing_folder() as folder:
        history = put(folder, name, content)
        found = visit.tenant.apart(comparing.measure, current, place, history, visit.at.date())
    visit.memory.measured.keep((*_key(visit, state, current), mark), found)
    return visit.move(visit.path, file=mark)


def _drafts(visit: Visit) -> Drafts:
    drafts = visit.tenant.drafts
    if drafts is None:
        reject(501, "ZR794", what_zh="草案文件夹（--drafts）", what_en="a folder of drafts")
    return drafts


def chosen(visit: Visit) -> tuple[dict[str, Any], CompiledPolicy]:
    """Return a draft that passed the checks, and the set that it would replace."""
    state = _drafts(visit).state(visit.params["draft"])
    if state["status"] in publishing.NOT_COMPARED:
        zh, en = publishing.STANDS[state["status"]]
        what = {"what_zh": "比对", "what_en": "compared", "problem_zh": zh, "problem_en": en}
        reject(409, "ZR797", name=state["draft"], **what)
    return state, visit.tenant.current(state["set"]).policy


# --- shown ---------------------------------------------------------------------------------------


def _page(
    visit: Visit, state: dict[str, Any], current: CompiledPolicy, found: Found, file: str
) -> Response:
    sections = tuple(_sections(found))
    report = Report(current.code, current.digest, Period(), sections)
    drawn = charts_of(report, visit.language)
    flips, place = visit.part(found.listed, _ON_A_PAGE)
    return visit.page(
        "impact.html",
        here="drafts",
        state=state,
        found=found,
        sections=sections,
        charts={key: orjson.dumps(value).decode() for key, value in drawn.items()},
        flips=[(flip, _turned(flip["turn"])) for flip in flips],
        **place,
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
