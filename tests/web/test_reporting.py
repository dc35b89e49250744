"""Reports over HTTP: the figures that the library gives, of one's own tenant and nobody else's."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from tests.web.conftest import bearer, tokens_file
from tests.web.test_tenants import ACCUSED, EVERYTHING, SECRET

from zhunru.reports import Period, from_store, make_report

SIGN = {
    "目标社区": "幸福社区",
    "类别": "挂牌",
    "事项": "食品安全工作站",
    "拟进入日期": "2026-03-20",
}


def fill(api, prefix="", **more):
    for number in range(3):
        body = {"as": ACCUSED, "key": f"s{number}", "facts": SIGN}
        assert api.post(f"{prefix}/v1/submissions", json=body, **more).status_code == 201
    body = {
        "flow": "擅自安排工作查处",
        "as": "幸福社区",
        "key": "o",
        "facts": {"目标社区": "幸福社区"},
    }
    case = api.post(f"{prefix}/v1/cases", json=body, **more).json()["case"]
    inputs = {"来文单位": ACCUSED, "事项": "商铺登记", "举报人": SECRET, "证据": f"{SECRET}所摄"}
    body = {"as": "幸福社区", "action": "反映", "key": "a", "inputs": inputs}
    assert api.post(f"{prefix}/v1/cases/{case}/actions", json=body, **more).status_code == 200


@pytest.fixture
def api(serve):
    made = serve("weihai", store="memory:")
    fill(made)
    return made


def test_it_is_the_report_that_the_library_gives(api):
    tenant = api.app.state.service.tenants[""]
    policy = tenant.current().policy
    wanted = make_report(policy, from_store(tenant.desk.store, policy, Period()), Period())
    told = api.get("/v1/reports")
    assert told.status_code == 200
    assert told.json() == wanted.to_dict()
    assert ACCUSED in told.text and SECRET not in told.text


def test_only_what_is_of_the_period_counts(api):
    whole = api.get("/v1/reports", params={"from": "2026-03-02", "to": "2026-03-02"}).json()
    assert whole["from"] == whole["to"] == "2026-03-02"
    assert ACCUSED in str(whole["sections"])
    before = api.get("/v1/reports", params={"to": "2026-03-01"})
    assert ACCUSED not in before.text


def test_the_page_and_the_workbook_are_files_that_say_the_same(api):
    page = api.get("/v1/reports", params={"format": "html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-disposition"].startswith("attachment")
    assert ACCUSED in page.text and SECRET not in page.text
    english = {"accept-language": "en"}
    assert "<html lang=\"en\">" in api.get(
        "/v1/reports", params={"format": "html"}, headers=english
    ).text  # fmt: skip
    book = openpyxl.load_workbook(
        BytesIO(api.get("/v1/reports", params={"format": "xlsx"}).content)
    )
    values = [str(cell) for sheet in book for row in sheet.values for cell in row]
    assert any(ACCUSED in each for each in values)
    assert not any(SECRET in each for each in values)


@pytest.mark.parametrize(
    ("query", "status"),
    [({"from": "x"}, 400), ({"to": "2026-13-01"}, 400), ({"format": "exe"}, 400),
     ({"set": "别的"}, 404), ({"from": "2026-03-02", "to": "2026-03-01"}, 400)],
)  # fmt: skip
def test_what_is_no_period_no_form_and_no_set_is_a_problem(api, query, status):
    assert api.get("/v1/reports", params=query).status_code == status


def test_without_a_store_there_is_nothing_to_report(serve):
    assert serve("weihai").get("/v1/reports").status_code == 501


def test_each_tenant_is_told_its_own_figures(serve, tmp_path):
    rows = [{"id": n, "token": n, "tenant": n, "scopes": EVERYTHING} for n in ("a", "b")]
    tokens = tokens_file(tmp_path, *rows)
    sets = {"a": ["weihai"], "b": ["weihai"]}
    api = serve(sets=sets, tokens=tokens, store=f"{tmp_path}/{{tenant}}.db")
    fill(api, "/t/a", headers=bearer("a"))
    for form in ("json", "html"):
        query = {"format": form}
        assert ACCUSED in api.get("/t/a/v1/reports", params=query, headers=bearer("a")).text
        other = api.get("/t/b/v1/reports", params=query, headers=bearer("b"))
        assert other.status_code == 200 and ACCUSED not in other.text
        assert api.get("/t/a/v1/reports", params=query, headers=bearer("b")).status_code == 404
