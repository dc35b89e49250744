"""Rows that are read fast say what the exact readers say."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from zhunru.request_files import read_given


def lines_of(tmp_path: Path, name: str, text: str) -> list[tuple[int, object, list[str]]]:
    path = tmp_path / name
    path.write_bytes(text.encode())
    rows = read_given(path)
    return [(row.span.line, row.given, [each.code for each in row.findings]) for row in rows]


@pytest.mark.parametrize(
    ("line", "given", "codes"),
    [
        ('{"甲": "乙:丙", "丁": true, "戊": null}', {"甲": "乙:丙", "丁": True, "戊": None}, []),
        ('{"甲": 1.10}', {"甲": Decimal("1.10")}, []),
        ('{"甲": ["乙"]}', {"甲": ["乙"]}, []),
        ('{"甲": "乙", "甲": "丙"}', None, ["ZR783"]),
        ('{"甲": "乙", "甲": "\\u003a"}', None, ["ZR783"]),
        ('{"甲": "乙"', None, ["ZR781"]),
        ('["甲"]', ["甲"], []),
    ],
)
def test_a_line_of_json_says_what_it_says(tmp_path, line, given, codes):
    good = json.dumps({"甲": "乙"})
    found = lines_of(tmp_path, "a.jsonl", f"{good}\n{line}\n{good}\n")
    assert found[1] == (2, given, codes)
    assert [each[1] for each in (found[0], found[2])] == [{"甲": "乙"}] * 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_of_a_sheet_with_and_without_quotes_are_read_as_one_reader_reads_them(tmp_path, end):
    records = [
        "甲,乙,丙",
        "一,二,三",
        '"一,二",二,"三""三"',
        " 一 ,,三",
        '"一',
        '二",二,三',
        "一,二,三",
    ]
    text = end.join(records) + end
    wanted = list(csv.reader(text.splitlines(keepends=True)))
    found = lines_of(tmp_path, "a.csv", text)
    cells = [[cell.strip() for cell in record] for record in wanted[1:]]
    assert [list(given.values()) for _, given, _ in found] == cells  # type: ignore[attr-defined]
    assert [line for line, _, _ in found] == [2, 3, 4, 5, 7]
