"""授权 … 增列 … 经 X: who passed an addition is a body, and its paper is cited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zhunru.checker.check import check
from zhunru.diagnostics import Diagnostic
from zhunru.syntax.formatter import format_file
from zhunru.syntax.loader import load_text

UPPER = """政策 上位集 "上位办法"
  施行 2020-01-01
  授权 区级 清单 协助事项 增列 须有 依据 经 联席会议
  授权 市级 清单 协助事项 增列 须有 依据
依据 某法 "某某法"
  施行 2020-01-01
角色 联席会议
单位
  | 名称   | 层级 | 上级 |
  | 某市   | 市   |      |
  | 某区   | 区   | 某市 |
  | 东社区 | 社区 | 某区 |
表单 来件
  目标社区 单位 必填 主体
  事项 事项 必填
清单 协助事项 类型 协助
  依据 某法
  条目 A1 "协助低保核查"
判定 社区准入 对象 来件
  依次
    协助事项
  默认 拒绝 "未列入清单"
"""
LOWER = """政策 试验 "试验办法"
  适用 {territory}
  施行 2024-01-01
依据 增列纪要 "第3次会议纪要"
  印发 {issuer}
  公布 {day}
  施行 {day}
清单 协助事项 类型 协助
  依据 某法{cited}
  条目 W1 "协助助餐摸底"
    施行 2024-03-01
"""


def found(
    territory: str = "某区",
    issuer: str = "联席会议",
    day: str = "2024-02-20",
    cited: str = "、增列纪要",
    notation: str = "",
) -> list[Diagnostic]:
    text = LOWER.format(territory=territory, issuer=issuer, day=day, cited=cited)
    lower, unread = load_text(text, "lower.policy")
    assert lower is not None and unread == []
    if notation:
        printed = format_file(lower.files[0], notation="yaml" if notation == "yaml" else None,
                              language="en" if notation == "en" else None)  # fmt: skip
        lower, unread = load_text(printed, f"lower.{'yaml' if notation == 'yaml' else 'policy'}")
        assert lower is not None and unread == []
    upper, _ = load_text(UPPER, "upper.policy")
    assert upper is not None
    return check(replace(lower, uppers=(upper,)))[1]


def codes(**said: str) -> set[str]:
    return {each.code for each in found(**said)} & {"ZR437", "ZR466", "ZR498"}


@pytest.mark.parametrize("notation", ["", "en", "yaml"])
def test_a_paper_of_the_body_shows_that_it_passed_an_addition(notation: str) -> None:
    assert codes(notation=notation) == set()
    assert codes(notation=notation, issuer="某区联席会议") == set()
    assert codes(notation=notation, issuer="某区") == {"ZR498"}
    assert codes(notation=notation, cited="") == {"ZR498"}


def test_it_was_passed_before_the_entry_began() -> None:
    assert codes(day="2024-03-01") == set()
    assert codes(day="2024-03-02") == {"ZR498"}


def test_the_conditions_are_those_of_the_own_level() -> None:
    assert codes(territory="某市", cited="") == set()


def test_who_must_pass_an_addition_is_known_to_the_upper_set() -> None:
    upper, _ = load_text(UPPER.replace("角色 联席会议\n", ""), "upper.policy")
    assert upper is not None
    (told,) = [each for each in check(upper)[1] if each.code == "ZR203"]
    assert "联席会议" in told.zh
