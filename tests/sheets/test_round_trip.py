"""Lists go out as workbooks and come back: nothing is lost, whatever stands in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.shipped import POLICIES, SETS, read, written

from zhunru.diagnostics import NOWHERE, Source
from zhunru.sheets import export_list, exporting, import_sheet
from zhunru.sheets.exporting import lists_of
from zhunru.syntax import parser
from zhunru.syntax.format_lists import ListPrinter
from zhunru.syntax.format_words import Words
from zhunru.syntax.nodes import ListDecl
from zhunru.syntax.placed import moved

LISTS = [
    (name, declared.name.text)
    for name in SETS
    for declared in written(name)
    if isinstance(declared, ListDecl)
]
PRINTER = ListPrinter(Words("zh", "zh"), Source("", ""))


def said(declared: ListDecl) -> list[Any]:
    """Return what a list says, by the texts of its parts: places do not count."""
    plain: ListDecl = moved(declared, lambda span: NOWHERE)
    rows = [
        (PRINTER.cells(one), one.title.en, one.clauses.relaxable, one.clauses.binding)
        for one in plain.entries
    ]
    whole = [({key: text for key, text in cells.items() if text}, *rest) for cells, *rest in rows]
    return [plain.name, plain.title, plain.kind, plain.owner, plain.expected, plain.clauses, whole]


def read_back(text: str) -> ListDecl:
    file, found = parser.parse(Source("x.policy", text))
    assert [d for d in found if d.severity == "error"] == []
    (declared,) = (one for one in file.declarations if isinstance(one, ListDecl))
    return declared


def there_and_back(folder: Path, name: str, to: Path) -> None:
    (before,) = (one for _, one in lists_of(folder)[0] if one.name.text == name)
    book = to / "表.xlsx"
    export_list(folder, name).write(book)
    imported = import_sheet(book, kind="list")
    assert imported.doubtful == 0
    assert imported.rows == len(before.entries)
    assert said(read_back(imported.text)) == said(before)


@pytest.mark.parametrize(("folder", "name"), LISTS)
def test_each_list_of_the_shipped_sets_comes_back_whole(
    folder: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "load", lambda path: read(path.name))
    there_and_back(POLICIES / folder, name, tmp_path)


WORD = st.text(alphabet="甲乙丙丁戊", min_size=1, max_size=4)
TEXT = st.text(alphabet="甲乙，。（）“”=+-@'1 A", min_size=1, max_size=12).map(str.strip).filter(
    lambda text: text not in ("", "-")
)  # fmt: skip
EXTRA = st.sampled_from(
    ["来源", "备注", "序号", "牵头单位", "事项名称", "承担", "栏目", "英文说明"]
)
ENTRY = st.fixed_dictionaries(
    {"matter": TEXT},
    optional={
        "牵头": st.lists(WORD.map(lambda w: f"区{w}局"), min_size=1, max_size=3, unique=True).map(
            "、".join
        ),
        "依据": st.builds("{}法 第{}条、第七条".format, WORD, st.sampled_from("一二三")),
        "频次": st.builds("每年 不超过 {} 次".format, st.integers(1, 99)),
        "当": st.sampled_from(["类别 为 行政任务", "类别 为 行政任务 且 非 急"]),
        "要求": st.just('经费到位 否则 暂缓 "经费未到"'),
        "限额": st.just('每个 目标社区 每年 不超过 3 次 否则 拒绝 "超频"'),
        "自": st.just("2021-01-01"),
        "至": st.just("2031-12-31"),
        "出处": st.just("S0-24"),
    },
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    entries=st.lists(ENTRY, min_size=1, max_size=5),
    extras=st.lists(EXTRA, unique=True, max_size=3),
    texts=st.lists(TEXT, min_size=15, max_size=15),
    clause=st.sampled_from(["", '  要求 承担方式 为 协助 否则 拒绝 "转由主责" 代码 主责错位\n']),
)
def test_any_list_comes_back_whole(
    entries: list[dict[str, str]], extras: list[str], texts: list[str], clause: str, tmp_path: Path
) -> None:
    columns = list(dict.fromkeys(key for entry in entries for key in entry if key != "matter"))
    head = ["编号", "事项", *columns, *extras]
    more = iter(texts)
    rows = [
        [f"XZ-{n}", e["matter"], *(e.get(c, "-") for c in columns), *(next(more) for _ in extras)]
        for n, e in enumerate(entries, 1)
    ]
    table = "\n".join("  | " + " | ".join(row) + " |" for row in [head, *rows])
    folder = tmp_path / "集"
    folder.mkdir(exist_ok=True)
    text = f'政策 X-1 "甲"\n  印发 区民政局\n  施行 2026-01-01\n清单 协助 "协助清单" 类型 协助\n{clause}{table}\n'
    (folder / "a.policy").write_text(text, encoding="utf-8")
    there_and_back(folder, "协助", tmp_path)


def test_what_a_row_has_no_place_for_comes_back_too(tmp_path: Path) -> None:
    text = """政策 X-1 "甲"
  印发 区民政局
  施行 2026-01-01
清单 协助 "协助清单" "assistance" 类型 协助 主体 社区居委会 应有 2 条
  施行 2026-01-01 至 2030-12-31
  可放宽
  条目 A "低保核查" "low income checks"
    刚性
  条目 B "社区矫正"
    当 甲 为 乙
    当 丙 为 丁
    除外 戊 为 己
    除外 庚 为 辛
    可放宽
"""
    folder = tmp_path / "集"
    folder.mkdir()
    (folder / "a.policy").write_text(text, encoding="utf-8")
    book = tmp_path / "表.xlsx"
    export_list(folder).write(book)
    back = read_back(import_sheet(book, kind="list").text)
    assert (back.title.en, back.expected, back.clauses.relaxable) == ("assistance", 2, True)
    first, second = back.entries
    assert (first.title.en, first.clauses.binding) == ("low income checks", True)
    assert second.clauses.relaxable
    assert PRINTER.cells(second)["when"] == "甲 为 乙 且 丙 为 丁"
    assert PRINTER.cells(second)["unless"] == "戊 为 己 或 庚 为 辛"


def test_the_workbook_looks_as_official_lists_do(tmp_path: Path) -> None:
    exported = export_list("jiangyuan", "街道职责清单") if False else export_list(
        POLICIES / LISTS[0][0], LISTS[0][1]
    )  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(exported.data)).worksheets[0]
    assert sheet["A1"].value == exported.title
    assert any(str(cells).startswith("A1:") for cells in sheet.merged_cells.ranges)
    headings = [cell.value for cell in sheet[3]]
    assert headings[0] == "序号"
    assert {"事项编号", "事项名称"} <= set(headings)
    assert sheet["A4"].value == 1
    assert sheet.freeze_panes == "A4"


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    folder = tmp_path / "集"
    folder.mkdir()
    text = '政策 X-1 "甲"\n  印发 区民政局\n  施行 2026-01-01\n清单 协助 类型 协助\n  | 编号 | 事项 | 说明 |\n  | A | =1+1 | @SUM(A1) |\n'
    (folder / "a.policy").write_text(text, encoding="utf-8")
    sheet = openpyxl.load_workbook(io.BytesIO(export_list(folder).data)).worksheets[0]
    assert {cell.data_type for cell in sheet[4]} == {"n", "s"}
    assert [cell.value for cell in sheet[4]][2] == "=1+1"
