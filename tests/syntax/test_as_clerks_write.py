"""Slips of a clerk's first policy: each is one finding that says how it is written."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.decode import decode
from zhunru.syntax.loader import load_text
from zhunru.syntax.parser import parse

FORM = "表单 来件\n  {}\n"
DECIDE = "判定 甲 对象 乙\n  依次\n    丙\n  默认 拒绝 {}\n"
TEST = '测试 "甲"\n  {}\n'
RULE = "清单 甲 类型 准入\n  要求 丙 {} “不办”\n  | 编号 | 事项 |\n  | 01 | 丁 |\n"
BASIS = "依据\n  | 名称 | 全称 | 施行 |\n  | 甲 | 乙 | {} |\n"

SLIPS = [
    (BASIS, "2020.4.29", "2020-04-29", "写作“2020-04-29”"),
    (BASIS, "二〇二〇年四月二十九日", "2020-04-29", "写作“2020-04-29”"),
    ("政策 甲\n  施行 {}\n", "2026.1.1", "2026-01-01", "写作“2026-01-01”"),
    (FORM, "社区 单位，必填，主体", "社区 单位 必填 主体", "用空格隔开"),
    (FORM, "社区 单位、必填", "社区 单位 必填", "用空格隔开"),
    (DECIDE, "没有列入清单", "“没有列入清单”", "写“没有列入清单”"),
    (DECIDE, "没有列入清单 退回 社区", "“没有列入清单” 退回 社区", "写“没有列入清单”"),
    (DECIDE, "没列入，不办", "“没列入，不办”", "写“没列入，不办”"),
    (TEST, "假如 甲 为 乙\n  准入", "假如 甲 为 乙\n  那么 准入", "结论前面写“那么”"),
    (TEST, "假如 甲 为 乙 拒绝 代码 丙", "假如 甲 为 乙 那么 拒绝 代码 丙", "结论前面写“那么”"),
    (TEST, "如果 甲 为 乙 那么 准入", "假如 甲 为 乙 那么 准入", "写作“假如”"),
    (TEST, "假如 甲 为 乙，丙 为 丁，那么准入", "假如 甲 为 乙，丙 为 丁 那么 准入", "写作“那么”"),
    (RULE, "为 丁 ，否则拒绝", "为 丁 否则 拒绝", "写作“否则”"),
    (RULE, "不超过 3 次，否则 暂缓", "不超过 3 次 否则 暂缓", "写作“否则”"),
    (RULE, "属于 甲、乙；否则 拒绝", "属于 甲、乙 否则 拒绝", "写作“否则”"),
    (TEST, "假如 甲 是 乙，丙 是 丁 那么 准入", "假如 甲 为 乙，丙 为 丁 那么 准入", "写作“"),
]


def _mended(text: str, finding: Diagnostic) -> str:
    assert finding.fix is not None
    for edit in sorted(finding.fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(("around", "written", "meant", "said"), SLIPS)
def test_a_slip_is_one_finding_with_its_mend(
    around: str, written: str, meant: str, said: str
) -> None:
    text = around.format(written)
    _, found = parse(Source("x.policy", text))
    assert [one.code for one in found] == ["ZR101"]
    assert said in found[0].help_zh
    assert " ".join(_mended(text, found[0]).split()) == " ".join(around.format(meant).split())
    assert parse(Source("x.policy", around.format(meant)))[1] == []


SET = """政策 甲 "乙"
  印发 丙
表单 来件
  类别 枚举 出具证明、盖章
  本人到场 是否
规则 丁
  当 {}
  拒绝 "不办"
"""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("类别是出具证明", "类别 为 出具证明"),
        ("类别为出具证明", "类别 为 出具证明"),
        ("类别不是出具证明", "类别 不为 出具证明"),
        ("非本人到场", "非 本人到场"),
    ],
)
def test_words_without_blanks_between_them_are_told_apart(written: str, meant: str) -> None:
    _, found = load_text(SET.format(written))
    assert found == []
    told = [one for one in _checked(written) if written in one.zh]
    assert [one.code for one in told] in (["ZR201"], ["ZR103"])
    assert told[0].fix is not None and _mended(SET.format(written), told[0]) == SET.format(meant)


def test_what_is_joined_by_and_is_not_guessed_at() -> None:
    (told,) = [one for one in _checked("类别是盖章且本人到场") if one.code == "ZR201"]
    assert "类别 为" not in told.help_zh


def _checked(condition: str) -> list[Diagnostic]:
    from zhunru.checker.check import check

    policy, found = load_text(SET.format(condition))
    assert policy is not None
    return [*found, *check(policy)[1]]


RULE = '规则 甲\n  当 户数 超过 3 户\n  拒绝 "不办"\n'
ORDER = '判定 甲 对象 乙\n  依次\n    丙\n  默认 拒绝 "不办"\n'
LIST = "清单 甲 类型 目录\n  | 编号 | 事项 |\n  | 1    | 乙   |\n"
FIELDS = "表单 来件\n  类别 枚举 甲、乙\n  方式 枚举 丙、丁\n"
PLACED = [
    (RULE.replace("  当", "当"), RULE),
    # What official documents have that says nothing to the program.
    (f"{RULE}附则\n", f"{RULE}# 附则\n"),
    (f"{RULE}附　则\n", f"{RULE}# 附　则\n"),
    (f"{RULE}第一章 总则\n", f"{RULE}# 第一章 总则\n"),
    (f"{RULE}本办法由区民政局负责解释。\n", f"{RULE}# 本办法由区民政局负责解释。\n"),
    (f"{LIST}  注：以上各项，长期有效。\n", f"{LIST}  # 注：以上各项，长期有效。\n"),
    (f"{LIST}备注1：以上各项有效\n", f"{LIST}# 备注1：以上各项有效\n"),
    # A list of values that ends with its sign goes on over the next line.
    (FIELDS.replace("、乙", "、乙、"), FIELDS),
]


@pytest.mark.parametrize(("written", "meant"), PLACED)
def test_a_line_of_a_document_or_out_of_its_place_is_one_finding(written: str, meant: str) -> None:
    _, (found,) = parse(Source("x.policy", written))
    assert _mended(written, found) == meant
    assert parse(Source("x.policy", meant))[1] == []


def test_a_word_at_the_margin_is_no_misspelt_opener() -> None:
    written = ORDER.replace("  依次", "依次")
    _, (found, *_) = parse(Source("x.policy", written))
    assert found.code == "ZR106" and _mended(written, found) == ORDER  # not 依据


@pytest.mark.parametrize("sign", ["\u000b", "\u2028", "\u2029"])
def test_a_line_break_inside_a_paragraph_of_a_word_processor_ends_a_line(sign: str) -> None:
    for name in ("x.policy", "X.POLICY", "<text>"):
        set_, found = load_text(RULE.replace("\n", sign), name)
        assert set_ is not None and set_.declarations == load_text(RULE)[0].declarations
        assert found == []
    for name in ("x.policy", "X.POLICY"):
        read, _ = decode(RULE.replace("\n", sign, 1).encode(), name)
        assert read is not None and read.text == RULE
    kept, _ = decode(f"甲{sign}乙\n".encode(), "x.csv")
    assert kept is not None and kept.text == f"甲{sign}乙\n"  # within a cell
