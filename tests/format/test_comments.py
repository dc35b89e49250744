"""Comments survive formatting, wherever they stand, and stay beside what they spoke of."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import source as made

from zhunru.diagnostics import Source
from zhunru.syntax import parser
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import File


def read(text: str) -> File:
    file, found = parser.parse(Source("a.policy", text))
    assert found == []
    return file


def comments(file: File) -> Counter[str]:
    return Counter(comment.text.strip() for comment in file.comments)


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, int]:
    """Formatted text with comments put before, behind and after its lines."""
    lines = format_file(made.file_of(draw(made.declaration_lists))).splitlines()
    number = 0
    shown: list[str] = []
    for line in lines:
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            number += 1
            shown.append(f"{draw(st.sampled_from(('', '  ', '    ')))}# 说明{number}")
        behind = line and draw(st.sampled_from((False, False, True)))
        number += bool(behind)
        shown.append(f"{line} # 说明{number}" if behind else line)
    shown += [f"# 说明{number + 1}"] * draw(st.integers(0, 1))
    return "\n".join([*shown, ""]), number


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(commented())
def test_no_comment_is_lost_and_formatting_again_changes_nothing(case: tuple[str, int]) -> None:
    file = read(case[0])
    text = format_file(file)
    again = read(text)
    assert again.declarations == file.declarations
    assert comments(again) == comments(file)
    assert len(file.comments) >= case[1]
    assert format_file(again) == text


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
    assert [word for word in ("# 甲", "# 乙", "# 丙") if word in text] == ["# 甲", "# 乙", "# 丙"]
