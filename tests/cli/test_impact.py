"""`zhunru impact`: what a draft changes, on the screen, as JSON, flip by flip."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from openpyxl import Workbook

SETS = ['政策 现行 "示例（非官方）"', '政策 草案 "示例（非官方）"']
REST = """
表单 来件
  来文单位 单位
  事项 事项
  人数 数值 0 至 100
单位
  | 名称 | 层级 |
  | 甲局 | 部门 |
依据 试行办法 "试行办法"
规则 人多缓办 依据 试行办法
  当 人数 超过 10
  暂缓 "人数过多"
清单 可办 类型 准入
  依据 试行办法
  | 编号 | 事项 |
  | A1 | 入户走访 |
判定 准入 对象 来件
  依次
    人多缓办
    可办
  默认 拒绝 "未列入"
"""
HISTORY = (
    "来文单位,事项,人数\n甲局,入户走访,5\n甲局,入户走访,12\n甲局,=别的事,12\n甲局,入户走访,许多\n"
)


def test_the_command_lists_every_flip(zhunru, tmp_path: Path) -> None:
    for name, head in zip("ab", SETS, strict=True):
        rest = REST.replace("超过 10", "超过 20") if name == "b" else REST
        (tmp_path / f"{name}.policy").write_text(head + rest, encoding="utf-8")
    (tmp_path / "h.csv").write_text(HISTORY, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("b.policy", "a.policy", "h.csv")]
    command = ["impact", paths[0], "--against", paths[1], "--history", paths[2]]
    code, out, _ = zhunru(*command, "--flips", str(tmp_path / "f.csv"))
    assert code == 0
    assert "结论改变：2 件（50.0%）" in out
    assert "读不了，没有比较：1 件" in out
    assert "第 5 行：ZR" in out and "许多" in out
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["行", "3", "4"]
    code, out, _ = zhunru(*command, "--format", "json")
    assert {"before": "defer", "after": "admit", "count": 1} in json.loads(out)["turns"]


def test_facts_that_nobody_known_vouches_for_are_refused(zhunru, tmp_path: Path) -> None:
    for name, head in zip("ab", SETS, strict=True):
        rest = REST.replace("| 甲局 | 部门 |", "| 甲局 | 部门 |\n  | 民政科 | 部门 |")
        (tmp_path / f"{name}.policy").write_text(head + (rest if name == "b" else REST), "utf-8")
    (tmp_path / "h.csv").write_text(HISTORY, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("b.policy", "a.policy", "h.csv")]
    command = ["impact", paths[0], "--against", paths[1], "--history", paths[2], "--as"]
    code, out, err = zhunru(*command, "甲居", "--flips", str(tmp_path / "f.csv"))
    assert (code, out) == (1, "")
    assert "ZR776" in err and "是不是“甲局”？" in err
    # Who is new in the draft vouches there, and for nothing in the set in force.
    assert zhunru(*command, "民政科")[0] == 0
    assert zhunru(*command, "系统")[0] == 0


def test_a_column_that_nobody_has_is_told(zhunru, tmp_path: Path) -> None:
    for name, head in zip("ab", SETS, strict=True):
        (tmp_path / f"{name}.policy").write_text(head + REST, encoding="utf-8")
    (tmp_path / "h.csv").write_text(HISTORY, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("b.policy", "a.policy", "h.csv")]
    command = ["impact", paths[0], "--against", paths[1], "--history", paths[2], "--by"]
    code, _, err = zhunru(*command, "来问单位")
    assert code == 1 and "ZR776" in err and "是不是“来文单位”？" in err
    assert zhunru(*command, "来文单位", "--by", "月份")[0] == 0


def test_a_file_without_a_column_of_the_form_assures_nobody_of_anything(
    zhunru, tmp_path: Path
) -> None:
    for name, head in zip("ab", SETS, strict=True):
        (tmp_path / f"{name}.policy").write_text(head + REST, encoding="utf-8")
    (tmp_path / "h.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("b.policy", "a.policy", "h.csv")]
    code, out, _ = zhunru("impact", paths[0], "--against", paths[1], "--history", paths[2])
    assert code == 0 and "文件里没有一栏是表单的栏目" in out and "没有一件的结论" not in out
    (tmp_path / "h.csv").write_text("来文单位,备注\n甲局,急\n", encoding="utf-8")
    _, out, _ = zhunru("impact", paths[0], "--against", paths[1], "--history", paths[2])
    assert "没有用于判定：备注" in out


def test_rows_of_several_worksheets_are_named_by_these_too(zhunru, tmp_path: Path) -> None:
    for name, head in zip("ab", SETS, strict=True):
        rest = REST.replace("超过 10", "超过 20") if name == "b" else REST
        (tmp_path / f"{name}.policy").write_text(head + rest, encoding="utf-8")
    book = Workbook()
    book.active.title = "一季度"
    for sheet in (book.active, book.create_sheet("=二季度")):
        for row in (["来文单位", "事项", "人数"], ["甲局", "走访", 12], ["甲局", "走访", "许多"]):
            sheet.append(row)
    book.save(tmp_path / "h.xlsx")
    paths = [
        str(tmp_path / name) for name in ("b.policy", "a.policy", "h.xlsx", "f.csv", "f.jsonl")
    ]
    command = ["impact", paths[0], "--against", paths[1], "--history", paths[2]]
    _, out, _ = zhunru(*command, "--flips", paths[3])
    assert "第 一季度!3 行" in out and "第 =二季度!3 行" in out
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["行", "一季度!2", "'=二季度!2"]
    _, out, _ = zhunru(*command, "--flips", paths[4], "--format", "json")
    flips = map(json.loads, (tmp_path / "f.jsonl").read_text(encoding="utf-8").splitlines())
    assert [(row["sheet"], row["row"]) for row in flips] == [("一季度", 2), ("=二季度", 2)]
    unread = json.loads(out[: out.rindex("}") + 1])["unread_rows"]
    assert [(row["sheet"], row["row"]) for row in unread] == [("一季度", 3), ("=二季度", 3)]
