"""Long lists are read by short cuts that equal the grammar, and in linear time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies.effort import examples

from zhunru.diagnostics import Source, Span
from zhunru.syntax import cells, lists
from zhunru.syntax.nodes import ListDecl
from zhunru.syntax.parser import parse
from zhunru.syntax.pieces import Pieces

FIXTURES = Path(__file__).parents[1] / "fixtures"
TEXTS = [
    path.read_text(encoding="utf-8")
    for pattern in ("syntax/good/*.policy", "parity/*.policy", "check/ZR1*/good.policy")
    for path in sorted(FIXTURES.glob(pattern))
]


def places(value: Any) -> Iterator[Span]:
    """Yield every place in a tree, in order."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from places(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from places(getattr(value, field.name))


def without_short_cuts(text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read a text by the grammar alone, every piece anew."""
    never = cells.re.compile(r"(?!)")
    with monkeypatch.context() as patch:
        patch.setattr(
            Pieces, "once", lambda self, rule, start, end, read, *_: read(self, start, end)
        )
        patch.setattr(cells, "_PLAIN", {})
        patch.setattr(lists, "_PLAIN_HEAD", never)
        patch.setattr(lists, "_PLAIN_DAYS", never)
        patch.setattr(lists, "_PLAIN_LEADS", never)
        return parse(Source("x", text))


def check_both_ways(text: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        slow, slow_found = without_short_cuts(text, monkeypatch)
    quick, found = parse(Source("x", text))
    assert quick.declarations == slow.declarations
    assert list(places(quick.declarations)) == list(places(slow.declarations))
    assert found == slow_found


@pytest.mark.parametrize("text", TEXTS)
def test_short_cuts_change_neither_tree_nor_places(text: str) -> None:
    check_both_ways(text)


WORDS = st.sampled_from(
    [
        "区民政局",
        "XZ-01",
        "默认",
        "当",
        "否",
        "12",
        "1#楼",
        "社区“两委”会",
        "Ａ１",
        "-",
        "国家.A38",
        "a·b",
    ]
)
CELLS = st.lists(WORDS, min_size=1, max_size=3).map("、".join)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4))
@examples(150)
def test_cells_of_names_and_codes_equal_the_grammar(rows: list[tuple[str, str, str]]) -> None:
    text = "清单 甲 类型 协助\n  | 编号 | 事项 | 牵头 | 主体 | 对应 |\n" + "".join(
        f"  | {n} | 事项 | {lead} | {owner} | {code} |\n"
        for n, (lead, owner, code) in enumerate(rows)
    )
    check_both_ways(text)


DAYS = st.sampled_from(
    ["2026-01-01", "2025-2-3", "2025-02-30", "２０２６-01-01", "2026年1月1日", ""]
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["施行", "至", "自", "牵头", "effective"]), DAYS,
            st.sampled_from(["至", "to", "施行", " 至", "　至"]), DAYS,
            st.sampled_from(["", " 牵头 甲", " # 甲", " 至 2027-01-01"]),
        ),
        max_size=4,
    )
)  # fmt: skip
@examples(300)
def test_days_of_entries_equal_the_grammar(lines: list[tuple[str, str, str, str, str]]) -> None:
    entries = "".join(
        f'  条目 A-{n} "事"\n    {first} {start} {last} {end}{rest}\n'
        for n, (first, start, last, end, rest) in enumerate(lines)
    )
    text = f"清单 甲 类型 协助\n{entries}"
    check_both_ways(text)


@given(
    st.text('条目 A-1.“"、”()事\\', max_size=8),
    st.text('甲乙 a\\"“”#、', max_size=8),
    st.booleans(),
)
@examples(300)
def test_heads_of_entries_equal_the_grammar(code: str, title: str, quoted: bool) -> None:
    head = f'条目 {code} "{title}"' if quoted else f"条目 {code} “{title}”"
    text = f"清单 甲 类型 协助\n  {head}\n    当 a\n"
    check_both_ways(text)


def rows(count: int) -> str:
    return "清单 甲 类型 协助\n  | 编号 | 事项 | 牵头 | 依据 | 频次 | 对应 |\n" + "".join(
        f"  | XZ-{n} | 协助第{n}项核查 | 单位{n % 40} | 社会救助暂行办法 第{n % 9 + 1}条 "
        f"| 每年 不超过 {n % 12 + 1} 次 | JD-{n} |\n"
        for n in range(count)
    )


def blocks(count: int) -> str:
    return "清单 甲 类型 协助\n" + "".join(
        f'  条目 XZ-{n} "协助第{n}项核查"\n    牵头 单位{n % 40}\n    当 类别 为 行政任务\n'
        f"    频次 每年 不超过 {n % 12 + 1} 次\n    施行 2021-01-01\n"
        for n in range(count)
    )


@pytest.mark.parametrize("written", [rows, blocks])
def test_the_time_for_ten_thousand_entries_grows_with_their_number_and_no_faster(
    written: Any,
) -> None:
    def spent(count: int) -> float:
        text = written(count)
        started = time.process_time()
        file, found = parse(Source("x", text))
        taken = time.process_time() - started
        (one,) = file.declarations
        assert found == [] and isinstance(one, ListDecl) and len(one.entries) == count
        return taken

    spent(500)
    # The least of two: what else the machine does must not count.
    assert min(spent(10_000), spent(10_000)) < 15 * max(spent(2_000), 0.05)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["牵头", "会同", "lead", "牵头：", "主体"]),
            st.one_of(CELLS, st.text("甲1、 ，会同无ａ·_#", max_size=6)),
            st.sampled_from(["", " ", " 会同 乙", " # 乙", "、"]),
        ),
        max_size=4,
    )
)
@examples(300)
def test_bodies_that_lead_equal_the_grammar(lines: list[tuple[str, str, str]]) -> None:
    entries = "".join(
        f'  条目 A-{n} "事"\n    {word} {names}{rest}\n'
        for n, (word, names, rest) in enumerate(lines)
    )
    text = f"清单 甲 类型 协助\n{entries}"
    check_both_ways(text)
