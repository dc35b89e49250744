"""Values and conditions in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.checker.words import Phrase, amount, joined, written
from zhunru.compiler.judge import MATCH
from zhunru.compiler.plan import Plan
from zhunru.compiler.values import AND_MORE, UNKNOWN
from zhunru.vocabulary import DAY_KINDS, FUNCTIONS, Function, Measure


def show(value: Any) -> Phrase:
    """Return a value as people write it."""
    if isinstance(value, bool):
        return Phrase("是", "yes") if value else Phrase("否", "no")
    if value is r.NOTHING or value is None:
        return Phrase("无", "none")
    if value is UNKNOWN:
        return Phrase("未知", "unknown")
    if isinstance(value, Decimal):
        return Phrase(f"{value:f}", f"{value:f}")
    if isinstance(value, date):
        return Phrase(written(value), written(value))
    if isinstance(value, frozenset | tuple | list | set):
        shown = [str(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
        return Phrase("、".join(shown) or "无", ", ".join(shown) or "none")
    return Phrase(str(value), str(value))


def plain(value: Any) -> Any:
    """Return a value for JSON: exact numbers and days as texts."""
    if value is r.NOTHING or value is None:
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return str(value)


def one_of(values: Sequence[Any], most: int) -> Phrase:
    """Return in words that something is one of these values, or like the first `most`."""
    shown, more = joined(map(show, values[:most])), len(values) > most
    return Phrase(
        f"为{shown.zh}{'等' if more else ''}", f"is {shown.en}{' or the like' if more else ''}"
    )


def lists_of(plan: Plan, values: Iterable[Any]) -> set[str]:
    """Return the lists that some of these matters are on; "" for one that is on none."""
    found: set[str] = set()
    for value in values:
        numbers = plan.index.find(r.normal_title(value)) if isinstance(value, str) else ()
        found.update(plan.clauses[number].list_name for number in numbers)
        found.update(() if numbers else ("",))
    return found


def on_lists(names: Iterable[str], *, yes: bool) -> Phrase:
    """Return in words that a matter is on one of some lists, or on none of them."""
    zh, en = joined(Phrase(name, name) for name in sorted(names))
    return Phrase(f"列入{zh}", f"is on {en}") if yes else Phrase(f"未列入{zh}", f"is not on {en}")


_OTHERWISE: dict[str, Literal["==", "!="]] = {"==": "!=", "!=": "=="}
_OPERATORS = {
    "==": Phrase("为", "is"),
    "!=": Phrase("不为", "is not"),
    ">=": Phrase("不少于", "is at least"),
    "<=": Phrase("不超过", "is at most"),
    ">": Phrase("超过", "is more than"),
    "<": Phrase("不满", "is less than"),
}


def describe(expr: Any) -> Phrase:
    """Return a condition or value in words."""
    rule = _DESCRIBE.get(type(expr))
    return rule(expr) if rule else Phrase("所列条件", "the condition given")


def _joined(items: Iterable[Any], zh: str, en: str) -> Phrase:
    return joined(map(describe, items), zh, en)


def _test(expr: r.Test) -> Phrase:
    stretch = _stretch(expr) or _kind_of_day(expr)
    if stretch is not None:
        return stretch
    left, right, sign = describe(expr.left), describe(expr.right), _OPERATORS[expr.op]
    return Phrase(f"{left.zh}{sign.zh}{right.zh}", f"{left.en} {sign.en} {right.en}")


_COUNTED = {Function.WORKDAYCOUNT: Measure.WORKDAY, Function.DAYCOUNT: Measure.DAY}


def _stretch(expr: r.Test) -> Phrase | None:
    """Return a bound on the days between two as people say it: 今日到进入日期不少于30个工作日."""
    call = expr.left
    if not isinstance(call, r.Apply) or call.function not in _COUNTED:
        return None
    zh, en = _joined(call.args, "到", " to ")
    right, sign = describe(expr.right), _OPERATORS[expr.op]
    if isinstance(expr.right, r.Const) and isinstance(expr.right.value, Decimal):
        right = amount(expr.right.value, _COUNTED[call.function])
    return Phrase(f"{zh}{sign.zh}{right.zh}", f"{en} {sign.en} {right.en}")


def _kind_of_day(expr: r.Test) -> Phrase | None:
    """Return what 逢 asks as people say it: 到达日期是休息日."""
    call, number = expr.left, expr.right
    if not isinstance(call, r.Apply) or call.function is not Function.DAYKIND:
        return None
    assert isinstance(number, r.Const)
    assert isinstance(number.value, Decimal)
    day = describe(call.args[0])
    zh, en = list(DAY_KINDS.values())[int(number.value)]
    said = ("是", "is a") if expr.op == "==" else ("不是", "is no")
    return Phrase(f"{day.zh}{said[0]}{zh}", f"{day.en} {said[1]} {_KINDS_EN.get(en, en)}")


_KINDS_EN = {"workday": "working day", "restday": "rest day"}


def _titles(names: Iterable[str]) -> list[str]:
    """Return names without the codes of entries, where their titles stand beside them."""
    every = sorted(names)
    codes = {name.rpartition("/")[2] for name in every if "/" in name}
    return [name for name in every if "/" not in name and name not in codes] or every


def _among(left: Any, names: Iterable[str]) -> Phrase:
    head, listed = describe(left), _titles(names)
    zh, en = "、".join(listed), ", ".join(listed)
    return Phrase(f"{head.zh}属于{zh}", f"{head.en} is among {en}")


def _within(expr: r.Within) -> Phrase:
    left, low, high = describe(expr.left), describe(expr.low), describe(expr.high)
    return Phrase(
        f"{left.zh}在{low.zh}至{high.zh}之内", f"{left.en} is between {low.en} and {high.en}"
    )


def _in_force(expr: r.InForce) -> Phrase:
    if expr.scope is None:
        return Phrase(f"{expr.register}有效", f"{expr.register} is in force")
    return Phrase(
        f"{expr.register}对{expr.scope}有效", f"{expr.register} is in force for {expr.scope}"
    )


def _inverse(expr: r.Inverse) -> Phrase:
    operand = expr.operand
    if isinstance(operand, r.Test) and operand.op in _OTHERWISE:
        return _test(replace(operand, op=_OTHERWISE[operand.op]))
    inner = describe(operand)
    return Phrase(f"非（{inner.zh}）", f"not ({inner.en})")


def _compute(expr: r.Compute) -> Phrase:
    left, right = describe(expr.left), describe(expr.right)
    return Phrase(f"{left.zh}{expr.op}{right.zh}", f"{left.en} {expr.op} {right.en}")


def _applied(function: Function, args: Iterable[Any]) -> Phrase:
    zh, en = FUNCTIONS[function]
    return Phrase(_called(zh, args).zh, _called(en, args).en)


def _called(name: str, args: Iterable[Any]) -> Phrase:
    inner = _joined(args, "、", ", ")
    return Phrase(f"{name}（{inner.zh}）", f"{name}({inner.en})")


def _called_words(words: tuple[str, str], of: str) -> Phrase:
    zh, en = words
    return Phrase(f"{zh}（{of}）", f"{en}({of})")


def _const(expr: r.Const) -> Phrase:
    if isinstance(expr.value, Decimal):
        return amount(expr.value, expr.type.measure)
    return show(expr.value)


def _named(expr: Any) -> Phrase:
    return Phrase(expr.name, expr.name)


_DESCRIBE: dict[type, Callable[[Any], Phrase]] = {
    r.Const: _const,
    r.FieldValue: _named,
    r.ParameterOf: _named,
    r.Test: _test,
    r.OneOf: lambda e: _among(e.left, e.values),
    r.BelongsTo: lambda e: _among(e.left, (target.name for target in e.targets)),
    r.IsUnit: lambda e: Phrase(
        f"{describe(e.left).zh}为{e.target.name}", f"{describe(e.left).en} is {e.target.name}"
    ),
    r.BelongsToLeads: lambda e: Phrase(
        f"{describe(e.left).zh}属于牵头及下级", f"{describe(e.left).en} is a lead or below one"
    ),
    r.Within: _within,
    r.Has: lambda e: Phrase(
        f"{describe(e.left).zh}包含{describe(e.item).zh}",
        f"{describe(e.left).en} contains {describe(e.item).en}",
    ),
    r.InForce: _in_force,
    r.Every: lambda e: _joined(e.operands, "且", " and "),
    r.Some: lambda e: _joined(e.operands, "或者", " or "),
    r.Inverse: _inverse,
    r.Compute: _compute,
    r.Apply: lambda e: _applied(e.function, e.args),
    r.LookUp: lambda e: _called(e.table, e.args),
    r.Formula: lambda e: _called(e.name, e.args),
    m.Aggregate: lambda e: _called_words(FUNCTIONS[e.function], e.rows.things.name),
}


def quota_named(key: str) -> Phrase:
    """Return the name of a quota with its window: `检查总量控制.每年` is 检查总量控制的每年限额."""
    clause, _, window = key.rpartition(".")
    zh = f"{clause}的{window}限额" if clause else f"{window}限额"
    return Phrase(zh, f"the quota {key}")


def filled_in(kind: str, name: str, value: Any) -> Phrase:
    """Return "若 …" for a fact that was filled in."""
    if kind == "quota":
        zh, en = ("未用完", "is not used up") if value else ("已用完", "is used up")
        quota = quota_named(name)
        return Phrase(f"{quota.zh}{zh}", f"{quota.en} {en}")
    if kind == "register":
        return _filled_register(name, value)
    if isinstance(value, str) and value.startswith(AND_MORE):
        parts = value.removeprefix(AND_MORE).split("|")
        return Phrase(
            f"{name}除{'、'.join(parts)}外还有其他内容", f"{name} holds {', '.join(parts)} and more"
        )
    if isinstance(value, str) and value in _SOMETHING_ELSE:
        return Phrase(f"{name}为其他", f"{name} is anything else")
    shown = show(value)
    return Phrase(f"{name}为{shown.zh}", f"{name} is {shown.en}")


# What the search puts for all values that no clause names.
_SOMETHING_ELSE = ("\x01", "\x02", "未列事项", f"{r.OUTSIDE}某单位", f"{r.OUTSIDE}另一单位")


def register_held(name: str, scope: str, *, held: bool) -> Phrase:
    """Return whether a register holds a row in force, for one unit where `scope` names it."""
    zh, en = ("", "") if scope in ("", MATCH) else (f"对{scope}", f" for {scope}")
    if held:
        return Phrase(f"{name}{zh}有有效登记", f"{name} has a row in force{en}")
    return Phrase(f"{name}{zh}没有有效登记", f"{name} has no row in force{en}")


def _filled_register(name: str, value: Any) -> Phrase:
    if not value:
        return Phrase(f"{name}无有效登记", f"{name} holds no row in force")
    scopes = [scope for scope in value if scope not in ("", MATCH)]
    if not scopes or MATCH in value:
        return Phrase(f"{name}有相应的有效登记", f"{name} holds a row in force for it")
    listed = sorted(scopes)
    return Phrase(f"{name}对{'、'.join(listed)}有效", f"{name} is in force for {', '.join(listed)}")
