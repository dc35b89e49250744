"""What a case expects of a decision, each check on its own."""

from __future__ import annotations

from zhunru.decision import Decision
from zhunru.syntax.nodes import Expected
from zhunru.testing.facts import Wrong
from zhunru.vocabulary import OUTCOMES


def _check_outcome(answer: Decision, expected: Expected) -> list[Wrong]:
    if expected.outcome is None or answer.outcome is expected.outcome:
        return []
    want, got = OUTCOMES[expected.outcome], OUTCOMES[answer.outcome]
    return [
        Wrong(
            f"应为{want[0]}，实为{got[0]}：{answer.sentence('zh')}",
            f"expected {want[1]}, found {got[1]}: {answer.sentence('en')}",
        )
    ]


def _check_code(answer: Decision, expected: Expected) -> list[Wrong]:
    """The code is that of a deciding reason, of its clause, or of the clause within its list."""
    if expected.code is None:
        return []
    codes = [code for r in answer.reasons if not r.also for code in (r.code, r.clause) if code]
    short = [code.rpartition("/")[2] for code in codes]
    want = expected.code.text
    if want in codes or want in short:
        return []
    got = "、".join(dict.fromkeys(codes))
    return [Wrong(f"代码应为“{want}”，实为“{got}”", f"expected code `{want}`, found `{got}`")]


def _check_citations(answer: Decision, expected: Expected) -> list[Wrong]:
    cited = {c.basis for c in answer.citations}
    return [
        Wrong(
            f"应引依据“{want.basis}”，实引“{'、'.join(sorted(cited)) or '无'}”",
            f"expected basis `{want.basis}`, found `{', '.join(sorted(cited))}`",
        )
        for want in expected.citations
        if want.basis not in cited
    ]


def _check_missing(answer: Decision, expected: Expected) -> list[Wrong]:
    if not expected.missing:
        return []
    want = {name.text for name in expected.missing}
    got = {fact.name for fact in answer.missing}
    if want == got:
        return []
    zh = f"应补正“{'、'.join(sorted(want))}”，实为“{'、'.join(sorted(got)) or '无'}”"
    en = f"expected missing `{', '.join(sorted(want))}`, found `{', '.join(sorted(got))}`"
    return [Wrong(zh, en)]


def _check_route(answer: Decision, expected: Expected) -> list[Wrong]:
    route = answer.route.to if answer.route else ()
    if expected.route is None or expected.route.text in route:
        return []
    got = "、".join(route) or "无"
    return [
        Wrong(
            f"应由“{expected.route.text}”办，实为“{got}”",
            f"expected route `{expected.route.text}`, found `{got}`",
        )
    ]


def _check_due(answer: Decision, expected: Expected) -> list[Wrong]:
    got = {duty.name: duty.due for duty in answer.obligations}
    return [
        Wrong(
            f"义务“{name.text}”应于 {day} 到期，实为 {got.get(name.text) or '没有这项义务'}",
            f"expected duty `{name.text}` due {day}, found {got.get(name.text)}",
        )
        for name, day in expected.due
        if got.get(name.text) != day
    ]


CHECKS = (
    _check_outcome,
    _check_code,
    _check_citations,
    _check_missing,
    _check_route,
    _check_due,
)
