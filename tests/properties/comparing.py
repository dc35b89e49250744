"""The engine beside the oracle: where they differ, said in a line, and made small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from tests.oracle.unknowns import Answer, Samples, interpret
from tests.strategies.resolved import MATTERS, TEXTS, a_request, a_set
from tests.strategies.times import DAYS, MOMENTS, around, near

from zhunru.checker.resolved import CheckedPolicySet
from zhunru.compiler import compile_policies
from zhunru.decision import Decision, Request, decide
from zhunru.vocabulary import Outcome

SAMPLES = Samples(
    dates=near(DAYS, 4),
    moments=around(MOMENTS),
    matters=(*(text for matter in MATTERS for text in matter if text), "没有听说过的事"),
    texts=(*TEXTS, "丙"),
)


def compiled_decide(checked: CheckedPolicySet, request: Request, name: str = "") -> Decision:
    return decide(compile_policies(checked), request, name)


def differences(answer: Answer, decision: Decision, complete: bool) -> list[str]:
    """Everything in which the engine's decision is not the oracle's answer."""
    pairs: list[tuple[str, Any, Any]] = [
        ("outcome", answer.outcome, decision.outcome),
        ("possible outcomes", answer.possible, frozenset(decision.possible)),
        ("missing facts", answer.missing, frozenset(m.name for m in decision.missing)),
        ("exhaustive", True, decision.exhaustive),
    ]
    if answer.verdict is None:
        pairs.append(("never admits", Outcome.ADMIT not in answer.possible, decision.never_admits))
    else:
        pairs += reason_pairs(answer, decision)
    if answer.verdict is not None and complete:
        pairs += record_pairs(answer, decision)
    if answer.outcome is Outcome.ADMIT and answer.verdict is not None:
        pairs.append(("duties", *map(dated, (answer.verdict.owed, duties(decision)))))
        if complete:  # else it may be unknown who owes them
            pairs.append(("owed", answer.verdict.owed, duties(decision)))
    return [f"{what}: oracle {a!r}, engine {b!r}" for what, a, b in pairs if a != b]


def reason_pairs(answer: Answer, decision: Decision) -> list[tuple[str, Any, Any]]:
    deciding = [r for r in decision.reasons if not r.also]
    return [
        ("certain reasons", answer.certain, {(r.code, r.clause) for r in deciding if r.certain}),
        ("reasons", answer.reasons, {(r.code, r.clause) for r in deciding}),
    ]


def record_pairs(answer: Answer, decision: Decision) -> list[tuple[str, Any, Any]]:
    verdict = answer.verdict
    assert verdict is not None
    route = decision.route
    return [
        ("reasons in order", verdict.reasons, keys(decision, also=False)),
        ("also", sorted(verdict.also), sorted(keys(decision, also=True))),
        ("first clause", next(iter(verdict.clauses), ""), decision.clause),
        ("first code", verdict.reasons[0][0], decision.code),
        ("conflict", verdict.conflict, decision.conflict),
        ("route", verdict.route, tuple(route.to) if route else ()),
    ]


def keys(decision: Decision, also: bool) -> tuple[tuple[str, str], ...]:
    return tuple((r.code, r.clause) for r in decision.reasons if r.also is also)


def duties(decision: Decision) -> frozenset[tuple[str, str, date | None]]:
    return frozenset((o.name, o.by, o.due) for o in decision.obligations)


def dated(owed: frozenset[tuple[str, str, date | None]]) -> frozenset[tuple[str, date | None]]:
    return frozenset((name, due) for name, _, due in owed)


def is_complete(answer: Answer) -> bool:
    """One completion only, so that the oracle's verdict is the whole story."""
    return answer.completions == 1


def compare(
    checked: CheckedPolicySet, request: Request, decision: Decision, name: str = ""
) -> list[str]:
    answer = interpret(checked, request, name, samples=SAMPLES)
    return differences(answer, decision, is_complete(answer))


# --- many pairs --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A set and a request to the 判定 `name`, found again from the seed and the number."""

    seed: int
    number: int
    checked: CheckedPolicySet
    request: Request
    name: str = ""


def pairs_of(seed: int, count: int) -> Iterator[Pair]:
    """One random set and `count` requests to it, from complete ones to ones full of holes."""
    rng = Random(seed)
    checked = a_set(rng, several=True)
    names = list(checked.decisions)
    for number in range(count):
        name, unknown = rng.choice(names), rng.choice((0, 0.1, 0.25))
        request = a_request(rng, checked, unknown, decision_name=name)
        yield Pair(seed, number, checked, request, name)


def disagreement(seed: int, count: int) -> str | None:
    """The first disagreement over the pairs of a seed, made small, or None."""
    policy = None
    for pair in pairs_of(seed, count):
        policy = policy or compile_policies(pair.checked)
        try:
            decision = decide(policy, pair.request, pair.name)
            found = compare(pair.checked, pair.request, decision, pair.name)
        except Exception as error:
            error.add_note(f"seed {pair.seed}, request {pair.number}: {plain(pair.request)}")
            raise
        if found:
            return described(pair, found)
    return None


def described(pair: Pair, found: list[str]) -> str:
    kinds = {line.split(":")[0] for line in found}

    def still(checked: CheckedPolicySet, request: Request) -> bool:
        decision = compiled_decide(checked, request, pair.name)
        lines = compare(checked, request, decision, pair.name)
        return bool(kinds & {line.split(":")[0] for line in lines})

    checked, request = made_small(pair, still)
    decision = checked.decisions[pair.name]
    found = compare(checked, request, compiled_decide(checked, request, pair.name), pair.name)
    steps = [f"  step: {[plain(c) for c in step.clauses]}" for step in decision.steps]
    return "\n".join(
        [f"seed {pair.seed}, request {pair.number}", *found, str(plain(request)), *steps]
    )


def plain(node: Any) -> str:
    """A dataclass with only what is not its default."""
    from dataclasses import MISSING, fields

    shown = [
        f"{f.name}={getattr(node, f.name)!r}"
        for f in fields(node)
        if f.name != "span" and (f.default is MISSING or getattr(node, f.name) != f.default)
    ]
    return f"{type(node).__name__}({', '.join(shown)})"


# --- smaller -----------------------------------------------------------------------------------

Still = Callable[[CheckedPolicySet, Request], bool]


def made_small(pair: Pair, still: Still) -> tuple[CheckedPolicySet, Request]:
    """Drop steps, clauses and parts of clauses as long as the disagreement stays."""
    checked, request, smaller = pair.checked, pair.request, True
    while smaller:
        smaller = False
        for candidate in smaller_sets(checked, pair.name):
            if holds(still, candidate, request):
                checked, smaller = candidate, True
                break
    return checked, request


def holds(still: Still, checked: CheckedPolicySet, request: Request) -> bool:
    try:
        return still(checked, request)
    except Exception:  # a smaller set may ask for what it no longer has
        return False


def smaller_sets(checked: CheckedPolicySet, name: str) -> Iterator[CheckedPolicySet]:
    decision = checked.decisions[name]

    def with_steps(steps: tuple[Any, ...]) -> CheckedPolicySet:
        decisions = {**checked.decisions, name: replace(decision, steps=steps)}
        return replace(checked, decisions=decisions, digest=checked.digest + "'")

    if len(checked.decisions) > 1:
        yield replace(checked, decisions={name: decision}, digest=checked.digest + "'")
    for i, step in enumerate(decision.steps):
        yield with_steps(decision.steps[:i] + decision.steps[i + 1 :])
        for j in range(len(step.clauses)):
            kept = replace(step, clauses=step.clauses[:j] + step.clauses[j + 1 :])
            yield with_steps((*decision.steps[:i], kept, *decision.steps[i + 1 :]))
        for j, clause in enumerate(step.clauses):
            for part in smaller_clauses(clause):
                clauses = (*step.clauses[:j], part, *step.clauses[j + 1 :])
                kept = replace(step, clauses=clauses)
                yield with_steps((*decision.steps[:i], kept, *decision.steps[i + 1 :]))


BLANK = (
    "requirements", "quotas", "duties", "citations", "unless_clauses", "documents", "materials",
    "when", "unless", "instead", "return_to", "workflow", "owner", "lead_names", "leads", "period",
    "addressee_test", "matter",
)  # fmt: skip


def smaller_clauses(clause: Any) -> Iterator[Any]:
    from dataclasses import fields

    defaults = {f.name: f.default for f in fields(clause)}
    for name in BLANK:
        if getattr(clause, name) != defaults[name]:
            yield replace(clause, **{name: defaults[name]})
    for name in ("requirements", "duties", "citations"):
        part = getattr(clause, name)
        for i in range(len(part) if len(part) > 1 else 0):
            yield replace(clause, **{name: part[:i] + part[i + 1 :]})
    for name in ("when", "unless"):
        for inner in getattr(getattr(clause, name), "operands", ()):
            yield replace(clause, **{name: inner})
