"""YAML as it is first written by hand: told at the place, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru.diagnostics import Diagnostic
from zhunru.opening import check_policies

GOOD = """政策:
  编号: SY-2026
  名称: 四议两公开试行办法（示例，非官方）
  施行: 2026-03-01

依据:
  村组法: {全称: 中华人民共和国村民委员会组织法, 层级: 法律, 施行: 2018-12-29}

单位:
  - {名称: 柳河区, 层级: 区}
  - {名称: 柳河街道, 层级: 街道, 上级: 柳河区}
"""


def _told(path: Path, text: str) -> list[Diagnostic]:
    path.write_text(text, encoding="utf-8")
    return [one for one in check_policies(path)[1] if one.severity.name == "ERROR"]


@pytest.mark.parametrize(
    ("right", "written"),
    [
        ("依据:\n", "依据：\n"),
        ("名称: 四议", "名称：四议"),
        ("{名称: 柳河区, 层级: 区}", "{名称: 柳河区，层级: 区}"),
        ("{名称: 柳河区, 层级: 区}", "{名称：柳河区， 层级：区}"),
        ("- {名称: 柳河街道, 层级", "- {名称：柳河街道，层级"),
    ],
)
def test_full_width_colons_and_commas_are_found_where_they_are(
    tmp_path: Path, right: str, written: str
) -> None:
    path = tmp_path / "甲.yaml"
    good = GOOD.replace("全称", "名称")
    assert _told(path, good) == []
    text = good.replace(right, written)
    assert text != good
    told = _told(path, text)
    found = next(one for one in told if "半角" in one.zh + one.help_zh)
    first = next(at for at, sign in enumerate(text) if sign != good[at])
    assert found.span.start <= first <= found.span.end
    assert {one.code for one in told} <= {"ZR216", "ZR820", "ZR824", "ZR827"}
    assert found.fix is not None
    for edit in sorted(found.fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert _told(path, text) == []


def test_full_width_signs_in_texts_are_left_alone(tmp_path: Path) -> None:
    text = GOOD.replace("办法（", "办法：一、二，三（").replace("单位:\n", "单位: [\n")
    (found,) = _told(tmp_path / "甲.yaml", text)
    assert found.code == "ZR820" and found.fix is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("依据:\n  - 名称: 村组法\n    层级: 法律\n", "例如“村组法:”"),
        ("角色:\n  - 党组织\n", "例如“党组织: {}”"),
        (
            "流程:\n  甲:\n    止于: 完\n    环节:\n      提议: {由: 区, 限: 不限时}\n",
            "例如“- 名称: 提议”",
        ),
        ("表单:\n  来件:\n    事项: 事项 必填\n", "栏目都写在“字段”下面"),
        ("政策:\n  代码: SY-1\n  名称: 甲\n", "是不是“编号”？"),
        ("政策:\n  编号: [甲, 乙]\n  名称: 甲\n", "写在冒号后面"),
    ],
)
def test_what_has_another_shape_is_told_with_what_to_write(
    tmp_path: Path, text: str, said: str
) -> None:
    found = _told(tmp_path / "甲.yaml", text)
    assert any(said in one.help_zh for one in found)
