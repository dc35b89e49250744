"""Rewriting loses nothing: what another notation cannot hold is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.strategies import source as made
from tests.strategies.effort import examples

from zhunru.errors import PolicyRejected
from zhunru.rewriting import format_policy
from zhunru.syntax.faithful import losses
from zhunru.syntax.formatter import format_file


def rewritten(folder: Path, text: str, suffix: str, notation: Any) -> str:
    path = folder / f"a{suffix}"
    path.write_text(text, encoding="utf-8")
    return format_policy(path, notation=notation).text


def test_an_english_notice_of_a_row_has_its_own_column(tmp_path: Path) -> None:
    group = (
        "规则 禁令\n"
        "  | 名称 | 当 | 结论 | 告知内容 | 英文         |\n"
        "  | 甲   | 丙 | 拒绝 | 不得     | it is barred |\n"
        "  | 乙   | 丁 | 准入 | 可       | -            |\n"
    )
    yaml = rewritten(tmp_path, group, ".policy", "yaml")
    assert "告知内容: [不得, it is barred]" in yaml
    assert rewritten(tmp_path, yaml, ".yaml", "policy") == group


def test_units_of_a_file_stand_beside_listed_units_in_yaml(tmp_path: Path) -> None:
    text = '单位 取自 "units.csv"\n\n单位 区民政局 层级 部门\n'
    yaml = rewritten(tmp_path, text, ".policy", "yaml")
    assert yaml == "单位:\n  - {取自: units.csv}\n  - {名称: 区民政局, 层级: 部门}\n"
    assert 'units.csv"' in rewritten(tmp_path, yaml, ".yaml", "policy")


def test_what_a_delegation_demands_stands_without_needless_brackets(tmp_path: Path) -> None:
    text = '政策 A "甲"\n  授权 区级 清单 乙 增列 须有 [依据]、[牵头] 经 丙\n'
    assert "须有 依据、牵头 经 丙" in rewritten(tmp_path, text, ".policy", "policy")


def test_a_note_becomes_a_comment_of_policy_text(tmp_path: Path) -> None:
    yaml = "参数:\n  甲: {值: 1 次, 备注: 待核}\n"
    assert rewritten(tmp_path, yaml, ".yaml", "policy") == "# 待核\n参数 甲 1 次\n"
    assert "备注: 待核" in rewritten(tmp_path, yaml, ".yaml", "yaml")


@pytest.mark.parametrize(
    ("text", "suffix", "notation", "name"),
    [
        ("参数 甲 1 次\n参数 甲 2 次\n", ".policy", "yaml", "甲"),
        (
            "清单:\n  甲:\n    类型: 目录\n    条目:\n"
            "      - {编号: a, 事项: 乙, 可放宽: 是, 其他: {承担: 主责}}\n",
            ".yaml",
            "policy",
            "甲",
        ),
        (
            "规则:\n  组:\n    行:\n      - {名称: 甲, 结论: 拒绝, 告知内容: 不得, 刚性: 是}\n",
            ".yaml",
            "policy",
            "组",
        ),
        (
            '规则:\n  组:\n    行:\n      - {名称: 甲, 结论: 拒绝, 告知内容: "第一行\\n第二行"}\n',
            ".yaml",
            "policy",
            "组",
        ),
    ],
    ids=["one name twice", "mark beside a further column", "mark in a row", "two lines in a row"],
)
def test_what_cannot_be_written_so_is_refused_by_name(
    tmp_path: Path, text: str, suffix: str, notation: Any, name: str
) -> None:
    with pytest.raises(PolicyRejected) as refused:
        rewritten(tmp_path, text, suffix, notation)
    (finding,) = refused.value.diagnostics
    assert finding.code == "ZR832"
    assert f"“{name}”" in finding.zh
    assert format_policy(tmp_path / f"a{suffix}").text


@examples(25)
@given(made.declaration_lists)
def test_what_is_not_refused_reads_back_in_every_notation(declarations: Any) -> None:
    file = made.file_of(declarations)
    names = [getattr(getattr(one, "name", None), "text", None) for one in declarations]
    for notation in ("policy", "yaml"):
        for language in ("zh", "en"):
            text = format_file(file, notation=notation, language=language)
            found = losses(file, text, language, notation)
            # Random declarations may share a name, which YAML cannot hold.
            assert not found or (notation == "yaml" and len(set(names)) < len(names))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_of_two_heads_none_is_lost_in_another_language(tmp_path: Path, language: Any) -> None:
    path = tmp_path / "a.policy"
    path.write_text('政策 A "甲"\n\n政策 B "乙"\n', encoding="utf-8")
    with pytest.raises(PolicyRejected) as refused:
        format_policy(path, language=language, notation="yaml")
    assert refused.value.diagnostics[0].code == "ZR832"
