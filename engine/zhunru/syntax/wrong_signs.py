"""Failures by signs: marks, quotes and brackets that stand where none should.

Each function reports a failure of its kind; None where it is of another.
"""

from __future__ import annotations

import re

from zhunru.syntax.failure import Done, Failure, ends, readable, whole
from zhunru.syntax.keywords import WORDS, spelling
from zhunru.syntax.lexer import STRING, accepts
from zhunru.syntax.numbering import is_note, numbering
from zhunru.syntax.phrases import Turn

_STRING = re.compile(STRING)
_QUOTES = '"“”＂'
_OTHER_QUOTES = re.compile(r"'[^'\n]*'|‘[^’\n]*’|「[^」\n]*」|『[^』\n]*』|`[^`\n]*`")
_STOPS = re.compile(r"[。;.!]+(?=\s*\Z)")
_ITEM = re.compile(r"(?:^|(?<=[\s;,、。]))(?:\(?\d{1,2}[).、]|\(\d{1,2}\)|[①-⑳])\s*")
_GOING_ON = re.compile(r";(?=[^\S\n]*\n)")
_REMARK = re.compile(r"\([^()|\n]{1,60}\)")
_BEHIND_NAMES = ("EQ", "NUMBER", "QUANTITY", "DATE")
_NEXT_WORD = re.compile(r"[ \t]+(\w+)")
_SWAP = {"COMMA": "、", "PAUSE": ",", "SEMICOLON": "、", "SLASH": "、"}
_CONDITION = re.compile(
    r"\s*(?:非\s+|not\s+)?(?:有效\s?\(|[^\s、,;|]{1,60}\s+"
    r"(?:为|是|不为|属于|包含|超过|不超过|不少于|不满|早于|晚于|不早于|不晚于|逢"
    r"|is|isnot|in|contains|over|atmost|atleast|below)\s)"
)


def damaged_row(failure: Failure) -> Done | None:
    """A row of a table whose first `|` is lost."""
    start, end = failure.snippet.start, failure.snippet.end
    bare = _STRING.sub("", failure.snippet.shadow[start:end])
    if failure.snippet.cell or bare.count("|") < 2:
        return None
    failure.report(
        "ZR115", failure.reading.source.span(start, end), failure.mend(start, start, "| ")
    )
    return Done()


def note(failure: Failure) -> Done | None:
    """A note below a table, or between clauses: 注：…."""
    start, text = failure.snippet.start, failure.snippet.shadow
    if failure.snippet.cell or not is_note(text[start : failure.snippet.end]):
        return None
    zh, en = "说明写成批注，行首加“# ”", "make it a comment: `# …`"
    mend = failure.mend(start, start, "# ")._replace(mended="# …")
    place = (start, failure.snippet.end)
    failure.advise(zh, en, mend, place=place, found=failure.text[:20])
    return Done()


def open_text(failure: Failure) -> Done | None:
    """A text whose closing quote is lost."""
    if failure.token is None or failure.token.type != "ODD" or failure.token not in _QUOTES:
        return None
    failure.report("ZR107", failure.reading.source.span(failure.at, failure.snippet.end))
    return Done()


def numbered(failure: Failure) -> Done | None:
    """A number or a bullet before a line: （二） 要求 …."""
    start = failure.snippet.start
    length = numbering(failure.snippet.shadow, start)
    mend = failure.mend(start, start + length, "")
    if not length or failure.snippet.cell or not whole(failure, mend):
        return None
    mend = mend._replace(found=mend.found.strip())
    zh, en = "前面的序号不写，删去它", "lines have no numbers: take it out"
    return failure.advise(zh, en, mend, place=(start, start + length))


def numbered_items(failure: Failure) -> Done | None:
    """Names of a cell with a number before each: 1.身份证 2.户口簿."""
    if failure.rule != "k_names":
        return None
    text = failure.snippet.shadow[failure.snippet.start : failure.snippet.end]
    first, *items = _ITEM.split(text)
    names = [item.strip(" ;,、。\n") for item in items]
    if first.strip() or not names or not all(names):
        return None
    mend = failure.mend(failure.snippet.start, failure.snippet.end, "、".join(names))
    if not whole(failure, mend):
        return None
    zh, en = f"不写序号，用“、”隔开：{mend.mended}", f"no numbers, 、 between them: {mend.mended}"
    return failure.advise(zh, en, mend, place=(failure.snippet.start, failure.snippet.end))


def colon(failure: Failure) -> Done | None:
    """A colon behind the word of a line: 印发：民政局."""
    token, tokens = failure.token, failure.snippet.tokens
    if token is None or token.type != "COLON" or not 2 <= len(tokens) <= 4:
        return None
    mend = failure.mend(failure.at, token.end_pos or 0, " ")
    if not whole(failure, mend):
        return None
    mend = mend._replace(mended=" ".join(mend.text.split())[:40])
    zh, en = "词与词之间空一格，不用冒号", "put a blank there, no colon"
    return failure.advise(zh, en, mend, found=str(token))


def stop_at_end(failure: Failure) -> Done | None:
    """A full stop or a semicolon at the end of a line, which ends by itself."""
    text, start, end = failure.snippet.shadow, failure.snippet.start, failure.snippet.end
    tail = _STOPS.search(text, max(start, end - 8), end)
    # Behind a semicolon the next line was read as part of this one.
    going_on = _GOING_ON.search(text, start, end)
    for found in (tail, going_on):
        if found is None:
            continue
        mend = failure.mend(*found.span(), "")
        if found is going_on:
            mend = mend._replace(text=failure.snippet.original(start, found.start()))
        if whole(failure, mend):
            span = failure.reading.source.span(*found.span())
            failure.report("ZR124", span, mend, found=mend.found)
            return Done(mend)
    return None


def odd_sign(failure: Failure) -> Done | None:
    """A sign that means nothing; quotes of another kind are put right."""
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


def bracket(failure: Failure) -> Done | None:
    """A bracket that has no partner."""
    signs = [token for token in failure.snippet.tokens if token.type in ("LPAR", "LBRACE")]
    closed = sum(token.type in ("RPAR", "RBRACE") for token in failure.snippet.tokens)
    ended, token = failure.token is None, failure.token
    if ended and len(signs) > closed:
        failure.report("ZR129", failure.reading.source.span(*ends(signs[-1])))
        return Done()
    if token is not None and token.type in ("RPAR", "RBRACE") and len(signs) < closed:
        failure.report("ZR129", failure.span())
        return Done()
    return None


def remark(failure: Failure) -> Done | None:
    """A remark in brackets where none can stand: 街道（牵头）, 3 个工作日（不含公示期）."""
    token = failure.token
    found = None
    if token is not None and token.type == "LPAR":
        found = _REMARK.match(failure.snippet.shadow, failure.at, failure.snippet.end)
    if token is None or found is None or accepts(failure.state, "LPAR"):
        return None
    mend = failure.mend(failure.at, found.end(), "")
    if not readable(failure, mend):
        return None
    before = next((each for each in reversed(failure.snippet.tokens) if each is not token), None)
    zh, en = "是说明的，删去它，或者在行末写成批注“# …”", "take it out, or write `# …` behind all"
    if before is not None and before.type == "NAME" and before not in WORDS["any"]:
        name = failure.snippet.original(before.start_pos or 0, found.end())
        zh += f"；是名称的一部分的，整个名称放在方括号里，写“[{name}]”"
        en += f"; a name with brackets stands in square ones: `[{name}]`"
    return failure.advise(zh, en, mend, place=found.span())


def list_sign(failure: Failure) -> Done | None:
    """A comma where lists take 、, or the other way round; it may stand two words before."""
    for token in reversed(failure.snippet.tokens[-3:]):
        if token.type not in _SWAP:
            continue
        mend = failure.mend(*ends(token), _SWAP[token.type])
        if readable(failure, mend):
            span = failure.reading.source.span(*ends(token))
            failure.report("ZR133", span, mend, found=str(token), mended=mend.mended)
            return Done(mend)
    return None


def joined_conditions(failure: Failure) -> Done | None:
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
    # Which of the two was meant is not ours to say: no mend is offered.
    failure.advise(zh, en, place=(at, at + 1), found=str(signs[-1]))
    return Done(mend)


def comma_for_blank(failure: Failure) -> Done | None:
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
            return failure.advise(zh, en, mend, found=str(token))
    return None


def without_quotes(failure: Failure) -> Done | None:
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
            place = (failure.at, failure.at + len(text))
            return failure.advise(zh, en, mend, place=place, found=text)
    return None


def blank_in_name(failure: Failure) -> Done | None:
    """A name with a blank in it, or in quotes, where names are one word."""
    token, tokens = failure.token, failure.snippet.tokens
    # Where a comparison or a value could stand, that is more likely missing behind the name.
    if token is None or any(accepts(failure.state, name) for name in _BEHIND_NAMES):
        return None
    if token.type == "STRING" and accepts(failure.state, "NAME"):
        start, end = failure.at, token.end_pos or 0
    elif len(tokens) > 1 and token.type == tokens[-2].type == "NAME":
        # A keyword is no part of a name: `never stop` is the end of a promise put first.
        if tokens[-2] in WORDS["any"] or token in WORDS["any"]:
            return None
        start, end = tokens[-2].start_pos or 0, _end_of_words(failure, token.end_pos or 0)
    else:
        return None
    parts = failure.snippet.original(start, end).strip(_QUOTES).split()
    mend = failure.mend(start, end, ("-" if "".join(parts).isascii() else "").join(parts))
    if not readable(failure, mend):
        return None
    zh = f"名称不加引号，中间不空格，写“{mend.mended}”"
    en = f"a name has no quotes and no blanks: write `{mend.mended}`"
    if len(parts) > 1 and readable(failure, failure.mend(start, end, "、".join(parts))):
        zh += f"；是几个名称的，用“、”隔开，写“{'、'.join(parts)}”"
        en += f"; several names are parted by commas: `{', '.join(parts)}`"
    return failure.advise(zh, en, mend, place=(start, end))


def _end_of_words(failure: Failure, end: int) -> int:
    """Return where the plain words end that follow on the same line."""
    text, keywords = failure.snippet.shadow, WORDS[failure.snippet.language]
    while (word := _NEXT_WORD.match(text, end, failure.snippet.end)) and word[1] not in keywords:
        end = word.end()
    return end
