"""Failures by words: other ways to say a thing, misspelt ones, ones that run together.

Each function reports a failure of its kind; None where it is of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, pairwise

from lark.lexer import Token

from zhunru.syntax.failure import (
    MAX_TRIES,
    Done,
    Failure,
    Mend,
    best,
    ends,
    reach,
    readable,
    whole,
)
from zhunru.syntax.keywords import WORDS, spelling
from zhunru.syntax.lexer import accepts
from zhunru.syntax.misspelling import likely, only
from zhunru.syntax.phrases import asked_day, turns
from zhunru.syntax.usual_measures import measure_meant
from zhunru.syntax.usual_words import meant_by

_SAID_THEN = {"zh": "那么", "en": "then"}
_IN_ORDER = ("ADMIT", "REFUSE", "DEFER", "INCOMPLETE")
_OUTCOMES = frozenset(_IN_ORDER)
# 其余, 未列入的, 清单以外的事项
_ALL_ELSE = re.compile(
    r"凡?是?(?:其余|其他|其它|余下|剩余|剩下|别的|否则|\w{0,6}(?:以外|之外)|(?:未|不|没有?)(?:列|在)\w{0,8})"
    r"的?(?:事项|情形|情况|来件)?的?|else|otherwise|others?|rest|remaining|(?:any|every)thing"
)


def other_language(failure: Failure) -> Done | None:
    """A keyword of the other language."""
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


def everyday(failure: Failure) -> Done | None:
    """Say in the language's words what was said in those of everyday writing."""
    start, language = failure.snippet.start, failure.snippet.language
    text = failure.snippet.shadow[start : failure.snippet.end]
    asked = asked_day(text) if language != "en" else None
    if asked is not None:
        first, last, with_it, without = asked
        zh = f"含当日写“{with_it}”，不含当日写“{without}”"
        en = f"write `{with_it}` if that day counts, `{without}` if it does not"
        place = (start + first, start + last)
        return failure.advise(zh, en, place=place, found=text[first:last])
    found = turns(text, language)
    # 假如 opens a case of a test: what takes it out of a condition must not be among them.
    kept = [turn for turn in found if turn.meant]
    together = [several for several in (found, kept) if len(several) > 1]
    for chosen in [*([turn] for turn in found), *together]:
        mend = failure.mends(chosen)
        if whole(failure, mend):
            zh, en = _advice(mend, limit=any(turn.limit for turn in chosen))
            place = (start + chosen[0].start, start + chosen[-1].end)
            return failure.advise(zh, en, mend, place=place)
    return None


def everyday_here(failure: Failure) -> Done | None:
    """A turn of everyday writing where reading stopped, though more is wrong behind it."""
    start, language = failure.snippet.start, failure.snippet.language
    for turn in turns(failure.snippet.shadow[start : failure.snippet.end], language):
        mend = failure.mends([turn])
        here = start + turn.start <= failure.at <= start + turn.end
        if here and readable(failure, mend):
            zh, en = _advice(mend, turn.limit)
            return failure.advise(zh, en, mend, place=(start + turn.start, start + turn.end))
    return None


def _advice(mend: Mend, limit: bool) -> tuple[str, str]:
    if limit:
        return f"如果是上限，写“{mend.mended}”", f"if it is a limit, write `{mend.mended}`"
    if not mend.mended:
        return "删去这个词", "take it out"
    return f"写作“{mend.mended}”", f"write `{mend.mended}`"


def glued(failure: Failure) -> Done | None:
    """A keyword without a blank between it and its neighbour."""
    # 限时 is another word for 限 rather than 限 and something more.
    done = _usual(failure, failure.token) if failure.token is not None else None
    if done is not None:
        return done
    mend = best(failure, _splits(failure))
    if mend is None or _splits_rubbish_off(failure, mend):
        return None
    span = mend.edits[0].span
    # As written the piece says nothing; where one blank alone makes it readable, that was meant.
    ways = {each.text for each in islice(_splits(failure), MAX_TRIES) if whole(failure, each)}
    mend = mend._replace(safe=ways == {mend.text})
    failure.report("ZR103", span, mend, found=mend.found, mended=mend.mended)
    return Done(mend)


def _splits_rubbish_off(failure: Failure, mend: Mend) -> bool:
    """Tell whether reading stops at what a mend splits off: 末 of 每季度末 is no word at all."""
    far = reach(failure, mend)
    start = mend.edits[0].span.start - failure.snippet.start
    blanks = [at for at, sign in enumerate(mend.mended) if sign == " "]
    return far is not None and far - start - 1 in blanks


def _splits(failure: Failure) -> Iterator[Mend]:
    """Yield the texts that split a keyword off one of the last three words or the first two."""
    tokens = [*failure.snippet.tokens]
    words = sorted(WORDS[failure.snippet.language], key=len, reverse=True)
    for token in [*reversed(tokens[-3:]), *tokens[:2]]:
        start, end = ends(token)
        text = failure.snippet.shadow[start:end]
        named = token.type in ("NAME", "CODEWORD", "QUANTITY") and not text.startswith("[")
        if named and text not in words:  # a word of the language is whole: 不为 is no 不 and 为
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
    # Between two letters no blank is lost: units is no `unit s`.
    inside = [word for word in words if word in text and word != text]
    inside = [word for word in inside if not (word.isascii() and text.isascii())]
    for word in inside:
        if text.startswith(word):
            yield f"{word} {text[len(word) :]}"
        if text.endswith(word):
            yield f"{text[: -len(word)]} {word}"
    for word in inside:
        at = text.find(word, 1)
        if 0 < at < len(text) - len(word):
            yield f"{text[:at]} {word} {text[at + len(word) :]}"


def measure(failure: Failure) -> Done | None:
    """A number with a word for its unit that the language does not know: 5 个工做日, 3 个季."""
    tokens = failure.snippet.tokens
    for number, word in reversed([*pairwise(tokens[-3:])]):
        if number.type != "NUMBER" or word.type != "NAME":
            continue
        meant = measure_meant(str(number), str(word), failure.snippet.language)
        mend = failure.mend(number.start_pos or 0, word.end_pos or 0, meant)
        if meant and readable(failure, mend):
            zh, en = _did_you_mean(meant)
            return failure.advise(zh, en, mend, place=ends(word), found=str(word))
    return None


def outcome(failure: Failure) -> Done | None:
    """A word behind 那么 that is none of the four outcomes, with nothing said about it."""
    for then, word in reversed([*pairwise(failure.snippet.tokens[-3:])]):
        if then.type != "THEN" or word.type not in ("NAME", "CODEWORD"):
            continue
        language = "en" if failure.snippet.language == "en" else "zh"
        words = {spelling(name, language): name for name in _IN_ORDER}
        usual = [spelling(name, language) for name in meant_by(str(word)) if name in _OUTCOMES]
        near = only(usual or likely(str(word), words, language))
        mend = failure.mend(*ends(word), near or next(iter(words)))
        if not readable(failure, mend):
            continue
        zh = f"结论写{'、'.join(f'“{each}”' for each in words)}之一"
        en = f"an outcome is one of {', '.join(f'`{each}`' for each in words)}"
        zh += f"；是不是“{near}”？" if near else "；写栏目的，后面写“为”和值"
        en += f"; did you mean `{near}`?" if near else "; behind a field write `is` and a value"
        shown = mend if near else None
        return failure.advise(zh, en, shown, place=ends(word), found=str(word))
    return None


def without_then(failure: Failure) -> Done | None:
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
    return failure.advise(zh, en, mend, found=str(token))


def for_all_else(failure: Failure) -> Done | None:
    """What is answered where no step decides, said as a step: 其余 拒绝, 未列入的：拒绝."""
    tokens, language = failure.snippet.tokens, failure.snippet.language
    refused = next((token for token in tokens[1:3] if _refuses(token, language)), None)
    if failure.rule not in ("c_decide", "c_step") or refused is None:
        return None
    if not _says_all_else(tokens[0], language):
        return None  # a list or a rule with its answer: nothing else is to be refused for it
    default, refuse = (spelling(name, language) for name in ("DEFAULT", "REFUSE"))
    start, end = tokens[0].start_pos or 0, refused.end_pos or 0
    mend = failure.mend(start, end, f"{default} {refuse}")
    if not readable(replace(failure, rule="c_decide"), mend):
        return None
    order = spelling("ORDER", language)
    zh = f"哪一步都没有对上时怎么答，写“{mend.mended} …”，与“{order}”对齐"
    en = f"what is answered where no step decides: `{mend.mended} …`, as far left as `{order}`"
    shown = mend if failure.rule == "c_decide" else None
    return failure.advise(zh, en, shown, place=(start, end), found=mend.found)


def _says_all_else(token: Token, language: str) -> bool:
    return (
        WORDS[language].get(str(token)) == "DEFAULT" or _ALL_ELSE.fullmatch(str(token)) is not None
    )


def _refuses(token: Token, language: str) -> bool:
    return "REFUSE" in (WORDS[language].get(str(token)), *meant_by(str(token)))


def doubled(failure: Failure) -> Done | None:
    """A word written twice, the second of which was read as a name."""
    for one, two in pairwise([*failure.snippet.tokens[-4:]]):
        if one != two or two.type != "NAME":
            continue
        mend = failure.mend(*ends(two), "")
        if readable(failure, mend):
            zh, en = "这个词写了两遍，删去一个", "it is written twice"
            return failure.advise(zh, en, mend, place=ends(two), found=str(two))
    return None


def misspelt(failure: Failure) -> Done | None:
    """A word that was probably meant to be a keyword: where reading stopped, or shortly before."""
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
            done = _usual(failure, earlier) or _meant(failure, earlier, words, whole)
    return done


def _usual(failure: Failure, token: Token) -> Done | None:
    """Report a word that people use for a keyword which could have stood there."""
    language = failure.snippet.language
    for terminal in meant_by(str(token)):
        if accepts(failure.state, terminal):
            # Chinese first: a cell of a sheet may be in either language.
            word = spelling(terminal, "en" if language == "en" or token.isascii() else "zh")
            mend = failure.mend(*ends(token), word)
            if readable(failure, mend):
                zh, en = f"写作“{word}”", f"write `{word}`"
                return failure.advise(zh, en, mend, place=ends(token), found=str(token))
    return None


def _meant(
    failure: Failure, token: Token, words: list[str], helps: Callable[[Failure, Mend], bool]
) -> Done | None:
    """Report a word that was probably meant to be one of `words`, if the piece then reads."""
    if token.type not in ("NAME", "CODEWORD") or len(token) < 2:
        return None
    for near in likely(str(token), words, failure.snippet.language):
        mend = failure.mend(*ends(token), near)
        if near != token and helps(failure, mend):
            zh, en = _did_you_mean(near)
            return failure.advise(zh, en, mend, place=ends(token), found=str(token))
    return None


def _did_you_mean(word: str) -> tuple[str, str]:
    return f"是不是“{word}”？", f"did you mean `{word}`?"


def no_start(failure: Failure) -> Done | None:
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
    return failure.advise(zh, en, mend, found=str(failure.token))
