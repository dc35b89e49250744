"""Where two sets differ, in few words: conditions, or what the changed clauses are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhunru.analysis.deltas import Delta, Deltas
from zhunru.analysis.effects import marks_of
from zhunru.analysis.few_boxes import few_boxes
from zhunru.analysis.forest import END
from zhunru.analysis.verdicts import Answered, End
from zhunru.analysis.words import Words
from zhunru.checker.words import Phrase

_FEW = 3  # conditions that are still read
_MOST = 8  # conditions of a change that are told
_MOST_LOOKS = 40_000  # clauses by matters

Numbers = tuple[int | None, int | None]  # of one clause, in the old and in the new set


class Places:
    """Tells where differences are.

    A difference between steps is often ragged: a new prohibition counts only where no earlier step
    decides. Then it is told where the changed clauses themselves say something else.
    """

    def __init__(self, deltas: Deltas, words: Words) -> None:
        self.deltas = deltas
        self.pair = deltas.pair
        self.forest = deltas.forest
        self.words = words

    def of(self, region: int, some: Sequence[Delta]) -> tuple[tuple[Phrase, ...], bool]:
        """Return the conditions of a region; and whether other steps decide some of it."""
        exact = self._told(region, _FEW + 1)
        if len(exact) <= _FEW:
            return exact, False
        changed = self._changed(some)
        if changed == self.forest.no or self.forest.but(region, changed) != self.forest.no:
            return exact, True
        return self._told(changed, _MOST), True

    def _told(self, region: int, most: int) -> tuple[Phrase, ...]:
        boxes = few_boxes(self.forest, region, self.pair.possible, most)
        told = (self.words.of_box(dict(sorted(box.items()))) for box in boxes)
        return tuple(dict.fromkeys(told))

    # --- where clauses say something else ------------------------------------------------------

    def _changed(self, some: Sequence[Delta]) -> int:
        """Return where the deciding clauses say something else in one set than in the other."""
        pairs = list(self._pairs(some))
        matters = self.pair.verdicts[1].matters
        if len(pairs) * len(matters) > _MOST_LOOKS:
            return self.forest.no
        found = [self._of_matter(pairs, at) for at in matters]
        level = self.pair.verdicts[1].level
        whole = found[0] if level == END else self.forest.spread(level, found)
        return self.forest.both(whole, self.pair.possible)

    def _pairs(self, some: Sequence[Delta]) -> Iterator[Numbers]:
        plans = [part.plan for part in self.pair.parts]
        codes: dict[str, None] = {}
        for delta in some:
            for plan, end in zip(plans, (delta.old, delta.new), strict=True):
                codes.update(dict.fromkeys(plan.clauses[a.number].code for a in end.answers))
        for code in codes:
            old, new = (plan.by_code.get(code, ()) for plan in plans)
            longest = max(len(old), len(new))
            for at in range(longest):
                yield (old[at] if at < len(old) else None, new[at] if at < len(new) else None)

    def _of_matter(self, pairs: Sequence[Numbers], at: int | None) -> int:
        found = self.forest.no
        for old, new in pairs:
            answers = [self._answer(side, number, at) for side, number in enumerate((old, new))]
            apart = self.forest.joined("says otherwise", self._apart, *answers)
            found = self.forest.either(found, apart)
        return found

    def _answer(self, side: int, number: int | None, at: int | None) -> int:
        if number is None:
            return self.forest.end(None)
        return self.pair.verdicts[side].answer(number, at)

    def _apart(self, old: Answered | None, new: Answered | None) -> bool:
        if old is None or new is None:
            return old is not new
        one, other = self.deltas.effects
        marks, opened = marks_of(one.of(End(0, (old,))), other.of(End(0, (new,))))
        return bool(marks or opened)
