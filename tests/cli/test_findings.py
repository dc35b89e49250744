"""How findings look: on a terminal, as JSON, as SARIF."""

from __future__ import annotations

import json

from zhunru import Diagnostic
from zhunru.diagnostics import Edit, Fix, Severity, Source
from zhunru_cli.findings import render, summary
from zhunru_cli.reports import json_report, sarif_report
from zhunru_cli.surface import Surface, cells

TEXT = '清单 协助事项 类型 协助\n  牵头 区卫建局   # 写错\n规则 甲\n\t当 类别 为 "检查"\n'
SOURCE = Source("集/准入.policy", TEXT)
ZH = Surface("zh")


def _at(words: str, **given) -> Diagnostic:
    start = TEXT.index(words)
    span = SOURCE.span(start, start + len(words))
    settings = {"zh": f"没有“{words}”", "en": f"there is no `{words}`", **given}
    return Diagnostic("ZR801", Severity.ERROR, span, **settings)


def _shown(found: Diagnostic, surface: Surface = ZH) -> list[str]:
    return render(found, surface, lambda path, line: SOURCE.line(line)).splitlines()


def test_a_finding_shows_place_code_message_and_the_underlined_words():
    assert _shown(_at("区卫建局")) == [
        "集/准入.policy:2:6: 错误 ZR801 没有“区卫建局”",
        "    2 |   牵头 区卫建局   # 写错",
        "      |        ^^^^^^^^",
    ]


def test_the_underline_stands_below_the_words_whatever_their_width():
    for words in ("区卫建局", "类别", '"检查"', "协助事项"):
        _, line, mark = _shown(_at(words))
        before = line[: line.index(words)]
        assert cells(before) == mark.index("^")
        assert mark.count("^") == cells(words)


def test_a_tab_does_not_shift_the_underline():
    _, line, mark = _shown(_at("当"))
    assert cells(line[: line.index("当")]) == mark.index("^")


def test_help_fix_and_related_places_follow():
    edit = Edit(_at("区卫建局").span, "区卫健局")
    related = ((SOURCE.span(0, 2), "清单从这里开始", "the list starts here"),)
    found = _at(
        "区卫建局",
        help_zh="是不是“区卫健局”？",
        fix=Fix((edit,), "改成“区卫健局”", "write `区卫健局`"),
        related=related,
    )
    assert _shown(found)[3:] == [
        "      = 改法：是不是“区卫健局”？",
        "      = 可用 --fix 自动改：改成“区卫健局”",
        "      = 参看 集/准入.policy:1:1：清单从这里开始",
    ]
    english = _shown(found, Surface("en"))
    assert english[0] == "集/准入.policy:2:6: error ZR801 there is no `区卫建局`"
    assert english[-1] == "      = see 集/准入.policy:1:1: the list starts here"


def test_a_very_long_line_is_shown_around_its_place():
    text = "表" * 300 + "错" + "尾" * 300
    source = Source("a.policy", text)
    found = Diagnostic("ZR801", Severity.ERROR, source.span(300, 301), "错了", "wrong")
    _, line, mark = render(found, ZH, lambda path, number: text).splitlines()
    assert cells(line) < 110
    assert cells(line[: line.index("错")]) == mark.index("^")


def test_a_finding_without_a_readable_line_is_one_line():
    assert (
        render(_at("甲"), ZH, lambda path, number: "") == "集/准入.policy:3:4: 错误 ZR801 没有“甲”"
    )


def test_the_summary_counts_by_severity_and_says_what_can_be_mended():
    fix = Fix((Edit(_at("甲").span, "乙"),), "改", "mend")
    found = [_at("甲", fix=fix), _at("区卫建局")]
    assert summary(found, 1, ZH) == "共 2 处错误（1 个规则集）。其中 1 处可用 --fix 自动改。"
    assert summary([], 3, ZH) == "没有发现问题（3 个规则集）。"


def test_the_json_report_carries_both_languages_and_the_fix():
    fix = Fix((Edit(_at("甲").span, "乙"),), "改成乙", "write 乙")
    report = json.loads(json.dumps(json_report([_at("甲", fix=fix)]), ensure_ascii=False))
    (found,) = report["findings"]
    assert report["summary"] == {"error": 1, "warning": 0, "hint": 0}
    assert found["message"] == {"zh": "没有“甲”", "en": "there is no `甲`"}
    assert (found["path"], found["line"], found["column"]) == ("集/准入.policy", 3, 4)
    assert found["fix"]["edits"][0]["text"] == "乙"


def _sarif(found: list[Diagnostic]) -> dict:
    def position(path: str, offset: int) -> tuple[int, int]:
        span = SOURCE.span(offset, offset)
        return span.line, span.column

    return sarif_report(found, "zh", position)


def test_the_sarif_log_names_rules_places_and_fixes():
    fix = Fix((Edit(_at("区卫建局").span, "区卫健局"),), "改", "mend")
    (run,) = _sarif([_at("区卫建局", fix=fix), _at("甲")])["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["ZR801"]
    first, second = run["results"]
    assert first["level"] == "error" and first["ruleIndex"] == 0
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E9%9B%86/%E5%87%86%E5%85%A5.policy"
    assert place["region"] == {"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 10}
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "区卫健局"}
    assert "fixes" not in second
