"""Units that the chart does not know: the answer says so, and who may be meant."""

from __future__ import annotations

import pytest
from tests.engine.conftest import ASSIST, HEAD, Asker, steps

from zhunru.vocabulary import Outcome

# A body that was there until the end of 2025.
CHART = "\n".join(
    f"{line} {'至' if '名称     |' in line else '-'} |"
    if line.startswith("  | ") and line.count("|") == 5
    else line
    for line in HEAD.split("\n")
).replace(
    "角色 社区居委会 每个",
    "  | 区林业站 | 部门 | 江源区 | - | 2025-12-31 |\n角色 社区居委会 每个",
)


def ask(**given: object) -> object:
    return Asker(ASSIST + steps("协助事项"), CHART)(used={}, **given)


@pytest.mark.parametrize(
    ("given", "units", "words"),
    [
        ("区民正局", ("区民政局",), "来文单位：查不到单位“区民正局”，是不是区民政局？"),
        (
            "应急指挥部成员",
            ("区卫健局",),
            "来文单位：查不到单位“应急指挥部成员”，它是角色，由区卫健局担任，请写具体单位",
        ),
        ("街道", ("街道办",), "来文单位：查不到单位“街道”，它是层级，请写具体单位，如街道办"),
        ("区林业站", (), "它在2026-03-02不在组织架构内"),
        ("某某公司", (), "系统外的单位请写“系统外:名称”"),
    ],
)
def test_a_unit_that_is_not_found_is_said_to_be_so(
    given: str, units: tuple[str, ...], words: str
) -> None:
    found = ask(来文单位=given)
    (one,) = found.unresolved
    assert (one.field, one.given, one.units) == ("来文单位", given, units)
    assert words in one.zh
    assert f"查不到单位“{given}”" in found.sentence("zh")
    assert f"no unit is called `{given}`" in found.sentence("en")
    assert found.to_dict()["unresolved"][0]["given"] == given


def test_it_stands_beside_the_decision_and_does_not_change_it() -> None:
    for given in ("区民正局", ...):
        assert ask(来文单位=given, 承担方式="主责").outcome is Outcome.REFUSE
        assert ask(来文单位=given).outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize("given", ["区民政局", "系统外:某公司", "未知", ...])
def test_what_is_known_or_not_given_is_no_doubt(given: object) -> None:
    assert ask(来文单位=given).unresolved == ()
