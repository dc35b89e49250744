"""定期 that leaves a record in a register: what must be there, for whom, in each period."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from zhunru.checker import resolved as r
from zhunru.checker import resolved_measures as m
from zhunru.checker.measuring import MeasureResolver, choice_column
from zhunru.checker.symbols import Symbol
from zhunru.checker.things import World
from zhunru.syntax import expressions as x
from zhunru.syntax import workflow_nodes as w
from zhunru.syntax.keywords import EN, ZH
from zhunru.syntax.lowering_time import PERIODS
from zhunru.vocabulary import Measure

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_PERIODS = frozenset({Measure.DAY, Measure.WEEK, Measure.MONTH, Measure.YEAR})
_WORDS = {word: PERIODS[t] for t in PERIODS for word in (*ZH[t], *EN[t])}
_RHYTHM = re.compile(rf"({'|'.join(sorted(_WORDS, key=len, reverse=True))})\s*\D*?(\d+)")


def read_rounds(model: Model, world: World) -> None:
    """Put every duty whose record is a register into the model, those of upper sets too."""
    for node in model.scope.nodes("recurring"):
        _check_names(model, world, node)
    for name, symbol in model.scope.visible["recurring"].items():
        found = _round(model, world, symbol)
        if found is not None:
            model.rounds[name] = found


def _check_names(model: Model, world: World, node: w.Recurring) -> None:
    """What a duty is for, and what it leaves behind, are declared."""
    if node.every.text and world.find(node.every.text) is None:
        model.report.add("ZR493", node.every.span, name=node.every.text)
    record = node.record
    if record and not model.scope.find(record.text, "register", "document", "form"):
        model.report.add("ZR494", record.span, name=record.text)


def _round(model: Model, world: World, symbol: Symbol) -> m.ResolvedRound | None:
    node: w.Recurring = symbol.node
    subjects, done = world.find(node.every.text), _record(world, node)
    if subjects is None or done is None or not world.dated(done):
        return None
    resolver = MeasureResolver(model, world, (subjects,))
    subject_names = tuple(each.subject for each in node.occurrences if each.subject)
    links = world.links(done, (subjects,))
    if links is None:
        said: dict[str, Any] = {
            "name": done.name,
            "subject": subjects.name,
            "word_zh": "",
            "word_en": "",
        }
        # 凡 of a duty chooses whom it is for; it says nothing of the rows that put it on record.
        other_zh = f"或者让两个台账有一栏同名，并且是“{subjects.name}”的第一栏"
        other_en = f"or let both have a column of one name that is the first of `{subjects.name}`"
        model.report.add("ZR472", node.name.span, **said, other_zh=other_zh, other_en=other_en)
        return None
    table, column = _from_table(model, resolver, node)
    return m.ResolvedRound(
        name=node.name.text,
        subjects=subjects,
        done=m.Rows(done, links),
        dated=world.dated(done),
        rhythms=tuple(
            m.Rhythm(
                int(each.period.value),
                each.period.measure,
                int(each.least.value),
                each.subject.text if each.subject else "",
            )
            for each in node.occurrences
            if each.period.measure in _PERIODS and each.period.measure is not None
        ),
        origin=node.origin,
        of_column=choice_column(world, done, subject_names) if subject_names else "",
        table=table,
        column=column,
        where=resolver.condition(node.where) if node.where is not None else r.Every(()),
        by=node.by.name if isinstance(node.by, x.Ref) else "",
        marks=tuple(e.object.text for e in node.missed if e.kind == "record" and e.object),
        set_code=symbol.scope.code,
        span=node.name.span,
    )


def _record(world: World, node: w.Recurring) -> m.Things | None:
    """Return the register that a duty is put on record in: 记录, else the one called as it is."""
    names = [node.record.text] if node.record else []
    for name in (*names, node.name.text):
        things = world.find(name)
        if things is not None and things.kind == "register":
            return things
    return None


def _from_table(model: Model, resolver: MeasureResolver, node: w.Recurring) -> tuple[str, str]:
    """Return the table and the column that say how often, where it is one."""
    said = node.period_from
    if not isinstance(said, x.Column) or not isinstance(said.base, (x.Ref, x.Call)):
        return "", ""
    table = model.tables.get(said.base.name)
    if table is None:
        return "", ""
    if said.name not in dict(table.outputs):
        model.report.unknown("ZR205", said.span, said.name, dict(table.outputs), table=table.name)
        return "", ""
    for column, _ in table.inputs:
        if column not in resolver.fields:
            model.report.unknown("ZR201", said.span, column, resolver.fields)
            return "", ""
    return table.name, said.name


def rhythm_of(text: str) -> m.Rhythm | None:
    """Return what `每季度 1 次` says; None: it says no rhythm."""
    found = _RHYTHM.search(text)
    if found is None:
        return None
    length, measure = _WORDS[found[1]]
    return m.Rhythm(length, measure, int(found[2]))
