"""Which matter a name means: entries that share a title, alias or code are one matter."""

from __future__ import annotations

from collections.abc import Iterator

from zhunru.checker.resolved import normal_title
from zhunru.checker.symbols import Scope
from zhunru.syntax import nodes as n


def entry_keys(list_name: str, entry: n.Entry) -> frozenset[str]:
    """Return every normal text that a request may give to mean this entry.

    A code of digits alone is a row number, which other lists have too: it needs its list before it.
    """
    keys = {normal_title(f"{list_name}/{entry.code}")}
    texts = [entry.title.zh, entry.title.en, *(alias.text for alias in entry.aliases)]
    if not entry.code.isdecimal():
        texts.append(entry.code)
    keys.update(normal_title(text) for text in texts if text)
    keys.discard("")
    return frozenset(keys)


class Matters:
    """The matters of every list that a set sees."""

    def __init__(self, scope: Scope) -> None:
        self._groups: dict[str, list[frozenset[str]]] = {}
        self._lists: dict[str, set[str]] = {}
        self.titles: dict[str, str] = {}
        for list_name, entry in _entries(scope):
            keys = entry_keys(list_name, entry)
            self.titles.setdefault(entry.title.zh or entry.code, list_name)
            self._lists.setdefault(list_name, set()).update(keys)
            for key in keys:
                self._groups.setdefault(key, []).append(keys)

    def keys(self, name: str) -> frozenset[str] | None:
        """Return every text that means the same matter as `name`; None: no list has it."""
        groups = self._groups.get(normal_title(name))
        return frozenset().union(*groups) if groups else None

    def of_list(self, name: str) -> frozenset[str] | None:
        """Return every text that means an entry of the list, with what lower sets add to it."""
        found = self._lists.get(name)
        return frozenset(found) if found else None


def _entries(scope: Scope) -> Iterator[tuple[str, n.Entry]]:
    for each in scope.all:
        for declared in each.lists():
            for entry in declared.entries:
                yield declared.name.text, entry
