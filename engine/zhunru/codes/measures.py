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
        "ZR480", "weights-of-a-hundred", _E,
        "“{name}”的权重合计 {total}%，不是 100%", "the weights of `{name}` add up to {total}%",
        "改正权重，使合计为 100%", "mend the weights so that they add up to 100%",
        "合计不是 100%，满分就不是 100 分，等次线也就不准了。",
        "If they do not, full marks are not 100 and the grades mean something else.",
    ),
    Code(
        "ZR481", "grades-in-order", _E,
        "等次“{name}”轮不到", "the grade `{name}` can never be given",
        "等次从高到低写，“其余”写在最后", "write grades from the best down, the rest last",
        "前面的等次已经包括了它。",
        "A grade before it already takes everybody whom it could take.",
    ),
    Code(
        "ZR482", "share-against-floor", _E,
        "计入“{name}”占 {share}%，底线是{what_zh} {bound}%",
        "{share}% goes into `{name}`, where law says {what_en} {bound}%",
        "改正“结果”里的占比", "mend the share in the result",
        "占比有法定的底线，低于（或者高于）它，考核不合法。",
        "The share has a legal bound; an assessment beyond it is not lawful.",
    ),
    Code(
        "ZR483", "nobody-rates", _E,
        "“{name}”要评分，却没有写评分人", "`{name}` is rated, but by nobody",
        "写一行“评分人 …”，或者写明指标怎样算", "add a line of raters, or say how it is computed",
        "没有评分人，也没有算法，就得不出分数。",
        "Without raters or a computation there is no score.",
    ),
    Code(
        "ZR484", "other-number-of-items", _W,
        "“{name}”应有 {expected} 项，列出 {found} 项",
        "`{name}` should have {expected} items, has {found}",
        "补齐指标，或者改正项数", "add the missing ones, or mend the number",
        "列出的项数和写明的不一样，不是漏了就是写错了。",
        "The number of items is not the one that is written: some are missing or it is wrong.",
    ),
    Code(
        "ZR485", "indicator-twice", _E,
        "“{name}”写了两次", "`{name}` stands there twice",
        "改正名称，或者删去一个", "rename one, or take one out",
        "评分按名称对应指标，同名就分不清给了哪一个。",
        "Ratings go to indicators by name; of two alike nobody knows which is meant.",
    ),
    Code(
        "ZR486", "nothing-to-score", _E,
        "评价“{name}”没有指标", "the scorecard `{name}` has no indicators",
        "写“指标 …”或者“类 …”", "add indicators or classes",
        "没有指标，就没有分数。",
        "Without indicators there is no score.",
    ),
    Code(
        "ZR487", "floor-of-nothing", _E,
        "底线说到“{name}”，结果却没有计入它", "the floor speaks of `{name}`, which gets no share",
        "在“结果”里写“计入 {name} 占 …”", "write `credited {name} share …` in the result",
        "有底线而不计入，等于占 0%。",
        "With a floor and nothing credited the share is 0%.",
    ),
    Code(
        "ZR788", "no-such-register", _W,
        "规则集没有台账或者评价“{name}”", "the set has no register or scorecard `{name}`",
        "文件或者工作表按台账的名称起名：{known}", "name files or sheets after registers: {known}",
        "不知道是什么表，里面的行没有读入。",
        "What this table is cannot be known, so its rows are not read.",
    ),
)  # fmt: skip
