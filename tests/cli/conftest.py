"""Decisions made by hand, for showing them without an engine; and a way to run the command line."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from zhunru.decision import Cited, Reason, Route
from zhunru.diagnostics import Span
from zhunru.vocabulary import Outcome
from zhunru_cli.main import main


def make_reason(**given: Any) -> Reason:
    settings: dict[str, Any] = {
        "code": "考核不得延伸",
        "outcome": Outcome.REFUSE,
        "clause": "考核不得延伸",
        "zh": "部门考核不得延伸到社区",
        "en": "departments may not assess communities",
        "span": Span("集/规则.policy", 10, 20, 7, 3),
    }
    return Reason(**{**settings, **given})


def make_answer(**given: Any) -> Any:
    settings: dict[str, Any] = {
        "outcome": Outcome.REFUSE,
        "wording": "不予准入",
        "code": "考核不得延伸",
        "clause": "考核不得延伸",
        "reasons": (make_reason(),),
        "missing": (),
        "possible": (Outcome.REFUSE,),
        "never_admits": True,
        "obligations": (),
        "route": Route(to=("区考核办",)),
        "nearest": None,
        "suggestions": (),
        "citations": (Cited(text="《若干规定》", basis="若干规定2024", unverified=True),),
        "digest": "3fa9c2d14b77e0aa",
        "set_code": "JY-2021",
        "decision_name": "社区准入",
        "as_of": date(2026, 3, 6),
        "valid_until": None,
        "facts_used": {},
        "claims": {},
        "unresolved": (),
        "taken_as_confirmed": (),
        "exhaustive": True,
        "conflict": False,
        "sentence": lambda language="zh": "不予准入：部门考核不得延伸到社区",
        "to_dict": lambda: {"outcome": "refuse", "code": "考核不得延伸"},
    }
    return SimpleNamespace(**{**settings, **given})


@pytest.fixture
def answer():
    """Make a decision: a refusal, unless told otherwise."""
    return make_answer


@pytest.fixture
def reason():
    """Make a reason of that refusal."""
    return make_reason


@pytest.fixture
def zhunru(capsys, monkeypatch):
    """Run the command line; return exit code, output and errors."""
    monkeypatch.delenv("ZHUNRU_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return run
