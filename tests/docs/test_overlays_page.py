"""docs/overlays.md says what each place changes in the rules above it, as `zhunru diff` says it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "overlays.md"


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("overlays", ROOT / "docs" / "build_overlays.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("old", "new"), [("national", "hubei"), ("hubei", "xianning")])
def test_the_lists_of_certificates_are_compared_as_they_are_now(old: str, new: str) -> None:
    shown = PAGE.read_text(encoding="utf-8")
    assert builder().part(old, new) in shown, "run: python docs/build_overlays.py"


def test_every_overlay_has_its_part() -> None:
    module, shown = builder(), PAGE.read_text(encoding="utf-8")
    lower = {new for _, new in module.PAIRS}
    alone = {"national", "services", "putian-window", "hunchun-transfer"}
    folders = {each.parent.name for each in (ROOT / "policies").glob("*/*.policy")}
    assert lower | alone == folders
    assert all(f"`zhunru diff {old} {new}`" in shown for old, new in module.PAIRS)


@pytest.mark.slow
def test_the_whole_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == builder().page(), (
        "run: python docs/build_overlays.py"
    )
