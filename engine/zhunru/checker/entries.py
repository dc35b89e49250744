"""Checks on lists: one matter once, a basis, a lead, money, who only assists."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.clause_parts import asks_manner, asks_money, joined_tests, says_assist
from zhunru.checker.periods import apart
from zhunru.checker.symbols import Symbol
from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic
from zhunru.syntax import nodes as n
from zhunru.vocabulary import ListKind, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Entries of one matter that a new one is compared with: all pairs of a long list would be millions.
_MOST_COMPARED = 50
# What columns are called that say what the language reads under another heading, and what to do.
# 办理期限, 整改期限, 保存期限 are how long something takes or is kept, no part of an entry.
_UNREAD = tuple(
    (re.compile(said, re.IGNORECASE), hint)
    for said, hint in (
        (
            "(?<![办理结成改复馈核批示报送存管诺])期限|有效期|准入期|执行期|实施期|起止|截止|到期|"
            "失效|生效|施行|valid(?!at)|period(?!ic)|expir",
            ("日期写在“自”“至”两栏里，一栏一个", "put the days into columns `from` and `to`"),
        ),
        (
            "(?<![视音])频|次数|限次|frequen|times",
            (
                "表头写“频次”，格子里写“每年 不超过 4 次”",
                "call it `frequency`, and write `yearly atmost 4 times`",
            ),
        ),
        (
            "除外|例外|exception",
            ("表头写“除外”，格子里写条件", "call it `except`, and write a condition"),
        ),
    )
)
_ALWAYS = frozenset({"长期", "长期有效", "永久", "不限", "无", "always", "none"})
_FREQUENT = (ListKind.ASSISTANCE, ListKind.ADMISSION)


def _lists(model: Model) -> Iterator[tuple[Symbol, n.ListDecl]]:
    for symbol in (*model.scope.own["list"].values(), *model.scope.additions.values()):
        yield symbol, symbol.node


def _clauses(model: Model, symbol: Symbol) -> dict[str, r.Clause]:
    found = model.clauses(model.home(symbol.name.text)).of(symbol)
    return {clause.code: clause for clause in found}


def check_codes(model: Model) -> None:
    """A code stands for one entry, also beside what an upper set has in the same list."""
    for _, source in _lists(model):
        above = _upper_codes(model, source)
        for finding in repeated_codes(source.name.text, source.entries, above):
            model.report.note(finding)


def repeated_codes(
    name: str, entries: Iterable[n.Entry], above: Mapping[str, n.Entry]
) -> Iterator[Diagnostic]:
    """Yield the codes that an entry before, or one of `above`, has already; with that entry.

    Which of the two is wrong nobody can guess.
    """
    seen = dict(above)
    for entry in entries:
        first = seen.setdefault(entry.code, entry)
        if first is not entry:
            related = ((first.named_at, "先写的条目", "the first entry"),)
            place = entry.named_at
            yield diagnose("ZR222", place, related=related, name=name, clause=entry.code)


def _upper_codes(model: Model, source: n.ListDecl) -> dict[str, n.Entry]:
    return {e.code: e for above in _upper_lists(model, source) for e in above.entries}


def _upper_lists(model: Model, source: n.ListDecl) -> list[n.ListDecl]:
    """Return the lists of upper sets that this one adds to."""
    if source.name.text not in model.scope.additions:
        return []
    return [
        above
        for upper in model.scope.uppers
        for above in upper.lists()
        if above.name.text == source.name.text
    ]


def check_matters(model: Model) -> None:
    """Two entries of one matter stand in one list only where 当 or days set them apart."""
    for symbol, source in _lists(model):
        first: dict[str, list[r.Clause]] = {}
        for clause in _upper_clauses(model, symbol):
            _enter(first, clause)
        for clause in _clauses(model, symbol).values():
            earlier = _same_matter(clause, first)
            if earlier:
                model.report.add(
                    "ZR401", clause.span, list=source.name.text, name=clause.title.zh,
                    other=earlier.title.zh,
                    related=((earlier.span, "先写的条目", "the first entry"),),
                )  # fmt: skip
            _enter(first, clause)


def _enter(first: dict[str, list[r.Clause]], clause: r.Clause) -> None:
    for key in clause.matter or ():
        first.setdefault(key, []).append(clause)


def _same_matter(clause: r.Clause, first: dict[str, list[r.Clause]]) -> r.Clause | None:
    for key in sorted(clause.matter or ()):
        for other in first.get(key, ())[:_MOST_COMPARED]:
            if not _set_apart(other, clause):
                return other
    return None


def _upper_clauses(model: Model, symbol: Symbol) -> list[r.Clause]:
    """Return the clauses of the upper list that this one adds to."""
    above = model.scope.find(symbol.name.text, "list")
    if above is None or above.scope is model.scope:
        return []
    return list(_clauses(model.of(above.scope), above).values())


def _name(entry: n.Entry) -> str:
    return entry.title.zh or entry.title.en or entry.code


def _set_apart(one: r.Clause, two: r.Clause) -> bool:
    if apart(one.period, two.period):
        return True
    left, right = allowed(one.when), allowed(two.when)
    return any(not left[name] & right[name] for name in left.keys() & right.keys())


def allowed(when: r.RExpr) -> dict[str, frozenset[object]]:
    """Return which values of which fields a condition certainly asks for."""
    found: dict[str, frozenset[object]] = {}
    stack = [when]
    while stack:
        each = stack.pop()
        # Only what must hold sets entries apart; of what is joined by 或 any part may.
        if isinstance(each, r.Every):
            stack.extend(each.operands)
        elif isinstance(each, r.OneOf) and isinstance(each.left, r.FieldValue):
            name = each.left.name
            found[name] = found.get(name, frozenset(each.values)) & each.values
        elif (fixed := _fixed(each)) is not None:
            name, value = fixed
            found[name] = found.get(name, value) & value
    return found


def _fixed(test: r.RExpr) -> tuple[str, frozenset[object]] | None:
    """Return the field that a test asks to be one constant, and that constant."""
    if not isinstance(test, r.Test) or test.op != "==":
        return None
    if isinstance(test.left, r.FieldValue) and isinstance(test.right, r.Const):
        return test.left.name, frozenset({test.right.value})
    return None


def check_bases(model: Model) -> None:
    """Every entry that decides has a basis, its own or its list's."""
    for _, source in _lists(model):
        lines = (source, *_upper_lists(model, source))
        if source.kind is ListKind.CATALOGUE or any(line.clauses.citations for line in lines):
            continue
        for entry in source.entries:
            if not entry.clauses.citations and not entry.refines:
                model.report.add("ZR404", entry.named_at, name=_name(entry))


def check_leads(model: Model) -> None:
    """An assistance entry says whom it assists, and each body is named once."""
    for _, source in _lists(model):
        for entry in source.entries:
            bodies = (*entry.leads, *entry.jointly)
            if len(bodies) > 1:
                target = model.chart.target
                model.report.twice((target(b.text) or b, b.text, b.span) for b in bodies)
        if source.kind is not ListKind.ASSISTANCE:
            continue
        for entry in source.entries:
            if not entry.leads and not entry.refines:
                model.report.add("ZR405", entry.named_at, name=_name(entry))


def check_columns(model: Model) -> None:
    """No column that is not read says how long an entry holds, how often, or where it does not, or
    has the name of a field: it looks like a condition, and is none."""
    for _, source in _lists(model):
        fields = model.forms.get(model.home(source.name.text), {})
        # A long list has few columns: what a column is called is looked at once.
        hints: dict[str, tuple[str, str] | None] = {}
        for entry in source.entries:
            for column, text in entry.extra:
                if column not in hints:
                    hints[column] = _hint(column, fields)
                hint = hints[column]
                if hint is None or text in _ALWAYS:
                    continue
                hints[column] = None  # told
                model.report.add(
                    "ZR347", entry.span, list=source.name.text, column=column, text=text,
                    hint_zh=hint[0], hint_en=hint[1],
                )  # fmt: skip


def _hint(column: str, fields: Container[str]) -> tuple[str, str] | None:
    """Return what to do about a column that is not read; None where it says nothing of weight."""
    if column in fields:
        return _condition(column)
    return next((hint for said, hint in _UNREAD if said.search(column)), None)


def _condition(field: str) -> tuple[str, str]:
    return (
        f"只对某些来件有效的条目，另列一张清单，写“当 {field} 为 …”；由谁牵头，写在“牵头”一栏",
        f"entries for some requests only go into a list of their own, with `when {field} is …`; "
        "who is in charge goes into column `lead`",
    )


def check_assistance(model: Model) -> None:
    """Assistance never turns into ownership, and never comes before its money."""
    for symbol, source in _lists(model):
        if source.kind is not ListKind.ASSISTANCE or not source.entries:
            continue
        clauses = list(_clauses(model, symbol).values())
        if source.name.text in model.scope.additions:
            continue
        # Nearly all entries have those of their list, one and the same tuple: looked through once.
        asked = {id(c.requirements): c.requirements for c in clauses}.values()
        if not all(_asks(requirements, manner=True) for requirements in asked):
            line = _manner_line(model, model.home(source.name.text))
            model.report.add("ZR406", source.name.span, name=source.name.text, line=line)
        if not all(_asks(requirements, manner=False) for requirements in asked):
            model.report.add("ZR407", source.name.span, name=source.name.text)


def _manner_line(model: Model, form: str) -> str:
    """Return how the set itself would ask that the community only assists: `承担方式 为 协助`."""
    for name, type_ in model.forms.get(form, {}).items():
        value = next(filter(says_assist, type_.values), "")
        if type_.name is TypeName.CHOICE and value:
            return f"{name} 为 {value}"
    return "承担方式 为 协助"


def _asks(requirements: tuple[r.Requirement, ...], *, manner: bool) -> bool:
    wanted = asks_manner if manner else asks_money
    return any(wanted(each) for one in requirements for each in joined_tests(one.test))


def check_owners(model: Model) -> None:
    """A responsibility list says whose it is, for all its entries or in each of them."""
    for _, source in _lists(model):
        lines = (source, *_upper_lists(model, source))
        if source.kind is not ListKind.RESPONSIBILITY or any(line.owner for line in lines):
            continue
        without = [entry for entry in source.entries if not entry.owner and not entry.refines]
        if len(without) == len(source.entries):
            model.report.add("ZR443", source.name.span, name=source.name.text)
            continue
        for entry in without:
            model.report.add("ZR443", entry.named_at, name=source.name.text)


def check_frequencies(model: Model) -> None:
    """A frequency binds only through a quota."""
    for _, source in _lists(model):
        if source.kind not in _FREQUENT:
            continue
        lines = [source, *_upper_lists(model, source)]
        if any(quota.own_frequency for line in lines for quota in line.clauses.quotas):
            continue
        free = [
            entry
            for entry in source.entries
            if entry.frequency
            and entry.frequency.limit
            and not any(q.own_frequency for q in entry.clauses.quotas)
        ]
        if free:
            # One line in the list mends all of them.
            n = len(free)
            zh, en = (f"等 {n} 条", f" and {n - 1} more") if n > 1 else ("", "")
            first = free[0]
            model.report.add("ZR442", first.named_at, name=_name(first), more_zh=zh, more_en=en)


def check_refusals(model: Model) -> None:
    """A prohibition refuses anyway: requirements under it say nothing."""
    for _, source in _lists(model):
        if source.kind is not ListKind.PROHIBITION:
            continue
        if source.clauses.requirements or source.clauses.quotas:
            model.report.add("ZR441", source.name.span, name=source.name.text)
        for entry in source.entries:
            if entry.clauses.requirements or entry.clauses.quotas:
                model.report.add("ZR441", entry.named_at, name=_name(entry))


def check_counts(model: Model) -> None:
    """A list has as many entries as it should (应有 N 条)."""
    for _, source in _lists(model):
        if source.expected is not None and source.expected != len(source.entries):
            model.report.add("ZR431", source.name.span, name=source.name.text,
                             wanted=source.expected, given=len(source.entries))  # fmt: skip


# What lets work in for a time; 临时救助 and the like are lasting work on passing needs.
_PASSING = re.compile(
    r"临时(?!救助|身份|用工|占|困难|遇困|停)|疫情防控|应急(?:事项|任务|清单|协助)|\btemporary\b",
    re.I,
)
_LETTING_IN = (ListKind.ASSISTANCE, ListKind.ADMISSION)


def check_ends(model: Model) -> None:
    """A list of temporary matters says of each on which day it ends, or of all."""
    for _, source in _lists(model):
        said = f"{source.name.text} {source.title.zh} {source.title.en}"
        ended = source.period.end or model.life.end
        if source.kind not in _LETTING_IN or ended or not _PASSING.search(said):
            continue
        for entry in source.entries:
            if entry.period.end is None:
                model.report.add("ZR488", entry.named_at, name=source.name.text,
                                 entry=_name(entry))  # fmt: skip


_MOST_HEADINGS = 6


def check_titles(model: Model) -> None:
    """An entry has a matter, except one that says more of an entry of an upper set."""
    for _, source in _lists(model):
        above = _upper_codes(model, source)
        nameless = [
            entry
            for entry in source.entries
            if not (entry.title.zh or entry.title.en or entry.refines or entry.code in above)
        ]
        # One row may do without; not where its table has columns that mean nothing.
        told = len(nameless) > 1 or any(entry.extra for entry in nameless)
        if source.tabular and told and len(nameless) == len(source.entries):
            # Most likely rows that were pasted without their heading, so that the first is taken
            # for one: to tell of each row would hide that.
            read = dict.fromkeys(heading for entry in nameless for heading, _ in entry.extra)
            words = tuple(read)[:_MOST_HEADINGS] or ("—",)
            model.report.add("ZR230", nameless[0].span, list=source.name.text, n=len(nameless),
                             headings=words)  # fmt: skip
            continue
        for entry in nameless:
            model.report.add("ZR227", entry.named_at, list=source.name.text, name=entry.code)


CHECKS = (
    check_titles, check_codes, check_matters, check_bases, check_leads, check_columns,
    check_assistance,
    check_owners, check_frequencies, check_refusals, check_counts, check_ends,
)  # fmt: skip
