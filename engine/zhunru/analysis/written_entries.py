"""Lists as they are written: what an entry or the head of a list says, part by part, in words.

Clauses of a decision do not hold all of it (how often, what it mirrors, columns of its own), and
lists that no decision names have no clauses at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from zhunru.analysis.changes import NONE, Part, retold, was_and_is
from zhunru.analysis.clause_changes import tell_days, tell_title
from zhunru.checker.words import Phrase
from zhunru.diagnostics import Source
from zhunru.explain.phrases import show
from zhunru.syntax.format_lists import ListPrinter
from zhunru.syntax.format_words import Words
from zhunru.syntax.headings import HEADINGS
from zhunru.syntax.nodes import Entry, ListDecl, Title
from zhunru.vocabulary import LIST_KINDS

# What a clause does not carry, so that only the text of an entry tells it. `code` says which entry
# it is, and `trace` (出处) nothing about the matter.
_NOT_IN_CLAUSES = frozenset({"jointly", "frequency", "mirrors", "refines"})
_UNTOLD = frozenset({"code", "trace"})

Cells = dict[str, str]


def differing_parts(old: Entry, new: Entry, *, placed: bool) -> Iterator[Phrase]:
    """Yield in a sentence each part of an entry that is written otherwise; of one that is `placed`
    in a decision those that its clause does not tell."""
    if old == new:
        return
    before, after = (_both(entry) for entry in (old, new))
    extra = {heading for entry in (old, new) for heading, _ in entry.extra}
    for slot in dict.fromkeys((*before, *after)):
        one, other = before.get(slot, NONE), after.get(slot, NONE)
        if one != other and (not placed or slot in _NOT_IN_CLAUSES or slot in extra):
            yield was_and_is(_heading(slot, extra), one, other)
    if not placed:
        yield from retold(old.clauses, new.clauses, _MARKS)


def differing_head(old: ListDecl, new: ListDecl, *, placed: bool) -> Iterator[Phrase]:
    """Yield in a sentence each part of the head of a list that is written otherwise; its clauses
    are told of each entry where it is `placed` in a decision."""
    before, after = _head(old), _head(new)
    yield from (was_and_is(n, before[n], after[n]) for n in before if before[n] != after[n])
    if placed:
        return
    # The clauses of a head are those of an entry: they are told in the same words.
    ones, others = (Entry(code="", title=Title(""), clauses=each.clauses) for each in (old, new))
    yield from differing_parts(ones, others, placed=False)


def _head(declared: ListDecl) -> dict[Phrase, Phrase]:
    expected = declared.expected
    return {
        Phrase("题名", "title"): tell_title(declared.title),
        Phrase("类型", "kind"): Phrase(*LIST_KINDS[declared.kind]),
        Phrase("主体", "owner"): show(declared.owner.text if declared.owner else None),
        Phrase("施行", "in force"): tell_days(declared.period.start, declared.period.end),
        Phrase("应有", "expected"): (
            NONE if expected is None else Phrase(f"{expected} 条", f"{expected} entries")
        ),
    }


def _both(entry: Entry) -> dict[str, Phrase]:
    """Return the cells of an entry in both languages, those that say something."""
    zh, en = (_printer(language).cells(entry) for language in ("zh", "en"))
    return {slot: Phrase(zh[slot], en[slot]) for slot in zh if zh[slot] and slot not in _UNTOLD}


@cache
def _printer(language: str) -> ListPrinter:
    return ListPrinter(Words("zh" if language == "zh" else "en"), Source("", ""))


def _heading(slot: str, extra: Collection[str]) -> Phrase:
    """Return the name of a part; the heading of a further column is its own name."""
    if slot in extra:
        return Phrase(slot, slot)
    if slot == "code" or slot in HEADINGS:
        return Phrase(*HEADINGS[slot])
    return Phrase(_printer("zh").heading(slot), _printer("en").heading(slot))


_MARKS: tuple[Part, ...] = (
    (Phrase("可放宽", "relaxable"), lambda clauses: clauses.relaxable, show),
    (Phrase("刚性", "binding"), lambda clauses: clauses.binding, show),
)
