"""Checks across lists: who owns a matter, who assists with it, which titles are nearly the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz

from zhunru.checker.matters import entry_keys
from zhunru.checker.resolved import normal_title
from zhunru.syntax import nodes as n
from zhunru.vocabulary import ListKind

if TYPE_CHECKING:
    from zhunru.checker.model import Model

MOST_TITLES = 20_000
_COMMON = 40
_NEAR = 88.0
_JOINED = (ListKind.RESPONSIBILITY, ListKind.ASSISTANCE)


class Place(NamedTuple):
    """An entry in its list."""

    source: n.ListDecl
    entry: n.Entry
    key: str


def _places(model: Model) -> list[Place]:
    return [
        Place(source, entry, normal_title(entry.title.zh or entry.title.en))
        for source in model.scope.lists()
        for entry in source.entries
    ]


def check_owned_once(model: Model) -> None:
    """One matter is owned once; who assists with an owned matter says so (对应)."""
    by_title: dict[str, list[Place]] = {}
    for place in _places(model):
        if place.source.kind not in _JOINED:
            continue
        texts = (place.key, *(normal_title(alias.text) for alias in place.entry.aliases))
        for key in dict.fromkeys(texts):
            for other in by_title.get(key, ())[:20]:
                _check_pair(model, other, place)
            by_title.setdefault(key, []).append(place)


def _check_pair(model: Model, one: Place, two: Place) -> None:
    if _apart(one, two) or _mirrored(one, two) or _mirrored(two, one):
        return
    kinds = {one.source.kind, two.source.kind}
    related = ((one.entry.named_at, "另一清单的条目", "the entry of the other list"),)
    if kinds == {ListKind.RESPONSIBILITY}:
        model.report.add(
            "ZR403", two.entry.named_at, name=two.entry.title.zh, related=related,
            list=two.source.name.text, other=one.source.name.text,
        )  # fmt: skip
    elif len(kinds) == 2:
        assists, owns = (one, two) if one.source.kind is ListKind.ASSISTANCE else (two, one)
        model.report.add(
            "ZR446", assists.entry.named_at, name=assists.entry.title.zh,
            other=owns.source.name.text, clause=owns.entry.code,
        )  # fmt: skip


def _apart(one: Place, two: Place) -> bool:
    """Tell whether two entries are of one list or never in force together: one has followed."""
    if one.source is two.source:
        return True
    held = (one.source, one.entry, two.source, two.entry)
    periods = [each.period for each in held]
    starts = [each.start for each in periods if each.start]
    ends = [each.end for each in periods if each.end]
    return bool(starts and ends) and max(starts) > min(ends)


def _mirrored(one: Place, two: Place) -> bool:
    code, name = two.entry.code, two.source.name.text
    texts = {code, f"{name}.{code}", f"{name}/{code}"}
    return any(
        each.text in texts or normal_title(each.text) == two.key for each in one.entry.mirrors
    )


def check_codes(model: Model) -> None:
    """No code of another list, of this set or one above it, stands here for another matter."""
    above = [source for upper in model.scope.uppers for source in upper.lists()]
    named: dict[str, list[tuple[Place, frozenset[str]]]] = {}
    for source in (*above, *model.scope.lists()):
        for entry in source.entries:
            keys = entry_keys("", entry) - {normal_title(f"/{entry.code}")}
            code = normal_title(entry.code)
            # A running number is a code only behind the name of its list; a row without a title
            # says more of the entry that has its code.
            if code not in keys or keys == {code}:
                continue
            place = Place(source, entry, code)
            for other, theirs in named.setdefault(code, [])[:20]:
                if source not in above and keys & theirs == {code}:
                    _check_code(model, other, place)
            named[code].append((place, keys))


def _check_code(model: Model, one: Place, two: Place) -> None:
    if _apart(one, two) or one.source.name.text == two.source.name.text:
        return
    if not (_mirrored(one, two) or _mirrored(two, one)):
        model.report.add(
            "ZR231", two.entry.named_at, clause=two.entry.code, list=one.source.name.text,
            name=two.entry.title.zh or two.entry.title.en,
            other=one.entry.title.zh or one.entry.title.en,
            related=((one.entry.named_at, "已有的条目", "the entry that has it"),),
        )  # fmt: skip


def check_mirrors(model: Model) -> None:
    """What 对应 and 细化 name exists."""
    pointing = [
        entry
        for source in model.scope.lists()
        for entry in source.entries
        if entry.mirrors or entry.refines
    ]
    if not pointing:
        return
    known: set[str] = set()
    for scope in model.scope.all:
        names = {scope.code, scope.header.title.zh if scope.header else ""}
        for source in scope.lists():
            for entry in source.entries:
                heads = (*names, source.name.text)
                known.update((entry.code, normal_title(entry.title.zh)))
                known.update(f"{head}{sign}{entry.code}" for head in heads for sign in "./")
    for entry in pointing:
        for name in (*entry.mirrors, *filter(None, (entry.refines,))):
            if name.text not in known and normal_title(name.text) not in known:
                model.report.unknown("ZR223", name.span, name.text, sorted(known - {""}))


def check_near_titles(model: Model) -> None:
    """Titles of two lists that are nearly the same are perhaps one matter."""
    if sum(bool(source.entries) for source in model.scope.lists()) < 2:
        return
    places = _places(model)[:MOST_TITLES]
    postings: dict[str, list[int]] = {}
    for at, place in enumerate(places):
        pairs = {place.key[i : i + 2] for i in range(len(place.key) - 1)}
        shared = Counter(
            other for pair in pairs if len(postings.get(pair, ())) <= _COMMON
            for other in postings.get(pair, ())
        )  # fmt: skip
        for other, count in shared.most_common(5):
            if 2 * count >= len(pairs):
                _check_near(model, places[other], place)
        for pair in pairs:
            postings.setdefault(pair, []).append(at)


def _check_near(model: Model, one: Place, two: Place) -> None:
    if _apart(one, two) or one.key == two.key or _mirrored(one, two) or _mirrored(two, one):
        return
    if one.source.kind is ListKind.CATALOGUE or two.source.kind is ListKind.CATALOGUE:
        return
    if fuzz.ratio(one.key, two.key) >= _NEAR:
        model.report.add("ZR402", two.entry.named_at, name=two.entry.title.zh,
                         list=one.source.name.text, other=one.entry.title.zh)  # fmt: skip


CHECKS = (check_owned_once, check_codes, check_mirrors, check_near_titles)
