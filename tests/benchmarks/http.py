"""Decisions over HTTP on one core: one by one, and in batches, beside a bare hello of the server.

Run: python -m tests.benchmarks.http [--seconds 3] [--write docs/benchmarks.md]

The server has one core to itself, the caller the other. The caller is a loop over plain sockets
that sends requests made beforehand, so what is measured is the server. The lanes take turns within
a round, and the figures are medians over rounds: what else the machine does hits them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.benchmarks.page import write_section

_ROUNDS = 5
_CALLERS = 8
_BATCH = 100
_WARM_SECONDS = 1.0
_TITLE = "经 HTTP 判定"

# Requests as a whole form brings them: every field is filled in.
_REST = {"承担方式": "协助", "经费到位": True, "报表备案": True, "用途": "其他用途"}
FACTS = [
    {
        "来文单位": unit,
        "目标社区": "幸福社区",
        "类别": kind,
        "事项": matter,
        "拟进入日期": day.isoformat(),
        **_REST,
    }
    for unit in ("区市场监管局", "区卫健局", "区住建局", "区教育和体育局", "区民政局")
    for kind, matter in (
        ("挂牌", "食品安全工作站"),
        ("系统应用", "健康打卡小程序"),
        ("检查考核", "年度考核"),
        ("行政任务", "沿街商铺摸底登记"),
    )
    for day in (date(2026, 1, 5) + timedelta(days) for days in range(100))
]
Random(7).shuffle(FACTS)
# The form asks for no number and no remark. Where a system sends both, none is sent twice.
_OWN, _LAST, _MOST_SENT = "own", "  报表备案 是否 由 区政府 确认", 40_000
OWN = [
    {
        **FACTS[at % len(FACTS)],
        "来件编号": f"WH-2026-{at:06}",
        "来件说明": f"第 {at} 件，拟于{at % 28 + 1}日前后办理，请予审核",
    }
    for at in range(_MOST_SENT)
]


@dataclass(frozen=True)
class Lane:
    """Something that is asked: where, with what, and how many decisions an answer holds."""

    name: str
    requests: Sequence[bytes]
    decisions: int = 1


@dataclass(frozen=True)
class Seen:
    """What one lane did in one round."""

    answers: int
    seconds: float
    waits: Sequence[float]
    busy: float  # seconds of the server's processor


@dataclass(frozen=True)
class Server:
    """A server that runs, and how much of the processor it has used so far."""

    port: int
    process: int

    def busy(self) -> float:
        """Return seconds of the processor."""
        return (
            int(Path(f"/proc/{self.process}/schedstat").read_text(encoding="utf-8").split()[0])
            / 1e9
        )


# --- the server --------------------------------------------------------------------------------


def run_server(port: int, folder: str) -> None:
    """Serve the API, or without a folder a bare hello."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from zhunru.web import Settings, create_app
    from zhunru.web.serving import configured, settle

    async def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    if folder:
        place = Path(folder)
        sets = {"": ["weihai"], _OWN: [str(_with_texts(place))]}
        settings = Settings(sets=sets, log=place, journal=_quiet, pages=False)
        app = create_app(settings)
        config = configured(app, settings.limits, "127.0.0.1", port)
    else:
        bare = Starlette(routes=[Route("/hello", hello)])
        config = uvicorn.Config(bare, port=port, log_config=None, access_log=False)
    settle()  # as `zhunru serve` does; of the bare server too
    uvicorn.Server(config).run()


def _with_texts(folder: Path) -> Path:
    """Return a copy of the set whose form has two more fields, which no clause asks for."""
    from zhunru.opening import locate

    place = locate("weihai")
    for name in (place.name, "national"):
        shutil.copytree(place.parent / name, folder / name)
    form = folder / "national" / "表单.policy"
    more = "\n  来件编号 文本 可无\n  来件说明 文本 可无"
    text = form.read_text(encoding="utf-8")
    form.write_text(text.replace(_LAST, _LAST + more, 1), encoding="utf-8")
    return folder / place.name


def _quiet(line: bytes) -> None:
    """Write no line about a request: the bare server writes none either."""


@contextmanager
def served(folder: str) -> Iterator[Server]:
    """Start a server on the first core."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "tests.benchmarks.http", "--serve", str(port), folder]
    process = subprocess.Popen(words)
    pin(process.pid, 0)
    try:
        _wait_for(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def pin(process: int, core: int) -> None:
    """Keep a process to one core, where there are several."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(process, {cores[core % len(cores)]})


def _wait_for(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


# --- the caller --------------------------------------------------------------------------------


@cache
def lanes() -> list[Lane]:
    """Return what is measured."""
    single = [_single("", f) for f in FACTS]
    evaluations = [_post("/access/v1/evaluation", _question(f)) for f in FACTS]
    return [
        Lane("hello", [b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n"]),
        Lane("decide", single),
        Lane("evaluation", evaluations),
        Lane("batch", _batches("", FACTS), _BATCH),
        Lane("escaped", _batches("", FACTS, json.dumps), _BATCH),
        Lane("own", [_single(f"/t/{_OWN}", f) for f in OWN]),
        Lane("own-batch", _batches(f"/t/{_OWN}", OWN), _BATCH),
    ]


def _plainly(value: object) -> str:
    """Return JSON as most programs write it, Chinese as it is; Python by itself writes escapes."""
    return json.dumps(value, ensure_ascii=False)


def _single(tenant: str, facts: dict[str, Any]) -> bytes:
    return _post(f"{tenant}/v1/decide", _plainly({"facts": facts, "explain": "brief"}))


def _batches(
    tenant: str, facts: Sequence[dict[str, Any]], write: Callable[[object], str] = _plainly
) -> list[bytes]:
    path, media = f"{tenant}/v1/decide/batch", "application/x-ndjson"
    parts = [facts[start : start + _BATCH] for start in range(0, len(facts), _BATCH)]
    return [_post(path, "\n".join(map(write, part)), media) for part in parts]


def _longer() -> int:
    """Return how many bytes longer a request is that brings a number and a remark."""
    first, other = (len(_plainly(some[0]).encode()) for some in (FACTS, OWN))
    return other - first


def _question(facts: dict[str, Any]) -> str:
    parts = ("来文单位", "目标社区", "事项")
    rest = {name: value for name, value in facts.items() if name not in parts}
    asked = {
        "subject": {"type": "unit", "id": facts["来文单位"]},
        "action": {"name": facts["事项"]},
        "resource": {"type": "community", "id": facts["目标社区"], "properties": rest},
    }
    return _plainly(asked)


def _post(path: str, body: str, media: str = "application/json") -> bytes:
    data = body.encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {media}\r\n"
    return f"{head}content-length: {len(data)}\r\n\r\n".encode() + data


async def measure(server: Server, lane: Lane, seconds: float) -> Seen:
    """Ask for so many seconds with several callers, each waiting for its answer."""
    busy, began = server.busy(), time.perf_counter()
    end = began + seconds
    found = await asyncio.gather(*(_caller(server.port, lane, end, n) for n in range(_CALLERS)))
    waits = [wait for each in found for wait in each]
    return Seen(len(waits), time.perf_counter() - began, waits, server.busy() - busy)


async def _look_in(server: Server) -> None:
    """Ask what an empty form hangs on: found once a day, and not while something else is timed."""
    for tenant in ("", f"/t/{_OWN}"):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(_post(f"{tenant}/v1/partial", "{}"))
        await _body(reader, await reader.readuntil(b"\r\n\r\n"))
        writer.close()


async def _caller(port: int, lane: Lane, end: float, start: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    waits = []
    number = start * len(lane.requests) // _CALLERS  # each begins elsewhere
    now = time.perf_counter()
    while now < end:
        writer.write(lane.requests[number % len(lane.requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await _body(reader, head)
        before, now = now, time.perf_counter()
        waits.append(now - before)
        number += 1
    writer.close()
    return waits


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    name = b"content-length: "
    if name in head:
        return await reader.readexactly(int(head.split(name)[1].split(b"\r\n")[0]))
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readline()
    return b"".join(parts)


# --- the page ----------------------------------------------------------------------------------


def run(seconds: float) -> dict[str, list[Seen]]:
    """Return what each lane did in each round."""
    found: dict[str, list[Seen]] = {lane.name: [] for lane in lanes()}
    with tempfile.TemporaryDirectory() as folder, served("") as bare, served(folder) as ours:
        pin(0, 1)
        asked = {lane.name: bare if lane.name == "hello" else ours for lane in lanes()}
        asyncio.run(_look_in(ours))
        for lane in lanes():
            asyncio.run(measure(asked[lane.name], lane, _WARM_SECONDS))
        for _ in range(_ROUNDS):
            for lane in lanes():
                # What the lane before has put on record may still be on its way to the disk, and
                # would hold up this one's writes.
                os.sync()
                found[lane.name].append(asyncio.run(measure(asked[lane.name], lane, seconds)))
    return found


def rate(seen: Sequence[Seen], decisions: int) -> float:
    """Return the median of the decisions a second."""
    return statistics.median(each.answers * decisions / each.seconds for each in seen)


def cost(seen: Sequence[Seen], decisions: int) -> float:
    """Return the median of the microseconds of the server's processor that a decision takes."""
    return statistics.median(1e6 * each.busy / (each.answers * decisions) for each in seen)


def percentile(seen: Sequence[Seen], part: float) -> float:
    """Return how many milliseconds that part of all answers took at most."""
    waits = sorted(wait for each in seen for wait in each.waits)
    return 1000 * waits[min(len(waits) - 1, int(len(waits) * part))]


_WORDS = {
    "hello": "什么都不做的 hello（同一服务器）",
    "decide": "逐件：/v1/decide，结论、理由、条款、依据，记入判定日志",
    "evaluation": "逐件：AuthZEN /access/v1/evaluation，另有一句话的说明，记入判定日志",
    "batch": f"每批 {_BATCH} 件：/v1/decide/batch，同样的内容，逐件记入判定日志",
    "escaped": f"每批 {_BATCH} 件：同上，中文写成转义",
    "own": "逐件，另有编号和一句说明，各件不同",
    "own-batch": f"每批 {_BATCH} 件，另有编号和一句说明，各件不同",
}


def page(found: dict[str, list[Seen]]) -> str:
    """Return the section of the page."""
    counts = {lane.name: lane.decisions for lane in lanes()}
    rates = {name: rate(seen, counts[name]) for name, seen in found.items()}
    costs = {name: cost(seen, counts[name]) for name, seen in found.items()}
    rows = [
        f"| {_WORDS[name]} | {rates[name]:,.0f} | {costs[name]:.1f} | "
        f"{percentile(seen, 0.5):.2f} | {percentile(seen, 0.99):.2f} |"
        for name, seen in found.items()
    ]
    half, thirty = rates["decide"] / rates["hello"], rates["batch"] / rates["decide"]
    spent = costs["hello"] / costs["decide"], costs["decide"] / costs["batch"]
    return "\n".join(
        [
            f"uvicorn 一个进程，绑在一个核上；{_CALLERS} 个调用方绑在另一个核上，各等到答复再问。",
            f"规则集“威海减负”（含上位的国家规则集），{len(FACTS)} 种来件。"
            f"各项轮流，{_ROUNDS} 轮取中位数。",
            "这套表单没有编号和说明，故前几项来件在一轮中会重复；末两项是加了这两栏（没有条款问到）的"
            f"同一套规则，{len(OWN):,} 件各不相同，每件多 {_longer()} 个字节。"
            "中文照原样写成 UTF-8，如多数程序所写；Python 自带的 json 写成转义，另列一项。",
            "",
            "| 问什么 | 每秒件数 | 服务器每件用处理器微秒 | p50 毫秒 | p99 毫秒 |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            f"- 目标：逐件不低于 hello 的一半：{half:.2f}，{_met(half >= 0.5)}。",
            f"- 目标：成批每件不低于逐件的 30 倍：{thirty:.1f} 倍，{_met(thirty >= 30)}。",
            f"- 按服务器用去的处理器时间算（与别的负载无关）：{spent[0]:.2f} 和 {spent[1]:.1f} 倍。",
        ]
    )


def _met(met: bool) -> str:
    return "达到" if met else "未达到"


def main() -> None:
    """Measure, and print or write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--serve", nargs=2)
    given = parser.parse_args()
    if given.serve:
        run_server(int(given.serve[0]), given.serve[1])
        return
    text = page(run(given.seconds))
    if given.write:
        write_section(given.write, _TITLE, text)
    print(text)


if __name__ == "__main__":
    main()
