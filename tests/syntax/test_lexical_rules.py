"""How characters become words: width, quotes, comments, names, quantities, lines."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax.expressions import (
    And,
    Arith,
    Compare,
    Day,
    Days,
    Flag,
    Moment,
    Not,
    Quantity,
    Ref,
    Several,
    Text,
)
from zhunru.syntax.nodes import Formula, Parameter, Rule, Table
from zhunru.syntax.parser import parse, parse_part
from zhunru.syntax.shadow import shadow
from zhunru.vocabulary import Measure, Outcome


def expr(text: str, language: str = "zh") -> Any:
    value, found = parse_part("expr", text, Source("x", text), 0, language)
    assert [one.zh for one in found] == []
    return value


def declarations(text: str) -> Any:
    file, found = parse(Source("x", text))
    assert [one.zh for one in found] == []
    return file.declarations


# --- width -----------------------------------------------------------------------------------


def test_full_width_signs_letters_digits_and_blanks_are_equal_to_plain_ones() -> None:
    plain = '规则 A1\n  当 (x 为 y) 且 n >= 12\n  拒绝 "x"\n'
    wide = "规则　Ａ１\n　当　（ｘ　为　ｙ）　且　ｎ　＞＝　１２\n　拒绝　＂x＂\n"
    assert declarations(plain) == declarations(wide)


def test_places_in_wide_text_are_those_of_the_text_as_written() -> None:
    text = "规则　甲\n　当　类别　为　Ａ\n　拒绝　“不行，再看”\n"
    (rule,) = declarations(text)
    test = rule.clauses.when[0]
    assert text[test.right.span.start : test.right.span.end] == "Ａ"
    assert test.right.name == "A"
    assert rule.verdict.message.zh == "不行，再看"


def test_names_are_normalised_and_texts_are_not() -> None:
    assert expr("Ⅷ区 为 “Ⅷ区”") == Compare("==", Ref("VIII区"), Text("Ⅷ区"))


# --- texts -------------------------------------------------------------------------------------


def test_one_kind_of_quotes_is_text_inside_the_other() -> None:
    assert expr('a 为 "“两委”"') == Compare("==", Ref("a"), Text("“两委”"))
    assert expr('a 为 “说"是"”') == Compare("==", Ref("a"), Text('说"是"'))
    assert expr("a 为 “关于“两委”的通知”") == Compare("==", Ref("a"), Text("关于“两委”的通知"))


def test_escapes_hold_in_plain_quotes_only() -> None:
    assert expr(r'a 为 "说\"是\"\n\\"') == Compare("==", Ref("a"), Text('说"是"\n\\'))
    assert expr(r"a 为 “\n”") == Compare("==", Ref("a"), Text(r"\n"))


def test_quotes_at_the_end_of_a_name_belong_to_it_unless_it_is_a_keyword() -> None:
    assert expr("a 为 社区“两委”会") == Compare("==", Ref("a"), Ref("社区“两委”会"))
    (rule,) = declarations("规则 甲\n  拒绝“不行”\n")
    assert (rule.verdict.outcome, rule.verdict.message.zh) == (Outcome.REFUSE, "不行")


def test_a_full_width_quote_inside_plain_quotes_is_a_sign_of_the_text() -> None:
    assert expr('a 为 "说＂是＂吧" 且 b') == And(
        (Compare("==", Ref("a"), Text("说＂是＂吧")), Ref("b"))
    )
    assert expr("a 为 ＂是＂ 且 b") == expr('a 为 "是" 且 b')


def test_a_span_of_days_is_a_value_of_a_fact() -> None:
    (test,) = declarations('测试 "t"\n  假如 起止 为 2026-01-01 至 2026年3月31日 那么 拒绝\n')
    assert test.cases[0].given[0].value == Days(date(2026, 1, 1), date(2026, 3, 31))


# --- comments ----------------------------------------------------------------------------------


def test_a_number_sign_inside_a_name_is_no_comment() -> None:
    assert expr("a 为 1#楼 且 b") == expr("(a 为 1#楼) 且 b")
    assert expr("a 为 1#楼").right == Ref("1#楼")


def test_comments_stand_at_the_start_of_a_line_or_behind_a_blank() -> None:
    text = "# 甲\n参数 x 1 次 # 乙 “#”\n  # 丙\n"
    file, found = parse(Source("x", text))
    assert found == []
    said = [(one.line, one.text, one.trailing) for one in file.comments]
    assert said == [(1, "甲", False), (2, "乙 “#”", True), (3, "丙", False)]


def test_a_comment_may_follow_the_last_bar_of_a_row() -> None:
    text = '对照表 t\n  | a | → b | # 说明\n  | 1#楼 | "x # y" | # 说|明\n'
    (table,) = declarations(text)
    assert table.rows[0].tests[0].tests == (Ref("1#楼"),)
    assert table.rows[0].results == (Text("x # y"),)


def test_a_number_sign_that_opens_a_cell_is_no_comment() -> None:
    text = (
        "清单 l 类型 目录\n  | 编号 | 事项 | 承担 | # 表头\n  # 行前\n\n"
        "  | a | #楼 | 甲\\|# 乙 |\n  | b | # 号 | 主责 | # 说|明|\n"
    )
    file, found = parse(Source("x", text))
    assert found == []
    (decl,) = file.declarations
    assert [entry.title.zh for entry in decl.entries] == ["#楼", "# 号"]
    assert [entry.extra for entry in decl.entries] == [(("承担", "甲|# 乙"),), (("承担", "主责"),)]
    assert [comment.text for comment in file.comments] == ["表头", "行前", "说|明|"]


def test_a_number_sign_and_a_bar_in_brackets_belong_to_the_name() -> None:
    (rule,) = declarations("规则 甲\n  当 x 为 [1 # 楼] 且 y 为 【a # b】 # 注\n  准入 “可”\n")
    assert [one.right for one in rule.clauses.when[0].operands] == [Ref("1 # 楼"), Ref("a # b")]
    (table,) = declarations("对照表 t\n  | a | → b |\n  | [甲\\|乙] | [丙 \\| # 丁] |\n")
    assert table.rows[0].tests[0].tests == (Ref("甲|乙"),)
    assert table.rows[0].results == (Ref("丙 | # 丁"),)


def test_a_number_sign_in_a_text_is_no_comment() -> None:
    (rule,) = declarations("规则 甲\n  拒绝 “见 #3 号” # 注\n")
    assert rule.verdict.message.zh == "见 #3 号"


# --- names and numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["XZ-01", "12345热线", "3岗18级", "1#楼", "张·三", "a_b"])
def test_these_are_names(name: str) -> None:
    assert expr(f"x 为 {name}").right == Ref(name)


def test_a_sign_behind_a_chinese_letter_is_a_subtraction() -> None:
    assert expr("户数-3000") == Arith("-", Ref("户数"), Quantity(Decimal(3000)))


def test_brackets_hold_any_name() -> None:
    assert expr("x 为 【社区工作者（专职）】").right == Ref("社区工作者(专职)")
    assert expr("x 为 [默认]").right == Ref("默认")


@pytest.mark.parametrize("text", ["5 个工作日", "5个工作日", "5工作日", "5  工作日"])
def test_a_quantity_is_one_word_with_or_without_blanks(text: str) -> None:
    assert expr(f"a 超过 {text}").right == Quantity(Decimal(5), Measure.WORKDAY)


def test_percentages_and_decimals_are_exact() -> None:
    assert expr("a 不低于 30%").right == Quantity(Decimal(30), Measure.PERCENT)
    assert expr("a = 0.1").right == Quantity(Decimal("0.1"))


def test_a_negative_number_is_one_value() -> None:
    assert expr("a > -5").right == Quantity(Decimal(-5))


@pytest.mark.parametrize("text", ["2021-1-1", "2021/01/01", "2021年1月1日", "２０２１年１月１日"])
def test_days_have_three_forms(text: str) -> None:
    assert expr(f"a 为 {text}").right == Day(date(2021, 1, 1))


def test_a_day_may_be_followed_by_its_closing_word_without_a_blank() -> None:
    (first,) = declarations("参数 x 2021年1月1日起 12 次\n")
    (second,) = declarations("参数 x 2021-01-01 起 12 次\n")
    assert isinstance(first, Parameter) and first == second


def test_a_moment_is_a_day_with_a_time() -> None:
    assert expr("a 为 2026-03-06 19:58").right == Moment(datetime(2026, 3, 6, 19, 58))


def test_an_impossible_time_is_a_finding() -> None:
    _, found = parse_part("expr", "a 为 2026-03-06 25:00", Source("x", ""), 0, "zh")
    assert [one.code for one in found] == ["ZR111"]


# --- keywords ---------------------------------------------------------------------------------


def test_keywords_are_names_where_no_keyword_can_stand() -> None:
    text = '规则 限额\n  当 义务 为 依据 且 当 属于 由、限\n  改由 按\n  拒绝 "x" 代码 要求\n'
    (rule,) = declarations(text)
    assert isinstance(rule, Rule)
    assert rule.name.text == "限额" and rule.verdict is not None
    assert rule.clauses.instead == Ref("按")
    assert rule.verdict.code is not None and rule.verdict.code.text == "要求"


def test_names_that_only_begin_like_keywords_are_names() -> None:
    for name in (
        "准入供热",
        "限额表",
        "由此",
        "当事人",
        "条件审核",
        "且末县",
        "的确",
        "非本社区职责",
    ):
        assert expr(f"{name} 为 {name}") == Compare("==", Ref(name), Ref(name))


def test_yes_no_and_not_are_reserved_as_operands() -> None:
    assert expr("a 为 是") == Compare("==", Ref("a"), Flag(True))
    assert expr("非 a") == Not(Ref("a"))


def test_signs_and_words_of_comparison_are_both_accepted() -> None:
    pairs = [
        ("为", "="),
        ("不为", "!="),
        ("不少于", ">="),
        ("不超过", "<="),
        ("超过", ">"),
        ("不满", "<"),
    ]
    for word, sign in pairs:
        assert expr(f"a {word} 3") == expr(f"a {sign} 3") == expr(f"a{sign}3")
    assert expr("a ≥ 3") == expr("a 不低于 3")


def test_if_reaches_as_far_right_as_it_can() -> None:
    (formula,) = declarations("公式 f(n) = 9 + 若 n > 3 则 n - 3 否则 0 + 1\n")
    assert isinstance(formula, Formula)
    assert isinstance(formula.body, Arith) and formula.body.op == "+"
    assert formula.body.right.otherwise == Arith("+", Quantity(Decimal(0)), Quantity(Decimal(1)))


def test_conjunctions_bind_closer_than_disjunctions_and_are_flat() -> None:
    value = expr("a 且 b 或 (c 且 d) 且 e")
    assert [type(one).__name__ for one in value.operands] == ["And", "And"]
    assert [len(one.operands) for one in value.operands] == [2, 3]


def test_lists_stand_with_the_list_sign_or_in_braces() -> None:
    listed = expr("渠道 为 书面、电话")
    assert listed == expr("渠道 为 {书面, 电话}")
    assert listed.right == Several((Ref("书面"), Ref("电话")))


# --- lines ------------------------------------------------------------------------------------


def test_a_line_goes_on_behind_an_open_sign() -> None:
    one = '规则 甲\n  当 a 且 b 或 f(c, d)\n  拒绝 "x"\n'
    several = '规则 甲\n  当 a 且  # 注\n    b 或\n    f(c,\n    d)\n  拒绝 "x"\n'
    assert declarations(one) == declarations(several)


def test_a_line_that_opens_a_clause_never_goes_on_with_the_one_above() -> None:
    _, found = parse(Source("x", "规则 甲\n  当 a 且\n  要求 b 否则 拒绝 “x”\n"))
    assert [(one.code, one.span.line) for one in found] == [("ZR102", 2)]


def test_a_finding_on_a_line_that_goes_on_points_at_the_open_sign() -> None:
    text = "政策 A\n  印发 甲 会同 乙，\n  适用 丙\n"
    _, found = parse(Source("x", text))
    assert [one.span.line for one in found] == [3]
    ((place, _, _),) = found[0].related
    assert text[place.start : place.end] == "，"


def test_an_ideographic_blank_is_two_wide() -> None:
    (rule,) = declarations('规则 甲\n　当 a\n  拒绝 "x"\n')
    assert len(rule.clauses.when) == 1 and rule.verdict is not None


def test_a_file_without_a_last_line_end_is_read() -> None:
    assert len(declarations("参数 x 1 次")) == 1


def test_an_empty_file_is_read() -> None:
    assert declarations("") == declarations("\n# 说明\n") == ()


def test_the_language_is_that_of_the_first_word() -> None:
    assert parse(Source("x", "# remark\npolicy A\n"))[0].language == "en"
    assert parse(Source("x", "# remark\n政策 A\n"))[0].language == "zh"


# --- cells ------------------------------------------------------------------------------------


def test_a_bar_inside_a_cell_is_escaped() -> None:
    text = "规则 g\n  | 名称 | 结论 | 告知内容 |\n  | 甲 | 拒绝 | 一\\|二 |\n"
    (group,) = declarations(text)
    assert group.rules[0].verdict.message.zh == "一|二"


def test_tests_of_inputs_have_all_their_forms() -> None:
    text = (
        "对照表 t\n  | n | → r |\n  | 不满 16 岁 | 1 |\n  | 60 分以上 | 2 |\n  | 1 至 3 户 | 3 |\n"
        "  | 在 规模 之内 | 4 |\n  | 非 甲、乙 | 5 |\n  | - | - |\n"
    )
    (table,) = declarations(text)
    assert isinstance(table, Table)
    said = [row.tests[0].tests[0] if row.tests[0].tests else None for row in table.rows]
    assert said[0] == Compare("<", Ref(""), Quantity(Decimal(16), Measure.YEARSOLD))
    assert said[1] == Compare(">=", Ref(""), Quantity(Decimal(60), Measure.POINT))
    assert said[2].operands[0].right == Quantity(Decimal(1), Measure.HOUSEHOLD)
    assert table.rows[4].tests[0].negated and table.rows[5].tests[0].tests == ()


def test_a_column_typed_as_text_keeps_its_commas() -> None:
    text = "对照表 t\n  | n | → 办法 文本 |\n  | - | 由街道提出，报区政府批准 |\n"
    (table,) = declarations(text)
    assert table.rows[0].results == (Text("由街道提出，报区政府批准"),)


def test_things_expected_of_a_set_may_share_their_keyword() -> None:
    apart = '政策 A "甲"\n  应有 流程 a、判定 b、判定 c、清单 d\n'
    shared = '政策 A "甲"\n  应有 流程 a、判定 b、c、清单 d\n'
    assert declarations(shared) == declarations(apart)
    said, found = parse_part("expectations", "判定 b、c", Source("x", ""), 0, "zh")
    assert (found, [(one.keyword, one.name.text) for one in said]) == (
        [],
        [("DECIDE", "b"), ("DECIDE", "c")],
    )


def test_the_end_of_a_day_is_mended_to_the_start_of_the_next() -> None:
    text = "测试 “甲”\n  假如 到达 于 2026-12-31 24:00 那么 拒绝\n"
    (finding,) = [one for one in parse(Source("x.policy", text))[1] if one.code == "ZR111"]
    assert finding.fix is not None and finding.fix.safe
    assert [edit.text for edit in finding.fix.edits] == ["2027-01-01 00:00"]


def test_the_shadow_of_a_text_is_that_of_its_signs() -> None:
    signs = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    each = "".join(shadow(sign) for sign in signs if sign != "＂")
    assert shadow("".join(sign for sign in signs if sign != "＂")) == each
    assert len(each) == len(signs) - 1
    assert shadow(each) == each
