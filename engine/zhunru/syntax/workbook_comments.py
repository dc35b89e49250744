"""Which cells of a workbook have comments (批注): they are not read, but that is told."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from xml.etree import ElementTree

from zhunru.syntax.packed import Package

_COMMENT = re.compile(rb'<(?:\w+:)?(?:threadedC|c)omment\b[^<>]*?\bref="([A-Z]{1,3}\d{1,7})"')
_MOST = 1_000


def commented_cells(package: Package, parts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the commented cells of each worksheet, by its name; `parts` says where each lies."""
    links = {name: dict.fromkeys(_comments_of(package, part)) for name, part in parts.items()}
    # Each part is unpacked once, however many sheets and links lead to it.
    wanted = dict.fromkeys(target for targets in links.values() for target in targets)
    found = {target: _cells(package, target) for target in wanted}
    return {
        # A conversation in new programs stands beside a plain comment of the same cell.
        name: list(dict.fromkeys(cell for target in targets for cell in found[target]))
        for name, targets in links.items()
    }


def _comments_of(package: Package, part: str) -> Iterator[str]:
    """Yield the parts that hold the comments of a worksheet."""
    folder, file = posixpath.split(part)
    try:
        links = ElementTree.fromstring(package.text(f"{folder}/_rels/{file}.rels") or b"<none/>")
    except ElementTree.ParseError:
        return
    for link in links:
        if link.get("Type", "").lower().endswith(("/comments", "/threadedcomment")):
            target = posixpath.normpath(posixpath.join("/" + folder, link.get("Target", "")))
            yield target.lstrip("/")


def _cells(package: Package, part: str) -> list[str]:
    places = islice(_COMMENT.finditer(package.text(part)), _MOST)
    return [place[1].decode() for place in places]
