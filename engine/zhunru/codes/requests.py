"""7xx: requests that cannot be read against their form."""

from __future__ import annotations

from zhunru.codes.entry import Code, refusals

_NEVER_GUESSED = (
    "读不懂的来件不作判定；若按猜测的值判定，结论可能与事实不符。",
    "a request that cannot be read is not decided; deciding it on a guessed value could give an "
    "outcome that the facts do not support.",
)


_code = refusals(_NEVER_GUESSED)

CODES: tuple[Code, ...] = (
    _code(
        701,
        "unknown-fact",
        "表单“{form}”没有“{name}”这一栏",
        "form `{form}` has no field `{name}`",
        "{hint_zh}",
        "{hint_en}",
        (
            "写错栏目名的事实会被当作没有提供，判定因此可能要求补正已经给出的事实。",
            "a fact under a wrong name would count as not given, so the decision would ask for "
            "what the sender has already said.",
        ),
    ),
    _code(
        702,
        "value-outside-domain",
        "“{name}”不能为“{value}”",
        "`{name}` cannot be `{value}`",
        "{hint_zh}",
        "{hint_en}",
    ),
    _code(
        703,
        "wrong-kind-of-value",
        "“{name}”应当填写{kind_zh}，所给的值不是：“{value}”",
        "`{name}` takes {kind_en}, and this is none: `{value}`",
        "{hint_zh}",
        "{hint_en}",
    ),
    _code(
        704,
        "inexact-number",
        "“{name}”给的是近似的小数“{value}”",
        "`{name}` is given as an inexact number: `{value}`",
        "请写成精确的数，例如文字“{value}”",
        "give an exact number, for example as the text `{value}`",
        (
            "二进制小数不能准确表示 0.1 这样的数，限额、金额的比较会出错。",
            "binary fractions cannot represent numbers such as 0.1, so comparisons with limits "
            "and sums of money could go wrong.",
        ),
    ),
    _code(
        705,
        "bad-day",
        "“{name}”的日期“{value}”不成立",
        "`{name}` has no such day: `{value}`",
        "日期写作 2026-01-31",
        "write days as 2026-01-31",
        (
            "日期决定适用哪一版规定，读错日期就会用错规定。",
            "the day picks the version of the law that applies; a misread day applies the wrong "
            "one.",
        ),
    ),
    _code(
        706,
        "which-decision",
        "规则集“{policy}”没有名为“{name}”的判定",
        "policy set `{policy}` has no decision named `{name}`",
        "可用的判定：{names}",
        "its decisions are: {names}",
        (
            "一个规则集可以有几个判定，用错了判定，结论就不是所问的那件事的结论。",
            "a set may hold several decisions; the answer of another one is no answer to what "
            "was asked.",
        ),
    ),
    _code(
        707,
        "unknown-register",
        "没有名为“{name}”的台账",
        "there is no register named `{name}`",
        "{hint_zh}",
        "{hint_en}",
        (
            "写错台账名，已登记的事实就不起作用。",
            "rows given under a wrong name would have no effect on the decision.",
        ),
    ),
    _code(
        708,
        "unknown-quota",
        "没有名为“{name}”的限额",
        "there is no quota named `{name}`",
        "{hint_zh}",
        "{hint_en}",
        (
            "写错限额名，已用的次数就没有计入。",
            "a use given under a wrong name would not be counted.",
        ),
    ),
    _code(
        709,
        "nothing-not-allowed",
        "“{name}”没有写明可无，不能为无",
        "`{name}` is not optional, so it cannot be none",
        "不知道的事实请不要填写，或者写“未知”",
        "leave out a fact that is not known, or write `unknown`",
        (
            "“无”是确定的事实，“未知”是还不知道；两者的结论不同。",
            "none is a definite fact, unknown is not; the two lead to different decisions.",
        ),
    ),
    _code(
        710,
        "bad-quota-use",
        "限额“{name}”的已用数应当是不小于零的整数：“{value}”",
        "the use of quota `{name}` must be a whole number from zero: `{value}`",
        "请写已经办理的次数",
        "give the number of times already used",
        (
            "已用数不对，限额的结论就不对。",
            "a quota decides by this number; a wrong one decides wrongly.",
        ),
    ),
    _code(
        711,
        "row-says-neither",
        "这一行没有写{name}、类别，也没有写办得怎么样，既不能算来件，也不能算办件",
        "the row names no {name} or category, nor how it went: it is neither a request nor a case",
        "来件请写上{name}或者类别；办件请写上是否办结、是否解决、满意度这样的栏目",
        "give the {name} or category of a request, or of a case whether it is closed, solved or "
        "satisfied",
        (
            "这一行算进哪一边都是猜的，报告的数就不可信。",
            "counting the row on either side would be a guess, and the figures not to be trusted.",
        ),
    ),
    _code(
        770,
        "unknown-workflow",
        "政策“{policy}”没有流程“{name}”；有：{names}",
        "policy `{policy}` has no workflow `{name}`; it has: {names}",
        "写出流程的名称",
        "give the name of a workflow",
        (
            "几个流程里猜一个，画出来的、算出来的都可能不是要的那个。",
            "guessing one of several workflows would draw or reckon the wrong one.",
        ),
    ),
)
