"""What went wrong in a piece, in words, with a mechanical mend where one makes it readable."""

from __future__ import annotations

from collections.abc import Callable

from lark.exceptions import UnexpectedInput
from lark.lexer import Token

from zhunru.diagnostics import Edit, Fix
from zhunru.syntax.failure import Done, Failure, Mend
from zhunru.syntax.field_measures import lone_measure
from zhunru.syntax.keywords import EN, ZH, spelling
from zhunru.syntax.lexer import MAX_DEPTH, Overflow, Snippet
from zhunru.syntax.reading import Reading
from zhunru.syntax.wrong_days import clock, half_day, no_such_day
from zhunru.syntax.wrong_numbers import (
    at_least,
    how_often,
    in_numerals,
    money,
    number_range,
    thousands,
    unknown_measure,
    within,
)
from zhunru.syntax.wrong_signs import (
    blank_in_name,
    bracket,
    colon,
    comma_for_blank,
    damaged_row,
    joined_conditions,
    list_sign,
    note,
    numbered,
    numbered_items,
    odd_sign,
    open_text,
    remark,
    stop_at_end,
    without_quotes,
)
from zhunru.syntax.wrong_words import (
    doubled,
    everyday,
    everyday_here,
    for_all_else,
    glued,
    measure,
    misspelt,
    no_start,
    other_language,
    outcome,
    without_then,
)

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
_ORDER = {name: at for at, name in enumerate(ZH)}


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
    return failure.advise(zh, en, found=found)


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
    damaged_row,
    note,
    _steps_beside,
    for_all_else,
    open_text,
    numbered,
    numbered_items,
    stop_at_end,
    no_such_day,
    clock,
    at_least,
    money,
    thousands,
    number_range,
    lone_measure,
    everyday,
    in_numerals,
    odd_sign,
    bracket,
    remark,
    other_language,
    within,
    measure,
    joined_conditions,
    list_sign,
    colon,
    comma_for_blank,
    without_then,
    how_often,
    glued,
    outcome,
    doubled,
    misspelt,
    without_quotes,
    _unfinished,
    half_day,
    no_start,
    blank_in_name,
    unknown_measure,
    everyday_here,
    _unexpected,
)
