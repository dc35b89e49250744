"""Text as it comes out of official documents: numbers, bullets, full stops, joined citations."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.opening import check_policies
from zhunru.syntax.numbering import numbering
from zhunru.syntax.parser import parse

TEXT = """政策 LH-2026 “柳河区社区工作准入办法（示例，非官方）”
\u00a0\u00a0印发 柳河区民政局
  施行\u00a02026年1月1日
一、依据
  | 名称 | 全称 | 文号 | 层级 | 施行 |
  | 救助办法 | 《社会救助暂行办法》 | - | 行政法规 | 2014-05-01 |
  | 减负意见 | 关于减轻社区负担的意见 | 柳民发[2026]3号 | 部门文件 | 2026-01-01 |
单位
  | 名称 | 层级 | 上级 | 别名 | 角色 |
  | 柳河区 | 区 | - | - | - |
  | 柳河区民政局 | 部门 | 柳河区 | 区民政局 | 民政部门 |
  | 向阳社区 | 社区 | 柳河区 | - | - |
（一）角色 民政部门
角色 社区居委会 每个 社区
1. 表单 来件
  来文单位 单位 由 系统 确认
  • 目标社区 单位 必填 主体
  - 事项 事项 必填
  ① 类别 枚举 行政任务/出具证明
  （2）承担方式 枚举 主责、协助 可改
  经费到位 是\u00ad否 由 柳河区 确认 可改
清单 协助事项 ‘社区居委会协助政府工作事项清单’ 类型 协助 主体 社区居委会
  当 类別 为 行政任务
  二、要求 承担方式 为 协助 否则 拒绝 ”协助事项不得转由社区主责“ 代码 主责错位
  要求 经费到位 否则 暂缓 "费随事转" 代码 经费未到。
  | 编号 | 事项 | 牵头 | 依据 |
  | XZ-01 | 协助开展最低生活保障对象核查 | 民政部门 | 《救助办法》第四条 |
  | XZ－02 | 协助做好“三无”人员走访 | 区民政局 | 救助办法第5条、减负意见第三条第（二）项待核实 |
判定 社区准入 对象 来件
  依次
    协助事项；
  默认 拒绝 “未列入” 退回 来文单位
"""


def _told(path: Path) -> list[Diagnostic]:
    return [one for one in check_policies(path)[1] if one.severity.name in ("ERROR", "WARNING")]


def test_following_every_fix_to_the_letter_leaves_nothing_to_tell(tmp_path: Path) -> None:
    path, text = tmp_path / "甲.policy", TEXT
    for _ in range(4):
        path.write_text(text, encoding="utf-8")
        edits = [edit for one in _told(path) if one.fix for edit in one.fix.edits]
        last = len(text)
        for edit in sorted(edits, key=lambda one: -one.span.start):
            if edit.span.end <= last:
                text = text[: edit.span.start] + edit.text + text[edit.span.end :]
                last = edit.span.start
    assert _told(path) == []
    assert "救助办法 第五条、减负意见 第三条第（二）项 待核实" in text
    assert "经费到位 是否 由" in text


def test_what_stands_under_a_numbered_heading_is_read(tmp_path: Path) -> None:
    path = tmp_path / "甲.policy"
    path.write_text(TEXT, encoding="utf-8")
    told = {one.code for one in _told(path)}
    assert told <= {"ZR101", "ZR106", "ZR108", "ZR109", "ZR117", "ZR118", "ZR124", "ZR133"} | {
        "ZR201",
        "ZR206",
    }


@pytest.mark.parametrize(
    "written",
    [
        "一、",
        "十二．",
        "（一）",
        "(3)",
        "1.",
        "1.2.",
        "2、",
        "3)",
        "①",
        "⑴",
        "•",
        "● ",
        "第三条 ",
        "- ",
    ],
)
def test_numbers_and_bullets(written: str) -> None:
    from zhunru.syntax.shadow import shadow

    assert numbering(shadow(f"{written}表单"), 0) == len(written)
    _, (found,) = parse(Source("x.policy", f"{written}角色 甲\n"))
    assert found.code == "ZR106" and found.fix is not None


@pytest.mark.parametrize("written", ["一", "表单", "1.5", "3 次", "-3", "(甲)", "三会", "十里社区"])
def test_what_is_no_number_of_a_line(written: str) -> None:
    assert numbering(written, 0) == 0


def test_an_english_set_numbered_like_a_document_is_english() -> None:
    file, found = parse(Source("x.policy", "1. role helper\nrole other\n"))
    assert file.language == "en"
    assert [one.code for one in found] == ["ZR106"]


COLONS = """政策：CS-1 "测试办法"
  印发：柳河区民政局
  施行：2026-01-01
依据：甲法 "甲法"
  文号：柳民发〔2026〕3号
  层级：法律
  施行：2020-01-01
角色：甲
表单：来件
  事项：事项 必填
  年龄：数值
规则：丁
  当：年龄 超过 3
  拒绝："不"
  依据：甲法 第三条
  出处：S0-1
清单：丙 类型 目录
  依据：甲法
  条目：A-1 "甲事"
    别名：乙事
"""


def test_colons_behind_the_words_of_lines_are_mended_and_part_of_no_code(tmp_path: Path) -> None:
    path, text = tmp_path / "甲.policy", COLONS
    path.write_text(text, encoding="utf-8")
    told = _told(path)
    assert {one.code for one in told} == {"ZR101"}
    assert len(told) == COLONS.count("：") - 2  # 文号 and 出处 are read as they are
    for one in sorted(told, key=lambda one: -one.span.start):
        assert one.fix is not None
        for edit in one.fix.edits:
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    path.write_text(text, encoding="utf-8")
    assert _told(path) == []
    file, _ = parse(Source("x.policy", text))
    plain, _ = parse(Source("x.policy", COLONS.replace("：", " ")))
    assert len(file.declarations) == len(plain.declarations)


def test_a_keyword_is_not_joined_to_a_name() -> None:
    text = "workflow a ending b\n  ensure never b without c\n"
    fixes = [one.fix for one in parse(Source("x.policy", text))[1] if one.fix]
    # What must come first may be put first, once somebody has confirmed that this is meant.
    assert not any(fix.safe for fix in fixes)
    assert not any("neverb" in edit.text for fix in fixes for edit in fix.edits)


def test_a_turn_is_told_though_more_is_wrong_behind_it() -> None:
    text = 'rule a\n  require b is equal to c else refuse "d"\n'
    (found,) = parse(Source("x.policy", text))[1]
    assert found.fix is not None and [edit.text for edit in found.fix.edits] == ["is"]
