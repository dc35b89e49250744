"""Everyday writing is told how the language says it, and never something that means otherwise."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.nodes import ListDecl, Rule
from zhunru.syntax.parser import parse, parse_part

# What a clerk writes in a condition, and what it is read as.
EVERYDAY = {
    "类别 是 系统应用": "类别 为 系统应用",
    "不是 已到位": "非 已到位",
    "没有 已到位 且 类别 是 系统应用": "非 已到位 且 类别 为 系统应用",
    "类别 不属于 甲、乙": "非 类别 属于 甲、乙",
    "单位 的 类别 不属于 甲、乙": "非 单位 的 类别 属于 甲、乙",
    "材料 不包括 方案": "非 材料 包含 方案",
    "如果 类别 为 甲": "类别 为 甲",
    "类别 为 甲 时": "类别 为 甲",
    "类别 为空": "类别 为 无",
    "类别 不为空": "类别 不为 无",
    "人数 3 以上": "人数 不少于 3",
    "人数 在 3人以上": "人数 不少于 3人",
    "人数 3人及以下": "人数 不超过 3人",
    "类别 在 甲、乙 中": "类别 属于 甲、乙",
    "人数 3 以上 且 类别 是 甲": "人数 不少于 3 且 类别 为 甲",
    "类别 为 甲 和 人数 超过 3": "类别 为 甲 且 人数 超过 3",
    "类别 为 甲 及 有效(登记, 社区)": "类别 为 甲 且 有效(登记, 社区)",
    "到达日期 是 休息日": "到达日期 逢 休息日",
    "类别 为 甲 且 到达日期 是 工作日": "类别 为 甲 且 到达日期 逢 工作日",
}
# Words that are simply other spellings.
SPELLINGS = {
    "人数 高于 3": "人数 超过 3",
    "人数 低于 3": "人数 不满 3",
    "人数 至少 3": "人数 不少于 3",
    "人数 最多 3": "人数 不超过 3",
    "适用日 晚于 2026-01-01": "适用日 超过 2026-01-01",
    "适用日 早于 2026-01-01": "适用日 不满 2026-01-01",
    "适用日 不早于 2026-01-01": "适用日 不少于 2026-01-01",
    "适用日 不晚于 2026-01-01": "适用日 不超过 2026-01-01",
    "类别 等于 甲": "类别 为 甲",
    "类别 不是 甲": "类别 不为 甲",
    "类别 为 甲 或者 人数 超过 3": "类别 为 甲 或 人数 超过 3",
    "类别 为 甲 并且 人数 超过 3": "类别 为 甲 且 人数 超过 3",
    "材料 包括 方案": "材料 包含 方案",
}
ENGLISH = {
    "kind is not a": "kind isnot a",
    "kind equals a": "kind is a",
    "n at least 3": "n atleast 3",
    "n is at most 3": "n atmost 3",
    "n greater than 3": "n over 3",
    "n is less than or equal to 3": "n atmost 3",
    "kind not contains a": "not kind contains a",
}


def condition(text: str, language: str = "zh") -> tuple[object, list[Diagnostic]]:
    """Return what a condition says, without its places, and the findings."""
    zh = f'规则 甲\n  当 {text}\n  拒绝 "不"\n'
    en = f'rule a\n  when {text}\n  refuse "no"\n'
    file, found = parse(Source("x.policy", zh if language == "zh" else en))
    (rule,) = file.declarations
    assert isinstance(rule, Rule)
    return rule.clauses.when, found


@pytest.mark.parametrize("text", EVERYDAY)
def test_an_everyday_turn_is_told_and_read_as_it_is_meant(text: str) -> None:
    read, found = condition(text)
    meant, none = condition(EVERYDAY[text])
    assert (repr(read), none) == (repr(meant), [])
    assert [one.code for one in found] == ["ZR101"]
    assert found[0].fix is not None and not found[0].fix.safe


@pytest.mark.parametrize("text", SPELLINGS)
def test_another_spelling_says_the_same(text: str) -> None:
    read, found = condition(text)
    assert (repr(read), found) == (repr(condition(SPELLINGS[text])[0]), [])


@pytest.mark.parametrize("text", ENGLISH)
def test_an_everyday_turn_in_english(text: str) -> None:
    read, found = condition(text, "en")
    assert repr(read) == repr(condition(ENGLISH[text], "en")[0])
    assert [one.code for one in found] == ["ZR101"]


@pytest.mark.parametrize("text", ["适用日 在 2026-01-01 之后", "适用日 2026年1月1日以前"])
def test_a_day_before_or_behind_which_is_asked_about(text: str) -> None:
    _, (finding, *_) = condition(text)
    assert finding.fix is None
    assert "不含当日写" in finding.help_zh


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("每年1次", "每年 不超过 1 次"),
        ("半年1次", "每半年 不超过 1 次"),
        ("每年一次", "每年 不超过 1 次"),
        ("一季度两次", "每季度 不超过 2 次"),
        ("每季两次", "每季度 不超过 2 次"),
        ("每月最多十二次", "每月 不超过 12 次"),
        ("每年 1-2 次", "每年 不超过 2 次"),
        ("3次/年", "每年 不超过 3 次"),
        ("按需开展", "不限"),
    ],
)
def test_how_often_as_lists_say_it(written: str, meant: str) -> None:
    for language in ("zh", "any"):
        value, found = parse_part("freq", written, Source("x", written), 0, language)
        wanted, _ = parse_part("freq", meant, Source("x", meant), 0, language)
        assert repr(value) == repr(wanted)
        assert meant in found[0].help_zh


def test_steps_beside_their_word_are_put_under_it() -> None:
    text = '判定 能否 对象 来件\n  依次 甲、乙\n  默认 拒绝 "不"\n'
    _, (finding,) = parse(Source("x.policy", text))
    assert (finding.code, finding.help_zh) == ("ZR101", "各步另起一行，缩进写在下面")
    assert finding.fix is not None and finding.fix.safe
    (edit,) = finding.fix.edits
    text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text.splitlines()[1:3] == ["  依次", "    甲、乙"]
    assert parse(Source("x.policy", text))[1] == []


def test_a_quoted_text_is_left_alone() -> None:
    _, found = condition('类别 是 "人数 3 以上"')
    assert found[0].fix is not None
    assert [edit.text for edit in found[0].fix.edits] == ["为"]


ROWS = "编号\t事项\t频次\nJ1\t摸底\t每年 不超过 1 次\nJ2\t普查\t\nJ3\t走访\n"


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.replace("\t", "    "),
        "".join(f"\t{line}\n" for line in ROWS.splitlines()),
        "".join(f"  {line}\r\n" for line in ROWS.splitlines()),
    ],
    ids=["at the margin", "with blanks", "behind a tab", "from Windows"],
)
def test_pasted_rows_are_one_finding_and_the_mend_makes_them_a_table(rows: str) -> None:
    if "\t" not in rows:
        rows = rows.replace("普查    \n", "普查    -\n").replace("走访\n", "走访    -\n")
    text = f"清单 协助 类型 协助 主体 社区\n{rows}\n参数 上限 12 次\n"
    file, found = parse(Source("x.policy", text))
    assert [one.code for one in found] == ["ZR138"]
    fix = found[0].fix
    assert fix is not None
    for edit in sorted(fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    file, found = parse(Source("x.policy", text))
    assert found == []
    entries = next(one for one in file.declarations if isinstance(one, ListDecl)).entries
    assert [entry.code for entry in entries] == ["J1", "J2", "J3"]


def test_lines_with_tabs_that_can_be_read_are_no_table() -> None:
    text = "表单 来件\n  事项\t文本\n  人数\t数值\n"
    _, found = parse(Source("x.policy", text))
    assert found == []
