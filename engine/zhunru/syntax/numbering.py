"""Numbers and bullets before lines, as official documents have them: 一、 （二） 1. ① •."""

from __future__ import annotations

import re

_CHINESE = "[零〇一二三四五六七八九十百]{1,4}"
_NUMBERING = re.compile(
    rf"(?:第{_CHINESE}[编章节条款项]|第\d{{1,3}}[编章节条款项]|\((?:{_CHINESE}|\d{{1,3}}|[a-zA-Z])\)"
    rf"|{_CHINESE}[、.．:,)]|\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}[、.．)](?!\d)|[①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿]"
    r"|[•●○■□◆◇▪▫★☆※·∙‣➢➤✓✔]|[*—–-](?=\s))\s*"
)


def numbering(text: str, start: int) -> int:
    """Return the length of the number or bullet that stands at a place, 0 for none."""
    found = _NUMBERING.match(text, start)
    return found.end() - start if found else 0
