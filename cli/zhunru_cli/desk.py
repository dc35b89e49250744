"""What the commands about cases share: which store, what instant, who acts, under which key."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zhunru_cli.clock import CHINA, now
from zhunru_cli.surface import Surface, form_option, option, shared_options

if TYPE_CHECKING:
    from zhunru.casework.office import Office

STORE_VARIABLE = "ZHUNRU_STORE"
STORE_FILE = "zhunru.db"
_SECRET = re.compile(r"(?<=://)([^:/@]*):[^@/]*@")
# Which day 24:00 belongs to nobody guesses; from Python 3.14 on it is read as the next day's 0:00.
_HOUR_24 = re.compile(r"(?<=[T ])24")
F = TypeVar("F", bound=Callable[..., Any])


def store_option(function: F) -> F:
    """Accept `--store`."""
    return option("--store", default="", metavar="URL", help="case.store")(function)


def desk_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Accept `--at`, `--store`, `--format`, and what all commands do, after the surface."""
    return option("--at", "instant", metavar="TIME", help="case.at")(
        store_option(form_option(shared_options(function)))
    )


def acting_options(function: F) -> F:
    """Accept `--as` and `--key`, which every command that changes something takes."""
    key = option("--key", default="", metavar="KEY", help="case.key")
    who = option("--as", "who", required=True, metavar="WHO", help="case.as")
    return who(key(function))


@dataclass(frozen=True)
class Desk:
    """An office that is open, at an instant."""

    office: Office
    store: str
    now: datetime
    surface: Surface

    def head(self) -> None:
        """Say which store was asked, and for which instant."""
        shown = f"{self.now:%Y-%m-%d %H:%M:%S}"
        self.surface.print(self.surface.say("case.head", store=self.store, at=shown))

    def frame(self, **data: Any) -> dict[str, Any]:
        """Return an answer for machines, with the store and the instant it is about."""
        return {"version": 1, "store": self.store, "at": f"{self.now:%Y-%m-%d %H:%M:%S}", **data}


@contextmanager
def desk(
    surface: Surface,
    store: str,
    instant: str | None,
    *,
    create: bool = False,
    untouched: bool = False,
) -> Iterator[Desk]:
    """Open the store of a command, and close it at the end of it."""
    from zhunru import open_cases

    address = store or os.environ.get(STORE_VARIABLE, "") or STORE_FILE
    now = read_instant(instant, surface)
    office = open_cases(address, create=create, untouched=untouched)
    try:
        # A password in an address is nobody's business who reads over the shoulder.
        yield Desk(office, _SECRET.sub(r"\1:…@", address), now, surface)
    finally:
        office.close()


def read_instant(text: str | None, surface: Surface) -> datetime:
    """Return an instant of Beijing time; without a text, now. A day alone is its first moment.

    Raises UsageError for a text that is no instant.
    """
    if text is None:
        return now()
    try:
        found = datetime.fromisoformat(text.strip())
        if found.hour == 0 and _HOUR_24.search(text):
            raise ValueError
    except ValueError:
        raise click.UsageError(surface.say("case.instant", text=text)) from None
    return found.replace(tzinfo=CHINA) if found.tzinfo is None else found.astimezone(CHINA)


def key_or_new(key: str) -> str:
    """Return the key of a command; one of its own where none was given."""
    from uuid import uuid4

    return key or uuid4().hex
