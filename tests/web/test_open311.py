"""Reports of residents: taken in, followed, and never telling more than how they stand."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from tests.web.conftest import Clock, tokens_file

BASE = "/open311/v2"
FLOW = "热线工单"
REPORT = {"service_code": FLOW, "description": "楼道灯坏了", "address_string": "幸福社区 3 号楼"}


@pytest.fixture
def api(serve):
    return serve("weihai", store="memory:", open311=(FLOW,), base_url="https://city.example.cn")


def test_what_can_be_reported(api):
    found = api.get(f"{BASE}/services.json").json()
    assert [each["service_code"] for each in found] == [FLOW]
    assert {"service_name", "description", "metadata", "type", "group"} <= set(found[0])
    told = api.get(f"{BASE}/services/{FLOW}.json").json()
    assert told["service_code"] == FLOW
    assert {"code", "datatype", "required", "order", "values"} <= set(told["attributes"][0])
    assert api.get(f"{BASE}/services/没有.json").status_code == 404
    assert api.get(f"{BASE}/services/吹哨报到.json").status_code == 404  # it is not for residents


def test_a_report_becomes_a_case_and_is_followed(api):
    made = api.post(f"{BASE}/requests.json", data=REPORT)
    assert made.status_code == 201, made.text
    (told,) = made.json()
    (stands,) = api.get(f"{BASE}/requests/{told['service_request_id']}.json").json()
    assert (stands["status"], stands["service_code"]) == ("open", FLOW)
    assert stands["requested_datetime"] == "2026-03-02T09:00:00+08:00"
    assert "楼道灯" not in str(stands), "what residents write may name people"
    listed = api.get(f"{BASE}/requests.json", params={"status": "open"}).json()
    assert [each["service_request_id"] for each in listed] == [told["service_request_id"]]
    assert api.get(f"{BASE}/requests.json", params={"status": "closed"}).json() == []
    kept = api.get(f"/v1/cases/{told['service_request_id']}", params={"as": "热线平台"})
    assert kept.status_code == 200


def test_a_report_sent_again_is_one_report(api):
    headers = {"Idempotency-Key": "app-1"}
    first, second = (
        api.post(f"{BASE}/requests.json", data=REPORT, headers=headers).json() for _ in range(2)
    )
    assert first == second


def test_every_answer_is_there_in_xml_too(api):
    made = api.post(f"{BASE}/requests.xml", data=REPORT)
    root = ElementTree.fromstring(made.text)
    assert root.tag == "service_requests"
    case = root.findtext("request/service_request_id")
    stands = ElementTree.fromstring(api.get(f"{BASE}/requests/{case}.xml").text)
    assert stands.findtext("request/status") == "open"
    services = ElementTree.fromstring(api.get(f"{BASE}/services.xml").text)
    assert services.findtext("service/service_code") == FLOW
    found = ElementTree.fromstring(api.get(f"{BASE}/discovery.xml").text)
    assert found.findtext("endpoints/item/url") == "https://city.example.cn/open311/v2"


@pytest.mark.parametrize("missing", ["service_code", "address_string"])
def test_a_report_lacks_what_it_lacks(api, missing):
    form = {name: value for name, value in REPORT.items() if name != missing}
    answer = api.post(f"{BASE}/requests.json", data=form)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")


def test_only_reports_are_told_of(api):
    body = {"flow": "擅自安排工作查处", "as": "幸福社区", "key": "1"}
    case = api.ask("/v1/cases", body)["case"]
    assert api.get(f"{BASE}/requests/{case}.json").status_code == 404
    listed = api.get(f"{BASE}/requests.json", params={"service_request_id": case})
    assert listed.status_code == 404


def test_a_key_may_come_as_open311_has_it(serve, tmp_path):
    row = {"id": "app", "token": "key-1", "scopes": ["decide", "cases:read", "cases:write"]}
    tokens = tokens_file(tmp_path, row)
    api = serve("weihai", store="memory:", open311=(FLOW,), tokens=tokens)
    assert api.post(f"{BASE}/requests.json", data=REPORT).status_code == 401
    made = api.post(f"{BASE}/requests.json", data={"api_key": "key-1", **REPORT})
    assert made.status_code == 201, made.text
    case = made.json()[0]["service_request_id"]
    assert api.get(f"{BASE}/requests/{case}.json", params={"api_key": "key-1"}).status_code == 200
    assert api.get(f"{BASE}/requests/{case}.json", params={"api_key": "other"}).status_code == 401
    # Nowhere else does a token stand in an address.
    assert api.get("/v1/sets", params={"api_key": "key-1"}).status_code == 401


def test_nothing_is_open_to_residents_unless_it_is_opened(serve):
    assert serve("weihai", store="memory:").get(f"{BASE}/services.json").status_code == 501


def test_what_is_said_is_filed_as_what_is_said_and_nothing_else(serve):
    api = serve("weihai", store="memory:", open311=("网格事项",))
    asked = api.get(f"{BASE}/services/网格事项.json").json()["attributes"]
    names = [each["code"] for each in asked]
    assert "事件类别" in names
    assert not {"法律依据", "举报人", "叫停次数"} & set(names), "the set has other workflows too"
    form = {**REPORT, "service_code": "网格事项", "attribute[事件类别]": "公共设施"}
    made = api.post(f"{BASE}/requests.json", data=form).json()
    kept = api.get(f"/v1/cases/{made[0]['service_request_id']}").json()["facts"]
    assert kept == {"诉求内容": "楼道灯坏了（地点：幸福社区 3 号楼）", "事件类别": "公共设施"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": "abc", "long": "122.1", "address_string": ""},
        {"attribute[法律依据]": "x"},
        {"attribute[权力]": "社区"},
    ],
)
def test_a_report_that_says_what_cannot_be_is_refused(serve, wrong):
    api = serve("weihai", store="memory:", open311=("网格事项",))
    made = api.post(f"{BASE}/requests.json", data={**REPORT, "service_code": "网格事项", **wrong})
    assert made.status_code == 400
    assert made.json()["code"] in ("ZR774", "ZR789")
    assert api.get(f"{BASE}/requests.json").json() == []


def test_a_form_in_another_encoding_is_told_so(api):
    body = "service_code=%CD%F8&description=%C2%B7&address_string=x"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = api.post(f"{BASE}/requests.json", content=body, headers=headers)
    assert answer.status_code == 400
    assert "UTF-8" in answer.json()["detail"]


def test_no_service_of_that_name_is_told_with_those_there_are(api):
    answer = api.get(f"{BASE}/services/没有.json").json()
    assert (answer["code"], FLOW in answer["help"]) == ("ZR776", True)


def test_the_newest_reports_are_told_newest_first_and_of_the_time_asked_for(serve):
    clock = Clock()
    api = serve("weihai", store="memory:", open311=(FLOW,), clock=clock)
    made = []
    for _ in range(3):
        told = api.post(f"{BASE}/requests.json", data=REPORT).json()
        made.append(told[0]["service_request_id"])
        clock.forward(days=1)
    listed = api.get(f"{BASE}/requests.json").json()
    assert [each["service_request_id"] for each in listed] == made[::-1]
    when = {"start_date": "2026-03-03T00:00:00+08:00", "end_date": "2026-03-04T00:00:00+08:00"}
    listed = api.get(f"{BASE}/requests.json", params=when).json()
    assert [each["service_request_id"] for each in listed] == [made[1]]
    for wrong in ({"status": "zz"}, {"start_date": "zz"}):
        assert api.get(f"{BASE}/requests.json", params=wrong).json()["code"] == "ZR789"
