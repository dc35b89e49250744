"""Texts of fields that nothing asks for, such as numbers and remarks, taken out of a batch.

Each line has one of its own, so what it says would have to be found out anew for each. With one
text in place of all of them a line comes to the same, and has no commas where none part it.
"""

from __future__ import annotations

import re

import orjson

from zhunru.compiler.field_values import LONGEST_TEXT, NO_VALUE, UNKNOWN_WORDS

_MOST_BEGINNINGS = 100
ANY_TEXT = "x"
_ANY = ANY_TEXT.encode()
_NO_TEXTS = frozenset((*UNKNOWN_WORDS, NO_VALUE, ""))
_WITH_ESCAPES = re.compile(rb'((?:[^"\\]|\\.)*+)"(.*)', re.DOTALL)


class FreeTexts:
    """Where such texts begin in lines: behind the name of their field, a colon and a quote."""

    def __init__(self) -> None:
        self._beginnings: list[bytes] = []

    def learn(self, member: bytes) -> bool:
        """Learn from a member of such a field how its texts begin. Returns whether texts that
        begin so are taken out from now on."""
        for colon in (b'": "', b'":"'):
            before, found, _ = member.partition(colon)
            if found and b'"' in before:
                begins = before[before.index(b'"') :] + colon
                if begins not in self._beginnings and len(self._beginnings) < _MOST_BEGINNINGS:
                    self._beginnings.append(begins)
                return begins in self._beginnings
        return False

    def taken_out(self, lines: bytes) -> bytes:
        """Return lines with one text in place of each that begins so; what stands for no text
        stays, and where one is no text of JSON, all of them."""
        for begins in self._beginnings:
            lines = _taken_out(lines, begins)
        return lines


def _taken_out(lines: bytes, begins: bytes) -> bytes:
    # Behind a beginning a reader of JSON is within a text, or else, in what is no JSON, outside of
    # all: there the text put in is no JSON either. So a line is read after this if it was before.
    first, *parts = lines.split(begins)
    if not parts:
        return lines
    # One that is not closed goes on to the end of its line, which is no sign of a text.
    texts, _, rests = zip(*[part.partition(b'"') for part in parts], strict=True)
    listed = b'["%b"]' % b'","'.join(texts)
    if b'\\"' in listed:  # that quote is within the text
        found = list(map(_WITH_ESCAPES.fullmatch, parts))
        if None in found:
            return lines
        texts, rests = zip(*[each.groups() for each in found if each], strict=True)
        listed = b'["%b"]' % b'","'.join(texts)
    try:
        values: list[str] = orjson.loads(listed)
    except orjson.JSONDecodeError:
        return lines
    if _NO_TEXTS.isdisjoint(map(str.strip, values)) and max(map(len, values)) <= LONGEST_TEXT:
        return (begins + _ANY + b'"').join([first, *rests])
    pieces = [first]
    for text, value, rest in zip(texts, values, rests, strict=True):
        pieces += begins, _standing(text, value), b'"', rest
    return b"".join(pieces)


def _standing(text: bytes, value: str) -> bytes:
    is_one = len(value) <= LONGEST_TEXT and value.strip() not in _NO_TEXTS
    return _ANY if is_one else text
