"""How the tests ask: instants as clerks write them, actors by unit, requests by a few words."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from zhunru.decision import Request
from zhunru.runtime.case import Actor
from zhunru.runtime.service import CaseService
from zhunru.worktime import BEIJING
from zhunru.worktime.instants import stamp

_KEYS = count(1)


def at(text: str) -> int:
    """Return an instant of Beijing time: `2026-03-02 09:00`."""
    return stamp(datetime.fromisoformat(text).replace(tzinfo=BEIJING))


def key() -> str:
    """Return a key that no other command has."""
    return f"键{next(_KEYS)}"


def by(unit: str, person: str = "", *roles: str) -> Actor:
    """Return who acts."""
    return Actor(unit=unit, person=person, roles=roles)


def asked(matter: str, day: str, to: str = "森工", **facts: Any) -> Request:
    """Return a request for work on a day."""
    given = {"事项": matter, "目标社区": to, "拟进入日期": day, **facts}
    return Request(facts=given, received=date.fromisoformat("2026-03-02"))


def inspection(day: str, to: str = "森工") -> Request:
    """Return a request for an inspection."""
    return asked("联合检查", day, to, 类别="检查考核")


def send(service: CaseService, request: Request, **others: Any) -> Any:
    """Submit a request of 区民政局 at nine on 2 March."""
    given: dict[str, Any] = {"actor": by("区民政局"), "key": key(), "at": at("2026-03-02 09:00")}
    return service.submit(request, **{**given, **others})
