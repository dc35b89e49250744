"""Where boxes and arrows stand: in layers, with few crossings, nothing on top of anything.

The steps are Sugiyama's: turn arrows that lead back, put every box below those before it, put a
place into each layer an arrow passes (one of them holds its label), order each layer by medians,
then move everything towards its neighbours as far as its own layer lets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum

GAP = 26.0
_LAYER_GAP = 22.0
_ROUNDS = 24
# How much more than a box a place that an arrow passes keeps where its neighbours are: bends in a
# long arrow are harder to follow than a box that stands a little aside.
_STRAIGHT = 4.0
_REACH = 20.0


@dataclass(slots=True)
class Item:
    """A box, a label, or a point that an arrow passes. x and y are its centre.

    `beside` is kept free on its right for the labels of arrows that lead back to the box itself.
    """

    width: float
    height: float
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    pull: float = 1.0
    beside: float = 0.0
    up: list[int] = field(default_factory=list)
    down: list[int] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Return the centre of the box itself."""
        return self.x - self.beside / 2

    @property
    def half(self) -> float:
        """Return half the width of the box itself."""
        return (self.width - self.beside) / 2


@dataclass(frozen=True, slots=True)
class Route:
    """How an arrow runs: points from box to box, and the centre of its label."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float] | None
    back: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres and sizes of the boxes, routes of the arrows, and the size of the whole."""

    boxes: tuple[tuple[float, float], ...]
    sizes: tuple[tuple[float, float], ...]
    routes: tuple[Route, ...]
    width: float
    height: float


def arrange(
    boxes: Sequence[tuple[float, float]],
    arrows: Sequence[tuple[int, int]],
    labels: Sequence[tuple[float, float]],
    start: int = 0,
) -> Layout:
    """Place boxes of these sizes, joined by arrows that carry labels of those sizes."""
    return _Arrangement(boxes, arrows, labels, start).layout()


class _Arrangement:
    def __init__(
        self,
        boxes: Sequence[tuple[float, float]],
        arrows: Sequence[tuple[int, int]],
        labels: Sequence[tuple[float, float]],
        start: int,
    ) -> None:
        self.items = [Item(width, height) for width, height in boxes]
        self.number = len(boxes)
        self.arrows = list(arrows)
        self.labels = list(labels)
        self.turned = _turned(self.number, self.arrows, start)
        self._room_for_loops()
        self.chains: list[list[int]] = []
        self._layers()
        self._chains()
        self.rows = self._rows()

    def layout(self) -> Layout:
        """Return where everything stands."""
        self._order()
        self._across()
        self._downwards()
        left = min(item.x - item.width / 2 for item in self.items)
        for item in self.items:
            item.x -= left - GAP
        routes = tuple(self._route(at) for at in range(len(self.arrows)))
        reach = [x for route in routes for x, _ in route.points]
        width = max([*(item.x + item.width / 2 for item in self.items), *reach]) + GAP
        height = max(item.y + item.height / 2 for item in self.items) + GAP
        boxes = tuple((item.middle, item.y) for item in self.items[: self.number])
        sizes = tuple((2 * item.half, item.height) for item in self.items[: self.number])
        return Layout(boxes, sizes, routes, width, height)

    def _room_for_loops(self) -> None:
        for at, (source, target) in enumerate(self.arrows):
            if source == target:
                box, (width, _) = self.items[source], self.labels[at]
                wider = max(box.beside, width + _REACH + GAP / 2)
                box.width += wider - box.beside
                box.beside = wider

    # --- layers ----------------------------------------------------------------------------

    def _layers(self) -> None:
        """Each box stands two layers below the lowest one before it: labels go in between."""
        after: list[list[int]] = [[] for _ in range(self.number)]
        waiting = [0] * self.number
        for at, (source, target) in enumerate(self.arrows):
            if source == target:
                continue
            high, low = (target, source) if at in self.turned else (source, target)
            after[high].append(low)
            waiting[low] += 1
        ready = [at for at in range(self.number) if not waiting[at]]
        for at in ready:
            for low in after[at]:
                self.items[low].layer = max(self.items[low].layer, self.items[at].layer + 2)
                waiting[low] -= 1
                if not waiting[low]:
                    ready.append(low)

    def _chains(self) -> None:
        """Put a place into every layer that an arrow passes; the first holds its label."""
        for at, (source, target) in enumerate(self.arrows):
            high, low = (target, source) if at in self.turned else (source, target)
            chain = [high]
            if source != target:
                for layer in range(self.items[high].layer + 1, self.items[low].layer):
                    first = layer == self.items[high].layer + 1
                    last = layer == self.items[low].layer - 1
                    held = last if at in self.turned else first
                    width, height = self.labels[at] if held else (2.0, 0.0)
                    self.items.append(Item(width, height, layer, pull=_STRAIGHT))
                    chain.append(len(self.items) - 1)
                chain.append(low)
            self.chains.append(chain)
        for chain in self.chains:
            for above, below in pairwise(chain):
                self.items[above].down.append(below)
                self.items[below].up.append(above)

    def _rows(self) -> list[list[int]]:
        rows: list[list[int]] = [[] for _ in range(1 + max(i.layer for i in self.items))]
        seen = [False] * len(self.items)
        for root in range(len(self.items)):
            stack = [root]
            while stack:
                at = stack.pop()
                if not seen[at]:
                    seen[at] = True
                    rows[self.items[at].layer].append(at)
                    stack.extend(reversed(self.items[at].down))
        return rows

    # --- order -----------------------------------------------------------------------------

    def _order(self) -> None:
        best, fewest = [list(row) for row in self.rows], self._crossings()
        for turn in range(_ROUNDS):
            down = turn % 2 == 0
            rows = self.rows[1:] if down else self.rows[-2::-1]
            for row in rows:
                self._by_medians(row, down)
            self._swap()
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        # Not the last round but the best: medians go back and forth between two orders.
        self.rows = best

    def _places(self) -> list[int]:
        places = [0] * len(self.items)
        for row in self.rows:
            for place, at in enumerate(row):
                places[at] = place
        return places

    def _by_medians(self, row: list[int], down: bool) -> None:
        places = self._places()
        keys = {}
        for place, at in enumerate(row):
            near = sorted(places[n] for n in (self.items[at].up if down else self.items[at].down))
            middle = len(near) // 2
            median = near[middle] if len(near) % 2 else sum(near[middle - 1 : middle + 1]) / 2
            keys[at] = (median if near else place, place)
        row.sort(key=keys.__getitem__)

    def _swap(self) -> None:
        """Swap neighbours while that takes crossings away."""
        for row in self.rows:
            places = self._places()
            for at in range(len(row) - 1):
                one, other = row[at], row[at + 1]
                if self._between(one, other, places) > self._between(other, one, places):
                    row[at], row[at + 1] = other, one

    def _between(self, left: int, right: int, places: list[int]) -> int:
        total = 0
        for side in ("up", "down"):
            mine, theirs = getattr(self.items[left], side), getattr(self.items[right], side)
            total += sum(places[m] > places[t] for m in mine for t in theirs)
        return total

    def _crossings(self) -> int:
        places = self._places()
        total = 0
        for row in self.rows[:-1]:
            ends: list[int] = []
            for at in row:
                nexts = sorted(places[n] for n in self.items[at].down)
                for end in nexts:
                    total += sum(1 for other in ends if other > end)
                ends.extend(nexts)
        return total

    # --- coordinates -----------------------------------------------------------------------

    def _across(self) -> None:
        for row in self.rows:
            x = 0.0
            for at in row:
                item = self.items[at]
                item.x = x + item.width / 2
                x += item.width + GAP
        for turn in range(_ROUNDS * 2):
            rows = self.rows if turn % 2 == 0 else self.rows[::-1]
            for row in rows:
                self._move(row, both=turn >= _ROUNDS, down=turn % 2 == 0)

    def _move(self, row: list[int], *, both: bool, down: bool) -> None:
        """Bring a row as near to its neighbours as the gaps allow: the least squares of it."""
        items = [self.items[at] for at in row]
        wanted = []
        for item in items:
            near = [*item.up, *item.down] if both else (item.up if down else item.down)
            xs = [self.items[n].x for n in near]
            wanted.append(_mean(xs) if xs else item.x)
        offsets = [0.0]
        for left, right in pairwise(items):
            offsets.append(offsets[-1] + (left.width + right.width) / 2 + GAP)
        shifted = [w - o for w, o in zip(wanted, offsets, strict=True)]
        for item, x, offset in zip(
            items, _rising(shifted, [i.pull for i in items]), offsets, strict=True
        ):
            item.x = x + offset

    def _downwards(self) -> None:
        y = GAP
        for row in self.rows:
            height = max((self.items[at].height for at in row), default=0.0)
            for at in row:
                self.items[at].y = y + height / 2
            y += height + _LAYER_GAP

    # --- arrows ----------------------------------------------------------------------------

    def _route(self, at: int) -> Route:
        source, target = self.arrows[at]
        if source == target:
            return self._loop(at)
        chain = self.chains[at]
        points = [(self._port(at, chain, down=True), self._edge(chain[0], +1))]
        for place in chain[1:-1]:
            item = self.items[place]
            points.append((item.x, item.y - item.height / 2))
            if item.height:
                points.append((item.x, item.y + item.height / 2))
        points.append((self._port(at, chain, down=False), self._edge(chain[-1], -1)))
        back = at in self.turned
        held = chain[-2] if back else chain[1]
        label = (self.items[held].x, self.items[held].y) if len(chain) > 2 else None
        return Route(tuple(reversed(points)) if back else tuple(points), label, back)

    def _edge(self, at: int, side: int) -> float:
        return self.items[at].y + side * self.items[at].height / 2

    def _port(self, at: int, chain: list[int], *, down: bool) -> float:
        """Spread the arrows of a box over its side, in the order of where they go."""
        box = self.items[chain[0] if down else chain[-1]]
        mine = (self.items[chain[1] if down else chain[-2]].x, at)
        end, near = (0, 1) if down else (-1, -2)
        sides = sorted(
            (self.items[each[near]].x, other)
            for other, each in enumerate(self.chains)
            if len(each) > 1 and each[end] == chain[end]
        )
        step = (2 * box.half - 16) / (len(sides) + 1)
        return box.middle - box.half + 8 + step * (sides.index(mine) + 1)

    def _loop(self, at: int) -> Route:
        """An arrow back to its own box runs round its right side, several one below another."""
        source = self.arrows[at][0]
        box = self.items[source]
        loops = [n for n, each in enumerate(self.arrows) if each == (source, source)]
        slot = box.height / len(loops)
        y = box.y - box.height / 2 + slot * (loops.index(at) + 0.5)
        right, turn = box.middle + box.half, min(slot / 2 - 2, 12.0)
        outer = right + _REACH - 4
        points = ((right, y - turn), (outer, y - turn), (outer, y + turn), (right, y + turn))
        return Route(points, (outer + 4 + self.labels[at][0] / 2, y))


def _turned(number: int, arrows: Sequence[tuple[int, int]], start: int) -> set[int]:
    """Return the arrows that lead back to a box on the way to their own: they are turned round."""
    out: list[list[int]] = [[] for _ in range(number)]
    for at, (source, _) in enumerate(arrows):
        out[source].append(at)
    state = [0] * number
    found: set[int] = set()
    for root in (start, *range(number)):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            box, rest = stack[-1]
            for at in rest:
                target = arrows[at][1]
                if state[target] == 1 and target != box:
                    found.add(at)
                elif state[target] == 0:
                    state[target] = 1
                    stack.append((target, iter(out[target])))
                    break
            else:
                state[box] = 2
                stack.pop()
    return found


def _mean(numbers: Sequence[float]) -> float:
    # `sum` rounds floats otherwise from Python 3.12 on: a picture would be another there.
    return fsum(numbers) / len(numbers)


def _rising(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the rising numbers nearest to those wanted: neighbours that fall are pooled."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, mine, count), (other, theirs, more) = pools[-2], pools[-1]
            total = mine + theirs
            pools[-2:] = [((one * mine + other * theirs) / total, total, count + more)]
    return [value for value, _, count in pools for _ in range(count)]
