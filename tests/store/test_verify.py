"""The stand-alone verifier, as a program of its own, on store files and exports."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.store.rows import Counting

from zhunru.casework import audit
from zhunru.store import verify
from zhunru.store.base import Store
from zhunru.store.chain import link_line

PROGRAM = Path(verify.__file__)
WHOLE = (0, "the chains are whole\n")


def run(path: Path, *heads: str) -> tuple[int, str]:
    """Run the program where nothing but Python's own library can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), str(path), *heads],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


@pytest.fixture(params=["sha256", "sm3"])
def path(request: pytest.FixtureRequest, tmp_path: Path, opened: Callable[..., Store]) -> Path:
    """A store file with two chains of three and two links."""
    file = tmp_path / "store.db"
    store = opened(str(file), algorithm=request.param)
    for case_id, partition in (
        ("案1", "甲"),
        ("案2", "乙"),
        ("案1", "甲"),
        ("案3", "甲"),
        ("案2", "乙"),
    ):
        store.write(Counting(case_id, partition=partition).work())
    store.close()
    return file


def changed(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as file:
        for statement in statements:
            file.execute(statement)
    file.close()
    return path


def test_the_program_is_short_enough_to_be_read() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert "import zhunru" not in text
    assert "from zhunru" not in text


def test_an_untouched_store_is_whole(path: Path) -> None:
    assert run(path) == WHOLE


@pytest.mark.parametrize(
    "column", ["case_id", "number", "at", "recorded", "kind", "actor", "command", "body", "digest"]
)
def test_every_change_of_an_event_is_found(path: Path, column: str) -> None:
    value = "7" if column in ("number", "at", "recorded") else "'别'"
    changed(path, f"UPDATE events SET {column} = {value} WHERE case_id = '案3'")
    assert run(path) == (1, "甲: broken at 3\n")


@pytest.mark.parametrize("column", ["number", "kind", "body", "digest"])
def test_bytes_in_the_place_of_a_text_are_found(
    path: Path, column: str, opened: Callable[..., Store]
) -> None:
    changed(path, f"UPDATE events SET {column} = x'00ff' WHERE case_id = '案3'")
    assert run(path) == (1, "甲: broken at 3\n")
    broken = {each.partition: each.finding for each in audit.verify(opened(str(path))).chains}
    assert broken["乙"] is None
    assert broken["甲"] is not None and broken["甲"].code == "ZR882"


def test_a_removed_event_is_found(path: Path) -> None:
    changed(path, "DELETE FROM events WHERE case_id = '案1' AND number = 2")
    code, text = run(path)
    assert code == 1
    assert "甲: broken at 2" in text
    assert "乙" not in text


def test_events_in_another_order_are_found(path: Path) -> None:
    changed(
        path,
        "UPDATE events SET place = -1 WHERE case_id = '案3'",
        "UPDATE events SET place = place + 1 WHERE case_id = '案1' AND number = 2",
        "UPDATE events SET place = (SELECT place - 1 FROM events WHERE case_id = '案1' AND number = 2)"
        " WHERE place = -1",
    )
    code, text = run(path)
    assert code == 1
    assert "甲: broken at 2" in text


def test_events_cut_off_at_the_end_are_found_by_the_head_in_the_store(path: Path) -> None:
    changed(path, "DELETE FROM events WHERE case_id = '案3'")
    assert run(path) == (1, "甲: 3 does not hold\n")


def test_events_cut_off_with_the_head_set_back_are_found_by_a_noted_head(path: Path) -> None:
    with sqlite3.connect(path) as file:
        ((head,),) = file.execute("SELECT digest FROM partitions WHERE name = '甲'").fetchall()
    file.close()
    noted = f"甲:3:{head}"
    assert run(path, noted) == WHOLE
    changed(
        path,
        "DELETE FROM events WHERE case_id = '案3'",
        "UPDATE partitions SET position = 2, digest = (SELECT digest FROM events "
        "WHERE case_id = '案1' AND number = 2) WHERE name = '甲'",
    )
    assert run(path) == WHOLE, "without a noted head nothing can show it"
    assert run(path, noted) == (1, "甲: 3 does not hold\n")


def test_events_added_behind_the_head_are_found(path: Path) -> None:
    changed(path, "UPDATE partitions SET position = 2, digest = (SELECT digest FROM events "
                  "WHERE case_id = '案1' AND number = 2) WHERE name = '甲'")  # fmt: skip
    assert run(path) == (1, "甲: broken at 3\n")


def test_a_chain_passed_off_as_that_of_another_partition_is_found(path: Path) -> None:
    changed(path, "UPDATE partitions SET name = '丙' WHERE name = '乙'")
    assert run(path)[0] == 1


def test_a_noted_head_that_holds_hides_no_other_that_does_not(path: Path) -> None:
    with sqlite3.connect(path) as file:
        ((head,),) = file.execute("SELECT digest FROM partitions WHERE name = '甲'").fetchall()
    file.close()
    noted, other = f"甲:3:{head}", f"甲:3:{'0' * len(head)}"
    for heads in ((noted, other), (other, noted)):
        assert run(path, *heads) == (1, "甲: broken at 3\n")
    changed(path, "UPDATE partitions SET digest = '别' WHERE name = '甲'")
    assert run(path, noted) == (1, "甲: broken at 3\n")


# --- exports -------------------------------------------------------------------------------------


@pytest.fixture
def export(tmp_path: Path, store: Store) -> Path:
    """An export of every kind of store."""
    for case_id, partition in (("案1", "甲"), ("案2", "乙"), ("案1", "甲"), ("案3", "甲")):
        store.write(Counting(case_id, partition=partition).work())
    file = tmp_path / "export.jsonl"
    file.write_bytes(
        b"".join(link_line(link) for name in store.partitions() for link in store.chain(name))
    )
    return file


def test_an_untouched_export_is_whole(export: Path) -> None:
    assert run(export) == WHOLE


def test_separators_within_what_was_said_end_no_line_of_an_export(
    tmp_path: Path, store: Store
) -> None:
    store.write(Counting("案1", partition="甲", body='{"说明":"一\u2028二\u2029三\x85四"}').work())
    file = tmp_path / "export.jsonl"
    file.write_bytes(b"".join(map(link_line, store.chain("甲"))))
    assert run(file) == WHOLE


@pytest.mark.parametrize("mischief", ["change", "remove", "reorder"])
def test_an_export_that_was_touched_is_found(export: Path, mischief: str) -> None:
    lines = export.read_text(encoding="utf-8").splitlines()
    if mischief == "change":
        lines[1] = lines[1].replace("张三", "李四")
    elif mischief == "remove":
        del lines[2]
    else:
        lines[2], lines[3] = lines[3], lines[2]
    export.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(export)[0] == 1


def test_an_export_that_was_cut_is_found_by_a_noted_head(export: Path) -> None:
    lines = export.read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1])
    noted = f"{last['partition']}:{last['position']}:{last['digest']}"
    assert run(export, noted) == WHOLE
    export.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert run(export) == WHOLE
    assert run(export, noted)[0] == 1
