"""Places in the text of policy files where a slip of the pen changes what they say.

A fault is one line written differently, or left out, as a person would do it by mistake.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Line `number` (from 1) of a file says `after` for `before`; None: it is left out."""

    path: str
    number: int
    kind: str
    before: str
    after: str | None

    def plant(self, folder: Path) -> None:
        """Write the file as somebody has who made the mistake."""
        file = folder / self.path
        lines = file.read_text(encoding="utf-8").split("\n")
        assert lines[self.number - 1] == self.before
        lines[self.number - 1 : self.number] = [] if self.after is None else [self.after]
        file.write_text("\n".join(lines), encoding="utf-8")


Way = Callable[[str], Iterable[str | None]]

_DAY = re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b")
_SPAN = re.compile(r"(\d+)( 个工作日| 个工作小时| 个自然日| 日内| 小时| 分钟)")
_BOUND = re.compile(r"(不超过|不少于|超过|不满|不低于|至少)( \d+)")
_NUMBER = re.compile(r"(?<=[ |])(\d+)(?= (?:次|户|人|件|条|元|万元|块|处)\b)")
_OTHERWISE = {
    "不超过": "不少于",
    "不少于": "不超过",
    "超过": "不满",
    "不满": "超过",
    "不低于": "不超过",
    "至少": "不超过",
}


def other_bounds(line: str) -> Iterator[str]:
    """A bound the wrong way round, or one off."""
    for found in _BOUND.finditer(line):
        yield line[: found.start()] + _OTHERWISE[found[1]] + line[found.end(1) :]
    for found in _NUMBER.finditer(line):
        yield f"{line[: found.start()]}{int(found[1]) + 1}{line[found.end() :]}"


def other_days(line: str) -> Iterator[str]:
    """A date a year late, or a month early."""
    for found in _DAY.finditer(line):
        try:
            day = date.fromisoformat(found[0])
            later = day.replace(year=day.year + 1)
        except ValueError:
            continue
        for wrong in (later, day - timedelta(31)):
            yield line[: found.start()] + wrong.isoformat() + line[found.end() :]


def other_deadlines(line: str) -> Iterator[str]:
    """A deadline one longer, or twice as long."""
    if "任意连续" in line:
        return
    for found in _SPAN.finditer(line):
        for wrong in (int(found[1]) + 1, int(found[1]) * 2):
            yield line[: found.start()] + str(wrong) + line[found.end(1) :]


def wider_conditions(line: str) -> Iterator[str]:
    """One of two conditions forgotten, or 或 for 且."""
    for found in re.finditer(r" 且 [^|，“”\"]*?(?= 且 | 或 | *\||$| 否则| →)", line):
        yield line[: found.start()] + line[found.end() :]
        yield line[: found.start()] + " 或 " + line[found.start() + 3 :]


def no_exception(line: str) -> Iterator[str | None]:
    """An exception that was left out."""
    if line.strip().startswith("除外 ") or line.strip().startswith("除外:"):
        yield None


def no_row(line: str) -> Iterator[None]:
    """A row that was left out."""
    if line.lstrip().startswith("|"):
        yield None


def no_clause(line: str) -> Iterator[None]:
    """A clause that was left out."""
    if re.match(r"\s+(要求|限额|义务|约束|改由|流程|到达) ", line):
        yield None


KINDS: dict[str, Way] = {
    "bound": other_bounds,
    "date": other_days,
    "deadline": other_deadlines,
    "condition": wider_conditions,
    "exception": no_exception,
    "row": no_row,
    "clause": no_clause,
}


def faults_of(folder: Path) -> list[Fault]:
    """Return every fault that can be planted in the files of a set, in order.

    What the set says about itself is left alone: its tests, its comments and where it took things
    from.
    """
    found: list[Fault] = []
    for file in sorted(folder.rglob("*")):
        if file.suffix not in {".policy", ".yaml", ".csv"} or file.name.startswith("测试"):
            continue
        lines = file.read_text(encoding="utf-8").split("\n")
        name = str(file.relative_to(folder))
        found += _in_sheet(name, lines) if file.suffix == ".csv" else _in_text(name, lines)
    return found


def _in_sheet(name: str, lines: Lines) -> Iterator[Fault]:
    for number, line in enumerate(lines[1:], 2):
        if line:
            yield Fault(name, number, "row", line, None)
            yield from (Fault(name, number, "date", line, after) for after in other_days(line))


def _in_text(name: str, lines: Lines) -> Iterator[Fault]:
    testing = False
    for number, line in enumerate(lines, 1):
        if line and not line[0].isspace():
            testing = line.startswith("测试")
        if testing or line.lstrip().startswith(("#", "出处", "取自", "来源", "备注")):
            continue
        for kind, way in KINDS.items():
            if kind == "row" and _is_heading(lines, number - 1):
                continue
            for after in way(line):
                yield Fault(name, number, kind, line, after)


def _is_heading(lines: Lines, at: int) -> bool:
    return at == 0 or not lines[at - 1].lstrip().startswith("|")


def chosen(faults: Iterable[Fault], count: int, seed: int) -> list[Fault]:
    """Return `count` of them by chance, as many of each kind as there are."""
    chance = random.Random(seed)
    kinds: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        kinds[fault.kind].append(fault)
    for own in kinds.values():
        chance.shuffle(own)
    taken: list[Fault] = []
    while len(taken) < count and any(kinds.values()):
        taken += [own.pop() for own in kinds.values() if own]
    return taken[:count]
