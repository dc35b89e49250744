"""Keywords of the language, read from `grammar/keywords.lark`: terminal to spellings and back."""

from __future__ import annotations

import re
from importlib import resources

_LINE = re.compile(r'^([A-Z_]+):\s*((?:"[^"]+"\s*\|?\s*)+)$', re.M)
_ASCII = re.compile(r"^[a-z_]+$")


def grammar_text(name: str) -> str:
    """Return a file of the shipped grammar."""
    return resources.files("zhunru.grammar").joinpath(name).read_text(encoding="utf-8")


def _spellings(text: str) -> dict[str, list[str]]:
    return {found[1]: re.findall(r'"([^"]+)"', found[2]) for found in _LINE.finditer(text)}


def _split(words: dict[str, list[str]], ascii_only: bool) -> dict[str, tuple[str, ...]]:
    return {
        terminal: tuple(word for word in spellings if bool(_ASCII.match(word)) is ascii_only)
        for terminal, spellings in words.items()
    }


_ALL = _spellings(grammar_text("keywords.lark"))

# Spellings by terminal; the first is printed. English has none for the words that only close
# a Chinese phrase (起, 之内).
ZH: dict[str, tuple[str, ...]] = _split(_ALL, False)
EN: dict[str, tuple[str, ...]] = _split(_ALL, True)


def by_word(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return what each of the words stands for."""
    return {word: terminal for terminal, spellings in words.items() for word in spellings}


# Terminals by spelling. Sheet cells and YAML scalars may come in "any" language.
WORDS: dict[str, dict[str, str]] = {"zh": by_word(ZH), "en": by_word(EN)}
WORDS["any"] = WORDS["zh"] | WORDS["en"]


def spelling(terminal: str, language: str) -> str:
    """Return the printed spelling of a keyword, in the other language where it has only one."""
    first, second = (EN, ZH) if language == "en" else (ZH, EN)
    return (first.get(terminal) or second.get(terminal) or (terminal,))[0]


# Words that open a declaration of this version, and those of constructs that come later.
DECLARATIONS = [
    "POLICY",
    "BASIS",
    "UNIT",
    "ROLE",
    "FORM",
    "REGISTER",
    "PARAMETER",
    "LIST",
    "RULE",
    "TABLE",
    "FORMULA",
    "DECIDE",
    "WORKFLOW",
    "CALENDAR",
    "RECURRING",
    "DOCUMENT",
    "CHECK",
    "SCORECARD",
    "MATCH",
    "PROMISE",
    "TEST",
]
NOT_AVAILABLE = [
    "MIGRATION",
]
