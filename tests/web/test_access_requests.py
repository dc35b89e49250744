"""From a denial to an approval and back: the workflow of the set decides who may approve."""

from __future__ import annotations

import pytest
from tests.web.conftest import bearer, tokens_file

FACTS = {"类别": "行政任务", "承担方式": "协助", "拟进入日期": "2026-05-02"}
SENDER, STREET, COMMUNITY = "区市场监管局", "海滨街道", "幸福社区"
STEP = {
    "action": "申请临时准入",
    "inputs": {"审批表": "表一", "范围": [COMMUNITY], "月数": 3},
}
BASE = "https://pdp.example.com"
KIND = "urn:openid:authzen:access-request:error:"


def question(sender=SENDER, matter="反诈宣传进社区", **context):
    resource = {"type": "community", "id": COMMUNITY, "properties": FACTS}
    return {
        "subject": {"type": "unit", "id": sender},
        "action": {"name": matter},
        "resource": resource,
        "context": context,
    }


def denial_of(context):
    offer = context["access_request"]
    names = ("expires_at", "binding_token", "template")
    return {"evaluation_id": context["evaluation_id"], **{name: offer[name] for name in names}}


@pytest.fixture
def pdp(serve):
    return serve("weihai", store="memory:", base_url=BASE)


class Asking:
    """Somebody who is denied something and applies for it."""

    def __init__(self, pdp, asked=None, headers=None):
        self.pdp, self.asked, self.headers = pdp, asked or question(), headers or {}
        context = pdp.ask("/access/v1/evaluation", self.asked, headers=self.headers)["context"]
        self.denial = denial_of(context)

    def submit(self, key="k-1", step=STEP, **more):
        body = {**self.asked, "denial": self.denial, **more}
        if step:
            body["requested_access"] = {"zhunru": step}
        headers = {**self.headers, "Idempotency-Key": key}
        return self.pdp.post("/access/v1/requests", json=body, headers=headers)

    def task(self, **more):
        answer = self.submit(**more)
        assert answer.status_code == 202, answer.text
        assert answer.headers["location"] == answer.json()["task"]["status_endpoint"]
        return answer.json()["task"]["status_endpoint"].removeprefix(BASE)

    def case(self, state):
        found = self.pdp.get("/v1/cases", params={"state": state}, headers=self.headers)
        return found.json()["cases"][-1]["case"]

    def act(self, who, action, state="临时审批", **inputs):
        body = {"as": who, "action": action, "key": f"{who}{action}", "inputs": inputs}
        path = f"/v1/cases/{self.case(state)}/actions"
        return self.pdp.post(path, json=body, headers=self.headers)


def test_the_metadata_say_where_to_apply(pdp):
    data = pdp.get("/.well-known/authzen-configuration").json()
    assert data["access_request_endpoint"] == f"{BASE}/access/v1/requests"
    assert data["jwks_uri"] == f"{BASE}/access/v1/jwks"
    assert data["capabilities"] == ["urn:openid:authzen:capability:access-request"]


def test_a_denial_that_can_be_applied_for_says_so_and_others_do_not(pdp):
    context = pdp.ask("/access/v1/evaluation", question())["context"]
    assert context["access_request"]["template"] == "社区工作准入"
    assert context["access_request"]["expires_at"] == "2026-03-02T09:30:00+08:00"
    sign = question(matter="食品安全工作站")
    sign["resource"]["properties"] = {**FACTS, "类别": "挂牌"}
    refused = pdp.ask("/access/v1/evaluation", sign)
    assert refused["decision"] is False
    assert "access_request" not in refused["context"]


def test_from_denial_to_approval_and_back(pdp):
    asking = Asking(pdp)
    place = asking.task()
    pending = pdp.get(place).json()
    assert pending["task"]["status"] == "pending"
    assert "result" not in pending
    assert asking.act(STREET, "同意", 经费到位=True, 资金来源="部门预算").status_code == 200
    done = pdp.get(place).json()
    assert done["task"]["status"] == "approved"
    assert "links" not in done["task"]
    approval = done["result"]["approval"]
    assert done["result"]["mode"] == "reevaluate"
    assert approval["approved_until"] == "2026-06-03T00:00:00+08:00"
    again = pdp.ask("/access/v1/evaluation", question(approval=approval))
    assert again["decision"] is True
    assert again["context"]["approval"]["id"] == approval["id"]
    # The set admits by its register: an approval is never what admits.
    assert pdp.ask("/access/v1/evaluation", question())["decision"] is True


def test_our_own_decisions_know_of_registers_what_they_are_told_and_say_so(pdp):
    asking = Asking(pdp)
    asking.task()
    asking.act(STREET, "同意", 经费到位=True, 资金来源="部门预算")
    facts = {"来文单位": SENDER, "目标社区": COMMUNITY, "事项": "反诈宣传进社区", **FACTS}
    alone = pdp.ask("/v1/decide", {"facts": facts})
    assert alone["outcome"] == "refuse"
    assert alone["facts_used"]["registers"]["准入登记"] == "0 行"
    told = pdp.ask("/v1/decide", {"facts": {**facts, "准入登记": "有效"}})
    assert told["outcome"] == "admit"
    body = {"facts": facts, "key": "s-1", "as": f"{SENDER} 王芳"}
    assert pdp.ask("/v1/submissions", body)["outcome"] == "admit", "which looks into the store"


def test_an_approval_is_of_no_use_for_anything_else(pdp):
    asking = Asking(pdp)
    place = asking.task()
    asking.act(STREET, "同意", 经费到位=True, 资金来源="部门预算")
    approval = pdp.get(place).json()["result"]["approval"]
    other = pdp.ask("/access/v1/evaluation", question(matter="另一件事", approval=approval))
    assert other["decision"] is False
    assert other["context"]["reason"] == "out_of_scope"
    assert other["context"]["next_action"] == "none"
    swapped = pdp.ask(
        "/access/v1/evaluation", question(matter="另一件事", approval={**approval, "id": "apr_x"})
    )
    assert swapped["context"]["reason"] == "approval_unverifiable"
    for presented in (7, {}, {"id": "apr_x", "state": "a.b.c"}, {"id": "x", "state": 3}):
        asked = question(matter="另一件事", approval=presented)
        found = pdp.ask("/access/v1/evaluation", asked)
        assert found["decision"] is False
        assert found["context"]["reason"] == "approval_unverifiable"


def test_an_approval_that_has_come_to_its_end_may_be_asked_for_anew(pdp):
    asking = Asking(pdp)
    place = asking.task()
    asking.act(STREET, "同意", 经费到位=True, 资金来源="部门预算")
    approval = pdp.get(place).json()["result"]["approval"]
    pdp.clock.forward(days=120)
    late = question(approval=approval)
    late["resource"]["properties"] = {**FACTS, "拟进入日期": "2026-09-02"}
    found = pdp.ask("/access/v1/evaluation", late)
    assert found["decision"] is False
    assert found["context"]["reason"] == "approval_expired"
    assert found["context"]["next_action"] == "request"
    assert found["context"]["access_request"]


def test_what_is_refused_in_the_workflow_is_denied(pdp):
    asking = Asking(pdp)
    place = asking.task()
    assert asking.act(STREET, "不同意", 理由="没有必要").status_code == 200
    done = pdp.get(place).json()
    assert done["task"]["status"] == "denied"
    assert "result" not in done
    assert pdp.ask("/access/v1/evaluation", question())["decision"] is False


def test_nobody_approves_what_is_their_own(pdp):
    """The street applies itself: then it is the turn of the civil affairs office."""
    asking = Asking(pdp, question(sender=STREET))
    place = asking.task()
    refused = asking.act(STREET, "同意", 经费到位=True, 资金来源="部门预算")
    assert refused.status_code == 403
    assert refused.json()["code"].startswith("ZR72")
    assert pdp.get(place).json()["task"]["status"] == "pending"
    # Nor does another body vouch for what is the street's to confirm; it is its turn all the same.
    assert (
        asking.act("区民政局", "同意", 经费到位=True, 资金来源="部门预算").json()["code"] == "ZR725"
    )
    assert asking.act("区民政局", "不同意", 理由="没有必要").status_code == 200
    assert pdp.get(place).json()["task"]["status"] == "denied"


def test_a_request_sent_again_is_the_same_and_another_under_its_key_is_refused(pdp):
    asking = Asking(pdp)
    first, second = asking.submit("k-1"), asking.submit("k-1")
    assert first.json()["task"]["id"] == second.json()["task"]["id"]
    other = Asking(pdp, question(matter="另一件事"))
    refused = other.submit("k-1")
    assert refused.status_code == 409
    assert refused.json()["type"] == KIND + "duplicate_request"
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_denial_counts_for_half_an_hour_and_for_its_question_only(pdp):
    asking = Asking(pdp)
    asking.asked = question(matter="另一件事")
    mixed = asking.submit()
    assert (mixed.status_code, mixed.json()["type"]) == (400, KIND + "invalid_denial_binding")
    asking.asked = question()
    asking.denial["binding_token"] += "x"
    forged = asking.submit()
    assert (forged.status_code, forged.json()["type"]) == (400, KIND + "invalid_denial_binding")
    late = Asking(pdp)
    pdp.clock.forward(minutes=31)
    expired = late.submit()
    assert (expired.status_code, expired.json()["type"]) == (410, KIND + "expired_denial")


def test_a_request_is_taken_back_once(pdp):
    asking = Asking(pdp)
    place = asking.task(step=None)
    assert pdp.get(place).json()["task"]["progress"]["step_name"] == "草拟"
    cancelled = pdp.post(f"{place}/cancel")
    assert cancelled.status_code == 200, cancelled.text
    assert cancelled.json()["task"]["status"] == "cancelled"
    again = pdp.post(f"{place}/cancel")
    assert (again.status_code, again.json()["type"]) == (409, KIND + "invalid_task_state")


def test_a_task_ends_after_half_a_year_and_an_unknown_one_is_unknown(pdp):
    place = Asking(pdp).task()
    unknown = pdp.get("/access/v1/requests/arq_nonsense")
    assert (unknown.status_code, unknown.json()["type"]) == (404, KIND + "unknown_task")
    pdp.clock.forward(days=181)
    assert pdp.get(place).json()["type"] == KIND + "task_expired"


def test_a_task_is_for_who_handed_it_in(serve, tmp_path):
    tokens = tokens_file(
        tmp_path,
        {"id": "pep-1", "token": "one", "scopes": ["decide", "act-as"]},
        {"id": "pep-2", "token": "two", "scopes": ["decide"]},
    )
    pdp = serve("weihai", store="memory:", tokens=tokens, base_url=BASE)
    place = Asking(pdp, headers=bearer("one")).task()
    assert pdp.get(place, headers=bearer("one")).status_code == 200
    assert pdp.get(place, headers=bearer("two")).status_code == 404
    assert pdp.post(f"{place}/cancel", headers=bearer("two")).status_code == 404
    # Who may not act for others applies only for itself.
    refused = Asking(pdp, headers=bearer("two")).submit("k-2")
    assert (refused.status_code, refused.json()["code"]) == (403, "ZR791")


def test_who_may_look_at_cases_sees_a_task_and_takes_none_back(serve, tmp_path):
    scopes = {"one": ["decide", "act-as"], "looks": ["decide", "cases:read"],
              "acts": ["decide", "cases:read", "act-as"]}  # fmt: skip
    rows = ({"id": name, "token": name, "scopes": each} for name, each in scopes.items())
    pdp = serve("weihai", store="memory:", tokens=tokens_file(tmp_path, *rows), base_url=BASE)
    place = Asking(pdp, headers=bearer("one")).task()
    assert pdp.get(place, headers=bearer("looks")).status_code == 200
    refused = pdp.post(f"{place}/cancel", headers=bearer("looks"))
    assert (refused.status_code, refused.json()["code"]) == (403, "ZR791")
    assert pdp.get(place, headers=bearer("one")).json()["task"]["status"] == "pending"
    taken = pdp.post(f"{place}/cancel", headers=bearer("acts"))
    assert taken.json()["task"]["status"] == "cancelled"
