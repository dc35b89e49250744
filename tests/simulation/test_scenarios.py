"""Scenario files: what they say, and the findings about what they cannot say."""

from __future__ import annotations

import random

import pytest

from zhunru import PolicyRejected, ZhunruError, simulate
from zhunru.diagnostics import Source
from zhunru.simulation import phrases
from zhunru.simulation.reading import parse_scenario
from zhunru.simulation.scenario import EXPIRY, chosen
from zhunru.vocabulary import Measure


def _read(text: str):
    return parse_scenario(Source("场景.yaml", text))


def test_a_scenario_says_everything_in_chinese_or_english():
    zh = _read(
        "流程: 复核\n起: 2025-03-03\n到达: 每个工作日 12 件\n次序: 先到期先办\n"
        "办理时长: {办理: 均匀 1 至 3 个工作日, 复核: 对数正态 30 分钟 散 0.5}\n"
        "去向: {复核: {同意: 8, 期满: 2}}\n人手: {窗口: 3 人, 复核员: 不限}\n"
        "填: {权限: {社区: 6, 街道: 4}, 金额: 均匀 1 至 10}\n"
    )
    en = _read(
        "workflow: 复核\nstart: 2025-03-03\narrivals: 12 per workday\ndiscipline: by due\n"
        "handling: {办理: uniform 1 to 3 workdays, 复核: lognormal 30 minutes sigma 0.5}\n"
        "choices: {复核: {同意: 8, expiry: 2}}\nstaff: {窗口: 3 persons, 复核员: unbounded}\n"
        "fields: {权限: {社区: 6, 街道: 4}, 金额: uniform 1 to 10}\n"
    )
    assert zh == en
    assert zh.staff == {"窗口": 3, "复核员": None}
    assert zh.choices["复核"] == {"同意": 8.0, EXPIRY: 2.0}
    assert zh.handling["复核"].shape == "lognormal"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("到货: 3\n", "ZR870", "到货"),
        ("到达: 每月 3 件\n", "ZR871", "每月 3 件"),
        ("到达: [1]\n", "ZR871", "[1]"),
        ("人手: {窗口: 0 人}\n", "ZR871", "0 人"),
        ("办理时长: {办理: 指数 2}\n", "ZR871", "指数 2"),
        ("办理时长: {办理: 均匀 3 至 1 小时}\n", "ZR871", "均匀 3 至 1 小时"),
        ("办理时长: {办理: 对数正态 2 小时 散 200}\n", "ZR871", "对数正态 2 小时 散 200"),
        ("办理时长: 2 小时\n", "ZR873", "2 小时"),
        ("起: 三月三日\n", "ZR871", "三月三日"),
        ("- 到达\n", "ZR873", "- 到达"),
        ("到达: 'a\n", "ZR820", ""),
    ],
)
def test_a_mistake_is_a_finding_at_its_place(text, code, place):
    with pytest.raises(PolicyRejected) as refused:
        _read(text)
    (found,) = refused.value.diagnostics
    assert found.code == code
    assert text[found.span.start : found.span.end].startswith(place)


@pytest.mark.parametrize(
    ("text", "measure", "first"),
    [
        ("2 个工作小时", Measure.WORKHOUR, 2),
        ("固定　２ 小时", Measure.HOUR, 2),
        ("exponential 1.5 workdays", Measure.WORKDAY, 1.5),
        ("3 分钟", Measure.MINUTE, 3),
    ],
)
def test_lengths_are_read_in_either_width_and_language(text, measure, first):
    found = phrases.spread(text, of_time=True)
    assert (found.measure, found.first) == (measure, first)


def test_draws_have_the_mean_that_the_phrase_says():
    rng = random.Random(1)
    for text, mean in [
        ("指数 2 小时", 2.0),
        ("均匀 1 至 3 小时", 2.0),
        ("固定 2 小时", 2.0),
        # The median of a lognormal is what is written; its mean is greater by exp(s²/2).
        ("对数正态 2 小时 散 0.5", 2.0 * 2.718281828**0.125),
    ]:
        spread = phrases.spread(text, of_time=True)
        drawn = [spread.draw(rng) for _ in range(8000)]
        assert sum(drawn) / len(drawn) == pytest.approx(mean, rel=0.05)
        assert min(drawn) >= 0


def test_no_spread_that_can_be_written_is_too_wide_to_be_drawn():
    spread = phrases.spread("对数正态 999999999 个工作日 散 10", of_time=True)
    rng = random.Random(1)
    assert all(spread.draw(rng) < float("inf") for _ in range(8000))


def test_names_are_chosen_as_often_as_their_weights_say():
    rng = random.Random(2)
    drawn = [chosen({"甲": 3.0, "乙": 0.0, "丙": 1.0}, rng) for _ in range(4000)]
    assert drawn.count("甲") / 4000 == pytest.approx(0.75, abs=0.03)
    assert "乙" not in drawn
    assert chosen({"甲": 0.0}, rng) == ""


def test_one_seed_chooses_the_same_on_every_python(monkeypatch):
    # Added up by `sum` these are 0.9999999999999999 before Python 3.12.
    rng = random.Random(1)
    monkeypatch.setattr(rng, "random", lambda: 0.5)
    assert chosen(dict.fromkeys("甲乙丙丁戊己庚辛壬癸", 0.1), rng) == "己"


def test_names_that_the_workflow_does_not_have_are_findings(policy):
    text = (
        "办理时长: {办里: 2 小时}\n去向: {复核: {同亿: 1}}\n人手: {窗囗: 2 人}\n填: {无此栏: 1}\n"
    )
    with pytest.raises(PolicyRejected) as refused:
        simulate(policy, cases=1, seed=1, scenario=_read(text))
    found = refused.value.diagnostics
    assert [d.code for d in found] == ["ZR872"] * 4
    assert {text[d.span.start : d.span.end] for d in found} == {"办里", "同亿", "窗囗", "无此栏"}


@pytest.mark.parametrize("cases", [0, -1, 1_000_001])
def test_the_number_of_cases_is_bounded(policy, cases):
    with pytest.raises(ZhunruError) as refused:
        simulate(policy, cases=cases, seed=1)
    assert refused.value.diagnostics[0].code == "ZR874"


def test_an_unknown_workflow_is_refused(policy):
    with pytest.raises(ZhunruError) as refused:
        simulate(policy, "复合", cases=1, seed=1)
    assert refused.value.diagnostics[0].code == "ZR770"
