"""The three notations say the same: Chinese text, English text and YAML give one model."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.expressions import Call, Column, Ref
from zhunru.syntax.nodes import Declaration, File, UnitBlock
from zhunru.syntax.yaml_keys import CONSTRUCTS
from zhunru.vocabulary import (
    FUNCTIONS,
    LEADS_AND_BELOW,
    OWN_FREQUENCY,
    OWN_LEADS,
    OWN_OWNER,
    QUOTA_USED,
    WINDOWS,
)

FOLDER = Path(__file__).parent.parent / "fixtures" / "parity"
NOTATIONS = (".zh.policy", ".en.policy", ".yaml")
CASES = sorted({path.name.split(".")[0] for path in FOLDER.iterdir()})

# Words of the vocabulary stand as written until they are resolved: English ones, in Chinese.
WORDS = {en: zh for zh, en in (*FUNCTIONS.values(), LEADS_AND_BELOW, OWN_LEADS, OWN_OWNER)}
WORDS |= {f"{en}_{QUOTA_USED[1]}": zh + QUOTA_USED[0] for zh, en in WINDOWS.values()}
WORDS[OWN_FREQUENCY[1]] = OWN_FREQUENCY[0]


def in_chinese(node: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(in_chinese(item) for item in node)
    if not dataclasses.is_dataclass(node):
        return node
    parts = {f.name: in_chinese(getattr(node, f.name)) for f in dataclasses.fields(node)}
    if isinstance(node, Call | Column | Ref):
        parts["name"] = WORDS.get(node.name, node.name)
    return type(node)(**parts)  # type: ignore[arg-type]


def read(path: Path) -> File:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    file, found = yaml_reader.read(source) if path.suffix == ".yaml" else parser.parse(source)
    assert [(d.code, d.span.line, d.zh) for d in found] == []
    return file


def test_no_case_lacks_a_notation() -> None:
    present = {path.name for path in FOLDER.iterdir()}
    assert present == {case + notation for case in CASES for notation in NOTATIONS}


@pytest.mark.parametrize("case", CASES)
def test_three_notations_give_one_model(case: str) -> None:
    zh, en, yaml = (read(FOLDER / f"{case}{notation}") for notation in NOTATIONS)
    assert zh.declarations
    assert in_chinese(en.declarations) == zh.declarations
    assert in_chinese(yaml.declarations) == zh.declarations
    assert (zh.language, en.language) == ("zh", "en")
    assert (zh.notation, yaml.notation) == ("policy", "yaml")


def test_every_construct_has_a_case() -> None:
    said: set[type[Declaration]] = {
        type(declaration)
        for case in CASES
        for declaration in read(FOLDER / f"{case}.zh.policy").declarations
    }
    assert UnitBlock in said
    # 授权 is a part of 政策; a rule has a class for one and a class for a group.
    assert len(said) == len(CONSTRUCTS["file"]) - 1 + 1
