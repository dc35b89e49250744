"""`zhunru decide`: one request on one page, or a file of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhunru_cli import failures
from zhunru_cli.clock import day_or_today
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, harmless, option, shared_options

if TYPE_CHECKING:
    from zhunru import Decision, Request
    from zhunru.compiler import CompiledPolicy
    from zhunru.request_files import RequestRow, RequestRows


@dataclass(frozen=True)
class Asked:
    """How the requests of one run are to be read and answered."""

    decision: str
    role: str | None
    received: date
    today: bool
    form: str
    output: Path | None
    explain: bool
    what_if: bool = False
    left: bool = False


@click.command("decide", cls=Command)
@click.argument("policy_set", metavar="SET")
@click.argument("facts", nargs=-1, metavar="[FIELD=VALUE]...")
@option("--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="decide.file")
@option("--as", "role", help="decide.as", metavar="ROLE")
@option("--on", "day", help="decide.on", metavar="DATE")
@option("--decision", "decision", default="", help="decide.name", metavar="NAME")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "csv"]),
    help="check.format",
)
@option("--output", type=click.Path(dir_okay=False, path_type=Path), help="decide.output")
@option("--explain", is_flag=True, help="decide.explain")
@option("--what-if", is_flag=True, help="decide.what_if")
@option("--left", is_flag=True, help="decide.left")
@shared_options
def decide(
    surface: Surface,
    policy_set: str,
    facts: tuple[str, ...],
    file: Path | None,
    role: str | None,
    day: str | None,
    decision: str,
    form: str | None,
    output: Path | None,
    explain: bool,
    what_if: bool,
    left: bool,
) -> int:
    """Decide requests; the exit code is 0 for any decision."""
    received = day_or_today(day, surface)
    form = form or _form_of(output)
    asked = Asked(decision, role, received, day is None, form, output, explain, what_if, left)
    if file:
        _refuse_with_file(file, facts, asked, surface)
    from zhunru import open_policy

    policy = open_policy(policy_set)
    if role:
        policy.check_asserter(role)
    if file:
        return _decide_file(file, policy, asked, surface)
    return _decide_one(read_pairs(facts, surface), policy, asked, surface)


def _refuse_with_file(file: Path, facts: Sequence[str], asked: Asked, surface: Surface) -> None:
    if facts:
        raise click.UsageError(surface.say("decide.both"))
    if asked.explain or asked.what_if or asked.left:
        raise click.UsageError(surface.say("decide.explain"))
    if asked.output is not None and asked.output.resolve() == file.resolve():
        raise click.UsageError(surface.say("decide.same"))


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    return suffix if suffix in {"json", "jsonl", "csv"} else "text"


def read_pairs(pairs: Sequence[str], surface: Surface) -> dict[str, str]:
    """Return the facts written as FIELD=VALUE; the full-width sign is read too.

    Raises UsageError for a text without the sign or a name, and for a name given twice.
    """
    facts: dict[str, str] = {}
    for text in pairs:
        name, sign, value = text.replace("＝", "=", 1).partition("=")
        if not sign or not name.strip():
            raise click.UsageError(surface.say("decide.pair", text=text))
        if name.strip() in facts:
            raise click.UsageError(surface.say("decide.twice", name=name.strip()))
        facts[name.strip()] = value.strip()
    return facts


# --- one request -------------------------------------------------------------------------------


def _decide_one(
    facts: dict[str, str], policy: CompiledPolicy, asked: Asked, surface: Surface
) -> int:
    if not facts:
        fields = surface.join(_field_names(policy, asked.decision))
        raise click.UsageError(surface.say("decide.empty", fields=fields))
    row = next(iter(_read([facts], policy, asked)))
    if row.request is None:
        return failures.show_findings(row.findings, surface)
    if asked.form in {"jsonl", "csv"}:
        return _write([row], (), policy, asked, surface)
    return _show_one(row, policy, asked, surface)


def _field_names(policy: CompiledPolicy, decision: str) -> list[str]:
    return list(policy.plan(decision).fields)


def _read(source: Any, policy: CompiledPolicy, asked: Asked) -> RequestRows:
    from zhunru import read_requests

    return read_requests(
        source,
        policy,
        received=asked.received,
        asserted_by=asked.role,
        decision=asked.decision,
    )


def _show_one(row: RequestRow, policy: CompiledPolicy, asked: Asked, surface: Surface) -> int:
    from zhunru import decide as decide_request

    assert row.request is not None
    answer = decide_request(policy, row.request, asked.decision)
    beyond = _beyond(policy, row.request, asked)
    if asked.form == "json":
        told = {name: found.to_dict() for name, found in beyond.items()}
        text = json_text({**answer.to_dict(), **told}, to_file=asked.output is not None)
    else:
        page = _page(answer, row.request, asked, surface)
        for name, found in beyond.items():
            words = getattr(found.sentence(), surface.language)
            page += f"\n\n{surface.say(f'decide.{name}', words=words)}"
        text = harmless(page, keep_colour=surface.colour)
    if asked.output is None:
        click.echo(text, color=surface.colour)
    else:
        asked.output.write_text(text + "\n", encoding="utf-8", newline="\n")
        surface.print(surface.say("batch.written", path=asked.output))
    return 0


def _beyond(policy: CompiledPolicy, request: Request, asked: Asked) -> dict[str, Any]:
    """Return what was asked beyond the decision: what would be admitted, what is left open."""
    found: dict[str, Any] = {}
    if asked.what_if:
        from zhunru.analysis import find_smallest_change

        found["what_if"] = find_smallest_change(policy, request, asked.decision)
    if asked.left:
        from zhunru.analysis import find_residual

        found["left"] = find_residual(policy, request, asked.decision)
    return found


def _page(answer: Decision, request: Request, asked: Asked, surface: Surface) -> str:
    from zhunru_cli.page import render_page

    plain = replace(surface, colour=surface.colour and asked.output is None)
    # Where nobody said the day, the page must: the same line asked tomorrow may be answered
    # otherwise.
    shown = request.received if asked.today or request.received != answer.as_of else None
    return render_page(answer, plain, received=shown, explain=asked.explain)


# --- many --------------------------------------------------------------------------------------


def _decide_file(file: Path, policy: CompiledPolicy, asked: Asked, surface: Surface) -> int:
    rows = _read(file, policy, asked)
    if rows.unused:
        names = surface.join(rows.unused)
        # Not among the results, which may go into another program.
        surface.print(surface.say("batch.unused", names=names), error=True)
    failures.show_findings(rows.remarks, surface)
    return _write(rows, rows.columns, policy, asked, surface, several=rows.several)


def _write(
    rows: Any,
    columns: Sequence[str],
    policy: CompiledPolicy,
    asked: Asked,
    surface: Surface,
    *,
    several: bool = False,
) -> int:
    from zhunru import decide as decide_request
    from zhunru_cli import batch

    names = columns or _field_names(policy, asked.decision)
    to_file = asked.output is not None
    plain = replace(surface, colour=surface.colour and not to_file)
    with (
        batch.opened(asked.output, asked.form) as out,
        batch.writer_for(asked.form, out, names, plain, several=several) as writer,
        batch.progress_shown(surface, to_file=to_file) as progress,
    ):
        tally = batch.run(
            rows, lambda each: decide_request(policy, each, asked.decision), writer, progress
        )
    if to_file:
        surface.print(surface.say("batch.written", path=asked.output), error=True)
    if asked.form == "text" or to_file:
        batch.print_summary(tally, surface, error=asked.form != "text")
    # A refusal is an answer, and so is a row that cannot be read; only a mistake of ours is a
    # failure.
    return failures.INTERNAL if tally.internal else 0
