"""Numbers, bullets and remarks, as official documents have them: 一、 （二） ① 附则 注：…."""

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


DOCUMENT_HEADINGS = frozenset({"总则", "分则", "附则", "附件", "附录", "前言", "目录"})
_NOTE = re.compile(r"(?:注|备注|说明|附注|注意|note)\s*\d{0,2}\s*[:：]", re.I)


def is_note(text: str) -> bool:
    """Tell whether a line begins as a note does: 注：…."""
    return _NOTE.match(text.strip()) is not None


def is_remark(text: str) -> bool:
    """Tell whether a line is a heading, a note or a sentence of a document, and no clause."""
    text = text.strip()
    return is_note(text) or text.endswith("。") or text.replace(" ", "") in DOCUMENT_HEADINGS
