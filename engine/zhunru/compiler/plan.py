"""One 判定 ready to run: its clauses numbered in the order of steps, and found by matter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from zhunru.checker.resolved import Clause, ResolvedDecision, ResolvedField, normal_title
from zhunru.compiler.quotas import quota_names
from zhunru.vocabulary import TypeName

Numbers = tuple[int, ...]
_MOST_KEYS = 2_000  # of quotas among which one of a similar name is looked for


@dataclass(slots=True)
class MatterIndex:
    """Which clauses answer to which normal title."""

    # Nearly every title leads to one clause, and a bare number takes far less than a tuple of one.
    numbers: dict[str, int | Numbers] = field(default_factory=dict)

    def add(self, title: str, number: int) -> None:
        """Let `title` lead to clause `number`; numbers come in ascending order."""
        found = self.numbers.get(title)
        if found is None:
            self.numbers[title] = number
        else:
            self.numbers[title] = (*_tuple(found), number)

    def find(self, title: str) -> Numbers:
        """Return the numbers of the clauses that answer to a normal title."""
        found = self.numbers.get(title)
        return () if found is None else _tuple(found)


def _tuple(found: int | Numbers) -> Numbers:
    return (found,) if isinstance(found, int) else found


class Plan:
    """A decision with its clauses numbered through: step by step, in written order.

    `head` is the decision without its clauses. Clauses are taken from `clauses` when they are
    needed and not before, so that a large set opened from the cache stays undecoded.
    """

    def __init__(
        self,
        head: ResolvedDecision,
        clauses: Sequence[Clause],
        starts: Sequence[int],
        general: Sequence[int],
        index: MatterIndex,
    ) -> None:
        self.head = head
        self.clauses = clauses
        self.starts = starts
        self.general = general
        self.index = index
        self.supports: dict[int, Any] = {}  # what clauses read, once it was asked for
        self._known_quotas: set[str] = set()  # names of quotas that were asked for

    @cached_property
    def fields(self) -> Mapping[str, ResolvedField]:
        """Return the fields of the form by name."""
        return {found.name: found for found in self.head.fields}

    @cached_property
    def matter_field(self) -> str:
        """Return the name of the field that says what it is about, or an empty text."""
        matters = [f.name for f in self.head.fields if f.type.name is TypeName.MATTER]
        return matters[0] if matters else ""

    @cached_property
    def addressee_field(self) -> str:
        """Return the field of the unit asked: the one marked 主体, else the last unit field."""
        units = [f for f in self.head.fields if f.type.name is TypeName.UNIT]
        marked = [f.name for f in units if f.addressee]
        return marked[0] if marked else units[-1].name if units else ""

    @cached_property
    def governing_field(self) -> str:
        """Return the field marked 适用日, or an empty text."""
        return next((f.name for f in self.head.fields if f.governing), "")

    @cached_property
    def required(self) -> Sequence[str]:
        """Return the names of the fields without which no admission stands."""
        return tuple(f.name for f in self.head.fields if f.required)

    @cached_property
    def confirmed_fields(self) -> tuple[str, ...]:
        """Return the names of the fields that a certain role has to confirm."""
        return tuple(f.name for f in self.head.fields if f.asserted_by)

    @cached_property
    def by_code(self) -> Mapping[str, Numbers]:
        """Return the numbers of the clauses by code."""
        index = MatterIndex()
        for number, clause in enumerate(self.clauses):
            index.add(clause.code, number)
        return {code: _tuple(found) for code, found in index.numbers.items()}

    def could_be_quota(self, name: str) -> bool:
        """Tell whether `name` begins as that of a quota does: a clause, with or without a window.

        Whether the clause has such a quota, `knows_quota` tells.
        """
        return bool(self._named_in(name) or self._coded_in(name))

    def knows_quota(self, name: str) -> bool:
        """Tell whether a quota of the plan is called `name`."""
        if name in self._known_quotas:
            return True
        # By code all clauses have to be decoded: only where it is not found without.
        if self._is_of(name, self._named_in(name)) or self._is_of(name, self._coded_in(name)):
            self._known_quotas.add(name)
            return True
        return False

    def quotas_like(self, name: str) -> list[str]:
        """Return the keys that may be meant by a name that no quota has: those of the clause that
        it begins with, else the first of all."""
        _, dot, window = name.rpartition(".")
        own = sorted(self._named_in(name) | self._coded_in(name))
        found = _keys(self.clauses[number] for number in own) or self._all_keys
        return [key[bool(dot) and window.isascii()] for key in found]

    @cached_property
    def _all_keys(self) -> Sequence[tuple[str, str]]:
        return _keys(self.clauses)

    def _is_of(self, name: str, numbers: Iterable[int]) -> bool:
        clauses = (self.clauses[number] for number in numbers)
        return any(name in quota_names(quota, c) for c in clauses for quota in c.quotas)

    def _named_in(self, name: str) -> set[int]:
        """Return the clauses that the name of a quota may begin with, as far as is told without
        decoding any: general ones by code, others by what they answer to."""
        found: set[int] = set()
        for code in _codes_in(name):
            found.update(self._general_codes.get(code, ()))
            found.update(self.index.find(normal_title(code.rpartition("/")[2])))
        return found

    def _coded_in(self, name: str) -> set[int]:
        return {number for code in _codes_in(name) for number in self.by_code.get(code, ())}

    @cached_property
    def _general_codes(self) -> Mapping[str, Numbers]:
        found: dict[str, Numbers] = {}
        for number in self.general:
            code = self.clauses[number].code
            found[code] = (*found.get(code, ()), number)
        return found

    def step_of(self, number: int) -> int:
        """Return the step in which clause `number` stands."""
        return bisect_right(self.starts, number) - 1

    def steps(self, numbers: Iterable[int]) -> list[list[int]]:
        """Spread clause numbers over the steps."""
        spread: list[list[int]] = [[] for _ in self.starts]
        for number in sorted(numbers):
            spread[self.step_of(number)].append(number)
        return spread

    @cached_property
    def entry_steps(self) -> frozenset[int]:
        """Return the steps in which some clause asks for a matter."""
        pairs = zip(self.numbers_by_step, self.steps(self.general), strict=True)
        return frozenset(
            at for at, (numbers, general) in enumerate(pairs) if len(numbers) > len(general)
        )

    @property
    def numbers_by_step(self) -> list[range]:
        """Return the numbers of the clauses of each step."""
        return list(map(range, self.starts, (*self.starts[1:], len(self.clauses))))


def _keys(clauses: Iterable[Clause]) -> Sequence[tuple[str, str]]:
    """Return the keys of the quotas of clauses, each in both languages."""
    names = (quota_names(quota, clause) for clause in clauses for quota in clause.quotas)
    return list(dict.fromkeys((zh, en) for zh, en, *_ in islice(names, _MOST_KEYS)))


def _codes_in(name: str) -> tuple[str, str]:
    """Return what may be the code of a clause in the name of a quota."""
    return name, name.rpartition(".")[0]


def _join_matters(index: MatterIndex, clauses: Sequence[Clause]) -> None:
    """Entries that share a title are one matter: each answers to the titles of the other (D2)."""
    shared = [title for title, found in index.numbers.items() if isinstance(found, tuple)]
    done: set[str] = set()
    for title in shared:
        if title in done:
            continue
        titles, numbers = _group(index, clauses, title)
        done |= titles
        if any(index.find(each) != numbers for each in titles):
            index.numbers.update(dict.fromkeys(titles, numbers))


def _group(index: MatterIndex, clauses: Sequence[Clause], title: str) -> tuple[set[str], Numbers]:
    titles, numbers, waiting = {title}, set[int](), [title]
    while waiting:
        for number in index.find(waiting.pop()):
            if number not in numbers:
                numbers.add(number)
                new = (clauses[number].matter or frozenset()) - titles
                titles |= new
                waiting.extend(new)
    return titles, tuple(sorted(numbers))


def make_plan(decision: ResolvedDecision) -> Plan:
    """Number the clauses of a decision and index them by matter."""
    clauses: list[Clause] = []
    starts: list[int] = []
    for step in decision.steps:
        starts.append(len(clauses))
        clauses.extend(step.clauses)
    index = MatterIndex()
    general = []
    add = index.add
    for number, clause in enumerate(clauses):
        if clause.matter is None:
            general.append(number)
        else:
            for title in clause.matter:
                add(title, number)
    _join_matters(index, clauses)
    return Plan(decision, clauses, starts, general, index)
