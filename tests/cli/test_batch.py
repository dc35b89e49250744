"""Many decisions: each written as it is made, errors apart, counts at the end."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import pytest

from zhunru.codes import diagnose
from zhunru.diagnostics import Span
from zhunru.errors import RequestRejected
from zhunru.request_files import RequestRow
from zhunru_cli import batch
from zhunru_cli.surface import Surface, cells

ZH = Surface("zh")


def _row(line: int, **given: str) -> RequestRow:
    return RequestRow(Span("来件.csv", 0, 0, line, 1), given, SimpleNamespace(given=given))


def _unread(line: int) -> RequestRow:
    span = Span("来件.csv", 0, 0, line, 1)
    return RequestRow(span, {"事项": "x"}, None, (diagnose("ZR785", span, more=2),))


@pytest.fixture(autouse=True)
def _width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


def _run(form, rows, decide, columns=("编号", "事项")):
    out = io.StringIO()
    with batch.writer_for(form, out, columns, ZH) as writer:
        tally = batch.run(rows, decide, writer, lambda number: None)
    return out.getvalue(), tally


def test_a_bad_row_is_no_refusal_and_does_not_stop_the_run(answer):
    rows = [_row(2, 事项="甲"), _unread(3), _row(4, 事项="乙")]
    shown, tally = _run("text", rows, lambda request: answer())
    assert (tally.decided, tally.errors) == (2, 1)
    lines = shown.splitlines()
    assert lines[2].startswith("2        不予准入      考核不得延伸")
    assert lines[3].startswith("3        读不了        ZR785")
    assert "这一行比标题行多 2 格" in lines[3]
    assert lines[4].startswith("4        不予准入")


@pytest.mark.parametrize("form", ["text", "csv", "json", "jsonl"])
def test_a_row_that_could_not_be_read_is_told_with_what_to_write(answer, form):
    shown, _ = _run(form, [_unread(3)], lambda request: answer())
    assert diagnose("ZR785", Span("来件.csv", 0, 0, 3, 1), more=2).help("zh") in shown


@pytest.mark.parametrize("screen", [True, False])
def test_a_long_reason_goes_on_below_on_a_screen_only(answer, screen, monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: screen)
    monkeypatch.setenv("COLUMNS", "100")
    reason = "这一条" * 60
    monkeypatch.setattr(batch, "reason_text", lambda answer, surface: reason)
    with batch.writer_for("text", out, (), ZH) as writer:
        batch.run([_row(2)], lambda request: answer(), writer, lambda number: None)
    lines = out.getvalue().splitlines()
    assert (reason in out.getvalue()) is not screen
    assert reason == "".join(line[37:].strip() for line in lines[2:]).replace(" ", "")
    assert screen is (max(map(cells, lines)) <= 100)


def test_nothing_of_a_long_code_is_cut_on_a_screen(answer, monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True)
    code = "社区依法出具证明事项清单/居住证明-001"
    with batch.writer_for("text", out, (), ZH) as writer:
        tally = batch.run([_row(2)], lambda request: answer(code=code), writer, lambda number: None)
    first, second = out.getvalue().splitlines()[2:4]
    assert first.endswith(code) and second.strip() and second.startswith(" " * 40)
    assert code in str(tally.reasons)


def test_a_request_that_the_engine_rejects_is_a_bad_row_too(answer):
    def decide(request):
        raise RequestRejected([diagnose("ZR785", Span("", 0, 0, 0, 0), more=1)])

    shown, tally = _run("jsonl", [_row(2, 事项="甲")], decide)
    assert tally.errors == 1
    assert json.loads(shown)["errors"][0]["code"] == "ZR785"


def test_a_mistake_of_ours_in_one_row_does_not_cost_the_others(answer):
    def decide(request):
        if request.given["事项"] == "甲":
            raise KeyError("x")
        return answer()

    shown, tally = _run("jsonl", [_row(2, 事项="甲"), _row(3, 事项="乙")], decide)
    first, second = map(json.loads, shown.splitlines())
    assert first["errors"][0]["code"] == "ZR901"
    assert second["outcome"] == "refuse"
    assert (tally.decided, tally.errors, tally.internal) == (1, 1, 1)


def test_output_that_cannot_be_written_ends_the_run(answer):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        batch.run([_row(2)], lambda r: answer(), batch.LinesWriter(Full()), lambda number: None)


def test_the_sheet_keeps_the_columns_given_and_adds_the_result(answer):
    rows = [_row(2, 编号="1", 事项="甲"), _unread(3)]
    shown, _ = _run("csv", rows, lambda request: answer())
    head, first, second = csv.reader(io.StringIO(shown))
    assert head[:4] == ["行", "编号", "事项", "结论"]
    assert first[:5] == ["2", "1", "甲", "不予准入", "考核不得延伸"]
    assert second[3:5] == ["读不了", "ZR785"]


@pytest.mark.parametrize(
    ("given", "written"),
    [("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("@x", "'@x"), ("-3", "-3"), ("+1.5", "+1.5")],
)
def test_no_cell_of_a_request_runs_as_a_formula(answer, given, written):
    shown, _ = _run("csv", [_row(2, 编号="1", 事项=given)], lambda request: answer())
    assert list(csv.reader(io.StringIO(shown)))[1][2] == written


def test_json_is_one_array_even_when_empty(answer):
    shown, _ = _run("json", [_row(2, 事项="甲"), _row(3, 事项="乙")], lambda request: answer())
    assert [item["row"] for item in json.loads(shown)] == [2, 3]
    assert json.loads(_run("json", [], lambda request: answer())[0]) == []


def test_the_summary_counts_outcomes_and_reasons(answer, capsys):
    answers = [answer(), answer(), answer(outcome="admit", wording="准入", code="XZ-01")]
    rows = [_row(number) for number in range(3)]
    _, tally = _run("jsonl", rows, lambda request: answers.pop())
    tally.errors = 4
    batch.print_summary(tally, ZH, error=False)
    words = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    assert words[0] == ["共", "7", "件"]
    assert words[1:5] == [["不予准入", "2"], ["考核不得延伸", "2"], ["准入", "1"], ["XZ-01", "1"]]
    assert words[5][0] == "4"


def test_rows_are_decided_one_at_a_time(answer):
    read = []

    def rows():
        for number in range(5):
            read.append(number)
            yield _row(number)

    seen = []
    _run("jsonl", rows(), lambda request: seen.append(len(read)) or answer())
    assert seen == [1, 2, 3, 4, 5]


def test_an_output_file_is_whole_or_absent(tmp_path):
    target = tmp_path / "结果.csv"
    with pytest.raises(RuntimeError), batch.opened(target, "csv") as out:
        out.write("半")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with batch.opened(target, "csv") as out:
        out.write("全")
    assert target.read_bytes() == "\ufeff全".encode()
