"""The words that a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
    alike_in = {found: agreeing(found, word) for found, _, _ in near if len(found) == len(word)}
    most = max(alike_in.values(), default=0)
    return [found for found, number in alike_in.items() if number == most > 0]


def only(likely_words: list[str]) -> str:
    """Return the word that was meant, or an empty text where several could have been."""
    return likely_words[0] if len(likely_words) == 1 else ""


def nearest(word: str, words: Iterable[str], alike: float = _ALIKE) -> str:
    """Return the word that was probably meant, or an empty text where none is near.

    Half a word will do: who writes `反诈` may mean `反诈应用推广`.
    """
    found = process.extractOne(word, list(words), score_cutoff=alike)
    return found[0] if found else ""


def nearest_whole(name: str, names: Iterable[str], alike: float = _ALIKE) -> str:
    """Return the name that was probably meant, or an empty text where none is near.

    Whole names are compared: `街道` stands in the name of every one of them.
    """
    found = process.extractOne(name, list(names), scorer=fuzz.ratio, score_cutoff=alike)
    return found[0] if found else ""


def did_you_mean(guess: str) -> dict[str, Any]:
    """Return the hint of a finding for the word that was probably meant, empty where none was."""
    if not guess:
        return {"hint_zh": "", "hint_en": ""}
    return {"hint_zh": f"是不是“{guess}”？", "hint_en": f"did you mean `{guess}`? "}


def agreeing(one: str, two: str) -> int:
    """Return in how many places two words of one length have the same character."""
    return sum(a == b for a, b in zip(one, two, strict=True))
