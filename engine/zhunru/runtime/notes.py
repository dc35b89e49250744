"""What the service itself has to remember, in the store: rows of registers that no set can name."""

from __future__ import annotations

from collections.abc import Mapping

from zhunru.store.base import NO_CHANGE, Change, RegisterRow, Store, View, Work
from zhunru.worktime.instants import DAY

PARTITION = "服务"
_HEART = "#心跳"
_KNOWN = "#已知放假安排"
_CURRENT = "#现行"


def last_beat(store: Store) -> int | None:
    """Return when the service was last known to be alive."""
    found = _bodies(store, _HEART).get(_HEART)
    return None if found is None else int(found)


def note_beat(store: Store, now: int) -> None:
    """Write down that the service is alive."""
    _note(store, _row(_HEART, _HEART, str(now), now))


def known_notices(store: Store) -> list[str] | None:
    """Return of which notices of holidays a program knew here; None: none has looked yet."""
    found = _bodies(store, _KNOWN).get(_KNOWN)
    return None if found is None else found.split("\n")


def note_notices(store: Store, notices: list[str], now: int) -> None:
    """Write down of which notices of holidays this program knows."""
    _note(store, _row(_KNOWN, _KNOWN, "\n".join(notices), now))


# --- which version of a set is the current one ---------------------------------------------------


def current_versions(store: Store) -> Mapping[str, str]:
    """Return by code the digest of the version that is current: it may be older than others.

    In a store of an earlier program it is the one that was registered last.
    """
    newest = {row.code: row.digest for row in store.bundles()}
    noted = _bodies(store, _CURRENT)
    return newest | {code: _read(body)[0] for code, body in noted.items()}


def note_current(store: Store, code: str, digest: str, now: int, number: int | None) -> None:
    """Write down which version of a set is current.

    `number` is that of a published version, 0 for a set that a service begins with. None: somebody
    works with a set at hand, which is no reason to leave the version that was published.
    """
    body = f"{digest} {number or 0}"
    if _stands(_bodies(store, _CURRENT).get(code), body, number):
        return

    def run(view: View) -> tuple[Change, None]:
        bodies = {each.row_id: each.body for each in view.register_rows(_CURRENT)}
        if _stands(bodies.get(code), body, number):
            return NO_CHANGE, None
        return Change(register_rows=(_row(_CURRENT, code, body, now),)), None

    store.write(Work(partition=PARTITION, run=run))


def _stands(before: str | None, body: str, number: int | None) -> bool:
    """Tell whether what is noted stays."""
    published = before is not None and _read(before)[1] > 0
    return before == body or (number is None and published)


def _read(body: str) -> tuple[str, int]:
    digest, _, number = body.partition(" ")
    return digest, int(number)


# --- rows ----------------------------------------------------------------------------------------


def _bodies(store: Store, register: str) -> dict[str, str]:
    rows = store.read(lambda view: view.register_rows(register))
    return {row.row_id: row.body for row in rows}


def _note(store: Store, row: RegisterRow) -> None:
    change = Change(register_rows=(row,))
    store.write(Work(partition=PARTITION, run=lambda _: (change, None)))


def _row(register: str, name: str, body: str, now: int) -> RegisterRow:
    return RegisterRow(
        register=register,
        row_id=name,
        case_id="",
        since=now // DAY,
        until=None,
        cancelled=None,
        body=body,
    )
