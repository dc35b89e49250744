"""What a set says that it must have (应有) is missed as soon as it is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.shipped import source

from zhunru.checker import check


@pytest.mark.rows("S0-30")
@pytest.mark.parametrize("part", ["网格标准体系", "网格责任考评", "网格员奖惩", "网格责任追究"])
def test_grids_without_their_standards_reviews_or_rewards_are_reported(part: str) -> None:
    whole = source("jiangyuan")
    files = tuple(
        replace(file, declarations=tuple(d for d in file.declarations if named(d) != part))
        for file in whole.files
    )
    _, found = check.check(replace(whole, files=files))
    assert any("应有" in one.zh and part in one.zh for one in found), [one.zh for one in found]


def named(declaration: object) -> str:
    return getattr(getattr(declaration, "name", None), "text", "")
