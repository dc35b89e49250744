"""Names and places of files, alike on every system: what is kept by one is read by another."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from zhunru.syntax.folders import in_order, list_files, shown
from zhunru.system import takes_name
from zhunru.web.pages.uploads import put


@pytest.mark.parametrize("name", ["a.policy", "网格.policy", "共.享", "console", "COM10", "com"])
def test_names_that_every_system_takes(name: str) -> None:
    assert takes_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "..", "a.", "a ", "a:b", "C:", "a?", "a*", 'a"', "a|b", "<a", "a\\b", "con", "NUL.csv",
     "Com1.x.y", "LPT² .a", "aux ."],
)  # fmt: skip
def test_names_that_only_some_take(name: str) -> None:
    assert not takes_name(name)


@pytest.mark.parametrize("name", ["a:b.csv", "con.csv", "C:\\来文\\往年?.csv", "x. .csv"])
def test_what_is_handed_in_is_kept_by_a_name_that_every_system_takes(
    tmp_path: Path, name: str
) -> None:
    kept = put(tmp_path, name, b"1")
    assert takes_name(kept.name) and kept.suffix == ".csv" and kept.read_bytes() == b"1"


def test_places_in_findings_are_written_in_one_way() -> None:
    assert shown(PureWindowsPath("政策\\网格.policy")) == "政策/网格.policy"  # type: ignore[arg-type]
    assert shown(Path("政策/网格.policy")) == "政策/网格.policy"


def test_files_of_a_set_have_one_order(tmp_path: Path) -> None:
    """That of their names with slashes: a backslash comes behind letters in capitals, and Windows
    itself takes no notice of capitals."""
    for name in ("a/b.policy", "aB.policy", "b.policy", "C.policy", "a.policy"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found, _ = list_files(tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["C.policy", "a.policy", "a/b.policy", "aB.policy", "b.policy"]
    windows = [PureWindowsPath(path) for path in found]
    assert in_order(reversed(windows)) == windows  # type: ignore[type-var, comparison-overlap]
