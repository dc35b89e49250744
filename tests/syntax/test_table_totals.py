"""A row of totals in a table of a policy text: no entry, and held against the rows above it."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Diagnostic
from zhunru.syntax import nodes as n
from zhunru.syntax.amounts import Sum
from zhunru.syntax.loader import load_text

HEAD = "清单 准入 类型 准入\n  | 编号 | 事项 | 户数 |\n"
ROWS = "  | A1 | 走访 | 120 户 |\n  | A2 | 核查 | 80 户 |\n"


def read(rows: str) -> tuple[list[str], list[Diagnostic]]:
    """Return the codes of the entries that were read, and what is said of totals."""
    loaded, found = load_text(HEAD + rows)
    assert loaded is not None
    lists = [d for f in loaded.files for d in f.declarations if isinstance(d, n.ListDecl)]
    return [e.code for e in lists[0].entries], [one for one in found if one.code == "ZR141"]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("合计 | | 200 户", ()),
        ("- | 合 计 | 200", ()),
        ("总计 | 2 项 | -", ()),
        ("合计", ()),  # fewer cells than headings
        ("Total: 2 | | 200", ()),
        ("合计 | 3 项 | 200", ("写的是 3 条，上面有 2 条",)),
        ("合计3项 | | 210", ("写的是 3 条，上面有 2 条", "“户数”写的是 210，上面相加是 200")),
    ],
)
def test_a_total_is_no_entry_and_what_it_says_is_reckoned(row: str, wrong: tuple[str, ...]) -> None:
    codes, (told,) = read(ROWS + f"  | {row} |\n")
    assert codes == ["A1", "A2"]
    assert [part in told.zh for part in wrong] == [True] * len(wrong)
    assert told.zh.count("；") == len(wrong)
    assert "应有 2 条" in told.help_zh


def test_the_row_is_taken_away_by_itself_only_where_it_agrees() -> None:
    text = HEAD + ROWS + "  | 合计 | | {} |\n"
    for said, safe in ((200, True), (201, False)):
        _, found = load_text(text.format(said))
        (told,) = [one for one in found if one.code == "ZR141"]
        assert told.fix is not None and told.fix.safe is safe
        (edit,) = told.fix.edits
        written = text.format(said)
        assert written[: edit.span.start] + written[edit.span.end :] == HEAD + ROWS


def test_a_subtotal_speaks_of_the_rows_since_the_one_above_and_the_total_of_all() -> None:
    part = "  | B1 | 登记 | 50 户 |\n"
    good = ROWS + "  | 小计 | | 200 |\n" + part + "  | 小计 | | 50 |\n  | 合计 | | 250 |\n"
    codes, told = read(good)
    assert (codes, [one.zh.count("；") for one in told]) == (["A1", "A2", "B1"], [0, 0, 0])
    _, told = read(good.replace("| 250 |", "| 240 |"))
    assert "相加是 250" in told[-1].zh


def test_a_column_that_does_not_add_up_is_not_held_to_its_total() -> None:
    codes, (told,) = read(ROWS + "  | A3 | 报送 | 不限 |\n  | 合计 | | 999 |\n")
    assert (codes, told.zh.count("；")) == (["A1", "A2", "A3"], 0)


@pytest.mark.parametrize(
    "title", ["小计量器具检查", "合计拨付核对", "总计划报送", "Totalled visits"]
)
def test_an_entry_that_only_begins_like_a_total_stays_one(title: str) -> None:
    codes, told = read(ROWS + f"  | A3 | {title} | 3 |\n")
    assert (codes, told) == (["A1", "A2", "A3"], [])


def test_a_total_of_units_is_no_unit() -> None:
    loaded, found = load_text("单位\n  | 名称 | 层级 |\n  | 甲局 | 部门 |\n  | 共1个 | |\n")
    assert loaded is not None
    assert [one.code for one in found] == ["ZR141"]


RULES = "规则 组\n  | 名称 | 当 | 结论 | 告知内容 |\n  | 甲 | 类别 为 行政任务 | 拒绝 | 不办 |\n"
TABLE = "对照表 分数 取 合计\n  | 口径 | → 分 |\n  | 分项 | 3 |\n  | - | 2 |\n"


def read_rows(text: str) -> tuple[int, list[Diagnostic]]:
    """Return how many rows were read of rules, a lookup table or other rows; and of totals."""
    loaded, found = load_text(text)
    assert loaded is not None
    made = [d for f in loaded.files for d in f.declarations]
    rows = sum(len(getattr(d, "rules", getattr(d, "rows", (d,)))) for d in made)
    return rows, [one for one in found if one.code == "ZR141"]


@pytest.mark.parametrize(
    ("table", "row", "count"),
    [
        (RULES, "合计 | | | 1 条", 1),
        (RULES, "小 计", 1),  # fewer cells than headings
        (RULES, "Total | - | - | -", 1),
        (TABLE, "合计 | 5", 2),
        (TABLE, "共计 | -", 2),
        ("核查 核\n  | 名称 | 应当 |\n", "总计 | 1", 0),
        ("依据\n  | 名称 | 全称 |\n  | 条例 | 办法 |\n", "合计 | 1", 1),
    ],
)
def test_a_total_is_told_in_tables_of_every_kind(table: str, row: str, count: int) -> None:
    rows, (told,) = read_rows(f"{table}  | {row} |\n")
    assert rows == count
    assert told.fix is not None
    assert told.fix.safe is (table != TABLE)  # there it may be a value after all
    assert ("加引号" in told.help_zh) is (table == TABLE)


@pytest.mark.parametrize(
    ("table", "row", "count"),
    [
        (RULES, "合计 | 类别 为 检查考核 | 拒绝 | 不办", 2),
        (RULES, "乙 | - | 拒绝 | 合计", 2),
        (TABLE, '"合计" | 5', 3),
        (TABLE, "合计、分项 | 5", 3),
        (TABLE, "合计 | 单价 × 数量", 3),
        (TABLE, "分项 | 合计", 3),
        ("表单 甲\n  | 栏目 | 填写 |\n", "合计 | 金额", 1),
    ],
)
def test_合计_that_is_a_name_or_a_value_is_none(table: str, row: str, count: int) -> None:
    assert read_rows(f"{table}  | {row} |\n") == (count, [])


def test_the_rows_above_are_added_once_however_many_totals_follow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added: list[str] = []
    add = Sum.add

    def noted(made: Sum, text: str) -> None:
        added.append(text)
        add(made, text)

    monkeypatch.setattr(Sum, "add", noted)
    pairs = "".join(f"  | A{n} | 走访{n} | 1 户 |\n  | 合计 | | {n} 户 |\n" for n in range(1, 61))
    codes, found = read(pairs)
    assert len(codes) == len(found) == 60
    assert not [one for one in found if "上面相加" in one.zh]
    # Once for its own stretch, once for the whole.
    assert len(added) == 2 * 60
