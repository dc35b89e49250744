"""Random workflows, calendars, documents and recurring duties, as a reader could have made them."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from hypothesis import strategies as st
from tests.strategies import source as made

from zhunru.syntax import canonical
from zhunru.syntax import expressions as e
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import Measure

name, names, few = made.name, made.some_names, made.few_names
parties = st.lists(made.exprs, min_size=1, max_size=3).map(tuple)
maybe_name = st.none() | name
meant = name.map(canonical.flow_word)
maybe_expr = st.none() | made.exprs
percents = st.integers(1, 100).map(lambda number: e.Quantity(made.Decimal(number), Measure.PERCENT))
whole = st.integers(0, 30)


@st.composite
def quorums(draw: st.DrawFn) -> w.Quorum:
    """A share of a body or of those present."""
    share = draw(st.sampled_from(("majority", "twothirds", "everyone", "percent")))
    return w.Quorum(
        share=share,
        over=draw(st.sampled_from(("body", "present"))),
        percent=draw(percents) if share == "percent" else None,
    )


owners = st.one_of(
    st.builds(w.Owners, owners=parties, jointly=few, substitute=maybe_expr),
    st.builds(w.Joint, parties=parties, lead=maybe_name),
    st.builds(
        w.Meeting,
        body=made.exprs,
        recused=maybe_expr,
        present=st.none() | quorums(),
        favour=st.none() | quorums(),
    ),
)
effects = st.one_of(
    st.builds(w.Effect, kind=st.just("enter"), object=name, row_kind=maybe_name, valid=maybe_expr),
    st.builds(w.Effect, kind=st.sampled_from(("cancel", "record", "open")), object=name),
    st.builds(w.Effect, kind=st.just("issue"), object=name, to=st.just(()) | parties),
    st.builds(
        w.Effect,
        kind=st.sampled_from(("notify", "copy", "inform", "supervise", "urge", "remind")),
        to=parties,
    ),
)
some_effects = st.lists(effects, min_size=1, max_size=3).map(tuple)
few_effects = st.lists(effects, max_size=2).map(tuple)


@st.composite
def bounds(draw: st.DrawFn) -> w.Bound:
    """How often, and what then."""
    times = draw(st.none() | whole)
    if times is None or draw(st.booleans()):
        return w.Bound(times=times)
    return w.Bound(times=times, then=draw(name), effects=draw(few_effects))


actions = st.builds(
    w.Action,
    name=name,
    target=name,
    label=maybe_name,
    join=st.sampled_from(("", "", "all", "any", "majority")),
    inputs=few,
    guard=maybe_expr,
    bound=st.none() | bounds(),
    effects=few_effects,
)
endings = st.builds(
    w.Ending,
    kind=st.sampled_from(("overdue", "expiry")),
    target=name,
    silence=maybe_name,
    guard=maybe_expr,
    bound=st.none() | bounds(),
    effects=few_effects,
)
reminders = st.one_of(
    st.builds(w.Reminder, when=st.just("halfway"), to=parties),
    st.builds(w.Reminder, when=st.just("ahead"), ahead=made.quantities, to=parties),
)
extensions = st.builds(w.Extension, times=whole, length=made.quantities, via=maybe_expr)
suspensions = st.builds(w.Suspension, reasons=names, length=made.quantities)
GLUED = ("全部", "任一", "过半")


@st.composite
def states(draw: st.DrawFn) -> w.State:
    """A state with its time, its ways out and what is built in."""
    owner = draw(st.none() | owners)
    until = draw(maybe_name)
    limit = draw(st.none() | made.limits())
    if limit is not None and limit.calendar:
        limit = replace(limit, calendar=canonical.flow_word(limit.calendar))
    if until is not None:
        tails = limit is not None and bool(limit.calendar or limit.stopped)
        limit = n.Limit(None, False, limit.calendar, limit.stopped) if limit and tails else None
    timed = until is not None or limit is not None
    moves = draw(made.lists_of(actions))
    if isinstance(owner, w.Joint):
        moves = tuple(m for m in moves if m.join or not m.name.text.startswith(GLUED))
    return w.State(
        name=draw(name),
        owner=owner,
        limit=limit,
        until=until,
        cumulative=timed and draw(st.booleans()),
        actions=moves,
        endings=draw(made.lists_of(endings)),
        reminders=draw(made.lists_of(reminders)),
        extension=draw(st.none() | extensions),
        suspensions=draw(made.lists_of(suspensions)),
        forbidden=canonical.flow_words(draw(few)),
    )


@st.composite
def _without(draw: st.DrawFn) -> w.Without:
    steps = draw(names)
    return w.Without(steps=steps, any_of=len(steps) > 1 and draw(st.booleans()), target=draw(name))


constraints: st.SearchStrategy[Any] = st.one_of(
    _without(),
    st.builds(w.Longest, start=name, ends=names, length=made.quantities),
    st.builds(w.Apart, left=names, right=names, by=st.sampled_from(("unit", "person"))),
    st.builds(w.Entails, start=name, target=name),
    st.builds(w.Withheld, secret=name, from_=name),
    st.builds(w.Exactly, number=whole, role=name),
)
workflows = st.builds(
    w.Workflow,
    name=name,
    title=made.maybe_titles,
    ends=few,
    calendar=st.none() | meant,
    constraints=made.lists_of(constraints, 3),
    priorities=made.lists_of(made.exprs),
    anywhere=made.lists_of(st.builds(w.Anywhere, action=actions, excluding=few)),
    arrivals=made.lists_of(st.builds(w.Arrival, state=name, effects=some_effects)),
    states=made.lists_of(states(), 3),
    citations=made.some_citations,
    period=made.periods,
    trace=made.traces,
    tabular=st.booleans(),
)

# --- calendars, documents, recurring duties ------------------------------------------------------

_clocks = st.integers(0, 24 * 60).map(
    lambda minutes: time.max if minutes == 24 * 60 else time(*divmod(minutes, 60))
)
spells = st.tuples(_clocks, _clocks).filter(lambda ends: ends[0] != ends[1]).map(sorted).map(tuple)
_days = st.dates(made.date(2000, 1, 1), made.date(2000, 12, 31)).map(lambda d: (d.month, d.day))
hours = st.builds(
    w.Hours,
    days=st.lists(st.sampled_from(("workday", "restday", "holiday")), min_size=1, max_size=3).map(
        tuple
    ),
    spells=st.lists(spells, min_size=1, max_size=3).map(tuple),
    season=st.none() | st.tuples(_days, _days),
    standby=st.booleans(),
)
calendars = st.builds(
    w.CalendarDecl,
    name=name,
    hours=st.lists(hours, min_size=1, max_size=3).map(tuple),
    settings=made.lists_of(st.tuples(meant, meant)),
)
documents = st.builds(
    w.Document,
    name=name,
    title=made.titles,
    body=made.texts,
    signed=maybe_name,
    sealed=st.booleans(),
    number=made.texts.map(lambda text: text.strip()),
)
occurrences = st.builds(
    w.Occurrence, period=made.quantities, least=made.quantities, subject=maybe_name
)


@st.composite
def recurring(draw: st.DrawFn) -> w.Recurring:
    """A duty with a rhythm of its own, or with that of a table."""
    rhythm = draw(st.booleans())
    paces = draw(st.lists(occurrences, min_size=1, max_size=3).map(tuple)) if rhythm else ()
    # Behind a condition `不少于 1 次` without a period would be part of it.
    unpaced = bool(paces) and not paces[0].period.value and paces[0].period.measure is None
    return w.Recurring(
        name=draw(name),
        every=draw(name),
        where=None if unpaced else draw(maybe_expr),
        occurrences=paces,
        period_from=None if rhythm else draw(made.exprs),
        by=draw(maybe_expr),
        rotating=draw(st.booleans()),
        attending=draw(few),
        record=draw(maybe_name),
        calendar=draw(st.none() | meant),
        missed=draw(few_effects),
    )


# --- formulas over registers, tests of workflows -------------------------------------------------

conditions = st.builds(e.Same, made.exprs) | made.exprs
rows = st.builds(e.Rows, made.exprs, conditions, st.none() | made.quantities) | st.builds(
    e.Rows, made.exprs, st.none(), made.quantities
)
formulas = st.builds(
    n.Formula,
    name=name,
    parameters=few,
    body=st.builds(e.Call, st.just("计数"), st.tuples(rows)),
)
_events = st.builds(
    n.Given,
    subject=name.map(lambda one: e.Ref(one.text)),
    value=made.moments.map(e.Moment),
    event=st.just(True),
)
tests = st.builds(
    n.Test,
    title=made.titles,
    cases=st.lists(
        st.builds(
            n.Case,
            given=st.lists(made.givens | _events, min_size=1, max_size=3).map(tuple),
            expected=st.builds(
                n.Expected,
                ends=st.lists(st.tuples(name, made.moments), min_size=1, max_size=2).map(tuple),
            ),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
