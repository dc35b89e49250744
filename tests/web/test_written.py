"""What is put together of pieces, beside what is written member by member."""

from __future__ import annotations

import os
from datetime import date, datetime
from random import Random

import orjson
import pytest
from tests.web.test_together import some_facts

from zhunru import open_policy
from zhunru.compiler.request import QuotaUse, Request
from zhunru.decision import decide
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.request_facts import Names, RequestFacts, sort_facts
from zhunru.web import Settings, replay_log
from zhunru.web.deciding import brief
from zhunru.web.decision_log import DecisionLog, NotRecorded, digest_of
from zhunru.web.journal import Figures
from zhunru.web.reading import read_json
from zhunru.web.settings import now
from zhunru.web.tenants import Current, Tenant
from zhunru.web.together import answer_lines
from zhunru.web.written import Written

INSTANTS = ["2026-03-02T09:00:00.123456+08:00", "2026-03-02T09:00:00+00:00", "2026-03-02T09:00"]


@pytest.mark.parametrize("by", [None, "", "区市场监管局", 'a"b'])
@pytest.mark.parametrize("instant", INSTANTS)
def test_a_line_and_an_answer_are_the_same_however_they_are_written(tmp_path, by, instant):
    at = datetime.fromisoformat(instant)
    policy = open_policy("weihai")
    plan = policy.plan("")
    name = plan.head.name
    written = Written(policy.digest, name)
    facts = RequestFacts(Names.of(policy, ""), date(2026, 3, 2), by)
    piecewise, whole = DecisionLog(tmp_path / "a"), DecisionLog(tmp_path / "b")
    answers = 0
    for given in some_facts(Random(11), 150):
        request, _ = sort_facts(given, NOWHERE, facts)
        try:
            found = decide(policy, request, name)
        except RequestRejected:
            continue
        assert not (request.quotas or request.registers)
        told = written.told_of(found)
        piecewise.add_entry(written.entry(at, 'c"', request, *told))
        whole.add(at, 'c"', name, [(found, request, ())])
        if not found.missing:
            assert written.brief(*told) == orjson.dumps(brief(found))
            answers += 1
    assert answers > 10
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_facts_that_are_plain_are_the_request_that_looking_at_each_gives():
    asked = Current(open_policy("weihai"), "weihai").asked()
    facts = asked.facts(date(2026, 3, 2), None)
    rng, plain = Random(5), 0
    odd = ["", " ", None, 0, 5, 0.5, True, ["甲"], {"a": 1}, "甲 "]
    for given in some_facts(rng, 400):
        if given and rng.random() < 0.4:
            given[rng.choice([*given, "应急响应", "检查总量控制.每年", "日期"])] = rng.choice(odd)
        request = asked.usual(given, facts)
        if request is not None:
            assert request == sort_facts(given, NOWHERE, facts)[0], given
            plain += 1
    assert 50 < plain < 390


def test_what_gives_more_than_facts_is_written_member_by_member(tmp_path):
    settings = Settings(sets={"": ["weihai"]}, log=tmp_path)
    tenant = Tenant("", settings, Figures())
    current = tenant.current()
    asked = current.asked()
    day = date(2026, 3, 2)
    requests = [
        Request(facts={"类别": "挂牌"}, received=day),
        Request(facts={"类别": "挂牌"}, received=day, made_at=date(2026, 3, 3)),
        Request(facts={"类别": "挂牌"}, received=day, registers={"应急响应": True}),
        Request(facts={"类别": "挂牌"}, received=day, assertions={"类别": "甲"}),
        Request(facts={}, received=day, quotas={"检查总量控制.每年": QuotaUse(used=1)}),
    ]
    for request in requests:
        tenant.decide(current, request, asked, "c", now())
    tenant.close()
    rows = [orjson.loads(row) for row in (tmp_path / "decisions-default.jsonl").open("rb")]
    extra = [sorted(row["given"].keys() - {"facts", "received"}) for row in rows]
    assert extra == [[], ["made_at"], ["registers"], ["assertions"], ["quotas"]]
    found = replay_log(tmp_path / "decisions-default.jsonl", [open_policy("weihai")])
    assert (found.lines, found.same) == (len(requests), len(requests))


@pytest.mark.parametrize("levels", [1, 23, 24, 25, 26, 900])
@pytest.mark.parametrize("leaf", ["1", '"x"', "0.5", "[]", ""])
def test_so_many_levels_are_read_and_no_more(levels, leaf):
    from zhunru.web.problems import Problem

    text = ('{"a":' * (levels // 2) + "[" * (levels - levels // 2)) + leaf
    text += "]" * (levels - levels // 2) + "}" * (levels // 2)
    depth = levels + (leaf == "[]")
    for body in (text, f'{{"b":{text},"b":1}}'):
        try:
            value = read_json(body.encode(), 24)
        except Problem as problem:
            assert problem.findings[0].code in ("ZR886", "ZR783")
            assert body != text or depth > 24
        else:
            assert body == text and depth <= 24
            assert orjson.loads(orjson.dumps(value, default=str)) is not None


def test_requests_answered_in_one_turn_are_written_together_and_known_to_be(tmp_path, monkeypatch):
    import asyncio

    from zhunru.web import create_app

    day, facts = "2026-03-02", {"类别": "挂牌", "事项": "食品安全工作站", "来文单位": "区卫健局"}
    log = tmp_path / "decisions-default.jsonl"
    app = create_app(Settings(sets={"": ["weihai"]}, log=tmp_path, journal=id, pages=False))
    on_record = []

    async def ask(number, explain="brief"):
        body = orjson.dumps({"facts": {**facts, "拟进入日期": day}, "explain": explain})
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {"type": "http", "method": "POST", "path": "/v1/decide", "query_string": b""}
        told = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            on_record.append(len(log.read_bytes().splitlines()))
            told.append(message)

        await app({**scope, "headers": head}, receive, send)
        return told[0]["status"]

    async def ask_all(*explained):
        return await asyncio.gather(*(ask(n, each) for n, each in enumerate(explained)))

    assert asyncio.run(ask_all(*["brief"] * 7)) == [200] * 7
    assert set(on_record) == {7}, "no answer goes out before the lines of all are written"
    assert asyncio.run(ask_all("brief", "wrong", "full")) == [200, 400, 200]
    assert set(on_record[14:]) == {10}, "what was decided is on record, however it is answered"
    rows = [orjson.loads(row) for row in log.open("rb")]
    assert len({row["previous"] for row in rows[:7]}) == 1 != len({r["previous"] for r in rows})
    found = replay_log(log, [open_policy("weihai")])
    assert (found.lines, found.same) == (10, 10)

    def full(*_):
        raise OSError(28, "no space left")

    monkeypatch.setattr("zhunru.web.decision_log.add", full)
    assert asyncio.run(ask_all("brief", "full", "brief")) == [503] * 3
    monkeypatch.undo()
    assert asyncio.run(ask_all("brief", "brief")) == [200] * 2
    found = replay_log(log, [open_policy("weihai")])
    assert (found.lines, found.same) == (12, 12)


def test_a_block_for_which_there_is_no_room_leaves_no_half_of_it(tmp_path, monkeypatch):
    path = tmp_path / "log"
    log = DecisionLog(path)
    log.add_entry(b'{"v":2,"number":1')
    whole = path.read_bytes()

    def half(file, texts):
        return os.write(file, b"".join(texts)[:10])

    monkeypatch.setattr("zhunru.web.decision_log.add", half)
    log.add_entry(b'{"v":2,"number":2')
    rows = [orjson.loads(row) for row in path.open("rb")]
    assert [row["number"] for row in rows] == [1, 2], "the rest is written as soon as it can be"
    assert rows[1]["previous"] == digest_of(whole)
    two, write = path.read_bytes(), os.write

    def short(file, text):
        if len(text) > 10:
            raise OSError(28, "no space left")
        return write(file, text)

    monkeypatch.setattr("zhunru.web.decision_log.os.write", short)
    for _ in range(2):
        with pytest.raises(NotRecorded, match="no space"):
            log.add_entry(b'{"v":2,"number":3')
    assert path.read_bytes() == two
    monkeypatch.undo()
    log.add_entry(b'{"v":2,"number":4')
    last = orjson.loads(path.read_bytes().splitlines()[-1])
    assert (last["number"], last["previous"]) == (4, digest_of(two[len(whole) :]))
    assert log.written == 3


def test_who_waits_for_a_block_that_could_not_be_put_together_knows(tmp_path):
    log = DecisionLog(tmp_path / "log")
    turn = log.add_later(b'{"v":2')
    assert log.add_later("no bytes") is turn
    for _ in range(2):
        with pytest.raises(TypeError):
            log.end(turn)
    log.add_entry(b'{"v":2')
    log.close()
    log.close()
    assert not log.kept
    assert (tmp_path / "log").read_bytes() == b'{"v":2,"previous":""}\n'


def test_the_head_of_a_block_is_what_a_plain_writer_makes_of_it():
    rng, written = Random(4), Written("a" * 64, "判定")
    facts = RequestFacts(Names.of(open_policy("weihai"), ""), date(2026, 3, 2), 'b"')
    some = [written.told("refuse", f"理由{n}", f"第{n}条", 'x"\\') for n in range(300)]
    at = datetime.fromisoformat(INSTANTS[0])
    for most in (1, 2, 11, 300):
        told = [rng.choice(some[:most]) for _ in range(400)]
        days = [b'"2026-03-%02d"' % rng.randint(1, 31) for _ in told]
        kinds = list(dict.fromkeys(told))
        head, text, end = written.block(at, "c", facts, "d", b"{}", told, days, kinds)
        results = [
            {"outcome": "refuse", "code": f"理由{n}", "clause": f"第{n}条", "basis": 'x"\\'}
            for n in map(some.index, kinds)
        ]
        whole = {
            "v": 3,
            "at": at,
            "by": "c",
            "digest": "a" * 64,
            "decision": "判定",
            "given": {"received": date(2026, 3, 2), "asserted_by": 'b"'},
            "results": results,
            "told": list(map(kinds.index, told)),
            "as_of": list(map(orjson.loads, days)),
            "previous": "d",
        }
        assert head == orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)
        assert (text, end) == (b"{}", b"\n")


def test_the_lines_of_an_answer_are_what_a_plain_writer_makes_of_them():
    written = Written("a" * 64, "判定")
    some = [written.told("refuse", f"理由{n}", "第一条", "x") for n in range(3)]
    for numbers in (range(1, 1), range(1, 2), range(7, 12), [3, 5], range(9_990, 10_010)):
        told = [some[number % 3] for number in numbers]
        lines = [
            {"line": n, "outcome": "refuse", "code": f"理由{n % 3}", "clause": "第一条"}
            | {"basis": "x", "missing": []}
            for n in numbers
        ]
        plain = [orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in lines]
        assert answer_lines(numbers, told) == b"".join(plain)
        with pytest.raises(ValueError, match="slice"):  # never the answer of another line
            answer_lines(numbers, [*told, some[0]])
