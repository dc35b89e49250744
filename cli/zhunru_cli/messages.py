"""Every text that the command line says, Chinese beside English."""

from __future__ import annotations

from typing import Literal

from zhunru_cli import (
    case_messages,
    coverage_messages,
    diff_messages,
    impact_messages,
    review_messages,
    service_messages,
    sheet_messages,
)

Language = Literal["zh", "en"]

HELP: dict[str, tuple[str, str]] = {
    **case_messages.HELP,
    **coverage_messages.HELP,
    **diff_messages.HELP,
    **impact_messages.HELP,
    **service_messages.HELP,
    **sheet_messages.HELP,
    **review_messages.HELP,
    "zhunru": (
        "社区工作事项准入：检查规则、判定来件、说明理由。",
        "Check community admission policies, decide requests by them, and say why.",
    ),
    "check": ("检查规则集，列出错误和改法。", "Check policy sets and say how to mend them."),
    "fmt": ("把规则文件排成统一格式。", "Write policy files in their canonical form."),
    "decide": (
        "判定一件或者一批来件，给出结论、理由和依据。",
        "Decide one request or a file of them, with reason and basis.",
    ),
    "test": ("运行规则集里的测试。", "Run the tests of policy sets."),
    "explain": ("说明一个提示代码的意思和改法。", "Explain a diagnostic code."),
    "graph": (
        "画出流程图，或者导出给其他软件。",
        "Draw a workflow, or hand it to another program.",
    ),
    "graph.flow": ("画哪个流程（有几个时）。", "Which workflow, where the set has several."),
    "graph.format": ("输出格式。", "Output format."),
    "graph.output": ("写进文件。", "Write to a file."),
    "new": ("写出样板：规则集、清单、检查项。", "Write a skeleton: a set, a list, a check."),
    "new.set": (
        "新建一个能通过检查和测试的小规则集。",
        "Write a small set that passes check and test.",
    ),
    "new.list": ("写一张清单的样板。", "Write the skeleton of a list."),
    "new.check": (
        "（开发用）新增一项检查：代码行和正反样例。",
        "(for developers) Start a check: its code row and fixtures.",
    ),
    "schema": ("输出 YAML 写法的 JSON Schema。", "Print the JSON Schema of the YAML form."),
    "demo": (
        "用随附的威海规则集演示几件来件。",
        "Decide some requests on the shipped set.",
    ),
    "lang": ("界面语言。", "Language of the interface."),
    "debug": ("内部出错时显示全部细节。", "Show the traceback of an internal error."),
    "version": ("显示版本。", "Show the version."),
    "help": ("显示说明。", "Show this help."),
    "check.fix": ("自动改正能放心改的。", "Apply the safe fixes."),
    "check.fix_each": (
        "同 --fix，须人工确认的再逐处问：y 改，n 不改，q 到此为止。",
        "As --fix; and ask about each change that is to be confirmed: y, n, or q to stop.",
    ),
    "check.accept": (
        "同 --fix，另外确认这个代码的改法都照改；可以写几次。",
        "As --fix; and confirm every change that this code proposes. May be given several times.",
    ),
    "check.deep": (
        "对所有来件逐一判定：规定之间有没有冲突、有没有轮不到的。",
        "Ask all requests at once: which clauses conflict or never count.",
    ),
    "check.strict": ("有警告也算不通过。", "Let warnings fail too."),
    "check.format": ("输出格式。", "Output format."),
    "fmt.lang": ("文件改用哪种语言的关键词。", "Language of the keywords to write."),
    "fmt.to": ("改用哪种写法：policy 或 yaml。", "Notation to write: policy or yaml."),
    "fmt.check": ("只看是否已排好，不改文件。", "Only tell whether files are formatted."),
    "fmt.stdout": ("写到屏幕，不改文件。", "Print instead of writing the file."),
    "decide.file": (
        "成批来件：xlsx、csv、json、jsonl、yaml。",
        "Many requests: xlsx, csv, json, jsonl or yaml.",
    ),
    "decide.as": ("所填事实由谁填报、确认。", "Role that vouches for the facts."),
    "decide.on": ("收到的日期，如 2026-03-02；不写为今天。", "Day of receipt; default today."),
    "decide.name": ("用哪个判定（有几个时）。", "Which decision, where the set has several."),
    "decide.output": ("结果写进文件。", "Write the results to a file."),
    "decide.what_if": (
        "不准入的，最少改什么即可准入。",
        "For a refusal, the smallest change that would be admitted.",
    ),
    "decide.left": (
        "事实不全的，还取决于什么。",
        "What the decision still hangs on while facts are missing.",
    ),
    "decide.explain": ("列出所用的事实和规则所在行。", "Also show facts used and places."),
    "new.kind": ("清单类型。", "Kind of the list."),
    "new.append": ("加到这个规则文件末尾。", "Append to this policy file."),
    "new.area": ("检查项属于哪一类代码。", "Range of codes of the check."),
    "new.root": ("项目所在文件夹。", "Folder of the project."),
    "schema.output": ("写进文件。", "Write to a file."),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "graph.suffix": (
        "写出的是 {form}，不能存成“{suffix}”：文件名请以 .{form} 结尾。"
        ".svg 能用浏览器打开，也能插进 Word、WPS。",
        "what is written is {form}, not `{suffix}`: let the name end in .{form} (a browser opens "
        ".svg, and it can be put into a document)",
    ),
    **case_messages.MESSAGES,
    **coverage_messages.MESSAGES,
    **impact_messages.MESSAGES,
    **service_messages.MESSAGES,
    **sheet_messages.MESSAGES,
    **review_messages.MESSAGES,
    # findings
    "error": ("错误", "error"),
    "warning": ("警告", "warning"),
    "hint": ("提示", "hint"),
    "finding.help": ("改法：", "help: "),
    "finding.above_table": ("{path} {sheet}前的文字：", "{path} lines above {sheet}: "),
    "finding.in_table": (
        "{path} {sheet}第 {row} 行第 {column} 格：",
        "{path} {sheet} row {row} cell {column}: ",
    ),
    "finding.place": ("{path} 工作表“{sheet}”{cell}：", "{path} sheet `{sheet}` {cell}: "),
    "finding.related": ("参看 {place}：", "see {place}: "),
    "finding.fix": ("可用 --fix 自动改：", "--fix can mend this: "),
    "finding.unsafe": ("可以这样改（须人工确认）：", "possible change (to be confirmed): "),
    "count.error": ("{n} 处错误", "{n} error(s)"),
    "count.warning": ("{n} 处警告", "{n} warning(s)"),
    "count.hint": ("{n} 处提示", "{n} hint(s)"),
    "check.clean": ("没有发现问题（{sets} 个规则集）。", "no findings ({sets} set(s))."),
    "check.found": ("共 {counts}（{sets} 个规则集）。", "{counts} ({sets} set(s))."),
    "check.fixable": ("其中 {n} 处可用 --fix 自动改。", "--fix can mend {n} of them."),
    "check.askable": (
        "{n} 处须人工确认，可用 --fix-each 逐处问。",
        "{n} more are to be confirmed: --fix-each asks about each.",
    ),
    "check.ask": ("照这样改吗", "make this change"),
    "check.no_terminal": (
        "这里没有人可以回答；在脚本里请用 --accept 代码。",
        "nobody can answer here; in scripts use --accept CODE.",
    ),
    "check.no_code": ("没有代码“{code}”。", "there is no code `{code}`."),
    "check.fixed": ("已改 {path}：{n} 处", "mended {path}: {n} place(s)"),
    # fmt
    "fmt.written": ("已排版 {path}", "formatted {path}"),
    "fmt.would": ("需要排版 {path}", "not formatted: {path}"),
    "fmt.same": ("{n} 个文件已是统一格式。", "{n} file(s) already formatted."),
    "fmt.exists": (
        "{path} 已存在，没有覆盖；请先移开它，或者加 --stdout。",
        "{path} exists and was not overwritten; move it away, or use --stdout.",
    ),
    "fmt.converted": (
        "已写出 {path}（原文件 {old} 未动；同一个规则集只能留一份，用哪份就把另一份移走）",
        "wrote {path} ({old} is untouched; a set is written once, so move one of them away)",
    ),
    # decide: the page
    "page.outcome": ("结论", "Outcome"),
    "page.reason": ("理由", "Reason"),
    "page.also": ("另有理由", "Also"),
    "page.if": ("如果{condition}：", "if {condition}: "),
    "page.more": ("另有{n}种情况，不逐一列出", "{n} more cases, not listed here"),
    "page.basis": ("依据", "Basis"),
    "page.unverified": ("（条文待核实）", " (clause to be verified)"),
    "page.to": ("应当由谁办", "Who should do it"),
    "page.workflow": ("办理流程", "Workflow"),
    "page.documents": ("出具文书", "Documents"),
    "page.materials": ("所需材料", "Materials"),
    "page.apply": ("可以申请", "May apply for"),
    "page.missing": ("还需补正", "Still needed"),
    "page.asserted": ("须由{role}确认", "to be asserted by {role}"),
    "page.lead": ("承办单位", "Responsible"),
    "page.quota": (
        "本期已用次数，查台账后补填",
        "how much of the quota is used in this period; see the records",
    ),
    "page.unpublished": (
        "待放假安排公布，不用补填",
        "to be published; nothing to be supplied",
    ),
    "page.sender": ("由来件单位补填", "to be supplied by the sender"),
    "page.claimed": (
        "来件写的“{value}”不算数",
        "the `{value}` on the request does not count",
    ),
    "page.decisive": ("仅此一项即可定结论", "this alone can settle it"),
    "page.possible": ("可能的结论", "Possible outcomes"),
    "page.never": ("无论怎样补，都不会准入", "it cannot be admitted, whatever is supplied"),
    "page.duty": ("附带义务", "Duties"),
    "page.duty.by": ("由{by}办理", "by {by}"),
    "page.duty.due": ("最迟 {day}（{limit}）", "not later than {day} ({limit})"),
    "page.duty.limit": ("限 {limit}", "within {limit}"),
    "page.duty.workflow": ("按“{workflow}”流程", "by the workflow {workflow}"),
    "page.duty.provisional": (
        "日期暂定，日历未发布",
        "provisional, the calendar is not published",
    ),
    "page.duty.late": ("逾期：{consequence}", "if late: {consequence}"),
    "page.nearest": ("怎样可以准入", "What would admit it"),
    "page.suggestions": ("相近的条目", "Similar entries"),
    "page.suggestions.note": (
        "（只供核对，不是结论）",
        " (for checking only, not a decision)",
    ),
    "page.valid": ("结论有效至", "Valid until"),
    "page.day": ("按哪天的规则", "Law of the day"),
    "page.received": ("{day}（收到日 {received}）", "{day} (received {received})"),
    "page.today": ("{day}（收到日按今天）", "{day} (received today)"),
    "page.set": ("规则集", "Policy set"),
    "page.digest": ("{code}，摘要 {digest}", "{code}, digest {digest}"),
    "page.note": ("说明", "Note"),
    "page.confirmed": (
        "没有写明由谁填报，{fields}按已经确认处理；要区分，请加 --as 角色",
        "{fields} taken as confirmed, as no role was given; use --as ROLE to tell them apart",
    ),
    "page.claims": (
        "{fields}不归填报人确认，所填的值没有采信",
        "{fields}: not for this role to assert, so the given value was not used",
    ),
    "page.exhaustive": (
        "情况太多，没有逐一算尽；补正所列可能偏多",
        "too many cases to go through; more may be asked for than is needed",
    ),
    "page.conflict": (
        "同一步里的规则结论不一，已取最严的；请检查规则集",
        "rules of one step disagree, the strictest was taken; check the policy set",
    ),
    "page.facts": ("所用事实", "Facts used"),
    "page.place": ("规则所在", "Where it is written"),
    # decide: many
    "batch.row": ("行", "row"),
    "batch.outcome": ("结论", "outcome"),
    "batch.code": ("理由代码", "reason code"),
    "batch.reason": ("理由", "reason"),
    "batch.basis": ("依据", "basis"),
    "batch.to": ("应当由谁办", "who should do it"),
    "batch.missing": ("还需补正", "still needed"),
    "batch.valid": ("有效至", "valid until"),
    "batch.error": ("读不了", "not read"),
    "batch.total": ("共 {n} 件", "{n} request(s)"),
    "batch.errors": (
        "{n} 行读不了，没有判定（不是拒绝）；请改正后重新判定",
        "{n} row(s) could not be read and were not decided (this is no refusal)",
    ),
    "batch.unused": (
        "这些栏目不在表单里，没有用于判定，只随结果带出：{names}",
        "these columns are not fields of the form and were not used: {names}",
    ),
    "batch.written": ("结果已写入 {path}", "results written to {path}"),
    "batch.progress": ("正在判定", "deciding"),
    # decide: usage
    "decide.both": (
        "来件要么写在命令里，要么用 --file 给文件，不能两样都写。",
        "give the request either as FIELD=VALUE or with --file, not both",
    ),
    "decide.what_if": ("怎么改：{words}", "what if: {words}"),
    "decide.left": ("还取决于：{words}", "left open: {words}"),
    "decide.explain": (
        "--explain 等只用于一件来件；成批的请用 --format jsonl，里面有全部理由和所用事实。",
        "--explain and the like are for one request; for many use --format jsonl, which has it all",
    ),
    "decide.same": (
        "--output 不能写成来件文件本身，否则来件会被覆盖。",
        "--output is the file of requests itself, which would be overwritten",
    ),
    "decide.pair": (
        "“{text}”应写成 字段=值，例如 类别=检查考核。",
        "`{text}` should be FIELD=VALUE",
    ),
    "decide.twice": ("“{name}”写了两次。", "`{name}` is given twice"),
    "decide.empty": (
        "没有写来件。在命令后面写 字段=值，或者用 --file 给文件。可填的有：{fields}",
        "no request: write FIELD=VALUE after the set, or use --file. Fields: {fields}",
    ),
    "decide.date": (
        "“{text}”不是日期，应写成 2026-03-02 这样。",
        "`{text}` is not a date like 2026-03-02",
    ),
    # test
    "test.fail": ("不通过", "FAILED"),
    "test.case": ("{title}（第 {n} 条）", "{title} (case {n})"),
    "test.passed": ("{n} 项测试全部通过", "all {n} test(s) passed"),
    "test.failed": ("{n} 项测试，{bad} 项不通过", "{bad} of {n} test(s) failed"),
    "test.none": ("规则集里没有测试", "the set has no tests"),
    "test.rejected": (
        "规则集有错误，没有运行测试：",
        "the set has errors, its tests were not run:",
    ),
    # explain
    "explain.meaning": ("提示内容", "Message"),
    "explain.why": ("为什么要紧", "Why it matters"),
    "explain.help": ("怎么改", "How to mend it"),
    "explain.unknown": (
        "没有代码“{code}”。{near}",
        "there is no code `{code}`. {near}",
    ),
    # new
    "new.exists": (
        "{path} 已存在，没有覆盖。请换一个名字，或者先移开它。",
        "{path} exists and was not overwritten",
    ),
    "new.made": ("已写出 {path}", "wrote {path}"),
    "new.appended": ("已加到 {path} 末尾", "appended to {path}"),
    "new.next": ("接下来：", "Next:"),
    "new.code": (
        "把下面这行加进 {path}，在 checker 的 CHECKS 里加一个函数：",
        "add this row to {path}, and a function to a CHECKS tuple of the checker:",
    ),
    "new.name": (
        "“{name}”不能作清单名称：只用文字、数字，不留空格。",
        "`{name}` cannot be the name of a list: letters and digits only",
    ),
    "new.slug": (
        "“{name}”应写成小写英文加连字符，如 missing-basis。",
        "`{name}` should be lower case with hyphens, such as missing-basis",
    ),
    "new.full": ("这一类代码已用完。", "this range of codes is full"),
    # demo
    "demo.title": (
        "威海示例规则集上的 {n} 件来件（示例，非官方文本）",
        "{n} requests on the shipped Weihai set (an example, not an official text)",
    ),
    "demo.given": ("来件：", "request: "),
    "demo.next": ("接着可以试：", "Try next:"),
    # failures
    "failure.usage": ("命令写法不对：{message}", "{message}"),
    "failure.try": ("用 {command} --help 看说明。", "Try '{command} --help' for help."),
    "failure.command": ("没有命令“{name}”。{near}", "there is no command `{name}`. {near}"),
    "failure.option": ("没有选项“{name}”。{near}", "there is no option `{name}`. {near}"),
    "failure.missing": ("缺少 {name}。", "missing {name}"),
    "failure.missing_what": ("缺少{what}（用法里的 {name}）。", "missing {what} ({name})"),
    "argument.path": ("文件或者规则集", "a file or set"),
    "argument.set": ("规则集", "a set"),
    "argument.file": ("文件", "a file"),
    "argument.dir": ("文件夹", "a folder"),
    "argument.name": ("名称", "a name"),
    "argument.code": ("提示代码", "a code"),
    "argument.case": ("办件编号", "the number of a case"),
    "argument.action": ("要办的事", "an action"),
    "argument.role|unit": ("角色或者单位", "a role or unit"),
    "argument.draft": ("草案", "a draft"),
    "argument.old": ("现行的规则集", "the set in force"),
    "argument.new": ("草案", "a draft"),
    "argument.log": ("判定日志", "a decision log"),
    "failure.choice": (
        "{name} 不能是“{value}”，可写：{choices}。",
        "{name} cannot be `{value}`; choose from {choices}",
    ),
    "failure.whole": ("{name} 要写整数{bounds}。", "{name} takes a whole number{bounds}"),
    "failure.number": ("{name} 要写数{bounds}。", "{name} takes a number{bounds}"),
    "failure.between": ("，{least} 至 {most}", " from {least} to {most}"),
    "failure.least": ("，不小于 {least}", ", at least {least}"),
    "failure.no_file": ("没有“{path}”这个文件。", "there is no file `{path}`"),
    "failure.not_file": ("“{path}”不是能读写的文件。", "`{path}` is no file to read or write"),
    "failure.empty": ("{name} 是空的，要写上内容。", "{name} is empty"),
    "failure.valueless": ("{name} 后面要写上内容。", "{name} takes a value"),
    "failure.extra": ("多写了“{extra}”。", "unexpected argument `{extra}`"),
    "failure.near": ("是不是 {names}？", "did you mean {names}?"),
    "failure.internal": (
        "错误 ZR901 程序内部出错（参考号 {reference}），不是文件的问题。"
        "加 --debug 重新运行可看细节，请把参考号告诉维护人员。",
        "error ZR901 internal error (reference {reference}); this is not the fault of your file. "
        "Run again with --debug for the details, and report the reference.",
    ),
    "outcome.admit": ("准入", "admit"),
    "outcome.refuse": ("拒绝", "refuse"),
    "outcome.defer": ("暂缓", "defer"),
    "outcome.incomplete": ("补正", "incomplete"),
    "value.yes": ("是", "yes"),
    "value.no": ("否", "no"),
    "value.none": ("无", "none"),
    "usage": ("用法：", "Usage: "),
    "usage.options": ("[选项]", "[OPTIONS]"),
    "usage.command": ("命令 [参数]...", "COMMAND [ARGS]..."),
    "options": ("选项", "Options"),
    "commands": ("命令", "Commands"),
    "list.comma": ("、", ", "),
    "list.semicolon": ("；", "; "),
    "colon": ("：", ": "),
}


def say(key: str, language: Language, /, **values: object) -> str:
    """Return the message `key` in `language`, its slots filled."""
    return MESSAGES[key][0 if language == "zh" else 1].format(**values)


def help_text(key: str, language: Language) -> str:
    """Return the help `key` in `language`; a text that is no key stands for itself."""
    pair = HELP.get(key)
    return pair[0 if language == "zh" else 1] if pair else key
