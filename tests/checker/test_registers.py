"""Registers: their days and places, and rows that come from files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.checker.sets import BASE, checked

from zhunru.checker.check import check
from zhunru.diagnostics import Diagnostic
from zhunru.syntax.loader import load_text

HEAD = '台账 名册 取自 "名册.csv"\n  社区 单位\n  户数 数值\n  起止 时段\n  范围 单位组\n'


def rows(folder: Path, text: str) -> tuple[object, set[str]]:
    (folder / "名册.csv").write_text(text)
    policy_set, _ = load_text(BASE + HEAD, "t.policy", folder=folder)
    assert policy_set is not None
    result, found = check(policy_set)
    return result and result.registers["名册"].rows, {d.code for d in found}


def test_a_register_knows_its_days_and_its_places() -> None:
    found = checked(BASE).registers["应急响应"]
    assert (found.span_field, found.scope_field) == ("起止", "范围")
    assert found.asserted_by == "某区"
    assert found.rows is None


def test_rows_from_a_file_are_typed(tmp_path: Path) -> None:
    text = "社区,户数,起止,范围\n东社区,2200,2026-01-01 至 2026-03-31,东社区、东街\n"
    found, codes = rows(tmp_path, text)
    assert not codes & {"ZR330"}
    assert found == (
        (
            ("社区", "东社区"),
            ("户数", Decimal(2200)),
            ("起止", "2026-01-01 至 2026-03-31"),
            ("范围", frozenset({"东社区", "东街"})),
        ),
    )


SHARES = '台账 名册 取自 "名册.csv"\n  社区 单位\n  占比 比例\n'


def share_in(folder: Path, text: str) -> tuple[object, list[Diagnostic]]:
    (folder / "名册.csv").write_text(f"社区,占比\n东社区,{text}\n")
    policy_set, _ = load_text(BASE + SHARES, "t.policy", folder=folder)
    assert policy_set is not None
    result, found = check(policy_set)
    rows = result and result.registers["名册"].rows
    return rows and dict(rows[0]).get("占比"), found


@pytest.mark.parametrize(
    ("text", "share"), [("30", 30), ("30%", 30), ("30％", 30), ("0.3%", "0.3")]
)
def test_a_share_is_read_with_and_without_its_sign(
    tmp_path: Path, text: str, share: int | str
) -> None:
    assert share_in(tmp_path, text)[0] == Decimal(share)


def test_a_share_that_may_be_meant_for_either_is_not_read(tmp_path: Path) -> None:
    share, found = share_in(tmp_path, "0.3")
    (told,) = (each for each in found if each.code == "ZR330")
    assert share is None and "写明是 30% 还是 0.3%" in told.help_zh


def test_a_cell_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    _, codes = rows(tmp_path, "社区,户数,起止,范围\n东社区,很多,2026-01-01 至,东社区\n")
    assert "ZR330" in codes


def shares(folder: Path, type_: str, stored: float, look: str) -> tuple[object, list[Diagnostic]]:
    """Read a workbook whose one cell stores a number and shows it by a number format."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["社区", "办结率"])
    sheet.append(["东社区", stored])
    sheet["B2"].number_format = look
    book.save(folder / "名册.xlsx")
    text = BASE + f'台账 名册 取自 "名册.xlsx"\n  社区 单位\n  办结率 {type_}\n'
    policy_set, _ = load_text(text, "t.policy", folder=folder)
    assert policy_set is not None
    result, found = check(policy_set)
    return result and dict(result.registers["名册"].rows[0])["办结率"], found  # type: ignore[index]


@pytest.mark.parametrize("type_", ["比例", "数值 0% 至 100% 小数 1"])
@pytest.mark.parametrize("look", ["0%", "0.0%", "0.00%"])
def test_a_percentage_is_read_where_percentages_stand(
    type_: str, look: str, tmp_path: Path
) -> None:
    value, found = shares(tmp_path, type_, 0.785, look)
    assert value == Decimal("78.5")
    assert not [d for d in found if d.code in ("ZR330", "ZR343")]


@pytest.mark.parametrize("type_", ["数值", "数值 0 至 100", "数值 0 至 100 人"])
def test_a_percentage_among_numbers_is_told_with_its_two_readings(
    type_: str, tmp_path: Path
) -> None:
    _, found = shares(tmp_path, type_, 0.785, "0%")
    (one,) = [d for d in found if d.code in ("ZR330", "ZR343")]
    assert one.zh == "“办结率”一栏是数值，这一格写的是百分比“78.5%”，没有读入"
    assert "“办结率 比例”" in one.help_zh
    assert "78.5 还是 0.785" in one.help_zh
    assert "78.5 or 0.785" in one.help_en
    assert one.span.cell == "B2"


def test_the_mend_that_is_told_reads_the_cell(tmp_path: Path) -> None:
    _, found = shares(tmp_path, "数值", 1, "0%")
    (one,) = [d for d in found if d.code == "ZR343"]
    assert "写 100 还是 1 由" in one.help_zh
    value, found = shares(tmp_path, "比例", 1, "0%")
    assert value == Decimal(100)
    assert not [d for d in found if d.code == "ZR343"]


@pytest.mark.parametrize("many", [1, 3_000])  # by rows, and kept by column
def test_a_required_cell_that_is_empty_is_told_at_its_row(tmp_path: Path, many: int) -> None:
    head = HEAD.replace("户数 数值", "户数 数值 必填")
    lines = ["东社区,2200,,东社区"] * many + ["东社区,,,东社区", "东社区, ,,东社区"]
    (tmp_path / "名册.csv").write_text("社区,户数,起止,范围\n" + "\n".join(lines) + "\n")
    policy_set, _ = load_text(BASE + head, "t.policy", folder=tmp_path)
    assert policy_set is not None
    result, found = check(policy_set)
    told = [d for d in found if d.code == "ZR344"]
    assert result is not None
    assert [(d.span.line, "户数" in d.zh) for d in told] == [(many + 2, True), (many + 3, True)]
    policy_set, _ = load_text(BASE + HEAD, "t.policy", folder=tmp_path)
    assert policy_set is not None
    assert "ZR344" not in {d.code for d in check(policy_set)[1]}


@pytest.mark.parametrize(
    ("type_", "text", "said"),
    [
        ("是否", "√", "写“是”或者“否”"),
        ("日期", "2026年5月", "2026-05-01"),
        ("时刻", "2026-05-01 24:00", "2026-05-01 09:00"),
        ("时刻", "0001-01-01T00:00+14:00", "2026-05-01 09:00"),
        ("数值", "约50", "只写数"),
        ("金额", "35万元", "350000"),
        ("枚举 急、一般", "较急", "只能写：急、一般"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_how_it_is_written(
    tmp_path: Path, type_: str, text: str, said: str
) -> None:
    (tmp_path / "名册.csv").write_text(f"社区,栏\n甲,{text}\n", encoding="utf-8")
    policy = BASE + f'台账 名册 取自 "名册.csv"\n  社区 文本\n  栏 {type_}\n'
    policy_set, found = load_text(policy, "t.policy", folder=tmp_path)
    assert policy_set is not None
    told = [one for one in [*found, *check(policy_set)[1]] if one.code == "ZR330"]
    assert len(told) == 1 and said in told[0].help_zh
