"""Services to try, on a clock that stands still until it is told to go on."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tests.web.answering import wrong_with_answer

from zhunru.web import Settings, create_app
from zhunru.web.outbox import Outbox
from zhunru.web.pages import waiting
from zhunru.web.paths import path_of
from zhunru.worktime import BEIJING

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

SETS = Path(__file__).parent / "sets"


class Clock:
    """A clock that tests move."""

    def __init__(self, at: str = "2026-03-02 09:00") -> None:
        self.at = datetime.fromisoformat(at).replace(tzinfo=BEIJING)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)


class Entropy:
    """Random bytes that are the same in every run."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        self.count += 1
        return sha256(str(self.count).encode()).digest()[:size].ljust(size, b"\0")


class Served(TestClient):
    """A client of a service, with what tests look at beside the answers.

    Whatever a test is about: every answer has to be what the OpenAPI document says it is.
    """

    clock: Clock
    lines: list[dict[str, Any]]

    def request(self, method: str, url: Any, **more: Any) -> Any:
        answer = super().request(method, url, **more)
        raw = answer.request.url.raw_path.partition(b"?")[0]
        path = path_of({"path": unquote(raw.decode("ascii")), "raw_path": raw})
        wrong = wrong_with_answer(method, path, answer)
        assert not wrong, (method, path, answer.status_code, wrong[:5], answer.text[:300])
        return answer

    def ask(self, path: str, body: Any, **more: Any) -> Any:
        answer = self.post(path, json=body, **more)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json()


Serve = Callable[..., Served]


@contextmanager
def serving() -> Iterator[Serve]:
    """Give what starts services; they are stopped at the end."""
    # One for all that are started: two that share a folder never call two drafts the same.
    entropy = Entropy()
    with ExitStack() as stack:

        def start(*sets: str, clock: Clock | None = None, **settings: Any) -> Served:
            lines: list[dict[str, Any]] = []
            clock = clock or Clock()
            settings.setdefault("sets", {"": [place(each) for each in sets]})
            settings.setdefault("entropy", entropy)
            settings.setdefault("pages", False)
            settings.setdefault("apart", False)  # as tests/web/test_apart.py has it
            made = Settings(
                clock=clock,
                journal=lambda line: lines.append(json.loads(line)),
                tick_seconds=3600,
                **settings,
            )
            app = create_app(made)
            served = Served(app, raise_server_exceptions=False)
            served.clock, served.lines = clock, lines
            stack.enter_context(served)
            return served

        yield start


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what starts a service; it is stopped at the end of the test."""
    with serving() as start:
        yield start


def place(name: str) -> str:
    """Return where a set of these tests is; any other name is a shipped set."""
    return str(SETS / name) if (SETS / name).exists() else name


def tokens_file(folder: Path, *rows: dict[str, Any]) -> Path:
    """Return a file of tokens; each row has the plain token as `token`."""
    kept = []
    for row in rows:
        token = row.pop("token")
        kept.append({**row, "sha256": sha256(token.encode()).hexdigest()})
    path = folder / "tokens.json"
    path.write_text(json.dumps({"version": 1, "tokens": kept}), encoding="utf-8")
    return path


def bearer(token: str) -> dict[str, str]:
    """Return the header that presents a token."""
    return {"Authorization": f"Bearer {token}"}


async def idle(outbox: Outbox) -> None:
    """Stand in for the rounds of an outbox: one of its own might come before that of a test."""
    await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy compares drafts more slowly than a reader waits."""
    monkeypatch.setattr(waiting, "PATIENCE", 120.0)
