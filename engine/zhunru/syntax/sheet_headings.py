"""The headings of a sheet: the row that has them, and which of those known each one is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest

from zhunru.syntax import headings
from zhunru.syntax.columns_file import Columns, bare
from zhunru.syntax.sheet import Row, Sheet
from zhunru.syntax.sheet_habits import NUMBERS, plain_heading
from zhunru.syntax.workbook import Worksheet

# How far down the headings are looked for.
_TITLE_ROWS = 50
# Columns that every office has in its sheets and that mean nothing to us.
IDLE = frozenset({"序号", "备注", "no", "note"})
# 填报单位：幸福社区, 2026年3月, （公章）: no heading of a column.
_LETTERHEAD = re.compile(r"[^\s:：]{2,8}[:：]|\A\d{4}[年.]|[(（](?:公章|盖章|章)[)）]")
_LIST_HEADINGS = dict.fromkeys((*headings.ENTRY, *headings.UNIT, *headings.INDICATOR), "")

AnySheet = Sheet | Worksheet


@dataclass(frozen=True)
class Column:
    """A column: its place from 0, the heading as it is meant and as it is known."""

    at: int
    text: str
    key: str | None


def heading_row(sheet: AnySheet, known: Mapping[str, str], said: Columns) -> Row | None:
    """Return the first row that shows two known headings (one, where there is only one)."""
    # One word may stand in a title by chance.
    needed = min(2, len(known)) or 2
    rows = sheet.rows()
    joined = partial(_joined, sheet, lambda text: _meant(text, said) in known)
    for row in rows:
        if row.number > _TITLE_ROWS and not said.heading_row:
            return None
        if said.heading_row:
            if row.number == said.heading_row:
                return joined(row, rows)
            continue
        texts = [text for text in row.texts if text]
        matching = {bare(text) for text in texts if not known or _meant(text, said) in known}
        # A column of running numbers speaks for headings, but not alone.
        idle = {bare(text) for text in texts if bare(text).lower() in IDLE}
        if matching and len(matching | idle) >= needed:
            below = next(rows, None)
            if known or below is None or not _is_letterhead(texts, below):
                return joined(row, chain([below] if below else [], rows))
            # Without known headings the row above the table has as many cells as one with them.
            return joined(below, rows)
    return None


def _is_letterhead(texts: list[str], below: Row) -> bool:
    """Tell whether a row says who filled in a sheet, and when, above a row with more cells."""
    more = sum(map(bool, below.texts)) > len(texts)
    return more and any(_LETTERHEAD.search(text) for text in texts)


def _joined(sheet: AnySheet, is_known: Callable[[str], bool], row: Row, rows: Iterable[Row]) -> Row:
    """Return the headings of several rows as one, where a wide heading has others under it."""
    if not isinstance(sheet, Worksheet):
        return row
    for below in rows:
        wide = sheet.wide_at(row.number)
        pairs = list(zip_longest(row.texts, below.texts, fillvalue=""))
        named = any(at in wide and is_known(under) for at, (_, under) in enumerate(pairs))
        if not _go_on(pairs, wide, named=named):
            break
        texts = [under if at in wide and under else text for at, (text, under) in enumerate(pairs)]
        row = Row(below.number, texts, below.places)
    return row


def _go_on(pairs: list[tuple[str, str]], wide: set[int], *, named: bool) -> bool:
    """Tell whether headings go on in the row below: with others under a wide one, or downwards.

    Under a wide one there may as well be two columns of a first entry, which says something of its
    own under the other headings, too. `named`: what stands under it is known for a heading.
    """
    said = {at for at, (_, under) in enumerate(pairs) if under}
    own = {at for at in said if pairs[at][0] != pairs[at][1]}
    if not own:  # cells merged over two rows
        return bool(wide)
    others = {at for at, (text, _) in enumerate(pairs) if text} - wide
    return len(said & wide) > 1 and (named or len(own & others) * 2 < max(len(others), 1))


def beside_at(row: Row, columns: Sequence[Column]) -> int | None:
    """Return the place from which on another table stands beside this one: it begins with the
    headings that this one begins with. What merely comes twice (备注) makes no other table."""
    keys = {column.at: column.key for column in columns}
    places = [at for at, text in enumerate(row.texts) if text]
    names = [keys.get(at) or bare(row.texts[at]).lower() for at in places]
    again = [at for at, name in enumerate(names) if name in names[:at]]
    if not again:
        return None
    numbered = names[0] in NUMBERS
    begins = names[again[0]] in names[: 2 if numbered else 1]
    sure = len(again) > 1 or names[again[0]] in NUMBERS
    return places[again[0]] if begins and sure else None


def _meant(text: str, said: Columns) -> str:
    """Return the heading that is meant: by the file of columns, as written, by another word."""
    word = bare(text)
    if word in said.names:
        return said.names[word] or ""
    word = _plain(word, said)
    return said.also.get(word, word)


def _plain(word: str, said: Columns) -> str:
    # A register's own fields are named by the set; there a remark may be part of the name.
    if said.also and not said.exact:
        return plain_heading(word, {**said.also, **_LIST_HEADINGS})
    return word


def _owners(words: Iterable[str], known: Mapping[str, str], said: Columns) -> dict[str, str]:
    """Return, of the headings that are meant, which word of the sheet is each: the heading itself,
    else the word that has it in it (牵头单位 before 责任单位), of several the one that means most
    surely this (事项名称 before 服务事项), else the first."""
    meaning: dict[str, list[str]] = {}
    for word in words:
        meant = word if word in said.other else _meant(word, said)
        if meant in known and word not in said.names:
            meaning.setdefault(meant, []).append(word)
    surest = {word: at for at, word in enumerate(said.also)}
    return {
        meant: min(
            (word for word in each if meant in word),
            key=lambda word: surest.get(_plain(word, said), -1),
            default=each[0],
        )
        for meant, each in meaning.items()
    }


def columns_of(row: Row, known: Mapping[str, str], said: Columns) -> list[Column]:
    """Return the columns of a heading row, each with the heading that is meant."""
    written = [(at, bare(text)) for at, text in enumerate(row.texts) if text]
    owners = _owners((word for _, word in written), known, said)
    columns = []
    for at, word in written:
        if word in said.other:
            columns.append(Column(at, said.other[word], None))
            continue
        meant = _meant(word, said)
        # Another word for a heading that is there as well stays a column of its own.
        text = meant if word in said.names or owners.get(meant, word) == word else word
        if text:
            columns.append(Column(at, text, known.get(text)))
    return columns
