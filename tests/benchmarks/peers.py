"""Other engines on the same workload: each as its manual writes it, and as fast as it gets.

*Rows*: one rule or policy per entry, the engine finds the entry. *Looked up*: the host finds the
entry in a dict, the engine only evaluates. Engines that are not installed are left out.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.workload import NOT_LISTED, Answer, Facts, Item

# Refusals first, in the order in which the entries write them; the deferral weighs least.
WEIGHT = ("主体不符", "主责错位", "户数过多", "类别不符", "经费未到")


@dataclass(frozen=True)
class Peer:
    """A way to decide; `most` is the number of entries past which it is not run, and why."""

    name: str
    package: str
    build: Callable[[list[Item]], Callable[[Facts], Answer]]
    most: int
    why: str = ""

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


def outcome_of(reason: str) -> str:
    return "defer" if reason == "经费未到" else "refuse"


def index(listed: list[Item]) -> dict[str, Item]:
    return {key: item for item in listed for key in (item.code, item.title)}


def failing(item: Item, condition: Callable[[str, Any], str]) -> list[tuple[str, str]]:
    """Each condition of the item, negated in the engine's own notation, by its reason."""
    pairs = [
        ("主体不符", item.senders), ("主责错位", item.manner), ("户数过多", item.households),
        ("类别不符", item.categories), ("经费未到", item.money or None),
    ]  # fmt: skip
    return [(reason, condition(reason, v)) for reason, v in pairs if v is not None]


# --- Cedar -------------------------------------------------------------------------------------


def cedar_condition(reason: str, value: Any) -> str:
    def texts(values: Any) -> str:
        return "[" + ", ".join(json.dumps(v, ensure_ascii=False) for v in values) + "]"

    return {
        "主体不符": lambda: f"!({texts(value)}.contains(context.sender))",
        "主责错位": lambda: f'context.manner != "{value}"',
        "户数过多": lambda: f"context.households > {value}",
        "类别不符": lambda: f"!({texts(value)}.contains(context.category))",
        "经费未到": lambda: "!context.money",
    }[reason]()


def cedar_request(facts: Facts, code: str) -> dict[str, Any]:
    return {
        "principal": 'User::"any"',
        "action": 'Action::"send"',
        "resource": {"type": "Item", "id": code},
        "context": {
            "sender": facts["来文单位"],
            "manner": facts["承担方式"],
            "households": facts["户数"],
            "category": facts["类别"],
            "money": facts["经费到位"],
            "day": facts["拟进入日期"].toordinal(),
        },
    }


def cedar_answer(result: Any, item: Item | None) -> Answer:
    """The weightiest of the policies that determined the answer, by their @id annotations."""
    ids = result.diagnostics.id_annotations_by_reason.values()
    reasons = {i.split(":")[-1] for i in ids}
    if item is None or not reasons:
        return NOT_LISTED
    worst = next((r for r in WEIGHT if r in reasons), None)
    if worst is None:
        return ("admit", item.clause, item.basis, item.clause)
    return (outcome_of(worst), worst, item.basis, item.clause)


def cedar_rows(listed: list[Item]) -> Callable[[Facts], Answer]:
    """A permit per entry and a forbid per condition; the host only turns titles into codes."""
    import cedarpy

    policies = cedarpy.PolicySet.from_str("\n".join(p for i in listed for p in cedar_policies(i)))
    entities = cedarpy.Entities.from_json_str("[]")
    by_name = index(listed)

    def decide(facts: Facts) -> Answer:
        item = by_name.get(facts["事项"])
        request = cedar_request(facts, item.code if item else "none")
        return cedar_answer(cedarpy.is_authorized(request, policies, entities), item)

    return decide


def cedar_policies(item: Item) -> list[str]:
    head = f'(principal, action, resource == Item::"{item.code}")'
    days = f"context.day >= {item.start.toordinal()} && context.day <= {item.end.toordinal()}"
    forbids = [
        f'@id("{item.code}:{reason}")\nforbid {head} when {{ {days} && {test} }};'
        for reason, test in failing(item, cedar_condition)
    ]
    return [f'@id("{item.code}")\npermit {head} when {{ {days} }};', *forbids]


CEDAR_DAYS = "context.day >= resource.start && context.day <= resource.end"
CEDAR_TESTS = {
    "主体不符": "!(resource.senders.contains(context.sender))",
    "主责错位": "resource has manner && context.manner != resource.manner",
    "户数过多": "resource has households && context.households > resource.households",
    "类别不符": "resource has categories && !(resource.categories.contains(context.category))",
    "经费未到": "resource has money && !context.money",
}


def cedar_attributes(item: Item) -> dict[str, Any]:
    optional = {
        "manner": item.manner,
        "households": item.households,
        "categories": item.categories and list(item.categories),
        "money": item.money or None,
    }
    return {
        "start": item.start.toordinal(),
        "end": item.end.toordinal(),
        "senders": list(item.senders),
        **{key: value for key, value in optional.items() if value is not None},
    }


def cedar_looked_up(listed: list[Item]) -> Callable[[Facts], Answer]:
    """Six policies over attributes; each entry is its own parsed entity, found by the host."""
    import cedarpy

    head = "(principal, action, resource)"
    lines = [f'@id("permit")\npermit {head} when {{ {CEDAR_DAYS} }};'] + [
        f'@id("{reason}")\nforbid {head} when {{ {CEDAR_DAYS} && {test} }};'
        for reason, test in CEDAR_TESTS.items()
    ]
    policies = cedarpy.PolicySet.from_str("\n".join(lines))
    rows = {}
    for item in listed:
        entity = {
            "uid": {"type": "Item", "id": item.code},
            "attrs": cedar_attributes(item),
            "parents": [],
        }
        handle = cedarpy.Entities.from_json_str(json.dumps([entity]))
        rows[item.code] = rows[item.title] = (item, handle)

    def decide(facts: Facts) -> Answer:
        found = rows.get(facts["事项"])
        if found is None:
            return NOT_LISTED
        item, entities = found
        request = cedar_request(facts, item.code)
        return cedar_answer(cedarpy.is_authorized(request, policies, entities), item)

    return decide


# --- Zen ---------------------------------------------------------------------------------------


def zen_condition(reason: str, value: Any) -> str:
    def texts(values: Any) -> str:
        return "[" + ", ".join(f"'{v}'" for v in values) + "]"

    return {
        "主体不符": lambda: f"not (sender in {texts(value)})",
        "主责错位": lambda: f"manner != '{value}'",
        "户数过多": lambda: f"households > {value}",
        "类别不符": lambda: f"not (category in {texts(value)})",
        "经费未到": lambda: "not money",
    }[reason]()


def zen_facts(facts: Facts) -> dict[str, Any]:
    return {
        "item": facts["事项"],
        "sender": facts["来文单位"],
        "manner": facts["承担方式"],
        "households": facts["户数"],
        "category": facts["类别"],
        "money": facts["经费到位"],
        "day": facts["拟进入日期"].toordinal(),
    }


def zen_expression(item: Item) -> str:
    days = f"day < {item.start.toordinal()} or day > {item.end.toordinal()}"
    tests = [("无", days), *failing(item, zen_condition)]
    return " ".join(f"({test}) ? '{reason}' :" for reason, test in tests) + " 'ok'"


def answer_of(word: str, item: Item) -> Answer:
    if word == "无":
        return NOT_LISTED
    if word == "ok":
        return ("admit", item.clause, item.basis, item.clause)
    return (outcome_of(word), word, item.basis, item.clause)


def looked_up(listed: list[Item], compiled_of: Callable[[Item], Any]) -> Callable[[Facts], Answer]:
    """What is compiled of each entry, found by the host."""
    rows = {}
    for item in listed:
        rows[item.code] = rows[item.title] = (item, compiled_of(item))

    def decide(facts: Facts) -> Answer:
        found = rows.get(facts["事项"])
        if found is None:
            return NOT_LISTED
        item, compiled = found
        return answer_of(compiled.evaluate(zen_facts(facts)), item)

    return decide


def zen_looked_up(listed: list[Item]) -> Callable[[Facts], Answer]:
    """One compiled expression per entry, found by the host."""
    import zen

    return looked_up(listed, lambda item: zen.compile_expression(zen_expression(item)))


def zen_rows(listed: list[Item]) -> Callable[[Facts], Answer]:
    """One decision table, first hit: a row per entry and condition, then one that admits."""
    import zen

    by_code = {item.code: item for item in listed}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"list": zen_table(listed)}}})

    def decide(facts: Facts) -> Answer:
        result = engine.evaluate("list", zen_facts(facts))["result"]
        if "reason" not in result:
            return NOT_LISTED
        return answer_of(result["reason"], by_code[result["code"]])

    return decide


def zen_table(listed: list[Item]) -> dict[str, Any]:
    rows = [row for item in listed for row in zen_table_rows(item)]
    table = {
        "id": "table", "name": "table", "type": "decisionTableNode", "position": {"x": 1, "y": 0},
        "content": {
            "hitPolicy": "first",
            "inputs": [
                {"id": "i", "name": "item", "field": "item"},
                {"id": "d", "name": "day", "field": "day"},
                {"id": "t", "name": "test"},
            ],
            "outputs": [
                {"id": "r", "name": "reason", "field": "reason"},
                {"id": "c", "name": "code", "field": "code"},
            ],
            "rules": [{"_id": str(n), **row} for n, row in enumerate(rows)],
        },
    }  # fmt: skip
    ends = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": [*ends, table], "edges": edges}


def zen_table_rows(item: Item) -> list[dict[str, str]]:
    days = f"[{item.start.toordinal()}..{item.end.toordinal()}]"
    names = f"'{item.code}', '{item.title}'"
    return [
        {"i": names, "d": days, "t": test, "r": f"'{reason}'", "c": f"'{item.code}'"}
        for reason, test in [*failing(item, zen_condition), ("ok", "")]
    ]


# --- JSONLogic ---------------------------------------------------------------------------------


def logic_rule(item: Item) -> Any:
    day = {"var": "day"}
    rule: Any = "ok"
    tests = {
        "主体不符": lambda: {"!": {"in": [{"var": "sender"}, list(item.senders)]}},
        "主责错位": lambda: {"!=": [{"var": "manner"}, item.manner]},
        "户数过多": lambda: {">": [{"var": "households"}, item.households]},
        "类别不符": lambda: {"!": {"in": [{"var": "category"}, list(item.categories or ())]}},
        "经费未到": lambda: {"!": {"var": "money"}},
    }
    for reason, _ in reversed(failing(item, lambda reason, value: "")):
        rule = {"if": [tests[reason](), reason, rule]}
    within = {"and": [{">=": [day, item.start.toordinal()]}, {"<=": [day, item.end.toordinal()]}]}
    return {"if": [within, rule, "无"]}


def datalogic_looked_up(listed: list[Item]) -> Callable[[Facts], Answer]:
    """One compiled JSONLogic rule per entry (datalogic, in Rust), found by the host."""
    import datalogic_py

    engine = datalogic_py.Engine()
    return looked_up(
        listed, lambda item: engine.compile(json.dumps(logic_rule(item), ensure_ascii=False))
    )


PEERS = (
    Peer("datalogic 逐条规则,宿主查表", "datalogic_py", datalogic_looked_up, 100_000),
    Peer("Zen 逐条表达式,宿主查表", "zen", zen_looked_up, 100_000),
    Peer("Zen 决策表,一条一行", "zen", zen_rows, 10_000, "load takes gigabytes"),
    Peer("Cedar 通用策略,宿主查实体", "cedarpy", cedar_looked_up, 100_000),
    Peer("Cedar 一条一策略", "cedarpy", cedar_rows, 1_000, "a request costs 4 µs a policy"),
)
