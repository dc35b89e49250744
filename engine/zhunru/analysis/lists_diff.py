"""Lists of two sets beside each other: entries that came, went or are told otherwise.

Lists of decisions are compared by their clauses; what clauses do not carry, and lists that no
decision names, by what is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from zhunru.analysis.changes import Change, change_of, differing, was_and_is
from zhunru.analysis.clause_changes import changed_parts
from zhunru.analysis.contents_diff import Item, clause_item, entry_name
from zhunru.analysis.sources import written_lists
from zhunru.analysis.written_entries import differing_head, differing_parts
from zhunru.checker.resolved import Clause, normal_title
from zhunru.checker.words import Phrase
from zhunru.compiler.program import CompiledPolicy
from zhunru.diagnostics import NOWHERE, Span
from zhunru.explain.phrases import show
from zhunru.syntax.nodes import Entry, ListDecl
from zhunru.vocabulary import LIST_KINDS, ListKind

_ALIKE = 80.0  # of 100: titles that are shown beside each other
_OVERLAP = 3  # lists are compared if one title in three is on both


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDiff:
    """Two lists beside each other: of one name, or (`related`) of one kind with many titles alike.

    `near` are titles of which each list has one, and that may be the same matter. `kept`: the old
    list is in the new set too, so what the new one lacks is not given up. `placed`: a decision of
    one of the sets names it. `lines` say what the head says otherwise, at the places given.
    """

    old: str
    new: str
    kind: str
    related: bool = False
    kept: bool = False
    placed: bool
    same: int
    lines: tuple[Phrase, ...]
    old_place: Span
    new_place: Span
    items: tuple[Item, ...]
    near: tuple[tuple[str, str], ...]

    @property
    def alike(self) -> bool:
        """Tell whether the lists say the same."""
        return not self.items and not self.lines


@dataclass
class _List:
    """A list of a set: its clauses, if a decision names it, and its entries as they are written."""

    name: str
    set_code: str
    kind: ListKind | None = None
    clauses: dict[str, Clause] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    declared: ListDecl | None = None

    @property
    def placed(self) -> bool:
        """Tell whether a decision names it."""
        return bool(self.clauses)

    @property
    def members(self) -> Mapping[str, Clause | Entry]:
        """Return what stands on it, by code."""
        return self.clauses or self.entries

    @property
    def place(self) -> Span:
        """Return where its head is written."""
        return self.declared.span if self.declared is not None else NOWHERE


def compare_lists(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[ListDiff]:
    """Yield the lists that are not the same in both sets; lists of one name beside each other, a
    new one beside that of its kind with which it has most in common."""
    before, after = _lists(old), _lists(new)
    for name in dict.fromkeys((*before, *after)):
        if name in before and name in after:
            found = _versions(before[name], after[name])
        elif name in after:
            own = {n: some for n, some in before.items() if some.set_code == old.code}
            found = _beside(after[name], own or before)
            found = found if found.related else _beside(after[name], before)
            found = replace(found, kept=found.related and found.old in after)
        else:
            found = _only(before[name], "removed")
        if not found.alike or found.related:
            yield found


def _lists(policy: CompiledPolicy) -> dict[str, _List]:
    """Return the lists of a set and of those above it: first those of its decisions."""
    found: dict[str, _List] = {}
    for plan in policy.plans.values():
        for clause in plan.clauses:
            if clause.origin == "entry":
                name, kind = clause.list_name, clause.list_kind
                own = found.setdefault(name, _List(name, clause.set_code, kind))
                own.clauses.setdefault(clause.code, clause)
    for set_code, declared in written_lists(policy):
        name, kind = declared.name.text, declared.kind
        own = found.setdefault(name, _List(name, set_code, kind))
        own.declared = own.declared or declared
        for entry in declared.entries:
            own.entries.setdefault(entry.code, entry)
    return found


# --- two lists -----------------------------------------------------------------------------------


def _versions(old: _List, new: _List) -> ListDiff:
    """Two versions of one list: entries by code."""
    placed = old.placed and new.placed
    items = tuple(_of_clauses(old, new) if placed else _of_entries(old, new))
    gone = sum(item.change != "added" for item in items)
    return _made(
        old, new, items, same=len(old.clauses if placed else old.entries) - gone,
        lines=tuple(_head_lines(old, new)),
    )  # fmt: skip


def _only(found: _List, change: Change) -> ListDiff:
    """A list that only one of the sets has."""
    empty = _List("", "")
    items = tuple(_item(change, member) for member in found.members.values())
    return _made(*((found, empty) if change == "removed" else (empty, found)), items, same=0)


def _made(
    old: _List, new: _List, items: tuple[Item, ...], *, same: int, lines: tuple[Phrase, ...] = ()
) -> ListDiff:
    return ListDiff(
        old=old.name, new=new.name, kind=_kind(old if old.name else new), same=same, items=items,
        near=tuple(_near(old, new)), placed=old.placed or new.placed, lines=lines,
        old_place=old.place, new_place=new.place,
    )  # fmt: skip


def _kind(found: _List) -> str:
    return LIST_KINDS[found.kind][0] if found.kind else ""


def _head_lines(old: _List, new: _List) -> Iterator[Phrase]:
    if old.placed != new.placed:
        name = Phrase("用于判定", "named by a decision")
        yield was_and_is(name, show(old.placed), show(new.placed))
    if old.declared is not None and new.declared is not None:
        both = old.placed and new.placed
        yield from differing_head(old.declared, new.declared, placed=both)


def _beside(new: _List, others: Mapping[str, _List]) -> ListDiff:
    """A list that only the new set has: beside the old one with most titles in common, if any."""
    titles = set(map(_matter, new.members.values()))
    best: _List | None = None
    common = 0
    for other in others.values():
        if other.kind is new.kind:
            shared = len(titles & set(map(_matter, other.members.values())))
            least = min(len(titles), len(other.members))
            if shared * _OVERLAP >= least and shared > common:
                best, common = other, shared
    return _only(new, "added") if best is None else _related(best, new)


def _related(old: _List, new: _List) -> ListDiff:
    """Two lists of different sets: entries by title."""
    ones = {_matter(member): member for member in old.members.values()}
    others = {_matter(member): member for member in new.members.values()}
    items = tuple(
        _item("removed" if title in ones else "added", ones.get(title) or others[title])
        for title in dict.fromkeys((*ones, *others))
        if (title in ones) != (title in others)
    )
    found = _made(old, new, items, same=len(ones.keys() & others.keys()))
    return replace(found, kind=_kind(new), related=True)


def _matter(member: Clause | Entry) -> str:
    return normal_title(member.title.zh or member.title.en or member.code)


# --- entries -------------------------------------------------------------------------------------


def _of_clauses(old: _List, new: _List) -> Iterator[Item]:
    """Yield the entries of a list of decisions that are not the same."""
    for code in dict.fromkeys((*old.clauses, *new.clauses)):
        one, other = old.clauses.get(code), new.clauses.get(code)
        if one is None or other is None:
            yield clause_item("entry", "removed" if one else "added", (), one, other)
            continue
        lines = list(changed_parts(one, other)) if one != other else []
        before, after = (_written(own, code) for own in (old, new))
        if before is not None and after is not None:
            lines.extend(differing_parts(before, after, placed=True))
        if lines or one != other:
            yield clause_item("entry", "changed", tuple(lines), one, other)


def _written(own: _List, code: str) -> Entry | None:
    return own.entries.get(code.removeprefix(f"{own.name}/"))


def _of_entries(old: _List, new: _List) -> Iterator[Item]:
    """Yield the entries of a list that no decision names that are not written the same."""
    for code, one, other in differing(old.entries, new.entries):
        if one is None or other is None:
            found = one or other
            assert found is not None
            yield _item(change_of(one, other), found)
        elif lines := tuple(differing_parts(one, other, placed=False)):
            name = entry_name(code, other.title)
            yield Item("entry", name, "changed", lines, _place(one), _place(other))


def _item(change: Change, member: Clause | Entry) -> Item:
    """Return an entry that only one of two lists has."""
    gone = change == "removed"
    if isinstance(member, Clause):
        pair = (member, None) if gone else (None, member)
        return clause_item("entry", change, (), *pair)
    places = (_place(member), NOWHERE) if gone else (NOWHERE, _place(member))
    return Item("entry", entry_name(member.code, member.title), change, (), *places)


def _place(entry: Entry) -> Span:
    return entry.title.span if entry.title.span.path else entry.span


def _near(old: _List, new: _List) -> Iterator[tuple[str, str]]:
    """Yield titles that only one of the lists has, and that are nearly the same; of versions of
    one list not those of one entry, which is told as changed."""
    versions = old.name == new.name
    ones, others = (
        {
            m.title.zh
            for code, m in here.members.items()
            if not versions or code not in there.members
        }
        for here, there in ((old, new), (new, old))
    )
    gone, come = sorted(ones - others), sorted(others - ones)
    for title in gone if come else ():
        best = process.extractOne(title, come, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if best is not None:
            yield title, best[0]
