"""Habits of those who fill in sheets: signs for nothing, 同上, 长期, totals, stars on headings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import count

# What cells say for nothing where names, bases and days stand; elsewhere 无 is a value.
NOTHING = frozenset({"/", "／", "\\", "--", "——", "－－", "无", "暂无"})
# What stands above is meant, or somebody has not come to it yet.
UNSAID = frozenset({"同上", "同前", "″", "〃", "…", "……", "...", "待定", "待补充"})
OPEN_END = frozenset({"长期", "长期有效", "长期执行", "永久", "至今", "现行有效"})
# What spreadsheet programs make of a code such as 1-2 or 3:10, in a cell and in a text file that
# they write, and what is said of it.
MADE_DAY = re.compile(
    r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?|\d\d:\d\d(?::\d\d)?"
    r"|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}"
)
MADE_DAY_TOLD = (
    "编号成了日期（时间）：填 1-2 这样的号，表格软件会改成 1月2日",
    "a code that is a day or a time: spreadsheets make one of 1-2",
)
# What the file of columns beside a sheet is called: 名册.栏目.yaml beside 名册.csv.
COLUMNS_BESIDE = (".栏目.yaml", ".columns.yaml")
# What columns of running numbers are called.
NUMBERS = frozenset({"序号", "no"})
# What the rows are called that add up others, and the signs with which they begin.
TOTAL_WORDS = r"合\s*计|总\s*计|小\s*计|共\s*计|(?:sub[- ]?|grand )?total"
TOTAL_SIGNS = frozenset("合总小共tTsSgG")
# What entries are counted in; other units (人, 户, 元) are those of a column.
COUNTED = frozenset({"项", "条", "件", "个"})
# What stands below a table and is no row of it.
NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|(?:填表|填报|审核|制表|复核|经办|审批|报送|联系|统计|单位)?(?:负责)?人|制表"
    r"|(?:填表|填报|制表|报送|统计|上报)?(?:日期|时间|单位)|(?:联系|办公)?(?:电话|方式)|手机|(?:单位)?(?:盖章|签字|签章)"
    r"|分管领导|主要领导)(?:\s*[(（][^()（）]{1,8}[)）])?\s*[:：]"
)

_STARS = re.compile(r"\A[*★☆※●]+|[*★☆※●]+\Z")
_REMARK = re.compile(r"\([^()]*\)\Z")
_UNIT = re.compile(r"[%元万千亿次户人件项个天日]")


def plain_heading(word: str, known: Container[str]) -> str:
    """Return a heading without the star of a required column and a remark behind it, if known so.

    A remark that names a unit (万元) stays: what stands below is not what the column asks for.
    """
    if word in known:
        return word
    bare = _STARS.sub("", word)
    remark = _REMARK.search(bare)
    if bare not in known and remark is not None and not _UNIT.search(remark[0]):
        bare = bare[: remark.start()]
    return bare if bare in known else word


def told_apart(names: Iterable[str], is_known: Callable[[str], bool]) -> list[str]:
    """Return headings, a mere remark that stands twice told apart: the second 备注 is 备注2."""
    named, found = list(names), []
    taken = set(named)
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    for name in named:
        number = next(numbers[name])
        if number > 1 and name and not is_known(name):
            while (each := f"{name}{number}") in taken:
                number = next(numbers[name])
            taken.add(each)
            found.append(each)
        else:
            found.append(name)
    return found
