"""Files that are replaced as a whole, and the end of a long log."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru.errors import RequestRejected
from zhunru.web.files import replace
from zhunru.web.log_lines import newest
from zhunru.web.tokens import add_token


def test_a_file_that_could_not_be_written_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new" / "file"
    replace(path, b"old")

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_whose_name_is_as_long_as_names_may_be_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 82 + ".policy")
    path.write_bytes(b"old")
    replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_read_by_nobody_else(tmp_path: Path) -> None:
    replace(tmp_path / "file", b"secret", private=True)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_what_only_some_may_read_is_nowhere_open_to_others_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, modes = tmp_path / "file", []
    path.write_bytes(b"old")
    path.chmod(0o640)
    monkeypatch.setattr("os.fsync", lambda file: modes.append(os.fstat(file).st_mode))
    replace(path, b"new")
    # The file, and then its name in the folder: else a power cut leaves the old one.
    assert (
        oct(modes[0]) == "0o100600"
        and [*map(stat.S_ISDIR, modes)] == [False, True]
        and stat.S_IMODE(path.stat().st_mode) == 0o640
    )


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_that_root_replaces_stays_that_of_the_service(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    add_token(path, "甲", ["decide"], bytes)
    os.chown(path, 65534, 65534)
    add_token(path, "乙", ["decide"], bytes)
    kept = path.stat()
    assert (kept.st_uid, kept.st_gid, stat.S_IMODE(kept.st_mode)) == (65534, 65534, 0o600)


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_a_private_file_stays_readable_for_the_one_group_that_could_read_it(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    for before, after in ((0o640, 0o640), (0o644, 0o600), (0o660, 0o640)):
        path.write_bytes(b"old")
        path.chmod(before)
        replace(path, b"new", private=True)
        assert stat.S_IMODE(path.stat().st_mode) == after


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("private", [True, False])
def test_no_other_group_may_read_a_file_that_was_its_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    """Whoever may write in the folder, and is not of that group, cannot give the file to it."""
    path = tmp_path / "tokens.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    os.chown(path, 65534, 65534)

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refused)
    replace(path, b"new", private=private)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_looks_after_all_tenants_gets_no_right_to_the_data_of_any(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    add_token(path, "op", ["operate"], bytes, tenant="*")
    with pytest.raises(RequestRejected) as refused:
        add_token(path, "all", ["decide"], bytes, tenant="*")
    assert "只能带 operate" in refused.value.diagnostics[0].zh
    assert len(json.loads(path.read_text())["tokens"]) == 1


@given(
    st.lists(st.binary(max_size=5).map(lambda line: line.replace(b"\n", b"")), max_size=12),
    st.binary(max_size=3).map(lambda line: line.replace(b"\n", b"")),
    st.integers(1, 14),
)
def test_the_newest_lines_of_a_log_are_those_at_its_end(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], begun: bytes, most: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "log"
    path.write_bytes(b"".join(line + b"\n" for line in lines) + begun)
    found, shortened = newest(path, most)
    plain = [(number, line + b"\n") for number, line in enumerate(lines, 1)]
    assert list(found) == plain[-most:]
    assert shortened == (len(lines) > most)
