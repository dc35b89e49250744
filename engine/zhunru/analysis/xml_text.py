"""Making XML: elements one below another, texts without what XML cannot hold, names for things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

# Letters as the fourth edition of XML has them, by which schemas are still checked: ① and the rarer
# ideographs are none, nor may what `\w` is to the running Python change an identifier.
_LETTERS = r"A-Za-z_〇\u4e00-\u9fa5"
_BEGINS = re.compile(f"[{_LETTERS}]")
_UNFIT = re.compile(rf"[^{_LETTERS}0-9.-]")
# Not what `isprintable` says: to that a full-width blank is as little to be shown as an ideograph
# that is younger than the running Python.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NO_SIGNS = "\ufffe\uffff"


def plain(text: str, kept: str = "") -> str:
    """Return a text without control characters but those `kept`: XML cannot hold them, nor
    drawings show them."""
    return "".join(c for c in text if c in kept or _is_shown(c))


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in _UNSEEN and char not in _NO_SIGNS


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
        if prefix or _BEGINS.match(word) is None:
            word = f"{prefix or 's'}_{word}"
        base, number = word, 2
        while word in taken:
            word = f"{base}_{number}"
            number += 1
        taken.add(word)
        found[name] = word
    return found
