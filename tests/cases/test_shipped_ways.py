"""The case scripts leave no way of a shipped workflow untried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from tests.cases.scripts import SCRIPTS, play, policy_of

from zhunru.checker.resolved_flows import ResolvedWorkflow
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

SETS = ("national", "weihai", "jiangyuan", "hongqi")
SPENT = ".满后"


def ways(flow: ResolvedWorkflow) -> Iterator[str]:
    """Yield every line, and what it becomes when its bound is used up."""
    for line in (
        *(each for s in flow.states for each in s.lines),
        *(a.line for a in flow.anywhere),
    ):
        yield line.id
        if line.bound and line.bound.then:
            yield line.id + SPENT


def taken(service: CaseService, case_id: str) -> Iterator[str]:
    for event in service.history(case_id):
        data: dict[str, Any] = event.get("data", event)
        if data.get("line"):
            yield data["line"] + (SPENT if data.get("spent_bound") else "")


def test_every_way_of_every_shipped_workflow_is_taken_in_some_script() -> None:
    found: dict[str, set[str]] = {}
    for path in SCRIPTS:
        flow = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["流程"]
        store = MemoryStore()
        service = play(path, store)
        for row in store.find_cases(limit=10):
            if row.flow == flow:
                found.setdefault(flow, set()).update(taken(service, row.case_id))
    missing = {
        name: left
        for code in SETS
        for name, flow in policy_of(code).checked.workflows.items()
        if (left := set(ways(flow)) - found.get(name, set()))
    }
    assert missing == {}
