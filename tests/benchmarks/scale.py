"""Large registries: a list of 7,161 entries, a chart of 60,000 units with 600,000 grids.

Run `python -m tests.benchmarks.scale --write docs/benchmarks.md`; `--units 600` for a small try.
Every step runs in a process of its own, so that its memory is its own; of the rounds the median
counts. About four minutes on a quiet machine.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.benchmarks.same_code import CodeChanged, SameCode

ENTRIES = 7_161  # S3-55
UNITS = 60_000
GRIDS_EACH = 10

HEAD = """政策 GM-1 "规模测试（示例，非官方）"
  印发 省民政厅
  施行 2020-01-01
依据 办法 "社会救助暂行办法"
  施行 2014-05-01
单位 取自 "单位{suffix}"
角色 社区居委会 每个 社区
角色 民政部门 由 省民政厅
表单 来件
  来文单位 单位
  目标社区 单位 必填 主体
  事项 事项 必填
  承担方式 枚举 主责、协助
"""
RULES = """清单 办理事项 "一站式集成业务" 类型 协助 主体 社区居委会 取自 "清单{suffix}"
  要求 承担方式 为 协助 否则 拒绝 "不得转由社区主责" 代码 主责错位
判定 准入 对象 来件
  用语 准入、拒绝、暂缓、补正
  依次
    办理事项
  默认 拒绝 "没有列入清单" 代码 未准入
"""
CHECKS = """台账 网格员名册 取自 "网格员.csv"
  网格 单位 必填
  人数 数值
核查 网格有人 每个 网格 应当 有 不少于 1 行 网格员名册 否则 整改 省民政厅
核查 社区有格 每个 社区 应当 有 不少于 1 个 网格 否则 整改 省民政厅
"""


def units(number: int, grids: int) -> list[list[str]]:
    """Return a chart: province, cities, counties, streets, communities, and grids in each."""
    rows = [["省民政厅", "部门", "某省"], ["某省", "省", ""]]
    plan = [("市", 12, "某省"), ("县", 120, ""), ("街道", max(number // 43, 20), "")]
    above = ["某省"]
    for level, many, _ in plan:
        names = [f"{level}甲{n}" for n in range(min(many, number))]
        rows += [[name, level, above[n % len(above)]] for n, name in enumerate(names)]
        above = names
    communities = [f"社区甲{n}" for n in range(number - len(rows))]
    rows += [[name, "社区", above[n % len(above)]] for n, name in enumerate(communities)]
    total = number * grids
    rows += [[f"网格甲{n}", "网格", communities[n % len(communities)]] for n in range(total)]
    return rows


def write_set(folder: Path, number: int, suffix: str, *, check: bool) -> None:
    """Write a set with a chart of `number` units and ten times as many grids."""
    text = (HEAD + RULES).format(suffix=suffix) + (CHECKS if check else "")
    (folder / "准入.policy").write_text(text, encoding="utf-8")
    chart = [["名称", "层级", "上级"], *units(number, GRIDS_EACH)]
    entries = [["编号", "事项", "牵头", "依据"]]
    entries += [
        [f"YW-{n:04}", f"第{n}项业务办理", "民政部门", "办法 第四条"] for n in range(1, ENTRIES + 1)
    ]
    for name, rows in (("单位", chart), ("清单", entries)):
        if suffix == ".xlsx":
            _write_book(folder / f"{name}.xlsx", rows)
        else:
            _write_csv(folder / f"{name}.csv", rows)
    if check:
        grids = [row[0] for row in chart[1:] if row[1] == "网格"]
        staffed = [[name, "1"] for n, name in enumerate(grids) if n % 1000]
        _write_csv(folder / "网格员.csv", [["网格", "人数"], *staffed])


def _write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def _write_book(path: Path, rows: list[list[str]]) -> None:
    """Write a worksheet of texts as `openpyxl` does.

    It took a minute for 660,000 rows, longer than most of what is measured: it makes the small
    parts, the worksheet itself is written here.
    """
    from openpyxl import Workbook

    small = io.BytesIO()
    book = Workbook()
    book.worksheets[0].title = "表"
    book.save(small)
    lines = (
        f'<row r="{at}">{"".join(_cell(at, n, text) for n, text in enumerate(row))}</row>'
        for at, row in enumerate(rows, 1)
    )
    sheet = f"<worksheet {_MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>"
    out = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with zipfile.ZipFile(small) as old, out as new:
        for name in old.namelist():
            new.writestr(name, sheet if "/sheet1.xml" in name else old.read(name))


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _cell(row: int, column: int, text: str) -> str:
    place = f"{'ABCD'[column]}{row}"
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else ""


# --- the steps, each in its own process ----------------------------------------------------------


def _open(folder: str) -> Any:
    from zhunru import open_policy

    return open_policy(folder)


def _open_first(folder: str) -> None:
    assert _kept(folder) is None, "it was opened before"
    _open(folder)


def _open_again(folder: str) -> Any:
    """Open what was kept; measuring a second first opening instead would tell nothing."""
    policy = _kept(folder)
    assert policy is not None, "nothing was kept of the first opening"
    return policy


def _kept(folder: str) -> Any:
    from zhunru.compiler import cache

    return cache.find(Path(folder), ())


def _decide(folder: str) -> dict[str, float]:
    from zhunru import Request, decide

    policy = _open_again(folder)
    community = next(u.name for u in policy.core.units.values() if u.level == "社区")
    facts = {
        "来文单位": "省民政厅",
        "目标社区": community,
        "事项": f"第{ENTRIES}项业务办理",
        "承担方式": "协助",
    }
    request = Request(facts=facts, received=date(2026, 3, 2))
    start = time.process_time()
    first = decide(policy, request)
    once = time.process_time() - start
    assert first.outcome == "admit", first.outcome
    start = time.process_time()
    for _ in range(2_000):
        decide(policy, request)
    return {"first": once, "each": (time.process_time() - start) / 2_000}


def _check(folder: str) -> dict[str, float]:
    from zhunru import measures

    policy = _open_again(folder)
    start = time.process_time()
    rows = measures.Rows(policy, date(2026, 3, 2), {})
    reviewed = measures.review(rows, list(policy.core.checks))
    failing = sum(len(one.findings) for one in reviewed)
    return {"seconds": time.process_time() - start, "failing": failing}


def _floor(folder: str) -> None:
    """Read the same sheets into dictionaries by their first column, and do nothing with them."""
    tables = []
    for path in sorted(Path(folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as source:
            reader = csv.DictReader(source)
            (key, *_) = reader.fieldnames or ("",)
            tables.append({row[key]: row for row in reader})


STEPS: dict[str, Callable[[str], Any]] = {
    "floor": _floor,
    "open": _open_first,
    "decide": _decide,
    "check": _check,
}


def measure(step: str, folder: Path, cache: Path, same: SameCode) -> dict[str, Any]:
    """Run one step; return its seconds and the most memory it had, in MiB."""
    words = [sys.executable, "-m", "tests.benchmarks.scale", "--step", step, str(folder)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    # A step that ran while a file was written may have run half of each version, or failed for it.
    same.check()
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_step(step: str, folder: str) -> None:
    """Print what a step took, as JSON."""
    # Time of the processor: on a machine that does other things too, the clock says little.
    start = time.process_time()
    said = STEPS[step](folder)
    seconds = time.process_time() - start
    more = said if isinstance(said, dict) else {}
    print(json.dumps({"total": seconds, "memory": most_memory(), **more}))


def most_memory() -> float:
    """Return the most MiB that this process held; `getrusage` would count its parent too."""
    with Path("/proc/self/status").open(encoding="utf-8") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


Found = list[tuple[str, str, dict[str, Any]]]
STEPS_OF = {".csv": ("floor", "open", "decide", "check"), ".xlsx": ("open", "decide")}


def results(number: int, rounds: int, same: SameCode) -> Found:
    """Measure every step on CSV and on workbooks, round after round; return the medians."""
    found: Found = []
    for suffix, steps in STEPS_OF.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "集"
            folder.mkdir()
            write_set(folder, number, suffix, check=suffix == ".csv")
            said = [
                _round(suffix, steps, folder, Path(place) / f"{n}", same) for n in range(rounds)
            ]
        found += [(suffix, WORDS[step], middle([each[step] for each in said])) for step in steps]
    return found


def _round(
    suffix: str, steps: tuple[str, ...], folder: Path, cache: Path, same: SameCode
) -> dict[str, dict[str, Any]]:
    """Run the steps once, with nothing kept before."""
    cache.mkdir()
    found = {}
    for step in steps:
        said = found[step] = measure(step, folder, cache, same)
        # Told at once: whoever stops a run has what it measured until then.
        print(f"{suffix} {step}: {said['total']:.1f} s, {said['memory']:,.0f} MiB", flush=True)
    return found


def middle(said: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the round whose time is the median."""
    return sorted(said, key=lambda one: float(one["total"]))[len(said) // 2]


def main() -> None:
    """Measure, and print the rows of the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--step", nargs=2)
    asked = parser.parse_args()
    if asked.step:
        run_step(*asked.step)
        return
    try:
        found = results(asked.units, asked.rounds, SameCode())
    except CodeChanged as changed:
        # Nothing is printed as a table or written: half of it would be of other code.
        sys.exit(f"{changed}; measure again")
    lines = table(asked.units, asked.rounds, found)
    print("\n".join(lines))
    if asked.write:
        _replace(asked.write, lines)


HEADING = "## 大的名册"
FLOOR = "裸 Python：同样的表读成字典（底线）"
WORDS = {"floor": FLOOR, "open": "首次打开", "decide": "再次打开并判定", "check": "核查"}


def table(number: int, rounds: int, found: Found) -> list[str]:
    """Return the section of the page."""
    grids = number * GRIDS_EACH
    lines = [
        HEADING,
        "",
        f"清单 {ENTRIES:,} 条（S3-55），单位 {number:,} 个、网格 {grids:,} 个，各一行；处理器秒数，每步一个新进程，",
        f"{rounds} 轮取中位数；最多内存是这个进程自己的（VmHWM），不含上级进程的。"
        "测的时候代码有改动，就不出数字。",
        "“首次打开”是读入、检查、编译并留存；“再次打开并判定”用留存的；“核查”连同打开，查每个网格有没有网格员",
        "（每 1,000 个缺 1 个，共查出的数目如表）和每个社区有没有网格。",
        "核查用的网格员名册也是一张表，每个网格一行。底线用 `csv.DictReader` 把同样三张表读成字典，不检查，也不判定；",
        "倍数是与它所用处理器时间之比，只与 .csv 的各步相比。",
        "从 2,000 行起按栏留存，一行到有人问起时才成为对象；与逐行读的结果、发现、摘要逐一比对过",
        "（`tests/properties/test_large_sheets.py`）。界限不变：一张表不超过 128 MiB、1,048,576 行、256 栏，",
        "一格不超过 64 KiB（带引号的），工作簿不超过 64 MiB（展开后 768 MiB）。",
        f"机器：{platform.machine()}，{os.cpu_count()} 核，测毕负载 {os.getloadavg()[0]:.0f}；"
        f"{time.strftime('%Y-%m-%d')}。重跑：`python -m tests.benchmarks.scale --write docs/benchmarks.md`。",
        "",
        "| 名册 | 一步 | 秒 | 倍数 | 最多内存（MiB） | 另记 |",
        "|---|---|---:|---:|---:|---|",
    ]
    floor = next((said["total"] for _, step, said in found if step == FLOOR), 0)
    for suffix, step, said in found:
        more = [f"{word} {said[key]:{form}}" for key, word, form in _MORE if key in said]
        times = f"×{said['total'] / floor:.1f}" if floor and suffix == ".csv" else "–"
        memory = f"{said['memory']:,.0f}"
        row = [suffix, step, f"{said['total']:.1f}", times, memory, "；".join(more)]
        lines.append("| " + " | ".join(row) + " |")
    return [*lines, ""]


_MORE = (
    ("first", "首件判定（秒）", ".3f"),
    ("each", "以后每件（秒）", ".7f"),
    ("seconds", "其中核查（秒）", ".1f"),
    ("failing", "查出", ",d"),
)


def _replace(path: Path, lines: list[str]) -> None:
    """Put the section in the place of the one before; other sections stay as they are."""
    before, _, rest = path.read_text(encoding="utf-8").partition(f"{HEADING}\n")
    after = rest[rest.index("\n## ") + 1 :] if "\n## " in rest else ""
    text = before.rstrip("\n") + "\n\n" + "\n".join(lines) + ("\n" + after if after else "")
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
