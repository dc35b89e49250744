"""A store that does not answer: callers are told that, whoever looks after it is told the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.web.conftest import Served, serving

from zhunru.store.failures import failure

PLACE, SAID = "user=zhunru host=10.2.3.4", "password authentication failed"
QUESTION = {
    "subject": {"type": "unit", "id": "区市场监管局"},
    "action": {"name": "反诈应用推广"},
    "resource": {"type": "community", "id": "幸福社区"},
}


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with serving() as start:
        yield start("weihai", store="memory:", pages=True)


@pytest.fixture(params=["ZR851", "ZR854", "ZR863"])
def down(request: Any, api: Served, monkeypatch: pytest.MonkeyPatch) -> str:
    def fail(*_: Any, **__: Any) -> Any:
        raise failure(request.param, address=PLACE, reason=SAID)

    store = api.app.state.service.tenants[""].office.store  # type: ignore[attr-defined]
    for name in ("next_due", "read", "find_cases", "count_cases", "write", "bundles", "newest_ids"):
        monkeypatch.setattr(store, name, fail)
    api.lines.clear()
    return str(request.param)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/ready", None),
        ("GET", "/v1/cases", None),
        ("GET", "/v1/inbox/幸福社区", None),
        ("GET", "/v1/stats", None),
        ("POST", "/access/v1/evaluation", QUESTION),
        ("GET", "/cases", None),
    ],
)
def test_where_a_store_is_and_what_it_says_is_told_in_our_lines_only(
    api: Served, down: str, method: str, path: str, body: Any
) -> None:
    for language in ("zh", "en"):
        answer = api.request(method, path, json=body, headers={"accept-language": language})
        assert answer.status_code == 503
        assert "10.2.3.4" not in answer.text and "authentication" not in answer.text
        if answer.headers["content-type"] == "application/problem+json":
            assert answer.json()["code"] == down
    said = [line for line in api.lines if line["event"] == "store-failed"]
    assert len(said) == 2 and all(SAID in each["error"] for each in said)


def test_what_needs_no_store_goes_on(api: Served, down: str) -> None:
    assert api.get("/health").status_code == 200
    facts = {"来文单位": "区市场监管局", "类别": "系统应用", "事项": "反诈应用推广"}
    assert api.ask("/v1/decide", {"facts": facts})["outcome"] == "refuse"
