"""Places of nodes read from YAML: what a span underlines is what the node says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax import yaml_reader
from zhunru.syntax.expressions import Ref
from zhunru.syntax.nodes import Decide, Name
from zhunru.syntax.shadow import normalise

FOLDER = Path(__file__).parent.parent / "fixtures" / "parity"


def nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from nodes(item)
    elif dataclasses.is_dataclass(node):
        yield node
        for field in dataclasses.fields(node):
            yield from nodes(getattr(node, field.name))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_names_and_references_are_underlined_exactly(path: Path) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    file, _ = yaml_reader.read(source)
    named = [node for node in nodes(file.declarations) if isinstance(node, Name | Ref)]
    said = [node.text if isinstance(node, Name) else node.name for node in named]
    underlined = [normalise(source.text[n.span.start : n.span.end]) for n in named]
    # The left side of a test of a table's cell is the column: it is not written there.
    assert [u for u, text in zip(underlined, said, strict=True) if text] == [t for t in said if t]
    assert len(said) > 3


def test_a_finding_inside_a_scalar_underlines_the_word_and_its_fix_mends_it() -> None:
    text = "规则: {甲: {当: '类别 为 检查考核 且且 乙', 拒绝: 丙}}\n"
    _, found = yaml_reader.read(Source("x.yaml", text))
    assert len(found) == 1
    assert "且" in text[found[0].span.start : found[0].span.end]


@pytest.mark.parametrize("quoted", ["'拒绝 \"未列入\" {tail}'", '"拒绝 \\"未列入\\" {tail}"'])
def test_what_stands_behind_a_verdict_is_underlined_too(quoted: str) -> None:
    default = quoted.format(tail="代码 未准入 退回 来文单位 可申请 社区工作准入")
    text = "判定:\n" + "".join(
        f"  {name}:\n    对象: 来件\n    默认: {default}\n" for name in ("甲", "社区准入")
    )
    file, found = yaml_reader.read(Source("x.yaml", text))
    assert not found
    lines = []
    for decide in file.declarations:
        assert isinstance(decide, Decide)
        assert decide.default
        assert decide.default_return
        parts = [decide.default.code, decide.default_return, decide.default_apply]
        places = [part.span for part in parts if part]
        assert [text[p.start : p.end] for p in places] == ["未准入", "来文单位", "社区工作准入"]
        lines += [place.line for place in places]
    assert lines == [4, 4, 4, 7, 7, 7]
