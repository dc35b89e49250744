"""Damaged files: whatever is cut out of or put into a good one, it is read or reported."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies.effort import examples

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax import yaml_reader
from zhunru.syntax.decode import decode
from zhunru.syntax.sheet_reader import read_entries

FOLDER = Path(__file__).parent.parent / "fixtures" / "parity"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))]
SHEET = (
    "编号,事项,牵头,频次,要求,自\n"
    "A,调解纠纷,区民政局、区司法局,每年 不超过 4 次,-,2021-01-01\n"
    'B,"低保,核查",街道,不限,"经费到位 否则 暂缓 ""经费未到""",2021年1月1日\n'
)
PIECES = st.sampled_from([*"{}[]:,'\"#-&*!|>%@\n\t 甲1为否", "\ufeff", "：", "  ", "\n- ", "? "])


@st.composite
def damaged(draw: st.DrawFn, texts: list[str]) -> str:
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 6))
        text = text[:at] + draw(PIECES) + text[at + cut :]
    return text


def in_range(found: list[Diagnostic], text: str) -> bool:
    edits = (edit.span for d in found if d.fix for edit in d.fix.edits)
    spans = [*(d.span for d in found), *edits]
    return all(0 <= span.start <= span.end <= len(text) and span.line > 0 for span in spans)


@examples(150)
@given(damaged(TEXTS))
def test_damaged_yaml_is_read_or_reported(text: str) -> None:
    file, found = yaml_reader.read(Source("x.yaml", text))
    assert in_range(found, text)
    assert file.notation == "yaml"


@examples(100)
@given(damaged([SHEET]))
def test_damaged_sheets_are_read_or_reported(text: str) -> None:
    entries, found = read_entries(Source("x.csv", text))
    assert in_range(found, text)
    assert len(entries) <= text.count("\n") + 1


@given(st.sampled_from(TEXTS), st.integers(0, 4000), st.binary(min_size=1, max_size=3))
def test_damaged_bytes_are_text_or_reported(text: str, at: int, piece: bytes) -> None:
    data = text.encode()
    source, found = decode(data[:at] + piece + data[at + 1 :], "x")
    assert (source is None) == bool(found)
