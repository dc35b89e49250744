"""A set with several 判定: what one of them lists is known to the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from tests.strategies.resolved import MATTER, a_set

from zhunru.checker import resolved as r
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.request import snapshot
from zhunru.decision import Request, _careful, decide
from zhunru.vocabulary import ListKind, Outcome


def two_decisions() -> CompiledPolicy:
    """社区准入 lists a matter of two names; 复核 has a rule about one of the two."""
    listed = r.Clause(
        code="清单/1", origin="entry", set_code="T", list_name="清单", list_kind=ListKind.ADMISSION,
        outcome=Outcome.ADMIT, matter=frozenset({"健在证明", "生存证明"}),
    )  # fmt: skip
    asked = r.Test("==", r.FieldValue("事项", MATTER), r.Const("健在证明", MATTER))
    rule = r.Clause(code="暂停", origin="rule", set_code="T", outcome=Outcome.DEFER, when=asked)
    base = a_set(Random(1))
    decision = next(iter(base.decisions.values()))
    fields = (r.ResolvedField(name="事项", type=MATTER),)
    made = {
        name: replace(
            decision, name=name, fields=fields, default_return=None,
            steps=(r.ResolvedStep(label="", clauses=(clause,)),),
        )
        for name, clause in (("社区准入", listed), ("复核", rule))
    }  # fmt: skip
    return compile_policies(replace(base, decisions=made))


@pytest.mark.parametrize(("matter", "outcome"), [
    ("健在证明", Outcome.DEFER), ("生存证明", Outcome.DEFER), ("别的", Outcome.REFUSE),
])  # fmt: skip
def test_names_of_one_matter_are_those_of_every_decision(matter: str, outcome: Outcome) -> None:
    policy = two_decisions()
    request = Request(facts={"事项": matter}, received=date(2026, 3, 2))
    careful = _careful(policy, policy.plan("复核"), snapshot(request))
    assert careful.outcome is outcome
    assert decide(policy, request, "复核").outcome is outcome
