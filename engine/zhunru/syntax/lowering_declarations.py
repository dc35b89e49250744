"""Raw nodes of the heads and lines of declarations to what the builders take."""

from __future__ import annotations

import re
from typing import Any

from lark.lexer import Token

from zhunru.diagnostics import Edit, Fix, Span
from zhunru.syntax.expressions import Quantity
from zhunru.syntax.field_measures import Alone, measure_alone
from zhunru.syntax.keywords import EN, WORDS, ZH, spelling
from zhunru.syntax.lalr import Branch
from zhunru.syntax.lowering_expressions import civil_day, string
from zhunru.syntax.misspelling import likely, only
from zhunru.syntax.nodes import Name, ParameterValue, Period
from zhunru.syntax.numbering import numbering
from zhunru.syntax.reading import Item, Kids, Reading, lowers, token_type, values_of
from zhunru.syntax.shadow import normalise, shadow
from zhunru.syntax.usual_words import USUAL_VALUES, meant_by
from zhunru.vocabulary import TYPES, TypeName


def word_of(table: dict[Any, tuple[str, str]], word: str) -> Any:
    """Return the member of a vocabulary table that a word of either language names, or None."""
    return next((member for member, words in table.items() if word in words), None)


def report_word(
    reading: Reading,
    table: dict[Any, tuple[str, str]],
    found: str,
    span: Span,
    what: tuple[str, str],
) -> None:
    """Report a word that a vocabulary table does not have."""
    zh, en = zip(*table.values(), strict=True)
    language = "en" if found.isascii() else "zh"
    words = en if language == "en" else zh
    near = USUAL_VALUES.get(found, "")
    if near not in words:
        near = only(likely(found, words, language))
    fix = Fix.writing(span, near) if near else None
    reading.report(
        "ZR123", span, fix=fix, found=found, what_zh=what[0], what_en=what[1],
        choices_zh="、".join(zh), choices_en=", ".join(en),
    )  # fmt: skip


@lowers("i_source")
def _source(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("source", _file_name(reading, kids[-1]), reading.span(branch))


@lowers("h_unit_file")
def _unit_file(reading: Reading, branch: Branch, kids: Kids) -> list[Any]:
    return ["source", _file_name(reading, kids[-1])]


def _file_name(reading: Reading, token: Token) -> str:
    """Return what stands behind 取自; an empty text names nothing."""
    name = string(reading, token)
    if not name.strip():
        word = spelling("SOURCE", "en" if reading.language == "en" else "zh")
        zh, en = "文件名", "the name of a file"
        reading.report("ZR125", reading.span(token), owner=word, what_zh=zh, what_en=en)
    return name


@lowers("h_register")
def _register(reading: Reading, branch: Branch, kids: Kids) -> list[Any]:
    source = token_type(kids, "STRING")
    found = values_of(kids)
    if source is not None:
        found.append(Item("source", _file_name(reading, source), reading.span(source)))
    return found


@lowers("i_reference")
def _reference(reading: Reading, branch: Branch, kids: Kids) -> Item:
    # A colon behind 文号 is none of its signs.
    return Item("reference", str(kids[-1]).strip(" ：:\u3000"), reading.span(branch))


@lowers("i_version")
def _version(reading: Reading, branch: Branch, kids: Kids) -> Item:
    label = kids[-1].text if isinstance(kids[-1], Name) else str(kids[-1])
    return Item("version", normalise(label), reading.span(branch))


@lowers("i_asserted_by")
def _asserted(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("asserted_by", kids[1], reading.span(branch))


@lowers("i_sorted")
def _sorted(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("sorted", (kids[1], kids[3]), reading.span(branch))


@lowers("decimals")
def _decimals(reading: Reading, branch: Branch, kids: Kids) -> int:
    return whole(reading, str(kids[1]), reading.span(branch))


# Keywords that open a mark of a field and take a name behind them.
MARK_WORDS = {
    language: [word for terminal in ("BY", "WITHHELD", "DEFAULT") for word in spellings[terminal]]
    for language, spellings in (("zh", ZH), ("en", EN))
}
# Those that say all by themselves.
_MARKS = ("REQUIRED", "OPTIONAL", "CURABLE", "GOVERNING", "OWNER", "SECRET")
MARK_WORDS["any"] = MARK_WORDS["zh"] + MARK_WORDS["en"]


def whole(reading: Reading, text: str, span: Span) -> int:
    """Return a whole number below a million; another number is a finding."""
    if text.isdigit() and len(text) <= 6:
        return int(text)
    reading.report("ZR132", span)
    return 0


@lowers("field_type")
def _field_type(reading: Reading, branch: Branch, kids: Kids) -> dict[str, Any]:
    """Return the parts of a field that its type writes."""
    kind = word_of(TYPES, kids[0].text)
    if kind is None and not (_numbered(reading, kids[0]) or _glued_type(reading, kids[0])):
        report_word(reading, TYPES, kids[0].text, kids[0].span, ("栏目类型", "a type of field"))
    # Read on as a text: the rest of the field has mistakes of its own to be told.
    found: dict[str, Any] = {"type": kind or TypeName.TEXT}
    for part in kids[1:]:
        if isinstance(part, int):
            found["decimals"] = part
        elif isinstance(part[0], Quantity):
            found["low"], found["high"] = part
        elif kind not in (None, TypeName.CHOICE, TypeName.CHOICES) or "values" in found:
            _report_values(reading, kids[0], part, ranged="low" in found)
        else:
            found["values"] = part
    return found


def _goes_on(reading: Reading, kind: Name, first: Name) -> bool:
    """Tell whether a field was read on over its line for a sign at the end, and report the sign."""
    text, line = reading.source.text, kind.span.line
    if first.span.line == line:
        return False
    end = len(text[: reading.source.line_starts[line]].rstrip())
    if text[end - 1] not in "、，,":
        return False
    span = reading.source.span(end - 1, end)
    fix = Fix((Edit(span, ""),), f"删去“{text[end - 1]}”", "take it out", safe=False)
    reading.report("ZR124", span, fix=fix, found=text[end - 1])
    return True


def _report_values(reading: Reading, kind: Name, names: tuple[Name, ...], ranged: bool) -> None:
    """Report names where the type takes none: a mark whose blank is missing, or stray words.

    Behind a range a word is often meant for the measure of its numbers.
    """
    first = names[0]
    if _goes_on(reading, kind, first):
        return
    for word in MARK_WORDS[reading.language]:
        if first.text.startswith(word) and first.text != word:
            _report_split(reading, first.span.start, word, first.text[len(word) :])
            return
    mark = next((each for each in meant_by(first.text) if each in _MARKS), None)
    fix = None
    if mark is not None:
        word = spelling(mark, "en" if first.text.isascii() else "zh")
        fix = Fix.writing(first.span, word)
    alone = measure_alone(kind.text, first.text) if not ranged else None
    if alone is not None:
        _report_measure(reading, kind, first, alone)
        return
    marks = MARK_WORDS[reading.language]
    if ranged and len(names) == 1 and not (fix or likely(first.text, marks, reading.language)):
        zh = f"“{first.text}”不是计量单位，删去它；计量单位有元、次、个、份、人、户、岁等"
        en = f"`{first.text}` is no measure: take it out; measures are yuan, times and so on"
        fix = Fix((Edit(first.span, ""),), f"删去“{first.text}”", "take it out", safe=False)
        said: dict[str, Any] = {"found": first.text, "more_zh": zh, "more_en": en}
        reading.report("ZR101", first.span, fix=fix, **said)
        return
    reading.report("ZR140", first.span, fix=fix, type=kind.text, found=first.text)


def _numbered(reading: Reading, name: Name) -> bool:
    """Report a number that was read as the name of a field: ① 类别 枚举 ….."""
    text, end = reading.source.text, name.span.start
    line = text[text.rfind("\n", 0, end) + 1 : end]
    number = line.lstrip()
    if not number or numbering(shadow(number), 0) < len(number):
        return False
    span = reading.source.span(end - len(number), end)
    fix = Fix((Edit(span, ""),), f"删去“{number.strip()}”", "take it out", safe=False)
    zh, en = "前面的序号不写，删去它", "lines have no numbers: take it out"
    reading.report("ZR101", span, fix=fix, found=number.strip(), more_zh=zh, more_en=en)
    return True


def _report_measure(reading: Reading, kind: Name, word: Name, alone: Alone) -> None:
    """Report a measure without its range, with the type that says as much without it."""
    span = reading.source.span(kind.span.start, word.span.end)
    fix = Fix.writing(span, alone.kind)
    said: dict[str, Any] = {
        "found": word.text,
        "type": kind.text,
        "more_zh": alone.zh,
        "more_en": alone.en,
    }
    reading.report("ZR144", word.span, fix=fix, **said)


def _glued_type(reading: Reading, name: Name) -> bool:
    """Report a type that is written together with its neighbour: `单位必填`, `来文单位单位 由`."""
    words = [word for pair in TYPES.values() for word in pair]
    for word in words:
        if name.text.startswith(word) and name.text[len(word) :] in WORDS[reading.language]:
            return _report_split(reading, name.span.start, word, name.text[len(word) :])
    # A hundred characters hold any name; a search from the start of the file would be one for each
    # line.
    before = re.search(r"(\w+)\s+$", reading.source.text[: name.span.start][-100:])
    if before is None or name.text not in WORDS[reading.language]:
        return False
    for word in words:
        if before[1].endswith(word) and before[1] != word:
            start = name.span.start - len(before[0])
            return _report_split(reading, start, before[1][: -len(word)], word)
    return False


def _report_split(reading: Reading, start: int, first: str, second: str) -> bool:
    span = reading.source.span(start, start + len(first) + len(second))
    mended = f"{first} {second}"
    fix = Fix.writing(span, mended)
    reading.report("ZR103", span, fix=fix, found=first + second, mended=mended)
    return True


@lowers("dated_values")
def _dated_values(reading: Reading, branch: Branch, kids: Kids) -> list[Any]:
    return values_of(kids)


@lowers("dated_value")
def _dated_value(reading: Reading, branch: Branch, kids: Kids) -> tuple[ParameterValue, Any]:
    since = token_type(kids, "DATE")
    start = civil_day(reading, since, reading.span(since)) if since else None
    end = kids[-1] if token_type(kids[-2:-1], "TO") else None
    value = next((kid for kid in kids if isinstance(kid, Quantity) or type(kid) is tuple), None)
    low, high = value if isinstance(value, tuple) else (value, None)
    tbd = token_type(kids, "TBD") is not None
    span = reading.span(branch)
    return ParameterValue(start=start, low=low, high=high, tbd=tbd, span=span), end


@lowers("i_default")
def _default(reading: Reading, branch: Branch, kids: Kids) -> Item:
    """默认 of a field holds a value, 默认 of a decision a verdict and what follows it."""
    values = values_of(kids)
    value = values if branch.children and _is_verdict(branch.children[1]) else values[-1]
    return Item("default", value, reading.span(branch))


def _is_verdict(child: Any) -> bool:
    return isinstance(child, Branch) and child.data == "verdict"


@lowers("i_step")
def _step(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("step", kids[0], reading.span(branch))


@lowers("k_column")
def _column_heading(reading: Reading, branch: Branch, kids: Kids) -> dict[str, Any]:
    """Return what the heading of a column says: its name, → and 文本."""
    names = [kid for kid in kids if isinstance(kid, Name)]
    text = len(names) > 1 and names[1].text in TYPES[TypeName.TEXT]
    if len(names) > 1 and not text:
        report_word(
            reading, {TypeName.TEXT: TYPES[TypeName.TEXT]}, names[1].text, names[1].span,
            ("栏的类型", "a type of column"),
        )  # fmt: skip
    result = token_type(kids, "ARROW") is not None
    return {"name": names[0], "result": result, "text": text}


@lowers("k_period")
def _period(reading: Reading, branch: Branch, kids: Kids) -> Period:
    """施行 D 至 D, D 至 D, D or 至 D."""
    first = token_type(kids[:1], "DATE")
    start = civil_day(reading, first, reading.span(first)) if first else None
    days = values_of(kids)
    end = days[-1] if token_type(kids, "TO") else None
    if (first is None and end is None) or len(days) > 1:
        start = days[0]
    return Period(start, end, reading.span(branch))
