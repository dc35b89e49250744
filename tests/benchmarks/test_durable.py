"""The benchmarks of durable work run and write their sections; no figure is asserted."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks import durable, parked
from tests.benchmarks.page import others_kept, write_section


def test_a_quick_run_measures_every_lane(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# 速度\n\n开头。\n\n## 判定\n\n表\n", encoding="utf-8")
    quick = ["--rounds", "1", "--seconds", "0.02", "--kinds", "sqlite", "--no-dbos"]
    assert durable.main([*quick, "--write", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# 速度\n\n开头。\n\n## 判定\n\n表\n\n## 事项:耐久写入\n\n一条指令")
    assert "\n### SQLite" in text
    for name in ("裸事务", "本库:存储 | 128", f"{durable.THREADS} | 128", f"{durable.HALL} | 32"):
        assert f"| {name} |" in text


def test_raw_writes_the_bytes_of_a_real_command() -> None:
    like = durable.sample()
    put, changed = durable.bytes_of(like)
    assert like.events[0].kind == "acted"
    assert [len(rows) for rows in (like.events, like.cases, like.messages, like.replies)] == [1] * 4
    assert like.events[0].body in put
    assert changed == like.cases[0].body


def test_parked_cases_are_real_cases(tmp_path: Path) -> None:
    """What is put down in bulk can be acted on by time and people."""
    page = tmp_path / "page.md"
    small = ["--cases", "40", "--storm", "20", "--kinds", "sqlite"]
    assert parked.main([*small, "--write", str(page)]) == 0
    assert "40 件在途" in page.read_text(encoding="utf-8")


def test_a_section_is_replaced_where_it_stands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for title, text in (("甲", "1"), ("事项:乙", "2"), ("甲", "3\n\n### 内\n\n4")):
        write_section(page, title, text)
    assert page.read_text(encoding="utf-8") == "## 甲\n\n3\n\n### 内\n\n4\n\n## 事项:乙\n\n2\n"
    assert others_kept(page) == "\n## 事项:乙\n\n2\n"
    assert others_kept(tmp_path / "none.md") == ""
