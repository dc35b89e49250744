"""Comments survive formatting, wherever they stand, and stay beside what they spoke of."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import source as made
from tests.strategies.effort import examples

from zhunru.diagnostics import Source
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import File


def read(text: str) -> File:
    file, found = parser.parse(Source("a.policy", text))
    assert found == []
    return file


def read_yaml(text: str) -> File:
    file, found = yaml_reader.read(Source("a.yaml", text))
    assert found == []
    return file


def comments(file: File) -> Counter[str]:
    return Counter(comment.text.strip() for comment in file.comments)


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, int]:
    """Formatted text with comments put before, behind and after its lines."""
    return among(draw, format_file(made.file_of(draw(made.declaration_lists))))


@st.composite
def commented_yaml(draw: st.DrawFn) -> tuple[str, int]:
    """The same in YAML."""
    one = st.one_of(st.tuples(made.policies), st.tuples(made.declarations))
    return among(draw, format_file(made.file_of(draw(one)), notation="yaml"))


def among(draw: st.DrawFn, text: str) -> tuple[str, int]:
    """Put comments among the lines of a text; return their number too."""
    lines = text.splitlines()
    number = 0
    shown: list[str] = []
    for line in lines:
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            number += 1
            shown.append(f"{draw(st.sampled_from(('', '  ', '    ')))}# 说明{number}")
        behind = line and draw(st.sampled_from((False, False, True)))
        number += bool(behind)
        shown.append(f"{line} # 说明{number}" if behind else line)
    last = draw(st.integers(0, 1))
    shown += [f"# 说明{number + 1}"] * last
    return "\n".join([*shown, ""]), number + last


@examples(25)
@given(commented())
def test_no_comment_is_lost_and_formatting_again_changes_nothing(case: tuple[str, int]) -> None:
    file = read(case[0])
    text = format_file(file)
    again = read(text)
    assert again.declarations == file.declarations
    assert comments(again) == comments(file)
    assert len(file.comments) >= case[1]
    assert format_file(again) == text


@examples(50)
@given(commented_yaml())
def test_no_comment_of_a_yaml_file_is_lost_in_either_notation(case: tuple[str, int]) -> None:
    file = read_yaml(case[0])
    assert len(file.comments) == case[1]
    text = format_file(file)
    again = read_yaml(text)
    assert again.declarations == file.declarations
    assert comments(again) == comments(file)
    assert format_file(again) == text
    policy = read(format_file(file, notation="policy"))
    assert comments(policy) == comments(file)
    assert format_file(read(format_file(policy))) == format_file(policy)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '# 文件说明\n\n政策 A "甲" # 草案\n# 关于用语\n参数 N 3 次 #示例\n# 完\n',
            '# 文件说明\n\n政策 A "甲"  # 草案\n\n# 关于用语\n参数 N 3 次  # 示例\n\n# 完\n',
        ),
        (
            "清单 L 类型 禁止\n # 表前\n | 编号 | 事项 | # 表头\n # 表内\n"
            " | 1 | 甲 | # 一\n | 2 | 乙 |\n",
            "清单 L 类型 禁止\n  # 表前\n  | 编号 | 事项 |  # 表头\n  # 表内\n"
            "  | 1    | 甲   |  # 一\n  | 2    | 乙   |\n",
        ),
        (
            "判定 D 对象 F\n  依次 # 先后\n    甲 # 一\n    # 二\n    乙\n",
            "判定 D 对象 F\n  依次  # 先后\n    甲  # 一\n    # 二\n    乙\n",
        ),
        (
            '规则 R\n  准入 "可" # 后写\n  # 前写\n  当 甲\n',
            '规则 R\n  # 前写\n  当 甲\n  准入 "可"  # 后写\n',
        ),
    ],
    ids=["around declarations", "in a table", "in steps", "lines in another order"],
)
def test_comments_stand_where_a_reader_looks_for_them(before: str, after: str) -> None:
    assert format_file(read(before)) == after
    assert format_file(read(after)) == after


def test_comments_are_kept_in_yaml() -> None:
    file = read("# 甲\n参数 N 3 次 # 乙\n# 丙\n")
    text = format_file(file, notation="yaml")
    assert text == "参数:\n  # 甲\n  'N': 3 次  # 乙\n\n# 丙\n"


YAML = """\
# 文件说明

政策: # 头
    编号: A
    # 题名前
    名称: '甲 # 不是注' # 题名
    上位: [ # 上位
        B,
        # C 前
        C # C
    ]
# 参数前
参数: {N: 3 次} # 次数
表单:
- # 不成样子
规则:
  R: # 规则
    # 当前
    当: >- # 折行
      甲
    要求: # 两条
    - 乙 # 乙后
    # 丙前
    - 丙 否则 拒绝 "#丙"# 丙后
    准入: 可 # 可后
# 完
"""
YAML_AFTER = """\
# 文件说明

政策:  # 头
  编号: A
  # 题名前
  名称: '甲 # 不是注'  # 题名
  上位:  # 上位
    - B
    # C 前
    - C  # C

# 参数前
参数:
  'N': 3 次  # 次数

规则:
  R:  # 规则
    # 当前
    当: 甲  # 折行
    要求:  # 两条
      - 乙  # 乙后
      # 丙前
      - '丙 否则 拒绝 "#丙"'  # 丙后
    准入: 可  # 可后

# 完
"""


def test_comments_of_yaml_stay_on_the_lines_of_their_items() -> None:
    text = YAML.replace("表单:\n- # 不成样子\n", "").replace("# 丙后", "  # 丙后")
    assert format_file(read_yaml(text)) == YAML_AFTER
    assert format_file(read_yaml(YAML_AFTER)) == YAML_AFTER


def test_comments_behind_the_facts_of_a_test_stay_with_their_facts() -> None:
    text = (
        "测试:\n  - 名称: 例\n    假如:\n      甲: 乙  # 一\n      丙: 无  # 二\n"
        "      # 三\n      A 的 已用: '1'\n    那么: 准入\n"
    )
    assert format_file(read_yaml(text)) == text


def test_comments_of_yaml_are_all_that_stands_in_no_text() -> None:
    file, _ = yaml_reader.read(Source("a.yaml", YAML))
    assert [comment.text for comment in file.comments if not comment.trailing] == [
        *("文件说明", "题名前", "C 前", "参数前", "不成样子", "当前", "丙前", "完")
    ]
    trailing = [comment.text for comment in file.comments if comment.trailing]
    assert trailing == ["头", "题名", "上位", "C", "次数", "规则", "折行", "两条", "乙后",
                        "可后"]  # fmt: skip
