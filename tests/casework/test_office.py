"""An office over a store: commands in words, what can be done next, and a chain that tells."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from zhunru import ZhunruError, open_cases
from zhunru.casework.office import actor_of
from zhunru.runtime.case import actor_named
from zhunru.runtime.kit import acting
from zhunru.worktime import BEIJING
from zhunru_cli.main import main

SET = """政策 BJ-1 "办件（示例，非官方）"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级     |
  | 柳河区   | 区   | -        |
  | 柳河街道 | 街道 | 柳河区   |
  | 向阳社区 | 社区 | 柳河街道 |
角色 社区居委会 每个 社区
表单 来件
  目标社区 单位 必填 主体
  金额 数值 0 至 1000
  要件 是否
流程 协助办理 "派单—办理" 止于 办结、退回
  各环节 不再需要(理由) → 退回
  | 环节 | 由         | 限         | 办理 → 去向                                        | 到期 → 去向 |
  | 派单 | 街道       | 1 个工作日 | 派单(经办人) 当 金额 超过 100 且 要件 → 办理; 退回(理由) → 退回 不超过 1 次 | 逾期 → 办理 |
  | 办理 | 社区居委会 | 5 个工作日 | 办毕(结果) → 办结                                  | 逾期 → 退回 |
"""
STREET, COMMUNITY = "柳河街道 李四", "向阳社区 王五"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "集.policy").write_text(SET, encoding="utf-8")
    return tmp_path


@pytest.fixture
def office(place):
    opened = open_cases(str(place / "办件.db"), create=True)
    yield opened
    opened.close()


def _open(office, place, **facts: str):
    given = {"目标社区": "向阳社区", "金额": "200", **facts}
    return office.open(
        place / "集.policy", "协助办理", given, who=STREET, key="开1", at=at("2026-03-02 09:00")
    )


def _code(call, *args, **named) -> str:
    with pytest.raises(ZhunruError) as refused:
        call(*args, **named)
    error = refused.value
    return (getattr(error, "diagnostic", None) or error.diagnostics[0]).code


def test_looking_makes_no_store(place):
    assert _code(open_cases, str(place / "没有.db")) == "ZR880"
    assert not (place / "没有.db").exists()


def test_who_acts_is_a_unit_and_a_person():
    assert (actor_of(STREET).unit, actor_of(STREET).person) == ("柳河街道", "李四")
    assert actor_of("柳河街道").person == ""
    assert _code(actor_of, "  ") == "ZR881"
    assert acting(f" {STREET} ") == actor_named(STREET) == actor_of(STREET), "wherever it is read"


def test_what_can_be_done_next_says_inputs_conditions_and_what_is_not_known(office, place):
    case = _open(office, place)["case"]
    found = office.show(case, at("2026-03-02 10:00"))
    send, back, needless = found["next"]
    assert (send["action"], send["leads_to"]) == ("派单", "办理")
    assert [(each["name"], each["known"]) for each in send["inputs"]] == [("经办人", False)]
    assert "金额超过100" in send["needs"]["zh"]
    assert (send["met"], send["unknown"]) == (None, ["要件"])
    assert (back["times_left"], back["needs"], back["met"]) == (1, None, True)
    assert needless["anywhere"] and not back["anywhere"]


def test_a_condition_that_does_not_hold_is_said_so(office, place):
    case = _open(office, place, 金额="50")["case"]
    assert office.show(case, at("2026-03-02 10:00"))["next"][0]["met"] is False


MEETING = """流程 集体议定 "提出—议定" 止于 办结、不办
  | 环节 | 由                               | 限         | 办理 → 去向                                            | 到期 → 去向 |
  | 议定 | 会议 街道 到会 过半数 赞成 到会过半数 | 5 个工作日 | 通过(决议) 当 要件 → 办结; 未通过(理由) → 不办 | 逾期 → 不办 |
"""


def test_a_meeting_asks_for_what_any_of_its_results_needs(office, place):
    (place / "集.policy").write_text(SET + MEETING, encoding="utf-8")
    policy, when = place / "集.policy", at("2026-03-02 09:00")
    case = office.open(policy, "集体议定", {"目标社区": "向阳社区"}, who=STREET, key="议", at=when)
    (meeting,) = office.show(case["case"], when)["next"]
    asked = {each["name"]: each.get("for") for each in meeting["inputs"]}
    assert asked == {
        "应到": None, "到会": None, "赞成": None, "回避": None,
        "决议": ["通过"], "要件": ["通过"], "理由": ["未通过"],
    }  # fmt: skip
    assert meeting["unknown"] == []
    given = {"应到": "9", "到会": "8", "赞成": "6", "决议": "同意", "要件": "是"}
    held = office.act(case["case"], "会议", given, who=STREET, key="会", at=when)
    assert held["closed"] and held["state"] == "办结"


def test_one_key_is_one_act(office, place):
    case = _open(office, place, 要件="是")["case"]
    command = {"who": STREET, "key": "派1"}
    first = office.act(case, "派单", {"经办人": "王五"}, at=at("2026-03-02 10:00"), **command)
    again = office.act(case, "派单", {"经办人": "王五"}, at=at("2026-03-02 11:00"), **command)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert (first["version"], first["due"]) == (again["version"], again["due"])
    assert len(office.history(case)) == 2


def test_a_case_that_is_late_says_so_until_time_has_acted(office, place):
    case = _open(office, place)["case"]
    before, after = at("2026-03-03 18:00"), at("2026-03-04 09:00")
    assert office.inbox("街道", before)[0]["overdue"] is False
    assert office.inbox("街道", after)[0]["overdue"] is True
    assert office.overdue_timers(after) == 1
    assert office.tick(after)["moved"] == 1
    assert office.overdue_timers(after) == 0
    assert office.inbox("街道", after) == []
    (waiting,) = office.inbox("社区居委会", after)
    assert (waiting["case"], waiting["state"], waiting["overdue"]) == (case, "办理", False)


def test_a_due_date_past_the_published_calendar_is_provisional(office, place):
    office.open(
        place / "集.policy",
        "协助办理",
        {"目标社区": "向阳社区"},
        who=STREET,
        key="远",
        at=at("2031-03-03 09:00"),
    )
    (found,) = office.find(at("2031-03-05 09:00"))
    assert (found["provisional"], found["overdue"]) == (True, False)


def test_the_history_is_told_in_words(office, place):
    case = _open(office, place, 要件="是")["case"]
    office.act(case, "派单", {"经办人": "王五"}, who=STREET, key="1", at=at("2026-03-02 10:00"))
    office.tick(at("2026-03-12 09:00"))
    told = office.history(case)
    assert [each["word"]["zh"] for each in told] == ["开立", "派单", "逾期"]
    assert [(each["from"], each["to"]) for each in told] == [
        ("", "派单"),
        ("派单", "办理"),
        ("办理", "退回"),
    ]
    assert told[0]["facts"] == {"目标社区": "向阳社区", "金额": "200", "要件": True}
    assert json.dumps(told)


def test_a_history_is_told_whole_though_somebody_acts_meanwhile(office, place, monkeypatch):
    case, events = _open(office, place, 要件="是")["case"], office.store.events

    def read(case_id, after=0):
        found = events(case_id, after)
        if len(found) == 1:
            office.act(
                case, "派单", {"经办人": "赵六"}, who=STREET, key="派", at=at("2026-03-02 10:00")
            )
        return found

    monkeypatch.setattr(office.store, "events", read)
    assert [each["word"]["zh"] for each in office.history(case)] == ["开立"]
    assert [each["word"]["zh"] for each in office.history(case)] == ["开立", "派单"]


def test_the_history_says_to_whom_work_went_and_what_was_hidden(office, place):
    case = _open(office, place)["case"]
    given = {"目标社区": "向阳社区"}
    policy, when = place / "集.policy", at("2026-03-02 10:00")
    into = office.open(policy, "协助办理", given, who=STREET, key="2", at=when)["case"]
    above, own = "柳河区 赵六", "柳河区"
    for number, (verb, inputs, who, note) in enumerate([
        ("加派", {"单位": "向阳社区"}, STREET, "向阳社区"),
        ("改派", {"单位": "柳河区", "人员": "赵六", "理由": "事大"}, STREET, "柳河区 赵六；事大"),
        ("改派", {"人员": "钱七"}, above, "柳河区 钱七"),
        ("匿名保密", {"栏目": "金额、要件"}, own, "金额、要件"),
        ("并件", {"并入": into, "理由": "同一件"}, own, f"{into}；同一件"),
    ]):  # fmt: skip
        office.act(case, verb, inputs, who=who, key=f"做{number}", at=when)
        assert office.history(case)[-1]["note"]["zh"] == note


def test_a_further_line_of_one_name_is_called_by_it(office, place):
    """Certificates of four kinds are sealed by four lines: none of them is called 4."""
    send = "派单(经办人) 当 金额 超过 100 且 要件 → 办理"
    text = SET.replace(send, "派单(经办人) 当 金额 超过 900 → 办理; 派单(经办人) → 办理")
    (place / "集.policy").write_text(text, encoding="utf-8")
    case = _open(office, place)["case"]
    office.act(case, "派单", {"经办人": "王五"}, who=STREET, key="1", at=at("2026-03-02 10:00"))
    assert [each["word"]["zh"] for each in office.history(case)] == ["开立", "派单"]


def test_a_role_that_no_unit_has_is_said_with_what_to_do(office, place, capsys, monkeypatch):
    """Nobody finds such a case in an inbox of his own."""
    # A narrow screen breaks the words of a cell over lines.
    monkeypatch.setenv("COLUMNS", "240")
    text = SET.replace("角色 社区居委会 每个 社区", "角色 社区居委会 每个 社区\n角色 调解员")
    text = text.replace("| 办理 | 社区居委会 |", "| 办理 | 调解员 |")
    (place / "集.policy").write_text(text, encoding="utf-8")
    case = _open(office, place, 要件="是")["case"]
    moment = at("2026-03-02 10:00")
    assert office.show(case, moment)["unheld"] == []
    assert [row["unheld"] for row in office.inbox("街道", moment)] == [[]]
    office.act(case, "派单", {"经办人": "王五"}, who=STREET, key="1", at=moment)
    found = office.show(case, moment)
    assert found["unheld"] == ["调解员"]
    assert "改派" in found["unheld_text"]["zh"] and "reassign" in found["unheld_text"]["en"]
    assert [row["unheld"] for row in office.inbox("调解员", moment)] == [["调解员"]]
    assert [row["unheld"] for row in office.find(moment)] == [["调解员"]]
    note = office.history(case)[-1]["note"]
    assert "没有单位担任“调解员”" in note["zh"] and "role 调解员" in note["en"]
    listing = (["inbox", "调解员"], ["case", "list"])
    for command in (["case", "show", case], ["case", "history", case], *listing):
        for language, word in (("zh", "没有单位担任"), ("en", "no unit")):
            main(["--lang", language, *command, "--store", str(place / "办件.db")])
            assert word in capsys.readouterr().out.replace("\n", ""), (command, language)
    office.act(case, "改派", {"单位": "柳河街道"}, who="调解员", key="2", at=at("2026-03-02 11:00"))
    assert office.show(case, moment)["unheld"] == []


def test_a_case_keeps_the_version_it_was_opened_under(office, place):
    case = _open(office, place)["case"]
    newer = SET.replace("| 办理 | 社区居委会 | 5 个工作日 |", "| 办理 | 社区居委会 | 3 个工作日 |")
    (place / "新.policy").write_text(newer, encoding="utf-8")
    command = {"who": STREET, "key": "转", "at": at("2026-03-02 11:00"), "states": {}}
    (foreseen,) = office.migrate(place / "新.policy", dry_run=True, **command)
    assert (foreseen["kind"], foreseen["done"]) == ("moves", False)
    # The dry run left no trace: no version was registered, no event written.
    assert len(office.store.bundles()) == 1
    assert len(office.history(case)) == 1
    (moved,) = office.migrate(place / "新.policy", dry_run=False, **command)
    assert moved["done"]
    assert len(office.store.bundles()) == 2
    assert office.history(case)[-1]["kind"] == "migrated"


# --- the audit chain ---------------------------------------------------------------------------


@pytest.fixture
def written(office, place):
    case = _open(office, place, 要件="是")["case"]
    office.act(case, "派单", {"经办人": "王五"}, who=STREET, key="1", at=at("2026-03-02 10:00"))
    office.act(case, "办毕", {"结果": "好"}, who=COMMUNITY, key="2", at=at("2026-03-03 10:00"))
    return case


def test_an_untouched_chain_holds_and_is_exported_whole(office, written):
    audit = office.verify()
    assert audit.holds
    assert [(each.partition, each.links) for each in audit.chains] == [("BJ-1", 3)]
    lines = [json.loads(line) for line in office.export()]
    assert [line["position"] for line in lines] == [1, 2, 3]
    assert lines[-1]["digest"] == audit.chains[0].head


def test_a_changed_event_breaks_the_chain_at_its_place(office, place, written, capsys, monkeypatch):
    with sqlite3.connect(place / "办件.db") as connection:
        changed = connection.execute(
            "update events set body = replace(body, '王五', '赵六') where number = 2"
        )
        assert changed.rowcount == 1
    (chain,) = office.verify().chains
    assert chain.finding is not None
    assert (chain.finding.code, chain.links) == ("ZR882", 1)
    monkeypatch.chdir(place)
    monkeypatch.delenv("ZHUNRU_LANG", raising=False)
    assert main(["audit", "verify", "--store", "办件.db"]) == 1
    out, err = capsys.readouterr()
    assert "前 1 条完整" in out
    assert "ZR882" in err and "第 2 条断开" in err


def test_a_chain_cut_off_at_its_end_is_found(office, place, written):
    noted = place / "链头.json"
    noted.write_text(json.dumps(office.verify().to_dict()), encoding="utf-8")
    assert office.verify(noted).holds
    with sqlite3.connect(place / "办件.db") as connection:
        connection.execute("delete from events where number >= 2")
    for audit in (office.verify(), office.verify(noted)):
        (chain,) = audit.chains
        assert (chain.finding.code, chain.links) == ("ZR882", 1)
        assert "第 2 条断开" in chain.finding.zh
    # Who also sets back what the store says of its own end is found by what was noted elsewhere.
    with sqlite3.connect(place / "办件.db") as connection:
        connection.execute(
            "update partitions set position = 1, digest = (select digest from events)"
        )
    assert office.verify().holds
    assert office.verify(noted).chains[0].finding.code == "ZR882"


@pytest.mark.parametrize("text", ["", "[]", '{"heads": 3}', '{"heads": [{"partition": 1}]}'])
def test_heads_that_are_none_are_refused(office, place, written, text):
    noted = place / "链头.json"
    noted.write_text(text, encoding="utf-8")
    assert _code(office.verify, noted) == "ZR883"


def test_a_name_that_only_an_older_case_carries_is_still_found(office, place):
    case = _open(office, place)["case"]
    (place / "集.policy").write_text(SET.replace("柳河街道", "河东街道"), encoding="utf-8")
    at_ten = at("2026-03-02 10:00")
    office.open(place / "集.policy", "协助办理", {"目标社区": "向阳社区"}, who="河东街道 赵六",
                key="开2", at=at_ten)  # fmt: skip
    assert [each["case"] for each in office.inbox("柳河街道", at_ten)] == [case]
    assert office.find(at_ten, owner="柳河街道", flow="协助办理", state="办理") == []
    with pytest.raises(ZhunruError, match="柳河街头"):
        office.inbox("柳河街头", at_ten)


def test_a_wrong_name_is_told_on_the_command_line_with_the_nearest(office, place, capsys):
    _open(office, place)
    store = ["--store", str(place / "办件.db"), "--at", "2026-03-02 10:00"]
    for words in (["inbox", "柳合街道"], ["case", "list", "--owner", "柳合街道"]):
        assert main([*words, *store]) != 0
        told = "".join(capsys.readouterr())
        assert "ZR776" in told and "是不是“柳河街道”" in told
    assert main(["inbox", "向阳社区", *store]) == 0
    assert main(["case", "list", "--flow", "协助办里", *store]) != 0
    assert "是不是“协助办理”" in "".join(capsys.readouterr())


def test_whose_turn_it_is_is_said_in_english_where_the_set_has_a_name_in_it(place, capsys):
    row = "| 柳河街道 | 街道 | 柳河区   |"
    text = SET.replace("| 名称     | 层级 | 上级     |", "| 名称 | 层级 | 上级 | 别名 |")
    text = text.replace(row, row + " Liuhe |")
    for other in ("| 柳河区   | 区   | -        |", "| 向阳社区 | 社区 | 柳河街道 |"):
        text = text.replace(other, other + " - |")
    text = text.replace("街道       | 1 个工作日", "柳河街道   | 1 个工作日")
    (place / "集.policy").write_text(text, encoding="utf-8")
    with closing(open_cases(str(place / "办件.db"), create=True)) as office:
        case = _open(office, place)["case"]
    store = ["--store", str(place / "办件.db"), "--at", "2026-03-02 10:00"]
    assert main(["case", "show", case, *store]) == 0
    assert "Liuhe" not in capsys.readouterr().out
    assert main(["--lang", "en", "case", "show", case, *store]) == 0
    assert "Liuhe (柳河街道)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE cases SET state = '办理'",
        "UPDATE cases SET owners = '[['",
        "DELETE FROM cases",
        "INSERT",
    ],
    ids=["changed", "damaged", "removed", "added"],
)
def test_a_case_that_is_not_as_its_events_say_is_named(
    office, place, capsys, monkeypatch, meddling
):
    """The chain holds, for the events were left alone."""
    monkeypatch.chdir(place)
    _open(office, place)
    office.close()
    assert main(["audit", "verify", "--store", "办件.db", "--cases"]) == 0
    assert "都与经过对得上" in capsys.readouterr().out
    with closing(sqlite3.connect(place / "办件.db")) as store, store:
        names = [row[1] for row in store.execute("PRAGMA table_info(cases)")]
        if meddling.startswith("INSERT"):
            picked = ", ".join("'生造'" if name == "case_id" else name for name in names)
            meddling = f"INSERT INTO cases ({', '.join(names)}) SELECT {picked} FROM cases"
        store.execute(meddling)
    assert main(["audit", "verify", "--store", "办件.db"]) == 0
    capsys.readouterr()
    assert main(["audit", "verify", "--store", "办件.db", "--cases"]) == 1
    assert "ZR916" in capsys.readouterr().err
    assert main(["audit", "verify", "--store", "办件.db", "--cases", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["holds"] is False
    assert [each["code"] for each in told["findings"]] == ["ZR916"]
