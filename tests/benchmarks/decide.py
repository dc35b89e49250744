"""Compare one decision with hand-written Python and with other engines.

`python -m tests.benchmarks.decide [--quick] [--write docs/benchmarks.md]` prints Markdown tables.
Before anything is timed, every engine must give the floor's answer to every request.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import floor, ours, peers, starting
from tests.benchmarks.page import others_kept
from tests.benchmarks.timing import Measured, interleaved
from tests.benchmarks.workload import Answer, items, requests

FLOOR = "手写 Python(底线)"
OURS = "本引擎:结论、理由、依据、条目"
OURS_DECIDED = "本引擎:同上,读自判定(`decider`,可再问建议)"
OURS_ASKED = "本引擎:同上,decide(策略, 备好的请求)"
OURS_BUILT = "本引擎:同上,decide(策略, 当场组装的请求)"
OURS_RECORD = "本引擎:完整记录(文字、依据、义务、去向、所用事实……)"
OURS_EACH = "本引擎:完整记录,decide(策略, 备好的请求),逐项读自判定"
OURS_PLAIN = "本引擎:完整记录,写成 JSON 结构"
OURS_WRITTEN = "本引擎:完整记录和全部建议,写成 JSON 结构"


TARGETS = {OURS: 2.5, OURS_RECORD: 4.0}
START_TARGET = 2.0


class Disagreement(Exception):
    """An engine's answer is not the floor's."""


@dataclass(frozen=True)
class Size:
    """What was found for lists of one size."""

    count: int
    measured: Mapping[str, Measured]
    loads: Mapping[str, float]
    left_out: Sequence[str]


def measure(count: int, rounds: int, asked: int, wanted_peers: Sequence[peers.Peer]) -> Size:
    """Build everything for `count` entries, compare all answers, then time them together."""
    listed = items(count)
    inputs = requests(listed, asked)
    loads: dict[str, float] = {}
    plain = timed(loads, FLOOR, lambda: floor.compiled(listed))
    expected = [plain(facts) for facts in inputs]
    subjects: dict[str, Callable[[Any], object]] = {FLOOR: lambda pair: plain(pair[0])}
    with tempfile.TemporaryDirectory() as folder:
        policy, first, second = ours.opened(listed, Path(folder))
    loads["本引擎:新进程,首次打开(读入、检查、编译)并判定一次"] = first
    loads["本引擎:新进程,再次打开(用缓存)并判定一次"] = second
    pairs = [(facts, ours.request_of(facts)) for facts in inputs]
    subjects |= {
        OURS: ours.answered(policy),
        OURS_DECIDED: ours.held(policy),
        OURS_ASKED: ours.answers(policy),
        OURS_BUILT: ours.built(policy),
        OURS_RECORD: ours.records(policy),
        OURS_EACH: ours.each_read(policy),
    }
    for name in (OURS, OURS_DECIDED, OURS_ASKED, OURS_BUILT, OURS_RECORD, OURS_EACH):
        same(name, [subjects[name](pair)[:4] for pair in pairs], expected)  # type: ignore[index]
    held, each = ([subjects[n](pair) for pair in pairs[:2_000]] for n in (OURS_RECORD, OURS_EACH))
    if held != each:
        raise Disagreement("the record hangs on how it is asked for")
    subjects[OURS_PLAIN] = ours.written(policy, advice=False)
    subjects[OURS_WRITTEN] = ours.written(policy, advice=True)
    running = [p for p in wanted_peers if p.installed and count <= p.most]
    for peer in running:
        run = timed(loads, peer.name, lambda peer=peer: peer.build(listed))  # type: ignore[misc]
        same(peer.name, [run(facts) for facts in inputs[:500]], expected[:500])
        subjects[peer.name] = lambda pair, run=run: run(pair[0])  # type: ignore[misc]
    left_out = [f"{p.name}(N>{p.most:,}:{p.why})" for p in wanted_peers if p not in running]
    return Size(count, interleaved(subjects, pairs, rounds), loads, left_out)


def timed(loads: dict[str, float], name: str, build: Callable[[], Any]) -> Any:
    start = time.process_time()
    built = build()
    loads[name] = time.process_time() - start
    return built


def same(name: str, got: Sequence[Answer], expected: Sequence[Answer]) -> None:
    """Refuse to time an engine that answers otherwise."""
    for number, (a, b) in enumerate(zip(got, expected, strict=True)):
        if a != b:
            raise Disagreement(f"{name}: request {number}: {a} instead of {b}")


# --- the report --------------------------------------------------------------------------------


def report(sizes: Sequence[Size], starts: Mapping[str, Measured]) -> str:
    """Write what was found as Markdown."""
    return "\n".join([
        "# 速度", "",
        "一件事可不可以派到这个社区:清单有 N 条,各有来文单位、施行起止和一至三个条件,",
        "没有列入的拒绝。答案含结论、理由、依据、条目。",
        "计时之前,每个引擎对每个请求的答案都与手写程序逐一比对,全部相同。",
        "与手写程序一样,答案和完整记录都从同一份事实(字典)问起,函数事先取好:答案用 `answerer`,",
        "给出判定依据的不变部分(各次同样判定共用);完整记录用 `recorder`,另给适用日和所用事实。",
        "完整记录:逐项读出用语、全部理由(中英文句子、依据、位置)、义务与期限、去向、所用事实、自称未确认的",
        "事实、视为确认的事实、查不到的单位、适用日、规则指纹等二十二项。建议(最近的准入、相近条目、",
        "有效到何时)不在其内:有人读时才算;最后一行连同建议一起写成 JSON。",
        "手写程序不核对事实的类型和取值,本引擎都核对;所用事实每次另成一份字典,事后改动来件不影响记录。",
        "倍数 = 同一轮里与手写程序所用处理器时间之比,各轮交错进行,取中位数;绝对值随机器波动,只作参考。", "",
        machine(), "",
        "## 判定一次(倍数;底线一行为微秒)", "",
        *speed_table(sizes), "",
        *target_lines(sizes), "",
        *left_out_lines(sizes), "",
        "## 装入(处理器秒)", "",
        *load_table(sizes), "",
        "## 启动一个进程(处理器毫秒)", "",
        *start_table(starts), "",
    ])  # fmt: skip


def machine() -> str:
    return (
        f"机器:{platform.machine()},{os.cpu_count()} 核,{platform.system()},"
        f"CPython {platform.python_version()};{time.strftime('%Y-%m-%d')}。"
        "重跑:`python -m tests.benchmarks.decide --write docs/benchmarks.md`。"
    )


def heading(sizes: Sequence[Size], first: str) -> list[str]:
    return [
        f"| {first} | " + " | ".join(f"N = {s.count:,}" for s in sizes) + " |",
        "|---|" + "---:|" * len(sizes),
    ]


def named(sizes: Sequence[Size], of: Callable[[Size], Mapping[str, Any]]) -> Iterator[str]:
    return iter(dict.fromkeys(name for size in sizes for name in of(size)))


def speed_table(sizes: Sequence[Size]) -> list[str]:
    def cell(name: str, size: Size) -> str:
        found = size.measured.get(name)
        if found is None:
            return "–"
        return f"{found.micros:.2f} µs" if name == FLOOR else f"×{found.ratio:.1f}"

    return heading(sizes, "引擎") + [
        f"| {name} | " + " | ".join(cell(name, size) for size in sizes) + " |"
        for name in named(sizes, lambda size: size.measured)
    ]


def target_lines(sizes: Sequence[Size]) -> list[str]:
    """Say at which sizes the targets are met, and at which not."""
    lines = []
    for name, most in TARGETS.items():
        found = [(f"{s.count:,}", s.measured[name].ratio) for s in sizes]
        met = [count for count, ratio in found if ratio <= most]
        short = [f"{count}(×{ratio:.1f})" for count, ratio in found if ratio > most]
        lines.append(
            f"- 目标 ×{most}({name}):达到 N = {'、'.join(met) or '无'};"
            f"未达到 N = {'、'.join(short) or '无'}。"
        )
    return lines


def load_table(sizes: Sequence[Size]) -> list[str]:
    def cell(name: str, size: Size) -> str:
        return f"{size.loads[name]:.3f}" if name in size.loads else "–"

    return heading(sizes, "装入") + [
        f"| {name} | " + " | ".join(cell(name, size) for size in sizes) + " |"
        for name in named(sizes, lambda size: size.loads)
    ]


def left_out_lines(sizes: Sequence[Size]) -> list[str]:
    return [f"- 未跑:{line}" for line in dict.fromkeys(x for s in sizes for x in s.left_out)]


def start_table(starts: Mapping[str, Measured]) -> list[str]:
    lines = ["| 进程 | 毫秒 | 倍数 |", "|---|---:|---:|"]
    lines += [f"| {name} | {m.micros / 1000:.0f} | ×{m.ratio:.2f} |" for name, m in starts.items()]
    *_, ours_ratio = (m.ratio for m in starts.values())
    met = "达到" if ours_ratio <= START_TARGET else "未达到"
    return [*lines, "", f"- 目标 ×{START_TARGET}:{met}。"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small lists, few rounds")
    parser.add_argument("--most", type=int, default=100_000, help="largest list")
    parser.add_argument("--write", type=Path, help="also write the tables to this file")
    chosen = parser.parse_args(arguments)
    counts = (100, 1_000) if chosen.quick else (100, 1_000, 10_000, 100_000)
    rounds, asked = (5, 500) if chosen.quick else (31, 20_000)
    sizes = []
    for count in (n for n in counts if n <= chosen.most):
        sizes.append(measure(count, rounds, asked, peers.PEERS))
        print(f"N = {count:,} done", file=sys.stderr)
    text = report(sizes, starting.measure(3 if chosen.quick else 21))
    print(text)
    if chosen.write:
        chosen.write.write_text(text + others_kept(chosen.write), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
