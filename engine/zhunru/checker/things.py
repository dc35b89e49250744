"""Whom a check asks and what it counts: registers, units, roles, lists, values; what belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.checker import values as v
from zhunru.checker.typed import Inputs
from zhunru.syntax import nodes as n
from zhunru.vocabulary import Measure, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Columns that say of which year a row is.
YEARS = ("年度", "年份", "year")
_DATES = (TypeName.DATE, TypeName.MOMENT, TypeName.SPAN)
_BY_NAME = frozenset({TypeName.UNIT, TypeName.CHOICE, TypeName.PERSON, TypeName.MATTER})


class World:
    """The things of one bundle, each found once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._found: dict[str, m.Things | None] = {}

    def columns(self, register: str) -> dict[str, r.Type]:
        """Return the columns of a register with their types."""
        return self.model.forms.get(register, {})

    def named(self, name: n.Name) -> m.Things | None:
        """Return what a name means; of an unknown one nothing, with a finding."""
        found = self.find(name.text)
        if found is None:
            known = [*self.model.scope.names("register", "list"), *self.model.chart.names()]
            self.model.report.unknown(
                "ZR204", name.span, name.text, known,
                kind_zh="台账、清单、单位层级、角色或者枚举栏目",
                kind_en="register, list, level of units, role or choice",
            )  # fmt: skip
        return found

    def find(self, name: str) -> m.Things | None:
        """Return what a name means: a register before a list, that before bodies and values."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> m.Things | None:
        scope = self.model.scope
        if scope.find(name, "register"):
            return self._register(name)
        symbol = scope.find(name, "list")
        if symbol:
            entries = tuple(
                (each.code, each.title.zh or each.code, *(alias.text for alias in each.aliases))
                for each in self._entries(name)
            )
            return self._kept(m.Things("list", name, name, entries=entries))
        target = self.model.chart.target(name)
        if target and target.kind != "unit":
            return self._kept(m.Things("role" if target.kind == "role" else "level", name, name))
        values = self._values(name)
        return self._kept(m.Things("values", name, name, values=values)) if values else None

    def _entries(self, name: str) -> Iterator[n.Entry]:
        for scope in self.model.scope.all:
            for symbols in (scope.own["list"], scope.additions):
                if name in symbols:
                    yield from symbols[name].node.entries

    def _register(self, name: str) -> m.Things:
        columns = self.columns(name)
        year = next((one for one in columns if one in YEARS), "")
        by_measure = (one for one, type_ in columns.items() if type_.measure is Measure.YEAR)
        return m.Things(
            "register", name, next(iter(columns), ""), year=year or next(by_measure, "")
        )

    def _kept(self, things: m.Things) -> m.Things:
        """Add which register tells what of a unit: those known by it before those that name it."""
        first = {name for name in self.model.scope.names("register")
                 if next(iter(self.columns(name)), "") == things.key}  # fmt: skip
        rest = {name for name in self.model.scope.names("register")
                if things.key in self.columns(name)} - first  # fmt: skip
        kept: dict[str, str] = {}
        for registers in (first, rest):
            found: dict[str, list[str]] = {}
            for name in sorted(registers):
                for column in self.columns(name):
                    found.setdefault(column, []).append(name)
            kept = {c: names[0] for c, names in found.items() if len(names) == 1} | kept
        kept.pop(things.key, None)
        return replace(things, kept=tuple(sorted(kept.items())))

    def _values(self, name: str) -> tuple[str, ...]:
        """Return the choices of a column of this name, or the results of a table's."""
        found: dict[str, None] = {}
        for columns in self.model.forms.values():
            type_ = columns.get(name)
            if type_ and type_.name in (TypeName.CHOICE, TypeName.CHOICES):
                found.update(dict.fromkeys(type_.values))
        for table in self.model.tables.values():
            at = [column for column, _ in table.outputs].index(name) if name in dict(
                table.outputs) else -1  # fmt: skip
            for row in table.rows if at >= 0 else ():
                result = row.results[at]
                if isinstance(result, r.Const) and isinstance(result.value, str):
                    found[result.value] = None
        return tuple(found)

    def inputs(self, *subjects: m.Things) -> Inputs:
        """Return the facts that an expression about these things may read."""
        found: dict[str, r.Type | None] = {}
        for things in reversed(subjects):
            if things.kind == "register":
                found.update(self.columns(things.name))
                continue
            found.update({c: self.columns(name)[c] for c, name in things.kept})
            found[things.key] = self.key_type(things)
        return Inputs(found)

    def key_type(self, things: m.Things) -> r.Type:
        """Return the type of what a thing is known by."""
        if things.kind in ("level", "role"):
            return v.UNIT
        if things.kind == "values":
            return r.Type(TypeName.CHOICE, values=things.values)
        if things.kind == "list":
            return v.TEXT
        return self.columns(things.name).get(things.key, v.TEXT)

    def dated(self, things: m.Things) -> str:
        """Return the column that says when a row is of, or nothing."""
        if things.kind != "register":
            return ""
        columns = self.columns(things.name)
        return next((c for c, type_ in columns.items() if type_.name in _DATES), "")

    def same_row(self, things: m.Things) -> tuple[str, ...]:
        """Return the columns by which a row is that of another year."""
        columns = self.columns(things.name)
        return tuple(
            c for c, type_ in columns.items() if type_.name in _BY_NAME and c != things.year
        )

    # --- what belongs to whom --------------------------------------------------------------------

    def links(self, things: m.Things, subjects: tuple[m.Things, ...]) -> tuple[m.Link, ...] | None:
        """Return how rows belong to the subjects; None where nothing says so."""
        found = tuple(self._link(things, at, each) for at, each in enumerate(subjects))
        return None if None in found else tuple(link for link in found if link)

    def _link(self, things: m.Things, at: int, subject: m.Things) -> m.Link | None:
        bodies = subject.kind in ("level", "role")
        if things.kind in ("level", "role"):
            by_unit = bodies or self.key_type(subject).name is TypeName.UNIT
            return m.Link("", at, subject.key, below=True) if by_unit else None
        if things.kind != "register":
            return None
        columns = self.columns(things.name)
        for column in (subject.name, subject.key):
            if column in columns:
                unit = columns[column].name in (TypeName.UNIT, TypeName.UNITS)
                return m.Link(column, at, subject.key, below=unit and bodies)
        units = [c for c, type_ in columns.items() if type_.name is TypeName.UNIT]
        if bodies and len(units) == 1:
            return m.Link(units[0], at, subject.key, below=True)
        return None
