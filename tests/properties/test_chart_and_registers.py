"""What an unknown register may hold hangs together with the chart: above covers below."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from tests.oracle.unknowns import interpret
from tests.properties.comparing import SAMPLES, differences
from tests.strategies.resolved import DEPARTMENT_ROLE, SPAN, UNIT, UNITS, a_set

from zhunru import Request
from zhunru.checker import resolved as r
from zhunru.compiler import compile_policies
from zhunru.decision import decide
from zhunru.syntax.nodes import Title
from zhunru.vocabulary import Outcome, TypeName

SENDER = r.FieldValue("来文单位", UNIT)
EMERGENCY = r.ResolvedRegister(
    name="应急响应",
    fields=(
        r.ResolvedField(name="起止", type=SPAN),
        r.ResolvedField(name="范围", type=UNITS),
    ),
    span_field="起止",
    scope_field="范围",
)


def test_an_emergency_of_the_district_is_one_of_the_departments_below_it() -> None:
    """The sender, unknown, would have to be below a district that has an emergency, and have none
    itself: no rows are so, and nothing is admitted."""
    deferred = r.Clause(
        code="先等", origin="rule", set_code="T", outcome=Outcome.DEFER,
        when=r.InForce("应急响应", "来文单位"),
    )  # fmt: skip
    parts = (
        r.InForce("应急响应", "目标社区"),
        r.BelongsTo(SENDER, (r.UnitTarget("role", DEPARTMENT_ROLE),)),
    )
    admitted = r.Clause(
        code="后准", origin="rule", set_code="T", outcome=Outcome.ADMIT,
        requirements=tuple(
            r.Requirement(test=part, outcome=Outcome.REFUSE, message=Title("否"), code=f"要求{i}")
            for i, part in enumerate(parts)
        ),
    )  # fmt: skip
    base = a_set(Random(1))
    name, decision = next(iter(base.decisions.items()))
    fields = tuple(
        r.ResolvedField(name=field, type=UNIT, addressee=field == "目标社区")
        for field in ("来文单位", "目标社区")
    )
    steps = tuple(r.ResolvedStep(label="", clauses=(c,)) for c in (deferred, admitted))
    checked = replace(
        base,
        decisions={name: replace(decision, fields=fields, steps=steps, default_return=None)},
        registers={"应急响应": EMERGENCY},
    )
    request = Request(facts={"目标社区": "江源区"}, received=date(2026, 3, 2))
    plain = interpret(checked, request, samples=SAMPLES)
    assert plain.possible == {Outcome.REFUSE, Outcome.DEFER}
    found = decide(compile_policies(checked), request)
    assert not differences(plain, found, complete=False)


def test_a_unit_that_stands_elsewhere_on_the_chart_is_thought_of() -> None:
    """The addressee, unknown, may be a unit that rows can cover without covering the sender: not
    the sender, and nothing above it."""
    flag = r.FieldValue("经费到位", r.Type(TypeName.FLAG))
    urgent = r.Clause(
        code="应急", origin="rule", set_code="T", outcome=Outcome.ADMIT,
        when=r.BelongsTo(r.FieldValue("目标社区", UNIT), (r.UnitTarget("role", "应急成员"),)),
    )  # fmt: skip
    deferred = r.Clause(
        code="先等", origin="rule", set_code="T", outcome=Outcome.DEFER,
        when=r.InForce("应急响应", "来文单位"),
    )  # fmt: skip
    refused = r.Clause(
        code="缺钱", origin="rule", set_code="T", outcome=Outcome.REFUSE, when=r.Inverse(flag)
    )
    entered = r.Clause(code="应急响应", origin="register", set_code="T", outcome=Outcome.ADMIT)
    base = a_set(Random(1))
    name, decision = next(iter(base.decisions.items()))
    fields = (
        r.ResolvedField(name="来文单位", type=UNIT),
        r.ResolvedField(name="目标社区", type=UNIT, addressee=True),
        r.ResolvedField(name="经费到位", type=flag.type),
    )
    clauses = ((urgent, deferred), (refused,), (entered,))
    steps = tuple(r.ResolvedStep(label="", clauses=some) for some in clauses)
    checked = replace(
        base,
        decisions={name: replace(decision, fields=fields, steps=steps, default_return=None)},
        registers={"应急响应": EMERGENCY},
    )
    request = Request(facts={"来文单位": "富强"}, received=date(2026, 6, 15))
    plain = interpret(checked, request, samples=SAMPLES)
    assert plain.missing == {"目标社区", "经费到位", "应急响应"}
    assert not differences(plain, decide(compile_policies(checked), request), complete=False)
