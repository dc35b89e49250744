"""A workbook as offices hand it in, read as a clerk would read it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from zhunru.errors import PolicyRejected
from zhunru.sheets import import_sheet
from zhunru.syntax.loader import load

_SPEC = importlib.util.spec_from_file_location("messy", Path(__file__).with_name("messy.py"))
assert _SPEC is not None and _SPEC.loader is not None
messy = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(messy)

FOUND = [
    ("ZR888", "城市社区", "B3"),  # 事项编号 is 编号 …
    ("ZR888", "城市社区", "C3"),
    ("ZR888", "城市社区", "D3"),
    ("ZR888", "城市社区", "E3"),
    ("ZR888", "城市社区", "F3"),
    ("ZR895", "城市社区", "C4"),  # a line end inside a title
    ("ZR895", "城市社区", "H4"),  # １０。６人
    ("ZR895", "城市社区", "E5"),  # two units on two lines
    ("ZR101", "城市社区", "G7"),  # 每年4次: not more than, or just so many?
    ("ZR896", "城市社区", "F7"),  # 全国人口普查条例第三条
    ("ZR895", "城市社区", "H7"),
    ("ZR895", "城市社区", "I7"),  # 截止20208月
    ("ZR897", "城市社区", "A8"),  # 小  计
    ("ZR848", "城市社区", "C8"),  # ４项: there are three
    ("ZR839", "城市社区", "H8"),  # 约1.2万名 is no exact number
    ("ZR897", "涉农社区", "A3"),  # 一、社会事务
    ("ZR895", "涉农社区", "D4"),  # 柳河区教育局（基教科）
    ("ZR897", "涉农社区", "A5"),  # the headings once more
    ("ZR897", "涉农社区", "A6"),
    ("ZR896", "涉农社区", "I7"),  # **区
    ("ZR845", "涉农社区", "C8"),  # an entry without its matter
    ("ZR897", "涉农社区", "A9"),  # 合计: 6项 is right for both sheets
    ("ZR849", "涉农社区", "H9"),  # 2,296人
    ("ZR897", "涉农社区", "A10"),  # 填表人：…
    ("ZR892", "", ""),  # 填表说明
    ("ZR892", "", ""),  # 旧稿, hidden
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path: Path = messy.write(tmp_path / "协助事项.xlsx")
    return path


def test_each_flaw_is_found_at_its_cell_and_nothing_else(book: Path) -> None:
    imported = import_sheet(book, kind="list", list_kind="协助")
    found = [
        (d.code, d.span.workbook[1], d.span.cell) if d.span.workbook else (d.code, "", "")
        for d in imported.findings
    ]
    assert sorted(found) == sorted(FOUND)
    assert (imported.rows, imported.doubtful) == (5, 12)


def test_every_doubtful_cell_is_marked_above_its_row(book: Path) -> None:
    lines = import_sheet(book, kind="list", list_kind="协助").text.splitlines()
    assert lines[2] == (
        '清单 协助事项 "柳河区社区居委会协助政府工作事项清单（示例，非官方）" 类型 协助'
    )
    above: dict[str, list[str]] = {"": []}
    waiting: list[str] = []
    for line in lines[3:]:
        if line.startswith("  # 待核对 "):
            waiting.append(line.split("“")[1].split("”")[0] + line.split("”")[1].split("“")[0])
        elif line.startswith("  | "):
            above[line.split("|")[1].strip()] = waiting
            waiting = []
    assert above == {
        "": [],
        "编号": [],
        "XZ-01": ["城市社区C4", "城市社区H4"],
        "XZ-02": ["城市社区E5"],
        "XZ-03": ["城市社区G7", "城市社区H7", "城市社区I7", "城市社区F7"],
        "XZ-11": ["城市社区C8", "涉农社区D4"],
        "XZ-12": ["涉农社区I7"],
    }
    # The row that became no entry, and the total under it.
    assert waiting == ["涉农社区C8", "涉农社区H9"]
    assert "“每年4次”" in "\n".join(lines)
    assert "暂按上限写成“每年 不超过 4 次”，不是上限的请改" in "\n".join(lines)
    assert "XZ-13 | 柳河区应急管理局" in lines[-2]


def test_a_total_that_does_not_agree_tells_a_clerk_what_was_read_and_what_to_do(
    book: Path,
) -> None:
    found = {d.code: d for d in import_sheet(book, kind="list").findings}
    assert found["ZR848"].zh == "这里写的是 4 条（项），上面读到 3 条"
    assert "漏登、多登了条目" in found["ZR848"].help_zh
    # One row of that sheet has 约1.2万名: the sum of both cannot be compared, that of one can.
    assert found["ZR849"].zh == "“涉及人数”一栏的合计写的是 2296，第 4 行到第 8 行相加是 2200"
    assert "“约1。2万名”不能和别的数相加" in found["ZR839"].zh


def test_what_was_certain_is_read(book: Path) -> None:
    text = import_sheet(book, kind="list").text
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if "  | XZ" in line}
    first = [cell.strip() for cell in rows["XZ-01"].split("|")]
    assert "协助开展最低生活保障对象核查" in first
    assert "每年 不超过 4 次" in first
    assert "10.6人" in first
    assert "柳河区民政局" in rows["XZ-02"]  # merged from the row above
    assert "柳河区公安局、柳河街道" in rows["XZ-02"]
    assert "截止2020年8月" in rows["XZ-03"]
    assert "一、社会事务" in rows["XZ-11"]
    assert "二、公共安全" in rows["XZ-12"]


def test_the_text_is_policy_text(book: Path, tmp_path: Path) -> None:
    imported = import_sheet(book, kind="list", list_kind="协助")
    folder = tmp_path / "集"
    folder.mkdir()
    (folder / "协助.policy").write_text(imported.text, encoding="utf-8")
    loaded, found = load(folder)
    assert found == []
    assert loaded is not None
    (declared,) = loaded.files[0].declarations
    assert [entry.code for entry in declared.entries] == [
        "XZ-01",
        "XZ-02",
        "XZ-03",
        "XZ-11",
        "XZ-12",
    ]  # type: ignore[union-attr]


def test_a_set_may_take_its_list_right_from_the_workbook(book: Path) -> None:
    (book.parent / "a.policy").write_text(
        '清单 协助 类型 协助 取自 "协助事项.xlsx#城市社区"\n', encoding="utf-8"
    )
    loaded, found = load(book.parent / "a.policy")
    assert loaded is not None
    assert {d.span.workbook[1] for d in found if d.span.workbook} == {"城市社区"}
    assert [d.span.cell for d in found if d.severity == "error"] == ["G7"]
    book.with_name("协助事项.栏目.yaml").write_text(
        "栏目:\n  频次: 不读\n  设定依据: 来源\n  备注: 不读\n  涉及人数: 不读\n", encoding="utf-8"
    )
    loaded, found = load(book.parent / "a.policy")
    assert [d.span.cell for d in found if d.severity != "hint"] == ["C8"]  # 小计 ４项
    assert loaded is not None
    (declared,) = loaded.files[0].declarations
    assert dict(declared.entries[0].extra)["来源"] == "《社会救助暂行办法》第四条"  # type: ignore[union-attr]


def test_a_sheet_that_is_not_there_is_named(book: Path) -> None:
    (book.parent / "a.policy").write_text(
        '清单 协助 类型 协助 取自 "协助事项.xlsx#城市社区表"\n', encoding="utf-8"
    )
    (finding,) = load(book.parent / "a.policy")[1]
    assert finding.code == "ZR899"
    assert "城市社区" in finding.help_zh
    with pytest.raises(PolicyRejected):
        import_sheet(book, kind="list", sheet="城市")


def test_units_and_registers(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["单位名册（示例，非官方）"],
        ["序号", "单位名称", "级别", "上级单位", "简称"],
        [1, "柳河区", "区", None, None],
        [2, "柳河街道", "街道", "柳河区", "柳河"],
    ):
        sheet.append(row)
    book.save(tmp_path / "单位.xlsx")
    units = import_sheet(tmp_path / "单位.xlsx", kind="units")
    assert (units.rows, units.doubtful) == (2, 0)
    assert "| 柳河街道 | 街道 | 柳河区 | 柳河 |" in units.text

    sheet.delete_rows(1, 5)
    for row in (
        ["序号", "社区名称", "户数（户）", "大专以上比例", "成立日期", "是否城市社区"],
        [1, "富强社区", "５5００", "85。6%", "1998-05-01", "是"],
        [2, "森工社区", 280, "41%", "2003-01-01", "否"],
    ):
        sheet.append(row)
    book.save(tmp_path / "社区.xlsx")
    register = import_sheet(tmp_path / "社区.xlsx", kind="register", name="社区概况")
    assert register.text.splitlines()[:6] == [
        '台账 社区概况 取自 "社区.xlsx"',
        "  社区名称 文本",
        "  户数 数值",
        "  大专以上比例 比例",
        "  成立日期 日期",
        "  是否城市社区 是否",
    ]
    assert register.columns == '栏目:\n  "户数(户)": 户数\n'
    (tmp_path / "a.policy").write_text(register.text, encoding="utf-8")
    (tmp_path / "社区.栏目.yaml").write_text(register.columns, encoding="utf-8")
    loaded, found = load(tmp_path / "a.policy")
    assert [d.severity for d in found] == ["hint"]
    assert loaded is not None
    (declared,) = loaded.files[0].declarations
    texts = [[text for _, text, _ in row] for row in declared.rows]  # type: ignore[union-attr]
    assert texts[0] == ["富强社区", "5500", "85.6%", "1998-05-01", "是"]


def test_the_command_writes_marks_and_tells_what_it_found(book: Path, zhunru: Any) -> None:
    target = book.with_name("协助.policy")
    code, out, _ = zhunru("import", book, "--as", "list", "--kind", "协助", "--out", target)
    assert code == 1
    assert f"{book} 工作表“城市社区”G7：错误 ZR101" in out
    assert out.splitlines()[-1] == "读入 5 条，12 处待核对，已在文本里标出。"
    assert "待核对" in target.read_text(encoding="utf-8")
    code, _, err = zhunru("import", book, "--as", "list", "--out", target)
    assert code == 2
    assert "已存在" in err


def test_findings_for_machines_name_sheet_and_cell(book: Path, zhunru: Any) -> None:
    code, out, _ = zhunru("import", book, "--as", "list", "--format", "json")
    assert code == 1
    data = json.loads(out)
    assert (data["rows"], data["doubtful"]) == (5, 12)
    (one,) = (f for f in data["findings"] if f["code"] == "ZR845")
    assert (one["path"], one["sheet"], one["cell"]) == (str(book), "涉农社区", "C8")


def test_findings_in_english(book: Path, zhunru: Any) -> None:
    _, _, err = zhunru("--lang", "en", "import", book, "--as", "list")
    assert "sheet `城市社区` G7: error ZR101" in err
    assert "5 row(s) read, 12 place(s) to be looked at, marked in the text." in err


def test_sarif_names_the_cell(book: Path, zhunru: Any) -> None:
    (book.parent / "a.policy").write_text(
        '清单 协助 类型 协助 取自 "协助事项.xlsx"\n', encoding="utf-8"
    )
    _, out, _ = zhunru("check", book.parent / "a.policy", "--format", "sarif")
    results = json.loads(out)["runs"][0]["results"]
    cells = [
        place["logicalLocations"][0]["fullyQualifiedName"]
        for result in results
        for place in result["locations"]
        if "logicalLocations" in place
    ]
    assert "涉农社区!C8" in cells


def test_requests_from_a_workbook_are_decided_as_those_of_csv(tmp_path: Path, zhunru: Any) -> None:
    import openpyxl

    head = ["来文单位", "目标社区", "事项", "类别", "承担方式", "经费到位"]
    rows = [
        ["区民政局", "富强社区", "协助开展低保核查", "行政任务", "协助", True],
        ["区民政局", "富强社区", "亲属关系证明", "出具证明", None, None],
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["来件登记（示例，非官方）"], head, *rows):
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    book.save(tmp_path / "来件.xlsx")
    lines = [head, *([{True: "是", None: ""}.get(c, c) for c in row] for row in rows)]
    (tmp_path / "来件.csv").write_text(
        "\n".join(",".join(r) for r in lines) + "\n", encoding="utf-8"
    )  # type: ignore[arg-type]
    answers = []
    for name in ("来件.xlsx", "来件.csv"):
        _, out, err = zhunru(
            "decide",
            "national",
            "--file",
            tmp_path / name,
            "--on",
            "2026-03-02",
            "--format",
            "jsonl",
        )
        places = {"row": 0, "sheet": ""}
        answers.append([{**json.loads(line), **places} for line in out.splitlines() if line])
        assert len(answers[-1]) == 2, err
    assert answers[0] == answers[1]


@pytest.mark.parametrize("command", ["import", "export", "report"])
def test_a_file_that_cannot_be_written_is_no_mistake_of_ours(
    command: str, book: Path, tmp_path: Path, zhunru: Any
) -> None:
    target = tmp_path / "没有" / "文件.xlsx"
    history = tmp_path / "往年.csv"
    history.write_text("日期,是否办结\n2026-03-02,是\n", encoding="utf-8")
    words = {
        "import": ["import", book, "--as", "list", "--out", target],
        "export": ["export", "list", "national", "法定协助", "--xlsx", target],
        "report": ["report", "national", "--history", history, "--html", target],
    }
    code, _, err = zhunru(*words[command])
    assert code == 2
    assert f"{target} 写不进去" in err


@pytest.mark.parametrize("path", ["", ".", "/", "清单.doc"])
def test_what_is_no_sheet_is_said_to_be_none(path: str) -> None:
    with pytest.raises(PolicyRejected) as refused:
        import_sheet(path, kind="list")
    assert [found.code for found in refused.value.diagnostics] == ["ZR814"]
