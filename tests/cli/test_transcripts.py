"""Sessions at a terminal, written as Markdown in tests/fixtures/cli and docs, run as they stand.

A fenced block `policy NAME` (or yaml, csv, json, jsonl) is a file; `xlsx NAME` is a workbook: `[甲]`
begins the worksheet 甲, `合并 A1:C1` merges cells, other lines are rows. `docx NAME` is a document:
lines with `|` are rows of a table, others paragraphs. In a block `console` a line
`$ zhunru …` runs, what follows is its output, and a last line `[N]` its exit code if not 0.
Blocks `policy` without a name make up one set together. ZHUNRU_UPDATE=1 rewrites the outputs: read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import shlex
from itertools import groupby
from pathlib import Path

import openpyxl
import pytest
from tests.documents import document, paragraph, plain

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "cli"
POLICIES = Path(__file__).resolve().parents[2] / "policies"
DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [
    *sorted(FIXTURES.glob("*.md")),
    *(
        DOCS / name
        for name in ("tutorial.md", "workbooks.md", "simulation.md", "analysis.md", "backup.md")
    ),
]
WHOLE = "我的规则集/准入.policy"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.M | re.S)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.M)
DIGEST = re.compile(r"(摘要 |digest |链头 |head )[0-9a-f]{12,16}")


def _run(line: str, zhunru) -> str:
    words = shlex.split(line)
    assert words[0] == "zhunru"
    code, out, err = zhunru(*words[1:])
    shown = DIGEST.sub(r"\1…", out + err).replace("……", "…").rstrip("\n")
    lines = [part.rstrip() for part in shown.split("\n")] if shown else []
    return "".join(f"{part}\n" for part in lines + [f"[{code}]"] * bool(code))


def _ran(block: str, zhunru) -> str:
    return "".join(
        f"$ {line}\n{_run(line, zhunru)}\n" for line, _ in COMMAND.findall(block)
    ).removesuffix("\n")


def _write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def _write_book(name: str, text: str) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for line in text.splitlines():
        if line.startswith("["):
            book.create_sheet(line.strip("[]"))
        elif line.startswith("合并 "):
            book.worksheets[-1].merge_cells(line.removeprefix("合并 "))
        else:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            book.worksheets[-1].append(
                [int(c) if c.isascii() and c.isdigit() else c for c in cells]
            )
    book.save(name)


def _write_document(name: str, text: str) -> None:
    body: list[str] = []
    for in_table, lines in groupby(text.splitlines(), lambda line: line.startswith("|")):
        if in_table:
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            body.append(plain(rows))
        else:
            body += map(paragraph, lines)
    document(Path(name), *body)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_transcript_runs_as_written(page, tmp_path, monkeypatch, zhunru):
    monkeypatch.chdir(tmp_path)
    Path("policies").symlink_to(POLICIES)
    text = page.read_text(encoding="utf-8")
    made = text
    blocks = BLOCK.findall(text)
    whole = [body for kind, name, body in blocks if kind == "policy" and not name]
    if whole:
        _write(WHOLE, "\n".join(whole))
    for kind, name, body in blocks:
        if kind == "console":
            made = made.replace(body, _ran(body, zhunru))
        elif kind == "xlsx":
            _write_book(name, body)
        elif kind == "docx":
            _write_document(name, body)
        elif name:
            _write(name, body)
    assert "\n[70]\n" not in made, "a mistake of ours is nothing to write down"
    if os.environ.get("ZHUNRU_UPDATE"):
        page.write_text(made, encoding="utf-8")
    assert made == text
