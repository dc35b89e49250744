"""One entry of a list: everything that it says, in words, and the entries that it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from zhunru.analysis.sources import written_lists
from zhunru.checker.resolved import Clause, Duty, Every, Quota, Requirement, Some
from zhunru.checker.words import amount
from zhunru.compiler import CompiledPolicy
from zhunru.diagnostics import Language
from zhunru.explain.phrases import describe
from zhunru.syntax.nodes import Entry, ListDecl
from zhunru.vocabulary import LIST_KINDS, OUTCOMES, WINDOWS
from zhunru.web.pages.listing import clauses_of
from zhunru.web.pages.visit import Visit
from zhunru.web.problems import reject

Line = tuple[str, list[str]]
"""The key of what is said, and how it is said."""


def show(visit: Visit) -> Response:
    """Show an entry."""
    query = visit.query
    policy = visit.tenant.current(query.get("set", "")).policy
    code, name, number = (query.get(part, "") for part in ("of", "list", "code"))
    found = _found(policy, code, name, number)
    if found is None:
        reject(404, "ZR758", policy=f"{name}/{number}"[:80] or "?", names=policy.code)
    listed, entry = found
    clause = clauses_of(policy).get(f"{name}/{entry.code}")
    kind = LIST_KINDS[listed.kind][visit.language == "en"]
    asked = query.get("back", "") or urlencode({"set": policy.code, "list": name})
    return visit.page(
        "entry.html",
        here="lists",
        policy=policy,
        of=code,
        listed=listed,
        entry=entry,
        kind=kind,
        lines=[*_written(entry, visit.language), *_meant(clause, visit.language)],
        kin=[
            (word, {"set": policy.code, **place, "back": asked}, told)
            for word, place, told in _kin(policy, code, listed, entry)
        ],
        # Whoever goes through a list comes back to where in it they were.
        back=f"{visit.url('/lists')}?{asked}",
        place=f"{entry.span.path.rpartition('/')[2]}:{entry.span.line}",
    )


def _found(
    policy: CompiledPolicy, code: str, name: str, number: str
) -> tuple[ListDecl, Entry] | None:
    for of, listed in written_lists(policy):
        if of == code and listed.name.text == name:
            for entry in listed.entries:
                if entry.code == number:
                    return listed, entry
    return None


def _kin(
    policy: CompiledPolicy, code: str, listed: ListDecl, entry: Entry
) -> list[tuple[str, dict[str, str], str]]:
    """Return the entries above that this one stands for or refines, and those below that do so."""
    wanted, own = _pointed_at(entry), _names(code, listed, entry)
    found = []
    for of, other in written_lists(policy):
        for each in other.entries:
            word = "stood_for" if own & _pointed_at(each) else ""
            word = "stands_for" if _names(of, other, each) & wanted else word
            if word and each is not entry:
                place = {"of": of, "list": other.name.text, "code": each.code}
                found.append((word, place, f"{other.name.text} {each.code} {each.title.zh}"))
    return found[:50]


def _names(code: str, listed: ListDecl, entry: Entry) -> set[str]:
    """Return what others call an entry."""
    return {entry.code, f"{listed.name.text}.{entry.code}", f"{code}.{entry.code}"}


def _pointed_at(entry: Entry) -> set[str]:
    refined = () if entry.refines is None else (entry.refines,)
    return {name.text for name in (*entry.mirrors, *refined)}


def _written(entry: Entry, language: Language) -> Iterator[Line]:
    """Yield what stands in the entry itself."""
    if entry.aliases:
        yield "aliases", [name.text for name in entry.aliases]
    if entry.owner is not None:
        yield "owner", [entry.owner.text]
    if entry.leads:
        yield "lead", [name.text for name in entry.leads]
    if entry.jointly:
        yield "jointly", [name.text for name in entry.jointly]
    every = entry.frequency
    if every is not None and every.limit is None:
        yield "frequency", ["unlimited" if language == "en" else "不限"]


def _meant(clause: Clause | None, language: Language) -> Iterator[Line]:
    """Yield what the entry means to a decision, in words."""
    if clause is None:
        return
    at = language == "en"
    if clause.when not in (Every(()), Some(())):
        yield "when", [describe(clause.when)[at]]
    if clause.unless not in (Some(()), Every(())) or clause.unless_clauses:
        said = [] if clause.unless == Some(()) else [describe(clause.unless)[at]]
        yield "unless", [*said, *clause.unless_clauses]
    if clause.outcome is not None:
        message = clause.message.en if at and clause.message.en else clause.message.zh
        yield "outcome", [f"{OUTCOMES[clause.outcome][at]} {message}".strip()]
    yield from _listed("requirements", (_required(each, at) for each in clause.requirements))
    yield from _listed("quotas", (_quota(each, at) for each in clause.quotas))
    yield from _listed("obligations", (_duty(each, at) for each in clause.duties))
    yield from _routed(clause, at)
    yield from _listed("materials", clause.materials)
    yield from _listed("documents", clause.documents)
    unverified = "（待核实）" if not at else " (not verified)"
    yield from _listed(
        "basis", (c.text + (unverified if c.unverified else "") for c in clause.citations)
    )


def _listed(key: str, texts: Any) -> Iterator[Line]:
    found = [text for text in texts if text]
    if found:
        yield key, found


def _required(each: Requirement, at: bool) -> str:
    message = each.message.en if at and each.message.en else each.message.zh
    other = OUTCOMES[each.outcome][at]
    joined = "; otherwise" if at else "，否则"
    return f"{describe(each.test)[at]}{joined}{' ' if at else ''}{other} {message}".strip()


def _quota(each: Quota, at: bool) -> str:
    if each.limit is None:
        return ""  # the frequency says so
    window = WINDOWS[each.window][at]
    if each.days:
        window = f"{window} {each.days} {'days' if at else '日'}"
    limit = describe(each.limit)[at].removesuffix("次")
    per = ("、" if not at else ", ").join(each.per)
    return f"per {per}: {window} {limit}" if at else f"每个{per}{window}不超过{limit}次"


def _duty(each: Duty, at: bool) -> str:
    limit = ""
    if each.amount is not None:
        limit = amount(each.amount, each.measure)[at]
    elif each.length is not None:
        limit = describe(each.length)[at]
    by = (f"by {each.by}" if at else f"由{each.by}") if each.by else ""
    within = (f"within {limit}" if at else f"限{limit}") if limit else ""
    parts = [each.name, by, within, each.consequence]
    return (", " if at else "，").join(part for part in parts if part)


def _routed(clause: Clause, at: bool) -> Iterator[Line]:
    if clause.instead is not None:
        yield "instead", [describe(clause.instead)[at]]
    if clause.return_to is not None:
        yield "return_to", [describe(clause.return_to)[at]]
    if clause.workflow:
        yield "flow", [clause.workflow]
