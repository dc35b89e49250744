"""Requests from files: formats, encodings, exact numbers, bounds, bad rows apart."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhunru import ZhunruError, read_requests
from zhunru.decision import QuotaUse
from zhunru.request_files import MAX_DOCUMENT, MAX_LINE

DAY = date(2026, 3, 2)


class _Policy:
    """Stands for a compiled policy: a form, a register and a quota."""

    model = SimpleNamespace(registers={"应急响应": None})

    def plan(self, name):
        fields = dict.fromkeys(("来文单位", "事项", "类别", "户数", "经费到位"))
        return SimpleNamespace(
            fields=fields, could_be_quota=lambda key: key.startswith("检查总量控制")
        )


POLICY = _Policy()


def _read(source, **given):
    return read_requests(source, POLICY, received=DAY, **given)


def _facts(source):
    return [dict(row.request.facts) for row in _read(source)]


@pytest.mark.parametrize(
    "encoded",
    [
        "来文单位,事项\n区民政局,低保核查\n".encode(),
        "\ufeff来文单位,事项\r\n区民政局,低保核查\r\n".encode(),
        "来文单位,事项\n区民政局,低保核查\n".encode("gb18030"),
        "来文单位\t事项\n区民政局\t低保核查".encode("utf-16"),
        "来文单位,事项\r\n区民政局,低保核查\r\n".encode("utf-16-le"),
        "来文单位,事项\r\n区民政局,低保核查\r\n".encode("utf-16-be"),
        "来文单位;事项\n\n区民政局;低保核查\n;\n".encode(),
    ],
    ids=[
        "utf-8",
        "mark and CRLF",
        "gb18030",
        "utf-16 and tabs",
        "le",
        "be",
        "semicolons and empty rows",
    ],
)
def test_a_sheet_reads_the_same_in_every_encoding(tmp_path, encoded):
    path = tmp_path / "来件.csv"
    path.write_bytes(encoded)
    assert _facts(path) == [{"来文单位": "区民政局", "事项": "低保核查"}]


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_titles_totals_and_notes_around_a_table_are_no_requests(tmp_path, separator):
    text = (
        "来件明细表\n填报单位：民政局,,\n\n序号,来文单位,事项\n1,区民政局,低保核查\n"
        "2,区统计局,合计数核对\n合  计,,2件\n填表人：李某  审核人：张某,,\n"
    )
    path = tmp_path / "来件.csv"
    path.write_bytes(text.replace(",", separator).encode("gb18030"))
    assert _facts(path) == [
        {"来文单位": "区民政局", "事项": "低保核查"},
        {"来文单位": "区统计局", "事项": "合计数核对"},
    ]
    assert [row.span.line for row in _read(path)] == [5, 6]


@pytest.mark.parametrize("heading", ["收文日期", "收文时间", "收件时间"])
def test_the_day_of_receipt_may_have_a_time_of_day_behind_it(tmp_path, heading):
    path = tmp_path / "来件.csv"
    path.write_text(f"{heading},事项\n2026-03-02 09:30:00,普查\n2026年3月4日 9:05,普查\n", "utf-8")
    assert [row.request.received.day for row in _read(path)] == [2, 4]


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
@pytest.mark.parametrize("title", ["一季度,二季度,三季度", "甲;乙", "柳河区，共二件", "号\t2"])
def test_a_title_does_not_tell_what_separates_the_cells(tmp_path, title, separator):
    path = tmp_path / "来件.csv"
    text = '"来文单位",事项\n区民政局,低保核查\n"区统计局","普查"\n'
    path.write_text(f"{title}\n{text.replace(',', separator)}", encoding="utf-8")
    wanted = {"来文单位": "区民政局", "事项": "低保核查"}
    assert _facts(path) == [wanted, {"来文单位": "区统计局", "事项": "普查"}]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_line_that_tells_how_to_fill_in_the_columns_is_not_their_headings(tmp_path, separator):
    path = tmp_path / "来件.csv"
    text = "来文单位,类别,事项\n区民政局,行政任务,低保核查\n".replace(",", separator)
    path.write_text(f"来文单位，类别，事项三栏必填\n{text}", encoding="utf-8")
    assert _facts(path) == [{"来文单位": "区民政局", "类别": "行政任务", "事项": "低保核查"}]


def test_what_a_heading_means_may_stand_beside_the_file(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("发文机关,来文时间,干什么,经办\n区民政局,上午,普查,李\n", encoding="utf-8")
    beside = tmp_path / "来件.栏目.yaml"
    beside.write_text("栏目:\n  发文机关: 来文单位\n  干什么: 事项\n  经办: 不读\n", "utf-8")
    rows = _read(path)
    assert rows.columns == ("来文单位", "来文时间", "事项", "") and rows.unused == ("来文时间",)
    (row,) = rows
    assert row.request.facts == {"来文单位": "区民政局", "事项": "普查"}
    beside.write_text("标题行: 2\n", encoding="utf-8")
    assert _read(path).columns == ("区民政局", "上午", "普查", "李")
    beside.write_text("栏: 2\n", encoding="utf-8")
    with pytest.raises(ZhunruError):
        _read(path)


def test_the_first_row_is_the_headings_where_none_shows_two_known_names(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("事项,备注\n事项,来文单位甲\n", encoding="utf-8")
    assert _facts(path) == [{"事项": "事项"}]


@pytest.mark.parametrize("said", ["2026.5.1", "2026年5月1日", "2026/5/1", "二〇二六年五月一日"])
def test_the_day_of_receipt_may_be_written_as_offices_do(tmp_path, said):
    path = tmp_path / "来件.csv"
    path.write_text(f"事项,收件日期,来文单位\n甲,{said},乙\n", encoding="utf-8")
    (row,) = _read(path)
    assert row.request.received == date(2026, 5, 1)


def test_a_damaged_sheet_is_refused_with_its_place_instead_of_read_as_nonsense(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_bytes("来文单位,事项\n区民政局,低保核查\n区民政".encode() + b"\xff\n")
    with pytest.raises(ZhunruError) as caught:
        _facts(path)
    (found,) = caught.value.diagnostics
    assert found.code == "ZR804"
    assert found.span.line == 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("end", "cut"),
    [("\ud800", 0), ("\udc00局", 0), ("局", 1)],
    ids=["half a pair", "inside", "cut"],
)
def test_a_sheet_of_utf_16_that_is_damaged_is_refused_with_its_place(tmp_path, encoding, end, cut):
    path = tmp_path / "来件.csv"
    # ਊ is 0x0A0A: bytes of a line end that end no line.
    text = f"\ufeff来文单位,事项\n区民政局,上街ਊ\n区民政{end}".encode(encoding, "surrogatepass")
    path.write_bytes(text[: len(text) - cut])
    with pytest.raises(ZhunruError) as caught:
        _facts(path)
    (found,) = caught.value.diagnostics
    assert found.code == "ZR804"
    assert found.span.line == 3


def test_columns_that_mean_nothing_stay_with_the_row_and_are_no_facts(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("序号,事项,备注\n1,甲,加急\n", encoding="utf-8")
    rows = _read(path)
    assert rows.unused == ("序号", "备注")
    (row,) = rows
    assert row.request.facts == {"事项": "甲"}
    assert row.given == {"序号": "1", "事项": "甲", "备注": "加急"}
    assert row.span.line == 2


def test_an_empty_cell_is_unknown_and_not_nothing(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("来文单位,事项\n,甲\n无,乙\n", encoding="utf-8")
    assert _facts(path) == [{"事项": "甲"}, {"来文单位": "无", "事项": "乙"}]


def test_a_row_that_is_too_long_costs_itself_only(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text('来文单位,事项\na,b,c\n"区,局","两\n行"\nd,e\n', encoding="utf-8")
    rows = list(_read(path))
    assert [row.span.line for row in rows] == [2, 3, 5]
    assert [f.code for f in rows[0].findings] == ["ZR785"]
    assert rows[0].request is None
    assert rows[1].request.facts == {"来文单位": "区,局", "事项": "两\n行"}
    assert rows[2].request.facts == {"来文单位": "d", "事项": "e"}


def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_behind_it(tmp_path):
    path = tmp_path / "来件.csv"
    lines = ["来文单位,事项", '坏,"甲', *(f"局{n},事{n}" for n in range(200))]
    path.write_text("\n".join(lines), encoding="utf-8")
    facts = _facts(path)
    assert len(facts) == 201
    assert facts[1] == {"来文单位": "局0", "事项": "事0"}
    assert facts[-1] == {"来文单位": "局199", "事项": "事199"}


@pytest.mark.parametrize(
    ("name", "head", "good"), [("a.csv", "事项\n", "甲\n"), ("a.jsonl", "", '{"事项": "甲"}\n')]
)
def test_a_row_without_end_costs_itself_only(tmp_path, name, head, good):
    path = tmp_path / name
    quoted = '"' + ("长" * 60_000 + "\n") * 3 + '"\n' if name == "a.csv" else ""
    text = head + "长" * (3 * MAX_LINE) + "\n" + quoted + good
    path.write_text(text, encoding="utf-8")
    *bad, last = _read(path)
    assert bad
    assert {found.code for row in bad for found in row.findings} == {"ZR784"}
    assert last.request.facts == {"事项": "甲"}


def test_headings_that_stand_twice_are_refused(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("事项,事项\na,b\n", encoding="utf-8")
    with pytest.raises(ZhunruError) as caught:
        _facts(path)
    assert caught.value.diagnostics[0].code == "ZR783"


def test_json_numbers_are_exact(tmp_path):
    path = tmp_path / "来件.json"
    path.write_text('[{"户数": 0.1}, {"户数": 12345678901234567890.5, "经费到位": true}]')
    first, second = _facts(path)
    assert first == {"户数": Decimal("0.1")}
    assert second == {"户数": Decimal("12345678901234567890.5"), "经费到位": True}
    assert not isinstance(first["户数"], float)


@pytest.mark.parametrize(
    "line",
    [
        '{"事项": "甲", "事项": "乙"}',
        '{"户数": 1e999999999}',
        '{"户数": NaN}',
        '{"事项": ',
        "[" * 100_000,
        "7",
        '{"事项": {"a": 1}}',
        '{"户数": ' + "9" * 5000 + "}",
    ],
    ids=["twice", "huge", "nan", "cut", "deep", "number", "nested", "digits"],
)
def test_a_bad_json_line_is_a_finding_and_the_next_line_is_read(tmp_path, line):
    path = tmp_path / "来件.jsonl"
    path.write_text(line + '\n\n{"事项": "丙", "来文单位": null}\n', encoding="utf-8")
    bad, good = _read(path)
    assert bad.request is None
    assert bad.findings[0].code.startswith("ZR78")
    assert good.request.facts == {"事项": "丙"}
    assert good.span.line == 3


def test_yaml_scalars_are_texts(tmp_path):
    path = tmp_path / "来件.yaml"
    path.write_text("- {事项: 12:30, 经费到位: 是}\n- 事项: on\n", encoding="utf-8")
    assert _facts(path) == [{"事项": "12:30", "经费到位": "是"}, {"事项": "on"}]


def test_one_mapping_is_one_request(tmp_path):
    for name, text in (("a.yaml", "事项: 甲\n"), ("a.json", '{"事项": "甲"}')):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert _facts(path) == [{"事项": "甲"}]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.yaml", "- &a {事项: 甲}\n- *a\n", "ZR821"),
        ("a.yaml", "- {事项: 甲", "ZR820"),
        ("a.json", " " * (MAX_DOCUMENT + 1), "ZR784"),
        ("a.csv", "长" * (MAX_LINE + 1), "ZR784"),
        ("a.xls", "", "ZR780"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path, name, text, code):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ZhunruError) as caught:
        list(_read(path))
    assert code in {found.code for found in caught.value.diagnostics}


def test_a_missing_file_says_so(tmp_path):
    for name in ("没有.csv", "没有.json", "没有.jsonl"):
        with pytest.raises(ZhunruError) as caught:
            list(_read(tmp_path / name))
        assert caught.value.diagnostics[0].code == "ZR801"
        assert "没有这个文件" in caught.value.diagnostics[0].zh


def test_registers_quotas_and_the_day_are_told_from_facts():
    given = {
        "事项": "甲",
        "应急响应": "有效",
        "检查总量控制.每年": "11次",
        "检查总量控制 的 每年已计": "是",
        "日期": "2026-05-01",
    }
    (row,) = _read([given], asserted_by="街道")
    assert row.request.facts == {"事项": "甲"}
    assert row.request.registers == {"应急响应": True}
    assert row.request.quotas == {"检查总量控制.每年": QuotaUse(used=11, counted=True)}
    assert row.request.received == date(2026, 5, 1)
    assert row.request.asserted_by == "街道"


@pytest.mark.parametrize("held", [True, False])
def test_whether_a_register_has_rows_in_force_may_be_a_truth_value(held):
    (row,) = _read([{"事项": "甲", "应急响应": held}])
    assert row.findings == () and row.request.registers == {"应急响应": held}


def test_a_column_of_a_register_or_a_quota_in_a_file_is_used(tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("事项,应急响应,检查总量控制.每年,备注\n甲,无,3,x\n", encoding="utf-8")
    rows = _read(path)
    assert rows.unused == ("备注",)
    (row,) = rows
    assert row.request.registers == {"应急响应": False}
    assert row.request.quotas == {"检查总量控制.每年": QuotaUse(used=3)}


def test_registers_may_be_rows_and_quotas_mappings():
    rows = [{"起止": "2026-01-01 至 2026-12-31", "范围": ["甲社区"]}]
    given = {"应急响应": rows, "检查总量控制.每年": {"已用": Decimal(3), "已计": False}}
    (row,) = _read([given])
    assert row.request.registers["应急响应"][0]["范围"] == ("甲社区",)
    assert row.request.quotas == {"检查总量控制.每年": QuotaUse(used=3)}


def test_a_quota_under_two_spellings_that_differ_is_no_use_of_it():
    given = {"检查总量控制 的 每年已用": "3", "检查总量控制.每年": "3次"}
    (row,) = _read([given])
    assert row.request.quotas == {"检查总量控制.每年": QuotaUse(used=3)}
    (row,) = _read([{**given, "检查总量控制.每年": "11"}])
    assert row.request is None
    assert [found.code for found in row.findings] == ["ZR783"]


@pytest.mark.parametrize(
    "given",
    [
        {"检查总量控制.每年": "-1"},
        {"检查总量控制.每年": "1.5"},
        {"检查总量控制.每年": "很多"},
        {"检查总量控制.每年已计": "也许"},
        {"检查总量控制.每年": {"已用": 3, "上限": 12}},
        {"应急响应": "可能"},
        {"日期": "3月2日"},
        {"事项": {"a": "b"}},
    ],
)
def test_a_value_that_cannot_be_read_is_never_skipped(given):
    (row,) = _read([given])
    assert row.request is None
    assert [found.code for found in row.findings] == ["ZR786"]


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "yaml"])
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.text(alphabet='事项类别,"\n{}[]:- \t&*!|0123.e', max_size=200).map(str.encode),
    )
)
def test_no_bytes_make_the_reader_fail_in_another_way(tmp_path, suffix, data):
    path = tmp_path / f"来件.{suffix}"
    path.write_bytes(data)
    try:
        rows = list(_read(path))
    except ZhunruError as rejected:
        assert rejected.diagnostics
    else:
        assert all(bool(row.findings) == (row.request is None) for row in rows)


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.jsonl"
        line = json.dumps({"事项": "甲" * 50}, ensure_ascii=False) + "\n"
        path.write_text(line * count, encoding="utf-8")
        tracemalloc.start()
        for _ in _read(path):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(100)
    assert peak(20_000) < 2 * peak(2_000)


@pytest.mark.parametrize("heading", ["日期", "date", "收件日期", "收到日期", "收文日期"])
def test_the_day_of_receipt_is_known_by_the_names_that_offices_give_it(tmp_path, heading):
    path = tmp_path / "来件.csv"
    path.write_text(f"来文单位,{heading}\n区民政局,2026-03-05\n区民政局,2026-13-05\n区民政局,\n")
    dated, wrong, undated = _read(path)
    assert dated.request.received == date(2026, 3, 5)
    assert wrong.request is None
    assert undated.request.received == DAY


def test_what_was_received_at_a_moment_was_received_on_its_day():
    (row,) = _read([{"来文单位": "区民政局", "收文日期": datetime(2026, 3, 2, 9, 30)}])
    assert type(row.request.received) is date
    assert row.request.received == date(2026, 3, 2)


def test_a_quota_is_used_so_many_times_whole_and_not_below_none():
    used = [0, 3, "3", "3 次", Decimal(12)]
    for value in used:
        (row,) = _read([{"检查总量控制.每年": value}])
        assert row.request.quotas["检查总量控制.每年"].used == int(str(value).removesuffix("次"))
    for value in (-1, "-1", "1.5", "³", "一", True, "1" * 10):
        (row,) = _read([{"检查总量控制.每年": value}])
        assert [found.code for found in row.findings] == ["ZR786"], value
