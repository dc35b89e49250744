"""Registers: their days and places, and rows that come from files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.checker.sets import BASE, checked

from zhunru.checker.check import check
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


def test_a_cell_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    _, codes = rows(tmp_path, "社区,户数,起止,范围\n东社区,很多,2026-01-01 至,东社区\n")
    assert "ZR330" in codes
