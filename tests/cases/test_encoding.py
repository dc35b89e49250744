"""Cases and events as canonical JSON: nothing is lost, and equal things are equal texts."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.runtime import encoding
from zhunru.runtime.case import Actor, Case, Done, Event, Extending, Party, Pause, Took, Visit

NAMES = st.text(min_size=1, max_size=6).filter(lambda name: not name.startswith("$"))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.text(max_size=8),
    st.frozensets(st.text(max_size=4), max_size=3),
    st.lists(st.text(max_size=4), max_size=3).map(tuple),
)
FACTS = st.dictionaries(NAMES, VALUES, max_size=5)
INSTANTS = st.integers(0, 1 << 60)
ACTORS = st.builds(Actor, unit=NAMES, person=st.text(max_size=3), roles=st.tuples(NAMES))
PAUSES = st.lists(
    st.builds(Pause, since=INSTANTS, bound=INSTANTS, reason=NAMES, until=st.none() | INSTANTS),
    max_size=2,
).map(tuple)
VISITS = st.builds(
    Visit,
    number=st.integers(1, 9),
    state=NAMES,
    entered=INSTANTS,
    due=st.none() | INSTANTS,
    spent=st.integers(0, 9),
    pauses=PAUSES,
    extending=st.none() | st.builds(Extending, at=INSTANTS, answer_by=INSTANTS),
    fired=st.lists(NAMES, max_size=2).map(tuple),
    owners=st.lists(NAMES, max_size=2).map(tuple),
)
CASES = st.builds(
    Case,
    case_id=NAMES,
    partition=NAMES,
    set_code=NAMES,
    digest=NAMES,
    flow=NAMES,
    opened=INSTANTS,
    opener=ACTORS,
    version=st.integers(1, 99),
    at=INSTANTS,
    visit=VISITS,
    fields=FACTS,
    parties=st.lists(st.builds(Party, unit=NAMES, pauses=PAUSES), max_size=2).map(tuple),
    counts=st.dictionaries(NAMES, st.integers(0, 9), max_size=2),
    taken=st.lists(st.builds(Took, state=NAMES, line=NAMES, at=INSTANTS), max_size=2).map(tuple),
    marks=st.lists(NAMES, max_size=2).map(tuple),
    children=st.lists(NAMES, max_size=2).map(tuple),
    end=st.text(max_size=3),
)
EFFECTS = st.lists(
    st.builds(Done, kind=st.just("enter"), object=NAMES, to=st.tuples(NAMES), fields=FACTS),
    max_size=2,
).map(tuple)


@given(CASES)
def test_a_case_comes_back_from_its_body_as_it_was(case: Case) -> None:
    body = encoding.encode_case(case)
    found = encoding.decode_case(body)
    assert found == case
    assert [type(found.fields[name]) for name in case.fields] == [
        type(value) for value in case.fields.values()
    ]
    assert encoding.encode_case(found) == body


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_came_leaves_no_trace(facts: dict[str, object], random) -> None:
    names = list(facts)
    random.shuffle(names)
    assert encoding.encode({name: facts[name] for name in names}) == encoding.encode(facts)


@given(FACTS, ACTORS, EFFECTS)
def test_an_event_comes_back_with_its_effects(
    facts: dict[str, object], actor: Actor, effects: tuple[Done, ...]
) -> None:
    event = Event(kind="act", at=7, data={"fields": facts}, actor=actor)
    body = encoding.encode_event(event, effects)
    assert encoding.decode_event("act", 7, encoding.encode_actor(actor), body) == event
    # Nothing reads effects back from an event: they are kept for whoever reads the history.
    assert tuple(Done(**one) for one in encoding.decode(body).get("effects", ())) == effects


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("1.50"), Decimal("1.5")),
        (Decimal("1"), 1),
        ("2026-03-02", date(2026, 3, 2)),
        (date(2026, 3, 2), datetime(2026, 3, 2)),
        (True, 1),
        (None, "无"),
    ],
)
def test_what_differs_in_kind_or_places_differs_in_writing(one: object, other: object) -> None:
    assert encoding.encode(one) != encoding.encode(other)


def test_what_is_no_fact_is_not_written() -> None:
    with pytest.raises(TypeError):
        encoding.encode({"经费": object()})


@pytest.mark.parametrize("kind", [Case, Visit, Party])
def test_every_list_of_a_record_is_read_back_as_one(kind: type) -> None:
    """A list that a record gains later must be named in the reader too."""
    known = {*encoding._NESTED, *encoding._NESTED_IN_VISIT}
    plain = {"counts", "spent"}
    hints = get_type_hints(kind)
    for field in fields(kind):
        text = str(hints[field.name])
        if "tuple" in text or "Mapping" in text:
            assert field.name in known | plain, field.name


def test_what_is_at_its_default_is_not_written() -> None:
    visit = Visit(number=1, state="初审", entered=5)
    assert encoding.encode(visit) == '{"entered":5,"number":1,"state":"初审"}'
    assert encoding.encode(replace(visit, person="张")) != encoding.encode(visit)
