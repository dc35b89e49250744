"""Reports of residents: taken in, followed, and never telling more than how they stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from tests.web.conftest import Clock, tokens_file

from zhunru.web import open311

BASE = "/open311/v2"
FLOW = "热线工单"
REPORT = {"service_code": FLOW, "description": "楼道灯坏了", "address_string": "幸福社区 3 号楼"}


def wrong_of(answer):
    """Return status and code of what is wrong, which GeoReport tells in words alone."""
    (told,) = answer.json()
    assert told["code"] == answer.status_code
    return told["code"], told["description"].rpartition("[")[2].rstrip("]")


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


@pytest.mark.parametrize(("lat", "long"), [("37.5", "122.1"), ("-90", "-180.0")])
def test_a_place_may_be_told_by_its_degrees(api, lat, long):
    where = {"lat": lat, "long": long}
    made = api.post(f"{BASE}/requests.json", data={**REPORT, **where, "address_string": ""})
    assert made.status_code == 201, made.text
    case = made.json()[0]["service_request_id"]
    kept = api.get(f"/v1/cases/{case}", params={"as": "热线平台"}).json()
    assert f"{lat}，{long}" in str(kept["facts"])


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
    assert found.findtext("endpoints/endpoint/url") == "https://city.example.cn/open311/v2"


@pytest.mark.parametrize("missing", ["service_code", "address_string"])
def test_a_report_lacks_what_it_lacks(api, missing):
    form = {name: value for name, value in REPORT.items() if name != missing}
    assert wrong_of(api.post(f"{BASE}/requests.json", data=form)) == (400, "ZR789")


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
        {"lat": "90.1", "long": "122.1", "address_string": ""},
        {"lat": "37.1", "long": "-180.5", "address_string": ""},
        {"attribute[法律依据]": "x"},
        {"attribute[权力]": "社区"},
    ],
)
def test_a_report_that_says_what_cannot_be_is_refused(serve, wrong):
    api = serve("weihai", store="memory:", open311=("网格事项",))
    made = api.post(f"{BASE}/requests.json", data={**REPORT, "service_code": "网格事项", **wrong})
    assert wrong_of(made) in ((400, "ZR774"), (400, "ZR789"))
    assert api.get(f"{BASE}/requests.json").json() == []


def test_a_form_in_another_encoding_is_told_so(api):
    body = "service_code=%CD%F8&description=%C2%B7&address_string=x"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = api.post(f"{BASE}/requests.json", content=body, headers=headers)
    assert answer.status_code == 400
    assert "UTF-8" in answer.json()[0]["description"]


def test_no_service_of_that_name_is_told_with_those_there_are(api):
    answer = api.get(f"{BASE}/services/没有.json")
    assert wrong_of(answer) == (404, "ZR776")
    assert FLOW in answer.json()[0]["description"]


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
    # Written into the address by hand, `+` comes as a blank.
    by_hand = "&".join(f"{name}={value}" for name, value in when.items())
    assert api.get(f"{BASE}/requests.json?{by_hand}").json() == listed
    midnight = "2026-03-03T24:00:00+08:00"
    for bad in ({"status": "zz"}, {"start_date": "zz"}, {"start_date": midnight}):
        assert wrong_of(api.get(f"{BASE}/requests.json", params=bad)) == (400, "ZR789")


def test_reports_older_than_the_newest_are_told_to_who_asks_for_their_time(serve, monkeypatch):
    """Who fetches all reports does so time by time, from the newest back, as GeoReport has it."""
    monkeypatch.setattr(open311, "_MOST", 2)
    clock = Clock()
    api = serve("weihai", store="memory:", open311=(FLOW,), clock=clock)
    made = []
    for _ in range(7):
        made.append(api.post(f"{BASE}/requests.json", data=REPORT).json()[0]["service_request_id"])
        clock.forward(seconds=20)
    found, end = [], "9999-12-31T23:59:59-12:00"
    for _ in range(4):
        when = {"start_date": "0001-01-01T00:00:00+14:00", "end_date": end}
        page = api.get(f"{BASE}/requests.json", params=when).json()
        found += [each["service_request_id"] for each in page]
        last = datetime.fromisoformat(page[-1]["requested_datetime"])
        end = (last - timedelta(microseconds=1)).isoformat()
    assert found == made[::-1]
    for when in ({"start_date": "9999-01-01T00:00:00Z"}, {"end_date": "1999-01-01T00:00:00Z"}):
        assert api.get(f"{BASE}/requests.json", params=when).json() == []


def test_what_is_wrong_is_told_as_georeport_has_it(api):
    absent = api.get(f"{BASE}/requests/none.xml")
    assert (absent.status_code, absent.headers["content-type"]) == (404, "text/xml; charset=utf-8")
    root = ElementTree.fromstring(absent.text)
    assert (root.tag, root.findtext("error/code")) == ("errors", "404")
    assert "none" in root.findtext("error/description")
    # An ideograph of Unicode 15.1, which not every Python knows.
    rare = ElementTree.fromstring(api.get(f"{BASE}/requests/\U0002ebf0.xml").text)
    assert "\U0002ebf0" in rare.findtext("error/description")
    assert wrong_of(api.get(f"{BASE}/requests/none.json")) == (404, "ZR752")
    problem = api.get(f"{BASE}/requests/none.json", headers={"accept": "application/problem+json"})
    assert problem.json()["code"] == "ZR752"


def test_lists_in_xml_have_the_names_that_clients_look_for(serve):
    api = serve("weihai", store="memory:", open311=("网格事项",))
    asked = ElementTree.fromstring(api.get(f"{BASE}/services/网格事项.xml").text)
    codes = [each.text for each in asked.findall("attributes/attribute/code")]
    told = api.get(f"{BASE}/services/网格事项.json").json()["attributes"]
    assert codes == [each["code"] for each in told]
    assert asked.findtext("attributes/attribute/values/value/key")
    found = ElementTree.fromstring(api.get(f"{BASE}/discovery.xml").text)
    assert [each.text for each in found.findall("endpoints/endpoint/formats/format")] == [
        "application/json",
        "text/xml",
    ]


FORMS = """政策 报 "居民报事"
  印发 测试
  适用 测试
  施行 2020-01-01

单位
  | 名称 | 层级 |
  | 测试 | 部门 |

表单 报事单
  诉求内容 文本
  类别 枚举 水、电
  影响 多选 老人、孩子、车辆
  发生日期 日期
  发生时刻 时刻

流程 报事 "报事" 止于 办结
  | 环节 | 由   | 限     | 办理 → 去向                                                  |
  | 登记 | 测试 | 不限时 | 受理(诉求内容, 类别, 影响, 发生日期, 发生时刻) → 办结 |
"""


@pytest.fixture
def several(serve, tmp_path):
    (tmp_path / "报.policy").write_text(FORMS, encoding="utf-8")
    return serve(str(tmp_path), store="memory:", open311=("报事",))


def report(api, form, **more):
    body = urlencode([("service_code", "报事"), ("address_string", "三号楼"), *form, *more.items()])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return api.post(f"{BASE}/requests.json", content=body, headers=headers)


def test_attributes_come_as_their_service_says_they_do(several):
    told = several.get(f"{BASE}/services/报事.json").json()["attributes"]
    kinds = {each["code"]: each["datatype"] for each in told}
    assert kinds == {
        "诉求内容": "string",
        "类别": "singlevaluelist",
        "影响": "multivaluelist",
        "发生日期": "datetime",
        "发生时刻": "datetime",
    }
    form = [
        ("attribute[类别][]", "水"),
        ("attribute[影响][]", "老人"),
        ("attribute[影响][]", "车辆"),
        ("attribute[发生日期]", "2026-03-01T17:30:00Z"),
        ("attribute[发生时刻]", "2026-03-01T17:30:00Z"),
    ]
    made = report(several, form, description="停水")
    assert made.status_code == 201, made.text
    kept = several.get(f"/v1/cases/{made.json()[0]['service_request_id']}").json()["facts"]
    assert sorted(kept.pop("影响")) == ["老人", "车辆"]
    assert kept == {
        "诉求内容": "停水（地点：三号楼）",
        "类别": "水",
        "发生日期": "2026-03-02",
        "发生时刻": "2026-03-02T01:30:00",
    }


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ([("description", "一"), ("description", "二")], "ZR783"),
        ([("attribute[类别]", "水"), ("attribute[类别]", "电")], "ZR783"),
        ([("attribute[类别]", "水"), ("attribute[类别][]", "电")], "ZR783"),
        ([("attribute[类别][]", "水"), ("attribute[类别][]", "电")], "ZR703"),
        ([("description", "长" * 4_001)], "ZR789"),
        ([("description", "长" * 3_995)], "ZR789"),
        ([("attribute[发生日期]", "2026-02-30T09:00:00Z")], "ZR705"),
    ],
)
def test_nothing_that_is_said_is_lost_without_a_word(several, form, code):
    answer = report(several, form)
    assert wrong_of(answer)[1] == code, answer.text
    assert several.get(f"{BASE}/requests.json").json() == []
