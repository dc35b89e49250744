"""What clauses may come to where what they ask for has no values that could be listed: the holidays
of a year that is not published.

Every doubt is taken each way by itself. So no answer is left out that can happen, and what is
common to all of these holds whatever is published; some of them may never happen together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhunru.checker.resolved import Clause, Quota, Requirement
from zhunru.compiler.judge import SILENT, Answer, Judge, failing_lines
from zhunru.compiler.values import UNKNOWN
from zhunru.vocabulary import Outcome

_REFUSING = frozenset((Outcome.REFUSE,))


def deciders_left(judge: Judge, steps: Sequence[Sequence[int]]) -> Iterator[tuple[Answer, ...]]:
    """Yield the clauses that may decide, of the clauses of each step; none of them: the default."""
    for numbers in steps:
        each = [_answers_left(judge, number) for number in numbers]
        mildest = tuple(answers[0] for answers in each)
        for answers in (mildest, *_turned(mildest, each)):
            deciding = _deciding(answers)
            if deciding:
                yield deciding
        if _deciding(mildest):
            return
    yield ()


def _turned(
    mildest: tuple[Answer, ...], each: Sequence[Sequence[Answer]]
) -> Iterator[tuple[Answer, ...]]:
    """Yield these answers with one of them as it may be otherwise."""
    for at, answers in enumerate(each):
        for other in answers[1:]:
            yield (*mildest[:at], other, *mildest[at + 1 :])


def _deciding(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    return tuple(answer for answer in answers if answer.possible != SILENT)


def _answers_left(judge: Judge, number: int) -> list[Answer]:
    """Return what a clause may come to, the mildest first."""
    judge.forget()
    clause, applies = judge.plan.clauses[number], judge.applies(number)
    silent = [] if applies is True else [Answer(number, clause, SILENT)]
    return silent if applies is False else [*silent, *_applied(judge, number, clause)]


def _applied(judge: Judge, number: int, clause: Clause) -> Iterator[Answer]:
    """Yield what a clause that applies may come to."""
    if clause.outcome in (Outcome.REFUSE, Outcome.DEFER):
        yield Answer(number, clause, frozenset((clause.outcome,)))
        return
    test = clause.addressee_test
    own = True if test is None else judge.tracked(test, clause)
    if own in (True, UNKNOWN):
        for failed in _failing(judge, clause):
            yield Answer(number, clause, frozenset((_given(clause, failed),)), failed)
    if own is not True:
        yield Answer(number, clause, _REFUSING, elsewhere=True)


def _failing(judge: Judge, clause: Clause) -> Iterator[tuple[Requirement | Quota, ...]]:
    """Yield which lines may fail: those that certainly do, and each doubtful one beside them."""
    fails = [(line, judge.fails(line, clause)) for line in failing_lines(clause)]
    yield tuple(line for line, fail in fails if fail is True)
    for doubtful, unknown in fails:
        if unknown is UNKNOWN:
            yield tuple(line for line, fail in fails if fail is True or line is doubtful)


def _given(clause: Clause, failed: Sequence[Requirement | Quota]) -> Outcome | None:
    """Return what a clause gives where these lines fail: refusals stand before deferrals."""
    outcomes = {line.outcome for line in failed}
    for outcome in (Outcome.REFUSE, Outcome.DEFER):
        if outcome in outcomes:
            return outcome
    return clause.outcome
