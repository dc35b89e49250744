"""The tests that most entries of a plan ask: written once, in line, over constants of each entry.

An entry that asks nothing else needs no function of its own, and so no call: its row holds the
constants, in fixed places, and what it comes to for each set of tests that fail.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhunru.checker.resolved import Clause
from zhunru.compiler.fast_clauses import ClauseSource, limits
from zhunru.compiler.plan import Plan
from zhunru.compiler.source import indent

MOST_SHARED = 5  # tests asked in line; each doubles what a row has room for
_MOST_CONSTANTS = 4
_SAMPLE = 64  # entries looked at to find what most of them ask

# Tests that no value passes but one that the field can have (if its constants are such values).
_MEMBER = re.compile(r"\(v(\d+) (?:in @0(?: or v\1 in @\d)*|== @0)\)")
_FLAG = re.compile(r"v(\d+)")

# The numbers of lines that fail come first; behind them, from behind: ELSEWHERE, EARLY, PAST.
TAIL = 3


@dataclass(frozen=True, slots=True)
class PlainTest:
    """A test with its constants taken out: `text` has `@0 @1 …` in their places; `again` counts
    the tests of one entry that are written alike."""

    text: str
    again: int
    constants: tuple[Any, ...] = ()

    @property
    def kind(self) -> PlainTest:
        """Return the test without its constants."""
        return PlainTest(self.text, self.again)


class SharedTests:
    """The tests asked in line, found by looking at some of the entries.

    `domains` are the values that fields can have, by their places. A field that such a test asks
    about need not be looked over where it passes: `guards` has these tests, by field.
    """

    def __init__(
        self, plan: Plan, clauses: ClauseSource, domains: Mapping[int, frozenset[Any]]
    ) -> None:
        self.clauses = clauses
        self.domains = domains
        sampled = [tests for clause in _sample(plan) if (tests := self.of(clause)) is not None]
        found = Counter(test.kind for tests in sampled for test in tests)
        self.kinds = [kind for kind, _ in found.most_common(MOST_SHARED)]
        self.usual = {kind for kind, count in found.items() if count == len(sampled)}
        self.any = bool(sampled)
        self.places: dict[PlainTest, int] = {}  # the first constant of each test in a row
        self.width = 0
        sizes = {test.kind: len(test.constants) for tests in sampled for test in tests}
        for kind in self.kinds:
            self.places[kind] = self.width
            self.width += sizes[kind] or 1
        self.guards: dict[int, PlainTest] = {}
        for kind in self.kinds:
            if (field := _guarded(kind)) in domains:
                self.guards.setdefault(field, kind)

    def of(self, clause: Clause) -> list[PlainTest] | None:
        """Return the tests of an entry that can be asked in line, None if it needs more."""
        written = self.clauses.plain_tests(clause)
        if written is None:
            return None
        seen: Counter[str] = Counter()
        tests = []
        for text, constants in written:
            if len(constants) > _MOST_CONSTANTS or None in constants:
                return None
            tests.append(PlainTest(text, seen[text], constants))
            seen[text] += 1
        return tests

    def row(self, number: int, clause: Clause) -> tuple[Any, ...] | None:
        """Return the row of an entry whose tests are all asked in line, None for any other."""
        tests = self.of(clause)
        if tests is None or not self.usual <= (kinds := {test.kind for test in tests}):
            return None
        if not kinds <= self.places.keys() or not all(map(self._in_domain, tests)):
            return None
        constants: list[Any] = [None] * self.width
        for test in tests:
            at = self.places[test.kind]
            constants[at : at + (len(test.constants) or 1)] = test.constants or [True]
        results = [None] * ((1 << len(self.kinds)) + TAIL)
        return (None, *limits(clause), number, results, *constants)

    def own_lines(self, clause: Clause, fails: int) -> int:
        """Return which lines of an entry fail, of the tests in line that do."""
        kinds = [test.kind for test in self.of(clause) or ()]
        own = (1 << at for at, kind in enumerate(kinds) if fails >> self.kinds.index(kind) & 1)
        return sum(own)

    def _in_domain(self, test: PlainTest) -> bool:
        field = _guarded(test)
        if field not in self.domains or not _MEMBER.fullmatch(test.text):
            return True
        constants = (c if isinstance(c, frozenset) else {c} for c in test.constants)
        return all(values <= self.domains[field] for values in constants)

    def lines(
        self, into: str, missed: Sequence[str], checks: Mapping[int, Sequence[str]]
    ) -> list[str]:
        """Write how an entry is asked whose row is `hits`: what it comes to goes `into` a name.

        `missed` is done on a day out of its own, `checks` are the lines that look over fields
        which were not looked over yet.
        """
        constants = "".join(f", c{at}" for at in range(self.width))
        unchecked = [line for lines in checks.values() for line in lines]
        return [
            f"_, low, high, _, results{constants} = hits",
            "if low <= day <= high:",
            "    fails = 0",
            *indent([line for kind in self.kinds for line in self._test_lines(kind, checks)]),
            f"    {into} = results[fails]",
            f"    if {into} is None: {into} = first(hits, fails)",
            "else:",
            *indent([*unchecked, *missed]),
        ]

    def _test_lines(self, kind: PlainTest, checks: Mapping[int, Sequence[str]]) -> Iterator[str]:
        """Write one test; an entry that does not ask it has None in the place of a constant."""
        place = f"c{self.places[kind]}"
        fails = self._failing(kind)
        fail = f"fails |= {1 << self.kinds.index(kind)}"
        usual = kind in self.usual
        field = _guarded(kind)
        if field not in checks or self.guards[field] != kind:
            yield f"if {fails}: {fail}" if usual else f"if {place} is not None and {fails}: {fail}"
            return
        # A value that passes is a proper one; any other is looked over.
        if usual or "@" not in kind.text:
            yield f"if {fails}:"
            yield from indent(checks[field])
            yield f"    {fail}" if usual else f"    if {place} is not None: {fail}"
            return
        yield f"if {place} is None:"
        yield from indent(checks[field])
        yield f"elif {fails}:"
        yield from indent([*checks[field], fail])

    def _failing(self, kind: PlainTest) -> str:
        """Write that a test fails over the constants of a row."""
        flag = _FLAG.fullmatch(kind.text)
        if flag:
            # What is not known is no failure: asking it for its truth leads to the careful path.
            return f"{flag[0]} is not True and (not {flag[0]} or True)"
        member = _MEMBER.fullmatch(kind.text)
        test = kind.text
        if member and test.count("@") == 1:
            test = test[1:-1].replace(" in ", " not in ").replace(" == ", " != ")
        else:
            test = f"not {test}"
        for at in range(_MOST_CONSTANTS):
            test = test.replace(f"@{at}", f"c{self.places[kind] + at}")
        return test


def _guarded(kind: PlainTest) -> int:
    """Return the field that a test is about, if passing it says that its value is proper."""
    found = _MEMBER.fullmatch(kind.text) or _FLAG.fullmatch(kind.text)
    return int(found[1]) if found else -1


def _sample(plan: Plan) -> Iterable[Clause]:
    """Return entries from all over the plan: those of a large one stay undecoded."""
    general = frozenset(plan.general)
    numbers: Sequence[int] = range(len(plan.clauses))
    if len(numbers) > 2 * _SAMPLE:
        numbers = numbers[:: len(numbers) // _SAMPLE]
    return [plan.clauses[number] for number in numbers if number not in general]
