"""Random checked sets and requests, built as resolved-model objects from a seed.

Every domain is tiny, so that all completions of a request can be walked. A `Random` decides
everything: the same seed gives the same set and the same requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from tests.strategies.times import (
    COUNTED,
    DAYS,
    MOMENTS,
    a_day_count,
    a_moment_test,
    a_pair_test,
)

from zhunru.checker import resolved as r
from zhunru.decision import QuotaUse, Request
from zhunru.syntax.nodes import Period, PolicySet, Title
from zhunru.vocabulary import (
    Function,
    HitPolicy,
    ListKind,
    Measure,
    Outcome,
    TypeName,
    Window,
)

TEXTS = ("甲", "乙")
MATTERS = (
    ("XZ-01", "协助核查", "低保核查"),
    ("XZ-02", "社区矫正", ""),
    ("ZM-01", "健在证明", "生存证明"),
    ("ZM-02", "亲属关系证明", ""),
)
COMMUNITY_ROLE, DEPARTMENT_ROLE = "社区居委会", "民政部门"

FLAG = r.Type(TypeName.FLAG)
MATTER = r.Type(TypeName.MATTER)
UNIT = r.Type(TypeName.UNIT)
UNITS = r.Type(TypeName.UNITS)
DAY = r.Type(TypeName.DATE)
MOMENT = r.Type(TypeName.MOMENT)
SPAN = r.Type(TypeName.SPAN)
TEXT = r.Type(TypeName.TEXT)
CATEGORY = r.Type(TypeName.CHOICE, values=("行政任务", "检查考核", "出具证明"))
MANNER = r.Type(TypeName.CHOICE, values=("主责", "协助"))
TOPICS = r.Type(TypeName.CHOICES, values=("防火", "防汛"))
COUNT = r.Type(TypeName.NUMBER, low=Decimal(0), high=Decimal(3))
NUMBER = r.Type(TypeName.NUMBER)

ALL_UNITS = (
    r.ResolvedUnit(name="江源区", names=("江源区",), level="区级"),
    r.ResolvedUnit(
        name="区民政局", names=("区民政局", "民政局"), level="部门", superior="江源区",
        roles=(DEPARTMENT_ROLE,),
    ),
    r.ResolvedUnit(name="救助站", names=("救助站",), level="站所", superior="区民政局"),
    r.ResolvedUnit(
        name="区卫健局", names=("区卫健局",), level="部门", superior="江源区",
        period=Period(None, date(2026, 4, 30)),
    ),
    r.ResolvedUnit(name="富强", names=("富强", "富强社区"), level="社区", superior="江源区"),
    r.ResolvedUnit(name="森工", names=("森工",), level="社区", superior="江源区"),
)  # fmt: skip
ROLES: dict[str, tuple[r.UnitTarget, ...]] = {
    COMMUNITY_ROLE: (r.UnitTarget("level", "社区"),),
    DEPARTMENT_ROLE: (),
    "应急成员": (r.UnitTarget("unit", "区卫健局"), r.UnitTarget("role", DEPARTMENT_ROLE)),
}
TARGETS = (
    r.UnitTarget("unit", "江源区"), r.UnitTarget("unit", "区民政局"), r.UnitTarget("unit", "富强"),
    r.UnitTarget("level", "部门"), r.UnitTarget("level", "社区"),
    r.UnitTarget("role", DEPARTMENT_ROLE), r.UnitTarget("role", "应急成员"),
    r.UnitTarget("role", COMMUNITY_ROLE),
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """What the expressions of one set may speak of."""

    fields: tuple[r.ResolvedField, ...]
    registers: tuple[str, ...]
    tables: tuple[str, ...]
    formulas: tuple[str, ...]

    def of(self, name: TypeName) -> list[r.ResolvedField]:
        return [f for f in self.fields if f.type.name is name]


def some(rng: Random, of: Any, least: int = 0) -> list[Any]:
    """A random part of `of` in its order, at least `least` long."""
    items = list(of)
    size = rng.randint(min(least, len(items)), len(items))
    return [items[i] for i in sorted(rng.sample(range(len(items)), size))]


# --- expressions -------------------------------------------------------------------------------


def a_condition(rng: Random, shape: Shape, depth: int = 2, leads: bool = False) -> r.RExpr:
    roll = rng.random()
    if depth and roll < 0.4:
        parts = tuple(a_condition(rng, shape, depth - 1, leads) for _ in range(rng.randint(2, 3)))
        return r.Every(parts) if roll < 0.22 else r.Some(parts)
    if depth and roll < 0.5:
        return r.Inverse(a_condition(rng, shape, depth - 1, leads))
    if depth and roll < 0.54:
        three = [a_condition(rng, shape, depth - 1, leads) for _ in range(3)]
        return r.Choose(*three)
    return an_atom(rng, shape, leads)


def an_atom(rng: Random, shape: Shape, leads: bool) -> r.RExpr:
    special = rng.random()
    if shape.registers and special < 0.12:
        units = shape.of(TypeName.UNIT)
        scope = rng.choice([None, *(f.name for f in units)])
        return r.InForce(rng.choice(shape.registers), scope)
    if leads and special < 0.3 and shape.of(TypeName.UNIT):
        return r.BelongsToLeads(a_field(rng, shape.of(TypeName.UNIT)))
    if special < 0.4 and (number := a_number(rng, shape)) is not None:
        return a_comparison(rng, number)
    if special < 0.46 and shape.tables:
        return a_looked_up_test(rng, shape)
    if special < 0.52:
        made = rng.choice((a_pair_test, a_day_count))(rng, list(shape.fields))
        if made is not None:
            return made
    return a_field_test(rng, rng.choice(shape.fields))


def a_field(rng: Random, fields: list[r.ResolvedField]) -> r.FieldValue:
    field = rng.choice(fields)
    return r.FieldValue(field.name, field.type)


def a_field_test(rng: Random, field: r.ResolvedField) -> r.RExpr:
    left = r.FieldValue(field.name, field.type)
    if field.type.optional and rng.random() < 0.3:
        return r.Test(rng.choice(("==", "!=")), left, r.Const(r.NOTHING, field.type))
    match field.type.name:
        case TypeName.FLAG:
            flag = r.Const(rng.random() < 0.7, FLAG)
            return left if rng.random() < 0.4 else r.Test(rng.choice(("==", "!=")), left, flag)
        case TypeName.CHOICE | TypeName.TEXT | TypeName.MATTER:
            return a_named_test(rng, left)
        case TypeName.CHOICES:
            return r.Has(left, r.Const(rng.choice(field.type.values), TEXT))
        case TypeName.UNIT:
            targets = rng.sample(TARGETS, rng.randint(1, 2))
            if rng.random() < 0.4:
                return r.IsUnit(left, targets[0])
            return r.BelongsTo(left, tuple(targets))
        case TypeName.DATE:
            return r.Test(rng.choice(("<", "<=", ">", ">=", "==")), left, a_day(rng))
        case TypeName.MOMENT:
            return a_moment_test(rng, left)
    return a_comparison(rng, left)


def a_day(rng: Random) -> r.Const:
    return r.Const(rng.choice(DAYS), DAY)


def a_named_test(rng: Random, left: r.FieldValue) -> r.RExpr:
    values = {
        TypeName.TEXT: TEXTS,
        TypeName.MATTER: tuple(rng.choice((m[0], m[1])) for m in MATTERS),
    }.get(left.type.name, left.type.values)
    if rng.random() < 0.4:
        return r.OneOf(left, frozenset(some(rng, values, 1)))
    return r.Test(rng.choice(("==", "==", "!=")), left, r.Const(rng.choice(values), left.type))


def a_number(rng: Random, shape: Shape) -> r.RExpr | None:
    numbers = shape.of(TypeName.NUMBER)
    if not numbers:
        return None
    left: r.RExpr = a_field(rng, numbers)
    roll = rng.random()
    if roll < 0.25:
        constant = r.Const(Decimal(rng.randint(-1, 2)), NUMBER)
        left = r.Compute(rng.choice("+-*/"), *rng.sample([left, constant], 2))
    elif roll < 0.4:
        other = r.ParameterOf("限额", NUMBER)
        left = r.Apply(rng.choice((Function.MAX, Function.MIN)), (left, other))
    elif roll < 0.5:
        half = r.Compute("/", left, r.Const(Decimal(2), NUMBER))
        roundings = (Function.ROUND, Function.ROUNDUP, Function.ROUNDDOWN)
        left = r.Apply(rng.choice(roundings), (half,))
    elif roll < 0.6 and shape.formulas:
        left = r.Formula(rng.choice(shape.formulas), (left,), NUMBER)
    return left


def a_comparison(rng: Random, left: r.RExpr) -> r.RExpr:
    if rng.random() < 0.2:
        band = [r.ParameterOf("规模", NUMBER, end) for end in ("low", "high")]
        return r.Within(left, *band)
    right: r.RExpr = r.Const(Decimal(rng.randint(0, 3)), NUMBER)
    if rng.random() < 0.2:
        right = r.ParameterOf("限额", NUMBER)
    return r.Test(rng.choice(("==", "!=", ">=", "<=", ">", "<")), left, right)


def a_looked_up_test(rng: Random, shape: Shape) -> r.RExpr:
    category = next(f for f in shape.fields if f.name == "类别")
    row = r.LookUp(rng.choice(shape.tables), (r.FieldValue("类别", category.type),), "办法", TEXT)
    value = rng.choice((r.Const("甲", TEXT), r.Const(r.NOTHING, TEXT)))
    return r.Test(rng.choice(("==", "!=")), row, value)


# --- clauses -----------------------------------------------------------------------------------


def a_period(rng: Random) -> Period:
    if rng.random() < 0.75:
        return Period()
    start, end = rng.choice((None, *DAYS)), rng.choice((None, *DAYS))
    return Period(start, end) if not (start and end and end < start) else Period(end, start)


def citations(rng: Random) -> tuple[r.BoundCitation, ...]:
    count = rng.choices((0, 1, 2), (3, 5, 2))[0]
    return tuple(
        r.BoundCitation(
            text=f"示例法{i} 第{i}条",
            basis=f"示例法{i}",
            periods=() if rng.random() < 0.1 else (a_period(rng),),
            known=rng.random() < 0.9,
        )
        for i in range(count)
    )


def requirements(rng: Random, shape: Shape, code: str) -> tuple[r.Requirement, ...]:
    return tuple(
        r.Requirement(
            test=a_condition(rng, shape, 1, leads=True),
            outcome=rng.choice((Outcome.REFUSE, Outcome.DEFER)),
            message=Title(f"要求{i}不满足"),
            code=f"{code}要求{i}",
        )
        for i in range(rng.choices((0, 1, 2, 3), (2, 4, 3, 1))[0])
    )


def quotas(rng: Random, code: str, chance: float) -> tuple[r.Quota, ...]:
    if rng.random() > chance:
        return ()
    window = rng.choice((Window.YEAR, Window.ROLLING))
    days = 7 if window is Window.ROLLING else 0
    limit: r.RExpr = r.Const(Decimal(rng.randint(0, 3)), NUMBER)
    if rng.random() < 0.3:
        limit = r.ParameterOf("限额", NUMBER)
    return (
        r.Quota(
            key=r.quota_key(code, window, days),
            window=window,
            days=days,
            limit=limit if rng.random() < 0.9 else None,
            per=("目标社区",),
            counted_by=("目标社区",) if rng.random() < 0.3 else (),
            outcome=rng.choice((Outcome.REFUSE, Outcome.DEFER)),
            message=Title("次数已满"),
            code=f"{code}超频",
        ),
    )


def duties(rng: Random) -> tuple[r.Duty, ...]:
    return tuple(
        r.Duty(
            name=name,
            by=rng.choice(("区民政局", "")),
            amount=Decimal(rng.randint(1, 6)) if rng.random() < 0.8 else None,
            measure=rng.choice((Measure.WORKDAY, Measure.DAY)),
        )
        for name in some(rng, ("补办", "报备"))
        if rng.random() < 0.6
    )


def parts_of(rng: Random, shape: Shape, code: str, outcome: Outcome | None) -> dict[str, Any]:
    """What any clause may carry; only clauses that admit, and gates, have requirements."""
    refusing = outcome in (Outcome.REFUSE, Outcome.DEFER)
    return {
        "code": code,
        "set_code": "T",
        "outcome": outcome,
        "message": Title(f"{code}的告知内容"),
        "reason_code": rng.choice((code, "另立代码" + code)),
        "when": r.Every(()) if rng.random() < 0.3 else a_condition(rng, shape),
        "unless": a_condition(rng, shape) if rng.random() < 0.2 else r.Some(()),
        "requirements": () if refusing else requirements(rng, shape, code),
        "quotas": () if refusing else quotas(rng, code, 0.7 if outcome is None else 0.25),
        "duties": duties(rng) if outcome is Outcome.ADMIT else (),
        "citations": citations(rng),
        "instead": r.Const("区考核办", TEXT) if refusing and rng.random() < 0.3 else None,
        "return_to": a_return(rng) if rng.random() < 0.15 else None,
        "workflow": "社区工作准入" if rng.random() < 0.1 else "",
        "documents": tuple(some(rng, ("通知书",))) if rng.random() < 0.2 else (),
        "materials": tuple(some(rng, ("身份证",))) if rng.random() < 0.2 else (),
        "period": a_period(rng),
    }


def a_return(rng: Random) -> r.RExpr:
    return r.Const("江源区", UNIT) if rng.random() < 0.5 else r.FieldValue("来文单位", UNIT)


def a_rule(rng: Random, shape: Shape, code: str) -> r.Clause:
    outcome = rng.choice((Outcome.ADMIT, Outcome.REFUSE, Outcome.DEFER, None))
    return r.Clause(origin="rule", **parts_of(rng, shape, code, outcome))


def a_list(rng: Random, shape: Shape, name: str) -> tuple[r.Clause, ...]:
    kind = rng.choice([k for k in ListKind if k is not ListKind.CATALOGUE])
    outcome = Outcome.REFUSE if kind is ListKind.PROHIBITION else Outcome.ADMIT
    shared = parts_of(rng, shape, name, outcome)
    entries = [m for m in MATTERS if rng.random() < 0.6] or [MATTERS[0]]
    if rng.random() < 0.15:
        entries.append(rng.choice(entries))  # two entries of one matter
    return tuple(
        an_entry(rng, shape, name, kind, shared, str(i), matter) for i, matter in enumerate(entries)
    )


def an_entry(
    rng: Random, shape: Shape, name: str, kind: ListKind, shared: dict[str, Any], row: str,
    matter: tuple[str, str, str],
) -> r.Clause:  # fmt: skip
    code = f"{name}/{row}"
    parts = parts_of(rng, shape, code, shared["outcome"])
    for key in ("when", "unless", "requirements", "instead", "citations"):
        if rng.random() < 0.7:  # mostly the lines of the list
            parts[key] = shared[key]
    own_body = None
    if kind is ListKind.RESPONSIBILITY:
        own_body = r.IsUnit(r.FieldValue("目标社区", UNIT), rng.choice(TARGETS))
        parts["return_to"] = r.Const("区民政局", UNIT)
    return r.Clause(
        origin="entry",
        list_name=name,
        list_kind=kind,
        title=Title(matter[1]),
        matter=frozenset(r.normal_title(text) for text in matter if text),
        addressee_test=own_body,
        leads=tuple(rng.sample(TARGETS, rng.randint(0, 2))),
        lead_names=("区民政局",) if rng.random() < 0.5 else (),
        owner=COMMUNITY_ROLE if rng.random() < 0.5 else "",
        aliases=tuple(matter[2:]) if matter[2] else (),
        **parts,
    )


def a_register_clause(name: str) -> r.Clause:
    return r.Clause(code=name, origin="register", set_code="T", outcome=Outcome.ADMIT)


# --- sets --------------------------------------------------------------------------------------


def form(rng: Random) -> tuple[r.ResolvedField, ...]:
    def mark(name: str, kind: r.Type, **more: Any) -> r.ResolvedField:
        return r.ResolvedField(name=name, type=kind, required=rng.random() < 0.1, **more)

    confirmed = "街道" if rng.random() < 0.3 else ""
    maybe = r.Type(
        COUNT.name, low=COUNT.low, high=COUNT.high, optional=rng.random() < 0.5
    )  # fmt: skip
    fields = [
        mark("来文单位", r.Type(TypeName.UNIT, optional=rng.random() < 0.3)),
        mark("目标社区", UNIT, addressee=rng.random() < 0.5),
        mark("事项", MATTER),
        mark("类别", CATEGORY, default="行政任务" if rng.random() < 0.1 else None),
        *some(rng, [
            mark("承担方式", MANNER),
            mark("拟进入日期", DAY, governing=rng.random() < 0.8),
            mark("经费到位", FLAG, asserted_by=confirmed),
            mark("户数", maybe),
            mark("专题", TOPICS),
            mark("备注", r.Type(TypeName.TEXT, optional=True)),
            mark("相关事项", r.Type(TypeName.MATTER, optional=True)),
            mark("落款", TEXT),
            mark("来件时刻", MOMENT),
            mark("办理时刻", MOMENT),
            mark(COUNTED, DAY),
            mark("人数", COUNT),
        ]),
    ]  # fmt: skip
    return tuple(fields)


def a_table(rng: Random) -> r.ResolvedTable:
    cells = [r.Const("甲", TEXT), r.Const("乙", TEXT), r.Const(r.NOTHING, TEXT)]
    left = r.FieldValue("类别", CATEGORY)
    rows = [
        r.ResolvedRow(
            tests=(r.OneOf(left, frozenset(some(rng, CATEGORY.values, 1))),),
            results=(rng.choice(cells),),
        )
        for _ in range(rng.randint(1, 3))
    ]
    return r.ResolvedTable(
        name="办法表",
        hit=HitPolicy.FIRST,
        inputs=(("类别", CATEGORY),),
        outputs=(("办法", TEXT),),
        orders=((),),
        rows=tuple(rows),
    )


def a_formula(rng: Random) -> r.ResolvedFormula:
    given = r.FieldValue("数", NUMBER)
    over = r.Test(">", given, r.Const(Decimal(1), NUMBER))
    halved = r.Compute("/", given, r.Const(Decimal(rng.randint(0, 3)), NUMBER))
    body = r.Choose(over, halved, r.Compute("+", given, r.ParameterOf("限额", NUMBER)))
    return r.ResolvedFormula(name="折算", parameters=(("数", NUMBER),), body=body, type=NUMBER)


def registers(rng: Random) -> dict[str, r.ResolvedRegister]:
    span = r.ResolvedField(name="起止", type=SPAN)
    scope = r.ResolvedField(name="范围", type=UNITS)
    matter = r.ResolvedField(name="事项", type=MATTER)
    known = (
        r.ResolvedRegister(
            name="应急响应", fields=(span, scope), span_field="起止", scope_field="范围"
        ),
        r.ResolvedRegister(
            name="准入登记", fields=(matter, span, scope), span_field="起止", scope_field="范围"
        ),
    )
    return {register.name: register for register in known if rng.random() < 0.6}


def parameters() -> dict[str, r.ResolvedParameter]:
    limit = ((date(2018, 1, 1), Decimal(2), None), (date(2026, 3, 1), Decimal(1), None))
    band = ((date(1990, 1, 1), Decimal(0), Decimal(1)), (date(2026, 3, 1), Decimal(1), Decimal(2)))
    return {
        "限额": r.ResolvedParameter(name="限额", type=NUMBER, values=limit),
        "规模": r.ResolvedParameter(name="规模", type=NUMBER, values=band),
    }


def steps(rng: Random, shape: Shape, prefix: str = "") -> tuple[r.ResolvedStep, ...]:
    made = []
    for i in range(rng.randint(1, 5)):
        lines: list[tuple[str, tuple[r.Clause, ...]]] = []
        for j in range(rng.choices((1, 2), (3, 1))[0]):
            name = f"{prefix}{'甲乙丙丁戊'[i]}{j + 1}"
            if rng.random() < 0.55:
                lines.append((name, a_list(rng, shape, name)))
            else:
                lines.append((name, (a_rule(rng, shape, name),)))
        if "准入登记" in shape.registers and i == 1 and rng.random() < 0.7:
            lines.append(("准入登记", (a_register_clause("准入登记"),)))
        names = tuple(name for name, _ in lines)
        clauses = tuple(clause for _, some_clauses in lines for clause in some_clauses)
        made.append(r.ResolvedStep(label="", clauses=clauses, names=names))
    return exceptions(rng, made)


def exceptions(rng: Random, made: list[r.ResolvedStep]) -> tuple[r.ResolvedStep, ...]:
    """Some clauses except a clause that stands after them."""
    from dataclasses import replace

    order = [clause.code for step in made for clause in step.clauses]

    def excepted(clause: r.Clause) -> r.Clause:
        later = order[order.index(clause.code) + 1 :]
        if not later or clause.origin == "register" or rng.random() > 0.1:
            return clause
        return replace(clause, unless_clauses=(rng.choice(later),))

    return tuple(replace(s, clauses=tuple(excepted(c) for c in s.clauses)) for s in made)


def a_decision(rng: Random, shape: Shape, name: str, prefix: str) -> r.ResolvedDecision:
    return r.ResolvedDecision(
        name=name,
        form="来件",
        fields=shape.fields,
        wording=("准入", "拒绝", "暂缓", "补正"),
        steps=steps(rng, shape, prefix),
        default_message=Title("未列入准入清单"),
        default_code="未准入",
        default_return=r.FieldValue("来文单位", UNIT) if rng.random() < 0.5 else None,
        default_apply="社区工作准入" if rng.random() < 0.5 else "",
        set_code="T",
    )


def a_set(rng: Random, several: bool = False) -> r.CheckedPolicySet:
    """A set with one 判定, or where `several` may be with two."""
    fields = form(rng)
    books = registers(rng)
    tables = {"办法表": a_table(rng)} if rng.random() < 0.4 else {}
    formulas = {"折算": a_formula(rng)} if rng.random() < 0.5 else {}
    shape = Shape(fields, tuple(books), tuple(tables), tuple(formulas))
    made = [a_decision(rng, shape, "社区准入", "")]
    if several and rng.random() < 0.3:
        made.append(a_decision(rng, shape, "复核", "复"))
    return r.CheckedPolicySet(
        source=PolicySet(path=""),
        code="T",
        title=Title("随机规则集"),
        digest=f"{rng.getrandbits(128):032x}",
        period=Period(),
        decisions={decision.name: decision for decision in made},
        tables=dict(tables),
        formulas=dict(formulas),
        parameters=parameters(),
        registers=books,
        units={unit.name: unit for unit in ALL_UNITS},
        roles=ROLES,
        tests=(),
    )


# --- requests ----------------------------------------------------------------------------------


def a_value(rng: Random, kind: r.Type) -> Any:
    """A value as a request gives it."""
    if kind.optional and rng.random() < 0.2:
        return None
    match kind.name:
        case TypeName.FLAG:
            return rng.random() < 0.6
        case TypeName.CHOICE:
            return rng.choice(kind.values)
        case TypeName.CHOICES:
            return tuple(some(rng, kind.values))
        case TypeName.UNIT:
            names = [name for unit in ALL_UNITS for name in unit.names]
            return rng.choice([*names, r.OUTSIDE + "某公司", "区卫建局"])
        case TypeName.UNITS:
            return tuple(some(rng, (u.name for u in ALL_UNITS), 1))
        case TypeName.MATTER:
            listed = [text for matter in MATTERS for text in matter if text]
            return rng.choice([*listed, " 社区 矫正", "“健在证明”", "没有听说过的事"])
        case TypeName.DATE:
            return rng.choice(DAYS)
        case TypeName.MOMENT:
            return rng.choice(MOMENTS)
        case TypeName.TEXT:
            return rng.choice((*TEXTS, "丙"))
        case TypeName.SPAN:
            start, end = sorted(rng.sample(DAYS, 2))
            return (start, end)
    return rng.randint(0, 3)


def a_request(
    rng: Random, policy: r.CheckedPolicySet, unknown: float = 0.15, most: int = 300,
    decision_name: str = "",
) -> Request:  # fmt: skip
    """A request in which each fact is unknown with chance `unknown`.

    `most` bounds the number of completions that the oracle would have to walk.
    """
    decision = policy.decisions[decision_name or next(iter(policy.decisions))]
    budget = [most]

    def left_out(size: int) -> bool:
        if rng.random() < unknown and size <= budget[0]:
            budget[0] //= size
            return True
        return False

    facts = {f.name: a_value(rng, f.type) for f in decision.fields if not left_out(SIZES[f.name])}
    if rng.random() < 0.05:
        facts = {
            name: "未知" if name != COUNTED and rng.random() < 0.05 else value
            for name, value in facts.items()
        }
    used = {
        quota.key: QuotaUse(used=rng.randint(0, 3), counted=rng.random() < 0.1)
        for step in decision.steps
        for clause in step.clauses
        for quota in clause.quotas
        if not left_out(5)
    }
    books = {
        name: a_register(rng, register)
        for name, register in policy.registers.items()
        if not left_out(8 if name == "应急响应" else 32)
    }
    return Request(
        facts=facts,
        received=rng.choice(DAYS),
        made_at=date(2026, 3, 2),
        asserted_by=rng.choices((None, "街道", "来文单位"), (6, 3, 1))[0],
        quotas=used,
        registers=books,
    )


SIZES = {
    "来文单位": 8, "目标社区": 8, "事项": 5, "类别": 3, "承担方式": 2, "拟进入日期": 27,
    "经费到位": 2, "户数": 5, "专题": 4, "备注": 5, "相关事项": 9, "落款": 4, "来件时刻": 9, "办理时刻": 9, "人数": 4, COUNTED: 1000,
}  # fmt: skip


def a_register(rng: Random, register: r.ResolvedRegister) -> Any:
    if rng.random() < 0.4:
        return rng.random() < 0.5
    return [
        {f.name: a_value(rng, f.type) for f in register.fields} for _ in range(rng.randint(0, 2))
    ]
