"""What went wrong in a piece, in words, with a mechanical mend where one makes it readable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, NamedTuple

from lark.exceptions import UnexpectedInput
from lark.lexer import Token

from zhunru.diagnostics import Edit, Fix, Source, Span
from zhunru.syntax import lalr
from zhunru.syntax.keywords import EN, WORDS, ZH, spelling
from zhunru.syntax.lexer import MAX_DEPTH, STRING, Overflow, Snippet, accepts
from zhunru.syntax.misspelling import likely, only
from zhunru.syntax.phrases import Turn, asked_day, turns
from zhunru.syntax.reading import Reading
from zhunru.syntax.shadow import shadow
from zhunru.syntax.usual_measures import measure_meant
from zhunru.syntax.usual_words import meant_by

# A piece is read again with a mend at most this often.
MAX_TRIES = 60

_KINDS = {
    "NAME": ("名称", "a name"),
    "CODEWORD": ("编号", "a code"),
    "STRING": ("引号里的文字", "a text in quotes"),
    "NUMBER": ("数", "a number"),
    "QUANTITY": ("带单位的数", "a number with its unit"),
    "DATE": ("日期", "a date"),
    "TOEND": ("依据或者出处", "a citation"),
    "DOCNUM": ("发文字号", "a document number"),
    "BOUND": ("“以上、以下、以内”的数", "a bound"),
}
_SIGNS = {
    "COMMA": ",", "PAUSE": "、", "SEMICOLON": ";", "COLON": ":", "LPAR": "(", "RPAR": ")",
    "LBRACE": "{", "RBRACE": "}", "ARROW": "→", "EQ": "=", "PLUS": "+", "MINUS": "-", "STAR": "×",
    "SLASH": "/", "NE": "!=", "GE": ">=", "LE": "<=", "GT": ">", "LT": "<",
}  # fmt: skip
_STRING = re.compile(STRING)
_ORDER = {name: at for at, name in enumerate(ZH)}
_QUOTES = '"“”＂'
_OTHER_QUOTES = re.compile(r"'[^'\n]*'|‘[^’\n]*’|「[^」\n]*」|『[^』\n]*』|`[^`\n]*`")
_BEHIND_NAMES = ("EQ", "NUMBER", "QUANTITY", "DATE")
_NEXT_WORD = re.compile(r"[ \t]+(\w+)")
_HALF_DAY = re.compile(r"\d{4}(?:[-/]\d{1,2}|年\d{1,2}月)(?![-/\d日])")


class Mend(NamedTuple):
    """A mechanical mend: the edits, and how the piece then reads; `safe`: no other was possible."""

    edits: tuple[Edit, ...]
    text: str
    found: str
    mended: str
    safe: bool = False


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


def explain(
    reading: Reading, rule: str, snippet: Snippet, error: UnexpectedInput | Overflow
) -> Mend | None:
    """Report why a piece cannot be read; return the mend that would make it readable."""
    if isinstance(error, Overflow):
        span = reading.source.span(error.start, error.start + 1)
        reading.report("ZR120", span, most=MAX_DEPTH)
        return None
    token: Token | None = getattr(error, "token", None)
    ended = token is None or token.type == "$END" or token.start_pos is None
    failure = Failure(
        reading, rule, snippet, None if ended else token, getattr(error, "state", None)
    )
    for diagnosis in _DIAGNOSES:
        done = diagnosis(failure)
        if done is not None:
            return done.mend
    return None


class Done(NamedTuple):
    """The failure is reported."""

    mend: Mend | None = None


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


# --- diagnoses, the more telling first -----------------------------------------------------------


def _damaged_row(failure: Failure) -> Done | None:
    start, end = failure.snippet.start, failure.snippet.end
    bare = _STRING.sub("", failure.snippet.shadow[start:end])
    if failure.snippet.cell or bare.count("|") < 2:
        return None
    failure.report(
        "ZR115", failure.reading.source.span(start, end), failure.mend(start, start, "| ")
    )
    return Done()


def _open_text(failure: Failure) -> Done | None:
    if failure.token is None or failure.token.type != "ODD" or failure.token not in _QUOTES:
        return None
    failure.report("ZR107", failure.reading.source.span(failure.at, failure.snippet.end))
    return Done()


def _odd_sign(failure: Failure) -> Done | None:
    if failure.token is None or failure.token.type != "ODD":
        return None
    quoted = _OTHER_QUOTES.match(failure.snippet.shadow, failure.at, failure.snippet.end)
    if quoted:
        mend = failure.mend(failure.at, quoted.end(), f"“{quoted[0][1:-1]}”")
        span = failure.reading.source.span(failure.at, quoted.end())
        failure.report("ZR124", span, mend, found=str(failure.token))
        return Done(mend)
    failure.report("ZR124", failure.span(), found=str(failure.token))
    return Done()


def _bracket(failure: Failure) -> Done | None:
    signs = [token for token in failure.snippet.tokens if token.type in ("LPAR", "LBRACE")]
    closed = sum(token.type in ("RPAR", "RBRACE") for token in failure.snippet.tokens)
    ended, token = failure.token is None, failure.token
    if ended and len(signs) > closed:
        last = signs[-1]
        failure.report("ZR129", failure.reading.source.span(last.start_pos or 0, last.end_pos or 0))
        return Done()
    if token is not None and token.type in ("RPAR", "RBRACE") and len(signs) < closed:
        failure.report("ZR129", failure.span())
        return Done()
    return None


def _other_language(failure: Failure) -> Done | None:
    token, language = failure.token, failure.snippet.language
    if token is None or language == "any":
        return None
    other = "en" if language == "zh" else "zh"
    terminal = WORDS[other].get(str(token))
    if terminal is None or not accepts(failure.state, terminal):
        return None
    word = spelling(terminal, language)
    mend = failure.mend(failure.at, token.end_pos or 0, word)
    failure.report("ZR104", failure.span(), mend, found=str(token), mended=word)
    return Done(mend)


def _glued(failure: Failure) -> Done | None:
    mend = best(failure, _splits(failure))
    if mend is None:
        return None
    span = mend.edits[0].span
    # As written the piece says nothing; where one blank alone makes it readable, that was meant.
    ways = {each.text for each in islice(_splits(failure), MAX_TRIES) if whole(failure, each)}
    mend = mend._replace(safe=ways == {mend.text})
    failure.report("ZR103", span, mend, found=mend.found, mended=mend.mended)
    return Done(mend)


def _splits(failure: Failure) -> Iterator[Mend]:
    """Yield the texts that split a keyword off one of the last three words or the first two."""
    tokens = [*failure.snippet.tokens]
    words = sorted(WORDS[failure.snippet.language], key=len, reverse=True)
    for token in [*reversed(tokens[-3:]), *tokens[:2]]:
        start, end = token.start_pos or 0, token.end_pos or 0
        text = failure.snippet.shadow[start:end]
        if token.type in ("NAME", "CODEWORD", "QUANTITY") and not text.startswith("["):
            for mended in _split_texts(text, words):
                yield failure.mend(start, end, _respaced(failure, start, mended))


def _respaced(failure: Failure, start: int, mended: str) -> str:
    """Return the mended words with the characters as written."""
    written, at = [], start
    for sign in mended:
        if sign == " ":
            written.append(sign)
            continue
        written.append(failure.reading.source.text[at])
        at += 1
    return "".join(written)


def _split_texts(text: str, words: list[str]) -> Iterator[str]:
    inside = [word for word in words if word in text and word != text]
    for word in inside:
        if text.startswith(word):
            yield f"{word} {text[len(word) :]}"
        if text.endswith(word):
            yield f"{text[: -len(word)]} {word}"
    for word in inside:
        at = text.find(word, 1)
        if 0 < at < len(text) - len(word):
            yield f"{text[:at]} {word} {text[at + len(word) :]}"


def _everyday(failure: Failure) -> Done | None:
    """Say in the language's words what was said in those of everyday writing."""
    start, language = failure.snippet.start, failure.snippet.language
    text = failure.snippet.shadow[start : failure.snippet.end]
    asked = asked_day(text) if language != "en" else None
    if asked is not None:
        first, last, with_it, without = asked
        zh = f"含当日写“{with_it}”，不含当日写“{without}”"
        en = f"write `{with_it}` if that day counts, `{without}` if it does not"
        span = failure.reading.source.span(start + first, start + last)
        failure.report("ZR101", span, found=text[first:last], more_zh=zh, more_en=en)
        return Done()
    found = turns(text, language)
    # 假如 opens a case of a test: what takes it out of a condition must not be among them.
    kept = [turn for turn in found if turn.meant]
    together = [several for several in (found, kept) if len(several) > 1]
    for chosen in [*([turn] for turn in found), *together]:
        mend = failure.mends(chosen)
        if whole(failure, mend):
            zh, en = _advice(mend, limit=any(turn.limit for turn in chosen))
            span = failure.reading.source.span(start + chosen[0].start, start + chosen[-1].end)
            failure.report("ZR101", span, mend, found=mend.found, more_zh=zh, more_en=en)
            return Done(mend)
    return None


def _advice(mend: Mend, limit: bool) -> tuple[str, str]:
    if limit:
        return f"如果是上限，写“{mend.mended}”", f"if it is a limit, write `{mend.mended}`"
    if not mend.mended:
        return "删去这个词", "take it out"
    return f"写作“{mend.mended}”", f"write `{mend.mended}`"


_SWAP = {"COMMA": "、", "PAUSE": ",", "SEMICOLON": "、"}


def _list_sign(failure: Failure) -> Done | None:
    """A comma where lists take 、, or the other way round; it may stand two words before."""
    for token in reversed(failure.snippet.tokens[-3:]):
        if token.type not in _SWAP:
            continue
        start, end = token.start_pos or 0, token.end_pos or 0
        mend = failure.mend(start, end, _SWAP[token.type])
        if readable(failure, mend):
            span = failure.reading.source.span(start, end)
            failure.report("ZR133", span, mend, found=str(token), mended=mend.mended)
            return Done(mend)
    return None


_CONDITION = re.compile(
    r"\s*(?:非\s+|not\s+)?(?:有效\s?\(|[^\s、,;|]{1,60}\s+"
    r"(?:为|是|不为|属于|包含|超过|不超过|不少于|不满|早于|晚于|不早于|不晚于|逢"
    r"|is|isnot|in|contains|over|atmost|atleast|below)\s)"
)


def _joined_conditions(failure: Failure) -> Done | None:
    """A comma or 、 between two conditions: whether both are asked for, or one, only they know."""
    signs = [
        token
        for token in failure.snippet.tokens
        if token.type in ("COMMA", "PAUSE")
        and _CONDITION.match(failure.snippet.shadow, token.end_pos or 0, failure.snippet.end)
    ]
    if not signs or signs[-1].start_pos not in [t.start_pos for t in failure.snippet.tokens[-3:]]:
        return None
    language = "en" if failure.snippet.language == "en" else "zh"
    both, one = (spelling(name, language) for name in ("AND", "OR"))
    at, end = signs[-1].start_pos or 0, failure.snippet.end
    more = [
        found.start()
        for found in re.finditer("[,、]", failure.snippet.shadow[:end])
        if found.start() > at and _CONDITION.match(failure.snippet.shadow, found.end(), end)
    ]
    places = [place - failure.snippet.start for place in (at, *more)]
    mend = failure.mends([Turn(place, place + 1, f" {both} ", limit=False) for place in places])
    if not whole(failure, mend):
        return None
    zh = f"两个条件之间写“{both}”（都要满足）或者“{one}”（满足一个就行），不用标点"
    en = f"between two conditions write `{both}` (all of them) or `{one}` (any of them), no sign"
    span = failure.reading.source.span(at, at + 1)
    failure.report("ZR101", span, found=str(signs[-1]), more_zh=zh, more_en=en)
    return Done(mend)


def _measure(failure: Failure) -> Done | None:
    """A number with a word for its unit that the language does not know: 5 个工做日, 3 个季."""
    tokens = failure.snippet.tokens
    for number, word in reversed([*pairwise(tokens[-3:])]):
        if number.type != "NUMBER" or word.type != "NAME":
            continue
        meant = measure_meant(str(number), str(word), failure.snippet.language)
        start, end = number.start_pos or 0, word.end_pos or 0
        mend = failure.mend(start, end, meant)
        if meant and readable(failure, mend):
            zh, en = f"是不是“{meant}”？", f"did you mean `{meant}`?"
            span = failure.reading.source.span(word.start_pos or 0, end)
            failure.report("ZR101", span, mend, found=str(word), more_zh=zh, more_en=en)
            return Done(mend)
    return None


def _outcome(failure: Failure) -> Done | None:
    """A word behind 那么 that is none of the four outcomes, with nothing said about it."""
    for then, word in reversed([*pairwise(failure.snippet.tokens[-3:])]):
        if then.type != "THEN" or word.type not in ("NAME", "CODEWORD"):
            continue
        language = "en" if failure.snippet.language == "en" else "zh"
        words = {spelling(name, language): name for name in _IN_ORDER}
        usual = [spelling(name, language) for name in meant_by(str(word)) if name in _OUTCOMES]
        near = only(usual or likely(str(word), words, language))
        start, end = word.start_pos or 0, word.end_pos or 0
        mend = failure.mend(start, end, near or next(iter(words)))
        if not readable(failure, mend):
            continue
        zh = f"结论写{'、'.join(f'“{each}”' for each in words)}之一"
        en = f"an outcome is one of {', '.join(f'`{each}`' for each in words)}"
        zh += f"；是不是“{near}”？" if near else "；写栏目的，后面写“为”和值"
        en += f"; did you mean `{near}`?" if near else "; behind a field write `is` and a value"
        span = failure.reading.source.span(start, end)
        shown = mend if near else None
        failure.report("ZR101", span, shown, found=str(word), more_zh=zh, more_en=en)
        return Done(shown)
    return None


def _comma_for_blank(failure: Failure) -> Done | None:
    """A comma or 、 where words stand side by side: 单位，必填，主体."""
    token = failure.token
    if token is None or token.type not in ("COMMA", "PAUSE"):
        return None
    rest = failure.snippet.shadow[: failure.snippet.end]
    # Those behind it are mended with it; a 、 more often joins names that belong together.
    signs = [found.start() for found in re.finditer(",", rest) if found.start() > failure.at]
    for places in ([failure.at, *signs], [failure.at]):
        turned = [at - failure.snippet.start for at in places]
        mend = failure.mends([Turn(at, at + 1, " ", limit=False) for at in turned])
        if (whole if len(places) > 1 else readable)(failure, mend):
            mend = mend._replace(mended=" ".join(mend.text.split()))
            zh, en = "这里各项之间用空格隔开，不用标点", "put a blank there, no sign"
            failure.report("ZR101", failure.span(), mend, found=str(token), more_zh=zh, more_en=en)
            return Done(mend)
    return None


def _without_then(failure: Failure) -> Done | None:
    """An outcome in a test without 那么 before it."""
    token = failure.token
    if token is None or token.type not in _OUTCOMES or not accepts(failure.state, "THEN"):
        return None
    word = _SAID_THEN.get(failure.snippet.language, _SAID_THEN["zh"])
    mend = failure.mend(failure.at, failure.at, f"{word} ")
    if not readable(failure, mend):
        return None
    mend = mend._replace(mended=f"{word} {token}")
    zh, en = f"结论前面写“{word}”", f"write `{word}` before the outcome"
    failure.report("ZR101", failure.span(), mend, found=str(token), more_zh=zh, more_en=en)
    return Done(mend)


_SAID_THEN = {"zh": "那么", "en": "then"}
_IN_ORDER = ("ADMIT", "REFUSE", "DEFER", "INCOMPLETE")
_OUTCOMES = frozenset(_IN_ORDER)


def _without_quotes(failure: Failure) -> Done | None:
    """A text that stands without quotes where only a text can stand."""
    token = failure.token
    if token is None or token.type not in ("NAME", "CODEWORD") or token in WORDS["any"]:
        return None
    if not accepts(failure.state, "STRING") or accepts(failure.state, "NAME"):
        return None
    line = failure.snippet.shadow.find("\n", failure.at, failure.snippet.end)
    words = _end_of_words(failure, token.end_pos or 0)
    line = failure.snippet.end if line < 0 else line
    for end, helps in ((words, whole), (line, whole), (words, readable)):
        text = failure.snippet.original(failure.at, end).rstrip()
        mend = failure.mend(failure.at, failure.at + len(text), f"“{text}”")
        if not set(text) & {*_QUOTES} and helps(failure, mend):
            zh, en = f"文字加引号，写{mend.mended}", "put a text in quotes"
            span = failure.reading.source.span(failure.at, failure.at + len(text))
            failure.report("ZR101", span, mend, found=text, more_zh=zh, more_en=en)
            return Done(mend)
    return None


def _misspelt(failure: Failure) -> Done | None:
    token = failure.token
    words = [word for word in WORDS[failure.snippet.language] if len(word) > 1]
    if token is None:
        return None
    wanted = [
        word for word in words if accepts(failure.state, WORDS[failure.snippet.language][word])
    ]
    done = _usual(failure, token) or _meant(failure, token, wanted, readable)
    for earlier in reversed(failure.snippet.tokens[-3:]):
        if done is None and earlier is not token:
            # it was read as a name, and what follows it made no sense
            done = _meant(failure, earlier, words, whole)
    return done


def _usual(failure: Failure, token: Token) -> Done | None:
    """Report a word that people use for a keyword which could have stood there."""
    language = failure.snippet.language
    for terminal in meant_by(str(token)):
        if accepts(failure.state, terminal):
            # Chinese first: a cell of a sheet may be in either language.
            word = spelling(terminal, "en" if language == "en" or token.isascii() else "zh")
            mend = failure.mend(token.start_pos or 0, token.end_pos or 0, word)
            if readable(failure, mend):
                more = {"more_zh": f"写作“{word}”", "more_en": f"write `{word}`"}
                failure.report("ZR101", failure.span(), mend, found=str(token), **more)
                return Done(mend)
    return None


def _meant(
    failure: Failure, token: Token, words: list[str], helps: Callable[[Failure, Mend], bool]
) -> Done | None:
    """Report a word that was probably meant to be one of `words`, if the piece then reads."""
    if token.type not in ("NAME", "CODEWORD") or len(token) < 2:
        return None
    start, end = token.start_pos or 0, token.end_pos or 0
    for near in likely(str(token), words, failure.snippet.language):
        mend = failure.mend(start, end, near)
        if near != token and helps(failure, mend):
            hint = {"more_zh": f"是不是“{near}”？", "more_en": f"did you mean `{near}`?"}
            span = failure.reading.source.span(start, end)
            failure.report("ZR101", span, mend, found=str(token), **hint)
            return Done(mend)
    return None


def _doubled(failure: Failure) -> Done | None:
    """A word written twice, the second of which was read as a name."""
    for one, two in pairwise([*failure.snippet.tokens[-4:]]):
        if one != two or two.type != "NAME":
            continue
        start, end = two.start_pos or 0, two.end_pos or 0
        mend = failure.mend(start, end, "")
        if readable(failure, mend):
            hint = {"more_zh": "这个词写了两遍，删去一个", "more_en": "it is written twice"}
            span = failure.reading.source.span(start, end)
            failure.report("ZR101", span, mend, found=str(two), **hint)
            return Done(mend)
    return None


def _blank_in_name(failure: Failure) -> Done | None:
    """A name with a blank in it, or in quotes, where names are one word."""
    token, tokens = failure.token, failure.snippet.tokens
    # Where a comparison or a value could stand, that is more likely missing behind the name.
    if token is None or any(accepts(failure.state, name) for name in _BEHIND_NAMES):
        return None
    if token.type == "STRING" and accepts(failure.state, "NAME"):
        start, end = failure.at, token.end_pos or 0
    elif len(tokens) > 1 and token.type == tokens[-2].type == "NAME":
        start, end = tokens[-2].start_pos or 0, _end_of_words(failure, token.end_pos or 0)
    else:
        return None
    parts = failure.snippet.original(start, end).strip(_QUOTES).split()
    mend = failure.mend(start, end, ("-" if "".join(parts).isascii() else "").join(parts))
    if not readable(failure, mend):
        return None
    zh = f"名称不加引号，中间不空格，写“{mend.mended}”"
    en = f"a name has no quotes and no blanks: write `{mend.mended}`"
    span = failure.reading.source.span(start, end)
    failure.report("ZR101", span, mend, found=mend.found, more_zh=zh, more_en=en)
    return Done(mend)


def _end_of_words(failure: Failure, end: int) -> int:
    """Return where the plain words end that follow on the same line."""
    text, keywords = failure.snippet.shadow, WORDS[failure.snippet.language]
    while (word := _NEXT_WORD.match(text, end, failure.snippet.end)) and word[1] not in keywords:
        end = word.end()
    return end


def _no_start(failure: Failure) -> Done | None:
    """A bound on time whose two ends are not said by 自 and 至."""
    tokens = failure.snippet.tokens
    if failure.token is None or len(tokens) < 2 or tokens[0].type != "ENSURE":
        return None
    start, end = tokens[1].start_pos or 0, failure.token.end_pos or 0
    ends = (str(tokens[1]), spelling("TO", failure.snippet.language))
    if failure.token not in ("到", "至", "to") or tokens[1].type != "NAME":
        return None
    mend = failure.mend(
        start, end, f"{spelling('FROM', failure.snippet.language)} {' '.join(ends)}"
    )
    if not readable(failure, mend):
        return None
    zh, en = f"写“{mend.mended} …”", f"write `{mend.mended} …`"
    failure.report("ZR101", failure.span(), mend, found=str(failure.token), more_zh=zh, more_en=en)
    return Done(mend)


def _steps_beside(failure: Failure) -> Done | None:
    """Steps that stand beside the word that opens them instead of under it."""
    tokens = failure.snippet.tokens
    if len(tokens) < 2 or tokens[0].type != "ORDER" or failure.token is None:
        return None
    line = failure.reading.source.span(failure.snippet.start, failure.snippet.start)
    start, end = tokens[0].end_pos or 0, tokens[1].start_pos or 0
    edit = Edit(failure.reading.source.span(start, end), "\n" + " " * (line.column + 1))
    fix = Fix((edit,), "各步另起一行", "put the steps on a line of their own")
    zh, en = "各步另起一行，缩进写在下面", "put the steps under it, indented"
    span = failure.reading.source.span(end, failure.snippet.end)
    found = failure.snippet.original(end, failure.snippet.end)
    failure.reading.report("ZR101", span, fix=fix, found=found, more_zh=zh, more_en=en)
    return Done()


def _unfinished(failure: Failure) -> Done | None:
    if failure.token is not None:
        return None
    zh, en = _expected(failure)
    failure.report("ZR102", failure.span(), more_zh=zh, more_en=en)
    return Done()


_HOW_OFTEN = (
    "先写对谁（每个 社区），再写多久几次（每周 不少于 1 次）",
    "say for whom first (every community), then how often (weekly >= 1 time)",
)
# What is often put at the end of the line that it belongs to.
_ALONE = {
    "BASIS": ("“依据”另起一行写", "put the basis on a line of its own"),
    "OVERDUE": (
        "到期怎样另起一行写：逾期 → 环节",
        "say on a line of its own what happens then: overdue -> state",
    ),
    "ENTER": (
        "记入台账写在一步的后面：→ 环节 并 登记 台账；要填哪些栏目写在“表单”里",
        "enter a register behind a step: -> state also enter register; fields stand in a form",
    ),
    "WEEKLY": _HOW_OFTEN,
    "MONTHLY": _HOW_OFTEN,
    "QUARTERLY": _HOW_OFTEN,
    "HALFYEARLY": _HOW_OFTEN,
    "YEARLY": _HOW_OFTEN,
    "DAILY": _HOW_OFTEN,
}


def _unexpected(failure: Failure) -> Done | None:
    token = str(failure.token)
    found = token if len(token) <= 30 else token[:30] + "…"
    zh, en = _expected(failure)
    for terminal, (alone_zh, alone_en) in _ALONE.items():
        if token in ZH[terminal] + EN[terminal]:
            zh, en = alone_zh, alone_en
    failure.report("ZR101", failure.span(), found=found, more_zh=zh, more_en=en)
    return Done()


def _half_day(failure: Failure) -> Done | None:
    """A day without its day or month, which reads as a number and something more."""
    for token in reversed(failure.snippet.tokens[-2:]):
        start = token.start_pos or 0
        half = _HALF_DAY.match(failure.snippet.shadow, start)
        if half and half.end() > failure.at:
            zh = "日期要写全年、月、日，例如 2024-01-01"
            en = "write year, month and day: 2024-01-01"
            span = failure.reading.source.span(*half.span())
            failure.report("ZR101", span, found=half[0], more_zh=zh, more_en=en)
            return Done()
    return None


def _expected(failure: Failure) -> tuple[str, str]:
    """Say in words what could have stood there."""
    wanted = sorted(failure.wanted(), key=lambda name: _ORDER.get(name, len(_ORDER)))
    kinds = [name for name in _KINDS if name in wanted]
    language = "en" if failure.snippet.language == "en" else "zh"
    words = [spelling(name, language) for name in wanted if name not in _KINDS | _SIGNS]
    words = [word for word in words if not word.isupper() and not word.startswith("$")]
    words += [_SIGNS[name] for name in wanted if name in _SIGNS and len(wanted) <= 8]
    zh = [_KINDS[name][0] for name in kinds] + [f"“{word}”" for word in words]
    en = [_KINDS[name][1] for name in kinds] + [f"`{word}`" for word in words]
    if not zh:
        return "这里应当结束", "nothing more is expected"
    return "这里可以写" + _some(zh, "、", "等"), "expected " + _some(en, ", ", ", …")


def _some(words: list[str], sign: str, more: str) -> str:
    return sign.join(words[:8]) + (more if len(words) > 8 else "")


_DIAGNOSES: tuple[Callable[[Failure], Done | None], ...] = (
    _damaged_row,
    _steps_beside,
    _open_text,
    _odd_sign,
    _bracket,
    _other_language,
    _everyday,
    _measure,
    _joined_conditions,
    _list_sign,
    _comma_for_blank,
    _without_then,
    _glued,
    _outcome,
    _doubled,
    _misspelt,
    _without_quotes,
    _unfinished,
    _half_day,
    _no_start,
    _blank_in_name,
    _unexpected,
)
