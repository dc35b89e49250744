"""Lines told by the texts of their members, beside the same lines each read and decided by itself."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhunru import open_policy
from zhunru.batch.numbers import BY_ITSELF
from zhunru.web import Settings, create_app, replay_log
from zhunru.web.calls import Call
from zhunru.web.deciding import Reader, _answered, _by_themselves
from zhunru.web.log_lines import entries
from zhunru.web.members import Members, mark_ends
from zhunru.web.tokens import EVERYBODY
from zhunru.worktime import BEIJING

AT = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
VALUES = {
    "来文单位": [
        "区市场监管局",
        "区卫健局",
        "区 卫健局",
        "Ｑ",
        "甲,乙",
        '甲"乙',
        "甲\\乙",
        "",
        "甲\u2028",
    ],
    "类别": ["挂牌", "检查考核", "系统应用", "没有这一类", ["挂牌"]],
    "事项": ["食品安全工作站", "年度考核", "健康打卡小程序", "a{b}c", "甲:乙", "x" * 1200],
    "目标社区": ["幸福社区", "别处社区", {"a": 1}],
    "拟进入日期": [
        "2026-03-02",
        "2026-03-03",
        "２０２６-03-02",
        "无",
        "2026-02-30",
        20260302,
        10**30,
    ],
    "经费到位": [True, False, 1, 0, 1.0, "是"],
    "报表备案": [True, "否", None],
    "没有这一栏": ["甲"],
    "v": [3],
}
NEEDED = ("类别", "事项")
USUAL = {name: values[0] for name, values in VALUES.items() if name not in ("没有这一栏", "v")}


def by_itself(call, reader, text):
    """Return the answers to lines each of which is read, decided and written by itself."""
    lines = enumerate(text.split(b"\n"), 1)
    return b"".join(_by_themselves(call, reader, lines, full=False).values())


@st.composite
def line(draw):
    # To say what is missing takes long where the kind of work or the matter is.
    names = [n for n in draw(st.permutations(list(USUAL))) if n in NEEDED or draw(st.booleans())]
    facts = {name: USUAL[name] for name in names}
    for name in draw(st.lists(st.sampled_from(list(VALUES)), max_size=2)):
        facts[name] = draw(st.sampled_from(VALUES[name]))
    between = draw(st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " : ")]))
    text = json.dumps(facts, ensure_ascii=draw(st.booleans()), separators=between)
    odd = draw(st.integers(0, 40))
    if odd == 0:
        text = draw(
            st.sampled_from(["", " ", "{}", "[]", "5", "{", text[:-1], text + "}", text * 2])
        )
    elif odd == 1:
        text = text[:-1] + draw(
            st.sampled_from([',"类别":"挂牌"}', ",}", ',"a"}', "}\r", "} ", "\r\n}"])
        )
    elif odd == 2:
        text += "," + text
    elif odd == 3:
        text = " " + text
    return text.encode()


@st.composite
def batch(draw):
    some = draw(st.lists(line(), min_size=1, max_size=5))
    several = draw(st.lists(st.sampled_from(some), min_size=1, max_size=12))
    end = draw(st.sampled_from([b"", b"", b"\n", b"\n\n"]))
    return draw(st.sampled_from([b"\n", b"\n", b"\n", b"\r\n"])).join(several) + end


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return what answers a batch in both ways, and what each puts on record."""
    folder = tmp_path_factory.mktemp("log")
    log = folder / "decisions-default.jsonl"
    made = Settings(sets={"": ["weihai"]}, log=folder, journal=lambda line: None, pages=False)
    service = create_app(made).state.service
    ways = []

    def answered(way, text):
        call = Call(service, service.default, EVERYBODY, AT, {}, b"", "", {}, "zh")
        before = log.stat().st_size
        told = way(call, Reader(call, {}), text)
        with log.open("rb") as file:
            file.seek(before)
            found = list(entries(enumerate(file.read().splitlines(keepends=True), 1)))
        ways.append([body["v"] for _, body in found])
        loose = [{n: v for n, v in body.items() if n not in ("v", "previous")} for _, body in found]
        return told, sorted(map(json.dumps, loose))

    def both(text):
        one = answered(lambda call, reader, text: _answered(call, reader, text, 0, False), text)
        other = answered(by_itself, text)
        return one, other

    yield both, ways
    found = replay_log(log, [open_policy("weihai")])
    assert found.lines > 200 and found.holds, found.findings[:3]


@settings(max_examples=80, deadline=None)
@given(text=batch())
def test_lines_that_share_answers_are_told_what_each_is_told_by_itself(asked, text):
    both, _ = asked
    one, other = both(text)
    assert one == other


def test_plain_lines_share_a_block_and_others_are_read(asked):
    both, ways = asked
    plain = json.dumps(USUAL).encode()
    comma = json.dumps({**USUAL, "事项": "甲,乙"}).encode()
    shorter = json.dumps({name: USUAL[name] for name in list(USUAL)[2:]}).encode()
    undated = json.dumps({n: v for n, v in USUAL.items() if n != "拟进入日期"}).encode()
    wrong = json.dumps({**USUAL, "没有这一栏": "甲"}).encode()
    for text, versions in (
        (plain, [3]),
        (b"\n".join([plain, shorter, undated, plain]) + b"\n", [3, 3, 3, 3]),
        (b"\n".join([undated, undated]), [3, 3]),
        (b"\n".join([plain, comma, plain]), [3, 3, 2]),
        (b"\n".join([b"", plain, wrong, b"", b"{", plain, b""]), [3, 3]),
        (plain + b"," + plain, []),
        (b"\n".join([comma, comma]), [2, 2]),
        (b"\r\n".join([plain, plain]) + b" ", [3, 3]),
    ):
        one, other = both(text)
        assert one == other
        assert ways[-2:] == [versions, [2] * len(versions)], text


# --- the numbers ---------------------------------------------------------------------------------


def members():
    classes = {"a": 7, "b": 7, "c": 8, True: 9}
    return Members(
        lambda name, value: (
            classes.get(value, BY_ITSELF) if type(value) in (str, bool) else BY_ITSELF
        ),
        lambda value: b"none" if value is None else str(value).encode(),
        "d",
    )


def read(known, text):
    return known.read(known.part(mark_ends(text)))


def test_equal_rows_are_lines_that_give_the_same_names_values_of_the_same_classes():
    known = members()
    same = read(known, b'{"x":"a","y":"c","d":"a"}\n{"x": "b", "y":"\\u0063" , "d" : "b"}')
    assert len(set(same.rows)) == 1 and list(same.days) == [b"a", b"b"]
    behind = read(known, b'{"x":"a"}\n{"x":"a"} \n{"x":"b"}\r\n{"x" : "a"\t}\t\r')
    assert len(set(behind.rows)) == 1 and len(behind.rows) == 4
    assert known.of_row(behind.rows[0]) == {"x": "a"}
    for one, other in (
        ('{"x":"a","y":"a"}', '{"y":"a","x":"a"}'),
        ('{"x":"a","y":"a"}', '{"x":"a","y":"c"}'),
        ('{"x":"a","y":"a"}', '{"x":"a"}'),
        ('{"x":"a"}', '{"x":true}'),
    ):
        found = read(known, f"{one}\n{other}".encode())
        assert len(set(found.rows)) == 2 and list(found.days) == [b"none"] * 2, (one, other)


def test_the_day_is_found_wherever_it_stands():
    lines = ['{"d":"a","x":"a"}', '{"x":"a","d":"b"}', '{"x":"a","y":"a"}', '{"d":"c"}']
    for order in (lines, lines[::-1], [lines[2], *lines], lines[:2] * 2):
        days = {0: b"a", 1: b"b", 2: b"none", 3: b"c"}
        found = read(members(), "\n".join(order).encode())
        assert list(found.days) == [days[lines.index(each)] for each in order]


@pytest.mark.parametrize(
    "text",
    ['{"x":"a,b"}', '{"x":["a","b"]}', '{"x":{"y":"a"}}', '{"x":"a"}}', '{{"x":"a"}', '"x":"a"}x',
     ' {"x":"a"}', '{"x":"a",}', '{,"x":"a"}', "", "{}", '{"x":"a"\n}', '\n{"x":"a"}',
     '{"x":"a"}\n', '{"v":"a"}', '{"x":"no class"}', '{"x":1e999}', "\x00", '"x"',
     '{"x":"a"},{"x":"a"}\n"y":"a"}', '{"x":"a"}\x00,{"x":"a"}', '{"x":"\ud800"}',
     '{"x":"' + "a" * 2000 + '"}'],
)  # fmt: skip
def test_what_is_not_made_of_plain_members_is_left_to_be_read(text):
    """Beside such lines the others keep their numbers, and are as many."""
    known, lines = members(), text.encode("utf-8", "surrogatepass").split(b"\n")
    plain = b'{"x":"a","y":"c"}'
    (good,) = read(known, plain).rows
    found = read(known, b"\n".join([plain, *lines, plain])).rows
    assert len(found) == len(lines) + 2 and found[0] == found[-1] == good
    assert any(min(row) < 0 or known.of_row(row) is None for row in found)


@pytest.mark.parametrize(
    "text",
    ['{"x":"a","x":"b"}', '{"x":"a"},"y":"b"}', '{"x":"a"', '{"x":"a","y":"a"', '{"x":"a"},"y":"a"',
     '{"x":"a","\\u0078":"a"}'],
)  # fmt: skip
def test_members_that_make_no_object_give_no_facts(text):
    known = members()
    assert known.of_row(read(known, text.encode()).rows[0]) is None


def test_facts_of_a_row_are_those_of_the_first_line_like_it():
    known = members()
    read(known, b'{"x":"a","y":"c","d":"a"}')
    row = read(known, b'{"x":"b","y":"c","d":"b"}').rows[0]
    assert known.of_row(row) == {"x": "a", "y": "c", "d": "a"}


LIKE = ['{"d":"a"}', '{"d":"b","x":"a"}', '{"x":"a","d":"b"}', '{"x":"a","y":"a"}', '{"x":"a"}',
        '{"d":"c","x":"a","y":"c"}', '{"d":"a","x":"a","d":"b"}']  # fmt: skip


@given(order=st.lists(st.sampled_from(LIKE), min_size=1, max_size=8))
def test_what_is_known_of_rows_is_looked_up_only_where_reading_gives_the_same(order):
    members_, text = members(), "\n".join(order).encode()
    known = {row: row for row in read(members_, "\n".join(LIKE).encode()).rows}
    parted = members_.part(mark_ends(text))
    whole = members_.read(parted)
    try:
        found, days = members_.look_up(parted, known)
    except (LookupError, ValueError):
        widths = {len(row) for row in whole.rows}
        places = [{at for at, piece in enumerate(each.split(",")) if '"d"' in piece}
                  for each in order]  # fmt: skip
        assert len(widths) > 1 or not set.intersection(*places)
        return
    assert (found, list(days)) == (list(whole.rows), list(whole.days))


@pytest.mark.parametrize(
    "order",
    [[0, 5], [5, 0], [0, 5, 1], [1, 2], [3, 3], [0, 1], [1, 1, 5, 0]],
)
def test_lines_that_are_not_alike_are_read_though_the_row_of_each_is_known(order):
    members_ = members()
    known = dict.fromkeys(read(members_, "\n".join(LIKE).encode()).rows, "known")
    parted = members_.part(mark_ends("\n".join(LIKE[at] for at in order).encode()))
    with pytest.raises((LookupError, ValueError)):
        members_.look_up(parted, known)
    assert [known[row] for row in members_.read(parted).rows] == ["known"] * len(order)


def test_a_row_that_is_not_known_is_not_looked_up():
    members_ = members()
    parted = members_.part(mark_ends(b'{"d":"a","x":"a"}\n{"d":"a","x":"c"}'))
    first, second = members_.read(parted).rows
    assert members_.look_up(parted, {first: 1, second: 2}) == ([1, 2], [b"a", b"a"])
    with pytest.raises(LookupError):
        members_.look_up(parted, {first: 1})


def test_lines_of_known_rows_are_answered_without_reading_them_again(monkeypatch):
    made = Settings(sets={"": ["weihai"]}, journal=lambda line: None, pages=False)
    service = create_app(made).state.service
    call = Call(service, service.default, EVERYBODY, AT, {}, b"", "", {}, "zh")
    reader = Reader(call, {})
    lines = [json.dumps({**USUAL, "类别": kind}).encode() for kind in VALUES["类别"][:3]]
    _answered(call, reader, b"\n".join(lines), 0, False)
    whole = by_itself(call, reader, b"\n".join(lines[::-1]))
    monkeypatch.setattr(Members, "read", None)
    assert _answered(call, reader, b"\n".join(lines[::-1]), 0, False) == whole


def test_numbers_are_made_anew_when_those_of_the_classes_are():
    made = Settings(sets={"": ["weihai"]}, journal=lambda line: None, pages=False)
    service = create_app(made).state.service
    call = Call(service, service.default, EVERYBODY, AT, {}, b"", "", {}, "zh")
    reader = Reader(call, {})
    shared = reader.together()
    kinds = VALUES["类别"][:4]
    for at in range(12):
        rows = [{**USUAL, "类别": kind} for kind in kinds[at % 4 :] + kinds[: at % 4]]
        text = "\n".join(map(json.dumps, rows)).encode()
        alone = by_itself(call, reader, text)
        assert _answered(call, reader, text, 0, False) == alone
        if at % 3:
            shared._engine._begin()
