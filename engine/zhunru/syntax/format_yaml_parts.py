"""What trees of every kind of declaration are put together from: records, names, titles, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zhunru.syntax.format_words import Words
from zhunru.syntax.format_yaml_text import Record, Said, Tree, record_of
from zhunru.syntax.nodes import Name, Title


class TreeParts:
    """Trees of parts in one language, for the classes that print whole declarations."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def _record(self, construct: str, at: int = 0, /, **slots: Tree) -> Record:
        return record_of(construct, self.words.language, at, **slots)

    def _texts(self, texts: Iterable[Tree]) -> Tree:
        """Return one text, or a list of several."""
        listed = tuple(texts)
        return listed[0] if len(listed) == 1 else listed

    def _each(self, show: Callable[[Any], Tree], parts: Iterable[Any]) -> Tree:
        """Return what is shown of one part, or of each of several, with its line."""
        return self._texts(self._list_of(show, parts))

    def _list_of(self, show: Callable[[Any], Tree], parts: Iterable[Any]) -> tuple[Tree, ...]:
        return tuple(Said(show(part), part.span.line) for part in parts)

    def _names(self, names: Iterable[Name]) -> Tree:
        return self._each(self.words.name, names)

    def _title(self, title: Title) -> Tree:
        return (title.zh, title.en) if title.en else title.zh

    def _flag(self, said: bool) -> str:
        return self.words.key("YES") if said else ""
