"""The case scripts leave no way of a shipped workflow untried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.cases.scripts import played
from tests.cases.shipped import SHIPPED, flows_of, lines_of

from zhunru.checker.resolved_flows import ResolvedWorkflow
from zhunru.runtime.service import CaseService

SPENT = ".满后"


def ways(flow: ResolvedWorkflow) -> Iterator[str]:
    """Yield every line, and what it becomes when its bound is used up."""
    for line in lines_of(flow):
        yield line.id
        if line.bound and line.bound.then:
            yield line.id + SPENT


def taken(service: CaseService, case_id: str) -> Iterator[str]:
    for event in service.history(case_id):
        data: dict[str, Any] = event.get("data", event)
        if data.get("line"):
            yield data["line"] + (SPENT if data.get("spent_bound") else "")


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    """Return the ways that scripts take, by workflow."""
    ways_of: dict[str, set[str]] = {}
    for script, service, store in played():
        flow = script["流程"]
        for row in store.find_cases(limit=10):
            if row.flow == flow:
                ways_of.setdefault(flow, set()).update(taken(service, row.case_id))
    return ways_of


def test_every_set_that_ships_is_looked_at() -> None:
    assert {"national", "weihai", "jiangyuan", "jin-an", "putian", "siming"} <= set(SHIPPED)
    owners = [name for code in SHIPPED for name in flows_of(code)]
    assert len(owners) == len(set(owners))  # a script names its workflow alone


@pytest.mark.parametrize("code", SHIPPED)
def test_every_way_of_every_shipped_workflow_is_taken_in_some_script(
    code: str, found: dict[str, set[str]]
) -> None:
    missing = {
        name: sorted(left)
        for name, flow in flows_of(code).items()
        if (left := set(ways(flow)) - found.get(name, set()))
    }
    assert missing == {}
