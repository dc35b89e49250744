"""Every code of files on a set that has the mistake, and on the mended set.

A bad set says on the line itself what is found, `# error: ZR824 "the underlined text"` (“ ” stand
for straight quotes), or where in a sheet: `# error: ZR843 bad.csv 2:3`, row and column, of a
workbook `# error: ZR893 bad.xlsx#清单 2:3`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhunru.codes import CODES
from zhunru.diagnostics import Diagnostic
from zhunru.syntax import decode
from zhunru.syntax.loader import load

FIXTURES = Path(__file__).parents[1] / "fixtures" / "check"
FOLDERS = sorted(FIXTURES.glob("ZR8*"))
IN_TEXT = re.compile(r'# (error|warning): (ZR\d+) "(.*)"$', re.M)
IN_SHEET = re.compile(
    r"# (error|warning|hint): (ZR\d+) (\S+\.(?:csv|xlsx)(?:#\S+)?) (\d+):(\d+)$", re.M
)

# These are about whole files: there is no line to say so.
WHOLE = {"ZR801", "ZR803", "ZR804", "ZR805", "ZR806", "ZR807"}


def set_of(folder: Path, kind: str) -> Path:
    """Return the bad or the good set: a file, a folder, or in it the folder 集."""
    beside = (".csv", ".xlsx", ".栏目.yaml")
    (path,) = (p for p in folder.glob(f"{kind}*") if not p.name.endswith(beside))
    return path / "集" if (path / "集").exists() else path


def texts(folder: Path) -> dict[str, str]:
    paths = (p for p in folder.rglob("*") if p.is_file() and p.suffix in (".policy", ".yaml"))
    return {str(p): p.read_bytes().decode("utf-8", "replace") for p in paths}


def expected(folder: Path) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for path, text in texts(folder).items():
        for each in IN_TEXT.finditer(text):
            found.add((path, str(text.count("\n", 0, each.start()) + 1), *each.groups()))
        for each in IN_SHEET.finditer(text):
            severity, code, name, row, column = each.groups()
            found.add((str(Path(path).with_name(name)), row, severity, code, f"column {column}"))
    return found


def said(finding: Diagnostic) -> tuple[str, ...]:
    span = finding.span
    if span.path.endswith(".csv") or ".xlsx" in span.path:
        words = f"column {span.column}"
    else:
        text = Path(span.path).read_text(encoding="utf-8")
        words = text[span.start : span.end].split("\n")[0].split("  #")[0]
        words = words.replace('"', "“", 1).replace('"', "”", 1)
    return (str(Path(span.path).resolve()), str(span.line), finding.severity, finding.code, words)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_mistake_is_found_where_it_stands_and_nothing_else(folder: Path) -> None:
    _, found = load(set_of(folder, "bad"))
    assert {d.code for d in found} == {folder.name}
    if folder.name not in WHOLE:
        assert {said(d) for d in found} == expected(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_mended_set_has_no_finding(folder: Path) -> None:
    policy_set, found = load(set_of(folder, "good"))
    assert policy_set is not None
    assert found == []


def test_a_file_over_the_bound_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.policy").write_text("角色 网格员\n" * 3, encoding="utf-8")
    assert load(tmp_path)[1] == []
    monkeypatch.setattr(decode, "MAX_BYTES", 40)
    assert [d.code for d in load(tmp_path)[1]] == ["ZR802"]


def test_every_code_of_files_has_a_pair_of_sets() -> None:
    # ZR832 is about rewriting: tests/format/test_faithful.py; ZR888 about importing, where sheets
    # have no set yet: tests/sheets/test_messy.py; ZR891 takes a file of its size: test_workbook.py.
    # ZR839 and ZR849 come with the total that they are about (ZR897): tests/sheets/test_totals.py.
    # Documents are imported, no sets are made of them: tests/sheets/test_documents.py.
    by_hand = {"ZR802", "ZR832", "ZR839", "ZR849", "ZR888", "ZR891"}
    by_hand |= {"ZR818", "ZR819", "ZR833", "ZR834", "ZR835"}
    codes = {code for code in CODES if "ZR800" <= code < "ZR850" or "ZR888" <= code <= "ZR899"}
    assert codes - {folder.name for folder in FOLDERS} == by_hand


@pytest.mark.parametrize("code", ["ZR824", "ZR825"])
def test_the_fix_of_a_key_gives_the_mended_file(code: str) -> None:
    bad = set_of(FIXTURES / code, "bad")
    text = bad.read_text(encoding="utf-8")
    (finding,) = load(bad)[1]
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    good = set_of(FIXTURES / code, "good").read_text(encoding="utf-8")
    assert mended.split("  #")[0] == good.rstrip("\n")
