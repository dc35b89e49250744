"""The indicators of a scorecard from a sheet: classes, full marks, sentences as names."""

from __future__ import annotations

from pathlib import Path

from zhunru.syntax.loader import load_text
from zhunru.syntax.measure_nodes import Scorecard

CARD = """政策 W-1 "标准"
评价 幸福社区 对象 社区 每年 取自 "标准.csv"
  评分人 区民政局
  类 队伍精良 2 项 权重 40%
"""


def read(folder: Path, sheet: str) -> tuple[Scorecard, list[str]]:
    (folder / "标准.csv").write_text(sheet, encoding="utf-8")
    loaded, found = load_text(CARD, "a.policy", folder=folder)
    assert loaded is not None
    (card,) = [d for d in loaded.declarations if isinstance(d, Scorecard)]
    return card, [each.code for each in found]


def test_indicators_go_into_their_classes_in_the_order_of_the_sheet(tmp_path: Path) -> None:
    sheet = (
        "类,指标,满分,由\n"
        '队伍精良,"党组织健全，按期换届",10,-\n'
        "队伍精良,持证上岗率达到60%以上,10,街道\n"
        "治理精细 60%,网格划分合理,20,-\n"
    )
    card, found = read(tmp_path, sheet)
    assert found == []
    assert [(c.name.text, str(c.weight.value if c.weight else "")) for c in card.classes] == [
        ("队伍精良", "40"),
        ("治理精细", "60"),
    ]
    first, second = card.classes[0].indicators
    assert first.name.text == "党组织健全,按期换届"
    assert second.full is not None and int(second.full.value) == 10
    assert [rater.text for rater in second.raters] == ["街道"]


def test_a_column_that_means_nothing_is_reported(tmp_path: Path) -> None:
    card, found = read(tmp_path, "类,指标,负责\n队伍精良,甲,乙\n")
    assert [one.name.text for one in card.classes[0].indicators] == ["甲"]
    assert len(found) == 1
