"""Words that are not keywords: kinds, types, units of measure and functions, zh beside en.

Each table maps a neutral enum member to its Chinese and English word. Text read in either
language becomes the member; the formatter prints the word of the file's language.
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a decision comes to."""

    ADMIT = "admit"
    REFUSE = "refuse"
    DEFER = "defer"
    INCOMPLETE = "incomplete"


class ListKind(StrEnum):
    """What an entry of a list does when a request matches it."""

    RESPONSIBILITY = "responsibility"
    ASSISTANCE = "assistance"
    ADMISSION = "admission"
    PROHIBITION = "prohibition"
    CERTIFICATE = "certificate"
    CATALOGUE = "catalogue"


class TypeName(StrEnum):
    """Types of the fields of forms and registers.

    LENGTH is none of a field: lengths of time in several units, as a result column may hold them.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    RATIO = "ratio"
    DATE = "date"
    MOMENT = "moment"
    SPAN = "span"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    UNIT = "unit"
    UNITS = "units"
    PERSON = "person"
    MATTER = "matter"
    ATTACHMENT = "attachment"
    LENGTH = "length"


NUMERIC = frozenset({TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO})
DAYS = frozenset({TypeName.DATE, TypeName.MOMENT})
ORDERED = NUMERIC | DAYS


class HitPolicy(StrEnum):
    """Which rows of a table count when several match (the hit policies of DMN 1.3)."""

    UNIQUE = "unique"
    ANY = "any"
    FIRST = "first"
    EACH = "each"
    PRIORITY = "priority"
    OUTPUT = "output"
    COLLECT = "collect"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


class Measure(StrEnum):
    """Units of measure; quantities of different measures never mix."""

    WORKDAY = "workdays"
    WORKHOUR = "workhours"
    NATURALDAY = "naturaldays"
    DAY = "days"
    HOUR = "hours"
    MINUTE = "minutes"
    MONTH = "months"
    YEAR = "years"
    WEEK = "weeks"
    TIME = "times"
    ROW = "rows"
    MEMBER = "members"
    COPY = "copies"
    ITEM = "items"
    ARTICLE = "articles"
    PERSON = "persons"
    HOUSEHOLD = "households"
    YEARSOLD = "yearsold"
    POINT = "points"
    YUAN = "yuan"
    UNIT = "units"
    CLASS = "classes"
    TIER = "tiers"
    MANHOUR = "manhours"
    PERCENT = "percent"


class Window(StrEnum):
    """The calendar period in which a quota counts; ROLLING carries its length in days."""

    YEAR = "yearly"
    HALFYEAR = "halfyearly"
    QUARTER = "quarterly"
    MONTH = "monthly"
    WEEK = "weekly"
    DAY = "daily"
    ROLLING = "rolling"
    EVER = "ever"


class Function(StrEnum):
    """Functions of expressions."""

    INFORCE = "inforce"
    COUNT = "count"
    TOTAL = "total"
    MEAN = "mean"
    PORTION = "portion"
    HIGHEST = "highest"
    LOWEST = "lowest"
    LASTYEAR = "lastyear"
    UPPER = "upper"
    LOWER = "lower"
    MAX = "max"
    MIN = "min"
    ROUNDDOWN = "rounddown"
    ROUNDUP = "roundup"
    ROUND = "round"
    WORKDAYCOUNT = "workdaycount"
    DAYCOUNT = "daycount"
    DAYKIND = "daykind"  # 逢: has no word of its own


OUTCOMES: dict[Outcome, tuple[str, str]] = {
    Outcome.ADMIT: ("准入", "admit"),
    Outcome.REFUSE: ("拒绝", "refuse"),
    Outcome.DEFER: ("暂缓", "defer"),
    Outcome.INCOMPLETE: ("补正", "incomplete"),
}

LIST_KINDS: dict[ListKind, tuple[str, str]] = {
    ListKind.RESPONSIBILITY: ("职责", "responsibility"),
    ListKind.ASSISTANCE: ("协助", "assistance"),
    ListKind.ADMISSION: ("准入", "admission"),
    ListKind.PROHIBITION: ("禁止", "prohibition"),
    ListKind.CERTIFICATE: ("证明", "certificate"),
    ListKind.CATALOGUE: ("目录", "catalogue"),
}

TYPES: dict[TypeName, tuple[str, str]] = {
    TypeName.TEXT: ("文本", "text"),
    TypeName.NUMBER: ("数值", "number"),
    TypeName.MONEY: ("金额", "money"),
    TypeName.RATIO: ("比例", "ratio"),
    TypeName.DATE: ("日期", "date"),
    TypeName.MOMENT: ("时刻", "moment"),
    TypeName.SPAN: ("时段", "span"),
    TypeName.FLAG: ("是否", "flag"),
    TypeName.CHOICE: ("枚举", "choice"),
    TypeName.CHOICES: ("多选", "choices"),
    TypeName.UNIT: ("单位", "unit"),
    TypeName.UNITS: ("单位组", "units"),
    TypeName.PERSON: ("人员", "person"),
    TypeName.MATTER: ("事项", "matter"),
    TypeName.ATTACHMENT: ("附件", "attachment"),
}

HIT_POLICIES: dict[HitPolicy, tuple[str, str]] = {
    HitPolicy.UNIQUE: ("唯一一行", "unique"),
    HitPolicy.ANY: ("任一行", "any"),
    HitPolicy.FIRST: ("首行", "first"),
    HitPolicy.EACH: ("各行", "each"),
    HitPolicy.PRIORITY: ("优先", "priority"),
    HitPolicy.OUTPUT: ("输出次序", "output"),
    HitPolicy.COLLECT: ("汇集", "collect"),
    HitPolicy.SUM: ("合计", "sum"),
    HitPolicy.MIN: ("最小", "min"),
    HitPolicy.MAX: ("最大", "max"),
    HitPolicy.COUNT: ("计数", "count"),
}

# Chinese spellings first; the first of each language is printed.
MEASURES: dict[Measure, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Measure.WORKDAY: (("个工作日", "工作日"), ("workdays", "workday")),
    Measure.WORKHOUR: (("个工作小时", "工作小时"), ("workhours", "workhour")),
    Measure.NATURALDAY: (("个自然日", "自然日"), ("naturaldays", "naturalday")),
    Measure.DAY: (("日", "天"), ("days", "day")),
    Measure.HOUR: (("小时", "个小时"), ("hours", "hour")),
    Measure.MINUTE: (("分钟",), ("minutes", "minute")),
    Measure.MONTH: (("个月",), ("months", "month")),
    Measure.YEAR: (("年",), ("years", "year")),
    Measure.WEEK: (("周",), ("weeks", "week")),
    Measure.TIME: (("次",), ("times", "time")),
    Measure.ROW: (("行",), ("rows", "row")),
    Measure.MEMBER: (("名",), ("members", "member")),
    Measure.COPY: (("份",), ("copies", "copy")),
    Measure.ITEM: (("项",), ("items", "item")),
    Measure.ARTICLE: (("条",), ("articles", "article")),
    Measure.PERSON: (("人",), ("persons", "person")),
    Measure.HOUSEHOLD: (("户",), ("households", "household")),
    Measure.YEARSOLD: (("岁",), ("yearsold", "yearold")),
    Measure.POINT: (("分",), ("points", "point")),
    Measure.YUAN: (("元",), ("yuan",)),
    Measure.UNIT: (("个",), ("units", "unit")),
    Measure.CLASS: (("类",), ("classes", "class")),
    Measure.TIER: (("级",), ("tiers", "tier")),
    Measure.MANHOUR: (("工时",), ("manhours", "manhour")),
    Measure.PERCENT: (("%",), ("%", "percent")),
}

# Measures of time; a limit is an amount of one of them.
TIME = frozenset(
    {
        Measure.WORKDAY,
        Measure.WORKHOUR,
        Measure.NATURALDAY,
        Measure.DAY,
        Measure.HOUR,
        Measure.MINUTE,
        Measure.WEEK,
        Measure.MONTH,
        Measure.YEAR,
    }
)

# Those that run by the clock, not by days.
CLOCK = frozenset({Measure.WORKHOUR, Measure.HOUR, Measure.MINUTE})

WINDOWS: dict[Window, tuple[str, str]] = {
    Window.YEAR: ("每年", "yearly"),
    Window.HALFYEAR: ("每半年", "halfyearly"),
    Window.QUARTER: ("每季度", "quarterly"),
    Window.MONTH: ("每月", "monthly"),
    Window.WEEK: ("每周", "weekly"),
    Window.DAY: ("每日", "daily"),
    Window.ROLLING: ("任意连续", "rolling"),
    Window.EVER: ("累计", "cumulative"),
}

FUNCTIONS: dict[Function, tuple[str, str]] = {
    Function.INFORCE: ("有效", "inforce"),
    Function.COUNT: ("计数", "count"),
    Function.TOTAL: ("合计", "total"),
    Function.MEAN: ("平均", "mean"),
    Function.PORTION: ("占比", "portion"),
    Function.HIGHEST: ("最高", "highest"),
    Function.LOWEST: ("最低", "lowest"),
    Function.LASTYEAR: ("上年", "lastyear"),
    Function.UPPER: ("上限", "upper"),
    Function.LOWER: ("下限", "lower"),
    Function.MAX: ("取大", "max"),
    Function.MIN: ("取小", "min"),
    Function.ROUNDDOWN: ("向下取整", "rounddown"),
    Function.ROUNDUP: ("向上取整", "roundup"),
    Function.ROUND: ("四舍五入", "round"),
    Function.WORKDAYCOUNT: ("工作日数", "workdaycount"),
    Function.DAYCOUNT: ("日数", "daycount"),
}

# Shares of a meeting; 各方一致 says the same as 各方齐全, of those in favour.
QUORUMS: dict[str, tuple[str, str]] = {
    "majority": ("过半数", "majority"),
    "twothirds": ("三分之二以上", "twothirds"),
    "everyone": ("各方齐全", "everyone"),
}
UNANIMOUS = ("各方一致", "unanimous")

# Kinds of day of a calendar.
DAY_KINDS: dict[str, tuple[str, str]] = {
    "workday": ("工作日", "workday"),
    "restday": ("休息日", "restday"),
    "holiday": ("法定休假日", "holiday"),
}

# The numbers by which expressions tell them apart.
KIND_NUMBERS: dict[str, int] = {kind: number for number, kind in enumerate(DAY_KINDS)}

# 由 牵头及下级: the lead units of the entry and what stands below them.
LEADS_AND_BELOW = ("牵头及下级", "leads_and_below")

# Words of a list line that mean the entry's own.
OWN_LEADS = ("牵头", "lead")

# Facts of the store that a test or a request may give about a quota.
QUOTA_USED = ("已用", "used")
QUOTA_COUNTED = ("已计", "counted_already")

# What a test may demand of a check and of a scorecard, and what a check comes to.
FOUND_IN_TESTS = {
    "verdict": ("结论", "verdict"),
    "number": ("件数", "number"),
    "who": ("查到", "found"),
}
VERDICTS_IN_TESTS = {
    "met": ("符合", "met"),
    "not_met": ("不符合", "not_met"),
    "unsure": ("查不清", "unsure"),
}
SCORED_IN_TESTS = {
    "total": ("总分", "total_score"),
    "grade": ("等次", "grade"),
    "rank": ("名次", "rank"),
    "recommended": ("推荐", "recommended"),
}

# The date that a test or a request fixes when its form has no field for it.
DAY = ("日期", "date")

# The same in files of requests: offices head that column of their registers in these ways too.
DAY_COLUMNS = (*DAY, "收件日期", "收到日期", "收文日期", "收件时间", "收到时间", "收文时间")

# The day on which a guard of a workflow, or a check, is asked.
TODAY = ("今日", "today")

# What fills in who sends, where nobody else may (由 系统 确认).
SYSTEM = ("系统", "system")

# The body above another: `上级(来文单位)`.
SUPERIOR = ("上级", "superior")

# Results of a meeting.
PASSED = ("通过", "passed")
NOT_PASSED = ("未通过", "not_passed")
TOO_FEW = ("人数不足", "too_few")

# Calendars that need no declaration: office hours on working days; every day, around the clock.
OFFICE_HOURS = ("工作时间", "office_hours")
NATURAL_DAYS = ("自然日", "naturaldays")
ROUND_THE_CLOCK = ("全天候", "round_the_clock")

# Settings of a calendar: what comes in after hours counts from the next day; whether minutes and
# hours run only while it is open.
RECEIPT = (("下班后收件", "after_hours"), ("次日", "next_day"))
SERVICE = ("服务", "service")
YES = ("是", "yes")

# What people may do in every workflow, unless a state forbids it (不得 督办、改派).
BUILT_IN = {
    "supervise": ("督办", "supervise"),
    "add": ("加派", "add"),
    "reassign": ("改派", "reassign"),
    "urge": ("催办", "urge"),
    "withdraw": ("撤回", "withdraw"),
    "merge": ("并件", "merge"),
    "anonymous": ("匿名保密", "anonymous"),
}
