"""`zhunru check`: findings of policy sets, and their mechanical fixes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zhunru_cli import failures, mending
from zhunru_cli.findings import render, summary
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, option, shared_options
from zhunru_cli.texts import Texts

if TYPE_CHECKING:
    from zhunru import Diagnostic


@click.command("check", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@option("--fix", "fix", is_flag=True, help="check.fix")
@option("--fix-each", "each", is_flag=True, help="check.fix_each")
@option("--accept", multiple=True, metavar="CODE", help="check.accept")
@option("--strict", is_flag=True, help="check.strict")
@option("--deep", is_flag=True, help="check.deep")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="check.format",
)
@shared_options
def check(
    surface: Surface,
    paths: tuple[str, ...],
    fix: bool,
    each: bool,
    accept: tuple[str, ...],
    strict: bool,
    deep: bool,
    form: str,
) -> int:
    """Check policy sets; exit 1 if they have errors."""
    from zhunru.opening import policy_sets

    sets = [found for path in paths for found in policy_sets(path)]
    accepted = mending.codes_of(accept, surface)
    if each and not mending.can_ask(surface):
        return failures.USAGE
    if fix or each or accepted:
        mending.mend(lambda: _check(sets), surface, accepted)
    if each:
        mending.mend_each(lambda: _check(sets), surface)
    found = _check(sets, deep=deep)
    if form == "text":
        _print_text(found, len(sets), surface)
    else:
        _print_data(found, form, surface)
    blocking = {"error", "warning"} if strict else {"error"}
    return failures.FINDINGS if any(d.severity in blocking for d in found) else 0


def _check(sets: Sequence[Path], *, deep: bool = False) -> list[Diagnostic]:
    # An upper set is read with each set below it; its findings are told once.
    found = dict.fromkeys(d for path in sets for d in _check_one(path, deep=deep))
    return list(found)


def _check_one(path: Path, *, deep: bool) -> list[Diagnostic]:
    from zhunru import check_policies

    checked, found = check_policies(path)
    if not deep or checked is None:
        return found
    from zhunru.analysis import check_deeply

    return [*found, *check_deeply(checked)]


def _print_text(found: list[Diagnostic], sets: int, surface: Surface) -> None:
    texts = Texts()
    for diagnostic in found:
        surface.print(render(diagnostic, surface, texts.line) + "\n")
    surface.print(summary(found, sets, surface))


def _print_data(found: list[Diagnostic], form: str, surface: Surface) -> None:
    from zhunru_cli import reports

    if form == "json":
        report = reports.json_report(found)
    else:
        report = reports.sarif_report(found, surface.language, Texts().position)
    click.echo(json_text(report))
