"""The shadow of a text: the same text character for character in one width, for lexing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_PLAIN = {
    "，": ",", "：": ":", "；": ";", "（": "(", "）": ")", "［": "[", "］": "]", "【": "[",
    "】": "]",
    "｛": "{", "｝": "}", "＝": "=", "＋": "+", "－": "-", "−": "-", "＊": "*", "×": "*", "／": "/",
    "÷": "/", "％": "%", "＜": "<", "＞": ">", "｜": "|", "＃": "#", "．": ".",
    "＿": "_", "！": "!", "\u3000": " ", "\u00a0": " ", "\u202f": " ", "\u205f": " ", "\u1680": " ",
    "\u000b": " ", "\u000c": " ", "\u0085": " ", "\u2028": " ", "\u2029": " ", "\r": " ",
}  # fmt: skip

# Characters that no reader sees: a finding, lexed as if they were blanks.
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u061c"
INVISIBLE_RUN = re.compile(f"[{INVISIBLE}]+")
# Inside a word they stand in its shadow as this sign, and are no part of what the word says.
JOINER = "\u200b"

# The signs of words, for character classes. `\w` alone holds the ideographs of the running Python's
# Unicode only, and those of people and places came late: a name would be one here and none there.
# Planes 2 and 3 are for ideographs alone, so they are taken whole.
WORD = r"\w\U00020000-\U0003FFFD"

_PLAINER = (
    _PLAIN
    | {chr(code): " " for code in range(0x2000, 0x200B)}
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF21, 0xFF3B)}
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF41, 0xFF5B)}
    | dict.fromkeys(INVISIBLE, " ")
)
_FOLDED = frozenset(_PLAINER)


# A full-width quote opens and closes a text too; inside a text in plain quotes it is a sign of it.
_QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|＂(?:\\.|[^"＂\\\n])*["＂]?')


def shadow(text: str) -> str:
    """Return `text` with full-width signs, letters, digits and blanks in their plain form."""
    plain = text
    # One sign after the other: few of them stand in any text, and none becomes another of them.
    for sign in _FOLDED.intersection(text):
        plain = plain.replace(sign, _PLAINER[sign])
    return _QUOTED.sub(_plain_quotes, plain) if "＂" in plain else plain


def invisible_runs(text: str) -> Iterator[re.Match[str]]:
    """Yield the runs of invisible characters of a text; nearly no text has any."""
    return INVISIBLE_RUN.finditer(text) if any(sign in text for sign in INVISIBLE) else iter(())


def _plain_quotes(quoted: re.Match[str]) -> str:
    return quoted[0] if quoted[0][0] == '"' else quoted[0].replace("＂", '"')


def folded(text: str) -> str:
    """Return a word of a file as it is compared: width and outer blanks do not count."""
    return unicodedata.normalize("NFKC", text).strip()


def normalise(name: str) -> str:
    """Return a name in the one form in which names are compared (NFKC)."""
    # ASCII is its own form already.
    return name if name.isascii() else unicodedata.normalize("NFKC", name.replace(JOINER, ""))
