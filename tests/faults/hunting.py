"""Tell whether a planted fault is noticed, and whether the right clause is pointed at.

`python -m tests.faults.hunting --faults 300 --report FILE` plants many and says what was seen.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.planting import Fault, chosen, faults_of

from zhunru.analysis import compare
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.witness import Witness
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import Diagnostic, Span, has_errors
from zhunru.opening import check_policies
from zhunru.testing import run_tests

POLICIES = Path(__file__).parents[2] / "policies"


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of a fault: `by` pointed at its clause, `noticed` saw that something is wrong."""

    set_name: str
    fault: Fault
    by: tuple[str, ...]
    noticed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """A shipped set as it is: what it decides by, what is found about it, which tests pass."""

    policy: CompiledPolicy
    found: frozenset[tuple[str, str]]
    failed: frozenset[tuple[str, int]]


@cache
def sound(name: str) -> Sound:
    """Return a shipped set as it is."""
    checked, found = check_policies(POLICIES / name)
    assert checked is not None
    policy = compile_policies(checked)
    return Sound(policy, frozenset((d.code, d.zh) for d in found), _failed(policy))


def look(name: str, fault: Fault) -> Sight:
    """Plant a fault in a copy of a set and see who points at its clause."""
    before = sound(name)
    with tempfile.TemporaryDirectory(prefix="zr-fault-") as place:
        folder = Path(place) / name
        shutil.copytree(POLICIES / name, folder)
        clauses = _clause(folder, fault)
        fault.plant(folder)
        by, noticed = set[str](), set[str]()
        checked, found = check_policies(folder)
        new = [each for each in found if (each.code, each.zh) not in before.found]
        if new:
            noticed.add("check")
        if any(_names(each, fault, clauses, folder) for each in new):
            by.add("check")
        if checked is not None and not has_errors(found):
            policy = compile_policies(checked)
            if _failed(policy) - before.failed:
                noticed.add("test")
            found_changes = compare(before.policy, policy)
            spans = set(_spans(found_changes))
            if spans:
                noticed.add("diff")
            told = any(_is_of(span, fault, clauses, POLICIES / name, folder) for span in spans)
            if told or _is_row_told(found_changes, fault):
                by.add("diff")
    return Sight(name, fault, tuple(sorted(by)), tuple(sorted(noticed)))


def _failed(policy: CompiledPolicy) -> frozenset[tuple[str, int]]:
    return frozenset((r.title, r.case) for r in run_tests(policy) if not r.passed)


def _clause(folder: Path, fault: Fault) -> frozenset[int]:
    """Return the lines that name the clause of a fault: its own, and the head that it is under.

    A row of a table is a clause of its own, so there only its line counts; an item of a YAML list
    is one clause from its dash on.
    """
    lines = (folder / fault.path).read_text(encoding="utf-8").split("\n")
    own = lines[fault.number - 1]
    if fault.path.endswith(".csv") or own.lstrip().startswith("|"):
        return frozenset({fault.number})
    depth = len(own) - len(own.lstrip())
    for number in range(fault.number - 1, 0, -1):
        line = lines[number - 1]
        if line.strip() and not line.lstrip().startswith("#"):
            indent = len(line) - len(line.lstrip())
            if indent < depth:
                is_item = fault.path.endswith(".yaml") and line.lstrip().startswith("- ")
                between = range(number, fault.number) if is_item else (number,)
                return frozenset({fault.number, *between})
    return frozenset({fault.number})


def _names(finding: Diagnostic, fault: Fault, clauses: frozenset[int], folder: Path) -> bool:
    """Tell whether a finding points at the clause, or says the name of what was left out of it."""
    places = [finding.span, *(place for place, _, _ in finding.related)]
    if any(_is_in(place, fault, clauses, folder) for place in places):
        return True
    name = _name(fault)
    return len(name) > 1 and (f"“{name}”" in finding.zh or f"{name}(" in finding.zh)


def _is_row_told(found: Comparison, fault: Fault) -> bool:
    """Tell whether a row of a register, which has no place of its own, is told cell by cell."""
    cells = [cell.strip() for cell in fault.before.split(",")]
    return fault.path.endswith(".csv") and any(
        item.kind == "register" and cells[0] in line.zh and cells[1] in line.zh
        for item in found.rest
        for line in item.lines
        if len(cells) > 1
    )


def _name(fault: Fault) -> str:
    """Return what the row of a fault is called: its first cell."""
    cells = fault.before.strip("| ").split("," if fault.path.endswith(".csv") else "|")
    return cells[0].strip() if len(cells) > 1 else ""


def _is_of(span: Span, fault: Fault, clauses: frozenset[int], old: Path, new: Path) -> bool:
    return _is_in(span, fault, clauses, old) or _is_in(span, fault, clauses, new)


def _is_in(span: Span, fault: Fault, clauses: frozenset[int], folder: Path) -> bool:
    return span.line in clauses and Path(span.path) == folder / fault.path


def _spans(part: Any) -> Iterator[Span]:
    """Yield the places that a comparison holds responsible; those of example requests are not."""
    if isinstance(part, Span):
        yield part
    elif isinstance(part, (tuple, list, frozenset)):
        for each in part:
            yield from _spans(each)
    elif is_dataclass(part) and not isinstance(part, Witness):
        for each in fields(part):
            yield from _spans(getattr(part, each.name))


# --- many -----------------------------------------------------------------------------------------


def planted(count: int, seed: int) -> list[tuple[str, Fault]]:
    """Return faults of all shipped sets, as many of each kind as there are."""
    names = sorted(path.parent.name for path in POLICIES.glob("*/README.md"))
    sites = {fault: name for name in names for fault in faults_of(POLICIES / name)}
    return [(sites[fault], fault) for fault in chosen(sites, count, seed)]


def hunt(faults: Iterable[tuple[str, Fault]]) -> Iterator[Sight]:
    """Yield what was seen of each fault."""
    for name, fault in faults:
        yield look(name, fault)


def report(seen: list[Sight]) -> dict[str, Any]:
    """Return how many faults of each kind were pointed at, and those that nobody pointed at."""
    kinds: dict[str, Counter[str]] = {}
    for sight in seen:
        own = kinds.setdefault(sight.fault.kind, Counter())
        own.update({"planted": 1, "pinpointed": bool(sight.by), "noticed": bool(sight.noticed)})
        own.update({f"by {name}": 1 for name in sight.by})
    missed = [
        {"set": s.set_name, "path": s.fault.path, "line": s.fault.number, "kind": s.fault.kind,
         "before": s.fault.before, "after": s.fault.after, "noticed": s.noticed}
        for s in seen if not s.by
    ]  # fmt: skip
    total = sum((Counter(own) for own in kinds.values()), Counter())
    return {"all": dict(total), "kinds": {k: dict(v) for k, v in kinds.items()}, "missed": missed}


def main(arguments: list[str]) -> int:
    """Plant faults and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="k/n: every n-th fault, from the k-th on")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args(arguments)
    part, parts = map(int, given.part.split("/"))
    faults = planted(given.faults, given.seed)[part - 1 :: parts]
    random.Random(given.seed).shuffle(faults)
    seen: list[Sight] = []
    began = time.monotonic()
    for sight in hunt(faults):
        seen.append(sight)
        if given.report:
            text = json.dumps(report(seen), ensure_ascii=False, indent=1)
            given.report.write_text(text, encoding="utf-8")
        if not sight.by:
            print(f"{sight.set_name}/{sight.fault.path}:{sight.fault.number} {sight.fault.kind}")
    total = report(seen)["all"]
    print(f"{total} in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
