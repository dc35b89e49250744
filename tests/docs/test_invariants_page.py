"""docs/invariants.md says which tests hold the invariants over which sets, and is up to date."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from tests.policies.invariants import INVARIANTS, applying, sets, standing_apart

ROOT = Path(__file__).resolve().parents[2]


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("invs", ROOT / "docs" / "build_invariants.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    shown = (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8")
    assert shown == builder().page(), "run: python docs/build_invariants.py"


def test_each_of_the_sixteen_has_a_test_and_a_word_on_every_set() -> None:
    tests = builder().marked()
    assert [each.number for each in INVARIANTS] == list(range(1, 17))
    for each in INVARIANTS:
        assert tests[each.number], each.zh
        told = {*applying(each.number), *(name for name, _ in standing_apart(each.number))}
        assert told == set(sets())
