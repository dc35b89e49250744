"""Work that communities already do, held against the lists: what should never have come in."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from zhunru import decide, open_policy, read_requests

HEADING = ("来文单位", "目标社区", "类别", "事项", "承担方式", "经费到位", "拟进入日期")
# Of the work of a year: what was done, and what must come of the audit.
DONE = [
    (("区民政局", "幸福社区", "行政任务", "XS-01", "协助", "是"), "admit", "XS-01"),
    (("区市场监管局", "幸福社区", "行政任务", "沿街商铺摸底登记", "协助", "是"),
     "refuse", "WH-10擅自安排工作叫停"),
    (("区住建局", "幸福社区", "行政任务", "物业企业日常监管", "主责", "是"), "refuse", "属地下放"),
    (("区应急局", "和谐社区", "责任签状", "安全生产责任书", "协助", "是"),
     "refuse", "不签责任状"),
    (("区民政局", "和谐社区", "出具证明", "健在证明", "主责", "是"), "refuse", "ZM-10"),
    (("区市场监管局", "和谐社区", "行政任务", "A39", "协助", "是"), "admit", "A39"),
]  # fmt: skip


@pytest.mark.rows("S1-15")
def test_the_log_of_a_year_is_decided_again_and_what_slipped_in_is_told(tmp_path: Path) -> None:
    log = tmp_path / "已办事项.csv"
    with log.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADING, *((*row, "2026-03-02") for row, _, _ in DONE)])
    policy = open_policy("weihai")
    rows = read_requests(log, policy, received=date(2026, 3, 2))
    found = [decide(policy, row.request) for row in rows]
    assert [one.outcome.value for one in found] == [outcome for _, outcome, _ in DONE]
    codes = [(one.code, one.clause) for one in found]
    for (code, clause), (_, _, wanted) in zip(codes, DONE, strict=True):
        assert wanted in (code, clause.rpartition("/")[2])
