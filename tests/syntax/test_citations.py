"""Citations are split into basis, version and pinpoint; what is left over is kept."""

from __future__ import annotations

import pytest

from zhunru.checker.check import check
from zhunru.diagnostics import Source
from zhunru.syntax.citations import chinese_number, read_citations, read_trace
from zhunru.syntax.loader import load_text


def read(text: str) -> list[tuple[str, str, str, bool]]:
    cited, found = read_citations(text, Source("x", text), 0)
    assert [one.zh for one in found] == []
    return [(c.basis, c.version, c.pinpoint, c.unverified) for c in cited]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("社会救助暂行办法 第四条", ("社会救助暂行办法", "", "第四条", False)),
        ("《信访工作条例》第三条第二款", ("《信访工作条例》", "", "第三条第二款", False)),
        ("居委会组织法(2018) 第二十条", ("居委会组织法", "2018", "第二十条", False)),
        ("居委会组织法（2018）第20条", ("居委会组织法", "2018", "第二十条", False)),
        ("民发〔2020〕20号 第三条第（三）项", ("民发〔2020〕20号", "", "第三条第（三）项", False)),
        ("民发20 附件第1项 待核实", ("民发20", "", "附件第一项", True)),
        ("民法典 第一百一十条之一", ("民法典", "", "第一百一十条之一", False)),
        ("威海减负十条 待核实", ("威海减负十条", "", "", True)),
        ("若干规定2024", ("若干规定2024", "", "", False)),
    ],
)
def test_one_citation(text: str, expected: tuple[str, str, str, bool]) -> None:
    assert read(text) == [expected]


def test_several_pinpoints_of_one_basis() -> None:
    assert read("社区矫正法 第六条、第十二条") == [
        ("社区矫正法", "", "第六条", False),
        ("社区矫正法", "", "第十二条", False),
    ]


def test_several_bases() -> None:
    assert [one[0] for one in read("居委会组织法 第三条、人民调解法 第八条、《统计法》")] == [
        "居委会组织法",
        "人民调解法",
        "《统计法》",
    ]


def test_places_are_those_of_each_citation() -> None:
    text = "居委会组织法 第三条、人民调解法 第八条"
    cited, _ = read_citations(text, Source("x", text), 0)
    assert [text[c.span.start : c.span.end] for c in cited] == text.split("、")


@pytest.mark.parametrize("number", ["吉发[2017]36号", "吉发（2017）36号", "吉发【2017】36号"])
def test_other_brackets_are_mended(number: str) -> None:
    text = f"{number} 第三条"
    cited, found = read_citations(text, Source("x", text), 0)
    assert cited[0].basis == "吉发〔2017〕36号" and cited[0].pinpoint == "第三条"
    (finding,) = found
    assert finding.code == "ZR118" and finding.fix is not None
    assert finding.fix.edits[0].text == "吉发〔2017〕36号"


def test_left_overs_are_kept_and_reported() -> None:
    text = "突发事件应对法 第二十二条 的规定"
    cited, found = read_citations(text, Source("x", text), 0)
    assert (cited[0].pinpoint, cited[0].rest) == ("第二十二条", "的规定")
    assert [one.code for one in found] == ["ZR117"]


def test_nothing_is_no_citation() -> None:
    assert read("-") == read("") == read("  ") == []


def test_numbers_are_written_as_articles_are_counted() -> None:
    said = {n: chinese_number(n) for n in (1, 10, 11, 20, 101, 110, 111, 1259, 1001, 1010)}
    assert said == {
        1: "一", 10: "十", 11: "十一", 20: "二十", 101: "一百零一", 110: "一百一十",
        111: "一百一十一", 1259: "一千二百五十九", 1001: "一千零一", 1010: "一千零一十",
    }  # fmt: skip


def test_traces_are_split() -> None:
    assert read_trace("S0-01、S0-02，S1-03") == ("S0-01", "S0-02", "S1-03")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("某法 第三、四条", "第三条、第四条"),
        ("某法 第三条、四条", "第三条、第四条"),
        ("《某法》第3、4、10条", "第三条、第四条、第十条"),
        ("某法 第三条至第五条", "第三条、第四条、第五条"),
        ("某法 第三至五条", "第三条、第四条、第五条"),
    ],
)
def test_articles_that_share_a_word_are_told_apart(written: str, read: str) -> None:
    cited, (finding,) = read_citations(written, Source("甲", written), 0)
    assert [each.pinpoint for each in cited] == read.split("、")
    assert len({each.basis for each in cited}) == 1
    assert finding.code == "ZR117" and finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == [read]


@pytest.mark.parametrize(
    "written", ["某法 第三、四条第二款", "某法 第三条至第九十条", "某法 第五至三条"]
)
def test_of_which_article_a_paragraph_is_that_several_share_is_not_guessed(written: str) -> None:
    _, found = read_citations(written, Source("甲", written), 0)
    assert [each.fix for each in found] == [None]


@pytest.mark.parametrize(
    "text",
    ["1.《甲》第二条\n2.《乙》", "（一）《甲》第二条；（二）《乙》", "①《甲》第二条、② 《乙》"],
)
def test_numbers_before_titles_are_no_part_of_them(text: str) -> None:
    cited, found = read_citations(text.replace("\n", "；"), Source("x", text), 0)
    assert not found
    assert [(c.basis, c.pinpoint) for c in cited] == [("《甲》", "第二条"), ("《乙》", "")]


def test_a_title_that_is_not_closed_is_told_by_what_is_written() -> None:
    text = '政策 丙 "丙"\n依据 甲 "某某法"\n清单 乙 类型 目录\n  条目 1 "丁"\n    依据 《某某法〉第二条\n'
    policy, _ = load_text(text)
    assert policy is not None
    (told,) = [one for one in check(policy)[1] if one.code == "ZR206"]
    assert "《某某法〉第二条" in told.zh
    assert told.fix is not None and told.fix.edits[0].text == "甲 第二条"
