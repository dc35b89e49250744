"""What `zhunru coverage` says, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "coverage": (
        "测试覆盖了规则集的多少，哪些情形没有测到。",
        "How much of a policy set its tests exercise, and which cases none does.",
    ),
    "coverage.write": (
        "把缺的测试补写进规则集的文件夹，结论按现行规则，标明待确认。",
        "Add the missing tests to the folder of the set, decided as found, to be confirmed.",
    ),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "coverage.title": (
        "规则集“{name}”：测试 {tests} 个",
        "Policy set `{name}`: {tests} tests",
    ),
    "coverage.decision": ("判定“{name}”", "Decision `{name}`"),
    "coverage.share": ("测到的来件", "requests exercised"),
    "coverage.endings": ("测到的结局", "endings exercised"),
    "coverage.clauses": ("测到的条款", "clauses exercised"),
    "coverage.steps": ("测到的步骤", "steps exercised"),
    "coverage.conditions": ("两面都测的条件", "conditions exercised both ways"),
    "coverage.rows": ("对照表“{name}”测到的行", "rows of `{name}` exercised"),
    "coverage.unknown": (
        "未判定：要分的情形太多，或者有的条件超出了可以逐一判定的范围",
        "not decided: too many cases, or conditions outside the exact fragment",
    ),
    "coverage.missing": ("没有测到的情形（{n} 种）：", "Cases without a test ({n}):"),
    "coverage.example": ("例如：{told}", "for example: {told}"),
    "coverage.more": (
        "另有 {n} 种，全部见 --format json",
        "{n} more; all of them with --format json",
    ),
    "coverage.one.way": ("只测了一面的条件：", "Conditions tested one way only:"),
    "coverage.held": ("没有测过不符合的", "never tested where it fails"),
    "coverage.failed": ("没有测过符合的", "never tested where it holds"),
    "coverage.never": ("没有测到", "never tested"),
    "coverage.all": ("每种情形都有测试。", "There is a test for every case."),
    "coverage.written": (
        "已补写 {n} 个测试，待确认：{path}",
        "{n} tests written, to be confirmed: {path}",
    ),
    "coverage.unwritten": (
        "有 {n} 种情形写不成测试。",
        "{n} cases cannot be written as tests.",
    ),
    "coverage.folder": (
        "--write 要给出规则集的文件夹。",
        "--write wants the folder of a policy set.",
    ),
}
