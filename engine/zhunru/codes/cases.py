"""72x to 74x: what is refused while a case is under way."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_RECORDED = (
    "办过的每一步都要经得起查；不合规则的一步不记，已经记下的不改。",
    "every step of a case must stand up to audit: what the rules do not allow is not recorded, and "
    "what is recorded is not changed",
)
_FACTS = (
    "去向取决于事实；事实没有给全就往下走，走的可能是另一条路。",
    "where a case goes depends on facts; going on without them could be the wrong way",
)
_HANDS = (
    "谁办、谁批、谁不能办，是规则集写明的；越权办理的不作数。",
    "the set says whose work it is and whose it cannot be; what others do does not count",
)
_TIME = (
    "期限到时自动转办，不因系统晚一步运行而改变，否则逾期就没有准数。",
    "time moves a case at its own instant, however late the system runs; else nobody could say "
    "what is overdue",
)


def _code(
    number: int, slug: str, zh: str, en: str, help_zh: str, help_en: str, why: tuple[str, str]
) -> Code:
    return Code(
        f"ZR{number}", slug, Severity.ERROR, zh, en, help_zh, help_en, why_zh=why[0], why_en=why[1]
    )


CODES: tuple[Code, ...] = (
    _code(
        720,
        "case-closed",
        "本件已经{end}，不能再“{verb}”",
        "the case has come to its end `{end}`; `{verb}` is not possible any more",
        "确需继续办理的，请另开一件。",
        "open another case if more has to be done",
        _RECORDED,
    ),
    _code(
        721,
        "no-such-action",
        "环节“{state}”没有“{verb}”这一办理",
        "the state `{state}` has no action `{verb}`",
        "这一环节可以办理：{actions_zh}",
        "what can be done here: {actions_en}",
        _RECORDED,
    ),
    _code(
        722,
        "time-was-first",
        "“{verb}”来不及了：{when} {ending_zh}，本件已由“{state}”转入“{now}”",
        "`{verb}` comes too late: {ending_en} at {when} took the case from `{state}` to `{now}`",
        "请按“{now}”环节办理。",
        "go on from `{now}`",
        _TIME,
    ),
    _code(
        723,
        "not-your-turn",
        "“{actor}”不是“{state}”环节的办理单位",
        "the state `{state}` is not for `{actor}` to act on",
        "这一环节由 {owners_zh} 办理；需要换人的，先改派。",
        "it belongs to {owners_en}; reassign it first if it must be somebody else",
        _HANDS,
    ),
    _code(
        724,
        "guard-not-met",
        "不能“{verb}”：须{condition_zh}",
        "`{verb}` is not possible: it needs that {condition_en}",
        "条件具备后再办理，或者选择别的去向。",
        "act when the condition is met, or choose another way on",
        _RECORDED,
    ),
    _code(
        725,
        "fact-missing-for-action",
        "还不能“{verb}”：{missing_zh}没有填写",
        "`{verb}` is not possible yet: {missing_en} is not known",
        "请随本次办理一并填写；须由别的单位确认的，请其确认。",
        "give it with this action; what another body must confirm is asked of that body",
        _FACTS,
    ),
    _code(
        726,
        "input-missing",
        "“{verb}”须填写{missing_zh}",
        "`{verb}` takes {missing_en}, which is not given",
        "请填写后再办理。",
        "give it and act again",
        _FACTS,
    ),
    _code(
        727,
        "input-not-taken",
        "“{verb}”不收“{name}”这一栏",
        "`{verb}` takes no field `{name}`",
        "{hint_zh}",
        "{hint_en}",
        (
            "已经登记的事实只能由写明填写该栏的办理来改，不能顺手改掉。",
            "a fact on record is changed only by an action that says so, never in passing",
        ),
    ),
    _code(
        728,
        "unit-unknown",
        "“{value}”（{name}）不在当日的单位名册中",
        "`{value}` ({name}) is not on the chart of the day",
        "{hint_zh}请写单位名册中的名称；确属系统外的，写“系统外:名称”。",
        "{hint_en}write a name of the chart; for a body outside of it, outside:name",
        _HANDS,
    ),
    _code(
        729,
        "bound-used-up",
        "“{verb}”已经办过 {times} 次，不能再办",
        "`{verb}` was taken {times} times already, which is all there is",
        "请选择别的去向。",
        "choose another way on",
        _RECORDED,
    ),
    _code(
        730,
        "version-moved-on",
        "本件已有变动：你看到的是第 {expected} 步，现在是第 {version} 步",
        "the case has moved on: you saw version {expected}, it is at {version}",
        "请重新查看后再办理。",
        "look at it again, then act",
        (
            "两人同时办理时，后一人应当先看到前一人办了什么。",
            "of two who act at once, the second must see first what the first did",
        ),
    ),
    _code(
        731,
        "before-last-event",
        "办理时间 {at} 早于本件上一步的时间 {last}",
        "the time of acting, {at}, lies before the last event of the case, {last}",
        "补录可以倒填时间，但不得早于上一步。",
        "what is entered later may be dated back, but never before the last event",
        _RECORDED,
    ),
    _code(
        732,
        "same-hands",
        "“{actor}”已经承担“{other}”环节，不得再承担“{state}”",
        "`{actor}` worked on `{other}`, so it may not work on `{state}`",
        "请由别的单位（别的人）办理；需要时先改派。",
        "somebody else must act; reassign it first if need be",
        _HANDS,
    ),
    _code(
        733,
        "person-not-named",
        "“{state}”环节须写明经办人",
        "the state `{state}` asks for the name of the person who acts",
        "请写明由谁办理：本环节与别的环节不得由同一人承担。",
        "name the person: this state and another must not be worked on by one and the same",
        _HANDS,
    ),
    _code(
        734,
        "answered-already",
        "“{actor}”已经答复“{result}”",
        "`{actor}` has answered `{result}` already",
        "每个单位只答复一次；需要更正的，请牵头单位处理。",
        "each party answers once; the lead sees to corrections",
        _RECORDED,
    ),
    _code(
        735,
        "not-a-party",
        "“{actor}”不在“{state}”的会办单位之列",
        "`{actor}` is not among the parties of `{state}`",
        "会办单位：{parties_zh}；需要增加的，先加派。",
        "the parties are {parties_en}; add one first if need be",
        _HANDS,
    ),
    _code(
        736,
        "no-parties",
        "“{verb}”之后要由“{state}”会办，但是没有会办单位",
        "`{verb}` leads to `{state}`, which has no parties to ask",
        "请填写{fields_zh}。",
        "give {fields_en}",
        _FACTS,
    ),
    _code(
        737,
        "meeting-does-not-add-up",
        "会议人数不合：{reason_zh}",
        "the figures of the meeting do not add up: {reason_en}",
        "请核对应到、到会、赞成的人数或者名单；回避的不计入。",
        "check who belongs, who was present and who was in favour; the recused do not count",
        (
            "到会和赞成的人数决定议案是否通过。",
            "who was there and who agreed decides whether the matter is carried",
        ),
    ),
    _code(
        738,
        "clock-stopped",
        "“{state}”正在停表（{reason}），不能“{verb}”",
        "the clock of `{state}` is stopped ({reason}); `{verb}` is not possible",
        "请先恢复；停表期间只能恢复、撤回、督办。",
        "resume first: while it stands, only resume, withdraw and supervise are possible",
        _TIME,
    ),
    _code(
        739,
        "cannot-stop",
        "不能“{verb}”：{reason_zh}",
        "`{verb}` is not possible: {reason_en}",
        "请核对本环节可停表的事由和时限。",
        "see for which reasons, and how long, the clock of this state may stop",
        _TIME,
    ),
    _code(
        740,
        "cannot-extend",
        "不能“{verb}”：{reason_zh}",
        "`{verb}` is not possible: {reason_en}",
        "延期须在到期前提出，次数和批准单位以规则集为准。",
        "an extension is asked for before time is over, as often and of whom the set says",
        _TIME,
    ),
    _code(
        741,
        "own-approval",
        "“{actor}”是“{state}”的办理单位，不能批准自己的延期",
        "`{actor}` owns `{state}` and cannot agree to its own extension",
        "请由上级或者写明的批准单位答复。",
        "somebody else of the body named, or one above it, must answer",
        _HANDS,
    ),
    _code(
        742,
        "built-in-forbidden",
        "“{state}”环节不得“{verb}”",
        "the state `{state}` does not allow `{verb}`",
        "这一环节依法不得{verb}，请按所列去向办理。",
        "the law leaves no room for `{verb}` here; take one of the ways on",
        _HANDS,
    ),
    _code(
        743,
        "not-entitled",
        "“{actor}”不能对本件“{verb}”",
        "`{actor}` may not `{verb}` this case",
        "{hint_zh}",
        "{hint_en}",
        _HANDS,
    ),
    _code(
        744,
        "own-case",
        "“{actor}”是本件的申请单位或者其下级，不得办理“{state}”",
        "`{actor}` is the applicant, or below it, and may not work on `{state}`",
        "请改派给别的单位。",
        "assign it to another body",
        _HANDS,
    ),
    _code(
        745,
        "wrong-number-of-bodies",
        "“{name}”应当恰有 {number} 个，所给的是 {given} 个",
        "there must be exactly {number} of `{name}`, and {given} are given",
        "请只填写应有的个数。",
        "give just so many",
        _HANDS,
    ),
    _code(
        746,
        "cannot-migrate",
        "本件不能自动转到新版本：{reason_zh}",
        "the case cannot go over to the new version by itself: {reason_en}",
        "请人工处理，或者在迁移中写明去向。",
        "somebody must see to it, or the migration must say where it goes",
        (
            "正在办理的事项按开办时的版本走；转到新版本时，不能悄悄改变它的期限和去向。",
            "a running case keeps its version; when it moves, its time and ways must not change "
            "unnoticed",
        ),
    ),
    _code(
        747,
        "calendar-not-published",
        "还不能“{verb}”：所涉日期的放假安排没有公布",
        "`{verb}` is not possible yet: the holidays of the days it asks about are not published",
        "放假安排公布后再办理。",
        "act when the calendar is published",
        _TIME,
    ),
)
