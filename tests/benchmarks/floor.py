"""The floor: what a careful programmer would write by hand for exactly this workload."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.workload import NOT_LISTED, Answer, Facts, Item


def compiled(listed: list[Item]) -> Callable[[Facts], Answer]:
    """A dict lookup, all conditions, and the outcome with reason, basis and item in a tuple."""
    rows = {}
    for item in listed:
        row = (
            item.start, item.end, frozenset(item.senders), item.manner,
            item.households, item.categories and frozenset(item.categories), item.money,
            item.basis, item.clause,
        )  # fmt: skip
        rows[item.code] = rows[item.title] = row
    find = rows.get

    def decide(facts: Facts) -> Answer:
        row = find(facts["事项"])
        if row is None:
            return NOT_LISTED
        start, end, senders, manner, households, categories, money, basis, code = row
        if not start <= facts["拟进入日期"] <= end:
            return NOT_LISTED
        refused = deferred = ""
        if money and not facts["经费到位"]:
            deferred = "经费未到"
        if categories is not None and facts["类别"] not in categories:
            refused = "类别不符"
        if households is not None and facts["户数"] > households:
            refused = "户数过多"
        if manner is not None and facts["承担方式"] != manner:
            refused = "主责错位"
        if facts["来文单位"] not in senders:
            refused = "主体不符"
        if refused:
            return ("refuse", refused, basis, code)
        if deferred:
            return ("defer", deferred, basis, code)
        return ("admit", code, basis, code)

    return decide
