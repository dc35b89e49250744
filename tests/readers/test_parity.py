"""The three notations say the same: Chinese text, English text and YAML give one model."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.nodes import Declaration, File, UnitBlock
from zhunru.syntax.yaml_keys import CONSTRUCTS

FOLDER = Path(__file__).parent.parent / "fixtures" / "parity"
NOTATIONS = (".zh.policy", ".en.policy", ".yaml")
CASES = sorted({path.name.split(".")[0] for path in FOLDER.iterdir()})


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
    assert en.declarations == zh.declarations
    assert yaml.declarations == zh.declarations
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
