"""Raw nodes of the parts of workflows to nodes of the source tree."""

from __future__ import annotations

from typing import Any

from zhunru.diagnostics import Fix, Span
from zhunru.syntax import canonical
from zhunru.syntax.expressions import Expr, Quantity, Ref
from zhunru.syntax.keywords import EN, ZH, spelling
from zhunru.syntax.lalr import Branch
from zhunru.syntax.lowering_declarations import report_word, word_of
from zhunru.syntax.nodes import Limit, Name
from zhunru.syntax.numerals import quantity_in_digits
from zhunru.syntax.reading import Item, Kids, Reading, lowers, only, token_type, values_of
from zhunru.syntax.workflow_nodes import (
    Action,
    Anywhere,
    Apart,
    Arrival,
    Bound,
    Constraint,
    Effect,
    Ending,
    Entails,
    Exactly,
    Extension,
    Joint,
    Longest,
    Meeting,
    Owners,
    Quorum,
    Reminder,
    Suspension,
    Withheld,
    Without,
)
from zhunru.vocabulary import QUORUMS, UNANIMOUS, Measure

_JOINS = {"ALL": "all", "ANY": "any", "MAJORITY": "majority"}


def _items(kids: Kids) -> dict[str, Any]:
    """Return the values of the items by key; of two of a kind the first."""
    found: dict[str, Any] = {}
    for kid in kids:
        if isinstance(kid, Item):
            found.setdefault(kid.key, kid.value)
    return found


def _report_twice(reading: Reading, kids: Kids) -> None:
    seen: set[str] = set()
    for kid in kids:
        if isinstance(kid, Item) and kid.key in seen:
            text = reading.source.text[kid.span.start : kid.span.end]
            reading.report("ZR122", kid.span, text=text[:30])
        elif isinstance(kid, Item):
            seen.add(kid.key)


def whole_number(reading: Reading, quantity: Quantity) -> int:
    """Return a quantity as a whole number; another number is a finding."""
    if quantity.value == int(quantity.value) and quantity.value < 1_000_000:
        return int(quantity.value)
    reading.report("ZR132", quantity.span)
    return 0


# --- who works on a state ------------------------------------------------------------------------


@lowers("parties")
def _parties(reading: Reading, branch: Branch, kids: Kids) -> tuple[Expr, ...]:
    return tuple(values_of(kids))


@lowers("owners")
def _owners(reading: Reading, branch: Branch, kids: Kids) -> Owners:
    _report_twice(reading, kids)
    return Owners(owners=kids[0], **_items(kids), span=reading.span(branch))


@lowers("joint")
def _joint(reading: Reading, branch: Branch, kids: Kids) -> Joint:
    return Joint(parties=kids[1], lead=only(kids, Name), span=reading.span(branch))


@lowers("meeting")
def _meeting(reading: Reading, branch: Branch, kids: Kids) -> Meeting:
    _report_twice(reading, kids)
    return Meeting(body=kids[1], **_items(kids), span=reading.span(branch))


@lowers("quorum")
def _quorum(reading: Reading, branch: Branch, kids: Kids) -> Quorum:
    """Return `过半数`; with 到会 in front, apart or in the word, a share of those present."""
    span, value = reading.span(branch), kids[-1]
    present = token_type(kids, "PRESENT") is not None
    if isinstance(value, Quantity):
        if value.measure is not Measure.PERCENT:
            _report_quorum(reading, reading.source.text[value.span.start : value.span.end], span)
        over: Any = "present" if present else "body"
        return Quorum(share="percent", over=over, percent=value, span=span)
    word = value.text.removeprefix("到会")
    share: Any = word_of(QUORUMS, word) or ("everyone" if word in UNANIMOUS else None)
    if share is None:
        _report_quorum(reading, value.text, value.span)
    over = "present" if present or word != value.text else "body"
    return Quorum(share=share or "majority", over=over, span=span)


def _report_quorum(reading: Reading, found: str, span: Span) -> None:
    report_word(reading, QUORUMS, found, span, ("到会和赞成的比例", "a quorum"))


@lowers("term")
def _term(reading: Reading, branch: Branch, kids: Kids) -> dict[str, Any]:
    """Return what 限 says: the limit, the field of 至, and 累计."""
    until = kids[1] if token_type(kids[:1], "TO") else None
    untimed = token_type(kids[:1], "UNTIMED") is not None
    named = only(kids[2 if until else 1 :], Name)
    calendar = canonical.flow_word(named) if named else None
    stopped = token_type(kids, "STOPPED") is not None
    length = None if until or untimed else kids[0]
    if isinstance(length, Ref):
        _report_at_once(reading, length)
    limit: Limit | None = Limit(length, untimed, calendar, stopped, reading.span(branch))
    if until and not (calendar or stopped):
        limit = None
    cumulative = token_type(kids, "CUMULATIVE") is not None
    return {"limit": limit, "until": until, "cumulative": cumulative}


_NO_LIMIT = (
    *("无时限", "没有时限", "不设时限", "无期限", "不限期", "无限期", "不限", "不限时间", "不限制"),
    *("none", "unlimited", "nolimit", "forever"),
)
_SAME_DAY = ("当日", "当天", "即日", "今日", "今天", "当日内", "当天内", "today", "sameday")
_AT_ONCE = ("即时", "立即", "即刻", "当场", "马上", "随时", "实时", "即办", "尽快", "及时")
_AT_ONCE_EN = ("immediately", "promptly", "atonce", "instantly")


def _report_at_once(reading: Reading, length: Ref) -> None:
    """Report 当日, 无时限 and 当场: two are said in other words, the last is no length at all."""
    english = length.name.isascii()
    if length.name in _SAME_DAY:
        meant = "to today" if english else "至 今日"
        fix = Fix.writing(length.span, meant)
        zh, en = f"当天办完的，写“{meant}”", f"what is done on the same day: write `{meant}`"
        reading.report("ZR101", length.span, fix=fix, found=length.name, more_zh=zh, more_en=en)
    elif length.name in _NO_LIMIT:
        meant = spelling("UNTIMED", "en" if english else "zh")
        fix = Fix.writing(length.span, meant)
        zh, en = f"写作“{meant}”", f"write `{meant}`"
        reading.report("ZR101", length.span, fix=fix, found=length.name, more_zh=zh, more_en=en)
    elif length.name in (*_AT_ONCE, *_AT_ONCE_EN):
        zh = "写明过多久算迟：“30 分钟”“2 个工作小时”；当天办完的，写“至 今日”"
        en = "say when it is late: `30 minutes`, `2 workhours`, or `to today`"
        reading.report("ZR101", length.span, found=length.name, more_zh=zh, more_en=en)


# --- transitions ---------------------------------------------------------------------------------


@lowers("action")
def _action(reading: Reading, branch: Branch, kids: Kids) -> Action:
    """Return `[label:] [全部] name(inputs) 当 guard → target …`."""
    arrow = next(at for at, kid in enumerate(kids) if token_type([kid], "ARROW"))
    names = [kid for kid in kids[:arrow] if isinstance(kid, Name)]
    label = names[0] if token_type(kids[1:2], "COLON") else None
    join = token_type(kids[:arrow], *_JOINS)
    return Action(
        name=names[-1],
        target=kids[arrow + 1],
        label=label,
        join=_JOINS[join.type] if join else "",  # type: ignore[arg-type]
        inputs=next((kid for kid in kids[:arrow] if type(kid) is tuple), ()),
        guard=_guard(kids),
        **_tail(kids),
        span=reading.span(branch),
    )


@lowers("ending")
def _ending(reading: Reading, branch: Branch, kids: Kids) -> Ending:
    arrow = next(at for at, kid in enumerate(kids) if token_type([kid], "ARROW"))
    return Ending(
        kind="overdue" if kids[0].type == "OVERDUE" else "expiry",
        target=kids[arrow + 1],
        silence=only(kids[:arrow], Name),
        guard=_guard(kids),
        **_tail(kids),
        span=reading.span(branch),
    )


def _guard(kids: Kids) -> Any:
    at = next((i for i, kid in enumerate(kids) if token_type([kid], "WHEN")), None)
    return None if at is None else kids[at + 1]


def _tail(kids: Kids) -> dict[str, Any]:
    found = kids[-1] if isinstance(kids[-1], dict) else {}
    return {"bound": found.get("bound"), "effects": found.get("effects", ())}


@lowers("tail")
def _tail_of(reading: Reading, branch: Branch, kids: Kids) -> dict[str, Any]:
    """What stands behind 满后 → X belongs to that way out, all else to the transition itself."""
    at = next((i for i, kid in enumerate(kids) if isinstance(kid, Bound)), len(kids))
    before = tuple(effect for kid in kids[:at] for effect in kid)
    behind = tuple(effect for kid in kids[at + 1 :] for effect in kid)
    bound: Bound | None = kids[at] if at < len(kids) else None
    if bound is not None and bound.then is not None:
        span = reading.source.span(bound.span.start, branch.end_pos)
        bound = Bound(times=bound.times, then=bound.then, effects=behind, span=span)
        behind = ()
    return {"bound": bound, "effects": before + behind}


@lowers("also")
def _also(reading: Reading, branch: Branch, kids: Kids) -> tuple[Effect, ...]:
    effects: tuple[Effect, ...] = kids[1]
    return effects


@lowers("bound")
def _bound(reading: Reading, branch: Branch, kids: Kids) -> Bound:
    span, quantity = reading.span(branch), only(kids, Quantity)
    if quantity is None:
        return Bound(times=None, span=span)
    if quantity.measure not in (None, Measure.TIME):
        reading.report("ZR135", quantity.span)
    return Bound(times=whole_number(reading, quantity), then=only(kids, Name), span=span)


@lowers("thereafter")
def _thereafter(reading: Reading, branch: Branch, kids: Kids) -> Name:
    name: Name = kids[-1]
    return name


# --- effects -------------------------------------------------------------------------------------


@lowers("effects")
def _effects(reading: Reading, branch: Branch, kids: Kids) -> tuple[Effect, ...]:
    """Return the effects; a bare name joins the effect before it."""
    found: list[Effect] = []
    for kid in values_of(kids):
        if isinstance(kid, Effect):
            found.append(kid)
        else:
            _join(reading, found, kid[0])
    return tuple(found)


def _join(reading: Reading, found: list[Effect], joining: Expr) -> None:
    last = found[-1]
    span = reading.source.span(last.span.start, joining.span.end)
    if last.to:
        found[-1] = Effect(kind=last.kind, object=last.object, to=(*last.to, joining), span=span)
        return
    if not isinstance(joining, Ref):
        zh, en = "这里可以写名称", "expected a name"
        text = reading.source.text[joining.span.start : joining.span.end]
        reading.report("ZR101", joining.span, found=text, more_zh=zh, more_en=en)
        return
    found.append(Effect(kind=last.kind, object=Name(joining.name, joining.span), span=joining.span))


@lowers("enter")
def _enter(reading: Reading, branch: Branch, kids: Kids) -> Effect:
    names = [kid for kid in kids if isinstance(kid, Name)]
    if len(names) > 1:
        _glued_length(reading, names[1])
    valid = next((kid[0] for kid in kids if isinstance(kid, list)), None)
    return Effect(
        kind="enter",
        object=names[0],
        row_kind=names[1] if len(names) > 1 else None,
        valid=valid,
        span=reading.span(branch),
    )


def _glued_length(reading: Reading, kind: Name) -> None:
    """Report 有效一年 without its blank: a kind of row of that name would hold for ever."""
    for word in (*ZH["VALID"], *EN["VALID"]):
        rest = kind.text.removeprefix(word)
        length = quantity_in_digits(rest)
        if rest != kind.text and length:
            mended = f"{word} {length}"
            fix = Fix.writing(kind.span, mended)
            reading.report("ZR103", kind.span, fix=fix, found=kind.text, mended=mended)


@lowers("effect_on")
def _effect_on(reading: Reading, branch: Branch, kids: Kids) -> Effect:
    return Effect(kind=kids[0].type.lower(), object=kids[1], span=reading.span(branch))


@lowers("issue")
def _issue(reading: Reading, branch: Branch, kids: Kids) -> Effect:
    to = (kids[3],) if len(kids) > 3 else ()
    return Effect(kind="issue", object=kids[1], to=to, span=reading.span(branch))


@lowers("telling")
def _telling(reading: Reading, branch: Branch, kids: Kids) -> Effect:
    return Effect(kind=kids[0].type.lower(), to=(kids[1],), span=reading.span(branch))


# --- time on a state -----------------------------------------------------------------------------


@lowers("reminder")
def _reminder(reading: Reading, branch: Branch, kids: Kids) -> Reminder:
    return Reminder(
        when="halfway" if kids[0].type == "HALFWAY" else "ahead",
        ahead=only(kids, Quantity),
        to=kids[-1],
        span=reading.span(branch),
    )


@lowers("extension")
def _extension(reading: Reading, branch: Branch, kids: Kids) -> Extension:
    if kids[0].measure not in (None, Measure.TIME):
        reading.report("ZR135", kids[0].span)
    return Extension(
        times=whole_number(reading, kids[0]),
        length=kids[1],
        via=kids[3] if len(kids) > 3 else None,
        span=reading.span(branch),
    )


@lowers("suspension")
def _suspension(reading: Reading, branch: Branch, kids: Kids) -> Suspension:
    return Suspension(reasons=kids[0], length=kids[-1], span=reading.span(branch))


@lowers("c_extension")
def _extension_line(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("extension", kids[-1], reading.span(branch))


@lowers("c_suspension")
def _suspension_line(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("suspensions", kids[-1], reading.span(branch))


# --- workflows -----------------------------------------------------------------------------------


@lowers("anywhere")
def _anywhere(reading: Reading, branch: Branch, kids: Kids) -> Anywhere:
    excluding = next((kid for kid in kids if type(kid) is tuple), ())
    return Anywhere(action=kids[-1], excluding=excluding, span=reading.span(branch))


@lowers("arrival")
def _arrival(reading: Reading, branch: Branch, kids: Kids) -> Arrival:
    return Arrival(state=kids[0], effects=kids[-1], span=reading.span(branch))


@lowers("without_each", "without_any")
def _without(reading: Reading, branch: Branch, kids: Kids) -> Constraint:
    values = values_of(kids)
    any_of = branch.data == "without_any"
    steps = tuple(values[:-1]) if any_of else values[0]
    return Without(steps=steps, any_of=any_of, target=values[-1], span=reading.span(branch))


@lowers("longest")
def _longest(reading: Reading, branch: Branch, kids: Kids) -> Constraint:
    start, *ends, length = values_of(kids)
    return Longest(start=start, ends=tuple(ends), length=length, span=reading.span(branch))


@lowers("apart")
def _apart(reading: Reading, branch: Branch, kids: Kids) -> Constraint:
    by: Any = "person" if token_type(kids, "DISTINCT") else "unit"
    return Apart(left=kids[0], right=kids[2], by=by, span=reading.span(branch))


@lowers("entails")
def _entails(reading: Reading, branch: Branch, kids: Kids) -> Constraint:
    return Entails(start=kids[1], target=kids[3], span=reading.span(branch))


@lowers("withheld")
def _withheld(reading: Reading, branch: Branch, kids: Kids) -> Constraint:
    return Withheld(secret=kids[0], from_=kids[2], span=reading.span(branch))


@lowers("exactly")
def _exactly(reading: Reading, branch: Branch, kids: Kids) -> Constraint:
    number = whole_number(reading, kids[2])
    return Exactly(number=number, role=kids[3], span=reading.span(branch))
