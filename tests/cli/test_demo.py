"""The demonstration, and pages of arbitrary requests on the set that it uses."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhunru import ZhunruError, decide, open_policy, read_requests
from zhunru_cli.batch import columns_of
from zhunru_cli.demo import EXAMPLES, NEXT
from zhunru_cli.page import render_page
from zhunru_cli.surface import Surface

# What the regulations demand of the eight, in their order.
OUTCOMES = [
    "不予准入",
    "不予准入",
    "不予准入",
    "准入",
    "请补正",
    "暂缓准入",
    "准入",
    "不予准入",
]


def test_the_demonstration_shows_every_outcome_with_reason_and_basis(zhunru):
    code, out, err = zhunru("demo")
    assert (code, err) == (0, "")
    assert re.findall(r"^结论 +(\S+)$", out, re.M) == OUTCOMES
    pages = out.split("\n\n")[1:-1]
    assert len(pages) == len(EXAMPLES) == 8
    assert all(re.search(r"^理由 +\S", page, re.M) for page in pages)
    assert all(re.search(r"^依据 +\S", page, re.M) for page in pages)


def test_the_demonstration_shows_whom_to_ask_what_is_missing_and_by_when(zhunru):
    pages = zhunru("demo")[1].split("\n\n")[1:-1]
    assert "应当由谁办    统一考核机构" in pages[1]
    assert "应当由谁办    人力资源社会保障部门" in pages[2]
    assert "经费到位：须由街道确认；来件写的“是”不算数" in pages[4]
    assert "经费到位改为是" in pages[5]
    # Five working days from Monday 2 March 2026.
    assert "补办准入申请：由区卫健局办理；最迟 2026-03-09" in pages[6]
    assert "老年人优待证代办（只供核对，不是结论）" in pages[7]


def test_the_commands_to_try_next_work(zhunru, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in NEXT:
        assert zhunru(*line.split()[1:])[0] == 0, line


@pytest.fixture(scope="module")
def weihai():
    return open_policy("weihai")


WORDS = (
    ["", "无", "未知", "是", "否", "x", "2026-03-09", "2030-01-01"],
    ["区民政局", "不存在局", "系统外:某公司", "幸福社区", "XS-01", "健在证明"],
    ["行政任务", "检查考核", "出具证明", "协助", "主责"],
)
TEXTS = st.sampled_from([word for words in WORDS for word in words])
COMPLETE = EXAMPLES[3].facts


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_request_gets_a_page_or_a_finding(weihai, data):
    names = [*weihai.plan("").fields, "应急响应", "检查总量控制.每年", "日期", "没有的栏"]
    changed = data.draw(st.dictionaries(st.sampled_from(names), TEXTS, max_size=3))
    facts = {**COMPLETE, **changed}
    role = data.draw(st.sampled_from([None, "街道", "系统", "没有的角色"]))
    rows = read_requests([facts], weihai, received=date(2026, 3, 2), asserted_by=role)
    (row,) = rows
    if row.request is None:
        assert row.findings
        return
    try:
        answer = decide(weihai, row.request)
    except ZhunruError as rejected:
        assert rejected.diagnostics
        return
    for language in ("zh", "en"):
        surface = Surface(language)
        assert answer.wording in render_page(answer, surface, explain=True)
        assert columns_of(answer, surface)["batch.reason"]
    assert json.loads(json.dumps(answer.to_dict()))["outcome"] == answer.outcome
