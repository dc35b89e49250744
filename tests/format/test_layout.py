"""The canonical form: words, signs, tables, quotes, blank lines."""

from __future__ import annotations

import sys
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax import expressions as e
from zhunru.syntax import parser
from zhunru.syntax.format_clauses import ClausePrinter
from zhunru.syntax.format_lines import width
from zhunru.syntax.format_words import Words
from zhunru.syntax.format_yaml_text import scalar
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import File
from zhunru.vocabulary import Measure

FIXTURES = Path(__file__).parents[1] / "fixtures" / "format"


def read(text: str) -> File:
    file, found = parser.parse(Source("a.policy", text))
    assert found == []
    return file


def formatted(text: str) -> str:
    return format_file(read(text))


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


def test_the_worked_policy_formats_to_itself() -> None:
    text = fixture("admission.zh.policy")
    assert formatted(text) == text


def test_the_worked_policy_in_english_and_as_yaml() -> None:
    file = read(fixture("admission.zh.policy"))
    assert format_file(file, language="en") == fixture("admission.en.policy")
    assert format_file(file, notation="yaml") == fixture("admission.yaml")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("公式 f = 1＋２*３", "公式 f = 1 + 2 × 3"),
        ("公式 f = (1+2)*3 - (4 - 5)", "公式 f = (1 + 2) × 3 - (4 - 5)"),
        (
            "公式 f = 若 a>=3 则 1 否则 若 b 则 2 否则 3",
            "公式 f = 若 a 不少于 3 则 1 否则 若 b 则 2 否则 3",
        ),
        ("公式 f = 1 + (若 a 则 1 否则 2)", "公式 f = 1 + 若 a 则 1 否则 2"),
        ("公式 f = (若 a 则 1 否则 2) + 1", "公式 f = (若 a 则 1 否则 2) + 1"),
        ("公式 f = a 为 是 且 (b 或 c)", "公式 f = a 为 是 且 (b 或 c)"),
        ("公式 f = 非 (a 且 b)", "公式 f = 非 (a 且 b)"),
        ("公式 f = a 属于 {b， c}", "公式 f = a 属于 b、c"),
        ("参数 N ３工作日", "参数 N 3 个工作日"),
        ("参数 N 30 ％", "参数 N 30%"),
        (
            "参数 N 自 2018/1/1 100 次；2021年1月1日 起 12次",
            "参数 N 2018-01-01 起 100 次, 2021-01-01 起 12 次",
        ),
        ("规则 R 依据 信访条例 第3条第2款", "规则 R 依据 信访条例 第三条第二款"),
    ],
)
def test_one_canonical_spelling(written: str, printed: str) -> None:
    text = written if written.startswith(("公式", "参数")) else written + '\n  准入 "可"'
    assert formatted(text + "\n").splitlines()[0] == printed


def test_a_declaration_of_one_line_stays_with_its_like_and_others_are_parted() -> None:
    text = "参数 A 1 次\n参数 B 2 次\n公式 f = 1\n表单 F\n  甲 文本\n表单 G\n  乙 文本\n"
    assert formatted(text) == (
        "参数 A 1 次\n参数 B 2 次\n\n公式 f = 1\n\n表单 F\n  甲 文本\n\n表单 G\n  乙 文本\n"
    )


def test_four_like_entries_become_a_table_and_three_do_not() -> None:
    entries = "".join(f'  条目 X-{i} "事项{i}"\n    牵头 甲\n' for i in range(4))
    head = "清单 L 类型 协助\n"
    assert formatted(head + entries).splitlines()[1] == "  | 编号 | 事项  | 牵头 |"
    three = head + "".join(entries.splitlines(keepends=True)[:6])
    assert formatted(three) == three


def test_an_entry_that_a_row_cannot_hold_keeps_all_entries_in_blocks() -> None:
    text = '清单 L 类型 协助\n  条目 X-1 "甲" "first"\n' + "".join(
        f'  条目 X-{i} "事项{i}"\n' for i in range(2, 6)
    )
    assert formatted(text) == text


def test_further_columns_are_kept() -> None:
    rows = ("| 编号 | 事项 | 承担 |", "| 1    | 甲   | 主责 |", "| 2    | 乙   | -    |")
    text = "清单 L 类型 职责\n" + "".join(f"  {row}\n" for row in rows)
    assert formatted(text) == text


def test_a_chart_without_units_is_its_keyword() -> None:
    assert formatted("单位\n") == "单位\n"


def test_bare_names_stay_bare() -> None:
    text = "清单 L 类型 目录\n  条目 劳动就业、社会保险\n  条目 法律服务\n"
    assert formatted(text) == text


def test_a_long_test_goes_on_two_lines() -> None:
    facts = ", ".join(f"栏目{i} 为 某某某某某某" for i in range(6))
    lines = formatted(f'测试 "长"\n  假如 {facts} 那么 拒绝\n').splitlines()
    assert lines[1:] == [f"  假如 {facts}", "  那么 拒绝"]


def test_wide_characters_take_two_columns() -> None:
    assert width("事项A") == 5
    rows = formatted("对照表 T 取 首行\n  | a | → 结果 |\n  | 甲乙 | 1 |\n").splitlines()[1:]
    assert rows == ["  | a    | → 结果 |", "  | 甲乙 | 1      |"]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("区民政局", "区民政局"),
        ("XZ-01", "XZ-01"),
        ("1#楼", "1#楼"),
        ("12345热线", "12345热线"),
        ("户数-3000", "[户数-3000]"),
        ("5个工作日", "[5个工作日]"),
        ("社区工作者(专职)", "[社区工作者(专职)]"),
        ("2026", "[2026]"),
        ("由", "由"),
    ],
)
def test_names_stand_in_brackets_only_where_they_would_not_read_as_names(
    name: str, printed: str
) -> None:
    assert Words("zh").name(name) == printed


def test_words_that_open_an_operand_stand_in_brackets_in_expressions() -> None:
    assert Words("zh").reference("非") == "[非]"
    assert Words("zh").reference("牵头") == "牵头"


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("每年已用", "yearly_used"),
        ("任意连续7日已用", "rolling7_used"),
        ("每周已计", "weekly_counted_already"),
        ("已用", "used"),
        ("到场限", "到场限"),
    ],
)
def test_facts_of_quotas_change_with_the_language(chinese: str, english: str) -> None:
    assert Words("en", "zh").quota_fact(chinese) == english
    assert Words("zh", "en").quota_fact(english) == chinese


def test_english_counts_one_thing_in_the_singular() -> None:
    one = e.Quantity(Decimal(1), Measure.WORKDAY)
    assert Words("en").quantity(one) == "1 workday"
    assert Words("en").quantity(e.Quantity(Decimal(5), Measure.WORKDAY)) == "5 workdays"


@pytest.mark.parametrize("text", ["区民政局", "2021-01-01", "→ 形式", "a-b", "第四条", "100 次"])
def test_yaml_leaves_plain_texts_alone(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text", ["", "-", "a, b", "a: b", "a:", "# a", "a #b", "[a]", "yes", "No", "null", "1", "1e3",
             "'a", '"', "{}", " a", "~", "? a", "*a", "&a", "!a", "%", "@a", "`", "12:30", "a\\b"]
)  # fmt: skip
def test_yaml_quotes_what_it_would_read_otherwise(text: str) -> None:
    import yaml

    assert scalar(text) != text
    assert yaml.safe_load(scalar(text)) == text


def test_how_wide_a_sign_is_does_not_hang_on_the_running_python() -> None:
    # A hexagram, an ideographic description and a sign that Unicode called narrow, or did not have.
    assert [width(each) for each in ("䷀", "\u2ffc", "\U0001fa77", "✅", "甲", "ａ", "a", "é")] == [
        *(2, 2, 2, 2, 2, 2, 1, 1)
    ]
    old = unicodedata.ucd_3_2_0
    wide = [c for c in map(chr, range(sys.maxunicode + 1)) if old.east_asian_width(c) in "WF"]
    kept = [each for each in wide if old.category(each) != "Cn"]
    assert len(kept) > 20_000 and [each for each in kept if width(each) != 2] == []


def test_yaml_prints_each_clause_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(ClausePrinter, "citation", lambda _, one: shown.append(one) or "某法")
    file = read('清单 甲 类型 目录\n  条目 a "乙"\n    依据 某法 第一条\n    当 丙 为 丁\n')
    assert "依据: 某法" in format_file(file, notation="yaml")
    assert len(shown) == 1
