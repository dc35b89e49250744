"""A comparison of two sets in sentences: sections of labelled lines, for a screen or a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from zhunru.analysis.causes import Cause
from zhunru.analysis.clause_changes import tell_days
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.comparison_terms import (
    CHANGES,
    KINDS,
    MOST_NAMES,
    STATUSES,
    Section,
    Told,
    place_text,
    places,
)
from zhunru.analysis.contents_words import (
    flows_told,
    items_told,
    lists_told,
    rest_told,
    tables_told,
)
from zhunru.analysis.deltas import Status
from zhunru.analysis.differences import Days, DecisionDiff, Difference
from zhunru.analysis.effects import ASPECTS, Aspect
from zhunru.checker.words import Phrase, joined
from zhunru.decision import Decision
from zhunru.vocabulary import OUTCOMES, Outcome

ASPECT_WORDS: dict[Aspect, Phrase] = {
    "outcome": Phrase("结论", "outcome"),
    "obligation": Phrase("义务", "duties"),
    "deadline": Phrase("期限", "deadline"),
    "route": Phrase("去向", "route"),
    "reason": Phrase("理由", "reason"),
    "basis": Phrase("依据", "basis"),
}
_DONE = {
    Outcome.ADMIT: "admitted",
    Outcome.DEFER: "deferred",
    Outcome.REFUSE: "refused",
    Outcome.INCOMPLETE: "incomplete",
}
_DEFAULT = Phrase("默认（各步都没有决定）", "the default")
_MOST_CAUSES = 6
_FEW_CAUSES = 3  # entries of one list that are told one by one


def report(found: Comparison) -> Iterator[Section]:
    """Yield the sections of a comparison; a part that does not differ is left out."""
    yield summary(found)
    for decision in found.decisions:
        yield _decision(decision)
    for title, lines in (
        (Phrase("清单", "Lists"), lists_told(found.lists)),
        (Phrase("规则", "Rules"), items_told(found.rules)),
        (Phrase("参数", "Parameters"), items_told(found.parameters)),
        (Phrase("对照表", "Tables"), tables_told(found.tables)),
        (Phrase("流程", "Workflows"), flows_told(found.workflows)),
        (Phrase("其他", "Other"), rest_told(found.rest)),
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
    zh, en = joined(_aspect(a, d, some=a in found.sometimes) for a, d in found.aspects)
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
    shown = (Phrase(f"“{n}”", f"`{n}`") if n else _DEFAULT for n in names[:MOST_NAMES])
    zh, en = joined(shown)
    more = len(names) - MOST_NAMES
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
    return joined((tell_days(start, end) for start, end in days), "；", "; ")


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
    first, change = some[0], CHANGES[some[0].change]
    codes = [cause.name.rpartition("/")[2] for cause in some[:MOST_NAMES]]
    where = places(first.old, first.new)
    return Phrase(
        f"{change.zh}“{first.group}”{'、'.join(codes)}等 {len(some)} 条（{where} 起）",
        f"{change.en} {len(some)} entries of {first.group}: {', '.join(codes)} … (from {where})",
    )


def _cause(cause: Cause) -> Phrase:
    change, kind = CHANGES[cause.change], KINDS[cause.kind]
    name = f"“{cause.name}”" if cause.name else ""
    where = places(cause.old, cause.new)
    at = Phrase(f"（{where}）", f" ({where})") if where else Phrase("", "")
    return Phrase(
        f"{change.zh}{kind.zh}{name}{at.zh}", f"{change.en} {kind.en}{cause.name}{at.en}".strip()
    )


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
