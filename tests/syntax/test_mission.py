"""The look that the language was asked to have: its text is read as it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from zhunru.diagnostics import Source
from zhunru.syntax.expressions import Among, Call, Compare, Nothing, Quantity, Ref
from zhunru.syntax.nodes import (
    Decide,
    File,
    Form,
    ListDecl,
    Parameter,
    Policy,
    Rule,
    RuleGroup,
    Table,
    Test,
)
from zhunru.syntax.parser import parse
from zhunru.vocabulary import HitPolicy, Measure, Outcome, TypeName, Window

PATH = Path(__file__).parents[1] / "fixtures" / "syntax" / "good" / "mission-2-1.policy"
SOURCE = Source(PATH.name, PATH.read_text(encoding="utf-8"))


def read() -> File:
    return parse(SOURCE)[0]


def of(kind: type, name: str):  # type: ignore[no-untyped-def]
    found = [d for d in read().declarations if isinstance(d, kind) and d.name.text == name]
    assert len(found) == 1
    return found[0]


def test_nothing_in_it_is_reported() -> None:
    assert parse(SOURCE)[1] == []


def test_the_header_holds_what_its_lines_say() -> None:
    header = next(d for d in read().declarations if isinstance(d, Policy))
    assert header.code == "JY-2021"
    assert header.issuer is not None and header.issuer.text == "区民政局"
    assert [name.text for name in header.jointly] == ["区委组织部", "区财政局"]
    assert header.period.start == date(2021, 1, 1) and header.period.end is None
    kinds = [(e.keyword, e.name.text) for e in header.expectations]
    assert kinds[:2] == [("WORKFLOW", "社区工作准入"), ("DECIDE", "社区准入")]


def test_the_form_has_its_types_values_and_who_may_assert() -> None:
    fields = {field.name.text: field for field in of(Form, "来件").fields}
    assert fields["类别"].type is TypeName.CHOICE
    assert [value.text for value in fields["类别"].values][:2] == ["行政任务", "检查考核"]
    assert fields["目标社区"].required
    assert fields["经费到位"].asserted_by is not None
    assert fields["经费到位"].asserted_by.text == "街道"


def test_the_assistance_list_has_clauses_and_rows() -> None:
    assistance = of(ListDecl, "协助事项")
    requirements = assistance.clauses.requirements
    assert [r.otherwise.outcome for r in requirements] == [
        Outcome.REFUSE,
        Outcome.REFUSE,
        Outcome.DEFER,
    ]
    assert requirements[1].test == Among(Ref("来文单位"), (Ref("牵头及下级"),))
    assert assistance.clauses.quotas[0].own_frequency
    first, second = assistance.entries
    assert (first.code, first.title.zh) == ("XZ-01", "协助开展最低生活保障对象核查")
    assert first.frequency is not None and first.frequency.window is Window.YEAR
    assert first.frequency.limit == Quantity(Decimal(4), Measure.TIME)
    assert second.frequency is not None and second.frequency.limit is None
    assert [(c.basis, c.pinpoint) for c in second.clauses.citations] == [
        ("社区矫正法", "第六条"),
        ("社区矫正法", "第十二条"),
    ]


def test_a_column_that_is_no_clause_is_kept() -> None:
    assert of(ListDecl, "依法履职").entries[0].extra == (("承担", "主责"),)


def test_rules_keep_quotas_duties_and_the_merge_rule() -> None:
    inspections = of(Rule, "检查总量控制")
    yearly, rolling = inspections.clauses.quotas
    assert yearly.frequency is not None and rolling.frequency is not None
    assert yearly.frequency.limit == Ref("检查年限额")
    assert (rolling.frequency.window, rolling.frequency.days) == (Window.ROLLING, 7)
    assert [name.text for name in inspections.clauses.counted_by] == ["目标社区", "拟进入日期"]
    assert inspections.verdict is None and inspections.clauses.citations[0].unverified
    emergency = of(Rule, "应急先行")
    assert emergency.verdict is not None and emergency.verdict.outcome is Outcome.ADMIT
    duty = emergency.clauses.duties[0]
    assert duty.per is not None and duty.per.text == "社区工作准入"
    assert duty.limit is not None
    assert duty.limit.length == Quantity(Decimal(5), Measure.WORKDAY)
    assert duty.consequence is not None and duty.consequence.text == "撤销准入"


def test_rules_written_as_rows_have_names_verdicts_and_routes() -> None:
    group = of(RuleGroup, "减负禁令")
    assert [rule.name.text for rule in group.rules] == [
        "严禁摊派应用",
        "考核不得延伸",
        "电子证照替代",
    ]
    last = group.rules[2]
    assert last.clauses.instead == Call("证照替代", (Ref("事项"),))
    assert last.verdict is not None
    assert last.verdict.message.zh == "可以通过电子证照核验的,不得要求提供纸质证明"


def test_tables_have_tests_and_results() -> None:
    substitutes = of(Table, "证照替代")
    assert substitutes.hit is HitPolicy.FIRST
    assert substitutes.rows[2].tests[0].tests == ()
    assert substitutes.rows[2].results == (Nothing(),)
    sizes = of(Table, "规模调整")
    assert [(c.name.text, c.result, c.text) for c in sizes.columns] == [
        ("户数", False, False),
        ("处理", True, False),
        ("办法", True, True),
    ]
    assert sizes.rows[0].tests[0].tests == (
        Compare("<", Ref(""), Call("下限", (Ref("社区规模"),))),
    )


def test_the_decision_has_its_steps_in_order() -> None:
    decide = of(Decide, "社区准入")
    steps = [[name.text for name in step.names] for step in decide.steps]
    assert steps[0] == ["应急先行"]
    assert steps[1] == ["证明负面清单", "减负禁令"]
    assert steps[-1] == ["街道职责", "部门职责"]
    assert len(decide.wording) == 4
    assert decide.default_return == Ref("来文单位")
    assert decide.default_apply is not None and decide.default_apply.text == "社区工作准入"


def test_parameters_hold_values_by_date_and_bands() -> None:
    limit = of(Parameter, "检查年限额")
    assert [(v.start, v.low.value) for v in limit.values] == [
        (date(2018, 1, 1), 100),
        (date(2021, 1, 1), 12),
    ]
    size = of(Parameter, "社区规模").values[1]
    assert (size.low.value, size.high.value, size.low.measure) == (1000, 3000, Measure.HOUSEHOLD)


def test_tests_have_given_facts_and_demands() -> None:
    tests = [d for d in read().declarations if isinstance(d, Test)]
    case = tests[0].cases[0]
    assert [given.value for given in case.given][3] == Ref("有效")
    assert case.expected.outcome is Outcome.REFUSE
    assert case.expected.citations[0].basis == "民发20"
    assert [c.expected.values[0].value for c in tests[1].cases] == [Ref("分"), Ref("留")]


def test_comments_are_collected_with_their_lines() -> None:
    comments = read().comments
    lines = SOURCE.text.split("\n")
    assert all(
        f"# {c.text}".replace("# ", "#") in lines[c.line - 1].replace("# ", "#") for c in comments
    )
    assert {c.trailing for c in comments} == {True, False}


def test_every_place_underlines_its_own_text() -> None:
    file = read()
    form = next(d for d in file.declarations if isinstance(d, Form))
    for field in form.fields:
        assert SOURCE.text[field.name.span.start : field.name.span.end] == field.name.text
        assert SOURCE.span(field.name.span.start, field.name.span.end) == field.name.span
    rule = of(Rule, "应急先行")
    assert SOURCE.text[rule.span.start : rule.span.end].startswith("规则 应急先行")
    assert SOURCE.text[rule.span.start : rule.span.end].endswith("撤销准入")
    when = rule.clauses.when[0]
    assert SOURCE.text[when.span.start : when.span.end].startswith("有效(应急响应")
