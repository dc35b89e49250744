"""What every store promises, shown on all three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Thread

import pytest
from tests.store.rows import (
    Counting,
    booking,
    case,
    event,
    message,
    opening,
    register_row,
    reply,
    timer,
    work,
)

from zhunru.errors import StoreError
from zhunru.store import database
from zhunru.store.base import (
    BundleRow,
    CaseRow,
    Change,
    LetterRow,
    Shelf,
    Store,
    View,
    Work,
    is_provisional,
)
from zhunru.store.chain import Chain, Head, verify_chain


class Refused(Exception):
    """What a caller's own work raises."""


def error_code(store: Store, one: Work) -> str:
    with pytest.raises(StoreError) as caught:
        store.write(one)
    assert not caught.value.uncertain
    return caught.value.code


def all_of(store: Store) -> list[object]:
    """Everything that a store can be asked for about 案1 … 案9."""
    ids = [f"案{n}" for n in range(1, 10)]
    return [
        [store.events(each) for each in ids],
        store.find_cases(limit=1_000),
        store.count_cases(),
        store.due_timers(10**9, 1_000),
        store.next_due(),
        store.messages(1_000),
        [list(store.chain(name)) for name in store.partitions()],
        store.read(lambda view: list(view.register_rows("应急响应"))),
        store.read(lambda view: list(view.bookings("检查", "社区", 0, 99))),
        store.read(lambda view: [view.reply(f"令{n}") for n in range(9)]),
    ]


# --- events and cases ----------------------------------------------------------------------------


def test_what_was_written_is_read_as_it_was(store: Store) -> None:
    one = event(body='{"说":"“准入”\\n\\u0000"}', command="令1", at=-5, recorded=2**62)
    row = case(due=77, owners=("街道", "派出所/民警"), closed=True, body='{"x":"é𠀀"}')
    assert store.write(work(Change(events=(one,), cases=(row,)), {"任何": "值"})) == {"任何": "值"}
    assert store.events("案1") == [one]
    assert store.read(lambda view: view.case("案1")) == row
    assert store.find_cases() == [row]


def test_nothing_there_is_nothing(store: Store) -> None:
    assert store.read(lambda view: view.case("无")) is None
    assert store.read(lambda view: view.reply("无")) is None
    assert list(store.read(lambda view: view.timers("无"))) == []
    assert list(store.read(lambda view: view.register_rows("无"))) == []
    assert list(store.read(lambda view: view.bookings("无", "无", 0, 9))) == []
    assert list(store.events("无")) == []
    assert store.next_due() is None
    assert list(store.messages(10)) == list(store.chain("无")) == list(store.partitions()) == []
    assert store.bundle("无") is None


def test_events_come_in_order_and_after_a_number(store: Store) -> None:
    for _ in range(4):
        store.write(Counting("案1").work())
    assert [e.number for e in store.events("案1")] == [1, 2, 3, 4]
    assert [e.number for e in store.events("案1", after=2)] == [3, 4]
    assert store.find_cases()[0].version == 4


@pytest.mark.parametrize("number", [0, 1, 3])
def test_an_event_out_of_line_writes_nothing(store: Store, number: int) -> None:
    store.write(work(opening()))
    before = all_of(store)
    change = Change(
        events=(event(number=number),),
        cases=(case(version=number),),
        timers={"案1": (timer(),)},
        messages=(message(),),
        replies=(reply(),),
    )
    assert error_code(store, work(change)) == "ZR858"
    assert all_of(store) == before


def test_two_events_with_one_number_in_one_change_are_an_error(store: Store) -> None:
    change = Change(events=(event(), event()), cases=(case(),))
    assert error_code(store, work(change)) == "ZR858"


def test_events_need_the_row_that_they_add_up_to(store: Store) -> None:
    assert error_code(store, work(Change(events=(event(),)))) == "ZR858"
    assert error_code(store, work(Change(events=(event(),), cases=(case(version=2),)))) == "ZR858"
    assert error_code(store, work(Change(cases=(case(version=1),)))) == "ZR858"
    assert error_code(store, work(Change(cases=(case(version=0),)))) == "ZR858"
    assert list(store.find_cases()) == []


def test_one_work_may_write_several_events_of_several_cases(store: Store) -> None:
    change = Change(
        events=(event("案1"), event("案2"), event("案1", 2)), cases=(case("案2"), case("案1", 2))
    )
    store.write(work(change))
    assert [(e.case_id, e.number) for e in store.events("案1")] == [("案1", 1), ("案1", 2)]
    assert [c.version for c in store.find_cases()] == [2, 1]


def test_a_case_stays_in_its_partition(store: Store) -> None:
    store.write(work(opening()))
    change = Change(events=(event(number=2),), cases=(case(version=2),))
    assert error_code(store, work(change, partition="乙街道")) == "ZR865"
    store.write(work(opening("案2"), partition="乙街道"))
    assert error_code(store, work(change, partition="乙街道")) == "ZR865"
    assert [len(store.events(each)) for each in ("案1", "案2")] == [1, 1]


def test_a_case_stays_in_its_partition_when_the_store_is_opened_anew(
    durable: str, opened: Callable[..., Store]
) -> None:
    before = opened(durable)
    before.write(work(opening()))
    before.close()
    store = opened(durable)
    change = Change(events=(event(number=2),), cases=(case(version=2),))
    assert error_code(store, work(change, partition="乙街道")) == "ZR865"
    store.write(work(change))
    assert [len(list(store.chain(name))) for name in store.partitions()] == [2]


def test_a_row_of_a_case_may_change_without_an_event(store: Store) -> None:
    store.write(work(opening()))
    store.write(work(Change(cases=(case(state="办结"),))))
    assert store.find_cases()[0].state == "办结"
    store.write(work(opening("案2")))
    several = Change(events=(event("案2", 2),), cases=(case("案2", 2), case(state="重办")))
    store.write(work(several))
    assert [(each.version, each.state) for each in store.find_cases()] == [
        (1, "重办"),
        (2, "待响应"),
    ]


# --- lists ---------------------------------------------------------------------------------------


def test_the_newest_of_each_shelf_come_first(store: Store) -> None:
    states = {"甲.c1": "草拟", "甲.c2": "初审", "甲.c3": "草拟", "甲.d4": "草拟", "甲.c5": "草拟"}
    for case_id, state in states.items():
        change = Change(events=(event(case_id),), cases=(case(case_id, state=state),))
        store.write(work(change))
    draft = Shelf(flow="吹哨报到", state="草拟", closed=False, low="甲.c", high="甲.d")
    review = replace(draft, state="初审")
    found = store.newest_ids([draft, review, replace(draft, closed=True)], 2)
    assert list(found) == ["甲.c5", "甲.c3", "甲.c2"]
    assert list(store.newest_ids([replace(draft, high="甲.c5")], 9)) == ["甲.c3", "甲.c1"]
    assert list(store.newest_ids([replace(draft, high="甲.c1~")] * 200, 1)) == ["甲.c1"] * 200
    assert list(store.newest_ids([], 9)) == []


def test_late_cases_come_by_their_time_and_page_by_page(store: Store) -> None:
    dues = {"a": 30, "b": 10, "c": 10, "d": 40, "e": None, "f": 5}
    for case_id, due in dues.items():
        row = case(case_id, due=due, closed=case_id == "f", state="初审" if due == 30 else "草拟")
        store.write(work(Change(events=(event(case_id),), cases=(row,))))
    assert [row.case_id for row in store.late_cases(40)] == ["b", "c", "a"]
    assert [row.case_id for row in store.late_cases(40, after=(10, "b"), limit=1)] == ["c"]
    assert store.count_late(41) == {("吹哨报到", "草拟"): 3, ("吹哨报到", "初审"): 1}
    assert store.count_late(41, "甲") == {}


def test_a_day_that_hangs_on_a_calendar_not_published_makes_no_case_late(store: Store) -> None:
    bodies = {
        "a": '{"visit":{"amount":"5","provisional":true,"state":"审"}}',
        "b": '{"visit":{"amount":"5","provisional":false}}',
        "c": '{"visit":{"v":1}}',
        # What a field is called, or says, does not make the day of a case one.
        "d": '{"fields":{"provisional":true},"visit":{"amount":"5"}}',
        "e": '{"fields":{"provisional":true,"visit":{"$n":"1"}},"visit":{"amount":"5"}}',
        "f": r'{"fields":{"说":"\"visit\":{\"provisional\":true"},"visit":{"amount":"5"}}',
        "g": '{"fields":{"visit":{"$n":"1"}},"visit":{"amount":"5","provisional":true}}',
        "h": '{"fields":{"Visit":{"$n":"1"},"provisional":true},"visit":{"amount":"5"}}',
    }
    for case_id, body in bodies.items():
        row = case(case_id, due=10, body=body)
        assert is_provisional(row) == (case_id in "ag")
        store.write(work(Change(events=(event(case_id),), cases=(row,))))
    assert [row.case_id for row in store.late_cases(40)] == ["b", "c", "d", "e", "f", "h"]
    assert sum(store.count_late(40).values()) == 6


# --- all or nothing ------------------------------------------------------------------------------


def test_a_work_that_raises_writes_nothing(store: Store) -> None:
    store.write(Counting("案1", "令1").work())
    before = all_of(store)

    def run(view: View) -> tuple[Change, object]:
        assert view.case("案1") is not None
        raise Refused

    with pytest.raises(Refused):
        store.write(Work(partition="甲街道", run=run, cases=("案1",)))
    assert all_of(store) == before


def test_a_work_may_only_read(store: Store) -> None:
    store.write(work(opening()))
    before = all_of(store)
    found = store.write(Work(partition="新", run=lambda view: (Change(), view.case("案1"))))
    assert found == case()
    assert all_of(store) == before
    assert list(store.partitions()) == ["甲街道"]


@pytest.mark.parametrize("text", ["\ud800", "半个\udfff"])
def test_what_cannot_be_kept_as_text_is_refused(store: Store, text: str) -> None:
    change = Change(events=(event(body=text),), cases=(case(),))
    assert error_code(store, work(change)) == "ZR862"
    assert list(store.partitions()) == []


def test_every_reading_sees_one_state(store: Store) -> None:
    store.write(Counting("案1").work())
    other = Thread(target=store.write, args=(Counting("案2").work(),))

    def reading(view: View) -> tuple[int, CaseRow | None]:
        row = view.case("案1")
        other.start()
        other.join(0.2)  # a store in memory lets nobody write meanwhile
        return row.version if row else 0, view.case("案2")

    assert store.read(reading) == (1, None)
    # Else it would write into a store that the test's end has closed.
    other.join(60)
    assert len(store.events("案2")) == 1


# --- replies -------------------------------------------------------------------------------------


def test_a_command_is_answered_once(store: Store) -> None:
    first = Counting("案1", "令1")
    assert store.write(first.work()) == 1
    assert store.write(first.work()) == 1
    assert [e.number for e in store.events("案1")] == [1]
    assert store.read(lambda view: view.reply("令1")) == reply("令1", "案1", 1)


def test_a_second_answer_to_a_command_is_an_error(store: Store) -> None:
    store.write(work(Change(replies=(reply("令1"),))))
    change = replace(opening(), replies=(reply("令1", body="另"),))
    assert error_code(store, work(change)) == "ZR859"
    assert error_code(store, work(Change(replies=(reply("令2"), reply("令2"))))) == "ZR859"
    assert list(store.events("案1")) == []
    assert store.read(lambda view: view.reply("令1")) == reply("令1")


def test_one_work_may_answer_several_commands(store: Store) -> None:
    answers = (reply("令1"), reply("令2", body="另"))
    store.write(work(replace(opening(), replies=answers)))
    assert store.read(lambda view: (view.reply("令1"), view.reply("令2"))) == answers
    again = work(Change(replies=(reply("令3"), reply("令2"))))
    assert error_code(store, again) == "ZR859"
    assert store.read(lambda view: view.reply("令3")) is None


# --- finding cases -------------------------------------------------------------------------------


def filled(store: Store) -> list[CaseRow]:
    rows = [
        case(
            f"案{n}",
            flow=("吹哨报到", "准入")[n % 2],
            state=("待响应", "办结")[n % 3 == 0],
            closed=n % 3 == 0,
            owners=("街道", "派出所") if n % 4 == 0 else ("街道",),
            opened=100 - n,
        )
        for n in range(1, 10)
    ]
    for row in rows:
        store.write(work(Change(events=(event(row.case_id),), cases=(row,))))
    return rows


def test_cases_are_found_by_each_condition_and_all_together(store: Store) -> None:
    rows = filled(store)
    assert store.find_cases() == rows
    assert store.find_cases(flow="准入") == [r for r in rows if r.flow == "准入"]
    assert store.find_cases(state="办结") == [r for r in rows if r.state == "办结"]
    assert store.find_cases(closed=False) == [r for r in rows if not r.closed]
    assert store.find_cases(owner="派出所") == [r for r in rows if "派出所" in r.owners]
    both = store.find_cases(owner="派出所", flow="吹哨报到", state="待响应", closed=False)
    assert both == [rows[3], rows[7]]
    assert list(store.find_cases(owner="派")) == list(store.find_cases(flow="准")) == []


@pytest.mark.parametrize("owner", ["", "街道"])
def test_cases_come_in_pages(store: Store, owner: str) -> None:
    rows = filled(store)
    pages: list[Sequence[CaseRow]] = []
    after = ""
    while page := store.find_cases(owner=owner, after=after, limit=4):
        pages.append(page)
        after = page[-1].case_id
    assert [len(page) for page in pages] == [4, 4, 1]
    assert [row for page in pages for row in page] == rows


def test_ids_are_ordered_by_code_points_in_every_store(store: Store) -> None:
    ids = ["B", "a", "案10", "案9", "é", "Z1", "𠀀", "-", "_"]
    for each in ids:
        store.write(work(opening(each)))
    assert [row.case_id for row in store.find_cases()] == sorted(ids)
    assert [row.case_id for row in store.find_cases(after="a")] == sorted(i for i in ids if i > "a")


def test_owners_of_a_case_change(store: Store) -> None:
    store.write(work(opening(owners=("街道", "派出所"))))
    later = case(version=2, owners=("派出所", "城管"))
    store.write(work(Change(events=(event(number=2),), cases=(later,))))
    assert list(store.find_cases(owner="街道")) == []
    assert store.find_cases(owner="派出所") == store.find_cases(owner="城管") == [later]


def test_cases_are_counted(store: Store) -> None:
    rows = filled(store)
    keys = {(row.flow, row.state, row.closed) for row in rows}
    expected = {key: sum((row.flow, row.state, row.closed) == key for row in rows) for key in keys}
    assert dict(store.count_cases()) == expected


def test_cases_are_counted_by_partition(store: Store) -> None:
    for case_id, due in (("甲.c1", 5), ("甲.c2", 9), ("甲乙.c1", 5), ("乙.c1", 5), ("甲", 5)):
        store.write(work(Change(events=(event(case_id),), cases=(case(case_id, due=due),))))
    (place,) = store.count_cases("甲")
    assert [store.count_cases(each)[place] for each in ("甲", "乙", "甲乙")] == [2, 1, 1]
    assert dict(store.count_cases("丙")) == {}
    assert store.count_late(7, "甲") == {place[:2]: 1}


# --- timers --------------------------------------------------------------------------------------


def test_timers_are_replaced_case_by_case(store: Store) -> None:
    first = (timer(name="半程", due=50), timer(name="到期", due=100), timer(name="催办", due=70))
    store.write(work(replace(opening(), timers={"案1": first})))
    store.write(work(replace(opening("案2"), timers={"案2": (timer("案2", due=60),)})))
    changed = (timer(name="到期", due=40), timer(name="催办", due=70))
    store.write(work(Change(timers={"案1": changed})))
    assert list(store.read(lambda view: view.timers("案1"))) == list(changed)
    assert store.due_timers(10**9, 10) == [changed[0], timer("案2", due=60), changed[1]]
    store.write(work(Change(timers={"案1": ()})))
    assert store.due_timers(10**9, 10) == [timer("案2", due=60)]


def test_timers_fire_by_instant_then_rank_then_case(store: Store) -> None:
    rows = [timer("案2", "b", 5, 1), timer("案1", "b", 5, 1), timer("案3", "a", 5, 0)]
    rows += [timer("案4", "a", 4, 9), timer("案1", "a", 5, 1)]
    for case_id in ("案1", "案2", "案3", "案4"):
        own = tuple(row for row in rows if row.case_id == case_id)
        store.write(work(replace(opening(case_id), timers={case_id: own})))
    ordered = [rows[3], rows[2], rows[4], rows[1], rows[0]]
    assert store.due_timers(6, 10) == ordered
    assert store.due_timers(6, 2) == ordered[:2]
    assert store.due_timers(5, 10) == [rows[3]], "due before, not at"
    assert store.next_due() == 4


def test_timers_need_no_case(store: Store) -> None:
    store.write(work(Change(timers={"定期:季度检查": (timer("定期:季度检查"),)})))
    store.write(work(Change(timers={"定期:季度检查": (timer("定期:季度检查", due=200),)})))
    assert store.due_timers(300, 10) == [timer("定期:季度检查", due=200)]


# --- messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 127, 128, 129, 130, 255, 256, 257, 385])
def test_as_many_rows_as_there_are_go_into_one_write(store: Store, number: int) -> None:
    many = tuple(message(position=position) for position in range(number))
    store.write(work(replace(opening("案"), messages=many)))
    assert [row for _, row in store.messages(1_000)] == list(many)
    timers = {f"案{n}": (timer(f"案{n}", due=n),) for n in range(number)}
    store.write(work(Change(timers=timers)))
    assert len(store.due_timers(number, 1_000)) == number
    store.write(work(Change(timers=dict.fromkeys(timers, ()))))
    assert not store.due_timers(number, 1_000)


def test_messages_wait_in_order_until_sent(store: Store) -> None:
    for n in (1, 2, 3):
        own = (message(f"案{n}", 1, 0), message(f"案{n}", 1, 1))
        store.write(work(replace(opening(f"案{n}"), messages=own)))
    waiting = store.messages(10)
    assert [(m.case_id, m.position) for _, m in waiting] == [
        (f"案{n}", p) for n in (1, 2, 3) for p in (0, 1)
    ]
    tickets = [ticket for ticket, _ in waiting]
    assert tickets == sorted(set(tickets))
    assert store.messages(2) == waiting[:2]
    assert store.messages(2, tickets[1]) == waiting[2:4]
    assert list(store.messages(2, tickets[-1])) == []
    store.sent([tickets[0], tickets[3]])
    assert store.messages(10) == [waiting[1], waiting[2], waiting[4], waiting[5]]


def test_a_ticket_is_never_given_twice(store: Store) -> None:
    seen: set[int] = set()
    for n in range(1, 5):
        store.write(work(replace(opening(f"案{n}"), messages=(message(f"案{n}"),))))
        ((ticket, _),) = store.messages(10)
        assert ticket not in seen
        seen.add(ticket)
        store.sent([ticket])
        store.sent([ticket])
        assert list(store.messages(10)) == []
    store.sent([])


# --- registers and quotas ------------------------------------------------------------------------


def test_rows_of_a_register_are_replaced_and_struck_out(store: Store) -> None:
    rows = [register_row("行1"), register_row("行2", until=700_009), register_row("行3")]
    store.write(work(Change(register_rows=(*rows, register_row("行1", register="另册")))))
    changed = replace(rows[0], until=700_001)
    store.write(work(Change(register_rows=(changed, replace(rows[1], cancelled=9)))))
    assert store.read(lambda view: list(view.register_rows("应急响应"))) == [changed, rows[2]]
    assert len(store.read(lambda view: list(view.register_rows("另册")))) == 1


def test_rows_of_a_register_are_found_by_what_their_ids_begin_with(store: Store) -> None:
    names = ("案1#1.0", "案1#2.0", "案10#1.0", "案2#1.0", "案1")
    store.write(work(Change(register_rows=tuple(map(register_row, names)))))

    def begun(view: View) -> list[str]:
        return [row.row_id for row in view.register_rows("应急响应", "案1#")]

    assert store.read(begun) == ["案1#1.0", "案1#2.0"]
    anew = Change(
        register_rows=(
            register_row("案1#1.0", cancelled=9),
            register_row("案1#3.0"),
            register_row("案2#2.0"),
        )
    )
    found = store.write_all(
        [work(anew), Work(partition="甲街道", run=lambda v: (Change(), begun(v)))]
    )
    assert found[1] == ["案1#2.0", "案1#3.0"] == store.read(begun)


def test_uses_of_a_quota_are_found_by_subject_and_days(store: Store) -> None:
    uses = [booking("丙", day=7), booking("甲", day=5), booking("乙", day=6)]
    others = (booking("甲", subject="别处"), booking("甲", quota="别的"))
    store.write(work(Change(bookings=(*uses, *others))))
    assert found(store, 5, 7) == [uses[1], uses[2], uses[0]]
    assert found(store, 6, 6) == [uses[2]]
    store.write(work(Change(bookings=(replace(uses[1], cancelled=3), uses[2]))))
    assert found(store, 0, 99) == [uses[2], uses[0]]


def found(store: Store, first: int, last: int) -> list[object]:
    return store.read(lambda view: list(view.bookings("检查", "社区", first, last)))


# --- what a work sees ----------------------------------------------------------------------------


def test_a_work_sees_what_was_written_before_it(store: Store) -> None:
    change = replace(
        opening(),
        timers={"案1": (timer(),)},
        register_rows=(register_row(),),
        bookings=(booking(),),
        replies=(reply(),),
    )
    store.write(work(change))

    def run(view: View) -> tuple[Change, object]:
        return Change(), [
            view.case("案1"),
            view.reply("令1"),
            list(view.timers("案1")),
            list(view.register_rows("应急响应")),
            list(view.bookings("检查", "社区", 5, 5)),
        ]

    row = case()
    assert store.write(Work(partition="甲街道", run=run)) == [
        row, reply(), [timer()], [register_row()], [booking()]
    ]  # fmt: skip


# --- the audit chain -----------------------------------------------------------------------------


def test_each_partition_has_a_chain_of_its_own(store: Store) -> None:
    for _ in range(3):
        store.write(Counting("案1").work())
        store.write(Counting("案2", partition="乙街道").work())
    assert list(store.partitions()) == ["乙街道", "甲街道"]
    chain = Chain()
    for partition, case_id in (("甲街道", "案1"), ("乙街道", "案2")):
        links = list(store.chain(partition))
        assert [link.position for link in links] == [1, 2, 3]
        assert [link.event for link in links] == list(store.events(case_id))
        assert links[0].previous == chain.start(partition)
        verdict = verify_chain(chain, partition, links)
        assert verdict.broken is None
        assert verdict.head == store.partitions()[partition] == Head(partition, 3, links[-1].digest)
        assert list(store.chain(partition, after=1)) == links[1:]
        assert list(store.chain(partition, after=3)) == []
    first, second = (next(iter(store.chain(name))).digest for name in store.partitions())
    assert first != second


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_the_digest_is_chosen_when_a_store_is_made(
    address: str, opened: Callable[..., Store], algorithm: str
) -> None:
    store = opened(address, algorithm=algorithm)
    store.write(Counting("案1").work())
    links = list(store.chain("甲街道"))
    assert verify_chain(Chain(algorithm), "甲街道", links).broken is None
    assert verify_chain(Chain({"sm3": "sha256"}.get(algorithm, "sm3")), "甲街道", links).broken == 1


# --- bundles, rebuilding, closing ----------------------------------------------------------------


def test_policy_sets_are_kept_as_first_registered(store: Store) -> None:
    first = BundleRow(digest="b", code="甲", registered=2, body=b"\x00\xff")
    second = BundleRow(digest="a", code="乙", registered=1, body=b"2")
    for each in (first, second, replace(first, body=b"other", registered=9)):
        store.put_bundle(each)
    assert store.bundle("b") == first
    assert store.bundles() == [replace(second, body=b""), replace(first, body=b"")]


def test_rebuilding_compares_every_row_with_its_events(store: Store) -> None:
    for case_id in ("案1", "案2", "案3"):
        store.write(work(opening(case_id)))
    store.write(work(Change(cases=(case("案2", state="改过"),))))

    def fits(kept: Change) -> bool:
        last = kept.events[-1]
        return kept.cases == (case(last.case_id, last.number),)

    assert list(store.rebuild(fits)) == [("案1", True), ("案2", False), ("案3", True)]


def test_rebuilding_hands_over_all_that_is_kept_of_a_case(store: Store) -> None:
    whole = Change(
        events=(event(command="令1"), event(number=2)),
        cases=(case(version=2, owners=("街道", "社区")),),
        timers={"案1": (timer(), timer(name="半程", due=200))},
        messages=(message(),),
        register_rows=(register_row(),),
        bookings=(booking(), booking("事2", cancelled=7)),
        replies=(reply(version=2),),
    )
    store.write(work(whole))
    service = register_row("行2", register="#字号")
    store.write(work(replace(opening("案2"), register_rows=(service,))))
    kept: list[Change] = []
    assert list(store.rebuild(lambda each: not kept.append(each))) == [("案1", True), ("案2", True)]
    assert kept == [whole, replace(opening("案2"), timers={"案2": ()})]
    assert store.unchained() == 0


def test_what_is_read_in_pages_has_no_seams(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PAGE", 2)
    for n in range(1, 6):
        store.write(work(opening(f"案{n}")))
        links = list(store.chain("甲街道"))
        assert [link.position for link in links] == list(range(1, n + 1))
        assert verify_chain(Chain(), "甲街道", links).broken is None
        rebuilt = list(store.rebuild(lambda kept: kept.cases == (case(kept.events[-1].case_id),)))
        assert rebuilt == [(f"案{each}", True) for each in range(1, n + 1)]


def test_a_closed_store_takes_no_work(address: str, opened: Callable[..., Store]) -> None:
    store = opened(address)
    store.write(work(opening()))
    store.close()
    assert error_code(store, work(opening("案2"))) == "ZR860"


def test_a_closed_store_is_not_read(durable: str, opened: Callable[..., Store]) -> None:
    store = opened(durable)
    store.write(work(opening()))
    store.close()
    with pytest.raises(StoreError) as refused:
        store.events("案1")
    assert refused.value.code == "ZR860"


# --- letters -------------------------------------------------------------------------------------


def letter(hook: str = "甲", name: str = "1", state: str = "waiting", **more: int) -> LetterRow:
    return LetterRow(
        hook=hook, letter=name, case_id="案1", topic="notify", state=state, body="{}", **more
    )


def test_letters_are_kept_replaced_and_forgotten(store: Store) -> None:
    store.put_letters([letter(), letter("乙"), letter(name="2", state="dead", status=503)])
    store.put_letters([letter(attempts=3, due=70)])
    found = store.letters(["waiting"])
    assert [(each.hook, each.letter, each.attempts, each.due) for each in found] == [
        ("甲", "1", 3, 70),
        ("乙", "1", 0, 0),
    ]
    (dead,) = store.letters(["dead"])
    assert (dead.status, dead.case_id, dead.topic, dead.body) == (503, "案1", "notify", "{}")
    both = store.letters(["dead", "waiting"], limit=2)
    assert [each.number for each in both] == sorted(each.number for each in both)
    assert len(store.letters(["dead", "waiting"], after=both[-1].number)) == 1
    store.drop_letters([("甲", "1"), ("nobody", "9")])
    assert [each.hook for each in store.letters(["waiting"])] == ["乙"]
    store.put_letters([])
    store.drop_letters([])
