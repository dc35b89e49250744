"""The page about case scripts: its script is played, its table names every key, its event is one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.cases import scripts

from zhunru.store.memory import MemoryStore

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cases.md"
BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```", re.M | re.S)


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.chdir(tmp_path)
    for name, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        Path(name).write_text(body, encoding="utf-8")
    store = MemoryStore()
    service = scripts.play(Path("议事.yaml"), store)
    (row,) = store.find_cases(limit=9)
    return service.history(row.case_id)


def test_the_script_of_the_page_plays_and_its_meeting_is_recorded_as_shown(events) -> None:
    shown = json.loads(Path("第二步").read_text(encoding="utf-8"))
    meetings = [event["data"] for event in events if "favour" in event.get("data", {})]
    assert {name: meetings[0][name] for name in shown} == shown
    assert [meeting["body"] for meeting in meetings] == ["小微事务恳谈会"] * 2


def test_a_script_that_says_another_meeting_fails(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        Path(name).write_text(body.replace("[小微事务恳谈会]", "[重大事项论证会]"), "utf-8")
    with pytest.raises(AssertionError, match=r"第 2 步.*开会"):
        scripts.play(Path("议事.yaml"), MemoryStore())


def test_the_table_names_every_key_of_a_step() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text[text.index("| 栏目 |") :]))
    keys = scripts.SAID | scripts.OBJECTS.keys() | scripts.RECEIVERS.keys()
    assert keys | {"开会", "到", "时限", "轮到", "标记", "暂定", "办结"} <= named
