"""Checks on legal bases: their days, their numbers, and whether they hold when they are cited."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from zhunru.checker.bases import Bound, versions
from zhunru.checker.periods import apart, both, empty, first_uncovered
from zhunru.diagnostics import Fix
from zhunru.syntax import nodes as n
from zhunru.vocabulary import ListKind, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunru.checker.model import Model
    from zhunru.diagnostics import Span

# 民发〔2020〕20号, 国务院令第649号, 主席令第二十一号, 鲁社区治理组1号, GB/T 34300-2017
_NUMBER = re.compile(
    r"[\u4e00-\u9fff·、()()]{1,30}〔\d{4}〕(第)?\d{1,5}号(文)?"
    r"|[\u4e00-\u9fff·]{0,30}(令|公告|通告)?(〔\d{4}〕)?第?[〇零一二三四五六七八九十百千\d]{1,6}号(令|公告)?"
    r"|[A-Z]{2,5}(/[A-Z])? ?\d+(\.\d+)*[-—]\d{4}"
)
_BRACKETED = re.compile(r"[\[((【{](\d{4})[\]))】}]")


def check_numbers(model: Model) -> None:
    """Document numbers are well formed; other brackets around the year get a fix."""
    for basis in model.scope.nodes("basis"):
        for text, span in _numbers(basis):
            plain = "".join(text.split())
            if text and not _NUMBER.fullmatch(plain) and not _NUMBER.fullmatch(text):
                mended = _BRACKETED.sub(r"〔\1〕", plain)
                good = bool(_NUMBER.fullmatch(mended))
                model.report.add(
                    "ZR333", _inside(model, span, text), text=text,
                    fix=_brackets(model, span, text, mended) if good else None,
                )  # fmt: skip


def _numbers(basis: n.Basis) -> Iterator[tuple[str, Span]]:
    yield basis.reference, basis.span
    for version in basis.versions:
        yield version.reference, version.span


def _inside(model: Model, span: Span, text: str) -> Span:
    """Return the place of `text` inside a declaration, or the declaration's."""
    for file in model.scope.policy_set.files:
        if file.source.path == span.path:
            at = file.source.text.find(text, span.start, max(span.end, span.start) + 400)
            return file.source.span(at, at + len(text)) if at >= 0 else span
    return span


def _brackets(model: Model, span: Span, text: str, mended: str) -> Fix | None:
    place = _inside(model, span, text)
    if place == span:
        return None
    return Fix.writing(place, mended, safe=True)


def check_versions(model: Model) -> None:
    """No version is in force before it was issued, backwards, or beside another."""
    for basis in model.scope.nodes("basis"):
        # One without a beginning is the oldest.
        ordered = sorted(versions(basis), key=lambda each: each.period.start or date.min)
        for version in ordered:
            start, end = version.period.start, version.period.end
            if version.issued and start and start < version.issued:
                model.report.add("ZR341", version.span, name=basis.name.text, start=start,
                                 issued=version.issued)  # fmt: skip
            if empty(version.period):
                model.report.add("ZR316", version.span, start=start, end=end)
        for earlier, later in pairwise(ordered):
            shared = both(earlier.period, later.period)
            if not empty(shared) and not empty(earlier.period) and not empty(later.period):
                model.report.add("ZR324", later.span, name=basis.name.text,
                                 day=shared.start or date.min)  # fmt: skip


def check_in_force(model: Model) -> None:
    """A cited basis is in force on every day that the clause is; its text is the cited one."""
    judged: set[tuple[int, n.Period]] = set()
    fine: set[tuple[int, int, n.Period]] = set()
    for citation, life, admits in _cited(model):
        if empty(life) or (id(citation), life) in judged:
            continue
        judged.add((id(citation), life))
        bound = model.bases.bind(citation)
        # Thousands of entries cite one law over the same days: what was found in order needs no
        # second look.
        same = (id(bound.basis), id(bound.version), life)
        if bound.basis is None or same in fine:
            continue
        before = len(model.report.found)
        if _judge(model, bound, bound.basis, life, admits, bound.resolved.periods):
            _judge_amended(model, bound, bound.basis, life)
        # With several versions the pinpoint matters too, and that differs.
        if len(model.report.found) == before and len(bound.basis.versions) < 2:
            fine.add(same)


def _cited(model: Model) -> Iterator[tuple[n.Citation, n.Period, bool]]:
    """Yield every citation with the days of its clause and whether that clause admits."""
    life = model.life
    for source in model.scope.lists():
        if not source.entries:
            continue
        outer = both(life, source.period)
        admits = source.kind not in (ListKind.PROHIBITION, ListKind.CATALOGUE)
        for citation in source.clauses.citations:
            yield citation, outer, admits
        for entry in source.entries:
            for citation in entry.clauses.citations:
                yield citation, both(outer, entry.period), admits
    for rule in model.scope.rules():
        admits = bool(rule.verdict) and rule.verdict.outcome is Outcome.ADMIT  # type: ignore[union-attr]
        for citation in rule.clauses.citations:
            yield citation, both(life, rule.period), admits
    for kind in ("table", "parameter"):
        for node in model.scope.nodes(kind):
            for citation in node.citations:
                model.bases.bind(citation)
                yield citation, both(life, getattr(node, "period", n.Period())), False


def check_under_workflows(model: Model) -> None:
    """What a workflow rests on holds as long as it runs; texts of one law may take turns."""
    for flow in model.scope.nodes("workflow"):
        life = both(model.life, flow.period)
        cited: dict[str, list[Bound]] = {}
        for bound in () if empty(life) else map(model.bases.bind, flow.citations):
            if bound.basis is not None:
                cited.setdefault(bound.basis.name.text, []).append(bound)
        for bounds in cited.values():
            basis, last = bounds[-1].basis, bounds[-1]
            assert basis is not None
            periods = tuple(period for each in bounds for period in each.resolved.periods)
            taken = tuple(each.version for each in bounds if each.version)
            for bound in bounds if _judge(model, last, basis, life, False, periods) else ():
                _judge_amended(model, bound, basis, life, taken)


def _judge(
    model: Model, bound: Bound, basis: n.Basis, life: n.Period, admits: bool,
    periods: tuple[n.Period, ...],
) -> bool:  # fmt: skip
    """Tell whether the basis holds on any day of the clause; report the first when it does not."""
    report, span, name = model.report, bound.citation.span, basis.name.text
    if all(apart(period, life) for period in periods):
        if admits:
            report.add("ZR338", span, basis=name)
        else:
            report.add("ZR337", span, basis=name, day=life.start or life.end)
        return False
    day = first_uncovered(life, periods)
    if day and day != date.min:
        report.add("ZR337", span, basis=name, day=day)
    return True


def _judge_amended(
    model: Model, bound: Bound, basis: n.Basis, life: n.Period,
    beside: tuple[n.BasisVersion, ...] = (),
) -> None:  # fmt: skip
    """A pinpoint belongs to the version in force when the clause begins (D26).

    `beside`: the versions that the same clause cites as well, for the days of their own.
    """
    citation = bound.citation
    if not citation.pinpoint or len(basis.versions) < 2:
        return
    begin = bound.version.period.start if bound.version else life.start
    if begin is None:
        return
    for later in sorted(basis.versions, key=lambda each: each.period.start or date.min):
        start = later.period.start
        if start and start > begin and not apart(later.period, life) and later not in beside:
            model.report.add("ZR339", citation.span, basis=basis.name.text, day=start,
                             pinpoint=citation.pinpoint, version=later.label)  # fmt: skip
            return


CHECKS = (check_numbers, check_versions, check_in_force, check_under_workflows)
