"""Batches whose lines share answers, beside asking for each line by itself; and their log."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

from tests.web.test_decisions import LINES, SIGN, lines

from zhunru import open_policy
from zhunru.web import replay_log
from zhunru.web.log_lines import entries

NAMED = ("outcome", "code", "clause", "basis", "missing")
VALUES = {
    "来文单位": ["区市场监管局", "区卫健局", "区 卫健局", "没有这个局", "", "甲:乙"],
    "类别": ["挂牌", "检查考核", "系统应用", "没有这一类", None],
    "事项": ["食品安全工作站", "年度考核", "健康打卡小程序", "A38", "a{b}c"],
    "目标社区": ["幸福社区", "别处社区"],
    "拟进入日期": ["2026-03-02", "2019-05-01", "无", "2026-02-30", 20260302],
    "经费到位": [True, False, 1, "是"],
    "用途": ["其他用途", "未知", "  "],
    "没有这一栏": ["甲"],
}
RARE = {"没有这一栏": 0.02, "用途": 0.3}


def some_facts(rng, count):
    for _ in range(count):
        names = [name for name in VALUES if rng.random() < RARE.get(name, 0.9)]
        rng.shuffle(names)
        yield {name: rng.choice(VALUES[name]) for name in names}


def test_each_line_is_told_what_it_would_be_told_by_itself(serve, tmp_path):
    api = serve("weihai", log=tmp_path)
    facts = list(some_facts(Random(3), 120))
    found = lines(api, "\n".join(json.dumps(each, ensure_ascii=False) for each in facts))
    assert [each["line"] for each in found] == list(range(1, len(facts) + 1))
    for given, told in zip(facts, found, strict=True):
        alone = api.post("/v1/decide", json={"facts": given, "explain": "brief"})
        if alone.status_code == 200:
            assert {n: told[n] for n in NAMED} == {n: alone.json()[n] for n in NAMED}, given
        else:
            assert told["error"][0]["code"] == alone.json()["code"], given
    assert len({each.get("code") for each in found}) > 3
    decided = sum("error" not in each for each in found)
    replayed = replay_log(tmp_path / "decisions-default.jsonl", [open_policy("weihai")])
    assert (replayed.lines, replayed.same) == (2 * decided, 2 * decided)


def test_lines_of_a_block_are_counted_once_for_each_outcome(serve, monkeypatch):
    api = serve("weihai")
    facts = [{**SIGN, "来文单位": unit, "类别": kind} for unit in VALUES["来文单位"][:2]
             for kind in VALUES["类别"][:3]]  # fmt: skip
    text = "\n".join(map(json.dumps, facts * 3))
    found = lines(api, text)
    outcomes = Counter(each["outcome"] for each in found)
    assert len({each["code"] for each in found}) > len(outcomes), "several answers of one outcome"
    figures, counted = api.app.state.service.figures, []
    monkeypatch.setattr(figures, "decided", lambda *told: counted.append(told))
    assert lines(api, text) == found
    assert sorted(counted) == sorted(("威海减负", *each) for each in outcomes.items())


def test_the_log_holds_for_each_line_what_it_gave_and_the_day_whose_law_was_applied(
    serve, tmp_path
):
    api = serve("weihai", log=tmp_path)
    days = ["2026-03-02", "2026-03-03", "2019-05-01"]
    lines(api, "\n".join(json.dumps({**SIGN, "拟进入日期": day}) for day in days))
    with (tmp_path / "decisions-default.jsonl").open("rb") as log:
        bodies = [body for _, body in entries(enumerate(log, 1))]
    assert [each["result"]["as_of"] for each in bodies] == days
    assert [each["given"]["facts"]["拟进入日期"] for each in bodies] == days
    assert {each["digest"] for each in bodies} == {open_policy("weihai").digest}
    assert len({each["previous"] for each in bodies}) == 1


def test_a_line_of_a_block_that_was_changed_or_taken_out_shows_behind_it(serve, tmp_path):
    api = serve("weihai", log=tmp_path)
    days = ["2026-03-02", "2026-03-03", "2026-03-04"]
    for _ in range(2):
        lines(api, "\n".join(json.dumps({**SIGN, "拟进入日期": day}) for day in days))
    log = tmp_path / "decisions-default.jsonl"
    head, one, two, three, *rest = log.read_bytes().splitlines(keepends=True)
    assert len(rest) == 1 + 3, "one line before those that stand as they came"
    policies = [open_policy("weihai")]

    def found(*changed):
        log.write_bytes(b"".join([*changed, *rest]))
        done = replay_log(log, policies)
        assert done.holds == (not done.findings)
        return sorted({each.span.line for each in done.findings})

    def changed(line, before, after):
        assert before.encode() in line
        return line.replace(before.encode(), after.encode())

    assert found(head, one, two, three) == []
    assert found() == [], "what was put away before is not missed"
    assert found(head, one, two) == [1, 4], "a line is missing, so the digest is another"
    assert found(head, one, two, three, three) == [5]
    assert found(head, two, one, three) == [2, 3, 5]
    assert found(head, one, changed(two, ": ", ":  "), three) == [5], "even where it says the same"
    assert found(head, one, changed(two, "2026-03-03", "2026-03-01"), three) == [3, 5]
    assert found(changed(head, "2026-03-02T", "2026-03-01T"), one, two, three) == [5]
    assert found(changed(head, "擅自挂牌", "擅自检查"), one, two, three) == [2, 3, 4, 5]
    assert found(changed(head, "[0,0,0]", "[0,0]"), one, two, three) == [4, 5]
    assert found(changed(head, "[0,0,0]", "[0,0,7]"), one, two, three) == [4, 5]
    assert found(changed(head, "[0,0,0]", "[0,0,0,0]"), one, two, three) == [1, 5]
    assert found(one, two, three) == [1, 2, 3]


def test_a_batch_goes_on_behind_a_long_log(serve, tmp_path):
    for _ in range(2):
        lines(serve("weihai", log=tmp_path), "\n".join([json.dumps(SIGN)] * 150))
    found = replay_log(tmp_path / "decisions-default.jsonl", [open_policy("weihai")])
    assert (found.lines, found.same) == (300, 300)


def test_a_line_left_unfinished_by_a_kill_spoils_no_other(serve, tmp_path):
    lines(serve("weihai", log=tmp_path), "\n".join([json.dumps(SIGN)] * 3))
    log = tmp_path / "decisions-default.jsonl"
    whole = log.read_bytes()
    size = len(whole)
    for cut in (1, 40, whole.rfind(b"{") + 1 - size, 900, size - 30):
        log.write_bytes(whole[: size - abs(cut)])
        for _ in range(2):  # a service that was started, asked nothing, and stopped
            serve("weihai", log=tmp_path)
        lines(serve("weihai", log=tmp_path), "\n".join([json.dumps(SIGN)] * 2))
        found = replay_log(log, [open_policy("weihai")])
        left = log.read_bytes().splitlines()[:-3]
        broken = [at for at, line in enumerate(left, 1) if not line.endswith(b"}")]
        assert len(broken) == (cut != 1)
        lacking = 4 - len(left) if len(left) > 1 else 0
        expected = sorted([*broken, *([1] if lacking else [])])
        assert sorted(each.span.line for each in found.findings) == expected, cut
        assert found.lines == (3 if len(left) > 1 else 1) + 2


def test_returns_within_lines_leave_the_chain_whole_behind_a_restart(serve, tmp_path):
    # JSON takes a return for a blank: such a line is a plain one, and stands as it came.
    text = json.dumps(SIGN, ensure_ascii=False).replace(", ", ",\r ")
    for _ in range(2):
        found = lines(serve("weihai", log=tmp_path), f"{text}\n{text}")
        assert [each["line"] for each in found] == [1, 2]
    log = tmp_path / "decisions-default.jsonl"
    assert b"\r" in log.read_bytes()
    replayed = replay_log(log, [open_policy("weihai")])
    assert (replayed.lines, replayed.same) == (4, 4)


def test_a_batch_whose_length_is_told_needs_no_end_of_its_last_line(serve):
    api = serve("weihai")
    text = "\r\n".join([json.dumps(SIGN)] * 3)
    assert [each["code"] for each in lines(api, text)] == ["擅自挂牌"] * 3

    def pieces():
        yield text[:50].encode()
        yield text[50:].encode()

    answer = api.post("/v1/decide/batch", content=pieces(), headers=LINES)
    assert answer.text == api.post("/v1/decide/batch", content=text, headers=LINES).text
