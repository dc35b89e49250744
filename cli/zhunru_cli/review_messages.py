"""What `zhunru review` says, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "review": (
        "用台账的数据核查、评价：谁不符合，看哪几行，得多少分。",
        "Run checks and scorecards over registers: who fails, by which rows, with what score.",
    ),
    "review.data": (
        "台账文件夹或者工作簿：每个台账一张表，按台账起名。",
        "Folder or workbook of registers: a table for each, by its name.",
    ),
    "review.store": (
        "办件库：流程写下的台账，以及与流程同名的台账里的办件。",
        "Store of cases: registers that workflows wrote, and the cases of a workflow.",
    ),
    "review.on": ("截至哪一天，如 2026-03-02；不写为今天。", "As of which day; default today."),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "review.check": (
        "核查“{name}”：查 {asked}，符合 {held}，不符合 {bad}，查不清 {unsure}",
        "check `{name}`: asked {asked}, met {held}, not met {bad}, not known {unsure}",
    ),
    "review.duty": (
        "定期“{name}”：查 {asked}，按时 {held}，没有按时 {bad}，查不清 {unsure}",
        "duty `{name}`: asked {asked}, in time {held}, not in time {bad}, not known {unsure}",
    ),
    "review.skipped": ("，没有上年可比 {n}", ", nothing a year before {n}"),
    "review.rectify": ("整改", "put right"),
    "review.hint": ("提示", "note"),
    "review.enlist": ("列入", "list"),
    "review.unsure": ("查不清", "not known"),
    "review.pending": ("尚未到期", "not due yet"),
    "review.by": ("由 {name}", "by {name}"),
    "review.on_list": ("列入 {name}", "onto {name}"),
    "review.see": ("见", "see"),
    "review.row": ("{of} 第 {n} 行", "{of} row {n}"),
    "review.basis": ("依据", "basis"),
    "review.card": ("评价“{name}”：{n} 个对象", "scorecard `{name}`: {n} subject(s)"),
    "review.total": ("{rank}. {name}：{total} 分{grade}", "{rank}. {name}: {total}{grade}"),
    "review.open": ("－ {name}：评不出", "– {name}: no score"),
    "review.recommended": ("推荐 {name}", "recommended: {name}"),
    "review.credit": ("计入 {name} {points} 分", "{points} into {name}"),
    "review.before": ("基期 {before} 分，变化 {change}", "baseline {before}, change {change}"),
    "review.left_out": ("不计 {n} 份评分：{why}", "{n} rating(s) not counted: {why}"),
    "review.matching": (
        "配对“{name}”：配上 {met}，未配上 {unmet}",
        "match `{name}`: {met} met, {unmet} not met",
    ),
    "review.pair": (
        "{need}（第 {n} 行）← {resource}（第 {m} 行）",
        "{need} (row {n}) <- {resource} (row {m})",
    ),
    "review.unmet": ("{need}（第 {n} 行）没有配上", "{need} (row {n}) is not met"),
    "review.might": ("（有没填的，填了也许配得上）", " (might be, were the blanks filled in)"),
    "review.goes_to": ("，转 {name}", ", goes to {name}"),
    "review.lacking": ("查不清，缺 {name}", "cannot be told without {name}"),
    "review.none": (
        "规则集没有核查、评价、配对，也没有记入台账的定期。",
        "the set has no checks, scorecards, matchings or recorded duties.",
    ),
    "review.unknown": (
        "规则集没有名为“{name}”的核查、评价、配对或者定期；有：{known}",
        "the set has no check, scorecard, matching or duty `{name}`; it has {known}",
    ),
    "review.more": ("另有 {n} 项，加 --format json 全部列出", "{n} more; --format json shows all"),
}
