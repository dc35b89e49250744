"""Nothing is lost when processes and databases are killed; and the checker would see it if it were."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.crash.checker import check
from tests.crash.runs import KINDS, Run, many
from tests.store.servers import Missing, server_or_reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_runs_lose_nothing(kind: str) -> None:
    if "postgres" in kind:
        with server_or_reason() as found:
            if isinstance(found, str):
                pytest.skip(found)
    try:
        assert many(2, seed=41, kinds=[kind]) == []
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.slow
def test_three_hundred_runs_lose_nothing(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert many(300, seed=7_000, kinds=KINDS, report=report) == []
    print(report.read_text(encoding="utf-8"))


# --- the checker ---------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[False, True], ids=["rows", "cases"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that went well."""
    folder = tmp_path_factory.mktemp("run")
    made = Run(str(folder / "store.db"), folder, random.Random(3), cases=request.param)
    wrong, counts = made.go(kills=1)
    assert wrong == []
    assert counts["acknowledged"] > 10
    return made


def broken(run: Run, folder: Path, mend: Callable[[Path], None]) -> list[str]:
    """What the checker says of a copy of a run that somebody touched."""
    for path in run.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    mend(folder)
    return check(str(folder / "store.db"), folder, cases=run.cases)[0]


def sql(text: str) -> Callable[[Path], None]:
    def touch(folder: Path) -> None:
        file = sqlite3.connect(folder / "store.db")
        assert file.execute(text).rowcount > 0
        file.commit()
        file.close()

    return touch


LAST = "(SELECT max(place) FROM events WHERE command LIKE 'w%')"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DELETE FROM events WHERE place = (SELECT min(place) FROM events)", "numbers"),
        ("DELETE FROM events WHERE place = (SELECT max(place) FROM events)", "head"),
        (f"UPDATE events SET command = 'x' WHERE place = {LAST}", "told"),
        ("UPDATE events SET body = replace(body, '}', ' }')", "broken at 1"),
        ("UPDATE cases SET version = version + 1", "elsewhere"),
        ("DELETE FROM replies WHERE command = (SELECT max(command) FROM replies)", "replies"),
        ("INSERT INTO timers VALUES ('案', 1, 1, '到期', '[]')", "timers left"),
        ("INSERT INTO messages VALUES (9999999, '案', 1, 0, 't', '{}', 0)", "messages wait"),
        ("UPDATE partitions SET digest = 'x'", "head"),
    ],
)  # fmt: skip
def test_the_checker_sees_what_is_wrong_in_the_store(
    run: Run, tmp_path: Path, text: str, said: str
) -> None:
    assert said in "\n".join(broken(run, tmp_path, sql(text)))


def forget_a_message(folder: Path) -> None:
    for path in folder.glob("*.sent"):
        lines = path.read_bytes().splitlines(keepends=True)
        first = json.loads(lines[0])
        kept = [x for x in lines if (json.loads(x)["case"], json.loads(x)["number"])
                != (first["case"], first["number"])]  # fmt: skip
        path.write_bytes(b"".join(kept))


def change_an_answer(folder: Path) -> None:
    for path in folder.glob("*.calls"):
        path.write_bytes(path.read_bytes().replace(b'"version": ', b'"version": 9', 1))


def forget_an_answer(folder: Path) -> None:
    for path in folder.glob("*.calls"):
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(x for x in lines if json.loads(x)["type"] == "ask"))


def tell_a_caller_something_else(folder: Path) -> None:
    (folder / "w0.failures").write_text('{"code": "", "reason": "KeyError()"}\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("touch", "said"),
    [
        (tell_a_caller_something_else, "told: KeyError"),
        (forget_a_message, "messages missing"),
        (change_an_answer, "told"),
        (forget_an_answer, "never answered"),
    ],
)
def test_the_checker_sees_what_is_wrong_in_the_logs(
    run: Run, tmp_path: Path, touch: Callable[[Path], None], said: str
) -> None:
    assert said in "\n".join(broken(run, tmp_path, touch))


def test_the_checker_sees_a_rung_that_fired_twice(run: Run, tmp_path: Path) -> None:
    kind = "overdue" if run.cases else "到时:升级"
    text = (
        "INSERT INTO events SELECT place + 1000000, case_id, number + 1000, at, recorded, kind, actor, "
        f"command, body, digest FROM events WHERE kind = '{kind}' LIMIT 1"
    )
    wrong = "\n".join(broken(run, tmp_path, sql(text)))
    assert ("ended not once" if run.cases else "fired 2 times") in wrong
