"""Who is to take part in a recurring duty must be somebody whom the set knows."""

from __future__ import annotations

import pytest
from tests.checker.sets import findings

TEXT = """政策 试验 "试验办法"
  施行 2024-01-01
单位
  | 名称       | 层级 | 上级 | 别名     | 角色     |
  | 某区       | 区   |      |          |          |
  | 区民政局   | 部门 | 某区 | 某民政局 | 民政部门 |
  | 东社区     | 社区 | 某区 |          |          |
台账 商户
  户名 文本
  社区 单位
  管片人 文本
定期 抽查 每个 {every} 每半年 不少于 1 次, 每年 不少于 3 次 由 区民政局 参加 {attending}
"""


def told(every: str, attending: str) -> list[tuple[str, str]]:
    found = findings(TEXT.format(every=every, attending=attending))
    return [(each.zh, each.help_zh) for each in found if each.code == "ZR203"]


def test_an_unknown_body_is_told_once_with_the_nearest_name() -> None:
    ((said, help_),) = told("社区", "民政部门、区民正局")
    assert ("“区民正局”" in said, "“区民政局”" in help_) == (True, True)


@pytest.mark.parametrize("known", ["区民政局", "某民政局", "民政部门", "社区"])
def test_a_unit_its_alias_a_role_and_a_level_are_known(known: str) -> None:
    assert told("社区", known) == []


def test_a_column_says_it_for_the_rows_of_its_own_register_only() -> None:
    assert told("商户", "管片人") == []
    ((said, _),) = told("社区", "管片人")
    assert "“管片人”" in said


@pytest.mark.parametrize("body", ["由 区民正局", "由 区民政局 逾期 通知 区民正局"])
def test_whoever_owes_it_or_hears_that_it_was_missed_must_be_known_too(body: str) -> None:
    text = TEXT.replace("由 区民政局 参加 {attending}", body).format(every="社区")
    (found,) = [each for each in findings(text) if each.code == "ZR203"]
    assert "“区民正局”" in found.zh and "“区民政局”" in found.help_zh
