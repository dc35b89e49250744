"""Lists in English texts have English commas: 、 stands there only in what a user wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from zhunru.codes import CODES, diagnose
from zhunru.diagnostics import NOWHERE

ENGINE = Path(__file__).resolve().parents[2] / "engine" / "zhunru"
# What makes a finding: its keyword arguments fill the slots of both languages.
MAKERS = {"diagnose", "add", "report", "refuse", "reject", "unknown", "_add", "_report"}


def slots(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def test_every_code_joins_names_by_the_comma_of_its_language() -> None:
    for code, entry in CODES.items():
        zh, en = slots(entry.zh + entry.help_zh), slots(entry.en + entry.help_en)
        values = {
            slot: slot if slot.endswith(("_zh", "_en")) else ("‹甲", "乙›") for slot in (*zh, *en)
        }
        said = diagnose(code, NOWHERE, **values)
        shared = [[slot for slot in each if values[slot] != slot] for each in (zh, en)]
        in_zh, in_en = said.zh + said.help_zh, said.en + said.help_en
        assert (in_zh.count("‹甲、乙›"), in_en.count("‹甲, 乙›")) == tuple(map(len, shared)), code
        assert "甲, 乙" not in in_zh, code
        assert "甲、乙" not in in_en, code


def joined_by_hand(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which a slot of both languages is filled with names joined by 、."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or not _joins(function):
            continue
        names = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _joins(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and _name(call.func) in MAKERS:
                for given in call.keywords:
                    by_name = isinstance(given.value, ast.Name) and given.value.id in names
                    if not (given.arg or "").endswith("zh") and (by_name or _joins(given.value)):
                        yield call.lineno


def _joins(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Attribute)
        and each.attr == "join"
        and isinstance(each.value, ast.Constant)
        and each.value.value == "、"
        for each in ast.walk(node)
    )


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_no_finding_is_given_names_that_are_joined_already() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(ENGINE.rglob("*.py"))}
    found = [
        f"{path.relative_to(ENGINE)}:{line}"
        for path, text in texts.items()
        if '"、".join' in text
        for line in joined_by_hand(ast.parse(text))
    ]
    assert any('"、".join' in text for text in texts.values())
    assert found == []


def test_names_joined_by_hand_would_be_found() -> None:
    plain = 'def f(x):\n    diagnose("ZR706", 0, names="、".join(x))\n'
    named = 'def f(x):\n    known = "、".join(x) or "-"\n    self.report("ZR706", names=known)\n'
    right = 'def f(x):\n    diagnose("ZR706", 0, names_zh="、".join(x), names=x)\n'
    assert [len(list(joined_by_hand(ast.parse(each)))) for each in (plain, named, right)] == [
        1,
        1,
        0,
    ]
