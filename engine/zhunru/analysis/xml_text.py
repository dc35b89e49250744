"""Making XML: elements one below another, texts without what XML cannot hold, names for things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

_UNFIT = re.compile(r"[^\w.-]")


def plain(text: str) -> str:
    """Return a text without control characters: XML cannot hold them, nor drawings show them."""
    return "".join(c for c in text if c.isprintable())


def shown(text: str) -> str:
    """Return a text as it stands between two tags."""
    return escape(plain(text))


def added(
    parent: Xml.Element, tag: str, attributes: Mapping[str, str] | None = None
) -> Xml.Element:
    """Return a new element at the end of another."""
    given = {key: plain(value) for key, value in (attributes or {}).items()}
    return Xml.SubElement(parent, tag, given)


def document(root: Xml.Element) -> str:
    """Return a whole XML document, indented."""
    Xml.indent(root)
    text = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def identifiers(names: Iterable[str], prefix: str = "") -> dict[str, str]:
    """Return an XML identifier for each name: the name itself as far as it may be one."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        word = _UNFIT.sub("_", name)
        if prefix or not word or not (word[0].isalpha() or word[0] == "_"):
            word = f"{prefix or 's'}_{word}"
        base, number = word, 2
        while word in taken:
            word = f"{base}_{number}"
            number += 1
        taken.add(word)
        found[name] = word
    return found
