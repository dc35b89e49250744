"""Characters that look like others: letters of other scripts, radicals, invisible ones."""

from __future__ import annotations

import re
import unicodedata

# Cyrillic and Greek letters that are drawn like Latin ones.
_LOOKS = str.maketrans(
    "АВЕКМНОРСТХУаеорсухіѕјԁԛԝһӏЅІЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧοντικΥ",
    "ABEKMHOPCTXYaeopcyxisjdqwhlSIJABEZHIKMNOPTYXovtikY",
)
# Signs that are drawn like Chinese characters.
_SIGNS = str.maketrans({"ー": "一", "―": "一", "〡": "丨", "〤": "乂", "ㄧ": "一", "ㄚ": "丫",
                        "ロ": "口", "カ": "力", "ニ": "二", "ハ": "八", "エ": "工", "夕": "夕",
                        "タ": "夕", "ト": "卜", "へ": "∧", "二": "二"})  # fmt: skip
_RADICALS = str.maketrans({"⺀": "冫", "⺄": "乙", "⺅": "亻", "⺈": "刀", "⺉": "刂", "⺊": "卜",
                           "⺍": "小", "⺗": "心", "⺘": "扌", "⺡": "氵", "⺣": "灬", "⺨": "犭",
                           "⺩": "王", "⺪": "疋", "⺫": "罒", "⺬": "示", "⺭": "礻", "⺮": "竹",
                           "⺼": "肉", "⺾": "艹", "⺿": "艹", "⻀": "艹", "⻂": "衤", "⻅": "见",
                           "⻉": "贝", "⻋": "车", "⻌": "辶", "⻍": "辶", "⻎": "辶", "⻏": "阝",
                           "⻔": "门", "⻖": "阝", "⻘": "青", "⻙": "韦", "⻚": "页", "⻛": "风",
                           "⻜": "飞", "⻝": "食", "⻟": "食", "⻢": "马", "⻥": "鱼", "⻦": "鸟",
                           "⻩": "黄", "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟"})  # fmt: skip

_FOREIGN = re.compile(r"[\u0370-\u052f]")
_COMPATIBLE = re.compile(
    r"[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f\u30a0-\u30ff\u3105-\u312f]"
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u180e]")
_PLAIN = re.compile(r"[\x00-\x7f\u3000-\u3020\u4e00-\u9fff\uff00-\uff5e“”‘’·—…]*")

# Every character that `mended` changes; of most names one look tells that there is none.
_CHANGED = re.compile(
    "["
    + "".join(
        re.escape(chr(code))
        for table in (_LOOKS, _RADICALS, _SIGNS)
        for code, other in table.items()
        if other not in (code, chr(code))
    )
    + "]"
)

SCRIPTS = {"GREEK": ("希腊字母", "Greek"), "CYRILLIC": ("西里尔字母", "Cyrillic")}


def plain(text: str) -> bool:
    """Tell whether a text has only characters that look like nothing else."""
    return _PLAIN.fullmatch(text) is not None


def foreign(text: str) -> tuple[str, str] | None:
    """Return a Greek or Cyrillic look-alike inside other writing, with its script."""
    found = _FOREIGN.search(text)
    if not found or len(_FOREIGN.findall(text)) == len(text):
        return None
    letter = found.group()
    return letter, unicodedata.name(letter, "GREEK").split()[0]


def compatible(text: str) -> str:
    """Return a radical, a compatibility form or a kana that looks like a character."""
    for letter in _COMPATIBLE.findall(text):
        if mended(letter) != letter or "\u2e80" <= letter <= "\u2fdf":
            return str(letter)
    return ""


def invisible(text: str) -> bool:
    """Tell whether a text has characters that are not drawn."""
    return _INVISIBLE.search(text) is not None


def mended(text: str) -> str:
    """Return a text with every look-alike replaced by what it looks like."""
    if not (_CHANGED.search(text) or _INVISIBLE.search(text) or _COMPATIBLE.search(text)):
        return text
    text = _INVISIBLE.sub("", text)
    text = text.translate(_LOOKS).translate(_RADICALS).translate(_SIGNS)
    if _COMPATIBLE.search(text) is None:  # nearly every text
        return text
    return "".join(
        unicodedata.normalize("NFKC", each) if _COMPATIBLE.match(each) else each for each in text
    )
