"""Which cells of a workbook have comments (批注): they are not read, but that is told."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from xml.etree import ElementTree

from zhunru.syntax.packed import Package

_COMMENT = re.compile(rb'<(?:\w+:)?(?:threadedC|c)omment\b[^<>]*?\bref="([A-Z]{1,3}\d{1,7})"')
_MOST = 1_000


def commented_cells(package: Package, parts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the commented cells of each worksheet, by its name; `parts` says where each lies."""
    return {name: _cells(package, part) for name, part in parts.items()}


def _cells(package: Package, part: str) -> list[str]:
    folder, file = posixpath.split(part)
    try:
        links = ElementTree.fromstring(package.text(f"{folder}/_rels/{file}.rels") or b"<none/>")
    except ElementTree.ParseError:
        return []
    found: dict[str, None] = {}
    for link in links:
        # A conversation in new programs stands beside a plain comment of the same cell.
        if link.get("Type", "").lower().endswith(("/comments", "/threadedcomment")):
            target = posixpath.normpath(posixpath.join("/" + folder, link.get("Target", "")))
            places = _COMMENT.findall(package.text(target.lstrip("/")))[:_MOST]
            found |= dict.fromkeys(place.decode() for place in places)
    return list(found)
