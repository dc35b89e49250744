"""判定: the steps of a set merged with those of the sets above it, and the clauses on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import values as v
from zhunru.checker.clause_parts import Reader
from zhunru.checker.clauses import Clauses, refined
from zhunru.checker.symbols import CLAUSE_KINDS, Scope, Symbol
from zhunru.diagnostics import NOWHERE
from zhunru.syntax import nodes as n
from zhunru.vocabulary import OUTCOMES, Outcome

if TYPE_CHECKING:
    from zhunru.checker.model import Model

WORDING = (
    OUTCOMES[Outcome.ADMIT][0],
    OUTCOMES[Outcome.REFUSE][0],
    OUTCOMES[Outcome.DEFER][0],
    OUTCOMES[Outcome.INCOMPLETE][0],
)


@dataclass(eq=False)
class MergedStep:
    """One line of 依次 while the lines of lower sets are put around it."""

    label: str
    names: list[tuple[Scope, n.Name, Symbol]] = field(default_factory=list)
    before: list[MergedStep] = field(default_factory=list)
    after: list[MergedStep] = field(default_factory=list)

    def ordered(self) -> Iterator[MergedStep]:
        """Yield what stands before this line, the line, and what stands after it."""
        for step in self.before:
            yield from step.ordered()
        yield self
        for step in self.after:
            yield from step.ordered()


class Merger:
    """Merges one 判定 over a bundle, topmost set first."""

    def __init__(self, model: Model, name: str) -> None:
        self.model = model
        self.name = name
        self.roots: list[MergedStep] = []
        self._anchors: dict[str, MergedStep] = {}
        self.declared = [
            (scope, scope.own["decide"][name].node)
            for scope in model.scope.all
            if name in scope.own["decide"]
        ]

    def steps(self) -> list[MergedStep]:
        """Return the merged lines in their order."""
        for scope, decide in self.declared:
            own = scope is self.model.scope
            for step in decide.steps:
                self._place(scope, step, own)
        return [step for root in self.roots for step in root.ordered()]

    def _place(self, scope: Scope, step: n.Step, own: bool) -> None:
        found = ((name, self._find(scope, name)) for name in step.names)
        names = [(scope, name, symbol) for name, symbol in found if symbol]
        label = step.label.text if step.label else ""
        anchor = self._anchor(scope, step, own)
        if anchor and step.anchor == "alongside":
            anchor.names.extend(names)
            placed = anchor
        else:
            placed = MergedStep(label, names)
            if anchor:
                (anchor.after if step.anchor == "after" else anchor.before).append(placed)
            else:
                self.roots.append(placed)
        self._remember(placed, label, names)

    def _remember(
        self, placed: MergedStep, label: str, names: list[tuple[Scope, n.Name, Symbol]]
    ) -> None:
        if label:
            # The first to bear a name keeps it: a lower set must not move what stands around it.
            self._anchors.setdefault(label, placed)
        for _, name, symbol in names:
            self._anchors.setdefault(name.text, placed)
            if symbol.kind == "group":
                for rule in symbol.node.rules:
                    self._anchors.setdefault(rule.name.text, placed)

    def _anchor(self, scope: Scope, step: n.Step, own: bool) -> MergedStep | None:
        if step.anchor_to is None:
            inherited = self.declared[0][0] is not scope
            if own and inherited and self.roots:
                self.model.report.add("ZR436", step.span, name=self.name)
            return None
        found = self._anchors.get(step.anchor_to.text)
        if found is None and own:
            self.model.report.unknown(
                "ZR212", step.anchor_to.span, step.anchor_to.text, self._anchors, decide=self.name
            )
        return found

    def _find(self, scope: Scope, name: n.Name) -> Symbol | None:
        found = scope.find(name.text, *CLAUSE_KINDS)
        if found is None and scope is self.model.scope:
            self.model.report.unknown(
                "ZR204", name.span, name.text, scope.names(*CLAUSE_KINDS),
                kind_zh="规则、清单或者台账", kind_en="rule, list or register",
            )  # fmt: skip
        return found


class DecisionReader:
    """Builds the resolved 判定 of one name."""

    def __init__(self, model: Model, name: str) -> None:
        self.model = model
        self.merger = Merger(model, name)
        self.name = name
        self.scope, self.source = self.merger.declared[0]
        self.form = self._form()
        self.own = model.clauses(self.form)

    def _form(self) -> str:
        for _, decide in self.merger.declared:
            if decide.form:
                forms = [*self.model.scope.names("form")]
                if self.model.scope.find(decide.form.text, "form"):
                    return str(decide.form.text)
                self.model.report.unknown(
                    "ZR204", decide.form.span, decide.form.text, forms,
                    kind_zh="表单", kind_en="form",
                )  # fmt: skip
                # Read over the form that was meant, or none of its fields would be known: each
                # use of one would be an error that hides the only one there is.
                near = self.model.report.nearest(decide.form.text, forms)
                return near or next(iter(forms), str(decide.form.text))
        return next(iter(self.model.scope.names("form")), "")

    def read(self) -> r.ResolvedDecision:
        """Return the 判定 with its merged steps."""
        merged = self.merger.steps()
        for step in merged:
            for _, _, symbol in step.names:
                self.model.placed.setdefault(symbol.name.text, self.form)
                # a group stands in the step; its rules are looked up one by one
                for rule in symbol.node.rules if symbol.kind == "group" else ():
                    self.model.placed.setdefault(rule.name.text, self.form)
        source = self._with(lambda each: each.default) or self.source
        default = source.default
        return r.ResolvedDecision(
            name=self.name,
            form=self.form,
            fields=self._fields(),
            wording=self._wording(),
            steps=self._refine([self._step(step) for step in merged]),
            default_message=n.Title(default.message.zh, default.message.en)
            if default
            else n.Title(""),
            default_code=default.code.text if default and default.code else "未准入",
            default_return=self._route(source),
            default_apply=source.default_apply.text if source.default_apply else "",
            set_code=self.model.scope.code,
            default_binding=source.default_binding,
            span=self.source.name.span,
        )

    def _with(self, part: Callable[[n.Decide], object]) -> n.Decide | None:
        """Return the topmost declaration that has this part."""
        return next((decide for _, decide in self.merger.declared if part(decide)), None)

    def _route(self, source: n.Decide) -> r.RExpr | None:
        reader = Reader(self.own, self.own.resolver, "", source.span, False)
        return reader.route(source.default_return)

    def _wording(self) -> tuple[str, str, str, str]:
        source = self._with(lambda each: each.wording)
        words = [name.text for name in source.wording] if source else []
        one, two, three, four = (*words, *WORDING[len(words) :])[:4]
        return one, two, three, four

    def _fields(self) -> tuple[r.ResolvedField, ...]:
        return tuple(
            resolved_field(self.own, each, addressee=each.name.text == self.own.addressee)
            for each in self.own.fields
        )

    # --- steps -----------------------------------------------------------------------------

    def _step(self, step: MergedStep) -> r.ResolvedStep:
        clauses = [
            clause for scope, _, symbol in step.names for clause in self._clauses(scope, symbol)
        ]
        return r.ResolvedStep(
            label=step.label,
            clauses=tuple(clauses),
            names=tuple(name.text for _, name, _ in step.names),
            span=next((name.span for _, name, _ in step.names), NOWHERE),
        )

    def _clauses(self, scope: Scope, symbol: Symbol) -> Iterator[r.Clause]:
        """Yield the clauses of a name, with what lower sets add to its list."""
        yield from self.model.of(symbol.scope).clauses(self.form).of(symbol)
        if symbol.kind == "list":
            for lower in self.model.scope.all:
                added = lower.additions.get(symbol.name.text)
                if added:
                    yield from self.model.of(lower).clauses(self.form).of(added)

    def _refine(self, steps: list[r.ResolvedStep]) -> tuple[r.ResolvedStep, ...]:
        """Put refining entries (细化) in the places of those that they refine."""
        targets = self._refinements()
        if not targets:
            return tuple(steps)
        codes = {clause.code for step in steps for clause in step.clauses}
        used = {target: own for target, own in targets.items() if target in codes}
        moved = {clause.code for clause in used.values()}
        return tuple(
            replace(
                step,
                clauses=tuple(
                    refined(clause, used[clause.code]) if clause.code in used else clause
                    for clause in step.clauses
                    if clause.code not in moved
                ),
            )
            for step in steps
        )

    def _refinements(self) -> dict[str, r.Clause]:
        found: dict[str, r.Clause] = {}
        for scope in self.model.scope.all:
            model = self.model.of(scope)
            for source in scope.lists():
                if not any(entry.refines for entry in source.entries):
                    continue
                symbol = scope.own["list"].get(source.name.text)
                symbol = symbol or scope.additions[source.name.text]
                by_code = {clause.code: clause for clause in model.clauses(self.form).of(symbol)}
                for entry in source.entries:
                    target = entry.refines and refined_code(scope, entry.refines.text)
                    own = by_code.get(f"{source.name.text}/{entry.code}")
                    if target and own:
                        found[target] = own
        return found


def refined_code(scope: Scope, text: str) -> str | None:
    """Return the clause code that `集.条目代码` (or `清单.代码`) names in a set above."""
    head, _, code = text.replace("/", ".").rpartition(".")
    for upper in scope.uppers:
        header = upper.header
        names = {upper.code, header.title.zh if header else ""}
        for source in upper.lists():
            if head and head not in names and head != source.name.text:
                continue
            if any(entry.code == code for entry in source.entries):
                return f"{source.name.text}/{code}"
    return None


def resolved_field(clauses: Clauses, source: n.Field, *, addressee: bool) -> r.ResolvedField:
    """Return a field with its typed default."""
    type_ = v.field_type(source)
    default: r.Value | None = None
    if source.default is not None:
        found = clauses.resolver.bounded_value(source.default, type_)
        if found.type and not v.comparable(type_, found.type):
            clauses.resolver.mismatch(source.default.span, type_, found.type)
        elif found.type and isinstance(found.node, r.Const):
            default = found.node.value
    return r.ResolvedField(
        name=source.name.text,
        type=type_,
        required=source.required,
        default=default,
        curable=source.curable,
        governing=source.governing,
        addressee=addressee,
        secret=source.secret,
        asserted_by=source.asserted_by.text if source.asserted_by else "",
        withheld_from=tuple(name.text for name in source.withheld_from),
        span=source.name.span,
    )
