"""The vectors that the interop events published, each sent as it is to a set written for it.

They are not ours to hand on, so they are read from a clone of github.com/openid/authzen that
ZHUNRU_AUTHZEN names (measured at commit e287920eed84); without one these tests are left out, and
`test_interop` holds the same sets to the rules of the scenarios for everybody and everything.
"""

from __future__ import annotations

import json
import os
from itertools import product
from pathlib import Path

import pytest

CLONE = os.environ.get("ZHUNRU_AUTHZEN", "")
SEARCH = "interop/authzen-search-demo/test-harness/src"
TODO = "interop/authzen-todo-backend/test/decisions-authorization-api-1_0"
# Where vectors are: the set that answers them, the end that is asked, how many there are at least.
FILES = {
    f"{TODO}-01.json": ("todo", "evaluation", 40),
    f"{TODO}-02.json": ("todo", "evaluation", 43),
    "interop/authzen-api-gateways/test-harness/test/decisions.json": ("gateway", "evaluation", 25),
    f"{SEARCH}/subject/results.json": ("search", "search/subject", 60),
    f"{SEARCH}/resource/results.json": ("search", "search/resource", 18),
    f"{SEARCH}/action/results.json": ("search", "search/action", 120),
    "interop/authzen-idp/test-harness/src/results.json": ("search", "search/resource", 6),
}


@pytest.mark.skipif(not CLONE, reason="ZHUNRU_AUTHZEN names no clone of openid/authzen")
@pytest.mark.parametrize("file", FILES)
def test_every_vector_is_answered_as_it_is_published(serve, file):
    name, end, least = FILES[file]
    pdp = serve(name)
    vectors = json.loads((Path(CLONE) / file).read_text(encoding="utf-8"))
    asked = 0
    for kind, each in ((kind, each) for kind, rows in vectors.items() for each in rows):
        place = "evaluations" if kind == "evaluations" else end
        answer = pdp.ask(f"/access/v1/{place}", each["request"])
        assert told(place, answer) == wanted(place, each["expected"]), each["request"]
        asked += 1
    assert asked >= least


def told(place, answer):
    if place == "evaluation":
        return answer["decision"]
    if place == "evaluations":
        return [item["decision"] for item in answer["evaluations"]]
    return ordered(answer["results"])


def wanted(place, expected):
    if place == "evaluations":
        return [item["decision"] for item in expected]
    return ordered(expected["results"]) if place.startswith("search/") else expected


def ordered(results):
    """Results of a search are a set."""
    return sorted(json.dumps(each, sort_keys=True) for each in results)


def test_the_gateway_scenario_for_everybody_and_every_route(serve):
    pdp = serve("gateway")
    entities = json.loads(
        (Path(__file__).parent / "sets" / "gateway" / "authzen.json").read_text(encoding="utf-8")
    )["entities"]
    people, verbs = entities["subject"]["identity"], entities["action"]
    reads = {"/users/{userId}", "/todos"}
    writes = {("POST", "/todos"), ("PUT", "/todos/{todoId}"), ("DELETE", "/todos/{todoId}")}
    for who, verb, route in product(people, verbs, entities["resource"]["route"]):
        asked = {"subject": {"type": "identity", "id": who}, "action": {"name": verb},
                 "resource": {"type": "route", "id": route}}  # fmt: skip
        edits = set(people[who]["roles"]) & {"editor", "admin", "evil_genius"}
        right = (verb == "GET" and route in reads) or ((verb, route) in writes and bool(edits))
        assert pdp.ask("/access/v1/evaluation", asked)["decision"] is right, (who, verb, route)
