"""The LALR parser of the grammar: asked for one start rule and one snippet at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from lark import Lark
from lark.grammar import Symbol

from zhunru.syntax.keywords import grammar_text
from zhunru.syntax.lalr_cache import kept
from zhunru.syntax.lexer import PolicyLexer, Snippet


class Branch:
    """A node of the raw tree; its place runs from its first to its last token."""

    __slots__ = ("children", "data", "end_pos", "start_pos")

    def __init__(self, data: str, children: Sequence[Any]) -> None:
        self.data = str(data)
        self.children = children
        self.start_pos: int = children[0].start_pos if children else -1
        self.end_pos: int = children[-1].end_pos if children else -1


class _Shared(Lark):
    """A parser built of symbols that are one object each, named by plain texts.

    Lark makes another object, and another name, at every mention; comparing them takes a third of
    the time in which the tables are made.
    """

    def _build_parser(self) -> Any:
        known: dict[tuple[Symbol, bool], Symbol] = {}

        def shared(symbol: Any) -> Any:
            # Whether a terminal is left out of trees is no part of what Lark compares.
            left_out = symbol.is_term and symbol.filter_out
            found = known.setdefault((symbol, left_out), symbol)
            found.name = str(found.name)
            return found

        for rule in self.rules:
            rule.origin = shared(rule.origin)
            rule.expansion = [shared(each) for each in rule.expansion]
        return super()._build_parser()


def start_rules(grammar: str) -> list[str]:
    """Return the rules that a line or a cell may be parsed by."""
    return re.findall(r"^([hck]_\w+):", grammar, re.M)


def build(*, strict: bool = False) -> Lark:
    """Build the parser from the grammar; it has no conflicts, which a test asserts."""
    grammar = grammar_text("policy.lark")
    return _Shared(
        grammar + grammar_text("keywords.lark"),
        parser="lalr",
        lexer=PolicyLexer,
        start=start_rules(grammar),
        # Which keyword stood there is often all that a rule says.
        keep_all_tokens=True,
        maybe_placeholders=False,
        tree_class=Branch,
        strict=strict,
    )


@cache
def parser() -> Lark:
    """Return the parser, at its first use from the cache."""
    grammar = grammar_text("policy.lark") + grammar_text("keywords.lark")
    return kept(grammar, (Branch, PolicyLexer), build)


def tree(start: str, snippet: Snippet) -> Branch:
    """Parse a snippet by a start rule; raises UnexpectedToken or Overflow."""
    return parser().parse(snippet, start=start)  # type: ignore[return-value]
