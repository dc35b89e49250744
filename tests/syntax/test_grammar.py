"""The grammar: free of conflicts, the same for both languages, kept between runs."""

from __future__ import annotations

import logging
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import lark
import pytest

from zhunru.diagnostics import Source
from zhunru.syntax import lalr, lalr_cache
from zhunru.syntax.keywords import EN, ZH, grammar_text
from zhunru.syntax.lexer import PolicyLexer
from zhunru.syntax.parser import parse


def test_the_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=lark.logger.name)
    grammar = grammar_text("policy.lark") + grammar_text("keywords.lark")
    lark.Lark(
        grammar,
        parser="lalr",
        lexer=PolicyLexer,
        start=lalr.start_rules(grammar),
        keep_all_tokens=True,
        maybe_placeholders=False,
        debug=True,
    )
    assert [r.message for r in caplog.records if "conflict" in r.message.lower()] == []


def test_a_conflict_would_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=lark.logger.name)
    ambiguous = 'start: a | b\na: "x" c?\nb: "x" c?\nc: "y"\n'
    with pytest.raises(lark.exceptions.GrammarError):
        lark.Lark(ambiguous, parser="lalr", debug=True)


def test_every_word_is_unique_in_its_language() -> None:
    for words in (ZH, EN):
        spellings = [word for one in words.values() for word in one]
        assert len(spellings) == len(set(spellings))


def test_only_words_that_close_a_chinese_phrase_have_no_english() -> None:
    assert [name for name, words in EN.items() if not words] == [
        "UPON_END",
        "REGARDLESS_END",
        "INSIDE_END",
        "FROM_DATE",
        "CONSECUTIVE",
    ]


def _tables(parser: lark.Lark) -> dict[object, object]:
    """Return what every state does, states numbered in the order in which they are reached."""
    table = parser.parser.parser._parse_table  # type: ignore[attr-defined]
    numbers: dict[object, int] = {}
    waiting = [table.start_states[start] for start in sorted(table.start_states)]
    numbers.update({state: number for number, state in enumerate(dict.fromkeys(waiting))})
    found: dict[object, object] = {}
    for state in waiting:
        actions = []
        for name, (action, argument) in sorted(table.states[state].items()):
            if isinstance(argument, int):
                if argument not in numbers:
                    numbers[argument] = len(numbers)
                    waiting.append(argument)
                argument = numbers[argument]
            actions.append((name, str(action), str(argument)))
        found[numbers[state]] = actions
    ends = {start: numbers[state] for start, state in table.end_states.items()}
    return found | ends


def test_symbols_that_are_one_object_give_the_tables_of_lark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = lalr.build()
    mentions = [each for rule in shared.rules for each in (rule.origin, *rule.expansion)]
    kinds = {(each.is_term, each.name, each.is_term and each.filter_out) for each in mentions}
    assert len({id(each) for each in mentions}) == len(kinds)
    assert all(type(each.name) is str for each in mentions)
    monkeypatch.setattr(lalr, "_Shared", lark.Lark)
    assert _tables(shared) == _tables(lalr.build())


def test_a_kept_parser_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    grammar = grammar_text("policy.lark")
    classes = (lalr.Branch, PolicyLexer)
    first = lalr_cache.kept(grammar, classes, lalr.build)
    assert lalr_cache.place(grammar).is_file()

    def never() -> lark.Lark:
        raise AssertionError("the kept parser was not used")

    second = lalr_cache.kept(grammar, classes, never)
    assert len(first.rules) == len(second.rules)
    assert second.options.start == first.options.start


def test_another_python_keeps_a_parser_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    here = lalr_cache.place("x")
    made = SimpleNamespace(**{**vars(sys.implementation), "cache_tag": "cpython-399"})
    monkeypatch.setattr(sys, "implementation", made)
    assert lalr_cache.place("x") != here


@pytest.mark.parametrize("content", [b"", b"not a parser", pickle.dumps({"data": 1})])
def test_a_damaged_file_is_as_good_as_none(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = lalr_cache.place("x")
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    built = lalr_cache.kept("x", (lalr.Branch, PolicyLexer), lalr.build)
    assert isinstance(built, lark.Lark)


class _Planted:
    """Something that would run code when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return print, ("planted",)


def test_a_planted_file_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = lalr_cache.place("x")
    place.parent.mkdir(parents=True)
    place.write_bytes(pickle.dumps(_Planted()))
    lalr_cache.kept("x", (lalr.Branch, PolicyLexer), lalr.build)
    assert "planted" not in capsys.readouterr().out


def test_without_a_writable_cache_reading_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    built = lalr_cache.kept("x", (lalr.Branch, PolicyLexer), lalr.build)
    assert isinstance(built, lark.Lark)


PAIRS = [
    ("参数 年限额 2018-01-01 起 100 次, 2021-01-01 起 12 次",
     "parameter 年限额 from 2018-01-01 100 times, from 2021-01-01 12 times"),
    ("规则 甲\n  当 户数 在 规模 之内 且 非 类别 为 a\n  拒绝 \"x\"",
     "rule 甲\n  when 户数 inside 规模 and not 类别 is a\n  refuse \"x\""),
    ("公式 f(a) = 1 + 若 a 超过 3 则 2 否则 0",
     "formula f(a) = 1 + if a over 3 then 2 otherwise 0"),
    ("角色 网格员 每个 网格 1 人 由 甲、乙", "role 网格员 every 网格 1 person by 甲, 乙"),
    ("规则 甲\n  限额 每个 社区 任意连续 7 日 不超过 2 次 否则 暂缓 \"满\" 代码 C",
     "rule 甲\n  quota every 社区 rolling 7 days atmost 2 times otherwise defer \"满\" code C"),
    ("判定 d 对象 f\n  依次\n    a、b\n    甲 后于 b\n  默认 拒绝 \"x\" 退回 y 可申请 z 刚性",
     "decide d concerning f\n  order\n    a, b\n    甲 after b\n  default refuse \"x\" "
     "return y apply z binding"),
]  # fmt: skip


@pytest.mark.parametrize(("zh", "en"), PAIRS)
def test_both_languages_give_the_same_tree(zh: str, en: str) -> None:
    chinese, zh_found = parse(Source("x", zh + "\n"))
    english, en_found = parse(Source("x", en + "\n"))
    assert (zh_found, en_found) == ([], [])
    assert chinese.declarations == english.declarations
    assert (chinese.language, english.language) == ("zh", "en")
