"""75x–77x: commands on cases that the service refuses before a workflow is asked."""

from __future__ import annotations

from dataclasses import replace

from zhunru.codes.entry import Code, refusals
from zhunru.diagnostics import Severity

_NOTHING_DONE = (
    "命令没有办理，办件没有变化；不提示就会让人以为已经办了。",
    "the command was not carried out and the case is as it was; without a word somebody would "
    "think it was done.",
)


_code = refusals(_NOTHING_DONE)

CODES: tuple[Code, ...] = (
    _code(
        750,
        "unknown-unit",
        "“{unit}”不是{day}在册的单位",
        "`{unit}` is no unit of the chart on {day}",
        "请写组织图中的单位名称；系统外的单位写作“系统外:名称”。",
        "name a unit of the chart; for a body outside it write `系统外:name`",
    ),
    _code(
        751,
        "key-used-otherwise",
        "命令编号“{key}”已经用于另一条命令",
        "the command key `{key}` was used for another command",
        "同一条命令重发时内容须一字不差；新的命令请用新的编号。",
        "repeat a command with the very same content, and give a new command a new key",
        (
            "若按编号返回旧的回执，新的命令就会悄悄丢失。",
            "answering with the old reply would silently lose the new command.",
        ),
    ),
    _code(
        752,
        "no-such-case",
        "没有编号为“{case}”的办件",
        "there is no case `{case}`",
        "请核对办件编号。",
        "check the number of the case",
    ),
    _code(
        753,
        "bad-command-key",
        "命令编号应为 1 至 200 个字符，所给的有 {length} 个",
        "a command key has 1 to 200 characters, and this one has {length}",
        "请为每条命令取一个不重复的编号。",
        "give every command a key of its own",
        (
            "没有编号的命令重发一次就会办两次。",
            "a command without a key that is sent again would be carried out twice.",
        ),
    ),
    _code(
        754,
        "no-such-workflow",
        "规则集“{policy}”没有流程“{flow}”",
        "policy set `{policy}` has no workflow `{flow}`",
        "可用的流程：{names}",
        "its workflows are: {names}",
    ),
    _code(
        755,
        "fact-of-the-store",
        "“{name}”以台账和登记为准，来件不能自带",
        "`{name}` is known to the store and cannot be brought by a request",
        "请从来件中删去。",
        "leave it out of the request",
        (
            "若由来件自报限额用量和台账，限额和临时准入就形同虚设。",
            "a request that brings its own quotas and registers would make them worthless.",
        ),
    ),
    _code(
        756,
        "role-not-held",
        "“{unit}”不是“{role}”，不能以其名义确认",
        "`{unit}` does not hold the role `{role}` and cannot vouch as it",
        "请由“{role}”确认，或者去掉这项确认。",
        "have `{role}` vouch for it, or leave it out",
    ),
    _code(
        757,
        "set-not-registered",
        "办件所用的规则集版本“{digest}”没有登记",
        "the version `{digest}` of the policy set that the case runs under is not registered",
        "请用登记过该版本的办件库，或者先登记这一版本的规则集。",
        "use the store in which it was registered, or register that version first",
        (
            "用别的版本办理，办件的规则就被悄悄换掉了。",
            "going on by another version would silently change the rules of the case.",
        ),
    ),
    _code(
        758,
        "which-policy-set",
        "没有编号为“{policy}”的规则集",
        "there is no policy set `{policy}`",
        "可用的规则集：{names}",
        "the policy sets are: {names}",
    ),
    _code(
        759,
        "not-to-be-merged",
        "办件“{case}”不能并入“{into}”：{reason_zh}",
        "case `{case}` cannot be merged into `{into}`: {reason_en}",
        "只能并入同一流程、尚未办结的另一件。",
        "merge it into another case of the same workflow that is still open",
    ),
    _code(
        760,
        "nothing-to-apply-for",
        "这项结论没有可以申请的流程",
        "there is no workflow to apply by after this decision",
        "请去掉申请，按决定中的去向办理。",
        "leave the application out, and go where the decision says",
    ),
    _code(
        761,
        "not-yours-to-withdraw",
        "“{unit}”不能撤回“{case}”",
        "`{unit}` cannot withdraw `{case}`",
        "请由来件的单位在生效之日以前撤回。",
        "have the unit that sent it withdraw it before the day it is for",
    ),
    _code(
        762,
        "version-does-not-match",
        "登记的规则集已损坏，或者不是“{digest}”这一版本",
        "the registered policy set is damaged, or is not the version `{digest}`",
        "请用当时的文件重新登记。",
        "register it again from the files of that time",
        (
            "内容与版本号不符的规则不能用来办理。",
            "rules that are not what their digest says must not be applied.",
        ),
    ),
    _code(
        763,
        "version-not-readable",
        "规则集版本“{digest}”由较早的程序登记，本程序读不懂：{found_zh}",
        "the version `{digest}` was registered by an earlier program; this one cannot read it: "
        "{found_en}",
        "请用登记它的程序办完在办的件，或者用原来的程序改到能读懂的新版本（zhunru case migrate）。",
        "let the program that registered it end the open cases, or move them to a version that "
        "both can read (zhunru case migrate)",
        (
            "读不全的规则不能用来办理：漏掉的一条会悄悄改变结论。",
            "rules that are read in part must not be applied: what is left out changes decisions "
            "without a word.",
        ),
    ),
    _code(
        765,
        "draft-check-not-finished",
        "草案的检查或者比对没有做完：{problem_zh}",
        "the check or comparison of the draft was given up: {problem_en}",
        "请把规则集拆小，或者先在自己的机器上用 zhunru check、zhunru diff 试，看是哪一部分。",
        "make the set smaller, or run zhunru check or diff at home to see what takes so much",
        (
            "一份草案不能拖住整个服务；没有检查完的不能批准、发布。",
            "one draft must not hold up the service; what was not checked is not approved.",
        ),
    ),
    replace(
        _code(
            764,
            "version-read-anew",
            "规则集版本“{digest}”由较早的程序登记，现按本程序读出，在办的件照旧办理；新发现的问题：{found_zh}",
            "the version `{digest}` was registered by an earlier program and is read by this one; "
            "cases under it go on; found since: {found_en}",
            "请核对更新说明；发布新版本时把这些问题改好。",
            "look at the notes of the release, and mend what is found in the next version",
            (
                "程序更新不能让在办的件办不下去，也不能不声不响。",
                "an update of the program must not stop open cases, nor pass without a word.",
            ),
        ),
        severity=Severity.WARNING,
    ),
)
