"""What lowering knows while it reads one file: the source, the language, the findings so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lark.lexer import Token

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Fix, Source, Span
from zhunru.syntax.lalr import Branch

# More findings than this are not listed.
MAX_FINDINGS = 200


class Item(NamedTuple):
    """A part of a declaration as a line says it: which part, its value, its place."""

    key: str
    value: Any
    span: Span


@dataclass
class Reading:
    """The file being read."""

    source: Source
    language: str
    found: list[Diagnostic] = field(default_factory=list)
    cell: bool = False

    def span(self, branch: Branch | Token) -> Span:
        """Return the place of a raw node."""
        return self.source.span(branch.start_pos or 0, branch.end_pos or 0)

    @property
    def full(self) -> bool:
        """Tell whether as many findings are noted as one file may have."""
        return len(self.found) >= MAX_FINDINGS

    def note(self, found: list[Diagnostic]) -> None:
        """Note findings made elsewhere, as many as there may be."""
        for one in found:
            self.report_made(one)

    def report_made(self, finding: Diagnostic) -> None:
        """Note a finding, unless there are too many already."""
        if not self.full:
            self.found.append(finding)
            if self.full:
                self.found.append(diagnose("ZR121", finding.span, most=MAX_FINDINGS))

    def report(
        self,
        code: str,
        span: Span,
        *,
        fix: Fix | None = None,
        related: tuple[tuple[Span, str, str], ...] = (),
        **values: Any,
    ) -> None:
        """Make and note a finding."""
        self.report_made(diagnose(code, span, fix=fix, related=related, **values))


Kids = Sequence[Any]
Lowered = Callable[[Reading, Branch, Kids], Any]
RULES: dict[str, Lowered] = {}


def lowers(*rules: str) -> Callable[[Lowered], Lowered]:
    """Register a function as the lowering of some grammar rules."""

    def register(function: Lowered) -> Lowered:
        RULES.update(dict.fromkeys(rules, function))
        return function

    return register


def lower(reading: Reading, branch: Branch) -> Any:
    """Turn a raw node into a node of the source tree, its children first."""
    kids = [kid if isinstance(kid, Token) else lower(reading, kid) for kid in branch.children]
    return RULES.get(branch.data, _plain)(reading, branch, kids)


def _plain(reading: Reading, branch: Branch, kids: Kids) -> Any:
    """Lower a rule without a function of its own: an item, or the values among the children."""
    values = values_of(kids)
    if branch.data.startswith("i_"):
        value = values[-1] if values else True
        return Item(branch.data[2:], value, reading.span(branch))
    return values


def values_of(kids: Kids) -> list[Any]:
    """Return the children that were lowered, without the words between them."""
    return [kid for kid in kids if not isinstance(kid, Token)]


def only(kids: Kids, kind: type[Any]) -> Any:
    """Return the first child of a class, or None."""
    return next((kid for kid in kids if isinstance(kid, kind)), None)


def token_type(kids: Kids, *types: str) -> Token | None:
    """Return the first token of one of the types, or None."""
    return next((kid for kid in kids if isinstance(kid, Token) and kid.type in types), None)
