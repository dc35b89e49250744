"""Where two sets answer otherwise: every request at once, by clauses, periods and direction."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import Any, Literal, NamedTuple

from zhunru.analysis.axes import Axis
from zhunru.analysis.effects import Aspect, Direction, Effects, Mark, Open, direction_of, marks_of
from zhunru.analysis.pairs import Pair
from zhunru.analysis.verdicts import End
from zhunru.checker.resolved import Clause

Status = Literal["equivalent", "stricter", "looser", "different"]
_DAY = timedelta(1)


class Delta(NamedTuple):
    """Two answers to one request, and in what they differ. `open` is not settled yet."""

    old: End
    new: End
    marks: tuple[Mark, ...]
    open: tuple[Open, ...] = ()

    @property
    def directions(self) -> frozenset[Direction]:
        """Return every way in which the answers differ."""
        return frozenset(direction for _, direction in self.marks)

    @property
    def status(self) -> Status:
        """Return which way the answers differ, taken together."""
        return status_of(self.directions)


@dataclass(frozen=True, slots=True)
class Era:
    """A period of law, both days included (None: open), and the differences in it."""

    start: date | None
    end: date | None
    deltas: frozenset[Delta]

    @property
    def directions(self) -> frozenset[Direction]:
        """Return every way in which the sets differ in this period."""
        return frozenset(chain.from_iterable(delta.directions for delta in self.deltas))

    @property
    def status(self) -> Status:
        """Return which way the sets differ in this period."""
        return status_of(self.directions)

    def of(self, aspect: Aspect) -> Status:
        """Return which way the sets differ in one respect."""
        return status_of(self.directions_of(aspect))

    def directions_of(self, aspect: Aspect) -> frozenset[Direction]:
        """Return every way in which the sets differ in one respect."""
        marks = (mark for delta in self.deltas for mark in delta.marks)
        return frozenset(direction for found, direction in marks if found == aspect)


def status_of(directions: Iterable[Direction]) -> Status:
    """Return what the directions of answers come to; what is merely different leaves a direction
    alone. What some came to before is no direction: "different" may then stand for both."""
    found = set(directions)
    if not found:
        return "equivalent"
    if "stricter" in found and "looser" not in found:
        return "stricter"
    if "looser" in found and "stricter" not in found:
        return "looser"
    return "different"


class Deltas:
    """The differences of one decision of two sets."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.forest = pair.forest
        self.effects = (Effects(pair.verdicts[0]), Effects(pair.verdicts[1]))

    @cached_property
    def every(self) -> int:
        """Return the diagram of the differences: a `Delta`, or None; also of what cannot be."""
        one, other = self.pair.verdicts
        found = self.forest.joined("delta", self._delta, one.whole, other.whole)
        # What hangs on facts is settled after the sets were joined: joined with all lengths and
        # bodies at once, there would be as many ends as these have values, multiplied.
        for each in {item for delta in self.forest.values(found) if delta for item in delta.open}:
            found = self._settled(found, each)
        return found

    def _delta(self, old: End, new: End) -> Delta | None:
        one, other = self.effects
        marks, opened = marks_of(one.of(old), other.of(new))
        if not marks and not opened:
            return None
        return Delta(old, new, _sorted(marks), tuple(dict.fromkeys(opened)))

    def _settled(self, deltas: int, item: Open) -> int:
        """Tell of one part that hangs on facts where it really differs."""
        sign = self.forest.joined(
            ("sign", item.aspect), partial(direction_of, item.aspect), item.old, item.new
        )

        def settle(delta: Delta | None, direction: Direction | None) -> Delta | None:
            if delta is None or item not in delta.open:
                return delta
            left = tuple(each for each in delta.open if each != item)
            marks = delta.marks
            if direction is not None:
                marks = _sorted([*marks, (item.aspect, direction)])
            # All that could have differed is the same here: this is no difference.
            if not marks and not left:
                return None
            return Delta(delta.old, delta.new, marks, left)

        return self.forest.joined(("settle", item), settle, deltas, sign)

    @cached_property
    def found(self) -> int:
        """Return the diagram of the differences of requests that can be put to both sets."""
        every, possible = self.every, self.pair.possible
        return self.forest.chosen(possible, every, self.forest.end(None))

    @cached_property
    def all(self) -> tuple[Delta, ...]:
        """Return every difference."""
        return tuple(delta for delta in self.forest.values(self.found) if delta is not None)

    # --- periods of law ------------------------------------------------------------------------

    @cached_property
    def eras(self) -> tuple[Era, ...]:
        """Return the periods of law with their differences; neighbours that are alike are one."""
        starts = self.pair.space.boundaries
        day = self.pair.space.law_day(self.pair.new)
        era = self.forest.mapped("era", lambda day: bisect_right(starts, day), day)
        joined = self.forest.joined("of era", _of_era, self.found, era)
        by_era: dict[int, set[Delta]] = {}
        for found in self.forest.values(joined):
            if found is not None:
                by_era.setdefault(found[1], set()).add(found[0])
        spells = [frozenset(by_era.get(at, ())) for at in range(len(starts) + 1)]
        return tuple(self._eras(spells))

    def _eras(self, spells: list[frozenset[Delta]]) -> Iterator[Era]:
        starts = self.pair.space.boundaries
        first = 0
        for at, spell in enumerate(spells):
            if at + 1 == len(spells) or spells[at + 1] != spell:
                start = starts[first - 1] if first else None
                end = starts[at] - _DAY if at < len(starts) else None
                yield Era(start, end, spell)
                first = at + 1

    # --- what is told of them --------------------------------------------------------------------

    def clauses(self, side: int, end: End) -> list[Clause]:
        """Return the clauses that decide an end of the old (0) or the new set (1)."""
        plan = self.pair.parts[side].plan
        return [plan.clauses[answer.number] for answer in end.deciding] if end.answers else []

    def region(self, some: Iterable[Delta]) -> int:
        """Return the diagram of the requests that have one of some differences."""
        wanted = frozenset(some)
        return self.forest.mapped(("one of", wanted), lambda delta: delta in wanted, self.found)

    # --- what is not decided ---------------------------------------------------------------------

    @cached_property
    def doubts(self) -> tuple[Axis, ...]:
        """Return the facts whose classes may not show every difference."""
        return tuple(self.pair.space.inexact)


def _sorted(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(set(marks)))


def _of_era(delta: Delta | None, era: int) -> Any:
    return None if delta is None else (delta, era)


def group_name(clause: Clause) -> str:
    """Return the list or rule of a clause."""
    return clause.list_name or clause.code
