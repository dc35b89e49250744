"""From a draft to the set in force and back, by two people, with nothing lost in between."""

from __future__ import annotations

import errno
import json
import os
from threading import Event, Thread

import pytest
from tests.web.conftest import SETS, bearer, tokens_file

from zhunru import open_policy
from zhunru.errors import RequestRejected
from zhunru.web import Settings, replay_log
from zhunru.web import serve as run_service

TEXT = (SETS / "cert" / "cert.policy").read_text(encoding="utf-8")
# bob may write in the draft; alice may no longer delete.
OTHER = TEXT.replace("主体 为 alice 且 非 (状态 为 archived)", "主体 为 bob 或 主体 为 alice")
WRITE = {"主体": "bob", "动作": "write", "资源": "record-1", "状态": "active", "角色": "无"}


@pytest.fixture
def start(serve, tmp_path):
    """Return what starts the service on one and the same folder: also again."""
    (tmp_path / "key").write_text("ab" * 32, encoding="ascii")
    rows = [
        ("author", ["draft", "decide", "approve", "publish"], "区民政局 张三"),
        ("same", ["draft", "approve", "publish"], "区民政局 张三"),
        ("second", ["draft", "approve"], "区民政局 李四"),
        ("publisher", ["publish", "draft", "decide"], "区民政局 王五"),
    ]
    tokens = tokens_file(
        tmp_path, *({"id": n, "token": n, "scopes": s, "actor": a} for n, s, a in rows)
    )
    common = {
        "tokens": tokens,
        "drafts": tmp_path / "drafts",
        "key": tmp_path / "key",
        "log": tmp_path / "log",
    }
    return lambda **more: serve("cert", **{**common, **more})


def hand_in(api, text=OTHER, who="author"):
    body = {"files": {"认证.policy": text}, "note": "试"}
    answer = api.post("/v1/drafts", json=body, headers=bearer(who))
    assert answer.status_code == 201, answer.text
    return answer.json()


def step(api, draft, verb, who, **body):
    return api.post(f"/v1/drafts/{draft}/{verb}", json=body or None, headers=bearer(who))


def outcome(api, facts=WRITE):
    body = {"facts": facts, "explain": "brief"}
    answer = api.post("/v1/decide", json=body, headers=bearer("author"))
    return answer.json()["outcome"]


def published(api, text=OTHER):
    draft = hand_in(api, text)["draft"]
    assert step(api, draft, "approve", "second").status_code == 200
    answer = step(api, draft, "publish", "publisher")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_draft_that_does_not_hold_is_told_why_and_goes_no_further(start):
    api = start()
    state = hand_in(api, TEXT.replace("为 alice", "为为 alice"))
    assert state["status"] == "rejected"
    assert state["findings"][0]["code"].startswith("ZR1")
    refused = step(api, state["draft"], "approve", "second")
    assert (refused.status_code, refused.json()["code"]) == (409, "ZR797")


def test_a_draft_whose_own_tests_fail_goes_no_further(start):
    api = start()
    failing = TEXT + '\n测试 "不成立"\n  假如 主体 为 alice, 动作 为 read 那么 拒绝\n'
    state = hand_in(api, failing)
    assert state["status"] == "rejected"
    assert state["tests"]["failed"][0]["title"] == "不成立"
    draft = state["draft"]
    compared = api.get(f"/v1/drafts/{draft}/diff", headers=bearer("author"))
    for refused in (compared, step(api, draft, "shadow", "author", on=True)):
        assert (refused.status_code, refused.json()["code"]) == (409, "ZR797")
        assert "检查没有通过" in refused.json()["detail"]


def test_two_people_and_no_fewer(start):
    api = start()
    draft = hand_in(api)["draft"]
    early = step(api, draft, "publish", "publisher")
    assert (early.status_code, early.json()["code"]) == (409, "ZR797")
    for own in ("author", "same"):  # the same person by another token is the same person
        refused = step(api, draft, "approve", own)
        assert (refused.status_code, refused.json()["code"]) == (403, "ZR795")
    assert step(api, draft, "approve", "second").json()["status"] == "approved"
    assert step(api, draft, "publish", "second").status_code == 403
    assert outcome(api) == "refuse"
    manifest = step(api, draft, "publish", "publisher").json()
    assert (manifest["author"], manifest["approver"]) == ("区民政局 张三", "区民政局 李四")
    assert outcome(api) == "admit"
    (told,) = (line for line in api.lines if line["event"] == "published")
    assert (told["set"], told["number"], told["digest"]) == ("认证", 1, manifest["digest"])


def test_who_goes_by_another_name_since_is_no_second_person(start, tmp_path):
    api = start()
    draft = hand_in(api)["draft"]
    file = tmp_path / "tokens.json"
    file.write_text(file.read_text("utf-8").replace("张三", "张三丰"), encoding="utf-8")
    refused = step(api, draft, "approve", "author")
    assert (refused.status_code, refused.json()["code"]) == (403, "ZR795")


def test_a_draft_is_published_once_however_often_it_is_asked_for_at_once(start):
    api = start()
    draft = hand_in(api)["draft"]
    assert step(api, draft, "approve", "second").status_code == 200
    answers = []
    several = [
        Thread(target=lambda: answers.append(step(api, draft, "publish", "publisher")))
        for _ in range(4)
    ]
    for each in several:
        each.start()
    for each in several:
        each.join()
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    listed = api.get("/v1/bundles", headers=bearer("author")).json()
    assert [each["number"] for each in listed["bundles"]] == [1]


def test_a_draft_that_another_overtook_is_approved_again(start):
    """Both were written from one version: the second would undo the first, which nobody saw."""
    api = start()
    first, second = (
        hand_in(api, text)["draft"] for text in (OTHER, TEXT.replace("不能删", "删不得"))
    )
    for draft in (first, second):
        assert step(api, draft, "approve", "second").status_code == 200
    assert step(api, first, "publish", "publisher").status_code == 200
    refused = step(api, second, "publish", "publisher")
    assert (refused.status_code, refused.json()["code"]) == (409, "ZR797")
    assert "重新批准" in refused.json()["detail"] and outcome(api) == "admit"
    state = api.get(f"/v1/drafts/{second}", headers=bearer("author")).json()
    assert (state["status"], state["approvers"]) == ("checked", [])
    assert step(api, second, "approve", "second").status_code == 200
    assert step(api, second, "publish", "publisher").status_code == 200
    assert outcome(api) == "refuse"


def test_going_back_asks_for_another_approval_too_but_not_once_all_is_as_it_was(start):
    api = start()
    numbers = [published(api, text)["number"] for text in (OTHER, TEXT)]
    draft = hand_in(api, TEXT.replace("不能删", "删不得"))["draft"]
    assert step(api, draft, "approve", "second").status_code == 200
    for number in numbers:
        again = api.post(f"/v1/bundles/认证/{number}/activate", headers=bearer("publisher"))
        assert again.status_code == 200
    assert step(api, draft, "publish", "publisher").status_code == 200


def test_what_was_changed_after_it_was_approved_is_not_published(start, tmp_path):
    api = start()
    draft = hand_in(api)["draft"]
    step(api, draft, "approve", "second")
    file = next((tmp_path / "drafts").glob(f"*/{draft}/set/*.policy"))
    file.write_text(TEXT.replace("不能删", "删不了"), encoding="utf-8")
    refused = step(api, draft, "publish", "publisher")
    assert (refused.status_code, refused.json()["code"]) == (409, "ZR797")
    assert outcome(api) == "refuse"


def test_a_published_version_is_current_after_a_restart_and_can_be_gone_back_from(start):
    api = start()
    assert published(api)["number"] == 1
    assert published(api, TEXT)["number"] == 2
    assert outcome(api) == "refuse"
    assert published(api, TEXT.replace("不能删", "删不得"))["number"] == 3
    for number, found in ((2, "refuse"), (1, "admit")):
        back = api.post(f"/v1/bundles/认证/{number}/activate", headers=bearer("publisher"))
        assert back.status_code == 200, back.text
        assert (back.json()["number"], outcome(api)) == (number, found)
    again = start()
    assert outcome(again) == "admit"
    listed = again.get("/v1/bundles", headers=bearer("author")).json()
    assert listed["active"] == {"认证": 1}
    assert [each["number"] for each in listed["bundles"]] == [1, 2, 3]
    assert len({each["digest"] for each in listed["bundles"]}) == 3
    none = again.post("/v1/bundles/认证/9/activate", headers=bearer("publisher"))
    assert (none.status_code, none.json()["code"]) == (404, "ZR776")


@pytest.mark.parametrize("part", ["manifest", "body", "signature"])
def test_a_bundle_that_somebody_changed_is_not_used(start, tmp_path, part):
    published(start())
    file = next((tmp_path / "drafts").rglob("*.bundle.json"))
    kept = json.loads(file.read_text(encoding="utf-8"))
    if part == "manifest":
        kept["manifest"]["approver"] = "区民政局 赵六"
    else:
        kept[part] = kept[part][:-8] + "AAAAAAA="
    file.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(RequestRejected) as refused:
        start()
    assert refused.value.diagnostics[0].code == "ZR796"


@pytest.mark.parametrize(
    ("name", "text"),
    [*(("active.json", text) for text in ("{", "[]", '{"认证": "1"}', '{"认证": null}')),
     *(("000001.bundle.json", text) for text in (
         "{", "[]", '{"manifest": {"code": "认证", "number": 1}, "body": 7, "signature": "AA=="}',
         '{"manifest": {"code": "认证", "number": 1}, "body": "AA", "signature": "AA=="}',
         '{"manifest": {"code": "认证", "number": "1"}, "body": "AA==", "signature": "AA=="}'))],
)  # fmt: skip
def test_a_file_of_versions_that_cannot_be_read_is_told_by_its_name(start, tmp_path, name, text):
    api = start()
    published(api)
    (file,) = (tmp_path / "drafts").rglob(name)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RequestRejected) as refused:
        start()
    (told,) = refused.value.diagnostics
    assert told.code == "ZR796" and f"“{name}”" in told.zh and "读不出来" in told.zh
    listed = api.get("/v1/bundles", headers=bearer("author"))
    assert (listed.status_code, listed.json()["code"]) == (422, "ZR796")


def test_an_older_version_in_the_place_of_the_current_one_is_not_used(start, tmp_path):
    api = start()
    for text in (OTHER, TEXT):
        published(api, text)
    first, second = sorted((tmp_path / "drafts").rglob("*.bundle.json"))
    second.write_bytes(first.read_bytes())
    with pytest.raises(RequestRejected) as refused:
        start()
    assert refused.value.diagnostics[0].code == "ZR796"
    second.unlink()
    with pytest.raises(RequestRejected) as refused:
        start()
    assert refused.value.diagnostics[0].code == "ZR796"


def test_a_bundle_of_another_key_is_not_used(start, tmp_path):
    published(start())
    (tmp_path / "key").write_text("cd" * 32, encoding="ascii")
    with pytest.raises(RequestRejected):
        start()


def test_a_key_is_changed_with_the_former_one_below_it(start, tmp_path):
    api = start()
    published(api)
    before = api.get("/access/v1/jwks").json()["keys"]
    new, old = "cd" * 32, "ab" * 32
    (tmp_path / "key").write_text(f"{new}\n{old}\n", encoding="ascii")
    api = start()
    assert outcome(api) == "admit", "what the former key has signed is still current"
    assert api.get("/access/v1/jwks").json()["keys"][1:] == before
    assert published(api, TEXT)["number"] == 2
    (tmp_path / "key").write_text(new, encoding="ascii")
    api = start()
    assert outcome(api) == "refuse", "once it was published anew the former key may go"
    back = api.post("/v1/bundles/认证/1/activate", headers=bearer("publisher"))
    assert (back.status_code, back.json()["code"]) == (422, "ZR796")
    assert before[0]["kid"] in back.json()["detail"], "which key to write back"


def test_a_version_that_the_mapping_does_not_fit_is_not_published(start):
    api = start()
    draft = hand_in(api, OTHER.replace("软删除", "删法"))["draft"]
    assert step(api, draft, "approve", "second").status_code == 200
    answer = step(api, draft, "publish", "publisher")
    assert (answer.status_code, answer.json()["code"]) == (422, "ZR875")
    assert "没有“软删除”这一栏" in answer.json()["detail"]
    kept = api.get("/v1/bundles", headers=bearer("author")).json()
    assert kept == {"bundles": [], "active": {}}
    start()  # as it could not be with that version


def test_a_folder_of_drafts_that_cannot_be_written_stops_the_start(tmp_path):
    (tmp_path / "file").write_text("", encoding="ascii")
    settings = Settings(sets={"": [str(SETS / "cert")]}, drafts=tmp_path / "file" / "drafts")
    with pytest.raises(RequestRejected) as refused:
        run_service(settings)
    (found,) = refused.value.diagnostics
    assert found.code == "ZR875" and "草案写不了" in found.zh


@pytest.mark.parametrize("text", ["", "ab" * 31, f"{'ab' * 32}\nxy", "\n".join(["ab" * 32] * 11)])
def test_a_file_that_holds_no_keys_stops_the_start(start, tmp_path, text):
    (tmp_path / "key").write_text(text, encoding="ascii")
    with pytest.raises(RequestRejected) as refused:
        start()
    assert refused.value.diagnostics[0].code == "ZR875"


def test_a_draft_is_held_against_the_current_set_and_the_past(start):
    api = start()
    outcome(api)
    outcome(api, {**WRITE, "主体": "alice"})
    told = api.get(f"/v1/drafts/{hand_in(api)['draft']}/diff", headers=bearer("second"))
    assert told.status_code == 200, told.text
    assert told.json()["meaning"]["status"] == "looser"
    impact = told.json()["impact"]
    assert (impact["lines"], impact["flipped"], impact["shortened"]) == (2, 1, False)
    assert impact["flips"][0]["before"]["outcome"] == "refuse"


@pytest.mark.parametrize(
    ("part", "value"),
    [("result", None), ("result", {"outcome": 7, "code": "x"}), ("result", {"outcome": 10**30}),
     ("given", []), ("given", {"facts": 3, "received": "2026-03-02"}),
     ("given", {"facts": {}, "received": "2026-13-02"}),
     ("given", {"facts": {}, "received": "2026-03-02", "masked": 7}),
     ("given", {"facts": {}, "received": "2026-03-02", "quotas": {"x": {"y": 1}}}),
     ("decision", "没有"), ("digest", []), ("at", 3), ("previous", None)],
)  # fmt: skip
def test_a_line_of_the_past_that_somebody_wrote_into_is_told_and_stops_nothing(
    start, tmp_path, part, value
):
    api = start()
    for _ in range(3):
        outcome(api)
    (log,) = (tmp_path / "log").glob("*.jsonl")
    lines = log.read_bytes().splitlines(keepends=True)
    lines[1] = json.dumps({**json.loads(lines[1]), part: value}).encode() + b"\n"
    log.write_bytes(b"".join(lines))
    replayed = replay_log(log, [open_policy(SETS / "cert")])
    assert 2 in {each.span.line for each in replayed.findings}
    assert (replayed.lines, replayed.same) in ((3, 1), (3, 2))
    told = api.get(f"/v1/drafts/{hand_in(api)['draft']}/diff", headers=bearer("second"))
    assert told.status_code == 200, told.text
    impact = told.json()["impact"]
    # A draft may be asked what nobody asked then: which version answered is nothing to it.
    assert (impact["lines"], impact["unread"] <= 1, impact["flipped"] >= 2) == (3, True, True)


def test_a_first_line_that_names_none_before_it_hides_no_line_behind_it(start, tmp_path):
    api = start()
    for _ in range(4):
        outcome(api)
    (log,) = (tmp_path / "log").glob("*.jsonl")
    first, *_, last = log.read_bytes().splitlines(keepends=True)
    first = json.dumps({**json.loads(first), "by": "别人", "previous": None}).encode() + b"\n"
    log.write_bytes(first + last)
    assert not replay_log(log, [open_policy(SETS / "cert")]).holds


def test_of_a_long_log_the_newest_decisions_are_measured(start, monkeypatch):
    monkeypatch.setattr("zhunru.web.comparing._MOST_LINES", 2)
    api = start()
    outcome(api)
    outcome(api, {**WRITE, "主体": "alice"})
    outcome(api, {**WRITE, "动作": "read"})
    told = api.get(f"/v1/drafts/{hand_in(api)['draft']}/diff", headers=bearer("second"))
    impact = told.json()["impact"]
    assert (impact["lines"], impact["flipped"], impact["shortened"]) == (2, 0, True)


def test_a_shadow_tells_what_it_would_change_and_changes_nothing(start):
    api = start()
    draft = hand_in(api)["draft"]
    assert step(api, draft, "shadow", "author", on=True).json()["on"] is True
    assert outcome(api) == "refuse"
    outcome(api, {**WRITE, "主体": "alice"})
    told = api.get(f"/v1/drafts/{draft}", headers=bearer("author")).json()["shadow"]
    assert (told["tried"], told["flipped"]) == (2, 1)
    assert told["flips"][0]["after"]["outcome"] == "admit"
    place = f"/v1/drafts/{draft}/shadow"
    unsaid = api.post(place, json={}, headers=bearer("author"))
    assert (unsaid.status_code, unsaid.json()["code"]) == (400, "ZR788")
    assert "shadow" in api.get(f"/v1/drafts/{draft}", headers=bearer("author")).json()
    step(api, draft, "shadow", "author", on=False)
    outcome(api)
    assert "shadow" not in api.get(f"/v1/drafts/{draft}", headers=bearer("author")).json()


def test_what_was_sent_back_or_published_is_compared_but_runs_no_more_as_a_shadow(start):
    api = start()
    back, out = hand_in(api)["draft"], published(api)["draft"]
    assert step(api, back, "return", "second", reason="措辞").status_code == 200
    for draft, why in ((back, "退回"), (out, "已经发布")):
        refused = step(api, draft, "shadow", "author", on=True)
        assert (refused.status_code, refused.json()["code"]) == (409, "ZR797")
        assert why in refused.json()["detail"]
        assert step(api, draft, "shadow", "author", on=False).status_code == 200
        told = api.get(f"/v1/drafts/{draft}/diff", headers=bearer("second"))
        assert told.status_code == 200


def test_a_shadow_is_not_stopped_by_who_stops_another(start):
    api = start()
    runs, other = hand_in(api)["draft"], hand_in(api, TEXT + "\n# 又一稿\n")["draft"]
    step(api, runs, "shadow", "author", on=True)
    assert step(api, other, "shadow", "author", on=False).json() == {"draft": other, "on": False}
    outcome(api)
    assert api.get(f"/v1/drafts/{runs}", headers=bearer("author")).json()["shadow"]["tried"] == 1
    # Of a set one draft runs: the newer takes the place.
    step(api, other, "shadow", "author", on=True)
    assert "shadow" not in api.get(f"/v1/drafts/{runs}", headers=bearer("author")).json()
    assert "shadow" in api.get(f"/v1/drafts/{other}", headers=bearer("author")).json()


def test_no_request_is_lost_or_mixed_while_sets_are_swapped(start, tmp_path):
    """Several callers ask all the time; each answer is that of the version it names."""
    api = start(store="memory:")
    old = open_policy(SETS / "cert").digest
    seen: list[tuple[int, str, tuple[str, ...]]] = []
    stop = Event()

    def ask():
        body = "\n".join([json.dumps(WRITE)] * 20)
        while not stop.is_set():
            one = api.post("/v1/decide", json={"facts": WRITE, "explain": "brief"},
                           headers=bearer("author"))  # fmt: skip
            many = api.post("/v1/decide/batch", content=body,
                            headers={**bearer("author"), "content-type": "application/x-ndjson"})  # fmt: skip
            outcomes = tuple({json.loads(line)["outcome"] for line in many.text.splitlines()})
            seen.append((one.status_code, one.json()["digest"], (one.json()["outcome"],)))
            seen.append((many.status_code, "", outcomes))

    callers = [Thread(target=ask) for _ in range(3)]
    for each in callers:
        each.start()
    new = published(api)["digest"]
    for number in (1, 1, 1):
        published(api, TEXT)
        api.post(f"/v1/bundles/认证/{number}/activate", headers=bearer("publisher"))
    stop.set()
    for each in callers:
        each.join()
    assert {status for status, _, _ in seen} == {200}
    by_version = {digest: {o for _, d, o in seen if d == digest} for digest in (old, new)}
    assert by_version == {old: {("refuse",)}, new: {("admit",)}}
    assert all(len(outcomes) == 1 for _, _, outcomes in seen), "a batch is of one version"
    log = tmp_path / "log" / "decisions-default.jsonl"
    found = replay_log(log, [open_policy(SETS / "cert"), _opened(tmp_path)])
    assert found.holds and found.lines == len(seen) // 2 * 21


def _opened(folder):
    (folder / "other").mkdir()
    (folder / "other" / "cert.policy").write_text(OTHER, encoding="utf-8")
    return open_policy(folder / "other")


@pytest.mark.parametrize(
    "files",
    [{}, {"../a.policy": ""}, {"/a.policy": ""}, {"a.exe": ""}, {"a.policy": 7},
     {"a\\b.policy": ""}, {"a\n.policy": ""}, {f"{n}.csv": "" for n in range(300)},
     {"C:/a.policy": ""}, {"a.policy:b.csv": ""}, {"台账/nul.csv": ""}, {"Con .x.policy": ""},
     {"台账./a.csv": ""}, {"a.policy": "", "A.policy": ""},
     {"./a.policy": "", "a.policy": ""}, {"台账//a.csv": "", "台账/a.csv": ""},
     {"a.policy": "", "A.policy/b.policy": ""}],
)  # fmt: skip
def test_files_that_could_go_elsewhere_are_not_taken(start, tmp_path, files):
    api = start()
    answer = api.post("/v1/drafts", json={"files": files}, headers=bearer("author"))
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")
    assert not list((tmp_path / "drafts").rglob("*.policy"))


# An ideograph of Unicode 15.1, which not every Python knows, and a full-width blank.
@pytest.mark.parametrize("name", ["\U0002ebf0家.policy", "认证\u3000草案.policy"])
def test_files_are_taken_by_any_name_that_can_be_shown(start, name):
    answer = start().post("/v1/drafts", json={"files": {name: OTHER}}, headers=bearer("author"))
    assert answer.status_code == 201, answer.text


def test_without_a_key_nothing_is_published(serve, tmp_path):
    api = serve("cert", drafts=tmp_path / "drafts")
    answer = api.get("/v1/bundles")
    assert (answer.status_code, answer.json()["code"]) == (501, "ZR794")
    assert serve("cert").get("/v1/drafts").status_code == 501


def test_why_a_draft_goes_no_further_is_how_it_stands(start):
    api = start()
    draft = hand_in(api)["draft"]
    early = step(api, draft, "publish", "publisher").json()
    assert "还没有经第二人批准" in early["detail"]
    assert step(api, draft, "approve", "second").status_code == 200
    twice = step(api, draft, "approve", "second").json()
    assert (twice["code"], "已经批准" in twice["detail"]) == ("ZR797", True)
    assert step(api, draft, "publish", "publisher").status_code == 200
    again = step(api, draft, "publish", "publisher").json()
    assert (again["code"], "已经发布" in again["detail"]) == ("ZR797", True)


@pytest.mark.parametrize(
    ("body", "code"),
    [({"files": ["认证.policy"]}, "ZR789"), ({"files": {"认证.policy": OTHER}, "notes": ""}, "ZR774"),
     ({}, "ZR788")],
)  # fmt: skip
def test_what_is_no_draft_is_not_taken_for_one(start, body, code):
    api = start()
    answer = api.post("/v1/drafts", json=body, headers=bearer("author"))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert api.get("/v1/drafts", headers=bearer("author")).json() == {"drafts": []}


@pytest.mark.parametrize("number", ["x", "-1", "1.0", "٣", "1000000"])
def test_what_is_no_number_of_a_version_is_none(start, number):
    answer = start().post(f"/v1/bundles/认证/{number}/activate", headers=bearer("publisher"))
    assert (answer.status_code, answer.json()["code"]) == (400, "ZR789")


def test_a_draft_or_version_that_is_not_there_is_not_there(start):
    api = start()
    absent = api.get("/v1/drafts/0123456789abcdef", headers=bearer("author"))
    assert (absent.status_code, absent.json()["code"]) == (404, "ZR776")
    published(api)
    code = api.get("/v1/bundles", headers=bearer("author")).json()["bundles"][0]["code"]
    answer = api.post(f"/v1/bundles/{code}/9/activate", headers=bearer("publisher"))
    assert (answer.status_code, answer.json()["code"]) == (404, "ZR776")
    assert f"{code} 1" in answer.json()["help"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_is_full_or_read_only_is_told_in_words_and_leaves_no_half_of_a_draft(
    start, tmp_path, monkeypatch, number
):
    def full(*_):
        raise OSError(number, os.strerror(number))

    api, body = start(), {"files": {"认证.policy": OTHER}}
    with monkeypatch.context() as patch:
        patch.setattr("zhunru.web.drafts.write_json", full)
        answer = api.post("/v1/drafts", json=body, headers=bearer("author"))
    assert (answer.status_code, answer.json()["code"]) == (503, "ZR779")
    assert {each.name for each in (tmp_path / "drafts").glob("*/*")} <= {"lock"}
    assert api.get("/v1/drafts", headers=bearer("author")).json() == {"drafts": []}
    assert hand_in(api)["status"] == "checked"


@pytest.mark.parametrize(
    "place", ["zhunru.web.bundles.Bundles.note", "zhunru.web.tenants.Tenant.replace"]
)
def test_a_version_that_cannot_be_made_current_is_not_now_and_not_after_a_restart(
    start, monkeypatch, place
):
    def full(*_):
        raise OSError(28, "No space left on device")

    api = start()
    published(api)
    published(api, TEXT)
    with monkeypatch.context() as patch:
        patch.setattr(place, full)
        back = api.post("/v1/bundles/认证/1/activate", headers=bearer("publisher"))
    assert (back.status_code, back.json()["code"]) == (503, "ZR779")
    assert outcome(api) == "refuse"
    assert api.get("/v1/bundles", headers=bearer("author")).json()["active"] == {"认证": 2}
    assert outcome(start()) == "refuse"
