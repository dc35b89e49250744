"""Random source trees, as a reader could have made them: every node, odd names, odd texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from zhunru.diagnostics import Source
from zhunru.syntax import expressions as e
from zhunru.syntax import keywords
from zhunru.syntax import nodes as n
from zhunru.syntax.lists import joined_clauses
from zhunru.syntax.shadow import normalise, shadow
from zhunru.vocabulary import (
    DAY_KINDS,
    LEADS_AND_BELOW,
    QUOTA_COUNTED,
    QUOTA_USED,
    TYPES,
    HitPolicy,
    ListKind,
    Measure,
    Outcome,
    TypeName,
    Window,
)

WORDS = ("来文单位", "目标社区", "事项", "类别", "行政任务", "社区", "区民政局", "XZ-01", "form2")
ODD = (
    *("社区工作者(专职)", "a b", "3级", "5个工作日", "2026-01-01", "12345热线", "1#楼", "3岗18级"),
    *("社区“两委”会", "#楼", "x=y", "户数-3000", "7", "7 日以上", "甲、乙", "政策 X", "60分以上"),
    *("a|b", "|# c", "a # b"),
    *("B-2", "b#c", "全部合格", "每月 1 次", "12:30", "yes", "null", "~", "- x", "%", "'q'"),
)
# Words that mean something as names of expressions: the model keeps them in Chinese.
_MEANT = {LEADS_AND_BELOW[1], QUOTA_USED[1], QUOTA_COUNTED[1]}
KEYWORDS = tuple(sorted(set(keywords.WORDS["any"]) - _MEANT))

_LETTERS = "社区街道办甲乙丙民政局AaZ09-#·_ "


def _as_name(text: str) -> str:
    return normalise(shadow(text)).strip()


def names(keyword_share: bool = True) -> st.SearchStrategy[n.Name]:
    """Names: usual ones, keywords, and whatever needs brackets."""
    free = st.text(_LETTERS, min_size=1, max_size=8).map(_as_name)
    usual = free.filter(bool)
    known = st.sampled_from(KEYWORDS) if keyword_share else st.sampled_from(WORDS)
    return st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD), usual, known).map(n.Name)


name = names()
some_names = st.lists(name, min_size=1, max_size=4).map(tuple)
few_names = st.lists(name, max_size=3).map(tuple)

codes = st.one_of(
    st.sampled_from(("XZ-01", "JY-2021", "国家.A38", "LZ-01-2026", "1", "登记", "B.2/3", "a_b")),
    st.text("社区AZ09.-/", min_size=1, max_size=6).filter(lambda t: t.strip("-—/") == t != ""),
)
code_names = codes.map(n.Name)

texts = st.one_of(
    st.sampled_from(
        (
            *("未列入清单", '自称"到位"', "“两委”换届", "a\nb", "c:\\d", "1 # 2", "", "x, y: z"),
            *("待定", "- x", "#", "|", "a|b", "不得\\n", "'单'", "yes", "2021-01-01", "{x}", "[y]"),
        )
    ),
    st.text("甲乙丙，。：“”\"'\\#|,:{}[]\n abc1-", max_size=12),
)
# A text that a cell without quotes can hold.
plain_texts = texts.filter(
    lambda t: bool(t) and t == t.strip() and not set(t) & set("\n\\") and t not in "-—"
)
labels = plain_texts.filter(lambda t: "|" not in t)

days = st.dates(date(1949, 10, 1), date(2099, 12, 31))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
decimals = st.decimals(0, 100_000, places=2).map(lambda d: Decimal(format(d.normalize(), "f")))
quantities = st.builds(e.Quantity, decimals, st.none() | st.sampled_from(Measure))
signed = quantities | quantities.map(lambda q: replace(q, value=-q.value))
_trimmed = texts.map(str.strip)
titles = st.builds(n.Title, _trimmed.filter(bool), st.just("") | _trimmed)
maybe_titles = titles | st.just(n.Title(""))


@st.composite
def bands(draw: st.DrawFn) -> tuple[e.Quantity, e.Quantity]:
    """Two ends of one measure."""
    measure = draw(st.none() | st.sampled_from(Measure))
    low, high = draw(decimals), draw(decimals)
    return e.Quantity(low, measure), e.Quantity(high, measure)


periods = st.builds(n.Period, st.none() | days, st.none() | days)

# --- expressions ---------------------------------------------------------------------------------

_refs = name.map(lambda one: e.Ref(one.text))
atoms: st.SearchStrategy[Any] = st.one_of(
    _refs,
    quantities,
    texts.map(e.Text),
    days.map(e.Day),
    moments.map(e.Moment),
    st.booleans().map(e.Flag),
    st.just(e.Nothing()),
    st.just(e.Unknown()),
)


def _not(kind: type[Any], inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return inner.filter(lambda one: not isinstance(one, kind))


def _several_of(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(_not(e.Several, inner), min_size=1, max_size=3).map(tuple)


_day_kinds = st.lists(st.sampled_from(sorted(DAY_KINDS)), min_size=1, unique=True).map(tuple)


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    text = name.map(lambda one: one.text)
    calls = st.builds(e.Call, text, st.lists(inner, max_size=3).map(tuple))
    return st.one_of(
        st.builds(e.Compare, st.sampled_from(("==", "!=", ">=", "<=", ">", "<")), inner, inner),
        st.builds(e.Among, inner, _several_of(inner)),
        st.builds(e.Inside, inner, inner),
        st.builds(e.Falls, inner, _day_kinds),
        st.builds(e.Contains, inner, inner),
        st.builds(e.Not, inner),
        st.lists(_not(e.And, inner), min_size=2, max_size=3).map(tuple).map(e.And),
        st.lists(_not(e.Or, inner), min_size=2, max_size=3).map(tuple).map(e.Or),
        st.builds(e.If, inner, inner, inner),
        st.builds(e.Arith, st.sampled_from("+-*/"), inner, inner),
        _not(e.Quantity, inner).map(e.Negate),
        quantities.filter(lambda q: q.value > 0).map(lambda q: replace(q, value=-q.value)),
        calls,
        st.builds(e.Column, calls | _refs, text),
        st.lists(_not(e.Several, inner), min_size=2, max_size=3).map(tuple).map(e.Several),
    )


exprs: st.SearchStrategy[Any] = st.recursive(atoms, _compound, max_leaves=8)

# --- clauses -------------------------------------------------------------------------------------

outcomes = st.sampled_from((Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER))
verdicts = st.builds(n.Verdict, outcomes, titles, st.none() | name)
failings = st.builds(n.Failing, outcomes, titles, st.none() | name) | st.builds(
    n.Failing, outcomes, st.just(n.Title(""))
)
requirements = st.builds(n.Requirement, exprs, st.none() | failings)


@st.composite
def frequencies(draw: st.DrawFn) -> n.Frequency:
    """A number of times in a window, or no limit."""
    if draw(st.booleans()):
        return n.Frequency()
    window = draw(st.none() | st.sampled_from(Window))
    length = draw(st.integers(1, 365)) if window is Window.ROLLING else 0
    return n.Frequency(window, draw(exprs), length)


@st.composite
def quotas(draw: st.DrawFn) -> n.Quota:
    """A quota of its own, or by the entry's frequency."""
    frequency = draw(st.none() | frequencies())
    return n.Quota(draw(few_names), frequency, frequency is None, draw(st.none() | failings))


@st.composite
def limits(draw: st.DrawFn) -> n.Limit:
    """A time limit."""
    length = draw(st.none() | exprs)
    return n.Limit(length, length is None, draw(st.none() | name), draw(st.booleans()))


duties = st.builds(
    n.Duty,
    name,
    st.none() | exprs,
    st.none() | name,
    st.none() | limits(),
    st.none() | name,
)
citations = st.builds(
    n.Citation,
    st.sampled_from(("民发20", "居委会组织法", "《信访条例》", "民发〔2020〕20号", "若干规定2024")),
    st.sampled_from(("", "2018", "2025修订")),
    st.sampled_from(("", "第四条", "第二十条第二款", "第三条第（五）项", "附件第一项")),
    st.booleans(),
)
some_citations = st.lists(citations, max_size=3).map(tuple)
traces = st.lists(st.sampled_from(("S0-01", "S2-12", "示例")), max_size=2).map(tuple)


def lists_of(inner: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    """Tuples of a few."""
    return st.lists(inner, max_size=most).map(tuple)


def clause_parts(most: int = 2, marks: bool = True) -> st.SearchStrategy[n.Clauses]:
    """Clauses; `most` conditions of a kind, so that a row of a table can hold them."""
    said = st.booleans() if marks else st.just(False)
    return st.builds(
        n.Clauses,
        when=lists_of(exprs, most),
        unless=lists_of(exprs, most),
        requirements=lists_of(requirements),
        quotas=lists_of(quotas()),
        counted_by=few_names,
        duties=lists_of(duties),
        citations=some_citations,
        instead=st.none() | exprs,
        return_to=st.none() | exprs,
        workflow=st.none() | name,
        documents=few_names,
        materials=few_names,
        relaxable=said,
        binding=said,
        trace=traces,
    )


clauses = st.just(n.Clauses()) | clause_parts()
row_clauses = st.just(n.Clauses()) | clause_parts(1, marks=False)

# --- declarations --------------------------------------------------------------------------------

EXPECTABLE = ("POLICY", "LIST", "RULE", "TABLE", "FORMULA", "DECIDE", "WORKFLOW", "SCORECARD")
expectations = st.builds(n.Expectation, keyword=st.sampled_from(EXPECTABLE), name=name)


@st.composite
def delegations(draw: st.DrawFn) -> n.Delegation:
    """What a lower set may do to a list, a parameter or a clause."""
    level, subject = draw(name), draw(st.sampled_from(("list", "parameter", "clause")))
    if subject == "clause":
        return n.Delegation(level=level, subject="clause", target=draw(code_names))
    if subject == "list":
        return n.Delegation(
            level=level,
            subject="list",
            target=draw(name),
            additions=draw(st.booleans()),
            having=draw(few_names),
            via=draw(st.none() | name),
        )
    low, high = draw(bands())
    ends = draw(st.sampled_from(((None, None), (low, None), (None, high), (low, high))))
    return n.Delegation(
        level=level, subject="parameter", target=draw(name), low=ends[0], high=ends[1]
    )


policies = st.builds(
    n.Policy,
    code=codes,
    title=titles,
    issuer=st.none() | name,
    jointly=few_names,
    territory=st.none() | name,
    period=periods,
    upper=lists_of(code_names),
    expectations=lists_of(expectations),
    delegations=lists_of(delegations()),
    trace=traces,
)
references = st.sampled_from(("", "民发〔2020〕20号", "主席令第21号"))
versions = st.builds(
    n.BasisVersion,
    label=st.sampled_from(("2018", "2025", "修订版")),
    issued=st.none() | days,
    period=periods,
    reference=references,
)
bases = st.builds(
    n.Basis,
    name=name,
    title=titles,
    reference=references,
    level=st.sampled_from(("", "法律", "行政法规", "规范性文件")),
    issuer=st.none() | name,
    issued=st.none() | days,
    period=periods,
    versions=lists_of(versions),
    unverified=st.booleans(),
    source=st.just("") | plain_texts,
    trace=traces,
)
basis_rows = st.builds(
    n.Basis,
    name=name,
    title=st.builds(n.Title, plain_texts),
    reference=references,
    level=st.sampled_from(("", "法律")),
    issued=st.none() | days,
    period=periods,
    source=st.just("") | plain_texts,
)
units = st.builds(
    n.Unit,
    name=name,
    level=st.none() | name,
    superior=st.none() | name,
    aliases=few_names,
    roles=few_names,
    period=periods,
)
unit_blocks = st.builds(
    n.UnitBlock,
    units=st.lists(units, min_size=1, max_size=4).map(tuple),
    tabular=st.booleans(),
) | st.builds(n.UnitBlock, units=st.just(()), source=plain_texts)
roles = st.builds(
    n.Role,
    name=name,
    every=st.none() | name,
    number=st.none() | quantities,
    held_by=few_names,
)
scalars = atoms.filter(lambda one: not isinstance(one, e.Quantity)) | signed


@st.composite
def fields(draw: st.DrawFn) -> n.Field:
    """A field of any type, with marks."""
    kind = draw(st.sampled_from(list(TYPES)))
    low, high = draw(st.just((None, None)) | bands())
    choices = kind in (TypeName.CHOICE, TypeName.CHOICES)
    numeric = kind in (TypeName.NUMBER, TypeName.MONEY, TypeName.RATIO)
    return n.Field(
        name=draw(name),
        type=kind,
        values=draw(some_names) if choices else (),
        low=low if numeric else None,
        high=high if numeric else None,
        decimals=draw(st.none() | st.integers(0, 4)) if numeric else None,
        default=draw(st.none() | scalars),
        asserted_by=draw(st.none() | name),
        withheld_from=draw(few_names),
        **{mark: draw(st.booleans()) for mark in MARKS},
    )


MARKS = ("required", "optional", "curable", "governing", "addressee", "secret")
plain_fields = st.builds(n.Field, name=name, type=st.just(TypeName.TEXT))
field_lists = lists_of(fields(), 4) | lists_of(plain_fields, 3)
forms = st.builds(n.Form, name=name, fields=field_lists)
registers = st.builds(
    n.Register,
    name=name,
    title=maybe_titles,
    fields=field_lists,
    source=st.just("") | plain_texts,
)


@st.composite
def parameter_values(draw: st.DrawFn) -> n.ParameterValue:
    """One value, a band, or 待定."""
    start, kind = draw(st.none() | days), draw(st.sampled_from(("value", "band", "tbd")))
    if kind == "tbd":
        return n.ParameterValue(start=start, tbd=True)
    if kind == "value":
        return n.ParameterValue(start=start, low=draw(signed))
    low, high = draw(bands())
    return n.ParameterValue(start=start, low=low, high=high)


parameters = st.builds(
    n.Parameter,
    name=name,
    values=st.lists(parameter_values(), min_size=1, max_size=3).map(tuple),
    end=st.none() | days,
    citations=some_citations,
)


@st.composite
def entries(draw: st.DrawFn, row: bool) -> n.Entry:
    """An entry; `row`: one that a row of a table can hold."""
    return n.Entry(
        code=draw(codes),
        title=n.Title(draw(plain_texts)) if row else draw(titles),
        aliases=draw(few_names),
        owner=draw(st.none() | name),
        leads=draw(few_names),
        jointly=draw(few_names),
        frequency=draw(st.none() | frequencies()),
        mirrors=draw(lists_of(code_names)),
        refines=draw(st.none() | code_names),
        period=draw(periods),
        clauses=draw(row_clauses if row else clauses),
        extra=tuple(sorted(draw(st.dictionaries(extra_headings, plain_texts, max_size=2)).items()))
        if row
        else (),
    )


extra_headings = st.sampled_from(("承担", "备注", "来源"))
bare_entries = codes.map(lambda code: n.Entry(code=code, title=n.Title(code)))
entry_lists = st.one_of(
    lists_of(entries(row=True), 5), lists_of(entries(row=False), 3), lists_of(bare_entries, 5)
)
policy_lists = st.builds(
    n.ListDecl,
    name=name,
    title=maybe_titles,
    kind=st.sampled_from(ListKind),
    owner=st.none() | name,
    period=periods,
    expected=st.none() | st.integers(0, 300),
    clauses=clauses,
    entries=entry_lists,
    source=st.just("") | plain_texts,
    tabular=st.booleans(),
)
rules = st.builds(n.Rule, name=name, verdict=st.none() | verdicts, period=periods, clauses=clauses)
row_verdicts = st.builds(
    n.Verdict,
    outcomes,
    st.builds(n.Title, plain_texts | st.just(""), plain_texts | st.just("")),
    st.none() | name,
)


@st.composite
def rule_groups(draw: st.DrawFn) -> n.RuleGroup:
    """Rules under one head, as the readers join them."""
    group, shared, period = draw(name), draw(row_clauses), draw(periods)
    shared = replace(shared, when=(), unless=())
    made = []
    for _ in range(draw(st.integers(1, 3))):
        own_period = draw(st.just(n.Period()) | periods)
        made.append(
            n.Rule(
                name=draw(name),
                group=group,
                verdict=draw(st.none() | row_verdicts),
                period=own_period if own_period != n.Period() else period,
                clauses=joined_clauses(shared, draw(row_clauses)),
            )
        )
    return n.RuleGroup(name=group, rules=tuple(made), shared=shared, period=period, tabular=True)


def _column_tests() -> st.SearchStrategy[Any]:
    column, value = e.Ref(""), _not(e.Several, exprs)
    comparing = st.sampled_from(("==", "!=", ">=", "<=", ">", "<"))
    ranges = bands().map(
        lambda b: e.And((e.Compare(">=", column, b[0]), e.Compare("<=", column, b[1])))
    )
    return st.one_of(
        value,
        st.builds(e.Compare, comparing, st.just(column), value),
        st.builds(e.Inside, st.just(column), value),
        st.builds(e.Falls, st.just(column), _day_kinds),
        ranges,
    )


@st.composite
def tables(draw: st.DrawFn) -> n.Table:
    """A table of conditions and results."""
    named = draw(st.lists(name, min_size=2, max_size=4, unique_by=lambda one: one.text))
    inputs = [n.TableColumn(name=one) for one in named[::2]]
    results = [
        n.TableColumn(name=one, result=True, text=draw(st.booleans()), order=draw(few_names))
        for one in named[1::2]
    ]
    rows = []
    for _ in range(draw(st.integers(0, 3))):
        tests = tuple(_unary(draw) for _ in inputs)
        values = tuple(_result(draw, column) for column in results)
        rows.append(n.TableRow(tests=tests, results=values))
    return n.Table(
        name=draw(name),
        every=draw(st.none() | name),
        hit=draw(st.sampled_from(HitPolicy)),
        columns=(*inputs, *results),
        rows=tuple(rows),
        citations=draw(some_citations),
        period=draw(periods),
    )


def _unary(draw: st.DrawFn) -> n.UnaryTest:
    tests = draw(lists_of(_column_tests(), 3))
    return n.UnaryTest(tests=tests, negated=bool(tests) and draw(st.booleans()))


def _result(draw: st.DrawFn, column: n.TableColumn) -> Any:
    if column.text:
        return draw(plain_texts.map(e.Text) | st.just(e.Nothing()))
    return draw(exprs)


formulas = st.builds(n.Formula, name=name, parameters=few_names, body=exprs)


@st.composite
def steps(draw: st.DrawFn) -> n.Step:
    """A line of 依次."""
    kind = draw(st.sampled_from(("", "label", "alongside", "after", "before")))
    if kind == "label":
        return n.Step(names=draw(some_names), label=draw(name))
    if kind:
        return n.Step(names=draw(some_names), anchor=kind, anchor_to=draw(name))
    return n.Step(names=draw(some_names))


@st.composite
def decisions(draw: st.DrawFn) -> n.Decide:
    """A 判定, with or without what holds by default."""
    default = draw(st.none() | verdicts)
    return n.Decide(
        name=draw(name),
        form=draw(st.none() | name),
        wording=draw(st.just(()) | st.lists(name, min_size=4, max_size=4).map(tuple)),
        steps=draw(lists_of(steps(), 3)),
        default=default,
        default_return=draw(st.none() | exprs) if default else None,
        default_apply=draw(st.none() | name) if default else None,
        default_binding=bool(default) and draw(st.booleans()),
    )


subjects = _refs | st.builds(e.Column, _refs, st.sampled_from(("已用", "每年已用", "每周已计")))
spans = st.tuples(days, days).map(lambda ends: e.Days(*sorted(ends)))
fact_values = scalars | spans | st.lists(scalars, min_size=2, max_size=3).map(tuple).map(e.Several)
givens = st.builds(n.Given, subject=subjects, value=fact_values)


@st.composite
def expected(draw: st.DrawFn) -> n.Expected:
    """An outcome with what belongs to it, or values."""
    if draw(st.booleans()):
        return n.Expected(values=draw(st.lists(givens, min_size=1, max_size=2).map(tuple)))
    return n.Expected(
        outcome=draw(st.sampled_from(Outcome)),
        code=draw(st.none() | name),
        citations=draw(some_citations),
        missing=draw(few_names),
        route=draw(st.none() | name),
        due=draw(lists_of(st.tuples(name, days))),
    )


cases = st.builds(
    n.Case, given=st.lists(givens, min_size=1, max_size=4).map(tuple), expected=expected()
)
tests = st.builds(
    n.Test,
    title=titles,
    target=st.none() | name,
    cases=st.lists(cases, min_size=1, max_size=3).map(tuple),
    trace=traces,
)

declarations: st.SearchStrategy[Any] = st.one_of(
    bases, unit_blocks, roles, forms, registers, parameters, policy_lists, rules, rule_groups(),
    tables(), formulas, decisions(), tests,
)  # fmt: skip
declaration_lists = st.tuples(policies, st.lists(declarations, max_size=4)).map(
    lambda made: (made[0], *made[1])
)
rows_of_bases = st.lists(
    basis_rows, min_size=2, max_size=6, unique_by=lambda basis: basis.name.text
).map(tuple)


def file_of(made: tuple[Any, ...], language: Any = "zh", notation: Any = "policy") -> n.File:
    """Return a file that was never read from anywhere."""
    return n.File(Source("made.policy", ""), language, notation, tuple(made))
