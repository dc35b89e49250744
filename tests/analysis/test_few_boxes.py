"""Few and wide boxes, beside the plain way: every condition tried on the whole diagram."""

from __future__ import annotations

from random import Random

import pytest

from zhunru.analysis.few_boxes import few_boxes
from zhunru.analysis.forest import Box, Forest


def diagram_of(forest: Forest, box: Box) -> int:
    return forest.every(
        forest.of(level, [at in classes for at in range(forest.sizes[level])])
        for level, classes in box.items()
    )


def plain_boxes(forest: Forest, hits: int, possible: int, most: int) -> list[Box]:
    """Return the boxes by whole diagrams: each step looks at every request."""
    barred = forest.but(possible, hits)
    boxes: list[Box] = []
    wanted = left = forest.both(hits, possible)
    while left != forest.no and len(boxes) < most:
        boxes.append(plainly_wide(forest, forest.first_box(left), barred))
        left = forest.but(left, diagram_of(forest, boxes[-1]))
    kept = list(boxes)
    for box in sorted(boxes, key=len, reverse=True):
        others = forest.some(diagram_of(forest, each) for each in kept if each is not box)
        if forest.but(wanted, others) == forest.no:
            kept = [each for each in kept if each is not box]
    return sorted(kept, key=len)


def plainly_wide(forest: Forest, box: Box, barred: int) -> Box:
    def clear(box: Box) -> bool:
        return forest.both(diagram_of(forest, box), barred) == forest.no

    for level in sorted(box, reverse=True):
        smaller = {key: classes for key, classes in box.items() if key != level}
        box = smaller if clear(smaller) else box
    for level in sorted(box):
        every = range(forest.sizes[level])
        box = {**box, level: tuple(at for at in every if clear({**box, level: (at,)}))}
    return box


def some_requests(rng: Random, forest: Forest, parts: int) -> int:
    """Return a diagram that is made of random boxes."""
    levels = range(len(forest.sizes))
    found = forest.no
    for _ in range(parts):
        box: Box = {}
        for level in rng.sample(levels, rng.randint(1, 3)):
            size = forest.sizes[level]
            few = rng.randint(1, size - 1) if rng.random() < 0.5 else 1
            box[level] = tuple(sorted(rng.sample(range(size), few)))
        found = forest.either(found, diagram_of(forest, box))
    return forest.negated(found) if rng.random() < 0.3 else found


def listed(rng: Random, entries: int) -> tuple[Forest, int]:
    """Return what a list admits where an entry has a quota: an axis each, behind that of matters."""
    place = rng.randrange(3)
    general = [rng.randint(2, 4) for _ in range(3)]
    sizes = [*general[:place], entries + 1, *general[place:], *[2] * entries]
    forest = Forest(sizes)
    shared = [level for level in range(4) if level != place and rng.random() < 0.8]
    common = forest.every(
        forest.of(level, [at != 0 for at in range(sizes[level])]) for level in shared
    )
    rows = [
        forest.of(4 + n, (True, False)) if rng.random() < 0.8 else forest.yes
        for n in range(entries)
    ]
    entry = forest.some(
        forest.both(forest.of(place, [at == n for at in range(entries + 1)]), row)
        for n, row in enumerate(rows)
    )
    return forest, forest.both(common, entry)


@pytest.mark.parametrize("seed", range(60))
def test_the_boxes_of_random_requests_are_those_of_the_plain_way(seed: int) -> None:
    rng = Random(seed)
    forest = Forest([rng.choice((2, 3, 5, 30)) for _ in range(rng.randint(3, 6))])
    hits = some_requests(rng, forest, rng.randint(1, 6))
    possible = some_requests(rng, forest, rng.randint(1, 3)) if seed % 2 else forest.yes
    for most in (400, 3, 1):
        assert few_boxes(forest, hits, possible, most) == plain_boxes(forest, hits, possible, most)


@pytest.mark.parametrize("entries", [1, 7, 26, 60])
@pytest.mark.parametrize("seed", range(6))
def test_the_boxes_of_a_list_with_quotas_are_those_of_the_plain_way(
    seed: int, entries: int
) -> None:
    forest, admitted = listed(Random(seed), entries)
    for hits in (admitted, forest.negated(admitted)):
        assert few_boxes(forest, hits, forest.yes) == plain_boxes(forest, hits, forest.yes, 400)


@pytest.mark.parametrize("seed", range(20))
def test_parts_of_a_diagram_are_those_of_whole_diagrams(seed: int) -> None:
    rng = Random(seed)
    forest = Forest([rng.choice((2, 3, 30)) for _ in range(5)])
    one = some_requests(rng, forest, 4)
    for _ in range(10):
        levels = rng.sample(range(5), rng.randint(0, 4))
        box = {at: tuple(rng.sample(range(forest.sizes[at]), rng.randint(1, 2))) for at in levels}
        whole = diagram_of(forest, box)
        assert forest.inside(one, box) == forest.both(one, whole)
        assert forest.outside(one, box) == forest.but(one, whole)
        assert forest.meets(one, box) == (forest.both(one, whole) != forest.no)
    assert (
        one == forest.no or forest.but(diagram_of(forest, forest.first_box(one)), one) == forest.no
    )
    asked = forest.levels_by_part(one)
    assert all(asked[each] == forest.levels(each) for each in forest.below(one))


def test_what_one_class_says_for_all_is_taken_before_what_hangs_on_more() -> None:
    forest = Forest([3, 2])
    hits = forest.node(0, (forest.of(1, (True, False)), forest.yes, forest.no))
    assert forest.first_box(hits) == {0: (1,)}


def test_what_a_list_with_quotas_refuses_is_found_in_steps_that_grow_with_the_list_alone() -> None:
    made = []
    for entries in (100, 200):
        forest = Forest([entries + 1, *[2] * entries])
        rows = [forest.of(1 + n, (True, False)) for n in range(entries)]
        refused = forest.negated(forest.node(0, (*rows, forest.no)))
        before = len(forest)
        assert len(few_boxes(forest, refused, forest.yes)) == entries + 1
        made.append(len(forest) - before)
    assert made[1] < 2.5 * made[0], made  # without an order of the cuts it is four times as much
