"""Make the workbook of the tests: what offices hand in, every flaw on purpose.

示例(非官方). Run `python tests/sheets/messy.py FILE.xlsx` to look at it in a spreadsheet program.
"""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font

TITLE = "柳河区社区居委会协助政府工作事项清单（示例，非官方）"
HEAD = [
    "序号",
    "事项编号",
    "事项名称",
    "牵头单位",
    "配合单位",
    "设定依据",
    "频次",
    "涉及人数",
    "备注",
]
CITY = [
    [1, "XZ-01", "协助开展最低生活保障\n对象核查", "柳河区民政局", None, "《社会救助暂行办法》第四条", "每年 不超过 ４ 次", "１０。６人", None],
    [2, "ＸＺ－０２", "协助做好社区矫正工作", None, "柳河区公安局\n柳河街道", "《中华人民共和国社区矫正法》第十二条、第十八条", "不限", 85, None],
    [None] * 9,
    [3, "XZ-03", "协助开展人口普查登记", "柳河区统计局", None, "全国人口普查条例第三条", "每年4次", "约1。2万名", "截止20208月"],
    ["小  计", None, "４项", None, None, None, None, "96人", None],
]  # fmt: skip
RURAL = [
    ["一、社会事务"],
    [1, "XZ-11", "协助做好义务教育控辍保学", "柳河区教育局（基教科）", None, "《中华人民共和国义务教育法》第十三条", "每年 不超过 2 次", None, None],
    HEAD,
    ["二、公共安全"],
    [1, "XZ-12", "协助开展消防宣传教育", "柳河区消防救援大队", None, "《中华人民共和国消防法》第六条", "每季度 不超过 1 次", 2200, "**区另行通知"],
    [2, "XZ-13", None, "柳河区应急管理局", None, None, None, None, None],
    ["合计", None, "6项", None, None, None, None, "2,296人"],
    ["填表人：张某        审核人：李某        填表日期：2026年3月2日"],
]  # fmt: skip


def messy() -> openpyxl.Workbook:
    """Return the workbook: two sheets of one list, instructions, and a hidden draft."""
    book = openpyxl.Workbook()
    city = book.active
    assert city is not None
    city.title = "城市社区"
    city.append([TITLE])
    city.append(
        ["填报单位：柳河区民政局", None, None, None, None, None, "2026年3月", None, "单位：项"]
    )
    city.append(HEAD)
    for row in CITY:
        city.append(row)
    city.merge_cells("A1:I1")
    city.merge_cells("D4:D5")
    city["A1"].font = Font(name="宋体", size=18, bold=True)
    city["A1"].alignment = Alignment(horizontal="center")
    rural = book.create_sheet("涉农社区")
    rural.append([TITLE])
    rural.append(HEAD)
    for row in RURAL:
        rural.append(row)
    for cells in ("A1:I1", "A3:I3", "A6:I6", "A10:I10"):
        rural.merge_cells(cells)
    book.create_sheet("填表说明").append(["请各街道于3月31日前报区民政局。"])
    draft = book.create_sheet("旧稿")
    draft.append(HEAD)
    draft.append([1, "XZ-99", "作废事项"])
    draft.sheet_state = "hidden"
    return book


def write(path: Path) -> Path:
    """Write the workbook."""
    messy().save(path)
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]))
