"""JSON from outside: bounded in size and depth, numbers exact, no name twice."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import orjson

from zhunru.exact_json import NameTwice, exact_number, once_each
from zhunru.syntax.misspelling import nearest
from zhunru.web.problems import reject

_MARK = b"\xef\xbb\xbf"  # programs on Windows like to begin UTF-8 with it; a reader may skip it


def read_json(data: bytes, depth: int) -> Any:
    """Return the value of a JSON text; a Problem if it is none, too deep, or names one twice.

    The fast reader makes floats of fractions and takes the last of two equal names. Where either
    might have happened, the text is read again by the exact one.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if data[:3] == _MARK != data[3:6]:
            return read_json(data[3:], depth)
        _not_json(data, depth, error)
    try:
        whole = isinstance(value, dict | list) and data.count(b":") == _names(value, depth)
        return value if whole else _exactly(data)
    except RecursionError:
        _too_deep(depth)


def _too_deep(depth: int) -> NoReturn:
    reject(400, "ZR886", what_zh=f"超过 {depth} 层", what_en=f"more than {depth} levels")


def _not_json(data: bytes, depth: int, error: orjson.JSONDecodeError) -> NoReturn:
    """Say why a text is no JSON that is read here: a missing bracket is only one reason."""
    try:
        data.decode()
    except UnicodeDecodeError as unread:
        reject(400, "ZR775", byte=unread.start + 1)
    if "depth" in error.msg:
        _too_deep(depth)
    if "number" in error.msg:
        _bad(*_TOO_LARGE)
    where = f"第 {error.lineno} 行第 {error.colno} 个字附近"
    _bad(where, f"near line {error.lineno}, character {error.colno}")


def read_object(data: bytes, depth: int) -> dict[str, Any]:
    """Return the members of a JSON object."""
    value = read_json(data, depth)
    if not isinstance(value, dict):
        wrong_kind("body", "对象", "an object")
    return value


_TOO_LARGE = "数字过大，或者不是数字", "a number is too large or none"


def _bad(zh: str, en: str) -> NoReturn:
    reject(400, "ZR781", problem_zh=zh, problem_en=en)


def _names(value: Any, depth: int) -> int:
    """Return how many names the objects in a value have, by which two equal ones are noticed.

    A number that may not be exact counts against it, so that the text is read again. Raises
    RecursionError if there are more levels than `depth`, as reading again does if it is too deep.
    """
    if depth == 0:
        raise RecursionError
    names, held = 0, value
    if type(value) is dict:
        names, held = len(value), value.values()
    if _LOOKED_INTO.isdisjoint(map(type, held)):
        return names
    for each in held:
        if type(each) in _LOOKED_INTO:
            # The fast reader makes floats of what it cannot hold.
            names += -_NEVER if type(each) is float else _names(each, depth - 1)
    return names


_NEVER = 1 << 40
_LOOKED_INTO = frozenset((dict, list, float))


def _exactly(data: bytes) -> Any:
    try:
        return _EXACT.decode(data.decode().strip())
    except NameTwice as twice:
        reject(400, "ZR783", name=str(twice))
    except (ValueError, ArithmeticError):
        _bad(*_TOO_LARGE)


def _number(text: str) -> Decimal | int:
    number = exact_number(text)
    return int(number) if text.lstrip("-").isdigit() else number


_EXACT = json.JSONDecoder(
    parse_float=_number, parse_int=_number, parse_constant=_number, object_pairs_hook=once_each
)


# --- members of an object ------------------------------------------------------------------------


def wrong_kind(name: str, zh: str, en: str) -> NoReturn:
    """Do not carry out a request whose member is of the wrong kind."""
    reject(400, "ZR789", name=name, wanted_zh=zh, wanted_en=en)


def only(data: Mapping[str, Any], names: Collection[str]) -> None:
    """Refuse a request that says what means nothing: one letter wrong, and it would do nothing."""
    for strange in data:
        if strange not in names:
            break
    else:
        return
    near, known = nearest(strange, names), sorted(names)
    listed_zh, listed_en = "、".join(known), ", ".join(known)
    reject(
        400,
        "ZR774",
        name=strange[:100],
        hint_zh=f"是不是“{near}”？" if near else f"可用的名称：{listed_zh or '无'}",
        hint_en=f"did you mean `{near}`?" if near else f"the names are: {listed_en or 'none'}",
    )


def not_there(what_zh: str, what_en: str, name: str, known: Collection[str] = ()) -> NoReturn:
    """Tell that something of that name is not there, and what is."""
    listed, near = list(known)[:30], nearest(name, known)
    hint_zh = f"现有：{'、'.join(listed)}" if listed else "请核对编号。"
    hint_en = f"there are: {', '.join(listed)}" if listed else "check the number"
    if near:
        hint_zh, hint_en = f"是不是“{near}”？{hint_zh}", f"did you mean `{near}`? {hint_en}"
    words = {"what_zh": what_zh, "what_en": what_en, "hint_zh": hint_zh, "hint_en": hint_en}
    reject(404, "ZR776", name=name[:200], **words)


def whole_number(text: str, digits: int = 9) -> int | None:
    """Return the whole number that a text of an address is; None for another text, and for one of
    more digits than anything there has."""
    plain = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if plain else None


def member(data: Mapping[str, Any], name: str, at: str = "") -> Any:
    """Return a member that has to be there."""
    if data.get(name) is None:
        reject(400, "ZR788", name=f"{at}{name}")
    return data[name]


def text(data: Mapping[str, Any], name: str, at: str = "", default: str | None = None) -> str:
    """Return a text; one that has to be there, unless there is a default."""
    value = member(data, name, at) if default is None else data.get(name, default)
    if not isinstance(value, str):
        wrong_kind(f"{at}{name}", "文字", "a text")
    return value


def mapping(data: Mapping[str, Any], name: str, at: str = "") -> dict[str, Any]:
    """Return an object that may be left out."""
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        wrong_kind(f"{at}{name}", "对象", "an object")
    return value


def whole(data: Mapping[str, Any], name: str, at: str = "") -> int | None:
    """Return a whole number from 0 that may be left out."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        wrong_kind(f"{at}{name}", "0 或者正整数", "a whole number from 0")
    return value


def flag(data: Mapping[str, Any], name: str) -> bool:
    """Return a truth value; left out it is false."""
    value = data.get(name, False)
    if not isinstance(value, bool):
        wrong_kind(name, "是或者否", "true or false")
    return value
