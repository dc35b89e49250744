"""Lines of a batch told apart by the texts of their members, without reading each line as JSON.

A comma stands between two members, or within a text or a list. Where each piece between commas is a
member by itself, a line is an object of just these members, and what a piece says need be found out
once. Where one piece is not, that line has to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from itertools import compress, count, pairwise
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import orjson

from zhunru.batch.numbers import BY_ITSELF
from zhunru.web.free_texts import ANY_TEXT, FreeTexts

_LONGEST = 1_000  # bytes of a piece that is kept: longer ones are rarely met twice
_MOST_KEPT = 50_000
_RESERVED = "v"  # the first name of the lines that a log is told by
_OTHERWISE, _ENDS_OTHERWISE = -1, -2  # the numbers of pieces that are no plain member
_ENDS = b"\0\n"  # behind a line, where each piece of one is a line of its own

Number = Callable[[str, Any], int]
Row = tuple[int, ...]
T = TypeVar("T")


class Member(NamedTuple):
    """What a piece of a line says, and whether the line begins or ends with it."""

    name: str
    value: Any
    opens: bool
    closes: bool


class _Ruling(int):
    """The number of a piece that gives the day, with the text of the day whose law is applied: the
    numbers of days of one class are equal, the texts are not."""

    day: bytes


_day_of = attrgetter("day")


class Parted(NamedTuple):
    """Lines parted at their commas: the number of each piece of all of them, and how many the first
    line has."""

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

    `takes_any_text` tells of which fields all texts have one number: they are taken out of lines
    before these are parted, and not kept.
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
        self._free_texts = FreeTexts()
        self._number = number
        self._day = day
        self._governing = governing
        self._kinds: dict[tuple[str, int, bool, bool], int] = {}
        self._closing = {_ENDS_OTHERWISE}
        self._places: dict[Row, int | None] = {}  # where in a row the day stands
        self.members: list[Member] = []  # by number, the first that was met

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to begin anew: never between the pieces of one batch."""
        return len(self) + len(self._places) > _MOST_KEPT

    def part(self, marked: bytes) -> Parted:
        """Return lines, their ends marked, as pieces."""
        # A file drops each piece before it makes the next, which takes less than to split a text.
        ended = marked if marked.endswith(_ENDS) else marked + _ENDS
        ended = self._free_texts.taken_out(ended)
        numbers = list(map(self.__getitem__, BytesIO(ended.replace(b",", b"\n"))))
        return Parted(numbers, ended.count(b",", 0, ended.find(b"\n")) + 1)

    def look_up(self, parted: Parted, known: Mapping[Row, T]) -> tuple[list[T], Sequence[bytes]]:
        """Return what is known of the row of each line, with the day whose law is applied.

        Raises LookupError or ValueError where `known` lacks one, or where lines do not all give
        the day in one place of as many; they have to be read then. That what is as wide is a line
        need not be looked at: a row that is known ends with what closes, and holds no other.
        """
        numbers, wide = parted
        at = list(map(type, numbers[:wide])).index(_Ruling)
        # No row is kept here, so each is made in the place of the one before.
        found = list(map(known.__getitem__, zip(*[iter(numbers)] * wide, strict=True)))
        try:
            return found, list(map(_day_of, numbers[at::wide]))
        except AttributeError:
            raise LookupError from None

    def read(self, parted: Parted) -> Pieces:
        """Return lines as rows of numbers."""
        flat, known, none = tuple(parted.numbers), self._places, self._day(None)
        ends = compress(count(1), map(self._closing.__contains__, flat))
        rows = [flat[start:end] for start, end in pairwise([0, *ends])]
        for row in set(rows).difference(known):
            known[row] = next((at for at, each in enumerate(row) if type(each) is _Ruling), None)
        places = map(known.__getitem__, rows)
        ruling = zip(rows, places, strict=True)
        return Pieces(rows, [none if at is None else _day_of(row[at]) for row, at in ruling])

    def of_row(self, row: Row) -> dict[str, Any] | None:
        """Return facts that lines with these numbers give, one of each class; None where such a
        line is no object of plain members, or names something twice."""
        if min(row) < 0:
            return None
        found = [self.members[number] for number in row]
        if any(each.opens for each in found[1:]) or not found[0].opens:
            return None
        facts = {each.name: each.value for each in found}
        return facts if len(facts) == len(found) else None

    def __missing__(self, piece: bytes) -> int:
        ends, text = piece.endswith(_ENDS), piece.removesuffix(_ENDS)
        member = _member(text)
        is_free = (
            member is not None
            and member.value != ANY_TEXT
            and self._takes_any_text(member.name)
            and self._free_texts.learn(text)
        )
        number = BY_ITSELF if member is None else self._number(member.name, member.value)
        if member is None or number == BY_ITSELF:
            return _ENDS_OTHERWISE if ends else _OTHERWISE
        key = (member.name, number, member.opens, member.closes)
        found = self._kinds.setdefault(key, len(self.members))
        if found == len(self.members):
            self.members.append(member)
        if member.closes:
            self._closing.add(found)
        if member.name == self._governing:
            found = _Ruling(found)
            found.day = self._day(member.value)
        if not is_free:
            self[piece] = found
        return found


def mark_ends(text: bytes) -> bytes:
    """Return a text with a mark at each line break: it is longer by as many bytes. (`count` looks
    at each byte: it takes ten times as long.)"""
    # Neither zero nor one is a sign of JSON: what holds one is no member with the other either.
    return text.replace(b"\0", b"\1").replace(b"\n", _ENDS)


def _member(piece: bytes) -> Member | None:
    opens, closes = piece[:1] == b"{", piece[-1:] != b"\n"  # the last of a line has to close it
    if len(piece) > _LONGEST:
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
