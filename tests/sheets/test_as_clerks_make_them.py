"""Sheets as clerks make them: letterheads, hidden rows, comments, renamed files, other separators."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from tests.readers.test_workbook import packed_book
from tests.sheets.conftest import share_texts
from tests.shipped import POLICIES

from zhunru.diagnostics import Severity, Source
from zhunru.errors import PolicyRejected
from zhunru.sheets import import_sheet
from zhunru.syntax.parser import parse
from zhunru.syntax.struck_out import struck_texts

ROWS = "序号,事项编号,事项名称,牵头单位,频次\n1,A-1,居住证明,县公安局,每年 不超过 4 次\n2,A-2,婚育证明,县民政局,不限\n"
TABLE = (
    "  | 编号 | 事项     | 牵头     | 频次             |\n"
    "  | A-1  | 居住证明 | 县公安局 | 每年 不超过 4 次 |\n"
    "  | A-2  | 婚育证明 | 县民政局 | 不限             |\n"
)


def _book(path: Path, rows: list[list[Any]], name: str = "表") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_list_saved_as_text_says_what_it_says_as_a_workbook(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    path = tmp_path / "清单.csv"
    path.write_bytes(ROWS.replace(",", separator).encode(encoding))
    made = import_sheet(path, kind="list", name="证明")
    assert made.text.endswith('清单 证明 "清单" 类型 目录\n' + TABLE)
    assert (made.rows, made.doubtful) == (2, 0)
    told = [one for one in made.findings if one.code == "ZR888"]
    assert [one.span.column for one in told] == [2, 3, 4]


@pytest.mark.parametrize("head", ["附件1\n", "附件1：", "附表二\n\n", ""])
def test_the_title_is_what_the_sheet_is_not_where_it_hangs(tmp_path: Path, head: str) -> None:
    path = tmp_path / "甲.csv"
    path.write_text(f"{head}社区证明清单\n{ROWS}", encoding="utf-8")
    assert '清单 甲 "社区证明清单" 类型' in import_sheet(path, kind="list").text
    rows = [[line] for line in f"{head}社区证明清单".split("\n")]
    book = _book(tmp_path / "甲.xlsx", [*rows, *(line.split(",") for line in ROWS.splitlines())])
    assert '清单 甲 "社区证明清单" 类型' in import_sheet(book, kind="list").text


def test_a_column_that_is_not_there_is_told_once_and_not_as_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "甲.csv"
    path.write_text("编号,干什么,依据\nA,登记,-\nB,普查,-\n", encoding="utf-8")
    made = import_sheet(path, kind="list")
    assert [(one.code, one.span.line) for one in made.findings] == [("ZR847", 1)]
    assert "干什么" in made.findings[0].help_zh


LETTERHEAD = ["填报单位：幸福社区", None, None, "填报日期：2026年5月1日"]


def test_who_filled_in_a_register_is_none_of_its_columns(tmp_path: Path) -> None:
    rows = [["岗位台账"], LETTERHEAD, ["序号", "姓名", "手机号码", "任职时间", "等级"]]
    rows += [[1, "张三", 13812345678, "2026.5.1", 12], [2, "李四", 13912345678, "2026年5月2日", 9]]
    path = _book(tmp_path / "岗位.xlsx", rows)
    made = import_sheet(path, kind="register", name="岗位")
    fields = ["姓名 文本", "手机号码 文本", "任职时间 日期", "等级 数值"]
    assert [line.strip() for line in made.text.splitlines()[1:]] == fields
    assert (made.rows, made.doubtful) == (2, 0)


def test_codes_in_digits_stay_texts_with_the_zeros_that_they_begin_with(tmp_path: Path) -> None:
    path = tmp_path / "户.csv"
    path.write_text("门牌,联络,人口\n001,13812345678,3\n100,13912345678,4\n", encoding="utf-8")
    made = import_sheet(path, kind="register", name="户")
    assert made.text.splitlines()[1:] == ["  门牌 文本", "  联络 文本", "  人口 数值"]
    assert made.doubtful == 0


def test_one_odd_cell_in_a_column_of_numbers_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "项目.csv"
    path.write_text('项目,资金\n甲,120\n乙,"1,300"\n丙,待定\n丁,20\n', encoding="utf-8")
    made = import_sheet(path, kind="register", name="项目")
    assert [(one.code, one.span.line, one.span.column) for one in made.findings] == [
        ("ZR896", 4, 2)
    ]
    assert "  资金 文本\n" in made.text and "待核对 第 4 行第 2 栏“待定”" in made.text


@pytest.mark.parametrize(
    ("matter", "several"),
    [
        ("（1）居民会议决议；（2）居务公开；（3）通知告示", True),
        ("1.统计报表\n2.档案材料", True),
        ("①居住证明 ②婚育证明", True),
        ("（一）居住证明", False),
        ("1.居住证明", False),
        ("2.5公里内就医证明、0.5亩以下的土地证明", False),
        ("居住证明（含1人户）、婚育证明（2人以上）", False),
    ],
)
def test_several_entries_in_one_cell_are_doubted(
    tmp_path: Path, matter: str, several: bool
) -> None:
    rows = [["事项编号", "事项名称", "牵头单位"], ["A-1", matter, "县公安局"]]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list", name="证明")
    told = [one.zh for one in made.findings if one.code == "ZR896"]
    assert made.rows == 1 and bool(told) is several
    assert not told or "一格里写了几条" in told[0]


@pytest.mark.parametrize(
    ("bodies", "told"), [("县民政局牵头，各街道配合", 1), ("县公安局负责", 1), ("县协助中心", 0)]
)
def test_a_body_with_its_part_behind_it_is_doubted(tmp_path: Path, bodies: str, told: int) -> None:
    rows = [["事项编号", "事项名称", "牵头单位"], ["A-1", "居住证明", bodies]]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list", name="证明")
    assert sum("分工写在一起" in one.zh for one in made.findings) == told


@pytest.mark.parametrize(
    "heads",
    ["服务事项,事项名称", "事项名称,服务事项", "服务事项（大类）,事项名称", "服务事项,工作事项"],
)
def test_of_two_columns_of_matters_the_surer_one_is_read(tmp_path: Path, heads: str) -> None:
    """What was a remark beside 事项名称 stays one, wherever it stands."""
    first, second = heads.split(",")
    said = ("养老" if name.startswith("服务") else "居住证明" for name in (first, second))
    rows = [["编号", first, second, "牵头"], ["A-1", *said, "县公安局"]]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list", name="证明")
    head, row = made.text.splitlines()[-2:]
    told = dict(zip(head.split("|"), row.split("|"), strict=True))
    assert {name.strip(): said.strip() for name, said in told.items()}["事项"] == "居住证明"


def test_a_row_that_is_struck_out_is_read_and_doubted(tmp_path: Path) -> None:
    path = _book(tmp_path / "甲.xlsx", [line.split(",") for line in ROWS.splitlines()])
    book = openpyxl.load_workbook(path)
    sheet = book["表"]
    for at in ("A1", "C3", "D3"):  # a heading that is struck out is no entry
        sheet[at].font = Font(strike=True)
    sheet["C2"].font = Font(strike=False)
    book.save(path)
    made = import_sheet(path, kind="list", name="证明")
    told = [(one.span.cell, one.zh) for one in made.findings if one.code == "ZR828"]
    assert told == [("C3", "划掉（加了删除线）的内容照样读取：C3、D3")]
    assert made.rows == 2 and made.doubtful == 1


@pytest.mark.parametrize("shared", [False, True])
def test_a_part_of_a_cell_that_is_struck_out_is_doubted(tmp_path: Path, shared: bool) -> None:
    gone, bold = InlineFont(strike=True), InlineFont(b=True)
    rows = [
        ["编号", "事项名称", "牵头单位"],
        ["A1", CellRichText("协助开展", TextBlock(gone, "低保"), "核查"), "区民政局"],
        ["A2", CellRichText("协助", TextBlock(bold, "消防"), "宣传"), "区消防大队"],
        ["A3", "协助开展 <strike/>", CellRichText(TextBlock(gone, "区民政局、"), "区司法局")],
    ]
    path = _book(tmp_path / "甲.xlsx", rows)
    if shared:
        share_texts(path)
    made = import_sheet(path, kind="list")
    struck = [(one.span.cell, one.zh) for one in made.findings if one.code == "ZR828"]
    assert [(cell, zh.partition("：")[2]) for cell, zh in struck] == [("B2", "B2"), ("C4", "C4")]
    assert made.rows == 3 and "协助开展低保核查" in made.text and made.doubtful == 2


def test_shared_texts_are_numbered_alike_wherever_they_are_cut() -> None:
    struck = b"<si><r><rPr><strike/></rPr><t>%b</t></r></si>"
    off = b'<si><r><rPr><strike val="0"/></rPr><t>5</t></r></si>'
    begin, plain = b"<sst><si/><si><t>1</t></si>", b'<si xml:space="preserve"><t>4</t></si>'
    text = begin + struck % b"2" + b"<si><t>strike</t></si>" + plain + off + struck % b"6"
    for at in range(len(text)):
        assert struck_texts([text[:at], text[at:]]) == {b"2", b"6"}


def test_hidden_rows_and_comments_are_told_and_are_no_doubts(tmp_path: Path, zhunru: Any) -> None:
    path = _book(tmp_path / "甲.xlsx", [line.split(",") for line in ROWS.splitlines()])
    book = openpyxl.load_workbook(path)
    sheet = book["表"]
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet["C2"].comment = Comment("以新文件为准", "办公室")
    book.save(path)
    made = import_sheet(path, kind="list", name="证明")
    assert made.text.endswith(TABLE) and made.doubtful == 0
    told = {one.code: (one.span.cell, one.zh) for one in made.findings if one.code != "ZR888"}
    assert told["ZR838"] == ("D3", "隐藏（或者被筛选掉）的行、栏照样读取：3、D")
    assert told["ZR837"] == ("C2", "这些格子有批注，批注里的话没有读取：C2")
    code, _, err = zhunru("import", path, "--as", "list", "--lang", "en")
    assert code == 0 and "hidden (or filtered) rows and columns are read all the same: 3, D" in err


def test_a_request_that_is_struck_out_or_hidden_is_decided_and_told(
    tmp_path: Path, zhunru: Any
) -> None:
    rows = [["来文单位", "类别", "事项"]] + [["区市场监管局", "系统应用", "反诈应用推广"]] * 3
    path = _book(tmp_path / "来件.xlsx", rows)
    book = openpyxl.load_workbook(path)
    sheet = book["表"]
    for at in ("A2", "A4", "C4"):
        sheet[at].font = Font(strike=at != "A2")
    sheet.row_dimensions[3].hidden = True
    book.save(path)
    code, out, err = zhunru("decide", POLICIES / "weihai", "--file", path, "--format", "csv")
    assert code == 0 and len(out.splitlines()) == 4, "each is decided"
    assert "划掉（加了删除线）的内容照样读取：A4、C4" in err and "ZR828" in err
    assert "隐藏（或者被筛选掉）的行、栏照样读取：3" in err and "ZR838" in err
    assert err.count("ZR828") == 1 and "ZR828" not in out


OLD = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (OLD + "Workbook".encode("utf-16le"), "旧格式"),
        (OLD + "EncryptedPackage".encode("utf-16le"), "设了打开密码"),
        (ROWS.encode("gb18030"), "文本或者网页"),
        (b"<html><table>", "文本或者网页"),
        (b"PK\x03\x04 broken", "已经损坏"),
    ],
)
def test_a_file_that_is_no_workbook_is_called_what_it_is(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(data)
    with pytest.raises(PolicyRejected) as caught:
        import_sheet(path, kind="list")
    (found,) = caught.value.diagnostics
    assert found.code == "ZR890" and said in found.zh


def test_a_sheet_with_headings_alone_is_not_called_clean(tmp_path: Path, zhunru: Any) -> None:
    path = _book(tmp_path / "甲.xlsx", [["序号", "事项名称", "牵头单位"]])
    code, _, err = zhunru("import", path, "--as", "list")
    assert code == 1
    assert "没有读入任何一条" in err and "没有存疑" not in err


def test_a_workbook_without_headings_is_told_the_usual_ones_first(tmp_path: Path) -> None:
    made = import_sheet(_book(tmp_path / "甲.xlsx", [["甲"], ["乙"]]), kind="list")
    assert made.findings[0].code == "ZR840"
    assert "至少有其中两个：编号、事项、牵头、会同、依据" in made.findings[0].help_zh


HEAD = [
    "*编号",
    "事 项\n名 称",
    "责任部门（牵头）",
    "设定依据",
    "频次",
    "生效日期",
    "失效日期",
    "备注",
]


def _list(tmp_path: Path, *rows: list[Any]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the rows of the text, and the doubts with their cells."""
    made = import_sheet(_book(tmp_path / "甲.xlsx", [HEAD, *rows]), kind="list", name="甲")
    lines = [line.strip() for line in made.text.splitlines()]
    told = [(one.code, one.span.cell) for one in made.findings if one.code != "ZR888"]
    return [" ".join(line.split()) for line in lines if line.startswith("|")], told


def test_stars_and_remarks_in_headings_do_not_hide_what_a_column_is(tmp_path: Path) -> None:
    rows, told = _list(tmp_path, ["A-1", "登记", "县民政局", None, "不限", None, None, None])
    assert rows == ["| 编号 | 事项 | 牵头 | 频次 |", "| A-1 | 登记 | 县民政局 | 不限 |"]
    assert told == []


def test_a_remark_with_a_unit_stays_part_of_its_heading(tmp_path: Path) -> None:
    book = _book(tmp_path / "甲.xlsx", [["编号", "事项", "频次（次）"], ["A-1", "登记", "4"]])
    assert "频次(次)" in import_sheet(book, kind="list", name="甲").text


def test_a_magnitude_in_a_heading_stays_in_the_name_of_the_field(tmp_path: Path) -> None:
    rows = [["点名", "月补贴（万元）", "餐位（个）"], ["甲", 1.2, 80], ["乙", 0.8, 60]]
    made = import_sheet(_book(tmp_path / "点.xlsx", rows), kind="register", name="点")
    assert made.text.splitlines()[1:] == ["  点名 文本", "  月补贴万元 数值", "  餐位 数值"]


def test_who_filled_in_and_who_looked_at_it_stand_in_cells_of_one_row(tmp_path: Path) -> None:
    rows = [
        ["编号", "事项", "频次"],
        ["A-1", "登记", "不限"],
        ["制表人：李某", None, "审核人：王某"],
    ]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list", name="甲")
    assert (made.rows, made.doubtful) == (1, 0)


def test_days_of_offices_are_read_and_signs_for_nothing_are_nothing(tmp_path: Path) -> None:
    rows, told = _list(
        tmp_path,
        ["A-1", "登记", "县民政局", "/", "不限", "2026.1.1", "二〇二六年十二月三十一日", None],
        ["A-2", "普查", "无", "——", "/", "2026/1/1", "长期", "无"],
    )
    assert rows[1:] == [
        "| A-1 | 登记 | 县民政局 | 不限 | 2026-01-01 | 2026-12-31 | - |",
        "| A-2 | 普查 | - | - | 2026-01-01 | - | 无 |",
    ]
    assert told == [("ZR895", "G3")]


def test_as_above_is_no_name_of_a_document_and_is_shown(tmp_path: Path) -> None:
    rows, told = _list(
        tmp_path,
        ["A-1", "登记", "县民政局", "《献血法》第六条", None, None, None, None],
        ["A-2", "普查", "同上", "同上", None, None, None, "同上"],
    )
    assert rows[2] == "| A-2 | 普查 | - | - | 同上 |"
    assert told == [("ZR896", "C3"), ("ZR896", "D3")]


def test_a_line_end_in_any_cell_does_not_break_the_text(tmp_path: Path) -> None:
    row = ["A-1", "登记", "县民政局\n县公安局", None, None, None, None, "一事\n一议"]
    rows, told = _list(tmp_path, row)
    assert rows[1] == "| A-1 | 登记 | 县民政局、县公安局 | 一事 一议 |"
    assert told == [("ZR895", "C2")]


def test_a_table_below_with_other_headings_is_not_read_as_the_first(tmp_path: Path) -> None:
    """牵头 and 事项 stand the other way round there: the body was read as the matter."""
    path = tmp_path / "甲.csv"
    path.write_text("编号,事项,牵头\nA,登记,甲局\n编号,牵头,事项\nB,乙局,走访\n", encoding="utf-8")
    made = import_sheet(path, kind="list", name="甲")
    assert made.rows == 1 and "乙局" not in made.text
    assert [(one.code, one.span.line) for one in made.findings] == [("ZR836", 3)]


def test_rows_under_a_merged_matter_are_one_entry_with_all_its_materials(tmp_path: Path) -> None:
    head = ["序号", "证明名称", "所需材料", "责任单位", "频次"]
    rows = [[1, "居住证明", "身份证", "派出所", "不限"], [None, None, "户口簿", None, None]]
    rows += [
        [None, None, "房产证", None, "每年 不超过 2 次"],
        [2, "亲属证明", "身份证", None, None],
    ]
    path = _book(tmp_path / "甲.xlsx", [head, *rows, ["合计", "2项"]])
    book = openpyxl.load_workbook(path)
    for cells in ("A2:A4", "B2:B4", "D2:D4"):
        book["表"].merge_cells(cells)
    book.save(path)
    made = import_sheet(path, kind="list", name="甲")
    lines = [" ".join(line.split()) for line in made.text.splitlines() if line.startswith("  |")]
    assert lines[1:] == [
        "| 1 | 居住证明 | 派出所 | 不限 | 身份证、户口簿、房产证 |",
        "| 2 | 亲属证明 | - | - | 身份证 |",
    ]
    told = [(one.code, one.span.cell) for one in made.findings if one.code != "ZR888"]
    assert told == [("ZR896", "E4"), ("ZR897", "A6")]


def test_entries_of_their_own_numbers_under_a_merged_matter_stay_entries(tmp_path: Path) -> None:
    rows = [["编号", "事项", "牵头"], ["A-1", "登记", "甲局"], ["A-2", None, "乙局"]]
    path = _book(tmp_path / "甲.xlsx", rows)
    book = openpyxl.load_workbook(path)
    book["表"].merge_cells("B2:B3")
    book.save(path)
    assert import_sheet(path, kind="list", name="甲").rows == 2


def test_a_unit_with_a_remark_in_its_name_is_kept_and_never_called_empty(tmp_path: Path) -> None:
    rows = [["单位名称", "级别"], ["幸福街道（筹）", "街道"], ["甲/乙", "社区"], [None, "社区"]]
    made = import_sheet(_book(tmp_path / "单位.xlsx", rows), kind="units")
    assert "[幸福街道(筹)]" in made.text
    empty = [one.span.cell for one in made.findings if one.code == "ZR845"]
    told = [one.span.cell for one in made.findings if one.code == "ZR101"]
    assert (empty, told) == (["A4"], ["A3"])


def test_columns_hidden_again_and_again_take_no_more_memory(tmp_path: Path) -> None:
    path = _book(tmp_path / "清单.xlsx", [["编号", "事项"], ["1", "走访"]])
    often = b"<cols>%b</cols>" % (b'<col min="1" max="16384" hidden="1"/>' * 5_000)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<sheetData>", often + b"<sheetData>")
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    tracemalloc.start()
    import_sheet(path, kind="list")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 128 << 20  # of which 64 MiB are room for a file of the greatest size


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_words_for_one_heading_the_nearer_is_it_and_the_other_is_kept(
    tmp_path: Path, turned: bool
) -> None:
    bodies = [("牵头单位", "区民政局"), ("责任单位", "区残联")]
    (one, first), (other, second) = reversed(bodies) if turned else bodies
    rows = [["编号", "事项名称", one, other], ["1", "低保核查", first, second]]
    made = import_sheet(_book(tmp_path / "清单.xlsx", rows), kind="list")
    assert "| 编号 | 事项     | 牵头     | 责任单位 |" in made.text
    assert "| 1    | 低保核查 | 区民政局 | 区残联   |" in made.text
    assert not [finding for finding in made.findings if finding.code == "ZR842"]


CODED = [
    ["编号", "事项", "牵头"],
    ["A-1", "居住证明", "县公安局"],
    ["A-2", "婚育证明", "县民政局"],
    ["Ａ-1", "健在证明", "县民政局"],  # the same code in full width
]


def test_a_code_that_two_rows_have_is_told_with_both_rows(tmp_path: Path) -> None:
    book = import_sheet(_book(tmp_path / "甲.xlsx", CODED, "表"), kind="list")
    path = tmp_path / "甲.csv"
    path.write_text("\n".join(",".join(row) for row in CODED) + "\n", encoding="utf-8")
    text = import_sheet(path, kind="list")
    for made in (book, text):
        (told,) = [one for one in made.findings if one.code == "ZR222"]
        assert (told.span.line, [span.line for span, _, _ in told.related]) == (4, [2])
        assert "“A-1”用了两次" in told.zh
        assert (made.rows, made.doubtful) == (3, 1)
    assert "# 待核对 工作表“表”B4“健在证明”：" in book.text
    assert "先写的条目在工作表“表”B2" in book.text
    assert "先写的条目在第 2 行第 2 栏" in text.text
    # Above the row that it is about, not above the first of the two.
    lines = book.text.splitlines()
    at = next(n for n, line in enumerate(lines) if "待核对" in line)
    assert "婚育证明" in lines[at - 1] and "健在证明" in lines[at + 1]


def test_rows_without_codes_are_numbered_and_none_is_told_as_repeated(tmp_path: Path) -> None:
    rows = [row[1:] for row in CODED]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list")
    assert [one for one in made.findings if one.code == "ZR222"] == []


def test_an_invisible_character_in_a_cell_is_told_once_and_left_out(tmp_path: Path) -> None:
    rows = [["编号", "事项", "牵头"], ["A-1", "居住\u200b证明", "县公\u200b安局"]]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list")
    assert [(one.code, one.span.cell) for one in made.findings] == [
        ("ZR109", "B2"),
        ("ZR109", "C2"),
    ]
    assert "\u200b" not in made.text and "| A-1  | 居住证明 | 县公安局 |" in made.text
    assert made.doubtful == 0


@pytest.mark.parametrize("day", ["2026-02-30", "2026/2/30", "2026年2月30日", "2026-13-01"])
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_day_that_there_is_not_is_left_out_and_kept_to_be_checked(
    tmp_path: Path, day: str, suffix: str
) -> None:
    rows = [["编号", "事项", "自", "至"], ["A-1", "居住证明", "2026-01-01", day]]
    path = tmp_path / f"清单.{suffix}"
    if suffix == "csv":
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
        place = "第 2 行第 4 栏"
    else:
        _book(path, rows)
        place = "工作表“表”D2"
    made = import_sheet(path, kind="list", name="证明")
    assert made.text.splitlines()[1:] == [
        "  | 编号 | 事项     | 自         |",
        f"  # 待核对 {place}“{day}”：没有“{day}”这个日期或时刻",
        "  | A-1  | 居住证明 | 2026-01-01 |",
    ]
    assert [(one.code, one.span.line) for one in made.findings] == [("ZR111", 2)]
    assert made.doubtful == 1


def test_a_condition_on_a_day_that_there_is_not_is_left_out_as_well(tmp_path: Path) -> None:
    rows = [["编号", "事项", "当"], ["A-1", "居住证明", "拟进入日期 早于 2026-02-30"]]
    made = import_sheet(_book(tmp_path / "清单.xlsx", rows), kind="list", name="证明")
    assert "2026-02-28" not in made.text
    assert "C2“拟进入日期 早于 2026-02-30”：没有“2026-02-30”这个日期" in made.text


def test_a_unit_of_a_day_that_there_is_not_has_none(tmp_path: Path) -> None:
    rows = [
        ["名称", "层级", "自"],
        ["江源区", "区级", "2026-02-30"],
        ["临江区", "区级", "2026-01-01"],
    ]
    made = import_sheet(_book(tmp_path / "单位.xlsx", rows), kind="units")
    assert "| 江源区 | 区级 | -          |" in made.text and "2026-02-28" not in made.text
    assert "C2“2026-02-30”：没有“2026-02-30”这个日期" in made.text


def test_line_ends_of_other_programs_break_no_text(tmp_path: Path) -> None:
    rows = [
        ["编号", "事项名称", "牵头单位", "备注"],
        [
            "A1",
            "协助开展_x000B_低保核查",
            "区民政局、_x000D_\n区司法局，_x000D_区财政局",
            "甲_x000D_\n乙_x0007_",
        ],
        ["A\n2", "协助", "\n、区民政局\n、\n", "甲_x000D__x000D_\n乙"],
    ]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list")
    lines = made.text.splitlines()
    assert "  | A1   | 协助开展低保核查 | 区民政局、区司法局、区财政局 | 甲 乙 |" in lines
    assert "  | A2   | 协助             | 区民政局                     | 甲 乙 |" in lines
    assert {one.code for one in made.findings} == {"ZR888", "ZR895"}
    file, found = parse(Source("甲.policy", made.text))
    assert not found and len(file.declarations[0].entries) == 2  # type: ignore[union-attr]


def test_a_code_that_the_spreadsheet_made_a_day_is_doubted(tmp_path: Path) -> None:
    day, clock = date(2026, 1, 2), time(3, 10)
    rows = [["编号", "事项名称"], [day, "协助甲"], [clock, "协助乙"], ["1-3", "协助丙"]]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="list")
    doubts = [one.span.cell for one in made.findings if one.code == "ZR896"]
    assert doubts == ["A2", "A3"] and made.doubtful == 2


@pytest.mark.parametrize("made_of", ["1月2日", "2-Jan", "2026/1/2"])
def test_a_code_that_was_made_a_day_before_it_came_into_a_text_file_is_doubted(
    tmp_path: Path, made_of: str
) -> None:
    path = tmp_path / "甲.csv"
    path.write_text(f"编号,事项名称\n{made_of},协助甲\n1-3,协助乙\n", encoding="utf-8")
    made = import_sheet(path, kind="list")
    assert [one.span.line for one in made.findings if one.code == "ZR896"] == [2]
    path.write_text(f"姓名,门牌号\n甲,{made_of}\n乙,1-3\n", encoding="utf-8")
    made = import_sheet(path, kind="register")
    assert [(one.code, one.span.line) for one in made.findings] == [("ZR896", 2)]
    assert "  门牌号 文本" in made.text


@pytest.mark.parametrize(("heading", "doubted"), [("门牌号", 1), ("入住日期", 0)])
def test_a_number_of_a_house_that_was_made_a_day_is_doubted(
    tmp_path: Path, heading: str, doubted: int
) -> None:
    rows = [["姓名", heading], ["甲", date(2026, 3, 2)], ["乙", date(2026, 3, 3)]]
    made = import_sheet(_book(tmp_path / "甲.xlsx", rows), kind="register")
    assert [one.code for one in made.findings] == ["ZR896"] * doubted
    assert f"  {heading} {'文本' if doubted else '日期'}" in made.text


BESIDE = {
    "a gap": (["编号", "事项", "牵头"], ["", "编号", "事项", "牵头"]),
    "no gap": (["编号", "事项", "牵头"], ["编号", "事项", "牵头"]),
    "running numbers": (["序号", "事项名称", "牵头单位"], ["", "序号", "不办的事", "退回单位"]),
    "other headings": (["编号", "事项", "牵头"], ["", "编号", "负面事项", "牵头"]),
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", BESIDE)
def test_a_table_beside_another_is_told_and_not_read_into_it(
    tmp_path: Path, name: str, kind: str
) -> None:
    left, right = BESIDE[name]
    gap = [""] * right.count("")
    rows = [
        [*left, *right],
        ["1", "低保核查", "民政局", *gap, "9", "招商引资", "商务局"],
        ["", "", "", *gap, "10", "征地拆迁", "商务局"],  # longer than the one to its left
        ["2", "社区矫正", "司法局", *gap, "", "", ""],
    ]
    path = tmp_path / f"清单.{kind}"
    if kind == "csv":
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    else:
        path.write_bytes(packed_book({"甲": rows}))
    made = import_sheet(path, kind="list", name="甲")
    (told,) = [one for one in made.findings if one.severity is not Severity.HINT]
    assert told.code == "ZR836" and told.span.column == len(left) + right.count("") + 1
    assert "低保核查" in made.text and "社区矫正" in made.text and "民政局" in made.text
    assert "| 招商引资" not in made.text and "征地拆迁" not in made.text
    assert "商务局" not in made.text


@pytest.mark.parametrize(("row", "column"), [(1, 1), (1, 2), (3, 4)])
def test_a_table_that_begins_to_the_right_of_blank_columns_is_read_as_any(
    tmp_path: Path, row: int, column: int
) -> None:
    """Merged cells and formats are counted from A: they were taken for other columns' there."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [
        ["编号", "事项", "牵头单位", "占比"],
        ["A", "甲", "公安局", 0.05],
        ["B", "乙", "", 0.25],
    ]
    for down, texts in enumerate(rows, row):
        for along, text in enumerate(texts, column):
            sheet.cell(down, along, text or None).number_format = "0%"
    merged = {"start_row": row + 1, "end_row": row + 2}
    sheet.merge_cells(**merged, start_column=column + 2, end_column=column + 2)
    book.save(tmp_path / "甲.xlsx")
    made = import_sheet(tmp_path / "甲.xlsx", kind="list", name="甲")
    assert made.text.endswith(
        "  | A    | 甲   | 公安局 | 5%   |\n  | B    | 乙   | 公安局 | 25%  |\n"
    )
    (told,) = made.findings
    assert (told.code, told.span.line, told.span.column) == ("ZR888", row, column + 2)


def test_a_column_of_contacts_that_comes_twice_is_no_other_table(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    head = "事项,牵头单位,联系人,电话,责任单位,联系人,电话,备注,备注"
    path.write_text(f"{head}\n低保核查,民政局,张,1,街道,李,2,甲,乙\n", encoding="utf-8")
    made = import_sheet(path, kind="list", name="甲")
    assert not any(one.severity is Severity.ERROR for one in made.findings)
    (row,) = [line for line in made.text.splitlines() if "低保核查" in line]
    assert " ".join(re.findall(r"[^| ]+", row)[1:]) == "低保核查 民政局 张 1 街道 李 2 甲 乙"


def test_what_a_cell_says_without_blanks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text("编号,事项,频次\nA,甲,每年不超过4次\nB,乙,每年4次\n", encoding="utf-8")
    made = import_sheet(path, kind="list", name="甲")
    assert made.text.count("每年 不超过 4 次 |") == 2
    assert [(one.code, one.span.line) for one in made.findings] == [("ZR101", 3)]


def test_a_column_that_says_when_an_entry_ends_is_its_end(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text("编号,事项,施行,失效\nA,甲,2026-01-01,2026.12.31\n", encoding="utf-8")
    assert "| 2026-01-01 | 2026-12-31 |" in import_sheet(path, kind="list", name="甲").text


@pytest.mark.parametrize(
    ("name", "new"), [("清单.doc", ".docx"), ("清单.wps", ".docx"), ("清单.et", ".xlsx")]
)
def test_an_old_file_is_to_be_saved_as_one_of_its_own_kind(
    tmp_path: Path, name: str, new: str
) -> None:
    (tmp_path / name).write_bytes(OLD)
    with pytest.raises(PolicyRejected) as refused:
        import_sheet(tmp_path / name, kind="list")
    (told,) = refused.value.diagnostics
    assert told.code == "ZR814" and told.help_zh.endswith(f"另存为 {new}。")


def test_a_sentence_below_a_list_is_no_entry(tmp_path: Path) -> None:
    head, row = ["序号", "编号", "事项"], [1, "甲-1", "居住证明"]
    said = ["本清单由区民政局负责解释，自2026年1月1日起执行。"]
    made = import_sheet(_book(tmp_path / "甲.xlsx", [head, row, said]), kind="list", name="甲")
    assert [(one.code, one.span.cell) for one in made.findings] == [("ZR897", "A3")]
    one = import_sheet(
        _book(tmp_path / "乙.xlsx", [["编号", "事项"], ["", said[0]]]), kind="list", name="乙"
    )
    assert [found.code for found in one.findings] == ["ZR845"]  # in the column of matters it is one
