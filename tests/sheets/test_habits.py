"""Habits of those who fill in sheets that were read as something else."""

from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from zhunru import Request, decide, open_policy
from zhunru.diagnostics import Source
from zhunru.opening import check_policies
from zhunru.sheets import import_sheet
from zhunru.syntax.parser import parse

FREQUENCY = "清单 丙 类型 协助\n  | 编号 | 事项 | 频次 |\n  | 1 | 甲 | {} |\n"
QUOTA = '规则 甲\n  限额 每个 社区 {} 否则 拒绝 "满了"\n'


@pytest.mark.parametrize(
    "mark",
    [codecs.BOM_UTF8, "\ufeff".encode("gb18030"), codecs.BOM_UTF16_LE],
    ids=["8", "gb", "16"],
)
def test_the_mark_of_an_encoding_is_no_sign_of_the_text(tmp_path: Path, mark: bytes) -> None:
    encoding = {3: "utf-8", 4: "gb18030", 2: "utf-16-le"}[len(mark)]
    path = tmp_path / "清单.csv"
    path.write_bytes(mark + "附件2\n编号,事项\nA-1,甲事\n".encode(encoding))
    made = import_sheet(path, kind="list")
    assert "\ufeff" not in made.text
    assert made.text.startswith("清单 清单 类型")


def test_the_telephone_beside_who_filled_in_is_no_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["编号", "事项", "频次"],
        ["A-1", "登记", "不限"],
        ["填表人：张某", "联系电话：0431-1", "填报日期：2026.3.1"],
        ["单位负责人（签字）：", "", "单位（盖章）："],
    ):
        book.active.append(row)
    book.save(tmp_path / "甲.xlsx")
    made = import_sheet(tmp_path / "甲.xlsx", kind="list", name="甲")
    assert (made.rows, made.doubtful) == (1, 0)


@pytest.mark.parametrize("around", [FREQUENCY, QUOTA])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("≤ 12 次/年", "每年 不超过 12 次"),
        ("不超过 12 次 / 季", "每季度 不超过 12 次"),
        ("不超过 3 次/星期", "每周 不超过 3 次"),
    ],
)
def test_so_many_times_a_year_is_no_division(around: str, written: str, meant: str) -> None:
    text = around.format(written)
    _, (found,) = parse(Source("x.policy", text))
    assert found.fix is not None
    (edit,) = found.fix.edits
    text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text == around.format(meant)
    assert parse(Source("x.policy", text))[1] == []


def test_a_number_divided_by_a_parameter_is_a_number() -> None:
    assert parse(Source("x.policy", FREQUENCY.format("每年 不超过 总数 / 社区数")))[1] == []
    assert parse(Source("x.policy", FREQUENCY.format("不超过 12 次 / 社区数")))[1] == []


@pytest.mark.parametrize("written", ["每季度至少一次", "每月不少于2次", "每年 不少于 4 次"])
def test_the_least_number_of_times_is_told_to_be_a_duty(written: str) -> None:
    _, (found,) = parse(Source("x.policy", FREQUENCY.format(written)))
    assert "必须做到几次的写成“定期”" in found.help_zh


@pytest.mark.parametrize(
    "written",
    ["1.身份证 2.户口簿", "①身份证；②户口簿。", "（1）身份证、（2）户口簿", "1、身份证、2、户口簿"],
)
def test_numbers_before_the_materials_of_a_cell_are_left_out(tmp_path: Path, written: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["编号", "事项", "所需材料"], ["A-1", "登记", written]):
        book.active.append(row)
    book.save(tmp_path / "甲.xlsx")
    made = import_sheet(tmp_path / "甲.xlsx", kind="list", name="甲")
    assert "| 身份证、户口簿 |" in made.text
    assert made.doubtful == 1


def test_a_stroke_between_two_ways_to_go_instead_is_no_division(tmp_path: Path) -> None:
    path = tmp_path / "甲.policy"
    path.write_text(
        '政策 甲 "乙"\n  施行 2026-01-01\n表单 来件\n  事项 事项\n清单 丙 类型 禁止\n'
        "  | 编号 | 事项 | 改由 |\n  | 1 | 婚姻证明 | 书面承诺/部门查询 |\n"
        '判定 丁 对象 来件\n  依次\n    丙\n  默认 拒绝 "未列入"\n',
        encoding="utf-8",
    )
    policy, found = check_policies(path)
    assert {one.code for one in found} == {"ZR207", "ZR404"}
    assert policy is not None
    answer = decide(
        open_policy(path), Request(facts={"事项": "婚姻证明"}, received=date(2026, 3, 2))
    )
    assert "书面承诺/部门查询" in answer.sentence("zh")
