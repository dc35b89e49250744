"""From what somebody wrote about a request to its facts, uses of quotas and rows of registers."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhunru.codes import diagnose
from zhunru.compiler.values import civil
from zhunru.decision import FactValue, QuotaUse, Request
from zhunru.diagnostics import Diagnostic, Span
from zhunru.exact_json import NameTwice
from zhunru.syntax.written_days import day_of_moment
from zhunru.vocabulary import DAY_COLUMNS, QUOTA_COUNTED, QUOTA_USED

if TYPE_CHECKING:
    from zhunru.compiler import CompiledPolicy

# What a register may be given as, beside its rows.
IN_FORCE = {"有效": True, "inforce": True, "valid": True, "无": False, "none": False}
_MOST_FOUND = 50  # of one request; who reads them has mended the first few by then
YES = {"是", "yes", "true"}
NO = {"否", "no", "false"}
_USES = dict.fromkeys(QUOTA_USED, "used") | dict.fromkeys(QUOTA_COUNTED, "counted")


@dataclass(frozen=True)
class Names:
    """The names that a request to one decision may use."""

    fields: Container[str]
    registers: Container[str]
    is_quota: Callable[[str], bool]

    @classmethod
    def of(cls, policy: CompiledPolicy, decision: str) -> Names:
        """Return the names of a decision of the policy; "" is its only one."""
        plan = policy.plan(decision)
        return cls(plan.fields, policy.model.registers, plan.could_be_quota)

    def knows(self, name: str) -> bool:
        """Tell whether `name` means anything in a request."""
        known = name in self.fields or name in self.registers or name in DAY_COLUMNS
        return known or self.is_quota(_quota(name)[0])


@dataclass(frozen=True)
class RequestFacts:
    """What the requests of one file share."""

    names: Names
    received: date
    asserted_by: str | None = None


@dataclass
class _Sorted:
    """The parts of one request while it is read."""

    received: date
    facts: dict[str, FactValue] = field(default_factory=dict)
    uses: dict[str, dict[str, Any]] = field(default_factory=dict)
    registers: dict[str, Sequence[Mapping[str, FactValue]] | bool] = field(default_factory=dict)


class _Unread(Exception):
    """A value that cannot be read; the texts say why and what to write."""

    def __init__(self, zh: str, en: str, hint_zh: str, hint_en: str) -> None:
        self.values: dict[str, Any] = {
            "problem_zh": zh,
            "problem_en": en,
            "hint_zh": hint_zh,
            "hint_en": hint_en,
        }
        super().__init__(en)


def sort_facts(
    given: Mapping[str, Any], span: Span, facts: RequestFacts
) -> tuple[Request | None, list[Diagnostic]]:
    """Return the request that `given` describes, or the findings about it.

    An empty or missing value is unknown; 无 must be said. Names that mean nothing stay among the
    facts, where `decide` reports them.
    """
    parts = _Sorted(facts.received)
    found: list[Diagnostic] = []
    for name, value in given.items():
        try:
            _take(name, value, parts, facts.names)
        except _Unread as problem:
            found.append(diagnose("ZR786", span, name=name, **problem.values))
        except NameTwice as twice:
            found.append(diagnose("ZR783", span, name=str(twice)))
        if len(found) == _MOST_FOUND:
            break
    if found:
        return None, found
    return _request(parts, facts), []


def _request(parts: _Sorted, facts: RequestFacts) -> Request:
    return Request(
        facts=parts.facts,
        received=parts.received,
        asserted_by=facts.asserted_by,
        quotas={key: QuotaUse(**use) for key, use in parts.uses.items() if "used" in use},
        registers=parts.registers,
    )


def _take(name: str, value: Any, parts: _Sorted, names: Names) -> None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    # The form first: it may well have a field of its own that is called 日期.
    if name in names.fields:
        parts.facts[name] = _fact(value)
    elif name in names.registers:
        parts.registers[name] = _register(value)
    elif name in DAY_COLUMNS:
        parts.received = _day(value)
    elif names.is_quota(_quota(name)[0]):
        _take_quota(name, value, parts)
    else:
        parts.facts[name] = _fact(value)


def _fact(value: Any) -> FactValue:
    # No float: what is exact in a file must not come in rounded.
    if isinstance(value, str | bool | int | Decimal | date):
        return value
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _Unread(
        "这里只能是一个值，或者若干文字的清单",
        "only a value or a list of texts may stand here",
        "请把内容直接写成文字、数字或者是、否。",
        "write a text, a number, or yes or no",
    )


def _register(value: Any) -> Sequence[Mapping[str, FactValue]] | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in IN_FORCE:
        return IN_FORCE[value.strip().lower()]
    if isinstance(value, Sequence) and all(isinstance(row, Mapping) for row in value):
        return tuple({name: _cell(cell) for name, cell in row.items()} for row in value)
    raise _Unread(
        "台账应写 有效、无，或者列出各行",
        "a register is in force (inforce), empty (none), or a list of rows",
        "请写“有效”（正在生效）或者“无”（没有登记）。",
        "write inforce or none",
    )


def _cell(value: Any) -> FactValue:
    return None if value is None else _fact(value)


def _quota(name: str) -> tuple[str, str]:
    """Return the key of a quota and which of its facts `name` means.

    `检查总量控制.每年` and `检查总量控制 的 每年已用` say how much is used, `….每年已计` whether
    this request is counted already.
    """
    key = name.replace(" 的 ", ".").replace(" of ", ".")
    for word, fact in _USES.items():
        if key.endswith(word):
            return key.removesuffix(word).rstrip("._ "), fact
    return key, "used"


def _take_quota(name: str, value: Any, parts: _Sorted) -> None:
    key, fact = _quota(name)
    use = parts.uses.setdefault(key, {})
    if isinstance(value, Mapping):
        for word, part in value.items():
            if word not in _USES:
                raise _Unread(
                    f"限额没有“{word}”", f"a quota has no `{word}`",
                    "请只写 已用 和 已计。", "write only used and counted_already",
                )  # fmt: skip
            _take_use(use, _USES[word], part, name)
    else:
        _take_use(use, fact, value, name)


def _take_use(use: dict[str, Any], fact: str, value: Any, name: str) -> None:
    read = _flag(value) if fact == "counted" else _count(value)
    # The same under another spelling: where the two differ, which counts is not for us to say.
    if use.setdefault(fact, read) != read:
        raise NameTwice(name)


def _count(value: Any) -> int:
    text = str(value).strip().removesuffix("次").strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _Unread(
            "已用次数应是 0 或者正整数",
            "a use of a quota is a whole number from 0",
            "请写成 12 这样的数字。",
            "write a number such as 12",
        )
    return int(text)


def _flag(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in YES | NO:
        raise _Unread("应写是或者否", "yes or no is wanted", "请写是或者否。", "write yes or no")
    return word in YES


def _day(value: Any) -> date:
    try:
        return civil(value) if isinstance(value, date) else day_of_moment(str(value))
    except ValueError:
        raise _Unread(
            "这不是一个日期", "it is not a date", "请写成 2026-03-02 这样。", "write 2026-03-02"
        ) from None
