"""Cases as a clerk reads them: lists with deadlines, one case with what can be done next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhunru_cli.page import SHORT_DIGEST
from zhunru_cli.surface import Surface
from zhunru_cli.tables import table, table_with_text

_HEADS = ("case.id", "case.flow", "case.state", "case.due", "case.owners")


def case_list(found: Sequence[Mapping[str, Any]], surface: Surface) -> Iterator[str]:
    """Yield a table of cases."""
    rows = [
        [each["case"], each["flow"], each["state"], deadline(each, surface), _owners(each, surface)]
        for each in found
    ]
    yield from table([surface.say(key) for key in _HEADS], rows, left=len(_HEADS))
    unheld = dict.fromkeys(name for each in found for name in each.get("unheld", ()))
    if unheld:
        yield surface.say("case.unheld.some", roles=surface.join(list(unheld)))


def deadline(each: Mapping[str, Any], surface: Surface) -> str:
    """Return by when the state must be done, with what is odd about it."""
    if each["closed"]:
        return surface.say("case.closed")
    if each.get("stopped") is not None:
        return surface.say("case.stopped", reason=each["stopped"] or "-")
    if each["due"] is None:
        return surface.say("case.untimed")
    # The last second of a day is the day; nobody says 23:59:59.
    text: str = each["due"][:16].removesuffix(" 23:59")
    if each.get("provisional"):
        text += surface.say("case.provisional")
    if each.get("overdue"):
        text += surface.style(surface.say("case.overdue"), fg="red", bold=True)
    return text


def _owners(each: Mapping[str, Any], surface: Surface) -> str:
    return surface.join(each["owners"]) or "-"


def answer(found: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    """Yield what a command was answered."""
    if found["repeated"]:
        yield surface.say("case.repeated")
    if found["outcome"]:
        wording = surface.say(f"outcome.{found['outcome']}")
        yield surface.say("case.decided", outcome=wording, case=found["case"])
        yield found["sentence"][surface.language]
        for each in found["opened"]:
            yield surface.say("case.opened", flow=each["flow"], case=each["case"])
            yield _standing(each, surface)
    else:
        key = "case.began" if found["version"] == 1 else "case.done"
        yield surface.say(key, flow=found["flow"], case=found["case"], n=found["version"])
        yield _standing(found, surface)
        for each in found["opened"]:
            if each["case"] != found["case"]:
                yield surface.say("case.opened", flow=each["flow"], case=each["case"])
    if found["papers"]:
        yield surface.say("case.papers", papers=surface.join(found["papers"]))
    if found["lacking"]:
        yield surface.say("case.lacking", lacking=surface.join(found["lacking"]))


def _standing(each: Mapping[str, Any], surface: Surface) -> str:
    """Return where a case is now, who has it and until when."""
    if each["closed"]:
        return surface.say("case.ended", state=each["state"])
    return surface.say(
        "case.standing",
        state=each["state"],
        owners=_owners(each, surface),
        due=deadline(each, surface),
    )


# --- one case ----------------------------------------------------------------------------------


def case_page(found: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    """Yield everything about one case."""
    rows = [(surface.say(key), text) for key, text in _rows(found, surface) if text]
    # The first row heads nothing: one case is a page, not a table.
    yield from table_with_text(rows[0], rows[1:])
    if found["next"]:
        yield ""
        yield surface.style(surface.say("case.next"), bold=True)
        yield from next_steps(found, surface)


def _rows(found: Mapping[str, Any], surface: Surface) -> Iterator[tuple[str, str]]:
    yield "case.id", found["case"]
    yield "case.flow", found["flow"]
    yield "case.state", found["state"]
    yield "case.due", "" if found["closed"] else deadline(found, surface)
    yield "case.owners", _owner_line(found, surface)
    yield "case.unheld", found.get("unheld_text", {}).get(surface.language, "")
    yield "case.opener", f"{found['opener']}  {found['opened'][:16]}"
    yield "case.since", "" if found["closed"] else found["since"][:16]
    yield "case.parties", surface.join([_party(each, surface) for each in found["parties"]])
    yield "case.facts", surface.join([_fact(n, v, surface) for n, v in found["facts"].items()])
    yield "case.marks", surface.join(found["marks"])
    yield "case.supervised", surface.join(found["supervised"])
    yield "case.parent", found["parent"]
    yield "case.children", surface.join(found["children"])
    yield "case.version", str(found["version"])
    digest = found["digest"][:SHORT_DIGEST]
    yield "page.set", surface.say("page.digest", code=found["set"], digest=digest)


def _owner_line(found: Mapping[str, Any], surface: Surface) -> str:
    if found["closed"]:
        return ""
    named = found.get("owner_text" if surface.language == "zh" else "owner_text_en", "")
    owners = _owners(found, surface)
    if named in ("", owners):
        return owners
    return surface.say("case.named", body=named, owners=owners) if owners != "-" else named


def _party(party: Mapping[str, Any], surface: Surface) -> str:
    lead = surface.say("case.lead") if party["lead"] else ""
    said = party["result"] or surface.say("case.silent")
    return surface.say("case.named", body=party["unit"] + lead, owners=said)


def _fact(name: str, value: Any, surface: Surface) -> str:
    return f"{name}={value_text(value, surface)}"


def value_text(value: Any, surface: Surface) -> str:
    """Return a value of a field as a clerk would write it."""
    if value is None:
        return surface.say("value.none")
    if isinstance(value, bool):
        return surface.say("value.yes") if value else surface.say("value.no")
    if isinstance(value, (list, tuple)):
        return "、".join(str(each) for each in value)
    return str(value)


def next_steps(found: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    """Yield each thing that can be done, what must be filled in, and on what condition."""
    for step in found["next"]:
        arrow = surface.say("case.leads", action=step["action"], target=step["leads_to"])
        notes = [surface.say("case.anywhere")] if step["anywhere"] else []
        if step["times_left"] is not None:
            notes.append(surface.say("case.left", n=step["times_left"]))
        yield "  " + arrow + (f"（{surface.join(notes)}）" if notes else "")
        inputs = [_input(each, surface) for each in step["inputs"]]
        if inputs:
            yield "      " + surface.say("case.fill") + surface.join(inputs)
        if step["needs"]:
            yield "      " + surface.say("case.needs") + _condition(step, surface)


def _condition(step: Mapping[str, Any], surface: Surface) -> str:
    text: str = step["needs"][surface.language]
    if step["met"] is False:
        return text + surface.say("case.unmet")
    if step["unknown"]:
        return text + surface.say("case.unknown", names=surface.join(step["unknown"]))
    return text


def _input(each: Mapping[str, Any], surface: Surface) -> str:
    values = "|".join(each["values"])
    kind = values or each["type"][surface.language]
    known = surface.say("case.known") if each["known"] else ""
    return f"{each['name']}({kind}{known})"


# --- history -----------------------------------------------------------------------------------


def history(found: Sequence[Mapping[str, Any]], surface: Surface) -> Iterator[str]:
    """Yield a table of events."""
    heads = ("case.number", "case.when", "case.what", "case.who", "case.details")
    rows = [
        [
            str(each["number"]),
            each["at"][:16],
            each["word"][surface.language],
            each["actor"] or surface.say("case.time"),
            _details(each, surface),
        ]
        for each in found
    ]
    return table_with_text([surface.say(key) for key in heads], rows)


def _details(each: Mapping[str, Any], surface: Surface) -> str:
    """Return where an event led, what was filled in, and what else there is to say."""
    moved = each["to"] and surface.say("case.leads", action=each["from"] or "", target=each["to"])
    facts = surface.join([_fact(name, value, surface) for name, value in each["facts"].items()])
    marks = surface.join(each["marks"])
    parts = (moved.strip(), facts, marks, each["note"][surface.language])
    return "  ".join(part for part in parts if part)


# --- migration and numbers -----------------------------------------------------------------------

_KINDS = {"moves": "case.moves", "stays": "case.stays", "person": "case.person"}


def moves(found: Sequence[Mapping[str, Any]], surface: Surface) -> Iterator[str]:
    """Yield a table of what a migration does to each case."""
    heads = ("case.id", "case.state", "case.fate", "case.becomes", "case.due", "case.reason")
    rows = [_move(each, surface) for each in found]
    yield from table([surface.say(key) for key in heads], rows, left=len(heads))
    counts = {kind: sum(each["kind"] == kind for each in found) for kind in _KINDS}
    yield surface.say("case.tally", **counts)


def _move(each: Mapping[str, Any], surface: Surface) -> list[str]:
    due = each["due"][:16].removesuffix(" 23:59") if each["due"] else "-"
    if each["expires"]:
        due += surface.say("case.expires")
    fate = surface.say(_KINDS[each["kind"]])
    return [each["case"], each["state"], fate, each["becomes"] or "-", due, each["reason"] or "-"]


def stats(found: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    """Yield how many cases there are of each workflow, by state."""
    rows = []
    for flow, part in found["flows"].items():
        for key, kind in (("open", "case.running"), ("closed", "case.closed")):
            rows += [[flow, surface.say(kind), state, str(n)] for state, n in part[key].items()]
    heads = [surface.say(key) for key in ("case.flow", "case.kind", "case.state", "case.count")]
    yield from table(heads, rows, left=3)
    if found["next_due"]:
        yield surface.say("case.next_due", at=found["next_due"][:16])
    if found["waiting_for_tick"]:
        yield surface.say("case.tick_due", n=found["waiting_for_tick"])
