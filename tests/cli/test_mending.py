"""`check --fix-each` and `--accept`: what needs a person's yes changes by that yes only."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import pytest

from zhunru_cli import mending

# 行政任物 has one name near it: a guess, so that a person has to confirm it. The brackets are safe.
TEXT = """政策 X-1 "甲"
  印发 区民政局
  施行 2026-01-01
依据 甲法 "甲法"
  文号 国务院令[2020]5号
  层级 行政法规
  公布 2020-01-01
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级 |
  | 某区     | 区   | -    |
  | 区民政局 | 部门 | 某区 |
表单 来件
  类别 枚举 行政任务、检查考核
  事项 事项
规则 甲
  当 类别 为 行政任物
  拒绝 "甲" 依据 甲法
规则 乙
  当 类别 为 检查考刻
  拒绝 "乙" 依据 甲法
判定 准入 对象 来件
  依次
    甲
    乙
  默认 拒绝 "x"
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "a.policy"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def unsafe(policy: Path) -> list[Any]:
    """The changes that wait for a yes, as the checker proposes them."""
    from zhunru import check_policies

    found = [d for d in check_policies(policy)[1] if d.fix and not d.fix.safe]
    assert len(found) == 2
    return found


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let a person at a terminal answer so; returns what was asked."""
    given, asked = list(answers), []

    def prompt(text: str, **_: Any) -> str:
        asked.append(text)
        return given.pop(0)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "prompt", prompt)
    return asked


def test_fix_leaves_what_is_to_be_confirmed_and_says_how(
    policy: Path, unsafe: list[Any], zhunru: Any
) -> None:
    _, out, _ = zhunru("check", policy, "--fix")
    text = policy.read_text(encoding="utf-8")
    assert ("行政任物" in text, "检查考刻" in text) == (True, True)
    assert "2 处须人工确认，可用 --fix-each 逐处问。" in out


def test_each_is_asked_and_only_what_was_confirmed_changes(
    policy: Path, unsafe: list[Any], zhunru: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, "n", "y")
    _, out, err = zhunru("check", policy, "--fix-each")
    text = policy.read_text(encoding="utf-8")
    assert ("行政任物" in text, "检查考核" in text.split("规则 乙")[1]) == (True, True)
    assert asked == ["照这样改吗"] * 2
    assert out.index("行政任物") < out.index("检查考刻")  # what is asked about is shown first
    assert f"已改 {policy}：1 处" in err


def test_q_stops_and_what_was_not_asked_stays(
    policy: Path, unsafe: list[Any], zhunru: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, "q")
    zhunru("check", policy, "--fix-each")
    assert "行政任物" in policy.read_text(encoding="utf-8")
    assert "检查考刻" in policy.read_text(encoding="utf-8")


def test_without_a_terminal_nobody_is_asked_and_nothing_is_confirmed(
    policy: Path, unsafe: list[Any], zhunru: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    monkeypatch.setattr(mending, "mend", pytest.fail)  # nor is anything else changed
    code, _, err = zhunru("check", policy, "--fix-each")
    assert code == 2
    assert "--accept 代码" in err
    assert "行政任物" in policy.read_text(encoding="utf-8")


def test_a_code_that_is_accepted_is_mended_wherever_it_is_found(
    policy: Path, unsafe: list[Any], zhunru: Any
) -> None:
    (code,) = {found.code for found in unsafe}
    _, out, _ = zhunru("check", policy, "--accept", code.lower())
    text = policy.read_text(encoding="utf-8")
    assert "行政任物" not in text
    assert "检查考刻" not in text
    assert "须人工确认" not in out


def test_a_code_of_another_kind_confirms_nothing_and_an_unknown_one_is_refused(
    policy: Path, unsafe: list[Any], zhunru: Any
) -> None:
    zhunru("check", policy, "--accept", "ZR404")
    assert "行政任物" in policy.read_text(encoding="utf-8")
    code, _, err = zhunru("check", policy, "--accept", "ZR1")
    assert code == 2
    assert "没有代码“ZR1”" in err


def test_the_same_mistake_twice_is_asked_twice(
    policy: Path, zhunru: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy.write_text(TEXT.replace("检查考刻", "行政任物"), encoding="utf-8")
    asked = answering(monkeypatch, "n", "y")
    zhunru("check", policy, "--fix-each")
    text = policy.read_text(encoding="utf-8")
    assert len(asked) == 2
    assert "行政任物" in text.split("规则 乙")[0]
    assert "行政任务" in text.split("规则 乙")[1]
