"""English as it comes to the pen: days, numbers, units and articles, each told with its mend."""

from __future__ import annotations

import pytest

from zhunru.diagnostics import Source
from zhunru.syntax.parser import parse

DAY = 'policy A "b"\n  effective {}\n'
BASIS = "list a kind catalogue\n  | code | matter | basis |\n  | 1 | b | {} |\n"
OFTEN = "list a kind assistance\n  | code | matter | frequency |\n  | 1 | b | {} |\n"
FLOW = (
    "workflow a ending closed\n"
    "  | state | by | within | actions | endings |\n"
    "  | b | c | {} | go -> closed{} | overdue -> closed |\n"
)
TEST = 'test "a"\n  given b = c then {}\n'


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (DAY.format("1 January 2026"), DAY.format("2026-01-01")),
        (DAY.format("May 31st, 2026"), DAY.format("2026-05-31")),
        (DAY.format("3 Sept 2026"), None),
        (DAY.format("3 Sep 2026"), DAY.format("2026-09-03")),
        (OFTEN.format("4 times a year"), OFTEN.format("yearly atmost 4 times")),
        (OFTEN.format("twice per month"), OFTEN.format("monthly atmost 2 times")),
        (OFTEN.format("at most 3 times every week"), OFTEN.format("weekly atmost 3 times")),
        (FLOW.format("no limit", ""), FLOW.format("untimed", "")),
        (FLOW.format("5 working days", ""), FLOW.format("5 workdays", "")),
        (FLOW.format("three workdays", ""), FLOW.format("3 workdays", "")),
        (FLOW.format("ten business days", ""), FLOW.format("10 workdays", "")),
        (FLOW.format("2 days", " and notify d"), FLOW.format("2 days", " also notify d")),
        (BASIS.format("Rules article 4"), BASIS.format("Rules 第四条")),
        (BASIS.format("Rules Art. 12"), BASIS.format("Rules 第十二条")),
        (TEST.format("accept"), TEST.format("admit")),
        ("units\n  | name | level |\n  | a | b |\n", "unit\n  | name | level |\n  | a | b |\n"),
        ("roles a\n", "role a\n"),
    ],
)
def test_following_the_fix_makes_it_readable(text: str, meant: str | None) -> None:
    found = parse(Source("x.policy", text))[1]
    assert found
    for one in found:
        assert (one.fix is None) == (meant is None)
        for edit in one.fix.edits if one.fix else ():
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    if meant is not None:
        assert text == meant
        assert parse(Source("x.policy", text))[1] == []


def test_a_number_in_words_is_no_limit_of_its_own() -> None:
    _, (found,) = parse(Source("x.policy", FLOW.format("three workdays", "")))
    assert found.help_en == "write `3`"
    _, (often,) = parse(Source("x.policy", OFTEN.format("4 times a year")))
    assert often.help_en == "if it is a limit, write `yearly atmost 4 times`"
    _, (most,) = parse(Source("x.policy", OFTEN.format("at most 4 times a year")))
    assert most.help_en == "write `yearly atmost 4 times`"
