"""A measure behind the type of a field without the range that it belongs to: 年龄 数值 岁."""

from __future__ import annotations

import re
from typing import NamedTuple

from zhunru.syntax.failure import Done, Failure, readable
from zhunru.syntax.usual_measures import USUAL_MEASURES
from zhunru.vocabulary import MEASURES, NUMERIC, TYPES, Measure, TypeName

# The types that have a measure of their own, which nobody writes behind them.
_OWN = {Measure.YUAN: TypeName.MONEY, Measure.PERCENT: TypeName.RATIO}
_BARE = {measure: _OWN.get(measure, TypeName.NUMBER) for measure in Measure}
_LONGEST = 60
# What is counted or weighed that the language has no word for: the name of the field says it.
_OTHERS = re.compile(
    r"(?:平方|立方)?(?:公|千|厘|毫)?[米里克斤]|[百千万亿]+[元人户次件]|㎡|平米|公?[亩吨顷]|[公千]瓦时"
    r"|[件张台辆栋幢套间处场家所支批车床度升只头株棵本笔单宗起例期届轮步格]"
)
_TYPES = "|".join(word for name in NUMERIC for word in TYPES[name])
_WRITTEN = re.compile(rf"(?<!\w)({_TYPES})(\s*[(]\s*|\s*)(%|[^\W\d]\w{{0,9}})(\s*[)])?")


class Alone(NamedTuple):
    """What is wrong with a measure behind a type, and the type that says as much without it."""

    kind: str
    zh: str
    en: str


def measure_alone(kind: str, word: str) -> Alone | None:
    """Return what to write for a measure that stands behind a type; None: it is no measure."""
    measure = _measure(word)
    if not any(kind in TYPES[name] for name in NUMERIC):
        return None
    if measure is None:
        return _unknown(kind, word) if _OTHERS.fullmatch(word) else None
    bare = TYPES[_BARE[measure]][1 if kind.isascii() else 0]
    zh_word, en_word = MEASURES[measure][0][0], MEASURES[measure][1][0]
    if measure in _OWN:
        zh = f"“{TYPES[_OWN[measure]][0]}”本来就以{zh_word}计，只写“{bare}”"
        en = f"`{TYPES[_OWN[measure]][1]}` is counted in {en_word} anyway: write `{bare}` alone"
    else:
        blank = " " if en_word.isascii() else ""
        zh = f"限定范围的，单位跟在范围后面：“{bare} 0 至 1000 {zh_word}”；不限范围的，只写“{bare}”"
        en = f"with a range: `{bare} 0 to 1000{blank}{en_word}`; without one: `{bare}` alone"
    return Alone(bare, zh, en)


def _unknown(kind: str, word: str) -> Alone:
    zh = f"“{word}”不能作单位，删去它，要说明的写进栏目的名称，例如“面积平方米”"
    if word.endswith("元"):
        zh = f"钱数一律以元计，只写“{TYPES[TypeName.MONEY][0]}”：3万元填 30000"
        kind = TYPES[TypeName.MONEY][0]
    return Alone(kind, zh, f"`{word}` is no measure here: take it out, or say it in the name")


def _measure(word: str) -> Measure | None:
    usual = USUAL_MEASURES.get(word)
    said = usual[0] if usual is not None and usual[1] == 1 else word
    for measure, words in MEASURES.items():
        spelt = [*words[0], *words[1]]
        if said in spelt or f"个{said}" in spelt:
            return measure
    return None


def lone_measure(failure: Failure) -> Done | None:
    """A measure in brackets behind a type, or a sign of hundredths: 数值（岁）, 比例 %."""
    text = failure.snippet.shadow
    start = max(failure.snippet.start, failure.at - _LONGEST)
    for found in _WRITTEN.finditer(text, start, failure.snippet.end):
        alone = measure_alone(found[1], found[3])
        if not found.start() < failure.at < found.end() or alone is None:
            continue
        # The name of a field may be such a word, too: the type is what stands behind it.
        mend = failure.mend(found.start(), found.end(), alone.kind)
        if not readable(failure, mend):
            continue
        span = failure.reading.source.span(*found.span(3))
        said = {"found": found[3], "type": found[1], "more_zh": alone.zh, "more_en": alone.en}
        failure.report("ZR144", span, mend, **said)
        return Done(mend)
    return None
