"""88x: what people type about cases, and the audit chain of a store."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_E = Severity.ERROR

CODES: tuple[Code, ...] = (
    Code(
        "ZR880",
        "no-store-yet",
        _E,
        "“{store}”还没有办件",
        "there are no cases at `{store}` yet",
        "先用 zhunru case open 开立一件；库在别处的，用 --store 写明",
        "open one with `zhunru case open`; for a store elsewhere use --store",
        "找不到库就另建一个空库，会让人以为办件都丢了。",
        "Making an empty store where none was found would look as if all cases were lost.",
    ),
    Code(
        "ZR881",
        "actor-not-named",
        _E,
        "没有写明由谁办理",
        "nobody is named who acts",
        "写上单位，需要时再写经办人，例如 --as “区民政局 张三”；接口上是 as，或者口令的 --actor",
        "name the unit, and the person where it matters, such as --as `unit person`; over HTTP "
        "as `as`, or by a token made with --actor",
        "由谁办理要记入卷宗，也决定能不能办。",
        "Who acts is put on record, and decides whether it may be done.",
    ),
    Code(
        "ZR882",
        "chain-broken",
        _E,
        "审计链在分区“{partition}”第 {position} 条断开：{what_zh}",
        "the audit chain of partition `{partition}` is broken at link {position}: {what_en}",
        "停止写入，保存现场；与备份或者另存的链头比对，查明是谁在什么时候改动的",
        "stop writing and keep everything as it is; hold it against a backup or noted heads",
        "链断了，说明已经写下的事件被改过、删过，卷宗不再可信。",
        "A broken chain shows that something on record was changed or removed.",
    ),
    Code(
        "ZR883",
        "heads-unreadable",
        _E,
        "“{path}”不是 zhunru audit verify --format json 存下的链头",
        "`{path}` does not hold heads as `zhunru audit verify --format json` writes them",
        "用 zhunru audit verify --format json > 文件 另存一份",
        "keep one with `zhunru audit verify --format json > FILE`",
        "没有可靠的旧链头，就看不出末尾有没有被截去。",
        "Without a sound earlier head nobody can tell whether the end was cut off.",
    ),
    Code(
        "ZR916",
        "case-not-as-told",
        _E,
        "办件“{case}”现在的样子与它的经过对不上",
        "case `{case}` is not as its events say",
        "经过（事件）是准的：停止写入，保存现场，从备份恢复，查明是谁在什么时候改动的",
        "events are the truth: stop writing, keep everything as it is, restore from a backup",
        "办件走到哪一步、轮到谁、何时到期，记进台账的行、用掉的限额、对每个键的答复、待发的通知，都由事件得出，"
        "另存在各自的表里，好查得快。表里的行被人直接改过、删过，或者凭空添上，待办、台账和限额就不是实情；"
        "所依的规则集版本被人删去，办件就办不下去、也核对不了。审计链只管事件，看不出来。",
        "Where a case stands, whose turn it is, when it is due, the rows of registers that it "
        "wrote, the quotas that it used, the answers to its commands and the messages that wait "
        "all follow from its events and are kept in tables, to be found fast. Where somebody "
        "changed, removed or added such a row, lists, registers and quotas are not true; where the "
        "version of the set was removed, the case can neither go on nor be looked into. The chain "
        "of events does not show it.",
    ),
)
