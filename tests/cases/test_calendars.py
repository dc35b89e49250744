"""A newer program knows more days: dates that were provisional are reckoned anew, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.cases.asking import at, by, key
from tests.cases.sets import small

from zhunru.casework.office import Office
from zhunru.runtime import clockwork
from zhunru.runtime.service import CaseService
from zhunru.store.base import Store
from zhunru.worktime import published_calendar
from zhunru.worktime.instants import instant

NOTICE = "国办发明电〔2025〕7号"
OPENED, LATER = at("2025-12-30 09:00"), at("2025-12-31 09:00")


def opened_case(service: CaseService) -> str:
    reply = service.open(
        "协助办理", actor=by("森工"), key=key(), at=OPENED, facts={"目标社区": "森工"}
    )
    return reply.case_id


def kinds(service: CaseService, case_id: str) -> list[str]:
    return [event["kind"] for event in service.history(case_id)]


def test_a_newer_program_reckons_provisional_dates_anew(
    address: str, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = clockwork._notices()
    assert known[-1] == NOTICE
    store = opened(address)
    older = CaseService(store, small())
    older.policies.publish(published_calendar(known_on=date(2025, 11, 1)))
    monkeypatch.setattr(clockwork, "_notices", lambda: known[:-1])
    assert older.catch_up(OPENED) == []
    case_id = opened_case(older)
    before = older.show(case_id)
    assert before["provisional"]
    monkeypatch.undo()

    # The same, but as the program that only knew less.
    assert CaseService(store, small()).catch_up(OPENED) == [case_id]
    newer = CaseService(store, small())
    after = newer.show(case_id)
    assert not after["provisional"] and after["due"] != before["due"]
    event = newer.history(case_id)[-1]
    assert (event["kind"], event["data"]["notice"]) == ("reprojected", NOTICE)
    assert newer.catch_up(LATER) == []
    assert list(newer.check_projections()) == []


def test_time_reckons_them_anew_before_it_does_anything(
    address: str, opened: Callable[[str], Store]
) -> None:
    store = opened(address)
    older = CaseService(store, small())
    older.policies.publish(published_calendar(known_on=date(2025, 11, 1)))
    case_id = opened_case(older)
    office = Office(store, address)
    ticked = office.tick(instant(LATER))
    assert ticked["moved"] == 1
    assert kinds(older, case_id)[-1] == "reprojected"
    assert office.tick(instant(LATER))["moved"] == 0
