"""What `zhunru impact` says, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "impact": (
        "草案会改变哪些以往来件的结论。",
        "Which past requests a draft would have answered otherwise.",
    ),
    "impact.against": ("现行的规则集。", "The policy set in force."),
    "impact.history": (
        "以往来件：.csv、.xlsx、.jsonl、.json、.yaml、.parquet。",
        "Past requests: .csv, .xlsx, .jsonl, .json, .yaml or .parquet.",
    ),
    "impact.by": (
        "按哪一栏分开统计（可以写几次）。",
        "A column to count by (may be given several times).",
    ),
    "impact.flips": (
        "把结论变了的逐件写进这个文件（.csv 或者 .jsonl）。",
        "Write every request whose answer changes to this file (.csv or .jsonl).",
    ),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "impact.title": (
        "草案“{draft}”与现行“{current}”：以往来件 {rows} 件",
        "Draft `{draft}` against `{current}`: {rows} past requests",
    ),
    "impact.none": (
        "没有一件的结论、理由和依据会变。",
        "No request would have another outcome, reason or basis.",
    ),
    "impact.turned": ("结论改变：{n} 件（{share}）", "Another outcome: {n} ({share})"),
    "impact.otherwise": (
        "结论不变，理由、条款、依据或者所缺材料不同：{n} 件",
        "Same outcome, other reason, clause, basis or missing facts: {n}",
    ),
    "impact.again": (
        "草案可能改变的：{n} 件，逐件重判；其余经证明不变",
        "Within reach of the draft: {n}, decided again; the others are proved to stay",
    ),
    "impact.unread": (
        "读不了，没有比较：{n} 件（用 zhunru decide 可以看原因）",
        "Not readable, not compared: {n} (zhunru decide tells why)",
    ),
    "impact.unread_row": ("  第 {row} 行：{code} {why}", "  row {row}: {code} {why}"),
    "impact.unused": (
        "这些栏目不在表单里，没有用于判定：{names}",
        "these columns are not fields of the form and were not used: {names}",
    ),
    "impact.blind": (
        "文件里没有一栏是表单的栏目，比不出什么。",
        "No column of the file is a field of the form: nothing could be compared.",
    ),
    "impact.before": ("现行", "in force"),
    "impact.after": ("草案", "draft"),
    "impact.count": ("件数", "count"),
    "impact.of": ("来件", "requests"),
    "impact.share": ("占比", "share"),
    "impact.error": ("读不了", "not readable"),
    "impact.blank": ("（未填）", "(not given)"),
    "impact.month": ("月份", "month"),
    "impact.by.title": ("按{name}，结论改变的：", "Another outcome, by {name}:"),
    "impact.more": ("另有 {n} 行", "{n} more rows"),
}
