"""YAML mappings as records: keys looked up by their table, values parsed as parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Fix, Language, Source, Span
from zhunru.syntax import keywords
from zhunru.syntax.misspelling import nearest
from zhunru.syntax.nodes import Clauses, Name, Period, Title
from zhunru.syntax.part_reader import PartReader
from zhunru.syntax.placed import Cell, Move
from zhunru.syntax.shadow import folded, normalise, shadow
from zhunru.syntax.usual_words import meant_by
from zhunru.syntax.yaml_keys import CONSTRUCTS, Key
from zhunru.syntax.yaml_shapes import shape_hint
from zhunru.syntax.yaml_text import MAX_FINDINGS, Mapping, Node, Scalar, Sequence

_SHAPES = {
    "text": ("一段文字", "a text"),
    "texts": ("一段文字或者文字的列表", "a text or a list of texts"),
    "title": ("一段文字，或者中英文两段", "a text, or one in Chinese and one in English"),
    "flag": ("“是”或者“否”", "`yes` or `no`"),
    "map": ("下一层的各项", "a mapping"),
    "list": ("列表", "a list"),
}


# What official tables and people say for a key that is no keyword.
_USUAL_KEYS = {
    "编号": ("代码", "编码", "代号", "文号"),
    "名称": ("题名", "标题", "全称", "简称"),
    "字段": ("栏目", "各栏", "项目"),
    "类型": ("填写", "种类", "格式"),
    "code": ("id", "number"),
    "fields": ("columns", "properties"),
    "kind": ("type",),
}
_UNDER = frozenset({"form", "register"})
T = TypeVar("T")


def _usual(word: str, known: list[str]) -> str:
    """Return which of the keys people call so, or an empty text."""
    own = (key for key, words in _USUAL_KEYS.items() if word in words)
    meant = (each for name in meant_by(word) for each in (*keywords.ZH[name], *keywords.EN[name]))
    return next((each for each in (*own, *meant) if each in known), "")


@cache
def _spellings(construct: str, language: Language) -> dict[str, Key]:
    return {word: key for key in CONSTRUCTS[construct] for word in key.spellings(language)}


class YamlReading:
    """One YAML file being read: its language, its findings and its parts."""

    def __init__(self, source: Source, language: Language) -> None:
        self.source = source
        self.language: Language = language
        self.found: list[Diagnostic] = []
        self.parts = PartReader(source.path, language)

    def word(self, terminal: str) -> str:
        """Return a keyword in the language of the file."""
        return keywords.spelling(terminal, self.language)

    def report(self, code: str, span: Span, *, fix: Fix | None = None, **values: Any) -> None:
        """Note a finding."""
        self.note([diagnose(code, span, fix=fix, **values)])

    def note(self, found: Iterable[Diagnostic]) -> None:
        """Note findings, up to the bound of a file."""
        self.found += list(found)[: max(0, MAX_FINDINGS - len(self.found))]

    def misshapen(self, where: str, node: Node, shape: str) -> None:
        """Note that a value has the wrong shape."""
        zh, en = _SHAPES[shape]
        hint_zh, hint_en = shape_hint(shape, node)
        self.report(
            "ZR826", node.span, where=where, wanted_zh=zh, wanted_en=en,
            hint_zh=hint_zh, hint_en=hint_en,
        )  # fmt: skip

    def part(self, kind: str, scalar: Scalar) -> Any:
        """Return the part of the language that a scalar holds, or None with a finding."""
        exact = not isinstance(scalar.source, Cell)
        node, found = self.parts.read(kind, scalar.text, placing(scalar), exact=exact)
        self.note(found)
        return node

    def composed(self, kind: str, pieces: Iterable[Scalar | str], whole: Span) -> Any:
        """Return the part that several scalars and connecting words make up together."""
        text, move = compose(list(pieces), whole)
        node, found = self.parts.read(kind, text, move, exact=False)
        self.note(found)
        return node

    def texts(self, node: Node, where: str) -> list[Scalar]:
        """Return the scalars of a text or a list of texts."""
        items = node.items if isinstance(node, Sequence) else (node,)
        for item in items:
            if not isinstance(item, Scalar):
                self.misshapen(where, item, "texts")
        return [item for item in items if isinstance(item, Scalar)]

    def items(self, node: Node, where: str) -> tuple[Node, ...]:
        """Return the items of a list; a finding for anything else."""
        if isinstance(node, Sequence):
            return node.items
        self.misshapen(where, node, "list")
        return ()

    def named(self, node: Node, where: str) -> Iterator[tuple[Scalar, Node]]:
        """Yield the names and values of a mapping whose keys are the writer's own."""
        if isinstance(node, Mapping):
            yield from node.pairs
        elif not is_empty(node):
            self.misshapen(where, node, "map")

    def records(self, construct: str, node: Node, where: str) -> Iterator[tuple[Scalar, Record]]:
        """Yield the names of a mapping with their values that are records of `construct`."""
        for key, value in self.named(node, where):
            record = self.record(construct, value, f"{where}.{key.text}")
            if record is not None:
                yield key, record

    def record(self, construct: str, node: Node, where: str) -> Record | None:
        """Return a mapping as a record of `construct`; None, with a finding, if it is none."""
        if is_empty(node):
            node = Mapping((), node.span)
        if not isinstance(node, Mapping):
            self.misshapen(where, node, "map")
            return None
        slots: dict[str, Node] = {}
        for key, value in node.pairs:
            known = self._key(construct, key, where)
            if known is not None and not is_empty(value):
                slots[known.slot] = value
        complete = [
            self._present(key, slots, node.span, where)
            for key in CONSTRUCTS[construct]
            if key.required
        ]
        return Record(self, construct, where, node.span, slots) if all(complete) else None

    def _present(self, key: Key, slots: dict[str, Node], span: Span, where: str) -> bool:
        if key.slot not in slots:
            self.report("ZR827", span, where=where, key=key.spellings(self.language)[0])
        return key.slot in slots

    def _key(self, construct: str, scalar: Scalar, where: str) -> Key | None:
        word = folded(scalar.text)
        known = _spellings(construct, self.language).get(word)
        if known is None:
            self._unknown_key(construct, word, scalar, where)
        return known

    def _unknown_key(self, construct: str, word: str, scalar: Scalar, where: str) -> None:
        other: Language = "en" if self.language == "zh" else "zh"
        twin = _spellings(construct, other).get(word)
        if twin is not None:
            right = twin.spellings(self.language)[0]
            fix = _rename(self.source, scalar, right, safe=True)
            self.report("ZR825", scalar.span, fix=fix, key=word, right=right)
            return
        known = list(_spellings(construct, self.language))
        raw = self.source.text[scalar.span.start : scalar.span.end]
        if "：" in raw:
            # With full-width signs the pair, or several of them, is one key.
            plain = re.sub("：\\s*", ": ", re.sub("，\\s*", ", ", raw)).rstrip()
            fix = Fix.writing(scalar.span, plain)
            self.report(
                "ZR824", scalar.span, fix=fix, where=where, key=raw, known=tuple(known),
                hint_zh="冒号、逗号要用半角的；", hint_en="signs must not be full-width; ",
            )  # fmt: skip
            return
        guess = _usual(word, known) or nearest(word, known)
        under = construct in _UNDER
        below = f"栏目都写在“{known[0]}”下面；" if under and not guess else ""
        below_en = f"fields stand under `{known[0]}`; " if under and not guess else ""
        self.report(
            "ZR824",
            scalar.span,
            fix=_rename(self.source, scalar, guess, safe=False) if guess else None,
            where=where,
            key=word,
            hint_zh=f"是不是“{guess}”？" if guess else below,
            hint_en=f"did you mean `{guess}`? " if guess else below_en,
            known=tuple(known),
        )


@dataclass(frozen=True)
class Record:
    """One mapping of a file: the values by the slots of its construct."""

    reading: YamlReading
    construct: str
    where: str
    span: Span
    slots: dict[str, Node]

    def of(self, node: type[T], /, **own: Any) -> T:
        """Return the node that the mapping says; `own` are parts that were read apart."""
        fields = vars(node)["__dataclass_fields__"]
        for key in CONSTRUCTS[self.construct]:
            if key.slot in self.slots and key.slot in fields and key.slot not in own:
                value = self._value(key)
                own |= {} if value is None else {key.slot: value}
        if "period" in fields:
            own.setdefault("period", self.period())
        if "clauses" in fields:
            own.setdefault("clauses", self.of(Clauses))
        return node(**own)

    def _value(self, key: Key) -> Any:
        """Return what stands under a key; None for what cannot be read, which keeps its default."""
        match key.shape, key.part:
            case "title", _:
                return self.title(key.slot)
            case "flag", _:
                return self.flag(key.slot)
            case "day", _:
                return self.day(key.slot)
            case _, "raw":
                return self.text(key.slot)
            case "texts", part:
                return self.flat(part, key.slot)
            case _, part:
                return self.part(part, key.slot)

    def get(self, slot: str) -> Node | None:
        """Return the value of a slot, if it is there."""
        return self.slots.get(slot)

    def label(self, slot: str) -> str:
        """Return where the value of a slot stands, for messages."""
        language = self.reading.language
        key = next(key for key in CONSTRUCTS[self.construct] if key.slot == slot)
        return f"{self.where}.{key.spellings(language)[0]}"

    def scalar(self, slot: str) -> Scalar | None:
        """Return the one text of a slot."""
        node = self.slots.get(slot)
        if node is None or isinstance(node, Scalar):
            return node
        self.reading.misshapen(self.label(slot), node, "text")
        return None

    def scalars(self, slot: str) -> list[Scalar]:
        """Return the texts of a slot, written as one or as a list."""
        node = self.slots.get(slot)
        return self.reading.texts(node, self.label(slot)) if node is not None else []

    def text(self, slot: str) -> str:
        """Return the text of a slot as written."""
        scalar = self.scalar(slot)
        return scalar.text.strip() if scalar else ""

    def title(self, slot: str) -> Title:
        """Return a text in one language or in two."""
        node = self.slots.get(slot)
        if node is None:
            return Title("")
        return self.titled(node, slot)

    def titled(self, node: Node, slot: str) -> Title:
        """Return a title from its node."""
        texts = self.reading.texts(node, self.label(slot))
        if not 1 <= len(texts) <= 2:
            self.reading.misshapen(self.label(slot), node, "title")
            return Title("", span=node.span)
        words = [text.text.strip() for text in texts]
        return Title(words[0], words[1] if len(words) == 2 else "", node.span)

    def behind(self, terminal: str, slot: str) -> list[Scalar | str]:
        """Return a keyword with the texts of a slot; nothing where there are none."""
        pieces: list[Scalar | str] = []
        for text in self.scalars(slot):
            pieces += ["、" if pieces else self.reading.word(terminal), text]
        return pieces

    def items(self, slot: str) -> tuple[Node, ...]:
        """Return the items of the list that a slot holds."""
        node = self.slots.get(slot)
        return self.reading.items(node, self.label(slot)) if node is not None else ()

    def records(self, construct: str, slot: str) -> list[Record]:
        """Return the items of a slot that are records of `construct`."""
        where = self.label(slot)
        read = (self.reading.record(construct, item, where) for item in self.items(slot))
        return [record for record in read if record is not None]

    def part(self, kind: str, slot: str) -> Any:
        """Return the part of the language that a slot holds."""
        scalar = self.scalar(slot)
        return self.reading.part(kind, scalar) if scalar else None

    def flat(self, kind: str, slot: str) -> tuple[Any, ...]:
        """Return the parts of a slot, one for each text or several."""
        read = (self.reading.part(kind, scalar) for scalar in self.scalars(slot))
        several = (part if type(part) is tuple else (part,) for part in read if part is not None)
        return tuple(part for parts in several for part in parts)

    def names(self, slot: str) -> tuple[Name, ...]:
        """Return the names of a slot."""
        return self.flat("names", slot)

    def name(self, slot: str) -> Name | None:
        """Return the name that a slot holds."""
        name: Name | None = self.part("name", slot)
        return name

    def day(self, slot: str) -> date | None:
        """Return the day that a slot holds."""
        day: date | None = self.part("day", slot)
        return day

    def period(self) -> Period:
        """Return the days in force."""
        spans = [self.slots[slot].span for slot in ("start", "end") if slot in self.slots]
        if not spans:
            return Period()
        return Period(self.day("start"), self.day("end"), spans[0])

    def flag(self, slot: str) -> bool:
        """Return whether a slot says yes."""
        scalar = self.scalar(slot)
        if scalar is None:
            return False
        word = keywords.WORDS[self.reading.language].get(folded(scalar.text))
        if word not in ("YES", "NO"):
            self.reading.misshapen(self.label(slot), scalar, "flag")
        return word == "YES"


def raw_name(scalar: Scalar) -> Name:
    """Return the name that a whole scalar is, brackets taken off."""
    text = shadow(scalar.text).strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    return Name(normalise(text), scalar.span)


def is_empty(node: Node) -> bool:
    """Tell whether a value says nothing: left out, or a bar as in a table."""
    return isinstance(node, Scalar) and not node.quoted and node.text in ("", "-")


def placing(scalar: Scalar) -> Move:
    """Return the move from places in a scalar's text to places in the file."""
    source, offset = scalar.source, scalar.offset

    def move(span: Span) -> Span:
        return source.span(offset + span.start, offset + span.end) if span.path else span

    return move


def compose(pieces: list[Scalar | str], whole: Span) -> tuple[str, Move]:
    """Return the pieces as one text, and the move from places in it to places in the file."""
    words = [piece if isinstance(piece, str) else piece.text.strip() for piece in pieces]
    ends: list[int] = []
    for word in words:
        ends.append((ends[-1] + 1 if ends else 0) + len(word))

    def move(span: Span) -> Span:
        for piece, word, end in zip(pieces, words, ends, strict=True):
            start = end - len(word)
            if start <= span.start <= end and span.end <= end and isinstance(piece, Scalar):
                lead = len(piece.text) - len(piece.text.lstrip()) - start
                return piece.source.span(
                    piece.offset + lead + span.start, piece.offset + lead + span.end
                )
        return whole

    return " ".join(words), move


def _rename(source: Source, scalar: Scalar, word: str, *, safe: bool) -> Fix:
    span = source.span(scalar.span.start + scalar.quoted, scalar.span.end - scalar.quoted)
    return Fix.writing(span, word, safe=safe)
