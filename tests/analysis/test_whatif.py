"""The smallest change that admits, beside all changes tried one by one."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from tests.properties.comparing import SAMPLES
from tests.strategies.resolved import a_request, a_set

from zhunru import open_policy
from zhunru.analysis import find_smallest_change
from zhunru.checker import resolved as r
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.reading import read_request
from zhunru.decision import Request, decide
from zhunru.vocabulary import Outcome, TypeName

BEFORE_PARAMETERS = (date(1989, 12, 31), date(2017, 12, 31), date(2026, 2, 28))
CHANGEABLE = ("类别", "承担方式", "拟进入日期", "经费到位", "户数", "专题")


def domain(field: r.ResolvedField) -> list[Any]:
    kind = field.type
    match kind.name:
        case TypeName.FLAG:
            found: list[Any] = [True, False]
        case TypeName.CHOICE:
            found = list(kind.values)
        case TypeName.CHOICES:
            sizes = range(len(kind.values) + 1)
            found = [c for n in sizes for c in itertools.combinations(kind.values, n)]
        case TypeName.DATE:
            found = [*SAMPLES.dates, *BEFORE_PARAMETERS]
        case _:
            assert kind.low is not None
            assert kind.high is not None
            found = list(range(int(kind.low), int(kind.high) + 1))
    return [*found, None] if kind.optional else found


def tried(
    policy: CompiledPolicy, request: Request, fields: list[r.ResolvedField]
) -> tuple[int | None, bool]:
    """The fewest changes that admit, by trying them all; and whether some might admit."""
    governing = policy.plan().governing_field
    day = read_request(policy.plan(), policy.model, request, policy.supplied).day
    earliest = min(request.received, day)
    fewest, perhaps = None, False
    for values in itertools.product(*(["as it is", *domain(field)] for field in fields)):
        new = {f.name: v for f, v in zip(fields, values, strict=True) if v != "as it is"}
        if fewest is not None and len(new) >= fewest:
            continue
        if governing in new and new[governing] is not None and new[governing] < earliest:
            continue  # nothing can be moved to a day that is over
        quotas = {} if governing in new else request.quotas
        changed = replace(request, facts={**request.facts, **new}, quotas=quotas)
        lost = set(known_units(policy, request)) - set(known_units(policy, changed))
        made = decide(policy, changed)
        perhaps = perhaps or (not lost and Outcome.ADMIT in made.possible)
        if not lost and made.outcome is Outcome.ADMIT:
            fewest = len(new)
    return fewest, perhaps


def known_units(policy: CompiledPolicy, request: Request) -> list[str]:
    """The fields with a unit of the chart of the day: nobody is advised to wait until it is gone."""
    values = read_request(policy.plan(), policy.model, request, policy.supplied).facts.values
    return [
        f.name
        for f in policy.plan().head.fields
        if f.type.name is TypeName.UNIT and f.name in values
    ]


def disagreements(seed: int, count: int) -> tuple[list[str], int]:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    known = [f for f in policy.plan().head.fields if f.name in CHANGEABLE]
    found, refused = [], 0
    for _ in range(count):
        request = replace(a_request(rng, checked, rng.choice((0, 0, 0.1))), asserted_by=None)
        fields = rng.sample(known, min(len(known), rng.randint(1, 3)))
        answer = find_smallest_change(policy, request, fields=[field.name for field in fields])
        if answer.status in ("admitted", "incomplete"):
            continue
        refused += 1
        fewest, perhaps = tried(policy, request, fields)
        mine = len(answer.changes) if answer.status == "found" else None
        unsure = answer.status == "undecided" and not (fewest is None and perhaps)
        sure = answer.status == "none" and perhaps
        if unsure or sure or mine != fewest:
            found.append(
                f"seed {seed}: {answer.status} {answer.changes}, tried {fewest}: {request}"
            )
    return found, refused


@pytest.mark.parametrize("seed", [*range(25), 1367])  # 1367: a unit that is there again earlier
def test_the_change_is_the_smallest_there_is(seed: int) -> None:
    found, _ = disagreements(seed, 8)
    assert not found, found[0]


@pytest.mark.slow
def test_the_change_is_the_smallest_there_is_in_a_thousand_sets() -> None:
    for seed in range(1000, 2000):
        found, _ = disagreements(seed, 5)
        assert not found, found[0]


def test_a_shipped_set_says_what_would_be_admitted() -> None:
    policy = open_policy("national")
    request = Request(
        facts={
            "来文单位": "示例区民政局", "目标社区": "系统外:某社区", "事项": "A38", "类别": "行政任务",
            "承担方式": "主责", "拟进入日期": date(2026, 3, 2), "经费到位": False,
        },
        received=date(2026, 3, 1),
        registers={"应急响应": False, "准入登记": False},
    )  # fmt: skip
    answer = find_smallest_change(policy, request)
    assert answer.status == "found"
    assert {change.field: change.value for change in answer.changes} == {
        "承担方式": "协助",
        "经费到位": True,
    }
    assert answer.blocks
    stranger = replace(request, facts={**request.facts, "来文单位": "不在册的局"})
    hanging = find_smallest_change(policy, stranger)
    assert hanging.status == "undecided"
    assert hanging.why.zh == "改后还要看没有填的内容：来文单位"


def test_nothing_is_moved_to_a_day_that_is_over() -> None:
    policy = open_policy("national")
    request = Request(
        facts={
            "来文单位": "示例区民政局", "目标社区": "示例一社区", "事项": "XF-05", "类别": "行政任务",
            "承担方式": "协助", "拟进入日期": date(2026, 3, 2), "经费到位": True,
        },
        received=date(2026, 3, 1),
        registers={"应急响应": False, "准入登记": False},
    )  # fmt: skip
    assert find_smallest_change(policy, request, fields=["拟进入日期"]).status == "none"
    early = replace(request, received=date(2025, 12, 1))
    answer = find_smallest_change(policy, early, fields=["拟进入日期"])
    assert [change.value for change in answer.changes] == ["2025-12-31"]
