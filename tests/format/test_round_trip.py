"""What the formatter prints reads back to the same model, in every notation and language."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.strategies import source as made
from tests.strategies import workflows as flows
from tests.strategies.effort import examples

from zhunru.diagnostics import Source
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.formatter import format_file
from zhunru.syntax.nodes import File

relaxed = examples(25)

KINDS = {
    "policy": made.policies,
    "basis": made.bases,
    "bases in a row": made.rows_of_bases,
    "units": made.unit_blocks,
    "role": made.roles,
    "form": made.forms,
    "register": made.registers,
    "parameter": made.parameters,
    "list": made.policy_lists,
    "rule": made.rules,
    "group": made.rule_groups(),
    "table": made.tables(),
    "formula": made.formulas,
    "decision": made.decisions(),
    "test": made.tests,
    "workflow": flows.workflows,
    "calendar": flows.calendars,
    "document": flows.documents,
    "recurring": flows.recurring(),
    "counting": flows.formulas,
    "workflow test": flows.tests,
}


def read(text: str, path: str = "again.policy") -> File:
    reader = yaml_reader.read if path.endswith("yaml") else parser.parse
    file, found = reader(Source(path, text))
    assert [(d.code, d.zh, text.splitlines()[d.span.line - 1]) for d in found] == []
    return file


def as_tuple(one: Any) -> tuple[Any, ...]:
    return one if isinstance(one, tuple) else (one,)


@pytest.mark.parametrize("kind", KINDS)
def test_every_declaration_reads_back_equal_and_formats_to_itself(kind: str) -> None:
    @relaxed
    @given(KINDS[kind])
    def check(one: Any) -> None:
        file = made.file_of(as_tuple(one))
        text = format_file(file)
        again = read(text)
        assert again.declarations == file.declarations
        assert format_file(again) == text

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_english_text_reads_back_and_turns_into_the_same_chinese_text(kind: str) -> None:
    @relaxed
    @given(KINDS[kind])
    def check(one: Any) -> None:
        file = made.file_of(as_tuple(one))
        english = format_file(file, language="en")
        again = read(english)
        assert again.language == "en"
        assert again.declarations == file.declarations
        assert format_file(again) == english
        assert format_file(again, language="zh") == format_file(file)

    check()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_yaml_reads_back_to_the_same_model(kind: str, language: Any) -> None:
    @relaxed
    @given(KINDS[kind])
    def check(one: Any) -> None:
        file = made.file_of(as_tuple(one))
        text = format_file(file, notation="yaml", language=language)
        again = read(text, "again.yaml")
        assert again.language == language
        assert format_file(again) == text
        assert format_file(again, language="zh") == format_file(file, notation="yaml")
        if language == "zh":
            assert again.declarations == file.declarations

    check()
