"""4xx: tables with rows or results that mean nothing."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_E = Severity.ERROR

CODES: tuple[Code, ...] = (
    Code(
        "ZR422",
        "row-twice",
        _E,
        "对照表“{name}”有两行条件相同",
        "table `{name}` has two rows with the same conditions",
        "合并或者删去一行",
        "merge them, or take one out",
        "同样的情形两行都对上，只有一行是多余的，或者两行说法不一。",
        "The same case meets both rows.",
    ),
    Code(
        "ZR423",
        "unreachable-row",
        _E,
        "对照表“{name}”的这一行轮不到，前面已有一行什么都对得上",
        "this row of table `{name}` is never reached: an earlier one meets everything",
        "把全是“-”的一行移到最后",
        "move the row of all - to the end",
        "取首行时，后面的行都不起作用。",
        "With first, no row after one that meets everything has an effect.",
    ),
    Code(
        "ZR424",
        "row-length",
        _E,
        "这一行有 {given} 格，表头有 {wanted} 栏",
        "the row has {given} cells, the heading {wanted}",
        "补齐或者删去多余的格",
        "give it one cell for each column",
        "格数不对，就不知道哪一格是哪一栏。",
        "With another number of cells it is open which belongs to which column.",
    ),
    Code(
        "ZR425",
        "table-without-result",
        _E,
        "对照表“{name}”没有结果栏",
        "table `{name}` has no result column",
        "在结果栏的表头前加“→”",
        "mark the result columns with ->",
        "没有结果栏，查了也没有结果。",
        "Looking it up would give nothing.",
    ),
    Code(
        "ZR426",
        "sum-of-words",
        _E,
        "结果栏“{name}”不是数，不能合计或者取最大、最小",
        "column `{name}` is no number and has no sum, least or greatest",
        "改用“取 唯一一行”等，或者填数",
        "use another pick, or fill in numbers",
        "文字不能相加。",
        "Words cannot be added up.",
    ),
    Code(
        "ZR427",
        "no-priority",
        _E,
        "对照表“{name}”取“优先”“输出次序”，但结果栏“{column}”没有排出先后",
        "table `{name}` ranks its rows, but column `{column}` has no order",
        "写明：先后 {column}：甲、乙、丙",
        "add a line that lists its values in order",
        "没有先后，就不知道取哪一行。",
        "Without an order it is open which row wins.",
    ),
)
