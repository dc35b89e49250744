"""4xx: checks, scorecards, matchings and promises that do not say what they should."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

CODES: tuple[Code, ...] = (
    Code(
        "ZR471", "rolling-least", _E,
        "“任意连续”只能和“不超过”一起写", "a rolling window only goes with `atmost`",
        "改写为“不超过”，或者改为“近 … 日”“本年”", "write atmost, or past … days or thisyear",
        "任意连续几日不少于几次，要看从哪一天起算，原文没有说。",
        "At least so many in every run of days depends on where the first run begins.",
    ),
    Code(
        "ZR472", "nothing-links", _E,
        "看不出哪些“{name}”属于哪个“{subject}”",
        "nothing says which `{name}` belong to which `{subject}`",
        "在台账“{name}”里加一栏“{subject}”，或者用“凡 … 相同”写明",
        "give `{name}` a column `{subject}`, or say `where … same`",
        "数的时候要知道这一行算在谁名下。",
        "Rows can only be counted for somebody if they say whose they are.",
    ),
    Code(
        "ZR473", "no-date-to-count-by", _E,
        "“{name}”没有日期栏，不能按时间数", "`{name}` has no date to count by",
        "在台账“{name}”里加一栏日期", "give `{name}` a column of dates",
        "不知道每一行是哪一天的，就说不上近几个月、本年。",
        "Without a date no row is known to lie in any time.",
    ),
    Code(
        "ZR474", "same-as-whom", _E,
        "这里没有可以“相同”的另一方", "there is nobody to be the same as",
        "“相同”写在“每个 X 与 X”里，或者写在所数的行的“凡”后面",
        "write it in `every X with X`, or behind where of the rows that are counted",
        "相同是两行之间的事，只有一行就无从比起。",
        "Being the same takes two rows.",
    ),
    Code(
        "ZR475", "no-last-year", _E,
        "台账里没有年度栏，不知道上年是哪一行", "no column of years says which row is last year's",
        "给台账加一栏“年度”", "give the register a column of years, called 年度 or year",
        "同上年比，要每年一行，并写明是哪一年的。",
        "To compare with the year before, a register has a row for each year.",
    ),
    Code(
        "ZR476", "share-of-what", _E,
        "“占比”没有写“其中”", "a portion needs `among`",
        "例如：占比(回访 其中 满意 为 是)", "for example: portion(visits among pleased = yes)",
        "占比是其中一部分占全部的比例，要写明是哪一部分。",
        "A portion is a part of all; which part must be said.",
    ),
    Code(
        "ZR477", "length-of-time", _E,
        "“近”后面写日、周、月或者年", "a length here is of days, weeks, months or years",
        "例如：近 3 个月、近 30 日", "for example: past 3 months",
        "工作日和小时没有固定的起点，数不出哪些行在内。",
        "Working days and hours do not say which rows lie within them.",
    ),
    Code(
        "ZR478", "which-number", _E,
        "“{name}”不是只有一个数值栏，要写明取哪一栏",
        "`{name}` has not just one column of numbers",
        "例如：平均(得分 于 {name})", "for example: mean(score at {name})",
        "有几个数值栏，就不知道加哪一个。",
        "With several numbers, or none, what is added up is not known.",
    ),
    Code(
        "ZR479", "each-of-no-column", _E,
        "“{name}”没有一栏的可选值包括 {values}", "no choice of `{name}` has all of {values}",
        "在台账“{name}”里写一栏枚举，列出这些值",
        "give `{name}` a choice with these values",
        "“各”按一栏的值分开数，先要有这一栏。",
        "To count each value apart there must be a column that holds them.",
    ),
    Code(
        "ZR470", "promised-incomplete", _E,
        "“{name}”不能保证补正", "`{name}` cannot promise an incomplete answer",
        "保证准入、拒绝或者暂缓", "promise admit, refuse or defer",
        "补正由缺的材料决定：材料齐了，就不再补正。",
        "Whether facts are missing is up to the request; with all of them nothing is incomplete.",
    ),
    Code(
        "ZR788", "no-such-register", _W,
        "规则集没有台账或者评价“{name}”", "the set has no register or scorecard `{name}`",
        "文件或者工作表按台账的名称起名：{known}", "name files or sheets after registers: {known}",
        "不知道是什么表，里面的行没有读入。",
        "What this table is cannot be known, so its rows are not read.",
    ),
)  # fmt: skip
