"""Write docs/coverage.md: which row of the sources is made real by which declaration and test.

Run `python docs/build_coverage.py` after a set under policies/ has changed; a test compares.
The rows stand in docs/rows.csv; sets, case scripts and tests name them: `出处 S0-70`,
`pytest.mark.rows("S0-70")`.
"""

from __future__ import annotations

import ast
import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from zhunru import open_policy, run_tests
from zhunru.syntax import loader, nodes

ROOT = Path(__file__).resolve().parent.parent
POLICIES = ROOT / "policies"
ROWS = ROOT / "docs" / "rows.csv"
PAGE = ROOT / "docs" / "coverage.md"
SCRIPTS = ROOT / "tests" / "fixtures" / "cases"
REAL, CONTEXT, OPEN = "落实", "背景", "待办"

# Declarations that only tell where rules come from: no row is made real by them alone.
TELLING = ("政策", "依据")
KINDS = {
    "Policy": "政策", "Basis": "依据", "UnitBlock": "单位", "Role": "角色", "Form": "表单",
    "Register": "台账", "Parameter": "参数", "ListDecl": "清单", "Entry": "条目", "Rule": "规则",
    "RuleGroup": "规则", "Table": "对照表", "Formula": "公式", "Decide": "判定",
    "Workflow": "流程", "CalendarDecl": "日历", "Document": "文书", "Recurring": "定期",
    "Check": "核查", "Scorecard": "评价", "Matching": "配对", "Promise": "保证",
}  # fmt: skip


class Row(NamedTuple):
    """A row of the sources: what they say there, in a few words, and how far it is."""

    id: str
    form: str
    said: str
    state: str


class Place(NamedTuple):
    """Something that names rows: a declaration, a test of a set, a test of the program."""

    kind: str
    name: str
    path: str

    @property
    def link(self) -> str:
        """Return the place as a link from the page."""
        shown = self.name.replace("|", "／").replace("[", "（").replace("]", "）")
        return f"{self.kind}[{shown}](../{self.path})"


@dataclass
class Found:
    """What names one row."""

    declared: list[Place] = field(default_factory=list)
    told: list[Place] = field(default_factory=list)
    passed: list[Place] = field(default_factory=list)
    failed: list[Place] = field(default_factory=list)

    def verdict(self, row: Row) -> str:
        """Return 落实, 背景 or 待办: what is claimed, unless what it stands on is missing."""
        if row.state == CONTEXT:
            return CONTEXT if self.told else "缺依据"
        if row.state == OPEN:
            return OPEN
        if self.failed:
            return "测试未通过"
        # The header of a set runs too: what it says must be there (应有), and until when it holds.
        if not (self.declared or (row.form == "政策" and self.told)):
            return "缺声明"
        return REAL if self.passed else "缺测试"


def rows() -> list[Row]:
    """Return the rows of the sources in their order."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        return [Row(*line) for line in list(csv.reader(file))[1:]]


def sets() -> list[Path]:
    """Return the folders of the shipped sets."""
    return sorted(path for path in POLICIES.iterdir() if any(path.glob("*.policy")))


@cache
def found() -> dict[str, Found]:
    """Return what names each row, over all sets and tests."""
    rows: dict[str, Found] = defaultdict(Found)
    for folder in sets():
        policy_set, _ = loader.load(folder)
        assert policy_set is not None, folder
        for ids, place in declared(policy_set.declarations):
            for each in ids:
                one = rows[each]
                (one.told if place.kind in TELLING else one.declared).append(place)
        for ids, place, passed in tested(folder, policy_set):
            for each in ids:
                (rows[each].passed if passed else rows[each].failed).append(place)
    for ids, place in (*marked(ROOT / "tests"), *scripted(SCRIPTS)):
        for each in ids:
            rows[each].passed.append(place)
    return rows


def declared(declarations: Iterable[Any]) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield what names rows among declarations, with what stands inside lists and groups."""
    for node in declarations:
        if isinstance(node, nodes.Test):
            continue
        if trace := trace_of(node):
            yield trace, place_of(node)
        for inner in (*getattr(node, "entries", ()), *getattr(node, "rules", ())):
            own = tuple(each for each in trace_of(inner) if each not in trace)
            if own:
                yield own, place_of(inner)


def trace_of(node: Any) -> tuple[str, ...]:
    """Return the rows that a node names, itself or in its clauses."""
    for holder in (node, getattr(node, "clauses", None), getattr(node, "shared", None)):
        if trace := getattr(holder, "trace", ()):
            return tuple(trace)
    return ()


def place_of(node: Any) -> Place:
    """Return a declaration as a place."""
    name = getattr(node, "code", None) or node.name.text
    return Place(KINDS[type(node).__name__], str(name), within(node.span.path))


def within(path: str) -> str:
    """Return a path as it is called within the project."""
    return Path(path).resolve().relative_to(ROOT).as_posix()


def tested(
    folder: Path, policy_set: nodes.PolicySet
) -> Iterator[tuple[tuple[str, ...], Place, bool]]:
    """Yield the tests of a set that name rows, and whether all their cases pass."""
    wrong: Counter[tuple[str, str]] = Counter()
    for result in run_tests(open_policy(folder)):
        wrong[result.span.path, result.title] += not result.passed
    for node in policy_set.declarations:
        if isinstance(node, nodes.Test) and node.trace and node.cases:
            failed = wrong[node.span.path, node.title.zh]
            yield node.trace, Place("", node.title.zh, within(node.span.path)), not failed


def marked(folder: Path) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the tests of the program that are marked with rows; they pass, or the suite fails."""
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.rows" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (ids := marks(node)):
                yield ids, Place("", node.name.replace("_", " "), within(str(path)))


def scripted(folder: Path) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the case scripts that name rows; they go as they say, or the suite fails."""
    for path in sorted(folder.glob("*.yaml")):
        script = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        if ids := script.get("出处", ()):
            yield tuple(ids), Place("办件", path.stem, within(str(path)))


def marks(node: ast.FunctionDef) -> tuple[str, ...]:
    """Return the rows that the decorators of a test name."""
    return tuple(
        argument.value
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rows"
        for argument in mark.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


# --- the page ------------------------------------------------------------------------------------

HEAD = """# 来源材料逐条落实情况 / Coverage of the sources

五份来源材料共 {total} 条：落实 {real} 条，背景 {context} 条，待办 {open} 条。
由 `python docs/build_coverage.py` 从 `policies/` 和 `docs/rows.csv` 生成，不要手改。

- **落实**：有可以执行的声明，并且有写明同一出处、全部通过的测试。
- **背景**：材料在这里只说明文件来历，登记为依据或者政策。
- **待办**：还没有写，或者写了还不能当作落实。

*Each row of the five source documents, the construct it takes, the declarations and tests that
name it (`出处`), and how far it is: 落实 real, 背景 context only, 待办 open.*

| 条 | 事项 | 形式 | 声明 | 测试 | 结论 |
|---|---|---|---|---|---|
"""
MOST_SHOWN = 6


def page() -> str:
    """Return the whole page."""
    known, listed = found(), rows()
    lines = [line_of(row, known[row.id]) for row in listed]
    count = Counter(known[row.id].verdict(row) for row in listed)
    head = HEAD.format(
        total=len(listed), real=count[REAL], context=count[CONTEXT], open=count[OPEN]
    )
    return head + "".join(lines)


def line_of(row: Row, one: Found) -> str:
    """Return a row of the table."""
    telling = one.told if row.state == CONTEXT or row.form == "政策" else ()
    places = [*one.declared, *telling]
    tests = [*one.passed, *one.failed]
    cells = [row.id, row.said, row.form, links(places), links(tests), one.verdict(row)]
    return f"| {' | '.join(cells)} |\n"


def links(places: list[Place]) -> str:
    """Return links to places, the first few of them."""
    shown = [place.link for place in dict.fromkeys(places)]
    more = len(shown) - MOST_SHOWN
    return "、".join(shown[:MOST_SHOWN]) + (f" 等 {len(shown)} 处" if more > 0 else "") or "—"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
