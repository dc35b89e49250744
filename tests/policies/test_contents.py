"""What the shipped sets contain: the published numbers of rows, a source for each, real bases."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.shipped import POLICIES, SETS, checked_with_findings, compiled, source

from zhunru.decision import Request, decide
from zhunru.diagnostics import Severity
from zhunru.syntax import nodes
from zhunru.vocabulary import ListKind


def lists(name: str) -> Iterator[nodes.ListDecl]:
    for declaration in source(name).declarations:
        if isinstance(declaration, nodes.ListDecl):
            yield declaration


def the_list(name: str, called: str) -> nodes.ListDecl:
    return next(each for each in lists(name) if each.name.text == called)


def titles(name: str, called: str) -> list[str]:
    return [entry.title.zh for entry in the_list(name, called).entries]


def cases_of(name: str) -> list[nodes.Test]:
    return [each for each in source(name).declarations if isinstance(each, nodes.Test)]


@pytest.mark.parametrize(
    ("name", "called", "rows"),
    [
        ("national", "不应出具证明", 20),
        ("national", "法定协助", 45),
        ("national", "可挂牌子", 8),
        ("national", "失效依据示例", 5),
        ("hubei", "湖北不应出具证明", 21),
        ("xianning", "咸宁取消证明", 37),
        ("weihai", "下放事项", 28),
    ],
)
def test_a_list_has_the_published_number_of_rows(name: str, called: str, rows: int) -> None:
    assert len(the_list(name, called).entries) == rows
    assert len(set(titles(name, called))) == rows


def test_the_statutory_duties_are_all_there() -> None:
    codes = {entry.code for entry in the_list("national", "法定履职").entries}
    assert {f"B{number:02d}" for number in range(1, 18)} <= codes


def test_assisting_in_the_committee_law_is_not_counted_as_an_own_duty() -> None:
    own = set(titles("national", "法定履职"))
    assist = set(titles("national", "居委会法协助"))
    assert any("社会治安" in title for title in assist)
    assert not any("协助" in title for title in own)


def test_hubei_leaves_out_one_national_certificate_and_adds_two_of_its_own() -> None:
    national = set(titles("national", "不应出具证明"))
    hubei = set(titles("hubei", "湖北不应出具证明"))
    assert "健在证明" in national - hubei
    assert {"转学证明", "缴费票据遗失证明"} <= hubei - national


def test_xianning_shares_names_with_the_national_list_and_adds_local_ones() -> None:
    shared = set(titles("xianning", "咸宁取消证明")) & set(titles("national", "不应出具证明"))
    assert len(shared) == 18  # seventeen listed as shared, and 婚姻状况证明 among the local ones


@pytest.mark.parametrize("name", SETS)
def test_no_code_stands_for_two_matters_in_a_set_and_those_above_it(name: str) -> None:
    """Rows of one code are one matter, also across sets: a second title answers for the first."""
    titles_of: dict[str, set[str]] = {}
    above = [source(name)]
    for one in above:
        above.extend(one.uppers)
        for each in one.declarations:
            for entry in each.entries if isinstance(each, nodes.ListDecl) else ():
                titles_of.setdefault(entry.code, set()).add(entry.title.zh)
    assert [(code, found) for code, found in titles_of.items() if len(found) > 1] == []


@pytest.mark.parametrize("name", SETS)
def test_every_row_says_where_it_comes_from(name: str) -> None:
    for each in lists(name):
        for entry in each.entries:
            sources = [text for heading, text in entry.extra if heading == "来源" and text]
            assert sources, f"{name} {each.name.text} {entry.code}"


@pytest.mark.parametrize("name", SETS)
def test_every_row_that_decides_cites_something(name: str) -> None:
    for each in lists(name):
        if each.kind is not ListKind.CATALOGUE:
            for entry in each.entries:
                assert entry.clauses.citations or each.clauses.citations, entry.code


@pytest.mark.parametrize("name", SETS)
def test_no_basis_is_in_force_before_it_was_issued(name: str) -> None:
    for basis in source(name).declarations:
        if isinstance(basis, nodes.Basis):
            dated = [(v.issued, v.period.start) for v in basis.versions]
            for issued, start in (*dated, (basis.issued, basis.period.start)):
                assert issued is None or start is None or issued <= start, basis.name.text


@pytest.mark.parametrize("name", SETS)
def test_a_basis_without_dates_is_marked_as_not_verified(name: str) -> None:
    for basis in source(name).declarations:
        if isinstance(basis, nodes.Basis) and not basis.versions:
            known = basis.issued or basis.period.start
            assert known or basis.unverified, basis.name.text


@pytest.mark.parametrize("name", SETS)
def test_check_finds_nothing_but_what_is_meant_to_be_found(name: str) -> None:
    found = Counter(Path(d.span.path).name for d in checked_with_findings(name)[1])
    assert not [d.zh for d in checked_with_findings(name)[1] if d.severity is Severity.ERROR]
    assert set(found) == ({"失效依据.policy"} if name == "national" else set())


def test_each_of_the_five_stale_bases_is_a_finding() -> None:
    stale = {entry.title.span.line for entry in the_list("national", "失效依据示例").entries}
    lines = {d.span.line for d in checked_with_findings("national")[1]}
    assert lines == stale
    assert len(stale) == 5


def test_made_up_names_are_marked_as_examples() -> None:
    rows = [*csv.DictReader((POLICIES / "weihai" / "下放事项.csv").open(encoding="utf-8-sig"))]
    assert all("示例" in row["来源"] for row in rows)
    with (POLICIES / "national" / "单位.csv").open(encoding="utf-8-sig") as file:
        assert all(row["名称"].startswith("示例") for row in csv.DictReader(file))


@pytest.mark.rows("S0-02")
def test_jiangyuan_has_the_units_of_the_report() -> None:
    with (POLICIES / "jiangyuan" / "单位.csv").open(encoding="utf-8-sig") as file:
        levels = Counter(row["层级"] for row in csv.DictReader(file))
    assert (levels["街道"], levels["乡镇"], levels["社区"], levels["村"]) == (4, 6, 31, 60)


def test_each_paper_that_the_report_names_is_a_basis_with_its_number() -> None:
    numbers = {
        basis.reference
        for basis in (*source("national").declarations, *source("jiangyuan").declarations)
        if isinstance(basis, nodes.Basis) and "S0-01" in basis.trace
    }
    assert numbers == {
        "中发〔2017〕13号", "吉发〔2017〕36号", "某发〔2018〕16号", "某发〔2018〕11号",
        "某民发〔2018〕285号",
    }  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_what_comes_from_a_source_names_the_one_whose_rows_it_carries_out(name: str) -> None:
    for one in source(name).declarations:
        said: list[str] = []
        trace: tuple[str, ...] = ()
        if isinstance(one, nodes.Basis):
            said, trace = [one.source], one.trace
        elif isinstance(one, nodes.ListDecl):
            said = [dict(entry.extra).get("来源", "") for entry in one.entries]
            trace = one.clauses.trace
        for text in said if trace else ():
            assert set(re.findall(r"S\d", text)) <= {row[:2] for row in trace}, text


def test_the_four_cases_come_from_the_notice_of_27_cases_with_its_number() -> None:
    """Context of S4-01: a basis, and the header of each of the four sets."""
    (notice,) = (
        one for one in source("chaoyang").declarations
        if isinstance(one, nodes.Basis) and "S4-01" in one.trace
    )  # fmt: skip
    assert "二十七个" in notice.title.zh
    assert "006382871D/2022-2007042" in notice.source
    for name in ("chaoyang", "siming", "hongqi-community"):
        header = source(name).header
        assert header is not None and "S4-01" in header.trace, name


def test_the_posts_of_hunchun_stand_on_one_scheme_and_three_papers() -> None:
    """Context of S4-16."""
    titles = {
        one.title.zh
        for one in source("hunchun").declarations
        if isinstance(one, nodes.Basis) and "S4-16" in one.trace
    }
    assert titles == {
        "关于进一步加强全市社区专职工作者队伍建设的实施方案", "社区专职工作者暂行管理办法",
        "社区专职工作者绩效考核办法", "社区专职工作者薪酬分配办法",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["应急响应", "准入登记", "社区概况"])
def test_registers_are_shipped_empty_for_the_clerk(name: str) -> None:
    text = (POLICIES / "national" / f"{name}.csv").read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 1


def test_there_are_more_than_two_hundred_cases() -> None:
    cases = {name: sum(len(test.cases) for test in cases_of(name)) for name in SETS}
    assert sum(cases.values()) >= 260
    assert all(count >= 3 for count in cases.values()), cases
    large = ("national", "hubei", "xianning", "weihai", "jiangyuan")
    assert all(cases[name] >= 30 for name in large), cases


def test_every_statutory_item_is_tested_for_admission_refusal_and_delay() -> None:
    wanted = {f"A{number:02d}" for number in range(1, 46)}
    found = {
        test.title.zh.split()[0]: [case.expected.outcome for case in test.cases]
        for test in cases_of("national")
        if test.title.zh[:3] in wanted
    }
    assert set(found) == wanted
    assert all(len(set(outcomes)) == 3 for outcomes in found.values())


def test_work_that_weihai_stops_may_still_be_applied_for() -> None:
    facts = {
        "来文单位": "区市场监管局",
        "目标社区": "幸福社区",
        "类别": "行政任务",
        "事项": "沿街商铺摸底登记",
        "承担方式": "协助",
        "经费到位": True,
    }
    policy = compiled("weihai")
    answer = decide(policy, Request(facts=facts, received=date(2026, 3, 2)))
    assert answer.code == "WH-10擅自安排工作叫停"
    assert answer.route is not None
    assert (answer.route.to, answer.route.apply) == (("区市场监管局",), "社区工作准入")


@pytest.mark.parametrize("name", ["jiangyuan", "weihai", "services"])
def test_every_row_of_a_register_says_whether_it_is_made_up(name: str) -> None:
    files = sorted((POLICIES / name / "台账").glob("*.csv"))
    assert files
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sources = [row["来源"] for row in csv.DictReader(file)]
        assert sources and all("S0" in s or "S1" in s or "示例（非官方）" in s for s in sources), (
            path
        )


def cited(name: str) -> Iterator[tuple[str, date | None, str]]:
    """Yield where a set cites a paper, since when that stands, and the paper's name."""
    for one in source(name).declarations:
        if not isinstance(one, nodes.ListDecl | nodes.Rule):
            continue
        yield from ((one.name.text, one.period.start, each.basis) for each in one.clauses.citations)
        for entry in one.entries if isinstance(one, nodes.ListDecl) else ():
            begun = entry.period.start or one.period.start
            yield from ((entry.code, begun, each.basis) for each in entry.clauses.citations)


@pytest.mark.parametrize("name", SETS)
def test_nothing_cites_a_paper_numbered_in_a_later_year_than_it_came_into_force(name: str) -> None:
    heads = (one for one in source(name).declarations if isinstance(one, nodes.Policy))
    start = next(heads).period.start
    years = {
        basis.name.text: int(found[1])
        for each in {name, "national"}
        for basis in source(each).declarations
        if isinstance(basis, nodes.Basis) and (found := re.search(r"〔(\d{4})〕", basis.reference))
    }
    late = [
        (where, basis)
        for where, begun, basis in cited(name)
        if (day := begun or start) is not None and years.get(basis, 0) > day.year
    ]
    assert late == []
