"""Lines of a batch told apart by the texts of their members, without reading each line as JSON.

A comma stands between two members, or within a text or a list. Where each piece between commas is a
member by itself, a line is an object of just these members, and what a piece says need be found out
once. Where one piece is not, that line has to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress, count, pairwise
from typing import Any, NamedTuple, TypeVar

import orjson

from zhunru.batch.numbers import BY_ITSELF
from zhunru.compiler.reading import NO_VALUE, UNKNOWN_WORDS

_LONGEST = 1_000  # bytes of a piece that is kept: longer ones are rarely met twice
_MOST_KEPT = 50_000
_RESERVED = "v"  # the first name of the lines that a log is told by
_LONGEST_TEXT = 400  # characters of a text that is not looked at closely
_MOST_WAYS = 1_000  # in which the names of such texts are written
_NO_TEXTS = frozenset((*UNKNOWN_WORDS, NO_VALUE, ""))
_OTHERWISE, _BEGINS_OTHERWISE = -1, -2  # the numbers of pieces that are no plain member

Number = Callable[[str, Any], int]
Row = tuple[int, ...]
T = TypeVar("T")


class Member(NamedTuple):
    """What a piece of a line says, and whether the line begins or ends with it."""

    name: str
    value: Any
    opens: bool
    closes: bool


class Parted(NamedTuple):
    """Lines parted at their commas: the pieces of all of them, the number of each, and how many a
    line has on the mean, rounded down."""

    pieces: Sequence[bytes]
    numbers: Sequence[int]
    wide: int


class Pieces(NamedTuple):
    """Lines as pieces: a row for each, of one number for each piece, less than none for one that is
    no plain member; and `days`, those whose law is applied."""

    rows: Sequence[Row]
    days: Sequence[bytes]


class Members(dict[bytes, int]):
    """The number of each piece, equal for those of one name whose values are of one class.

    `number` gives the number of the class of a value of a field, `day` the day that a value of the
    field `governing` makes the law's; None stands for no value at all. Pieces that are no plain
    member have no number of their own: what else they say is found by reading the line.

    `takes_any_text` tells of which fields all texts have one number. Who writes a number or a
    remark into each line writes a new one each time: such a text is looked at, and not kept.
    """

    def __init__(
        self,
        number: Number,
        day: Callable[[Any], bytes],
        governing: str,
        takes_any_text: Callable[[str], bool] = lambda name: False,
    ) -> None:
        super().__init__()
        self._takes_any_text = takes_any_text
        self._open_texts: dict[tuple[bytes, bytes, bytes], int] = {}  # by all around the text
        self._number = number
        self._day = day
        self._governing = governing
        self._kinds: dict[tuple[str, int, bool, bool], int] = {}
        self._days: dict[bytes, bytes] = {}
        self._opening = {_BEGINS_OTHERWISE}
        self._ruling: set[int] = set()
        self._places: dict[Row, int | None] = {}  # where in a row the day stands
        self.members: list[Member] = []  # by number, the first that was met

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to begin anew: never between the pieces of one batch."""
        return len(self) + len(self._places) > _MOST_KEPT

    def part(self, text: bytes) -> Parted:
        """Return lines as pieces."""
        # A line that begins within the text begins a piece, and is known by its line break.
        parted = text.replace(b"\n", b",\n")
        pieces = parted.split(b",")
        pieces[0] = b"\n" + pieces[0]
        numbers = list(map(self.__getitem__, pieces))
        return Parted(pieces, numbers, len(pieces) // (len(parted) - len(text) + 1))

    def look_up(self, parted: Parted, known: Mapping[Row, T]) -> tuple[list[T], Sequence[bytes]]:
        """Return what is known of the row of each line, with the day whose law is applied.

        Raises LookupError or ValueError where `known` lacks one, or where lines do not all give
        the day in one place of as many; they have to be read then. That what is as wide is a line
        need not be looked at: a row that is known begins with what opens, and holds no other.
        """
        pieces, numbers, wide = parted
        at = list(map(self._ruling.__contains__, numbers[:wide])).index(True)
        # No row is kept here, so each is made in the place of the one before.
        found = list(map(known.__getitem__, zip(*[iter(numbers)] * wide, strict=True)))
        return found, list(map(self._days.__getitem__, pieces[at::wide]))

    def read(self, parted: Parted) -> Pieces:
        """Return lines as rows of numbers."""
        pieces, numbers, _ = parted
        starts = list(compress(count(), map(self._opening.__contains__, numbers)))
        flat, known, none = tuple(numbers), self._places, self._day(None)
        rows = [flat[start:end] for start, end in pairwise([*starts, len(flat)])]
        for row in set(rows).difference(known):
            known[row] = next((at for at, each in enumerate(row) if each in self._ruling), None)
        places = map(known.__getitem__, rows)
        days = [
            none if at is None else self._days[pieces[start + at]]
            for start, at in zip(starts, places, strict=True)
        ]
        return Pieces(rows, days)

    def of_row(self, row: Row) -> dict[str, Any] | None:
        """Return facts that lines with these numbers give, one of each class; None where such a
        line is no object, or names something twice."""
        found = [self.members[number] for number in row]
        if any(each.closes for each in found[:-1]) or not found[-1].closes:
            return None
        facts = {each.name: each.value for each in found}
        return facts if len(facts) == len(found) else None

    def __missing__(self, piece: bytes) -> int:
        parts = _text_within(piece)
        known = None if parts is None else self._open_texts.get(parts)
        if known is not None:
            return known
        member = _member(piece)
        number = BY_ITSELF if member is None else self._number(member.name, member.value)
        if member is None or number == BY_ITSELF:
            return _BEGINS_OTHERWISE if piece[:1] == b"\n" else _OTHERWISE
        key = (member.name, number, member.opens, member.closes)
        found = self._kinds.setdefault(key, len(self.members))
        if parts is not None and self._takes_any_text(member.name):
            if len(self._open_texts) < _MOST_WAYS:
                self._open_texts[parts] = found
        else:
            self[piece] = found
        if found == len(self.members):
            self.members.append(member)
        if member.opens:
            self._opening.add(found)
        if member.name == self._governing:
            self._ruling.add(found)
            self._days[piece] = self._day(member.value)
        return found


def count_breaks(text: bytes) -> int:
    """Return how many line breaks a text has. (`count` looks at each byte: it takes ten times as
    long.)"""
    return len(text.replace(b"\n", b"\n\n")) - len(text)


def _text_within(piece: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Return what stands around the text that a piece gives; None for one that gives none, or one
    of the words that stand for none.

    Between its quotes stands no other, so if a piece like it is a member, the text is its value.
    """
    before, colon, rest = piece.partition(b'": "')
    if not colon:
        before, colon, rest = piece.partition(b'":"')
    text, quote, after = rest.partition(b'"')
    if not quote or after not in (b"", b"}"):
        return None
    try:
        value = orjson.loads(b'"%b"' % text)
    except orjson.JSONDecodeError:
        return None
    if len(value) > _LONGEST_TEXT or value.strip() in _NO_TEXTS:
        return None
    return before, colon, after


def _member(piece: bytes) -> Member | None:
    opens, closes = piece[:2] == b"\n{", piece[-1:] == b"}"
    if len(piece) > _LONGEST or (piece[:1] == b"\n" and not opens):
        return None
    try:
        found = orjson.loads((b"" if opens else b"{") + piece + (b"" if closes else b"}"))
    except orjson.JSONDecodeError:
        return None
    # Without a comma there is one member at most; of another object within, it is no plain one.
    if type(found) is not dict or len(found) != 1 or _RESERVED in found:
        return None
    ((name, value),) = found.items()
    return Member(name, value, opens, closes)
