"""The Todo and the Search scenarios of the interop events, each against its rules written anew."""

from __future__ import annotations

import json
from itertools import product

import pytest
from tests.web.conftest import SETS

TODO = json.loads((SETS / "todo" / "authzen.json").read_text(encoding="utf-8"))["entities"]
SEARCH = json.loads((SETS / "search" / "authzen.json").read_text(encoding="utf-8"))["entities"]
PEOPLE = TODO["subject"]["user"]
USERS, RECORDS = SEARCH["subject"]["user"], SEARCH["resource"]["record"]
VERBS = ("view", "edit", "delete")


def may_todo(person, verb, owner):
    """Return what the roles of the Todo scenario allow, taken from its table of roles."""
    roles = set(person["roles"])
    edits = bool(roles & {"editor", "admin", "evil_genius"})
    own = owner == person["account"]
    return {
        "can_read_user": True,
        "can_read_todos": bool(roles),
        "can_create_todo": edits,
        "can_update_todo": (edits and own) or "evil_genius" in roles,
        "can_delete_todo": (edits and own) or "admin" in roles,
    }[verb]


@pytest.fixture(scope="module")
def owners():
    return sorted(person["account"] for person in PEOPLE.values())


@pytest.mark.parametrize("who", PEOPLE)
def test_the_todo_scenario_for_everybody_everything_and_every_owner(serve, who, owners):
    pdp = serve("todo")
    for verb, owner in product(TODO["action"], owners):
        resource = {"type": "todo", "id": "7240d0db", "properties": {"ownerID": owner}}
        body = {"subject": {"type": "user", "id": who}, "action": {"name": verb}}
        answer = pdp.ask("/access/v1/evaluation", {**body, "resource": resource})
        assert answer["decision"] is may_todo(PEOPLE[who], verb, owner), (verb, owner)


def test_the_todo_scenario_in_one_request(serve, owners):
    pdp = serve("todo")
    for who, person in PEOPLE.items():
        items = [
            {"resource": {"type": "todo", "id": "1", "properties": {"ownerID": owner}}}
            for owner in owners
        ]
        subject = {"type": "user", "id": who}
        body = {"subject": subject, "action": {"name": "can_update_todo"}, "evaluations": items}
        answers = pdp.ask("/access/v1/evaluations", body)["evaluations"]
        wanted = [may_todo(person, "can_update_todo", owner) for owner in owners]
        assert [each["decision"] for each in answers] == wanted


def may_search(who, verb, record):
    """Return what the six sentences of the Search scenario allow."""
    user, owned = USERS[who], RECORDS[record]["owner"] == who
    same = user["department"] == RECORDS[record]["department"]
    manager = user["role"] == "manager"
    allowed = {"view": owned or same or manager, "edit": owned or (manager and same)}
    return {**allowed, "delete": owned}[verb]


def test_who_may_do_something_to_a_record(serve):
    pdp = serve("search")
    for record, verb in product(list(RECORDS)[:8], VERBS):
        body = {"subject": {"type": "user"}, "action": {"name": verb},
                "resource": {"type": "record", "id": record}}  # fmt: skip
        results = pdp.ask("/access/v1/search/subject", body)["results"]
        wanted = [who for who in USERS if may_search(who, verb, record)]
        assert results == [{"type": "user", "id": who} for who in wanted]


def test_what_somebody_may_do_something_to(serve):
    pdp = serve("search")
    for who, verb in product(USERS, VERBS):
        body = {"subject": {"type": "user", "id": who}, "action": {"name": verb},
                "resource": {"type": "record"}}  # fmt: skip
        results = pdp.ask("/access/v1/search/resource", body)["results"]
        wanted = [record for record in RECORDS if may_search(who, verb, record)]
        assert results == [{"type": "record", "id": record} for record in wanted]


def test_what_somebody_may_do_to_a_record(serve):
    pdp = serve("search")
    for who, record in product(USERS, list(RECORDS)[:8]):
        body = {"subject": {"type": "user", "id": who},
                "resource": {"type": "record", "id": record}}  # fmt: skip
        results = pdp.ask("/access/v1/search/action", body)["results"]
        assert results == [{"name": v} for v in VERBS if may_search(who, v, record)]
