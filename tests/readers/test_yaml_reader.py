"""What the YAML reader says of files that are not as they should be."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.diagnostics import Source
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.nodes import File, ListDecl, Rule, Table
from zhunru.syntax.workflow_nodes import Recurring
from zhunru.syntax.yaml_keys import CONSTRUCTS


def read(text: str) -> tuple[File, list[tuple[str, str]]]:
    file, found = yaml_reader.read(Source("x.yaml", text))
    return file, [(d.code, text[d.span.start : d.span.end]) for d in found]


def test_a_construct_of_a_later_version_is_named_and_the_rest_is_read() -> None:
    key = "迁移"
    file, found = read(f"{key}: {{甲: 乙}}\n规则: {{禁令: {{拒绝: 丙}}}}\n")
    assert found == [("ZR105", key)]
    assert [type(d) for d in file.declarations] == [Rule]


def test_an_empty_file_says_nothing() -> None:
    for text in ("", "# 注\n", "---\n"):
        assert read(text)[0].declarations == ()
        assert read(text)[1] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- 甲\n- 乙\n", [("ZR826", "- 甲\n- 乙\n")]),
        ("甲\n", [("ZR826", "甲")]),
        ("规则: {甲: {当: {乙: 丙}}}\n", [("ZR826", "{乙: 丙}")]),
        ("规则: {甲: 乙}\n", [("ZR826", "乙")]),
        ("规则: {甲: {刚性: 对, 拒绝: 乙}}\n", [("ZR826", "对")]),
        ("规则: {甲: {拒绝: [一, 二, 三]}}\n", [("ZR826", "[一, 二, 三]")]),
        ("清单: {甲: {条目: [乙]}}\n", [("ZR827", "{条目: [乙]}")]),
        ("清单: {甲: {类型: 目录, 条目: [{编号: A}]}}\n", [("ZR827", "{编号: A}")]),
        (
            "授权: [{层级: 区级, 清单: 甲, 增列: 是}]\n",
            [("ZR827", "[{层级: 区级, 清单: 甲, 增列: 是}]")],
        ),
        ("政策: {编号: 甲, 名称: 乙, 授权: [{层级: 区级}]}\n", [("ZR827", "{层级: 区级}")]),
        ("表单: {甲: {字段: 乙}}\n", [("ZR826", "乙")]),
        ("测试: [{名称: 甲, 行: [{假如: {乙: 是}}]}]\n", [("ZR827", "{假如: {乙: 是}}")]),
        ("rule: {甲: {when: 乙, 拒绝: 丙}}\n", [("ZR825", "拒绝")]),
        ("施行日: 2021-01-01\n", [("ZR824", "施行日")]),
        ("rulez: {甲: {when: 乙}}\n", [("ZR824", "rulez")]),
    ],
)
def test_what_stands_in_a_wrong_shape_is_underlined(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert read(text)[1] == expected


def test_every_mistake_of_a_file_is_found_at_once() -> None:
    text = (
        "规则: {甲: {拒决: 乙}, 丙: {当: 类别 为 且 丁 戊, 拒绝: 己}}\n"
        "清单: {庚: {类型: 职则, 条目: [辛]}, 壬: {类型: 目录, 条目: [{事项: 甲}, {}]}}\n"
        "迁移: {甲: 乙}\n"
    )
    file, found = read(text)
    assert [code for code, _ in found if code.startswith(("ZR8", "ZR105"))] == [
        "ZR824",
        "ZR830",
        "ZR827",
        "ZR105",
    ]
    assert any(code.startswith("ZR1") and code != "ZR105" for code, _ in found)
    lists = [d for d in file.declarations if isinstance(d, ListDecl)]
    assert [len(one.entries) for one in lists] == [1]


def test_a_misspelt_key_is_answered_in_its_own_language() -> None:
    found = yaml_reader.read(Source("x.yaml", "rulez: {}\n"))[1]
    assert "did you mean `rule`?" in found[0].help_en
    found = yaml_reader.read(Source("x.yaml", "规责: {}\n"))[1]
    assert "是不是“规则”？" in found[0].help_zh


def test_the_number_of_findings_is_bounded() -> None:
    text = "规则:\n" + "".join(f"  甲{n}: {{误: 乙}}\n" for n in range(1000))
    assert len(read(text)[1]) == 200


def test_a_quoted_bar_and_an_empty_value_say_nothing() -> None:
    file, found = read("规则: {甲: {当: '-', 改由: , 拒绝: 乙}}\n")
    (rule,) = file.declarations
    assert found == []
    assert isinstance(rule, Rule)
    assert rule.clauses.when == ()


def test_keys_are_one_word_each_in_both_languages() -> None:
    for construct, keys in CONSTRUCTS.items():
        for language in (0, 1):
            words = [word for key in keys for word in (key.zh, key.en)[language]]
            assert len(words) == len(set(words)), construct
            assert all(words), construct
        assert len({key.slot for key in keys}) == len(keys), construct


def test_ten_thousand_entries_are_read_in_seconds() -> None:
    entry = (
        "    - {编号: XZ-%d, 事项: 第%d项, 牵头: 区民政局, 依据: 救助办法 第%d条, "
        "频次: 每年 不超过 %d 次, 当: 类别 为 行政任务}\n"
    )
    lines = "".join(entry % (n, n, n % 90 + 1, n % 12 + 1) for n in range(10_000))
    start = time.process_time()
    file, found = read("清单:\n  甲:\n    类型: 协助\n    条目:\n" + lines)
    assert time.process_time() - start < 20
    assert found == []
    (decl,) = file.declarations
    assert isinstance(decl, ListDecl)
    assert len(decl.entries) == 10_000


KEYS = sorted({word for keys in CONSTRUCTS.values() for key in keys for word in key.zh})
TREES = st.recursive(
    st.sampled_from(["甲", "是", "-", "2021-01-01", "类别 为 乙", "拒绝 “丙”", "[", "''"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "甲", "乙"]), inner, max_size=4)
    ),
    max_leaves=25,
)


def flow(tree: object) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(flow(item) for item in tree) + "]"
    return str(tree)


HEADS = [k.zh[0] for k in CONSTRUCTS["file"]]


@given(st.dictionaries(st.sampled_from(HEADS), TREES, max_size=4))
def test_any_tree_of_keys_is_read_or_reported(tree: dict[str, object]) -> None:
    text = flow(tree)
    file, found = yaml_reader.read(Source("x.yaml", text))
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in found)
    assert (
        file.declarations
        or found
        or not any(value not in ([], {}, "-", "''") for value in tree.values())
    )


def test_the_yaml_form_of_the_notes_says_what_the_text_says() -> None:
    yaml, found = read(
        "依据: {居委会组织法: {名称: 城市居民委员会组织法, 层级: 法律}}\n"
        "角色: {网格员: {每个: 网格, 人数: 1 人}}\n"
        "公式: {社区岗位数(户数): 岗位基数 + 若 户数 超过 3000 则 户数 否则 0}\n"
    )
    text, _ = parser.parse(
        Source(
            "x.policy",
            '依据 居委会组织法 "城市居民委员会组织法"\n  层级 法律\n'
            "角色 网格员 每个 网格 1 人\n"
            "公式 社区岗位数(户数) = 岗位基数 + 若 户数 超过 3000 则 户数 否则 0\n",
        )
    )
    assert found == []
    assert yaml.declarations == text.declarations


@pytest.mark.parametrize("text", ["单位: {}\n", "单位: {取自: ''}\n", "单位: [{取自: '', }]\n"])
def test_units_taken_from_no_file_are_reported(text: str) -> None:
    assert [code for code, _ in read(text)[1]] == ["ZR827"]


@pytest.mark.parametrize("head", ["公式", "定期"])
@pytest.mark.parametrize("value", ["'-'", "-", "", "''"])
def test_a_formula_or_a_recurring_duty_without_a_value_is_reported(head: str, value: str) -> None:
    assert [code for code, _ in read(f"{head}: {{甲: {value}}}\n")[1]] == ["ZR826"]


def test_a_recurring_duty_keeps_the_row_that_its_line_names_beside_that_of_its_mapping() -> None:
    line = "每个 社区 每周 不少于 1 次 出处 S1-01"
    file, found = read(f"定期: {{走访: {{内容: {line}, 出处: S1-02}}}}\n")
    assert found == []
    assert [d.trace for d in file.declarations if isinstance(d, Recurring)] == [("S1-01", "S1-02")]


def test_a_row_of_a_table_with_a_cell_that_is_no_text_is_left_out_as_a_whole() -> None:
    rows = "[[不满 1 户, 小], [{超过: 1}, 大], ['-', [甲]]]"
    file, found = read(f"对照表: {{分档: {{栏: [户数, → 档], 行: {rows}}}}}\n")
    assert found == [("ZR826", "{超过: 1}"), ("ZR826", "[甲]")]
    assert [len(d.rows) for d in file.declarations if isinstance(d, Table)] == [1]
