"""The lexer: one master pattern, and the parser's state to tell keywords from names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lark.lexer import Lexer, Token
from lark.parsers.lalr_analysis import Shift

from zhunru.diagnostics import Source
from zhunru.syntax.keywords import WORDS
from zhunru.syntax.shadow import JOINER, WORD, normalise
from zhunru.vocabulary import MEASURES

MAX_DEPTH = 64
_DEEPENING = frozenset({"LPAR", "LBRACE", "NOT", "IF", "OF", "PLUS", "MINUS", "STAR", "SLASH"})

SYMBOLS = {
    "->": "ARROW", "→": "ARROW", "!=": "NE", "≠": "NE", ">=": "GE", "≥": "GE", "<=": "LE",
    "≤": "LE", "=": "EQ", ">": "GT", "<": "LT", "+": "PLUS", "-": "MINUS", "*": "STAR",
    "/": "SLASH", "(": "LPAR", ")": "RPAR", "{": "LBRACE", "}": "RBRACE", ",": "COMMA",
    "、": "PAUSE", ";": "SEMICOLON", ":": "COLON",
}  # fmt: skip

_NUMBER = r"\d+(?:\.\d+)?"
# 1,800: one number to who writes it, two to a list; no token of the language.
THOUSANDS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)"
_DATE = r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
STRING = r'"(?:\\.|[^"\\\n])*"|“[^“”\n]*(?:“[^“”\n]*”[^“”\n]*)*”'
ODD_STRING = r"”[^“”\n#]*[“”]|“[^“”\n#]*“"
NAME = rf"[{WORD}][{WORD}·{JOINER}]*(?:(?<=[A-Za-z0-9])[-#][{WORD}][{WORD}·{JOINER}]*)*"
_QUOTED_TAIL = re.compile(rf"(?:“[^“”\n]*”[{WORD}·]*)+")
# No code begins with a colon: `条目：A-1` would have one that no request ever names.
_CODEWORD = re.compile(r"(?!:)[^\s\"“”|,;、#{}=]+")


def _measure_words(language: str) -> list[str]:
    zh = [word for words, _ in MEASURES.values() for word in words]
    en = [word for _, words in MEASURES.values() for word in words]
    words = {"zh": zh, "en": en, "any": zh + en}[language]
    # Longest first: a pattern takes the first word that fits, and 个工作日 begins with 个.
    return sorted({*words, "%"}, key=len, reverse=True)


@cache
def master(language: str) -> re.Pattern[str]:
    """Return the pattern of every token, with the words of measure of one language."""
    words = "|".join(w for w in _measure_words(language) if w != "%")
    bound = r"(?:[^\S\n]*(?P<bound>以上|以下|以内))?"
    quantity = rf"{_NUMBER}[^\S\n]*(?:%|(?:{words}){bound}(?![{WORD}]))"
    return re.compile(
        rf"(?P<BLANK>\s+)|(?P<STRING>{STRING}|{ODD_STRING})"
        rf"|(?P<MOMENT>(?:{_DATE})[^\S\n]+\d{{1,2}}:\d\d(?![{WORD}]))"
        rf"|(?P<DATE>(?:{_DATE})(?![0-9A-Za-z_]))|(?P<ODD_NUMBER>{THOUSANDS})"
        rf"|(?P<QUANTITY>{quantity})|(?P<NUMBER>{_NUMBER}(?![{WORD}#]))|(?P<NAME>{NAME})"
        r"|(?P<BRACKETED>\[[^\[\]\n]+\])"
        r"|(?P<SYMBOL>->|!=|>=|<=|[→≠≥≤=><+\-*/(){},、;:])|(?P<ODD>.)"
    )


@dataclass(slots=True)
class Snippet:
    """A piece of a source to parse: from `start` to `end`, one logical line or one cell.

    `shadow` has the length of the source's text, comments blanked out. In a cell `\\|` is a bar.
    `tokens` are those cut so far, for messages.
    """

    source: Source
    shadow: str
    start: int
    end: int
    language: str
    cell: bool = False
    tokens: list[Token] = field(default_factory=list)

    def original(self, start: int, end: int) -> str:
        """Return the characters as written."""
        return self.source.text[start:end]


class Overflow(Exception):
    """A piece nests too deeply; `start` is the place of the sign that went too far."""

    def __init__(self, start: int) -> None:
        self.start = start
        super().__init__(start)


def accepts(parser_state: Any, terminal: str) -> bool:
    """Tell whether the parser can take `terminal` now, all reductions done in thought."""
    states = parser_state.parse_conf.states
    stack: list[Any] = parser_state.state_stack
    if terminal not in states[stack[-1]]:
        return False
    stack = list(stack)
    while True:
        entry = states[stack[-1]].get(terminal)
        if entry is None:
            return False
        action, argument = entry
        if action is Shift:
            return True
        # Without the test a rule of no parts would delete all: [-0:] is the whole list.
        if argument.expansion:
            del stack[-len(argument.expansion) :]
        stack.append(states[stack[-1]][argument.origin.name][1])


def token(kind: str, value: str, start: int, end: int) -> Token:
    """Return a token of the parser with its place in the source."""
    return Token(kind, value, start, None, None, None, None, end)


class PolicyLexer(Lexer):
    """Cuts a snippet into tokens, asking the parser's state what may stand next."""

    __future_interface__ = 2

    def __init__(self, conf: Any) -> None:
        used = {terminal.name for terminal in conf.terminals}
        self._words = {
            language: {word: name for word, name in words.items() if name in used}
            for language, words in WORDS.items()
        }

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """Yield the tokens of the snippet that `lexer_state` carries."""
        snippet: Snippet = lexer_state.text
        at, depth = snippet.start, 0
        while at < snippet.end:
            found = self._next(snippet, at, parser_state)
            if found is None:
                at = snippet.end
                continue
            at = found.end_pos or snippet.end
            depth += (found.type in _DEEPENING) - (found.type in ("RPAR", "RBRACE"))
            if depth > MAX_DEPTH:
                raise Overflow(found.start_pos or 0)
            snippet.tokens.append(found)
            yield found

    def _next(self, snippet: Snippet, at: int, state: Any) -> Token | None:
        """Return the next token from `at` on, or None at the end."""
        match = master(snippet.language).match(snippet.shadow, at, snippet.end)
        while match is not None and match.lastgroup == "BLANK":
            at = match.end()
            match = master(snippet.language).match(snippet.shadow, at, snippet.end)
        if match is None:
            return None
        rest = _to_line_end(snippet, at, state)
        return rest or self._classify(match, snippet, state)

    def _classify(self, match: re.Match[str], snippet: Snippet, state: Any) -> Token:
        kind, text, start, end = match.lastgroup or "ODD", match[0], match.start(), match.end()
        if kind == "NAME":
            return self._word(text, start, end, snippet, state)
        if kind == "bound" or match["bound"]:
            return token("BOUND", text, start, end)
        if kind == "ODD_NUMBER":
            return token("ODD", text, start, end)
        if kind == "SYMBOL":
            return token(SYMBOLS[text], text, start, end)
        if kind == "BRACKETED":
            text = text.replace("\\|", "|") if snippet.cell else text
            return token("NAME", normalise(text[1:-1].strip()), start, end)
        if kind == "STRING":
            # In quotes everything is kept as it is written, its width too.
            text = snippet.original(start, end)
        return token(kind, text, start, end)

    def _word(self, text: str, start: int, end: int, snippet: Snippet, state: Any) -> Token:
        keyword = self._words[snippet.language].get(text.replace(JOINER, ""))
        if keyword is not None and accepts(state, keyword):
            return token(keyword, text, start, end)
        if keyword is None or accepts(state, "NAME"):
            tail = _QUOTED_TAIL.match(snippet.shadow, end, snippet.end)
            end = tail.end() if tail else end
            return token("NAME", normalise(snippet.shadow[start:end]), start, end)
        # Neither may stand here: as a keyword it gives the better message.
        return token(keyword, text, start, end)


def _to_line_end(snippet: Snippet, at: int, state: Any) -> Token | None:
    """Return the token that only this place can hold: a code, a citation, a document number."""
    takes = state.parse_conf.states[state.state_stack[-1]]
    if "TOEND" in takes:
        text = snippet.original(at, snippet.end).rstrip()
        return token("TOEND", text, at, at + len(text))
    if "DOCNUM" in takes:
        end = _document_number_end(snippet, at)
        return token("DOCNUM", snippet.original(at, end), at, end)
    if "CODEWORD" in takes and accepts(state, "CODEWORD"):
        return _code(snippet, at)
    return None


def _code(snippet: Snippet, at: int) -> Token | None:
    if match := _CODEWORD.match(snippet.shadow, at, snippet.end):
        return token("CODEWORD", normalise(match[0]), at, match.end())
    return None


_HEAD_WORDS = ("LEVEL", "ISSUER", "ISSUED", "EFFECTIVE", "TO", "SOURCE", "UNVERIFIED", "VERSION")


@cache
def _after_number(language: str) -> re.Pattern[str]:
    words = (word for word, name in WORDS[language].items() if name in (*_HEAD_WORDS, "TRACE"))
    return re.compile(rf"[^\S\n]+(?:{'|'.join(words)})(?![{WORD}])")


def _document_number_end(snippet: Snippet, at: int) -> int:
    stop = _after_number(snippet.language).search(snippet.shadow, at, snippet.end)
    end = stop.start() if stop else snippet.end
    return at + len(snippet.shadow[at:end].rstrip())
