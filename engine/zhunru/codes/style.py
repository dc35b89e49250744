"""6xx: how things are written."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

CODES: tuple[Code, ...] = (
    Code(
        "ZR601",
        "foreign-letters",
        _W,
        "“{name}”里混有形似的外文字母“{found}”（{script_zh}）",
        "`{name}` contains the look-alike letter `{found}` ({script_en})",
        "改为“{mended}”",
        "write `{mended}`",
        "看着一样的两个名称其实不同，引用时就对不上。",
        "Two names that look alike are different, and references miss.",
    ),
    Code(
        "ZR602",
        "compatibility-form",
        _W,
        "“{name}”里有部首或者兼容字形“{found}”",
        "`{name}` contains the radical or compatibility form `{found}`",
        "改为“{mended}”",
        "write `{mended}`",
        "部首“⼀”和汉字“一”看着一样，检索和比对时却是两个字。",
        "A radical looks like the character but is another one to any search.",
    ),
    Code(
        "ZR603",
        "invisible-character",
        _W,
        "“{name}”里有看不见的字符",
        "`{name}` contains an invisible character",
        "删去看不见的字符",
        "take the invisible character out",
        "看不见的字符使两个名称不相等，查也查不出来。",
        "An invisible character makes two equal-looking names differ.",
    ),
    Code(
        "ZR604",
        "glued-keyword",
        _W,
        "名称“{name}”以“{word}”结尾，可能少了空格",
        "the name `{name}` ends with `{word}`; a blank may be missing",
        "如果“{word}”不是名称的一部分，前面空一格",
        "put a blank before `{word}` if it is no part of the name",
        "少一个空格，后面的内容就成了名称的一部分，规定的意思全变了。",
        "With the blank missing, what follows becomes part of the name and the meaning changes.",
    ),
    Code(
        "ZR605",
        "look-alike-names",
        _W,
        "“{name}”与“{other}”看着一样，其实是两个名称",
        "`{name}` and `{other}` look alike but are two names",
        "统一写法",
        "write them in one way",
        "两个形似的名称，引用时对不上。",
        "References to the one will miss the other.",
    ),
)
