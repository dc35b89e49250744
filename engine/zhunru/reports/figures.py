"""The figures of a report, section by section."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from zhunru.checker.resolved import Const, ParameterOf
from zhunru.compiler import CompiledPolicy
from zhunru.reports.dealings import Dealings, Decided, Worked
from zhunru.reports.sections import Chart, Report, Section, Text, Value
from zhunru.syntax.nodes import Period
from zhunru.vocabulary import Outcome

_CERTIFICATE = frozenset({"出具证明", "证明"})
_INSPECTION = frozenset({"检查考核", "检查", "考核"})
# What communities had to bear before: S0-24, S0-25, S0-26; a set may say otherwise.
_BASELINES: tuple[tuple[str, str, int, Text], ...] = (
    ("chores", "行政事务基数", 160, ("行政事务（项）", "chores (kinds)")),
    ("certificates", "出具证明基数", 40, ("出具证明（项）", "certificates (kinds)")),
    ("inspections", "年检查基数", 100, ("检查考核（次，最多的社区）", "inspections (most borne)")),
)
_MOST_ROWS = 200
_TOTAL: Text = ("合计", "total")
MONTH: Text = ("月份", "month")


def make_report(policy: CompiledPolicy, dealings: Dealings, period: Period) -> Report:
    """Return the report on dealings; sections without anything to say are left out."""
    decided, worked = dealings.decided, dealings.worked
    made = [
        _overview(decided, worked),
        _departments(decided),
        _reasons(decided),
        _burden(policy, decided, period),
        _quotas(policy, decided, period),
        _months(decided, worked),
        _closing(worked),
        _rates(worked),
        _overdue(worked),
        _levels(worked),
        _ranking(dealings),
    ]
    return Report(
        set_code=policy.code,
        digest=policy.digest,
        period=period,
        sections=tuple(section for section in made if section is not None and section.rows),
        unread=dealings.unread,
        unread_rows=dealings.unread_rows,
        remarks=dealings.remarks,
    )


def share(part: int, whole: int) -> Decimal | None:
    """Return a part in percent of a whole, with one decimal; None of nothing."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _said(items: Iterable[Worked], read: Callable[[Worked], bool | None]) -> Decimal | None:
    """Return the share of yes among the cases of which it is known."""
    values = [value for value in map(read, items) if value is not None]
    return share(sum(values), len(values))


# --- requests ------------------------------------------------------------------------------------

_OUTCOMES: tuple[tuple[Outcome, Text], ...] = (
    (Outcome.ADMIT, ("准入", "admitted")),
    (Outcome.REFUSE, ("拒绝", "refused")),
    (Outcome.DEFER, ("暂缓", "deferred")),
    (Outcome.INCOMPLETE, ("补正", "incomplete")),
)


def _overview(decided: Sequence[Decided], worked: Sequence[Worked]) -> Section:
    closed = sum(one.closed for one in worked)
    rows: list[tuple[Value, ...]] = []
    if decided:
        rows.append((("来件", "requests"), len(decided), None))
        for outcome, words in _OUTCOMES:
            number = sum(one.outcome is outcome for one in decided)
            rows.append((words, number, share(number, len(decided))))
    if worked:
        overdue = sum(one.overdue for one in worked)
        rows += [
            (("办件", "cases"), len(worked), None),
            (("办结", "closed"), closed, share(closed, len(worked))),
            (("在办", "open"), len(worked) - closed, share(len(worked) - closed, len(worked))),
            (("超期", "overdue"), overdue, share(overdue, len(worked))),
        ]
    columns = (("指标", "figure"), ("件数", "number"), ("占比（%）", "share (%)"))
    note = (
        "来件按收到日期、办件按开立日期算在本期。超期是有过逾期的办件，不论后来办没办结；占比以本期来件"
        "（办件）为分母。",
        "Requests count by the day of receipt, cases by the day they were opened. Overdue is what "
        "was late at any stage; shares are of the requests (cases) of the period.",
    )
    return Section("overview", ("总览", "Overview"), columns, tuple(rows), note=note)


def _departments(decided: Sequence[Decided]) -> Section:
    counts: dict[str, Counter[Outcome]] = {}
    for one in decided:
        counts.setdefault(one.department or "—", Counter())[one.outcome] += 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    rows = [
        (name, found.total(), *(found[outcome] for outcome, _ in _OUTCOMES),
         share(found[Outcome.REFUSE], found.total()))
        for name, found in ordered[:_MOST_ROWS]
    ]  # fmt: skip
    return Section(
        "departments",
        ("各部门来件与结论", "Admissions and refusals by department"),
        (
            ("来文单位", "department"),
            ("来件", "requests"),
            *(words for _, words in _OUTCOMES),
            ("拒绝率（%）", "refused (%)"),
        ),
        tuple(rows),
        Chart("stacked", 0, (2, 3, 4, 5)),
        (
            "拒绝率是本期该单位来件中被拒绝的占比；暂缓、补正不算拒绝。",
            "Refused is the share of refusals in a department's requests of the period.",
        ),
    )


def _reasons(decided: Sequence[Decided]) -> Section:
    refused = [one for one in decided if one.outcome is Outcome.REFUSE]
    counts = Counter(one.code or "—" for one in refused)
    rows = [(code, number, share(number, len(refused))) for code, number in counts.most_common(20)]
    return Section(
        "reasons",
        ("拒绝理由", "Reasons of refusal"),
        (("理由代码", "reason"), ("次数", "times"), ("占比（%）", "share (%)")),
        tuple(rows),
        Chart("bar", 0, (1,)),
        (
            "每件拒绝只计第一条理由；占比以本期拒绝为分母。",
            "Each refusal counts for its first reason; shares are of all refusals of the period.",
        ),
    )


def _burden(policy: CompiledPolicy, decided: Sequence[Decided], period: Period) -> Section | None:
    if not decided:
        return None
    admitted = [one for one in decided if one.outcome is Outcome.ADMIT and not one.taken_back]
    inspections = Counter(one.community for one in admitted if one.category in _INSPECTION)
    certificates = {one.matter for one in admitted if one.category in _CERTIFICATE}
    chores = {one.matter for one in admitted if one.category not in _CERTIFICATE | _INSPECTION}
    borne = {
        "chores": len(chores),
        "certificates": len(certificates),
        "inspections": max(inspections.values(), default=0),
    }
    years = _years(period)
    rows: list[tuple[Value, ...]] = []
    for key, parameter, usual, words in _BASELINES:
        base = baseline(policy, parameter, usual, period.end)
        rows.append((words, base, *_against(base, borne[key], years, adds_up=key == "inspections")))
    return Section(
        "burden",
        ("负担对照", "Burden against the baselines"),
        (
            ("指标", "figure"),
            ("一年的基数", "baseline of a year"),
            ("折算到本期", "of this period"),
            ("本期准入", "admitted in the period"),
            ("减少（%）", "less by (%)"),
        ),
        tuple(rows),
        Chart("bar", 0, (2, 3)),
        (
            "基数取规则集的参数，没有的用 160 项、40 项、100 次。次数按天数折算；项数说的是一年里"
            "共有多少种，不满一年的不可比，写作“—”。没有写起止的按一年计。",
            "Baselines are parameters of the set, else 160, 40 and 100. Times are reckoned by "
            "days; kinds are those of a year, so that less than a year cannot be compared (—). A "
            "period without ends counts as a year.",
        ),
    )


def _years(period: Period) -> Decimal:
    """Return how many years a period has; one that is open counts as a year."""
    if period.start is None or period.end is None:
        return Decimal(1)
    days = (period.end - period.start).days + 1
    # A whole year is one, whether it has 365 days or 366.
    return Decimal(1) if days in (365, 366) else Decimal(days) / 365


def _against(base: int, borne: int, years: Decimal, *, adds_up: bool) -> tuple[Value, ...]:
    """Return the baseline of the period, what was borne, and by how much that is less."""
    if adds_up:
        part = (base * years).quantize(Decimal(1), ROUND_HALF_UP)
        return int(part), borne, share(int(part) - borne, int(part))
    if years < 1:
        return None, borne, None
    return base, borne, share(base - borne, base)


def baseline(policy: CompiledPolicy, name: str, usual: int, on: date | None) -> int:
    """Return the value of a parameter in force on a day, else the usual one."""
    parameter = policy.core.parameters.get(name)
    if parameter is None:
        return usual
    values = [low for start, low, _ in parameter.values if on is None or start <= on]
    return int(values[-1]) if values else usual


def _quotas(policy: CompiledPolicy, decided: Sequence[Decided], period: Period) -> Section:
    used = Counter(booking for one in decided for booking in dict.fromkeys(one.booked))
    limits = _limits(policy, period.end)
    rows = [
        (quota, _told(subject), number, limits.get(quota))
        for (quota, subject), number in used.most_common(_MOST_ROWS)
    ]
    return Section(
        "quotas",
        ("限额使用", "Quotas used"),
        (
            ("限额", "quota"),
            ("对象", "counted for"),
            ("本期已用（次）", "used in the period (times)"),
            ("每一时段限（次）", "limit of a window (times)"),
        ),
        tuple(rows),
        note=(
            "已用是本期准入占用的次数；限额按名称所写的时段（每年、每季度……）各算各的，本期长于"
            "一个时段的，已用可以大于限额。从文件来的，只数文件里排在前面的准入。限额随来件而定的写作“—”。",
            "Used is what admissions of the period took; the limit is of one window (a year, a "
            "quarter), so that a longer period may use more. From a file, only what stands above "
            "a row in it counts. A limit that hangs on the request is shown as —.",
        ),
    )


def _limits(policy: CompiledPolicy, on: date | None) -> dict[str, Value]:
    """Return the limit of each quota that is the same for every request."""
    found: dict[str, Value] = {}
    for plan in policy.plans.values():
        for clause in plan.clauses:
            for quota in clause.quotas:
                found[quota.key] = _limit(policy, quota.limit, on)
    return found


def _limit(policy: CompiledPolicy, limit: Any, on: date | None) -> Value:
    if isinstance(limit, Const) and isinstance(limit.value, Decimal):
        return int(limit.value)
    if isinstance(limit, ParameterOf):
        value = baseline(policy, limit.name, -1, on)
        return None if value < 0 else value
    return None


def _told(subject: str) -> str:
    """Return what a quota is counted for, as people write it."""
    try:
        read = json.loads(subject)
    except ValueError:
        return subject
    return "、".join(str(one) for one in read) if isinstance(read, list) else subject


def _months(decided: Sequence[Decided], worked: Sequence[Worked]) -> Section | None:
    requests = Counter(f"{one.day:%Y-%m}" for one in decided)
    refused = Counter(f"{one.day:%Y-%m}" for one in decided if one.outcome is Outcome.REFUSE)
    cases = Counter(f"{one.day:%Y-%m}" for one in worked)
    months = sorted({*requests, *cases})
    if len(months) < 2:
        return None
    rows = [(month, requests[month], refused[month], cases[month]) for month in months]
    columns = (MONTH, ("来件", "requests"), ("拒绝", "refused"), ("办件", "cases"))
    title = ("逐月走势", "Month by month")
    note = (
        "来件按收到的月份，办件按开立的月份。",
        "Requests by the month of receipt, cases by the month they were opened.",
    )
    return Section("months", title, columns, tuple(rows), Chart("line", 0, (1, 2, 3)), note)


# --- cases ---------------------------------------------------------------------------------------


def _closing(worked: Sequence[Worked]) -> Section:
    rows = [_closed(name or "—", group) for name, group in _grouped(worked, lambda w: w.flow)]
    if len(rows) > 1:
        rows.append(_closed(_TOTAL, worked))
    return Section(
        "closing",
        ("办结率", "Closing rate"),
        (
            ("流程", "workflow"),
            ("办件", "cases"),
            ("办结", "closed"),
            ("在办", "open"),
            ("办结率（%）", "closed (%)"),
        ),
        tuple(rows),
        Chart("stacked", 0, (2, 3)),
        (
            "办结率是本期开立的办件中到报告时已经办结的占比，不看有没有逾期、有没有解决。",
            "Closed is the share of the cases opened in the period that have ended by now, late "
            "or not, solved or not.",
        ),
    )


def _closed(name: Value, group: Sequence[Worked]) -> tuple[Value, ...]:
    closed = sum(one.closed for one in group)
    return name, len(group), closed, len(group) - closed, share(closed, len(group))


def _rates(worked: Sequence[Worked]) -> Section:
    known = [w for w in worked if any(v is not None for v in (w.answered, w.solved, w.satisfied))]
    groups = sorted(_grouped(known, lambda w: w.unit), key=lambda pair: (-len(pair[1]), pair[0]))
    rows = [_rate(name or "—", group) for name, group in groups]
    if len(rows) > 1:
        rows.insert(0, _rate(_TOTAL, known))
    return Section(
        "rates",
        ("三率", "Three rates"),
        (
            ("承办单位", "unit"),
            ("件数", "cases"),
            ("响应率（%）", "answered (%)"),
            ("解决率（%）", "solved (%)"),
            ("满意率（%）", "satisfied (%)"),
        ),
        tuple(rows[:_MOST_ROWS]),
        Chart("bar", 0, (2, 3, 4)),
        (
            "每一率只算有记载的办件；没有回访结果的不计入满意率。",
            "Each rate counts only cases of which it is known.",
        ),
    )


def _rate(name: Value, group: Sequence[Worked]) -> tuple[Value, ...]:
    return (
        name,
        len(group),
        _said(group, lambda w: w.answered),
        _said(group, lambda w: w.solved),
        _said(group, lambda w: w.satisfied),
    )


def _overdue(worked: Sequence[Worked]) -> Section:
    rows = []
    for name, group in _grouped(worked, lambda w: w.unit):
        late = sum(one.overdue for one in group)
        waiting = sum(one.overdue and not one.closed for one in group)
        if late:
            rows.append((name or "—", len(group), late, waiting, share(late, len(group))))
    rows.sort(key=lambda row: (-row[2], row[0]))
    return Section(
        "overdue",
        ("超期", "Overdue"),
        (
            ("承办单位", "unit"),
            ("办件", "cases"),
            ("超期", "overdue"),
            ("其中在办", "still open"),
            ("超期率（%）", "overdue (%)"),
        ),
        tuple(rows[:_MOST_ROWS]),
        Chart("bar", 0, (2,)),
        (
            "只列有超期的单位；超期率是该单位本期办件中有过逾期的占比。",
            "Only units with overdue cases; the share is of the unit's cases of the period.",
        ),
    )


def _levels(worked: Sequence[Worked]) -> Section:
    """Count cases by the highest level that had to deal with them: the lowest level first."""
    solved = [one for one in worked if one.closed and one.level]
    counts = Counter(one.level for one in solved)
    depth = {one.level: one.depth for one in solved}
    place = {name: at for at, name in enumerate(_LADDER)}
    ordered = sorted(counts, key=lambda name: (place.get(name, len(place)), -depth[name], name))
    rows, so_far = [], 0
    for name in ordered:
        so_far += counts[name]
        part = share(counts[name], len(solved))
        rows.append((name, counts[name], part, share(so_far, len(solved))))
    return Section(
        "levels",
        ("化解在哪一级", "At which level it was solved"),
        (
            ("层级", "level"),
            ("办结", "closed"),
            ("占比（%）", "share (%)"),
            ("累计（%）", "up to here (%)"),
        ),
        tuple(rows),
        Chart("pie", 0, (1,)),
        (
            "只算本期开立、已经办结的办件，按办理过它的最高一级归类；累计是到这一级为止解决的占比，"
            "第一行就是解决在最基层的比例。",
            "Closed cases of the period by the highest level that dealt with them; the last column "
            "is the share solved up to that level, its first row the share at the lowest.",
        ),
    )


# From where something is found upwards (S0-70); other levels follow by the chart.
_LADDER = (
    *("楼院", "楼栋", "小区", "网格", "社区", "村"),
    *("街道", "镇", "乡", "乡镇", "大调解", "部门", "区", "县", "市"),
)


def _grouped(
    worked: Sequence[Worked], key: Callable[[Worked], str]
) -> list[tuple[str, list[Worked]]]:
    groups: dict[str, list[Worked]] = {}
    for one in worked:
        groups.setdefault(key(one), []).append(one)
    return list(groups.items())


def _ranking(dealings: Dealings) -> Section:
    """Rank the units that are rated from below (以下评上), one scorecard after the other."""
    rows: list[tuple[Value, ...]] = []
    for card, scores in dealings.ratings.items():
        ordered = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        rank, before = 0, None
        for number, (name, score) in enumerate(ordered, 1):
            # Equal scores share a rank, and the next one is skipped.
            rank = rank if score == before else number
            before = score
            rows.append((card, rank, name, score.quantize(Decimal("0.1"), ROUND_HALF_UP)))
    return Section(
        "ranking",
        ("以下评上", "Rated from below"),
        (("评价", "scorecard"), ("名次", "rank"), ("被评单位", "unit"), ("得分", "score")),
        tuple(rows),
        Chart("bar", 2, (3,)),
        (
            "得分是评价在本期止日的总分（百分制）；分数相同名次相同，后面的名次空出来。评不出的不列。"
            + "".join(f"{zh}。" for zh, _ in dealings.uncounted),
            "Scores are totals out of 100 on the last day of the period; equal scores share a "
            "rank, and the next is skipped. Who cannot be scored is left out."
            + "".join(f" {en}." for _, en in dealings.uncounted),
        ),
    )
