"""Which requests have one answer: those that the diagrams of a decision cannot tell apart.

What is known of a request is put into the diagram of all its ends. What is left of it says how the
answer hangs on the facts that are not known, and is one number for all requests of which that is
the same: whatever their departments, days or matters were.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from zhunru.analysis.forest import END
from zhunru.analysis.reads import MATCH, Asked, Part, boundaries
from zhunru.analysis.space import Space
from zhunru.analysis.verdicts import Answered, End, Verdicts
from zhunru.checker.resolved import Clause, InForce, Quota
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.diagram import carries
from zhunru.compiler.evaluate import Facts
from zhunru.compiler.judge import Judge, failing_lines
from zhunru.compiler.plan import Plan
from zhunru.compiler.quotas import next_window, quota_names
from zhunru.compiler.registers import RegisterRow
from zhunru.compiler.request import QuotaUse
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome, Window

MOST_CLASSES = 2_000_000  # classes of days, times clauses: past this, diagrams cost too much

Names = tuple[str, ...]
_Limited = list[tuple[Clause, Quota]]


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a request: classes by level of their axes, names of the fields that are not
    known, and codes of known facts without class. `held` are registers that hold for whatever is
    asked, or for nothing; `rows` the classes of what the rows hold that the set brings."""

    known: Mapping[int, int]
    unknown: tuple[str, ...] = ()
    loose: tuple[tuple[str, Hashable], ...] = ()
    held: Mapping[str, bool] = field(default_factory=dict)
    rows: Mapping[int, int] = field(default_factory=dict)
    uses: Mapping[str, QuotaUse] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of one kind have one answer, if the next windows of some quotas begin on the same
    days for them."""

    key: Hashable
    windows: tuple[Window, ...] = ()


class _Left(NamedTuple):
    """What hangs on what is left of the ends: `open` if several outcomes are left, `lacking` are
    the fields that answers may ask for (`needed`: if it is not open), `counting` the quotas that
    count."""

    open: bool
    hangs: frozenset[int]
    lacking: Names
    needed: Names
    counting: Names


class Kinds:
    """The kinds of requests to one decision. May raise `TooLarge`."""

    def __init__(self, policy: CompiledPolicy, plan: Plan) -> None:
        self._policy = policy
        self._plan = plan
        part = Part(policy, _of_receipt(plan))
        self.space = Space([part])
        self._verdicts = Verdicts(self.space, part)
        self._forest = self.space.forest
        self._matter = self._verdicts.level
        self._ends: dict[int | None, int] = {}
        self._whole: int | None = None
        self._levels: dict[int, frozenset[int]] = {}
        self._counted: dict[int, dict[str, None]] = {}
        self._open: dict[tuple[int, int], frozenset[Any]] = {}
        self._known: dict[tuple[int, int, Names], _Left] = {}
        self.grown = 0  # nodes made for what is known of requests, beside those of the ends
        self._registers = {
            level for asked, level in self.space.levels.items() if asked.kind == "register"
        }
        self._closed = {
            level: 0
            for asked, level in self.space.levels.items()
            if asked.kind == "register" and policy.supplied.get(asked.name) == ()
        }
        self._fields = {name: self.space.levels.get(Asked("field", name)) for name in plan.fields}
        self._quotas: dict[str, _Limited] = {}
        self._plain_counts: set[str] = set()  # names of quotas to which every request is added
        for clause in plan.clauses:
            for quota in clause.quotas:
                if quota.limit is not None:
                    self._quotas.setdefault(quota.key, []).append((clause, quota))
                if not quota.counted_by:
                    self._plain_counts.update(quota_names(quota, clause))

    def of(self, given: Given) -> Kind | None:
        """Return the kind of a request; None where its classes do not tell it."""
        facts = given.known
        known = {**facts, **self._closed, **given.rows}
        if given.held:
            known.update(self._held(given.held))
        whole = self._ends_for(known)
        nodes = len(self._forest)
        try:
            return self._of(given, known, whole)
        finally:
            self.grown += len(self._forest) - nodes

    def _of(self, given: Given, known: Mapping[int, int], whole: int) -> Kind | None:
        facts, ends = given.known, self._left(whole, known)
        # What registers may hold together is told of all of them, known or not.
        valid = self._left(self._verdicts.valid, facts)
        if self._left(self._verdicts.meaning.unsettled, known) != self._forest.no:
            return None
        if given.loose and not self._all_exact(given):
            return None
        # That a request is counted already, where none can be, no diagram knows of.
        if any(use.counted and name in self._plain_counts for name, use in given.uses.items()):
            return None
        place = (ends, valid, given.unknown)
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._look(*place)
        loose = tuple((n, code) for n, code in given.loose if self._fields[n] in found.hangs)
        told, windows = self._told(given, found.counting, known)
        plain = not loose and not any(used for _, used, _ in told)
        if plain and found.open:
            # What is open names the facts that it lacks, and no clause.
            return Kind((self._forest.mapped("plain", _plain, ends), valid, found.lacking))
        said = self._forest.mapped("telling", self._telling, ends)
        lacking = found.needed if plain else found.lacking
        return Kind((said, valid, lacking, loose, *told), windows)

    def level(self, name: str) -> int | None:
        """Return the level of the axis of a field; None where no clause reads it."""
        return self._fields[name]

    def _look(self, ends: int, valid: int, unknown: tuple[str, ...]) -> _Left:
        """Return what hangs on what is left of the ends."""
        hangs = self._asked(ends) | self._asked(valid)
        lacking = self._lacking(unknown, ends, hangs)
        ways = self._ways(ends, valid)
        admits = any(way.outcome is Outcome.ADMIT for way in map(_end_of, ways))
        needed = tuple(n for n in unknown if n in self._plan.required) if admits else ()
        return _Left(len(ways) > 1, hangs, lacking, needed, tuple(self._counting(ends)))

    # --- what is known -------------------------------------------------------------------------

    def _held(self, held: Mapping[str, bool]) -> dict[int, int]:
        """Return the classes of registers that hold for whatever is asked, or for nothing."""
        levels = self.space.levels.items()
        return {
            at: int(held[a.name]) for a, at in levels if a.kind == "register" and a.name in held
        }

    def held(self, values: Mapping[str, Any], day: date) -> dict[int, int] | None:
        """Return the classes of what rows hold that the set brings; None where it hangs on a unit
        that is not known."""
        known: dict[int, int] = {}
        for asked, level in self.space.levels.items():
            rows = self._policy.supplied.get(asked.name) if asked.kind == "register" else ()
            if rows:
                held = self._holds(asked, rows, values, day)
                if held is UNKNOWN:
                    return None
                known[level] = int(held)
        return known

    def _holds(
        self, asked: Asked, rows: tuple[RegisterRow, ...], values: Mapping[str, Any], day: date
    ) -> Any:
        facts = Facts(dict(values), {asked.name: rows}, {})
        judge = Judge(self._plan, self._policy.model, day, facts)
        if asked.scope != MATCH:
            return judge.evaluator.value(InForce(asked.name, asked.scope or None))
        found = [judge.row_fits(asked.name, row) for row in rows]
        return True if True in found else UNKNOWN if UNKNOWN in found else False

    def _all_exact(self, given: Given) -> bool:
        """Tell whether the classes of facts that have none here show everything."""
        levels = (self._fields[name] for name, _ in given.loose)
        return all(self.space.axes[level].exact for level in levels if level is not None)

    def _lacking(self, unknown: tuple[str, ...], ends: int, hangs: frozenset[int]) -> Names:
        """Return the unknown fields that an answer may ask for: those on which something hangs,
        those of the form that an admission needs, and what unknown registers are asked about."""
        asked = set(self._plan.required)
        if self._forest.level(ends) != END and not hangs.isdisjoint(self._registers):
            asked.update(self._plan.fields)
        return tuple(n for n in unknown if n in asked or self._fields[n] in hangs)

    # --- what is left --------------------------------------------------------------------------

    def _ends_for(self, known: Mapping[int, int]) -> int:
        """Return the diagram of the ends for the matter of a request, of all if it is unknown."""
        if self._matter == END:
            return self._ends_of(None)
        if self._matter in known:
            return self._ends_of(known[self._matter])
        if self._whole is None:
            each = [self._ends_of(at) for at in self._verdicts.matters]
            self._whole = self._forest.spread(self._matter, each)
        return self._whole

    def _left(self, diagram: int, known: Mapping[int, int]) -> int:
        """Return what is left of a diagram where some facts are known."""
        forest = self._forest
        level = forest.level(diagram)
        while level in known:
            diagram = forest.kids(diagram)[known[level]]
            level = forest.level(diagram)
        if level != END:
            for below in sorted(each for each in known if each > level):
                diagram = forest.within(diagram, below, known[below])
        return diagram

    def _asked(self, diagram: int) -> frozenset[int]:
        found = self._levels.get(diagram)
        if found is None:
            found = self._levels[diagram] = frozenset(self._forest.levels(diagram))
        return found

    def _told(
        self, given: Given, counting: Names, known: Mapping[int, int]
    ) -> tuple[list[tuple[str, Any, int]], tuple[Window, ...]]:
        """Return what sentences say of the quotas that count: how much is used, of how many."""
        told: list[tuple[str, Any, int]] = []
        windows: dict[Window, None] = {}
        for name in counting:
            for clause, quota in self._quotas[name]:
                use = next(
                    (given.uses[n] for n in quota_names(quota, clause) if n in given.uses), None
                )
                assert quota.limit is not None
                limit = self._verdicts.meaning.value(quota.limit, clause.leads)
                used = None if use is None else (use.used, use.counted)
                told.append((name, used, self._left(limit, known)))
                if next_window(quota.window, date(2026, 1, 1)) is not None:
                    windows[quota.window] = None
        return told, tuple(windows)

    def _counting(self, ends: int) -> dict[str, None]:
        """Return the quotas on which ends hang, or that are spent in one of them."""
        found = self._counted.get(ends)
        if found is None:
            asked = (self.space.axes[level].asked for level in sorted(self._asked(ends)))
            found = {each.name: None for each in asked if each.kind == "quota"}
            for end in map(_end_of, self._forest.values(ends)):
                found.update({line.key: None for line in self._failed(end)})
            self._counted[ends] = found
        return found

    def _failed(self, end: End) -> Iterator[Quota]:
        for answer in end.answers:
            lines = failing_lines(self._plan.clauses[answer.number])
            for place in answer.failed:
                line = lines[place]
                if isinstance(line, Quota) and line.limit is not None:
                    yield line

    def _ways(self, ends: int, valid: int) -> frozenset[Any]:
        """Return the outcomes to which facts that are not known can still lead (D13)."""
        found = self._open.get((ends, valid))
        if found is None:
            forest = self._forest
            possible = forest.chosen(valid, ends, forest.end(None))
            each = (_plain(end) for end in forest.values(possible) if end is not None)
            found = self._open[(ends, valid)] = frozenset(each)
        return found

    def _telling(self, found: Any) -> Hashable:
        """Return what a decided answer says of an end: the clauses that give the outcome, and
        what fails in them."""
        end = _end_of(found)
        said: list[Answered] = []
        for answer in end.deciding:
            lines = failing_lines(self._plan.clauses[answer.number])
            failed = tuple(place for place in answer.failed if lines[place].outcome is end.outcome)
            said.append(answer._replace(failed=failed))
        return End(-1, tuple(said))

    # --- ends ----------------------------------------------------------------------------------

    def _ends_of(self, at: int | None) -> int:
        """Return the diagram of the ends for requests of one matter, with what admissions carry."""
        found = self._ends.get(at)
        if found is None:
            found = self._ends[at] = self._with_terms(self._verdicts.verdict(at), at)
        return found

    def _with_terms(self, verdict: int, at: int | None) -> int:
        """Admissions by one clause differ where the work goes elsewhere, or by when (D13)."""
        forest, found = self._forest, verdict
        for number in sorted(self._carrying(verdict)):
            here = forest.mapped(("admits", number), partial(_admits, number), verdict)
            terms = self._verdicts.of_matter(self._verdicts.terms(number), at)
            carried = forest.chosen(here, terms, forest.end(None))
            found = forest.joined("with terms", lambda end, some: (end, some), found, carried)
        return found

    def _carrying(self, verdict: int) -> set[int]:
        """Return the clauses that admit somewhere and carry what hangs on facts."""
        return {
            answer.number
            for end in self._forest.values(verdict)
            for answer in end.deciding
            if end.outcome is Outcome.ADMIT and carries(self._plan.clauses[answer.number])
        }


def _end_of(found: Any) -> End:
    """Return an end without what its admissions carry."""
    while not isinstance(found, End):
        found = found[0]
    return found


def _plain(found: Any) -> Any:
    """Return what ends are compared by: the outcome, of admissions the clauses and what they
    carry (D13)."""
    end = _end_of(found)
    if end.outcome is not Outcome.ADMIT:
        return End(-1, (Answered(-1, end.outcome),))
    return found


def _admits(number: int, end: End) -> bool:
    return end.outcome is Outcome.ADMIT and any(a.number == number for a in end.deciding)


def _of_receipt(plan: Plan) -> Plan:
    """Return a plan as if the law of the day of receipt were applied: that day then stands for
    the day whose law applies, whichever it is."""
    fields = tuple(replace(each, governing=False) for each in plan.head.fields)
    head = replace(plan.head, fields=fields)
    return Plan(head, plan.clauses, plan.starts, plan.general, plan.index)


def fits_diagrams(policy: CompiledPolicy, plan: Plan, most: int = MOST_CLASSES) -> bool:
    """Tell whether the diagrams of a decision can be made at a fair cost."""
    days = len(set(boundaries(Part(policy, plan)))) + 1
    return len(plan.clauses) * days <= most


def window_days(windows: Sequence[Window], day: date) -> tuple[date | None, ...]:
    """Return when the next windows begin."""
    return tuple(next_window(window, day) for window in windows)
