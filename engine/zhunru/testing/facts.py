"""What a case gives: facts of a request, inputs of a table, the day; or what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from zhunru.checker.resolve import meant_by
from zhunru.checker.resolved import NOTHING, Type
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.values import UNKNOWN
from zhunru.decision import QuotaUse, Request
from zhunru.syntax import expressions as ex
from zhunru.syntax.misspelling import nearest
from zhunru.syntax.nodes import Case, Given
from zhunru.vocabulary import DAY, FUNCTIONS, NUMERIC, QUOTA_COUNTED, QUOTA_USED, Function, Measure

# A case that names no day is decided for this one, or for the day on which its set comes into
# force if that is later: never for today, so that a test does not age.
FALLBACK_DAY = date(2026, 1, 5)
IN_FORCE = FUNCTIONS[Function.INFORCE]


class Wrong(NamedTuple):
    """One thing that a case expected and did not find."""

    zh: str
    en: str


class Unusable(Exception):
    """A case that says something about a name that means nothing."""

    def __init__(self, wrong: Wrong) -> None:
        self.wrong = wrong
        super().__init__(wrong.en)


# --- requests ----------------------------------------------------------------------------------


@dataclass
class _Facts:
    """The facts of a case, sorted into what a request is made of."""

    fields: dict[str, Any]
    quotas: dict[str, dict[str, Any]]
    registers: dict[str, bool]
    day: date | None = None


def request_of(policy: CompiledPolicy, decision: str, case: Case) -> Request:
    """Return the request that a case makes of a decision."""
    facts = _sorted(policy, decision, case.given)
    return Request(
        facts=facts.fields,
        received=facts.day or usual_day(policy),
        quotas={key: QuotaUse(**use) for key, use in facts.quotas.items() if "used" in use},
        registers=facts.registers,
    )


def usual_day(policy: CompiledPolicy) -> date:
    """Return the day of a case that names none."""
    return max(policy.checked.period.start or FALLBACK_DAY, FALLBACK_DAY)


def _sorted(policy: CompiledPolicy, decision: str, given: Sequence[Given]) -> _Facts:
    facts = _Facts({}, {}, {})
    plan = policy.plan(decision)
    for fact in given:
        value = value_of(fact.value)
        if isinstance(fact.subject, ex.Ref) and fact.subject.name in plan.fields:
            value = measured(fact.value, plan.fields[fact.subject.name].type)
        if isinstance(fact.subject, ex.Column):
            _take_quota(policy, facts, fact.subject, value)
        elif fact.subject.name in plan.fields:
            if value is not UNKNOWN:
                facts.fields[fact.subject.name] = None if value is NOTHING else value
        elif fact.subject.name in policy.checked.registers:
            facts.registers[fact.subject.name] = _register(fact.subject.name, value)
        elif fact.subject.name in DAY:
            facts.day = day_of(value)
        else:
            known = [*plan.fields, *policy.checked.registers, DAY[0]]
            raise Unusable(unknown_name(fact.subject.name, known))
    return facts


def _take_quota(policy: CompiledPolicy, facts: _Facts, subject: ex.Column, value: Any) -> None:
    base = subject.base.name if isinstance(subject.base, ex.Ref) else ""
    for words, part in ((QUOTA_USED, "used"), (QUOTA_COUNTED, "counted")):
        ending = next((word for word in words if subject.name.endswith(word)), None)
        if ending is not None:
            window = subject.name.removesuffix(ending).rstrip("_")
            key = f"{base}.{window}" if window else base
            if key not in policy.quota_keys:
                raise Unusable(unknown_name(key, sorted(policy.quota_keys)))
            if value is not UNKNOWN:
                number = part == "used"
                facts.quotas.setdefault(key, {})[part] = int(value) if number else value
            return
    raise Unusable(unknown_name(f"{base} 的 {subject.name}", [*QUOTA_USED, *QUOTA_COUNTED]))


def _register(name: str, value: Any) -> bool:
    if value in IN_FORCE or value is True:
        return True
    if value is NOTHING or value is False:
        return False
    raise Unusable(
        Wrong(f"台账“{name}”应写 有效 或者 无", f"the register `{name}` is inforce or nothing")
    )


def day_of(value: Any) -> date:
    """Return a day that a case gives."""
    if isinstance(value, date):
        return value
    raise Unusable(Wrong(f"“{value}”不是日期", f"`{value}` is not a date"))


def unknown_name(name: str, known: Sequence[str]) -> Wrong:
    """Return what is wrong with a name that means nothing in a case."""
    near = nearest(name, known[:5000], alike=60)
    zh, en = (f"，是否指“{near}”", f"; did you mean `{near}`") if near else ("", "")
    return Wrong(f"“{name}”不是这里的栏目、台账或者限额{zh}", f"`{name}` means nothing here{en}")


# --- values ------------------------------------------------------------------------------------


def value_of(expr: ex.Expr) -> Any:
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
            return tuple(value_of(item) for item in items)
        case ex.Call(name=name) if name in IN_FORCE:
            return name
    raise Unusable(Wrong("这里只能写一个值", "only a value may stand here"))


def measured(expr: ex.Expr, type_: Type | None) -> Any:
    """Return a value as facts of a type are kept: 30% of one, where no percentage is, is 0.3; 无 of
    a choice that has a value 无 is that."""
    value = value_of(meant_by(expr, type_))
    percent = isinstance(expr, ex.Quantity) and expr.measure is Measure.PERCENT
    kept_so = type_ is None or type_.name not in NUMERIC or type_.measure is Measure.PERCENT
    return value if kept_so or not percent else value / 100


def inputs_of(policy: CompiledPolicy, case: Case, target: str) -> tuple[dict[str, Any], date]:
    """Return what a table or formula is given, and the day of the law."""
    inputs = {
        (name := subject_of(fact)): measured(fact.value, type_of(policy, target, name))
        for fact in case.given
    }
    day = next((day_of(inputs.pop(word)) for word in DAY if word in inputs), usual_day(policy))
    return {name: value for name, value in inputs.items() if value is not UNKNOWN}, day


def type_of(policy: CompiledPolicy, target: str, name: str) -> Type | None:
    """Return the type of an input of the table or formula that is meant, or of any that has it."""
    core = policy.core
    tables, formulas = core.tables, core.formulas
    lists = [found.inputs for key, found in tables.items() if key == target]
    lists += [found.parameters for key, found in formulas.items() if key == target]
    lists += [found.inputs for found in tables.values()]
    lists += [found.parameters for found in formulas.values()]
    lists += [tuple((f.name, f.type) for f in r.fields) for r in core.registers.values()]
    return next((dict(each)[name] for each in lists if name in dict(each)), None)


def subject_of(fact: Given) -> str:
    """Return the name of what a fact is said of: `名称`, or `名称.部分`."""
    if isinstance(fact.subject, ex.Ref):
        return fact.subject.name
    base = fact.subject.base.name if isinstance(fact.subject.base, ex.Ref) else ""
    return f"{base}.{fact.subject.name}"
