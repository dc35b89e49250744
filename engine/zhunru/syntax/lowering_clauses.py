"""Raw nodes of clauses, verdicts, quotas, duties and tests to nodes of the source tree."""

from __future__ import annotations

from typing import Any

from lark.lexer import Token

from zhunru.diagnostics import Fix, Span
from zhunru.syntax.citations import read_citations, read_trace
from zhunru.syntax.expressions import Arith, Quantity, Ref
from zhunru.syntax.lalr import Branch
from zhunru.syntax.lowering_expressions import with_measure
from zhunru.syntax.nodes import (
    Delegation,
    Duty,
    Expectation,
    Expected,
    Failing,
    Frequency,
    Given,
    Limit,
    Name,
    Quota,
    Requirement,
    Step,
    Title,
    UnaryTest,
    Verdict,
)
from zhunru.syntax.phrases import turns
from zhunru.syntax.reading import Item, Kids, Reading, lowers, only, token_type, values_of
from zhunru.vocabulary import Outcome, Window

_OUTCOMES = {outcome.name: outcome for outcome in Outcome}
_WINDOWS = {
    "YEARLY": Window.YEAR,
    "HALFYEARLY": Window.HALFYEAR,
    "QUARTERLY": Window.QUARTER,
    "MONTHLY": Window.MONTH,
    "WEEKLY": Window.WEEK,
    "DAILY": Window.DAY,
    "CUMULATIVE": Window.EVER,
}


def _outcome(kids: Kids) -> Outcome:
    token = token_type(kids, *_OUTCOMES)
    return _OUTCOMES[token.type] if token else Outcome.REFUSE


def _with_code(branch: Branch, kids: Kids, node: type[Any], span: Span) -> Any:
    title = only(kids, Title) or Title("", span=span)
    return node(_outcome(kids), title, only(kids, Name), span)


@lowers("verdict")
def _verdict(reading: Reading, branch: Branch, kids: Kids) -> Any:
    return _with_code(branch, kids, Verdict, reading.span(branch))


@lowers("failing")
def _failing(reading: Reading, branch: Branch, kids: Kids) -> Any:
    return _with_code(branch, kids, Failing, reading.span(branch))


@lowers("requirement")
def _requirement(reading: Reading, branch: Branch, kids: Kids) -> Requirement:
    return Requirement(kids[0], only(kids, Failing), reading.span(branch))


@lowers("window")
def _window(reading: Reading, branch: Branch, kids: Kids) -> tuple[Window, int]:
    if kids[0].type == "ROLLING":
        return Window.ROLLING, _days(reading, kids[1])
    return _WINDOWS[kids[0].type], 0


def _days(reading: Reading, length: Quantity) -> int:
    """Return the length of a rolling window, which is a whole number of days."""
    whole = length.value == int(length.value) and length.value >= 1
    if not whole or str(length.measure or "days") not in ("days", "naturaldays"):
        reading.report("ZR131", length.span)
    return max(1, int(length.value)) if length.value < 100_000 else 1


@lowers("frequency")
def _frequency(reading: Reading, branch: Branch, kids: Kids) -> Frequency:
    span = reading.span(branch)
    if token_type(kids, "UNLIMITED"):
        return Frequency(span=span)
    window, days = kids[0] if isinstance(kids[0], tuple) else (None, 0)
    if window is None:
        _report_each(reading, kids[-1], span)
    return Frequency(window, kids[-1], days, span)


def _report_each(reading: Reading, most: Any, span: Span) -> None:
    """Report 不超过 12 次 / 年, which reads as a number that is divided by what 年 names."""
    if not (isinstance(most, Arith) and most.op == "/" and isinstance(most.right, Ref)):
        return
    each = next((turn for turn in turns(f"1次/{most.right.name}", "zh")), None)
    if each is None or not isinstance(most.left, Quantity):
        return
    number = f"{most.left.value.normalize():f}"
    meant = each.meant.replace(" 1 ", f" {number} ")
    fix = Fix.writing(span, meant)
    said = reading.source.text[span.start : span.end]
    more: dict[str, Any] = {"more_zh": f"写作“{meant}”", "more_en": f"write `{meant}`"}
    reading.report("ZR101", span, fix=fix, found=said, **more)


@lowers("own_frequency")
def _own_frequency(reading: Reading, branch: Branch, kids: Kids) -> bool:
    return True


@lowers("quota")
def _quota(reading: Reading, branch: Branch, kids: Kids) -> Quota:
    keys = only(kids, tuple) or ()
    frequency = only(kids, Frequency)
    return Quota(keys, frequency, frequency is None, only(kids, Failing), reading.span(branch))


@lowers("limit")
def _limit(reading: Reading, branch: Branch, kids: Kids) -> Limit:
    values = values_of(kids)
    untimed = token_type(kids, "UNTIMED") is not None
    return Limit(
        None if untimed else values[0],
        untimed,
        only(kids, Name),
        token_type(kids, "STOPPED") is not None,
        reading.span(branch),
    )


@lowers("limit_calendar")
def _limit_calendar(reading: Reading, branch: Branch, kids: Kids) -> Name:
    name: Name = kids[1]
    return name


@lowers("duty_by", "duty_per", "duty_limit", "duty_stopped", "duty_consequence")
def _duty_item(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item(branch.data[5:], kids[-1], reading.span(branch))


@lowers("duty")
def _duty(reading: Reading, branch: Branch, kids: Kids) -> Duty:
    """按 behind 限 names a calendar, before it the workflow that the duty follows."""
    parts: dict[str, Any] = {"what": kids[0]}
    for item in kids[1:]:
        key = "calendar" if item.key == "per" and "limit" in parts else item.key
        if key in parts:
            reading.report("ZR122", item.span, text=reading.source.text[item.span.start :][:8])
        parts[key] = item.value
        if key == "limit":
            parts["at"] = item.span
    return Duty(
        parts["what"],
        parts.get("by"),
        parts.get("per"),
        _duty_limit(reading, parts),
        parts.get("consequence"),
        reading.span(branch),
    )


def _duty_limit(reading: Reading, parts: dict[str, Any]) -> Limit | None:
    if "limit" not in parts:
        return None
    length, at = parts["limit"], parts["at"]
    untimed = isinstance(length, Token)
    start = length.start_pos if isinstance(length, Token) else length.span.start
    span = reading.source.span(start or at.start, at.end)
    return Limit(
        None if untimed else length, untimed, parts.get("calendar"), "stopped" in parts, span
    )


@lowers("i_citations")
def _citations(reading: Reading, branch: Branch, kids: Kids) -> Item:
    text, at = kids[-1][0]
    cited, found = read_citations(text, reading.source, at)
    reading.note(found)
    return Item("citations", cited, reading.span(branch))


@lowers("i_trace")
def _trace(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("trace", read_trace(kids[-1][0][0]), reading.span(branch))


@lowers("rest")
def _rest(reading: Reading, branch: Branch, kids: Kids) -> list[tuple[str, int]]:
    return [(str(kids[0]), branch.start_pos)]


# --- heads ---------------------------------------------------------------------------------------


@lowers("expectation")
def _expectation(reading: Reading, branch: Branch, kids: Kids) -> Expectation:
    return Expectation(keyword=kids[0].type, name=kids[1], span=reading.span(branch))


@lowers("i_expectations")
def _expectations(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("expectations", _expected_things(reading, branch, kids), reading.span(branch))


@lowers("k_expectations")
def _expected_things(reading: Reading, branch: Branch, kids: Kids) -> tuple[Expectation, ...]:
    """A bare name is of the same kind as what stands before it."""
    read: list[Expectation] = []
    for one in values_of(kids):
        if isinstance(one, Name):
            one = Expectation(keyword=read[-1].keyword, name=one, span=one.span)
        read.append(one)
    return tuple(read)


@lowers("delegated_list", "delegated_clause")
def _delegated(reading: Reading, branch: Branch, kids: Kids) -> Delegation:
    subject: Any = "list" if branch.data == "delegated_list" else "clause"
    parts = {item.key: item.value for item in kids if isinstance(item, Item)}
    return Delegation(
        level=kids[0], subject=subject, target=kids[2], **parts, span=reading.span(branch)
    )


@lowers("delegated_parameter")
def _delegated_parameter(reading: Reading, branch: Branch, kids: Kids) -> Delegation:
    band = only(kids, tuple)
    low, high = band if band else (None, None)
    if bound := only(kids, Quantity):
        low, high = (None, bound) if token_type(kids, "ATMOST") else (bound, None)
    return Delegation(
        level=kids[0],
        subject="parameter",
        target=kids[2],
        low=with_measure(low, high),
        high=high,
        span=reading.span(branch),
    )


# --- decisions and tests -------------------------------------------------------------------------


@lowers("step")
def _step(reading: Reading, branch: Branch, kids: Kids) -> Step:
    return Step(names=kids[0], span=reading.span(branch))


@lowers("labelled_step")
def _labelled(reading: Reading, branch: Branch, kids: Kids) -> Step:
    return Step(names=kids[2], label=kids[0], span=reading.span(branch))


@lowers("anchored_step")
def _anchored(reading: Reading, branch: Branch, kids: Kids) -> Step:
    anchor = kids[1].type.lower()
    return Step(names=kids[0], anchor=anchor, anchor_to=kids[2], span=reading.span(branch))


@lowers("fact")
def _fact(reading: Reading, branch: Branch, kids: Kids) -> Given:
    return Given(subject=kids[0], value=kids[2], span=reading.span(branch))


@lowers("facts")
def _facts(reading: Reading, branch: Branch, kids: Kids) -> tuple[Given, ...]:
    return tuple(values_of(kids))


@lowers("expected_values")
def _expected_values(reading: Reading, branch: Branch, kids: Kids) -> Expected:
    return Expected(values=kids[0], span=reading.span(branch))


@lowers("i_due")
def _due(reading: Reading, branch: Branch, kids: Kids) -> Item:
    return Item("due", ((kids[1], kids[3]),), reading.span(branch))


@lowers("expected_outcome")
def _expected_outcome(reading: Reading, branch: Branch, kids: Kids) -> Expected:
    parts: dict[str, Any] = {}
    for item in kids:
        if isinstance(item, Item):
            both = isinstance(item.value, tuple)
            parts[item.key] = parts.get(item.key, ()) + item.value if both else item.value
    missing = next((k for k in kids if isinstance(k, tuple) and not isinstance(k, Item)), ())
    return Expected(outcome=_outcome(kids), missing=missing, **parts, span=reading.span(branch))


@lowers("tests")
def _tests(reading: Reading, branch: Branch, kids: Kids) -> tuple[Any, ...]:
    return tuple(values_of(kids))


@lowers("k_tests")
def _test_cell(reading: Reading, branch: Branch, kids: Kids) -> UnaryTest:
    negated = token_type(kids, "NOT") is not None
    tests = next(iter(values_of(kids)), ())
    return UnaryTest(tests=tests, negated=negated, span=reading.span(branch))
