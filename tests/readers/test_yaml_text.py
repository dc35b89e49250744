"""YAML read as texts with places, and what of YAML is refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from zhunru.diagnostics import Source
from zhunru.syntax import yaml_text
from zhunru.syntax.yaml_text import Mapping, Node, Scalar, Sequence, compose


def plain(node: Node | None) -> object:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.pairs}
        case None:
            return None


def read(text: str) -> tuple[object, list[str]]:
    node, found = compose(Source("x.yaml", text))
    return plain(node), [d.code for d in found]


def underlined(text: str) -> list[tuple[str, str]]:
    source = Source("x.yaml", text)
    return [(d.code, text[d.span.start : d.span.end]) for d in compose(source)[1]]


@pytest.mark.parametrize("word", ["on", "yes", "12:30", "2021-01-01", "1e3", "0x10", "~", "null"])
def test_every_scalar_stays_the_text_it_was_written_as(word: str) -> None:
    assert read(f"甲: {word}\n{word}: 乙\n") == ({"甲": word, word: "乙"}, [])


def scalars(node: Node | None) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [s for item in node.items for s in scalars(item)]
        case Mapping():
            return [s for key, value in node.pairs for s in (key, *scalars(value))]
        case None:
            return []


@pytest.mark.parametrize(
    "text",
    [
        "甲: 来文单位 为 区民政局\n",
        "甲: '来文单位 为 “区民政局”'  # 注\n",
        '乙: [ "丙 且 丁" , 戊 ]\n',
        "- 一\n- {二: 三}\n",
    ],
)
def test_places_inside_scalars_of_one_line_are_exact(text: str) -> None:
    node, _ = compose(Source("x.yaml", text))
    for scalar in scalars(node):
        for at, character in enumerate(scalar.text):
            span = scalar.source.span(scalar.offset + at, scalar.offset + at + 1)
            assert text[span.start : span.end] == character


def test_places_behind_escapes_are_exact() -> None:
    text = "甲: '要求 a 否则 拒绝 ''x'' 乙'\n丙: \"拒绝 \\\"\\u7532\\\" 丁\"\n"
    node, found = compose(Source("x.yaml", text))
    assert found == []
    for scalar, word in zip(scalars(node)[1::2], ["乙", "丁"], strict=True):
        at = scalar.text.index(word)
        span = scalar.source.span(scalar.offset + at, scalar.offset + at + 1)
        assert text[span.start : span.end] == word


def test_a_folded_scalar_has_the_place_of_the_whole() -> None:
    text = "甲: >-\n  上半句\n  下半句\n乙: 丙\n"
    node, _ = compose(Source("x.yaml", text))
    folded = scalars(node)[1]
    assert folded.text == "上半句 下半句"
    assert folded.source.span(4, 6).line == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲: &a 乙\n", [("ZR821", "&a")]),
        ("甲: &a 乙\n丙: *a\n", [("ZR821", "&a"), ("ZR821", "*a")]),
        ("甲: !!int 3\n", [("ZR821", "!!int")]),
        ("甲: 1\n乙: 2\n甲: 3\n", [("ZR822", "甲")]),
        ("甲: 1\n甲 : 3\n", [("ZR822", "甲")]),
        ("甲: 1\n---\n乙: 2\n", [("ZR829", "---")]),
        ("[甲]: 1\n", [("ZR826", "[甲]")]),
    ],
)
def test_what_makes_two_readings_of_one_text_is_refused(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert underlined(text) == expected


@pytest.mark.parametrize(
    "text",
    ["甲: 乙: 丙\n", "甲: [乙\n", "甲: '乙\n", "甲: @乙\n", "甲:\n  乙\n 丙: 1\n", "甲: \x07\n"],
)
def test_malformed_yaml_is_one_finding_in_plain_words(text: str) -> None:
    node, found = compose(Source("x.yaml", text))
    assert node is None
    assert [d.code for d in found] == ["ZR820"]
    assert "这里读不懂" not in found[0].zh


def test_depth_is_bounded_before_memory_is_spent() -> None:
    assert read("[" * 100_000)[1] == ["ZR823"]
    assert read("[" * 32 + "]" * 32)[1] == []
    assert read("[" * 33 + "]" * 33)[1] == ["ZR823"]


def test_the_number_of_nodes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "MAX_NODES", 10)
    assert read("[" + "a, " * 9 + "]")[1] == []
    assert read("[" + "a, " * 10 + "]")[1] == ["ZR823"]


TREES = st.recursive(
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(categories=["Lo"]), max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(TREES)
def test_what_yaml_writes_is_read_back_as_the_same_texts(tree: object) -> None:
    value, codes = read(yaml.safe_dump(tree, allow_unicode=True, default_style="'"))
    folded = "ZR822" in codes
    assert folded or (value, codes) == (tree, [])


@given(st.text(alphabet="甲乙: -[]{},&*!|>'\"#\n\\%@", max_size=60))
def test_a_malformed_text_gives_no_tree_and_any_other_text_gives_its_places(text: str) -> None:
    node, found = compose(Source("x.yaml", text))
    assert not (node and any(d.code == "ZR820" for d in found))
    assert all(0 <= s.span.start <= s.span.end <= len(text) for s in scalars(node))
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in found)


@pytest.mark.parametrize(
    ("written", "meant", "line"),
    [
        ("甲:\n  乙: 一\n  丙:二\n  丁: 三\n", "甲:\n  乙: 一\n  丙: 二\n  丁: 三\n", 3),
        ("甲:\n\t乙: 一\n", "甲:\n  乙: 一\n", 2),
        (
            "甲:\n  - 乙: 一\n　　丙: 二\n    丁: 三\n",
            "甲:\n  - 乙: 一\n    丙: 二\n    丁: 三\n",
            3,
        ),
    ],
)
def test_blanks_that_are_none_or_missing_are_told_where_they_are(
    written: str, meant: str, line: int
) -> None:
    _, (found,) = compose(Source("x.yaml", written))
    assert (found.code, found.span.line) == ("ZR820", line) and found.fix is not None
    text = written
    for edit in reversed(found.fix.edits):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text == meant and "空" in found.zh
