"""The service as a process that is started, killed and told to stop, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
CASE_SCOPES = ("cases:read", "cases:write", "act-as")
_WAIT = 120.0  # seconds until a service has to be ready
PEOPLE = {
    "author": (("draft",), "市委办公室 张三"),
    "second": (("approve", "draft"), "市委办公室 李四"),
    "publisher": (("publish", "draft"), "市委办公室 王五"),
    "operator": (("operate",), ""),
}


@dataclass(frozen=True)
class Disturbance:
    """A time in which calls may go unanswered: from the signal until it is ready again."""

    kind: str
    since: float
    until: float


@dataclass
class Ground:
    """Where a run takes place: its folder, its store, and the process that is served from them."""

    folder: Path
    store: str
    callers: int
    workers: int
    hooks: int  # the port that takes letters
    port: int = 0
    disturbances: list[Disturbance] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = {f"caller{n}": (("decide", "vouch"), "") for n in range(self.callers)}
        rows |= {f"worker{n}": (CASE_SCOPES, "") for n in range(self.workers)}
        tokens = [_row(name, *each) for name, each in {**rows, **PEOPLE}.items()]
        self._write("tokens.json", {"version": 1, "tokens": tokens})
        url = f"http://{HOST}:{self.hooks}/in"
        self._write("hooks.json", {"hooks": [{"id": "h", "url": url, "secret": "s3cret"}]})
        (self.folder / "key").write_text("5a" * 32, encoding="ascii")

    def _write(self, name: str, data: Any) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (self.folder / name).write_text(text, encoding="utf-8")

    @property
    def log(self) -> Path:
        return self.folder / "log" / "decisions-default.jsonl"

    # --- the process ---------------------------------------------------------------------------

    def start(self) -> None:
        words = ["serve", "weihai", "--port", str(self.port), "--store", self.store]
        places = {"tokens": "tokens.json", "hooks": "hooks.json", "log": "log",
                  "drafts": "drafts", "key": "key"}  # fmt: skip
        for name, place in places.items():
            words += [f"--{name}", str(self.folder / place)]
        with (self.folder / "service.lines").open("ab") as lines:
            command = [sys.executable, "-m", "zhunru_cli", *words]
            self._process = subprocess.Popen(command, stdout=lines, stderr=lines)
        until = time.monotonic() + _WAIT
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the service does not start, see {self.folder}/service.lines")
            time.sleep(0.05)

    def _ready(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def end(self, how: signal.Signals) -> None:
        """Send a signal and wait until the process is gone."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(_WAIT)

    def restart(self, how: signal.Signals) -> None:
        """End the process by a signal and start it again; note the time in between."""
        since = time.monotonic()
        self.end(how)
        self.start()
        self.disturbances.append(Disturbance(how.name, since, time.monotonic()))

    def kilobytes(self) -> int:
        """Return how much memory the process has."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            return 0  # no Linux: then it is not told
        found = [
            line
            for line in status.read_text(encoding="utf-8").splitlines()
            if line.startswith("VmRSS")
        ]
        return int(found[0].split()[1])


def _row(name: str, scopes: tuple[str, ...], actor: str) -> dict[str, Any]:
    row = {"id": name, "sha256": sha256(name.encode()).hexdigest(), "scopes": sorted(scopes)}
    return row | ({"actor": actor} if actor else {})


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


def be_nice(least: int) -> None:
    """Let other programs of the machine go first, by this much at least."""
    os.nice(max(0, least - os.nice(0)))
