"""Which cases a list shows: what is open, late or closed, comes back, or was decided.

A page is read from the indexes of the store: ids hold the day that a case was opened, so the newest
cases of some states are the ends of as many stretches. Words are looked for from the newest on, in
so many cases at a time; the reader is told how far that was, and may go on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeVar

from zhunru.casework.office import listed
from zhunru.casework.owner_words import unheld_roles
from zhunru.checker.resolved import normal_title
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.ids import partition_name, partition_of
from zhunru.runtime.looking import MOST_WAITING, shown_at
from zhunru.runtime.records import is_record
from zhunru.runtime.service import micros
from zhunru.store.base import CaseRow, Shelf
from zhunru.web.pages.titles import policy_of, title_of
from zhunru.web.pages.visit import Visit
from zhunru.web.reading import whole_number

TABS = ("open", "late", "closed", "duties", "records")
PAST = frozenset({"closed", "records"})
"""Tabs of what waits for nobody: there is no inbox of it."""

ON_A_PAGE = 50
BETWEEN = "›"
"""Stands between a workflow and its state where one choice names both."""

_LOOKED_AT = 3_000  # cases whose words are compared for one page
_AT_ONCE = 500
_NUMBER = re.compile(r"(?:(?P<code>[^.\s]+)\.)?(?P<kind>[cdr])?(?P<tail>\d{6,8}(?:-[a-z0-9.]*)?)")
# The first letter of an id, behind that of its set: cases are opened (c) or follow from a
# decision (d), as the records of decisions do; duties that come back have records of their own (r).
_KINDS = {"duties": "r", "records": "d"}
_CASES = "cd"

Place = tuple[str, str, bool]
K = TypeVar("K")


class Wanted(NamedTuple):
    """What is asked for: a tab, a workflow and its state, whose turn it is, words, and from where.

    `after` is the last id of the page before, of late cases behind its due instant; `code` a set.
    """

    tab: str
    flow: str
    state: str
    who: str
    words: str
    after: str
    code: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], own: str) -> Wanted:
        """Return what the address of a page asks for; whoever has a unit begins with its cases."""
        tab = query.get("tab", TABS[0])
        flow, _, state = query.get("in", "").partition(BETWEEN)
        who = query.get("who", own).strip()
        words, after = query.get("q", "").strip(), query.get("after", "")
        tab = tab if tab in TABS else TABS[0]
        return cls(tab, flow, state, who, words, after, query.get("set", ""))

    @property
    def number(self) -> re.Match[str] | None:
        """Return the number that is looked for, where no words are."""
        return _NUMBER.fullmatch(self.words)

    @property
    def is_inbox(self) -> bool:
        """Tell whether only what waits for somebody is asked for. A number is looked for in all."""
        return bool(self.who) and self.tab not in PAST and self.number is None


@dataclass
class Page:
    """A page of cases; `after` where the next begins, `until` how far words were looked for."""

    rows: list[dict[str, Any]]
    after: str = ""
    until: str = ""
    count: int | None = None
    bounded: bool = False  # there may be more than were looked through
    tabs: dict[str, int] = field(default_factory=dict)
    places: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)


def page_of(visit: Visit, wanted: Wanted) -> Page:
    """Return the page that is asked for."""
    shelves = _Shelves(visit, wanted.code)
    return (_Waiting if wanted.is_inbox else _Everything)(shelves, wanted).page()


class _Shelves:
    """The cases of a tenant, by what they are of: of all its sets, or of one."""

    def __init__(self, visit: Visit, code: str) -> None:
        self.visit = visit
        self.office = visit.tenant.desk
        self.store = self.office.store
        self.now = micros(visit.at)
        self.own = partition_name(code) if code in visit.tenant.sets else ""
        every = [partition_name(each) for each in visit.tenant.sets]
        self.codes = [self.own] if self.own else every
        sets = [current.policy for current in visit.tenant.sets.values()]
        self.duties = {name for policy in sets for name in policy.core.duties}
        self.decisions = {name for policy in sets for name in policy.decisions}

    def tab_of(self, flow: str, closed: bool) -> str:
        """Return under which tab the cases of a workflow are found."""
        if flow in self.duties or flow in self.decisions:
            return "duties" if flow in self.duties else "records"
        return "closed" if closed else "open"

    @cached_property
    def counts(self) -> Mapping[Place, int]:
        """Return how many cases there are by workflow, state and whether they are closed."""
        return self._of_sets(self.store.count_cases)

    def tabs(self) -> dict[str, int]:
        """Return how many cases there are under each tab."""
        tabs: Counter[str] = Counter()
        for (flow, _, closed), number in self.counts.items():
            tabs[self.tab_of(flow, closed)] += number
        return {**tabs, "late": sum(self.late.values())}

    @cached_property
    def late(self) -> Mapping[tuple[str, str], int]:
        """Return how many cases are late, by workflow and state, without duties."""
        found = self._of_sets(partial(self.store.count_late, self.now))
        return {place: n for place, n in found.items() if self.tab_of(place[0], False) == "open"}

    def _of_sets(self, count: Callable[[str], Mapping[K, int]]) -> Mapping[K, int]:
        """Return what is counted of the sets that are asked for: a store may hold others, too."""
        if set(self.store.partitions()) <= set(self.codes):
            return count("")  # all at once
        found: Counter[K] = Counter()
        for code in self.codes:
            found.update(count(code))
        return found

    def has(self, row: CaseRow) -> bool:
        """Tell whether a case is of the sets that are asked for."""
        return partition_of(row.case_id) in self.codes

    def rows(self, ids: Sequence[str]) -> list[CaseRow]:
        """Return the cases that are there, in the order of the ids."""
        found = self.store.read(lambda view: [view.case(each) for each in ids])
        return [row for row in found if row is not None]

    def shown(self, row: CaseRow) -> dict[str, Any]:
        """Return what a list shows of a case."""
        case = decode_case(row.body)
        told = listed(row, self.now)
        code, _, number = row.case_id.partition(".")
        told |= {"title": title_of(self.office, case), "code": code, "number": number}
        policy = None if case.closed or is_record(case) else policy_of(self.office, case.digest)
        told["unheld"] = [] if policy is None else unheld_roles(policy, row.owners)
        return told

    def grouped(
        self, counts: Mapping[tuple[str, str], int], wanted: Wanted
    ) -> list[tuple[str, list[tuple[str, int]]]]:
        """Return workflows with their states and how many cases are in each: those that have some,
        and what is asked for."""
        found: dict[str, list[tuple[str, int]]] = {}
        asked = {(wanted.flow, wanted.state): 0} if wanted.flow else {}
        for (flow, state), number in sorted({**asked, **counts}.items()):
            found.setdefault(flow, []).extend([(state, number)] if state else [])
        return list(found.items())


def _matches(row: Mapping[str, Any], wanted: Wanted) -> bool:
    """Tell whether a case is of the workflow and state, and holds the words, that are asked for."""
    if wanted.flow and row["flow"] != wanted.flow:
        return False
    if wanted.state and row["state"] != wanted.state:
        return False
    text = normal_title(f"{row['case']}{row['title']}")
    return all(normal_title(word) in text for word in wanted.words.split())


class _Everything:
    """The cases of everybody: newest first, late ones by how late they are."""

    def __init__(self, shelves: _Shelves, wanted: Wanted) -> None:
        self.shelves = shelves
        self.wanted = wanted

    def page(self) -> Page:
        """Return the page that is asked for."""
        wanted = self.wanted
        if wanted.number is not None:
            found = Page([self.shelves.shown(row) for row in self._numbered(wanted.number)])
        elif wanted.tab == "late":
            found = self._searched(self._late_chunks(), late=True)
        else:
            found = self._newest()
        counts = self._counts()
        found.places = self.shelves.grouped(counts, wanted)
        found.tabs = self.shelves.tabs()
        if not wanted.words:
            found.count = sum(n for place, n in counts.items() if self._is_wanted(*place))
        return found

    def _counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many cases of this tab are in each state."""
        if self.wanted.tab == "late":
            return self.shelves.late
        found: Counter[tuple[str, str]] = Counter()
        for (flow, state, _), number in self._places():
            found[flow, state] += number
        return found

    def _places(self) -> Iterator[tuple[Place, int]]:
        for place, number in self.shelves.counts.items():
            if self.shelves.tab_of(place[0], place[2]) == self.wanted.tab:
                yield place, number

    def _is_wanted(self, flow: str, state: str) -> bool:
        return self.wanted.flow in ("", flow) and self.wanted.state in ("", state)

    # --- newest first --------------------------------------------------------------------------

    def _newest(self) -> Page:
        places = [place for place, _ in self._places() if self._is_wanted(*place[:2])]
        if not self.wanted.words:
            ids = self._ids(places, self.wanted.after, ON_A_PAGE + 1)
            rows = [self.shelves.shown(row) for row in self.shelves.rows(ids[:ON_A_PAGE])]
            return Page(rows, ids[ON_A_PAGE - 1] if len(ids) > ON_A_PAGE else "")
        return self._searched(self._chunks(places))

    def _chunks(self, places: Sequence[Place]) -> Iterator[list[CaseRow]]:
        after = self.wanted.after
        while ids := self._ids(places, after, _AT_ONCE):
            yield self.shelves.rows(ids)
            after = ids[-1]

    def _ids(self, places: Sequence[Place], after: str, limit: int) -> list[str]:
        """Return the newest ids of cases in some states, behind that of the page before."""
        kinds = _KINDS.get(self.wanted.tab, _CASES)
        found = self.shelves.store.newest_ids(
            [
                Shelf(flow=flow, state=state, closed=closed, low=f"{code}.{kind}", high=high)
                for code in self.shelves.codes
                for kind in kinds
                for high in [_before(after, code, kind)]
                for flow, state, closed in places
            ],
            limit,
        )
        return sorted(found, key=_age, reverse=True)[:limit]

    def _numbered(self, number: re.Match[str]) -> list[CaseRow]:
        """Return the cases whose number begins as it is written, of every tab and every set."""
        every = _Shelves(self.shelves.visit, "") if self.shelves.own else self.shelves
        codes = [number["code"]] if number["code"] else every.codes
        kinds, tail = number["kind"] or "cdr", number["tail"]
        lows = [f"{code}.{kind}{tail}" for code in codes for kind in kinds]
        found = self.shelves.store.newest_ids(
            [
                Shelf(flow=flow, state=state, closed=closed, low=low, high=low + "\U0010ffff")
                for low in lows
                for flow, state, closed in every.counts
            ],
            ON_A_PAGE,
        )
        return self.shelves.rows(sorted(found, key=_age, reverse=True)[:ON_A_PAGE])

    # --- the latest first ----------------------------------------------------------------------

    def _late_chunks(self) -> Iterator[list[CaseRow]]:
        text, _, case_id = self.wanted.after.partition("~")
        due = whole_number(text, digits=17)
        after = None if due is None else (due, case_id)
        while rows := self.shelves.store.late_cases(self.shelves.now, after=after, limit=_AT_ONCE):
            yield list(rows)
            after = (rows[-1].due or 0, rows[-1].case_id)

    # --- words ---------------------------------------------------------------------------------

    def _searched(self, chunks: Iterable[list[CaseRow]], late: bool = False) -> Page:
        """Return a page of what matches; past a bound the reader has to ask for more."""
        found: list[dict[str, Any]] = []
        looked = 0
        for rows in chunks:
            for row in rows:
                looked += 1
                shown = self.shelves.shown(row)
                is_open = self.shelves.tab_of(row.flow, row.closed) == "open"
                if (not late or (is_open and self.shelves.has(row))) and _matches(
                    shown, self.wanted
                ):
                    found.append(shown)
                if len(found) == ON_A_PAGE:
                    return Page(found, _cursor(row, late))
                if looked == _LOOKED_AT:
                    return Page(found, _cursor(row, late), shown_at(row.opened)[:10])
        return Page(found)


class _Waiting:
    """What waits for one unit, or for those who hold a role: the most urgent first."""

    def __init__(self, shelves: _Shelves, wanted: Wanted) -> None:
        self.shelves = shelves
        self.wanted = wanted

    def page(self) -> Page:
        """Return the page that is asked for."""
        every = self.shelves.office.waiting(self.wanted.who)
        # What waits for somebody is told whatever set it is of, unless one is chosen.
        waiting = [row for row in every if self.shelves.has(row)] if self.shelves.own else every
        told = [self._told(row) for row in waiting]
        tabs = Counter(self.shelves.tab_of(row["flow"], False) for row in told)
        past = {tab: n for tab, n in self.shelves.tabs().items() if tab in PAST}
        here = [row for row in told if self._is_here(row)]
        counts = Counter((row["flow"], row["state"]) for row in here)
        rows = [row for row in here if _matches(row, self.wanted)]
        bodies = {row.case_id: row for row in waiting}
        start = int(self.wanted.after) if re.fullmatch(r"[0-9]{1,6}", self.wanted.after) else 0
        end = start + ON_A_PAGE
        return Page(
            [self.shelves.shown(bodies[row["case"]]) for row in rows[start:end]],
            str(end) if end < len(rows) else "",
            count=len(rows),
            bounded=len(every) >= MOST_WAITING,
            tabs={**past, **tabs, "late": sum(row["overdue"] for row in told)},
            places=self.shelves.grouped(counts, self.wanted),
        )

    def _told(self, row: CaseRow) -> dict[str, Any]:
        """Return what a case is chosen by: what it is about only where words are looked for."""
        if self.wanted.words:
            return self.shelves.shown(row)
        return listed(row, self.shelves.now) | {"title": ""}

    def _is_here(self, row: Mapping[str, Any]) -> bool:
        if self.wanted.tab == "late":
            return bool(row["overdue"])
        return self.shelves.tab_of(row["flow"], False) == self.wanted.tab


def _age(case_id: str) -> tuple[str, str]:
    """Return what ids are ordered by: the day and the rest, whatever the set and the kind."""
    code, _, rest = case_id.partition(".")
    return rest[1:], code


def _before(after: str, code: str, kind: str) -> str:
    """Return up to where the ids of a set and a kind lie behind the last one of a page."""
    if not after:
        return f"{code}.{chr(ord(kind) + 1)}"
    tail, other = _age(after)
    # Two sets may hold the same duty of the same unit: then the set says which comes first.
    return f"{code}.{kind}{tail}" + ("\0" if code < other else "")


def _cursor(row: CaseRow, late: bool) -> str:
    return f"{row.due}~{row.case_id}" if late else row.case_id
