"""Boxes: what the rows of a table meet together, what none of them meets, which rows are hidden.

A column is cut into cells that no row tells apart; a box holds, for each column, a set of cells as
the bits of an integer. Nothing here knows what the cells stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import or_
from typing import NamedTuple

Box = tuple[int, ...]
MOST_BOXES = 1_000_000
_MOST_SPLITS = 24  # sets of cells of one column at which a split is tried


class TooMany(Exception):
    """A question took more boxes than it may: it stays undecided."""


class Piece(NamedTuple):
    """A box of a row; a row whose columns hang together has several."""

    row: int
    box: Box


class Regions:
    """The rows of one table as boxes over columns of `sizes` cells each."""

    def __init__(self, sizes: Sequence[int], pieces: Iterable[Piece], most: int = MOST_BOXES):
        self.whole: Box = tuple((1 << size) - 1 for size in sizes)
        self.sizes = tuple(sizes)
        self.pieces = [piece for piece in pieces if all(piece.box)]
        self.most = most
        self._left = most
        self._meeting: list[int] | None = None
        self._of_row: dict[int, list[int]] | None = None

    # --- rows that meet the same case ----------------------------------------------------------

    def meeting(self) -> list[int]:
        """Return, for each piece, the pieces that share a case with it, as bits."""
        if self._meeting is None:
            every = (1 << len(self.pieces)) - 1
            found = [every] * len(self.pieces)
            for column in range(len(self.sizes)):
                shared = self._sharing(column)
                for at, piece in enumerate(self.pieces):
                    found[at] &= shared[piece.box[column]]
            self._meeting = found
        return self._meeting

    def _sharing(self, column: int) -> dict[int, int]:
        """Return, for each set of cells in a column, the pieces that share one of its cells."""
        holders: dict[int, int] = {}
        for at, piece in enumerate(self.pieces):
            cells = piece.box[column]
            holders[cells] = holders.get(cells, 0) | 1 << at
        if all(_is_stretch(cells) for cells in holders):
            return self._sharing_stretches(holders, self.sizes[column])
        at_cell = [0] * self.sizes[column]
        for cells, rows in holders.items():
            for cell in _bits(cells):
                at_cell[cell] |= rows
        return {cells: _union(at_cell[cell] for cell in _bits(cells)) for cells in holders}

    def _sharing_stretches(self, holders: dict[int, int], size: int) -> dict[int, int]:
        """Two stretches share a cell iff neither ends before the other begins."""
        begins, ends = [0] * (size + 1), [0] * (size + 1)
        for cells, rows in holders.items():
            begins[_first(cells)] |= rows
            ends[_last(cells)] |= rows
        begun = list(accumulate(begins, or_))
        ended = list(accumulate(ends, or_))
        return {
            cells: begun[_last(cells)] & ~(ended[_first(cells) - 1] if _first(cells) else 0)
            for cells in holders
        }

    def overlaps(self) -> Iterator[tuple[int, int, Box]]:
        """Yield two rows that meet the same cases, with these; every pair once, in their order."""
        seen: set[tuple[int, int]] = set()
        for at, others in enumerate(self.meeting()):
            one = self.pieces[at]
            for other_at in _bits(others >> (at + 1) << (at + 1)):
                other = self.pieces[other_at]
                pair = (min(one.row, other.row), max(one.row, other.row))
                if one.row != other.row and pair not in seen:
                    seen.add(pair)
                    yield (*pair, shared_box(one.box, other.box))

    # --- cases that no row meets -----------------------------------------------------------------

    def gaps(self) -> list[Box]:
        """Return boxes that together hold every case that no row meets, merged where they can."""
        self._left = self.most
        if self._covers_exactly():
            return []
        boxes = [piece.box for piece in self.pieces]
        return merged(list(self._outside(self.whole, boxes)))

    def gaps_within(self, asked: Box) -> list[Box]:
        """Return the part of `asked` that no row meets: first what few columns tell, the largest
        of that first."""
        kept = [box for gap in self.gaps() if all(box := shared_box(gap, asked))]
        return sorted(kept, key=lambda box: (_told_by(box, asked), -volume(box)))

    def _covers_exactly(self) -> bool:
        """Boxes that do not overlap leave no gap iff their volumes add up to the whole."""
        if any(bits & (bits - 1) for bits in self.meeting()):  # each piece meets itself
            return False
        return sum(volume(piece.box) for piece in self.pieces) == volume(self.whole)

    def hidden(self, row: int, goes_first: Callable[[int], bool]) -> bool:
        """Tell whether every case of `row` is met by some row that goes first."""
        self._left = self.most
        meeting = self.meeting()
        for at in self._places(row):
            piece = self.pieces[at]
            near = (self.pieces[other] for other in _bits(meeting[at]))
            boxes = [
                shared_box(piece.box, p.box) for p in near if p.row != row and goes_first(p.row)
            ]
            # One row that holds it all: the usual case, and no search is needed.
            if piece.box in boxes:
                continue
            if next(self._outside(piece.box, boxes), None) is not None:
                return False
        return True

    def _places(self, row: int) -> list[int]:
        if self._of_row is None:
            self._of_row = {}
            for at, piece in enumerate(self.pieces):
                self._of_row.setdefault(piece.row, []).append(at)
        return self._of_row.get(row, [])

    def rows(self) -> set[int]:
        """Return the rows that meet some case."""
        return {piece.row for piece in self.pieces}

    def _outside(self, region: Box, boxes: list[Box]) -> Iterator[Box]:
        """Yield boxes of the part of `region` that none of `boxes` holds."""
        waiting = [(region, boxes)]
        while waiting:
            region, boxes = waiting.pop()
            self._left -= 1
            if self._left < 0:
                raise TooMany
            if not boxes:
                yield region
            # What lies around a single box is written down at once.
            elif len(boxes) == 1:
                yield from _around(region, boxes[0])
            elif region not in boxes:
                waiting.extend(_parts(region, boxes))


def _parts(region: Box, boxes: list[Box]) -> Iterator[tuple[Box, list[Box]]]:
    """Yield the two halves of a region, with the boxes that reach into each."""
    column, cells = _best_split(region, boxes)
    for side in (region[column] & ~cells, cells):
        half = (*region[:column], side, *region[column + 1 :])
        inside: dict[Box, None] = {}
        for box in boxes:
            kept = box[column] & side
            if kept == box[column]:
                inside[box] = None
            elif kept:
                inside[(*box[:column], kept, *box[column + 1 :])] = None
        yield half, list(inside)


def _best_split(region: Box, boxes: list[Box]) -> tuple[int, int]:
    """Return the column, and the cells of one half, that cut the fewest boxes in two."""
    best: tuple[int, int, int, int] | None = None
    for column, extent in enumerate(region):
        # Boxes with the same cells here are cut or kept together: each set is tried once.
        counts = Counter([box[column] for box in boxes])
        if len(counts) == 1 and extent in counts:
            continue
        for cells in _candidates(extent, counts):
            left = right = 0
            for held, count in counts.items():
                if held & cells:
                    left += count
                if held & ~cells:
                    right += count
            found = (left + right, max(left, right), column, cells)
            if best is None or found < best:
                best = found
    assert best is not None  # some box does not fill the region, so some column can be split
    return best[2], best[3]


def _candidates(extent: int, counts: Counter[int]) -> list[int]:
    """Return sets of cells at which a column may be split: ends of stretches, or whole sets."""
    found: dict[int, None] = {}
    for held in _spread(list(counts)):
        if _is_stretch(held):
            below = (1 << _first(held)) - 1
            upto = (1 << (_last(held) + 1)) - 1
            found.update(dict.fromkeys((extent & below, extent & upto)))
        found[held] = None
    return [cells for cells in found if cells and cells != extent]


def _spread(items: list[int]) -> list[int]:
    """Return some of the items, evenly spread; all of them if they are few."""
    if len(items) <= _MOST_SPLITS:
        return items
    items.sort()
    return [items[at * len(items) // _MOST_SPLITS] for at in range(_MOST_SPLITS)]


def _around(region: Box, box: Box) -> Iterator[Box]:
    """Yield the part of a region outside one box, one slab a column."""
    inner = list(region)
    for column, extent in enumerate(region):
        outside = extent & ~box[column]
        if outside:
            yield (*inner[:column], outside, *inner[column + 1 :])
            inner[column] = box[column]


def merged(boxes: list[Box]) -> list[Box]:
    """Return fewer boxes that hold the same: two that differ in one column become one."""
    before = -1
    while len(boxes) != before:
        before = len(boxes)
        for column in range(len(boxes[0]) if boxes else 0):
            alike: dict[Box, int] = {}
            for box in boxes:
                rest = (*box[:column], 0, *box[column + 1 :])
                alike[rest] = alike.get(rest, 0) | box[column]
            boxes = [(*r[:column], cells, *r[column + 1 :]) for r, cells in alike.items()]
    return boxes


def shared_box(one: Box, other: Box) -> Box:
    """Return the cases that two boxes share."""
    return tuple([a & b for a, b in zip(one, other, strict=True)])


def volume(box: Box) -> int:
    """Return how many cells a box holds."""
    found = 1
    for cells in box:
        found *= cells.bit_count()
    return found


def _told_by(box: Box, whole: Box) -> int:
    return sum(cells != every for cells, every in zip(box, whole, strict=True))


def cells_of(cells: int) -> Iterator[int]:
    """Yield the cells of a set."""
    yield from _bits(cells)


def _bits(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _union(parts: Iterable[int]) -> int:
    found = 0
    for part in parts:
        found |= part
    return found


def _is_stretch(cells: int) -> bool:
    low = cells & -cells
    return cells & (cells + low) == 0


def _first(cells: int) -> int:
    return (cells & -cells).bit_length() - 1


def _last(cells: int) -> int:
    return cells.bit_length() - 1
