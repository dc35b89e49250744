"""How often each letter of a tenant was tried: in its store, so that a restart forgets nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from zhunru.store.base import LetterRow, Store

WAITING, SENT, DEAD, AWAITED = "waiting", "sent", "dead", "awaited"
_LIVE = (WAITING, SENT, AWAITED)
_PAGE = 1_000
Key = tuple[str, str]


class Ledger:
    """The letters of one store that were not simply taken. What is noted is durable at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._live = {(row.hook, row.letter): row for row in _all(store, _LIVE)}
        # A letter that died while its message could not be marked as sent must not be sent anew.
        self._dead = {(row.hook, row.letter) for row in _all(store, (DEAD,))}

    def refresh(self) -> None:
        """Learn of what other services that share the store are to tell somebody about."""
        for row in _all(self._store, (AWAITED,)):
            self._live.setdefault((row.hook, row.letter), row)

    def of(self, hook: str, letter: str) -> LetterRow | None:
        """Return how a letter stands that is not dead."""
        return self._live.get((hook, letter))

    def is_over(self, hook: str, letter: str) -> bool:
        """Tell whether a letter needs no further attempt."""
        row = self._live.get((hook, letter))
        return (hook, letter) in self._dead or (row is not None and row.state == SENT)

    def of_hook(self, hook: str) -> list[LetterRow]:
        """Return the letters to a receiver that are not dead."""
        # A copy first: callers add to it while the outbox goes through it.
        return [row for row in list(self._live.values()) if row.hook == hook]

    def note(self, row: LetterRow) -> None:
        """Keep how a letter stands."""
        self._store.put_letters([row])
        key = row.hook, row.letter
        if row.state == DEAD:
            self._live.pop(key, None)
            self._dead.add(key)
        else:
            self._live[key] = row

    def defer(self, row: LetterRow, due: float) -> None:
        """Look at a letter again later; that needs no place in the store."""
        self._live[row.hook, row.letter] = replace(row, due=int(due * 1_000_000))

    def forget(self, keys: Iterable[Key]) -> None:
        """Forget letters that were taken by all who wanted them."""
        known = [key for key in keys if key in self._live]
        self._store.drop_letters(known)
        for key in known:
            del self._live[key]

    # --- the dead --------------------------------------------------------------------------------

    def dead(self, after: int = 0, limit: int = 100) -> list[LetterRow]:
        """Return a page of dead letters in the order of their numbers."""
        return list(self._store.letters((DEAD,), after, limit))

    def find_dead(self, number: int) -> LetterRow | None:
        """Return a dead letter by its number."""
        found = self._store.letters((DEAD,), number - 1, 1)
        return found[0] if found and found[0].number == number else None

    def bury(self, row: LetterRow) -> None:
        """Forget a dead letter: it was taken after all."""
        self._store.drop_letters([(row.hook, row.letter)])
        self._dead.discard((row.hook, row.letter))


def later(row: LetterRow, due: float, status: int) -> LetterRow:
    """Return a letter that one more attempt has failed of."""
    made = row.attempts + 1
    return replace(row, state=WAITING, attempts=made, due=int(due * 1_000_000), status=status)


def _all(store: Store, states: tuple[str, ...]) -> Iterator[LetterRow]:
    after = 0
    while True:
        page = store.letters(states, after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].number
