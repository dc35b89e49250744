"""The certification scenario of the Authorization API 1.0, level by level, over a set of its own.

The fixture of the scenario (alice, bob, two records, three actions) is the set `cert`; what each
case has to give is stated here in our own words.
"""

from __future__ import annotations

import base64
import json
from itertools import product

import pytest

ALICE = {"type": "user", "id": "alice"}
BOB = {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
ONE = {"type": "record", "id": "record-1"}
TWO = {"type": "record", "id": "record-2"}
ARCHIVED = {**TWO, "properties": {"status": "archived"}}
ENVIRONMENT = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}


def action(name, **properties):
    return {"name": name, "properties": properties} if properties else {"name": name}


def ask(subject, verb, resource, **more):
    return {"subject": subject, "action": verb, "resource": resource, **more}


@pytest.fixture
def pdp(serve):
    return serve("cert")


# --- basic ---------------------------------------------------------------------------------------

RULES = {
    "1 alice reads": (ask(ALICE, action("read"), ONE), True),
    "2 alice writes": (ask(ALICE, action("write"), ONE), True),
    "3 bob reads": (ask(BOB, action("read"), ONE), True),
    "4 bob does not write": (ask(BOB, action("write"), ONE), False),
    "5 alice does not write what is archived": (ask(ALICE, action("write"), ARCHIVED), False),
    "6 an administrator does": (ask(ADMIN, action("write"), ARCHIVED), True),
    "7 alice deletes softly": (ask(ALICE, action("delete", soft=True), ONE), True),
    "8 and not for good": (ask(ALICE, action("delete", soft=False), ONE), False),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("more", [{}, {"context": ENVIRONMENT}, {"foo": "bar", "later": {"a": 1}}])
def test_the_eight_decisions_hold_with_and_without_what_does_not_count(pdp, rule, more):
    body, wanted = RULES[rule]
    answer = pdp.post("/access/v1/evaluation", json={**body, **more})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["decision"] is wanted
    assert isinstance(answer.json()["context"], dict)


def test_properties_nobody_asked_for_change_nothing(pdp):
    body = ask(
        {**ALICE, "properties": {"department": "Sales", "role": "manager"}},
        action("read", method="GET"),
        {**ONE, "properties": {"status": "active", "owner": "bob"}},
    )
    assert pdp.ask("/access/v1/evaluation", body)["decision"] is True


def without(body, *path):
    copy = json.loads(json.dumps(body))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return copy


WHOLE = ask(ALICE, action("read"), ONE)
MISSING = [("subject",), ("action",), ("resource",), ("subject", "type"), ("subject", "id"),
           ("action", "name"), ("resource", "type"), ("resource", "id")]  # fmt: skip


@pytest.mark.parametrize("path", MISSING, ids=".".join)
def test_what_is_missing_is_a_bad_request_that_names_it(pdp, path):
    answer = pdp.post("/access/v1/evaluation", json=without(WHOLE, *path))
    assert answer.status_code == 400
    assert ".".join(path) in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "body",
    [
        {**WHOLE, "subject": "alice"},
        {**WHOLE, "action": {"name": 123}},
        {**WHOLE, "resource": {"type": "record", "id": None}},
        {**WHOLE, "context": []},
        {**WHOLE, "subject": {**ALICE, "properties": "admin"}},
    ],
)
def test_what_is_of_the_wrong_kind_is_a_bad_request(pdp, body):
    assert pdp.post("/access/v1/evaluation", json=body).status_code == 400


@pytest.mark.parametrize(
    ("content", "media"),
    [(json.dumps(WHOLE), "text/plain"), ("{", "application/json"), ("", "application/json"),
     ("[]", "application/json"), ('{"a": 1, "a": 2}', "application/json")],
)  # fmt: skip
def test_what_is_no_json_object_is_a_bad_request(pdp, content, media):
    answer = pdp.post("/access/v1/evaluation", content=content, headers={"content-type": media})
    assert answer.status_code == 400


def test_who_accepts_problem_details_is_given_them(pdp):
    headers = {"accept": "application/problem+json", "accept-language": "en"}
    answer = pdp.post("/access/v1/evaluation", json={}, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "ZR788"
    assert answer.json()["detail"] == "`subject` is missing from the request"


def test_the_id_of_a_request_comes_back_also_with_an_error(pdp):
    for body in (WHOLE, {}):
        answer = pdp.post("/access/v1/evaluation", json=body, headers={"X-Request-ID": "bfe9-4ca3"})
        assert answer.headers["x-request-id"] == "bfe9-4ca3"
    assert pdp.post("/access/v1/evaluation", json=WHOLE).headers["x-request-id"]


def test_the_same_question_is_answered_the_same(pdp):
    answers = {pdp.post("/access/v1/evaluation", json=WHOLE).text for _ in range(5)}
    assert len(answers) == 1


# --- batch ---------------------------------------------------------------------------------------


def decisions(pdp, body):
    return [each["decision"] for each in pdp.ask("/access/v1/evaluations", body)["evaluations"]]


def test_many_questions_are_answered_in_their_order(pdp):
    body = {"subject": BOB, "resource": ONE,
            "evaluations": [{"action": action("read")}, {"action": action("write")}]}  # fmt: skip
    assert decisions(pdp, body) == [True, False]
    assert "decision" not in pdp.ask("/access/v1/evaluations", body)


def test_properties_count_for_each_question(pdp):
    active = {**ONE, "properties": {"status": "active"}}
    body = {"subject": ALICE, "action": action("write"),
            "evaluations": [{"resource": active}, {"resource": ARCHIVED}]}  # fmt: skip
    assert decisions(pdp, body) == [True, False]
    body = {"action": action("write"), "resource": ARCHIVED,
            "evaluations": [{"subject": ALICE}, {"subject": ADMIN}]}  # fmt: skip
    assert decisions(pdp, body) == [False, True]


def test_questions_may_be_whole_each(pdp):
    questions = [ask(ALICE, action("read"), ONE), ask(BOB, action("write"), ONE)]
    assert decisions(pdp, {"evaluations": questions}) == [True, False]


def test_what_is_common_is_replaced_as_a_whole(pdp):
    body = {**ask(ALICE, action("write"), {**ONE, "properties": {"status": "active"}}),
            "evaluations": [{}, {"resource": ARCHIVED}]}  # fmt: skip
    assert decisions(pdp, body) == [True, False]
    # Without merging there is no type left where a question brings only an id.
    body = {**WHOLE, "evaluations": [{"resource": {"id": "record-1"}}, {}]}
    assert decisions(pdp, body) == [False, True]


def test_the_context_is_common_too(pdp):
    other = {"resource": TWO, "context": {"time": "2025-06-27T19:00-07:00", "source": "here"}}
    body = {"subject": ALICE, "action": action("read"), "context": ENVIRONMENT,
            "evaluations": [{"resource": ONE}, other]}  # fmt: skip
    assert decisions(pdp, body) == [True, True]


def test_a_question_that_lacks_something_is_a_no_of_its_own(pdp):
    body = {"subject": ALICE, "action": action("read"), "evaluations": [{"resource": ONE}, {}, 7],
            "options": {"evaluations_semantic": "execute_all"}}  # fmt: skip
    answers = pdp.ask("/access/v1/evaluations", body)["evaluations"]
    assert [each["decision"] for each in answers] == [True, False, False]
    assert answers[1]["context"]["error"]["code"] == "ZR788"
    assert answers[1]["context"]["error"]["status"] == 400
    assert "reason" in answers[0]["context"]


@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
def test_without_questions_it_is_one_question(pdp, more):
    assert pdp.ask("/access/v1/evaluations", {**WHOLE, **more})["decision"] is True


@pytest.mark.parametrize(
    ("semantic", "wanted"),
    [
        (None, [True, False, True, False]),
        ("execute_all", [True, False, True, False]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_the_three_ways_to_go_through_questions(pdp, semantic, wanted):
    verbs = ["read", "write", "read", "write"]
    body = {"subject": BOB, "resource": ONE, "evaluations": [{"action": action(v)} for v in verbs]}
    if semantic:
        body["options"] = {"evaluations_semantic": semantic, "another": 1}
    assert decisions(pdp, body) == wanted


def test_an_error_ends_where_the_first_no_would(pdp):
    body = {"subject": ALICE, "action": action("read"), "evaluations": [{}, {"resource": ONE}],
            "options": {"evaluations_semantic": "deny_on_first_deny"}}  # fmt: skip
    assert decisions(pdp, body) == [False]


def test_an_unknown_way_is_a_bad_request(pdp):
    body = {**WHOLE, "evaluations": [{}], "options": {"evaluations_semantic": "some"}}
    assert pdp.post("/access/v1/evaluations", json=body).status_code == 400


# --- search --------------------------------------------------------------------------------------


def found(pdp, part, body):
    results = pdp.ask(f"/access/v1/search/{part}", body)["results"]
    return [each.get("id", each.get("name")) for each in results]


@pytest.mark.parametrize("more", [{}, {"context": ENVIRONMENT}])
def test_who_may_what_and_where(pdp, more):
    body = ask({"type": "user"}, action("read"), ONE, **more)
    assert found(pdp, "subject", body) == ["alice", "bob"]
    body = ask(ALICE, action("read"), {"type": "record"}, **more)
    assert found(pdp, "resource", body) == ["record-1", "record-2"]
    body = {"subject": ALICE, "resource": ONE, **more}
    assert found(pdp, "action", body) == ["read", "write"]


def test_an_id_of_what_is_searched_for_is_ignored(pdp):
    assert found(pdp, "subject", ask(ALICE, action("read"), ONE)) == ["alice", "bob"]
    assert found(pdp, "resource", ask(ALICE, action("read"), ONE)) == ["record-1", "record-2"]


def test_a_search_goes_by_properties(pdp):
    assert found(pdp, "subject", ask({"type": "user"}, action("write"), ARCHIVED)) == ["bob"]
    body = ask(ADMIN, action("write"), {"type": "record"})
    assert found(pdp, "resource", body) == ["record-2"]
    assert found(pdp, "action", {"subject": ADMIN, "resource": ARCHIVED}) == ["read", "write"]


def test_what_is_found_is_what_an_evaluation_admits(pdp):
    for subject, resource in product((ALICE, BOB), (ONE, TWO)):
        names = found(pdp, "action", {"subject": subject, "resource": resource})
        for verb in ("read", "write", "delete"):
            body = ask(subject, action(verb), resource)
            assert pdp.ask("/access/v1/evaluation", body)["decision"] is (verb in names)


def test_nothing_found_is_an_empty_list(pdp):
    nobody = {"type": "user", "id": "nonexistent-user"}
    assert found(pdp, "action", {"subject": nobody, "resource": ONE}) == []
    assert found(pdp, "subject", ask({"type": "spaceship"}, action("read"), ONE)) == []
    assert found(pdp, "resource", ask(ALICE, action("read"), {"type": "spaceship"})) == []


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("subject", {"subject": {"type": "user"}, "resource": ONE}),
        ("resource", {"action": action("read"), "resource": {"type": "record"}}),
        ("action", {"subject": ALICE}),
        ("subject", ask({"type": "user"}, action("read"), {"type": "record"})),
        ("resource", ask({"type": "user"}, action("read"), {"type": "record"})),
        ("action", {"subject": {"type": "user"}, "resource": ONE}),
    ],
)
def test_a_search_that_lacks_something_is_a_bad_request(pdp, part, body):
    assert pdp.post(f"/access/v1/search/{part}", json=body).status_code == 400


def test_pages_follow_each_other_until_there_is_no_more(pdp):
    body = ask({"type": "user"}, action("read"), ONE, page={"limit": 1})
    first = pdp.ask("/access/v1/search/subject", body)
    assert [each["id"] for each in first["results"]] == ["alice"]
    token = first["page"]["next_token"]
    assert token
    for page in ({"token": token}, {"token": token, "limit": 1}):
        second = pdp.ask("/access/v1/search/subject", {**body, "page": page})
        assert [each["id"] for each in second["results"]] == ["bob"]
        assert second["page"]["next_token"] == ""


def test_a_page_of_another_search_is_refused(pdp):
    body = ask({"type": "user"}, action("read"), ONE, page={"limit": 1})
    token = pdp.ask("/access/v1/search/subject", body)["page"]["next_token"]
    others = [
        {**body, "resource": TWO, "page": {"token": token}},
        {**body, "page": {"token": token, "limit": 2}},
        {**body, "page": {"token": token[:-2] + "xx"}},
        {**body, "page": {"token": "nonsense"}},
    ]
    for other in others:
        assert pdp.post("/access/v1/search/subject", json=other).status_code == 400


# --- discovery -----------------------------------------------------------------------------------


def test_the_metadata_say_where_everything_is(serve):
    pdp = serve("cert", base_url="https://pdp.example.com/")
    answer = pdp.get("/.well-known/authzen-configuration")
    assert answer.headers["content-type"] == "application/json"
    data = answer.json()
    assert data["policy_decision_point"] == "https://pdp.example.com"
    wanted = {"access_evaluation", "access_evaluations", "search_subject", "search_resource",
              "search_action"}  # fmt: skip
    for name in wanted:
        address = data[f"{name}_endpoint"]
        assert address.startswith("https://pdp.example.com/access/v1/")
        assert pdp.post(address.removeprefix("https://pdp.example.com"), json={}).status_code == 400
    assert "access_request_endpoint" not in data  # there is no store, so nothing can be applied for


@pytest.mark.parametrize(
    ("host", "at"),
    [
        ("localhost:8080", "http://localhost:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("pdp.example.com", "https://pdp.example.com"),
        ("localhost.example.com", "https://localhost.example.com"),
        ("[", "https://["),
    ],
)
def test_who_asks_on_the_machine_itself_is_told_addresses_that_answer_there(serve, host, at):
    """Nothing speaks TLS there: followed, https://localhost led nowhere."""
    answer = serve("cert").get("/.well-known/authzen-configuration", headers={"host": host})
    assert answer.json()["policy_decision_point"] == at


def test_the_metadata_are_signed_by_the_published_key(serve):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    pdp = serve("cert", base_url="https://pdp.example.com")
    data = pdp.get("/.well-known/authzen-configuration").json()
    head, body, signature = data["signed_metadata"].split(".")
    key = pdp.get("/access/v1/jwks").json()["keys"][0]

    def raw(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    public = Ed25519PublicKey.from_public_bytes(raw(key["x"]))
    public.verify(raw(signature), f"{head}.{body}".encode())
    claims = json.loads(raw(body))
    assert claims["iss"] == claims["policy_decision_point"] == "https://pdp.example.com"
    assert json.loads(raw(head))["kid"] == key["kid"]


def test_each_tenant_has_metadata_of_its_own(serve):
    pdp = serve(
        sets={"": ["weihai"], "one": [str(_set("cert"))]}, base_url="https://pdp.example.com"
    )
    data = pdp.get("/.well-known/authzen-configuration/t/one").json()
    assert data["policy_decision_point"] == "https://pdp.example.com/t/one"
    address = data["access_evaluation_endpoint"].removeprefix("https://pdp.example.com")
    assert pdp.ask(address, WHOLE)["decision"] is True
    assert pdp.get("/.well-known/authzen-configuration/t/two").status_code == 404


def _set(name):
    from tests.web.conftest import SETS

    return SETS / name
