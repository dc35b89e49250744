"""The items that the lines of one declaration add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from zhunru.diagnostics import Span
from zhunru.syntax.nodes import Clauses, Period
from zhunru.syntax.reading import Item, Reading

# Items that stand once for each of several parts of a node, and the field that holds them all.
_EACH = {
    "when": "when",
    "unless": "unless",
    "requirement": "requirements",
    "requirements": "requirements",
    "quota": "quotas",
    "quotas": "quotas",
    "duty": "duties",
    "duties": "duties",
    "delegation": "delegations",
    "constraint": "constraints",
    "priority": "priorities",
    "anywhere": "anywhere",
    "arrival": "arrivals",
    "actions": "actions",
    "endings": "endings",
    "reminders": "reminders",
    "suspensions": "suspensions",
    "indicator": "indicators",
}
_SEVERAL = frozenset(_EACH.values())
T = TypeVar("T")


@dataclass
class Parts:
    """Items by key; asks for one value report a second one."""

    reading: Reading
    items: dict[str, list[Item]] = field(default_factory=dict)

    def add(self, items: Iterable[Any]) -> None:
        """Take over the items among `items`."""
        for item in items:
            if isinstance(item, Item):
                self.items.setdefault(_EACH.get(item.key, item.key), []).append(item)

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

    def of(self, node: type[T], /, **own: Any) -> T:
        """Return the node that the items make up; `own` are parts that were read apart."""
        fields = vars(node)["__dataclass_fields__"]
        for key in self.items:
            if key in fields and key not in own:
                own[key] = self._value(key, fields[key].default)
        if "period" in fields:
            own.setdefault("period", self.period())
        if "clauses" in fields:
            own.setdefault("clauses", self.of(Clauses))
        return node(**own)

    def _value(self, key: str, default: Any) -> Any:
        if default == ():
            return self.every(key) if key in _SEVERAL else self.joined(key)
        return self.flag(key) if default is False else self.one(key)
