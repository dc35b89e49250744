"""What two sets hold, compared in lines: lists, rules, parameters, tables, workflows, the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhunru.analysis.comparison_terms import (
    CHANGES,
    KINDS,
    MOST_NAMES,
    Told,
    place_text,
    places,
)
from zhunru.analysis.contents_diff import Item
from zhunru.analysis.flows_diff import FlowDiff, told_duration
from zhunru.analysis.lists_diff import ListDiff
from zhunru.analysis.tables_diff import TableDiff
from zhunru.checker.words import Phrase

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_MOST_ITEMS = 60


def lists_told(lists: Sequence[ListDiff]) -> Iterator[Told]:
    """Yield what is not the same of the lists: a sentence for each, then its entries."""
    for found in lists:
        yield Told(_at_place(list_headline(found), found))
        for line in found.lines:
            yield Told(line, None, 2)
        for item in found.items[:_MOST_ITEMS]:
            stays = found.kept and item.change == "removed"  # on the old list, not given up
            yield from _item(item, 2, named=False, sign="·" if stays else "")
        if len(found.items) > _MOST_ITEMS:
            n = len(found.items) - _MOST_ITEMS
            yield Told(Phrase(f"另有 {n} 条", f"{n} more"), None, 2)
        for one, other in found.near:
            yield Told(
                Phrase(f"名称相近，请核对：{one} ／ {other}", f"nearly alike: {one} / {other}"),
                None,
                2,
            )


def _at_place(told: Phrase, found: ListDiff) -> Phrase:
    """Return a sentence with where the head of a list stands, if that is what is not the same."""
    where = places(found.old_place, found.new_place) if found.lines else ""
    return Phrase(f"{told.zh}  {where}", f"{told.en}  {where}") if where else told


def list_headline(found: ListDiff) -> Phrase:
    """Return in a sentence how two lists differ."""
    come = sum(item.change == "added" for item in found.items)
    gone = sum(item.change == "removed" for item in found.items)
    changed = len(found.items) - come - gone
    aside = Phrase("", "") if found.placed else Phrase("（不用于判定）", " (no decision names it)")
    if not found.old:
        return Phrase(
            f"新增清单“{found.new}”{aside.zh}，{come} 条",
            f"new list `{found.new}`{aside.en}, {come} entries",
        )
    if not found.new:
        return Phrase(
            f"取消清单“{found.old}”{aside.zh}，{gone} 条",
            f"list `{found.old}`{aside.en} removed, {gone} entries",
        )
    if found.kept:
        return Phrase(
            f"新增清单“{found.new}”{aside.zh}，与仍然有效的“{found.old}”相比："
            f"{found.same} 条相同，多 {come} 条；另有 {gone} 条只在“{found.old}”",
            f"new list `{found.new}`{aside.en} beside `{found.old}`, which stays: {found.same} "
            f"alike, {come} more; {gone} only on `{found.old}`",
        )
    if found.related:
        return Phrase(
            f"“{found.new}”与“{found.old}”相比{aside.zh}："
            f"{found.same} 条相同，多 {come} 条，少 {gone} 条",
            f"`{found.new}` beside `{found.old}`{aside.en}: {found.same} alike, {come} more, "
            f"{gone} fewer",
        )
    return Phrase(
        f"清单“{found.new}”{aside.zh}：增加 {come}，取消 {gone}，改动 {changed}，不变 {found.same}",
        f"list `{found.new}`{aside.en}: {come} added, {gone} removed, {changed} changed, "
        f"{found.same} same",
    )


def items_told(items: Sequence[Item]) -> Iterator[Told]:
    """Yield what came, went and changed, up to a bound, each with its place."""
    for item in items[:_MOST_ITEMS]:
        yield from _item(item, 1, named=False)
    if len(items) > _MOST_ITEMS:
        n = len(items) - _MOST_ITEMS
        yield Told(Phrase(f"另有 {n} 项", f"{n} more"))


def _item(item: Item, depth: int, *, named: bool, sign: str = "") -> Iterator[Told]:
    where = places(item.old, item.new)
    at = f"  {where}" if where else ""
    sign = sign or _SIGNS[item.change]
    name = Phrase(item.name, item.name)
    if named:
        kind = KINDS[item.kind]
        name = Phrase(f"{kind.zh}“{item.name}”", f"{kind.en}`{item.name}`")
    yield Told(Phrase(f"{sign} {name.zh}{at}", f"{sign} {name.en}{at}"), None, depth)
    for line in item.lines:
        yield Told(line, None, depth + 1)


def rest_told(items: Sequence[Item]) -> Iterator[Told]:
    """Yield what has no effect by itself: each kind in a line where it only came or went."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.kind, item.change), []).append(item)
    for (kind, change), some in groups.items():
        if len(some) <= MOST_NAMES or any(item.lines for item in some):
            for item in some[:_MOST_ITEMS]:
                yield from _item(item, 1, named=True)
            continue
        names = [item.name for item in some[:_MOST_ITEMS]]
        told, how = KINDS[kind], CHANGES[change]
        yield Told(
            Phrase(
                f"{how.zh}{told.zh} {len(some)} 个：{'、'.join(names)}",
                f"{len(some)} {told.en.strip()}s {how.en}: {', '.join(names)}",
            )
        )


def tables_told(tables: Sequence[TableDiff]) -> Iterator[Told]:
    """Yield which rows of tables came and went, and where they give something else."""
    for found in tables:
        yield Told(table_headline(found))
        for row in found.rows[:_MOST_ITEMS]:
            sign, at = (
                "+" if row.added else "-",
                f"  {place_text(row.span)}" if row.span.path else "",
            )
            yield Told(Phrase(f"{sign} {row.text.zh}{at}", f"{sign} {row.text.en}{at}"), None, 2)
        for each in found.results:
            where = "；或者".join(w.zh for w in each.where), "; or ".join(w.en for w in each.where)
            yield Told(
                Phrase(
                    f"{where[0]}的：{each.old.zh} → {each.new.zh}",
                    f"where {where[1]}: {each.old.en} -> {each.new.en}",
                ),
                None,
                2,
            )


def table_headline(found: TableDiff) -> Phrase:
    """Return in a sentence how two tables differ."""
    come = sum(row.added for row in found.rows)
    gone = len(found.rows) - come
    if found.equivalent:
        how = Phrase("结果等价（写法不同）", "gives the same for every input")
    elif found.undecided is not None:
        how = Phrase(f"没有全部判定：{found.undecided.zh}", f"not decided: {found.undecided.en}")
    else:
        how = Phrase(f"{len(found.results)} 种结果不同", f"{len(found.results)} results differ")
    return Phrase(
        f"对照表“{found.name}”：增加 {come} 行，减少 {gone} 行；{how.zh}",
        f"table `{found.name}`: {come} rows added, {gone} removed; {how.en}",
    )


def flows_told(flows: Sequence[FlowDiff]) -> Iterator[Told]:
    """Yield what is not the same of workflows: states, constraints, worst cases."""
    for found in flows:
        how, where = CHANGES[found.change], places(found.old, found.new)
        yield Told(
            Phrase(f"{how.zh}流程“{found.name}”  {where}", f"{how.en} `{found.name}`  {where}")
        )
        for state in found.states:
            change, at = CHANGES[state.change], places(state.old, state.new)
            yield Told(
                Phrase(
                    f"{change.zh}环节“{state.name}”  {at}",
                    f"{change.en} state `{state.name}`  {at}",
                ),
                None,
                2,
            )
            for line in state.lines:
                yield Told(line, None, 3)
        for line in constraints_told(found):
            yield Told(line, None, 2)
        for line in times_told(found):
            yield Told(line, None, 2)
        for line in found.rest:
            yield Told(line, None, 2)


def constraints_told(found: FlowDiff) -> Iterator[Phrase]:
    """Yield the constraints that are not the same: both texts, both places."""
    for each in found.constraints:
        where = places(each.old, each.new)
        one, other = each.old_text, each.new_text
        if one is not None and other is not None:
            yield Phrase(f"约束：{one.zh} → {other.zh}  {where}",
                         f"constraint: {one.en} -> {other.en}  {where}")  # fmt: skip
        elif text := one or other:
            how = CHANGES[each.change]
            yield Phrase(f"{how.zh}约束“{text.zh}”  {where}",
                         f"{how.en} constraint `{text.en}`  {where}")  # fmt: skip


def times_told(found: FlowDiff) -> Iterator[Phrase]:
    """Yield the worst cases that are not the same."""
    for worst in found.times:
        one, other = told_duration(worst.old), told_duration(worst.new)
        yield Phrase(
            f"自“{worst.start}”至“{worst.end}”最长：{one.zh} → {other.zh}",
            f"from `{worst.start}` to `{worst.end}` at most: {one.en} -> {other.en}",
        )
