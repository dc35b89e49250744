"""Every code of the 1xx range: a bad file with the findings written on its lines, a mended one."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from zhunru.codes import CODES
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax.parser import parse

CHECK = Path(__file__).parents[1] / "fixtures" / "check"
RANGE = sorted(code for code in CODES if code.startswith("ZR1"))
_WRITTEN = re.compile(r'# error( above)?: (ZR\d+) "(.*?)"(?= *(?:#|$))')


def read(path: Path) -> Source:
    return Source(path.name, path.read_text(encoding="utf-8"))


def written(source: Source) -> set[tuple[int, str, str]]:
    """Return the findings that the comments of a bad file announce."""
    found = set()
    for number, line in enumerate(source.text.split("\n"), 1):
        for above, code, text in _WRITTEN.findall(line):
            found.add((number - bool(above), code, text))
    return found


def underlined(source: Source, finding: Diagnostic) -> tuple[int, str, str]:
    span: Span = finding.span
    return span.line, finding.code, source.text[span.start : span.end]


@pytest.mark.parametrize("code", RANGE)
def test_a_bad_file_has_exactly_the_findings_written_on_its_lines(code: str) -> None:
    source = read(CHECK / code / "bad.policy")
    announced = written(source)
    _, found = parse(source)
    assert {underlined(source, one) for one in found} == announced
    assert code in {one[1] for one in announced}


@pytest.mark.parametrize("code", RANGE)
def test_the_mended_file_has_none(code: str) -> None:
    source = read(CHECK / code / "good.policy")
    _, found = parse(source)
    assert [one.zh for one in found] == []


def apply(source: Source, finding: Diagnostic) -> Source:
    """Return the text after the fix of a finding."""
    text = source.text
    assert finding.fix is not None
    for edit in sorted(finding.fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return Source(source.path, text)


@pytest.mark.parametrize("code", [code for code in RANGE if code not in ("ZR119", "ZR121")])
def test_each_fix_takes_its_finding_away(code: str) -> None:
    source = read(CHECK / code / "bad.policy")
    _, found = parse(source)
    for finding in found:
        if finding.fix is None:
            continue
        _, after = parse(apply(source, finding))
        assert len(after) < len(found), finding.zh


@pytest.mark.parametrize("code", ["ZR103", "ZR104", "ZR108", "ZR109", "ZR110", "ZR115", "ZR118"])
def test_these_findings_come_with_a_fix(code: str) -> None:
    source = read(CHECK / code / "bad.policy")
    _, found = parse(source)
    assert all(one.fix is not None for one in found if one.code == code)


def test_all_fixes_of_glued_words_together_give_the_mended_file() -> None:
    source = read(CHECK / "ZR103" / "bad.policy")
    while True:
        _, found = parse(source)
        if not found:
            break
        source = apply(source, found[0])
    without_comments = [line.split("#")[0].rstrip() for line in source.text.split("\n")]
    assert "  当 类别 为 检查考核" in without_comments
    assert "  义务 报备 由 来文单位 限 5 个工作日" in without_comments


@pytest.mark.parametrize(
    ("line", "mended", "safe"),
    [
        ("当类别 为 检查", "当 类别", True),  # nothing else can have been meant
        ("当 来文单位 属于部门", "属于 部门", True),
        ("限额 每个目标社区 每年 不超过 4 次 否则 拒绝 “满”", "每个 目标社区", False),  # or 每 个…
        ("当 类别 为检查考核且事项 为 乙", "为 检查考核且事项", False),  # not all of it yet
    ],
)
def test_a_blank_is_put_in_without_asking_where_no_other_makes_the_line_readable(
    line: str, mended: str, safe: bool
) -> None:
    _, found = parse(Source("甲.policy", f"规则 甲\n  {line}\n  拒绝 “不行”\n"))
    fixes = [(one.code, one.fix.edits[0].text, one.fix.safe) for one in found if one.fix]
    assert fixes[0] == ("ZR103", mended, safe)


def test_messages_never_name_types_of_the_host_language() -> None:
    for code in RANGE:
        _, found = parse(read(CHECK / code / "bad.policy"))
        for one in found:
            text = one.zh + one.en + one.help_zh + one.help_en
            assert not re.search(r"\b(None|str|Token|NoneType|[A-Z]{3,}_?[A-Z]*)\b", text), text


def test_what_a_finding_quotes_is_bounded_and_cannot_write_on_the_screen() -> None:
    _, found = parse(Source("x", "政策 A “甲”\n  \x1b[31m\u202e" + "名" * 3_000 + "\n"))
    assert found
    for finding in found:
        shown = finding.zh + finding.en + finding.help_zh + finding.help_en
        assert len(shown) < 3_000
        assert not set(shown) & {"\x1b", "\u202e"}


INVISIBLE_SET = """政策 T-1 "题"
  施行 2020-01-01
单位
  | 名称     | 层级 | 上级   |
  | 柳河区   | 区   | -      |
  | 区民政局 | 部门 | 柳河区 |
清单 甲 类型 禁止
  依据 某法
  条目 A "事项一"
    牵头 区民政局
依据 某法 "某某法"
  施行 2020-01-01
"""


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\ufeff", "\u2060\u200b"])
@pytest.mark.parametrize(
    ("plain", "before"),
    [
        ("| 区民政局 |", "政局 |"),  # in a cell
        ("    牵头 区民政局", "政局"),  # in a name
        ("    牵头 区民政局", "头 区"),  # in a keyword
        ("清单 甲", "单 甲"),  # in the first word of a declaration
        ("| 名称 ", "称"),  # in a heading
        ('"事项一"', "项"),  # in quotes
    ],
)
def test_an_invisible_character_in_a_word_is_one_finding_and_its_fix_mends_it(
    sign: str, plain: str, before: str
) -> None:
    spoilt = plain.replace(before, sign + before, 1)
    text = INVISIBLE_SET.replace(plain, spoilt, 1)
    source = Source("s.policy", text)
    read, found = parse(source)
    assert [one.code for one in found] == ["ZR109"]
    mended = apply(source, found[0])
    assert mended.text == INVISIBLE_SET
    if before != "项":  # what is in quotes is kept as it is written
        assert read.declarations == parse(mended)[0].declarations


@pytest.mark.parametrize("words", ["牵头 区民政局", "类型 禁止", "清单 甲"])
def test_an_invisible_character_for_a_blank_is_mended_to_one(words: str) -> None:
    source = Source("s.policy", INVISIBLE_SET.replace(words, words.replace(" ", "\u200b"), 1))
    read, found = parse(source)
    assert [one.code for one in found] == ["ZR109"]
    assert apply(source, found[0]).text == INVISIBLE_SET
    assert read.declarations == parse(Source("s.policy", INVISIBLE_SET))[0].declarations


def test_many_invisible_characters_take_no_longer_than_as_many_letters() -> None:
    source = Source("s.policy", ("清单 " + "甲\u200b" * 1_900 + " 类型 禁止\n") * 100)
    start = time.process_time()
    parse(source)
    assert time.process_time() - start < 5
