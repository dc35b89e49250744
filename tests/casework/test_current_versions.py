"""Which version of a set is the current one: the same for all who open the store, also after
somebody went back to an older one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.casework.test_office import SET, STREET, at

from zhunru import open_cases
from zhunru.casework.office import Office
from zhunru.opening import open_policy
from zhunru.runtime.service import CaseService

# A round a month; in the newer version nobody is owed one any more.
DUTY = SET + "定期 走访 每个 社区 每月 不少于 1 次 由 社区居委会 逾期 提醒 街道\n"
FIRST, SECOND = at("2026-03-02 09:00"), at("2026-04-02 09:00")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {"older": DUTY, "newer": SET, "other": SET.replace("BJ-1", "BJ-2")}
    for name, text in texts.items():
        (tmp_path / f"{name}.policy").write_text(text, encoding="utf-8")
    return {name: tmp_path / f"{name}.policy" for name in texts}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_cases(str(tmp_path / "办件.db"), create=True)
    yield opened
    opened.close()


def again(office: Office) -> Office:
    """Open the same store as another command does, which is given no set."""
    return open_cases(office.address)


def opened(office: Office, place: Path, key: str) -> dict[str, Any]:
    facts = {"目标社区": "向阳社区", "金额": "200"}
    return office.open(place, "协助办理", facts, who=STREET, key=key, at=FIRST)


def owed(office: Office) -> list[str]:
    """Return the days until which there is a round to make, once time has moved on."""
    other = again(office)
    assert other.tick(SECOND)["failed"] == []
    found = [c["due"][:10] for c in other.inbox("社区居委会", SECOND) if c["flow"] == "走访"]
    other.close()
    return found


def begin(office: Office, place: Path) -> None:
    """Begin to serve a set: a record of each duty is opened."""
    CaseService(office.store, open_policy(place)).start(FIRST)


@pytest.mark.parametrize("number", [None, 1])
def test_after_going_back_the_store_alone_goes_by_the_older_version(
    office: Office, files: dict[str, Path], number: int | None
) -> None:
    begin(office, files["older"])
    for name in ("newer", "older"):
        office.service.register(open_policy(files[name]), FIRST, number)
    assert owed(office) == ["2026-04-30"]


def test_of_two_versions_the_newer_one_is_gone_by(office: Office, files: dict[str, Path]) -> None:
    begin(office, files["older"])
    opened(office, files["newer"], "1")
    assert owed(office) == []


def test_a_set_at_hand_does_not_take_the_place_of_one_that_was_published(
    office: Office, files: dict[str, Path]
) -> None:
    begin(office, files["older"])
    office.service.register(open_policy(files["older"]), FIRST, 3)
    opened(office, files["newer"], "1")
    assert owed(office) == ["2026-04-30"]
    # A service that begins with a set of its own has the last word.
    office.service.register(open_policy(files["newer"]), FIRST, 0)
    other = again(office)
    assert other.service.policies.current("BJ-1").digest == open_policy(files["newer"]).digest
    other.close()


def test_a_store_of_an_earlier_program_goes_by_what_was_registered_last(
    office: Office, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("zhunru.runtime.bundles.note_current", lambda *_: None)
        begin(office, files["older"])
        opened(office, files["newer"], "1")
    assert owed(office) == []


def test_what_is_due_by_a_set_that_is_not_served_here_goes_on(
    office: Office, files: dict[str, Path]
) -> None:
    begin(office, files["older"])
    served = CaseService(office.store, open_policy(files["other"]))
    assert served.tick(SECOND).failed == ()
    assert owed(office) == ["2026-04-30"]


def test_a_dry_run_makes_nothing_current(office: Office, files: dict[str, Path]) -> None:
    opened(office, files["older"], "1")
    command: dict[str, Any] = {"who": STREET, "key": "转", "at": FIRST, "states": {}}
    office.migrate(files["newer"], dry_run=True, **command)
    other = again(office)
    assert other.service.policies.current().digest == open_policy(files["older"]).digest
    other.close()
