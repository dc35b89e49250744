"""Reports of a period: figures that can be counted by hand, on screen, page and worksheet."""

from __future__ import annotations

import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from zhunru import Request, open_cases, open_policy
from zhunru.compiler import CompiledPolicy
from zhunru.reports import (
    Period,
    Report,
    as_html,
    as_xlsx,
    from_history,
    from_store,
    make_report,
    with_ratings,
)
from zhunru.reports.dealings import Dealings, Decided, Worked
from zhunru.reports.figures import share
from zhunru.reports.page import charts_of
from zhunru.reports.sections import Chart, Section
from zhunru.runtime.service import CaseService
from zhunru.syntax.format_lines import width
from zhunru.syntax.workbook import open_workbook
from zhunru.vocabulary import Outcome
from zhunru.worktime import BEIJING
from zhunru_cli.main import main

SET = """政策 BG-1 "准入（示例，非官方）"
  施行 2020-01-01
单位
  | 名称       | 层级 | 上级     |
  | 柳河区     | 区   | -        |
  | 区民政局   | 部门 | 柳河区   |
  | 区统计局   | 部门 | 柳河区   |
  | 柳河街道   | 街道 | 柳河区   |
  | 向阳社区   | 社区 | 柳河街道 |
角色 社区居委会 每个 社区
参数 行政事务基数 20 项
表单 来件
  来文单位 单位 可无
  目标社区 单位 必填 主体
  事项 事项 必填
  类别 枚举 行政任务、检查考核、出具证明
清单 协助 类型 协助
  限额 每个 目标社区 每年 不超过 2 次 否则 拒绝 "超过频次" 代码 超频
  流程 办理
  | 编号 | 事项     |
  | A    | 低保核查 |
  | B    | 人口普查 |
清单 禁止 类型 禁止
  | 编号 | 事项     |
  | C    | 健在证明 |
判定 准入 对象 来件
  用语 准入、拒绝、暂缓、补正
  依次
    禁止
    协助
  默认 拒绝 "没有列入清单" 代码 未准入
流程 办理 "派单—办理" 止于 办结、退回
  | 环节 | 由         | 限         | 办理 → 去向                    | 到期 → 去向 |
  | 派单 | 街道       | 1 个工作日 | 派单 → 办理                    | 逾期 → 办理 |
  | 办理 | 社区居委会 | 5 个工作日 | 办毕 → 办结 并 记 已解决       | 逾期 → 退回 |
"""
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 12, 31)
PAST = """日期,来文单位,目标社区,事项,类别,是否办结,是否解决,满意度,按时响应,是否超期,承办单位,办结层级,事项来源
2026-03-02,区民政局,向阳社区,低保核查,行政任务,,,,,,,,
2026-03-03,区统计局,向阳社区,经济普查,行政任务,,,,,,,,
2026-04-03,区统计局,向阳社区,健在证明,出具证明,,,,,,,,
2025-04-03,区统计局,向阳社区,健在证明,出具证明,,,,,,,,
2026-05-01,,,,,是,是,满意,是,否,柳河街道,网格,联席会议
2026-05-02,,,,,是,否,不满意,否,是,柳河街道,社区,联席会议
2026-05-03,,,,,否,,,是,否,区民政局,,联席会议
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    (tmp_path / "往年.csv").write_text(PAST, encoding="utf-8")
    return tmp_path


def rows(report: Report, key: str) -> list[tuple[Any, ...]]:
    section = report.section(key)
    assert section is not None
    return [tuple(v[0] if isinstance(v, tuple) else v for v in row) for row in section.rows]


def percent(text: str) -> Decimal:
    return Decimal(text)


def test_a_file_of_past_requests_and_work(folder: Path) -> None:
    policy = open_policy(folder / "集.policy")
    report = make_report(policy, from_history(folder / "往年.csv", policy, YEAR, TODAY), YEAR)
    assert report.unread == 0
    assert rows(report, "departments") == [
        ("区统计局", 2, 0, 2, 0, 0, percent("100.0")),
        ("区民政局", 1, 1, 0, 0, 0, percent("0.0")),  # the first of the file: nothing used yet
    ]
    half = percent("50.0")
    assert set(rows(report, "reasons")) == {("禁止/C", 1, half), ("未准入", 1, half)}
    assert rows(report, "closing") == [("联席会议", 3, 2, 1, percent("66.7"))]
    assert rows(report, "rates") == [
        ("合计", 3, percent("66.7"), percent("50.0"), percent("50.0")),
        ("柳河街道", 2, percent("50.0"), percent("50.0"), percent("50.0")),
        ("区民政局", 1, percent("100.0"), None, None),
    ]
    assert rows(report, "overdue") == [("柳河街道", 2, 1, 0, percent("50.0"))]
    assert rows(report, "levels") == [
        ("网格", 1, percent("50.0"), percent("50.0")),
        ("社区", 1, percent("50.0"), percent("100.0")),
    ]
    assert [row[0] for row in rows(report, "months")] == ["2026-03", "2026-04", "2026-05"]


def test_a_store_of_cases(folder: Path) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)

    office = open_cases(str(folder / "办件.db"), create=True)
    asked = [
        ("区民政局", "低保核查", "2026-03-02"),
        ("区民政局", "人口普查", "2026-03-03"),
        ("区统计局", "经济普查", "2026-03-04"),
        ("区统计局", "低保核查", "2027-01-04"),  # after the period
    ]
    opened = []
    for number, (sender, matter, day) in enumerate(asked):
        facts = {"目标社区": "向阳社区", "事项": matter, "类别": "行政任务"}
        answer = office.submit(
            folder / "集.policy", facts, who=f"{sender} 甲", key=str(number), at=at(f"{day} 09:00")
        )
        opened += answer.get("opened", [])
    first = opened[0]["case"] if isinstance(opened[0], dict) else opened[0]
    office.act(first, "派单", {}, who="柳河街道 乙", key="a", at=at("2026-03-02 10:00"))
    office.act(first, "办毕", {}, who="向阳社区 丙", key="b", at=at("2026-03-02 11:00"))
    policy = open_policy(folder / "集.policy")
    report = make_report(policy, from_store(office.store, policy, YEAR), YEAR)
    office.close()
    assert rows(report, "departments") == [
        ("区民政局", 2, 2, 0, 0, 0, percent("0.0")),
        ("区统计局", 1, 0, 1, 0, 0, percent("100.0")),
    ]
    assert rows(report, "burden")[0] == ("行政事务（项）", 20, 20, 2, percent("90.0"))
    assert rows(report, "burden")[1] == ("出具证明（项）", 40, 40, 0, percent("100.0"))
    assert {row[1:] for row in rows(report, "quotas")} == {("向阳社区", 1, 2)}
    assert rows(report, "closing") == [("办理", 2, 1, 1, percent("50.0"))]
    assert rows(report, "levels") == [("街道", 1, percent("100.0"), percent("100.0"))]
    rates = {row[0]: row[1:] for row in rows(report, "rates")}
    assert rates["向阳社区"] == (1, percent("100.0"), percent("100.0"), None)


def test_a_part_of_a_year_is_compared_with_a_part_of_the_baseline() -> None:
    decided = [
        Decided(
            day=date(2026, 1, 5), department="甲", community="一", category=category,
            matter=f"{n}", outcome=Outcome.ADMIT, code="",
        )
        for n, category in enumerate(["检查考核"] * 3 + ["行政任务"])
    ]  # fmt: skip
    policy = open_policy("national")

    def burden(period: Period) -> list[Any]:
        return rows(make_report(policy, Dealings(tuple(decided)), period), "burden")

    month = burden(Period(date(2026, 1, 1), date(2026, 1, 31)))
    assert month[0] == ("行政事务（项）", 160, None, 1, None)
    assert month[2] == ("检查考核（次，最多的社区）", 100, 8, 3, percent("62.5"))
    year = burden(Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert year[0] == ("行政事务（项）", 160, 160, 1, percent("99.4"))
    assert year[2] == ("检查考核（次，最多的社区）", 100, 100, 3, percent("97.0"))
    assert burden(Period(date(2024, 1, 1), date(2025, 12, 31)))[2][2] == 200


def test_the_closing_rate_of_the_source_is_reproduced() -> None:
    cases = [
        Worked(day=date(2026, 5, 1), flow="联席会议", unit="", closed=n < 975, state="")
        for n in range(1242)
    ]
    report = make_report(open_policy("national"), Dealings((), tuple(cases)), YEAR)
    assert rows(report, "closing") == [("联席会议", 1242, 975, 267, percent("78.5"))]


DECIDED = st.builds(
    Decided,
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    department=st.sampled_from("甲乙丙"),
    community=st.sampled_from(["一", "二"]),
    category=st.sampled_from(["行政任务", "检查考核", "出具证明"]),
    matter=st.sampled_from("子丑寅卯"),
    outcome=st.sampled_from(list(Outcome)),
    code=st.sampled_from(["超频", "未准入"]),
)
WORKED = st.builds(
    Worked,
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    flow=st.sampled_from(["调解", "热线"]),
    unit=st.sampled_from("甲乙"),
    closed=st.booleans(),
    state=st.just(""),
    overdue=st.booleans(),
    answered=st.none() | st.booleans(),
    solved=st.none() | st.booleans(),
    satisfied=st.none() | st.booleans(),
    level=st.sampled_from(["网格", "社区", "街道"]),
)
POLICY = open_policy("national")


@given(st.lists(DECIDED, max_size=40), st.lists(WORKED, max_size=40))
def test_every_request_and_case_is_counted_once(
    decided: list[Decided], worked: list[Worked]
) -> None:
    report = make_report(POLICY, Dealings(tuple(decided), tuple(worked)), YEAR)
    if decided:
        departments = rows(report, "departments")
        assert sum(row[1] for row in departments) == len(decided)
        assert all(sum(row[2:6]) == row[1] for row in departments)
    if worked:
        flows = [row for row in rows(report, "closing") if row[0] != "合计"]
        assert sum(row[1] for row in flows) == len(worked)
        assert all(row[2] + row[3] == row[1] for row in flows)
    shares = [v for s in report.sections for row in s.rows for v in row if isinstance(v, Decimal)]
    assert all(value <= 100 for value in shares)
    json.dumps(report.to_dict())


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_rounded_half_up(part: int, whole: int) -> None:
    found = share(part, whole)
    assert found is not None
    assert abs(found - Decimal(100) * part / whole) <= Decimal("0.05")
    assert share(part, 0) is None


def test_equal_scores_share_a_rank() -> None:
    scores = {"甲局": Decimal("91.5"), "乙局": Decimal("91.5"), "丙局": Decimal(80)}
    report = make_report(POLICY, Dealings(ratings={"部门评议": scores}), YEAR)
    assert [row[1:3] for row in rows(report, "ranking")] == [(1, "乙局"), (1, "甲局"), (3, "丙局")]


# --- shown ---------------------------------------------------------------------------------------


def some() -> Report:
    decided = Decided(
        day=date(2026, 3, 1), department='</script><img src="http://x/">', community="一",
        category="行政任务", matter="=1+1", outcome=Outcome.REFUSE, code="<b>",
    )  # fmt: skip
    return make_report(POLICY, Dealings((decided,)), YEAR)


@pytest.mark.parametrize(("language", "word"), [("zh", "拒绝理由"), ("en", "Reasons of refusal")])
def test_the_page_is_one_file_that_asks_no_network(language: Any, word: str) -> None:
    page = as_html(some(), language)
    assert word in page
    assert "&lt;/script&gt;&lt;img" in page
    ours = re.sub(r"<script>/\*.*?</script>|<script>\s*/\*.*?</script>", "", page, flags=re.S)
    assert "<img" not in ours
    assert not re.search(
        r'<(?:link|script|img|iframe)[^>]*(?:src|href)="', page.split("<script>")[0]
    )
    charts = re.search(r'id="charts">(.*?)</script>', page, re.S)
    assert charts is not None
    drawn = json.loads(charts[1])
    assert drawn["departments"]["xAxis"]["data"] == ['</script><img src="http://x/">']
    assert drawn["departments"]["series"][1]["data"] == [1]
    assert "default-src 'none'" in page


def test_the_workbook_holds_the_same_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(some())))
    sheet = book["各部门来件与结论"]
    assert [cell.value for cell in sheet[3]][1:] == [1, 0, 1, 0, 0, 100]
    assert sheet["A3"].data_type == "s"


def many() -> Report:
    decided = [
        Decided(
            day=date(2026, month, 1), department=f"区第{n}局\x07" + "办公室" * 12, community="一",
            category="行政任务", matter="人口普查", outcome=Outcome.REFUSE, code="超频",
        )
        for month in (3, 4) for n in range(600)
    ]  # fmt: skip
    worked = [
        Worked(day=date(2026, 3, 2), closed=n > 0, flow="联席会议", unit="柳河街道", state="办结")
        for n in range(3)
    ]
    return make_report(POLICY, Dealings(tuple(decided), tuple(worked)), YEAR)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_can_be_read_and_printed_as_it_opens(language: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(many(), language)))
    at = 0 if language == "zh" else 1
    for section in many().sections:
        sheet = book[section.title[at][:31]]
        assert sheet.freeze_panes == "A3"
        assert sheet.print_title_rows == "$1:$2"
        widths = [
            sheet.column_dimensions[sheet.cell(2, n).column_letter].width
            for n in range(1, len(section.columns) + 1)
        ]
        assert all(8 <= wide <= 42 for wide in widths)
        for row in sheet.iter_rows(min_row=3, max_row=len(section.rows) + 2):
            for cell, value in zip(row, section.rows[row[0].row - 3], strict=False):
                if isinstance(value, int | Decimal):
                    assert (cell.data_type, Decimal(str(cell.value))) == ("n", value)
                elif value is not None and cell.data_type == "s":
                    assert cell.alignment.wrap_text
        if section.note[at]:
            note = sheet.cell(len(section.rows) + 4, 1)
            assert note.value == section.note[at]
            assert note.alignment.wrap_text
            (merged,) = (one for one in sheet.merged_cells.ranges if one.min_row == note.row)
            letters = map(get_column_letter, range(1, merged.max_col + 1))
            room = sum(sheet.column_dimensions[letter].width for letter in letters)
            lines = (sheet.row_dimensions[note.row].height or 0) / 15
            assert lines * room >= width(note.value)


def test_days_and_months_of_the_workbook_are_days_and_the_reader_reads_them(tmp_path: Path) -> None:
    data = as_xlsx(many())
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [book["逐月走势"].cell(n, 1).value for n in (3, 4)] == [
        datetime(2026, 3, 1),
        datetime(2026, 4, 1),
    ]
    assert book["逐月走势"]["A3"].number_format == "yyyy-mm"
    assert book["说明"]["B3"].value == datetime(2026, 1, 1)
    read, found = open_workbook(data, "报告.xlsx")
    assert (read is not None, found) == (True, [])
    assert read is not None
    texts = {sheet.name: [row.texts for row in sheet.rows()] for sheet in read.sheets}
    assert texts["逐月走势"][2:4] == [
        ["2026-03-01", "600", "600", "3", *texts["逐月走势"][2][4:]],
        ["2026-04-01", "600", "600", "0", *texts["逐月走势"][3][4:]],
    ]
    assert texts["总览"][2][:2] == ["来件", "1200"]
    assert texts["办结率"][2][:5] == ["联席会议", "3", "2", "1", "66.7"]
    assert texts["说明"][0][:2] == ["规则集", POLICY.code]
    assert texts["说明"][2:4] == [["统计起日", "2026-01-01"], ["统计止日", "2026-12-31"]]


def test_a_report_on_nothing_is_a_workbook_that_says_of_what() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(make_report(POLICY, Dealings(), YEAR))))
    assert book.sheetnames == ["说明"]


def test_the_command_prints_and_writes(folder: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(folder)
    words = ["report", "集.policy", "--history", "往年.csv", "--from", "2026-01-01"]
    assert main([*words, "--to", "2026-12-31", "--html", "报告.html", "--xlsx", "报告.xlsx"]) == 0
    out, err = capsys.readouterr()
    assert "BG-1：2026-01-01 至 2026-12-31" in out
    assert re.search(r"联席会议\s+3\s+2\s+1\s+66.7", out)
    assert "已写出 报告.html" in err
    assert (folder / "报告.xlsx").read_bytes()[:2] == b"PK"
    assert main([*words, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr()[0])
    assert data["sections"][0]["key"] == "overview"
    assert main(["--lang", "en", *words]) == 0
    assert "Closing rate" in capsys.readouterr()[0]
    assert main(["report", "集.policy"]) == 2
    assert main([*words, "--to", "2025-01-01"]) == 2


def test_ratings_from_below_become_a_ranking(folder: Path) -> None:
    text = SET + "评价 部门评议 对象 部门 每年\n  评分人 社区\n  指标 支持 权重 100%\n"
    (folder / "集.policy").write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "部门评议"
    for row in (
        ["对象", "指标", "评分人", "得分"],
        ["区民政局", "支持", "社区", 90],
        ["区统计局", "支持", "社区", 75],
    ):
        sheet.append(row)
    book.save(folder / "部门评议.xlsx")
    policy = open_policy(folder / "集.policy")
    dealings = with_ratings(Dealings(), policy, folder / "部门评议.xlsx", date(2026, 12, 31))
    assert rows(make_report(policy, dealings, YEAR), "ranking") == [
        ("部门评议", 1, "区民政局", percent("90.0")),
        ("部门评议", 2, "区统计局", percent("75.0")),
    ]


def test_uses_of_a_quota_are_counted_down_a_file_and_the_one_too_many_is_refused(
    tmp_path: Path,
) -> None:
    """Two a year: of three in 2026 the third is refused, and the first of 2027 comes in again."""
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    lines = ["日期,来文单位,目标社区,事项,类别"]
    lines += [
        f"{day},区民政局,向阳社区,低保核查,行政任务"
        for day in ("2026-03-02", "2026-05-06", "2026-09-01", "2027-01-04")
    ]
    (tmp_path / "往年.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    policy = open_policy(tmp_path / "集.policy")
    both = Period(date(2026, 1, 1), date(2027, 12, 31))
    report = make_report(policy, from_history(tmp_path / "往年.csv", policy, both, TODAY), both)
    assert rows(report, "departments") == [("区民政局", 4, 3, 1, 0, 0, percent("25.0"))]
    assert [row[0] for row in rows(report, "reasons")] == ["超频"]
    ((_, subject, used, limit),) = rows(report, "quotas")
    assert (subject, used, limit) == ("向阳社区", 3, 2)


def test_days_as_offices_write_them_count_where_they_lie_and_unreadable_ones_are_told(
    folder: Path,
) -> None:
    """A day that cannot be read was taken for the last of the period."""
    days = ("2026.3.2", "2026年4月5日 9:00", "二〇二六年五月六日", "2026.13.1")
    lines = ["登记日期,承办单位,流程,是否办结", *(f"{day},柳河街道,联席会议,是" for day in days)]
    (folder / "旧账.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    policy = open_policy(folder / "集.policy")
    report = make_report(policy, from_history(folder / "旧账.csv", policy, YEAR, TODAY), YEAR)
    assert report.unread == 1
    assert [row[0] for row in rows(report, "months")] == ["2026-03", "2026-04", "2026-05"]


def test_every_section_says_what_it_counts(folder: Path) -> None:
    policy = open_policy(folder / "集.policy")
    report = make_report(policy, from_history(folder / "往年.csv", policy, YEAR, TODAY), YEAR)
    assert len(report.sections) >= 8
    assert all(section.note[0] and section.note[1] for section in report.sections)


def test_long_names_stay_apart_beside_their_bars() -> None:
    office = "示例区关于城镇老旧小区改造期间居民临时安置工作专项领导小组第{}分组"
    rows = tuple((office.format(number), number) for number in range(3))
    heads = (("来文单位", "department"), ("来件", "requests"))
    section = Section("long", ("长名", "long names"), heads, rows, Chart("bar", 0, (1,)))
    drawn = charts_of(Report("X", "0" * 64, Period(None, None), (section,)))["long"]
    names = drawn["yAxis"]["data"]  # read across, not as a tower of characters below the bar
    assert len(set(names)) == 3 and all(len(name) <= 15 for name in names)
    assert office.format(1) in as_html(Report("X", "0" * 64, Period(None, None), (section,)))


# --- rows that cannot be read --------------------------------------------------------------------

HEADS = ["日期", "来文单位", "目标社区", "事项", "类别", "是否办结"]
SOUND = ["2026-03-02", "区民政局", "向阳社区", "低保核查", "行政任务", ""]


def spoilt(at: int, text: str) -> list[str]:
    return [text if n == at else cell for n, cell in enumerate(SOUND)]


def test_a_row_that_cannot_be_read_is_named_by_sheet_and_row_with_its_code(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "来件"
    for row in (
        ["柳河区 2026 年来件"],
        HEADS,
        SOUND,
        spoilt(0, "2026-02-30"),
        spoilt(4, "没有这一类"),
        ["2026-03-05", "区民政局", "向阳社区", "", "", ""],
    ):
        sheet.append(row)
    book.save(folder / "来件.xlsx")
    policy = open_policy(folder / "集.policy")
    report = make_report(policy, from_history(folder / "来件.xlsx", policy, YEAR, TODAY), YEAR)
    assert [(row.file, row.sheet, row.row, row.code) for row in report.unread_rows] == [
        ("来件.xlsx", "来件", 4, "ZR705"),
        ("来件.xlsx", "来件", 5, "ZR702"),
        ("来件.xlsx", "来件", 6, "ZR711"),
    ]
    assert report.unread == 3
    assert "2026-02-30" in report.unread_rows[0].why[0]
    assert report.to_dict()["unread_rows"][1]["message"]["zh"] == report.unread_rows[1].why[0]
    page = as_html(report)
    assert "<td>ZR702</td>" in page and report.unread_rows[2].why[0] in page
    written = openpyxl.load_workbook(io.BytesIO(as_xlsx(report)))["没有读入的行"]
    assert [cell.value for cell in written[3]][:4] == ["来件.xlsx", "来件", 4, "ZR705"]


@pytest.mark.parametrize(
    ("name", "text", "row"),
    [
        ("a.csv", ",".join(HEADS) + "\n" + ",".join(spoilt(0, "三月初二")) + "\n", 2),
        ("a.jsonl", '{"类别":"行政任务"}\n{"日期":"三月初二"}\n', 2),
        ("a.json", '[{"类别":"行政任务"},{"类别":"行政任务"},{"日期":"三月初二"}]', 3),
    ],
)
def test_rows_of_every_kind_of_file_are_named_by_their_number(
    folder: Path, name: str, text: str, row: int
) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    policy = open_policy(folder / "集.policy")
    dealings = from_history(folder / name, policy, YEAR, TODAY)
    assert [(one.file, one.sheet, one.row) for one in dealings.unread_rows] == [(name, "", row)]


def test_rows_that_are_named_have_a_bound_and_the_others_are_counted(
    folder: Path, capsys: Any, monkeypatch: Any
) -> None:
    lines = [",".join(HEADS), *[",".join(spoilt(0, "三月初二"))] * 230]
    (folder / "坏.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    policy = open_policy(folder / "集.policy")
    report = make_report(policy, from_history(folder / "坏.csv", policy, YEAR, TODAY), YEAR)
    assert (report.unread, len(report.unread_rows)) == (230, 200)
    assert "另有 30 行没有列出。" in as_html(report)
    assert "30 more row(s) are not listed." in as_html(report, "en")
    monkeypatch.chdir(folder)
    assert main(["report", "集.policy", "--history", "坏.csv"]) == 1
    out = capsys.readouterr()[0]
    assert "  坏.csv 第 2 行：ZR705 " in out and "  坏.csv 第 13 行：" in out
    assert "第 14 行" not in out and "另有 218 行" in out


def test_a_case_that_was_only_passed_on_is_not_yet_answered(folder: Path) -> None:
    """Whoever has it may still answer in time: neither side of the rate."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)

    office = open_cases(str(folder / "办件.db"), create=True)
    facts = {"目标社区": "向阳社区", "事项": "低保核查", "类别": "行政任务"}
    answer = office.submit(
        folder / "集.policy", facts, who="区民政局 甲", key="1", at=at("2026-03-02 09:00")
    )
    (opened,) = answer["opened"]
    case = opened["case"] if isinstance(opened, dict) else opened
    office.act(case, "派单", {}, who="柳河街道 乙", key="a", at=at("2026-03-02 10:00"))
    policy = open_policy(folder / "集.policy")

    def answered() -> list[bool | None]:
        return [one.answered for one in from_store(office.store, policy, YEAR).worked]

    assert answered() == [None]
    office.act(case, "办毕", {}, who="向阳社区 丙", key="b", at=at("2026-03-02 11:00"))
    assert answered() == [True]
    office.close()


ASKED = """政策 MY-1 "回访（示例，非官方）"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级     |
  | 柳河街道 | 街道 | -        |
  | 向阳社区 | 社区 | 柳河街道 |
流程 办理 "办理—回访" 止于 办结、挂账
  | 环节 | 由   | 限         | 办理 → 去向                                               | 到期 → 去向 |
  | 办理 | 社区 | 5 个工作日 | 办毕 → 回访                                               | 逾期 → 回访 |
  | 回访 | 街道 | 不限时     | 满意 → 办结; 不满意 → 办理 不超过 2 次, 满后 → 挂账; 好评 → 复核 并 记 满意; 联系不上 → 办结; 满意度已送 → 办结 | - |
  | 复核 | 街道 | 不限时     | 仍不满意 → 办理 不超过 2 次, 满后 → 挂账; 归档 → 办结     | -           |
"""
DONE = "2026-03-03 09:00"


@pytest.mark.parametrize(
    ("verbs", "satisfied"),
    [
        ("办毕 满意", True),
        ("办毕 不满意 办毕 满意", True),
        ("办毕 不满意", False),
        ("办毕 不满意 办毕 联系不上", False),
        ("办毕 联系不上", None),
        ("办毕 满意度已送", None),
        ("办毕 好评 归档", True),
        ("办毕 好评 仍不满意", False),
    ],
)
def test_how_content_somebody_is_was_said_last(
    tmp_path: Path, verbs: str, satisfied: bool | None
) -> None:
    (tmp_path / "集.policy").write_text(ASKED, encoding="utf-8")
    policy = open_policy(tmp_path / "集.policy")
    service, case_id = begun(policy)
    for number, verb in enumerate(verbs.split()):
        who = "向阳社区" if verb == "办毕" else "柳河街道"
        service.act(case_id, verb, actor=who, key=f"{number}", at=DONE)
    (worked,) = from_store(service.store, policy, YEAR).worked
    assert worked.satisfied is satisfied


def begun(policy: CompiledPolicy) -> tuple[CaseService, str]:
    """A service over a store of its own, and a case opened by the community."""
    service = CaseService("memory:", policy)
    opened = service.open("办理", actor="向阳社区", key="开", at="2026-03-02 09:00")
    return service, opened.case_id


def test_what_was_due_while_nobody_could_act_is_no_delay(tmp_path: Path) -> None:
    (tmp_path / "集.policy").write_text(ASKED, encoding="utf-8")
    policy = open_policy(tmp_path / "集.policy")
    service, _ = begun(policy)
    service.beat("2026-03-03 09:00")
    again = CaseService(service.store, policy)
    again.start("2026-03-20 09:00")
    again.tick("2026-03-20 09:00")
    (worked,) = from_store(service.store, policy, YEAR).worked
    assert (worked.state, worked.overdue) == ("回访", False)


def test_who_had_not_answered_has_not_when_a_case_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "集.policy").write_text(ASKED, encoding="utf-8")
    policy = open_policy(tmp_path / "集.policy")
    service, case_id = begun(policy)
    service.act(case_id, "办毕", actor="向阳社区", key="1", at=DONE)
    service.withdraw(case_id, actor="向阳社区", key="2", at=DONE)
    (worked,) = from_store(service.store, policy, YEAR).worked
    assert (worked.unit, worked.closed, worked.answered) == ("柳河街道", True, None)


def test_an_admission_that_was_taken_back_uses_no_quota_and_burdens_nobody(folder: Path) -> None:
    policy = open_policy(folder / "集.policy")
    service = CaseService("memory:", policy)
    facts = {"目标社区": "向阳社区", "事项": "低保核查", "类别": "行政任务"}
    given = {"actor": "区民政局", "at": "2026-03-02 09:00"}
    first, second = (
        service.submit(Request(facts=facts, received=day), key=f"{day}", **given)
        for day in (date(2026, 3, 20), date(2026, 3, 21))
    )
    service.withdraw(second.case_id, key="3", **given)
    report = make_report(policy, from_store(service.store, policy, YEAR), YEAR)
    assert rows(report, "departments") == [("区民政局", 2, 2, 0, 0, 0, percent("0.0"))]
    assert [row[2] for row in rows(report, "quotas")] == [1]
    taken = [one.taken_back for one in from_store(service.store, policy, YEAR).decided]
    assert sorted(taken) == [False, True]
    assert rows(report, "burden")[0][3] == 1
    service.withdraw(first.case_id, key="4", **given)
    report = make_report(policy, from_store(service.store, policy, YEAR), YEAR)
    assert (report.section("quotas"), rows(report, "burden")[0][3]) == (None, 0)
