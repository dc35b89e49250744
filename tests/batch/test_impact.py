"""What a draft changes for past requests: counted, listed, bounded."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from tests.batch.test_random_sets import rows_of
from tests.strategies.changes import altered
from tests.strategies.resolved import a_set

from zhunru import Outcome, open_policy
from zhunru.batch import impact
from zhunru.batch.columns import ColumnsEngine
from zhunru.batch.frames import frame_of
from zhunru.batch.impact import Flip, measure_impact
from zhunru.batch.places import Differing
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Span
from zhunru.request_files import GivenRow

CURRENT = """政策 现行 "示例（非官方）"
表单 来件
  来文单位 单位
  类别 枚举 报表、检查
  事项 事项
  人数 数值 0 至 100
单位
  | 名称 | 层级 |
  | 甲局 | 部门 |
  | 乙局 | 部门 |
依据 试行办法 "试行办法"
规则 不收报表 依据 试行办法
  当 类别 为 报表
  拒绝 "社区不报报表"
规则 人多缓办 依据 试行办法
  当 人数 超过 10
  暂缓 "人数过多"
清单 可办 类型 准入
  依据 试行办法
  | 编号 | 事项 |
  | A1 | 入户走访 |
判定 准入 对象 来件
  依次
    不收报表
    人多缓办
    可办
  默认 拒绝 "未列入"
"""
HISTORY = """来文单位,类别,事项,人数,日期
甲局,检查,入户走访,5,2026-01-05
甲局,检查,入户走访,12,2026-01-20
乙局,检查,入户走访,12,2026-02-03
乙局,报表,入户走访,3,2026-02-03
乙局,检查,别的事,3,2026-02-04
乙局,检查,入户走访,一百,2026-02-05
"""


@pytest.fixture
def sets(tmp_path: Path) -> tuple[Path, Path, Path]:
    (tmp_path / "a.policy").write_text(CURRENT, encoding="utf-8")
    draft = CURRENT.replace("政策 现行", "政策 草案").replace("超过 10", "超过 20")
    (tmp_path / "b.policy").write_text(draft.replace('"未列入"', '"不在清单"'), encoding="utf-8")
    (tmp_path / "h.csv").write_text(HISTORY, encoding="utf-8")
    return tmp_path / "a.policy", tmp_path / "b.policy", tmp_path / "h.csv"


def test_flips_are_counted_by_sender_kind_and_month(sets: tuple[Path, Path, Path]) -> None:
    flips: list[Flip] = []
    current, draft = open_policy(sets[0]), open_policy(sets[1])
    found = measure_impact(current, draft, sets[2], received=date(2026, 3, 2), on_flip=flips.append)
    turn = (Outcome.DEFER, Outcome.ADMIT)
    assert (found.rows, found.turned, found.otherwise, found.unread) == (6, 2, 1, 1)
    assert found.turns[turn] == 2
    assert found.groups["月份"] == Counter({("2026-01", turn): 1, ("2026-02", turn): 1})
    assert found.groups["类别"] == Counter({("检查", turn): 2})
    assert found.sizes["来文单位"] == Counter({"甲局": 2, "乙局": 4})
    assert [(flip.place.row, flip.turned) for flip in flips] == [(3, True), (4, True), (6, False)]
    assert flips[0].given["人数"] == "12"


def test_the_same_set_changes_nothing(sets: tuple[Path, Path, Path]) -> None:
    policy = open_policy(sets[0])
    found = measure_impact(policy, policy, sets[2], received=date(2026, 3, 2))
    assert (found.turned, found.otherwise, found.unread) == (0, 0, 1)


def test_only_what_a_draft_may_change_is_decided_again(sets: tuple[Path, Path, Path]) -> None:
    current = open_policy(sets[0])
    text = CURRENT.replace("政策 现行", "政策 草案").replace("超过 10", "超过 20")
    sets[1].write_text(text, encoding="utf-8")
    found = measure_impact(current, open_policy(sets[1]), sets[2], received=date(2026, 3, 2))
    assert (found.turned, found.again) == (2, 3)  # what cannot be read may be anything


def by_regions(seed: int, number: int) -> tuple[list[str], int]:
    """Rows of which the draft says otherwise when it decides each of them, and the rows spared."""
    rng = Random(seed)
    checked = a_set(rng)
    current, draft = compile_policies(checked), compile_policies(altered(rng, checked))
    rows = list(rows_of(rng, current, number, rng.choice((0.0, 0.05, 0.2))))
    role = rng.choice((None, None, "街道"))
    received = date(2026, 3, 2)
    engines = [ColumnsEngine(p, received=received, asserted_by=role) for p in (current, draft)]
    frame = frame_of([GivenRow(Span("", 0, 0, 1, 1), row) for row in rows])
    _, found, again = impact.decide_both(engines, frame, Differing(current, draft, "", received))
    wanted = ColumnsEngine(draft, received=received, asserted_by=role).decide(frame)
    triples = zip(rows, found, wanted, strict=True)
    return [f"seed {seed}: {a} but {b} of {r}" for r, a, b in triples if a != b], number - again


@pytest.mark.parametrize("seed", range(20))
def test_regions_change_no_answer(seed: int) -> None:
    wrong, _ = by_regions(seed, 60)
    assert not wrong, wrong[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3_000, 3_400))
def test_regions_change_no_answer_on_many_pairs(seed: int) -> None:
    wrong, _ = by_regions(seed, 200)
    assert not wrong, wrong[0]


def test_regions_spare_rows_on_random_pairs() -> None:
    assert sum(by_regions(seed, 60)[1] for seed in range(10)) > 100


def test_many_values_of_a_column_are_counted_together(
    sets: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact, "MOST_GROUPS", 1)
    policy = open_policy(sets[0])
    found = measure_impact(policy, policy, sets[2], received=date(2026, 3, 2), by=["事项"])
    assert found.sizes["事项"] == Counter({"入户走访": 5, "…": 1})


def test_a_quota_that_only_one_version_has_says_nothing_to_the_other(tmp_path: Path) -> None:
    rows = "来文单位,类别,事项,人数,A1.每年\n甲局,检查,入户走访,5,12\n"
    history = tmp_path / "history.csv"
    history.write_text(rows, encoding="utf-8")
    limited = '  限额 每个 来文单位 {} 不超过 12 次 否则 拒绝 "满了"\n  | 编号'
    policies = []
    for window in ("每年", "每月"):
        file = tmp_path / f"{window}.policy"
        text = CURRENT.replace("  | 编号", limited.format(window))
        file.write_text(text, encoding="utf-8")
        policies.append(open_policy(file))
    found = measure_impact(*policies, history, received=date(2026, 2, 1))
    assert (found.unread, found.turns) == (0, {(Outcome.REFUSE, Outcome.INCOMPLETE): 1})


def test_what_means_nothing_to_either_set_is_told(sets: tuple[Path, Path, Path]) -> None:
    current, draft, history = open_policy(sets[0]), open_policy(sets[1]), sets[2]
    history.write_text(
        "经办人,类别,人数,日期\n张三,检查,一百,2026-01-05\n李四,检查,5,2026-01-05\n",
        encoding="utf-8",
    )
    found = measure_impact(current, draft, history, received=date(2026, 3, 2))
    assert found.used and list(found.unused) == ["经办人"]
    ((row, finding),) = found.unread_rows
    assert (str(row), found.unread) == ("2", 1) and "一百" in finding.zh
    history.write_text("甲,乙\n1,2\n", encoding="utf-8")
    blind = measure_impact(current, draft, history, received=date(2026, 3, 2))
    assert (blind.rows, blind.used, list(blind.unused)) == (1, False, ["甲", "乙"])
