"""The names that a set declares and sees: its own, and those of its upper sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zhunru.checker.chart import Chart
from zhunru.checker.unit_nodes import UnitNodes
from zhunru.syntax import measure_nodes as m
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w

# Kinds whose names stand in 依次 and after 除外.
CLAUSE_KINDS = ("rule", "group", "list", "register")
# Kinds whose names stand for values.
VALUE_KINDS = ("parameter", "formula", "table")
FLOW_KINDS = ("workflow", "calendar", "document", "recurring")
MEASURE_KINDS = ("check", "scorecard", "matching", "promise")
KINDS = (*CLAUSE_KINDS, *VALUE_KINDS, *FLOW_KINDS, *MEASURE_KINDS, "basis", "form", "decide")

_KIND_OF: dict[type, str] = {
    n.Basis: "basis",
    n.Form: "form",
    n.Register: "register",
    n.Parameter: "parameter",
    n.ListDecl: "list",
    n.Rule: "rule",
    n.RuleGroup: "group",
    n.Table: "table",
    n.Formula: "formula",
    n.Decide: "decide",
    w.Workflow: "workflow",
    w.CalendarDecl: "calendar",
    w.Document: "document",
    w.Recurring: "recurring",
    m.Check: "check",
    m.Scorecard: "scorecard",
    m.Matching: "matching",
    m.Promise: "promise",
}

# Kinds that share one space of names: two of them may not be called alike.
_SPACES = dict.fromkeys(CLAUSE_KINDS, "clause") | dict.fromkeys(VALUE_KINDS, "value")

KIND_WORDS: dict[str, tuple[str, str]] = {
    "basis": ("依据", "basis"),
    "unit": ("单位", "unit"),
    "role": ("角色", "role"),
    "form": ("表单", "form"),
    "register": ("台账", "register"),
    "parameter": ("参数", "parameter"),
    "list": ("清单", "list"),
    "rule": ("规则", "rule"),
    "group": ("规则", "rule"),
    "table": ("对照表", "table"),
    "formula": ("公式", "formula"),
    "decide": ("判定", "decision"),
    "entry": ("条目", "entry"),
    "field": ("栏目", "field"),
    "workflow": ("流程", "workflow"),
    "calendar": ("日历", "calendar"),
    "document": ("文书", "document"),
    "recurring": ("定期", "recurring duty"),
    "check": ("核查", "check"),
    "scorecard": ("评价", "scorecard"),
    "matching": ("配对", "matching"),
    "promise": ("保证", "promise"),
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared name: its kind, its node, and the set that declares it."""

    kind: str
    name: n.Name
    node: Any
    scope: Scope


@dataclass(eq=False)
class Scope:
    """One set with the sets above it. `uppers` holds every set above, topmost first."""

    policy_set: n.PolicySet
    uppers: tuple[Scope, ...] = ()
    own: dict[str, dict[str, Symbol]] = field(default_factory=dict)
    repeats: list[tuple[Symbol, Symbol]] = field(default_factory=list)
    redeclared: list[tuple[Symbol, Symbol]] = field(default_factory=list)
    additions: dict[str, Symbol] = field(default_factory=dict)
    tests: list[n.Test] = field(default_factory=list)
    units: UnitNodes = field(default_factory=UnitNodes)
    roles: list[n.Role] = field(default_factory=list)
    chart: Chart = field(default_factory=Chart)

    def __post_init__(self) -> None:
        self.own = {kind: {} for kind in KINDS}
        self._seen: dict[tuple[str, str], Symbol] = {}
        for upper in self.uppers:
            self.chart.extend(upper.chart)
        for declaration in self.policy_set.declarations:
            self._declare(declaration)
        self._settle()

    @property
    def header(self) -> n.Policy | None:
        """Return the header of the set."""
        return self.policy_set.header

    @cached_property
    def code(self) -> str:
        """Return the code of the set, or an empty text."""
        header = self.header
        return header.code if header else ""

    @cached_property
    def all(self) -> tuple[Scope, ...]:
        """Return every set of the bundle, topmost first, this one last."""
        return (*self.uppers, self)

    @cached_property
    def visible(self) -> dict[str, dict[str, Symbol]]:
        """Return every name that may be used here, by kind; own ones win."""
        seen: dict[str, dict[str, Symbol]] = {kind: {} for kind in KINDS}
        for scope in self.all:
            for kind, names in scope.own.items():
                # Topmost first, so that what stands lower takes its place.
                seen[kind].update(names)
        return seen

    def find(self, name: str, *kinds: str) -> Symbol | None:
        """Return what `name` means among `kinds`."""
        for kind in kinds:
            symbol = self.visible[kind].get(name)
            if symbol:
                return symbol
        return None

    def names(self, *kinds: str) -> Iterator[str]:
        """Yield the names that may be used here, of these kinds."""
        for kind in kinds:
            yield from self.visible[kind]

    def nodes(self, kind: str) -> Iterator[Any]:
        """Yield the set's own declarations of a kind."""
        for symbol in self.own[kind].values():
            yield symbol.node

    def lists(self) -> Iterator[n.ListDecl]:
        """Yield the set's own lists, with what it adds to lists of upper sets."""
        yield from self.nodes("list")
        for symbol in self.additions.values():
            yield symbol.node

    def rules(self) -> Iterator[n.Rule]:
        """Yield the set's own rules, in groups or not."""
        yield from self.nodes("rule")

    def delegations(self) -> Iterator[tuple[Scope, n.Delegation]]:
        """Yield what the upper sets hand down."""
        for upper in self.uppers:
            if upper.header:
                for delegation in upper.header.delegations:
                    yield upper, delegation

    def delegation(self, subject: str, target: str) -> n.Delegation | None:
        """Return the delegation of an upper set for this target."""
        for _, delegation in self.delegations():
            if delegation.subject == subject and delegation.target.text == target:
                return delegation
        return None

    def _declare(self, declaration: n.Declaration) -> None:
        if isinstance(declaration, n.UnitBlock):
            self.units.extend(declaration.units)
        elif isinstance(declaration, n.Role):
            self.roles.append(declaration)
        elif isinstance(declaration, n.Test):
            self.tests.append(declaration)
        elif not isinstance(declaration, n.Policy):
            self._add(_KIND_OF[type(declaration)], declaration)
            if isinstance(declaration, n.RuleGroup):
                for rule in declaration.rules:
                    self._add("rule", rule)

    def _add(self, kind: str, node: Any) -> None:
        symbol = Symbol(kind, node.name, node, self)
        name = node.name.text
        earlier = self._seen.get((_SPACES.get(kind, kind), name))
        if earlier:
            self.repeats.append((earlier, symbol))
            return
        self._seen[_SPACES.get(kind, kind), name] = symbol
        above = self._above(kind, name)
        # Not a list of its own: what was handed down is added to the upper one.
        if above and kind == "list" and self.delegation("list", name):
            self.additions[name] = symbol
            return
        # A 判定 is written anew on purpose: a lower set adds its steps to that of the upper one.
        if above and kind != "decide":
            self.redeclared.append((above, symbol))
        self.own[kind][name] = symbol

    def _above(self, kind: str, name: str) -> Symbol | None:
        space = _SPACES.get(kind)
        kinds = [each for each in KINDS if _SPACES.get(each) == space] if space else [kind]
        for upper in self.uppers:
            for each in kinds:
                if name in upper.own[each]:
                    return upper.own[each][name]
        return None

    def _settle(self) -> None:
        for role in self.roles:
            self.chart.roles[role.name.text] = role
        self.chart.add_all(self.units)
        self.chart.superiors_are_settled()


def scopes_of(policy_set: n.PolicySet) -> list[Scope]:
    """Return the sets of a bundle, topmost first, each once; the last is the set itself."""
    made: dict[int, Scope] = {}

    def visit(each: n.PolicySet, path: frozenset[int]) -> None:
        if id(each) in made or id(each) in path:
            return
        for upper in each.uppers:
            visit(upper, path | {id(each)})
        above = _above_of(each, made)
        made[id(each)] = Scope(each, above)

    visit(policy_set, frozenset())
    return list(made.values())


def _above_of(policy_set: n.PolicySet, made: dict[int, Scope]) -> tuple[Scope, ...]:
    """Return every set above, topmost first, each once (also when loaded twice: by code)."""
    above: dict[str, Scope] = {}
    for upper in policy_set.uppers:
        scope = made.get(id(upper))
        if scope:
            for each in scope.all:
                above.setdefault(each.code or str(id(each)), each)
    return tuple(above.values())
