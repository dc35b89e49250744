"""The commands by name; the module of each is loaded when the command is asked for."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click


class Commands(MutableMapping[str, click.Command]):
    """Commands that are found when they are wanted: most runs want one, and loading all takes time.

    `places` are words: a name, or the module that it is in, a colon, and the name.
    """

    def __init__(self, places: str) -> None:
        pairs = (place.rpartition(":") for place in places.split())
        self._places = {name: module or name for module, _, name in pairs}
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        """Return a command; KeyError if there is none of this name."""
        if name not in self._loaded:
            module = import_module(f"zhunru_cli.{self._places[name]}")
            # A command may be called by a word that Python keeps for itself.
            self._loaded[name] = getattr(module, name + "_" * keyword.iskeyword(name))
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        """Add a command that is there already."""
        self._places[name] = ""
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        """Take a command away."""
        del self._places[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the commands."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return how many commands there are."""
        return len(self._places)
