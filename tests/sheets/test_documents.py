"""Tables of Word documents: what they say, and what of a document is not read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documents import (
    NAMESPACE,
    STRICT,
    cell,
    document,
    packed,
    paragraph,
    plain,
    row,
    table,
)

from zhunru.errors import PolicyRejected
from zhunru.sheets import Imported, import_sheet

HEADINGS = ["编号", "事项", "牵头", "频次"]
ROWS = [
    HEADINGS,
    ["A-1", "居住证明", "县公安局", "每年 不超过 4 次"],
    ["A-2", "婚育证明", "县民政局", "不限"],
]


def read(path: Path, **asked: Any) -> Imported:
    """Return the list that a document is."""
    return import_sheet(path, kind="list", name="证明", **asked)


def lines_of(made: Imported) -> list[str]:
    """Return the lines of a list below its head, without remarks."""
    lines = [line for line in made.text.splitlines() if not line.lstrip().startswith("#")]
    return lines[1:]


def codes(made: Imported) -> list[str]:
    """Return the codes of what was told."""
    return [one.code for one in made.findings]


@pytest.mark.parametrize("namespace", [NAMESPACE, STRICT])
def test_a_table_of_a_document_says_what_it_says_as_a_sheet(tmp_path: Path, namespace: str) -> None:
    made = read(document(tmp_path / "甲.docx", plain(ROWS), namespace=namespace))
    sheet = tmp_path / "甲.csv"
    sheet.write_text("\n".join(",".join(each) for each in ROWS), encoding="utf-8")
    assert made.text == read(sheet).text
    assert (made.rows, made.doubtful) == (2, 0)


def test_the_title_stands_above_the_table_and_the_letter_in_front_does_not(tmp_path: Path) -> None:
    front = [
        paragraph("关于印发清单的通知"),
        paragraph("现将清单印发给你们，请认真贯彻执行。"),
        paragraph("2026年3月1日"),
    ]
    annex = [paragraph("附件1"), paragraph("社区证明清单"), paragraph("填报单位：县民政局")]
    end = paragraph("注：第二项只用于涉农社区。")
    made = read(document(tmp_path / "甲.docx", *front, *annex, plain(ROWS), end))
    assert '清单 证明 "社区证明清单" 类型' in made.text
    told = next(one for one in made.findings if one.code == "ZR833")
    # The note may be a condition: it is shown before the letter.
    assert "4 段" in told.zh and told.zh.index("注：第二项") < told.zh.index("关于印发")


def test_what_stands_before_a_page_break_is_no_title(tmp_path: Path) -> None:
    ends = [
        '<w:p><w:r><w:br w:type="page"/></w:r></w:p>',
        "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>",
    ]
    for at, end in enumerate(ends):
        body = [paragraph("某县民政局"), end, paragraph("社区证明清单"), plain(ROWS)]
        assert '"社区证明清单"' in read(document(tmp_path / f"{at}.docx", *body)).text
    body = [paragraph("某县民政局"), paragraph("社区证明清单", "<w:pageBreakBefore/>"), plain(ROWS)]
    assert '"社区证明清单"' in read(document(tmp_path / "甲.docx", *body)).text


def test_places_count_within_the_table(tmp_path: Path, zhunru: Any) -> None:
    rows = [*ROWS, ["A-3", "收入证明", "县民政局", "每年4次"]]
    path = document(tmp_path / "甲.docx", paragraph("社区证明清单"), plain(rows))
    code, out, err = zhunru("import", path, "--as", "list")
    assert code == 1
    assert "表1第 4 行第 4 格“每年4次”" in out
    assert "甲.docx 表1第 4 行第 4 格：错误 ZR101" in err
    code, _, err = zhunru("import", path, "--as", "list", "--lang", "en")
    assert "row 4 cell 4: error ZR101" in err


def test_a_caption_between_two_tables_is_a_category(tmp_path: Path) -> None:
    first, second = plain(ROWS[:2]), plain([HEADINGS, ROWS[2]])
    path = document(tmp_path / "甲.docx", first, paragraph("社区证明清单"), second)
    assert [line.split("|")[1].strip() for line in lines_of(read(path))] == ["编号", "A-1", "A-2"]
    assert lines_of(read(path, sheet="表2"))[1:] == ["  | A-2  | 婚育证明 | 县民政局 | 不限 |"]


def test_two_annexes_become_one_list_only_with_a_word(tmp_path: Path) -> None:
    body = [
        paragraph("协助清单"),
        plain(ROWS[:2]),
        paragraph("负面清单"),
        plain([HEADINGS, ROWS[2]]),
    ]
    path = document(tmp_path / "甲.docx", *body)
    told = next(one for one in read(path).findings if one.code == "ZR819")
    assert (
        "表1“协助清单”" in told.zh and "表2“负面清单”" in told.zh and "--sheet 表1" in told.help_zh
    )
    alone = read(path, sheet="表2")
    assert '"负面清单"' in alone.text and "ZR819" not in codes(alone)
    assert alone.rows == 1


DRAWN = (
    '<w:p><w:r><w:drawing><a:tbl xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    "<a:tr><a:tc><a:p><a:r><a:t>图</a:t></a:r></a:p></a:tc></a:tr></a:tbl></w:drawing></w:r></w:p>"
)


def test_a_table_of_a_drawing_ends_no_table_of_the_document(tmp_path: Path) -> None:
    first = row("A-1", cell(paragraph("居住证明") + DRAWN), *ROWS[1][2:])
    made = read(document(tmp_path / "甲.docx", DRAWN, table(row(*HEADINGS), first, row(*ROWS[2]))))
    assert made.text == read(document(tmp_path / "甲.docx", plain(ROWS))).text


def test_what_stands_above_a_table_that_is_taken_away_is_not_lost(tmp_path: Path) -> None:
    gone = table(row("甲", "乙", properties="<w:del/>"))
    note = paragraph("附件1") + paragraph("说明：有争议的除外。")
    made = read(document(tmp_path / "甲.docx", note, gone, plain(ROWS)))
    assert codes(made) == ["ZR818", "ZR833"]
    assert "有争议的除外" in made.findings[-1].zh


def test_what_is_struck_out_or_hidden_in_a_table_is_told(tmp_path: Path) -> None:
    run = "<w:r><w:rPr><w:{}/></w:rPr><w:t>{}</w:t></w:r>"
    struck, hidden = run.format("strike", "（已取消）"), run.format("vanish", "内部掌握")
    kept = run.format('strike w:val="0"', "证明")
    mark = "<w:pPr><w:rPr><w:strike/></w:rPr></w:pPr>"  # of the end of the paragraph alone
    first = cell(f"<w:p>{mark}<w:r><w:t>居住</w:t></w:r>{kept}{struck}{hidden}</w:p>")
    rows = (row(*HEADINGS), row("A-1", first, *ROWS[1][2:]), row(*ROWS[2]))
    made = read(document(tmp_path / "甲.docx", f"<w:p>{struck}</w:p>", table(*rows)))
    told = [one.zh for one in made.findings if one.code == "ZR828"]
    assert told == ["划掉（加了删除线）的内容照样读取：（已取消）、内部掌握"]
    assert "居住证明（已取消）内部掌握" in made.text
    # Of two tables, too, it is one thing to be looked at.
    path = document(
        tmp_path / "乙.docx",
        table(*rows),
        paragraph("又："),
        plain([HEADINGS, ["B-1", *ROWS[1][1:]]]),
    )
    assert read(path).doubtful == 1


def test_what_is_struck_out_is_told_by_all_that_is_said_of_it_now(tmp_path: Path) -> None:
    run = "<w:r><w:rPr>{}</w:rPr><w:t>{}</w:t></w:r>"
    struck = run.format('<w:strike/><w:dstrike w:val="0"/><w:vanish w:val="0"/>', "（已取消）")
    before = '<w:rPrChange w:id="1"><w:rPr><w:strike/></w:rPr></w:rPrChange>'
    kept = run.format(f'<w:b/><w:strike w:val="0"/>{before}', "证明")
    first = cell(f"<w:p><w:r><w:t>居住</w:t></w:r>{kept}{struck}</w:p>")
    rows = (row(*HEADINGS), row("A-1", first, *ROWS[1][2:]))
    made = read(document(tmp_path / "甲.docx", table(*rows)))
    told = [one.zh for one in made.findings if one.code == "ZR828"]
    assert told == ["划掉（加了删除线）的内容照样读取：（已取消）"]


def test_changes_that_are_not_accepted_are_read_as_accepted(tmp_path: Path) -> None:
    gone = "<w:del><w:r><w:delText>每月</w:delText></w:r></w:del>"
    put = "<w:ins><w:r><w:t>每年 不超过 4 次</w:t></w:r></w:ins>"
    moved = "<w:moveFrom><w:r><w:t>县民政局</w:t></w:r></w:moveFrom>"
    changed = row(
        "A-1",
        "居住证明",
        cell(f"<w:p>{moved}<w:r><w:t>县公安局</w:t></w:r></w:p>"),
        cell(f"<w:p>{gone}{put}</w:p>"),
    )
    struck = row("A-9", "无犯罪证明", "县公安局", "不限", properties="<w:del/>")
    path = document(tmp_path / "甲.docx", table(row(*HEADINGS), changed, struck, row(*ROWS[2])))
    made = read(path)
    assert lines_of(made) == lines_of(read(document(tmp_path / "乙.docx", plain(ROWS))))
    assert "ZR818" in codes(made)
    assert "ZR818" not in codes(read(tmp_path / "乙.docx"))


def test_ticks_breaks_and_parts_said_twice_are_read_once(tmp_path: Path) -> None:
    twice = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><w:t>居住</w:t></mc:Choice>'
        "<mc:Fallback><w:t>居住</w:t></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:sdt><w:sdtContent><w:r><w:t>证明</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    tick = '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>不限</w:t></w:r></w:p>'
    units = paragraph("县公安局") + paragraph("县民政局")
    path = document(
        tmp_path / "甲.docx",
        table(row(*HEADINGS), row("A-1", cell(twice), cell(units), cell(tick))),
    )
    made = read(path)
    assert "居住证明 |" in made.text and "居住居住" not in made.text
    assert "县公安局、县民政局" in made.text
    assert "☑不限" in made.text


def test_what_stands_in_notes_and_comments_is_told_before_the_letter(tmp_path: Path) -> None:
    path = document(tmp_path / "甲.docx", paragraph("各街道："), plain(ROWS))
    with zipfile.ZipFile(path, "a") as book:
        for name, text in (("footnotes", "仅限涉农社区"), ("comments", "待区民政局核实")):
            inside = f'<w:note w:id="1">{paragraph(text)}{paragraph("")}</w:note>'
            book.writestr(f"word/{name}.xml", f'<w:all xmlns:w="{NAMESPACE}">{inside}</w:all>')
    made = read(path)
    told = [one.zh for one in made.findings if one.code == "ZR833"]
    assert told == ["表以外的 3 段文字没有读取：仅限涉农社区、待区民政局核实、各街道："]


def test_numbers_that_the_word_processor_makes_are_told(tmp_path: Path) -> None:
    made_number = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='3'/></w:numPr>"
    rows = [row(cell(paragraph("", made_number)), *each[1:]) for each in ROWS[1:]]
    made = read(document(tmp_path / "甲.docx", table(row(*HEADINGS), *rows)))
    told = next(one for one in made.findings if one.code == "ZR834")
    assert "2 格" in told.zh and (told.span.line, told.span.column) == (2, 1)


def test_a_table_in_a_cell_is_part_of_the_cell(tmp_path: Path) -> None:
    inner = cell(plain([["县公安局"], ["县民政局"]]) + paragraph(""))
    made = read(
        document(tmp_path / "甲.docx", table(row(*HEADINGS), row("A-1", "居住证明", inner, "不限")))
    )
    assert made.rows == 1 and "县公安局、县民政局" in made.text


# --- beside a workbook of the same cells ----------------------------------------------------------

TEXTS = st.sampled_from(
    ["县公安局", "县民政局", "", "不限", "居住证明", "A-1", "1", "每年 不超过 4 次"]
)


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[list[str]], list[tuple[int, int, int, int]]]:
    """Return rows of four cells, and merged cells: first row and column, last row and column."""
    rows = draw(st.lists(st.lists(TEXTS, min_size=4, max_size=4), min_size=1, max_size=6))
    merged: list[tuple[int, int, int, int]] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 3))):
        top, left = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, 3))
        bottom, right = draw(st.integers(top, len(rows) - 1)), draw(st.integers(left, 3))
        cells = {(at, to) for at in range(top, bottom + 1) for to in range(left, right + 1)}
        if len(cells) > 1 and not cells & taken:
            taken |= cells
            merged.append((top, left, bottom, right))
            for at, to in cells - {(top, left)}:
                rows[at][to] = ""
    return rows, merged


def merged_table(rows: list[list[str]], merged: list[tuple[int, int, int, int]]) -> str:
    """Return a table with merged cells as a word processor writes it."""
    made = []
    for at, texts in enumerate(rows):
        cells, column = [], 0
        while column < len(texts):
            top, _, bottom, right = next(
                (one for one in merged if one[0] <= at <= one[2] and one[1] == column),
                (at, column, at, column),
            )
            said = f'<w:gridSpan w:val="{right - column + 1}"/>'
            if bottom > top:
                said += '<w:vMerge w:val="restart"/>' if at == top else "<w:vMerge/>"
            cells.append(cell(paragraph(texts[column]), said))
            column = right + 1
        made.append(row(*cells))
    return table(row(*HEADINGS), *made)


@settings(max_examples=60)
@given(grids())
def test_merged_cells_say_what_they_say_in_a_workbook(
    tmp_path_factory: pytest.TempPathFactory,
    grid: tuple[list[list[str]], list[tuple[int, int, int, int]]],
) -> None:
    rows, merged = grid
    folder = tmp_path_factory.mktemp("merged")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表1"
    for each in [HEADINGS, *rows]:
        sheet.append([text or None for text in each])
    for top, left, bottom, right in merged:
        sheet.merge_cells(None, top + 2, left + 1, bottom + 2, right + 1)
    book.save(folder / "甲.xlsx")
    document(folder / "甲.docx", merged_table(rows, merged))
    made, as_book = read(folder / "甲.docx"), read(folder / "甲.xlsx")
    assert lines_of(made) == lines_of(as_book)
    assert [(one.code, one.span.line, one.span.column) for one in made.findings] == [
        (one.code, one.span.line, one.span.column) for one in as_book.findings
    ]


# --- what is no sound document --------------------------------------------------------------------

WIDE = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr></w:tc></w:tr></w:tbl>'
MANY = table(*['<w:tr><w:tc><w:tcPr><w:gridSpan w:val="250"/></w:tcPr></w:tc></w:tr>'] * 4_100)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (paragraph("没有表"), "ZR835"),
        (WIDE, "ZR891"),
        (MANY, "ZR891"),
        ("<w:tbl>", "ZR890"),
        (table(), "ZR835"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(tmp_path: Path, body: str, code: str) -> None:
    with pytest.raises(PolicyRejected) as refused:
        read(document(tmp_path / "甲.docx", body))
    assert [one.code for one in refused.value.diagnostics] == [code]


def test_what_is_no_document_says_what_it_is(tmp_path: Path) -> None:
    old = tmp_path / "旧.docx"
    old.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    book = openpyxl.Workbook()
    book.save(tmp_path / "表.docx")
    bomb = packed(tmp_path / "大.docx", b"<!DOCTYPE x><a/>")
    for path, why in (
        (old, "旧格式"),
        (tmp_path / "表.docx", "没有 Word 文档"),
        (bomb, "实体声明"),
    ):
        with pytest.raises(PolicyRejected) as refused:
            read(path)
        (found,) = refused.value.diagnostics
        assert found.code == "ZR890" and why in found.zh and ".docx" in found.help_zh


def test_deeply_nested_tables_are_read_or_refused(tmp_path: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 20_000 + paragraph("底") + "</w:tc></w:tr></w:tbl>" * 20_000
    made = read(document(tmp_path / "甲.docx", plain(ROWS), deep))
    assert made.rows == 2


def test_a_register_keeps_to_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(PolicyRejected) as refused:
        import_sheet(document(tmp_path / "甲.docx", plain(ROWS)), kind="register")
    assert [one.code for one in refused.value.diagnostics] == ["ZR814"]
