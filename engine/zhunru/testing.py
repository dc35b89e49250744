"""Run the tests that policy sets carry: 测试 blocks and the users' own `*.cases.yaml` files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from zhunru.checker.resolved import NOTHING, Type
from zhunru.checker.values import NUMERIC
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN
from zhunru.decision import Decision, QuotaUse, Request, decide
from zhunru.diagnostics import Span, has_errors
from zhunru.errors import CaseRefused, PolicyRejected, RequestRejected
from zhunru.opening import read_source
from zhunru.syntax import expressions as ex
from zhunru.syntax.misspelling import nearest
from zhunru.syntax.nodes import Case, Expected, Given, Test
from zhunru.vocabulary import (
    DAY,
    FUNCTIONS,
    OUTCOMES,
    QUOTA_COUNTED,
    QUOTA_USED,
    VERDICTS_IN_TESTS,
    Function,
    Measure,
)
from zhunru.worktime.instants import BEIJING, instant, stamp

# A case that names no day is decided for this one, or for the day on which its set comes into
# force if that is later: never for today, so that a test does not age.
FALLBACK_DAY = date(2026, 1, 5)
MOST_CASE_FILES = 500
IN_FORCE = FUNCTIONS[Function.INFORCE]
WORKFLOW = ("流程", "workflow")


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of one case of a test; `zh` and `en` say expected and found where it failed.

    `request` is what a case asked of the 判定 `decision`; of a table or formula (`target`, where
    the test names it) `inputs` are what it was given, by the law of `day`.
    """

    __test__ = False

    title: str
    case: int
    span: Span
    passed: bool
    zh: str = ""
    en: str = ""
    request: Request | None = None
    decision: str = ""
    target: str = ""
    inputs: Mapping[str, Any] | None = None
    day: date | None = None


class _Wrong(NamedTuple):
    """One thing that a case expected and did not find."""

    zh: str
    en: str


class _Unusable(Exception):
    """A case that says something about a name that means nothing."""

    def __init__(self, wrong: _Wrong) -> None:
        self.wrong = wrong
        super().__init__(wrong.en)


@dataclass
class _Facts:
    """The facts of a case, sorted into what a request is made of."""

    fields: dict[str, Any]
    quotas: dict[str, dict[str, Any]]
    registers: dict[str, bool]
    day: date | None = None


def run_tests(policy: CompiledPolicy, path: str | Path | None = None) -> tuple[TestResult, ...]:
    """Run the tests of a set and return a result for each of their cases.

    With the `path` of the set, its `*.cases.yaml` files run too; raises PolicyRejected if one
    of them cannot be read.
    """
    tests = [*policy.checked.tests, *(_tests_beside(Path(path)) if path is not None else ())]
    return tuple(
        _run(policy, test, number, case)
        for test in tests
        for number, case in enumerate(test.cases, 1)
    )


def _tests_beside(path: Path) -> list[Test]:
    from zhunru.syntax.yaml_reader import read_test_file  # here: the grammar is heavy to load

    files = sorted(path.rglob("*.cases.yaml")) if path.is_dir() else []
    tests: list[Test] = []
    for file in files[:MOST_CASE_FILES]:
        read, found = read_test_file(read_source(file))
        if has_errors(found):
            raise PolicyRejected(found)
        tests += read
    return tests


def _run(policy: CompiledPolicy, test: Test, number: int, case: Case) -> TestResult:
    asked: dict[str, Any] = {}
    try:
        asked = _asked(policy, test, case)
        wrong = _compare(policy, test, case)
    except _Unusable as unusable:
        wrong = [unusable.wrong]
    except RequestRejected as rejected:
        wrong = [_Wrong(d.zh, d.en) for d in rejected.diagnostics]
    return TestResult(
        test.title.zh,
        number,
        case.span,
        not wrong,
        "\n".join(w.zh for w in wrong),
        "\n".join(w.en for w in wrong),
        **asked,
    )


def _asked(policy: CompiledPolicy, test: Test, case: Case) -> dict[str, Any]:
    """Return what a case asks, for who wants to know what the tests exercise."""
    name = test.target.text if test.target else ""
    if case.expected.ends:
        return {}
    if case.expected.outcome is not None:
        return {"request": _request(policy, name, case), "decision": policy.plan(name).head.name}
    inputs, day = _inputs(policy, case, name)
    return {"target": name, "inputs": inputs, "day": day}


def _compare(policy: CompiledPolicy, test: Test, case: Case) -> list[_Wrong]:
    if case.expected.ends:
        return _compare_ends(policy, case)
    if case.expected.outcome is None:
        name = test.target.text if test.target else ""
        if name in policy.core.checks or name in policy.core.scorecards:
            return _compare_measures(policy, name, case)
        return _compare_values(policy, test, case)
    name = test.target.text if test.target else ""
    answer = decide(policy, _request(policy, name, case), name)
    return [wrong for check in _CHECKS for wrong in check(answer, case.expected)]


# --- from facts to a request -------------------------------------------------------------------


def _request(policy: CompiledPolicy, decision: str, case: Case) -> Request:
    facts = _sorted(policy, decision, case.given)
    return Request(
        facts=facts.fields,
        received=facts.day or _usual_day(policy),
        quotas={key: QuotaUse(**use) for key, use in facts.quotas.items() if "used" in use},
        registers=facts.registers,
    )


def _usual_day(policy: CompiledPolicy) -> date:
    return max(policy.checked.period.start or FALLBACK_DAY, FALLBACK_DAY)


def _sorted(policy: CompiledPolicy, decision: str, given: Sequence[Given]) -> _Facts:
    facts = _Facts({}, {}, {})
    plan = policy.plan(decision)
    for fact in given:
        value = _value(fact.value)
        if isinstance(fact.subject, ex.Ref) and fact.subject.name in plan.fields:
            value = _measured(fact.value, plan.fields[fact.subject.name].type)
        if isinstance(fact.subject, ex.Column):
            _take_quota(policy, facts, fact.subject, value)
        elif fact.subject.name in plan.fields:
            if value is not UNKNOWN:
                facts.fields[fact.subject.name] = None if value is NOTHING else value
        elif fact.subject.name in policy.checked.registers:
            facts.registers[fact.subject.name] = _register(fact.subject.name, value)
        elif fact.subject.name in DAY:
            facts.day = _day(value)
        else:
            known = [*plan.fields, *policy.checked.registers, DAY[0]]
            raise _Unusable(_unknown_name(fact.subject.name, known))
    return facts


def _take_quota(policy: CompiledPolicy, facts: _Facts, subject: ex.Column, value: Any) -> None:
    base = subject.base.name if isinstance(subject.base, ex.Ref) else ""
    for words, part in ((QUOTA_USED, "used"), (QUOTA_COUNTED, "counted")):
        ending = next((word for word in words if subject.name.endswith(word)), None)
        if ending is not None:
            window = subject.name.removesuffix(ending).rstrip("_")
            key = f"{base}.{window}" if window else base
            if key not in policy.quota_keys:
                raise _Unusable(_unknown_name(key, sorted(policy.quota_keys)))
            if value is not UNKNOWN:
                number = part == "used"
                facts.quotas.setdefault(key, {})[part] = int(value) if number else value
            return
    raise _Unusable(_unknown_name(f"{base} 的 {subject.name}", [*QUOTA_USED, *QUOTA_COUNTED]))


def _register(name: str, value: Any) -> bool:
    if value in IN_FORCE or value is True:
        return True
    if value is NOTHING or value is False:
        return False
    raise _Unusable(
        _Wrong(f"台账“{name}”应写 有效 或者 无", f"the register `{name}` is inforce or nothing")
    )


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    raise _Unusable(_Wrong(f"“{value}”不是日期", f"`{value}` is not a date"))


def _unknown_name(name: str, known: Sequence[str]) -> _Wrong:
    near = nearest(name, known[:5000], alike=60)
    zh, en = (f"，是否指“{near}”", f"; did you mean `{near}`") if near else ("", "")
    return _Wrong(f"“{name}”不是这里的栏目、台账或者限额{zh}", f"`{name}` means nothing here{en}")


def _value(expr: ex.Expr) -> Any:
    """Return the value that a fact is given as: names and texts as texts."""
    match expr:
        case ex.Ref(name=name):
            return name
        case ex.Quantity(value=value) | ex.Negate(operand=ex.Quantity(value=value)):
            return -value if isinstance(expr, ex.Negate) else value
        case ex.Text() | ex.Day() | ex.Moment() | ex.Flag():
            return expr.value
        case ex.Days(start=start, end=end):
            return start, end
        case ex.Nothing():
            return NOTHING
        case ex.Unknown():
            return UNKNOWN
        case ex.Several(items=items):
            return tuple(_value(item) for item in items)
        case ex.Call(name=name) if name in IN_FORCE:
            return name
    raise _Unusable(_Wrong("这里只能写一个值", "only a value may stand here"))


def _measured(expr: ex.Expr, type_: Type | None) -> Any:
    """Return a value as facts of a type are kept: 30% of one, where no percentage is, is 0.3."""
    value = _value(expr)
    percent = isinstance(expr, ex.Quantity) and expr.measure is Measure.PERCENT
    kept_so = type_ is None or type_.name not in NUMERIC or type_.measure is Measure.PERCENT
    return value if kept_so or not percent else value / 100


def _type_of(policy: CompiledPolicy, target: str, name: str) -> Type | None:
    """Return the type of an input of the table or formula that is meant, or of any that has it."""
    core = policy.core
    tables, formulas = core.tables, core.formulas
    lists = [found.inputs for key, found in tables.items() if key == target]
    lists += [found.parameters for key, found in formulas.items() if key == target]
    lists += [found.inputs for found in tables.values()]
    lists += [found.parameters for found in formulas.values()]
    lists += [tuple((f.name, f.type) for f in r.fields) for r in core.registers.values()]
    return next((dict(each)[name] for each in lists if name in dict(each)), None)


def _result_type(policy: CompiledPolicy, target: str, name: str) -> Type | None:
    formula = policy.core.formulas.get(name) or policy.core.formulas.get(target)
    if formula is not None:
        return formula.type
    found = [dict(table.outputs).get(name.rpartition(".")[2]) for table in
             policy.core.tables.values()]  # fmt: skip
    return next(filter(None, found), None)


# --- decisions ---------------------------------------------------------------------------------


def _check_outcome(answer: Decision, expected: Expected) -> list[_Wrong]:
    if expected.outcome is None or answer.outcome is expected.outcome:
        return []
    want, got = OUTCOMES[expected.outcome], OUTCOMES[answer.outcome]
    return [
        _Wrong(
            f"应为{want[0]}，实为{got[0]}：{answer.sentence('zh')}",
            f"expected {want[1]}, found {got[1]}: {answer.sentence('en')}",
        )
    ]


def _check_code(answer: Decision, expected: Expected) -> list[_Wrong]:
    """The code is that of a deciding reason, of its clause, or of the clause within its list."""
    if expected.code is None:
        return []
    codes = [code for r in answer.reasons if not r.also for code in (r.code, r.clause) if code]
    short = [code.rpartition("/")[2] for code in codes]
    want = expected.code.text
    if want in codes or want in short:
        return []
    got = "、".join(dict.fromkeys(codes))
    return [_Wrong(f"代码应为“{want}”，实为“{got}”", f"expected code `{want}`, found `{got}`")]


def _check_citations(answer: Decision, expected: Expected) -> list[_Wrong]:
    cited = {c.basis for c in answer.citations}
    return [
        _Wrong(
            f"应引依据“{want.basis}”，实引“{'、'.join(sorted(cited)) or '无'}”",
            f"expected basis `{want.basis}`, found `{', '.join(sorted(cited))}`",
        )
        for want in expected.citations
        if want.basis not in cited
    ]


def _check_missing(answer: Decision, expected: Expected) -> list[_Wrong]:
    if not expected.missing:
        return []
    want = {name.text for name in expected.missing}
    got = {fact.name for fact in answer.missing}
    if want == got:
        return []
    zh = f"应补正“{'、'.join(sorted(want))}”，实为“{'、'.join(sorted(got)) or '无'}”"
    en = f"expected missing `{', '.join(sorted(want))}`, found `{', '.join(sorted(got))}`"
    return [_Wrong(zh, en)]


def _check_route(answer: Decision, expected: Expected) -> list[_Wrong]:
    route = answer.route.to if answer.route else ()
    if expected.route is None or expected.route.text in route:
        return []
    got = "、".join(route) or "无"
    return [
        _Wrong(
            f"应由“{expected.route.text}”办，实为“{got}”",
            f"expected route `{expected.route.text}`, found `{got}`",
        )
    ]


def _check_due(answer: Decision, expected: Expected) -> list[_Wrong]:
    got = {duty.name: duty.due for duty in answer.obligations}
    return [
        _Wrong(
            f"义务“{name.text}”应于 {day} 到期，实为 {got.get(name.text) or '没有这项义务'}",
            f"expected duty `{name.text}` due {day}, found {got.get(name.text)}",
        )
        for name, day in expected.due
        if got.get(name.text) != day
    ]


_CHECKS = (
    _check_outcome,
    _check_code,
    _check_citations,
    _check_missing,
    _check_route,
    _check_due,
)


# --- workflows ---------------------------------------------------------------------------------


def _compare_ends(policy: CompiledPolicy, case: Case) -> list[_Wrong]:
    """Let happen in a workflow what the case says, and see when its states end."""
    from zhunru.runtime.trying import ends_of, is_at  # here: workflows take their time to load

    happened = [(_subject(fact), _instant(fact.value)) for fact in case.given if fact.event]
    facts = {_subject(fact): _value(fact.value) for fact in case.given if not fact.event}
    flow = next((str(facts.pop(word)) for word in WORKFLOW if word in facts), "")
    if flow not in policy.flows or not happened:
        raise _Unusable(_no_flow(flow, list(policy.flows)))
    known = {name: value for name, value in facts.items() if value is not UNKNOWN}
    wanted = {name.text: stamp(end.replace(tzinfo=BEIJING)) for name, end in case.expected.ends}
    try:
        found = ends_of(policy, flow, _given_facts(known), happened, wanted)
    except CaseRefused as refused:
        raise _Unusable(_Wrong(refused.diagnostic.zh, refused.diagnostic.en)) from None
    return [
        _wrong_end(name, end, name in found, found.get(name))
        for name, end in wanted.items()
        if not is_at(found.get(name), end)
    ]


def _given_facts(known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is NOTHING else value for name, value in known.items()}


def _instant(value: ex.Expr) -> int:
    found = _value(value)
    if not isinstance(found, datetime):
        raise _Unusable(_Wrong(f"“{found}”不是时刻", f"`{found}` is no moment"))
    return stamp(found.replace(tzinfo=BEIJING))


def _no_flow(name: str, known: Sequence[str]) -> _Wrong:
    if not name:
        return _Wrong(
            "请写明流程和经过：假如 流程 为 X, 动作 于 时刻",
            "name the workflow and what happens: given workflow = X, action at moment",
        )
    return _Wrong(
        f"没有流程“{name}”，或者没有写经过；可用的流程：{'、'.join(known)}",
        f"there is no workflow `{name}`, or nothing happens in it; there are {', '.join(known)}",
    )


def _wrong_end(name: str, want: int, entered: bool, due: int | None) -> _Wrong:
    shown = "" if due is None else f"{instant(due):%Y-%m-%d %H:%M}"
    got_zh = shown or ("没有时限" if entered else "没有进入")
    got_en = shown or ("no limit" if entered else "never entered")
    return _Wrong(
        f"“{name}”应止于 {instant(want):%Y-%m-%d %H:%M}，实为 {got_zh}",
        f"expected `{name}` to end at {instant(want):%Y-%m-%d %H:%M}, found {got_en}",
    )


# --- tables and formulas -----------------------------------------------------------------------


def _compare_values(policy: CompiledPolicy, test: Test, case: Case) -> list[_Wrong]:
    target = test.target.text if test.target else ""
    inputs, day = _inputs(policy, case, target)
    wrong = []
    for fact in case.expected.values:
        name = _subject(fact)
        want = _measured(fact.value, _result_type(policy, target, name))
        got = _found(policy, target, name, inputs, day)
        if not _same(got, want):
            zh = f"“{name}”应为“{_show(want)}”，实为“{_show(got)}”"
            wrong.append(_Wrong(zh, f"expected `{name}` = {_show(want)}, found {_show(got)}"))
    return wrong


def _compare_measures(policy: CompiledPolicy, name: str, case: Case) -> list[_Wrong]:
    """Compare what a check finds, or what a scorecard gives, with what a case demands."""
    from zhunru.measures.examples import try_check, try_scorecard  # reads sheets: heavy to load

    facts = {
        (key := _subject(fact)): _measured(fact.value, _type_of(policy, name, key))
        for fact in case.given
    }
    day = next((_day(facts.pop(word)) for word in DAY if word in facts), _usual_day(policy))
    if name in policy.core.checks:
        found, by_subject = try_check(policy, name, facts, day), dict[str, dict[str, Any]]()
    else:
        found, by_subject = try_scorecard(policy, name, facts)
    wrong = []
    for fact in case.expected.values:
        subject, _, asked = _subject(fact).rpartition(".")
        values = by_subject.get(subject, {}) if subject else found
        if asked not in values:
            raise _Unusable(_unknown_name(_subject(fact), list(values)))
        want, got = _value(fact.value), values[asked]
        if not _same_or_word(got, want):
            got_zh, got_en = got if got in _VERDICTS else (_show(got), _show(got))
            zh = f"“{asked}”应为“{_show(want)}”，实为“{got_zh}”"
            wrong.append(_Wrong(zh, f"expected `{asked}` = {_show(want)}, found {got_en}"))
    return wrong


_VERDICTS = tuple(VERDICTS_IN_TESTS.values())


def _same_or_word(got: Any, want: Any) -> bool:
    """Tell whether a value is the wanted one; a verdict has a word in each language."""
    return want in got if got in _VERDICTS else _same(got, want)


def _inputs(policy: CompiledPolicy, case: Case, target: str) -> tuple[dict[str, Any], date]:
    """Return what a table or formula is given, and the day of the law."""
    inputs = {
        (name := _subject(fact)): _measured(fact.value, _type_of(policy, target, name))
        for fact in case.given
    }
    day = next((_day(inputs.pop(word)) for word in DAY if word in inputs), _usual_day(policy))
    return {name: value for name, value in inputs.items() if value is not UNKNOWN}, day


def _subject(fact: Given) -> str:
    if isinstance(fact.subject, ex.Ref):
        return fact.subject.name
    base = fact.subject.base.name if isinstance(fact.subject.base, ex.Ref) else ""
    return f"{base}.{fact.subject.name}"


def _found(
    policy: CompiledPolicy, target: str, name: str, inputs: Mapping[str, Any], day: date
) -> Any:
    """Return the value of a formula, or of the result column `name` of the table that is meant."""
    checked = policy.checked
    formula = checked.formulas.get(name) or checked.formulas.get(target)
    if formula is not None and formula.counted:
        from zhunru.measures.examples import try_formula  # reads sheets: heavy to load

        return try_formula(policy, formula.name, inputs, day)
    if formula is not None:
        return policy.evaluate_formula(formula.name, inputs, day)
    wanted, _, column = name.rpartition(".")
    fits = [
        table
        for table in checked.tables.values()
        if column in dict(table.outputs)
        and table.name in ((wanted or target) or table.name,)
        and set(inputs) <= set(dict(table.inputs))
    ]
    if len(fits) != 1:
        raise _Unusable(_no_table(column, len(fits)))
    return policy.evaluate_table(fits[0].name, inputs, day)[column]


def _no_table(column: str, number: int) -> _Wrong:
    if number:
        return _Wrong(
            f"有 {number} 张对照表都有“{column}”，请写明：测试 “…” 对象 表名",
            f"{number} tables have a column `{column}`; name one with `concerning`",
        )
    return _Wrong(
        f"没有哪张对照表或者公式由这些输入得出“{column}”",
        f"no table or formula gives `{column}` from these inputs",
    )


def _same(got: Any, want: Any) -> bool:
    """Tell whether a value is the wanted one; a set has no order, the results of rows have one."""
    got, want = _only(got), _only(want)
    if isinstance(got, tuple) and any(isinstance(one, frozenset) for one in got):
        got = frozenset().union(*(_members(one) for one in got))
    if isinstance(got, frozenset):
        return got == _members(want)
    return bool(got == want)


def _only(value: Any) -> Any:
    """Return the only one of several values, or all of them."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _members(value: Any) -> frozenset[Any]:
    return frozenset(value) if isinstance(value, (tuple, frozenset)) else frozenset({value})


def _show(value: Any) -> str:
    if isinstance(value, frozenset):
        return "、".join(sorted(_show(item) for item in value))
    if isinstance(value, (tuple, list)):
        return "、".join(_show(item) for item in value)
    if value is NOTHING:
        return "无"
    if value is UNKNOWN:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
