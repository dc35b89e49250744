"""Chinese words on English pages marked as such, so that they are read out in Chinese."""

from __future__ import annotations

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# From the first Chinese character to the last, with the signs and figures between them. Of a row
# of opening signs only the last belong to it: behind each the whole row would be looked through.
_CHINESE = re.compile(
    rf"[《“（【〔]{{0,3}}[{_HAN}](?:[{_HAN}\u3000-\u303f\uff01-\uff5e“”‘’…—·0-9A-Za-z%./-]*"
    rf"[{_HAN}》】〕」）。！？])?"
)
# Tags whose text can hold no other tag, up to their end; any other tag; what stands between tags.
_PARTS = re.compile(
    r"<(?P<whole>title|option|script|style|textarea)\b(?P<more>[^>]*)>(?P<inside>.*?)</(?P=whole)>"
    r"|<[^>]*>|(?P<text>[^<]+)",
    re.S,
)
_MARK = ' lang="zh-CN"'


def marked(page: str) -> str:
    """Return an English page whose Chinese words say that they are Chinese."""
    return _PARTS.sub(_of_part, page)


def _of_part(found: re.Match[str]) -> str:
    text, whole = found["text"], found["whole"]
    if text is not None:
        return _CHINESE.sub(lambda words: f"<span{_MARK}>{words[0]}</span>", text)
    if whole == "option" and _CHINESE.search(found["inside"]):
        return f"<option{_MARK}{found['more']}>{found['inside']}</option>"
    return found[0]
