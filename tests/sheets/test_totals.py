"""Totals and announced counts: right ones are silent, wrong ones are told at their cell."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhunru.sheets import import_sheet
from zhunru.sheets.importing import Imported
from zhunru.syntax import amounts, sheet_totals

HEAD = ["序号", "事项", "户数"]
CHECKS = {"ZR849", "ZR848", "ZR839"}
Cells = list[list[object]]


def imported(folder: Path, *sheets: Cells, merged: tuple[str, ...] = ()) -> Imported:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"表{number + 1}")
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    book.save(folder / "清单.xlsx")
    return import_sheet(folder / "清单.xlsx", kind="list")


def told(made: Imported) -> list[tuple[str, str | None]]:
    return [(d.code, d.span.cell) for d in made.findings if d.code in CHECKS]


def items(*numbers: object) -> Cells:
    return [[n, f"事项{'甲乙丙丁戊'[n - 1]}", number] for n, number in enumerate(numbers, 1)]


@pytest.mark.parametrize(
    "total",
    [
        ["合计", "3项", 60],
        ["合计", "３", "60户"],
        ["合 计", None, "６０"],
        ["总计（3项）", None, None],
        ["共3项", None, None],
        [None, "合计：3项", None],
        [4, "合计", 60],  # with a running number of its own
        ["合计", "-", "60.00"],
        ["Total", None, 60],
        ["Grand total", None, 60],
        ["Subtotal", None, 60],
    ],
)
def test_a_total_that_agrees_is_no_entry_and_no_doubt(total: list[object], tmp_path: Path) -> None:
    made = imported(tmp_path, [HEAD, *items(10, 20, 30), total])
    assert (made.rows, made.doubtful, told(made)) == (3, 0, [])
    assert not re.search("计|total", made.text.partition("\n")[2], re.I)


@pytest.mark.parametrize("word", ["小计", "Subtotal", "Sub-total"])
def test_a_subtotal_is_not_added_to_the_total_below_it(word: str, tmp_path: Path) -> None:
    rows = [*items(10, 20), [word, None, 30], *items(1, 2, 3)[2:], [word, None, 3]]
    made = imported(tmp_path, [HEAD, *rows, ["总计" if word == "小计" else "Total", None, 33]])
    assert (made.rows, told(made)) == (3, [])


@pytest.mark.parametrize(
    ("total", "found"),
    [
        (["合计", "4项", 60], [("ZR848", "B5")]),
        (["合计", 4, 60], [("ZR848", "B5")]),
        (["合计：4项", None, 60], [("ZR848", "A5")]),
        (["共4项", None, None], [("ZR848", "A5")]),
        (["合计", "3项", "60.1户"], [("ZR849", "C5")]),
        (["合计", "3项", 61], [("ZR849", "C5")]),
        (["合计", "3项", "60人"], [("ZR839", "C5")]),
        # A number that only runs on says nothing of how many there are.
        ([4, "合计", 61], [("ZR849", "C5")]),
    ],
)
def test_a_total_that_does_not_agree_is_told_at_its_cell(
    total: list[object], found: list[tuple[str, str]], tmp_path: Path
) -> None:
    made = imported(tmp_path, [HEAD, *items("10户", 20, 30), total])
    assert made.rows == 3
    assert told(made) == found


@pytest.mark.parametrize(
    ("title", "wrong"),
    [
        ("某区事项清单（共3项）", False),
        ("某区事项清单(3项)", False),
        ("某区事项清单，共2类３项", False),
        ("某区事项清单（共三项）", False),
        ("某区公共服务清单（共70余项）", False),  # no exact count
        ("共建共治共享4项制度", False),
        ("某区事项清单（共约75项）", False),
        ("某区事项清单（共75项）", True),
        ("某区事项清单 共 75 项", True),
        ("某区事项清单（共1,242项）", True),
        ("某区事项清单（共七十五项）", True),
    ],
)
def test_the_count_that_a_title_announces(title: str, wrong: bool, tmp_path: Path) -> None:
    made = imported(tmp_path, [[title], HEAD, *items(1, 2, 3)])
    assert told(made) == [("ZR848", "A1")] * wrong
    assert made.doubtful == wrong


def test_the_count_of_a_caption_is_that_of_the_rows_under_it(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["一、社会事务（共3项）"],
        ["（一）救助（1项）"],
        *items(1),
        ["（二）教育（2项）"],
        *items(1, 2),
        ["二、公共安全（共2项）"],
        *items(1),
    ]
    assert told(imported(tmp_path, rows)) == [("ZR848", "A8")]


def test_subtotals_count_their_part_and_the_last_total_the_whole(tmp_path: Path) -> None:
    rows = [HEAD, *items(1, 2), ["小计", "2项", 3], *items(4, 8, 16), ["小计", "3项", 28]]
    assert told(imported(tmp_path, [*rows, ["合计", "5项", 31]])) == []
    assert told(imported(tmp_path, [*rows, ["合计", "3项", 28]])) == [
        ("ZR848", "B9"),
        ("ZR849", "C9"),
    ]


def test_totals_may_stand_above_what_they_count(tmp_path: Path) -> None:
    rows = [HEAD, ["总计", "3项", 7], ["小计", "2项", 3], *items(1, 2), ["小计", 1, 4], *items(4)]
    assert told(imported(tmp_path, rows)) == []
    rows[1] = ["总计", "3项", 8]
    assert told(imported(tmp_path, rows)) == [("ZR849", "C2")]


def test_the_last_sheet_may_have_the_total_of_all(tmp_path: Path) -> None:
    first = [HEAD, *items(1, 2)]
    assert told(imported(tmp_path, first, [HEAD, *items(4), ["总计", "3项", 7]])) == []
    made = imported(tmp_path, first, [HEAD, *items(4), ["总计", "4项", 7]])
    assert [d.zh for d in made.findings if d.code == "ZR848"] == [
        "这里写的是 4 条（项），上面读到 1 条，各表一共读到 3 条"
    ]


def test_a_cell_merged_over_rows_counts_once(tmp_path: Path) -> None:
    rows = [HEAD, *items(5, None, 3), ["合计", "3项", 8]]
    assert told(imported(tmp_path, rows, merged=("C2:C3",))) == []


def test_an_entry_whose_title_begins_like_a_total_stays_an_entry(tmp_path: Path) -> None:
    made = imported(
        tmp_path, [["事项", "牵头"], ["小计量器具检查", "某局"], ["共计划生育", "某局"]]
    )
    assert made.rows == 2


@pytest.mark.parametrize(
    "row", ["共{}项,,", "合计,,{}", "合计,,{}.5", "合计,共{}项,", "小标题（共{}项）,,", "{},,"]
)
def test_a_row_of_digits_without_end_is_no_number_and_soon_read(row: str, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    long = row.format("9" * 60_000)
    path.write_text(f"{long}\n编号,事项,户数\nA1,甲,3\n{long}\n", encoding="utf-8")
    began = time.process_time()
    made = import_sheet(path, kind="list")
    assert time.process_time() - began < 5
    assert [d.code for d in made.findings if d.code in CHECKS] == []


def test_many_totals_of_all_rows_add_them_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = [*(f"A,事项{number},1,2" for number in range(20)), "合计,,20,40"]
    path = tmp_path / "清单.csv"
    path.write_text("\n".join(["编号,事项,户数,人数", *part * 20]), encoding="utf-8")
    read: list[str] = []
    amount = amounts.amount

    def noted(text: str) -> object:
        read.append(text)
        return amount(text)

    for module in (amounts, sheet_totals):
        monkeypatch.setattr(module, "amount", noted)
    made = import_sheet(path, kind="list")
    assert (made.rows, CHECKS & {d.code for d in made.findings}) == (400, set())
    assert 800 < len(read) < 2_000  # as many as there are numbers, not for each total anew


def test_shares_are_not_added_up(tmp_path: Path) -> None:
    assert told(imported(tmp_path, [HEAD, *items("60%", "80%"), ["合计", 2, "70%"]])) == []


AMOUNT = st.decimals(0, 10**6, places=2)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    parts=st.lists(st.lists(AMOUNT, min_size=1, max_size=4), min_size=1, max_size=3),
    off=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(-1)]),
    more=st.integers(-1, 1),
)
def test_totals_are_exact_and_the_row_is_never_an_entry(
    parts: list[list[Decimal]], off: Decimal, more: int, tmp_path: Path
) -> None:
    lines, number = ["编号,事项,户数"], 0
    for part in parts:
        for amount in part:
            number += 1
            lines.append(f"A{number},事项,{amount}")
        lines.append(f"小计,{len(part)}项,{sum(part)}")
    whole = sum((sum(part) for part in parts), off)
    lines.append(f"合计,{number + more}项,{whole}")
    path = tmp_path / "清单.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = import_sheet(path, kind="list")
    assert made.rows == number
    last = len(lines)
    assert [(d.code, d.span.line) for d in made.findings if d.code in CHECKS] == [
        *[("ZR848", last)] * (more != 0),
        *[("ZR849", last)] * (off != 0),
    ]
    assert [d.severity for d in made.findings if d.code in CHECKS] == ["warning"] * made.doubtful
