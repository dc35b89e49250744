"""What went wrong in a piece, in words, with a mechanical mend where there is one."""

from __future__ import annotations

from lark.exceptions import UnexpectedInput

from zhunru.syntax.lexer import MAX_DEPTH, Overflow, Snippet
from zhunru.syntax.reading import Reading


def explain(
    reading: Reading, rule: str, snippet: Snippet, error: UnexpectedInput | Overflow
) -> None:
    """Report why a piece cannot be read."""
    if isinstance(error, Overflow):
        span = reading.source.span(error.start, error.start + 1)
        reading.report("ZR120", span, most=MAX_DEPTH)
        return
    token = getattr(error, "token", None)
    start = getattr(token, "start_pos", None)
    if token is None or token.type == "$END" or start is None:
        span = reading.source.span(max(snippet.start, snippet.end - 1), snippet.end)
        reading.report("ZR102", span, zh="", en="")
        return
    reading.report("ZR101", reading.source.span(start, token.end_pos), found=str(token), zh="", en="")
