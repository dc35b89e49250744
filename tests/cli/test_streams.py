"""Output into pipes and files of a system that is neither UTF-8 nor has ends of lines of one
character: nothing is lost, nothing is doubled, and what other programs read is what they expect."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from zhunru_cli.main import main

SETS = Path(__file__).parents[2] / "policies"
WEIHAI = str(SETS / "weihai")
# A character that GBK lacks, in a name as people have them, and one outside of the first plane.
RARE = "䶮𠮷✓"


class Piped(io.TextIOWrapper):
    """Standard output of a Windows system with Chinese settings, led into a file."""

    def __init__(self, encoding: str = "gbk") -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding=encoding, newline="\r\n")


def run(monkeypatch: pytest.MonkeyPatch, *words: str, encoding: str = "gbk") -> bytes:
    out, told = Piped(encoding), Piped(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", told)
    assert main(words) in (0, 1)
    told.flush()
    out.flush()
    return out.kept.getvalue() + told.kept.getvalue()


def requests(folder: Path) -> str:
    place = folder / "来文.csv"
    place.write_text(
        f"来文单位,类别,事项\n区市场监管局,系统应用,{RARE}\n", encoding="utf-8", newline="\n"
    )
    return str(place)


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "cp936"])
def test_text_loses_no_character(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    words = ("decide", WEIHAI, "来文单位=区市场监管局", "类别=系统应用", f"事项={RARE}")
    told = run(monkeypatch, *words, encoding=encoding)
    assert "不予准入" in told.decode("gb18030")
    # What GBK can write is as it was: whoever reads GBK reads it.
    assert "不予准入".encode("gbk") in told
    assert b"\r" not in told


def test_json_is_read_as_utf_8(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one = run(
        monkeypatch, "decide", WEIHAI, "来文单位=区市场监管局", "类别=系统应用", "--format", "json"
    )
    assert json.loads(one.decode("utf-8"))["outcome"] == "refuse"
    place = requests(tmp_path)
    for form in ("json", "jsonl"):
        many = run(monkeypatch, "decide", WEIHAI, "--file", place, "--format", form)
        assert "区市场监管局" in json.dumps(
            [json.loads(line) for line in many.decode("utf-8").splitlines()]
            if form == "jsonl"
            else json.loads(many.decode("utf-8")),
            ensure_ascii=False,
        )
    schema = run(monkeypatch, "schema")
    assert json.loads(schema.decode("utf-8"))


def test_rows_are_not_spaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = run(monkeypatch, "decide", WEIHAI, "--file", requests(tmp_path), "--format", "csv")
    rows = list(csv.reader(io.StringIO(out.decode("gb18030"), newline="")))
    assert all(rows) and b"\r\r" not in out
    assert RARE in out.decode("gb18030")


def test_a_drawing_is_read_by_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("bpmn", "svg"):
        drawn = run(monkeypatch, "graph", WEIHAI, "--flow", "吹哨报到", "--format", form)
        assert len(ElementTree.fromstring(drawn)) > 0


@pytest.mark.parametrize(("windows", "code"), [(True, 141), (False, 70)])
def test_a_reader_that_has_gone_is_no_mistake_of_ours(
    monkeypatch: pytest.MonkeyPatch, windows: bool, code: int
) -> None:
    """Windows tells it as an invalid argument."""

    class Closed(Piped):
        def write(self, text: str) -> int:
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr("zhunru_cli.main.let_go", lambda: None)
    monkeypatch.setattr("zhunru_cli.streams._WINDOWS", windows)
    assert main(["check", WEIHAI]) == code


def test_the_screen_keeps_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Piped, "isatty", lambda self: True)
    told = run(monkeypatch, "decide", WEIHAI, "类别=系统应用", f"来文单位={RARE}")
    assert told.decode("gbk")


def test_files_are_the_same_bytes_on_every_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = io.open

    def opened(file: object, mode: str = "r", *rest: object, **more: object) -> object:
        # What Windows does with text that is written without a word about ends of lines.
        if "b" not in mode and set(mode) & set("wax+") and more.get("newline") is None:
            assert len(rest) < 4 or rest[3] is not None, f"{file}: ends of lines are left open"
        return written(file, mode, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(io, "open", opened)
    monkeypatch.setattr("builtins.open", opened)
    monkeypatch.chdir(tmp_path)
    place = requests(tmp_path)
    asked = ("来文单位=区市场监管局", "类别=系统应用")
    for words in (
        ("new", "set", "样板"),
        ("decide", WEIHAI, *asked, "--format", "json", "--output", "一件.json"),
        ("decide", WEIHAI, "--file", place, "--output", "多件.csv"),
        ("graph", WEIHAI, "--flow", "吹哨报到", "--format", "bpmn", "-o", "流程.bpmn"),
        ("diff", WEIHAI, str(SETS / "national"), "--out", "比较.txt"),
        ("import", place, "--as", "list", "--out", "清单.policy"),
        ("schema", "--output", "格式.json"),
    ):
        main(words)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"一件.json", "多件.csv", "流程.bpmn", "比较.txt", "格式.json"} <= {
        f.name for f in files
    }
    for file in files:
        if file.suffix != ".csv":
            assert b"\r" not in file.read_bytes(), file.name
