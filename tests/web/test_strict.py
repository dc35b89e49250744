"""A request that is slightly wrong is told so, with what to write: nothing of it is left out."""

from __future__ import annotations

import json
import socket
import sys
from time import process_time

import pytest
from tests.shipped import POLICIES
from tests.web.conftest import serving

from zhunru.analysis.drawing import FORMATS
from zhunru.errors import RequestRejected, StoreError
from zhunru.store.opening import open_store
from zhunru.web import Settings, serve

FACTS = {"来文单位": "区市场监管局", "类别": "系统应用", "事项": "反诈应用推广"}
PLAIN = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def api():
    with serving() as start:
        yield start("weihai", store="memory:")


@pytest.mark.parametrize(
    ("path", "body", "near"),
    [
        ("/v1/decide", {"fact": FACTS}, "facts"),
        ("/v1/decide", {"facts": FACTS, "asof": "2020-01-01"}, "as_of"),
        ("/v1/partial", {"facts": {}, "as-of": "2020-01-01"}, "as_of"),
        ("/v1/submissions", {"facts": FACTS, "key": "1", "as": "幸福社区", "aply": True}, "apply"),
        ("/v1/cases", {"flow": "网格事项", "key": "1", "as": "幸福社区", "fact": {}}, "facts"),
        ("/v1/cases/x/actions", {"action": "提交", "key": "1", "input": {}}, "inputs"),
    ],
)
def test_a_member_that_means_nothing_is_refused_with_the_nearest_that_does(api, path, body, near):
    answer = api.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR774")
    assert near in answer.json()["help"]
    english = api.post(path, json=body, headers={"accept-language": "en"}).json()
    assert english["help"] == f"did you mean `{near}`?"


def test_our_part_of_an_authzen_context_is_as_strict(api):
    asked = {
        "subject": {"type": "unit", "id": "区市场监管局"},
        "action": {"name": "反诈应用推广"},
        "resource": {"type": "community", "id": "幸福社区"},
        "context": {"zhunru": {"asof": "2020-01-01"}, "of_somebody_else": 1},
    }
    answer = api.post("/access/v1/evaluation", json=asked)
    assert (answer.status_code, "as_of" in answer.text) == (400, True)
    asked["context"]["zhunru"] = {"as_of": "2020-01-01"}
    assert api.post("/access/v1/evaluation", json=asked).status_code == 200


ASKED = {
    "subject": {"type": "unit", "id": "区市场监管局"},
    "action": {"name": "反诈应用推广"},
    "resource": {"type": "community", "id": "幸福社区"},
}


def test_what_is_written_much_like_a_fact_is_told_and_what_is_not_is_left_alone(api):
    own = {"time": "2026-03-02", "ip": "10.0.0.1", "部门领导": "张", "zhunru": {}}
    resource = {**ASKED["resource"], "properties": {"类别": "系统应用", "拟进日期": "2026-03-02"}}
    asked = {**ASKED, "resource": resource, "context": own}
    told = api.ask("/access/v1/evaluation", asked)["context"]
    assert told["ignored"] == [{"name": "拟进日期", "meant": "拟进入日期"}]
    (one,) = api.ask("/access/v1/evaluations", {"evaluations": [asked]})["evaluations"]
    assert one["context"]["ignored"] == told["ignored"]
    quiet = {**asked, "context": {"zhunru": {"detail": "none"}}}
    assert "ignored" not in api.ask("/access/v1/evaluation", quiet)["context"]
    plain = {**ASKED, "context": own}
    assert "ignored" not in api.ask("/access/v1/evaluation", plain)["context"]


def test_a_mapping_says_what_is_written_like_what_it_names():
    asked = {
        "subject": {"type": "user", "id": "a", "properties": {"role": ["admin"], "phone": "1"}},
        "action": {"name": "can_read_todos"},
        "resource": {"type": "todo", "id": "1", "properties": {"ownerId": "a"}},
        "context": {"roles": "of the caller's own"},
    }
    with serving() as start:
        told = start("todo").ask("/access/v1/evaluation", asked)["context"]
    meant = {each["name"]: each["meant"] for each in told["ignored"]}
    assert meant == {"role": "roles", "ownerId": "ownerID"}


def test_a_great_many_properties_of_a_callers_own_are_soon_passed_by(api):
    asked = {**ASKED, "context": {f"拟进入日{n}": 1 for n in range(40_000)}}
    before = process_time()
    told = api.ask("/access/v1/evaluation", asked)["context"]
    assert len(told["ignored"]) == 50
    assert process_time() - before < 5


def test_a_question_at_the_end_of_an_error_keeps_its_own_mark(api):
    asked = {**ASKED, "context": {"zhunru": {"detial": "full"}}}
    assert api.post("/access/v1/evaluation", json=asked).text.endswith("是不是“detail”？")


def test_a_wrong_method_is_told_as_other_errors_of_that_address_are(api):
    ours, theirs = api.get("/v1/decide"), api.get("/access/v1/evaluation")
    assert (ours.status_code, theirs.status_code) == (405, 405)
    assert ours.headers["content-type"] == "application/problem+json"
    assert theirs.headers["content-type"].startswith("text/plain")
    assert theirs.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/inbox/{name}", "/v1/sets/{set}/entries"])
def test_the_document_says_how_long_a_page_may_be(api, path):
    schema = parameter(api, path, "limit")
    least, most = schema["minimum"], schema["maximum"]
    assert (schema["type"], least, most) == ("integer", 1, 500)
    place = path.format(name="区民政局", set="威海减负")
    for given, status in ((least, 200), (most, 200), (least - 1, 400), (most + 1, 400)):
        assert api.get(place, params={"limit": given}).status_code == status


@pytest.mark.parametrize(
    ("path", "name", "values"),
    [
        ("/v1/reports", "format", ["json", "html", "xlsx"]),
        ("/v1/sets/{set}/workflows/{flow}", "format", list(FORMATS)),
        ("/v1/cases", "closed", ["true", "false"]),
    ],
)
def test_the_document_says_what_may_stand_behind_the_question_mark(api, path, name, values):
    schema = parameter(api, path, name)
    assert schema["type"] == "boolean" if name == "closed" else schema["enum"] == values
    place = path.format(set="威海减负", flow="热线工单")
    for given, status in (*((value, 200) for value in values), ("另一种", 400)):
        assert api.get(place, params={name: given}).status_code == status, given


def parameter(api, path, name):
    stated = api.get("/openapi.json").json()["paths"][path]["get"]["parameters"]
    return next(each["schema"] for each in stated if each["name"] == name)


def test_the_document_says_how_to_send_a_batch_and_a_report(api):
    paths = api.get("/openapi.json").json()["paths"]
    taken = paths["/v1/decide/batch"]["post"]["requestBody"]["content"]["application/x-ndjson"]
    line = taken["schema"]["examples"][0].encode()
    answer = api.post("/v1/decide/batch", content=line, headers=LINES)
    assert json.loads(answer.text)["outcome"] == "refuse"
    report = paths["/open311/v2/requests.json"]["post"]["requestBody"]["content"]
    form = report["application/x-www-form-urlencoded"]["schema"]["properties"]
    assert {"service_code", "description", "lat"} <= set(form)
    sought = {each["name"] for each in paths["/open311/v2/requests.json"]["get"]["parameters"]}
    assert {"status", "start_date"} <= sought


@pytest.mark.parametrize(
    "path",
    [
        "/v1/cases?owned=x",
        "/v1/cases?closed=maybe",
        "/v1/sets/威海减负/entries?lst=x",
        "/v1/sets/威海减负/entries?after=zz",
        "/v1/sets/威海减负/entries?after=²",
    ],
)
def test_a_parameter_that_means_nothing_is_refused(api, path):
    answer = api.get(path)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("ZR774", "ZR789")


def test_a_list_that_is_not_there_is_told_with_those_there_are(api):
    answer = api.get("/v1/sets/威海减负/entries", params={"list": "没有"})
    assert (answer.status_code, answer.json()["code"]) == (404, "ZR776")
    assert "下放事项" in answer.json()["help"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/decide?", b'{"facts": {}, "asserted_by": "%s"}'),
        ("/v1/partial?", b'{"facts": {}, "asserted_by": "%s"}'),
        ("/v1/decide/batch?asserted_by=%s", b"{}"),
    ],
)
def test_facts_that_nobody_known_vouches_for_are_refused(api, path, body):
    def ask(name: str):
        data = body.replace(b"%s", name.encode())
        media = LINES if "batch" in path else PLAIN
        return api.post(path.replace("%s", name), content=data, headers=media)

    answer = ask("区民征局")
    assert (answer.status_code, answer.json()["code"]) == (404, "ZR776")
    assert "“区民政局”" in answer.json()["help"]
    assert ask("区民政局").status_code == 200


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/v1/inbox/区民征局", "区民政局"),
        ("/v1/inbox/民政部们", "民政部门"),
        ("/v1/cases?owner=幸福社", "幸福社区"),
        ("/v1/cases?flow=擅自安排工作查出", "擅自安排工作查处"),
        ("/v1/cases?flow=擅自安排工作查处&state=纠证", "纠正"),
        ("/v1/cases?state=定则", "定责"),
        ("/v1/cases?flow=社区准入&state=据绝", "拒绝"),
    ],
)
def test_cases_of_nobody_are_refused_with_the_nearest_name_there_is(api, path, near):
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "ZR776")
    assert f"“{near}”" in answer.json()["help"]
    english = api.get(path, headers={"accept-language": "en"}).json()
    assert english["help"].startswith(f"did you mean `{near}`?")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/inbox/区民政局",
        "/v1/inbox/民政部门",
        "/v1/inbox/社区",
        "/v1/inbox/乡镇",
        "/v1/inbox/系统外:居民",
        "/v1/inbox/重大事项论证会",
        "/v1/cases?owner=区市场监管局&after=没有",
        "/v1/cases?flow=擅自安排工作查处&state=定责",
        "/v1/cases?flow=擅自安排工作查处&state=撤回",
        "/v1/cases?state=暂缓",
        "/v1/cases?flow=社区准入&closed=false",
    ],
)
def test_whom_a_set_knows_is_answered_whether_or_not_there_is_a_case(api, path):
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    assert all(case["flow"] for case in answer.json()["cases"])


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16"])
def test_another_encoding_is_told_and_never_guessed(api, encoding):
    body = json.dumps({"facts": FACTS}, ensure_ascii=False).encode(encoding)
    named = {"content-type": f"application/json; charset={encoding}"}
    for headers in (PLAIN, named):
        answer = api.post("/v1/decide", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "ZR775")
        assert "UTF-8" in answer.json()["help"]
    line = json.dumps(FACTS, ensure_ascii=False).encode("gbk")
    answer = api.post("/v1/decide/batch", content=line, headers=LINES)
    assert json.loads(answer.text)["error"][0]["code"] == "ZR775"


def test_the_mark_that_windows_puts_before_utf_8_is_skipped(api):
    body = b"\xef\xbb\xbf" + json.dumps({"facts": FACTS}).encode()
    assert api.post("/v1/decide", content=body, headers=PLAIN).json()["outcome"] == "refuse"
    line = b"\xef\xbb\xbf" + json.dumps(FACTS).encode()
    answer = api.post("/v1/decide/batch", content=line, headers=LINES)
    assert json.loads(answer.text)["outcome"] == "refuse"


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        (b"[" * 50_000, "ZR886", "24"),
        (b'{"a":' * 50_000, "ZR886", "24"),
        (b'{"facts":{"x":' + b"9" * 400 + b"}}", "ZR781", "数字过大"),
        (b'{"facts":{"x":1e999999}}', "ZR781", "数字过大"),
        (b'{"facts":', "ZR781", "第 1 行第 "),
        (b"[]", "ZR789", "body"),
    ],
)
def test_why_a_body_is_not_read_is_told(api, body, code, word):
    answer = api.post("/v1/decide", content=body, headers=PLAIN)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert word in answer.json()["detail"]


def test_a_line_of_a_batch_that_is_wrapped_is_told_how_to_write_it(api):
    wrapped = json.dumps({"facts": FACTS, "as_of": "2020-01-01"}).encode()
    answer = api.post("/v1/decide/batch", content=wrapped, headers=LINES)
    (found,) = json.loads(answer.text)["error"]
    assert found["code"] == "ZR774"
    assert "不套 facts" in found["help"]
    answer = api.post("/v1/decide/batch?explain=advice", content=b"{}", headers=LINES)
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")


def test_a_key_too_long_is_refused_rather_than_cut(api):
    body = {"flow": "网格事项", "as": "幸福社区"}
    for end in "ab":  # cut, these would be one key, and the second case would not be opened
        answer = api.post("/v1/cases", json={**body, "key": "k" * 200 + end})
        assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")
    first, second = (api.ask("/v1/cases", {**body, "key": "k" * 180 + end}) for end in "ab")
    assert first["case"] != second["case"]


@pytest.mark.parametrize(
    ("facts", "detail", "help_"),
    [
        ({"来文单位": ["甲", "乙"]}, "“甲、乙”", "一个单位"),
        ({"类别": True}, "“true”", "可选的值：行政任务、"),
        ({"拟进入日期": 20260302}, "“20260302”", "2026-01-31"),
        ({"事项": "x" * 5000}, "xxx…", "4000 个字"),
        ({"应急响应": [{"无此栏": 1}]}, "表单“应急响应”没有“无此栏”", "编号、起止、范围"),
    ],
)
def test_a_wrong_value_is_shown_as_written_with_what_to_write(api, facts, detail, help_):
    answer = api.post("/v1/decide", json={"facts": facts})
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]
    assert help_ in answer.json()["help"]
    english = api.post("/v1/decide", json={"facts": facts}, headers={"accept-language": "en"})
    assert english.json()["help"]


@pytest.mark.parametrize("value", [1, {}])
def test_a_great_many_names_that_mean_nothing_are_soon_told(api, value):
    facts = {f"栏{n}": value for n in range(40_000)}
    began = process_time()
    answer = api.post("/v1/decide", json={"facts": facts})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 50
    assert process_time() - began < 1.0, "others wait while one request is read"


def test_a_day_of_law_is_read_as_days_are_everywhere_or_refused(api):
    for written in ("2020-01-02", "2020年1月2日", "2020/1/2", "２０２０－０１－０２"):
        assert api.ask("/v1/decide", {"facts": {}, "as_of": written})["as_of"] == "2020-01-02"
    for wrong in ("", "明天", "2020-02-30"):
        answer = api.post("/v1/decide", json={"facts": {}, "as_of": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")


def test_a_decision_that_is_not_there_is_called_a_decision(api):
    answer = api.post("/v1/decide", json={"facts": {}, "decision": "没有"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "没有判定“没有”")
    assert answer.json()["help"] == "现有：社区准入"


def test_where_a_set_lies_on_the_machine_is_told_nobody(api):
    told = api.ask("/v1/decide", {"facts": FACTS})
    paths = [reason["place"]["path"] for reason in told["reasons"]]
    assert paths == ["national/规则.policy", "weihai/规则.policy"]
    body = {"facts": FACTS, "as": "区市场监管局", "key": "place"}
    case = api.ask("/v1/submissions", body)["case"]
    history = api.get(f"/v1/cases/{case}/history").text
    assert "weihai/规则.policy" in history
    line = json.dumps(FACTS).encode()
    batch = api.post("/v1/decide/batch?explain=full", content=line, headers=LINES).text
    for text in (json.dumps(told, ensure_ascii=False), history, batch):
        assert str(POLICIES.parent) not in text
        assert '"path":"/' not in text.replace(" ", "")


def test_a_flow_that_no_set_has_cannot_be_opened_to_residents():
    with serving() as start, pytest.raises(RequestRejected) as told:
        start("weihai", store="memory:", open311=("没有的流程",))
    assert "没有的流程" in str(told.value)


def test_a_store_that_cannot_be_opened_stops_the_start_with_a_sentence(tmp_path):
    lines = []
    settings = Settings(sets={"": ["weihai"]}, store=str(tmp_path / "无" / "库.db"), pages=False,
                        journal=lines.append)  # fmt: skip
    with pytest.raises(StoreError) as told:
        serve(settings, port=1)
    assert "打不开" in str(told.value)
    assert lines == [], "nobody was told that it serves"


def test_a_port_that_is_taken_stops_the_start_with_a_sentence():
    lines = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(sets={"": ["weihai"]}, pages=False, journal=lines.append)
        with pytest.raises(RequestRejected) as told:
            serve(settings, port=port)
    assert f"127.0.0.1:{port}" in str(told.value)
    assert lines == []


def test_what_has_to_be_installed_is_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "zhunru.store.postgres", None)
    with pytest.raises(StoreError) as told:
        open_store("postgresql://nobody@localhost/none")
    assert "'.[postgres]'" in told.value.diagnostic.help_zh


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("as_of=2026-03-02&as_of=2019-05-01", "ZR783"),
        ("explain=full&explain=full", "ZR783"),
        ("set=%CD%FE%BA%A3", "ZR789"),  # GB18030
        ("&".join(f"a{number}=" for number in range(101)), "ZR789"),
    ],
)
def test_what_stands_behind_the_question_mark_is_said_once_and_in_one_encoding(serve, query, code):
    headers = {"content-type": "application/x-ndjson"}
    answer = serve("cert").post(f"/v1/decide/batch?{query}", content="{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
