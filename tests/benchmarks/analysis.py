"""Measure the exact analysis: tables, drafts of tables and of rules, promises; beside z3 and zen.

`python -m tests.benchmarks.analysis [--write docs/benchmarks.md]` prints Markdown. Every answer is
held against that of z3 before the times are told. Times are of the processor, in one process.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import drafts, solver
from tests.benchmarks.page import write_section

from zhunru import open_policy
from zhunru.analysis import compare
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.promises import broken_promises
from zhunru.checker.belonging import Belonging
from zhunru.checker.table_regions import TableRegions
from zhunru.compiler import CompiledPolicy
from zhunru.syntax.nodes import Period

TITLE = "精确分析"
POLICIES = Path(__file__).parents[2] / "policies"


@dataclass(frozen=True)
class Plan:
    """How large everything is; `most` are the seconds that z3 may take for one question."""

    tables: tuple[tuple[int, int, float], ...] = ((1_500, 7, 0.5), (5_000, 12, 3.0))
    amounts: int = 1_000
    rules: int = 500
    changes: tuple[int, ...] = (1, 50)
    target: float = 1.0
    rounds: int = 3
    most: float = 40.0
    shipped: tuple[tuple[str, str], ...] = (("national", "hubei"), ("hubei", "xianning"))


@dataclass(frozen=True)
class Line:
    """One question: the median of our seconds, z3's answer and seconds, whether both say the same
    (None: z3 did not answer, or was not asked)."""

    name: str
    ours: float
    told: str
    target: float | None = None
    peer: solver.Asked | None = None
    same: bool | None = None


def measured(ask: Callable[[], Any], rounds: int) -> tuple[Any, float]:
    """Return the answer and the median of the rounds, in processor seconds."""
    costs, answer = [], None
    for _ in range(rounds):
        start = time.process_time()
        answer = ask()
        costs.append(time.process_time() - start)
    return answer, median(costs)


def held(name: str, ours: Any, theirs: solver.Asked) -> bool | None:
    """Refuse to tell times of answers that are not the same."""
    if theirs.answer is None:
        return None
    if ours != theirs.answer:
        raise AssertionError(f"{name}: {ours!r:.200} but z3 says {theirs.answer!r:.200}")
    return True


# --- one table -----------------------------------------------------------------------------------


def of_table(plan: Plan, count: int, columns: int, target: float) -> Iterator[Line]:
    """Yield what is asked of one large table: overlaps, gaps and hidden rows, apart and in all."""
    rows = drafts.rows(count, columns)
    table = drafts.table(rows)

    def taken_in() -> TableRegions:
        return TableRegions(table, Period(), {}, Belonging({}, {}))

    _, reading = measured(taken_in, plan.rounds)
    questions: dict[str, Callable[[TableRegions], Any]] = {
        "重叠的行": lambda found: {(a, b) for a, b, _ in found.overlaps()},
        "缺口": lambda found: found.gaps,
        "轮不到的行": lambda found: set(found.hidden()),
    }
    size = f"{count:,} 行 × {columns} 栏"
    peers = {
        "重叠的行": solver.overlapping(rows, plan.most),
        "缺口": solver.has_gap(rows, plan.most),
        "轮不到的行": solver.hidden(rows, plan.most),
    }
    whole = []
    for name, ask in questions.items():
        # What one question remembers must not help the next: each has a table of its own.
        costs, answer = [], None
        for _ in range(plan.rounds):
            found = taken_in()
            start = time.process_time()
            answer = ask(found)
            costs.append(time.process_time() - start)
        assert answer is not None
        own = bool(answer) if name == "缺口" else answer
        same = held(f"{size} {name}", own, peers[name])
        whole.append(median(costs))
        told = f"{len(answer):,} 处"
        yield Line(f"{size}：{name}", whole[-1], told, None, peers[name], same)
    in_all = sum(peer.seconds for peer in peers.values())
    done = all(peer.answer is not None for peer in peers.values())
    yield Line(
        f"**{size}：三问合计，连同读入**", reading + sum(whole), "", target,
        solver.Asked(done or None, in_all), True if done else None,
    )  # fmt: skip


# --- drafts --------------------------------------------------------------------------------------


def of_amounts(plan: Plan) -> Iterator[Line]:
    """Yield what is asked of two tables of amounts: is some case given another amount?"""
    old = drafts.grid(plan.amounts)
    drafted = [(f"改 {n} 行", drafts.grid(plan.amounts, n)) for n in plan.changes]
    for name, new in (*drafted, ("各行倒过来写", old[::-1])):
        policies = drafts.table_set(old), drafts.table_set(new)
        found, seconds = measured(lambda sets=policies: compare(*sets), plan.rounds)  # type: ignore[misc]
        (table,) = found.tables
        assert table.undecided is None
        peer = solver.amounts_differ(old, new, plan.most)
        what = f"比较 {plan.amounts:,} 行的表，{name}"
        same = held(what, not table.equivalent, _shown(peer, partial(_amounts, old, new)))
        told = "等价" if table.equivalent else f"{len(table.results)} 种结果不同"
        yield Line(what, seconds, told, plan.target, peer, same)


def of_rules(plan: Plan) -> Iterator[Line]:
    """Yield what is asked of two sets of rules: is some request decided by another rule?"""
    old = drafts.rule_bounds(plan.rules)
    for count in plan.changes:
        new = drafts.rule_bounds(plan.rules, count)
        policies = drafts.rule_set(old), drafts.rule_set(new)
        found, seconds = measured(lambda sets=policies: compare(*sets), plan.rounds)  # type: ignore[misc]
        what = f"比较 {plan.rules} 条规则，改 {count} 条"
        assert found.decided
        peer = solver.rules_differ(old, new, plan.most)
        same = held(what, bool(_differing(found)), _shown(peer, partial(_rules, old, new)))
        told = f"{_differing(found)} 处不同"
        yield Line(what, seconds, told, plan.target, peer, same)


def _shown(peer: solver.Asked, apart: Callable[[solver.Case], bool]) -> solver.Asked:
    """Return the answer as yes or no; a case that is said to differ must do so."""
    if isinstance(peer.answer, dict):
        return replace(peer, answer=apart(peer.answer))
    return peer


def _amounts(old: solver.Amounts, new: solver.Amounts, case: solver.Case) -> bool:
    def amount(rows: solver.Amounts) -> int:
        kind, number = case["kind"], case["number"]
        return next((v for k, low, high, v in rows if k == kind and low <= number <= high), 0)

    return amount(old) != amount(new)


def _rules(old: list[int], new: list[int], case: solver.Case) -> bool:
    def deciding(bounds: list[int]) -> int | None:
        own = range(case["kind"], len(bounds), drafts.KINDS)
        return next((at for at in own if case["number"] > bounds[at]), None)

    return deciding(old) != deciding(new)


def _differing(found: Comparison) -> int:
    return sum(len(each.differences) for each in found.decisions)


# --- promises ------------------------------------------------------------------------------------


def of_promises(plan: Plan) -> Iterator[Line]:
    """Yield what is asked of promises about every request; one of them is broken."""
    bounds = drafts.rule_bounds(plan.rules)
    lowest = min(bounds[1 :: drafts.KINDS])
    for name, text, peer in (
        (
            "凡 … 必 拒绝",
            f"保证 诺 于 准入 凡 类别 为 类1 且 甲数 超过 {lowest} 必 拒绝\n",
            solver.is_always_refused_by_rule(bounds, 1, lowest, plan.most),
        ),
        (
            "不因 … 而异",
            "保证 诺 于 准入 不因 乙数 而异\n",
            solver.is_independent(bounds, plan.most),
        ),
        ("凡 … 必 准入（不成立）", "保证 诺 于 准入 凡 类别 为 类1 必 准入\n", None),
    ):
        policy = drafts.rule_set(bounds, text)
        found, seconds = measured(lambda p=policy: list(broken_promises(p)), plan.rounds)  # type: ignore[misc]
        what = f"保证“{name}”，{plan.rules} 条规则"
        assert all(each.code != "ZR491" for each in found), "not decided"
        assert bool(found) == name.endswith("（不成立）")
        same = held(what, not found, peer) if peer else None
        yield Line(what, seconds, "成立" if not found else "不成立，给出一件", None, peer, same)


def of_shipped(plan: Plan) -> Iterator[Line]:
    """Yield how long it takes to compare shipped sets, and to prove the promises of all."""
    for old, new in plan.shipped:
        policies = open_policy(POLICIES / old), open_policy(POLICIES / new)
        found, seconds = measured(lambda sets=policies: compare(*sets), 1)  # type: ignore[misc]
        told = f"{_differing(found)} 处不同" + ("" if found.decided else "，没有全部判定")
        yield Line(f"`zhunru diff {old} {new}`（不含打开）", seconds, told)
    if plan.shipped:
        sets = list(_with_promises())
        found_of, seconds = measured(lambda: [list(broken_promises(p)) for p in sets], 1)
        count = sum(len(policy.core.promises) for policy in sets)
        told = f"{count - sum(map(len, found_of))} 项成立"
        yield Line(f"随带的规则集里的保证，{count} 项", seconds, told)


def _with_promises() -> Iterator[CompiledPolicy]:
    for place in sorted(POLICIES.glob("*/README.md")):
        policy = open_policy(place.parent)
        if policy.core.promises:
            yield policy


# --- the report ----------------------------------------------------------------------------------


def lines(plan: Plan) -> Iterator[Line]:
    """Yield every measurement."""
    for count, columns, target in plan.tables:
        yield from of_table(plan, count, columns, target)
    yield from of_amounts(plan)
    yield from of_rules(plan)
    yield from of_promises(plan)
    yield from of_shipped(plan)


def report(plan: Plan, found: Sequence[Line], zen: solver.Zen | None) -> Iterator[str]:
    """Yield the section of the page."""
    yield (
        "处理器秒，单核纯 Python；我方取各轮中位数。z3 问的是同样的问题（一栏一个整数、一行一个合取式，"
        "逐行加入同一个求解器；两表、两套规则各写成一串 If，问有没有结果不同的一件），建式连同求解在内，每问最多 "
        f"{plan.most:g} 秒。“答案相同”是本轮逐项核对的：重叠的行、轮不到的行逐对逐行相同，"
        "其余是“有没有”相同，并且 z3 举的例子确实两样。"
        "“缺口”一项我方列出并合并全部缺口，z3 只答有没有；“比较”一项我方给出全部差别、条款、各自执行过的例子，z3 只举一件。"
    )
    yield (
        f"机器：{platform.machine()}，{os.cpu_count()} 核，{platform.system()}，"
        f"CPython {platform.python_version()}；{time.strftime('%Y-%m-%d')}，测时负载 "
        f"{os.getloadavg()[0]:.0f}。重跑：`python -m tests.benchmarks.analysis --write docs/benchmarks.md`。"
    )
    yield ""
    yield "| 问题 | 我方秒 | 我方答案 | 目标 | z3 秒 | z3 为我方的几倍 | 答案相同 |"
    yield "|---|---:|---|---|---:|---:|---|"
    for line in found:
        yield _row(line)
    if zen is not None:
        yield ""
        yield from _of_zen(zen)


def _row(line: Line) -> str:
    target = "–"
    if line.target is not None:
        met = "达到" if line.ours <= line.target else "未达到"
        target = f"{line.target:g} 秒：{met}"
    theirs, ratio = "–", "–"
    if line.peer is not None:
        over = ">" if line.peer.answer is None else ""
        theirs = f"{over}{line.peer.seconds:.2f}"
        ratio = f"{over}×{line.peer.seconds / max(line.ours, 1e-6):.1f}"
    same = {True: "是", None: "–", False: "否"}[line.same]
    return (
        f"| {line.name} | {line.ours:.3f} | {line.told} | {target} | {theirs} | {ratio} | {same} |"
    )


WORDS = {
    "gap": "有缺口",
    "overlap": "有重叠",
    "dead row": "有轮不到的行",
    "unreadable cell": "有读不懂的格",
}


def _of_zen(zen: solver.Zen) -> Iterator[str]:
    silent = "、".join(WORDS[name] for name, says in zen.said.items() if name in WORDS and not says)
    spoken = "、".join(WORDS[name] for name, says in zen.said.items() if name in WORDS and says)
    yield (
        f"- zen-engine（同一张最小的表）：装入 {zen.load:.3f} 秒；逐格核对写法（`validate_unary_expression`）"
        f"{zen.cells:.3f} 秒，读不懂的 {zen.wrong_cells} 格。"
    )
    said = f"指出的：{spoken}。" if spoken else ""
    yield (
        f"- 它对整张表的 `validate` 没有指出的：{silent}。{said}它没有求重叠、缺口、轮不到的行、"
        "两表是否等价、保证是否成立的功能，这几项无从比较。"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=float, default=Plan.most, help="seconds for z3, a question")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args(arguments)
    plan = replace(Plan(), most=chosen.most)
    found = []
    for line in lines(plan):
        print(_row(line), file=sys.stderr, flush=True)
        found.append(line)
    count, columns, _ = plan.tables[0]
    text = "\n".join(report(plan, found, solver.zen_says(drafts.rows(count, columns))))
    print(text)
    if chosen.write:
        write_section(chosen.write, TITLE, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
