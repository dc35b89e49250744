"""What the commands about cases and simulations say, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "simulate": (
        "模拟许多办件：排队、逾期、忙闲。",
        "Play many cases through by chance: queues, lateness, load.",
    ),
    "simulate.flow": ("模拟哪个流程（有几个时）。", "Which workflow, where the set has several."),
    "simulate.cases": ("模拟多少件。", "How many cases."),
    "simulate.seed": (
        "随机数的种子；种子相同，结果相同。",
        "Seed of chance; the same seed gives the same figures.",
    ),
    "simulate.scenario": (
        "场景文件：到达、办理时长、去向、人手。",
        "Scenario file: arrivals, handling times, choices, staff.",
    ),
    "simulate.plot": ("另把图画进这个 SVG 文件。", "Also draw a plot into this SVG file."),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "simulate.title": (
        "{flow}：模拟 {n} 件（种子 {seed}）。前提是假定的，结果用来比较方案，不是预测。",
        "{flow}: {n} simulated cases (seed {seed}). They rest on assumptions: use them to "
        "compare, not to predict.",
    ),
    "simulate.counts": (
        "{start} 至 {end}，办结 {closed} 件，在办 {open} 件，逾期过的 {late} 件（{share}）",
        "{start} to {end}: {closed} closed, {open} open, {late} late at some time ({share})",
    ),
    "simulate.ends": ("办结：", "ends: "),
    "simulate.took": (
        "从开立到办结（工作日，按 {hours} 小时一天）：平均 {mean}，一半在 {median} 以内，"
        "九成在 {p90} 以内，最长 {most}",
        "from opening to end (working days of {hours} hours): mean {mean}, half within {median}, "
        "nine tenths within {p90}, longest {most}",
    ),
    "simulate.beyond": (
        "其中 {n} 件的期限在已公布的节假日安排之后，不会自己到期",
        "the time of {n} of them ends past the published calendar, so it never ends by itself",
    ),
    "simulate.refused": (
        "选中的动作流程不许办、改选别的：{codes}（用 zhunru explain 看代码）",
        "chosen actions that the workflow did not allow: {codes} (see zhunru explain)",
    ),
    "simulate.opened": (
        "另外产生的办件 {n} 件，没有模拟",
        "{n} further cases opened by them, not played",
    ),
    "simulate.curtailed": (
        "有的办件转了 500 个环节还没有办完，没有再往下模拟",
        "some cases went through 500 states without an end; they were left there",
    ),
    "simulate.state": ("环节", "state"),
    "simulate.visits": ("进入", "visits"),
    "simulate.acted": ("办理", "done"),
    "simulate.expired": ("期满", "expiry"),
    "simulate.overdue": ("逾期", "overdue"),
    "simulate.share": ("逾期占", "share"),
    "simulate.stay": ("停留(工作小时)", "stay (work hours)"),
    "simulate.p90": ("九成在", "p90"),
    "simulate.crew": ("承办", "by"),
    "simulate.staff": ("人手", "staff"),
    "simulate.tasks": ("办件", "tasks"),
    "simulate.load": ("忙闲", "load"),
    "simulate.queue": ("平均排队", "queue"),
    "simulate.most": ("最多", "longest"),
    "simulate.wait": ("等待(工作小时)", "wait (work hours)"),
    "simulate.unbounded": ("不限", "any"),
    "simulate.assumed": ("前提：", "Assumptions:"),
    "simulate.default": ("（默认）", " (default)"),
}
