"""What trees of every kind of declaration are put together from: records, names, titles, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from zhunru.syntax.format_clauses import ClausePrinter
from zhunru.syntax.format_yaml_text import Record, Said, Tree, record_of
from zhunru.syntax.nodes import Clauses, Name, Title
from zhunru.syntax.yaml_keys import CLAUSES, CONSTRUCTS, Key

_CLAUSES = {key.slot: key for key in CLAUSES}
# The order in which clauses are printed: what they rest on stands first.
_ORDER = (
    *("citations", "when", "unless", "requirements", "quotas", "counted_by", "instead"),
    *("return_to", "workflow", "documents", "materials", "duties", "relaxable", "binding", "trace"),
)


class TreeParts:
    """Trees of parts in one language, for the classes that print whole declarations.

    `shown` prints a part of the language, by what the key calls it.
    """

    def __init__(self, clauses: ClausePrinter) -> None:
        self.clauses = clauses
        self.words = clauses.words
        self.shown: dict[str, Callable[[Any], str]] = {
            "name": self.words.name,
            "names": self.words.name,
            "codes": attrgetter("text"),
            "expr": clauses.show,
            "route": clauses.expressions.route,
            "conditions": clauses.requirement,
            "quotas": clauses.quota,
            "duties": clauses.duty,
            "citations": clauses.citation,
        }

    def _node(self, construct: str, node: Any, at: int = 0, /, **own: Tree) -> Record:
        """Return the mapping of a node by the keys of its construct; `own` are trees made apart."""
        slots: dict[str, Tree] = {}
        for key in CONSTRUCTS[construct]:
            if key.slot in own:
                slots[key.slot] = own[key.slot]
            elif key.slot in _CLAUSES and hasattr(node, "clauses"):
                slots |= {} if key.slot in slots else self._clauses(node.clauses)
            else:
                dated = key.slot in ("start", "end") and hasattr(node, "period")
                value = getattr(node.period if dated else node, key.slot, None)
                slots[key.slot] = self._part(key, value)
        return self._record(construct, at, **slots)

    def _clauses(self, clauses: Clauses) -> dict[str, Tree]:
        return {slot: self._part(_CLAUSES[slot], getattr(clauses, slot)) for slot in _ORDER}

    def _part(self, key: Key, value: Any) -> Tree:
        """Return what a key says of a value; nothing of one that is empty."""
        if not value:
            return ""
        if key.shape == "title":
            return self._title(value)
        if key.shape == "flag":
            return self._flag(value)
        if key.shape == "day":
            return self.words.day(value)
        if key.shape == "texts":
            show = self.shown.get(key.part)
            return self._each(show, value) if show else self._texts(value)
        return value if key.part == "raw" else Said(self.shown[key.part](value), value.span.line)

    def _record(self, construct: str, at: int = 0, /, **slots: Tree) -> Record:
        return record_of(construct, self.words.language, at, **slots)

    def _texts(self, texts: Iterable[Tree]) -> Tree:
        """Return one text, or a list of several."""
        listed = tuple(texts)
        return listed[0] if len(listed) == 1 else listed

    def _each(self, show: Callable[[Any], Tree], parts: Iterable[Any]) -> Tree:
        """Return what is shown of one part, or of each of several, with its line."""
        return self._texts(self._list_of(show, parts))

    def _list_of(self, show: Callable[[Any], Tree], parts: Iterable[Any]) -> tuple[Tree, ...]:
        return tuple(Said(show(part), part.span.line) for part in parts)

    def _names(self, names: Iterable[Name]) -> Tree:
        return self._each(self.words.name, names)

    def _title(self, title: Title) -> Tree:
        return (title.zh, title.en) if title.en else title.zh

    def _flag(self, said: bool) -> str:
        return self.words.key("YES") if said else ""
