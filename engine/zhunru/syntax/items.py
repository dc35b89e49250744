"""The items that the lines of one declaration add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from zhunru.diagnostics import Span
from zhunru.syntax.nodes import Clauses, Period
from zhunru.syntax.reading import Item, Reading

_MANY = ("when", "unless", "requirements", "quotas", "duties")
_SINGULAR = {"requirement": "requirements", "quota": "quotas", "duty": "duties"}
_JOINED = ("counted_by", "citations", "documents", "materials", "trace")
_ONE = ("instead", "return_to", "workflow")
_FLAGS = ("relaxable", "binding")


@dataclass
class Parts:
    """Items by key; asks for one value report a second one."""

    reading: Reading
    items: dict[str, list[Item]] = field(default_factory=dict)

    def add(self, items: Iterable[Any]) -> None:
        """Take over the items among `items`."""
        for item in items:
            if isinstance(item, Item):
                self.items.setdefault(_SINGULAR.get(item.key, item.key), []).append(item)

    def one(self, key: str, default: Any = None) -> Any:
        """Return the only value of a key."""
        items = self.items.get(key)
        if not items:
            return default
        for again in items[1:]:
            self._report_twice(again.span)
        return items[0].value

    def _report_twice(self, span: Span) -> None:
        text = self.reading.source.text[span.start : span.end].split("\n")[0]
        self.reading.report("ZR122", span, text=text if len(text) < 30 else text[:30] + "…")

    def every(self, key: str) -> tuple[Any, ...]:
        """Return all values of a key."""
        return tuple(item.value for item in self.items.get(key, ()))

    def joined(self, key: str) -> tuple[Any, ...]:
        """Return the values of a key whose items each hold several."""
        return tuple(value for item in self.items.get(key, ()) for value in item.value)

    def flag(self, key: str) -> bool:
        """Tell whether a word without a value stands there."""
        return self.one(key, False) is not False

    def period(self) -> Period:
        """Return the days in force."""
        places = [item.span for key in ("start", "end") for item in self.items.get(key, ())]
        if not places:
            return Period()
        span = self.reading.source.span(min(p.start for p in places), max(p.end for p in places))
        return Period(self.one("start"), self.one("end"), span)

    def clauses(self) -> Clauses:
        """Return the clauses among the items."""
        values: dict[str, Any] = {}
        for key in self.items:
            if key in _MANY:
                values[key] = self.every(key)
            elif key in _JOINED:
                values[key] = self.joined(key)
            elif key in _ONE:
                values[key] = self.one(key)
            elif key in _FLAGS:
                values[key] = self.flag(key)
        return Clauses(**values) if values else Clauses()
