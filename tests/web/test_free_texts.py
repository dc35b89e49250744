"""Lines that each give a text of their own, such as a number, told without keeping any of it."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.test_members import by_itself

from zhunru import open_policy
from zhunru.web import Settings, create_app, replay_log
from zhunru.web.calls import Call
from zhunru.web.deciding import Reader, _answered
from zhunru.web.free_texts import ANY_TEXT, FreeTexts
from zhunru.web.log_lines import entries
from zhunru.web.tokens import EVERYBODY
from zhunru.worktime import BEIJING

AT = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
POLICY = """政策 来件 "来件"
  印发 测试
  适用 测试
  施行 2020-01-01

单位
  | 名称 | 层级 |
  | 测试 | 部门 |

表单 来件
  编号 文本 必填
  说明 文本 可无
  主体 文本
  动作 事项

清单 权限 "权限" 类型 准入
  条目 read "读"
    要求 主体 为 alice 否则 拒绝 "不认识" 代码 无此人
  条目 write "写"

判定 来件判定 对象 来件
  依次
    权限
  默认 拒绝 "没有权限" 代码 无权
"""
ODD = ["", " ", "未知", " 未知 ", "unknown", "无", "甲\n乙", '甲"', "甲\\", "甲,乙", "}", '"}', "{", "甲\u3000",
       "x" * 199, "x" * 201, "甲" * 399, "甲" * 401, "x" * 5000, 5, True, None, ["甲"], {"a": "甲"}]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    place = folder / "来件.policy"
    place.write_text(POLICY, encoding="utf-8")
    made = Settings(sets={"": [str(place)]}, log=folder, journal=lambda line: None, pages=False)
    return create_app(made).state.service, place, folder / "decisions-default.jsonl"


def ask(service, text, *, alone):
    """Return the answers to some lines, and how what is on record says they were decided."""
    call = Call(service, service.default, EVERYBODY, AT, {}, b"", "", {}, "zh")
    reader = Reader(call, {})
    if alone:
        return by_itself(call, reader, text)
    return _answered(call, reader, text, 0, False)


def some_lines(rng, count, odd):
    for at in range(count):
        facts = {
            "编号": f"第{rng.randrange(10**9)}号",
            "说明": f"{at} 说明 {rng.random()}",
            "主体": rng.choice(["alice", "bob", "alice ", "未知", str(at)]),
            "动作": rng.choice(["read", "write", "别的"]),
        }
        if rng.random() < odd:
            facts[rng.choice(["编号", "说明"])] = rng.choice(ODD)
        if rng.random() < odd:
            del facts[rng.choice(["编号", "说明"])]
        yield json.dumps(facts, ensure_ascii=rng.random() < 0.5)


def test_texts_that_nobody_asks_for_change_nothing_but_where_they_are_none(served):
    service, place, log = served
    rng = Random(17)
    for odd in (0, 0.1, 0.5):
        for _ in range(6):
            lines = list(some_lines(rng, rng.randrange(1, 30), odd))
            if odd and rng.random() < 0.3:
                lines[0] = rng.choice(
                    [lines[0][:-1], lines[0] + "}", lines[0][:-2] + "\x01" + '"}']
                )
            text = "\n".join(lines).encode()
            assert ask(service, text, alone=False) == ask(service, text, alone=True), text
    found = replay_log(log, [open_policy(place)])
    assert found.lines > 150 and found.holds, found.findings[:3]


def test_lines_whose_texts_hold_what_parts_members_stand_in_a_block(served):
    service, place, log = served
    begun = log.stat().st_size
    inside = [
        "甲, 乙",
        '他说"好"，',
        "一\n二",
        '"',
        "\\",
        '\\"',
        "}{",
        '": "',
        '"说明": "',
        "长" * 4000,
    ]
    for indent in ((", ", ": "), (",", ":")):
        lines = [
            json.dumps(
                {"编号": f"{at}{text}", "说明": f"{text}{at}"[-4000:], "动作": "read"},
                ensure_ascii=at % 2 == 0,
                separators=indent,
            )
            for at in range(3)
            for text in inside
            if len(text) < 100 or at == 0
        ]
        lines = [line for line in lines if len(line) < 16_000]
        text = "\n".join(lines).encode()
        ask(service, text, alone=False)  # by now it is known where these texts begin
        before = log.stat().st_size
        told = ask(service, text, alone=False)
        with log.open("rb") as file:
            file.seek(before)
            found = [body for _, body in entries(enumerate(file.read().splitlines(True), 1))]
        assert {body["v"] for body in found} == {3}, indent
        assert told == ask(service, text, alone=True)
    assert replay_log(log, [open_policy(place)]).holds and begun < log.stat().st_size


BITS = st.sampled_from(
    ["{", "}", ",", ", ", ":", ": ", '"', "\\", '\\"', "\\\\", "x", "甲", "无", "未知", " ", "\n", "\0\n", "1",
     '"说明": "', '"说明":"', '{"说明": "', '"甲": "', '": "', '":"', '"}', "说明", "\\u8bf4", "\\ud800", "\x01"]
)  # fmt: skip


@settings(max_examples=3000)
@given(st.lists(BITS, max_size=24), st.lists(st.sampled_from(["说明", "甲"]), max_size=2))
def test_a_line_without_its_texts_is_json_if_it_was_and_says_else_the_same(bits, free):
    texts = FreeTexts()
    for name in free:
        texts.learn(f' "{name}": "A-1"'.encode())
        texts.learn(f'{{"{name}":"A-1"}}'.encode())
    lines = "".join(bits).encode()
    told = texts.taken_out(lines)
    for one, other in zip(lines.split(b"\n"), told.split(b"\n"), strict=True):
        try:
            before = orjson.loads(one)
        except orjson.JSONDecodeError:
            with pytest.raises(orjson.JSONDecodeError):
                orjson.loads(other)
            continue
        assert plainly(before, free) == plainly(orjson.loads(other), free), other


def plainly(value, free):
    """Return a value with one text for those of fields of which each says the same."""
    if not isinstance(value, dict):
        return value
    return {
        name: ANY_TEXT
        if name in free
        and isinstance(each, str)
        and each.strip() not in ("", "无", "未知", "unknown")
        else plainly(each, free)
        for name, each in value.items()
    }


def test_what_is_not_utf8_is_no_text(served):
    service, _, _ = served
    line = json.dumps({"编号": "A-1", "动作": "write"}, ensure_ascii=False).encode()
    assert b'"outcome"' in ask(service, line, alone=False)
    for bad in (b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\\x", b"\x00", b"\\"):
        text = line + b"\n" + line.replace(b"A-1", b"A" + bad)
        answers = ask(service, text, alone=False)
        assert answers == ask(service, text, alone=True) and b'"error"' in answers, bad


def test_texts_of_lines_stand_in_a_block_and_are_not_kept(served):
    service, _, log = served
    rng, before = Random(5), log.stat().st_size
    for _ in range(20):
        ask(service, "\n".join(some_lines(rng, 50, 0)).encode(), alone=False)
    with log.open("rb") as file:
        file.seek(before)
        found = [body for _, body in entries(enumerate(file.read().splitlines(True), 1))]
    assert {body["v"] for body in found} == {3} and len(found) == 1000
    call = Call(service, service.default, EVERYBODY, AT, {}, b"", "", {}, "zh")
    known = Reader(call, {}).together()._members
    assert not any("第".encode() in piece or b"\\u7b2c" in piece for piece in known)


SHARE = POLICY.replace("  动作 事项\n", "  动作 事项\n  份额 比例 可无\n").replace(
    "主体 为 alice", "份额 少于 1%"
)


@pytest.mark.parametrize("alone", [True, False])
def test_a_number_below_one_in_percent_is_on_record_as_what_was_decided_on(tmp_path, alone):
    place = tmp_path / "来件.policy"
    place.write_text(SHARE, encoding="utf-8")
    made = Settings(sets={"": [str(place)]}, log=tmp_path, journal=lambda line: None, pages=False)
    service = create_app(made).state.service
    lines = [f'{{"编号": "A", "动作": "read", "份额": {each}}}' for each in ("0.5", '"0.5%"', "2")]
    ask(service, "\n".join(lines).encode(), alone=alone)
    found = replay_log(tmp_path / "decisions-default.jsonl", [open_policy(place)])
    assert found.lines == 3 and found.holds, found.findings
