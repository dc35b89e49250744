"""Print lists, rules and tables of conditions: blocks, or rows under headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from zhunru.diagnostics import Source
from zhunru.syntax.cells import EMPTY
from zhunru.syntax.expressions import Expr, Nothing, Text
from zhunru.syntax.format_clauses import ClausePrinter, own_clauses
from zhunru.syntax.format_lines import Line, heading_line, table, width
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.headings import HEADINGS, KEYWORDS
from zhunru.syntax.nodes import (
    Basis,
    Clauses,
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
    Unit,
    UnitBlock,
)
from zhunru.vocabulary import HIT_POLICIES, LIST_KINDS, OUTCOMES

Cells = dict[str, str]

_MANY = 4  # so many simple entries make a table
_WIDE = 100
_NARROW = 80
_SIMPLE = frozenset(
    {"code", "matter", "leads", "jointly", "owner", "aliases", "frequency", "citations"}
    | {"mirrors", "start", "end", "trace"}
)


class ListPrinter:
    """Print lists, rules and tables as lines."""

    def __init__(self, words: Words, source: Source) -> None:
        self.words = words
        self.source = source
        self.clauses = ClausePrinter(words)
        self.key = words.key

    # --- lists -----------------------------------------------------------------------------------

    def catalogue(self, decl: ListDecl) -> list[Line]:
        """Return a list: its head, its clauses, its entries."""
        expected = "" if decl.expected is None else self.words.articles(decl.expected)
        head = join(
            self.key("LIST"),
            self.words.name(decl.name),
            self.clauses.title(decl.title),
            self.key("KIND"),
            self.words.pick(LIST_KINDS[decl.kind]),
            self.words.named("OWNER", decl.owner),
            self.words.item("SOURCE", self.words.text(decl.source) if decl.source else ""),
            self.words.item("EXPECT", expected),
        )
        lines = [Line(head, decl.span.line), *self.clauses.period(decl.period, 1)]
        lines += self._clauses(decl.clauses)
        return lines + self.entries(decl)

    def _clauses(self, clauses: Clauses, indent: int = 1) -> list[Line]:
        return [
            *self.clauses.cited(clauses, indent),
            *self.clauses.before_outcome(clauses, indent),
            *self.clauses.after_outcome(clauses, indent),
        ]

    def own_entries(self, decl: ListDecl) -> list[Entry]:
        """Return the entries that stand in the file itself, not in one that it names."""
        # Those that a sheet holds are printed nowhere: the sheet stays what it is.
        return [one for one in decl.entries if one.span.path in ("", self.source.path)]

    def is_bare(self, entry: Entry) -> bool:
        """Tell whether an entry is nothing but a name."""
        return entry == Entry(code=entry.code, title=Title(entry.code))

    def entries(self, decl: ListDecl) -> list[Line]:
        """Return the entries as bare names, a table or blocks."""
        entries = self.own_entries(decl)
        if not entries:
            return []
        if all(self.is_bare(entry) for entry in entries):
            return self._bare_entries(entries)
        rows = [self.cells(entry) for entry in entries]
        if _as_table(decl.tabular, entries, rows):
            return self._rows(rows, [entry.span.line for entry in entries], _further(entries))
        return [line for entry in entries for line in self._entry(entry)]

    def _bare_entries(self, entries: Sequence[Entry]) -> list[Line]:
        """Return `条目 A、B、C`: one line for what stood on one, as long as it fits."""
        lines: list[Line] = []
        for entry in entries:
            text, at = entry.code, entry.span.line
            if lines and lines[-1].at == at and width(lines[-1].text) + width(text) < _WIDE:
                lines[-1] = replace(lines[-1], text=f"{lines[-1].text}{self.words.comma}{text}")
            else:
                lines.append(Line(join(self.key("ENTRY"), text), at, 1))
        return lines

    def _entry(self, entry: Entry) -> list[Line]:
        words = self.words
        head = join(
            self.key("ENTRY"),
            entry.code,
            self.clauses.title(entry.title) or words.text(""),
            words.item("REFINE", entry.refines.text if entry.refines else ""),
        )
        leads = join(words.naming("LEAD", entry.leads), words.naming("JOINTLY", entry.jointly))
        frequency = entry.frequency
        shown = self.clauses.frequency(frequency) if frequency else ""
        lines = [
            Line(leads, _line_of(*entry.leads, *entry.jointly), 2),
            Line(words.named("OWNER", entry.owner), 0, 2),
            Line(words.naming("ALIAS", entry.aliases), _line_of(*entry.aliases), 2),
            *([self.clauses.line("FREQUENCY", shown, frequency.span, 2)] if frequency else []),
            Line(
                words.item("MIRRORS", self._code_list(entry.mirrors)), _line_of(*entry.mirrors), 2
            ),
            *self.clauses.period(entry.period, 2),
        ]
        kept = [line for line in lines if line.text]
        return [Line(head, entry.span.line, 1), *kept, *self._clauses(entry.clauses, 2)]

    def _code_list(self, names: Sequence[Name]) -> str:
        return self.words.comma.join(name.text for name in names)

    # --- rows ------------------------------------------------------------------------------------

    def cells(self, entry: Entry) -> Cells:
        """Return the cells of an entry by the slot of their heading."""
        words = self.words
        return {
            "code": entry.code,
            "matter": entry.title.zh,
            "leads": words.names(entry.leads),
            "jointly": words.names(entry.jointly),
            "owner": words.name(entry.owner) if entry.owner else "",
            "aliases": words.names(entry.aliases),
            "citations": self.clauses.citations(entry.clauses.citations),
            "frequency": self.clauses.frequency(entry.frequency) if entry.frequency else "",
            "mirrors": self._code_list(entry.mirrors),
            "refines": entry.refines.text if entry.refines else "",
            **self._clause_cells(entry.clauses),
            **self.words.ends(entry.period),
            "trace": "、".join(entry.clauses.trace),
            **dict(entry.extra),
        }

    def _clause_cells(self, clauses: Clauses) -> Cells:
        words, route = self.words, self.clauses.expressions.route
        return {
            "when": self._joined("AND", clauses.when),
            "unless": self._joined("OR", clauses.unless),
            "requirements": "; ".join(map(self.clauses.requirement, clauses.requirements)),
            "quotas": "; ".join(map(self.clauses.quota, clauses.quotas)),
            "counted_by": words.names(clauses.counted_by),
            "instead": route(clauses.instead) if clauses.instead else "",
            "return_to": route(clauses.return_to) if clauses.return_to else "",
            "workflow": words.name(clauses.workflow) if clauses.workflow else "",
            "documents": words.names(clauses.documents),
            "materials": words.names(clauses.materials),
            "duties": "; ".join(map(self.clauses.duty, clauses.duties)),
        }

    def _joined(self, terminal: str, exprs: tuple[Expr, ...]) -> str:
        if len(exprs) < 2:
            return self.clauses.show(exprs[0]) if exprs else ""
        # Several lines become one cell: brackets keep each of them what it was.
        return f" {self.key(terminal)} ".join(f"({self.clauses.show(one)})" for one in exprs)

    def _rows(
        self, rows: Sequence[Cells], ats: Sequence[int], extra: Sequence[str] = ()
    ) -> list[Line]:
        """Return the table of all columns that say something, in the order of the headings."""
        slots = [slot for slot in rows[0] if slot not in extra]
        used = [slot for slot in slots if any(row.get(slot) for row in rows)]
        columns = [*used, *extra]
        names = [self.heading(slot) for slot in used]
        shown = [
            ([row.get(slot, "") for slot in columns], at) for row, at in zip(rows, ats, strict=True)
        ]
        return table([*names, *extra], shown, 1, self._heading_line(ats))

    def heading(self, slot: str) -> str:
        """Return the heading of a column."""
        if slot in HEADINGS:
            return self.words.pick(HEADINGS[slot])
        return self.key(KEYWORDS[slot])

    def _heading_line(self, ats: Sequence[int]) -> int:
        return heading_line(self.source, ats[0]) if ats and ats[0] else 0

    # --- bases and units ----------------------------------------------------------------------

    def is_basis_row(self, basis: Basis) -> bool:
        """Tell whether a row can hold a legal instrument."""
        texts = (basis.reference, basis.source)
        whole = _raw(basis.title.zh) and all(_raw(text) for text in texts if text)
        return whole and not (
            basis.title.en or basis.versions or basis.unverified or basis.trace or basis.issuer
        )

    def bases(self, bases: Sequence[Basis]) -> list[Line]:
        """Return legal instruments as a table."""
        day, name = self.words.day, self.words.name
        rows = [
            {
                "name": name(basis.name),
                "title": basis.title.zh,
                "reference": basis.reference,
                "level": name(basis.level) if basis.level else "",
                "issued": day(basis.issued) if basis.issued else "",
                "effective": day(basis.period.start) if basis.period.start else "",
                "end": day(basis.period.end) if basis.period.end else "",
                "source": basis.source,
            }
            for basis in bases
        ]
        head = Line(self.key("BASIS"))
        return [head, *self._rows(rows, [basis.span.line for basis in bases])]

    def units(self, block: UnitBlock) -> list[Line]:
        """Return units: one on a line, several as a table, or the file that has them."""
        if block.source:
            source = join(self.key("SOURCE"), self.words.text(block.source))
            return [Line(join(self.key("UNIT"), source), block.span.line)]
        if len(block.units) == 1 and not block.tabular:
            return [Line(self._unit(block.units[0]), block.units[0].span.line)]
        rows = [self._unit_cells(unit) for unit in block.units]
        head = Line(self.key("UNIT"), block.span.line)
        if not rows:
            return [head]
        return [head, *self._rows(rows, [unit.span.line for unit in block.units])]

    def _unit(self, unit: Unit) -> str:
        cells = self._unit_cells(unit)
        name = self.words.guarded(unit.name)
        del cells["name"]
        named = (join(self.key(KEYWORDS[slot]), text) for slot, text in cells.items() if text)
        return join(self.key("UNIT"), name, *named)

    def _unit_cells(self, unit: Unit) -> Cells:
        name, names = self.words.name, self.words.names
        return {
            "name": name(unit.name),
            "level": name(unit.level) if unit.level else "",
            "superior": name(unit.superior) if unit.superior else "",
            "aliases": names(unit.aliases),
            "roles": names(unit.roles),
            **self.words.ends(unit.period),
        }

    # --- rules -----------------------------------------------------------------------------------

    def rule(self, rule: Rule) -> list[Line]:
        """Return a rule as a block; its bases stand in the head where they fit."""
        head = Line(join(self.key("RULE"), self.words.name(rule.name)), rule.span.line)
        cited = self.clauses.cited(rule.clauses, 1)
        if cited and width(head.text) + width(cited[0].text) < _NARROW:
            head, cited = replace(head, text=f"{head.text} {cited[0].text}"), []
        lines = [head, *self.clauses.period(rule.period, 1), *cited]
        lines += self.clauses.before_outcome(rule.clauses, 1)
        if rule.verdict:
            lines.append(Line(self.clauses.verdict(rule.verdict), rule.verdict.span.line, 1))
        return lines + self.clauses.after_outcome(rule.clauses, 1)

    def group(self, group: RuleGroup) -> list[Line]:
        """Return rules under one head as a table."""
        cited = self.clauses.citations(group.shared.citations)
        head = join(
            self.key("RULE"),
            self.words.name(group.name),
            self.words.item("BASIS", cited),
        )
        shared = replace(group.shared, citations=())
        rows = [self._rule_cells(rule, group) for rule in group.rules]
        ats = [rule.span.line for rule in group.rules]
        return [
            Line(head, group.span.line),
            *self.clauses.period(group.period, 1),
            *self._clauses(shared),
            *(self._rows(rows, ats) if rows else []),
        ]

    def _rule_cells(self, rule: Rule, group: RuleGroup) -> Cells:
        clauses = own_clauses(rule.clauses, group.shared)
        cells = self._clause_cells(clauses)
        verdict = rule.verdict
        dates = self.words.ends(rule.period if rule.period != group.period else Period())
        return {
            "name": self.words.name(rule.name),
            "when": cells.pop("when"),
            "unless": cells.pop("unless"),
            "requirements": cells.pop("requirements"),
            "quotas": cells.pop("quotas"),
            "outcome": self.words.pick(OUTCOMES[verdict.outcome]) if verdict else "",
            "notice": verdict.message.zh if verdict else "",
            "english": verdict.message.en if verdict else "",
            "reason": self.words.name(verdict.code) if verdict and verdict.code else "",
            **cells,
            "citations": self.clauses.citations(clauses.citations),
            **dates,
            "trace": "、".join(clauses.trace),
        }

    # --- tables ----------------------------------------------------------------------------------

    def table(self, decl: Table) -> list[Line]:
        """Return a table of conditions and results."""
        head = join(
            self.key("TABLE"),
            self.words.name(decl.name),
            self.words.named("EVERY", decl.every),
            self.key("PICK"),
            self.words.pick(HIT_POLICIES[decl.hit]),
        )
        cited = Clauses(citations=decl.citations)
        names = [self.column(column) for column in decl.columns]
        rows = [(self.row(decl, row), row.span.line) for row in decl.rows]
        ats = [at for _, at in rows]
        return [
            Line(head, decl.span.line),
            *self.clauses.cited(cited, 1),
            *self.clauses.period(decl.period, 1),
            *(self._order(column) for column in decl.columns if column.order),
            *table(names, rows, 1, self._heading_line(ats)),
            *self.clauses.trace(decl.trace, 1),
        ]

    def _order(self, column: TableColumn) -> Line:
        text = f"{self.words.name(column.name)}: {self.words.names(column.order)}"
        return Line(join(self.key("SORTED"), text), column.order[0].span.line, 1)

    def column(self, column: TableColumn) -> str:
        """Return the heading of a column."""
        name = self.words.name(column.name)
        if not column.result:
            return name
        arrow = "→" if self.words.zh else "->"
        return join(arrow, name, self.words.text_type if column.text else "")

    def row(self, decl: Table, row: TableRow) -> list[str]:
        """Return the cells of a row."""
        outputs = [column for column in decl.columns if column.result]
        tests = iter(self.clauses.expressions.cell(test) for test in row.tests)
        results = iter(
            self.result(value, column) for value, column in zip(row.results, outputs, strict=True)
        )
        return [next(results if column.result else tests) for column in decl.columns]

    def result(self, value: Expr, column: TableColumn) -> str:
        """Return a result: the text itself in a column of texts."""
        if isinstance(value, Nothing):
            return "" if column.text else self.key("NOTHING")
        if column.text and isinstance(value, Text):
            return value.value
        return self.clauses.expressions.route(value)


def _line_of(*names: Name) -> int:
    return names[0].span.line if names else 0


def _further(entries: Iterable[Entry]) -> list[str]:
    """Return the headings of further columns, in an order that fits every entry's own."""
    before: dict[str, set[str]] = {}
    for entry in entries:
        own = [heading for heading, _ in entry.extra]
        for at, heading in enumerate(own):
            before.setdefault(heading, set()).update(own[:at])
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return list(before)


def _as_table(tabular: bool, entries: Sequence[Entry], rows: Iterable[Cells]) -> bool:
    """Tell whether entries are printed as rows: only where no row loses anything."""
    if any(entry.extra for entry in entries):
        return True
    if not all(_fits(entry) for entry in entries):
        return False
    simple = all(slot in _SIMPLE or not text for row in rows for slot, text in row.items())
    return tabular or (simple and len(entries) >= _MANY)


def _fits(entry: Entry) -> bool:
    """Tell whether the cells of a row can hold an entry."""
    clauses = entry.clauses
    alone = len(clauses.when) < 2 and len(clauses.unless) < 2
    said = clauses.relaxable or clauses.binding or entry.title.en
    return alone and not said and _raw(entry.code) and _raw(entry.title.zh)


def _raw(text: str) -> bool:
    """Tell whether a text reads the same from a cell without quotes."""
    odd = "\n" in text or "\\" in text or text in EMPTY
    return bool(text) and text == text.strip() and not odd
