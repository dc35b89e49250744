"""Values as people write them: a number with its unit is read, others are told what they mean."""

from __future__ import annotations

import re
from decimal import Decimal

from zhunru.checker.resolved import Type
from zhunru.checker.values import meant_percent
from zhunru.syntax.numerals import number_in_digits, quantity_in_digits
from zhunru.syntax.shadow import shadow
from zhunru.syntax.usual_measures import USUAL_MEASURES
from zhunru.vocabulary import MEASURES, NUMERIC, Measure, TypeName

_LONGEST = 40
_GROUPS = re.compile(r"\d{1,3}(?:,\d{3}){1,6}(?:\.\d+)?")
_PART = re.compile(r"-?0?\.\d{1,20}")
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
# Other words for a unit of the language that are exactly one of it: 周岁, 元整.
_SAME = {word: measure for word, (measure, times) in USUAL_MEASURES.items() if times == 1}
# What people tick in a column of yes and no.
_TICKS = dict.fromkeys("√✓✔☑Yy有对勾", ("是", "yes")) | dict.fromkeys(
    "×✗✘☒Nn无错叉xX", ("否", "no")
)
_OWN = {TypeName.RATIO: Measure.PERCENT, TypeName.MONEY: Measure.YUAN}


def measure_of(kind: Type) -> Measure | None:
    """Return the measure in which the values of a type are counted."""
    return kind.measure or _OWN.get(kind.name)


def without_measure(kind: Type, raw: str) -> str:
    """Return the number of a text that names the field's own unit behind it, as people write it.

    Another unit stays: neither 3000 万元 nor 30 日 is a number of 元 or of 工作日. A field takes
    one number, so commas between its thousands can be nothing else.
    """
    measure = measure_of(kind)
    text = raw
    if measure is not None:
        zh, en = MEASURES[measure]
        same = [word for word, said in _SAME.items() if said in (*zh, *en)]
        # Longest first: 个小时 ends with 小时.
        words = sorted((*zh, *en, *same), key=len, reverse=True)
        end = next((word for word in words if raw.endswith(word)), "")
        text = raw.removesuffix(end).strip() if end else raw
        if measure is Measure.PERCENT:
            text = text.removesuffix("％")
        if measure is Measure.YUAN:
            text = text.removeprefix("￥").removeprefix("¥").strip()
    if "," in text or "，" in text:
        plain = shadow(text)
        return plain.replace(",", "") if _GROUPS.fullmatch(plain) else text
    return text


def value_hint(kind: Type, raw: str) -> tuple[str, str] | None:
    """Return in both languages what a value was meant to be that is none of its type."""
    if kind.name is TypeName.FLAG:
        tick = _TICKS.get(raw.strip("。. "))
        return (f"请写“{tick[0]}”", f"write `{tick[1]}`") if tick else None
    return _number_hint(kind, raw) if kind.name in NUMERIC else None


def _number_hint(kind: Type, raw: str) -> tuple[str, str] | None:
    """Return how a number is written in a field with a unit, and what `raw` was meant to be."""
    measure = measure_of(kind)
    zh = en = ""
    if measure is not None:
        word, english = MEASURES[measure][0][0], MEASURES[measure][1][0]
        # 个工作日 is said with a number before it.
        word = word.removeprefix("个") or word
        zh, en = f"以{word}计", f"counted in {english}"
    meant = _meant(measure, raw.strip())
    if not zh and not meant:
        return None
    said_zh = f"请写数，{zh}，例如 12" if zh else "请写数，例如 12"
    said_en = f"write a number, {en}, such as 12" if en else "write a number such as 12"
    if measure is Measure.PERCENT:
        said_zh, said_en = "请写比例，例如 70%", "write a ratio such as 70%"
    if percent := _percent(kind, raw.strip()):
        return (
            f"请写明是 {percent}% 还是 {raw.strip()}%",
            f"say whether {percent}% or {raw.strip()}%",
        )
    if meant:
        said_zh, said_en = f"是不是 {meant}？{said_zh}", f"did you mean {meant}? {said_en}"
    return said_zh, said_en


def _percent(kind: Type, raw: str) -> str:
    return meant_percent(kind, Decimal(raw)) if _PART.fullmatch(raw) else ""


def _meant(measure: Measure | None, raw: str) -> str:
    if len(raw) > _LONGEST:
        return ""
    value = number_in_digits(raw)
    if value is not None:
        return f"{value}%" if measure is Measure.PERCENT else str(value)
    said = quantity_in_digits(raw)
    if measure is None or not said:
        return ""
    for word in sorted((*MEASURES[measure][0], *MEASURES[measure][1]), key=len, reverse=True):
        number = said.removesuffix(word).strip()
        if number != said and _PLAIN.fullmatch(number):
            return f"{number}%" if measure is Measure.PERCENT else number
    # 3万: its magnitude says that much, its unit is the field's own.
    return said if _PLAIN.fullmatch(said) else ""
