"""Ratings: who may rate, what counts in which period, and what is never told."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.measures.sets import DAY, number, policy

from zhunru.measures import Rows, assess

CARD = """
评价 以下评上 对象 部门 每季度
  评分人 居民、社区 匿名 样本 不少于 2 份
  指标 报到 满分 10 分
  指标 服务 满分 10 分 由 社区
  结果 计入 年度考核 占 30%
  底线 年度考核 不低于 30%
"""


def rated(indicator: str, score: int, rater: str, on: date = DAY) -> dict[str, Any]:
    return {
        "对象": "区民政局", "指标": indicator, "得分": number(score), "评分人": rater, "日期": on,
        "份": "第七楼张某",
    }  # fmt: skip


def test_only_the_raters_of_an_indicator_rate_it_and_only_in_its_period() -> None:
    ratings = [
        rated("报到", 8, "居民"),
        rated("报到", 6, "社区"),
        rated("服务", 9, "社区"),
        rated("服务", 7, "社区"),
        rated("服务", 1, "居民"),
        rated("服务", 1, "社区", date(2025, 12, 31)),
    ]
    done = assess(Rows(policy(CARD), DAY, {}), "以下评上", ratings)
    (one,) = done.scored
    assert (one.total, one.credits) == (75, (("年度考核", number("22.5")),))
    assert sorted(count for _, _, count in done.left_out) == [1, 1]


def test_nobody_learns_who_rated() -> None:
    ratings = [rated(name, 8, "社区") for name in ("报到", "报到", "服务", "服务")]
    told = repr(assess(Rows(policy(CARD), DAY, {}), "以下评上", ratings))
    assert "社区" not in told
    assert "张某" not in told


def test_too_few_ratings_give_no_score_and_say_how_many_there_should_be() -> None:
    ratings = [rated("报到", 8, "居民"), rated("服务", 8, "社区"), rated("服务", 8, "社区")]
    (one,) = assess(Rows(policy(CARD), DAY, {}), "以下评上", ratings).scored
    assert (one.total, one.credits) == (None, ())
    assert [step.lacking for step in one.steps] == ["报到评分（有 1 份，应有 2 份）", ""]
