"""A piece that cannot be read: where reading stopped, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from lark.exceptions import UnexpectedInput
from lark.lexer import Token

from zhunru.diagnostics import Edit, Fix, Source, Span
from zhunru.syntax import lalr
from zhunru.syntax.lexer import Overflow, Snippet, accepts
from zhunru.syntax.phrases import Turn
from zhunru.syntax.reading import Reading
from zhunru.syntax.shadow import shadow

# A piece is read again with a mend at most this often.
MAX_TRIES = 60


class Mend(NamedTuple):
    """A mechanical mend: the edits, and how the piece then reads; `safe`: no other was possible."""

    edits: tuple[Edit, ...]
    text: str
    found: str
    mended: str
    safe: bool = False


class Done(NamedTuple):
    """The failure is reported; `mend` would make the piece readable."""

    mend: Mend | None = None


@dataclass
class Failure:
    """A piece that cannot be read: where reading stopped, and what could have stood there."""

    reading: Reading
    rule: str
    snippet: Snippet
    token: Token | None
    state: Any

    @property
    def at(self) -> int:
        """Return the place where reading stopped: the end, if more was wanted."""
        return self.token.start_pos or 0 if self.token is not None else self.snippet.end

    @property
    def text(self) -> str:
        """Return the piece as written."""
        return self.snippet.original(self.snippet.start, self.snippet.end)

    def wanted(self) -> list[str]:
        """Return the terminals that could have stood there."""
        row = self.state.parse_conf.states[self.state.state_stack[-1]]
        return [name for name in row if name.isupper() and accepts(self.state, name)]

    def span(self) -> Span:
        """Return the place to underline."""
        if self.token is not None:
            return self.reading.source.span(self.at, max(self.token.end_pos or 0, self.at + 1))
        last = self.snippet.tokens[-1] if self.snippet.tokens else None
        start = last.start_pos if last is not None else self.snippet.start
        return self.reading.source.span(start or 0, self.snippet.end)

    def mend(self, start: int, end: int, text: str) -> Mend:
        """Return the mend that writes `text` from `start` to `end`."""
        edit = Edit(self.reading.source.span(start, end), text)
        before = self.snippet.original(self.snippet.start, start)
        after = self.snippet.original(end, self.snippet.end)
        return Mend((edit,), before + text + after, self.snippet.original(start, end), text)

    def mends(self, turns: list[Turn]) -> Mend:
        """Return the mend that writes each of these turns of phrase as the language does."""
        edits, text, at = [], "", 0
        for turn in turns:
            start, end = self.snippet.start + turn.start, self.snippet.start + turn.end
            edits.append(Edit(self.reading.source.span(start, end), turn.meant))
            text += self.text[at : turn.start] + turn.meant
            at = turn.end
        first, last = turns[0].start, turns[-1].end
        grown = len(text) - at
        return Mend(
            tuple(edits),
            text + self.text[at:],
            self.text[first:last].strip(),
            text[first : last + grown].strip(),
        )

    def report(self, code: str, span: Span, mend: Mend | None = None, **values: Any) -> None:
        """Report the failure, with its fix and the line end that it may hang on."""
        fix = None
        if mend is not None:
            zh, en = f"改为“{mend.mended}”", f"write `{mend.mended}`"
            if not mend.mended:
                zh, en = f"删去“{mend.found}”", f"take `{mend.found}` out"
            fix = Fix(mend.edits, zh, en, safe=mend.safe)
        self.reading.report(code, span, fix=fix, related=self._line_end(span), **values)

    def advise(
        self, zh: str, en: str, mend: Mend | None = None, *,
        place: tuple[int, int] | None = None, found: str = "",
    ) -> Done:  # fmt: skip
        """Report what was not expected there, and say what to write.

        It stands at `place`, or where reading stopped; the mend tells what it is, or `found`.
        """
        span = self.span() if place is None else self.reading.source.span(*place)
        found = found or (mend.found if mend is not None else "")
        self.report("ZR101", span, mend, found=found, more_zh=zh, more_en=en)
        return Done(mend)

    def _line_end(self, span: Span) -> tuple[tuple[Span, str, str], ...]:
        """Point at the sign on which the line before ended, so that this one goes on with it."""
        first = self.reading.source.span(self.snippet.start, self.snippet.start)
        if span.line <= first.line:
            return ()
        end = self.snippet.shadow.rfind("\n", 0, span.start)
        end = len(self.snippet.shadow[:end].rstrip())
        place = self.reading.source.span(end - 1, end)
        zh, en = "上一行到这里没有完，这一行接着读", "the line above goes on because it ends so"
        return ((place, zh, en),)


def ends(token: Token) -> tuple[int, int]:
    """Return where a token starts and ends."""
    return token.start_pos or 0, token.end_pos or 0


# --- trying a mend -------------------------------------------------------------------------------


def reach(failure: Failure, mend: Mend) -> int | None:
    """Return how many characters of a mended piece can be read; None for all of them."""
    source = Source("", mend.text)
    snippet = Snippet(
        source, shadow(mend.text), 0, len(mend.text), failure.snippet.language, failure.snippet.cell
    )
    try:
        lalr.tree(failure.rule, snippet)
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        if token is None or token.type == "$END" or token.start_pos is None:
            return len(mend.text)
        return int(token.start_pos)
    except Overflow as error:
        return error.start
    return None


def best(failure: Failure, mends: Iterator[Mend]) -> Mend | None:
    """Return the first mend that makes the piece readable, else one that reads clearly further."""
    chosen, furthest = None, failure.at - failure.snippet.start + 2
    for tries, mend in enumerate(mends):
        if tries >= MAX_TRIES:
            break
        far = reach(failure, mend)
        if far is None:
            return mend
        grown = len(mend.text) - len(failure.text)
        if far - grown > furthest:
            chosen, furthest = mend, far - grown
    return chosen


def whole(failure: Failure, mend: Mend) -> bool:
    """Tell whether a mend makes all of the piece readable."""
    return reach(failure, mend) is None


def readable(failure: Failure, mend: Mend) -> bool:
    """Tell whether a mend lets reading go on past the place where it stopped."""
    far = reach(failure, mend)
    grown = len(mend.text) - len(failure.text)
    return far is None or far - grown > failure.at - failure.snippet.start
