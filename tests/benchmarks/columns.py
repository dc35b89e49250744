"""Measure deciding over columns beside deciding row by row, and beside hand-written Python.

`python -m tests.benchmarks.columns` prints Markdown, in about three minutes; `--full`, which the
page is written with, takes ten: three million rows are needed to see that memory stops growing.
Before anything is timed, columns must answer as the other ways do. Times are of the processor and
hold everything: reading the file, making the classes, deciding.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
from tests.benchmarks import floor, ours
from tests.benchmarks.page import write_section
from tests.benchmarks.workload import TODAY, Item, items, requests

from zhunru import open_policy, read_requests
from zhunru.batch.columns import Answer, ColumnsEngine, answer_of
from zhunru.batch.frames import read_frames
from zhunru.compiler import CompiledPolicy
from zhunru.decision import decide
from zhunru.vocabulary import TypeName

TITLE = "整列判定(历史来件)"
TARGET = 1_000_000  # requests a minute a core
WEIHAI = Path(__file__).parents[2] / "policies" / "weihai"
COMPARED = 1_000
# How often a fact is missing in a history: what is asked of a sender less often stands in fewer rows.
GAPS = {
    "来文单位": 0.01, "目标社区": 0.01, "事项": 0.002, "类别": 0.02, "承担方式": 0.1,
    "拟进入日期": 0.02, "经费到位": 0.2, "报表备案": 0.2, "用途": 0.5,
}  # fmt: skip

# Runs in a process of its own: what it holds, in MiB, before it decides a file and at most. What
# `getrusage` says of the most is no good here: it counts the parent that the process came from.
HELD = """
import sys
from datetime import date
from pathlib import Path
from zhunru import open_policy
from zhunru.batch.columns import ColumnsEngine
from zhunru.batch.frames import read_frames

def held(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))

engine = ColumnsEngine(open_policy(sys.argv[1]), received=date(2026, 6, 1))
before = held("VmRSS:")
rows = sum(len(engine.decide(frame)) for frame in read_frames(Path(sys.argv[2])))
print(before, held("VmHWM:"), rows)
"""
FORMS = ("csv", "jsonl", "parquet")


@dataclass(frozen=True)
class Size:
    """How many rows are decided: of a list, of the shipped set, and to see what memory they take."""

    listed: int
    past: int
    memory: tuple[int, ...]
    memory_of_others: tuple[int, ...]


FULL = Size(200_000, 300_000, (200_000, 1_000_000, 3_000_000), (200_000, 1_000_000))
BRIEF = Size(100_000, 150_000, (200_000, 600_000), (200_000,))

Row = dict[str, Any]


@dataclass(frozen=True)
class History:
    """Past requests to a set, and how to make as many of them as are wanted."""

    name: str
    policy: CompiledPolicy
    path: Path
    make: Callable[[int], Iterator[Row]]
    plain: Callable[[Row], tuple[str, ...]] | None = None


# --- histories ---------------------------------------------------------------------------------


def of_list(folder: Path, count: int) -> History:
    """Complete requests to one list, as those of the other benchmarks."""
    listed = items(count)
    policy, _, _ = ours.opened(listed, folder)
    return History(
        f"一张 {count} 条的清单,八栏齐全",
        policy,
        folder / "bench",
        lambda rows: iter(requests(listed, rows)),
        floor_of(listed),
    )


def floor_of(listed: list[Item]) -> Callable[[Row], tuple[str, ...]]:
    return floor.compiled(listed)


def of_weihai() -> History:
    """A history like that of a hotline: a shipped set with all its rules, some facts missing."""
    policy = open_policy(WEIHAI)
    return History("威海规则集,部分栏目缺填", policy, WEIHAI, lambda rows: past(policy, rows))


def past(policy: CompiledPolicy, rows: int, seed: int = 7) -> Iterator[Row]:
    """Requests of five years from forty senders; one in seven about what is on no list."""
    rng = Random(seed)
    plan = policy.plan()
    titles = list(policy.titles(plan))
    units = policy.core.units.values()
    senders = rng.sample([unit.name for unit in units], 40)
    asked = [unit.name for unit in units if unit.level == "社区"]

    def value(name: str, kind: Any) -> str:
        if kind.name is TypeName.MATTER:
            return rng.choice(titles) if rng.random() < 6 / 7 else f"临时工作{rng.randrange(200)}"
        if kind.name is TypeName.UNIT:
            return rng.choice(asked if name == plan.addressee_field else senders)
        if kind.name is TypeName.DATE:
            return (date(2022, 1, 1) + timedelta(rng.randrange(1_800))).isoformat()
        chosen: str = rng.choice(kind.values or ("是", "否"))
        return chosen

    for _ in range(rows):
        yield {
            name: "" if rng.random() < GAPS[name] else value(name, field.type)
            for name, field in plan.fields.items()
        }


def plain_cell(value: Any) -> str:
    return ("否", "是")[value] if isinstance(value, bool) else str(value)


def write_sheet(history: History, rows: int, path: Path) -> None:
    """Write requests as a sheet, one after the other: there may be millions."""
    made = ({n: plain_cell(v) for n, v in row.items()} for row in history.make(rows))
    first = next(made)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(first))
        sheet.writeheader()
        sheet.writerow(first)
        sheet.writerows(made)


def write_files(history: History, rows: int, folder: Path) -> dict[str, Path]:
    """Write the same requests in three forms."""
    made = [{n: plain_cell(v) for n, v in row.items()} for row in history.make(rows)]
    paths = {form: folder / f"history.{form}" for form in ("csv", "jsonl", "parquet")}
    write_sheet(history, rows, paths["csv"])
    with paths["jsonl"].open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    pl.DataFrame(made).write_parquet(paths["parquet"], row_group_size=50_000)
    return paths


# --- measuring ---------------------------------------------------------------------------------


def by_columns(history: History, path: Path) -> Iterator[Answer]:
    engine = ColumnsEngine(history.policy, received=TODAY)
    for frame in read_frames(path):
        yield from engine.decide(frame)


def by_rows(history: History, path: Path) -> Iterator[Answer]:
    for row in read_requests(path, history.policy, received=TODAY):
        assert row.request is not None
        yield answer_of(decide(history.policy, row.request))


def compare(history: History, paths: dict[str, Path]) -> None:
    """Refuse to time what answers otherwise."""
    wanted = list(islice(by_rows(history, paths["csv"]), COMPARED))
    for path in paths.values():
        if list(islice(by_columns(history, path), COMPARED)) != wanted:
            raise AssertionError(f"{path.name} is answered otherwise over columns")
    if history.plain is not None:
        expected = [history.plain(row)[0] for row in history.make(COMPARED)]
        assert [answer.outcome and answer.outcome.value for answer in wanted] == expected


def micros(run: Callable[[], Any], rows: int) -> float:
    start = time.process_time()
    run()
    return (time.process_time() - start) / rows * 1e6


def exhaust(made: Iterator[Any]) -> None:
    for _ in made:
        pass


def measure(history: History, rows: int, rounds: int, folder: Path) -> list[tuple[str, float]]:
    """Return microseconds a request by lane: the median of the rounds, which are interleaved."""
    paths = write_files(history, rows, folder)
    compare(history, paths)
    few = max(200, rows // 50)
    lanes: dict[str, Callable[[], float]] = {}
    if history.plain is not None:
        made, plain = list(history.make(few * 10)), history.plain
        lanes["手写 Python(底线),事实已在字典里"] = lambda: micros(
            lambda: [plain(row) for row in made], len(made)
        )
    lanes["逐行读 CSV、逐行 `decide`"] = lambda: micros(
        lambda: exhaust(islice(by_rows(history, paths["csv"]), few)), few
    )
    for form, path in paths.items():
        lanes[f"整列,从 {form} 读起"] = lambda path=path: micros(  # type: ignore[misc]
            lambda: exhaust(by_columns(history, path)), rows
        )
    costs: dict[str, list[float]] = {name: [] for name in lanes}
    for _ in range(rounds):
        for name, run in lanes.items():
            costs[name].append(run())
    return [(name, sorted(some)[len(some) // 2]) for name, some in costs.items()]


def held(history: History, rows: int, form: str, folder: Path) -> tuple[float, float]:
    """Return the MiB that a process holds before it decides a file, and at most."""
    path = folder / f"held.{form}"
    write_large(history, rows, path)
    done = subprocess.run(
        [sys.executable, "-c", HELD, str(history.path), str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    path.unlink()
    before, after, decided = map(float, done.stdout.split())
    assert decided == rows
    return before, after


def write_large(history: History, rows: int, path: Path) -> None:
    """Write requests in one form, never all of them in memory."""
    sheet = path.with_suffix(".csv")
    write_sheet(history, rows, sheet)
    if path.suffix == ".parquet":
        scanned = pl.scan_csv(sheet, infer_schema=False)
        scanned.sink_parquet(path, row_group_size=50_000)
    elif path.suffix == ".jsonl":
        with (
            sheet.open(encoding="utf-8", newline="") as source,
            path.open("w", encoding="utf-8") as file,
        ):
            for row in csv.DictReader(source):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if path != sheet:
        sheet.unlink()


# --- the report --------------------------------------------------------------------------------


def report(
    found: Sequence[tuple[History, list[tuple[str, float]]]],
    rows: Sequence[int],
    memory: Sequence[tuple[int, str, float, float]],
) -> Iterator[str]:
    yield (
        f"清单一节 {rows[0]:,} 件,威海一节 {rows[1]:,} 件,从文件读起(读入、分类、判定全部在内),答案含结论、用语、理由、条款、依据、"
        "所缺材料。计时之前逐件比对过整列与逐行的答案。处理器时间,单核。"
    )
    yield (
        f"机器:{platform.machine()},{os.cpu_count()} 核,{platform.system()},"
        f"CPython {platform.python_version()};{time.strftime('%Y-%m-%d')}。"
        "重跑:`python -m tests.benchmarks.columns --full --write docs/benchmarks.md`(不加 `--full` 三分钟,件数少)。"
    )
    for history, lanes in found:
        by_row = next(cost for name, cost in lanes if name.startswith("逐行"))
        plain = next((cost for name, cost in lanes if name.startswith("手写")), None)
        yield f"\n### {history.name}\n"
        yield "| 做法 | 微秒/件 | 件/分钟·核 | 比逐行快 | 为手写的几倍 |"
        yield "|---|---:|---:|---:|---:|"
        for name, cost in lanes:
            floored = f"×{cost / plain:.1f}" if plain else "–"
            yield f"| {name} | {cost:.2f} | {60e6 / cost:,.0f} | ×{by_row / cost:.1f} | {floored} |"
        worst = max(cost for name, cost in lanes if name.startswith("整列"))
        met = "达到" if 60e6 / worst >= TARGET else "未达到"
        yield f"\n- 目标每核每分钟 {TARGET:,} 件:{met}(最慢的一种 {60e6 / worst:,.0f})。"
    if memory:
        yield "\n### 内存(威海,MiB)\n"
        yield "| 件数 | 文件 | 判定之前 | 最多 |"
        yield "|---:|---|---:|---:|"
        for count, form, before, after in memory:
            yield f"| {count:,} | {form} | {before:.0f} | {after:.0f} |"
        yield "\n- 每次另起一个进程,“最多”是它自己的(VmHWM),不含上级进程的。"
        for form in FORMS:
            sizes = [(count, after) for count, kind, _, after in memory if kind == form]
            if len(sizes) > 1:
                (few, small), (many, large) = min(sizes), max(sizes)
                yield f"- {form}:件数多到 {many / few:.0f} 倍,最多的内存为 {large / small:.2f} 倍。"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--entries", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args(arguments)
    size = FULL if chosen.full else BRIEF
    with tempfile.TemporaryDirectory(prefix="zr-columns-") as name:
        folder = Path(name)
        histories = [of_list(folder, chosen.entries), of_weihai()]
        rows = [size.listed, size.past]
        found = [
            (h, measure(h, count, chosen.rounds, folder))
            for h, count in zip(histories, rows, strict=True)
        ]
        memory = [
            (count, form, *held(histories[1], count, form, folder))
            for form in FORMS
            for count in (size.memory if form == "csv" else size.memory_of_others)
        ]
    text = "\n".join(report(found, rows, memory))
    print(text)
    if chosen.write:
        write_section(chosen.write, TITLE, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
