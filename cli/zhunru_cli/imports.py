"""`zhunru import` and `zhunru export list`: workbooks to policy text, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhunru_cli import failures
from zhunru_cli.findings import render
from zhunru_cli.new import SHAPES
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Command, Surface, form_option, group, option, shared_options

if TYPE_CHECKING:
    from zhunru.sheets import Imported

KINDS = ("list", "units", "register")
PATH = click.Path(path_type=Path)


@click.command("import", cls=Command)
@click.argument("file", metavar="FILE", type=PATH)
@option("--as", "kind", type=click.Choice(KINDS), required=True, help="import.as")
@option("--name", default="", help="import.name", metavar="NAME")
@option(
    "--kind",
    "list_kind",
    type=click.Choice(list(SHAPES)),
    default="目录",
    help="new.kind",
    metavar="KIND",
)
@option("--sheet", default="", help="import.sheet", metavar="NAME")
@option("--columns", type=PATH, help="import.columns", metavar="FILE")
@option("--out", "target", type=PATH, help="import.out", metavar="FILE")
@form_option
@shared_options
def import_(
    surface: Surface,
    /,
    file: Path,
    kind: Any,
    target: Path | None,
    form: str,
    **asked: Any,
) -> int:
    """Write policy text made from a sheet; exit 1 where a cell is to be looked at."""
    from zhunru.sheets import import_sheet

    # Somebody may have gone on working on it.
    if target is not None and target.exists():
        surface.print(surface.say("new.exists", path=target), error=True)
        return failures.USAGE
    imported = import_sheet(file, kind=kind, **asked)
    if form == "json":
        _print_json(imported)
    elif target is None:
        click.echo(imported.text, nl=False)
    if target is not None:
        _write(imported, file, target, surface, quiet=form == "json")
    if form == "text":
        _print_findings(imported, surface, error=target is None)
    return failures.FINDINGS if imported.doubtful or not imported.rows else 0


def _print_json(imported: Imported) -> None:
    from zhunru_cli import reports

    data = {
        **reports.json_report(list(imported.findings)),
        "rows": imported.rows,
        "doubtful": imported.doubtful,
        "text": imported.text,
        "columns": imported.columns,
    }
    click.echo(json_text(data))


def _write(imported: Imported, file: Path, target: Path, surface: Surface, *, quiet: bool) -> None:
    target.write_text(imported.text, encoding="utf-8", newline="\n")
    written = [target]
    beside = file.with_name(f"{file.stem}.栏目.yaml")
    # What headings mean may have been put right by hand: that file is kept.
    if imported.columns and not beside.exists():
        beside.write_text(imported.columns, encoding="utf-8", newline="\n")
        written.append(beside)
    for path in () if quiet else written:
        surface.print(surface.say("new.made", path=path))


def _print_findings(imported: Imported, surface: Surface, *, error: bool) -> None:
    for finding in imported.findings:
        surface.print(render(finding, surface, lambda path, number: ""), error=error)
    key = "import.doubtful" if imported.doubtful else "import.clean"
    key = key if imported.rows else "import.nothing"
    line = surface.say(key, rows=imported.rows, doubtful=imported.doubtful)
    surface.print(line, error=error)


# --- export --------------------------------------------------------------------------------------


@group("export", help="export")
def export() -> None:
    """Hold what can be written for others."""


@export.command("list", cls=Command, help="export.list")
@click.argument("policy_set", metavar="SET")
@click.argument("name", metavar="[LIST]", default="")
@option("--xlsx", "target", type=PATH, required=True, help="export.xlsx", metavar="FILE")
@shared_options
def export_list_(surface: Surface, policy_set: str, name: str, target: Path) -> int:
    """Write a list as the table that is published."""
    from zhunru.sheets import export_list

    if target.suffix.lower() != ".xlsx":
        raise click.UsageError(surface.say("export.suffix", path=target))
    try:
        exported = export_list(policy_set, name)
    except LookupError as known:
        surface.print(surface.say("export.which", known=known), error=True)
        return failures.USAGE
    exported.write(target)
    n = exported.entries
    surface.print(surface.say("export.written", path=target, title=exported.title, n=n))
    return 0
