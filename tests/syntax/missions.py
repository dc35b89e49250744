"""The policies that the language was asked to be able to say, and their texts read back."""

from __future__ import annotations

from pathlib import Path

from zhunru.diagnostics import Source
from zhunru.syntax import yaml_reader
from zhunru.syntax.nodes import File
from zhunru.syntax.parser import parse

_FOLDER = Path(__file__).parents[1] / "fixtures" / "syntax" / "good"


def source(part: str) -> Source:
    path = _FOLDER / f"{part}.policy"
    return Source(path.name, path.read_text(encoding="utf-8"))


def again(text: str, path: str = "again.policy") -> File:
    file, found = (yaml_reader.read if path.endswith("yaml") else parse)(Source(path, text))
    assert found == []
    return file
