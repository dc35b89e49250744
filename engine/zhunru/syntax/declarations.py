"""Builds the declarations of a file from their lines: everything but lists, rules and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhunru.diagnostics import Diagnostic, Fix, Span
from zhunru.syntax import canonical, headings
from zhunru.syntax.builder import Build, Builder, pick
from zhunru.syntax.cells import Grid
from zhunru.syntax.citations import document_number
from zhunru.syntax.items import Parts
from zhunru.syntax.keywords import WORDS, spelling
from zhunru.syntax.misspelling import likely
from zhunru.syntax.nodes import (
    Basis,
    BasisVersion,
    Case,
    Decide,
    Declaration,
    Expected,
    Field,
    Form,
    Formula,
    Name,
    Parameter,
    ParameterValue,
    Policy,
    Register,
    Role,
    Step,
    Test,
    Title,
    Unit,
    UnitBlock,
    Verdict,
)
from zhunru.syntax.outline import Line
from zhunru.syntax.reading import Item, Reading
from zhunru.syntax.table_totals import Totals
from zhunru.syntax.usual_words import meant_by
from zhunru.vocabulary import TypeName

# --- heads ---------------------------------------------------------------------------------------


def policy(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 政策."""
    head = build.head("h_policy", line)
    build.no_rows(line)
    parts = build.parts("c_policy", line, head)
    yield parts.of(
        Policy, code=head[0].text, title=pick(head, Title, Title("")), span=build.span(line)
    )


def basis(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 依据, one block or a table."""
    head = build.head("h_basis", line)
    grid = build.grid(line, headings.BASIS)
    if grid is not None:
        yield from _basis_rows(build, grid)
    if not head:
        return
    parts, versions = _basis_lines(build, line, head)
    yield _basis(build, head[0], pick(head, Title, Title("")), parts, versions, build.span(line))


def _basis_rows(build: Builder, grid: Grid) -> Iterator[Basis]:
    for name, parts, span in build.named_rows(grid, "依据"):
        yield _basis(build, name, parts.one("title", Title("")), parts, (), span)


def _basis(
    build: Builder,
    name: Name,
    title: Title,
    parts: Parts,
    versions: tuple[BasisVersion, ...],
    span: Span,
) -> Basis:
    level = parts.one("level")
    return parts.of(
        Basis,
        name=name,
        title=title,
        reference=_reference(build, parts),
        level=level.text if level else "",
        versions=versions,
        span=span,
    )


def _reference(build: Builder, parts: Parts) -> str:
    text = parts.one("reference", "")
    if not text:
        return ""
    place = parts.items["reference"][0].span
    # The item begins with its keyword, the number behind it.
    at = build.reading.source.text.find(text, place.start)
    span = build.reading.source.span(at, at + len(text))
    found: list[Diagnostic] = []
    number = document_number(text, span, found)
    build.reading.note(found)
    return number


def _basis_lines(
    build: Builder, line: Line, head: list[Any]
) -> tuple[Parts, tuple[BasisVersion, ...]]:
    """Return the items of a basis; those behind 版本 on a line belong to that version."""
    parts, versions = Parts(build.reading), []
    parts.add(head)
    for said in build.under("c_basis", line):
        at = next((i for i, item in enumerate(said) if item.key == "version"), len(said))
        parts.add(said[:at])
        if at < len(said):
            versions.append(_version(build, said[at], said[at + 1 :]))
    return parts, tuple(versions)


def _version(build: Builder, label: Item, rest: list[Item]) -> BasisVersion:
    parts = Parts(build.reading)
    parts.add(rest)
    end = rest[-1].span.end if rest else label.span.end
    return parts.of(
        BasisVersion,
        label=label.value,
        reference=_reference(build, parts),
        span=build.reading.source.span(label.span.start, end),
    )


# --- units and roles -----------------------------------------------------------------------------


def unit(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 单位: a line, indented lines, a table, or a file."""
    head = build.head("h_unit", line)
    taken = bool(head) and head[0] == "source"
    source = head[1] if taken else ""
    units = (
        [_unit(build, head, build.reading.source.span(line.start, line.end))]
        if (head and not taken)
        else []
    )
    for child in line.children:
        said = build.pieces.line("c_unit", child)
        build.nothing_under(child)
        if said is not None:
            units.append(_unit(build, said, build.reading.source.span(child.start, child.end)))
    grid = build.grid(line, headings.UNIT)
    units.extend(_unit_rows(build, grid) if grid else ())
    span = build.span(line)
    yield UnitBlock(units=tuple(units), source=source, tabular=grid is not None, span=span)


def _unit_rows(build: Builder, grid: Grid) -> Iterator[Unit]:
    for row, cells in grid.cut(Totals(grid, entries=True)):
        items = grid.items(cells)
        name = next((item.value for item in items if item.key == "name"), None)
        if name is not None:
            yield _unit(build, [name, *items], build.reading.source.span(row.start, row.end))


def _unit(build: Builder, said: list[Any], span: Span) -> Unit:
    parts = Parts(build.reading)
    parts.add(item for item in said if not isinstance(item, Item) or item.key != "name")
    return parts.of(Unit, name=said[0], span=span)


def role(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 角色."""
    head = build.head("h_role", line)
    build.no_rows(line)
    parts = build.parts("c_role", line, head)
    yield parts.of(Role, name=head[0], span=build.span(line))


# --- forms and registers -------------------------------------------------------------------------


def form(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 表单."""
    head = build.head("h_form", line)
    parts = Parts(build.reading)
    fields = tuple(_fields(build, line, parts))
    yield Form(name=head[0], fields=fields, trace=parts.joined("trace"), span=build.span(line))


def register(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 台账; names in brackets are fields of text."""
    head = build.head("h_register", line)
    short = next((v for v in head[1:] if type(v) is tuple), ())
    parts = Parts(build.reading)
    fields = tuple(_fields(build, line, parts))
    yield Register(
        name=head[0],
        title=pick(head, Title, Title("")),
        fields=(
            *(Field(name=name, type=TypeName.TEXT, span=name.span) for name in short),
            *fields,
        ),
        source=pick(head, Item, Item("source", "", build.span(line))).value,
        trace=parts.joined("trace"),
        span=build.span(line),
    )


def _fields(build: Builder, line: Line, parts: Parts) -> Iterator[Field]:
    """Yield the fields under a line; what else stands there is added to `parts`."""
    for child in line.children:
        said = build.pieces.line("c_field", child)
        build.nothing_under(child)
        if said is not None and type(said[0]) is Item:
            parts.add(said)
        elif said is not None:
            span = build.reading.source.span(child.start, child.end)
            yield field_of(build.reading, said, span)
    grid = build.grid(line, headings.FIELD)
    for row, cells in grid.cut() if grid else ():
        items = grid.items(cells) if grid else []
        by_key = {item.key: item.value for item in items}
        if "name" in by_key and "type" in by_key:
            said = [by_key["name"], by_key["type"], *items]
            yield field_of(build.reading, said, build.reading.source.span(row.start, row.end))


def field_of(reading: Reading, said: list[Any], span: Span) -> Field:
    """Build a field from its name, its type and its marks."""
    parts = Parts(reading)
    parts.add(said[2:])
    return parts.of(Field, name=said[0], **said[1], span=span)


# --- parameters and formulas ---------------------------------------------------------------------


def parameter(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 参数."""
    head = build.head("h_parameter", line)
    build.no_rows(line)
    said = [head[1:], *build.under("c_parameter", line)]
    parts = Parts(build.reading)
    dated = [value for values in said for part in values for value in _dated(part)]
    for items in said:
        parts.add(items)
    if not dated:
        build.lacks(line, head[0].text, ("数值", "a value"))
    yield parts.of(
        Parameter,
        name=head[0],
        values=tuple(value for value, _ in dated),
        end=next((end for _, end in dated if end is not None), None),
        span=build.span(line),
    )


def _dated(part: Any) -> list[tuple[ParameterValue, Any]]:
    return part if isinstance(part, list) else []


def formula(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 公式."""
    head = build.head("h_formula", line)
    build.no_rows(line)
    build.nothing_under(line)
    names = head[1] if len(head) == 3 else ()
    yield Formula(name=head[0], parameters=names, body=head[-1], span=build.span(line))


# --- decisions and tests -------------------------------------------------------------------------


def decide(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 判定; the lines under 依次 are its steps."""
    head = build.head("h_decide", line)
    build.no_rows(line)
    parts, steps = Parts(build.reading), list[Step]()
    for child in line.children:
        said = None if _meant_order(build, child) else build.pieces.line("c_decide", child)
        parts.add(said or ())
        steps.extend(_steps_under(build, child, said))
    default: list[Any] = parts.one("default", [])
    tails = Parts(build.reading)
    tails.add(default)
    yield parts.of(
        Decide,
        name=head[0],
        form=head[1] if len(head) > 1 else parts.one("form"),
        steps=tuple(steps),
        default=pick(default, Verdict),
        default_return=tails.one("return_to"),
        default_apply=tails.one("apply"),
        default_binding=tails.flag("binding"),
        span=build.span(line),
    )


def _meant_order(build: Builder, line: Line) -> bool:
    """Tell, and report, that a line stands for 依次: by itself its word would be a step."""
    outline = build.pieces.outline
    word = outline.text(line).rstrip(":： ")
    order = spelling("ORDER", outline.language)
    # Nothing stands under a step: with lines below, a word so near can only mean the keyword.
    if not line.children or WORDS[outline.language].get(word) == "ORDER":
        return False
    meant = (WORDS["any"].get(word), *meant_by(word))
    if "ORDER" not in meant and not likely(word, [order], outline.language):
        return False
    span = outline.source.span(line.start, line.end)
    fix = Fix.writing(span, order)
    zh, en = f"写作“{order}”", f"write `{order}`"
    build.reading.report("ZR101", span, fix=fix, found=word, more_zh=zh, more_en=en)
    return True


def _steps_under(build: Builder, line: Line, said: list[Any] | None) -> Iterator[Step]:
    is_order = bool(said) and said is not None and said[0].key == "order"
    if said is not None and not is_order:
        build.nothing_under(line)
        return
    for value in build.under("c_step", line):
        yield from (step for step in value if isinstance(step, Step))


def test(build: Builder, line: Line) -> Iterator[Declaration]:
    """Build 测试."""
    head = build.head("h_test", line)
    build.no_rows(line)
    parts = Parts(build.reading)
    cases = list(_cases(build, line, parts))
    yield parts.of(
        Test,
        title=head[0],
        target=head[1] if len(head) > 1 else parts.one("target"),
        cases=tuple(cases),
        span=build.span(line),
    )


def _cases(build: Builder, line: Line, parts: Parts) -> Iterator[Case]:
    """Yield 假如 … 那么 …; 那么 may stand on a line of its own."""
    given: tuple[Any, ...] = ()
    start: Line | None = None
    for child in line.children:
        said = build.pieces.line("c_test", child)
        build.nothing_under(child)
        if said is None:
            # Its facts must not be taken for those of the next case.
            given, start = (), None
            continue
        parts.add(said)
        facts = next((v for v in said if type(v) is tuple), None)
        if facts is not None:
            _dangling(build, start)
            given, start = canonical.facts(facts), child
        expected = pick(said, Expected)
        if expected is not None:
            begin = (start or child).start
            span = build.reading.source.span(begin, child.end)
            yield Case(given=given, expected=expected, span=span)
            start = None
    _dangling(build, start)


def _dangling(build: Builder, line: Line | None) -> None:
    if line is not None:
        build.lacks(line, "假如", ("那么", "`then`"))


BUILDS: dict[str, Build] = {
    "POLICY": policy,
    "BASIS": basis,
    "UNIT": unit,
    "ROLE": role,
    "FORM": form,
    "REGISTER": register,
    "PARAMETER": parameter,
    "FORMULA": formula,
    "DECIDE": decide,
    "TEST": test,
}
