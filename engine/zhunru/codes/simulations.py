"""87x: scenarios of simulations that cannot be read, or do not fit their workflow."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_E = Severity.ERROR

CODES: tuple[Code, ...] = (
    Code(
        "ZR870",
        "scenario-key",
        _E,
        "场景文件里没有“{key}”这一项",
        "a scenario has no item `{key}`",
        "可写的有：{names}",
        "it may have: {names}",
        "写错的一项不起作用，模拟出来的就不是想问的情形。",
        "An item that is not understood would be left out, and another situation simulated.",
    ),
    Code(
        "ZR871",
        "scenario-value",
        _E,
        "“{text}”不能作“{key}”",
        "`{text}` cannot be the value of `{key}`",
        "应写成：{example_zh}",
        "write it as: {example_en}",
        "数量、单位读不出来，就无从抽样。",
        "Nothing can be drawn from numbers and units that cannot be read.",
    ),
    Code(
        "ZR872",
        "scenario-name",
        _E,
        "流程“{flow}”里没有“{name}”（写在“{key}”里）",
        "workflow `{flow}` has no `{name}` (given under `{key}`)",
        "可写的有：{names}",
        "it may be: {names}",
        "给了流程里没有的名称，所写的数就不起作用。",
        "A number given for a name that the workflow does not have would have no effect.",
    ),
    Code(
        "ZR873",
        "scenario-shape",
        _E,
        "“{key}”应当是“名称: 值”的对照",
        "`{key}` should be a mapping of names to values",
        "每行写一项，例如“研判: 指数 2 个工作小时”",
        "write one item a line, such as `triage: exponential 2 workhours`",
        "不是对照，就看不出哪个数属于哪一项。",
        "Without names nobody can tell what a number belongs to.",
    ),
    Code(
        "ZR874",
        "simulation-size",
        _E,
        "模拟的件数应在 1 至 {most} 之间，不能是“{number}”",
        "the number of cases is from 1 to {most}, not `{number}`",
        "改小 --cases；想看长期情形，一两万件通常已经够了",
        "use a smaller --cases; some ten thousand are enough to see the long run",
        "件数没有上限，会占满机器。",
        "Without a bound a simulation could fill the machine.",
    ),
)
