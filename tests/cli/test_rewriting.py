"""Files changed in place keep everything but the change, and change whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zhunru import Diagnostic, apply_fixes, read_source
from zhunru.diagnostics import Edit, Fix, Severity

TEXT = "清单 甲\n  牵头 区卫建局\n  频次 每年\n"


def _finding(path: Path, old: str, new: str, *, safe: bool = True) -> Diagnostic:
    source = read_source(path)
    start = source.text.index(old)
    span = source.span(start, start + len(old))
    fix = Fix((Edit(span, new),), "改", "mend", safe=safe)
    return Diagnostic("ZR201", Severity.ERROR, span, "错", "wrong", fix=fix)


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("mark", "encoding", "end"),
    [
        (b"", "utf-8", "\n"),
        (b"\xef\xbb\xbf", "utf-8", "\r\n"),
        (b"", "gb18030", "\r\n"),
        (b"\xff\xfe", "utf-16-le", "\n"),
        (b"\xfe\xff", "utf-16-be", "\n"),
        (b"\xff\xfe", "utf-16-le", "\r\n"),
        (b"", "utf-16-le", "\r\n"),
    ],
)
def test_a_mended_file_keeps_encoding_mark_and_line_ends(tmp_path, mark, encoding, end):
    path = tmp_path / "甲.policy"
    path.write_bytes(mark + TEXT.replace("\n", end).encode(encoding))
    (rewrite,) = apply_fixes([_finding(path, "区卫建局", "区卫健局")])
    rewrite.write()
    wanted = TEXT.replace("区卫建局", "区卫健局").replace("\n", end)
    assert path.read_bytes() == mark + wanted.encode(encoding)


def test_several_fixes_of_one_file_are_applied_together(policy):
    found = [_finding(policy, "区卫建局", "区卫健局"), _finding(policy, "频次 每年", "频次 不限")]
    (rewrite,) = apply_fixes(found)
    assert rewrite.text == "清单 甲\n  牵头 区卫健局\n  频次 不限\n"
    assert len(rewrite.applied) == 2


def test_of_two_fixes_of_one_place_only_the_first_is_applied(policy):
    found = [_finding(policy, "区卫建局", "区卫健局"), _finding(policy, "卫建", "文旅")]
    (rewrite,) = apply_fixes(found)
    assert "区卫健局" in rewrite.text
    assert rewrite.applied == (found[0],)


def test_the_same_edit_asked_for_twice_is_made_once(policy):
    one = _finding(policy, "区卫建局", "区卫健局")
    (rewrite,) = apply_fixes([one, one])
    assert rewrite.text.count("区卫健局") == 1


def test_an_unsafe_fix_waits_for_a_person(policy):
    found = [_finding(policy, "区卫建局", "区卫健局", safe=False)]
    assert apply_fixes(found) == []
    assert len(apply_fixes(found, unsafe=True)) == 1


def test_a_place_that_is_not_an_offset_into_the_file_is_left_alone(policy):
    found = _finding(policy, "区卫建局", "区卫健局")
    moved = Edit(found.span._replace(line=9), "x")
    cell = Diagnostic("ZR201", Severity.ERROR, found.span, "", "", fix=Fix((moved,), "", ""))
    assert apply_fixes([cell]) == []


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(policy, monkeypatch):
    (rewrite,) = apply_fixes([_finding(policy, "区卫建局", "区卫健局")])

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        rewrite.write()
    assert policy.read_text(encoding="utf-8") == TEXT
    assert list(policy.parent.iterdir()) == [policy]


def test_permissions_and_links_survive(policy):
    policy.chmod(0o640)
    link = policy.with_name("乙.policy")
    link.symlink_to(policy)
    (rewrite,) = apply_fixes([_finding(link, "区卫建局", "区卫健局")])
    rewrite.write()
    assert link.is_symlink()
    assert "区卫健局" in policy.read_text(encoding="utf-8")
    assert policy.stat().st_mode & 0o777 == 0o640
