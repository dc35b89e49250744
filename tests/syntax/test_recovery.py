"""Several mistakes in one file are several findings, and the rest of the file is read."""

from __future__ import annotations

import random
from pathlib import Path

from tests.syntax.glued import glued, mends

from zhunru.diagnostics import Source
from zhunru.syntax.nodes import Decide, Form, ListDecl, Policy, Rule
from zhunru.syntax.parser import parse

PATH = Path(__file__).parents[1] / "fixtures" / "syntax" / "good" / "mission-2-1.policy"
TEXT = "".join(
    line
    for line in PATH.read_text(encoding="utf-8").splitlines(keepends=True)
    if not line.startswith("核查")
)


def test_each_glued_word_that_is_an_error_has_a_fix_that_gives_the_tree_back() -> None:
    texts = list(glued(TEXT))
    told = [(*each, found) for each in texts if (found := parse(Source("x", each[0]))[1])]
    mended = sum(mends(wrong, right, found[0]) for wrong, right, found in told)
    assert len(texts) > 200
    assert len(told) > 0.8 * len(texts)
    assert mended >= 0.98 * len(told)


MISTAKES = [
    ("  要求 来文单位 属于 牵头及下级 否则", "  要求 来文单位 属于 否则"),
    ("  施行 2021-01-01", "  施行 2021-13-01"),
    ("  目标社区 单位 必填", "  目标社区 单位 必填 必填项"),
    ("参数 检查周限额 2 次", "参数 检查周限额 二次"),
    ("  限额 每个 目标社区 每年", "  限额 每个 目标社区 每年度"),
    ('  准入 "应急期间先行办理"', '  准入 "应急期间先行办理'),
    ("  用语 准入、", "  用词 准入、"),
    ("取 首行", "取 头行"),
    ("    应急先行\n", "    应急先行 然后\n"),
    ("那么 处理 为 留", "那么 处理 留"),
]


def test_planted_mistakes_are_each_found_once_and_nothing_else_is() -> None:
    rng = random.Random(1)
    for _ in range(40):
        chosen = rng.sample(MISTAKES, rng.randint(1, 6))
        text = TEXT
        for right, wrong in chosen:
            assert right in text
            text = text.replace(right, wrong, 1)
        _, found = parse(Source("x", text))
        lines = {one.span.line for one in found}
        planted = {text[: text.index(wrong)].count("\n") + 1 for _, wrong in chosen}
        assert lines == planted


def test_a_damaged_head_keeps_its_name_and_the_lines_under_it() -> None:
    text = "清单 协助事项 “协助” 类型 协助 主体 社区 居委会 乙\n  条目 A01 “核查”\n    当 a b\n"
    file, found = parse(Source("x", text))
    (one,) = file.declarations
    assert isinstance(one, ListDecl)
    assert (one.name.text, [entry.code for entry in one.entries]) == ("协助事项", ["A01"])
    assert [finding.span.line for finding in found] == [1, 3]


def test_a_damaged_line_leaves_its_neighbours_standing() -> None:
    text = "规则 甲\n  当 a\n  要求 a b 否则 拒绝 “x”\n  拒绝 “y”\n参数 x 1 次\n"
    file, found = parse(Source("x", text))
    rule = file.declarations[0]
    assert isinstance(rule, Rule) and rule.verdict is not None
    assert (len(rule.clauses.when), rule.clauses.requirements) == (1, ())
    assert len(file.declarations) == 2 and len(found) == 1


def test_each_bad_cell_is_a_finding_of_its_own() -> None:
    text = (
        "清单 甲 类型 协助\n  | 编号 | 事项 | 频次 | 当 |\n"
        "  | A | a | 每年 4 次 | a b |\n  | B | b | 每年 不超过 4 次 | a b |\n"
    )
    file, found = parse(Source("x", text))
    assert [(one.span.line, text[one.span.start : one.span.end]) for one in found] == [
        (3, "每年 4 次"),
        (3, "b"),
        (4, "b"),
    ]
    (one,) = file.declarations
    assert isinstance(one, ListDecl) and len(one.entries) == 2


def test_a_construct_of_a_later_version_is_skipped_with_all_its_lines() -> None:
    text = "迁移 甲 自 3\n  环节 x\n  | 等次 | 分 |\n  | a | b |\n表单 f\n  a 文本\n"
    file, found = parse(Source("x", text))
    assert [one.code for one in found] == ["ZR105"]
    assert isinstance(file.declarations[0], Form)


def test_a_mended_head_is_read_as_mended() -> None:
    file, found = parse(Source("x", "判订 d 对象 f\n  依次\n    a\n  默认 拒绝 “x”\n"))
    (one,) = file.declarations
    assert isinstance(one, Decide) and one.form is not None and one.form.text == "f"
    assert [len(step.names) for step in one.steps] == [1]
    assert [finding.code for finding in found] == ["ZR101"]


def test_an_odd_dedent_is_one_finding_without_a_cascade() -> None:
    text = "政策 A\n    印发 甲\n  适用 乙\n  施行 2021-01-01\n"
    file, found = parse(Source("x", text))
    assert [one.code for one in found] == ["ZR112"]
    header = file.declarations[0]
    assert isinstance(header, Policy) and header.period.start is not None


def test_at_most_two_hundred_findings_are_listed() -> None:
    _, found = parse(Source("x", "参数 x 次\n" * 1_000))
    assert len(found) == 201
    assert found[-1].code == "ZR121" or "ZR121" in {one.code for one in found}


def test_an_empty_file_name_is_reported_wherever_a_file_is_taken_from() -> None:
    for text in ('单位 取自 ""\n', '台账 甲(乙) 取自 " "\n', '清单 甲 类型 目录 取自 ""\n'):
        _, found = parse(Source("x", text))
        assert [(one.code, one.zh) for one in found] == [("ZR125", "“取自”没有写全")]


def test_two_bodies_with_a_blank_between_may_be_two_names() -> None:
    text = '清单 甲 类型 协助\n  条目 A1 "甲事"\n    牵头 区残联 区住建局\n'
    (found,) = parse(Source("x.policy", text))[1]
    assert "写“区残联区住建局”；是几个名称的，用“、”隔开，写“区残联、区住建局”" in found.help_zh
    assert "`区残联, 区住建局`" in found.help_en
