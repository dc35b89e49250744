"""Columns, cutting, wrapping and the language of a run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunru_cli.page import wrap
from zhunru_cli.surface import Surface, cells, colour_wanted, fit, harmless, language_of

TEXT = st.text(alphabet="准入，。abc 1）é", max_size=60)


@given(TEXT, st.integers(2, 40))
def test_a_fitted_text_has_exactly_its_width(text, width):
    assert cells(fit(text, width)) == width


@given(TEXT, st.integers(2, 40))
def test_fitting_keeps_a_text_that_has_room(text, width):
    if cells(text) <= width:
        assert fit(text, width).rstrip(" ") == text.rstrip(" ")


@given(TEXT, st.integers(10, 40))
def test_wrapping_loses_nothing_but_blanks(text, width):
    assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")


def test_wrapped_lines_are_as_wide_as_allowed_and_begin_with_no_closing_sign():
    text = "部门考核、检查、评比不得延伸到社区，由区委、区政府统一组织（见减负十条）。" * 3
    lines = list(wrap(text, 20))
    assert max(map(cells, lines)) <= 22  # a closing sign may hang over
    assert not any(line[0] in "，。、）" for line in lines)


def test_text_of_users_cannot_steer_the_terminal():
    nasty = "拒绝\x1b[2K\x1b[1A准入\u202eabc\x07"
    assert harmless(nasty) == "拒绝�[2K�[1A准入�abc�"
    assert harmless("a\n\tb") == "a\n\tb"


def test_with_colours_on_only_plain_colours_pass():
    assert harmless("\x1b[31m红\x1b[0m\x1b[8m藏", keep_colour=True) == "\x1b[31m红\x1b[0m�[8m藏"


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ([], {}, "zh"),
        ([], {"ZHUNRU_LANG": "en"}, "en"),
        ([], {"ZHUNRU_LANG": "en_GB.UTF-8"}, "en"),
        (["--lang", "zh", "check", "x"], {"ZHUNRU_LANG": "en"}, "zh"),
        (["check", "x", "--lang=en"], {}, "en"),
        (["fmt", "--lang", "en", "x"], {}, "zh"),
        (["--lang", "en", "fmt", "--lang", "zh", "x"], {}, "en"),
        (["decide", "x", "--", "--lang", "en"], {}, "zh"),
        (["--lang"], {}, "zh"),
    ],
)
def test_the_language_of_the_interface(words, environment, language):
    assert language_of(words, environment) == language


def test_colours_need_a_terminal_and_no_objection():
    assert colour_wanted(True, {})
    assert not colour_wanted(False, {})
    assert not colour_wanted(True, {"NO_COLOR": "1"})
    assert not colour_wanted(True, {"TERM": "dumb"})
    assert Surface(colour=False).style("错误", fg="red") == "错误"
