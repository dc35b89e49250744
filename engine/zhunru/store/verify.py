"""Verify the audit chains of a store file or an export, with nothing but Python.

python verify.py STORE.db|EXPORT.jsonl [PARTITION:POSITION:DIGEST ...]

Each event's digest is over the digest before it and the event's text, a JSON list without spaces;
the digest before the first event is that of the partition's name. Heads noted elsewhere show that
nothing was cut off or written anew since.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

_LINKS = """SELECT name, place - (id << 40), case_id, number, at, recorded, kind, actor, command,
body, events.digest FROM events LEFT JOIN partitions ON id = place >> 40 ORDER BY place"""
_ALGORITHMS = [name for name in ("sha256", "sm3") if name in hashlib.algorithms_available]


def read(path: str) -> tuple[Iterable[Any], list[Any]]:
    """Return partition, position, event and digest of each link, and the heads kept with them."""
    if path.endswith(".jsonl"):
        # Of bytes: lines of text would also end at separators that stand within what was said.
        links = map(json.loads, Path(path).read_bytes().splitlines())
        return ((x["partition"], x["position"], x["event"], x["digest"]) for x in links), []
    file = sqlite3.connect(Path(path).resolve().as_uri() + "?mode=ro", uri=True)
    heads = file.execute("SELECT name, position, digest FROM partitions").fetchall()
    return ((str(x[0]), x[1], x[2:10], x[10]) for x in file.execute(_LINKS)), heads


def verify(links: Iterable[Any], kept: list[Any], noted: list[Any]) -> Iterator[str]:
    """Yield what is wrong: `kept` heads are where chains end, `noted` ones lie on them."""
    ends = {partition: position for partition, position, _ in kept}
    wanted: dict[Any, set[str]] = {}
    for partition, position, digest in [*kept, *noted]:
        wanted.setdefault((partition, position), set()).add(digest)
    for partition, chain in groupby(links, key=lambda link: link[0]):
        before = {a: hashlib.new(a, partition.encode()).hexdigest() for a in _ALGORITHMS}
        for at, (_, position, event, digest) in enumerate(chain, 1):
            text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=repr)
            made = {a: hashlib.new(a, (d + text).encode()).hexdigest() for a, d in before.items()}
            before = {a: d for a, d in made.items() if d == digest}
            fits = position == at and wanted.pop((partition, position), {digest}) == {digest}
            if not fits or not before or at > ends.get(partition, at):
                yield f"{partition}: broken at {at}"
                break
    yield from (f"{partition}: {position} does not hold" for partition, position in wanted)


if __name__ == "__main__":
    noted_heads = [(p, int(n), d) for p, n, d in (text.rsplit(":", 2) for text in sys.argv[2:])]
    wrong = [*verify(*read(sys.argv[1]), noted_heads)]
    print("\n".join(wrong) or "the chains are whole")
    sys.exit(bool(wrong))
