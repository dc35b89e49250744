"""The sixteen invariants of the law, and to which shipped sets each applies, or why it cannot."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from zhunru import open_policy
from zhunru.compiler import CompiledPolicy

POLICIES = Path(__file__).parents[2] / "policies"
ADMISSION = "社区准入"


class Invariant(NamedTuple):
    """What must always hold, in both languages."""

    number: int
    zh: str
    en: str


INVARIANTS = (
    Invariant(1, "没有进清单、没有临时准入、没有应急响应的事，不进社区",
              "no item reaches a community unless listed, temporarily admitted or urgent"),
    Invariant(2, "协助不会悄悄变成主责", "assisting never becomes answering for it"),
    Invariant(3, "清单外证明一律不开，并告诉去处",
              "certificates outside the list are refused, with a way out"),
    Invariant(4, "部门不能自己批准自己的准入", "a department never approves its own admission"),
    Invariant(5, "要钱的事，钱没有到位不生效", "work that costs money waits for the money"),
    Invariant(6, "指定承办不得再退；主办恰有一个",
              "what was assigned is not sent back; one lead exactly"),
    Invariant(7, "每次派单都有时限；延期只能在到期以前提",
              "every dispatch has a deadline; it moves only before it passed"),
    Invariant(8, "一方拒绝即止调；有治安刑事苗头即报公安",
              "mediation stops at a refusal; signs of crime go to the police at once"),
    Invariant(9, "司法确认三十个自然日内申请，身份关系不得确认",
              "judicial confirmation within 30 days, never of personal status"),
    Invariant(10, "未成年人受侵害强制报告，不受保密和排队限制",
              "harm to a minor is reported past secrecy and queues"),
    Invariant(11, "没有评单、回访，不得销号", "nothing is struck off without a rating or a call back"),
    Invariant(12, "部门考核不进社区；责任状、一票否决不进社区",
              "assessments by departments and pledges are refused"),
    Invariant(13, "所引依据在办理那天有效", "a cited basis is in force on the day of the task"),
    Invariant(14, "个人信息从简；举报人不送达被举报单位",
              "personal data is kept small; who reported is never told to the accused"),
    Invariant(15, "应急放行会到期，并且必须补办", "an emergency pass ends and must be regularised"),
    Invariant(16, "没有公布的日历，不算时限", "no deadline on a calendar that is not published"),
)  # fmt: skip
OF_REQUESTS = (1, 2, 3, 5, 12, 13, 15)


@cache
def policy(name: str) -> CompiledPolicy:
    """Return a shipped set, ready to decide."""
    return open_policy(name)


def sets() -> tuple[str, ...]:
    """Return the names of the shipped sets."""
    return tuple(sorted(each.name for each in POLICIES.iterdir() if any(each.glob("*.policy"))))


def why_not(number: int, name: str) -> str:
    """Return why an invariant cannot apply to a set; empty: it applies."""
    checked = policy(name).checked
    if number in (1, 13):
        return ""  # every set decides something
    if number == 14:
        return "" if checked.workflows or _names_people(name) else NOBODY
    if number in OF_REQUESTS:
        return "" if ADMISSION in checked.decisions else NO_ADMISSION
    return "" if checked.workflows else NO_WORKFLOW


NO_ADMISSION = "不判定来文派活（没有判定“社区准入”）"
NO_WORKFLOW = "没有流程"
NOBODY = "没有流程，也没有登记个人的台账"


def _names_people(name: str) -> bool:
    return any(register.fields for register in policy(name).checked.registers.values())


def applying(number: int) -> list[str]:
    """Return the sets that an invariant applies to."""
    return [name for name in sets() if not why_not(number, name)]


def standing_apart(number: int) -> list[tuple[str, str]]:
    """Return the sets that an invariant cannot apply to, with the reason."""
    return [(name, why) for name in sets() if (why := why_not(number, name))]
