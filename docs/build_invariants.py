"""Write docs/invariants.md: which test holds which invariant of law over which shipped set.

Run `python docs/build_invariants.py` after a set or a test of invariants has changed; a test
compares. The tests name the invariant: `pytest.mark.invariant(4)`.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "invariants.md"
sys.path.insert(0, str(ROOT))

from tests.policies.invariants import (  # noqa: E402 - the path above finds it
    INVARIANTS,
    Invariant,
    applying,
    sets,
    standing_apart,
)

HEAD = """# 十六条底线 / Invariants

法律要求任何时候都成立的十六条（来源材料第六节），由生成的来件、办件逐条、逐套检验，
共 {sets} 套规则集。
由 `python docs/build_invariants.py` 从测试生成，不要手改。

- **成立于**：测试对这些规则集逐套运行（`tests/policies/test_invariants_of_*.py`）。
- **不适用**：这套规则集里没有这条要管的东西，测试断言确实没有。

*Each of the sixteen invariants of law, the property tests that hold it, the shipped sets over which
they run (成立于), and the sets that have nothing it could concern (不适用), which is asserted.*

| 条 | 底线 | 测试 | 成立于 | 不适用 |
|---|---|---|---|---|
"""


def marked() -> dict[int, list[tuple[str, str]]]:
    """Return the tests that name each invariant: what they show, and where they stand."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((TESTS / "policies").glob("test_invariants_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for number in _numbers(node):
                where = path.relative_to(ROOT).as_posix()
                found[number].append((node.name.replace("_", " "), where))  # type: ignore[attr-defined]
    return found


def _numbers(node: ast.stmt) -> Iterator[int]:
    if not isinstance(node, ast.FunctionDef):
        return
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.invariant":
            yield from (a.value for a in mark.args if isinstance(a, ast.Constant))  # type: ignore[misc]


def page() -> str:
    """Return the whole page."""
    tests = marked()
    lines = [_line(each, tests[each.number]) for each in INVARIANTS]
    return HEAD.format(sets=len(sets())) + "".join(lines)


def _line(invariant: Invariant, tests: list[tuple[str, str]]) -> str:
    shown = "、".join(f"[{name}](../{path})" for name, path in tests) or "缺测试"
    apart = "；".join(f"{name}：{why}" for name, why in standing_apart(invariant.number)) or "—"
    names = applying(invariant.number)
    over = f"{len(names)} 套：{'、'.join(names)}"
    text = f"{invariant.zh} *{invariant.en}*"
    return f"| {invariant.number} | {text} | {shown} | {over} | {apart} |\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
