"""Deciding over columns is equal to deciding row by row, on every row."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from zhunru import open_policy, read_requests
from zhunru.batch import columns
from zhunru.batch.columns import Answer, ColumnsEngine, answer_of
from zhunru.batch.frames import frame_of, read_frames
from zhunru.compiler import CompiledPolicy
from zhunru.decision import decide
from zhunru.diagnostics import Span
from zhunru.errors import RequestRejected
from zhunru.request_files import GivenRow

SHIPPED = Path(__file__).parents[2] / "policies"
RECEIVED = date(2026, 3, 2)


def _cell(rng: random.Random, field: Any, titles: list[str], units: list[str]) -> str:
    if rng.random() < 0.03:
        return rng.choice(["", " ", "未知", "无", "乱写", "是", "2026-02-30"])
    match field.type.name.value:
        case "matter":
            return rng.choice(titles) if rng.random() < 0.8 else f"未列的事{rng.randrange(9)}"
        case "unit":
            return rng.choice(units[:12])
        case "choice" | "choices":
            return rng.choice(field.type.values)
        case "flag":
            return rng.choice("是否")
        case "date":
            return f"20{rng.choice((18, 25, 26))}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        case "number" | "money":
            return str(rng.randrange(40))
        case _:
            return f"文字{rng.random()}"


def _rows(policy: CompiledPolicy, seed: int, number: int) -> Iterator[dict[str, str]]:
    rng = random.Random(seed)
    plan = policy.plan(policy.decisions[0])
    titles, units = list(policy.titles(plan))[:25], list(policy.core.units)
    for _ in range(number):
        yield {name: _cell(rng, field, titles, units) for name, field in plan.fields.items()}


def _one_by_one(policy: CompiledPolicy, rows: list[dict[str, Any]]) -> Iterator[Answer]:
    name = policy.decisions[0]
    for row in read_requests(rows, policy, received=RECEIVED, decision=name):
        if row.request is None:
            yield Answer(None)
            continue
        try:
            yield answer_of(decide(policy, row.request, name))
        except RequestRejected:
            yield Answer(None)


def _said(answer: Answer) -> Answer:
    """An answer without what is wrong with a row: only whether it can be read."""
    return replace(answer, findings=())


def _given(rows: list[dict[str, Any]]) -> list[GivenRow]:
    return [GivenRow(Span("", 0, 0, at, 1), row) for at, row in enumerate(rows, 1)]


@pytest.mark.parametrize("name", ["weihai", "hubei", "xianning", "jiangyuan"])
def test_columns_answer_as_rows_do(name: str) -> None:
    policy = open_policy(SHIPPED / name)
    rows = list(_rows(policy, 7, 400))
    engine = ColumnsEngine(policy, received=RECEIVED, decision=policy.decisions[0])
    found = engine.decide(frame_of(_given(rows)))
    wanted = list(_one_by_one(policy, rows))
    assert [_said(answer) for answer in found] == [_said(answer) for answer in wanted]
    assert len({answer.outcome for answer in wanted}) >= 3


@pytest.mark.parametrize("bound", ["grown", "kept"])
def test_what_is_forgotten_between_frames_changes_no_answer(
    bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = open_policy(SHIPPED / "hubei")
    rows = list(_rows(policy, 11, 240))
    wanted = ColumnsEngine(policy, received=RECEIVED).decide(frame_of(_given(rows)))
    if bound == "grown":
        monkeypatch.setattr(columns, "_MOST_GROWN", 1)
    engine = ColumnsEngine(policy, received=RECEIVED, most=50 if bound == "kept" else 10_000)
    begun: list[bool] = []
    begin = engine._begin
    monkeypatch.setattr(engine, "_begin", lambda: (begun.append(True), begin()))
    frames = [rows[at : at + 60] for at in range(0, len(rows), 60)]
    found = [_said(a) for some in frames for a in engine.decide(frame_of(_given(some)))]
    assert found == [_said(answer) for answer in wanted]
    assert len(begun) == len(frames) - 1


def test_a_row_that_cannot_be_read_has_its_own_findings() -> None:
    policy = open_policy(SHIPPED / "weihai")
    rows = [{"经费到位": "也许"}, {"经费到位": "可能"}]
    first, second = ColumnsEngine(policy, received=RECEIVED).decide(frame_of(_given(rows)))
    assert first.outcome is None
    assert "也许" in first.findings[0].zh
    assert "可能" in second.findings[0].zh


def test_true_and_one_are_not_one_fact() -> None:
    policy = open_policy(SHIPPED / "weihai")
    rows = [{"经费到位": True}, {"经费到位": 1}, {"经费到位": Decimal(1)}]
    found = ColumnsEngine(policy, received=RECEIVED).decide(frame_of(_given(rows)))
    assert [answer.outcome is None for answer in found] == [False, True, True]


def test_csv_json_lines_and_parquet_say_the_same(tmp_path: Path) -> None:
    policy = open_policy(SHIPPED / "weihai")
    rows = list(_rows(policy, 3, 120))
    cells = pl.DataFrame(rows)
    cells.write_csv(tmp_path / "a.csv")
    cells.write_ndjson(tmp_path / "a.jsonl")
    cells.write_parquet(tmp_path / "a.parquet")
    answers = [
        [
            _said(answer)
            for frame in read_frames(tmp_path / name, 50)
            for answer in engine.decide(frame)
        ]
        for name in ("a.csv", "a.jsonl", "a.parquet")
        for engine in [ColumnsEngine(policy, received=RECEIVED)]
    ]
    assert len(answers[0]) == 120
    assert answers[0] == answers[1] == answers[2]


def test_typed_columns_of_parquet_are_read_as_what_they_are(tmp_path: Path) -> None:
    policy = open_policy(SHIPPED / "weihai")
    frame = pl.DataFrame(
        {"事项": ["反诈应用推广"], "经费到位": [True], "拟进入日期": [date(2026, 5, 6)]}
    )
    frame.write_parquet(tmp_path / "a.parquet")
    [read] = read_frames(tmp_path / "a.parquet")
    [found] = ColumnsEngine(policy, received=RECEIVED).decide(read)
    rows = [{"事项": "反诈应用推广", "经费到位": True, "拟进入日期": date(2026, 5, 6)}]
    assert [_said(found)] == [_said(answer) for answer in _one_by_one(policy, rows)]


def test_a_broken_parquet_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(RequestRejected) as rejected:
        list(read_frames(tmp_path / "a.parquet"))
    assert rejected.value.diagnostics[0].code == "ZR787"


NONE_LEFT = """政策 示例 "示例（非官方）"
表单 来件
  来文单位 单位
  人数 数值 0 至 100
单位
  | 名称 | 层级 |
  | 甲局 | 部门 |
依据 试行办法 "试行办法"
规则 停办 依据 试行办法
  限额 每个 来文单位 每年 不超过 0 次 否则 暂缓 "今年不办"
规则 人多不办 依据 试行办法
  当 人数 超过 10
  拒绝 "人数过多"
判定 准入 对象 来件
  依次
    停办
    人多不办
  默认 拒绝 "未列入"
"""


def test_what_is_said_to_be_counted_where_nothing_is_merged_is_decided_by_itself(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.policy").write_text(NONE_LEFT, encoding="utf-8")
    policy = open_policy(tmp_path)
    use = {"已用": 3, "已计": "是"}
    rows = [{"来文单位": "甲局", "人数": n, "停办.每年": use} for n in (5, 50, None)]
    found = ColumnsEngine(policy, received=RECEIVED).decide(frame_of(_given(rows)))
    assert [_said(answer) for answer in found] == [_said(a) for a in _one_by_one(policy, rows)]
    assert len({answer.code for answer in found[:2]}) == 2


def test_a_row_that_says_two_things_of_one_quota_is_not_decided_by_either() -> None:
    policy = open_policy(SHIPPED / "weihai")
    names = ("检查总量控制.每年", "检查总量控制 的 每年已用")
    rows: list[dict[str, Any]] = []
    for row in _rows(policy, 3, 30):
        given = {name: text for name, text in row.items() if text}
        rows += [{**given, **dict(zip(names, u, strict=True))} for u in (("1", "1"), ("40", "1"))]
    found = list(ColumnsEngine(policy, received=RECEIVED).decide(frame_of(_given(rows))))
    assert [_said(answer) for answer in found] == [_said(a) for a in _one_by_one(policy, rows)]
    assert all(answer.findings for answer in found[1::2])
    assert not all(answer.findings for answer in found[::2])
