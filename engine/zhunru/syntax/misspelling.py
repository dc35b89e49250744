"""The words that a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_ALIKE = 50
# Letters are few: half of them alike is chance (`office` is not `to`).
_ALIKE_LETTERS = 60


def likely(word: str, words: Iterable[str], language: str) -> list[str]:
    """Return the words most like `word`; several where nothing tells them apart.

    A Chinese slip replaces a character by one that sounds or looks alike: of words of that length
    the one that agrees in most places is meant, rather than one that has the same in another place.
    """
    if language == "en":
        alike = process.extract(
            word, list(words), scorer=fuzz.ratio, score_cutoff=_ALIKE_LETTERS, limit=20
        )
        return [found for found, score, _ in alike if score == alike[0][1]]
    near = process.extract(word, list(words), score_cutoff=_ALIKE, limit=20)
    agreeing = {found: _agreeing(found, word) for found, _, _ in near if len(found) == len(word)}
    most = max(agreeing.values(), default=0)
    return [found for found, number in agreeing.items() if number == most > 0]


def only(likely_words: list[str]) -> str:
    """Return the word that was meant, or an empty text where several could have been."""
    return likely_words[0] if len(likely_words) == 1 else ""


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the word that was probably meant, or an empty text where none is near."""
    found = process.extractOne(word, list(words), score_cutoff=_ALIKE)
    return found[0] if found else ""


def _agreeing(one: str, two: str) -> int:
    return sum(a == b for a, b in zip(one, two, strict=True))
