"""Ids of cases follow the order of opening, and are the same for the same command."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhunru.runtime.ids import is_record_id, new_id, partition_of
from zhunru.worktime.instants import DAY, beijing, stamp

START = stamp(beijing(2026, 3, 2))
WITHIN = st.integers(0, 400 * DAY - 1)


@given(WITHIN, WITHIN, st.text(max_size=5), st.text(max_size=5))
def test_what_is_opened_a_tenth_of_a_second_later_comes_later(
    one: int, two: int, first: str, second: str
) -> None:
    earlier, later = sorted((one, two))
    ids = [new_id("甲.1", first, START + earlier), new_id("甲.1", second, START + later)]
    if later // 100_000 > earlier // 100_000:
        assert ids[0] < ids[1]
    assert {len(each) for each in ids} == {len("甲_1.c20260302-") + 12}


def test_the_same_command_opens_the_same_case_and_another_another() -> None:
    ids = {new_id("甲.1", f"k{number}", START) for number in range(10_000)}
    assert len(ids) == 10_000
    assert ids == {new_id("甲.1", f"k{number}", START) for number in range(10_000)}


def test_an_id_says_its_set_and_its_kind() -> None:
    assert partition_of(new_id("甲.1", "k", START)) == "甲_1"
    assert is_record_id(new_id("甲.1", "k", START, "d"))
    assert not is_record_id(new_id("甲.1", "k", START))
