"""Rows and works for the tests of stores, with everything that a test does not care about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhunru.store.base import (
    BookingRow,
    CaseRow,
    Change,
    EventRow,
    MessageRow,
    RegisterRow,
    ReplyRow,
    TimerRow,
    View,
    Work,
)


def event(case_id: str = "案1", number: int = 1, **others: Any) -> EventRow:
    values = {"at": 10, "recorded": 11, "kind": "办理", "actor": "街道 张三", "command": ""}
    return EventRow(
        case_id=case_id, number=number, **{**values, "body": f'{{"n":{number}}}', **others}
    )


def case(case_id: str = "案1", version: int = 1, **others: Any) -> CaseRow:
    values: dict[str, Any] = {
        "flow": "吹哨报到",
        "state": "待响应",
        "closed": False,
        "digest": "abc",
        "opened": 10,
        "due": None,
        "owners": ("街道",),
        "body": f'{{"v":{version}}}',
    }
    return CaseRow(case_id=case_id, version=version, **{**values, **others})


def timer(case_id: str = "案1", name: str = "到期", due: int = 100, rank: int = 0) -> TimerRow:
    return TimerRow(case_id=case_id, name=name, due=due, rank=rank)


def message(
    case_id: str = "案1", number: int = 1, position: int = 0, body: str = "{}"
) -> MessageRow:
    return MessageRow(case_id=case_id, number=number, position=position, topic="通知", body=body)


def reply(
    command: str = "令1", case_id: str = "案1", version: int = 1, body: str = "答"
) -> ReplyRow:
    return ReplyRow(command=command, case_id=case_id, version=version, body=body)


def register_row(row_id: str = "行1", **others: Any) -> RegisterRow:
    values: dict[str, Any] = {"case_id": "案1", "since": 700_000, "until": None, "cancelled": None}
    return RegisterRow(row_id=row_id, **{"register": "应急响应", "body": "{}", **values, **others})


def booking(item: str = "事1", **others: Any) -> BookingRow:
    values: dict[str, Any] = {"quota": "检查", "subject": "社区", "day": 5, "case_id": "案1"}
    return BookingRow(item=item, **{**values, **others})


def opening(case_id: str = "案1", **others: Any) -> Change:
    """What opens a case."""
    return Change(events=(event(case_id),), cases=(case(case_id, **others),))


def work(change: Change, answer: object = "好", partition: str = "甲街道") -> Work:
    """A work that writes a fixed change."""
    return Work(partition=partition, run=lambda view: (change, answer))


@dataclass
class Counting:
    """A work that adds one event to a case, whatever its version, and answers with the number."""

    case_id: str
    command: str = ""
    partition: str = "甲街道"
    body: str = "{}"
    seen: list[int] = field(default_factory=list)

    def run(self, view: View) -> tuple[Change, object]:
        if self.command and (answered := view.reply(self.command)):
            return Change(), answered.version
        before = view.case(self.case_id)
        number = before.version + 1 if before else 1
        self.seen.append(number)
        replies = (reply(self.command, self.case_id, number),) if self.command else ()
        return (
            Change(
                events=(event(self.case_id, number, command=self.command, body=self.body),),
                cases=(case(self.case_id, number),),
                timers={self.case_id: (timer(self.case_id, "到期", 100 + number),)},
                messages=(message(self.case_id, number),),
                replies=replies,
            ),
            number,
        )

    def work(self) -> Work:
        commands = (self.command,) if self.command else ()
        return Work(
            partition=self.partition, run=self.run, cases=(self.case_id,), commands=commands
        )
