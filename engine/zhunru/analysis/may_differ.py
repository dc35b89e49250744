"""Which requests two sets may answer otherwise: a quick test before they are decided by both.

    told = differing(old, new)
    told.nowhere                    # no request at all is answered otherwise
    told.may({"事项": "健在证明", "类别": "出具证明"}, received)    # this one may be

Answers are alike where the same clauses decide in the same words, by the same basis, with the same
facts missing. What is not known for sure counts as "may differ". Of a request that is incomplete
for one set the other says 补正 for the same facts, but may tell other open reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from zhunru.analysis.axes import Axis, ClassOf, stretch_of
from zhunru.analysis.contents import differing_names, named_in
from zhunru.analysis.forest import END, TooLarge
from zhunru.analysis.pairs import Pair
from zhunru.analysis.reads import Asked
from zhunru.analysis.verdicts import End, Verdicts
from zhunru.checker.resolved import NOTHING, ResolvedField
from zhunru.compiler.program import CompiledPolicy
from zhunru.vocabulary import TypeName

_PLAIN = (TypeName.FLAG, TypeName.CHOICE)


@dataclass
class Region:
    """The requests of one space that two sets may answer otherwise."""

    pair: Pair
    diagram: int

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the fields on which it hangs whether a request is among them."""
        axes = self.pair.space.axes
        levels = sorted(self.pair.forest.levels(self.diagram))
        return tuple(axes[at].asked.name for at in levels if axes[at].asked.kind == "field")

    @cached_property
    def _receipt(self) -> ClassOf:
        space = self.pair.space
        return stretch_of(space.axes[space.levels[Asked("received", "")]])

    def holds(self, classes: Mapping[str, int | None], received: date | None) -> bool:
        """Tell whether some request of these classes is among them; None is any."""
        forest, axes = self.pair.forest, self.pair.space.axes
        waiting, seen = [self.diagram], {self.diagram}
        while waiting:
            here = waiting.pop()
            level = forest.level(here)
            if level == END:
                if forest.value(here):
                    return True
                continue
            kids = forest.kids(here)
            at = self._at(axes[level], classes, received)
            for kid in kids if at is None else (kids[at],):
                if kid not in seen:
                    seen.add(kid)
                    waiting.append(kid)
        return False

    def _at(
        self, axis: Axis, classes: Mapping[str, int | None], received: date | None
    ) -> int | None:
        if axis.asked.kind == "field":
            return classes.get(axis.asked.name)
        if axis.asked.kind == "received" and received is not None:
            return self._receipt(received)
        return None


class Differing:
    """The requests that two sets may answer otherwise.

    `everywhere`: nothing can be said, each request may be; `nowhere`: none is. `fields` are those
    on which it hangs; all others make no difference. Of two regions the second is that of requests
    that do not say the day whose law applies (D23).
    """

    def __init__(self, regions: Sequence[Region] = ()) -> None:
        self._regions = tuple(regions)
        self._of: dict[str, ClassOf] = {}

    @property
    def everywhere(self) -> bool:
        """Tell whether nothing can be said of any request."""
        return all(each.diagram == each.pair.forest.yes for each in self._regions)

    @property
    def nowhere(self) -> bool:
        """Tell whether every request is answered alike."""
        alike = all(each.diagram == each.pair.forest.no for each in self._regions)
        return bool(self._regions) and alike

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields on which it hangs whether a request may be answered otherwise."""
        told = dict.fromkeys(name for each in self._regions for name in each.names)
        if self._governing is not None and not self.nowhere:
            told[self._governing.name] = None  # whether it is given says which region counts
        return tuple(told)

    @property
    def _governing(self) -> ResolvedField | None:
        plan = self._regions[0].pair.old.plan if len(self._regions) > 1 else None
        return plan.fields[plan.governing_field] if plan is not None else None

    def class_of(self, name: str, value: Any) -> int | None:
        """Return the class of a value of a field, as `may_be` takes it; None: not known for sure.

        Values are typed as the form reads them (`NOTHING` for 无); equal classes, equal answers.
        """
        if not self._regions:
            return None
        teller = self._of.get(name)
        if teller is None:
            teller = self._of[name] = self._teller(name)
        return teller(value)

    def may(self, facts: Mapping[str, Any], received: date | None = None) -> bool:
        """Tell whether a request may be answered otherwise; facts left out may be anything."""
        classes = {name: self.class_of(name, value) for name, value in facts.items()}
        return self.may_be(classes, received)

    def may_be(self, classes: Mapping[str, int | None], received: date | None = None) -> bool:
        """Tell the same of fields by class; a class that is None or left out may be any."""
        if not self._regions or self._regions[0].holds(classes, received):
            return True
        governing = self._governing
        if governing is None:
            return False
        unsaid = classes.get(governing.name) is None or governing.default is not None
        # A day that nobody entitled has confirmed is not known, but its law is taken: any.
        law = None if governing.asserted_by else received
        return unsaid and self._regions[1].holds(classes, law)

    # --- classes of values ---------------------------------------------------------------------

    def _teller(self, name: str) -> ClassOf:
        # Both regions have the same classes of fields: their spaces differ in the day of the law.
        space = self._regions[0].pair.space
        level = space.levels.get(Asked("field", name))
        if level is None or not space.axes[level].exact:
            return _unknown
        axis = space.axes[level]
        kind = space.fields[name][0].type.name
        if kind in _PLAIN:
            return _by(axis, lambda value: value)
        if kind is TypeName.MATTER:
            return _by(axis, space.class_of_matter)
        if kind is TypeName.UNIT and not space.is_compared(name):
            return _by(axis, space.class_of_unit(name))
        return stretch_of(axis) if axis.ends else _unknown


def _unknown(value: Any) -> int | None:
    return None


def _by(axis: Axis, key_of: Callable[[Any], Any]) -> ClassOf:
    """Return the class of a value by what tells classes apart; 无 is a class of its own."""

    def key(value: Any) -> Any:
        return NOTHING if value is NOTHING else key_of(value)

    places = {key(value): at for at, value in enumerate(axis.values)}
    other = places.get(("", "未列事项"))

    def class_of(value: Any) -> int | None:
        told = key(value)
        found = places.get(told)
        if found is not None or other is None:
            return found
        # A code or an alias that only one of the sets has stands for no class: it may be any.
        return other if told is NOTHING or told[0] == "" else None

    return class_of


# --- finding them --------------------------------------------------------------------------------


def differing(old: CompiledPolicy, new: CompiledPolicy, decision: str = "") -> Differing:
    """Return which requests two sets may answer otherwise."""
    if _read_otherwise(old, new, decision):
        return Differing()
    governed = bool(old.plan(decision).governing_field)
    try:
        pairs = [
            Pair(old, new, decision, undated=undated) for undated in (False, True)[: governed + 1]
        ]
        if any(pair.space.inexact for pair in pairs):
            return Differing()
        return Differing([Region(pair, _region(pair)) for pair in pairs])
    except (TooLarge, RecursionError):
        return Differing()


def _read_otherwise(old: CompiledPolicy, new: CompiledPolicy, decision: str) -> bool:
    """Tell whether requests themselves are read in two ways: by forms, charts, registers."""
    one, other = old.plan(decision), new.plan(decision)
    heads = [(p.head.fields, p.head.wording, p.head.name) for p in (one, other)]
    cores = [(p.core.units, p.core.roles, p.core.registers) for p in (old, new)]
    return heads[0] != heads[1] or cores[0] != cores[1]


def _region(pair: Pair) -> int:
    """Return the diagram of the requests that may be answered otherwise."""
    forest = pair.forest
    tokens = Tokens(pair)
    one, other = (tokens.whole(verdicts) for verdicts in pair.verdicts)
    found = forest.joined("differs", lambda a, b: a != b, one, other)
    for verdicts in pair.verdicts:
        found = forest.either(found, verdicts.meaning.unsettled)
    return found


class Tokens:
    """What answers are held against each other by: the contents of the clauses that decide."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self._numbers: dict[Any, int] = {}
        self._known: dict[tuple[int, int], int] = {}
        self._changed = differing_names(pair.old.model, pair.new.model)

    def whole(self, verdicts: Verdicts) -> int:
        """Return the diagram of the tokens of every request to one of the sets."""
        found = [self._of_matter(verdicts, at) for at in verdicts.matters]
        if verdicts.level == END:
            return found[0]
        return verdicts.forest.spread(verdicts.level, found)

    def _of_matter(self, verdicts: Verdicts, at: int | None) -> int:
        entries = tuple(self.content(verdicts, number) for number in verdicts.entries(at))
        side = self.pair.verdicts.index(verdicts)

        def token(end: End) -> int:
            if end.step < 0:  # the default says too why entries did not admit
                return self._number(("default", self._default(verdicts), entries))
            found = [(self.content(verdicts, each.number), each[1:]) for each in end.answers]
            return self._number(tuple(found))

        return verdicts.forest.mapped(("token", side, entries), token, verdicts.verdict(at))

    def content(self, verdicts: Verdicts, number: int) -> int:
        """Return what a clause says, as a number: equal for clauses that say the same."""
        key = (id(verdicts), number)
        found = self._known.get(key)
        if found is None:
            clause = verdicts.plan.clauses[number]
            changed = self._changed and self._changed & named_in(verdicts.part.model, clause).keys()
            policy = verdicts.part.policy
            if clause.set_code == policy.code:  # a draft may go by another name
                clause = replace(clause, set_code="")
            found = self._number((clause, policy.digest if changed else ""))
            self._known[key] = found
        return found

    def _default(self, verdicts: Verdicts) -> Any:
        head = verdicts.plan.head
        return (head.default_message, head.default_code, head.default_return, head.default_apply)

    def _number(self, token: Any) -> int:
        return self._numbers.setdefault(token, len(self._numbers))
