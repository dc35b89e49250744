"""Large sheets are kept by column: everything about them is as if they were small."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from zhunru.checker.check import check
from zhunru.checker.register_table import RegisterTable
from zhunru.checker.resolved import UnitTarget
from zhunru.checker.unit_table import UnitTable
from zhunru.compiler import cache, compile_policies
from zhunru.compiler.chart import OrgChart
from zhunru.diagnostics import Diagnostic, Source
from zhunru.measures import Rows, review
from zhunru.syntax.loader import load
from zhunru.syntax.sheet_reader import read_register, read_units
from zhunru.syntax.sheet_rows import RegisterRows, UnitRows

TEXT = """政策 GM-1 "名册"
  印发 某局
  施行 2020-01-01
单位 某局 层级 部门 角色 民政部门
单位 取自 "单位.csv"
角色 社区居委会 每个 社区
角色 牵头部门 由 民政部门、某局
台账 名册 取自 "名册.csv"
  网格 单位
  人数 数值
  日期 日期
  说明 文本
  类别 枚举 甲类、乙类
规则 甲
  当 来文单位 属于 民政部门
  拒绝 "甲" 代码 甲
表单 来件
  来文单位 单位
判定 准入 对象 来件
  用语 准入、拒绝、暂缓、补正
  依次
    甲
  默认 拒绝 "没有" 代码 未准入
"""
# Plain names and what only looks so: widths, look-alikes, keywords, captions, totals, blanks.
NAMES = ("甲社区", "乙社区", "丙网格1", "丙网格l", "丁０", "一社区", "合计", "小计所", "且", "城ロ",
         "某局", "戊上级", "己 庚", "辛、壬", "癸·甲", "-", "", "Ａ组", "А组", "A组", "甲\n乙",
         "网格", "第3网格")  # fmt: skip
LEVELS = ("社区", "网格", "街道", "", "部门 ", "-")
MORE = ("", "", "", "", "-", "民政部门", "2020-01-01", "又名", "戌、亥")
VALUES = ("1", "1.0", " 12 ", "", "-", "无", "甲社区", "2026-01-01", "2026年1月2日", "10。6", "1 2",
          "甲类", "丙类", "2O21", "随便", "合计", "１２")  # fmt: skip


@contextmanager
def large_from(rows: int) -> Iterator[None]:
    """Take sheets and charts of so many rows for large ones."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("syntax.sheet_reader", "checker.chart", "checker.style"):
            patch.setattr(f"zhunru.{module}.MANY", rows)
        yield


def text_of(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def a_chart(rng: Random, tidy: bool) -> str:
    head = ["名称", "层级", "上级", "别名", "角色", "自", "备注"][: rng.randint(2, 7)]
    names = [f"社区{n}" for n in range(12)] if tidy else [*NAMES, *(f"社区{n}" for n in range(8))]
    rng.shuffle(names)
    rows = []
    for at, name in enumerate(names):
        above = rng.choice(["某局", *names[:at]] if tidy else [*names, "", "没有的"])
        more = ["", "", "", ""] if tidy or rng.random() < 0.7 else rng.choices(MORE, k=4)
        row = [name, rng.choice(LEVELS[:3] if tidy else LEVELS), above, *more][: len(head)]
        rows.append(row[: rng.randint(1, len(row))] if not tidy and rng.random() < 0.1 else row)
    if not tidy and rng.random() < 0.2:
        rows.append([*rng.choice(rows), "多余"])
    return text_of([head, *rows])


def a_register(rng: Random, tidy: bool) -> str:
    head = rng.sample(["网格", "人数", "日期", "说明", "类别", "别的"], k=rng.randint(2, 6))
    sound = {"网格": "社区1", "人数": "3", "日期": "2026-01-01", "类别": "甲类"}
    rows = [
        [sound.get(h, "x") if tidy or rng.random() < 0.5 else rng.choice(VALUES) for h in head]
        for _ in range(rng.randint(1, 15))
    ]
    return text_of([head, *rows])


@pytest.mark.parametrize("seed", range(40))
def test_units_of_a_large_sheet_are_those_of_a_small_one(seed: int) -> None:
    source = Source("单位.csv", a_chart(Random(seed), tidy=False))
    with large_from(0):
        large, found = read_units(source)
    plain, others = read_units(source)
    assert isinstance(large, UnitRows)
    assert found == others
    assert tuple(large) == plain
    assert list(map(placed, large)) == list(map(placed, plain))
    assert large[:3] == plain[:3]


def placed(unit: Any) -> Any:
    """Return a unit with its places, which comparing leaves out."""
    names = (unit.name, unit.level, unit.superior, *unit.aliases, *unit.roles)
    return unit, unit.span, [name and name.span for name in names]


@pytest.mark.parametrize("seed", range(40))
def test_rows_of_a_large_register_are_those_of_a_small_one(seed: int) -> None:
    rng = Random(seed)
    source = Source("名册.csv", a_register(rng, tidy=False))
    fields = rng.choice([["网格", "人数", "日期", "说明", "类别"], []])
    with large_from(0):
        large, found = read_register(source, fields, typed={"人数", "日期"})
    plain, others = read_register(source, fields, typed={"人数", "日期"})
    assert isinstance(large, RegisterRows) or not plain  # nothing is read without headings
    assert found == others
    assert tuple(large) == plain


def opened(folder: Path) -> tuple[Any, list[Diagnostic]]:
    loaded, found = load(folder)
    assert loaded is not None
    checked, more = check(loaded)
    return checked, [*found, *more]


@pytest.mark.parametrize("seed", range(30))
def test_a_set_means_the_same_and_has_the_same_findings(tmp_path: Path, seed: int) -> None:
    rng, tidy = Random(seed), seed % 3 == 0
    (tmp_path / "准入.policy").write_text(TEXT, encoding="utf-8")
    (tmp_path / "单位.csv").write_text(a_chart(rng, tidy), encoding="utf-8")
    (tmp_path / "名册.csv").write_text(a_register(rng, tidy), encoding="utf-8")
    plain, found = opened(tmp_path)
    with large_from(0):
        large, others = opened(tmp_path)
    assert others == found
    assert (large is None) == (plain is None)
    assert plain is not None or not tidy
    if plain is not None:
        check_alike(large, plain)


def check_alike(large: Any, plain: Any) -> None:
    assert isinstance(large.units, UnitTable)
    assert isinstance(large.registers["名册"].rows, RegisterTable)
    assert large.digest == plain.digest
    assert list(large.units) == list(plain.units)
    assert large == plain
    back = cache.load(cache.dump(compile_policies(large)))
    assert isinstance(back.core.units, UnitTable)
    assert list(back.core.units.items()) == list(plain.units.items())
    assert repr(list(back.core.registers["名册"].rows or ())) == repr(
        list(plain.registers["名册"].rows)
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_large_chart_answers_as_a_small_one(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    rows = [["名称", "层级", "上级", "别名", "角色", "自", "至"]]
    names = [f"单位{n}" for n in range(14)]
    for at, name in enumerate(names):
        more = [rng.choice(["", f"别名{at}"]), rng.choice(["", "民政部门", "街道办"]),
                rng.choice(["", "2020-01-01"]), rng.choice(["", "2025-01-01"])]  # fmt: skip
        plain_row = rng.random() < 0.6
        above = rng.choice([*names[:at], "某局", ""])
        rows.append([name, rng.choice(LEVELS[:3]), above, *([""] * 4 if plain_row else more)])
    (tmp_path / "准入.policy").write_text(TEXT, encoding="utf-8")
    (tmp_path / "单位.csv").write_text(text_of(rows), encoding="utf-8")
    (tmp_path / "名册.csv").write_text(a_register(rng, tidy=True), encoding="utf-8")
    plain, found = opened(tmp_path)
    assert plain is not None, found
    with large_from(0):
        large, _ = opened(tmp_path)
    compare_charts(OrgChart(large.units, large.roles), OrgChart(plain.units, plain.roles), names)


def compare_charts(large: OrgChart, plain: OrgChart, names: list[str]) -> None:
    assert isinstance(large.units, UnitTable)
    targets = [UnitTarget("unit", name) for name in (*names, "没有")]
    targets += [UnitTarget("level", level) for level in LEVELS[:3]]
    targets += [UnitTarget("role", role) for role in ("民政部门", "街道办", "牵头部门", "没有")]
    assert large.are_dated() == plain.are_dated()
    for day in (date(2019, 1, 1), date(2022, 1, 1), date(2026, 1, 1)):
        assert large.known(day) == plain.known(day)
        assert large.names_on(day) == plain.names_on(day)
    for target in targets:
        assert large.belonging(target) == plain.belonging(target)
        assert large.being(target) == plain.being(target)
        for name in names:
            assert (name in large.belonging(target)) == plain.belongs(name, target)
            assert large.is_target(name, target) == plain.is_target(name, target)
    for name in (*names, "没有"):
        assert large.above(name) == plain.above(name)


CHECKS = """
核查 有人 每个 网格 应当 有 不少于 1 行 名册 否则 整改 某局
核查 不多 每个 社区 应当 有 不超过 2 行 名册 否则 整改 某局
核查 有格 每个 社区 应当 有 1 至 3 个 网格 否则 整改 某局
核查 牵头 每个 牵头部门 应当 有 不少于 2 行 名册 否则 整改 某局
核查 记名 每个 社区 应当 有 不少于 1 行 记名 否则 整改 某局
核查 人多 每个 社区 应当 有 不少于 1 行 名册 凡 人数 超过 1 否则 整改 某局
核查 合计 每个 街道 应当 合计(人数 于 名册) 不超过 4 否则 整改 某局
核查 全部 应当 有 不超过 5 行 名册 否则 整改 某局
核查 近来 每个 网格 应当 有 不少于 1 行 名册 近 3 个月 否则 整改 某局
核查 各类 每个 网格 应当 有 甲类、乙类 各 1 行 名册 否则 整改 某局
参数 至多 2 行
核查 参数 每个 社区 应当 有 1 至 至多 行 名册 否则 整改 某局
"""
NAMED = """
台账 记名 取自 "记名.csv"
  社区 文本
  次数 数值
"""


@pytest.mark.parametrize("seed", range(15))
def test_checks_find_the_same_by_counting_as_by_asking(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    names = [f"单位{n}Ａ" if n == 7 else f"单位{n}a" for n in range(16)]
    rows = [["名称", "层级", "上级", "角色"]]
    for at, name in enumerate(names):
        above = rng.choice([*names[max(0, at - 5) : at], "某局", ""])
        rows.append([name, rng.choice(LEVELS[:3]), above, rng.choice(["", "", "民政部门"])])
    listed = [
        [
            rng.choice([*names, "无", "", "图外"]), rng.choice(["1", "2", ""]),
            rng.choice(["2025-12-01", "2025-02-01", ""]), rng.choice(["甲类", "乙类", ""]),
        ]
        for _ in range(20)
    ]  # fmt: skip
    by_text = [[rng.choice([*names, "单位７A", "单位3 a"]), "1"] for _ in range(20)]
    (tmp_path / "准入.policy").write_text(TEXT + NAMED + CHECKS, encoding="utf-8")
    (tmp_path / "单位.csv").write_text(text_of(rows), encoding="utf-8")
    (tmp_path / "名册.csv").write_text(
        text_of([["网格", "人数", "日期", "类别"], *listed]), encoding="utf-8"
    )
    (tmp_path / "记名.csv").write_text(text_of([["社区", "次数"], *by_text]), encoding="utf-8")
    plain, found = opened(tmp_path)
    assert plain is not None, found
    with large_from(0):
        large, _ = opened(tmp_path)
    asked, counted = (
        review(Rows(compile_policies(each), date(2026, 1, 1), {})) for each in (plain, large)
    )
    assert counted == asked
    assert any(each.findings for each in asked)
    assert any(each.held for each in asked)
