"""Checked policies as plain data: tuples, texts and numbers that `marshal` can write.

Only known classes are written and made again; nothing in the data names code. Equal parts are
written once, each part by itself, so that reading one clause decodes what it needs and no more.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar, overload

from zhunru import vocabulary
from zhunru.checker import resolved, resolved_flows, resolved_measures
from zhunru.checker.register_table import RegisterTable
from zhunru.checker.resolved import NOTHING
from zhunru.diagnostics import Span
from zhunru.syntax import expressions, nodes

_REF, _DECIMAL, _DATE, _MOMENT, _ENUM, _TUPLE, _SET, _NOTHING, _SPAN, _DICT = range(10)
_TEXT, _CLOCK, _REGISTER, _OBJECT = range(10, 14)
_LONG = 6  # texts from this length on are written once

_MODULES = (resolved, resolved_flows, resolved_measures, expressions, nodes)
_CLASSES: tuple[type, ...] = tuple(
    found
    for module in _MODULES
    for _, found in sorted(vars(module).items())
    if isinstance(found, type) and is_dataclass(found) and found.__module__ == module.__name__
)
_ENUMS: tuple[type[Enum], ...] = tuple(
    found
    for _, found in sorted(vars(vocabulary).items())
    if isinstance(found, type)
    and issubclass(found, Enum)
    and found.__module__ == vocabulary.__name__
)
_CLASS_NUMBERS = {found: number for number, found in enumerate(_CLASSES)}
_ENUM_NUMBERS = {found: number for number, found in enumerate(_ENUMS)}


def _shape(found: type) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[Any, ...]]:
    """Return what reads all fields of a class at once, and their defaults."""
    each = fields(found)
    if len(each) < 2:  # of one name attrgetter makes no tuple
        return lambda value: tuple(getattr(value, f.name) for f in each), tuple(
            f.default for f in each
        )
    return attrgetter(*(f.name for f in each)), tuple(f.default for f in each)


_SHAPES = {found: _shape(found) for found in _CLASSES}
# These have a place or a text of their own: hardly two are equal, and looking for one costs more.
_ALONE = frozenset({nodes.Title, nodes.Period, resolved.Requirement, resolved.BoundCitation})
_NAMES = {found: tuple(f.name for f in fields(found)) for found in _CLASSES}

T = TypeVar("T")


class Blobs:
    """Many byte strings as one, with where each begins."""

    __slots__ = ("data", "starts")

    def __init__(self, data: bytes, starts: array[int]) -> None:
        self.data = data
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> bytes:
        return self.data[self.starts[at] : self.starts[at + 1]]

    def plain(self) -> tuple[bytes, bytes]:
        """Return them as two byte strings."""
        return self.data, self.starts.tobytes()

    @classmethod
    def of(cls, each: Iterable[bytes]) -> Blobs:
        """Join byte strings."""
        parts = list(each)
        starts = array("Q", [0])
        end = 0
        for part in parts:
            end += len(part)
            starts.append(end)
        return cls(b"".join(parts), starts)

    @classmethod
    def read(cls, plain: tuple[bytes, bytes]) -> Blobs:
        """Make them again from `plain`."""
        starts = array("Q")
        starts.frombytes(plain[1])
        return cls(plain[0], starts)


class Encoder:
    """Writes values; `parts` collects every object that a value refers to, once."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._known: dict[int, tuple[int, int]] = {}
        self._equal: dict[Any, int] = {}
        self._once: set[int] = set()
        self._kept: list[Any] = []  # ids in `_known` and `_once` stay taken
        self.texts: list[str] = []
        self._texts: dict[str, Any] = {}

    def encode(self, value: Any) -> Any:
        """Return a value as plain data."""
        if value.__class__ is str:
            return value if len(value) < _LONG else self.text(value)
        if value is None or value.__class__ in (bool, int):
            return value
        rule = _ENCODE.get(value.__class__)
        if rule is not None:
            return rule(self, value)
        if isinstance(value, Enum):
            return (_ENUM, _ENUM_NUMBERS[type(value)], value.value)
        return self._part(value)

    def text(self, value: str) -> Any:
        """Return a text as it is the first time; from the second time on a reference to it."""
        found = self._texts.get(value)
        if found is None:
            self._texts[value] = -1
            return value
        if found == -1:
            found = self._texts[value] = (_TEXT, len(self.texts))
            self.texts.append(value)
        return found

    def column(self, values: Iterable[Any]) -> Iterator[Any]:
        """Yield the cells of a column; a text stands for itself, its few repeats cost little."""
        # By identity: 1 and 1.0 are equal, and yet are written as they stand in the sheet.
        known: dict[int, Any] = {}
        for value in values:
            if value is None or value.__class__ is str:
                yield value
                continue
            found = known.get(id(value))
            if found is None:
                found = known[id(value)] = self.encode(value)
            yield found

    def _part(self, value: Any) -> Any:
        """Return a reference to an object written by itself."""
        found = self._known.get(id(value))
        if found is None and value.__class__ in _ALONE and id(value) not in self._once:
            # Written in its place the first time; what turns up again is written once for all.
            self._once.add(id(value))
            self._kept.append(value)
            return (_OBJECT, self.plain(value))
        if found is None:
            plain = self.plain(value)
            number = self._equal.get(plain)
            if number is None:
                number = self._equal[plain] = len(self.parts)
                self.parts.append(marshal.dumps(plain))
            found = self._known[id(value)] = (_REF, number)
            self._kept.append(value)
        return found

    def plain(self, value: Any) -> tuple[Any, ...]:
        """Return an object as its class and the fields that are not at their defaults."""
        found = value.__class__
        values, defaults = _SHAPES[found]
        flat: list[Any] = [_CLASS_NUMBERS[found]]
        for at, item in enumerate(values(value)):
            default = defaults[at]
            if item is default:
                continue
            kind = item.__class__
            # Comparing nodes costs more than writing one that could have been left out.
            if kind in _CLASS_NUMBERS:
                known = self._known.get(id(item))
                flat += (at, self._part(item) if known is None else known)
            elif default is MISSING or item != default:
                # as `encode`, without a call for each of a million texts and places
                rule = _ENCODE.get(kind)
                if rule is not None:
                    flat += (at, rule(self, item))
                elif kind is str:
                    flat += (at, item if len(item) < _LONG else self.text(item))
                else:
                    flat += (at, self.encode(item))
        return tuple(flat)


_ENCODE: dict[type, Callable[[Encoder, Any], Any]] = {
    Decimal: lambda _, value: (_DECIMAL, str(value)),
    date: lambda _, value: (_DATE, value.toordinal()),
    datetime: lambda _, value: (_MOMENT, value.isoformat()),
    tuple: lambda e, value: (_TUPLE, *map(e.encode, value)),
    list: lambda e, value: (_TUPLE, *map(e.encode, value)),
    frozenset: lambda e, value: (_SET, *sorted(map(e.encode, value), key=repr)),
    type(NOTHING): lambda _, __: (_NOTHING,),
    Span: lambda e, value: (_SPAN, e.text(value[0]), *value[1:]),
    time: lambda _, value: (_CLOCK, value.isoformat()),
    RegisterTable: lambda e, rows: (
        _REGISTER,
        rows.headings,
        tuple(tuple(e.column(column)) for column in rows.columns),
    ),
    dict: lambda e, value: (_DICT, *(e.encode(x) for pair in value.items() for x in pair)),
}


class Decoder:
    """Reads values back; an object that several refer to is made once."""

    def __init__(self, parts: Blobs, texts: Sequence[str]) -> None:
        self.parts = parts
        self.texts = texts
        self._made: list[Any] = [None] * len(parts)

    def decode(self, data: Any) -> Any:
        """Return the value that plain data stands for."""
        if data.__class__ is not tuple:
            return data
        return _DECODE[data[0]](self, data)

    def part(self, number: int) -> Any:
        """Return an object that was written by itself."""
        found = self._made[number]
        if found is None:
            found = self._made[number] = self.object(marshal.loads(self.parts[number]))
        return found

    def object(self, plain: tuple[Any, ...]) -> Any:
        """Return an object from its class and fields."""
        found = _CLASSES[plain[0]]
        names = _NAMES[found]
        decode = self.decode
        values = {names[plain[at]]: decode(plain[at + 1]) for at in range(1, len(plain), 2)}
        return found(**values)


def _moment(_: Decoder, data: Any) -> datetime:
    return datetime.fromisoformat(data[1])


def _register(decoder: Decoder, data: Any) -> RegisterTable:
    _, headings, columns = data
    return RegisterTable(headings, [_column(decoder, column) for column in columns])


def _column(decoder: Decoder, cells: tuple[Any, ...]) -> list[Any]:
    """Return the values of a column, equal ones made once."""
    known: dict[Any, Any] = {}
    for cell in {cell for cell in cells if cell.__class__ is tuple}:
        known[cell] = decoder.decode(cell)
    return [known.get(cell, cell) for cell in cells] if known else list(cells)


def _dict(decoder: Decoder, data: Any) -> dict[Any, Any]:
    items = [decoder.decode(item) for item in data[1:]]
    return dict(zip(items[::2], items[1::2], strict=True))


_DECODE: tuple[Callable[[Decoder, Any], Any], ...] = (
    lambda d, data: d.part(data[1]),
    lambda _, data: Decimal(data[1]),
    lambda _, data: date.fromordinal(data[1]),
    _moment,
    lambda _, data: _ENUMS[data[1]](data[2]),
    lambda d, data: tuple(map(d.decode, data[1:])),
    lambda d, data: frozenset(map(d.decode, data[1:])),
    lambda _, __: NOTHING,
    lambda d, data: Span(d.decode(data[1]), *data[2:]),
    _dict,
    lambda d, data: d.texts[data[1]],
    lambda _, data: time.fromisoformat(data[1]),
    _register,
    lambda d, data: d.object(data[1]),
)


class Decoded(Sequence[T]):
    """A sequence of objects, each decoded when it is first asked for."""

    def __init__(self, blobs: Blobs, decoder: Decoder) -> None:
        self._blobs = blobs
        self._decoder = decoder
        self._made: list[T | None] = [None] * len(blobs)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        found = self._made[at]
        if found is None:
            found = self._made[at] = self._decoder.object(marshal.loads(self._blobs[at]))
        return found
