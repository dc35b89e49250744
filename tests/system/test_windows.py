"""An office has Windows: what a clerk does in a day is done there, and leaves the same bytes.

On Windows itself the tests run as they are; elsewhere in a process that has its habits.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import SETS

from zhunru import open_policy
from zhunru.web import replay_log

ROOT = Path(__file__).parents[2]
WEIHAI = str(ROOT / "policies" / "weihai")
PATIENCE = 180  # seconds: only a test that fails waits so long, on however busy a machine
FACTS = {"主体": "alice", "动作": "read", "资源": "record-1"}
LOG = "decisions-default.jsonl"

if sys.platform == "win32":
    START = [sys.executable, "-m"]
else:
    START = [sys.executable, "-X", "warn_default_encoding", "-m", "tests.system.habits"]
    if not Path("/proc/self/fdinfo").exists():
        pytest.skip("who has a file open cannot be told here", allow_module_level=True)


def environment() -> dict[str, str]:
    places = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONPATH": places, "PYTHONUTF8": "0"}


def clerk(folder: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [*START, "zhunru_cli", *words],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    told = done.stdout.decode("gb18030") + done.stderr.decode("gb18030")
    assert done.returncode == code, told
    assert b"\r" not in done.stdout.replace(b"\r\n", b"\n" if "csv" in words else b"\r")
    return told


def stored(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and each.suffix != ".csv"]


def test_a_day_of_a_clerk(tmp_path: Path) -> None:
    (tmp_path / "来文.csv").write_bytes(
        "来文单位,类别,事项\n区市场监管局,系统应用,䶮𠮷✓\n".encode("gb18030")
    )
    asked = ("来文单位=区市场监管局", "类别=系统应用")
    assert "已写出" in clerk(tmp_path, "new", "set", "样板")
    clerk(tmp_path, "check", "样板")
    clerk(tmp_path, "fmt", "样板")
    assert json.loads(clerk(tmp_path, "decide", WEIHAI, *asked, "--format", "json"))
    rows = clerk(tmp_path, "decide", WEIHAI, "--file", "来文.csv", "--format", "csv")
    assert "䶮𠮷✓" in rows
    clerk(tmp_path, "decide", WEIHAI, "--file", "来文.csv", "--output", "结果.csv")
    case = ("case", "open", WEIHAI, "来文单位=区市场监管局", "目标社区=幸福社区", "类别=行政任务")
    clerk(tmp_path, *case, "事项=食品安全宣传入户", "--apply", "--as", "区市场监管局 王芳",
          "--at", "2026-03-02T09:00", "--store", "办件.db")  # fmt: skip
    assert "草拟" in clerk(tmp_path, "inbox", "区市场监管局", "--store", "sqlite:办件.db")
    clerk(tmp_path, "audit", "export", "--store", "办件.db", "--output", "链.jsonl")
    assert "链完整" in clerk(tmp_path, "audit", "verify", "--store", "办件.db")
    clerk(tmp_path, "token", "甲", "--file", "口令.json")
    clerk(tmp_path, "token", "乙", "--file", "口令.json")
    for file in stored(tmp_path):
        if not file.name.startswith("办件.db"):
            assert b"\r" not in file.read_bytes(), file.name


# --- the service ---------------------------------------------------------------------------------

Serve = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[subprocess.Popen[bytes]] = []

    def run(folder: Path, port: int, *words: str) -> subprocess.Popen[bytes]:
        more = ("--port", str(port), "--log", str(folder / "log"), *words)
        process = subprocess.Popen(
            [*START, "zhunru_cli", "serve", str(SETS / "cert"), *more],
            env=environment(),
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        started.append(process)
        return process

    yield run
    for each in started:
        each.kill()
        each.communicate()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def listening(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(process.communicate()[1].decode("gb18030", "replace"))


def call(port: int, path: str, data: Any) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", path, json.dumps(data), {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_service_whose_log_is_put_by(tmp_path: Path, serve: Serve) -> None:
    port, log = free_port(), tmp_path / "log" / LOG
    first = serve(tmp_path, port, "--drafts", str(tmp_path / "草案"))
    listening(first, port)
    for _ in range(3):
        assert call(port, "/v1/decide", {"facts": FACTS})[0] == 200
    batch = {"items": [{"facts": FACTS}, {"facts": FACTS}]}
    call(port, "/v1/decide/batch", batch)

    # Another service must not write the same log, and says so at once.
    second = serve(tmp_path, free_port())
    told = second.communicate(timeout=PATIENCE)[1].decode("gb18030")
    assert second.returncode == 1 and "ZR875" in told and LOG in told

    log.rename(log.with_name("old.jsonl"))
    until = time.monotonic() + PATIENCE
    while not log.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert call(port, "/v1/decide", {"facts": FACTS})[0] == 200

    text = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
    status, draft = call(port, "/v1/drafts", {"files": {"认证.policy": text}, "note": "改"})
    assert status == 201, draft
    assert [each["file"] for each in draft["findings"]] == ["认证.policy"] * len(draft["findings"])

    first.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))
    lines = first.communicate(timeout=PATIENCE)[1].decode()
    assert json.loads(lines.splitlines()[-1])["event"] == "stopped" and "Traceback" not in lines
    found = replay_log([log.with_name("old.jsonl"), log], [open_policy(SETS / "cert")])
    assert found.holds and found.lines >= 4
    for file in stored(tmp_path):
        assert b"\r" not in file.read_bytes(), file.name
    for state in (tmp_path / "草案").rglob("state.json"):
        assert b"\\\\" not in state.read_bytes()


def test_the_habits_are_worn(tmp_path: Path) -> None:
    """So that the tests above mean something."""
    script = tmp_path / "worn.py"
    script.write_text(
        """
import io, os, pathlib, sys
from zhunru import system
assert not hasattr(os, "writev") and not hasattr(os, "pread")
assert "fcntl" not in sys.modules or sys.modules["fcntl"] is None
assert system.windows is sys.modules["zhunru.windows"]
place = pathlib.Path(sys.argv[1])
place.write_text("a\\n", encoding="utf-8")
assert place.read_bytes() == b"a\\r\\n"
with place.open("rb"):
    try:
        place.with_name("b").write_bytes(b"")
        place.with_name("b").replace(place)
    except PermissionError:
        print("held")
place.with_name("b").replace(place)
""",
        encoding="utf-8",
    )
    if sys.platform == "win32":
        pytest.skip("they are its own here")
    done = subprocess.run(
        [*START, "worn", str(tmp_path / "a")],
        env={**environment(), "PYTHONPATH": f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}"},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout == b"held\n", done.stderr.decode("gb18030")
