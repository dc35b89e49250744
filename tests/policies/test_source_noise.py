"""Numbers as the sources misprint them: read where that is certain, and always told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from zhunru import open_policy
from zhunru.measures import read_data


@pytest.mark.rows("S1-05", "S1-07")
def test_a_full_stop_between_digits_is_a_decimal_point(tmp_path: Path) -> None:
    sheet = tmp_path / "公益创投.csv"
    rows = "项目,投入,服务人次\n甲,10。6,１２００\n乙,85。6,31000\n丙,85。6%,1\n"
    sheet.write_text(rows, encoding="utf-8")
    tables, found = read_data(open_policy("weihai"), sheet)
    assert [row["投入"] for row in tables["公益创投"][:2]] == [Decimal("10.6"), Decimal("85.6")]
    assert tables["公益创投"][0]["服务人次"] == 1200
    # A share in a column of sums is read as a share too; whether it belongs there is told apart.
    assert [one.zh for one in found][:3] == [
        "“10。6”按“10.6”读取", "“85。6”按“85.6”读取", "“85。6%”按“85.6%”读取",
    ]  # fmt: skip


@pytest.mark.rows("S1-11")
def test_what_is_not_a_plain_number_is_reported_and_left_unknown(tmp_path: Path) -> None:
    sheet = tmp_path / "公益创投.csv"
    sheet.write_text("项目,服务人次\n甲,5。5万名\n", encoding="utf-8")
    tables, found = read_data(open_policy("weihai"), sheet)
    assert "服务人次" not in tables["公益创投"][0]
    assert any("5" in one.zh and "服务人次" in one.zh for one in found)
