"""What a case expects of tables and formulas, checks and scorecards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zhunru.checker.resolved import NOTHING, Type
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN
from zhunru.syntax.nodes import Case
from zhunru.testing.facts import (
    Unusable,
    Wrong,
    day_of,
    inputs_of,
    measured,
    subject_of,
    type_of,
    unknown_name,
    usual_day,
    value_of,
)
from zhunru.vocabulary import DAY, VERDICTS_IN_TESTS

_VERDICTS = tuple(VERDICTS_IN_TESTS.values())


def compare_values(policy: CompiledPolicy, target: str, case: Case) -> list[Wrong]:
    """Compare what tables and formulas give with what a case expects."""
    inputs, day = inputs_of(policy, case, target)
    wrong = []
    for fact in case.expected.values:
        name = subject_of(fact)
        want = measured(fact.value, _result_type(policy, target, name))
        got = _found(policy, target, name, inputs, day)
        if not _same(got, want):
            zh = f"“{name}”应为“{_show(want)}”，实为“{_show(got)}”"
            wrong.append(Wrong(zh, f"expected `{name}` = {_show(want)}, found {_show(got)}"))
    return wrong


def compare_measures(policy: CompiledPolicy, name: str, case: Case) -> list[Wrong]:
    """Compare what a check finds, or what a scorecard gives, with what a case demands."""
    from zhunru.measures.examples import try_check, try_scorecard  # reads sheets: heavy to load

    facts = {
        (key := subject_of(fact)): measured(fact.value, type_of(policy, name, key))
        for fact in case.given
    }
    day = next((day_of(facts.pop(word)) for word in DAY if word in facts), usual_day(policy))
    if name in policy.core.checks:
        found, by_subject = try_check(policy, name, facts, day), dict[str, dict[str, Any]]()
    else:
        found, by_subject = try_scorecard(policy, name, facts)
    wrong = []
    for fact in case.expected.values:
        subject, _, asked = subject_of(fact).rpartition(".")
        values = by_subject.get(subject, {}) if subject else found
        if asked not in values:
            raise Unusable(unknown_name(subject_of(fact), list(values)))
        want, got = value_of(fact.value), values[asked]
        if not _same_or_word(got, want):
            got_zh, got_en = got if got in _VERDICTS else (_show(got), _show(got))
            zh = f"“{asked}”应为“{_show(want)}”，实为“{got_zh}”"
            wrong.append(Wrong(zh, f"expected `{asked}` = {_show(want)}, found {got_en}"))
    return wrong


def _result_type(policy: CompiledPolicy, target: str, name: str) -> Type | None:
    formula = policy.core.formulas.get(name) or policy.core.formulas.get(target)
    if formula is not None:
        return formula.type
    found = [dict(table.outputs).get(name.rpartition(".")[2]) for table in
             policy.core.tables.values()]  # fmt: skip
    return next(filter(None, found), None)


def _same_or_word(got: Any, want: Any) -> bool:
    """Tell whether a value is the wanted one; a verdict has a word in each language."""
    return want in got if got in _VERDICTS else _same(got, want)


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
        raise Unusable(_no_table(column, len(fits)))
    return policy.evaluate_table(fits[0].name, inputs, day)[column]


def _no_table(column: str, number: int) -> Wrong:
    if number:
        return Wrong(
            f"有 {number} 张对照表都有“{column}”，请写明：测试 “…” 对象 表名",
            f"{number} tables have a column `{column}`; name one with `concerning`",
        )
    return Wrong(
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
