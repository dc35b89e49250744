"""YAML as a tree of texts: every scalar is text, every node has its place, all is bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Edit, Fix, Source, Span
from zhunru.syntax.nodes import Comment
from zhunru.syntax.placed import Cell, Unescaped
from zhunru.syntax.shadow import folded
from zhunru.syntax.yaml_comments import Place, comments

MAX_DEPTH = 32
MAX_NODES = 2_000_000
MAX_FINDINGS = 200

# The one in C is far quicker, but not everywhere built in.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COLLECTION_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_COLLECTION_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_DOUBLE_QUOTED = re.compile(r"\\x..|\\u.{4}|\\U.{8}|\\.|.")
_SINGLE_QUOTED = re.compile("''|.")

# What the YAML parser says, by a piece of it, in plain words.
_PROBLEMS: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", "这里不能再有冒号"),
    ("could not find expected ':'", "这一项后面缺少冒号"),
    ("did not find expected key", "缩进不齐，或者前面的括号、引号没有配对"),
    ("did not find expected '-' indicator", "列表的缩进不齐"),
    ("did not find expected ',' or", "方括号或者花括号没有配对，或者缺少逗号"),
    ("expected ',' or", "方括号或者花括号没有配对，或者缺少逗号"),
    ("special characters are not allowed", "含有控制字符"),
    ("cannot start any token", "内容不能以这个符号开头，请加引号"),
    ("unexpected end of stream", "引号没有配对"),
    ("control characters are not allowed", "含有控制字符"),
    ("escape", "双引号里的反斜杠写法有误"),
    ("expected alphabetic or numeric", "以 & 或者 * 开头的内容请加引号"),
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. Character `i` of it stands at `offset + i` of `source`."""

    text: str
    source: Source
    offset: int
    span: Span
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in written order; no key twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    span: Span


Node = Scalar | Sequence | Mapping


def compose(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """Return the tree of the file's only document; None for an empty or unreadable file."""
    root, found, _ = compose_with_comments(source)
    return root, found


def compose_with_comments(
    source: Source,
) -> tuple[Node | None, list[Diagnostic], tuple[Comment, ...]]:
    """Return the tree of the file's only document and the comments between its texts."""
    composer = _Composer(source)
    try:
        root = composer.read()
    except yaml.YAMLError as error:
        composer.found.append(_malformed(error, source))
        return None, composer.found, ()
    except _TooLarge as bound:
        composer.found.append(bound.finding)
        return None, composer.found, ()
    return root, composer.found, comments(source, composer.scalars)


class _TooLarge(Exception):
    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__(finding.en)


class _Open:
    """A collection that is still being read."""

    def __init__(self, start: int, mapping: bool) -> None:
        self.start = start
        self.mapping = mapping
        self.items: list[Node | None] = []


class _Composer:
    """One pass over the parser's events, with a stack instead of recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0
        self.documents = 0
        self.scalars: list[Place] = []

    def read(self) -> Node | None:
        """Return the first document as a tree; raises yaml.YAMLError and _TooLarge."""
        # Only its events: by the types of YAML, 3.10 would be 3.1 and no would be 否.
        loader = _Loader(self.source.text)
        try:
            while loader.check_event() and self.documents < 2:
                self._take(loader.get_event())
        finally:
            loader.dispose()
        return self.root

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_features(event)
            self._add(self._scalar(event))
        elif isinstance(event, _COLLECTION_STARTS):
            self._refuse_features(event)
            self._open(event)
        elif isinstance(event, _COLLECTION_ENDS):
            self._close(self._place(event).end)
        # A few lines of aliases of aliases unfold to more than any memory holds.
        elif isinstance(event, yaml.AliasEvent):
            self._feature(event, "别名", "aliases")
            self._add(None)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:
                self._report("ZR829", self._place(event))

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        span = self.source.span(start, end)
        quoted = event.style in ("'", '"')
        raw = self.source.text[start:end]
        # The line that opens a block text may end in a comment.
        head = raw.find("\n") if event.style in ("|", ">") else 0
        self.scalars.append((start + max(head, 0), end))
        source, offset = _written(self.source, event.value, raw, span, quoted)
        return Scalar(event.value, source, offset, span, quoted)

    def _open(self, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise _TooLarge(_too_deep(self._place(event)))
        self.stack.append(_Open(event.start_mark.index, isinstance(event, yaml.MappingStartEvent)))

    def _close(self, end: int) -> None:
        done = self.stack.pop()
        span = self.source.span(done.start, end)
        if done.mapping:
            self._add(Mapping(self._pairs(done.items), span))
        else:
            self._add(Sequence(tuple(item for item in done.items if item is not None), span))

    def _add(self, node: Node | None) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _TooLarge(
                diagnose(
                    "ZR823",
                    node.span if node else self.source.span(0, 0),
                    what_zh=f"内容超过 {MAX_NODES} 项",
                    what_en=f"has more than {MAX_NODES} items",
                )
            )
        if self.stack:
            self.stack[-1].items.append(node)
        elif self.documents == 1:
            self.root = node

    def _pairs(self, items: list[Node | None]) -> tuple[tuple[Scalar, Node], ...]:
        seen: dict[str, Scalar] = {}
        kept: list[tuple[Scalar, Node]] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if self._new_key(key, seen) and value is not None:
                assert isinstance(key, Scalar)
                kept.append((key, value))
        return tuple(kept)

    def _new_key(self, key: Node | None, seen: dict[str, Scalar]) -> bool:
        if key is None:
            return False
        if not isinstance(key, Scalar):
            self._report(
                "ZR826", key.span, where=":", wanted_zh="文字作关键词", wanted_en="a text as key",
                hint_zh="冒号前面只写一个名称。", hint_en="before a colon stands one name",
            )  # fmt: skip
            return False
        # In the form in which names are compared: full-width twins would be one name later.
        first = seen.setdefault(folded(key.text), key)
        if first is not key:
            related = ((first.span, "先写在这里", "first written here"),)
            self.found.append(diagnose("ZR822", key.span, key=key.text, related=related))
        return first is key

    def _refuse_features(self, event: Any) -> None:
        if event.anchor is not None:
            self._feature(event, "锚点", "anchors")
        if event.tag is not None:
            self._feature(event, "标签", "tags")

    def _feature(self, event: Any, zh: str, en: str) -> None:
        start = event.start_mark.index
        word = re.match(r"\S*", self.source.text[start : start + 40])
        text = word.group() if word else ""
        span = self.source.span(start, start + len(text))
        self._report("ZR821", span, what_zh=zh, what_en=en, text=text)

    def _place(self, event: Any) -> Span:
        return self.source.span(event.start_mark.index, event.end_mark.index)

    def _report(self, code: str, span: Span, **values: Any) -> None:
        if len(self.found) < MAX_FINDINGS:
            self.found.append(diagnose(code, span, **values))


def _written(source: Source, value: str, raw: str, span: Span, quoted: bool) -> tuple[Source, int]:
    """Return the source and the offset by which places inside the scalar are found."""
    inner = raw[1:-1] if quoted else raw
    if inner == value:
        return source, span.start + quoted
    if quoted and "\n" not in raw:
        offsets = _unescape(inner, raw[0], span.start + 1)
        if len(offsets) == len(value) + 1:
            return Unescaped(source.path, value, source, offsets), 0
    return Cell(source.path, value, span), 0


def _unescape(inner: str, quote: str, start: int) -> tuple[int, ...]:
    pattern = _DOUBLE_QUOTED if quote == '"' else _SINGLE_QUOTED
    return (*(start + m.start() for m in pattern.finditer(inner)), start + len(inner))


# A key with a full-width colon, on a line without a plain one; a comma between pairs in braces.
_WIDE_COLON = re.compile(
    r"^[ \t]*(?:- +)*[^\s:：#'\"{}\[\],，]+ ?(：)(?!.*: )[ \t]*(?=(.*)$)", re.M
)
_WIDE_COMMA = re.compile(r"(?<=[^\s'\"])(，)\s*(?=[^\s:：,，'\"{}]{1,20}[:：])")
_WIDE_INSIDE = re.compile(r"(：)\s*(?=[^\s,，{}])")
_BRACES = re.compile(r"\{[^{}\n]*\}")


def _wide_signs(source: Source, place: int) -> list[tuple[Span, str]]:
    """Return the full-width signs that stand for plain ones, with those, if one is near a place."""
    text = source.text
    found = [
        (source.span(colon.start(1), colon.end()), ": " if colon[2] else ":")
        for colon in _WIDE_COLON.finditer(text)
    ]
    for braces in _BRACES.finditer(text):
        for pattern, sign in ((_WIDE_COMMA, ", "), (_WIDE_INSIDE, ": ")):
            signs = pattern.finditer(text, *braces.span())
            found += [(source.span(each.start(1), each.end()), sign) for each in signs]
    line = source.span(place, place).line
    near = any(line - 2 <= span.line <= line for span, _ in found)
    return sorted(found, key=lambda one: one[0].start) if near else []


# Blanks of other kinds before a line, and a key whose colon has no blank behind it.
_ODD_INDENT = re.compile(r"^ *[\t\u3000\u00a0][ \t\u3000\u00a0]*(?=\S)", re.M)
_TIGHT_COLON = re.compile(r"^ *(?:- +)*[^\W\d]\w*(:)(?=[^\s:/])(?!.*: )", re.M)


def _blanks(source: Source, place: int) -> tuple[str, str, Fix] | None:
    """Return what is wrong with the blanks of the lines near a place, if that is what is."""
    text, line = source.text, source.span(place, place).line

    def near(pattern: re.Pattern[str], group: int) -> list[Span]:
        spans = [source.span(*found.span(group)) for found in pattern.finditer(text)]
        return [span for span in spans if line - 2 <= span.line <= line]

    if odd := near(_ODD_INDENT, 0):
        edits = tuple(
            Edit(each, re.sub("[\t\u3000]", "  ", text[each.start : each.end]).replace("\xa0", " "))
            for each in odd
        )
        fix = Fix(edits, "改为半角空格", "put plain blanks", safe=False)
        return "缩进只能用半角空格", "only plain blanks may indent a line", fix
    if tight := near(_TIGHT_COLON, 1):
        fix = Fix(
            tuple(Edit(each, ": ") for each in tight), "冒号后面空一格", "put a blank", safe=False
        )
        return "冒号后面要空一格", "a blank belongs behind a colon", fix
    return None


def _too_deep(span: Span) -> Diagnostic:
    zh, en = f"层数超过 {MAX_DEPTH}", f"is nested deeper than {MAX_DEPTH}"
    return diagnose("ZR823", span, what_zh=zh, what_en=en)


def _malformed(error: yaml.YAMLError, source: Source) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", "") or "unreadable")
    index = mark.index if mark is not None else getattr(error, "position", 0)
    place = min(max(index, 0), len(source.text))
    # From 6.0.4 on the parser itself stops at a thousand levels, before it gives the first of them.
    if "maximum nesting depth" in problem:
        return _too_deep(source.span(place, min(place + 1, len(source.text))))
    zh = next((words for piece, words in _PROBLEMS if piece in problem), "这里读不懂")
    wide = _wide_signs(source, place)
    if wide:
        zh, en = "冒号、逗号要用半角的", "colons and commas must not be full-width"
        edits = tuple(Edit(span, sign) for span, sign in wide)
        fix = Fix(edits, "改为半角", "put plain signs", safe=False)
        return diagnose("ZR820", wide[0][0], fix=fix, problem_zh=zh, problem_en=en)
    if (blanks := _blanks(source, place)) is not None:
        zh, en, fix = blanks
        return diagnose("ZR820", fix.edits[0].span, fix=fix, problem_zh=zh, problem_en=en)
    span = source.span(place, min(place + 1, len(source.text)))
    return diagnose("ZR820", span, problem_zh=zh, problem_en=problem)
