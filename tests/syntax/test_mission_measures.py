"""The checks, scorecards, formulas and promises that the language was asked to have, as written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.syntax.missions import again, source

from zhunru.syntax.expressions import Call, Compare, Quantity, Ref, Rows, Same
from zhunru.syntax.formatter import format_file
from zhunru.syntax.measure_nodes import Check, Counted, Promise, Scorecard, Spell
from zhunru.syntax.parser import parse
from zhunru.vocabulary import Measure

PARTS = ("mission-2-3", "mission-2-6", "mission-2-7")


def of(kind: type, name: str):  # type: ignore[no-untyped-def]
    read = (d for part in PARTS for d in parse(source(part))[0].declarations)
    (found,) = [d for d in read if isinstance(d, kind) and d.name.text == name]
    return found


@pytest.mark.parametrize("part", PARTS)
def test_nothing_in_them_is_reported(part: str) -> None:
    assert parse(source(part))[1] == []


@pytest.mark.parametrize("part", PARTS)
def test_printed_in_either_language_or_as_yaml_they_say_the_same(part: str) -> None:
    file, _ = parse(source(part))
    for language in ("zh", "en"):
        text = format_file(file, language=language)
        assert again(text).declarations == file.declarations
        assert format_file(again(text)) == text
    yaml = again(format_file(file, notation="yaml"), "again.yaml")
    by_name = {(type(d), str(getattr(d, "name", d))): d for d in file.declarations}
    assert {(type(d), str(getattr(d, "name", d))): d for d in yaml.declarations} == by_name


def test_a_check_counts_rows_in_a_time() -> None:
    demand = of(Check, "入户全覆盖").demand
    assert isinstance(demand, Counted)
    assert (demand.subject.text, demand.low, demand.high) == (
        "走访记录",
        Quantity(Decimal(1), Measure.TIME),
        None,
    )
    assert demand.spell == Spell(kind="past", length=Quantity(Decimal(3), Measure.MONTH))


def test_a_check_counts_up_to_a_parameter() -> None:
    demand = of(Check, "单位包联适度").demand
    assert isinstance(demand, Counted)
    assert (demand.low, demand.high) == (Quantity(Decimal(1)), Ref("包联上限"))


def test_a_check_sums_a_formula_over_a_register() -> None:
    demand = of(Check, "薪酬不超预算").demand
    assert isinstance(demand, Compare)
    total = Call("合计", (Rows(Ref("月薪"), over=Ref("社区工作者")),))
    assert demand.left.left == total  # type: ignore[union-attr]


def test_a_check_compares_pairs() -> None:
    check = of(Check, "同工同酬")
    assert (check.every, check.beside) == (check.beside, check.every)
    assert check.demand == Same(Ref("月薪"))


def test_a_promise_names_its_decision_and_its_field() -> None:
    promise = of(Promise, "常住人口一视同仁")
    assert promise.decision.text == "公共服务受理"
    assert promise.where == Ref("常住人口")
    assert [field.text for field in promise.regardless] == ["户籍"]


def test_a_scorecard_says_who_rates_and_what_law_demands() -> None:
    card = of(Scorecard, "以下评上")
    assert card.raters.anonymous and card.raters.sample == Quantity(Decimal(10), Measure.COPY)
    assert [(f.name.text, f.share.value, f.cap) for f in card.floors] == [
        ("部门年度综合考核", 30, False),
        ("派出机构年度考核", 60, False),
    ]
