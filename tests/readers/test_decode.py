"""Encodings, line ends and bounds of files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.syntax.decode import MAX_BYTES, decode

TEXT = "政策 JY-2021 “江源区”\n  印发 区民政局\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.encode("gbk"),
        TEXT.replace("\n", "\r\n").encode("utf-8"),
        TEXT.replace("\n", "\r").encode("gb18030"),
    ],
)
def test_every_encoding_and_line_end_gives_the_same_text(data: bytes) -> None:
    source, found = decode(data, "甲.policy")
    assert found == []
    assert source is not None
    assert (source.path, source.text) == ("甲.policy", TEXT)


def test_a_mark_inside_the_text_is_kept() -> None:
    source, _ = decode("政策\ufeff 甲".encode("utf-8-sig"), "x")
    assert source is not None
    assert source.text == "政策\ufeff 甲"


def test_a_file_over_the_bound_is_refused_and_one_at_the_bound_is_read() -> None:
    assert [d.code for d in decode(b"#" * (MAX_BYTES + 1), "x")[1]] == ["ZR802"]
    source, found = decode(b"#" * MAX_BYTES, "x")
    assert source is not None
    assert found == []


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"PK\x03\x04\x00\x00",
        b"\x01\x02\x03\x04abc",
        b"\x00",
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    source, found = decode(data, "x")
    assert source is None
    assert [d.code for d in found] == ["ZR803"]


def test_damaged_utf8_is_not_read_as_gb18030_and_its_byte_is_named() -> None:
    data = bytearray("政策 JY-2021\n规则 应急先行\n  准入".encode())
    place = data.index("准".encode())
    data[place + 1] = 0xFF
    source, found = decode(bytes(data), "x")
    assert source is None
    assert [d.code for d in found] == ["ZR804"]
    assert f"第 {place + 1} 个字节" in found[0].zh
    assert found[0].span.line == 3


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "gb18030"])
@pytest.mark.parametrize("at", [0, 1, 8, 9])
def test_a_stray_zero_byte_makes_no_utf16(encoding: str, at: int) -> None:
    text = "policy JY-2021\n  issuer X\n" if encoding == "ascii" else TEXT + "条例办法备注" * 9
    data = bytearray(text.encode(encoding))
    data.insert(at, 0)
    source, found = decode(bytes(data), "x")
    assert source is None
    assert [d.code for d in found] == ["ZR803"]


def test_half_a_utf16_character_is_undecodable() -> None:
    source, found = decode(b"\xff\xfe\x2f", "x")
    assert source is None
    assert [d.code for d in found] == ["ZR804"]
    assert "byte 3" in found[0].en


@given(st.binary(max_size=400))
def test_any_bytes_give_a_text_or_a_finding(data: bytes) -> None:
    source, found = decode(data, "x")
    assert (source is None) == bool(found)


@given(st.text(st.characters(codec="gb18030", categories=["Lo"]), max_size=60))
def test_chinese_text_survives_utf8(text: str) -> None:
    source, _ = decode(text.encode(), "x")
    assert source is not None
    assert source.text == text
