"""Long logs of many versions, days, restarts and files: all comes out again, all tampering shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.web.conftest import SETS, Clock, Served, bearer, tokens_file

from zhunru import open_policy
from zhunru.web import replay_log

TEXT = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
OTHER = TEXT.replace("主体 为 alice 且 非 (状态 为 archived)", "主体 为 bob 或 主体 为 alice")
DAYS = ["2026-02-30", "2026-12-31", "2027/1/1", "２０２７年２月２８日", "2028-02-29", "0001-01-01",
        "9999-12-31", "24:00", ""]  # fmt: skip
NAME = "decisions-default.jsonl"
LINES = {"content-type": "application/x-ndjson"}


class Office:
    """A service that is asked, published to, restarted and whose log is put by, all by chance."""

    def __init__(self, serve: Any, folder: Path, seed: int) -> None:
        self.by_chance = Random(seed)
        self.folder = folder
        self.clock = Clock("2026-12-31 23:50")
        (folder / "key").write_text("ab" * 32, encoding="ascii")
        scopes = ["decide", "draft", "approve", "publish"]
        rows = [{"id": name, "token": name, "scopes": scopes} for name in ("one", "two")]
        common = {"drafts": folder / "drafts", "key": folder / "key", "log": folder / "log"}
        tokens, store = tokens_file(folder, *rows), str(folder / "cases.db")
        self._start = lambda: serve("cert", tokens=tokens, store=store, clock=self.clock, **common)
        self.api: Served = self._start()
        self.moved: list[Path] = []
        self.versions = 0

    def facts(self) -> dict[str, Any]:
        pick = self.by_chance.choice
        every = {"主体": ["alice", "bob", "无", None], "动作": ["read", "write", "delete", "没有"],
                 "资源": ["record-1", "record-2"], "状态": ["active", "archived", ""],
                 "角色": ["无", "admin"]}  # fmt: skip
        return {name: pick(some) for name, some in every.items() if self.by_chance.random() < 0.8}

    def ask(self) -> None:
        day = {"as_of": self.by_chance.choice(DAYS)} if self.by_chance.random() < 0.5 else {}
        who = bearer(self.by_chance.choice(["one", "two"]))
        if self.by_chance.random() < 0.5:
            body = {"facts": self.facts(), "explain": "brief", **day}
            self.api.post("/v1/decide", json=body, headers=who)
            return
        lines = [json.dumps(self.facts(), ensure_ascii=False) for _ in range(6)]
        lines.insert(self.by_chance.randrange(6), self.by_chance.choice(["", "{", '{"v":3}', "\r"]))
        text = "\n".join(lines).encode()
        self.api.post("/v1/decide/batch", content=text, params=day, headers={**who, **LINES})

    def publish(self) -> None:
        self.versions += 1
        text = self.by_chance.choice([TEXT, OTHER]) + f"\n# {self.versions}\n"
        draft = self.api.ask("/v1/drafts", {"files": {"认证.policy": text}}, headers=bearer("one"))
        for verb in ("approve", "publish"):
            self.api.ask(f"/v1/drafts/{draft['draft']}/{verb}", None, headers=bearer("two"))

    def go_back(self) -> None:
        if self.versions:
            number = self.by_chance.randint(1, self.versions)
            self.api.ask(f"/v1/bundles/认证/{number}/activate", None, headers=bearer("two"))

    def restart(self) -> None:
        self.api.app.state.service.default.log.close()
        self.api = self._start()

    def put_by(self) -> None:
        log = self.folder / "log" / NAME
        self.moved.append(log.rename(self.folder / f"{len(self.moved)}.jsonl"))
        self.api.app.state.service.follow()

    def run(self, steps: int) -> list[Path]:
        doing: list[Callable[[], None]] = [self.publish, self.go_back, self.restart, self.put_by]
        for _ in range(steps):
            for step in (self.ask, self.ask, self.ask, self.by_chance.choice(doing)):
                self.clock.forward(seconds=self.by_chance.choice([0.000001, 59, 600, 86_400 * 40]))
                step()
        self.api.app.state.service.default.log.close()
        return [*self.moved, self.folder / "log" / NAME]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_every_decision_comes_out_again(serve, tmp_path, seed):
    office = Office(serve, tmp_path, seed)
    files = office.run(25)
    found = replay_log(files, [open_policy(SETS / "cert")], str(tmp_path / "cases.db"))
    assert found.holds, [each.zh for each in found.findings[:5]]
    assert found.lines > 60 and found.behind == ""


# --- tampering -----------------------------------------------------------------------------------


def blocks_of(rows: Sequence[bytes]) -> list[list[bytes]]:
    """Return the lines by the digest that they name, or that the line before them names."""
    blocks: list[list[bytes]] = []
    named = None
    for row in rows:
        if row.startswith(b'{"v":'):
            previous = json.loads(row)["previous"]
            if previous != named:
                blocks.append([])
            named = previous
        blocks[-1].append(row)
    return blocks


def byte(blocks: list[list[bytes]], at: int, by_chance: Random) -> None:
    line = bytearray(blocks[at][0])
    place = by_chance.randrange(len(line) - 1)
    line[place] = (line[place] + by_chance.randint(1, 90) - 32) % 94 + 33
    blocks[at][0] = bytes(line)


def taken_out(blocks: list[list[bytes]], at: int, by_chance: Random) -> None:
    del blocks[at][by_chance.randrange(len(blocks[at]))]


def twice(blocks: list[list[bytes]], at: int, by_chance: Random) -> None:
    blocks[at].append(by_chance.choice(blocks[at]))


def put_in(blocks: list[list[bytes]], at: int, by_chance: Random) -> None:
    blocks[at].append(by_chance.choice([b"\n", b"{}\n", b'{"v":2}\n', b"x\n", blocks[0][0]]))


def swapped(blocks: list[list[bytes]], at: int, _: Random) -> None:
    blocks[at], blocks[at + 1] = blocks[at + 1], blocks[at]


def moved_to_the_end(blocks: list[list[bytes]], at: int, _: Random) -> None:
    blocks.append(blocks.pop(at))


def block_taken_out(blocks: list[list[bytes]], at: int, _: Random) -> None:
    del blocks[at]


def named_anew(blocks: list[list[bytes]], at: int, _: Random) -> None:
    """Change a block, and the digest by which the next one names it, but not the one after."""
    before = sha256(b"".join(blocks[at])).hexdigest().encode()
    blocks[at][0] = blocks[at][0].replace(b'"at":"20', b'"at":"19')
    after = sha256(b"".join(blocks[at])).hexdigest().encode()
    blocks[at + 1] = [line.replace(before, after) for line in blocks[at + 1]]


@pytest.mark.parametrize(
    "tamper",
    [byte, taken_out, twice, put_in, swapped, moved_to_the_end, block_taken_out, named_anew],
)
def test_no_tampering_goes_unseen_and_its_place_is_told(serve, tmp_path, tamper):
    files = Office(serve, tmp_path, 7).run(12)
    rows = [line for file in files for line in BytesIO(file.read_bytes())]
    log, sets = tmp_path / "tampered.jsonl", [open_policy(SETS / "cert")]
    store = str(tmp_path / "cases.db")
    by_chance = Random(1)
    for _ in range(8):
        blocks = blocks_of(rows)
        # In the last of them nothing shows: no line behind it names it.
        at = by_chance.randrange(1, len(blocks) - 3)
        first = sum(map(len, blocks[:at])) + 1
        last = first + sum(map(len, blocks[at : at + 3])) + 1
        tamper(blocks, at, by_chance)
        log.write_bytes(b"".join(line for block in blocks for line in block))
        found = replay_log(log, sets, store)
        assert not found.holds
        assert first <= found.findings[0].span.line <= last, tamper
