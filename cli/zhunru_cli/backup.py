"""`zhunru backup`: a store copied while it is in use, and the copy gone through."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zhunru_cli import failures
from zhunru_cli.desk import desk, store_option
from zhunru_cli.surface import Command, Surface, shared_options


@click.command(cls=Command)
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@store_option
@shared_options
def backup(surface: Surface, target: Path, store: str) -> int:
    """Copy a store, note the heads of its chains beside the copy; exit 1 if a chain is broken."""
    heads = target.with_name(f"{target.name}.heads.json")
    for path in (target, heads):
        if path.exists():
            surface.print(surface.say("new.exists", path=path), error=True)
            return failures.USAGE
    # An earlier program goes on with the store, and with the copy when it is gone back to.
    with desk(surface, store, None, untouched=True) as counter:
        counter.office.back_up(target)
    with desk(surface, str(target), None, untouched=True) as copy:
        found = copy.office.verify()
    text = json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    heads.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    n = sum(each.links for each in found.chains)
    surface.print(surface.say("backup.made", path=target, n=n, heads=heads))
    broken = [each.finding for each in found.chains if each.finding is not None]
    failures.show_findings(broken, surface)
    return failures.FINDINGS if broken else 0
