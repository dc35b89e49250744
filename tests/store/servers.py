"""A PostgreSQL server in a temporary folder: made, started, killed, started again.

The server refuses to run as root; then it runs as the user `postgres` (or `nobody`).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

DEMANDED = "ZHUNRU_POSTGRES"  # set to "required": a machine without PostgreSQL fails the tests
_SETTINGS = """
listen_addresses = ''
fsync = on
synchronous_commit = on
max_connections = 200
shared_buffers = 64MB
log_min_messages = warning
max_wal_size = 256MB
logging_collector = off
"""


class Missing(RuntimeError):
    """No PostgreSQL on this machine."""


def programs() -> Path:
    """Return the folder of `initdb` and `postgres`."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Missing("PostgreSQL is not installed (apt-get install -y postgresql)")


def account() -> str:
    """Return the user that a server runs as, "" for our own."""
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody")


@dataclass
class Server:
    """A server with a socket in its own folder and no port."""

    folder: Path
    extra: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL as the user of the server."""
        done = subprocess.run(
            as_account([str(programs() / program), *arguments]),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    def major(self) -> int:
        """Return the version in its first number."""
        return int((self.data / "PG_VERSION").read_text(encoding="ascii").split(".")[0])

    def make(self) -> None:
        """Make an empty cluster."""
        user = account()
        if user:
            shutil.chown(self.folder, user)
        self.run("initdb", "-D", str(self.data), "-U", "zhunru", "-A", "trust", "-E", "UTF8",
                 "--no-locale", "--no-sync")  # fmt: skip
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS + self.extra)
            if self.major() >= 14:
                # A crashed server else flushes every file of the cluster by itself, for seconds.
                settings.write("recovery_init_sync_method = syncfs\n")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.run("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-l",
                 str(self.folder / "log"), "-o", f"-k {self.folder}", "start")  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `immediate` is like a crash."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def restart(self, patience: float = 120) -> None:
        """Start the server again; processes of one that was killed may still be going."""
        if self.answers():
            self.stop("immediate")
        until = time.monotonic() + patience
        while self.processes() and time.monotonic() < until:
            time.sleep(0.01)
        # A killed process that nobody has waited for still has its number, and its number is what
        # a server looks for before it starts. Nothing of the cluster is going any more.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        while True:
            try:
                self.start()
                return
            except RuntimeError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def answers(self) -> bool:
        """Tell whether the server's first process runs."""
        first = self.first()
        return first is not None and _alive(first)

    def ready(self) -> bool:
        """Tell whether the server takes connections."""
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def first(self) -> int | None:
        """Return the number of the server's first process, where it left one."""
        try:
            text = (self.data / "postmaster.pid").read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        return int(text.split("\n", 1)[0])

    def processes(self) -> list[int]:
        """Return the processes of the cluster that are going: they work in its folder."""
        numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [number for number in numbers if _works_in(number, self.data) and _alive(number)]

    def kill(self) -> None:
        """Kill the server's first process, as a power cut would."""
        first = self.first()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while _alive(first) and time.monotonic() < deadline:
            time.sleep(0.01)

    def url(self, database: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql://zhunru@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"zhunru{next(self._numbers)}"
        self.run("createdb", "-h", str(self.folder), "-U", "zhunru", name)
        return self.url(name)

    def drop_database(self, address: str) -> None:
        """Drop a database that `new_database` made."""
        name = address.removeprefix("postgresql://zhunru@/").partition("?")[0]
        self.run("dropdb", "-f", "-h", str(self.folder), "-U", "zhunru", name)


def as_account(command: Sequence[str]) -> list[str]:
    """Return a command as the user of the server runs it."""
    user = account()
    return ["runuser", "-u", user, "--", *command] if user else list(command)


def _works_in(process: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{process}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def _alive(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    try:
        return state.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def running_server(extra: str = "", folder: Path | None = None) -> Iterator[Server]:
    """Make and start a server, and throw it away at the end."""
    programs()
    folder = folder or Path(tempfile.mkdtemp(prefix="zr-pg-"))
    server = Server(folder, extra)
    try:
        server.make()
        server.start()
        yield server
    finally:
        if server.answers():
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_or_reason() -> Iterator[Server | str]:
    """Yield a server, or why there is none; where it is demanded, fail instead."""
    try:
        programs()
        account()
    except Missing as missing:
        if os.environ.get(DEMANDED) == "required":
            raise
        yield str(missing)
        return
    with running_server() as server:
        yield server
