"""`zhunru impact`: what a draft would have changed for past requests."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhunru_cli import failures
from zhunru_cli.batch import as_cell, opened
from zhunru_cli.clock import day_or_today
from zhunru_cli.surface import Command, Surface, form_option, option, shared_options
from zhunru_cli.tables import table

if TYPE_CHECKING:
    from zhunru import Outcome
    from zhunru.batch import Answer, Flip, Impact, Place

MOST_LINES = 15  # of a table on the screen; JSON has them all
_MOST_NAMED = 5  # rows that cannot be read, on the screen


@click.command("impact", cls=Command)
@click.argument("draft", metavar="DRAFT")
@option("--against", required=True, metavar="SET", help="impact.against")
@option(
    "--history",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="impact.history",
)
@option("--by", multiple=True, metavar="FIELD", help="impact.by")
@option("--flips", type=click.Path(dir_okay=False, path_type=Path), help="impact.flips")
@option("--as", "role", help="decide.as", metavar="ROLE")
@option("--on", "day", help="decide.on", metavar="DATE")
@option("--decision", "decision", default="", help="decide.name", metavar="NAME")
@form_option
@shared_options
def impact(
    surface: Surface,
    draft: str,
    against: str,
    history: Path,
    by: tuple[str, ...],
    flips: Path | None,
    role: str | None,
    day: str | None,
    decision: str,
    form: str,
) -> int:
    """Count what a draft changes; the exit code is 0 whatever it is."""
    received = day_or_today(day, surface)
    if flips is not None and flips.resolve() == history.resolve():
        raise click.UsageError(surface.say("decide.same"))
    from zhunru import open_policy
    from zhunru.batch import measure_impact

    sets = open_policy(against), open_policy(draft)
    with _flip_writer(flips) as write:
        found = measure_impact(
            *sets,
            history,
            received=received,
            asserted_by=role,
            decision=decision,
            by=by or None,
            on_flip=write,
        )
    names = sets[0].code, sets[1].code
    failures.show_findings(found.remarks, surface)
    surface.answer(form, _as_dict(found, names), _page(found, names, surface))
    if flips is not None:
        surface.print(surface.say("batch.written", path=flips), error=form == "json")
    return 0


# --- every flip ----------------------------------------------------------------------------------


@contextmanager
def _flip_writer(path: Path | None) -> Iterator[Callable[[Flip], None] | None]:
    """Give what writes a flip to a file; nothing if there is none."""
    if path is None:
        yield None
        return
    form = "csv" if path.suffix.lower() == ".csv" else "jsonl"
    with opened(path, form) as out:
        if form == "jsonl":
            yield lambda flip: print(json.dumps(_flip(flip), ensure_ascii=False), file=out)
            return
        sheet = csv.writer(out)
        sheet.writerow(["行", "现行结论", "现行理由代码", "草案结论", "草案理由代码", "来件"])
        yield lambda flip: sheet.writerow(_flip_cells(flip))


def _flip(flip: Flip) -> dict[str, Any]:
    given = {name: _plain(value) for name, value in flip.given.items()}
    return {
        **_named(flip.place),
        "given": given,
        "before": _answer(flip.before),
        "after": _answer(flip.after),
    }


def _named(place: Place) -> dict[str, Any]:
    return {"row": place.row, **({"sheet": place.sheet} if place.sheet else {})}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool | list) else str(value)


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "outcome": answer.outcome.value if answer.outcome else None,
        "code": answer.code,
        "clause": answer.clause,
        "basis": answer.basis,
        "missing": list(answer.missing),
    }


def _flip_cells(flip: Flip) -> list[str]:
    given = "；".join(f"{name}={_plain(value)}" for name, value in flip.given.items())
    before, after = flip.before, flip.after
    cells = (before.wording, before.code, after.wording, after.code, given)
    return [*map(as_cell, (str(flip.place), *cells))]


# --- the counts ----------------------------------------------------------------------------------


def _as_dict(found: Impact, names: tuple[str, str]) -> dict[str, Any]:
    def word(outcome: Outcome | None) -> str | None:
        return outcome.value if outcome else None

    return {
        "current": names[0],
        "draft": names[1],
        "rows": found.rows,
        "unread": found.unread,
        "unread_rows": [
            {**_named(row), "code": each.code, "message": {"zh": each.zh, "en": each.en}}
            for row, each in found.unread_rows
        ],
        "unused": list(found.unused),
        "decided_again": found.again,
        "turned": found.turned,
        "otherwise": found.otherwise,
        "turns": [
            {"before": word(before), "after": word(after), "count": n}
            for (before, after), n in found.turns.most_common()
        ],
        "by": {
            name: [
                {"value": value, "before": word(turn[0]), "after": word(turn[1]), "count": n}
                for (value, turn), n in counts.most_common()
            ]
            for name, counts in found.groups.items()
        },
    }


def _page(found: Impact, names: tuple[str, str], surface: Surface) -> Iterator[str]:
    title = surface.say("impact.title", current=names[0], draft=names[1], rows=found.rows)
    yield surface.style(title, bold=True)
    if found.unread:
        yield surface.say("impact.unread", n=found.unread)
        for row, each in found.unread_rows[:_MOST_NAMED]:
            why = each.message(surface.language)
            yield surface.say("impact.unread_row", row=row, code=each.code, why=why)
    if found.rows and not found.used:
        yield surface.say("impact.blind")
        return
    if found.unused:
        yield surface.say("impact.unused", names=surface.join(list(found.unused)))
    if found.again < found.rows:
        yield surface.say("impact.again", n=found.again)
    if not found.turned and not found.otherwise:
        yield surface.say("impact.none")
        return
    share = f"{found.turned / found.rows:.1%}"
    yield surface.say("impact.turned", n=found.turned, share=share)
    yield surface.say("impact.otherwise", n=found.otherwise)
    if not found.turned:
        return
    yield ""
    heads = [surface.say(key) for key in ("impact.before", "impact.after", "impact.count")]
    turns = [(turn, n) for turn, n in found.turns.most_common() if turn[0] is not turn[1]]
    yield from table(heads, [[*_words(turn, surface), str(n)] for turn, n in turns], left=2)
    for name in found.groups:
        yield ""
        yield from _group(found, name, surface)


def _words(turn: tuple[Outcome | None, Outcome | None], surface: Surface) -> list[str]:
    error = surface.say("impact.error")
    return [surface.say(f"outcome.{each.value}") if each else error for each in turn]


def _group(found: Impact, name: str, surface: Surface) -> Iterator[str]:
    from zhunru.batch import MONTH

    shown = surface.say("impact.month") if name == MONTH else name
    yield surface.say("impact.by.title", name=shown)
    keys = ("impact.before", "impact.after", "impact.count", "impact.of", "impact.share")
    heads = [shown, *map(surface.say, keys)]
    counts = found.groups[name].most_common()
    rows = []
    for (value, turn), n in counts[:MOST_LINES]:
        total = found.sizes[name][value]
        label = value or surface.say("impact.blank")
        share = f"{n / total:.1%}" if total else "-"
        rows.append([label, *_words(turn, surface), str(n), str(total), share])
    yield from table(heads, rows, left=3)
    if len(counts) > MOST_LINES:
        yield surface.say("impact.more", n=len(counts) - MOST_LINES)
