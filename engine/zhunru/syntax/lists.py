"""Builds lists, entries, rules and tables from their lines and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from zhunru.diagnostics import Span
from zhunru.syntax import headings
from zhunru.syntax.builder import Build, Builder, pick
from zhunru.syntax.cells import Cell, Column, Grid, Heading, cell_value, raw
from zhunru.syntax.expressions import Expr, Nothing, Text
from zhunru.syntax.items import Parts
from zhunru.syntax.keywords import EN, WORDS, ZH
from zhunru.syntax.lowering_declarations import report_word, word_of
from zhunru.syntax.nodes import (
    Clauses,
    Declaration,
    Entry,
    ListDecl,
    Name,
    Period,
    Rule,
    RuleGroup,
    Table,
    TableColumn,
    TableRow,
    Title,
    UnaryTest,
    Verdict,
)
from zhunru.syntax.outline import Line
from zhunru.syntax.reading import Item
from zhunru.syntax.shadow import normalise
from zhunru.syntax.table_totals import Totals
from zhunru.syntax.usual_words import meant_by
from zhunru.vocabulary import HIT_POLICIES, LIST_KINDS, OUTCOMES, HitPolicy, ListKind


def policy_list(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 清单."""
    head = build.head("h_list", line)
    parts, entries = Parts(build.reading), list[Entry]()
    parts.add(head)
    for child in line.children:
        if _is_entry(build, child):
            entries.extend(_entry_block(build, child))
            continue
        parts.add(build.pieces.line("c_list", child) or ())
        build.nothing_under(child)
    grid = build.grid(line, headings.ENTRY, keep=True)
    entries.extend(_entry_rows(build, grid) if grid else ())
    expected = parts.one("expected")
    yield parts.of(
        ListDecl,
        name=head[0],
        title=pick(head, Title, Title("")),
        kind=_kind(build, line, head[0], parts),
        expected=int(expected.value) if expected else None,
        entries=tuple(entries),
        tabular=grid is not None,
        span=build.span(line),
    )


def _is_entry(build: Builder, line: Line) -> bool:
    word = build.pieces.outline.first_word(line.start)
    terminal = WORDS[build.pieces.outline.language].get(word)
    return terminal == "ENTRY" or (terminal is None and "ENTRY" in meant_by(word))


def _kind(build: Builder, line: Line, name: Name, parts: Parts) -> ListKind:
    word = parts.one("kind")
    if word is None:
        build.lacks(line, name.text, ("类型", "a kind"))
        return ListKind.CATALOGUE
    kind = word_of(LIST_KINDS, word.text)
    if kind is None:
        what = ("清单类型", "a kind of list")
        report_word(build.reading, LIST_KINDS, word.text, word.span, what)
    return kind or ListKind.CATALOGUE


# --- entries -------------------------------------------------------------------------------------


def _entry_block(build: Builder, line: Line) -> Iterator[Entry]:
    head = _plain_head(build, line) or build.head("h_entry", line)
    build.no_rows(line)
    if type(head[0]) is tuple and head[0] and isinstance(head[0][0], Name):
        build.nothing_under(line)
        for name in head[0]:
            yield Entry(code=name.text, title=Title(name.text, span=name.span), span=name.span)
        return
    parts = _entry_parts(build, line, head)
    title = pick(head, Title, Title(""))
    yield parts.of(Entry, code=head[0].text, title=title, span=build.span(line))


_ENTRY = "|".join(ZH["ENTRY"] + EN["ENTRY"])
_PLAIN_HEAD = re.compile(rf"(?:{_ENTRY}) +([\w.-]+) +\"([^\"\\\n]*)\"")


def _plain_head(build: Builder, line: Line) -> list[Any] | None:
    """Return code and title of a head that holds nothing else: the fast path of `h_entry`."""
    found = _PLAIN_HEAD.fullmatch(build.pieces.outline.shadow, line.start, line.end)
    if found is None:
        return None
    text, place = build.reading.source.text, build.reading.source.span
    title = text[found.start(2) : found.end(2)]
    return [
        Name(normalise(found[1]), place(*found.span(1))),
        Title(title, span=place(found.start(2) - 1, found.end(2) + 1)),
    ]


def _entry_parts(build: Builder, line: Line, head: list[Any]) -> Parts:
    parts = Parts(build.reading)
    parts.add(head)
    for child in line.children:
        items = _plain_days(build, child) or _plain_leads(build, child)
        parts.add(items or build.pieces.line("c_entry", child) or ())
        build.nothing_under(child)
    return parts


_DAY = r"\d{4}-\d\d?-\d\d?"
_PLAIN_DAYS = re.compile(rf"((\w+) +{_DAY}) +((\w+) +{_DAY})")


def _plain_days(build: Builder, line: Line) -> list[Any] | None:
    """Return first and last day of a line that holds nothing else: many entries share either,
    hardly two share both."""
    found = _PLAIN_DAYS.fullmatch(build.pieces.outline.shadow, line.start, line.end)
    words = WORDS[build.pieces.outline.language]
    if not found or (words.get(found[2]), words.get(found[4])) != ("EFFECTIVE", "TO"):
        return None
    each = (build.pieces.piece("c_entry", *found.span(part)) for part in (1, 3))
    return [item for items in each for item in items or ()]


_PLAIN_LEADS = re.compile(r"(\w+) +([^\W\d_]\w*(?:、[^\W\d_]\w*)*)")


def _plain_leads(build: Builder, line: Line) -> list[Any] | None:
    """Return the bodies of a line that names nothing else: hardly two entries have the same."""
    outline = build.pieces.outline
    found = _PLAIN_LEADS.fullmatch(outline.shadow, line.start, line.end)
    if not found or WORDS[outline.language].get(found[1]) != "LEAD":
        return None
    whole = outline.source.span(line.start, line.end)
    names, at = [], found.start(2)
    for word in found[2].split("、"):
        # Whether a keyword is a name here is for the grammar to say.
        if word in WORDS["any"]:
            return None
        column = whole.column + at - whole.start
        place = Span(whole.path, at, at + len(word), whole.line, column)
        names.append(Name(normalise(word), place))
        at += len(word) + 1
    return [Item("leads", tuple(names), whole)]


def _entry_rows(build: Builder, grid: Grid) -> Iterator[Entry]:
    """Yield an entry a row; without codes, the numbers of the rows are the codes."""
    extra = [i for i, column in enumerate(grid.columns) if column.heading is None]
    totals = Totals(grid, entries=True, expected=True)
    for number, (row, cells) in enumerate(grid.cut(totals), 1):
        parts = Parts(build.reading)
        parts.add(grid.items(cells))
        code = parts.one("code")
        others = tuple(_extra(build, grid.columns[i], cells[i]) for i in extra)
        yield parts.of(
            Entry,
            code=code.text if code else str(number),
            title=parts.one("title", Title("")),
            extra=tuple(pair for pair in others if pair[1]),
            span=build.reading.source.span(row.start, row.end),
        )


def _extra(build: Builder, column: Column, cell: Cell) -> tuple[str, str]:
    return column.text, raw(build.reading.source, cell)


# --- rules ---------------------------------------------------------------------------------------


def rule(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 规则: one rule, or a group of rules written as a table."""
    head = build.head("h_rule", line)
    parts = build.parts("c_rule", line, head)
    grid = build.grid(line, headings.RULE, named=False)
    if grid is not None:
        yield _rule_group(build, line, head[0], parts, grid)
        return
    yield parts.of(Rule, name=head[0], span=build.span(line))


def _rule_group(build: Builder, line: Line, group: Name, parts: Parts, grid: Grid) -> RuleGroup:
    shared = parts.of(Clauses)
    rules = tuple(_rule_rows(build, group, grid, shared, parts.period()))
    return RuleGroup(
        name=group,
        rules=rules,
        shared=shared,
        period=parts.period(),
        tabular=True,
        span=build.span(line),
    )


def _rule_rows(
    build: Builder, group: Name, grid: Grid, shared: Clauses, period: Period
) -> Iterator[Rule]:
    for number, (parts, span) in enumerate(build.rows(grid), 1):
        own = parts.period()
        yield Rule(
            name=parts.one("name") or Name(f"{group.text}{number}", span),
            group=group,
            verdict=_row_verdict(build, parts),
            period=own if own != Period() else period,
            clauses=joined_clauses(shared, parts.of(Clauses)),
            span=span,
        )


def _row_verdict(build: Builder, parts: Parts) -> Verdict | None:
    word, notice = parts.one("outcome"), parts.one("notice", Title(""))
    if not word:
        return None
    place = parts.items["outcome"][0].span
    outcome = word_of(OUTCOMES, word)
    if outcome is None:
        report_word(build.reading, OUTCOMES, word, place, ("结论", "an outcome"))
        return None
    notice = replace(notice, en=parts.one("english", ""))
    return Verdict(outcome, notice, parts.one("reason"), place)


def joined_clauses(shared: Clauses, own: Clauses) -> Clauses:
    """Return a rule's own clauses with those of the head of its group."""
    if shared == Clauses():
        return own
    several = {
        name: getattr(shared, name) + getattr(own, name)
        for name in Clauses.__dataclass_fields__
        if isinstance(getattr(own, name), tuple)
    }
    return replace(
        own,
        **several,
        instead=own.instead or shared.instead,
        return_to=own.return_to or shared.return_to,
        workflow=own.workflow or shared.workflow,
        relaxable=own.relaxable or shared.relaxable,
        binding=own.binding or shared.binding,
    )


# --- 对照表 --------------------------------------------------------------------------------------


def table(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 对照表."""
    head = build.head("h_table", line)
    parts = build.parts("c_table", line, head)
    orders = {name.text: values for name, values in parts.every("sorted")}
    grid = Grid(build.pieces, line.rows) if line.rows else None
    if grid is None:
        build.lacks(line, head[0].text, ("表格", "rows"))
    columns = [_column(build, column, orders) for column in grid.columns] if grid else []
    yield parts.of(
        Table,
        name=head[0],
        hit=_hit(build, parts),
        columns=tuple(columns),
        rows=tuple(_table_rows(build, grid, columns)) if grid else (),
        span=build.span(line),
    )


def _hit(build: Builder, parts: Parts) -> HitPolicy:
    word = parts.one("pick")
    if word is None:
        return HitPolicy.UNIQUE
    hit = word_of(HIT_POLICIES, word.text)
    if hit is None:
        what = ("取行方式", "a way to pick rows")
        report_word(build.reading, HIT_POLICIES, word.text, word.span, what)
    return hit or HitPolicy.UNIQUE


def _column(build: Builder, column: Column, orders: dict[str, tuple[Name, ...]]) -> TableColumn:
    """Return a column: `→` marks a result, 文本 behind its name types it as text."""
    said = build.pieces.piece("k_column", *column.cell, cell=True) if column.text else None
    span = build.reading.source.span(*column.cell)
    if not said:
        return TableColumn(name=Name(column.text, span), span=span)
    name: Name = said["name"]
    column.heading = Heading("result" if said["result"] else "test", "")
    return TableColumn(
        name=name,
        result=said["result"],
        text=said["text"],
        order=orders.get(name.text, ()),
        span=span,
    )


def _table_rows(build: Builder, grid: Grid, columns: list[TableColumn]) -> Iterator[TableRow]:
    for row, cells in grid.cut():
        tests, results = [], []
        for column, cell in zip(columns, cells, strict=True):
            if column.result:
                results.append(_result(build, column, cell))
            else:
                tests.append(_test(build, cell))
        span = build.reading.source.span(row.start, row.end)
        yield TableRow(tests=tuple(tests), results=tuple(results), span=span)


def _test(build: Builder, cell: Cell) -> UnaryTest:
    found = cell_value(build.pieces, "k_tests", cell, None)
    return found or UnaryTest(span=build.reading.source.span(*cell))


def _result(build: Builder, column: TableColumn, cell: Cell) -> Expr:
    span = build.reading.source.span(*cell)
    if column.text:
        text = raw(build.reading.source, cell)
        return Text(text, span) if text else Nothing(span)
    value: Expr | None = cell_value(build.pieces, "k_value", cell, None)
    return value if value is not None else Nothing(span)


BUILDS: dict[str, Build] = {"LIST": policy_list, "RULE": rule, "TABLE": table}
