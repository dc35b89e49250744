"""The programs of the large registries run, on a small chart, and say what they must."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.benchmarks import scale
from tests.benchmarks.same_code import CodeChanged, SameCode

from zhunru.compiler import cache, compile_policies
from zhunru.opening import check_policies


@pytest.fixture(autouse=True)
def _one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file written while a test runs not make the second opening a first one."""
    monkeypatch.setattr(cache, "_library", lambda: "one")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_list_of_7161_entries_decides_from_either_kind_of_sheet(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "集"
    folder.mkdir()
    scale.write_set(folder, 200, suffix, check=False)
    with pytest.raises(AssertionError, match="nothing was kept"):
        scale._decide(str(folder))
    scale._open_first(str(folder))
    assert scale._decide(str(folder))["each"] < 0.01


def test_the_checks_find_the_grids_without_staff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "集"
    folder.mkdir()
    scale.write_set(folder, 300, ".csv", check=True)
    scale._open_first(str(folder))
    assert scale._check(str(folder))["failing"] == 3  # of 3,000 grids each 1,000th


def test_the_section_of_the_page_is_put_in_its_place(tmp_path: Path) -> None:
    page = tmp_path / "p.md"
    page.write_text("# 速度\n\n## 甲\n\n1\n\n## 大的名册\n\n旧\n\n## 乙\n\n2\n", encoding="utf-8")
    lines = scale.table(10, 3, [(".csv", "首次打开", {"total": 1.0, "memory": 2.0})])
    scale._replace(page, lines)
    text = page.read_text(encoding="utf-8")
    assert "旧" not in text
    assert text.index("## 甲") < text.index("## 大的名册") < text.index("## 乙")
    scale._replace(page, lines)
    assert page.read_text(encoding="utf-8") == text


def test_code_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "engine" / "a.py"
    file.parent.mkdir()
    file.write_text("1", encoding="utf-8")
    same = SameCode(tmp_path)
    file.write_text("1", encoding="utf-8")
    same.check()  # written anew, and the same
    (tmp_path / "engine" / "b.py").write_text("1", encoding="utf-8")
    with pytest.raises(CodeChanged, match=r"engine/b\.py"):
        same.check()


def test_units_come_back_from_what_was_kept_as_they_were(tmp_path: Path) -> None:
    text = (scale.HEAD + scale.RULES).format(suffix=".csv")
    rows = [
        ["名称", "层级", "上级", "别名", "角色", "自", "至"],
        ["省民政厅", "部门", "某省", "民政厅、省厅", "", "2018-01-01", ""],
        ["某省", "省", "", "", "", "", "2030-12-31"],
        ["社区甲", "社区", "某省", "", "", "", ""],
    ]
    scale._write_csv(tmp_path / "单位.csv", rows)
    scale._write_csv(tmp_path / "清单.csv", [["编号", "事项"], ["A", "甲"]])
    (tmp_path / "准入.policy").write_text(text, encoding="utf-8")
    checked, _ = check_policies(tmp_path)
    assert checked is not None
    back = cache.load(cache.dump(compile_policies(checked)))
    assert back.core.units == checked.units
    assert list(back.core.units) == list(checked.units)
    assert back.digest == checked.digest
