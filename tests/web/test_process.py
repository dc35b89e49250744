"""The service as a process: it listens, is told to stop under load, and leaves a whole log."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from threading import Thread

import pytest
from tests.web.conftest import SETS

from zhunru import open_policy
from zhunru.web import replay_log

# Seconds: only a test that fails waits so long, on however busy a machine.
PATIENCE = 120
FACTS = {"主体": "alice", "动作": "read", "资源": "record-1"}


@pytest.fixture
def process(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", str(SETS / "cert"), "--port", str(port), "--log", str(tmp_path)]
    # As systems start a service: nothing tells this Python to write at once what it says.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    # Tests that run under nohup would hand on that hanging up means nothing.
    started = subprocess.Popen(
        [sys.executable, "-m", "zhunru_cli", *words],
        stderr=subprocess.PIPE,
        env=env,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )
    started.port = port
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and started.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield started
    started.kill()
    started.communicate()


def ask(port, answers):
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    body = json.dumps({"facts": FACTS, "explain": "brief"})
    try:
        while True:
            connection.request("POST", "/v1/decide", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answers.append((answer.status, json.loads(answer.read())["outcome"]))
    except OSError:
        return  # it has stopped listening: nothing more is taken
    except Exception as error:
        if type(error).__module__ != "http.client":
            raise


# Whoever closes the terminal it was started in hangs up.
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_answers_what_it_took_and_leaves_a_whole_log(process, tmp_path, told):
    answers: list[tuple[int, str]] = []
    callers = [Thread(target=ask, args=(process.port, answers)) for _ in range(4)]
    for each in callers:
        each.start()
    until = time.monotonic() + PATIENCE
    while len(answers) < 20 and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(told)
    for each in callers:
        each.join()
    lines = process.communicate(timeout=PATIENCE)[1].decode()
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in lines
    assert json.loads(lines.splitlines()[-1])["event"] == "stopped"
    assert set(answers) == {(200, "admit")}
    found = replay_log(tmp_path / "decisions-default.jsonl", [open_policy(SETS / "cert")])
    assert found.holds and found.lines >= len(answers) > 0
