"""`zhunru coverage --write`: only tests that pass stay, and what stood in the file stays too."""

from __future__ import annotations

from pathlib import Path

import pytest

SET = """政策 示例 "示例（非官方）"
表单 来件
  事项 事项
单位
  | 名称 | 层级 |
  | 甲局 | 部门 |
依据 试行办法 "试行办法"
清单 可办 类型 准入
  依据 试行办法
  | 编号 | 事项 |
  | A1 | 入户走访 |
  | A2 | 环境整治 |
判定 准入 对象 来件
  依次
    可办
  默认 拒绝 "未列入"
"""
OWN = '测试 "自己写的"\n  假如 事项 为 入户走访 那么 准入\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "准入.policy").write_text(SET, encoding="utf-8")
    return tmp_path


def test_tests_are_added_behind_those_that_are_there(zhunru, folder: Path) -> None:
    place = folder / "测试-补充.policy"
    place.write_text(OWN, encoding="utf-8")
    code, out, _ = zhunru("coverage", str(folder), "--write")
    assert code == 0
    assert "已补写 2 个测试" in out
    text = place.read_text(encoding="utf-8")
    assert text.startswith(OWN)
    assert text.count("待确认：") == 2
    assert zhunru("test", str(folder))[0] == 0
    assert zhunru("check", str(folder))[0] == 0


def test_a_second_run_writes_nothing_more(zhunru, folder: Path) -> None:
    zhunru("coverage", str(folder), "--write")
    before = (folder / "测试-补充.policy").read_text(encoding="utf-8")
    _, out, _ = zhunru("coverage", str(folder), "--write")
    assert "每种情形都有测试" in out
    assert (folder / "测试-补充.policy").read_text(encoding="utf-8") == before


def test_a_set_written_in_english_gets_english_tests(zhunru, folder: Path) -> None:
    assert zhunru("fmt", str(folder / "准入.policy"), "--lang", "en")[0] == 0
    zhunru("coverage", str(folder), "--write")
    assert "To be confirmed" in (folder / "tests-more.policy").read_text(encoding="utf-8")
    assert zhunru("test", str(folder))[0] == 0
