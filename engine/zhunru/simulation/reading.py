"""A scenario file: YAML, every scalar a short phrase, every mistake a finding at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span, sort_diagnostics
from zhunru.errors import PolicyRejected
from zhunru.opening import read_source
from zhunru.simulation import phrases
from zhunru.simulation.scenario import EXPIRY, EXPIRY_WORDS, Scenario, Spread, Weights
from zhunru.syntax.shadow import folded
from zhunru.syntax.yaml_text import Mapping, Node, Scalar, compose

T = TypeVar("T")

# The items of a scenario: field, Chinese, English.
KEYS: tuple[tuple[str, str, str], ...] = (
    ("note", "说明", "note"),
    ("flow", "流程", "workflow"),
    ("start", "起", "start"),
    ("arrivals", "到达", "arrivals"),
    ("handling", "办理时长", "handling"),
    ("choices", "去向", "choices"),
    ("staff", "人手", "staff"),
    ("fields", "填", "fields"),
    ("discipline", "次序", "discipline"),
)
_FIELD_OF = {word: field for field, *words in KEYS for word in words}
WORD_OF = {field: word for field, word, _ in KEYS}

_EXAMPLES = {
    "start": ("2026-03-02", "2026-03-02"),
    "arrivals": ("每个工作日 12 件", "12 per workday"),
    "handling": (
        "2 个工作小时、均匀 1 至 3 个工作日、指数 2 个工作小时、对数正态 30 分钟 散 0.5",
        "2 workhours, uniform 1 to 3 workdays, exponential 2 workhours, "
        "lognormal 30 minutes sigma 0.5",
    ),
    "choices": ("同意: 8", "agree: 8"),
    "staff": ("3 人，或者“不限”", "3 persons, or `unbounded`"),
    "fields": ("是、{社区: 6, 街道: 4}、均匀 1 至 10", "yes, {a: 6, b: 4}, uniform 1 to 10"),
    "discipline": ("先来先办，或者“先到期先办”", "by arrival, or `by due`"),
    "note": ("一段文字", "a text"),
    "flow": ("流程的名称", "the name of a workflow"),
}


def read_scenario(path: str | Path) -> Scenario:
    """Return the scenario that a file holds; PolicyRejected, with every finding, if it is wrong."""
    return parse_scenario(read_source(path))


def parse_scenario(source: Source) -> Scenario:
    """Return the scenario that a text holds; PolicyRejected, with every finding, if it is wrong."""
    root, found = compose(source)
    reading = _Reading(found)
    values = dict(reading.items(root, source)) if root is not None else {}
    if reading.found:
        raise PolicyRejected(sort_diagnostics(reading.found))
    return Scenario(**values, places=reading.places)


class _Reading:
    """The findings of one file, and how each item of it is read."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self.found = found
        self.places: dict[tuple[str, str], Span] = {}
        self.readers: dict[str, Callable[[Node, str], Any]] = {
            "note": lambda node, key: self.phrase(node, key, str),
            "flow": lambda node, key: self.phrase(node, key, folded),
            "start": lambda node, key: self.phrase(node, key, phrases.day),
            "arrivals": lambda node, key: self.phrase(node, key, phrases.arrivals),
            "discipline": lambda node, key: self.phrase(node, key, phrases.discipline),
            "handling": lambda node, key: dict(self.named(node, key, self.length)),
            "choices": lambda node, key: dict(self.named(node, key, self.weights)),
            "staff": self.staff,
            "fields": lambda node, key: dict(self.named(node, key, self.drawn)),
        }

    def items(self, root: Node, source: Source) -> Iterator[tuple[str, Any]]:
        """Yield the fields of the scenario with their values."""
        if not isinstance(root, Mapping):
            self.found.append(diagnose("ZR873", root.span, key=source.path))
            return
        for key, node in root.pairs:
            field = _FIELD_OF.get(folded(key.text))
            if field is None:
                names = tuple(WORD_OF.values())
                self.found.append(diagnose("ZR870", key.span, key=key.text, names=names))
            else:
                yield field, self.readers[field](node, field)

    def phrase(self, node: Node, field: str, read: Callable[[str], T | None]) -> T | None:
        """Return what a scalar says; a finding if it says nothing of the kind."""
        value = read(node.text) if isinstance(node, Scalar) else None
        if value is None:
            zh, en = _EXAMPLES[field]
            text = node.text if isinstance(node, Scalar) else "…"
            self.found.append(
                diagnose(
                    "ZR871", node.span, text=text, key=WORD_OF[field], example_zh=zh, example_en=en
                )
            )
        return value

    def named(
        self, node: Node, field: str, read: Callable[[Node, str], T | None]
    ) -> Iterator[tuple[str, T]]:
        """Yield names with their values; the names are those of the workflow."""
        if not isinstance(node, Mapping):
            self.found.append(diagnose("ZR873", node.span, key=WORD_OF[field]))
            return
        for key, each in node.pairs:
            value = read(each, field)
            if value is not None:
                name = folded(key.text)
                self.places.setdefault((field, name), key.span)
                yield name, value

    def length(self, node: Node, field: str) -> Spread | None:
        """Return a random length of work."""
        return self.phrase(node, field, lambda text: phrases.spread(text, of_time=True))

    def weights(self, node: Node, field: str) -> Weights:
        """Return names with how often each is chosen."""
        found = dict(self.named(node, field, lambda n, f: self.phrase(n, f, phrases.weight)))
        return {EXPIRY if name in EXPIRY_WORDS else name: each for name, each in found.items()}

    def drawn(self, node: Node, field: str) -> Weights | Spread | None:
        """Return what a field is filled in with: one value, values with weights, or a number."""
        if isinstance(node, Mapping):
            return self.weights(node, field)
        if isinstance(node, Scalar) and not node.quoted:
            found = phrases.spread(node.text, of_time=False)
            # A bare number is the value itself, as it is written.
            if found is not None and found.shape != "fixed":
                return found
        text = self.phrase(node, field, folded)
        return {text: 1.0} if text else None

    def staff(self, node: Node, field: str) -> dict[str, int | None]:
        """Return how many people each body has."""
        read = self.named(node, field, lambda n, f: self.phrase(n, f, phrases.staff))
        return {name: number for name, (number,) in read}
