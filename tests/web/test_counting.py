"""What takes long is counted in the background: nobody waits, and nothing is counted twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event

import pytest
from tests.web.conftest import Serve
from tests.web.test_pages import text_of

from zhunru.reports import from_store
from zhunru.web.pages import board, counting
from zhunru.web.pages.counting import Counted, Counter
from zhunru.worktime import BEIJING

NINE = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
LONG = 20.0


class Slow:
    """A count that goes on until it is let go, and notes how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = Event()

    def __call__(self) -> int:
        self.begun += 1
        assert self.go.wait(LONG)
        return self.begun


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.go.set()


def settled(counter: Counter[int], slow: Slow, at: datetime) -> int:
    """Let a count end, and return what was counted."""
    slow.go.set()
    found = counter.get("a", slow, at, LONG)
    assert found is not None
    return found.found


def test_nobody_waits_for_what_takes_long(slow: Slow) -> None:
    counter: Counter[int] = Counter()
    began = time.perf_counter()
    assert [counter.get("a", slow, NINE, 0.01) for _ in range(5)] == [None] * 5
    assert time.perf_counter() - began < LONG / 4
    assert settled(counter, slow, NINE) == 1  # five asked, one counted


def test_what_was_counted_before_is_shown_while_it_is_counted_anew(slow: Slow) -> None:
    counter: Counter[int] = Counter()
    assert settled(counter, slow, NINE) == 1
    slow.go.clear()
    later = NINE + timedelta(hours=1)
    found = counter.get("a", slow, later, 0.01)
    assert found is not None and (found.found, found.at) == (1, NINE)
    assert settled(counter, slow, later) == 2


def test_what_took_long_is_kept_for_longer() -> None:
    quick, long = Counted(1, NINE, 0.1), Counted(1, NINE, 30.0)
    minutes = [NINE + timedelta(minutes=n) for n in (0, 2, 9, 11)]
    assert [quick.is_fresh(at) for at in minutes] == [True, False, False, False]
    assert [long.is_fresh(at) for at in minutes] == [True, True, True, False]


def test_a_count_that_fails_is_told_and_tried_again() -> None:
    counter: Counter[int] = Counter()

    def fails() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        counter.get("a", fails, NINE, LONG)
    found = counter.get("a", lambda: 7, NINE, LONG)
    assert found is not None and found.found == 7


def test_a_count_that_fails_after_all_have_gone_is_told_to_who_comes_next(slow: Slow) -> None:
    counter: Counter[int] = Counter()

    def fails() -> int:
        slow()
        raise TimeoutError("the store")  # not that of waiting for it

    assert counter.get("a", fails, NINE, 0.01) is None
    slow.go.set()
    while not counter._running["a"].done():
        time.sleep(0.001)
    with pytest.raises(TimeoutError, match="the store"):
        counter.get("a", fails, NINE, LONG)
    assert slow.begun == 1
    assert counter.get("a", slow, NINE, LONG) is not None


def test_no_more_than_a_few_wait_to_be_counted(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MOST_RUNNING", 3)
    counter: Counter[int] = Counter()
    assert [counter.get(each, slow, NINE, 0.01) for each in "abcd"] == [None] * 4
    assert set(counter._running) == {"a", "b", "c"}
    slow.go.set()
    assert {settled(counter, slow, NINE)} < {1, 2, 3}
    assert counter.get("c", slow, NINE, LONG) is not None
    assert counter.get("d", slow, NINE, LONG) is not None


def test_a_board_of_a_large_store_says_that_it_is_being_counted(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, slow: Slow
) -> None:
    def blocked(*given: object) -> object:
        slow()
        return from_store(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(board, "from_store", blocked)
    monkeypatch.setattr(counting, "PATIENCE", 0.01)
    served = serve("weihai", pages=True, store="memory:")
    given = {"flow": "走访反映", "as": "幸福社区 王芳", "key": "k", "facts": {}}
    served.ask("/v1/cases", given)
    page = served.get("/board")
    assert '<noscript><meta http-equiv="refresh"' in page.text and "正在统计" in text_of(page)
    slow.go.set()
    monkeypatch.setattr(counting, "PATIENCE", LONG)
    page = served.get("/board")
    assert 'http-equiv="refresh"' not in page.text
    assert "统计于 03-02 09:00" in text_of(page) and "办件 1" in text_of(page)
