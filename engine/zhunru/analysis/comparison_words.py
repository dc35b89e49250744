"""A comparison of two sets in sentences: sections of labelled lines, for a screen or a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from zhunru.analysis.causes import Cause
from zhunru.analysis.clause_changes import tell_days
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.contents_diff import Item
from zhunru.analysis.deltas import Status
from zhunru.analysis.differences import Days, DecisionDiff, Difference
from zhunru.analysis.effects import ASPECTS, Aspect
from zhunru.analysis.flows_diff import FlowDiff, told_duration
from zhunru.analysis.lists_diff import ListDiff
from zhunru.analysis.tables_diff import TableDiff
from zhunru.decision import Decision
from zhunru.diagnostics import Span
from zhunru.explain.phrases import Phrase
from zhunru.vocabulary import OUTCOMES, Outcome

STATUSES: dict[Status, Phrase] = {
    "equivalent": Phrase("等价", "equivalent"),
    "stricter": Phrase("从严", "stricter"),
    "looser": Phrase("放宽", "looser"),
    "different": Phrase("不同", "different"),
}
ASPECT_WORDS: dict[Aspect, Phrase] = {
    "outcome": Phrase("结论", "outcome"),
    "obligation": Phrase("义务", "duties"),
    "deadline": Phrase("期限", "deadline"),
    "route": Phrase("去向", "route"),
    "reason": Phrase("理由", "reason"),
    "basis": Phrase("依据", "basis"),
}
_CHANGES = {
    "added": Phrase("新增", "added"),
    "removed": Phrase("取消", "removed"),
    "changed": Phrase("改动", "changed"),
}
_KINDS = {
    "clause": Phrase("", ""),
    "parameter": Phrase("参数", "parameter "),
    "table": Phrase("对照表", "table "),
    "formula": Phrase("公式", "formula "),
    "register": Phrase("台账", "register "),
    "default": Phrase("默认", "the default of "),
    "order": Phrase("依次", "the order of steps in "),
    "chart": Phrase("单位、角色", "units and roles"),
    "form": Phrase("表单", "form "),
    "entry": Phrase("条目", "entry "),
    "rule": Phrase("规则", "rule "),
    "unit": Phrase("单位", "unit "),
    "role": Phrase("角色", "role "),
    "calendar": Phrase("日历", "calendar "),
    "document": Phrase("文书", "document "),
    "duty": Phrase("定期", "recurring duty "),
    "basis": Phrase("依据", "basis "),
    "promise": Phrase("保证", "promise "),
    "check": Phrase("核查", "check "),
    "scorecard": Phrase("评价", "scorecard "),
    "matching": Phrase("配对", "matching "),
    "delegation": Phrase("授权", "delegation "),
}
_DONE = {
    Outcome.ADMIT: "admitted",
    Outcome.DEFER: "deferred",
    Outcome.REFUSE: "refused",
    Outcome.INCOMPLETE: "incomplete",
}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_DEFAULT = Phrase("默认（各步都没有决定）", "the default")
_MOST_NAMES = 4
_MOST_CAUSES = 6
_FEW_CAUSES = 3  # entries of one list that are told one by one
_MOST_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A line: a text with a label before it, or none; `depth` is how far it stands in."""

    text: Phrase
    label: Phrase | None = None
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `table` are the periods of law of a decision, if any."""

    title: Phrase
    lines: tuple[Told, ...] = ()
    heads: tuple[Phrase, ...] = ()
    table: tuple[tuple[Phrase, ...], ...] = ()


def report(found: Comparison) -> Iterator[Section]:
    """Yield the sections of a comparison; a part that does not differ is left out."""
    yield summary(found)
    for decision in found.decisions:
        yield _decision(decision)
    for title, lines in (
        (Phrase("清单", "Lists"), _lists(found.lists)),
        (Phrase("规则", "Rules"), _items(found.rules)),
        (Phrase("参数", "Parameters"), _items(found.parameters)),
        (Phrase("对照表", "Tables"), _tables(found.tables)),
        (Phrase("流程", "Workflows"), _flows(found.workflows)),
        (Phrase("其他", "Other"), _rest(found.rest)),
    ):
        told = tuple(lines)
        if told:
            yield Section(title, told)


# --- the whole -------------------------------------------------------------------------------


def summary(found: Comparison) -> Section:
    """Return what two sets come to, in a few lines."""
    old, new = found.old, found.new
    title = Phrase(
        f"原规则“{old.code}” → 新规则“{new.code}”", f"old set `{old.code}` -> new set `{new.code}`"
    )
    return Section(title, tuple(Told(line) for line in _verdict(found)))


def _verdict(found: Comparison) -> Iterator[Phrase]:
    if found.identical:
        yield Phrase(
            "两套规则完全等价：任何来件的结论、理由、义务、去向、期限都一样。",
            "both sets are equivalent: every request has the same outcome, reason, duties, route "
            "and deadlines.",
        )
        return
    status = STATUSES[found.status]
    counts = _counts(found)
    if found.status == "equivalent" and found.decided:
        yield Phrase(
            "判定等价：任何来件的结论、理由、义务、去向、期限都一样；不同的只是下面所列的内容。",
            "the decisions are equivalent for every request; only what is listed below differs.",
        )
    else:
        yield Phrase(f"总的看：{status.zh}。{counts.zh}", f"On the whole: {status.en}. {counts.en}")
    for name, new in found.missing:
        which = Phrase("新", "new") if new else Phrase("原", "old")
        yield Phrase(
            f"判定“{name}”只有{which.zh}规则有。", f"only the {which.en} set has `{name}`."
        )
    for decision in found.decisions:
        if decision.undecided is not None:
            why = decision.undecided
            yield Phrase(
                f"判定“{decision.name}”没有全部判定：{why.zh}。",
                f"`{decision.name}` is not fully decided: {why.en}.",
            )


def _counts(found: Comparison) -> Phrase:
    """Return how many differences there are of each kind."""
    every = [each for decision in found.decisions for each in decision.differences]
    turned = [each for each in every if each.outcomes[0] is not each.outcomes[1]]
    tally = {
        status: sum(each.status == status for each in turned) for status in ("stricter", "looser")
    }
    same = len(every) - len(turned)
    zh, en = [], []
    for status, n in tally.items():
        if n:
            told = STATUSES[status]  # type: ignore[index]
            zh.append(f"结论{told.zh} {n} 处")
            en.append(f"{n} with a {told.en} outcome")
    if same:
        zh.append(f"结论不变而理由、去向、义务或者期限不同 {same} 处")
        en.append(f"{same} with the same outcome otherwise")
    if not every:
        return Phrase("判定没有不同。", "The decisions do not differ.")
    return Phrase("，".join(zh) + "。", "; ".join(en) + ".")


# --- decisions -------------------------------------------------------------------------------


def _decision(found: DecisionDiff) -> Section:
    title = Phrase(
        f"判定“{found.name}”：{STATUSES[found.status].zh}",
        f"decision `{found.name}`: {STATUSES[found.status].en}",
    )
    heads = (Phrase("施行时段", "days"), Phrase("总体", "over all"),
             *(ASPECT_WORDS[aspect] for aspect in ASPECTS))  # fmt: skip
    rows = tuple(
        (tell_days(start, end), STATUSES[ways[0]], *map(_mark, ways[1:]))
        for start, end, ways in _spells(found)
    )
    lines = (
        line
        for number, each in enumerate(found.differences, 1)
        for line in _difference(number, each)
    )
    return Section(title, tuple(lines), heads, rows if found.differences else ())


def _spells(found: DecisionDiff) -> Iterator[tuple[date | None, date | None, list[Status]]]:
    """Yield the periods of law with the way each differs; neighbours that go one way are one."""
    known: tuple[date | None, date | None, list[Status]] | None = None
    for era in found.eras:
        ways = [era.status, *(era.of(aspect) for aspect in ASPECTS)]
        if known is not None and known[2] == ways:
            known = (known[0], era.end, ways)
            continue
        if known is not None:
            yield known
        known = (era.start, era.end, ways)
    if known is not None:
        yield known


def _mark(status: Status) -> Phrase:
    return Phrase("－", "-") if status == "equivalent" else STATUSES[status]


def _difference(number: int, found: Difference) -> Iterator[Told]:
    head, status = headline(found), STATUSES[found.status]
    yield Told(Phrase(f"{number}. {status.zh}：{head.zh}", f"{number}. {status.en}: {head.en}"))
    yield from _labelled("哪些来件", "which", where_told(found))
    if any(start or end for start, end in found.days):
        yield from _labelled("什么日期", "days", [_days(found.days)])
    yield from _labelled("因为", "because", causes_told(found.causes))
    if found.old is None or found.new is None:
        yield from _labelled(
            "例如",
            "example",
            [Phrase("没有能够举例（未判定）", "none could be shown (not decided)")],
        )
        return
    yield from _labelled("例如", "example", [found.new.told])
    yield from _labelled("原规则", "old set", list(_answer(found.old.decision)))
    yield from _labelled("新规则", "new set", list(_answer(found.new.decision)))


def headline(found: Difference) -> Phrase:
    """Return what turns into what, and who decides before and after."""
    before, after = found.outcomes
    one, other = (_by(names) for names in found.by)
    if before is not after:
        first, then = OUTCOMES[before][0], OUTCOMES[after][0]
        return Phrase(
            f"原由{one.zh}{first}，现由{other.zh}{then}",
            f"{_DONE[before]} by {one.en}, now {_DONE[after]} by {other.en}",
        )
    told = [_aspect(a, d, some=a in found.sometimes) for a, d in found.aspects]
    zh, en = "、".join(each.zh for each in told), ", ".join(each.en for each in told)
    return Phrase(
        f"都{OUTCOMES[before][0]}，{zh}；原由{one.zh}，现由{other.zh}",
        f"{_DONE[before]} by both sets, {en}; by {one.en}, now by {other.en}",
    )


def _aspect(aspect: Aspect, direction: str, *, some: bool) -> Phrase:
    """Return in what answers differ, and which way; `some`: not all of them."""
    word, way = ASPECT_WORDS[aspect], _way(direction)
    if some:
        return Phrase(f"有的{word.zh}{way.zh}", f"for some {way.en}{word.en}")
    return Phrase(f"{word.zh}{way.zh}", f"{way.en}{word.en}")


def _way(direction: str) -> Phrase:
    if direction == "different":
        return Phrase("不同", "another ")
    return Phrase("从严", "stricter ") if direction == "stricter" else Phrase("放宽", "looser ")


def _by(names: Sequence[str]) -> Phrase:
    """Return who decides: rules and lists, the default among them."""
    shown = [Phrase(f"“{n}”", f"`{n}`") if n else _DEFAULT for n in names[:_MOST_NAMES]]
    more = len(names) - _MOST_NAMES
    zh, en = "、".join(s.zh for s in shown), ", ".join(s.en for s in shown)
    return Phrase(f"{zh}等{len(names)}项", f"{en} and {more} more") if more > 0 else Phrase(zh, en)


def where_told(found: Difference) -> list[Phrase]:
    """Return which requests a difference is about."""
    told = [
        Phrase(f"或者{each.zh}", f"or {each.en}") if at else each
        for at, each in enumerate(found.where)
    ]
    if found.partly and told:
        last = told[-1]
        note = Phrase("（其中别的步骤另有决定的不在此列）", " (less those that other steps decide)")
        told[-1] = Phrase(last.zh + note.zh, last.en + note.en)
    return told


def _days(days: Iterable[Days]) -> Phrase:
    told = [tell_days(start, end) for start, end in days]
    return Phrase("；".join(t.zh for t in told), "; ".join(t.en for t in told))


def causes_told(causes: Sequence[Cause]) -> list[Phrase]:
    """Return what is responsible, with its places; many entries of one list in one line."""
    groups: dict[tuple[str, str, str], list[Cause]] = {}
    for cause in causes:
        group = cause.group if cause.kind == "clause" else cause.name
        groups.setdefault((cause.kind, cause.change, group), []).append(cause)
    told: list[Phrase] = []
    for some in groups.values():
        told.extend([_several(some)] if len(some) > _FEW_CAUSES else map(_cause, some))
    if len(told) > _MOST_CAUSES:
        more = len(told) - _MOST_CAUSES + 1
        told[_MOST_CAUSES - 1 :] = [Phrase(f"另有 {more} 处", f"{more} more")]
    return told


def _several(some: Sequence[Cause]) -> Phrase:
    """Return many entries of one list in a line: their codes, and where the first stands."""
    first, change = some[0], _CHANGES[some[0].change]
    codes = [cause.name.rpartition("/")[2] for cause in some[:_MOST_NAMES]]
    where = places(first.old, first.new)
    return Phrase(
        f"{change.zh}“{first.group}”{'、'.join(codes)}等 {len(some)} 条（{where} 起）",
        f"{change.en} {len(some)} entries of {first.group}: {', '.join(codes)} … (from {where})",
    )


def _cause(cause: Cause) -> Phrase:
    change, kind = _CHANGES[cause.change], _KINDS[cause.kind]
    name = f"“{cause.name}”" if cause.name else ""
    where = places(cause.old, cause.new)
    at = Phrase(f"（{where}）", f" ({where})") if where else Phrase("", "")
    return Phrase(
        f"{change.zh}{kind.zh}{name}{at.zh}", f"{change.en} {kind.en}{cause.name}{at.en}".strip()
    )


def places(old: Span, new: Span) -> str:
    """Return the places in both sets, as `file:line`; one if there is one."""
    found = [place_text(span) for span in (old, new) if span.path]
    return " → ".join(dict.fromkeys(found))


def place_text(span: Span) -> str:
    """Return a place in short: the folder of the set, the file and the line."""
    parts = PurePath(span.path).parts[-2:]
    return f"{'/'.join(parts)}:{span.line}" if span.line else "/".join(parts)


def _answer(decision: Decision) -> Iterator[Phrase]:
    yield Phrase(decision.sentence("zh"), decision.sentence("en"))
    spans = dict.fromkeys(
        place_text(reason.span) for reason in decision.reasons
        if not reason.also and reason.span.path
    )  # fmt: skip
    if spans:
        shown = "、".join(spans)
        yield Phrase(f"见 {shown}", f"see {', '.join(spans)}")


def _labelled(zh: str, en: str, texts: Sequence[Phrase]) -> Iterator[Told]:
    for at, text in enumerate(texts):
        yield Told(text, Phrase(zh, en) if at == 0 else Phrase("", ""), 2)


# --- what the sets hold ------------------------------------------------------------------------


def _lists(lists: Sequence[ListDiff]) -> Iterator[Told]:
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


def _items(items: Sequence[Item]) -> Iterator[Told]:
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
        kind = _KINDS[item.kind]
        name = Phrase(f"{kind.zh}“{item.name}”", f"{kind.en}`{item.name}`")
    yield Told(Phrase(f"{sign} {name.zh}{at}", f"{sign} {name.en}{at}"), None, depth)
    for line in item.lines:
        yield Told(line, None, depth + 1)


def _rest(items: Sequence[Item]) -> Iterator[Told]:
    """What has no effect by itself: each kind in a line where it only came or went."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.kind, item.change), []).append(item)
    for (kind, change), some in groups.items():
        if len(some) <= _MOST_NAMES or any(item.lines for item in some):
            for item in some[:_MOST_ITEMS]:
                yield from _item(item, 1, named=True)
            continue
        names = "、".join(item.name for item in some[:_MOST_ITEMS])
        told, how = _KINDS[kind], _CHANGES[change]
        yield Told(
            Phrase(
                f"{how.zh}{told.zh} {len(some)} 个：{names}",
                f"{len(some)} {told.en.strip()}s {how.en}: {names}",
            )
        )


def _tables(tables: Sequence[TableDiff]) -> Iterator[Told]:
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


def _flows(flows: Sequence[FlowDiff]) -> Iterator[Told]:
    for found in flows:
        how, where = _CHANGES[found.change], places(found.old, found.new)
        yield Told(
            Phrase(f"{how.zh}流程“{found.name}”  {where}", f"{how.en} `{found.name}`  {where}")
        )
        for state in found.states:
            change, at = _CHANGES[state.change], places(state.old, state.new)
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
        if each.change != "changed":
            how, text = _CHANGES[each.change], other if each.change == "added" else one
            yield Phrase(f"{how.zh}约束“{text.zh}”  {where}",
                         f"{how.en} constraint `{text.en}`  {where}")  # fmt: skip
            continue
        yield Phrase(
            f"约束：{one.zh} → {other.zh}  {where}", f"constraint: {one.en} -> {other.en}  {where}"
        )


def times_told(found: FlowDiff) -> Iterator[Phrase]:
    """Yield the worst cases that are not the same."""
    for worst in found.times:
        one, other = told_duration(worst.old), told_duration(worst.new)
        yield Phrase(
            f"自“{worst.start}”至“{worst.end}”最长：{one.zh} → {other.zh}",
            f"from `{worst.start}` to `{worst.end}` at most: {one.en} -> {other.en}",
        )
