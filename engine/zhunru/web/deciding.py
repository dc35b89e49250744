"""Decisions as this library gives them: one, many line by line, and what is still to be asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Any, cast

import orjson

from zhunru.compiler.request import Request
from zhunru.decision import Decision, decide
from zhunru.diagnostics import NOWHERE, Span
from zhunru.errors import RequestRejected, ZhunruError
from zhunru.request_facts import sort_facts
from zhunru.web.answers import LINES, Answer, Stream, as_json, said
from zhunru.web.authzen import read_day
from zhunru.web.calls import Call, Endpoint, Result
from zhunru.web.log_lines import basis_of
from zhunru.web.members import mark_ends
from zhunru.web.problems import Problem, problem_of, reject, shown
from zhunru.web.reading import mapping, only, read_object, text, wrong_kind
from zhunru.web.schemas import DATE, LINE_BY_LINE, TEXT, either, one_of, ref
from zhunru.web.settings import Limits
from zhunru.web.tenants import Asked, Current, ask
from zhunru.web.together import Together, answer_lines
from zhunru.web.vouching import confirmed, confirming
from zhunru.web.written import Told

_AT_ONCE = 200  # lines that are decided before others get their turn

Kept = tuple[Decision, Request, tuple[str, ...]]  # the last: names of what is secret


_OPTIONS = frozenset({"set", "decision", "as_of", "asserted_by"})
_MEMBERS = _OPTIONS | {"facts", "explain"}


class Reader:
    """How facts become requests to one decision, for one caller on one day."""

    def __init__(self, call: Call, options: Mapping[str, Any]) -> None:
        self.call = call
        who, day = call.principal, call.at.date()
        by = None if "vouch" in who.scopes else who.voucher
        if _OPTIONS.isdisjoint(options):
            self.current: Current = call.tenant.current()
            self.asked: Asked = self.current.asked()
        else:
            self.current = call.tenant.current(text(options, "set", "", ""))
            self.asked = self.current.asked(text(options, "decision", "", ""))
            given = text(options, "asserted_by", "", "")
            if given:
                call.need("vouch")
                self.current.policy.check_asserter(given)
            day, by = read_day(options, day), given or by
        self.facts = self.asked.facts(day, by)
        # Which facts of a unit count hangs on what they say: each request is looked at by itself.
        self._by_unit = confirming(self.current.policy, self.asked.plan, by, day) is not None

    def usual(self, given: dict[str, Any]) -> Request | None:
        """Return the request that plain facts are; None where one of them has to be looked at."""
        return None if self._by_unit else self.asked.usual(given, self.facts)

    def together(self) -> Together | None:
        """Return what is known of answers to plain requests; None where each one is decided."""
        if self.call.tenant.shadows or self._by_unit:
            return None  # drafts decide each request beside
        return Together.of(self.current, self.asked, self.facts)

    def request(self, given: Mapping[str, Any], span: Span = NOWHERE) -> Request:
        """Return the request that facts are; RequestRejected if they cannot be read."""
        request, found = sort_facts(given, span, self.facts)
        if request is None:
            raise RequestRejected(found)
        if self._by_unit:
            return confirmed(self.current.policy, self.asked.plan, request)
        return request


def one(call: Call) -> Answer:
    """Decide one request, with as much explanation as is asked for."""
    data = call.json()
    if not data.keys() <= _MEMBERS:
        only(data, _MEMBERS)
    reader = Reader(call, data)
    asked, current = reader.asked, reader.current
    facts, explain = data.get("facts"), data.get("explain")
    if type(facts) is not dict:
        facts = mapping(data, "facts")
    request = reader.usual(facts) or reader.request(facts)
    found, caller = ask(current.policy, request, asked.name), call.principal.id
    told = call.tenant.record(current, request, found, asked, caller, call.at, call.later)
    if explain == "brief" and not found.missing:
        return Answer(asked.written.brief(*told))
    return as_json(explained(found, text(data, "explain", "", "full")))


def explained(found: Decision, explain: str) -> dict[str, Any]:
    """Return a decision: `brief`, `full`, or `advice` with what would admit it as well."""
    if explain == "brief":
        return brief(found)
    if explain not in ("full", "advice"):
        wrong_kind("explain", "brief、full 或者 advice", "brief, full or advice")
    return said(found, advice=explain == "advice")


def brief(found: Decision) -> dict[str, Any]:
    """Return what is asked for most of a decision."""
    return {
        "outcome": found.outcome._value_,
        "code": found.code,
        "clause": found.clause,
        "basis": basis_of(found),
        "missing": found.missing and [fact.name for fact in found.missing],
        "as_of": found.as_of.isoformat(),
        "digest": found.digest,
    }


def partly(call: Call) -> Answer:
    """Return what a decision still hangs on while facts are missing, and what to ask next."""
    from zhunru.analysis import find_residual

    data = call.json()
    only(data, _MEMBERS - {"explain"})
    reader = Reader(call, data)
    request = reader.request(mapping(data, "facts"))
    found = find_residual(reader.current.policy, request, reader.asked.name)
    told = found.to_dict()
    fields = reader.asked.plan.fields
    following = next((m.name for m in found.matters), None)
    settled = following is None or len(found.ways) == 1
    told["ask_next"] = None if settled else described(following, fields)
    told["decision"] = brief(found.decision)
    return as_json(told)


def described(name: str | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field as a form asks for it."""
    field = fields.get(name or "")
    if field is None:
        return {"name": name, "type": "register"}
    return {
        "name": field.name,
        "type": field.type.name.value,
        "values": list(field.type.values),
        "required": field.required,
        "asserted_by": field.asserted_by,
    }


# --- many ------------------------------------------------------------------------------------


async def batch(call: Call) -> Result:
    """Decide line by line, while lines come in; what is wrong with a line stays with it."""
    media = call.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media not in (b"application/x-ndjson", b"application/jsonl", b"application/json-lines"):
        reject(415, "ZR887", wanted=LINES)
    reader = Reader(call, call.query)
    assert call.chunk is not None
    explain = call.query.get("explain") or "brief"
    if explain not in ("brief", "full"):
        wrong_kind("explain", "brief 或者 full", "brief or full")
    full, first = explain == "full", await call.chunk() or b""
    # Where it is told how much comes, the last line needs no end to be known as whole.
    left = int(call.headers.get(b"content-length", b"-1")) - len(first)
    marked = mark_ends(first)
    if not left and len(marked) - len(first) < _AT_ONCE:
        return Answer(_answered(call, reader, first, 0, full, marked), media=LINES)
    return Stream(_decided(call, reader, full, first, left))


async def _decided(
    call: Call, reader: Reader, full: bool, first: bytes, left: int
) -> AsyncIterator[bytes]:
    """Yield the answers to lines that do not all come at once: `left` bytes come behind the first
    chunk; less than none: nobody told how many."""
    assert call.chunk is not None
    most = call.service.settings.limits.line
    number, rest, told, chunk = 0, b"", False, cast("bytes | None", first)
    while chunk is not None:
        if told:  # what is left of a line that was answered as too long is no line of its own
            _, ends, chunk = chunk.partition(b"\n")
            told = not ends
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop() if left else b""
        if len(rest) > most:
            lines, rest, told = [*lines, rest[: most + 1]], b"", True
        for start in range(0, len(lines), _AT_ONCE):
            part = lines[start : start + _AT_ONCE]
            yield _answered(call, reader, b"\n".join(part), number, full)
            number += len(part)
            if start + _AT_ONCE < len(lines):
                await asyncio.sleep(0)
        chunk = await call.chunk()
        left -= len(chunk or b"")
    if rest.strip():
        yield _answered(call, reader, rest, number, full)


def _answered(
    call: Call, reader: Reader, text: bytes, before: int, full: bool, marked: bytes | None = None
) -> bytes:
    """Return the answers to some lines, and put their decisions on record. `marked` are the lines
    with their ends marked, where they are at hand."""
    together = None if full else reader.together()
    if together is None:
        lines = enumerate(text.split(b"\n"), before + 1)
        return b"".join(_by_themselves(call, reader, lines, full).values())
    told, days = together.pieces(mark_ends(text) if marked is None else marked)
    text = text.removesuffix(b"\n")  # behind it there is no line
    kinds = Counter(told)
    numbers = range(before + 1, before + len(told) + 1)
    most = call.service.settings.limits.line
    if None in kinds or (len(text) > most and max(map(len, text.split(b"\n"))) > most):
        return _parted(call, reader, together, text.split(b"\n"), numbers, told, days)
    found = cast("list[Told]", told)
    _record_text(call, reader, together, text, found, days, cast("Counter[Told]", kinds))
    return answer_lines(numbers, found)


def _parted(
    call: Call,
    reader: Reader,
    together: Together,
    lines: Sequence[bytes],
    numbers: Sequence[int],
    told: Sequence[Told | None],
    days: Sequence[bytes],
) -> bytes:
    """Answer lines of which some have to be read."""
    most = call.service.settings.limits.line
    told = [None if len(line) > most else each for line, each in zip(lines, told, strict=True)]
    shared = [each is not None for each in told]
    found = [each for each in told if each is not None]
    if found:
        text = b"\n".join(compress(lines, shared))
        when = list(compress(days, shared))
        _record_text(call, reader, together, text, found, when, Counter(found))
    which = list(compress(numbers, shared))
    texts = answer_lines(which, found).splitlines(keepends=True)
    answers = dict(zip(which, texts, strict=True))
    rest = [(n, line) for n, line in zip(numbers, lines, strict=True) if n not in answers]
    answers |= _by_themselves(call, reader, rest, full=False)
    return b"".join([answers[number] for number in sorted(answers)])


def _record_text(
    call: Call,
    reader: Reader,
    together: Together,
    text: bytes,
    told: Sequence[Told],
    days: Sequence[bytes],
    kinds: Counter[Told],
) -> None:
    """Put decisions on record of lines that stand in a text as they came; `kinds` tells how many
    there are of each answer."""
    outcomes: dict[str, int] = {}
    for each, count in kinds.items():
        outcomes[each.outcome] = outcomes.get(each.outcome, 0) + count
    for outcome, count in outcomes.items():
        call.service.figures.decided(reader.current.policy.code, outcome, count)
    log, caller = call.tenant.log, call.principal.id
    log.write(
        len(told),
        lambda previous: together.log_block(call.at, caller, previous, text, told, days, kinds),
    )


def _by_themselves(
    call: Call, reader: Reader, lines: Iterable[tuple[int, bytes]], full: bool
) -> dict[int, bytes]:
    """Decide numbered lines each by itself, and put the decisions on record; return the answers by
    number. A blank line asks nothing."""
    kept: list[Kept] = []
    answers: dict[int, bytes] = {}
    limits, asked = call.service.settings.limits, reader.asked
    for number, spaced in lines:
        line = spaced.strip()
        if not line:
            continue
        try:
            given = _read(line, limits)
            request = reader.usual(given) or reader.request(given)
            found = decide(reader.current.policy, request, asked.name)
            kept.append((found, request, asked.secret))
            answers[number] = _line(number, found, full)
        except (Problem, ZhunruError, ValueError, TypeError) as error:
            answers[number] = _failed(number, error, call)
    call.tenant.log.add(call.at, call.principal.id, asked.name, kept)
    _count(call, reader, kept)
    return answers


def _read(line: bytes, limits: Limits) -> dict[str, Any]:
    if len(line) > limits.line:
        size = f"{limits.line >> 10} KiB"
        reject(413, "ZR886", what_zh=f"一行超过 {size}", what_en=f"a line over {size}")
    given = read_object(line, limits.depth)
    if isinstance(given.get("facts"), dict) and given.keys() <= _MEMBERS:
        # As one request is asked; here the line is the facts, and the rest is said once for all.
        reject(400, "ZR774", name="facts", hint_zh=_FLAT_ZH, hint_en=_FLAT_EN)
    return given


_FLAT_ZH = "一行就是一件的各栏，不套 facts；as_of、set、decision、explain 写在地址的问号后面。"
_FLAT_EN = "a line is the fields themselves, without `facts`; as_of, set, decision, explain stand \
behind the question mark of the address"


def _line(number: int, found: Decision, full: bool) -> bytes:
    told = said(found, advice=False) if full else _short(found)
    return orjson.dumps({"line": number, **told}, option=orjson.OPT_APPEND_NEWLINE)


def _short(found: Decision) -> dict[str, Any]:
    return {
        "outcome": found.outcome.value,
        "code": found.code,
        "clause": found.clause,
        "basis": basis_of(found),
        "missing": [fact.name for fact in found.missing],
    }


def _failed(number: int, error: Exception, call: Call) -> bytes:
    told = [shown(each, call.language) for each in problem_of(error).findings[:10]]
    return orjson.dumps({"line": number, "error": told}, option=orjson.OPT_APPEND_NEWLINE)


def _count(call: Call, reader: Reader, kept: Sequence[Kept]) -> None:
    """Count decisions by outcome, and let drafts decide beside."""
    tenant, current = call.tenant, reader.current
    outcomes = Counter(found.outcome.value for found, _, _ in kept)
    for outcome, count in outcomes.items():
        call.service.figures.decided(current.policy.code, outcome, count)
    if tenant.shadows:
        for found, request, _ in kept:
            tenant.shadow(current, request, found, reader.asked.name)


# --- the table -------------------------------------------------------------------------------

_TEXT = {"type": "string"}
_ASKED = {
    "set": _TEXT,
    "decision": _TEXT,
    "as_of": {"type": "string", "format": "date"},
    "asserted_by": _TEXT,
    "facts": {"type": "object"},
}
_PARTIAL = {"type": "object", "properties": _ASKED}
_QUESTION = {
    "type": "object",
    "properties": {**_ASKED, "explain": {"enum": ["brief", "full", "advice"]}},
}
_ROWS = {
    "type": "string",
    "description": "一行一件，一行就是这一件的各栏，不套 facts；答复一行对一行，line 是行号",
    "examples": ['{"来文单位":"区市场监管局","类别":"挂牌","事项":"食品安全工作站"}\n'],
}
_make = partial(Endpoint, method="POST", scope="decide", tag="decisions", statuses=(200, 400, 422))

ENDPOINTS = [
    _make(
        path="/v1/decide",
        handler=one,
        summary="Decide a request",
        request=_QUESTION,
        response=either(ref("Brief"), ref("Decision")),
    ),
    _make(
        path="/v1/partial",
        handler=partly,
        summary="What a decision still hangs on, and what to ask next",
        request=_PARTIAL,
        response=ref("Partial"),
        threaded=True,
    ),
    _make(
        path="/v1/decide/batch",
        handler=batch,
        summary="Decide line by line (JSON lines in and out)",
        streaming=True,
        request=_ROWS,
        takes=LINES,
        media=LINES,
        response=LINE_BY_LINE,
        query={
            **dict.fromkeys(("set", "decision", "asserted_by"), TEXT),
            "as_of": DATE,
            "explain": {**one_of("brief", "full"), "default": "brief"},
        },
    ),
]
