"""Certificates that a community may issue: each with a form and a way of its own, told in full."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.shipped import compiled, source

from zhunru import Request, decide
from zhunru.syntax import nodes
from zhunru.syntax.workflow_nodes import Document, Longest, Workflow
from zhunru.vocabulary import Measure

DAY = date(2026, 3, 2)
DEMANDED = {
    "CJ-01": ("办理公证", "示例公证处"),
    "CJ-02": ("办理收养登记", "示例区民政局"),
    "CJ-03": ("办理收养登记", "示例区民政局"),
    "CJ-04": ("办理公证", "示例公证处"),
}


def issued() -> nodes.ListDecl:
    (found,) = (
        one
        for one in source("national").declarations
        if isinstance(one, nodes.ListDecl) and one.name.text == "可出具证明"
    )
    return found


def asked(code: str, purpose: str, sender: str | None) -> tuple[str, str]:
    facts: dict[str, Any] = {
        "来文单位": sender, "目标社区": "示例一社区", "事项": code, "类别": "出具证明",
        "用途": purpose, "拟进入日期": DAY,
    }  # fmt: skip
    answer = decide(compiled("national"), Request(facts=facts, received=DAY))
    return answer.outcome.value, answer.code


@pytest.mark.rows("S1-16")
def test_each_certificate_tells_the_seven_things_that_a_guide_tells() -> None:
    """What for, who issues it, by what law, with what papers, how long, who asks, in what form."""
    found, declared = issued(), source("national").declarations
    flows = {each.name.text: each for each in declared if isinstance(each, Workflow)}
    forms = {each.name.text for each in declared if isinstance(each, Document)}
    assert found.owner is not None and found.owner.text == "社区居委会"
    assert [entry.code for entry in found.entries if not entry.period.end] == list(DEMANDED)
    used = []
    for entry in found.entries:
        said = entry.clauses
        assert entry.title.zh and said.when and said.citations and said.materials, entry.code
        assert dict(entry.extra)["要求开具单位"], entry.code
        assert said.workflow is not None and len(said.documents) == 1, entry.code
        longest = [c for c in flows[said.workflow.text].constraints if isinstance(c, Longest)]
        assert [(c.length.value, c.length.measure) for c in longest] == [
            (Decimal(5), Measure.WORKDAY)
        ]
        if not entry.period.end:  # what was issued under older articles has the same form
            used += [each.text for each in said.documents]
    assert len(set(used)) == len(used) and set(used) <= forms


@pytest.mark.rows("S1-16")
@pytest.mark.parametrize("code", DEMANDED)
def test_a_certificate_is_for_who_may_demand_it_and_for_a_resident_who_comes(code: str) -> None:
    purpose, demanding = DEMANDED[code]
    assert asked(code, purpose, demanding)[0] == "admit"
    assert asked(code, purpose, None)[0] == "admit"
    others = {"示例公证处", "示例区民政局", "示例区住建局"} - {demanding}
    assert {asked(code, purpose, sender) for sender in others} == {("refuse", "非要求开具单位")}
