"""Our own API: one decision, many line by line, what is still to be asked; the log, derived again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from zhunru import Request, decide, open_policy
from zhunru.compiler.request import QuotaUse
from zhunru.web import replay_log
from zhunru.web.decision_log import DecisionLog
from zhunru.web.tenants import Shadow

SIGN = {
    "来文单位": "区市场监管局",
    "类别": "挂牌",
    "事项": "食品安全工作站",
    "目标社区": "幸福社区",
    "拟进入日期": "2026-03-02",
}
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture
def api(serve):
    return serve("weihai")


def lines(api, text, **query):
    content = text if isinstance(text, bytes) else text.encode()
    answer = api.post("/v1/decide/batch", content=content, headers=LINES, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_decision_is_the_one_that_the_library_gives(api):
    policy = open_policy("weihai")
    wanted = decide(policy, Request(facts=SIGN, received=date(2026, 3, 2)))
    full = api.ask("/v1/decide", {"facts": SIGN})
    same = wanted.to_dict(advice=False)
    for reason in same["reasons"]:  # told by set and file, not where they lie on this machine
        reason["place"]["path"] = "/".join(Path(reason["place"]["path"]).parts[-2:])
    assert full == json.loads(json.dumps(same))
    brief = api.ask("/v1/decide", {"facts": SIGN, "explain": "brief"})
    assert brief["code"] == wanted.code == "擅自挂牌"
    assert "suggestions" in api.ask("/v1/decide", {"facts": SIGN, "explain": "advice"})


def test_the_day_whose_law_is_asked_for_may_be_told(api):
    facts = {name: value for name, value in SIGN.items() if name != "拟进入日期"}
    today = api.ask("/v1/decide", {"facts": facts, "explain": "brief"})
    earlier = api.ask("/v1/decide", {"facts": facts, "explain": "brief", "as_of": "2019-05-01"})
    assert (today["as_of"], earlier["as_of"]) == ("2026-03-02", "2019-05-01")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"facts": {"类别": "没有"}}, 422, "ZR702"),
        ({"facts": {"没有这一栏": "甲"}}, 422, "ZR701"),
        ({"facts": []}, 400, "ZR789"),
        ({"facts": SIGN, "as_of": "昨天"}, 400, "ZR789"),
        ({"facts": SIGN, "set": "没有"}, 404, "ZR758"),
        ({"facts": SIGN, "decision": "没有"}, 404, "ZR776"),
        ({"facts": SIGN, "explain": "short"}, 400, "ZR789"),
        ({"facts": {"经费": 1.5}}, 422, "ZR701"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_code(api, body, status, code):
    answer = api.post("/v1/decide", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{code}"
    assert api.get(f"/problems/{code}").json()["code"] == code


def test_a_problem_is_told_in_the_language_that_is_wanted(api):
    body = {"facts": {"类别": "没有"}}
    chinese = api.post("/v1/decide", json=body).json()["detail"]
    wanted = {"accept-language": "fr, en;q=0.8, zh;q=0.3"}
    answer = api.post("/v1/decide", json=body, headers=wanted)
    assert chinese.startswith("“类别”")
    assert answer.json()["detail"].startswith("`类别`")
    assert answer.headers["content-language"] == "en"


def test_lines_are_decided_one_by_one_and_a_bad_one_is_no_refusal(api):
    text = "\n".join([json.dumps(SIGN), "{", "", '{"类别": "没有"}', "[]", json.dumps(SIGN)])
    found = lines(api, text)
    assert [each["line"] for each in found] == [1, 2, 4, 5, 6]
    assert [each.get("code") for each in found] == ["擅自挂牌", None, None, None, "擅自挂牌"]
    errors = [each["error"][0]["code"] for each in found if "error" in each]
    assert errors == ["ZR781", "ZR702", "ZR789"]
    assert all("outcome" not in each for each in found if "error" in each)


def test_a_line_without_an_end_that_is_too_long_ends_itself_and_not_the_batch(api):
    text = json.dumps(SIGN).encode() + b"\n" + b"x" * 300_000 + b"\n" + json.dumps(SIGN).encode()
    found = lines(api, text)
    assert found[0]["code"] == found[-1]["code"] == "擅自挂牌"
    assert all(each["error"][0]["code"] in ("ZR886", "ZR781") for each in found[1:-1])


def came_in(api, pieces, length):
    """Return the answer to a batch that comes in by pieces, which the test client does not do."""
    headers = [(name.encode(), value.encode()) for name, value in LINES.items()]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    path = "/v1/decide/batch"
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": headers,
    }
    coming, out = iter([*pieces, None]), []

    async def receive():
        piece = next(coming)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message):
        out.append(message.get("body", b""))

    asyncio.run(api.app(scope, receive, send))
    return b"".join(out)


@pytest.mark.parametrize("size", [50_000, 65_536, 131_073, 1_000_000])
@pytest.mark.parametrize("told", [True, False], ids=["length-told", "chunked"])
def test_a_line_that_is_too_long_is_one_line_however_it_comes_in(serve, tmp_path, size, told):
    api = serve("weihai", log=tmp_path)
    good = json.dumps(SIGN).encode()
    # The end of the long line would be a question of its own, if it were taken for a line.
    text = b"\n".join([good, b"x" * (3 * size - len(good) - 1) + good, good, b"y" * 400_000, good])
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    length = len(text) if told else None
    found = [json.loads(line) for line in came_in(api, pieces, length).splitlines()]
    assert [each["line"] for each in found] == [1, 2, 3, 4, 5]
    assert [each["error"][0]["code"] for each in found if "error" in each] == ["ZR886"] * 2
    assert replay_log(tmp_path / "decisions-default.jsonl", [open_policy("weihai")]).lines == 3


def test_the_kind_of_a_batch_is_known_however_it_is_spelt(api):
    headers = {"content-type": "Application/X-NDJSON; charset=UTF-8"}
    answer = api.post("/v1/decide/batch", content=json.dumps(SIGN), headers=headers)
    assert json.loads(answer.text)["code"] == "擅自挂牌"


def test_lines_say_all_where_all_is_asked_for(api):
    (found,) = lines(api, json.dumps(SIGN), explain="full")
    assert found["sentence"]["zh"].startswith("不予准入")


def test_what_is_left_open_and_what_to_ask_next(api):
    first = api.ask("/v1/partial", {"facts": {"来文单位": "区市场监管局"}})
    assert first["ask_next"]["name"] in [each["name"] for each in first["matters"]]
    settled = api.ask("/v1/partial", {"facts": SIGN})
    assert settled["ask_next"] is None
    assert settled["decision"]["outcome"] == "refuse"


def test_asking_what_is_asked_next_comes_to_the_decision(api):
    facts = {"来文单位": SIGN["来文单位"]}
    for _ in range(len(SIGN)):
        following = api.ask("/v1/partial", {"facts": facts})["ask_next"]
        if following is None:
            break
        facts[following["name"]] = SIGN[following["name"]]
    assert len(facts) < len(SIGN)  # nothing is asked that no longer matters
    assert api.ask("/v1/decide", {"facts": facts, "explain": "brief"})["outcome"] == "refuse"


# --- the log -------------------------------------------------------------------------------------


def asked(api):
    api.ask("/v1/decide", {"facts": SIGN})
    api.ask("/v1/decide", {"facts": {"类别": "挂牌", "检查总量控制.每年": 12, "应急响应": "无"}})
    lines(api, "\n".join([json.dumps(SIGN)] * 3))
    resource = {"type": "community", "id": "幸福社区", "properties": {"类别": "挂牌"}}
    body = {"subject": {"type": "unit", "id": "区卫健局"}, "action": {"name": "年度考核"}}
    api.ask("/access/v1/evaluation", {**body, "resource": resource})


def test_every_decision_is_on_record_and_comes_out_the_same_again(serve, tmp_path):
    asked(serve("weihai", log=tmp_path))
    log = tmp_path / "decisions-default.jsonl"
    found = replay_log(log, [open_policy("weihai")])
    assert (found.lines, found.same, found.findings) == (6, 6, [])
    first = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
    assert first["digest"] == open_policy("weihai").digest
    assert first["given"]["facts"] == SIGN
    assert first["result"]["code"] == "擅自挂牌"


def test_a_quota_that_is_not_there_is_told_with_the_nearest(api):
    facts = {**SIGN, "检查总量控制.每月": 4}
    answer = api.post("/v1/decide", json={"facts": facts})
    assert (answer.status_code, answer.json()["code"]) == (422, "ZR708")
    assert answer.json()["help"] == "是不是“检查总量控制.每年”？"
    (line,) = lines(api, json.dumps(facts))
    assert line["error"][0]["code"] == "ZR708"
    assert api.ask("/v1/decide", {"facts": {**SIGN, "检查总量控制.每年": 4}})["code"] == "擅自挂牌"


def test_a_log_of_when_quotas_were_taken_that_are_not_there_comes_out_again(tmp_path):
    policy = open_policy("weihai")
    (name,) = policy.decisions
    facts = {**SIGN, "类别": "检查考核", "事项": "卫生检查"}
    for used in (4, 12):
        uses = {"检查总量控制.每年": QuotaUse(used=used)}
        asked = Request(facts=facts, received=date(2026, 3, 2), quotas=uses)
        found = decide(policy, asked)
        log = DecisionLog(tmp_path / f"{used}.jsonl")
        before = replace(asked, quotas={**uses, "检查总量控制.每月": QuotaUse(used=9)})
        log.add(datetime(2026, 3, 2, tzinfo=UTC), "c", name, [(found, before, ())])
        log.close()
        assert "检查总量控制.每月" in log.path.read_text(encoding="utf-8")
        again = replay_log(log.path, [policy])
        assert (again.lines, again.same, again.findings) == (1, 1, [])
        shadow = Shadow("draft", policy)  # one that no longer has the quota
        assert not shadow.try_out(before, found, name) and not shadow.failed


def test_a_log_that_was_changed_shows_where(serve, tmp_path):
    asked(serve("weihai", log=tmp_path))
    log = tmp_path / "decisions-default.jsonl"
    rows = log.read_text(encoding="utf-8").splitlines(keepends=True)
    policies = [open_policy("weihai")]
    log.write_text("".join([rows[0].replace('"refuse"', '"admit"'), *rows[1:]]), encoding="utf-8")
    found = replay_log(log, policies)
    assert [(each.code, each.span.line) for each in found.findings] == [
        ("ZR799", 1),
        ("ZR798", 2),
    ]
    log.write_text("".join(rows[:1] + rows[2:]), encoding="utf-8")
    taken_out = replay_log(log, policies)
    assert [(each.code, each.span.line) for each in taken_out.findings] == [("ZR798", 2)]
    log.write_text("nonsense\n" + rows[0], encoding="utf-8")
    assert replay_log(log, policies).findings[0].code == "ZR798"


@pytest.mark.parametrize("version", [b"1", b"4", b'"2"'])
def test_lines_of_another_program_are_not_called_changed(serve, tmp_path, version):
    api = serve("weihai", log=tmp_path)
    api.ask("/v1/decide", {"facts": {"事项": "反诈应用推广"}})
    log = tmp_path / "decisions-default.jsonl"
    text = log.read_bytes()
    log.write_bytes(text.replace(b'{"v":2', b'{"v":' + version, 1))
    (finding,) = replay_log(log, [open_policy("weihai")]).findings
    # Who put logs by before an update learns which program still reads them.
    said = f"（“v”为 {version.decode().strip(chr(34))}），请用那一版程序重推"
    assert finding.code == "ZR798" and said in finding.zh


def test_a_version_that_is_not_at_hand_is_said_and_not_guessed(serve, tmp_path):
    asked(serve("weihai", log=tmp_path))
    found = replay_log(tmp_path / "decisions-default.jsonl", [open_policy("national")])
    assert not found.holds
    assert {each.code for each in found.findings} == {"ZR798"}


def test_the_record_goes_on_over_a_restart(serve, tmp_path):
    for _ in range(2):
        asked(serve("weihai", log=tmp_path))
    found = replay_log(tmp_path / "decisions-default.jsonl", [open_policy("weihai")])
    assert (found.lines, found.same) == (12, 12)


SECRETIVE = """政策 密 "保密栏目"
  印发 测试
  适用 测试
  施行 2020-01-01

单位
  | 名称 | 层级 |
  | 测试 | 部门 |

表单 来件
  动作 事项
  举报人 文本 保密
  知情 是否 保密

清单 可办 "可办" 类型 准入
  条目 看 "看"
  条目 改 "改"
    要求 知情 否则 拒绝 "不知情" 代码 不知情

判定 办不办 对象 来件
  依次
    可办
  默认 拒绝 "没有" 代码 没有 刚性
"""


def test_what_is_confidential_is_never_written_down(serve, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "密.policy").write_text(SECRETIVE, encoding="utf-8")
    api = serve(str(tmp_path / "set"), log=tmp_path)
    for action in ("看", "改"):
        facts = {"动作": action, "举报人": "张三丰", "知情": True}
        assert api.ask("/v1/decide", {"facts": facts, "explain": "brief"})["outcome"] == "admit"
    log = tmp_path / "decisions-default.jsonl"
    assert "张三丰" not in log.read_text(encoding="utf-8")
    found = replay_log(log, [open_policy(tmp_path / "set")])
    # The first hung on nothing that is left out; that the second did is said.
    assert found.same == 1
    assert {(each.code, each.span.line) for each in found.findings} <= {("ZR798", 2), ("ZR799", 2)}


def test_a_register_that_no_clause_reads_is_not_written_down(serve, tmp_path):
    api = serve("weihai", store="memory:", log=tmp_path)
    # Every investigation leaves a row in 叫停登记, which no clause of the decision reads.
    body = {
        "flow": "擅自安排工作查处",
        "as": "幸福社区",
        "key": "1",
        "facts": {"目标社区": "幸福社区"},
    }
    case = api.ask("/v1/cases", body)["case"]
    steps = [
        ("幸福社区", "反映", {"来文单位": "区市场监管局", "事项": "甲", "举报人": "乙", "证据": "丙"}),
        ("区民政局", "属实", {"收文日期": "2026-03-02"}),
    ]  # fmt: skip
    for who, action, inputs in steps:
        told = {"as": who, "action": action, "key": action, "inputs": inputs}
        api.ask(f"/v1/cases/{case}/actions", told)
    resource = {"type": "community", "id": "幸福社区", "properties": {"类别": "行政任务"}}
    asked = {"subject": {"type": "unit", "id": "区市场监管局"}, "action": {"name": "甲"}}
    api.ask("/access/v1/evaluation", {**asked, "resource": resource})
    line = json.loads((tmp_path / "decisions-default.jsonl").read_bytes())
    assert "叫停登记" not in line["given"].get("registers", {})
