"""Words written without blanks between them, as Chinese is: 类别是出具证明 for 类别 为 出具证明."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What clerks write between a field and its value, and what the language does; longer ones first.
_MEANT = {
    "不等于": "不为",
    "不属于": "不属于",
    "不少于": "不少于",
    "不低于": "不低于",
    "不超过": "不超过",
    "不高于": "不高于",
    "不晚于": "不晚于",
    "不早于": "不早于",
    "等于": "为",
    "属于": "属于",
    "超过": "超过",
    "低于": "低于",
    "高于": "高于",
    "不满": "不满",
    "晚于": "晚于",
    "早于": "早于",
    "不是": "不为",
    "不为": "不为",
    "是": "为",
    "为": "为",
}
_BETWEEN = re.compile(f"({'|'.join(_MEANT)})(.+)")
_MOST = 5_000


def apart(name: str, known: Iterable[str]) -> str:
    """Return an unknown name as field, comparison and value, where it begins with a known one."""
    fields = sorted((each for _, each in zip(range(_MOST), known, strict=False)), key=len)
    for field in reversed(fields):
        if name == f"非{field}":
            return f"非 {field}"
        found = _BETWEEN.fullmatch(name, len(field)) if name.startswith(field) else None
        # What else is joined to it has words of its own that only its writer can tell apart.
        if found is not None and not re.search("[且或]", found[2]):
            word = _MEANT[found[1]]
            if word == "不属于":
                return f"非 {field} 属于 {found[2]}"
            return f"{field} {word} {found[2]}"
    return ""
