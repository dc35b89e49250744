"""The pages of the diagnostic codes are those that the registry and the fixtures give."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path

from zhunru import codes
from zhunru.codes import CODES

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "check"


def _builder():
    spec = importlib.util.spec_from_file_location("build_pages", ROOT / "docs" / "build_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Shown by tests that build the model or the bytes by hand, because no short file can carry them:
# depth and size bounds in tests/checker/test_bounds.py and test_registers.py, a file of 16 MiB in
# tests/readers; ZR832 is about rewriting: tests/format/test_faithful.py; ZR839 and ZR849 never
# come without the total that they are about (ZR897): tests/sheets/test_totals.py.
BY_HAND = {"ZR326", "ZR328", "ZR330", "ZR534", "ZR603", "ZR802", "ZR832"}
BY_HAND |= {"ZR343", "ZR344", "ZR839", "ZR849"}
# Found in documents of a word processor: tests/sheets/test_documents.py.
BY_HAND |= {"ZR819", "ZR818", "ZR833", "ZR834", "ZR835"}


def _slots(template: str) -> set[str]:
    """Return the slots of a text; `kind_zh` and `kind_en` are one slot in two languages."""
    return {re.sub("_(zh|en)$", "", slot) for slot in re.findall(r"{(\w+)", template)}


def test_every_page_is_fresh():
    wanted = _builder().pages()
    folder = ROOT / "docs" / "diagnostics"
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert sorted(found) == sorted(wanted)
    stale = [name for name, text in wanted.items() if found[name] != text]
    assert not stale, "run: python docs/build_pages.py"


def test_no_code_means_two_things():
    counts = Counter(code.id for area in codes._AREAS for code in area.CODES)
    assert [each for each, count in counts.items() if count > 1] == []


def test_every_code_says_what_and_why_in_both_languages():
    for code in CODES.values():
        assert re.fullmatch(r"ZR\d{3}", code.id)
        for text in (code.zh, code.en, code.why_zh, code.why_en, code.slug):
            assert text.strip(), code.id
        assert not code.en.endswith("."), f"{code.id}: a message has no final period"
        assert bool(code.help_zh) == bool(code.help_en), code.id
        assert _slots(code.zh) == _slots(code.en), f"{code.id}: slots differ"


def test_every_check_code_has_a_bad_and_a_good_fixture():
    without = [
        code
        for code in sorted(CODES)
        if code[2] in "1234568"
        and code < "ZR850"  # from there on codes are about stores and services, not files
        and not (any(FIXTURES.glob(f"{code}/bad*")) and any(FIXTURES.glob(f"{code}/good*")))
    ]
    assert set(without) == BY_HAND
