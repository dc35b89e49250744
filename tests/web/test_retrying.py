"""Commands sent again: a key is the caller's own, whatever callers and keys are called."""

from __future__ import annotations

from itertools import product

import pytest
from tests.web.conftest import bearer, tokens_file

BODY = {"flow": "擅自安排工作查处", "as": "幸福社区", "facts": {"目标社区": "幸福社区"}}
# Each of these pairs would be one text, if a name and a key only stood side by side.
NAMES = [
    "甲",
    "甲:乙",
    "甲%3A乙",
    "甲:",
    "https://id.example.cn#sub",
    "https://id.example.cn#sub:a",
]
KEYS = ["1", "乙:1", ":1", "a:1", "%3A1"]


@pytest.fixture
def start(serve, tmp_path):
    scopes = ["cases:read", "cases:write", "act-as"]
    rows = [{"id": name, "token": f"t{at}", "scopes": scopes} for at, name in enumerate(NAMES)]
    tokens = tokens_file(tmp_path, *rows)
    return lambda: serve("weihai", tokens=tokens, store=str(tmp_path / "cases.db"))


def test_callers_share_no_command_whatever_they_call_it(start):
    api = start()
    wanted = list(product(range(len(NAMES)), KEYS))

    def opened(who: int, key: str) -> dict:
        return api.ask("/v1/cases", {**BODY, "key": key}, headers=bearer(f"t{who}"))

    first = [opened(*each) for each in wanted]
    assert not any(each["repeated"] for each in first)
    assert len({each["case"] for each in first}) == len(wanted)
    again = [opened(*each) for each in wanted]
    assert [each["case"] for each in again] == [each["case"] for each in first]
    assert all(each["repeated"] for each in again)


def test_a_command_is_known_again_behind_a_restart_and_means_nothing_else(start):
    api = start()
    first = api.ask("/v1/cases", {**BODY, "key": "1"}, headers=bearer("t0"))
    api.app.state.service.default.close()
    api = start()
    again = api.ask("/v1/cases", {**BODY, "key": "1"}, headers=bearer("t0"))
    assert (again["case"], again["repeated"]) == (first["case"], True)
    other = api.post("/v1/cases", json={**BODY, "key": "1", "facts": {}}, headers=bearer("t0"))
    assert (other.status_code, other.json()["code"]) == (409, "ZR751")
