"""`zhunru backup`: a store copied while it is in use, and the copy gone through."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

import click

from zhunru_cli import failures
from zhunru_cli.desk import desk, store_option
from zhunru_cli.surface import Command, Surface, shared_options

_UNFINISHED = ".zhunru-backup."
_TWIN = "heads"  # of the heads beside the copy; it tells whose those are that are in place already


@click.command(cls=Command)
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@store_option
@shared_options
def backup(surface: Surface, target: Path, store: str) -> int:
    """Copy a store, note the heads of its chains beside the copy; exit 1 if a chain is broken."""
    from zhunru.system import replace

    heads = _heads_of(target)
    _take_back(target)
    for path in (target, heads):
        if path.exists():
            surface.print(surface.say("new.exists", path=path), error=True)
            return failures.USAGE
    with _aside(target) as copy:
        # An earlier program goes on with the store, and with the copy when it is gone back to.
        with desk(surface, store, None, untouched=True) as counter:
            counter.office.back_up(copy)
        with desk(surface, str(copy), None, untouched=True) as opened:
            found = opened.office.verify()
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
        twin = copy.with_name(_TWIN)
        for place in (_heads_of(copy), twin):
            replace(place, f"{text}\n".encode())
        # Last of all: where the copy stands, it has been gone through and its heads are noted.
        _name(copy, target, twin)
    n = sum(each.links for each in found.chains)
    surface.print(surface.say("backup.made", path=target, n=n, heads=heads))
    broken = [each.finding for each in found.chains if each.finding is not None]
    failures.show_findings(broken, surface)
    return failures.FINDINGS if broken else 0


def _heads_of(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.heads.json")


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """Give a place of its own for a copy until it is whole; what is left there goes away."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    except OSError as error:
        # What it would have been called meanwhile is nobody's business.
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        yield folder / target.name
    finally:
        rmtree(folder, ignore_errors=True)


def _name(copy: Path, target: Path, heads: Path) -> None:
    from zhunru.system import keep_names

    heads.rename(_heads_of(target))
    try:
        copy.rename(target)
    except OSError:
        _heads_of(target).unlink(missing_ok=True)
        raise
    keep_names(target.parent)


def _take_back(target: Path) -> None:
    """Take back what somebody began who was killed: the heads of a copy that never came, at once;
    all else when it has lain for an hour, as nobody writes it any more."""
    from zhunru.system import clear_folder

    heads = _heads_of(target)
    for folder in target.parent.glob(f"{_UNFINISHED}*/"):
        with suppress(OSError):
            noted = _heads_of(folder / target.name).read_bytes()
            if not target.exists() and heads.read_bytes() == noted:
                heads.unlink()
        with suppress(OSError):
            clear_folder(folder)
