"""至 今日: what is to be done on the day on which it comes, by the close of business."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.compiler import compile_policies
from zhunru.diagnostics import Source
from zhunru.syntax.loader import load_text
from zhunru.syntax.parser import parse
from zhunru.testing import run_tests

TEXT = """政策 T-1 "试验"
  施行 2020-01-01
单位
  | 名称 | 层级 | 上级 |
  | 甲区 | 区 | - |
  | 甲社区 | 社区 | 甲区 |
表单 来件
  目标社区 单位 主体
流程 来访 止于 办结
  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |
  | 登记 | 社区 | 不限时 | 登记 → 答复 | - |
  | 答复 | 社区 | 至 今日 | 答 → 办结; 再问 → 答复 不超过 1 次 | 逾期 → 办结 |
测试 "当日"
  假如 流程 为 来访, 目标社区 为 甲社区, 登记 于 {start} 那么 答复 止于 {end}
"""


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02 10:00", "2026-03-02 18:00"),
        # What comes at the close or later is that of the next working day.
        ("2026-03-06 18:00", "2026-03-09 18:00"),
        ("2026-03-06 20:30", "2026-03-09 18:00"),
        # A day without business lasts until its end.
        ("2026-03-07 10:00", "2026-03-08 00:00"),
    ],
)
def test_the_same_day_ends_with_its_business(start: str, end: str) -> None:
    loaded, unread = load_text(TEXT.format(start=start, end=end), "set.policy")
    assert loaded is not None and unread == []
    done, found = check(loaded)
    assert done is not None and not found
    results = run_tests(compile_policies(done))
    assert len(results) == 1
    assert [each.zh for each in results if not each.passed] == []


def _found(limit: str) -> tuple[str, str]:
    text = TEXT.format(start="2026-03-02 10:00", end="2026-03-02 18:00")
    text = text.replace("至 今日", limit)
    _, (found,) = parse(Source("x.policy", text))
    if found.fix is None:
        return found.help_zh, ""
    (edit,) = found.fix.edits
    return found.help_zh, text[: edit.span.start] + edit.text + text[edit.span.end :]


@pytest.mark.parametrize("written", ["当日", "当天", "即日", "今日"])
def test_the_words_of_offices_for_it_are_told_with_their_mend(written: str) -> None:
    said, mended = _found(written)
    assert "至 今日" in said
    assert mended == TEXT.format(start="2026-03-02 10:00", end="2026-03-02 18:00")


@pytest.mark.parametrize("written", ["即时", "立即", "当场"])
def test_at_once_is_no_length_of_time(written: str) -> None:
    said, mended = _found(written)
    assert "写明过多久算迟" in said and not mended
