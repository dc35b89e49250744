"""What the commands about cases and simulations say, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "simulate": (
        "模拟许多办件：排队、逾期、忙闲。",
        "Play many cases through by chance: queues, lateness, load.",
    ),
    "simulate.flow": ("模拟哪个流程（有几个时）。", "Which workflow, where the set has several."),
    "simulate.cases": ("模拟多少件。", "How many cases."),
    "simulate.seed": (
        "随机数的种子；种子相同，结果相同。",
        "Seed of chance; the same seed gives the same figures.",
    ),
    "simulate.scenario": (
        "场景文件：到达、办理时长、去向、人手。",
        "Scenario file: arrivals, handling times, choices, staff.",
    ),
    "simulate.plot": ("另把图画进这个 SVG 文件。", "Also draw a plot into this SVG file."),
    "case": ("办件：开立、办理、查看、计时。", "Cases: open, act, look, pass time."),
    "case.open": (
        "判定来件并登记；准入的接着开立办件。",
        "Decide a request and record it; an admission opens its cases.",
    ),
    "case.list": ("列出办件（默认只列在办的）。", "List cases, the open ones by default."),
    "case.show": (
        "查看一件：到哪一步、谁办、何时到期、下一步。",
        "Show one case: where it is, whose turn, until when, what next.",
    ),
    "case.act": ("办理一件。", "Act on a case."),
    "case.history": ("一件的全部经过。", "Everything that happened in a case."),
    "case.tick": ("计时：处理到期的办件。", "Let time act on what is due."),
    "case.migrate": (
        "把在办的转到规则集的新版本。",
        "Move running cases to a new version of their set.",
    ),
    "case.stats": ("各流程、各环节有多少件。", "Count cases by workflow and state."),
    "inbox": ("某个单位或者角色的待办。", "What waits for a unit or a role."),
    "audit": ("审计链：核对、导出。", "The audit chain: verify, export."),
    "audit.verify": (
        "逐条核对审计链；断了退出码为 1。",
        "Go through the audit chain; exit 1 if it is broken.",
    ),
    "backup": (
        "备份办件库：照常办件时也能做，备份完就核对。",
        "Copy a store while it is in use, and check the copy.",
    ),
    "audit.export": ("导出审计链（JSON 行）。", "Write the audit chain as JSON lines."),
    "audit.cases": (
        "再把每件办件现在的样子与它的经过对一遍。",
        "Hold each case against its events, too.",
    ),
    "audit.noted": (
        "另存的链头，看末尾有没有被截去。",
        "Heads noted earlier: shows whether the end was cut off.",
    ),
    "case.store": (
        "办件库：文件或者数据库地址；不写用 ZHUNRU_STORE，再不然用 zhunru.db。",
        "Store: a file or a database address; default ZHUNRU_STORE, else zhunru.db.",
    ),
    "case.at": (
        "办理时间，如 2026-03-02T09:00（北京时间）；不写为现在。",
        "When it counts, such as 2026-03-02T09:00 (Beijing time); default now.",
    ),
    "case.as": ("由谁办理：“单位”或者“单位 人”。", "Who acts: `unit` or `unit person`."),
    "case.key": (
        "命令编号：同一编号重发只办一次。",
        "Key of the command: sent again under it, it is carried out once.",
    ),
    "case.open.flow": (
        "不经判定，直接开立这个流程。",
        "Open this workflow straight away, without a decision.",
    ),
    "case.apply": (
        "没有准入的，同时提出申请。",
        "Where it is not admitted, apply for it at once.",
    ),
    "case.list.flow": ("只列这个流程的。", "Only this workflow."),
    "case.list.state": ("只列在这个环节的。", "Only this state."),
    "case.list.owner": ("只列由这个单位办的。", "Only those whose turn is this unit's."),
    "case.list.closed": ("只列办结的。", "Only closed ones."),
    "case.list.all": ("在办和办结的都列。", "Open and closed ones."),
    "case.list.after": ("从这个编号之后列起。", "Begin after this case."),
    "case.list.limit": ("最多列多少件。", "How many at the most."),
    "case.show.as": ("只看这个单位能看的。", "Only what this unit may see."),
    "case.expected": (
        "你看到的是第几步；已有变动就不办。",
        "The version you saw; nothing is done if it has moved on.",
    ),
    "case.map": ("环节改名：流程.旧环节=新环节。", "A renamed state: FLOW.OLD=NEW."),
    "case.dry_run": ("只看会怎样，不改动。", "Only say what it would do."),
}


MESSAGES: dict[str, tuple[str, str]] = {
    "simulate.title": (
        "{flow}：模拟 {n} 件（种子 {seed}）。前提是假定的，结果用来比较方案，不是预测。",
        "{flow}: {n} simulated cases (seed {seed}). They rest on assumptions: use them to "
        "compare, not to predict.",
    ),
    "simulate.counts": (
        "{start} 至 {end}，办结 {closed} 件，在办 {open} 件，逾期过的 {late} 件（{share}）",
        "{start} to {end}: {closed} closed, {open} open, {late} late at some time ({share})",
    ),
    "simulate.ends": ("办结：", "ends: "),
    "simulate.took": (
        "从开立到办结（工作日，按 {hours} 小时一天）：平均 {mean}，一半在 {median} 以内，"
        "九成在 {p90} 以内，最长 {most}",
        "from opening to end (working days of {hours} hours): mean {mean}, half within {median}, "
        "nine tenths within {p90}, longest {most}",
    ),
    "simulate.beyond": (
        "其中 {n} 件的期限在已公布的节假日安排之后，不会自己到期",
        "the time of {n} of them ends past the published calendar, so it never ends by itself",
    ),
    "simulate.unopened": (
        "有 {n} 件流程不收，没有开立",
        "{n} of them the workflow did not let in",
    ),
    "simulate.refused": (
        "选中而流程不许办的（改选别的，没有别的就等）：",
        "chosen, but not allowed by the workflow (another was chosen, or time waited for):",
    ),
    "simulate.refusal": (
        "  {n} 次 {code}，例如：{first}",
        "  {n} x {code}, for example: {first}",
    ),
    "simulate.opened": (
        "另外产生的办件 {n} 件，没有模拟",
        "{n} further cases opened by them, not played",
    ),
    "simulate.curtailed": (
        "有的办件转了 500 个环节还没有办完，没有再往下模拟",
        "some cases went through 500 states without an end; they were left there",
    ),
    "simulate.state": ("环节", "state"),
    "simulate.visits": ("进入", "visits"),
    "simulate.acted": ("办理", "done"),
    "simulate.expired": ("期满", "expiry"),
    "simulate.overdue": ("逾期", "overdue"),
    "simulate.share": ("逾期占", "share"),
    "simulate.stay": ("停留(小时)", "stay (h)"),
    "simulate.p90": ("九成在", "p90"),
    "simulate.crew": ("承办", "by"),
    "simulate.staff": ("人手", "staff"),
    "simulate.tasks": ("办件", "tasks"),
    "simulate.load": ("忙闲", "load"),
    "simulate.queue": ("平均排队", "queue"),
    "simulate.most": ("最多", "longest"),
    "simulate.wait": ("等待(小时)", "wait (h)"),
    "simulate.people": ("{n} 人", "{n}"),
    "simulate.unbounded": ("不限", "any"),
    "simulate.hours": (
        "小时都是上班（服务）时间；“九成在”是九成不超过的数。",
        "hours are hours at work; p90 is what nine tenths do not exceed.",
    ),
    "simulate.assumed": ("前提：", "Assumptions:"),
    "simulate.default": ("（默认）", " (default)"),
    # cases
    "case.head": (
        "办件库：{store}；时间：{at}（北京时间）",
        "store: {store}; at: {at} (Beijing time)",
    ),
    "case.store_only": ("办件库：{store}", "store: {store}"),
    "case.id": ("编号", "case"),
    "case.flow": ("流程", "workflow"),
    "case.state": ("环节", "state"),
    "case.due": ("到期", "due"),
    "case.owners": ("承办", "with"),
    "case.unheld": ("提示", "note"),
    "case.unheld.some": (
        "没有单位担任的角色：{roles}；由能代表它的人办理，或者在规则集的“单位”里写明由谁担任，或者改派",
        "roles that no unit has: {roles}; whoever may act for them does, or name who has them "
        "among the units of the set, or reassign",
    ),
    "case.opener": ("开立", "opened by"),
    "case.since": ("本环节自", "in state since"),
    "case.parties": ("会办单位", "parties"),
    "case.facts": ("所填", "facts"),
    "case.marks": ("记录", "marks"),
    "case.supervised": ("督办", "supervised by"),
    "case.parent": ("由来", "opened from"),
    "case.children": ("产生", "opened"),
    "case.version": ("第几步", "version"),
    "case.named": ("{body}（{owners}）", "{body} ({owners})"),
    "case.began": ("已开立：{flow} {case}（第 {n} 步）", "opened: {flow} {case} (version {n})"),
    "case.lead": ("（牵头）", " (lead)"),
    "case.silent": ("未答复", "no answer yet"),
    "case.closed": ("办结", "closed"),
    "case.running": ("在办", "open"),
    "case.untimed": ("不限时", "untimed"),
    "case.stopped": ("停表（{reason}）", "stopped ({reason})"),
    "case.provisional": ("（暂定）", " (provisional)"),
    "case.overdue": (" 逾期", " overdue"),
    "case.none": ("没有办件。", "No cases."),
    "case.more": ("还有更多，接着看：--after {case}", "There are more: --after {case}"),
    "case.tick_due": (
        "有 {n} 件已经到期、还没有处理；运行 zhunru case tick",
        "{n} case(s) have something due already; run zhunru case tick",
    ),
    "case.decided": ("判定：{outcome}（登记编号 {case}）", "decision: {outcome} (record {case})"),
    "case.opened": ("已开立“{flow}”：{case}", "opened {flow}: {case}"),
    "case.done": ("已办理：{flow} {case}（第 {n} 步）", "done: {flow} {case} (version {n})"),
    "case.repeated": (
        "这条命令先前已经办过，下面是当时的答复；没有再办一次。",
        "this command was carried out before; here is what it was answered then",
    ),
    "case.standing": (
        "现在：{state}；承办：{owners}；到期：{due}",
        "now: {state}; with: {owners}; due: {due}",
    ),
    "case.ended": ("办结：{state}", "ended: {state}"),
    "case.papers": ("出具文书：{papers}", "papers issued: {papers}"),
    "case.lacking": (
        "文书里空着、要补写的：{lacking}",
        "left blank in papers, to be written in: {lacking}",
    ),
    "case.next": ("下一步可以：", "What can be done next:"),
    "case.leads": ("{action} → {target}", "{action} → {target}"),
    "case.anywhere": ("各环节都可以", "in any state"),
    "case.left": ("还可以 {n} 次", "{n} time(s) left"),
    "case.fill": ("须填：", "fill in: "),
    "case.known": ("，已有", ", known"),
    "case.needs": ("须：", "needs: "),
    "case.unmet": ("（现在不具备）", " (not so now)"),
    "case.unknown": (
        "（还要填：{names}）",
        " (also to be given: {names})",
    ),
    "case.number": ("步", "no."),
    "case.when": ("时间", "at"),
    "case.what": ("经过", "event"),
    "case.who": ("经办", "by"),
    "case.details": ("内容", "details"),
    "case.time": ("（时间）", "(time)"),
    "case.ticked": ("处理了 {n} 件。", "{n} case(s) moved."),
    "case.tick_failed": ("{case} 没有处理成：{reason}", "{case} could not be moved: {reason}"),
    "case.next_due": ("下一次到期：{at}", "next due: {at}"),
    "case.moves": ("转入新版", "moves"),
    "case.stays": ("留在旧版", "stays"),
    "case.person": ("须人工处理", "needs a person"),
    "case.fate": ("怎样", "what"),
    "case.becomes": ("转到", "becomes"),
    "case.reason": ("缘由", "reason"),
    "case.expires": ("（转入即到期）", " (over at once)"),
    "case.tally": (
        "转入新版 {moves} 件，留在旧版 {stays} 件，须人工处理 {person} 件。",
        "{moves} move, {stays} stay, {person} need a person.",
    ),
    "case.dry": ("以上只是预演，没有改动。", "This was a dry run; nothing was changed."),
    "case.none_older": (
        "没有按旧版本在办的办件。",
        "No open case runs under an older version.",
    ),
    "case.kind": ("情况", "kind"),
    "case.count": ("件数", "count"),
    # cases: usage
    "case.instant": (
        "“{text}”不是时间，应写成 2026-03-02T09:00 这样。",
        "`{text}` is not an instant like 2026-03-02T09:00",
    ),
    "case.flow_only": (
        "--flow 不经判定直接开立，不能再写 --decision、--apply。",
        "--flow opens without a decision; leave out --decision and --apply",
    ),
    "case.map_form": (
        "“{text}”应写成 流程.旧环节=新环节。",
        "`{text}` should be FLOW.OLD=NEW",
    ),
    "backup.made": (
        "已备份到 {path}：{n} 条事件；链头记在 {heads}，请另存一处。",
        "copied to {path}: {n} event(s); the heads are in {heads}, keep them elsewhere, too",
    ),
    # audit
    "audit.holds": (
        "分区“{partition}”：{n} 条，链完整，链头 {head}…",
        "partition {partition}: {n} link(s), the chain holds, head {head}…",
    ),
    "audit.broken": (
        "分区“{partition}”：前 {n} 条完整（链头 {head}…），之后断开",
        "partition {partition}: the first {n} link(s) hold (head {head}…), then it is broken",
    ),
    "audit.as_told": (
        "每件办件现在的样子都与经过对得上。",
        "every case is as its events say.",
    ),
    "audit.empty": ("库里还没有事件。", "The store has no events."),
    "audit.exported": ("已导出 {n} 条到 {path}", "wrote {n} link(s) to {path}"),
}
