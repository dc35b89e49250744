"""Cells of a worksheet whose text, or a part of it, is struck out: people mean it to be gone, yet
it stands there.

They are read like the others, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from xml.etree import ElementTree

_MOST = 1_000
_LONGEST = 1 << 20
_STRUCK = re.compile(rb"""<(?:\w+:)?strike(?!\s+val\s*=\s*["'](?:0|false)["'])[\s/>]""")
_SHARED = re.compile(rb"<si\b(?:[^<>]*/>|.*?</si>)", re.S)
_END = b"</si>"
_OF_SHARED = re.compile(rb"""(<c\s[^<>]*\bt="s"[^<>]*>)\s*<v>(\d+)</v>""")
_INLINE = re.compile(rb"""(<c\s[^<>]*\bt="inlineStr"[^<>]*>)(.*?)</c>""", re.S)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")


class _Fonts:
    """What a parser of the styles part finds: which fonts strike out, the font of each style."""

    def __init__(self) -> None:
        self.struck: list[bool] = []
        self.fonts: list[str] = []
        self._inside = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take in an element that begins, as a parser of XML tells it."""
        name = tag.rpartition("}")[2]
        if name in ("fonts", "cellXfs"):
            self._inside = name
        elif name == "font" and self._inside == "fonts":
            self.struck.append(False)
        elif name == "strike" and self._inside == "fonts" and self.struck:
            self.struck[-1] = attributes.get("val", "1") not in ("0", "false")
        elif name == "xf" and self._inside == "cellXfs":
            self.fonts.append(attributes.get("fontId", "0"))

    def end(self, tag: str) -> None:
        """Take in that an element has ended."""
        if tag.rpartition("}")[2] == self._inside:
            self._inside = ""


def struck_styles(text: bytes) -> list[int]:
    """Return the styles, by number, whose cells are struck out.

    Raises ElementTree.ParseError for a part that is no XML.
    """
    if b"strike" not in text:
        return []
    found: Any = _Fonts()
    parser = ElementTree.XMLParser(target=found)
    parser.feed(text)
    parser.close()
    struck = {str(at) for at, each in enumerate(found.struck) if each}
    return [at for at, font in enumerate(found.fonts) if font in struck]


def struck_texts(pieces: Iterable[bytes]) -> frozenset[bytes]:
    """Return the texts that cells share, by number, of which a part is struck out."""
    struck: set[bytes] = set()
    before, kept = 0, b""
    for piece in pieces:
        text = kept + piece
        # Cut behind a text, so that each is seen whole.
        whole, end, kept = text.rpartition(_END)
        kept = kept[-_LONGEST:]
        if b"strike" not in whole and b"<si/" not in whole:
            before += whole.count(_END) + bool(end)
            continue
        shared = _SHARED.findall(whole + end)
        numbered = enumerate(shared, before)
        struck.update(b"%d" % number for number, one in numbered if _STRUCK.search(one))
        before += len(shared)
    return frozenset(struck)


def struck_cells(
    text: bytes, styles: list[int], texts: Collection[bytes]
) -> list[tuple[int, bytes]]:
    """Return row and letters of the cells in a piece of a worksheet that have one of the styles, or
    one of the shared texts, or a text of their own that is struck out."""
    places = (_PLACE.search(tag) for tag in islice(_struck_tags(text, styles, texts), _MOST))
    return [(int(place[2]), place[1]) for place in places if place]


def _struck_tags(text: bytes, styles: list[int], texts: Collection[bytes]) -> Iterator[bytes]:
    if styles:
        either = b"|".join(b"%d" % number for number in styles)
        styled = rb"""<(?:\w+:)?c\s[^<>]*?\bs\s*=\s*["'](?:%b)["'][^<>]*(?<!/)>""" % either
        yield from (tag[0] for tag in re.finditer(styled, text))
    if texts:
        yield from (tag[1] for tag in _OF_SHARED.finditer(text) if tag[2] in texts)
    if b"strike" in text:
        yield from (tag[1] for tag in _INLINE.finditer(text) if _STRUCK.search(tag[2]))
