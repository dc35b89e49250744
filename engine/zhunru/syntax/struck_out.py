"""Cells of a worksheet whose text is struck out: people mean them to be gone, yet they stand there.

They are read like the others, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

_MOST = 1_000
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


def struck_cells(text: bytes, styles: list[int]) -> list[tuple[int, bytes]]:
    """Return row and letters of the cells in a piece of a worksheet that have one of the styles."""
    either = b"|".join(b"%d" % number for number in styles)
    tags = re.finditer(
        rb"""<(?:\w+:)?c\s[^<>]*?\bs\s*=\s*["'](?:%b)["'][^<>]*(?<!/)>""" % either, text
    )
    places = (_PLACE.search(tag[0]) for tag, _ in zip(tags, range(_MOST), strict=False))
    return [(int(place[2]), place[1]) for place in places if place]
