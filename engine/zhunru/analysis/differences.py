"""The differences of a decision of two sets, told: where, by which clauses, with a request each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from zhunru.analysis.axes import left_by
from zhunru.analysis.causes import Cause, Causes
from zhunru.analysis.deltas import Delta, Deltas, Era, Status, group_name, status_of
from zhunru.analysis.effects import ASPECTS, Aspect, Direction, Mark
from zhunru.analysis.forest import TooLarge
from zhunru.analysis.pairs import Pair
from zhunru.analysis.places import Places
from zhunru.analysis.verdicts import End
from zhunru.analysis.witness import Witness, Witnesses
from zhunru.analysis.words import Words
from zhunru.checker.words import Phrase
from zhunru.compiler.program import CompiledPolicy
from zhunru.vocabulary import Outcome

_NEUTRAL: tuple[Aspect, ...] = ("reason", "basis", "route")

Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Requests that two sets answer otherwise, for the same cause and in the same way.

    `aspects` are in what the answers differ and which way; with another outcome nothing else is
    compared, since all of it follows. `causes` are the clauses, values and lines responsible, with
    their places in both sets. `where` says in words which requests these are, any one of the
    conditions; `partly`: some of them are answered alike. `sometimes` are the aspects that do not
    differ for all of them. `old` and `new` are the smallest request that shows
    it, with what each set really decides of it; None: no request could be shown.
    """

    status: Status
    outcomes: tuple[Outcome, Outcome]
    aspects: tuple[Mark, ...]
    causes: tuple[Cause, ...]
    by: tuple[tuple[str, ...], tuple[str, ...]]
    days: tuple[Days, ...]
    where: tuple[Phrase, ...]
    partly: bool = False
    old: Witness | None = None
    new: Witness | None = None
    sometimes: tuple[Aspect, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionDiff:
    """One 判定 of two sets. `status` is which way it differs over all, `eras` by period of law.

    `undecided` says why something is not decided; then "equivalent" is only said of the rest.
    """

    name: str
    status: Status
    eras: tuple[Era, ...] = ()
    differences: tuple[Difference, ...] = ()
    undecided: Phrase | None = None

    def of(self, aspect: Aspect) -> Status:
        """Return which way the decision differs in one respect."""
        return status_of(chain.from_iterable(era.directions_of(aspect) for era in self.eras))

    @property
    def directions(self) -> frozenset[Direction]:
        """Return every way in which the decision differs; what was not compared may be either."""
        if self.undecided and not self.eras:
            return frozenset(("stricter", "looser"))
        return frozenset(chain.from_iterable(era.directions for era in self.eras))


def compare_decision(old: CompiledPolicy, new: CompiledPolicy, name: str) -> DecisionDiff:
    """Return how one decision of two sets differs, over all requests that can be put to both."""
    try:
        return _Comparer(Deltas(Pair(old, new, name))).result(name)
    except (TooLarge, RecursionError):
        large = Phrase(
            "要分的情形太多，没有逐一比较", "there are too many cases to compare them all"
        )
        return DecisionDiff(name, "different", undecided=large)


class _Comparer:
    """Tells the differences of one decision."""

    def __init__(self, deltas: Deltas) -> None:
        self.deltas = deltas
        self.pair = deltas.pair
        self.causes = Causes(deltas.pair)

    def result(self, name: str) -> DecisionDiff:
        """Return in what a decision differs, and what was left open."""
        eras = self.deltas.eras
        return DecisionDiff(
            name,
            status_of(chain.from_iterable(era.directions for era in eras)),
            eras,
            tuple(self._differences()),
            left_by(self.deltas.doubts),
        )

    # --- one difference --------------------------------------------------------------------------

    def _differences(self) -> Iterator[Difference]:
        makers = [Witnesses(self.pair.space, part, self.pair.possible) for part in self.pair.parts]
        words = Words(self.pair.space, self.pair.new)
        places = Places(self.deltas, words)
        for some in self._groups():
            region = self.deltas.region(some)
            causes = tuple(dict.fromkeys(c for delta in some for c in self.causes.of(delta)))
            conditions, partly = places.of(region, some)
            shown = self._shown(region, makers)
            yield Difference(
                status=some[0].status,
                outcomes=(some[0].old.outcome, some[0].new.outcome),
                aspects=_aspects(some),
                causes=causes,
                by=(self._deciding(0, some), self._deciding(1, some)),
                days=tuple(self._days(some)),
                where=conditions,
                partly=partly,
                old=shown[0] if shown else None,
                new=shown[1] if shown else None,
                sometimes=_sometimes(some),
            )

    def _deciding(self, side: int, some: Sequence[Delta]) -> tuple[str, ...]:
        """Return the rules and lists that decide in one of the sets; "" is the default."""
        names: dict[str, None] = {}
        for delta in some:
            clauses = self.deltas.clauses(side, (delta.old, delta.new)[side])
            names.update(dict.fromkeys(group_name(clause) for clause in clauses) or {"": None})
        return tuple(names)

    def _groups(self) -> list[list[Delta]]:
        """Return the differences that a reader takes for one: of one cause, in one direction."""
        found: dict[Any, list[Delta]] = {}
        for delta in self.deltas.all:
            found.setdefault(self._key(delta), []).append(delta)
        return [sorted(found[key], key=_in_text) for key in sorted(found, key=_rank)]

    def _key(self, delta: Delta) -> Any:
        # By reason, basis and route alone one change would fall into many differences.
        telling = tuple(mark for mark in delta.marks if mark[0] not in _NEUTRAL)
        causes = sorted({(c.kind, c.group or c.name) for c in self.causes.of(delta)})
        return (delta.status, delta.old.outcome, delta.new.outcome, telling, tuple(causes))

    def _shown(self, region: int, makers: Sequence[Witnesses]) -> tuple[Witness, Witness] | None:
        """Return the smallest request, decided by both sets, if they decide it as it is said."""
        least = makers[0].least(region, recent=True)
        if least is None:
            return None
        # Both sets are really asked: what they decide otherwise than was worked out is not shown.
        delta = self.pair.forest.at(self.deltas.found, least[0])
        old, new = (maker.executed(*least) for maker in makers)
        agreed = makers[0].agrees(delta.old, old.decision)
        return (old, new) if agreed and makers[1].agrees(delta.new, new.decision) else None

    def _days(self, some: Sequence[Delta]) -> Iterator[Days]:
        """Yield the spells of days in which some of these differences occur."""
        wanted = set(some)
        spell: Days | None = None
        for era in self.deltas.eras:
            if era.deltas & wanted:
                spell = (era.start, era.end) if spell is None else (spell[0], era.end)
            elif spell is not None:
                yield spell
                spell = None
        if spell is not None:
            yield spell


def _aspects(some: Iterable[Delta]) -> tuple[Mark, ...]:
    """Return in what answers differ, each aspect once, which way taken together."""
    directions: dict[Aspect, set[Direction]] = {}
    for delta in some:
        for aspect, direction in delta.marks:
            directions.setdefault(aspect, set()).add(direction)
    return tuple(
        (aspect, next(iter(found)) if len(found) == 1 else "different")
        for aspect in ASPECTS
        if (found := directions.get(aspect))
    )


def _sometimes(some: Sequence[Delta]) -> tuple[Aspect, ...]:
    """Return the aspects in which only some of the answers differ."""
    each = [{aspect for aspect, _ in delta.marks} for delta in some]
    return tuple(
        a for a in ASPECTS if any(a in own for own in each) and not all(a in own for own in each)
    )


def _in_text(delta: Delta) -> Any:
    """Return where the clauses of both answers stand, so that every run tells them in one order."""

    def place(end: End) -> Any:
        return (end.step < 0, end.step, [each.number for each in end.answers])

    return (place(delta.old), place(delta.new), str(delta.marks))


def _rank(key: Any) -> Any:
    status, old, new, telling, causes = key
    statuses = ("looser", "stricter", "different")
    return (old is new, statuses.index(status), telling, causes, old.value, new.value)
