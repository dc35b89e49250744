"""Rules, entries of lists and registers become clauses over the fields of one form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.clause_parts import Parts, routed
from zhunru.checker.matters import entry_keys
from zhunru.checker.periods import both
from zhunru.checker.resolve import Resolver
from zhunru.checker.symbols import Symbol
from zhunru.checker.typed import Inputs
from zhunru.syntax import nodes as n
from zhunru.vocabulary import ListKind, Outcome, TypeName

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_NOTICES = ("告知内容", "notice")
_LIST_OUTCOMES = {
    ListKind.RESPONSIBILITY: Outcome.ADMIT,
    ListKind.ASSISTANCE: Outcome.ADMIT,
    ListKind.ADMISSION: Outcome.ADMIT,
    ListKind.CERTIFICATE: Outcome.ADMIT,
    ListKind.PROHIBITION: Outcome.REFUSE,
}
_NO_CLAUSES = n.Clauses()


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry takes from its list, resolved once for all of them."""

    source: n.ListDecl
    parts: Parts
    kind: ListKind
    owner: str
    addressee: r.RExpr | None
    period: n.Period


class Clauses:
    """The clauses of one set over the fields of one form. Each declaration is resolved once."""

    def __init__(self, model: Model, form: str) -> None:
        self.model = model
        self.form = form
        symbol = model.scope.find(form, "form") if form else None
        self.fields: tuple[n.Field, ...] = symbol.node.fields if symbol else ()
        types = {f.name.text: v.field_type(f) for f in self.fields}
        self.resolver = Resolver(model, Inputs(types))
        self.list_resolver = Resolver(model, Inputs(types), leads=True)
        self._made: dict[int, tuple[r.Clause, ...]] = {}
        self._targets: dict[str, tuple[r.UnitTarget, ...]] = {}

    @property
    def addressee(self) -> str:
        """Return the field that names who is asked: marked 主体, else the last 单位."""
        marked = [f for f in self.fields if f.addressee]
        units = [f for f in self.fields if f.type is TypeName.UNIT]
        # The last: letters name the sender first and the community that is asked after it.
        chosen = (marked or units)[-1:]
        return chosen[0].name.text if chosen else ""

    def of(self, symbol: Symbol) -> tuple[r.Clause, ...]:
        """Return the clauses that a name in 依次 stands for."""
        known = self._made.get(id(symbol.node))
        if known is None:
            known = self._made[id(symbol.node)] = self._make(symbol)
        return known

    def _make(self, symbol: Symbol) -> tuple[r.Clause, ...]:
        if symbol.kind == "rule":
            return (self._rule(symbol.node),)
        if symbol.kind == "group":
            own = self.model.scope.own["rule"]
            return tuple(
                clause
                for rule in symbol.node.rules
                if rule.name.text in own
                for clause in self.of(own[rule.name.text])
            )
        if symbol.kind == "register":
            return (self._register(symbol.node),)
        return self._list(symbol.node)

    # --- rules -----------------------------------------------------------------------------

    def _rule(self, rule: n.Rule) -> r.Clause:
        name = rule.name.text
        parts = Parts.read(self, rule.clauses, self.resolver, reason=name, where=rule.name.span)
        verdict = rule.verdict
        code = verdict.code.text if verdict and verdict.code else name
        return r.Clause(
            code=name,
            origin="rule",
            set_code=self.model.scope.code,
            title=n.Title(name),
            outcome=verdict.outcome if verdict else None,
            message=_plain(verdict.message) if verdict else n.Title(""),
            reason_code=code,
            period=both(self.model.life, rule.period),
            quotas=parts.quotas_of(name, None, rule.name.span),
            span=rule.name.span,
            **parts.fields(),
        )

    # --- registers -------------------------------------------------------------------------

    def _register(self, register: n.Register) -> r.Clause:
        own = {f.name.text: v.field_type(f) for f in register.fields}
        shared = tuple(
            name
            for name, type_ in own.items()
            if type_.name not in (TypeName.TEXT, TypeName.SPAN)
            and (here := self.resolver.fields.get(name)) is not None
            and here.name is type_.name
        )
        return r.Clause(
            code=register.name.text,
            origin="register",
            set_code=self.model.scope.code,
            title=_plain(register.title) if register.title.zh else n.Title(register.name.text),
            outcome=Outcome.ADMIT,
            reason_code=register.name.text,
            period=self.model.life,
            shared=shared,
            span=register.name.span,
        )

    # --- lists -----------------------------------------------------------------------------

    def _list(self, source: n.ListDecl) -> tuple[r.Clause, ...]:
        if source.kind is ListKind.CATALOGUE:
            return ()
        line = self._line(source)
        lines = [line, *self._upper_lines(source)]
        seen: set[str] = set()
        found = []
        for entry in source.entries:
            code = f"{source.name.text}/{entry.code}"
            # A code that stands twice is reported as such; the first entry of it counts.
            if code not in seen:
                seen.add(code)
                found.append(self._entry(lines, entry, code))
        return tuple(found)

    def _upper_lines(self, source: n.ListDecl) -> list[Line]:
        """Return the lines of the upper list that this one adds to (授权 … 增列)."""
        symbol = self.model.scope.find(source.name.text, "list")
        if symbol is None or symbol.node is source:
            return []
        return [self.model.of(symbol.scope).clauses(self.form)._line(symbol.node)]

    def _line(self, source: n.ListDecl) -> Line:
        name = source.name.text
        parts = Parts.read(
            self, source.clauses, self.list_resolver, reason=name, where=source.name.span, line=True
        )
        owner = source.owner.text if source.owner else ""
        own = source.kind is ListKind.RESPONSIBILITY
        if source.owner and not own:
            self._is_body(source.owner)
        return Line(
            source=source,
            parts=parts,
            kind=source.kind,
            owner=owner,
            addressee=self._addressee_test(source.owner) if own else None,
            period=both(self.model.life, source.period),
        )

    def _addressee_test(self, owner: n.Name | None) -> r.RExpr | None:
        """Return the test that the addressee is this body itself: what stands below it is not."""
        field = self.addressee
        if owner is None or not self._is_body(owner) or not field:
            return None
        targets = self.model.chart.owners(owner.text)
        tests = tuple(r.IsUnit(r.FieldValue(field, v.UNIT), target) for target in targets)
        return tests[0] if len(tests) == 1 else r.Some(tests)

    def _entry(self, lines: list[Line], entry: n.Entry, code: str) -> r.Clause:
        line = lines[0]
        parts = line.parts
        for upper in lines[1:]:
            parts = upper.parts.joined(parts)
        if entry.clauses != _NO_CLAUSES:
            own = Parts.read(
                self, entry.clauses, self.list_resolver, reason=code, where=entry.named_at
            )
            parts = parts.joined(own)
        title = entry.title
        return r.Clause(
            code=code,
            origin="entry",
            set_code=self.model.scope.code,
            list_name=line.source.name.text,
            list_kind=line.kind,
            title=_plain(title),
            outcome=_LIST_OUTCOMES[line.kind],
            message=self._notice(entry, line),
            reason_code=code,
            matter=entry_keys(line.source.name.text, entry),
            addressee_test=self._addressee(lines, entry),
            quotas=parts.quotas_of(code, entry, title.span),
            leads=self._leads(entry),
            lead_names=tuple(lead.text for lead in entry.leads),
            owner=_owner(lines, entry),
            aliases=tuple(alias.text for alias in entry.aliases),
            period=self._days(lines, entry.period),
            span=title.span,
            **self._routed(parts, entry, lines),
        )

    def _addressee(self, lines: list[Line], entry: n.Entry) -> r.RExpr | None:
        """Return the test that the addressee is the entry's own body, else its list's."""
        if lines[0].kind is not ListKind.RESPONSIBILITY:
            # Nothing is tested, but answers still say whose the entry is.
            if entry.owner:
                self._is_body(entry.owner)
            return None
        if entry.owner:
            return self._addressee_test(entry.owner)
        return next((line.addressee for line in lines if line.addressee), None)

    def _routed(self, parts: Parts, entry: n.Entry, lines: list[Line]) -> routed:
        fields = parts.fields()
        owner = _owner(lines, entry)
        if not fields["return_to"] and owner and lines[0].kind is ListKind.RESPONSIBILITY:
            target = self.model.chart.target(owner)
            fields["return_to"] = r.Const(target.name if target else owner, v.UNIT)
        return fields

    def _days(self, lines: list[Line], own: n.Period) -> n.Period:
        if len(lines) == 1 and own.start is None and own.end is None:
            return lines[0].period
        return both(*(each.period for each in lines), own)

    def _notice(self, entry: n.Entry, line: Line) -> n.Title:
        for heading, text in entry.extra:
            if heading in _NOTICES and text:
                return n.Title(text)
        source = line.source
        list_zh = source.title.zh or source.name.text
        return n.Title(
            f"“{entry.title.zh or entry.code}”已列入“{list_zh}”",
            f"`{entry.title.en or entry.title.zh or entry.code}` is on the list "
            f"`{source.title.en or list_zh}`",
        )

    def _leads(self, entry: n.Entry) -> tuple[r.UnitTarget, ...]:
        found: list[r.UnitTarget] = []
        for lead in (*entry.leads, *entry.jointly):
            if lead.text not in self._targets:
                target = self.model.chart.target(lead.text)
                self._targets[lead.text] = (target,) if target else ()
            if not self._targets[lead.text]:
                self._no_body(lead)
            if lead in entry.leads:
                found.extend(self._targets[lead.text])
        return tuple(found)

    def _is_body(self, name: n.Name) -> bool:
        """Tell whether the chart knows a body; one that it does not know is a finding."""
        known = self.model.chart.target(name.text) is not None
        if not known:
            self._no_body(name)
        return known

    def _no_body(self, name: n.Name) -> None:
        self.model.report.unknown("ZR203", name.span, name.text, self.model.chart.names())


def refined(upper: r.Clause, own: r.Clause) -> r.Clause:
    """Return an upper entry with what a lower one adds to it (细化): never less strict."""
    return replace(
        own,
        list_kind=upper.list_kind,
        outcome=upper.outcome,
        matter=(upper.matter or frozenset()) | (own.matter or frozenset()),
        when=r.Every((upper.when, own.when)),
        unless=r.Some((upper.unless, own.unless)),
        unless_clauses=upper.unless_clauses + own.unless_clauses,
        addressee_test=upper.addressee_test,
        requirements=upper.requirements + own.requirements,
        quotas=upper.quotas + own.quotas,
        duties=upper.duties + own.duties,
        citations=upper.citations + own.citations,
        leads=own.leads or upper.leads,
        lead_names=own.lead_names or upper.lead_names,
        owner=own.owner or upper.owner,
        instead=own.instead or upper.instead,
        return_to=own.return_to or upper.return_to,
        workflow=own.workflow or upper.workflow,
        documents=upper.documents + own.documents,
        materials=upper.materials + own.materials,
        aliases=upper.aliases + own.aliases,
        period=both(upper.period, own.period),
        relaxable=upper.relaxable,
        binding=upper.binding,
    )


def _owner(lines: list[Line], entry: n.Entry) -> str:
    """Return whose an entry is: its own 主体, else that of its list, else of the upper list."""
    if entry.owner:
        return entry.owner.text
    return next((line.owner for line in lines if line.owner), "")


def _plain(title: n.Title) -> n.Title:
    return n.Title(title.zh, title.en)
