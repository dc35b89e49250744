"""Somebody who keeps publishing: a new version, another, and back to an earlier one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import zhunru.policies
from tests.web.soak.calling import Call, Caller
from tests.web.soak.ground import Ground

SET = "威海减负"
_PLACE = Path(zhunru.policies.__path__[0]) / "weihai"
_MARK = '拒绝 "社区挂牌已全面整治，清单以外的牌子一律不得悬挂" 代码 WH-09挂牌整治'
_SUFFIXES = (".policy", ".csv")


@dataclass
class Switch:
    """A version becoming the current one: asked for, and known to be done."""

    digest: str
    since: float
    until: float
    back: bool = False


def files_of(number: int) -> dict[str, str]:
    """Return the texts of a version, which answers with a code of its own."""
    paths = [path for path in sorted(_PLACE.rglob("*")) if path.suffix in _SUFFIXES]
    found = {str(p.relative_to(_PLACE)): p.read_text(encoding="utf-8") for p in paths}
    if number:
        changed = found["规则.policy"].replace(_MARK, f"{_MARK}第{number}版")
        assert changed != found["规则.policy"], "the rule that tells versions apart is gone"
        found["规则.policy"] = changed
    return found


class Publisher(Caller):
    """Hands in, approves and publishes by three people, and at times goes back."""

    def __init__(self, ground: Ground, over: Event, pause: float, first: str) -> None:
        super().__init__(ground, "publisher", over, pause)
        self.switches = [Switch(first, 0.0, 0.0)]
        self.versions: dict[str, int] = {first: 0}  # digest to the number of its text
        self.numbers: dict[str, int] = {}  # digest to the number of its bundle
        self.unexpected: list[str] = []

    def steps(self) -> Iterator[None]:
        number = 0
        while True:
            number += 1
            self._publish(number)
            yield
            if number % 3 == 0:
                self._back()
                yield

    def _publish(self, number: int) -> None:
        draft = self._told("/v1/drafts", {"files": files_of(number)}, "author")
        if draft.get("status") != "checked":
            self._wrong("a draft does not hold", draft)
            return
        self.versions[draft["digest"]] = number
        place = f"/v1/drafts/{draft['draft']}"
        self._approved(place)
        switch = Switch(draft["digest"], time.monotonic(), 0.0)
        self.numbers[switch.digest] = self._settled(place, switch.digest)
        switch.until = time.monotonic()
        self.switches.append(switch)

    def _approved(self, place: str) -> None:
        while True:
            found = self.call("POST", f"{place}/approve", None, "second")
            if found.status == 200 or self.gives_up():
                return
            if not found.lost:
                # The answer may have been lost, not the approval.
                state = self._told(place, None, "second", "GET")
                if state.get("status") != "approved":
                    self._wrong("not approved", state)
                return

    def _settled(self, place: str, digest: str) -> int:
        """Publish until the version is the current one for sure; return its number."""
        while True:
            found = self.call("POST", f"{place}/publish")
            if found.status == 200:
                return int(found.body["number"])
            if self.gives_up():
                return 0
            if found.status:
                # Cut off by a stop it may have been done, or be done only now.
                told = self._told("/v1/bundles", None, "publisher", "GET")
                mine = [b["number"] for b in told["bundles"] if b["digest"] == digest]
                if mine and told["active"].get(SET) in mine:
                    return int(told["active"][SET])
                if not found.lost:
                    self._wrong("not published", found.body)
                    return 0

    def _back(self) -> None:
        digest = self.random.choice(list(self.numbers))
        switch = Switch(digest, time.monotonic(), 0.0, back=True)
        self._told(f"/v1/bundles/{SET}/{self.numbers[digest]}/activate", {}, "publisher")
        switch.until = time.monotonic()
        self.switches.append(switch)

    def _told(self, path: str, body: Any, who: str, method: str = "POST") -> dict[str, Any]:
        """Ask until there is an answer, and return it."""
        while (found := self.call(method, path, body, who)).lost:
            if self.gives_up():
                return {}
        if found.status not in (200, 201):
            self._wrong(path, found.body)
        told: dict[str, Any] = found.body
        return told

    def _wrong(self, what: str, told: Any) -> None:
        self.unexpected.append(f"{what}: {str(told)[:300]}")


def possible(switches: list[Switch], call: Call) -> set[str]:
    """Return the versions that may have been current while a call was under way.

    A version may be current from when it was first asked for until its follower surely is.
    """
    found = set()
    for at, switch in enumerate(switches):
        gone = switches[at + 1].until if at + 1 < len(switches) else float("inf")
        if switch.since <= call.until and call.since <= gone:
            found.add(switch.digest)
    return found
