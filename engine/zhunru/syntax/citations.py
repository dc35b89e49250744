"""Citations of legal instruments: `社会救助暂行办法 第四条、《信访条例》 第三条第二款 待核实`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Edit, Fix, Source, Span
from zhunru.syntax.nodes import Citation
from zhunru.syntax.numbering import numbering
from zhunru.syntax.numerals import number_in_digits
from zhunru.syntax.shadow import normalise, shadow

_DIGITS = "零〇一二三四五六七八九十百千两"
_ORDINAL = rf"[(（]?(?:[{_DIGITS}]+|\d{{1,4}})[)）]?"
_STEP = (
    rf"第\s*{_ORDINAL}\s*(?:编|章|节|条|款|项|目|段)(?:之[{_DIGITS}]+)?"
    rf"|附件(?:[{_DIGITS}]+|\d{{1,3}})?|附则|附录|序言|全文"
)
_PINPOINT = re.compile(rf"(?:{_STEP})(?:\s*(?:{_STEP}))*")
_NUMBER = rf"(?:[{_DIGITS}]{{1,9}}|\d{{1,4}})"
# 第三、四条 and 第三条至第五条: several articles that share a word.
_SHARED = re.compile(rf"第\s*({_NUMBER}条?(?:\s*[、，,]\s*{_NUMBER}\s*条?)+)(?<=条)(?!之)")
_THROUGH = re.compile(rf"第\s*({_NUMBER})\s*条?\s*[至到~—-]\s*(?:第\s*)?({_NUMBER})\s*条(?!之)")
_MOST_ARTICLES = 20
_NUMBERED = re.compile(
    r"[^\s、，,；;《》]*?[〔\[［（(【]\s*\d{4}\s*[〕\]］）)】][^\s、，,；;《》]*?号"
)
# A title within a title stands in 〈〉.
_TITLED = re.compile(r"《[^《》]*(?:〈[^〉]*〉[^《》]*)*》")
# What begins like a pinpoint names no basis.
_SHORT = re.compile(r"(?!第[\d(（零〇一二三四五六七八九十百千两]|附件)[^\s、，,；;《》（(]+")
_VERSION = re.compile(r"\s*[（(]\s*(\d{4}[^）)\s]*)\s*[）)]")
_UNVERIFIED = re.compile(r"\s*(待核实|unverified)(?!\w)")
_YEAR = re.compile(r"[\[［（(【]\s*(\d{4})\s*[\]］）)】]")
_BLANKS = re.compile(r"[\s\u3000]*")
_COLON = re.compile(r"[\s\u3000]*([:：])[\s\u3000]*")
_SEPARATOR = re.compile(r"[\s\u3000]*[、，,；;][\s\u3000]*")
# Articles are counted as the statutes count them, in an English set as well.
_ENGLISH = re.compile(r"(?:art(?:icle)?\.?|clause|§)\s*([1-9]\d{0,3})", re.I)
_NOTHING = ("", "-", "－", "—")

Place = Callable[[int, int], Span]


class _Piece(NamedTuple):
    basis: str
    version: str
    pinpoint: str
    unverified: bool
    pinned: int  # where the pinpoint begins
    end: int


def read_citations(
    text: str, source: Source, offset: int
) -> tuple[tuple[Citation, ...], list[Diagnostic]]:
    """Read the citations in `text`, which begins at `offset` of the source."""

    def place(start: int, end: int) -> Span:
        return source.span(offset + start, offset + end)

    if text.strip() in _NOTHING:
        return (), []
    found: list[Diagnostic] = []
    return tuple(_citations(text, place, found)), found


def _citations(text: str, place: Place, found: list[Diagnostic]) -> Iterator[Citation]:
    at, basis, version = _skip(_BLANKS, text, 0), "", ""
    if colon := _COLON.match(text):
        at = colon.end()
        found.append(_colon(place(*colon.span(1))))
    while at < len(text):
        at += _number(text, at)
        piece = _piece(text, at, place, found)
        # `甲法 第四条、第五条`: a pinpoint alone is one of the basis before it.
        if piece.basis:
            basis, version = piece.basis, piece.version
        if basis:
            start = piece.pinned
            articles, end = _articles(text, start)
            if articles:
                mended = "、".join(articles)
                edits = (Edit(place(start, end), mended),)
                shared = Fix(edits, f"改为“{mended}”", f"write {mended}")
                found.append(diagnose("ZR117", place(start, end), fix=shared, text=text[start:end]))
                for each in articles:
                    yield Citation(basis, version, each, False, "", place(at, end))
                stop = _next_separator(text, end)
                at = _skip(_SEPARATOR, text, stop) if stop < len(text) else stop
                continue
        stop = _next_separator(text, piece.end)
        rest = text[piece.end : stop].strip()
        if rest or not basis:
            english = _ENGLISH.fullmatch(rest) if basis and not piece.pinpoint else None
            fix: Fix | None = None
            if english is not None:
                begin = text.index(rest, piece.end)
                mended = f"第{chinese_number(int(english[1]))}条"
                edit = Edit(place(begin, begin + len(rest)), mended)
                fix = Fix((edit,), f"改为“{mended}”", f"write `{mended}`", safe=False)
            found.append(diagnose("ZR117", place(at, stop), fix=fix, text=text[at:stop].strip()))
        end = piece.end if not rest else at + len(text[at:stop].rstrip())
        yield Citation(
            basis, version, piece.pinpoint, piece.unverified, rest, place(at, max(end, at))
        )
        at = _skip(_SEPARATOR, text, stop) if stop < len(text) else stop


def _number(text: str, at: int) -> int:
    """Return the length of the number before a title of several in a cell: 1.《…》 2.《…》."""
    length = 0 if text.startswith("《", at) or "《" not in text else numbering(shadow(text), at)
    return length if length and text.startswith("《", at + length) else 0


def _colon(span: Span) -> Diagnostic:
    """Report a colon behind 依据, which is followed by a blank."""
    fix = Fix((Edit(span, " "),), "改为空格", "put a blank", safe=False)
    zh, en = "词与词之间空一格，不用冒号", "put a blank there, no colon"
    return diagnose("ZR101", span, fix=fix, found="：", more_zh=zh, more_en=en)


def _articles(text: str, at: int) -> tuple[list[str], int]:
    """Return the articles that share a word from `at` on, and where they end; none: no such."""
    shared, through = _SHARED.match(text, at), _THROUGH.match(text, at)
    numbers: list[int | None] = []
    if shared:
        numbers = [_value(each.strip(" 条")) for each in re.split("[、，,]", shared[1])]
    elif through:
        first, last = _value(through[1]), _value(through[2])
        if first is not None and last is not None and first < last < first + _MOST_ARTICLES:
            numbers = [*range(first, last + 1)]
    known = [number for number in numbers if number]
    match = shared or through
    # What stands behind the last of them may belong to all of them: that is not for us to say.
    if match is None or not known or len(known) < len(numbers) or not _ends(text, match.end()):
        return [], at
    return [f"第{chinese_number(number)}条" for number in known], match.end()


def _ends(text: str, at: int) -> bool:
    return _next_separator(text, at) == _skip(_BLANKS, text, at)


def _value(text: str) -> int | None:
    return int(text) if text.isdecimal() else number_in_digits(text)


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at + 1


def _next_separator(text: str, at: int) -> int:
    match = re.compile(r"[、，,；;]").search(text, at)
    return match.start() if match else len(text)


def _piece(text: str, at: int, place: Place, found: list[Diagnostic]) -> _Piece:
    """Read one citation from `at` on: basis, version, pinpoint, 待核实, each optional."""
    basis, at = _basis(text, at, place, found)
    version = _VERSION.match(text, at) if basis else None
    at = version.end() if version else at
    pinned = _skip(_BLANKS, text, at)
    pinpoint = _PINPOINT.match(text, pinned)
    at = pinpoint.end() if pinpoint else at
    unverified = _UNVERIFIED.match(text, at)
    return _Piece(
        basis,
        version[1] if version else "",
        chinese_form(pinpoint[0]) if pinpoint else "",
        unverified is not None,
        pinned,
        unverified.end() if unverified else at,
    )


def _basis(text: str, at: int, place: Place, found: list[Diagnostic]) -> tuple[str, int]:
    if titled := _TITLED.match(text, at):
        return titled[0], titled.end()
    if numbered := _NUMBERED.match(text, at):
        return document_number(numbered[0], place(at, numbered.end()), found), numbered.end()
    short = _SHORT.match(text, at)
    if short is None or _UNVERIFIED.fullmatch(short[0]):
        return "", at
    return normalise(short[0]), short.end()


def document_number(text: str, span: Span, found: list[Diagnostic]) -> str:
    """Return a document number with its year in 〔〕; other brackets are a finding with a fix."""
    mended = _YEAR.sub(r"〔\1〕", text, count=1)
    if mended != text and "号" in text:
        fix = Fix((Edit(span, mended),), "年份改用六角括号", "put the year in 〔〕")
        found.append(diagnose("ZR118", span, fix=fix, text=text, mended=mended))
        return mended
    return text


def chinese_form(pinpoint: str) -> str:
    """Return a pinpoint in the form of statutes: `第4条 第2款` as `第四条第二款`."""
    text = re.sub(r"[\s\u3000]+", "", pinpoint).replace("(", "（").replace(")", "）")
    return re.sub(r"\d+", lambda number: chinese_number(int(number[0])), text)


def read_pinpoint(text: str) -> str:
    """Return a text that is a pinpoint, with 待核实 at most, as it is written; "" for another."""
    found = _PINPOINT.match(text)
    if found is None:
        return ""
    rest = text[found.end() :]
    unverified = _UNVERIFIED.fullmatch(rest)
    if rest and unverified is None:
        return ""
    return chinese_form(found[0]) + (f" {unverified[1]}" if unverified else "")


def chinese_number(value: int) -> str:
    """Return a number below 10,000 in Chinese numerals, as articles are counted."""
    digits = "零一二三四五六七八九"
    if value < 10:
        return digits[value]
    text, pending_zero = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if pending_zero else "") + digits[digit] + word
        pending_zero = digit == 0 and bool(text)
    # 10 to 19 are written 十…, not 一十….
    return text[1:] if text.startswith("一十") else text


def read_trace(text: str) -> tuple[str, ...]:
    """Return the source rows that 出处 names."""
    parts = re.split(r"[、，,；;\s\u3000]+", text.lstrip(" ：:\u3000"))
    return tuple(part for part in parts if part not in _NOTHING)
