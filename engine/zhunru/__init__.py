"""Zhunru 准入: community admission policies that are checked, decided and explained.

Open a policy set with `open_policy`, decide with `decide`; every name here is stable, everything
below the top level may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhunru.analysis.drawing import draw_workflow
from zhunru.casework.opening import open_cases
from zhunru.codes import explain_code
from zhunru.decision import Decision, Request, decide
from zhunru.diagnostics import Diagnostic
from zhunru.errors import PolicyRejected, ZhunruError
from zhunru.opening import check_policies, open_policy, read_source
from zhunru.request_files import read_requests
from zhunru.rewriting import apply_fixes, format_policy
from zhunru.simulation.simulate import simulate
from zhunru.syntax.schema import policy_schema
from zhunru.testing import run_tests
from zhunru.vocabulary import Outcome

if TYPE_CHECKING:
    from zhunru.runtime.service import CaseService

__all__ = [
    "CaseService",
    "Decision",
    "Diagnostic",
    "Outcome",
    "PolicyRejected",
    "Request",
    "ZhunruError",
    "apply_fixes",
    "check_policies",
    "decide",
    "draw_workflow",
    "explain_code",
    "format_policy",
    "open_cases",
    "open_policy",
    "policy_schema",
    "read_requests",
    "read_source",
    "run_tests",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Return what takes its time to load, once somebody asks for it."""
    if name == "CaseService":
        from zhunru.runtime.service import CaseService

        return CaseService
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
