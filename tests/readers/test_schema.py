"""The JSON Schema of the YAML form accepts what the reader reads, and refuses what it does not."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from zhunru.diagnostics import Source
from zhunru.syntax import yaml_reader
from zhunru.syntax.schema import policy_schema, schema_text

PARITY = Path(__file__).parent.parent / "fixtures" / "parity"
POLICIES = Path(__file__).parents[2] / "policies"
FILES = sorted([*PARITY.glob("*.yaml"), *POLICIES.rglob("*.yaml")])
VALIDATOR = Draft202012Validator(policy_schema())


def as_editors_read(text: str) -> Any:
    """Return YAML with numbers, truth values and nulls, days as texts."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def test_the_schema_in_the_grammar_is_fresh() -> None:
    shipped = resources.files("zhunru.grammar").joinpath("policy.schema.json")
    assert shipped.read_text(encoding="utf-8") == schema_text(), (
        "run: python -m zhunru.syntax.schema > grammar/policy.schema.json"
    )


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(policy_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_policy_files_are_valid_as_texts_and_as_editors_read_them(path: Path) -> None:
    if path.name.endswith(".cases.yaml"):
        return
    text = path.read_text(encoding="utf-8")
    assert list(VALIDATOR.iter_errors(yaml.load(text, yaml.BaseLoader))) == []
    assert list(VALIDATOR.iter_errors(as_editors_read(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "- 甲\n",
        "规矩: {甲: {拒绝: 乙}}\n",
        "规则: {甲: {拒决: 乙}}\n",
        "规则: {甲: {refuse: 乙}}\n",
        "规则: {甲: {刚性: 对}}\n",
        "清单: {甲: {类型: 协作}}\n",
        "清单: {甲: {题名: 乙}}\n",
        "政策: {编号: 甲}\n",
        "表单: {甲: [{类型: 文本}]}\n",
        "表单: {甲: [{名称: 乙, 类型: 文字}]}\n",
        "对照表: {甲: {取: 首行}}\n",
        "测试: {名称: 甲}\n",
        "规则: {甲: {当: {乙: 丙}}}\n",
        "公式: {甲: [乙]}\n",
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(text: str) -> None:
    assert yaml_reader.read(Source("x.yaml", text))[1]
    assert not VALIDATOR.is_valid(yaml.load(text, yaml.BaseLoader))
