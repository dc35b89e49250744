"""Builds checks, scorecards, matchings and promises from their lines and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from zhunru.diagnostics import Span
from zhunru.syntax import headings
from zhunru.syntax.builder import Build, Builder, pick
from zhunru.syntax.cells import Grid
from zhunru.syntax.expressions import Nothing
from zhunru.syntax.items import Parts
from zhunru.syntax.measure_nodes import (
    Check,
    Indicator,
    Matching,
    Promise,
    Scorecard,
    ScoreClass,
)
from zhunru.syntax.nodes import Declaration, Name, Title
from zhunru.syntax.outline import Line
from zhunru.syntax.reading import Item

# --- checks ------------------------------------------------------------------------------------


def check(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 核查: a line with what stands under it, or a table of checks."""
    head = build.head("h_check", line)
    if build.damaged and not line.rows:
        return
    grid = build.grid(line, headings.CHECK)
    if grid is not None:
        yield from _check_rows(build, grid)
    if head:
        parts = build.parts("c_check", line, head[1] if len(head) > 1 else [])
        yield check_of(head[0], parts, build.span(line))


def _check_rows(build: Builder, grid: Grid) -> Iterator[Check]:
    for row, cells in grid.cut():
        parts = Parts(build.reading)
        parts.add(map(_demanded, grid.items(cells)))
        span = build.reading.source.span(row.start, row.end)
        name = parts.one("name")
        if name is None or "demand" not in parts.items:
            zh, en = "名称和应当", "a name and a demand"
            build.reading.report("ZR125", span, owner="核查", what_zh=zh, what_en=en)
            continue
        yield check_of(name, parts, span)


def _demanded(item: Item) -> Item:
    """Return the cell under 应当 as the demand; that under 一般应当 says so by its heading."""
    if item.key not in ("must", "should"):
        return item
    return Item("demand" if item.key == "must" else "softly", item.value, item.span)


def check_of(name: Name, parts: Parts, span: Span) -> Check:
    """Build a check from its name and its items."""
    softly = parts.one("softly")
    return parts.of(
        Check,
        name=name,
        demand=softly if softly is not None else parts.one("demand", Nothing(span)),
        should=softly is not None or parts.flag("should"),
        consequence=parts.one("otherwise"),
        span=span,
    )


# --- promises ----------------------------------------------------------------------------------


def promise(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 保证."""
    head = build.head("h_promise", line)
    build.no_rows(line)
    if build.damaged:
        return
    yield promise_of(head[0], build.parts("c_promise", line, head[1]), build.span(line))


def promise_of(name: Name, parts: Parts, span: Span) -> Promise:
    """Build a promise from its name and its items."""
    return parts.of(
        Promise,
        name=name,
        decision=parts.one("decision", Name("", span)),
        regardless=parts.one("regardless", ()),
        span=span,
    )


# --- matchings ---------------------------------------------------------------------------------


def matching(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 配对."""
    head = build.head("h_match", line)
    build.no_rows(line)
    if build.damaged or len(head) < 3:
        return
    parts = build.parts("c_match", line, head)
    yield parts.of(Matching, name=head[0], needs=head[1], resources=head[2], span=build.span(line))


# --- scorecards --------------------------------------------------------------------------------


def scorecard(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 评价; indicators stand in lines, under a 类, or in a table."""
    head = build.head("h_scorecard", line)
    parts, classes = Parts(build.reading), list[ScoreClass]()
    parts.add(head)
    for child in line.children:
        said = build.pieces.line("c_scorecard", child) or []
        parts.add(item for item in said if item.key != "classes")
        classes += _classes(build, child, said)
    grid = build.grid(line, headings.INDICATOR)
    loose = list(parts.every("indicators"))
    if grid is not None:
        rows = list(_indicator_rows(build, grid))
        classes = classed(classes, rows)
        loose += [indicator for belongs, indicator in rows if belongs is None and indicator]
    expected = parts.one("expected", ())
    yield parts.of(
        Scorecard,
        name=head[0],
        title=pick(head, Title, Title("")),
        expected=expected if isinstance(expected, tuple) else (expected,),
        indicators=tuple(loose),
        classes=tuple(classes),
        tabular=grid is not None,
        span=build.span(line),
    )


def _classes(build: Builder, line: Line, said: list[Item]) -> list[ScoreClass]:
    """Return the classes of a line; the lines under it are indicators of its last one."""
    found = [one for item in said if item.key == "classes" for one in item.value]
    if not line.children:
        return found
    if not found:
        build.nothing_under(line)
        return found
    indicators = build.parts("c_class", line, []).every("indicators")
    return [*found[:-1], replace(found[-1], indicators=indicators)]


Placed = tuple[ScoreClass | None, Indicator | None]


def _indicator_rows(build: Builder, grid: Grid) -> Iterator[Placed]:
    for parts, span in build.rows(grid):
        yield placed_of(parts, span)


def placed_of(parts: Parts, span: Span) -> Placed:
    """Return a row of indicators: to which class it belongs, and the indicator."""
    name = parts.one("name")
    belongs = parts.one("class")
    if name is None:
        weight = parts.one("weight")
        return (replace(belongs, weight=weight or belongs.weight) if belongs else None), None
    return belongs, parts.of(Indicator, name=name, raters=parts.one("raters", ()), span=span)


def classed(classes: list[ScoreClass], rows: list[Placed]) -> list[ScoreClass]:
    """Put the indicators of rows into their classes; a row may be the first to name one."""
    by_name = {one.name.text: one for one in classes}
    for belongs, indicator in rows:
        if belongs is None:
            continue
        known = by_name.get(belongs.name.text, belongs)
        more = (indicator,) if indicator else ()
        by_name[known.name.text] = replace(
            known,
            weight=known.weight or belongs.weight,
            expected=known.expected or belongs.expected,
            indicators=known.indicators + more,
        )
    return list(by_name.values())


def with_indicators(card: Scorecard, rows: Sequence[Placed]) -> Scorecard:
    """Return a scorecard with the indicators of rows that lie in a file of their own."""
    loose = tuple(one for belongs, one in rows if belongs is None and one is not None)
    return replace(
        card,
        indicators=card.indicators + loose,
        classes=tuple(classed(list(card.classes), list(rows))),
    )


BUILDS: dict[str, Build] = {
    "CHECK": check,
    "PROMISE": promise,
    "MATCH": matching,
    "SCORECARD": scorecard,
}
