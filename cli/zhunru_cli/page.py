"""One decision on one page, for the clerk who has to answer the letter."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from zhunru_cli.findings import place_of
from zhunru_cli.surface import Surface, cells, fit

if TYPE_CHECKING:
    from zhunru import Decision
    from zhunru.decision import Change, Cited, MissingFact, Obligation, Reason

COLOURS = {"admit": "green", "refuse": "red", "defer": "yellow", "incomplete": "cyan"}
SHORT_DIGEST = 12
WIDEST = 96
MOST_POSSIBLE = 8

Row = tuple[str, Iterable[str]]
# What may not begin or end a line in Chinese text stays with its neighbour.
_PIECES = re.compile(
    r"〔[^〕]{1,40}〕|[（《「『“〔]*(?:[!-~]+ ?|.)[，。；：、！？）》」』”〕％]*", re.DOTALL
)


def render_page(
    answer: Decision, surface: Surface, *, received: date | None = None, explain: bool = False
) -> str:
    """Return the page of a decision; `received` is shown if it is today by default."""
    rows = [*_answer_rows(answer, surface), *_law_rows(answer, surface, received)]
    if explain:
        rows += _explain_rows(answer, surface)
    return _layout([(label, list(texts)) for label, texts in rows], answer, surface)


def _layout(rows: list[tuple[str, list[str]]], answer: Decision, surface: Surface) -> str:
    shown = [(surface.say(key), texts) for key, texts in rows if texts]
    margin = max(cells(label) for label, _ in shown) + 2
    width = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST) - margin
    heading = surface.style(outcome_shown(answer, surface), fg=COLOURS[answer.outcome], bold=True)
    lines = [fit(surface.say("page.outcome"), margin) + heading]
    for label, texts in shown:
        pieces = [line for text in texts for line in wrap(text, max(width, 20))]
        for number, line in enumerate(pieces):
            lines.append(fit(label if number == 0 else "", margin) + line)
    return "\n".join(lines)


def wrap(text: str, width: int) -> Iterator[str]:
    """Return `text` in lines of at most `width` columns, words and closing signs kept together."""
    for paragraph in text.splitlines():
        line = ""
        for piece in _PIECES.findall(paragraph):
            if line and cells(line) + cells(piece.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += piece
        yield line.rstrip()


# --- what was decided --------------------------------------------------------------------------


def _answer_rows(answer: Decision, surface: Surface) -> Iterator[Row]:
    deciding = [reason for reason in answer.reasons if not reason.also]
    yield "page.missing", [_missing(fact, surface) for fact in answer.missing]
    yield "page.possible", _possible(answer, surface)
    yield "page.reason", list(_reasons(deciding, surface))
    yield "page.basis", dict.fromkeys(cited(c, surface) for c in answer.citations)
    yield "page.also", [_reason(reason, surface) for reason in answer.reasons if reason.also]
    yield from _route_rows(answer, surface)
    yield "page.duty", [_duty(duty, surface) for duty in answer.obligations]
    # An incomplete request is told what it needs; what would admit it is not known yet.
    nearest = None if answer.outcome == "incomplete" else answer.nearest
    yield "page.nearest", [change_text(change, surface) for change in nearest or ()]
    yield "page.suggestions", _suggestions(answer, surface)


def _reasons(deciding: list[Reason], surface: Surface) -> Iterator[str]:
    """The certain reasons, and a handful of those that hang on what is not known."""
    certain = [reason for reason in deciding if reason.certain]
    possible = [reason for reason in deciding if not reason.certain]
    for reason in (*certain, *possible[:MOST_POSSIBLE]):
        yield _reason(reason, surface)
    if len(possible) > MOST_POSSIBLE:
        yield surface.say("page.more", n=len(possible) - MOST_POSSIBLE)


def _reason(reason: Reason, surface: Surface) -> str:
    chinese = surface.language == "zh"
    text = (reason.zh if chinese else reason.en) or reason.code
    condition = reason.condition_zh if chinese else reason.condition_en
    if not reason.certain and condition:
        text = surface.say("page.if", condition=condition) + text
    code = f"〔{reason.code}〕" if chinese else f" [{reason.code}]"
    return text if not reason.code or reason.code == text else text + code


def cited(citation: Cited, surface: Surface) -> str:
    """Return a citation, with a mark if its clause is yet to be verified."""
    mark = surface.say("page.unverified") if citation.unverified else ""
    return citation.text + mark


def _missing(fact: MissingFact, surface: Surface) -> str:
    notes = [_who(fact, surface)]
    if fact.claimed is not None:
        notes.append(surface.say("page.claimed", value=shown(fact.claimed, surface)))
    if fact.decisive:
        notes.append(surface.say("page.decisive"))
    return fact.name + surface.say("colon") + surface.say("list.semicolon").join(notes)


def _who(fact: MissingFact, surface: Surface) -> str:
    if fact.why_zh:
        return surface.say("page.unpublished")
    if fact.asserted_by:
        return surface.say("page.asserted", role=fact.asserted_by)
    # Only the name of a quota has a point in it: the clause, and the window it counts in.
    return surface.say("page.quota" if "." in fact.name else "page.sender")


def _possible(answer: Decision, surface: Surface) -> Iterator[str]:
    if answer.outcome != "incomplete":
        return
    words = surface.join([outcome_word(outcome, surface) for outcome in answer.possible])
    note = surface.say("page.never") if answer.never_admits else ""
    yield surface.say("list.semicolon").join(filter(None, [words, note]))


def outcome_shown(answer: Decision, surface: Surface) -> str:
    """Return the outcome in the words of the set, in English with the plain English word."""
    if surface.language == "zh" or answer.wording.isascii():
        return answer.wording
    return f"{outcome_word(answer.outcome, surface)} ({answer.wording})"


def outcome_word(outcome: str, surface: Surface) -> str:
    """Return the plain word of an outcome."""
    return surface.say(f"outcome.{outcome}")


def _route_rows(answer: Decision, surface: Surface) -> Iterator[Row]:
    route = answer.route
    if route is None:
        return
    refused = answer.outcome == "refuse"
    for key, texts in (
        ("page.to" if refused else "page.lead", route.to),
        ("page.workflow", [route.workflow]),
        ("page.documents", route.documents),
        ("page.materials", route.materials),
        ("page.apply", [route.apply]),
    ):
        text = surface.join([text for text in texts if text])
        yield key, [text] if text else []


def _duty(duty: Obligation, surface: Surface) -> str:
    limit = duty.limit_zh if surface.language == "zh" else duty.limit_en
    notes = [surface.say("page.duty.by", by=duty.by)] if duty.by else []
    if duty.due is not None:
        notes.append(surface.say("page.duty.due", day=duty.due, limit=limit))
    elif limit:
        notes.append(surface.say("page.duty.limit", limit=limit))
    if duty.provisional:
        notes.append(surface.say("page.duty.provisional"))
    if duty.workflow:
        notes.append(surface.say("page.duty.workflow", workflow=duty.workflow))
    if duty.consequence:
        notes.append(surface.say("page.duty.late", consequence=duty.consequence))
    return duty.name + surface.say("colon") + surface.say("list.semicolon").join(notes)


def change_text(change: Change, surface: Surface) -> str:
    """Return one change that would admit the request, and who has to assert it."""
    text = change.zh if surface.language == "zh" else change.en
    if not change.asserted_by:
        return text
    who = surface.say("page.asserted", role=change.asserted_by)
    return f"{text}（{who}）" if surface.language == "zh" else f"{text} ({who})"


def _suggestions(answer: Decision, surface: Surface) -> Iterator[str]:
    near = [f"{s.clause} {s.title}".strip() for s in answer.suggestions]
    if near:
        yield surface.join(near) + surface.say("page.suggestions.note")


# --- by which law ------------------------------------------------------------------------------


def _law_rows(answer: Decision, surface: Surface, received: date | None) -> Iterator[Row]:
    if answer.valid_until is not None:
        yield "page.valid", [str(answer.valid_until)]
    yield "page.day", [_day(answer, surface, received)]
    digest = answer.digest[:SHORT_DIGEST]
    yield "page.set", [surface.say("page.digest", code=answer.set_code, digest=digest)]
    yield "page.note", list(_notes(answer, surface))


def _day(answer: Decision, surface: Surface, received: date | None) -> str:
    if received is None:
        return str(answer.as_of)
    key = "page.today" if received == answer.as_of else "page.received"
    return surface.say(key, day=answer.as_of, received=received)


def _notes(answer: Decision, surface: Surface) -> Iterator[str]:
    yield from (unit.zh if surface.language == "zh" else unit.en for unit in answer.unresolved)
    if answer.conflict:
        yield surface.say("page.conflict")
    if not answer.exhaustive:
        zh = surface.language == "zh"
        late = next((f.why_zh if zh else f.why_en for f in answer.missing if f.why_zh), "")
        # Nothing was left out for want of time where a calendar is what is wanting.
        yield late or surface.say("page.exhaustive")
    if answer.taken_as_confirmed:
        fields = surface.join(list(answer.taken_as_confirmed))
        yield surface.say("page.confirmed", fields=fields)
    if answer.claims:
        yield surface.say("page.claims", fields=surface.join(list(answer.claims)))


def _explain_rows(answer: Decision, surface: Surface) -> Iterator[Row]:
    places = (
        f"{reason.clause or reason.code}{surface.say('colon')}{place_of(reason.span, surface)}"
        for reason in answer.reasons
    )
    yield "page.place", [place.rstrip(":： ") for place in places]
    yield "page.facts", list(_facts(answer.facts_used, surface))


def _facts(used: Any, surface: Surface) -> Iterator[str]:
    if not isinstance(used, Mapping):
        return
    for name, value in used.items():
        if isinstance(value, Mapping):
            yield from _facts(value, surface)
        else:
            yield f"{name} = {shown(value, surface)}"


def shown(value: object, surface: Surface) -> str:
    """Return a value as people write it."""
    if isinstance(value, bool):
        return surface.say("value.yes" if value else "value.no")
    if value is None:
        return surface.say("value.none")
    if isinstance(value, (list, tuple, set, frozenset)):
        return surface.join([shown(item, surface) for item in value])
    return str(value)
