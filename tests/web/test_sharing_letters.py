"""Letters of several services over one store: one sends at a time, and another goes on."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest
from tests.web.conftest import idle
from tests.web.test_outbox import report, start

from zhunru.errors import StoreError
from zhunru.store import claims
from zhunru.store.base import LetterRow
from zhunru.store.failures import failure
from zhunru.web.callbacks import CALLBACK
from zhunru.web.ledger import AWAITED, Ledger
from zhunru.web.outbox import Outbox


@pytest.fixture(autouse=True)
def sent_by_hand(monkeypatch):
    """Let the tests alone say when a round goes out."""
    monkeypatch.setattr(Outbox, "run", idle)


@pytest.fixture
def two(serve, tmp_path):
    """Two services over one store."""
    one = start(serve, tmp_path, store=str(tmp_path / "cases.db"))
    return one, start(serve, tmp_path, store=str(tmp_path / "cases.db"), clock=one.clock)


def ids(api):
    return [event["id"] for event, _ in api.receiver.got]


def stop(api):
    """Stop a service without a word, as where it is killed."""
    api.app.state.service.tenants[""].close()


def test_a_letter_is_sent_by_one_of_two_services(two):
    one, other = two
    for number, api in enumerate((one, other, one)):
        report(api, number)
        for _ in range(2):
            one.outbox.send()
            other.outbox.send()
    assert len(set(ids(one))) == len(ids(one)) >= 6
    assert ids(other) == []
    assert [line["event"] for line in one.lines].count("sending-letters") == 1


def test_when_one_is_gone_the_other_goes_on_where_it_stopped(two):
    one, other = two
    cases = [report(one, 1), report(one, 2)]
    one.receiver.refused = {cases[0]}
    one.outbox.send()
    other.outbox.send()
    assert other.receiver.tried == 0
    stop(one)
    other.outbox.send()
    assert other.receiver.tried == 0, "it waits as long as the first would have waited"
    other.clock.forward(minutes=1)
    other.receiver.refused = {cases[0]}
    other.outbox.send()
    rows = other.outbox.ledger(other.app.state.service.tenants[""]).of_hook("h")
    assert [row.attempts for row in rows] == [2]
    other.clock.forward(minutes=1)
    other.receiver.refused = set()
    other.outbox.send()
    assert not set(ids(one)) & set(ids(other))
    sequence = [event["sequence"] for event, _ in other.receiver.got]
    assert sequence == sorted(sequence) and len(sequence) > 1
    assert {event["subject"] for event, _ in other.receiver.got} == {cases[0]}


def test_when_one_hangs_the_other_goes_on_and_nothing_is_sent_twice(two, monkeypatch):
    one, other = two
    monkeypatch.setattr(claims, "SILENT", 0.2)
    report(one)
    real, waits, go_on = one.receiver, Event(), Event()

    def hangs(*letter):
        answer = real(*letter)
        waits.set()
        go_on.wait(60)
        return answer

    one.outbox.post = hangs
    thread = Thread(target=one.outbox.send)
    thread.start()
    waits.wait(60)
    until = time.monotonic() + 60
    while not other.receiver.got and time.monotonic() < until:
        other.outbox.send()
        time.sleep(0.05)
    go_on.set()
    thread.join()
    first, *more = ids(one)
    assert more == [], "it sent no more of its round"
    # What it had just sent it could not put on record: a receiver knows it by its id.
    assert ids(other)[0] == first and len(set(ids(other))) == len(ids(other)) > 1
    assert [line["event"] for line in other.lines].count("sending-letters") == 1


def test_who_has_lost_its_turn_sends_nothing_more_of_its_round(two, monkeypatch):
    one, _ = two
    report(one)
    store = one.app.state.service.tenants[""].office.store
    turns = iter([1, 1, 2])
    monkeypatch.setattr(store, "claim", lambda duty: next(turns, 3))
    one.outbox.send()
    assert one.receiver.tried == 1
    monkeypatch.setattr(store, "claim", lambda duty: 0)
    one.outbox.send()
    assert one.receiver.tried == 1
    monkeypatch.setattr(store, "claim", lambda duty: 4)
    one.outbox.send()
    assert len(set(ids(one))) == len(ids(one)) > 1, "what it had sent is known"


def test_who_asked_one_service_to_be_called_back_is_told_by_the_other(two):
    one, other = two
    one.outbox.send()
    ledger = one.outbox.ledger(one.app.state.service.tenants[""])
    row = LetterRow(hook=CALLBACK, letter="n", case_id="案", topic="task", state=AWAITED)
    other.outbox.ledger(other.app.state.service.tenants[""]).note(row)
    assert ledger.of_hook(CALLBACK) == []
    ledger.refresh()
    assert [each.letter for each in ledger.of_hook(CALLBACK)] == ["n"]
    assert [each.letter for each in Ledger(one.app.state.service.tenants[""].desk.store)
            .of_hook(CALLBACK)] == ["n"]  # fmt: skip


def test_a_service_that_stops_waits_for_the_letter_that_is_under_way(serve, tmp_path):
    store = str(tmp_path / "cases.db")
    one = start(serve, tmp_path, store=store)
    report(one)
    begun, real = Event(), one.receiver

    def slow(*letter):
        begun.set()
        time.sleep(0.5)
        return real(*letter)

    one.outbox.post = slow
    thread = Thread(target=one.outbox.send)
    thread.start()
    begun.wait(60)
    one.__exit__(None, None, None)  # what is under way ends, then the store is closed
    thread.join()
    other = start(serve, tmp_path, store=store, clock=one.clock)
    other.outbox.send()
    assert len(ids(one)) == 1
    assert ids(other) and not set(ids(one)) & set(ids(other))


def test_a_store_that_is_down_keeps_no_letters_of_other_tenants(serve, tmp_path, monkeypatch):
    (tmp_path / "hooks.json").write_text(
        '{"hooks": [{"id": "h", "url": "https://hooks.example.cn/in", "secret": "s",'
        ' "tenant": "乙"}]}',
        encoding="utf-8",
    )
    api = serve(sets={"甲": ["weihai"], "乙": ["weihai"]}, hooks=tmp_path / "hooks.json",
                store=str(tmp_path / "{tenant}.db"))  # fmt: skip
    service, got = api.app.state.service, []
    report(api, prefix="/t/乙")
    service.outbox.post = lambda *letter: got.append(letter) or 200

    def down(duty):
        raise failure("ZR851", address="甲.db", reason="")

    monkeypatch.setattr(service.tenants["甲"].office.store, "claim", down)
    with pytest.raises(StoreError):
        service.outbox.send()
    assert got
